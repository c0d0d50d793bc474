"""What a person is told of outlines and neighbours when a layer is read."""

import numpy as np
import pytest
import shapely

from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import transform_geometries
from gisclusters.words import LANGS, issue_text
from tests.scenes import CRS, EAST, NORTH, layer, square

BOW = shapely.Polygon([(EAST + x, NORTH + y) for x, y in ((0, 0), (100, 100), (100, 0), (0, 100))])
SPIKED = shapely.Polygon(
    [(EAST + x, NORTH + y) for x, y in (
        (0, 0), (100, 0), (100, 50), (110, 50), (100, 50.04), (100, 100), (0, 100))]
)  # fmt: skip


def rows(*shapes, accuracy_m=0.1, **fields):
    return [
        {"parcel_id": f"T{k}", "accuracy_m": accuracy_m, "geometry": shape, **fields}
        for k, shape in enumerate(shapes, 1)
    ]


def told(kind, given, **options):
    """(code, row, id) of what is said, every sentence filled in both languages on the way."""
    found = [
        issue for issue in layer(kind, given, **options).issues
        if issue.code not in {"id_made", "category_unclassified"}
    ]  # fmt: skip
    for issue in found:
        for lang in LANGS:
            assert all(issue_text(issue, lang))
    return found


def places(issues):
    return [(issue.level, issue.code, issue.row, issue.id) for issue in issues]


def test_parcels_side_by_side_need_no_word():
    assert told("parcels", rows(square(0, 0), square(100, 0), square(200, 0))) == []


def test_an_overlap_names_both_parcels_and_the_place():
    [issue] = told("parcels", rows(square(0, 0), square(99, 0)))
    assert places([issue]) == [("warning", "neighbours_overlap", 1, "T1")]
    assert issue.params["other"] == "T2"
    assert issue.params["other_row"] == 2
    assert issue.params["area_m2"] == pytest.approx(100)
    assert issue.params["width_m"] == pytest.approx(1, abs=0.01)
    east, north = map(float, str(issue.params["place"]).split())
    assert east == pytest.approx(EAST + 99.5, abs=0.01)
    assert NORTH < north < NORTH + 100
    assert issue_text(issue, "vi")[0].startswith("Chồng lên T2 (dòng 2): 100,00 m²")


@pytest.mark.parametrize(
    ("width", "said"),
    [(0.1, ("info", "neighbours_overlap_accuracy", None, None)),
     (0.2, ("warning", "neighbours_overlap_undecided", 1, "T1")),
     (0.3, ("warning", "neighbours_overlap", 1, "T1"))],
)  # fmt: skip
def test_an_overlap_is_told_by_what_it_is_worth(width, said):
    assert places(told("parcels", rows(square(0, 0), square(100 - width, 0)))) == [said]


def test_gaps_are_told_and_a_yard_is_counted():
    ring = [square(-10, 0, 10, 109), square(100, 0, 10, 109), square(0, 0, height=50)]
    for height, level, code in (
        (1, "warning", "neighbours_gap"),
        (0.2, "warning", "neighbours_gap_undecided"),
        (0.1, "info", "neighbours_gap_accuracy"),
        (9, "info", "ground_open"),
    ):
        given = rows(*ring, square(0, 50 + height, height=59 - height))
        [issue] = told("parcels", given)
        assert (issue.level, issue.code) == (level, code)
        names = {issue.id or issue.params.get("first"), issue.params["other"]}
        assert code == "ground_open" or names == {"T3", "T4"}


def test_lots_are_a_coverage_and_plans_are_not():
    given = [{"lot_id": k, "use": "industrial", "geometry": square(50 * k, 0)} for k in (0, 1)]
    assert [i.code for i in told("lots", given)] == ["neighbours_overlap"]
    zones = [{"zone_id": k, "category": "rice", "geometry": square(50 * k, 0)} for k in (0, 1)]
    assert told("plans", zones) == []


def test_rows_that_never_hold_together_do_not_overlap():
    old, new = rows(square(0, 0), square(50, 0))
    old["in_force_to"], new["in_force_from"] = "2019-12-31", "2020-01-01"
    assert told("parcels", [old, new]) == []
    new["in_force_from"] = "2019-12-31"
    assert [i.code for i in told("parcels", [old, new])] == ["neighbours_overlap"]
    new["geometry"], new["in_force_from"] = old["geometry"], "2020-01-01"
    assert told("parcels", [old, new]) == []


def test_the_same_outline_twice_is_told_once():
    [issue] = told("parcels", rows(square(0, 0), square(100, 0), square(0, 0).reverse()))
    assert places([issue]) == [("warning", "outline_repeated", 3, "T3")]
    assert (issue.params["other"], issue.params["other_row"]) == ("T1", 1)


