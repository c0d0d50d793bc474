"""Why a shape cannot be measured, and what a repair would change."""

import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon, box

from gisclusters.geometry.validity import find_faults, hausdorff_distance, propose_repairs
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
