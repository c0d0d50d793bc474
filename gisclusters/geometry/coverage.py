"""Overlaps and gaps between neighbours that should fill the ground: parcels, lots.

Planar geometry in metres.  GEOS's own test of a coverage is not used: it asks neighbours to
share every vertex, which few cadastres do, and its list of wrong edges leaves out the middle
of two tilings that lie on each other.  Every pair is asked whether it shares inner ground
instead; a hundred thousand parcels take about three seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from gisclusters.geometry.pairs import shared_shapes
from gisclusters.geometry.width import (
    Certainty,
    certainty,
    is_ground,
    pair_tolerance_m,
    widest_circle,
)

Objects = NDArray[np.object_]
Places = NDArray[np.intp]

GAP_LIMIT_M = 2.0
"""Enclosed ground wider than this is open ground (a road, a yard), not a gap."""

_INNER = "T********"
"""Insides that meet, as a pattern of DE-9IM."""


@dataclass(frozen=True, slots=True)
class CoverageFinding:
    """Ground that two neighbours share, or that is enclosed and belongs to nobody.

    ``first`` and ``second`` are positions: the two that overlap, in order, or the two that
    border most of the ground (``second`` is None where one shape alone encloses it).  ``x``
    east and ``y`` north are the middle of the widest place, ``width_m`` the diameter of the
    largest circle there, ``tolerance_m`` the root of the sum of squares of both accuracies.
    """

    what: Literal["overlap", "gap", "open_ground"]
    first: int
    second: int | None
    area_m2: float
    width_m: float
    x: float
    y: float
    tolerance_m: float
    corner: tuple[float, float]
    """West and south end of the ground: one place of its own, whatever else is looked at."""

    @property
    def certainty(self) -> Certainty:
        """Whether it is within accuracy, real, or nobody can tell."""
        return certainty(self.width_m, self.tolerance_m)


def check_coverage(
    shapes: Objects,
    accuracy_m: ArrayLike,
    *,
    gap_limit_m: float = GAP_LIMIT_M,
    gaps: bool = True,
    known: tuple[float, float, float, float] | None = None,
) -> list[CoverageFinding]:
    """Where shapes that should fill the ground overlap or leave gaps, the widest first.

    ``shapes`` are valid polygons in metres, ``accuracy_m`` their standard errors (one, or one
    each).  A shared border is no overlap, nor is the rounding of coordinates (strips of under
    a micrometre).  Gaps are holes of the union that are no wider than ``gap_limit_m``; wider
    ones are ``open_ground``.  Ground that is open to the outside is neither.  ``known`` is the
    box (west, south, east, north) within which every shape there is was given: a hole that
    leaves it may be filled by others and is not told.
    """
    accuracy = np.broadcast_to(np.asarray(accuracy_m, dtype=float), len(shapes))
    if not len(shapes):
        return []
    tree = shapely.STRtree(shapes)
    found = _overlaps(shapes, tree, accuracy)
    if gaps:
        found += _gaps(shapes, tree, accuracy, gap_limit_m, known)
    return sorted(found, key=lambda each: (-each.width_m, each.first, each.what))


def _overlaps(
    shapes: Objects, tree: shapely.STRtree, accuracy_m: NDArray[np.float64]
) -> list[CoverageFinding]:
    i, j = tree.query(shapes)
    i, j = i[i < j], j[i < j]
    shapely.prepare(shapes)
    meet = shapely.relate_pattern(shapes[i], shapes[j], _INNER)
    i, j = i[meet], j[meet]
    shared = shared_shapes(shapes, shapes, i, j)
    ground = (shapely.area(shared) > 0) & is_ground(shared)
    tolerance_m = pair_tolerance_m(accuracy_m[i], accuracy_m[j])
    return [
        _finding("overlap", shared[k], int(i[k]), int(j[k]), float(tolerance_m[k]))
        for k in np.flatnonzero(ground)
    ]


def _gaps(
    shapes: Objects,
    tree: shapely.STRtree,
    accuracy_m: NDArray[np.float64],
    gap_limit_m: float,
    known: tuple[float, float, float, float] | None,
) -> list[CoverageFinding]:
    holes = _holes(shapes)
    if known is not None and len(holes):
        holes = holes[shapely.covered_by(holes, shapely.box(*known))]
    if not len(holes):
        return []
    found = []
    for hole, (first, second) in zip(holes, _bordering(holes, shapes, tree), strict=True):
        other = first if second is None else second
        tolerance_m = float(pair_tolerance_m(accuracy_m[first], accuracy_m[other]))
        gap = _finding("gap", hole, first, second, tolerance_m)
        found.append(replace(gap, what="open_ground") if gap.width_m > gap_limit_m else gap)
    return found


def _holes(shapes: Objects) -> Objects:
    """The enclosed ground that no shape covers, as polygons; islands in it are left out."""
    parts = shapely.get_parts(shapely.disjoint_subset_union_all(shapes))
    rings, owner = shapely.get_rings(parts, return_index=True)
    inner = np.append(False, owner[1:] == owner[:-1])
    holes = np.asarray(shapely.polygons(rings[inner]), dtype=object)
    islands = np.asarray(shapely.polygons(shapely.get_exterior_ring(parts)), dtype=object)
    hole, island = shapely.STRtree(islands).query(holes, predicate="contains")
    for place in np.unique(hole):
        inside = shapely.union_all(islands[island[hole == place]])
        holes[place] = shapely.difference(holes[place], inside)
    kept: Objects = holes[is_ground(holes)]
    return kept


def _bordering(
    holes: Objects, shapes: Objects, tree: shapely.STRtree
) -> list[tuple[int, int | None]]:
    """The two shapes along most of each hole's border, by the middles of its sides."""
    parts, hole_of_part = shapely.get_parts(holes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    side = np.flatnonzero(ring[1:] == ring[:-1])
    one, two = xy[side], xy[side + 1]
    middles = shapely.points((one + two) / 2)
    asked, nearest = tree.query_nearest(middles, all_matches=False)
    length_m = np.hypot(*(two - one).T)[asked]
    pair = hole_of_part[part[ring[side]]][asked] * len(shapes) + nearest
    pairs, which = np.unique(pair, return_inverse=True)
    shared_m = np.bincount(which, weights=length_m)
    hole, shape = np.divmod(pairs, len(shapes))
    order = np.lexsort((shape, -shared_m, hole))
    hole, shape = hole[order], shape[order]
    first = np.searchsorted(hole, np.arange(len(holes)))
    several = np.bincount(hole, minlength=len(holes)) > 1
    return [
        (int(shape[k]), int(shape[k + 1]) if more else None)
        for k, more in zip(first, several, strict=True)
    ]


def _finding(
    what: Literal["overlap", "gap", "open_ground"],
    ground: shapely.Geometry,
    first: int,
    second: int | None,
    tolerance_m: float,
) -> CoverageFinding:
    circle = widest_circle(ground, tolerance_m)
    return CoverageFinding(
        what, first, second, float(shapely.area(ground)), circle.width_m, circle.x, circle.y,
        tolerance_m, (float(shapely.bounds(ground)[0]), float(shapely.bounds(ground)[1])),
    )  # fmt: skip
