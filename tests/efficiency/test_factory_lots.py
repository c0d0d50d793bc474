"""Factory lots against the norms on lots: hectares of ground, floors, greenery in them."""

from datetime import date

import numpy as np
import pytest
import shapely

from gisclusters.efficiency import measure_efficiency
from gisclusters.readers.raster import open_land_cover
from tests.efficiency.scenes import DAY, layer, square, write_classes

HA = 10_000.0


def cluster(**fields):
    row = {"cluster_id": "C1", "geometry": square(0, 0, 4, 4), "in_force_from": "2020-01-01"}
    return layer("clusters", [row | fields])


def lot(name, use, shape, **fields):
    return {"lot_id": name, "use": use, "geometry": shape, "cluster_id": "C1"} | fields


def house(name, shape, **fields):
    return {"building_id": name, "geometry": shape} | fields


def measured(lots, buildings, *, parcels=None, as_of=DAY, **options):
    report = measure_efficiency(
        cluster(), None if lots is None else layer("lots", lots),
        None if parcels is None else layer("parcels", parcels), as_of=as_of,
        buildings=None if buildings is None else layer("buildings", buildings), **options,
    )  # fmt: skip
    return report.lots.set_index("lot_id"), report


LOT = [lot("CN", "industrial", square(0, 0))]


@pytest.mark.parametrize(
    ("share", "floors", "verdict", "reason", "limit", "excess_m2"),
    [
        (0.60, 5, "within", None, 0.70, 0),
        (0.70, 5, "within", None, 0.70, 0),  # five floors are not more than five
        (0.71, 5, "above", None, 0.70, 100),
        (0.60, 6, "within", None, 0.60, 0),
        (0.65, 6, "above", None, 0.60, 500),
        (0.60, None, "within", None, 0.60, 0),  # kept whatever the floors are
        (0.65, None, "undecided", "floors_unknown", np.nan, np.nan),
        (0.70, None, "undecided", "floors_unknown", np.nan, np.nan),
        (0.71, None, "above", None, 0.70, 100),  # broken whatever the floors are
    ],
)
def test_the_limit_of_density_goes_by_the_floors(share, floors, verdict, reason, limit, excess_m2):
    rows, report = measured(LOT, [house("A", square(0, 0, share, 1), floors=floors)])
    row = rows.loc["CN"]
    assert row["density_share"] == pytest.approx(share)
    assert (row["density_verdict"], row["density_reason"]) == (verdict, reason)
    assert [row["density_at_most"], row["density_excess_m2"]] == pytest.approx(
        [limit, excess_m2], abs=1e-4, nan_ok=True
    )
    told = [issue.code for issue in report.issues if issue.code == "lot_floors_unknown"]
    assert bool(told) == (verdict == "undecided")


def test_floors_come_from_the_buildings_else_from_the_lot():
    six = [lot("CN", "industrial", square(0, 0), floors=6)]
    low, high = square(0, 0, 0.5, 1), square(0.5, 0, 0.15, 1)
    rows, _ = measured(six, [house("A", low), house("B", high)])
    assert rows.loc["CN", ["floors", "floors_source", "density_verdict"]].tolist() == [
        6, "lots", "above"]  # fmt: skip
    rows, _ = measured(six, [house("A", low, floors=1), house("B", high, floors=2)])
    assert rows.loc["CN", ["floors", "floors_source", "density_verdict"]].tolist() == [
        2, "buildings", "within"]  # fmt: skip
    assert rows.loc["CN", "floor_area_m2"] == pytest.approx(0.5 * HA + 2 * 0.15 * HA)
    assert rows.loc["CN", "floor_area_ratio"] == pytest.approx(0.8)


def test_one_building_of_unknown_floors_leaves_floors_and_floor_area_open():
    rows, _ = measured(
        LOT, [house("A", square(0, 0, 0.5, 1), floors=2), house("B", square(0.5, 0, 0.15, 1))]
    )
    assert rows.loc["CN", "density_verdict"] == "undecided"
    assert np.isnan(rows.loc["CN", "floor_area_m2"])


