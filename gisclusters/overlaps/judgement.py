"""What a polygon difference is worth, given the accuracy of both maps: see geometry/width.py."""

from __future__ import annotations

import numpy as np
import shapely

from gisclusters.domain.verdicts import OverlapVerdict, Relation, Severity, Stage
from gisclusters.geometry.width import certainty

_EQUAL_SHARE = 1e-9
"""Shapes are equal where what only one of them has is under this share of their union."""


def area_sd_m2(shape: shapely.Geometry, tolerance_m: float) -> float:
    """Standard deviation of an area whose vertices are known to ``tolerance_m``.

    tolerance/(2√2) · √Σ|P(i+1) − P(i−1)|² over the vertices left after simplifying by the
    tolerance, so that denser drawing does not look more accurate (interfaces §2).
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
    """The verdict of one piece; a line or point inside the boundary is real."""
    doubt = certainty(width, tolerance_m) if areal else "real"
    if doubt != "real":
        return OverlapVerdict(doubt)
    return OverlapVerdict.COMPATIBLE if effect == "K" else OverlapVerdict.CONFLICT


def severity(found: OverlapVerdict, effect: str, stage: Stage) -> Severity | None:
    """What the finding asks: by the rule's effect, or by the stage where nobody can tell."""
    if found in {OverlapVerdict.UNDECIDED, OverlapVerdict.NOT_CHECKED}:
        return Severity.BLOCKING if stage is Stage.APPRAISAL else Severity.NOTE
    if found is not OverlapVerdict.CONFLICT:
        return None
    return {"F": Severity.BLOCKING, "C": Severity.APPROVAL, "R": Severity.NOTE}[effect]
