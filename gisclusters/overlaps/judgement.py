"""What a polygon difference is worth, given the accuracy of both maps.

Noise is judged by width, not by area: w is the diameter of the largest circle inside the
widest part, ε the root of the sum of squares of both layers' accuracy.  w ≤ ε lies within
accuracy, w ≥ 2ε is real, between nobody can tell.  The circle of a strip is found to a
hundredth of the tolerance, so that the verdict never hangs on the search.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gisclusters.domain.verdicts import OverlapVerdict, Relation, Severity, Stage

_EQUAL_SHARE = 1e-9
"""Shapes are equal where what only one of them has is under this share of their union."""

ROUNDING_M = 1e-6
"""A strip no wider than this on average is the rounding of coordinates, not ground."""


def pair_tolerance_m(
    accuracy_one_m: NDArray[np.float64], accuracy_two_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """ε = √(ε₁² + ε₂²), metres."""
    return np.hypot(accuracy_one_m, accuracy_two_m)


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


def width_m(shape: shapely.Geometry, tolerance_m: float) -> float:
    """Diameter of the largest circle inside the widest part of a shape, metres.

    Lines and points have no width: NaN.  The search stops within a hundredth of the
    tolerance, or a thousandth of the widest it could be, whichever is finer for the verdict.
    """
    if shapely.get_dimensions(shape) < 2:
        return float("nan")
    widest = 0.0
    parts = shapely.get_parts(shape)
    # 4 · area / perimeter is at least the diameter's half; no part can beat 2·√(area/π).
    order = np.argsort(-shapely.area(parts))
    for part in parts[order]:
        bound = 2 * float(np.sqrt(shapely.area(part) / np.pi))
        if bound <= widest:
            break
        # Wide ground is told to a thousandth; a strip's mean width 2·area/perimeter is its scale.
        mean = 2 * float(shapely.area(part)) / max(float(shapely.length(part)), 1e-12)
        step = max(min(tolerance_m / 100, mean / 20), mean / 1000, 1e-6)
        circle = shapely.maximum_inscribed_circle(part, tolerance=step)
        widest = max(widest, 2 * float(shapely.length(circle)))
    return widest


def relation(
    subject_area_m2: float, zone_area_m2: float, shared_area_m2: float, *, areal: bool
) -> Relation:
    """How the subject lies to the zone, read subject → zone, from exact areas.

    ``equals``, ``within`` and ``contains`` allow for the rounding of one intersection only
    (1e-9 of the area), never for a tolerance; a line crosses.
    """
    if not areal:
        return Relation.CROSSES
    whole_subject = shared_area_m2 >= subject_area_m2 * (1 - _EQUAL_SHARE)
    whole_zone = shared_area_m2 >= zone_area_m2 * (1 - _EQUAL_SHARE)
    if whole_subject and whole_zone:
        return Relation.EQUALS
    if whole_subject:
        return Relation.WITHIN
    return Relation.CONTAINS if whole_zone else Relation.OVERLAPS


def verdict(width: float, tolerance_m: float, effect: str, *, areal: bool) -> OverlapVerdict:
    """The verdict of one piece; a line or point inside the boundary is real.

    Both limits are included, to the rounding of coordinates (``ROUNDING_M``).
    """
    if areal and width <= tolerance_m + ROUNDING_M:
        return OverlapVerdict.WITHIN_ACCURACY
    if areal and width < 2 * tolerance_m - ROUNDING_M:
        return OverlapVerdict.UNDECIDED
    return OverlapVerdict.COMPATIBLE if effect == "K" else OverlapVerdict.CONFLICT


def severity(found: OverlapVerdict, effect: str, stage: Stage) -> Severity | None:
    """What the finding asks: by the rule's effect, or by the stage where nobody can tell."""
    if found in {OverlapVerdict.UNDECIDED, OverlapVerdict.NOT_CHECKED}:
        return Severity.BLOCKING if stage is Stage.APPRAISAL else Severity.NOTE
    if found is not OverlapVerdict.CONFLICT:
        return None
    return {"F": Severity.BLOCKING, "C": Severity.APPROVAL, "R": Severity.NOTE}[effect]
