"""Markers against the corners of outlines, what they stand in, and what reaches over their line."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

import gisclusters as gc
from gisclusters.errors import CrsMismatchError
from gisclusters.markers.boundary import Known, check_boundary
from gisclusters.markers.encroachment import Neighbours
from gisclusters.markers.vertices import long_stretches, match_vertices
from tests.markers.rings_drawn import ORIGIN, RECTANGLE, markers, shape, verified
from tests.scenes import layer

ZONES = list(ORIGIN)


def test_real_markers_of_a_cadastre(shared_data):
    """1,903 markers of a commune: 1,898 on a corner of a parcel within 1 cm, 169 repeats."""
    path = shared_data / "real/fr_cadastre/cadastre_25354.gpkg"
    posts = gc.read_layer("markers", path, layer="boundary_markers")
    parcels = gc.read_layer("parcels", path, layer="parcels")
    match = match_vertices(posts.shapes, parcels.shapes, tolerance_m=0.01, feature_id="parcel_id")
    assert len(match.markers) == 1903
    elsewhere = match.markers[match.markers["place"] != "vertex"]
    assert len(elsewhere) == 5
    # Held against GEOS one by one: no corner of any parcel is nearer.
    corners = shapely.MultiPoint(shapely.get_coordinates(parcels.shapes.geometry.to_numpy()))
    for row, post in zip(elsewhere.itertuples(), posts.shapes.geometry[elsewhere.index],
                         strict=True):  # fmt: skip
        assert row.vertex_distance_m == pytest.approx(corners.distance(post))
        assert row.vertex_distance_m > 1
    repeats = match.markers["repeat_of"].notna()
    assert repeats.sum() == 169
    first = dict(zip(posts.frame["marker_id"], posts.shapes.geometry, strict=True))
    for row in match.markers[repeats].itertuples():
        assert first[row.marker_id].distance(first[row.repeat_of]) <= 0.01
    marked = match.vertices[match.vertices["place"] == "marked"]
    # Every marker that is neither a repeat nor elsewhere stands on a corner of its own.
    assert len(marked) == 1903 - 5 - 169


@pytest.mark.parametrize("crs", ZONES)
def test_both_ways(crs):
    """A square of 100 m with a corner in the middle of its south side and one 2 m off its north."""
    outline = layer("clusters", [{
        "cluster_id": "C1", "accuracy_m": 0.05,
        "geometry": shape(crs, (0, 0), (50, 0), (100, 0), (100, 100), (50, 102), (0, 100)),
    }], crs=crs)  # fmt: skip
    design = markers({
        "A": (0, 0), "B": (100.05, 0), "C": (100, 60), "D": (100, 100.06), "E": (-3, 100),
        "A'": (0, 0.01),
    }, crs)  # fmt: skip
    match = match_vertices(design.shapes, outline.shapes, tolerance_m=0.05)
    found = match.markers.set_index("marker_id")
    assert found.place.to_dict() == {
        "A": "vertex", "B": "vertex", "C": "line", "D": "off", "E": "off", "A'": "vertex"
    }  # fmt: skip
    assert found.repeat_of.dropna().to_dict() == {"A'": "A"}
    assert found.vertex_distance_m[["B", "C", "E"]].tolist() == pytest.approx(
        [0.05, 40, 3], abs=1e-6)  # fmt: skip
    assert found.line_distance_m[["C", "E"]].tolist() == pytest.approx([0, 3], abs=1e-6)
    assert match.vertices.place.tolist() == [
        "marked", "straight", "marked", "unmarked", "unmarked", "unmarked"]  # fmt: skip
    assert match.vertices.nearest_marker_id.tolist()[3:] == ["D", "D", "E"]
    assert match.vertices.distance_m.tolist()[3] == pytest.approx(0.06, abs=1e-6)


def test_corners_of_holes_and_neighbours_stand_once():
    outer = [(0, 0), (10, 0), (10, 10), (0, 10)]
    hole = shape("EPSG:9216", *outer).difference(
        shape("EPSG:9216", (4, 4), (6, 4), (6, 6), (4, 6)))  # fmt: skip
    beside = shape("EPSG:9216", (10, 0), (20, 0), (20, 10), (10, 10))
    frame = gpd.GeoDataFrame({"cluster_id": ["C1", "C2"]}, geometry=[hole, beside], crs="EPSG:9216")
    design = markers({"A": (10, 0), "B": (6, 6)})
    match = match_vertices(design.shapes, frame, tolerance_m=0.01)
    assert match.vertices.feature_id.value_counts().to_dict() == {"C1": 8, "C2": 2}
    assert (match.vertices.place == "marked").sum() == 2
    assert match.markers.place.tolist() == ["vertex", "vertex"]


def test_two_systems_are_refused():
    with pytest.raises(CrsMismatchError):
        match_vertices(markers(RECTANGLE).shapes, markers(RECTANGLE, "EPSG:9210").shapes,
                       tolerance_m=0.01)  # fmt: skip


def test_nothing_to_match():
    design = markers(RECTANGLE)
    nothing = gpd.GeoDataFrame({"cluster_id": []}, geometry=[], crs="EPSG:9216")
    match = match_vertices(design.shapes, nothing, tolerance_m=0.01)
    assert match.markers.place.tolist() == ["off"] * 4
    assert len(match.vertices) == 0


def test_the_spacing_is_only_asked_where_somebody_gives_one():
    """A square of 100 m, markers at two corners: along the line 100 m one way, 300 the other."""
    outline = layer("clusters", [{
        "cluster_id": "C1", "geometry": shape("EPSG:9216", (0, 0), (100, 0), (100, 100), (0, 100)),
    }])  # fmt: skip
    design = markers({"A": (0, 0), "B": (100, 0), "C": (100, 50)})
    checked = verified(design)
    found = check_boundary(design, checked, known=Known(outlines=outline))
    assert found.edges.too_long.isna().all()
    assert "spacing" in found.not_checked
    assert len(found.corners.stretches) == 0
    found = check_boundary(design, checked, known=Known(outlines=outline, spacing_m=100))
    assert found.edges.too_long.tolist() == [False, False, True]  # 100, 50, 111.8
    assert "spacing" not in found.not_checked
    assert found.corners.stretches.values.tolist() == [
        [None, "C", "A", pytest.approx(250, abs=1e-6), 100]]  # fmt: skip


def test_stretches_of_a_ring_with_one_marker_and_with_none():
    ring = shapely.box(0, 0, 10, 10)
    one = np.array([shapely.Point(5, 0)], dtype=object)
    ids = np.array(["A"], dtype=object)
    asked = {"tolerance_m": 0.01, "spacing_m": 30.0}
    assert long_stretches(ring, one, ids, **asked) == [("A", "A", pytest.approx(40))]
    assert long_stretches(ring, one[:0], ids[:0], **asked) == [("", "", 40)]


def test_how_far_surveyed_markers_lie_from_the_line_inside_is_negative():
    outline = layer("clusters", [{
        "cluster_id": "C1", "geometry": shape("EPSG:9216", (0, 0), (40, 0), (40, 30), (0, 30)),
    }])  # fmt: skip
    design = markers(RECTANGLE)
    checked = verified(design, {"RG-1": (0.3, 0.2), "RG-2": (0.3, 0)}, missing=("RG-4",))
    found = check_boundary(design, checked, known=Known(outlines=outline)).corners.markers
    off = found.surveyed_off_line_m.tolist()
    assert off[:3] == pytest.approx([-0.2, 0.3, 0], abs=1e-6)
    assert np.isnan(off[3])


@pytest.mark.parametrize("crs", ZONES)
def test_a_marker_inside_other_ground(crs):
    """ε = √(0.3² + 0.4²) = 0.5 m: 0.5 m deep is accuracy, 0.6 undecided, 1 m real."""
    design = markers(RECTANGLE, crs)
    checked = verified(design, accuracy_m=0.3)
    for depth, verdict in ((0.5, None), (0.6, "undecided"), (1.0, "real"), (-5, None)):
        road = layer("plans", [{
            "zone_id": "D1", "plan_id": "G", "category": "road", "accuracy_m": 0.4,
            "geometry": shape(crs, (40 - depth, -20), (60, -20), (60, 10), (40 - depth, 10)),
        }], crs=crs)  # fmt: skip
        report = check_boundary(design, checked, known=Known(neighbours=[Neighbours("road", road)]))
        rows = report.inside[["marker_id", "what", "feature_id", "verdict"]].values.tolist()
        assert rows == ([["RG-2", "road", "D1", verdict]] if verdict else [])
        if verdict:
            assert report.inside.depth_m[0] == pytest.approx(depth, abs=1e-6)
            assert report.inside.tolerance_m[0] == pytest.approx(0.5)
        assert report.not_checked[:4] == ("outline", "parcel", "water", "building")


def test_parcels_that_share_the_corner_hold_no_marker():
    design = markers(RECTANGLE)
    beside = layer("parcels", [
        {"parcel_id": "P1", "accuracy_m": 0.05,
         "geometry": shape("EPSG:9216", (40, 0), (60, 0), (60, 30), (40, 30))},
        {"parcel_id": "P2", "accuracy_m": 0.05,
         "geometry": shape("EPSG:9216", (0, 0), (40, 0), (40, 30), (0, 30))},
    ])  # fmt: skip
    known = Known(neighbours=[Neighbours("parcel", beside)])
    report = check_boundary(design, verified(design), known=known)
    assert len(report.inside) == 0
    assert len(report.over) == 0


def rectangles(kind, name, *rows):
    return layer(kind, [
        {name: key, "accuracy_m": 0.04, "cluster_id": cluster,
         "geometry": shape("EPSG:9216", (w, s), (e, s), (e, n), (w, n))}
        for key, cluster, (w, s, e, n) in rows
    ])  # fmt: skip


def test_what_reaches_over_the_surveyed_line():
    """The line at 40 m; accuracy 3 cm of markers and 4 cm of the map: ε = 5 cm."""
    design = markers(RECTANGLE, cluster_id=["C1"] * 4)
    parcels = rectangles(
        "parcels", "parcel_id",
        ("own", "C1", (20, 1, 42, 5)),        # 2 m outside
        ("foreign", "C2", (39, 6, 70, 10)),   # 1 m inside
        ("nobody in", None, (20, 11, 40.08, 15)),  # 8 cm outside: undecided
        ("nobody out", None, (39.96, 16, 60, 20)),  # 4 cm inside: accuracy
        ("whole", "C2", (1, 1, 3, 4)),        # all of it inside
        ("fine", "C1", (5, 5, 10, 10)),
    )  # fmt: skip
    houses = layer("buildings", [
        {"building_id": "N1", "accuracy_m": 0.04,
         "geometry": shape("EPSG:9216", (10, -1), (20, -1), (20, 5), (10, 5))},
    ])  # fmt: skip
    known = Known(neighbours=[Neighbours("parcel", parcels), Neighbours("building", houses)])
    report = check_boundary(design, verified(design, accuracy_m=0.03), known=known)
    rows = report.over.set_index("feature_id")
    assert rows[["what", "side", "verdict"]].T.to_dict("list") == {
        "own": ["parcel", "outside", "real"], "foreign": ["parcel", "inside", "real"],
        "nobody in": ["parcel", "outside", "undecided"],
        "nobody out": ["parcel", "inside", "within_accuracy"],
        "whole": ["parcel", "inside", "real"], "N1": ["building", "outside", "real"],
    }  # fmt: skip
    assert rows.area_m2.to_dict() == {
        name: pytest.approx(area, abs=1e-3)
        for name, area in {"own": 8, "foreign": 4, "nobody in": 0.32, "nobody out": 0.16,
                           "whole": 6, "N1": 10}.items()
    }  # fmt: skip
    assert rows.width_m[["own", "foreign", "nobody in", "N1"]].tolist() == pytest.approx(
        [2, 1, 0.08, 1], abs=2e-3)  # fmt: skip
    assert rows.tolerance_m.tolist() == pytest.approx([0.05] * 6)
    assert rows.geometry["N1"].bounds == pytest.approx(
        shape("EPSG:9216", (10, -1), (20, 0), (20, -1)).bounds)  # fmt: skip


@pytest.mark.parametrize(("design_says", "parcels_say", "told"), [
    # 2 m × 4 m outside; what lies wholly inside is the cluster's own, however it is spelled.
    ("C-01", "c 01", {"own": 8}), ("C-01", "C-02", {"own": 80, "inner": 25}),
    # Whose ground the markers enclose nobody says: the smaller side reaches over.
    (None, "C-01", {"own": 8}),
])  # fmt: skip
def test_whose_a_parcel_is_goes_by_the_cluster_meant(design_says, parcels_say, told):
    design = markers(RECTANGLE, cluster_id=[design_says] * 4)
    parcels = rectangles("parcels", "parcel_id", ("own", parcels_say, (20, 1, 42, 5)),
                         ("inner", parcels_say, (5, 5, 10, 10)))  # fmt: skip
    known = Known(neighbours=[Neighbours("parcel", parcels)])
    report = check_boundary(design, verified(design, accuracy_m=0.03), known=known)
    found = dict(zip(report.over.feature_id, report.over.area_m2, strict=True))
    assert found == {name: pytest.approx(area, abs=1e-3) for name, area in told.items()}


def test_the_surveyed_line_is_what_counts_not_the_designed_one():
    """The whole east side stands a metre to the west: a house at 39.5 m now reaches over."""
    design = markers(RECTANGLE)
    houses = layer("buildings", [
        {"building_id": "N1", "accuracy_m": 0.04,
         "geometry": shape("EPSG:9216", (30, 5), (39.5, 5), (39.5, 9), (30, 9))},
    ])  # fmt: skip
    known = Known(neighbours=[Neighbours("building", houses)])
    assert len(check_boundary(design, verified(design), known=known).over) == 0
    moved = verified(design, {"RG-2": (-1, 0), "RG-3": (-1, 0)})
    over = check_boundary(design, moved, known=known).over
    assert over.area_m2.tolist() == pytest.approx([2], abs=1e-3)
    assert over.width_m.tolist() == pytest.approx([0.5], abs=2e-3)


def test_lines_have_no_width_and_that_is_said():
    design = markers(RECTANGLE)
    east, north = ORIGIN["EPSG:9216"]
    road = layer("plans", [{
        "zone_id": "D1", "plan_id": "G", "category": "road",
        "geometry": shapely.LineString([(east, north), (east + 40, north)]),
    }])  # fmt: skip
    report = check_boundary(design, verified(design),
                            known=Known(neighbours=[Neighbours("road", road)]))  # fmt: skip
    assert [i.params["count"] for i in report.issues if i.code == "lines_no_areas"] == [1]
    assert len(report.inside) == 0
