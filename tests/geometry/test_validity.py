"""Why a shape cannot be measured, and what a repair would change."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon, box

from gisclusters.geometry.validity import find_faults, hausdorff_distance, propose_repairs
from gisclusters.words import has_text
from tests.sizes import sized

BOW = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])


def shapes(*items):
    return np.array(items, dtype=object)


def test_every_fault_is_named_with_its_place():
    with np.errstate(invalid="ignore"):
        not_finite = Polygon([(0, 0), (1, 0), (np.nan, 1)])
    faults = find_faults(
        shapes(box(0, 0, 1, 1), None, Polygon(), BOW, LineString([(0, 0), (1, 1)]),
               not_finite),
        wanted="polygon",
    )  # fmt: skip
    assert [(f.position, f.reason, f.x, f.y) for f in faults] == [
        (1, "missing", None, None), (2, "empty", None, None), (3, "self_intersection", 5, 5),
        (4, "wrong_type", None, None), (5, "not_finite", None, None)]  # fmt: skip


def test_a_repair_is_a_proposal_with_what_it_changes():
    [repair] = propose_repairs(shapes(BOW), find_faults(shapes(BOW), wanted="polygon"))
    assert repair.area_before == 0
    assert repair.area_after == 50
    assert repair.hausdorff == 0  # every corner stays; only the crossing becomes a vertex


@pytest.mark.parametrize("seed", range(sized(20, 1_000)))
def test_the_distance_of_outlines_is_that_of_geos(seed):
    rng = np.random.default_rng(seed)
    one, two = (
        shapely.convex_hull(shapely.multipoints(rng.uniform(0, 100, (int(rng.integers(3, 40)), 2))))
        for _ in range(2)
    )
    holed = one.difference(shapely.buffer(one.centroid, 3))
    for left, right in ((one, two), (holed, two), (holed.boundary, one.boundary)):
        assert hausdorff_distance(left, right) == pytest.approx(
            shapely.hausdorff_distance(left, right), rel=1e-12
        )


def test_a_repair_is_measured_in_the_unit_asked_for():
    def in_halves(items):
        return shapely.transform(items, lambda xy: xy * 2)

    dented = Polygon([(0, 0), (10, 0), (10, 10), (5, -1), (0, 10)])
    [repair] = propose_repairs(
        shapes(dented), find_faults(shapes(dented), wanted="polygon"), measured=in_halves
    )
    assert repair.area_after == pytest.approx(4 * repair.shape.area)


OGC = {
    "ex11_ogc.geojson": [],  # two parts that touch at two points
    "ex12_ogc.geojson": [("self_intersection", 5, 2)],  # two parts that share a side
    "ex13_ogc.json": [("ring_self_intersection", 5, 3)],
    "ex14_ogc.json": [("ring_self_intersection", 5, 3)],
    "ex15_ogc.json": [("interior_is_disconnected", 3, 2)],  # the hole touches every side
    "ex16_ogc.json": [],  # the hole touches once
    "ex17_ogc.json": [("interior_is_disconnected", 2, 3)],  # the hole touches twice
    "ex18_ogc.json": [("self_intersection", 2.5, 1)],  # the hole lies along a side
    "ex19_ogc.json": [("ring_self_intersection", 3, 1)],
    "ex20_ogc_line.json": [("wrong_type", None, None)],
    "ex10_bowtie.json": [("wrong_type", None, None)],  # a collection; its parts are below
}


@pytest.fixture(scope="module")
def awkward(shared_data):
    """A shape of the collection of awkward files, by the name of its file."""
    archive = shared_data / "real" / "awkward_files" / "mapshaper_clean.zip"

    def read(name):
        frame = gpd.read_file(f"/vsizip/{archive}/features/clean/{name}")
        return np.array(frame.geometry.array, dtype=object)

    return read


@pytest.mark.parametrize("name", OGC)
def test_the_cases_of_the_standard_are_named_right(awkward, name):
    faults = find_faults(awkward(name), wanted="polygon")
    assert [(f.reason, f.x, f.y) for f in faults] == OGC[name]


def test_a_bow_tie_is_told_from_its_neighbour_and_mended_to_its_two_sides(awkward):
    [bow, triangle] = shapely.get_parts(awkward("ex10_bowtie.json"))
    [fault] = find_faults(shapes(bow, triangle), wanted="polygon")
    assert (fault.position, fault.reason, fault.x, fault.y) == (0, "ring_self_intersection", 2, 2)
    [repair] = propose_repairs(shapes(bow), [fault])
    assert (repair.area_after, repair.hausdorff) == (4.5, 0)


@pytest.mark.parametrize(
    ("name", "count"),
    [("ex22_three_ia_precincts.json", 3), ("ex5_three_precincts.json", 3), ("ex2_yemen.json", 3),
     ("ex8_britain.json", 12)],
)  # fmt: skip
def test_outlines_that_are_whole_have_no_fault(awkward, name, count):
    read = awkward(name)
    assert (len(read), find_faults(read, wanted="polygon")) == (count, [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [("POLYGON((0 0, 0 1, 2 1, 2 2, 1 2, 1 0, 0 0))", "self_intersection"),
     ("POLYGON((0 0, 0 1, 0 2, 0 0))", "self_intersection"),
     ("POLYGON((0 0, 0 0, 0 0, 0 0))", "too_few_points_in_geometry_component"),
     ("POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (20 0, 21 0, 21 1, 20 0))", "hole_lies_outside_shell"),
     ("POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 8 1, 8 8, 1 8, 1 1), (2 2, 3 2, 3 3, 2 2))",
      "holes_are_nested"),
     ("MULTIPOLYGON(((0 0, 9 0, 9 9, 0 9, 0 0)), ((1 1, 2 1, 2 2, 1 1)))", "nested_shells")],
)  # fmt: skip
def test_every_way_to_be_invalid_has_its_words(text, reason):
    [fault] = find_faults(shapes(shapely.from_wkt(text)), wanted="polygon")
    assert fault.reason == reason
    assert fault.x is not None
    assert has_text(f"faults.{reason}")
