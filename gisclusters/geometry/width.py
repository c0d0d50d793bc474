"""How wide a strip of ground is, and what that width is worth at the accuracy of two maps.

Noise is judged by width, not by area: w is the diameter of the largest circle inside the
widest part, ε the root of the sum of squares of both accuracies.  w ≤ ε lies within
accuracy, w ≥ 2ε is real, between nobody can tell.  The circle of a strip is found to a
hundredth of the tolerance, so that the verdict never hangs on the search.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

Certainty = Literal["within_accuracy", "undecided", "real"]

ROUNDING_M = 1e-6
"""A strip no wider than this on average is the rounding of coordinates, not ground."""


class Circle(NamedTuple):
    """A circle inside a shape: its centre (x east, y north) and its diameter, metres."""

    x: float
    y: float
    width_m: float


def pair_tolerance_m(
    accuracy_one_m: NDArray[np.float64], accuracy_two_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """ε = √(ε₁² + ε₂²), metres."""
    return np.hypot(accuracy_one_m, accuracy_two_m)


def certainty(width: float, tolerance_m: float) -> Certainty:
    """What a width is worth: ≤ ε within accuracy, ≥ 2ε real.

    Both limits are included, to the rounding of coordinates (``ROUNDING_M``).
    """
    if width <= tolerance_m + ROUNDING_M:
        return "within_accuracy"
    return "undecided" if width < 2 * tolerance_m - ROUNDING_M else "real"


def is_ground(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which shared shapes are ground, and not what a change of CRS leaves along a common border.

    Two maps that share a border to the last digit no longer do after one of them came
    through another zone: strips of 1e-10 m appear, kilometres long.  Areal shapes of which
    no part is wider than ``ROUNDING_M`` on average (2 · area / perimeter) touch only; lines
    and points are kept.
    """
    parts, owners = shapely.get_parts(shapes, return_index=True)
    mean_width_m = 2 * shapely.area(parts) / np.maximum(shapely.length(parts), ROUNDING_M)
    widest_m = np.zeros(len(shapes))
    np.maximum.at(widest_m, owners, mean_width_m)
    real: NDArray[np.bool_] = (shapely.get_dimensions(shapes) < 2) | (widest_m > ROUNDING_M)
    return real


def widest_circle(shape: shapely.Geometry, tolerance_m: float) -> Circle:
    """The largest circle inside a shape in metres.

    Lines, points and empty shapes hold none: NaN.  The search stops within a hundredth of
    the tolerance, or a thousandth of the widest it could be, whichever is finer for the
    verdict.
    """
    widest = Circle(float("nan"), float("nan"), float("nan"))
    if shapely.is_empty(shape) or shapely.get_dimensions(shape) < 2:
        return widest
    parts = shapely.get_parts(shape)
    # 4 · area / perimeter is at least the diameter's half; no part can beat 2·√(area/π).
    order = np.argsort(-shapely.area(parts))
    for part in parts[order]:
        bound = 2 * float(np.sqrt(shapely.area(part) / np.pi))
        if bound <= widest.width_m:
            break
        # Wide ground is told to a thousandth; a strip's mean width 2·area/perimeter is its scale.
        mean = 2 * float(shapely.area(part)) / max(float(shapely.length(part)), 1e-12)
        step = max(min(tolerance_m / 100, mean / 20), mean / 1000, 1e-6)
        radius = shapely.maximum_inscribed_circle(part, tolerance=step)
        width = 2 * float(shapely.length(radius))
        if not width <= widest.width_m:
            x, y = shapely.get_coordinates(radius)[0]
            widest = Circle(float(x), float(y), width)
    return widest


def width_m(shape: shapely.Geometry, tolerance_m: float) -> float:
    """Diameter of the largest circle inside the widest part of a shape, metres; else NaN."""
    return widest_circle(shape, tolerance_m).width_m
