"""Made ground as plans draw it: tilings with crooked shared borders, forests, parcels.

Everything is drawn from the generator it is given and lies in a square of ``SIZE_M`` in the
metres of a VN-2000 zone; every polygon is valid.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

CORNER_M = (520_000.0, 2_300_000.0)
SIZE_M = 60_000.0
Shapes = NDArray[np.object_]
Floats = NDArray[np.float64]


def crooked(rng: np.random.Generator, ends: Floats, depth: int) -> Floats:
    """Segments as lines of ``2**depth`` sides, each middle pushed aside by a share of its length."""
    lines = ends
    for _ in range(depth):
        along = np.diff(lines, axis=1)
        aside = np.stack((-along[..., 1], along[..., 0]), axis=-1)
        middle = (lines[:, :-1] + lines[:, 1:]) / 2
        middle = middle + aside * rng.normal(0, 0.09, (*middle.shape[:2], 1))
        finer = np.empty((len(lines), 2 * lines.shape[1] - 1, 2))
        finer[:, 0::2], finer[:, 1::2] = lines, middle
        lines = finer
    return lines


def tiling(rng: np.random.Generator, count: int, depth: int = 5) -> Shapes:
    """About ``count`` zones that fill the ground; neighbours share every vertex of their border."""
    seeds = np.add(CORNER_M, rng.uniform(0, SIZE_M, (count, 2)))
    edges = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(seeds), only_edges=True))
    corners, line = shapely.get_coordinates(edges, return_index=True)
    ends = np.stack((corners[:-1], corners[1:]), axis=1)[line[:-1] == line[1:]]
    middle = np.add(CORNER_M, SIZE_M / 2)
    ends = ends[np.abs(ends - middle).max(axis=(1, 2)) <= SIZE_M * 0.55]
    lines = shapely.linestrings(crooked(rng, ends, depth))
    return _valid(shapely.get_parts(shapely.polygonize([shapely.node(shapely.union_all(lines))])))


def forests(rng: np.random.Generator, vertices: NDArray[np.int_]) -> Shapes:
    """Round forests of that many vertices with an outline at every scale and 10 to 39 holes."""
    found = []
    for count in vertices:
        middle = np.add(CORNER_M, SIZE_M * rng.uniform(0.12, 0.88, 2))
        radius_m = rng.uniform(3_000, 7_000)
        holes = []
        for number in range(int(rng.integers(10, 40))):  # on a spiral, so that none meets another
            away_m = radius_m * 0.62 * np.sqrt((number + 0.5) / 40)
            place = middle + away_m * _unit(np.array([number * 2.399963]))[0]
            holes.append(place + radius_m * 0.03 * _outline(rng, 2 * int(rng.integers(10, 60))))
        found.append(shapely.Polygon(middle + radius_m * _outline(rng, int(count)), holes))
    return _valid(np.array(found, dtype=object))


def parcels(rng: np.random.Generator, count: int) -> Shapes:
    """Parcels of 10 to 500 corners, 15 to 400 m wide, seven of ten in 400 clumps."""
    hubs = np.add(CORNER_M, rng.uniform(0, SIZE_M, (400, 2)))
    places = hubs[rng.integers(0, 400, count)] + rng.normal(0, 1_500, (count, 2))
    alone = rng.random(count) < 0.3
    places[alone] = np.add(CORNER_M, rng.uniform(0, SIZE_M, (int(alone.sum()), 2)))
    places = np.clip(places, np.add(CORNER_M, 500), np.add(CORNER_M, SIZE_M - 500))
    corners = np.clip(rng.lognormal(np.log(34), 0.75, count), 10, 500).astype(int)
    owner = np.repeat(np.arange(count), corners)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(corners) - corners, corners)
    turn = (number + rng.uniform(-0.35, 0.35, len(owner))) / corners[owner] * 2 * np.pi
    phase = rng.uniform(0, 2 * np.pi, (count, 3))[owner]
    swing = (rng.random((count, 3)) * [0.25, 0.12, 0.08])[owner]
    reach = np.clip(rng.lognormal(np.log(60), 0.6, count), 15, 400)[owner] * (
        1 + (swing * np.cos(np.outer(turn, [2, 3, 7]) + phase)).sum(axis=1)
        + rng.normal(0, 0.02, len(owner))
    )  # fmt: skip
    outline = np.round(places[owner] + reach[:, None] * _unit(turn), 3)
    return _valid(shapely.polygons(shapely.linearrings(outline, indices=owner)))


def cut_along(rng: np.random.Generator, shapes: Shapes, zones: Shapes, share: float) -> Shapes:
    """That share of the shapes reduced to their part in one zone, so that borders are shared."""
    chosen = np.flatnonzero(rng.random(len(shapes)) < share)
    of, zone = shapely.STRtree(zones).query(shapes[chosen], predicate="intersects")
    first = np.unique(of, return_index=True)[1]
    parts = shapely.intersection(shapes[chosen[of[first]]], zones[zone[first]])
    good = (shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 50) & shapely.is_valid(parts)
    out = shapes.copy()
    out[chosen[of[first[good]]]] = parts[good]
    return out


def holed(rng: np.random.Generator, shapes: Shapes, share: float) -> Shapes:
    """That share of the shapes with a hole of a third of their size about an inner point."""
    chosen = np.flatnonzero(rng.random(len(shapes)) < share)
    inner = shapely.get_coordinates(shapely.point_on_surface(shapes[chosen]))
    radius_m = np.sqrt(shapely.area(shapes[chosen])) / 6
    holes = [
        shapely.Polygon(place + size * _outline(rng, 24))
        for place, size in zip(inner, radius_m, strict=True)
    ]
    out = shapes.copy()
    out[chosen] = _valid(shapely.difference(shapes[chosen], holes))
    return out


def turned(shapes: Shapes, angle_rad: float) -> Shapes:
    """The shapes turned about the middle of the ground, their common vertices still common."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    middle = np.add(CORNER_M, SIZE_M / 2)
    turn = np.array([[cos, sin], [-sin, cos]])
    out: Shapes = shapely.transform(shapes, lambda xy: (xy - middle) @ turn + middle)
    return _valid(out)


def _unit(angle: Floats) -> Floats:
    return np.column_stack((np.cos(angle), np.sin(angle)))


def _outline(rng: np.random.Generator, count: int) -> Floats:
    """A closed outline about the origin whose reach swings by 22 % with a fractal spectrum."""
    waves = np.arange(1, count // 2)
    spectrum = np.zeros(count // 2 + 1, dtype=complex)
    spectrum[1 : count // 2] = waves**-1.25 * np.exp(2j * np.pi * rng.random(len(waves)))
    swing = np.fft.irfft(spectrum, count)
    reach = 1 + 0.22 * swing / np.abs(swing).max()
    out: Floats = reach[:, None] * _unit(np.arange(count) / count * 2 * np.pi)
    return out


def _valid(shapes: Shapes) -> Shapes:
    """Mended where the drawing crossed itself; polygons of at least a square metre only."""
    whole = np.array(shapely.make_valid(shapes), dtype=object)
    for place in np.flatnonzero(shapely.get_type_id(whole) == 7):
        parts = shapely.get_parts(whole[place])
        whole[place] = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    return whole
