"""The lists an office works through, from the findings of one day."""

import pytest

from gisclusters.efficiency import measure_efficiency
from gisclusters.efficiency.worklists import worklists
from gisclusters.rules.offices import LISTS
from tests.efficiency.listed_scene import AS_OF, PARCELS
from tests.scenes import clusters, layer, square


def listed(parcels=PARCELS, **options):
    rows = [{"cluster_id": "C1", "geometry": square(100 * place, 0), **row}
            for place, row in enumerate(parcels)]  # fmt: skip
    report = measure_efficiency(
        clusters(square(0, 0, 1_000, 500)), None, layer("parcels", rows), as_of=AS_OF
    )
    return worklists(report.parcels, as_of=AS_OF, **options)


def test_every_parcel_that_asks_for_an_act_stands_in_its_list_the_gravest_first():
    rows = listed()
    told = rows[["list", "parcel_id", "due_in_days", "within_days"]].astype(object)
    assert told.where(told.notna(), None).to_numpy().tolist() == [
        ["lapsed", "P1", -138, None],
        ["idle", "P2", -189, None],
        ["transfer_unapproved", "P5", None, None],
        ["transfer_unapproved", "P6", None, None],
        ["soon", "P3", 56, 90],
        ["soon", "P7", 146, 180],
        ["late", "P4", 290, None],
        ["unknown", "P6", None, None],
    ]
    assert rows["reason"].dropna().tolist() == ["plan_reversed"]


def test_the_legal_limit_is_listed_where_a_planned_date_comes_before_it():
    [seventh] = listed()[lambda rows: rows["parcel_id"] == "P7"].to_dict("records")
    assert (seventh["due_on"].date().isoformat(), seventh["rule_id"]) == (
        "2027-04-10", "idle_from_handover",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("horizons", "expected"),
    [((55,), {}), ((56,), {"P3": 56}), ((145,), {"P3": 145}), ((146, 57), {"P3": 57, "P7": 146}),
     ((290,), {"P3": 290, "P4": 290, "P7": 290})],
)  # fmt: skip
def test_a_horizon_holds_its_own_day_and_a_late_parcel_may_be_near_its_limit_too(
    horizons, expected
):
    rows = listed(horizons=horizons)
    soon = rows[rows["list"] == "soon"]
    assert dict(zip(soon["parcel_id"], soon["within_days"], strict=True)) == expected


def test_nothing_to_do_is_no_row():
    assert listed([PARCELS[7]]).empty
    assert listed([{"parcel_id": "P9"}]).empty


def test_the_rules_know_every_list():
    from gisclusters.efficiency.worklists import WorkList

    assert {str(name) for name in WorkList} == {*LISTS}
