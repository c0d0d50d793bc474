"""What must hold of any two maps, drawn at random with fixed seeds."""

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gisclusters import overlap_pairs
from gisclusters.overlaps import find_overlaps
from tests.scenes import CRS, EAST, NORTH, clusters, layer, plan
from tests.sizes import sized

DAY = date(2026, 11, 15)
EXAMPLES = sized(40, 1_000)
RULE = settings(max_examples=EXAMPLES, deadline=None, derandomize=True)

corner = st.tuples(st.integers(0, 400), st.integers(0, 400))


@st.composite
def polygons(draw):
    """A valid polygon about a middle, oblique sides and all, perhaps with a hole."""
    east, north = draw(corner)
    radii = draw(st.lists(st.integers(10, 120), min_size=3, max_size=12))
    turn = draw(st.floats(0, 6.28))
    angles = turn + np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    ring = np.stack((np.cos(angles), np.sin(angles)), axis=1) * np.array(radii)[:, None]
    shape = shapely.Polygon(ring + np.array([EAST + east, NORTH + north]))
    if draw(st.booleans()):
        hole = shapely.Point(EAST + east, NORTH + north).buffer(3, quad_segs=2)
        if shape.contains_properly(hole):
            shape = shape.difference(hole)
    assume(shape.is_valid and shape.area > 1)
    return shape


layers = st.lists(polygons(), min_size=1, max_size=6)


def frame(shapes):
    return gpd.GeoDataFrame(geometry=list(shapes), crs=CRS)


def areas(left, right):
    pairs = overlap_pairs(frame(left), frame(right))
    return dict(zip(zip(pairs.left_index, pairs.right_index, strict=True), pairs.area_m2,
                    strict=True))  # fmt: skip


def same(one, other, rel=1e-9):
    """Equal pairs and areas; a sliver of rounding may be a pair on one side only."""
    for pair in one.keys() | other.keys():
        assert one.get(pair, 0.0) == pytest.approx(other.get(pair, 0.0), rel=rel, abs=1e-6)


@RULE
@given(polygons(), polygons())
def test_what_is_shared_and_what_is_left_are_the_whole(one, other):
    shared = areas([one], [other]).get((0, 0), 0.0)
    left = shapely.area(shapely.difference(one, other))
    assert shared + left == pytest.approx(one.area, rel=1e-9)


@RULE
@given(layers, layers)
def test_left_and_right_may_change_places(one, other):
    same(areas(one, other), {(i, j): area for (j, i), area in areas(other, one).items()})


@RULE
@given(layers, layers, st.integers(-300, 300), st.integers(-300, 300))
def test_moving_both_maps_on_the_grid_changes_nothing(one, other, east, north):
    def moved(shapes):
        return [shapely.transform(s, lambda xy: xy + np.array([east * 1024.0, north * 1024.0]))
                for s in shapes]  # fmt: skip

    same(areas(one, other), areas(moved(one), moved(other)), rel=1e-7)


@RULE
@given(layers, layers, st.integers(1, 11), st.booleans())
def test_where_a_ring_begins_and_how_it_runs_changes_nothing(one, other, first, back):
    def turned(shape):
        ring = shapely.get_coordinates(shape.exterior)[:-1]
        ring = np.roll(ring, first, axis=0)
        made = shapely.Polygon(ring, shape.interiors)
        return shapely.reverse(made) if back else made

    same(areas(one, other), areas(list(map(turned, one)), list(map(turned, other))))


@RULE
@given(polygons(), layers, st.floats(0.2, 0.8))
def test_a_zone_cut_in_two_and_joined_again_is_the_zone(subject, zones, share):
    """Each half in a sheet of its own, under one zone id."""

    def rows(pieces):
        found = find_overlaps(clusters(subject), pieces, as_of=DAY).findings
        mine = found[found["plan_id"] == "P"].set_index("zone_id")
        return mine["area_m2"].dropna().to_dict(), mine["verdict"].to_dict()

    def sheet(shape, name):
        row = {"zone_id": name, "plan_id": "P", "category": "rice", "accuracy_m": 0.05,
               "in_force_from": "2020-01-01", "geometry": shape}  # fmt: skip
        return layer("plans", [row], grounds={})

    whole, halves = [], []
    for number, zone in enumerate(zones):
        west, south, east, north = zone.bounds
        cut = west + (east - west) * share
        parts = [shapely.intersection(zone, shapely.box(a, south - 1, b, north + 1))
                 for a, b in ((west - 1, cut), (cut, east + 1))]  # fmt: skip
        assume(all(part.geom_type in {"Polygon", "MultiPolygon"} for part in parts))
        whole.append(sheet(zone, f"Z{number}"))
        halves += [sheet(part, f"Z{number}") for part in parts]
    (one, verdicts), (other, others) = rows(whole), rows(halves)
    same(one, other, rel=1e-6)
    firm = {zone for zone, area in one.items() if area > 1}
    assert {z: verdicts[z] for z in firm} == {z: others[z] for z in firm if z in others}


@RULE
@given(polygons(), layers)
def test_a_plan_that_comes_in_another_zone_has_the_same_verdicts(subject, zones):
    here = plan(*zones)
    there = here.to_crs("EPSG:9210").to_crs(CRS)
    tables = [
        find_overlaps(clusters(subject), [each], as_of=DAY).findings for each in (here, there)
    ]
    one, other = (
        table[table["plan_id"] == "P"].set_index("zone_id")["verdict"].to_dict() for table in tables
    )
    assert one == other
