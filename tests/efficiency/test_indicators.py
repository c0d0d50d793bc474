"""A cluster of sixteen hectares whose every rung can be counted on squares of one hectare."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from gisclusters.efficiency import measure_efficiency
from gisclusters.efficiency.indicators import PARCEL_COLUMNS
from gisclusters.errors import CrsMismatchError
from gisclusters.geometry.crs import WGS84
from gisclusters.readers.raster import open_land_cover
from gisclusters.words import has_text, issue_text
from tests.efficiency.scenes import DAY, layer, square, table, write_classes

HA = 10_000.0


def clusters(**fields):
    row = {"cluster_id": "C1", "geometry": square(0, 0, 4, 4), "in_force_from": "2020-01-01"}
    return layer("clusters", [row | fields])


def lots():
    """Ten hectares for factories (six of them serviced), the rest by one hectare or two."""
    return layer(
        "lots",
        [
            lot("CN1", "industrial", square(0, 0, 3, 2), serviced_on="2025-01-01"),
            lot("CN2", "industrial", square(0, 2, 2, 2), serviced_on="2027-01-01"),
            lot("DV", "service", square(2, 2, 1, 1), for_lease="có"),
            lot("DV2", "service", square(3, 2, 1, 1)),
            lot("GT", "transport", square(3, 0, 1, 1)),
            lot("CX", "green", square(3, 1, 1, 1)),
            lot("KT", "technical", square(2, 3, 1, 1)),
            lot("K", "other", square(3, 3, 1, 1)),
        ],
    )


def lot(name, use, shape, **fields):
    return {"lot_id": name, "use": use, "geometry": shape, "cluster_id": "C1"} | fields


def parcels():
    return layer(
        "parcels",
        [
            {"parcel_id": "P1", "geometry": square(0, 0), "lease_from": "2024-01-01",
             "handed_over_on": "2024-02-01", "producing_on": "2025-01-01", "cluster_id": "C1"},
            {"parcel_id": "P2", "geometry": square(1, 0), "lease_from": "2024-01-01",
             "handed_over_on": "2025-11-15", "registered_area_m2": 9_900},
            {"parcel_id": "P3", "geometry": square(2, 0), "approved_on": "2026-01-01"},
            {"parcel_id": "P4", "geometry": square(0, 1, 2, 1)},
            # half of it on the road
            {"parcel_id": "P5", "geometry": square(2.5, 0, 1, 1), "lease_from": "2026-02-01"},
        ],
    )  # fmt: skip


@pytest.fixture
def report():
    return measure_efficiency(clusters(), lots(), parcels(), as_of=DAY)


def test_the_ladder_is_cut_to_industrial_land_and_counts_shared_ground_once(report):
    [row] = report.clusters.to_dict("records")
    rungs = {name: row[f"{name}_m2"] / HA for name in (
        "gross", "industrial", "serviced", "committed", "leased", "handed_over", "building",
        "producing",
    )}  # fmt: skip
    assert rungs == pytest.approx({
        "gross": 16, "industrial": 11, "serviced": 6,
        "committed": 3,  # P1 P2 P3; of P5 half lies on P3 and half on the road
        "leased": 2.5, "handed_over": 2, "building": 1, "producing": 1,
    })  # fmt: skip
    assert row["industrial_source"] == "lots"
    assert (row["parcel_count"], row["leased_parcels"]) == (5, 3)


def test_occupancy_is_the_decrees_and_its_rivals_have_names_of_their_own(report):
    [row] = report.clusters.to_dict("records")
    assert row["occupancy_share"] == pytest.approx(3 / 11)
    assert row["occupancy_rule"] == "occupancy_decree_32_2024"
    assert row["occupancy_rivals"] == pytest.approx(
        {
            "leased_of_industrial": 2.5 / 11,
            "leased_of_gross": 2.5 / 16,
            "leased_of_serviced": 2.5 / 6,
            "producing_of_leased": 1 / 2.5,
            "leased_of_parcels": 3 / 5,
        }
    )


def test_the_structure_is_held_against_the_norms(report):
    structure = report.clusters["structure"].iloc[0]
    shares = {group: found["share"] for group, found in structure.items()}
    assert shares == pytest.approx({
        "industrial": 10 / 16, "service": 2 / 16, "transport": 1 / 16, "green": 1 / 16,
        "technical": 1 / 16, "other": 1 / 16,
    })  # fmt: skip
    assert structure["transport"]["missing_m2"] == pytest.approx(0.6 * HA)
    assert structure["green"]["missing_m2"] == pytest.approx(0.6 * HA)
    assert structure["technical"]["missing_m2"] == 0
    assert structure["service"]["excess_m2"] == pytest.approx(0.4 * HA)
    assert structure["transport"]["rule_id"] == "structure_transport"
    assert structure["industrial"]["missing_m2"] is None


def test_parcels_carry_status_deadline_and_evidence(report):
    rows = report.parcels.set_index("parcel_id")
    assert list(report.parcels.columns) == list(PARCEL_COLUMNS)
    assert rows["status"].to_dict() == {
        "P1": "producing", "P2": "idle", "P3": "not_handed_over", "P4": "not_handed_over",
        "P5": "not_handed_over",
    }  # fmt: skip
    assert rows["cluster_id"].eq("C1").all()
    assert rows.loc["P2", "deadline"] == pd.Timestamp(DAY)
    assert rows.loc["P2", "days_left"] == 0
    assert rows.loc["P2", "rule_id"] == "idle_from_handover"
    assert rows.loc["P2", "evidence"][0] == {
        "code": "handed_over", "params": {"on": date(2025, 11, 15)}
    }  # fmt: skip
    assert rows.loc["P2", "area_m2"] == pytest.approx(HA)
    assert rows.loc["P2", "registered_area_m2"] == 9_900
    assert pd.isna(rows.loc["P1", "days_left"])


def test_parcels_that_overlap_are_named_with_the_area(report):
    [issue] = [issue for issue in report.issues if issue.code == "parcels_overlap"]
    assert issue.params["area_m2"] == pytest.approx(0.5 * HA)
    assert (issue.params["first"], issue.params["second"]) == ("P3", "P5")
    assert report.issues == (issue,)


def test_without_lots_industrial_land_is_the_registered_figure_and_named_so():
    report = measure_efficiency(
        clusters(registered_industrial_area_m2=10 * HA), None, parcels(), as_of=DAY
    )
    [row] = report.clusters.to_dict("records")
    assert (row["industrial_m2"], row["industrial_source"]) == (10 * HA, "registered")
    assert row["committed_m2"] == pytest.approx(3.5 * HA)  # cut to the boundary
    assert row["occupancy_share"] == pytest.approx(0.35)
    assert np.isnan(row["serviced_m2"])
    assert row["structure"] is None
    assert "industrial_land_registered" in [issue.code for issue in report.issues]


def test_with_neither_lots_nor_a_figure_occupancy_is_not_known():
    report = measure_efficiency(clusters(), None, None, as_of=DAY)
    [row] = report.clusters.to_dict("records")
    for name in ("industrial_m2", "occupancy_share", "committed_m2", "parcel_count"):
        assert np.isnan(row[name])
    assert row["industrial_source"] is None
    assert [issue.code for issue in report.issues] == ["industrial_land_unknown"]
    assert report.parcels.empty


def test_parcels_that_are_no_longer_or_not_yet_in_force_do_not_count():
    rows = [
        {"parcel_id": "old", "geometry": square(0, 0), "lease_from": "2020-01-01",
         "in_force_to": "2026-11-14"},
        {"parcel_id": "now", "geometry": square(0, 1), "lease_from": "2020-01-01",
         "in_force_from": "2026-11-15", "in_force_to": "2026-11-15"},
        {"parcel_id": "new", "geometry": square(0, 2), "lease_from": "2020-01-01",
         "in_force_from": "2026-11-16"},
    ]  # fmt: skip
    report = measure_efficiency(clusters(), lots(), layer("parcels", rows), as_of=DAY)
    assert report.parcels["parcel_id"].tolist() == ["now"]


def test_what_belongs_to_no_cluster_is_left_out_and_said():
    rows = [
        {"parcel_id": "far", "geometry": square(50, 50)},
        {"parcel_id": "other", "geometry": square(0, 0), "cluster_id": "C9"},
    ]
    report = measure_efficiency(clusters(), lots(), layer("parcels", rows), as_of=DAY)
    assert report.parcels.empty
    assert {issue.code: issue.params["count"] for issue in report.issues} == {
        "cluster_id_unknown": 1, "outside_clusters": 1,
    }  # fmt: skip
    assert report.clusters["committed_m2"].tolist() == [0]


def test_neighbours_that_share_a_border_or_a_sliver_within_accuracy_do_not_overlap():
    rows = [
        {"parcel_id": "A", "geometry": square(0, 0)},
        {"parcel_id": "B", "geometry": square(1, 0)},
        {"parcel_id": "C", "geometry": square(0, 0.998, 1, 1)},  # 0.2 m over A at ε = 0.42 m
    ]
    report = measure_efficiency(clusters(), lots(), layer("parcels", rows), as_of=DAY)
    assert report.issues == ()


def test_lots_that_leave_the_boundary_are_named():
    plan = layer("lots", [lot("CN", "industrial", square(0, 0, 5, 1))])
    report = measure_efficiency(clusters(), plan, None, as_of=DAY)
    [issue] = report.issues
    assert (issue.code, issue.params["area_m2"]) == ("lots_outside_boundary", pytest.approx(HA))


@pytest.mark.parametrize(
    ("hectares", "fields", "as_of", "verdict", "rule"),
    [
        (8, {"mountain": "không", "craft_village": "không"}, "2026-09-14", "below",
         "size_decree_32_2024"),
        (8, {"mountain": "không", "craft_village": "không"}, "2026-09-15", "within",
         "size_decree_303_2026"),
        (8, {"mountain": "có"}, "2026-09-14", "within", "size_decree_32_2024"),
        (8, {}, "2026-09-14", "undecided", "size_decree_32_2024"),
        (10, {}, "2026-09-14", "within", "size_decree_32_2024"),
        (75, {}, "2026-09-14", "within", "size_decree_32_2024"),
        (76, {}, "2026-09-15", "above", "size_decree_303_2026"),
        (4, {"craft_village": "có"}, "2026-09-15", "below", "size_decree_303_2026"),
    ],
)  # fmt: skip
def test_the_size_limit_is_the_one_in_force_on_the_day(hectares, fields, as_of, verdict, rule):
    subject = clusters(geometry=square(0, 0, hectares, 1), **fields)
    size = measure_efficiency(subject, None, None, as_of=date.fromisoformat(as_of)).clusters["size"]
    assert (size.iloc[0]["verdict"], size.iloc[0]["rule_id"]) == (verdict, rule)


def test_what_the_image_shows_is_held_against_what_is_leased(tmp_path):
    classes = np.full((40, 40), 30, dtype="uint8")
    classes[30:, :10] = 50  # P1, leased: built
    classes[20:30, :20] = 50  # P4, not leased: built
    path = write_classes(tmp_path / "cover.tif", classes)
    with open_land_cover(path) as cover:
        report = measure_efficiency(clusters(), lots(), parcels(), as_of=DAY, landcover=cover)
    rows = report.parcels.set_index("parcel_id")
    assert rows["built_share"].to_dict() == pytest.approx(
        {"P1": 1, "P2": 0, "P3": 0, "P4": 1, "P5": 0}
    )
    assert rows["built_pixels"].to_dict() == pytest.approx(
        {"P1": 100, "P2": 100, "P3": 100, "P4": 200, "P5": 100}
    )
    assert rows.index[rows["leased_not_built"].eq(True)].tolist() == ["P2", "P5"]
    assert rows.index[rows["built_not_leased"].eq(True)].tolist() == ["P4"]
    [row] = report.clusters.to_dict("records")
    assert row["built_share"] == pytest.approx(3 / 16)
    # a perimeter of 160 pixel sides: √(160 / 12) pixels of 1600
    assert row["built_share_sd"] == pytest.approx(np.sqrt(160 / 12) / 1600)


def test_few_pixels_are_greyed_and_fewer_refused(tmp_path):
    path = write_classes(tmp_path / "cover.tif", np.full((40, 40), 50, dtype="uint8"))
    sides = {"firm": 0.5, "grey": 0.4, "refused": 0.3}  # 25, 16 and 9 pixels
    rows = [
        {"parcel_id": name, "geometry": square(i, 0, side, side)}
        for i, (name, side) in enumerate(sides.items())
    ]
    with open_land_cover(path) as cover:
        report = measure_efficiency(
            clusters(), lots(), layer("parcels", rows), as_of=DAY, landcover=cover
        )
    found = report.parcels.set_index("parcel_id")
    assert found["built_judgement"].to_dict() == {name: name for name in sides}
    assert found["built_share"].tolist() == pytest.approx([1, 1, 1])
    assert found["built_not_leased"].tolist() == [True, True, None]


def test_a_raster_without_data_says_nothing_and_one_in_part_says_how_much(tmp_path):
    classes = np.full((40, 40), 50, dtype="uint8")
    classes[:, 10:] = 0
    path = write_classes(tmp_path / "cover.tif", classes)
    subjects = layer("clusters", [
        {"cluster_id": "C1", "geometry": square(0, 0, 4, 4)},
        {"cluster_id": "C2", "geometry": square(10, 10, 4, 4)},
    ])  # fmt: skip
    with open_land_cover(path) as cover:
        report = measure_efficiency(subjects, None, None, as_of=DAY, landcover=cover)
    assert report.clusters["built_share"].tolist() == pytest.approx([1, np.nan], nan_ok=True)
    assert report.clusters["coverage_share"].tolist() == pytest.approx([0.25, 0])
    said = {issue.code: issue.id for issue in report.issues}
    assert said["landcover_partial"] == "C1"
    assert said["landcover_no_data"] == "C2"


def test_layers_of_another_zone_are_brought_to_the_clusters():
    moved = measure_efficiency(
        clusters(), lots().to_crs("EPSG:9217"), parcels().to_crs("EPSG:9217"), as_of=DAY
    )
    [row] = moved.clusters.to_dict("records")
    assert row["committed_m2"] == pytest.approx(3 * HA, abs=0.01)


def test_clusters_in_degrees_are_refused():
    with pytest.raises(CrsMismatchError):
        measure_efficiency(clusters().to_crs(WGS84), None, None, as_of=DAY)


def test_leases_of_a_table_tell_the_same_as_fields_of_the_parcel():
    plain = layer("parcels", [{"parcel_id": "P1", "geometry": square(0, 0)}])
    leases = table([{"parcel_id": "P1", "lease_from": "2024-01-01", "handed_over_on": "2024-02-01",
                     "lessee": "A", "occupant": "B"}])  # fmt: skip
    report = measure_efficiency(clusters(), lots(), plain, as_of=DAY, leases=leases)
    [row] = report.parcels.to_dict("records")
    assert (row["status"], row["transfer_unapproved"], row["leased"]) == ("idle", True, True)


def test_every_sentence_of_a_report_is_there_in_both_languages(report):
    row = report.clusters.iloc[0]
    rule_ids = {row["occupancy_rule"], row["size"]["rule_id"]}
    rule_ids |= {norm["rule_id"] for norm in row["structure"].values() if norm["rule_id"]}
    rule_ids |= set(report.parcels["rule_id"].dropna())
    assert all(has_text(f"efficiency.rule_{rule_id}") for rule_id in rule_ids)
    assert all(has_text(f"efficiency.rival_{name}") for name in row["occupancy_rivals"])
    assert all(has_text(f"efficiency.group_{group}") for group in row["structure"])
    for issue in report.issues:
        assert all(issue_text(issue, "vi") + issue_text(issue, "en"))