def test_a_tower_that_only_reaches_over_the_border_by_its_drawing_has_no_say():
    lots = [lot("A", "industrial", square(0, 0)), lot("B", "industrial", square(1, 0))]
    buildings = [
        house("low", square(0, 0, 0.65, 1), floors=1),
        house("tower", square(0.998, 0, 0.5, 1), floors=9),
    ]  # 0.2 m over, ε = 0.42 m
    rows, _ = measured(lots, buildings)
    assert rows["floors"].to_dict() == {"A": 1, "B": 9}
    assert rows.loc["A", "density_verdict"] == "within"
    assert rows["building_count"].to_dict() == {"A": 1, "B": 1}
    assert rows.loc["A", "built_m2"] == pytest.approx(0.652 * HA)  # the area stays exact


def test_a_lot_without_buildings_is_empty_where_others_have_some():
    lots = [*LOT, lot("CN2", "industrial", square(1, 0))]
    rows, _ = measured(lots, [house("A", square(0, 0, 0.1, 1), floors=1)])
    assert rows.loc["CN2", ["density_share", "density_verdict"]].tolist() == [0, "within"]


def test_without_buildings_on_record_density_is_not_known():
    far = [house("A", square(50, 50), floors=1)]
    for buildings in (None, far):
        rows, report = measured(LOT, buildings)
        row = rows.loc["CN"]
        assert np.isnan(row["density_share"])
        assert np.isnan(row["built_m2"])
        assert (row["density_verdict"], row["density_reason"]) == ("not_checked", "no_buildings")
        assert np.isnan(report.clusters["factory_density_share"].iloc[0])
    assert "buildings_none_in_cluster" in [issue.code for issue in report.issues]


def test_buildings_count_from_the_day_they_were_built_and_while_they_are_in_force():
    rows = [house("old", square(0, 0, 0.1, 1), in_force_to="2026-11-14"),
            house("now", square(0.1, 0, 0.2, 1), built_on="2026-11-15"),
            house("new", square(0.3, 0, 0.4, 1), built_on="2026-11-16")]  # fmt: skip
    found, _ = measured(LOT, rows)
    assert found.loc["CN", "built_m2"] == pytest.approx(0.2 * HA)


def test_lots_that_overlap_count_whole_and_say_what_they_share():
    lots = [lot("A", "industrial", square(0, 0)), lot("B", "industrial", square(0.5, 0))]
    rows, report = measured(lots, [house("X", square(0.5, 0, 0.5, 1), floors=1)])
    assert rows["shared_m2"].tolist() == pytest.approx([0.5 * HA, 0.5 * HA])
    assert rows["density_share"].tolist() == pytest.approx([0.5, 0.5])
    # of the cluster: half a hectare on one hectare and a half
    assert report.clusters["factory_density_share"].iloc[0] == pytest.approx(0.5 / 1.5)
    assert "lots_overlap" in [issue.code for issue in report.issues]


def test_parcels_are_judged_where_a_cluster_has_no_factory_lots():
    parcels = [{"parcel_id": "P1", "geometry": square(0, 0), "cluster_id": "C1"}]
    buildings = [house("A", square(0, 0, 0.65, 1), floors=6)]
    rows, _ = measured(None, buildings, parcels=parcels)
    assert rows.loc["P1", ["lot_of", "density_verdict"]].tolist() == ["parcel", "above"]
    rows, _ = measured(LOT, buildings, parcels=parcels)
    assert rows.index.tolist() == ["CN"]


@pytest.mark.parametrize(
    ("share", "verdict", "missing_m2"), [(0.20, "within", 0), (0.15, "below", 500)]
)
def test_green_drawn_in_a_lot_is_held_against_a_fifth_of_it(share, verdict, missing_m2):
    plan = [*LOT, lot("CX", "green", square(0, 0, 1, share))]
    rows, report = measured(plan, None)
    row = rows.loc["CN"]
    assert row["green_share"] == pytest.approx(share)
    assert row["green_verdict"] == verdict
    assert row["green_missing_m2"] == pytest.approx(missing_m2, abs=1e-4)
    assert "lots_overlap" not in [issue.code for issue in report.issues]


