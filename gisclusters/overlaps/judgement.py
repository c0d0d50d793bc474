"""What a polygon difference is worth, given the accuracy of both maps: see geometry/width.py."""

from __future__ import annotations

from gisclusters.domain.verdicts import OverlapVerdict, Relation, Severity, Stage
from gisclusters.geometry.width import certainty

_EQUAL_SHARE = 1e-9
"""Shapes are equal where what only one of them has is under this share of their union."""


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
