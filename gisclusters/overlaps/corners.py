"""A new outline with corners that can be marked: few, not too close, the old ones untouched."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

Points = NDArray[np.float64]

MILLIMETRES = 3
"""New corners are given to so many decimals of a metre, as a coordinate table prints them."""

_SAME_M = 1e-3
"""A new vertex this close to its neighbour is the same corner (cuts leave such pairs)."""

_ON_BORDER_M = 1e-5


class _Limits(NamedTuple):
    gained_m: float
    lost_m: float
    spacing_m: float


def markable(
    shape: shapely.Geometry,
    border: shapely.Geometry,
    *,
    gained_m: float,
    lost_m: float,
    spacing_m: float,
) -> shapely.Geometry:
    """``shape`` with fewer new corners; those of ``border``, the old outline, stay as they are.

    Between corners that stay (vertices of the old outline, and the places where a cut meets
    it) the line is simplified so that no vertex left out is farther than ``gained_m`` from
    it.  Then, while two corners stand closer than ``spacing_m``, one is left out whose going
    adds no ground deeper than ``gained_m`` and gives up none deeper than ``lost_m``.  New
    corners are rounded to millimetres.  Metres, one projected CRS.  Rings that fold up
    vanish.  The result may be invalid: whoever asks looks at it.
    """
    old = {tuple(xy) for xy in shapely.get_coordinates(border)}
    edge = shapely.boundary(border)
    limits = _Limits(gained_m=gained_m, lost_m=max(gained_m, lost_m), spacing_m=spacing_m)
    parts = []
    for polygon in shapely.get_parts(shapely.orient_polygons(shape)):
        if shapely.is_empty(polygon):
            continue
        outline, *holes = (
            _thinned_ring(line, old, edge, limits) for line in shapely.get_rings(polygon)
        )
        if outline is not None:
            parts.append(shapely.Polygon(outline, [each for each in holes if each is not None]))
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def corner_counts(
    shape: shapely.Geometry, border: shapely.Geometry, spacing_m: float
) -> tuple[int, int]:
    """How many corners are not of the old outline, and how many sides at them are too short."""
    old = {tuple(xy) for xy in shapely.get_coordinates(border)}
    new = close = 0
    for line in shapely.get_rings(shapely.get_parts(shape)):
        points = shapely.get_coordinates(line)[:-1]
        fresh = np.array([tuple(xy) not in old for xy in points])
        sides_m = np.hypot(*(np.roll(points, -1, axis=0) - points).T)
        new += int(fresh.sum())
        close += int(((fresh | np.roll(fresh, -1)) & (sides_m < spacing_m)).sum())
    return new, close


def _thinned_ring(
    line: shapely.Geometry, old: set[tuple[float, ...]], edge: shapely.Geometry, limits: _Limits
) -> Points | None:
    """The open ring with its new corners thinned out; None where fewer than three are left.

    The ground lies to the left of the ring.
    """
    points = shapely.get_coordinates(line)[:-1]
    kept_old = np.array([tuple(xy) in old for xy in points])
    points, kept_old = _without_twins(points, kept_old)
    stays = kept_old | (shapely.distance(shapely.points(points), edge) <= _ON_BORDER_M)
    if stays.sum() < 2:  # a hole or an island: it hangs on two corners far apart
        first = int(np.argmax(stays)) if stays.any() else 0
        stays[first] = True
        stays[int(np.argmax(np.hypot(*(points - points[first]).T)))] = True
    start = int(np.argmax(stays))
    points = np.roll(points, -start, axis=0)
    stays, kept_old = np.roll(stays, -start), np.roll(kept_old, -start)
    ends = np.append(np.flatnonzero(stays), len(points))
    around = np.vstack([points, points[:1]])
    chosen: list[int] = []
    for first, last in pairwise(ends):
        chain = around[first : last + 1]
        kept = _thinned_chain(chain, limits)
        chosen += [int(first) + place for place in kept[:-1]]
    ring = points[chosen]
    fresh = ~kept_old[chosen]
    ring[fresh] = np.round(ring[fresh], MILLIMETRES)
    return ring if len(ring) >= 3 else None


def _without_twins(points: Points, kept_old: NDArray[np.bool_]) -> tuple[Points, NDArray[np.bool_]]:
    """The ring without new vertices that stand on a neighbour, old ones going before new."""
    kept: list[int] = []
    for place in range(len(points)):
        if kept and np.hypot(*(points[place] - points[kept[-1]])) <= _SAME_M:
            if kept_old[place] and not kept_old[kept[-1]]:
                kept[-1] = place
            elif kept_old[place]:
                kept.append(place)
            continue
        kept.append(place)
    if len(kept) > 3 and np.hypot(*(points[kept[0]] - points[kept[-1]])) <= _SAME_M:
        if not kept_old[kept[-1]]:
            kept.pop()
        elif not kept_old[kept[0]]:
            kept.pop(0)
    return points[kept], kept_old[kept]


def _thinned_chain(chain: Points, limits: _Limits) -> list[int]:
    """Which vertices of a chain stay, its ends among them."""
    simple = shapely.get_coordinates(
        shapely.simplify(shapely.LineString(chain), limits.gained_m, preserve_topology=False)
    )
    kept: list[int] = []
    for xy in simple:  # simplifying only leaves vertices out, so they come in their order
        start = kept[-1] + 1 if kept else 0
        kept.append(start + int(np.argmax((chain[start:] == xy).all(axis=1))))
    while True:
        sides_m = np.hypot(*np.diff(chain[kept], axis=0).T)
        close = [place for place in range(1, len(kept) - 1)
                 if min(sides_m[place - 1], sides_m[place]) < limits.spacing_m]  # fmt: skip
        tried = [(*_gained_and_lost_m(chain, kept[place - 1], kept[place + 1]), place)
                 for place in close]  # fmt: skip
        allowed = [(max(gained, lost), place) for gained, lost, place in tried
                   if gained <= limits.gained_m and lost <= limits.lost_m]  # fmt: skip
        if not allowed:
            return kept
        del kept[min(allowed)[1]]


def _gained_and_lost_m(chain: Points, first: int, last: int) -> tuple[float, float]:
    """How deep the ground is that a straight side between two vertices adds, and gives up.

    By the vertices between: one left of the side lies in the ground the side adds.
    """
    ends, between = chain[[first, last]], chain[first + 1 : last]
    away_m = np.atleast_1d(shapely.distance(shapely.points(between), shapely.LineString(ends)))
    run_east, run_north = np.diff(ends, axis=0).ravel()
    east, north = (between - ends[:1]).T
    left = run_east * north - run_north * east > 0
    return float(away_m[left].max(initial=0.0)), float(away_m[~left].max(initial=0.0))