def test_where_no_green_is_drawn_greenery_is_not_known():
    beside = lot("CX", "green", square(0, 0.998, 1, 1))  # 0.2 m over the border: how it was drawn
    for plan in (LOT, [*LOT, beside]):
        rows, _ = measured(plan, None)
        row = rows.loc["CN"]
        assert np.isnan(row["green_share"])
        assert (row["green_verdict"], row["green_reason"]) == ("not_checked", "no_green_known")


def test_roads_and_green_in_factory_lots_are_the_factorys():
    plan = [
        lot("CN", "industrial", square(0, 0, 2, 2)),
        lot("GT1", "transport", square(0, 0, 1, 0.5)),  # inside: 0.5 ha
        lot("GT2", "transport", square(1.5, 1, 1, 1)),  # half inside: 0.5 ha of 1
        lot("CX", "green", square(0, 1, 0.2, 1)),  # inside: 0.2 ha
        lot("CX2", "green", square(3, 3, 1, 1)),
    ]
    _, report = measured(plan, None)
    structure = report.clusters["structure"].iloc[0]
    assert structure["transport"]["area_m2"] == pytest.approx(0.5 * HA)
    assert structure["transport"]["in_factory_lots_m2"] == pytest.approx(1.0 * HA)
    assert structure["green"]["area_m2"] == pytest.approx(1.0 * HA)
    assert structure["green"]["in_factory_lots_m2"] == pytest.approx(0.2 * HA)
    assert structure["technical"]["in_factory_lots_m2"] is None
    # the least of transport: a tenth of 16 ha
    assert structure["transport"]["missing_m2"] == pytest.approx(1.1 * HA)
    [told] = [issue for issue in report.issues if issue.code == "factory_land_not_counted"]
    assert [told.params["transport_m2"], told.params["green_m2"]] == pytest.approx(
        [1.0 * HA, 0.2 * HA]
    )
    # GT2 is half on the road, half in the factory: the drawing is at fault, and that is said
    [overlap] = [issue for issue in report.issues if issue.code == "lots_overlap"]
    assert overlap.params["area_m2"] == pytest.approx(0.5 * HA)


def test_no_rule_before_the_code():
    rows, report = measured(
        [*LOT, lot("CX", "green", square(0, 0, 1, 0.1))],
        [house("A", square(0, 0, 0.9, 1), floors=1)], as_of=date(2021, 7, 4),
    )  # fmt: skip
    row = rows.loc["CN"]
    assert [row["density_verdict"], row["density_reason"]] == ["not_checked", "no_rule"]
    assert [row["green_verdict"], row["green_reason"]] == ["not_checked", "no_rule"]
    assert row["density_share"] == pytest.approx(0.9)
    assert report.shortfalls.empty


def test_layers_of_another_zone_are_brought_to_the_clusters():
    buildings = layer("buildings", [house("A", square(0, 0, 0.5, 1), floors=1)])
    report = measure_efficiency(
        cluster(), layer("lots", LOT).to_crs("EPSG:9217"), None, as_of=DAY,
        buildings=buildings.to_crs("EPSG:9217"),
    )  # fmt: skip
    assert report.lots.crs == "EPSG:9216"
    assert report.lots["built_m2"].tolist() == pytest.approx([0.5 * HA], abs=0.01)


def test_buildings_outside_every_lot_or_the_boundary_are_listed_with_their_part():
    plan = [lot("CN", "industrial", square(0, 0, 2, 4)), lot("GT", "transport", square(2, 0, 1, 4))]
    parcels = [{"parcel_id": "P1", "geometry": square(0, 0), "cluster_id": "C1"}]
    buildings = [
        house("inside", square(0, 0)),
        house("gap", square(2.5, 0, 1, 1)),  # half on the road, half on no lot
        house("over", square(-0.5, 3, 1, 1)),  # half outside the boundary
        house("drawn", square(-0.002, 2, 1, 1)),  # 0.2 m over
        house("neighbour", square(-1, 1, 1.002, 1)),  # reaches in by 0.2 m
        house("far", square(20, 0), parcel_id="P1"),
        house("nobody", square(30, 0), parcel_id="P9"),
    ]
    _, report = measured(plan, buildings, parcels=parcels)
    rows = report.outside[["building_id", "stands", "area_m2"]].to_numpy().tolist()
    assert rows == [
        ["far", "outside_boundary", pytest.approx(HA)],
        ["over", "outside_boundary", pytest.approx(0.5 * HA)],
        ["gap", "outside_lots", pytest.approx(0.5 * HA)],
    ]
    [row] = report.clusters.to_dict("records")
    assert row["built_outside_lots_m2"] == pytest.approx(0.5 * HA)
    assert row["built_outside_boundary_m2"] == pytest.approx(1.5 * HA)
    assert report.outside.geometry.iloc[2].equals(square(3, 0, 0.5, 1))
    codes = [issue.code for issue in report.issues]
    assert "buildings_outside_lots" in codes
    assert "buildings_outside_boundary" in codes


