"""Loose pieces of line to rings: joined at shared vertices, small gaps bridged and named.

Nothing is moved by more than the rounding of a number: a gap is closed by a further side
between the two ends.  Pieces that cross without a shared vertex are not cut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Points = NDArray[np.float64]
Whole = NDArray[np.intp]

CLOSING_GAP_M = 0.05
"""Ends no further apart than this are meant to meet."""

GAP_OF_LENGTH = 0.1
"""A gap is closed up to this share of the line that ends there: a tick or spike is no side."""

SAME_PLACE_M = 1e-6
"""Vertices no further apart are one vertex whose numbers were rounded differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What loose pieces bound.

    ``rings``: the outer edge of every face (vertices, first not repeated).  ``bridges``: one
    row per closed gap, ``x1 y1 x2 y2``.  ``used``: per piece, whether it bounds anything.
    ``dangling``: sides that bound nothing, as merged lines, those of unused pieces in
    ``told_whole`` left out.
    """

    rings: list[Points]
    bridges: Points
    used: NDArray[np.bool_]
    dangling: list[shapely.LineString]


def rebuild(pieces: list[Points], gap_m: float, told_whole: NDArray[np.bool_]) -> Rebuilt:
    """The rings that ``pieces`` (each n × 2, metres) bound together.

    Faces of the whole net are found, so neighbours may share a side, drawn once or twice; a
    ring inside a ring is a ring of its own and no hole.  Sides that cross give a ring that
    crosses itself, left for the checks of the layer.
    """
    coordinates = np.concatenate(pieces)
    owner = np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces])
    nodes, index = _nodes(coordinates)
    joined = (owner[1:] == owner[:-1]) & (index[1:] != index[:-1])
    ends = np.column_stack((index[:-1], index[1:]))[joined]
    side_owner = owner[:-1][joined]
    sides, side_of = np.unique(np.sort(ends, axis=1), axis=0, return_inverse=True)
    side_of = side_of.reshape(-1)
    length = np.bincount(
        side_owner, np.hypot(*(nodes[ends[:, 0]] - nodes[ends[:, 1]]).T), len(pieces)
    )
    bridges = _bridges(nodes, ends, side_owner, np.minimum(GAP_OF_LENGTH * length, gap_m))
    net = np.concatenate((sides, bridges))
    lines = np.asarray(shapely.linestrings(nodes[net]), dtype=object)
    faces, _, _, invalid = shapely.polygonize_full(lines)
    shells = [*shapely.get_exterior_ring(shapely.get_parts(faces)), *shapely.get_parts(invalid)]
    rings = [shapely.get_coordinates(shell)[:-1] for shell in shells]
    bounding = _bounding(nodes, sides, shells)
    used = np.zeros(len(pieces), dtype=bool)
    used[side_owner[bounding[side_of]]] = True
    left = ~bounding
    left[side_of[~used[side_owner] & told_whole[side_owner]]] = False
    merged = shapely.line_merge(shapely.multilinestrings(lines[: len(sides)][left]))
    return Rebuilt(
        rings=rings,
        bridges=nodes[bridges].reshape(-1, 4),
        used=used,
        dangling=list(shapely.get_parts(merged)),
    )


def as_points(coordinates: Points) -> NDArray[np.object_]:
    """Coordinates (n × 2) as shapely points, an array whatever n is."""
    return np.asarray(shapely.points(coordinates), dtype=object)


def _nodes(coordinates: Points) -> tuple[Points, Whole]:
    """The distinct vertices, those within ``SAME_PLACE_M`` as one, and each vertex's number."""
    distinct, index = np.unique(_one_number(coordinates), return_inverse=True)
    nodes = np.column_stack((distinct.real, distinct.imag))
    places = as_points(nodes)
    near = shapely.STRtree(places).query(places, predicate="dwithin", distance=SAME_PLACE_M)
    near = near[:, near[0] < near[1]]
    first = np.arange(len(nodes))
    while (first[near[0]] != first[near[1]]).any():
        lower = np.minimum(first[near[0]], first[near[1]])
        np.minimum.at(first, near[0], lower)
        np.minimum.at(first, near[1], lower)
    return nodes, first[index]


def _bridges(nodes: Points, ends: Whole, side_owner: Whole, reach_m: Points) -> Whole:
    """From every free end the nearest vertex of another piece, as sides.

    ``reach_m`` says per piece how wide a gap at its ends may be.
    """
    degree = np.bincount(np.unique(np.sort(ends, axis=1), axis=0).reshape(-1),
                         minlength=len(nodes))  # fmt: skip
    lowest = np.full(len(nodes), np.iinfo(np.intp).max)
    highest = np.full(len(nodes), -1)
    for column in (0, 1):
        np.minimum.at(lowest, ends[:, column], side_owner)
        np.maximum.at(highest, ends[:, column], side_owner)
    free, there = np.flatnonzero(degree == 1), np.flatnonzero(degree)
    places = as_points(nodes)
    one, other = shapely.STRtree(places[there]).query(
        places[free], predicate="dwithin", distance=reach_m[lowest[free]]
    )
    start, end = free[one], there[other]
    own = (lowest[end] == lowest[start]) & (highest[end] == lowest[start])
    start, end = start[(start != end) & ~own], end[(start != end) & ~own]
    distance = np.hypot(*(nodes[start] - nodes[end]).T)
    order = np.lexsort((distance, start))
    start, end = start[order], end[order]
    nearest = np.unique(start, return_index=True)[1]
    chosen = np.sort(np.column_stack((start, end))[nearest], axis=1)
    return np.unique(chosen, axis=0)


def _bounding(nodes: Points, sides: Whole, shells: list[shapely.LinearRing]) -> NDArray[np.bool_]:
    """Per side, whether it lies on one of the rings."""
    corners, ring = shapely.get_coordinates(shells, return_index=True)
    number = np.searchsorted(_one_number(nodes), _one_number(corners))
    within = ring[1:] == ring[:-1]
    on_rings = np.sort(np.column_stack((number[:-1], number[1:]))[within], axis=1)
    keys = on_rings[:, 0] * len(nodes) + on_rings[:, 1]
    return np.isin(sides[:, 0] * len(nodes) + sides[:, 1], keys)


def _one_number(coordinates: Points) -> NDArray[np.complex128]:
    """Vertices as complex numbers, which numpy sorts by east, then north."""
    return coordinates[:, 0] + 1j * coordinates[:, 1] + 0
