"""The engine and PostGIS, which has another version of GEOS and other shortcuts, find the same.

Where borders run along each other, rounding leaves strips a few atoms wide; whether such a strip
has an area of 1e-9 m² or none depends on the version of GEOS.  So a pair that only one of the two
finds must be one of those, and every other pair must be found by both.
"""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import box

from gisclusters.geometry.pairs import overlap_pairs
from tests import fractal
from tests.sizes import sized

WITHIN_M2 = 1e-6

QUERY = """
    SELECT * FROM (
        SELECT a.id, b.id, ST_Area(ST_Intersection(a.geom, b.geom)) AS area_m2
        FROM a JOIN b ON a.geom && b.geom
    ) AS pairs WHERE area_m2 > 0
"""
"""By boxes: ``ST_Intersects`` of GEOS 3.11 gives up on borders 1e-9 m apart."""


def by_postgis(postgis, left, right):
    postgis.load("a", left)
    postgis.load("b", right)
    rows = postgis.numbers(QUERY, 3)
    return {(int(i), int(j)): area for i, j, area in rows}


def by_us(left, right):
    frames = [gpd.GeoDataFrame(geometry=shapes, crs=9210) for shapes in (left, right)]
    pairs = overlap_pairs(*frames, geometry=False)
    return dict(zip(zip(pairs.left_index, pairs.right_index, strict=True), pairs.area_m2,
                    strict=True))  # fmt: skip


def assert_same(ours, theirs):
    wide = {pair for pair, area in ours.items() if area > WITHIN_M2}
    assert wide == {pair for pair, area in theirs.items() if area > WITHIN_M2}
    apart = {pair: (ours.get(pair, 0), theirs.get(pair, 0)) for pair in ours.keys() | theirs.keys()}
    assert {pair: two for pair, two in apart.items() if abs(two[0] - two[1]) > WITHIN_M2} == {}
    return wide


def layers(seed, count, zone_count):
    """Parcels and a turned tiling against zones, a second turned tiling with holes, and forests."""
    rng = np.random.default_rng(seed)
    spare = int(zone_count * 0.7) + 40
    zones = fractal.tiling(rng, spare, depth=4)[: zone_count // 2]
    forests = fractal.forests(rng, np.linspace(1_000, 5_000, max(zone_count // 300, 1), dtype=int))
    others = fractal.holed(rng, fractal.turned(fractal.tiling(rng, spare, depth=4), 0.3), 0.2)
    parcels = fractal.parcels(rng, count - count // 5)
    parcels = fractal.holed(rng, fractal.cut_along(rng, parcels, zones, 0.25), 0.1)
    lots = fractal.turned(fractal.tiling(rng, count // 4 + 40, depth=3), 0.7)
    left = np.concatenate((parcels, lots))[:count]
    right = np.concatenate((zones, forests, others))[:zone_count]
    assert (len(left), len(right)) == (count, zone_count)
    return left, right


def test_the_server_answers_what_a_hand_can_reckon(postgis):
    # A square of 100 m with a hole of 20 m; a quarter of it, a neighbour, a square in the hole.
    left = np.array([box(0, 0, 100, 100).difference(box(40, 40, 60, 60))])
    right = np.array([box(50, 50, 200, 200), box(100, 0, 200, 100), box(45, 45, 55, 55)])
    assert by_postgis(postgis, left, right) == {(0, 0): 2_400}
    assert by_us(left, right) == {(0, 0): 2_400}


@pytest.mark.parametrize("seed", range(sized(1, 10)))
def test_ten_thousand_shapes_against_three_thousand(postgis, seed):
    left, right = layers(seed, 10_000, 3_000)
    wide = assert_same(by_us(left, right), by_postgis(postgis, left, right))
    assert len(wide) > 20_000


@pytest.mark.parametrize("seed", range(sized(3, 60)))
@pytest.mark.parametrize("moved_m", [0, 1e-9, 1e-6, 1e-3])
def test_a_tiling_against_itself_a_little_moved(postgis, moved_m, seed):
    """The same map twice, the second time with corners moved: strips along every border."""
    rng = np.random.default_rng(seed)
    zones = fractal.tiling(rng, 250, depth=4)
    corners, number = np.unique(shapely.get_coordinates(zones), axis=0, return_inverse=True)
    there = (corners + rng.uniform(-moved_m, moved_m, corners.shape))[number.ravel()]
    again = shapely.set_coordinates(zones.copy(), there)
    kept = shapely.is_valid(again)
    assert kept.mean() > 0.9
    wide = assert_same(by_us(zones, again[kept]), by_postgis(postgis, zones, again[kept]))
    itself = set(zip(np.flatnonzero(kept).tolist(), range(int(kept.sum())), strict=True))
    assert itself <= wide
    if moved_m == 0:
        assert wide == itself