def test_a_building_across_two_clusters_is_outside_of_neither():
    subjects = layer("clusters", [
        {"cluster_id": "C1", "geometry": square(0, 0, 4, 4)},
        {"cluster_id": "C2", "geometry": square(4, 0, 4, 4)},
    ])  # fmt: skip
    buildings = layer("buildings", [house("A", square(3.5, 0, 1, 1))])
    report = measure_efficiency(subjects, None, None, as_of=DAY, buildings=buildings)
    assert report.outside.empty
    assert report.clusters["built_outside_boundary_m2"].tolist() == [0, 0]


def test_what_lacks_has_its_place():
    plan = [
        lot("CN", "industrial", square(0, 0, 2, 2)),
        lot("DV", "service", square(2, 0, 2, 1)),  # 2 ha of 16: 0.4 ha too much
        lot("GT", "transport", square(2, 1, 2, 1)),
        lot("KT", "technical", square(2, 2, 1, 1)),
        lot("CX", "green", square(0, 0, 2, 0.1)),  # in the factory: 0.2 ha of 4
    ]
    parcels = [
        {"parcel_id": "P1", "geometry": square(0, 0), "approved_on": "2026-01-01"},
        {"parcel_id": "P2", "geometry": square(1, 0)},
    ]
    built = [house("A", square(0, 0.1, 2, 1.5), floors=1)]  # 3 ha of 4
    _, report = measured(plan, built, parcels=parcels)
    rows = report.shortfalls.set_index("lacks")
    assert rows["lacking_m2"].drop("green_strip").to_dict() == pytest.approx({
        "green": 1.6 * HA,  # a tenth of 16 ha, and all green is the factory's
        "service_over": 0.4 * HA, "lot_density": 0.2 * HA, "lot_green": 0.6 * HA,
    })  # fmt: skip
    assert rows.loc["green", "geometry"].equals(square(0, 0, 2, 2).difference(square(0, 0)))
    assert rows.loc["service_over", "geometry"].equals(square(2, 0, 2, 1))
    assert rows.loc["lot_density", "geometry"].equals(square(0, 0.1, 2, 1.5))
    assert rows.loc["lot_green", "geometry"].equals(square(0, 1.6, 2, 0.4))
    assert rows.loc["lot_green", "lot_id"] == "CN"
    # the strip: 10 m inside 400 m × 400 m, of which the south 200 m × 10 m are green
    assert rows.loc["green_strip", "lacking_m2"] == pytest.approx(400**2 - 380**2 - 2_000, abs=1)
    assert rows.loc["green_strip", "geometry"].intersection(square(0, 0, 2, 0.1)).area < 1e-6


def test_without_parcels_nobody_can_say_which_land_is_free():
    _, report = measured(LOT, None)
    rows = report.shortfalls.set_index("lacks")
    assert rows.loc["transport", "lacking_m2"] == pytest.approx(1.6 * HA)
    assert rows.loc["transport", "geometry"] is None
    assert np.isnan(rows.loc["transport", "place_m2"])


