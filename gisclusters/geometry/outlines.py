"""What is odd in an outline that can be measured: repeated vertices, spikes, specks, twins.

None of it stops a measurement.  Shapes are planar, in metres where a length or an accuracy
stands; missing and empty shapes have none of these.  The sense in which a ring runs is no
oddity, for an area has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.geometry.validity import Repair, repair_of
from gisclusters.geometry.width import widest_circle

Objects = NDArray[np.object_]
Numbers = NDArray[np.float64]

SPIKE_ANGLE_DEG = 2.0
"""Two sides that fold back within this angle are a spike, where they are narrow besides."""

SPECK_SHARE = 0.01
"""A part narrower than the accuracy is a speck up to this share of its feature."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """How many vertices of one shape repeat the one before, and where the first does."""

    position: int
    count: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Spike:
    """A corner that goes out and straight back: its tip, how long and how wide it is."""

    position: int
    vertex: int
    """Of the shape's coordinates, as ``shapely.get_coordinates`` counts them."""
    x: float
    y: float
    length_m: float
    width_m: float


@dataclass(frozen=True, slots=True)
class Speck:
    """A part of a multipolygon that the survey could not have seen."""

    position: int
    area_m2: float
    width_m: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Vertices:
    """Every vertex of a ring or line, in order: its place, its ring and its shape.

    ``linear`` is true for those of lines.
    """

    xy: Numbers
    ring: NDArray[np.intp]
    owner: NDArray[np.intp]
    linear: NDArray[np.bool_]


def vertices_of(shapes: Objects) -> Vertices:
    """The vertices of areal and linear shapes; points have none."""
    parts, part_owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    lines = np.flatnonzero(shapely.get_dimensions(parts) == 1)
    linear = np.repeat([False, True], [len(rings), len(lines)])
    if len(lines):
        rings, part = np.append(rings, parts[lines]), np.append(part, lines)
        order = np.argsort(part, kind="stable")
        rings, part, linear = rings[order], part[order], linear[order]
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    return Vertices(xy, ring, part_owner[part[ring]], linear[ring])


def repeated_vertices(shapes: Objects, vertices: Vertices | None = None) -> list[Repeats]:
    """Shapes with vertices that repeat the one before, bit for bit; any areal or linear shape.

    ``vertices`` are those of ``shapes``, where they are known already.
    """
    known = vertices_of(shapes) if vertices is None else vertices
    xy, ring, owner = known.xy, known.ring, known.owner
    again = np.flatnonzero(_repeats_next(xy, ring))
    positions, first, count = np.unique(owner[again], return_index=True, return_counts=True)
    return [
        Repeats(int(position), int(n), *map(float, xy[again[at]]))
        for position, at, n in zip(positions, first, count, strict=True)
    ]


def find_spikes(
    shapes: Objects, accuracy_m: Numbers, vertices: Vertices | None = None
) -> list[Spike]:
    """Corners whose two sides fold back within ``SPIKE_ANGLE_DEG``, narrower than the accuracy.

    The length is that of the shorter side, the width the distance of its far end from the
    other side; a fold no longer than the accuracy is not seen.  ``accuracy_m`` is by shape;
    polygons only.  A triangle is a needle, not a spike: nothing would be left without it.
    ``vertices`` are those of ``shapes``, where they are known already.
    """
    known = vertices_of(shapes) if vertices is None else vertices
    xy, ring, owner = known.xy, known.ring, known.owner
    if known.linear.any():
        areal = ~known.linear
        xy, ring, owner = xy[areal], ring[areal], owner[areal]
    if not len(xy):
        return []
    kept = np.flatnonzero(~_repeats_next(xy, ring))
    place, of_ring = (xy, ring) if len(kept) == len(xy) else (xy[kept], ring[kept])
    steps = np.diff(place, axis=0)
    ends = np.flatnonzero(np.append(of_ring[1:] != of_ring[:-1], True))
    starts = np.append(0, ends[:-1] + 1)
    # Corners that fold back at all, between the two steps; at a start the last step comes before.
    inner = np.flatnonzero(np.einsum("ij,ij->i", steps[1:], steps[:-1]) < 0) + 1
    inner = inner[(of_ring[inner - 1] == of_ring[inner]) & (of_ring[inner + 1] == of_ring[inner])]
    long = ends - starts >= 4
    corner = np.concatenate((inner, starts[long]))
    before = np.concatenate((inner - 1, ends[long] - 1))
    corner, before = corner[(order := np.argsort(corner, kind="stable"))], before[order]
    back, on = place[before] - place[corner], place[corner + 1] - place[corner]
    across = np.abs(back[:, 0] * on[:, 1] - back[:, 1] * on[:, 0])
    along = (back * on).sum(axis=1)
    sides = np.stack((np.hypot(*back.T), np.hypot(*on.T)))
    length_m = sides.min(axis=0)
    width_m = across / np.maximum(sides.max(axis=0), np.finfo(float).tiny)
    accuracy = accuracy_m[owner[kept[corner]]]
    size = np.repeat(long, ends - starts + 1)[corner]
    folded = np.flatnonzero(
        (along > 0) & (across <= along * np.tan(np.radians(SPIKE_ANGLE_DEG)))
        & (width_m <= accuracy) & (length_m > accuracy) & size
    )  # fmt: skip
    at = kept[corner[folded]]
    first = np.searchsorted(owner, owner[at])
    return [
        Spike(
            position=int(owner[vertex]), vertex=int(vertex - begin),
            x=float(xy[vertex, 0]), y=float(xy[vertex, 1]),
            length_m=float(length_m[k]), width_m=float(width_m[k]),
        )
        for k, vertex, begin in zip(folded, at, first, strict=True)
    ]  # fmt: skip