def test_repeated_vertices_are_counted_and_kept():
    corners = shapely.get_coordinates(square(0, 0))
    doubled = shapely.Polygon(np.repeat(corners, 2, axis=0))
    given = rows(doubled, square(100, 0))
    [issue] = told("parcels", given)
    assert (issue.level, issue.code, issue.params["count"]) == ("info", "vertices_repeated", 5)
    assert layer("parcels", given).shapes.geometry[0].equals_exact(doubled, 0)


def test_a_tiny_part_is_told():
    shape = shapely.MultiPolygon([square(0, 0), square(300, 0, 0.05, 1)])
    [issue] = told("clusters", [{"cluster_id": "C", "accuracy_m": 0.1, "geometry": shape}])
    assert places([issue]) == [("warning", "part_tiny", 1, "C")]
    assert issue.params["area_m2"] == pytest.approx(0.05)


def test_a_spike_stays_until_the_repair_is_accepted():
    given = rows(SPIKED, square(200, 0))
    [issue] = told("parcels", given)
    assert places([issue]) == [("warning", "spike", 1, "T1")]
    assert issue.params["place"] == f"{EAST + 110:.3f} {NORTH + 50:.3f}"
    assert layer("parcels", given).shapes.geometry[0] == SPIKED
    [issue] = told("parcels", given, accept_repairs=True)
    assert places([issue]) == [("warning", "spike_removed", 1, "T1")]
    read = layer("parcels", given, accept_repairs=True)
    assert read.shapes.geometry[0].equals(square(0, 0))
    [repair] = read.repairs
    assert (repair.id, repair.row, repair.reason, repair.crs) == ("T1", 1, "spike", CRS)
    assert shapely.from_wkb(repair.original) == SPIKED
    assert repair.area_before_m2 - repair.area_after_m2 == pytest.approx(0.2)


def test_a_notch_with_another_part_in_it_stays_and_is_told():
    notched = [(0, 0), (100, 0), (100, 50), (90, 50), (100, 50.08), (100, 100), (0, 100)]
    needle = [(98, 50.01), (99, 50.01), (99, 50.03)]
    shape = shapely.MultiPolygon(
        [shapely.Polygon([(EAST + x, NORTH + y) for x, y in ring]) for ring in (notched, needle)]
    )
    found = told("parcels", rows(shape), accept_repairs=True)
    assert [issue.code for issue in found] == ["spike_alone", "part_tiny"]
    assert layer("parcels", rows(shape), accept_repairs=True).shapes.geometry[0] == shape


def test_a_bow_tie_is_refused_and_its_neighbours_are_told_in_the_same_breath():
    with pytest.raises(InputRefusedError) as refusal:
        layer("parcels", rows(BOW, square(50, 0)))
    found = refusal.value.issues
    assert places(found) == [
        ("error", "geometry_invalid", 1, "T1"), ("warning", "neighbours_overlap", 1, "T1")]  # fmt: skip
    assert issue_text(found[0], "vi")[0].startswith(
        "Hình học sai: đường biên tự cắt tại 552.050,000 1.587.050,000."
    )


def test_no_gap_is_told_while_a_shape_is_missing():
    ring = [square(-10, 0, 10, 101), square(100, 0, 10, 101), square(0, 0, height=50),
            square(0, 51, height=50)]  # fmt: skip
    with pytest.raises(InputRefusedError) as refusal:
        layer("parcels", rows(*ring, None))
    assert [issue.code for issue in refusal.value.issues] == ["geometry_unusable"]


def test_degrees_are_measured_in_metres_and_placed_in_degrees():
    given = rows(*transform_geometries([square(0, 0), square(99, 0), BOW], CRS, "EPSG:4756"))
    read = layer("parcels", given, crs="EPSG:4756", accept_repairs=True)
    [overlap] = [
        i for i in read.issues if i.code == "neighbours_overlap" and i.params["other"] == "T2"
    ]
    assert overlap.params["area_m2"] == pytest.approx(100, rel=1e-3)
    longitude, latitude = map(float, str(overlap.params["place"]).split())
    [back] = transform_geometries([shapely.Point(longitude, latitude)], "EPSG:4756", CRS)
    assert back.x == pytest.approx(EAST + 99.5, abs=0.02)
    [repair] = read.repairs
    assert repair.area_after_m2 == pytest.approx(5_000, rel=1e-3)
    assert shapely.from_wkb(repair.original) == given[2]["geometry"]


def test_the_shape_as_received_is_kept_with_its_heights():
    high = shapely.force_3d(BOW, 12.5)
    [repair] = layer("parcels", rows(high), accept_repairs=True).repairs
    assert shapely.from_wkb(repair.original).has_z


def test_many_of_one_kind_are_counted_after_two_hundred():
    found = told("parcels", rows(*(square(99 * k, 0) for k in range(250))))
    assert [i.code for i in found].count("neighbours_overlap") == 200
    [rest] = [i for i in found if i.code == "more_of_the_same"]
    assert rest.params["count"] == 49