def test_the_strip_is_that_of_the_overlap_check():
    from gisclusters.overlaps.green_strip import check_green_strips
    from gisclusters.rules.overlaps import load_rules

    ring = square(0, 0, 4, 4).difference(square(0.1, 0.1, 3.8, 3.8))
    green = lot("CX", "green", ring.difference(square(1, 0, 0.2, 0.1)))  # a gate of 20 m
    _, report = measured([green, *LOT], None)
    strip = report.clusters["green_strip"].iloc[0]
    assert strip["verdict"] == "conflict"
    assert strip["share_of_boundary"] == pytest.approx(1_580 / 1_600)
    assert strip["missing_m2"] == pytest.approx(200)
    [twin] = check_green_strips(
        cluster().shapes, layer("lots", [green, *LOT]).shapes, as_of=DAY,
        rules=load_rules().corridors,
    ).to_dict("records")  # fmt: skip
    for name in ("verdict", "share_of_boundary", "missing_m2", "strip_m2", "strip_m"):
        assert strip[name] == twin[name]
    gap = report.shortfalls.set_index("lacks").loc["green_strip", "geometry"]
    assert shapely.area(shapely.symmetric_difference(gap, square(1, 0, 0.2, 0.1))) < 1e-6


def test_without_lots_the_strip_is_not_checked():
    _, report = measured(None, None)
    strip = report.clusters["green_strip"].iloc[0]
    assert (strip["verdict"], strip["reason"], strip["missing_m2"]) == (
        "not_checked", "no_data", None)  # fmt: skip
    assert report.lots.empty
    assert report.shortfalls.empty


def image_of(tmp_path, trees_percent):
    """Pixels of 10 m over 16 ha: the hectare of the lot has so many pixels of trees."""
    classes = np.full((40, 40), 30, dtype="uint8")
    hectare = np.full(100, 30, dtype="uint8")
    hectare[:trees_percent] = 10
    classes[30:, :10] = hectare.reshape(10, 10)
    return write_classes(tmp_path / "cover.tif", classes)


@pytest.mark.parametrize(
    ("trees_percent", "verdict", "reason", "missing_m2"),
    [
        # sd of a hectare: √(40 / 12) pixels of 100 = 1.83 %, so from 16.4 to 23.6 % nobody can tell
        (30, "within", None, 0),
        (23, "undecided", "image_accuracy", np.nan),
        (17, "undecided", "image_accuracy", np.nan),
        (16, "below", None, 400),
        (0, "below", None, 2_000),
    ],
)
def test_an_image_tells_greenery_where_the_plan_draws_none(
    tmp_path, trees_percent, verdict, reason, missing_m2
):
    with open_land_cover(image_of(tmp_path, trees_percent)) as cover:
        rows, _ = measured(LOT, None, landcover=cover, green_classes=(10,))
    row = rows.loc["CN"]
    assert row["green_share"] == pytest.approx(trees_percent / 100)
    assert (row["green_verdict"], row["green_reason"]) == (verdict, reason)
    assert row["green_missing_m2"] == pytest.approx(missing_m2, abs=0.1, nan_ok=True)
    assert row["green_source"] == "landcover"


def test_an_image_is_asked_only_for_classes_that_were_named_and_after_the_plan(tmp_path):
    plan = [*LOT, lot("CX", "green", square(0, 0, 1, 0.25))]
    with open_land_cover(image_of(tmp_path, 0)) as cover:
        rows, _ = measured(LOT, None, landcover=cover)
        assert rows.loc["CN", "green_reason"] == "no_green_known"
        rows, _ = measured(plan, None, landcover=cover, green_classes=(10,))
        assert rows.loc["CN", ["green_source", "green_verdict"]].tolist() == ["lots", "within"]
        small = [
            lot("a", "industrial", square(0, 0, 0.3, 0.3)),  # 9 pixels
            lot("b", "industrial", square(1, 0, 0.4, 0.4)),  # 16 pixels
            lot("c", "industrial", square(3.5, 0, 1, 1)),  # half of it off the image
        ]
        rows, _ = measured(small, None, landcover=cover, green_classes=(10,))
    assert rows["green_verdict"].to_dict() == {
        "a": "not_checked", "b": "undecided", "c": "not_checked"}  # fmt: skip
    assert rows["green_reason"].to_dict() == {
        "a": "few_pixels", "b": "image_accuracy", "c": "image_partial"}  # fmt: skip
    assert rows["green_m2"].isna().to_dict() == {"a": True, "b": False, "c": True}
