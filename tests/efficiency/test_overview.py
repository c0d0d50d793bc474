"""Totals by status: sums over sums, and what is not known left out and counted."""

import numpy as np
import pandas as pd
import pytest

from gisclusters.efficiency.overview import by_status, cluster_figures

RUNGS = ("gross", "industrial", "serviced", "committed", "leased", "handed_over", "building",
         "producing")  # fmt: skip


def cluster(name, status, industrial, committed, parcels=2):
    values = {f"{rung}_m2": float(committed) for rung in RUNGS}
    values |= {"gross_m2": 200_000.0, "industrial_m2": float(industrial)}
    return {
        "cluster_id": name, "name": name, "status": status, "parcel_count": parcels,
        "leased_parcels": 0, "registered_area_m2": np.nan, **values,
    }  # fmt: skip


def parcel(cluster_id, status):
    return {"cluster_id": cluster_id, "parcel_id": f"{cluster_id}-1", "status": status}


CLUSTERS = pd.DataFrame(
    [
        cluster("A", "operating", 100_000, 90_000),
        cluster("B", "operating_not_established", 20_000, 2_000),
        cluster("C", "operating", 50_000, 0, parcels=0),  # no parcels in the store
        cluster("D", "in_plan", np.nan, 0, parcels=0),
    ]
)
PARCELS = pd.DataFrame(
    [parcel("A", "late"), parcel("A", "idle"), parcel("B", "lapsed"), parcel("B", "unknown")]
)


@pytest.fixture
def totals():
    rows = by_status(
        cluster_figures(CLUSTERS, PARCELS), operating=["operating", "operating_not_established"]
    )
    return {row["status"]: row for row in rows.to_dict("records")}


def test_average_occupancy_is_sum_over_sum_and_the_mean_of_shares_stands_beside(totals):
    # (9 + 0.2) / (10 + 2) ha = 0.7667; mean of 0.9 and 0.1 is 0.5; C has no parcels: left out
    found = totals["total_operating"]
    assert found["clusters"] == 3
    assert found["occupancy_share"] == pytest.approx(92_000 / 120_000)
    assert found["occupancy_mean"] == pytest.approx(0.5)
    assert found["occupancy_clusters"] == 2
    assert found["industrial_m2"] == 170_000


def test_late_idle_and_unknown_parcels_are_counted_apart(totals):
    found = totals["total_operating"]
    assert (found["late_parcels"], found["idle_parcels"], found["unknown_parcels"]) == (1, 2, 1)


def test_a_status_of_which_nothing_is_known_has_no_number_and_never_zero(totals):
    assert np.isnan(totals["in_plan"]["committed_m2"])
    assert np.isnan(totals["in_plan"]["occupancy_share"])
    assert np.isnan(totals["in_plan"]["late_parcels"])
    assert totals["total_all"]["clusters"] == 4


def test_statuses_follow_the_ladder(totals):
    assert list(totals) == [
        "in_plan", "operating", "operating_not_established", "total_operating", "total_all",
    ]  # fmt: skip
