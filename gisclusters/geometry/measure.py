"""How surely an area is known, from how surely its vertices are."""

from __future__ import annotations

import math

import numpy as np
import shapely


def area_sd_m2(shape: shapely.Geometry, tolerance_m: float) -> float:
    """Standard deviation of an area whose vertices are known to ``tolerance_m``.

    tolerance/(2√2) · √Σ|P(i+1) − P(i−1)|² over the vertices left after simplifying by the
    tolerance, so that denser drawing does not look more accurate (interfaces §2).  Planar,
    metres; 0 for lines, points and a tolerance of 0.
    """
    if shapely.get_dimensions(shape) < 2 or tolerance_m <= 0:
        return 0.0
    total = 0.0
    simple = shapely.simplify(shape, tolerance_m, preserve_topology=True)
    for ring in shapely.get_rings(shapely.get_parts(simple)):
        points = shapely.get_coordinates(ring)[:-1]
        chords = np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
        total += float((chords**2).sum())
    return float(tolerance_m / (2 * np.sqrt(2)) * np.sqrt(total))


def figure_rounding_m2(figure_m2: float, coarsest_m2: float) -> float:
    """Half a unit of the last digit of a figure in m², at most ``coarsest_m2``."""
    unit, most = 0.01, 2 * coarsest_m2
    while unit < most and abs(math.remainder(figure_m2, unit * 10)) < 1e-6:
        unit *= 10
    return min(unit / 2, coarsest_m2)