def propose_without_spikes(
    shapes: Objects, spikes: list[Spike], *, measured: Callable[[Objects], Objects]
) -> dict[int, Repair]:
    """What each shape would be without its spikes, by position; the other vertices stay.

    ``shapes`` are as received; ``measured`` brings them to metres, in which the numbers of a
    repair are.  A shape of which nothing valid would be left gets no proposal.
    """
    tips: dict[int, list[int]] = {}
    for spike in spikes:
        tips.setdefault(spike.position, []).append(spike.vertex)
    repairs = {}
    for position, vertices in tips.items():
        mended = _without(shapes[position], vertices)
        if mended is not None:
            repairs[position] = repair_of(position, shapes[position], mended, measured=measured)
    return repairs


def find_specks(shapes: Objects, accuracy_m: Numbers) -> list[Speck]:
    """Parts of multipolygons no wider than the accuracy and under a hundredth of the whole."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    area = shapely.area(parts)
    several = np.bincount(owner, minlength=len(shapes))[owner] > 1
    whole = shapely.area(shapes)[owner]
    # The largest circle of a part is at least half as wide as its mean width.
    mean = 2 * area / np.maximum(shapely.length(parts), np.finfo(float).tiny)
    maybe = several & (area > 0) & (area <= SPECK_SHARE * whole) & (mean <= 2 * accuracy_m[owner])
    specks = []
    for k in np.flatnonzero(maybe):
        circle = widest_circle(parts[k], float(accuracy_m[owner[k]]))
        if circle.width_m <= accuracy_m[owner[k]]:
            specks.append(Speck(int(owner[k]), float(area[k]), circle.width_m, circle.x, circle.y))
    return specks


def twins(shapes: Objects) -> list[tuple[int, int]]:
    """Pairs (first, later) of shapes with the same outline, wherever their rings begin.

    Vertices must agree bit for bit, repeated ones aside; every later one is told with the
    first.  Points have no outline.
    """
    outlined = np.flatnonzero(~shapely.is_empty(shapes) & (shapely.get_dimensions(shapes) > 0))
    boxes = pd.DataFrame(shapely.bounds(shapes[outlined]))
    near = outlined[boxes.duplicated(keep=False).to_numpy()]
    plain = shapely.normalize(shapely.remove_repeated_points(shapes[near], 0))
    codes, _ = pd.factorize(np.asarray(shapely.to_wkb(plain), dtype=object))
    _, first = np.unique(codes, return_index=True)
    return [
        (int(near[first[code]]), int(near[k]))
        for k, code in enumerate(codes)
        if first[code] != k
    ]  # fmt: skip


def _repeats_next(xy: Numbers, ring: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Vertices that stand where the next of the same ring stands."""
    east, north = xy[:, 0], xy[:, 1]
    same = (east[1:] == east[:-1]) & (north[1:] == north[:-1]) & (ring[1:] == ring[:-1])
    return np.append(same, False) if len(xy) else np.empty(0, dtype=bool)


def _without(shape: Any, vertices: list[int]) -> Any:
    """A polygon or multipolygon without some vertices; None where it is no longer valid."""
    gone = shapely.get_coordinates(shape)[vertices]
    polygons = []
    for part in shapely.get_parts(shape):
        rings = []
        for ring in shapely.get_rings(part):
            open_ring = shapely.get_coordinates(ring)[:-1]
            # By place, for a tip that is written twice has two vertices.
            hit = (open_ring[:, None, :] == gone[None, :, :]).all(axis=2).any(axis=1)
            if (~hit).sum() < 3:
                return None
            rings.append(open_ring[~hit])
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    mended = polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
    return mended if shapely.is_valid(mended) and shapely.area(mended) > 0 else None
