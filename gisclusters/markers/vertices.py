"""Markers against the corners of outlines, both ways; nothing is snapped."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.geometry.crs import require_same_crs

_Floats = NDArray[np.float64]

MARKER_COLUMNS = (
    "marker_id", "place", "feature_id", "vertex_distance_m", "line_distance_m", "repeat_of",
)  # fmt: skip
VERTEX_COLUMNS = (
    "feature_id", "easting_m", "northing_m", "place", "nearest_marker_id", "distance_m",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class VertexMatch:
    """What ``match_vertices`` found: one row a marker, one row a corner, in their order."""

    markers: pd.DataFrame
    vertices: pd.DataFrame


def match_vertices(
    markers: gpd.GeoDataFrame, outlines: gpd.GeoDataFrame, *, tolerance_m: float,
    feature_id: str = "cluster_id",
) -> VertexMatch:  # fmt: skip
    """Each marker against the nearest corner and line, each corner against the nearest marker.

    Both frames in one CRS in metres (CrsMismatchError otherwise).  ``place`` of a marker:
    ``vertex`` within the tolerance (inclusive) of a corner, ``line`` of an outline only,
    ``off`` neither; ``repeat_of`` is the first marker within the tolerance before it that is
    no repeat itself.  A corner that several outlines share stands once, with the first of them;
    its ``place`` is ``marked``, ``unmarked``, or ``straight`` where no marker stands but the
    corner lies within the tolerance of the line between its neighbours.
    """
    require_same_crs(markers, outlines)
    points = markers.geometry.to_numpy()
    ids = markers["marker_id"].to_numpy(dtype=object)
    corners, owner, straight = _corners(outlines.geometry.to_numpy(), tolerance_m)
    names = outlines[feature_id].to_numpy(dtype=object)
    vertices = np.asarray(shapely.points(corners), dtype=object)
    nearest, away = _nearest(vertices, points)
    line_away = line_distance_m(outlines.geometry.to_numpy(), points)
    place = np.full(len(points), "off", dtype=object)
    place[_within(line_away, tolerance_m)] = "line"
    place[_within(away, tolerance_m)] = "vertex"
    told = pd.DataFrame(
        {
            "marker_id": ids, "place": place,
            "feature_id": names[owner[nearest]] if len(corners) else None,
            "vertex_distance_m": away, "line_distance_m": line_away,
            "repeat_of": _repeats(points, ids, tolerance_m),
        }
    )  # fmt: skip
    marker, far = _nearest(points, vertices)
    state = np.where(straight, "straight", "unmarked").astype(object)
    state[_within(far, tolerance_m)] = "marked"
    corner_rows = pd.DataFrame(
        {
            "feature_id": names[owner], "easting_m": corners[:, 0], "northing_m": corners[:, 1],
            "place": state, "nearest_marker_id": ids[marker] if len(points) else None,
            "distance_m": far,
        }
    )  # fmt: skip
    return VertexMatch(
        markers=told[list(MARKER_COLUMNS)], vertices=corner_rows[list(VERTEX_COLUMNS)]
    )


def long_stretches(
    outline: shapely.Geometry, points: NDArray[np.object_], ids: NDArray[np.object_], *,
    tolerance_m: float, spacing_m: float,
) -> list[tuple[str, str, float]]:  # fmt: skip
    """Stretches of an outline longer than the spacing, from one marker on it to the next.

    Along the line, metres; the same marker twice where a ring has but one, empty ids where
    it has none.
    """
    found: list[tuple[str, str, float]] = []
    for ring in shapely.get_rings(shapely.get_parts(outline)):
        sides = _segments(np.array([ring], dtype=object))
        lengths = shapely.length(sides)
        total = float(lengths.sum())
        side, away = _nearest(sides, points)
        on = np.flatnonzero(_within(away, tolerance_m))
        start = (np.cumsum(lengths) - lengths)[side[on]]
        along = (start + shapely.line_locate_point(sides[side[on]], points[on])) % total
        order = np.argsort(along, kind="stable")
        on, along = on[order], along[order]
        if not len(on):
            found += [("", "", total)] if total > spacing_m else []
            continue
        gaps = np.append(np.diff(along), total - along[-1] + along[0])
        for k in np.flatnonzero(gaps > spacing_m + 1e-6):
            found.append((str(ids[on[k]]), str(ids[on[(k + 1) % len(on)]]), float(gaps[k])))
    return found


def line_distance_m(shapes: NDArray[np.object_], points: NDArray[np.object_]) -> _Floats:
    """How far each point lies from the nearest outline of areal shapes, metres."""
    return _nearest(_segments(shapely.get_rings(shapely.get_parts(shapes))), points)[1]


def _corners(
    shapes: NDArray[np.object_], tolerance_m: float
) -> tuple[_Floats, NDArray[np.intp], NDArray[np.bool_]]:
    """Every corner once, the outline it is first of, and whether it is straight everywhere."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(xy):
        return np.empty((0, 2)), np.empty(0, dtype=np.intp), np.empty(0, dtype=bool)
    last = np.append(ring[1:] != ring[:-1], True)
    first = np.append(True, last[:-1])
    # Of a closed ring the last coordinate is the first: before the first stands the one before it.
    before = np.roll(xy, 1, axis=0)
    before[first] = xy[np.flatnonzero(last) - 1]
    after = np.roll(xy, -1, axis=0)
    xy, ring, before, after = xy[~last], ring[~last], before[~last], after[~last]
    whole = shapely.linestrings(np.stack((before, after), axis=1))
    straight = shapely.distance(shapely.points(xy), whole) <= tolerance_m
    unique, start, same = np.unique(xy, axis=0, return_index=True, return_inverse=True)
    everywhere = np.bincount(same.ravel(), ~straight, minlength=len(unique)) == 0
    order = np.argsort(start, kind="stable")
    return unique[order], owner[part[ring[start[order]]]], everywhere[order]


def _segments(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Every side as a line of its own: the tree then looks at few."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    joined = line[1:] == line[:-1]
    segments: NDArray[np.object_] = np.asarray(
        shapely.linestrings(np.stack((xy[:-1][joined], xy[1:][joined]), axis=1)), dtype=object
    )
    return segments


def _nearest(of: NDArray[np.object_], to: NDArray[np.object_]) -> tuple[NDArray[np.intp], _Floats]:
    """For each of ``to`` the nearest of ``of`` and its distance; infinite where there is none."""
    found = np.zeros(len(to), dtype=np.intp)
    away = np.full(len(to), np.inf)
    if len(of) and len(to):
        (asked, nearest), distance = shapely.STRtree(of).query_nearest(
            to, return_distance=True, all_matches=False
        )
        found[asked], away[asked] = nearest, distance
    return found, away


def _within(distance: _Floats, tolerance_m: float) -> NDArray[np.bool_]:
    """Within the tolerance, inclusive; coordinates carry about 1e-9 m of rounding."""
    return np.asarray(distance <= tolerance_m + 1e-7)


def _repeats(
    points: NDArray[np.object_], ids: NDArray[np.object_], tolerance_m: float
) -> NDArray[np.object_]:
    found = np.full(len(points), None, dtype=object)
    later, earlier = shapely.STRtree(points).query(
        points, predicate="dwithin", distance=tolerance_m + 1e-7
    )
    behind = earlier < later
    later, earlier = later[behind], earlier[behind]
    order = np.lexsort((earlier, later))
    repeat = np.zeros(len(points), dtype=bool)
    for k in order:
        i, j = later[k], earlier[k]
        if not repeat[j] and not repeat[i]:
            repeat[i], found[i] = True, ids[j]
    return found
