"""The corridor that protects a work, and the part of a boundary inside it.

Planar geometry in the working CRS, in metres.  A corridor is measured as the law measures it,
from the edge of the work, where the plan draws the work as ground; a work that is drawn as a
line has no edge, so its corridor is measured from the line and the law's is wider: that is said
(``corridor_from_line``).  Ground that names no attribute of a work (class, grade, flow, length)
is taken for the corridor itself, as plans draw it, and no corridor is drawn around it.  Arcs
lie within a centimetre of the circle.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.issue import Issue, warning
from gisclusters.domain.verdicts import NotCheckedReason, OverlapVerdict, Stage
from gisclusters.geometry.measure import area_sd_m2
from gisclusters.geometry.width import is_ground, pair_tolerance_m, width_m
from gisclusters.layers.values import fold
from gisclusters.overlaps.judgement import relation, severity, verdict
from gisclusters.rules.corridors import Corridor, CorridorRules

ARC_ERROR_M = 0.01
_GRADES = {"i": "I", "ii": "II", "iii": "III", "iv": "IV", "v": "V", "vi": "VI", "1": "I",
           "2": "II", "3": "III", "4": "IV", "5": "V", "6": "VI", "cao toc": "expressway",
           "expressway": "expressway", "dac biet": "special", "special": "special"}  # fmt: skip
_FORMS = ("duong cap", "de cap", "cap", "class", "grade", "duong", "de")


@dataclass(frozen=True, slots=True)
class _Work:
    """A zone with the corridors its category may have, and the one it has (None: unknown)."""

    zone: Any
    possible: list[Corridor]
    corridor: Corridor | None


def corridor_rows(
    subjects: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, *, categories: Iterable[str],
    rules: CorridorRules, as_of: date, stage: Stage, issues: list[Issue], layer: str,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """The findings of corridors of one plan, as rows by the names of interfaces §2.

    ``categories`` are those that judge each zone.  ``distance_m`` is the least distance from
    the subject to the work itself, 0 where they meet; area and geometry are the part of the
    subject in the corridor beyond the ground of the work.  A work whose corridor nobody knows,
    for an attribute is missing or its width is unverified, is ``not_checked`` with the reason
    ``width_unknown`` where it lies within the widest corridor of its kind.
    """
    works = [
        _Work(zone, possible, _of(zone, possible))
        for (_, zone), category in zip(zones.iterrows(), categories, strict=True)
        if (possible := rules.of(category, as_of)) and _is_work(zone, possible)
    ]
    lines = sum(work.corridor is not None and shapely.get_dimensions(work.zone.geometry) < 2
                for work in works)  # fmt: skip
    if lines:
        issues.append(warning("corridor_from_line", layer=layer, count=lines))
    for work in works:
        reach_m = max(each.width_m for each in work.possible)
        distance_m = shapely.distance(subjects.geometry.to_numpy(), work.zone.geometry)
        for place in np.flatnonzero(distance_m < reach_m):
            subject = subjects.iloc[place]
            if work.corridor is None:
                yield _base(subject, work.zone, layer) | {
                    "verdict": str(OverlapVerdict.NOT_CHECKED),
                    "reason": str(NotCheckedReason.WIDTH_UNKNOWN),
                    "severity": _text(severity(OverlapVerdict.NOT_CHECKED, "R", stage)),
                    "distance_m": float(distance_m[place]),
                }
            elif distance_m[place] < work.corridor.width_m:
                row = _inside(subject, work.zone, work.corridor, stage)
                if row is not None:
                    yield (
                        _base(subject, work.zone, layer)
                        | row
                        | {"distance_m": float(distance_m[place])}
                    )


def strip(work: shapely.Geometry, width_m: float) -> shapely.Geometry:
    """The ground within ``width_m`` of a work, the work's own ground left out."""
    half_step = math.acos(max(1 - ARC_ERROR_M / width_m, 0.0))
    segments = max(math.ceil(math.pi / 4 / half_step), 8)
    around = shapely.buffer(work, width_m, quad_segs=segments)
    return around if shapely.get_dimensions(work) < 2 else shapely.difference(around, work)


def _is_work(zone: Any, possible: list[Corridor]) -> bool:
    """Whether a zone is the work itself: ground without any attribute of a work is its corridor."""
    if shapely.is_empty(zone.geometry):
        return False
    if shapely.get_dimensions(zone.geometry) < 2:
        return True
    names = {name for each in possible for name in (*each.words, *each.numbers)} or {"class"}
    return any(_said(zone.get(name)) for name in names)


def _said(value: object) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _of(zone: Any, possible: list[Corridor]) -> Corridor | None:
    """The corridor of a work by its attributes, None where none that may be used is its own."""
    return next((each for each in possible if each.usable and _fits(zone, each)), None)


def _fits(zone: Any, corridor: Corridor) -> bool:
    for name, words in corridor.words.items():
        if _grade(zone.get(name)) not in words:
            return False
    for name, (over, up_to) in corridor.numbers.items():
        value = _number(zone, name)
        if value is None or (over is not None and value <= over and not over == value == 0):
            return False
        if up_to is not None and value > up_to:
            return False
    return True


def _grade(said: object) -> str | None:
    """``Cấp III``, ``đường cấp 3`` and ``III`` are one grade."""
    words = fold(str(said)) if _said(said) else ""
    for form in _FORMS:
        words = words.removeprefix(f"{form} ")
    return _GRADES.get(words)


def _number(zone: Any, name: str) -> float | None:
    value = zone.get(name)
    if _said(value):
        number = pd.to_numeric(value, errors="coerce")
        return None if pd.isna(number) else float(number)
    if name != "length_m":
        return None
    shape = zone.geometry
    if shapely.get_dimensions(shape) == 1:
        return float(shapely.length(shape))
    sides = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))
    return float(max(np.hypot(*np.diff(sides, axis=0).T), default=0.0))


def _base(subject: Any, zone: Any, layer: str) -> dict[str, Any]:
    return {
        "subject_id": subject["cluster_id"], "plan_id": zone["plan_id"],
        "zone_id": zone["zone_id"], "title": zone["title"], "layer": layer,
        "category": zone["category"], "in_force_from": zone["in_force_from"],
        "in_force_to": zone["in_force_to"],
        "tolerance_m": float(pair_tolerance_m(subject["accuracy_m"], zone["accuracy_m"])),
    }  # fmt: skip


def _inside(subject: Any, zone: Any, corridor: Corridor, stage: Stage) -> dict[str, Any] | None:
    """What is said of the part of a subject in a corridor, None where they only touch."""
    ground = strip(zone.geometry, corridor.width_m)
    shape = shapely.intersection(subject.geometry, ground)
    if shapely.get_dimensions(shape) < 2 or not is_ground(np.array([shape]))[0]:
        return None
    tolerance = float(pair_tolerance_m(subject["accuracy_m"], zone["accuracy_m"]))
    width, area = width_m(shape, tolerance), float(shapely.area(shape))
    whole = float(shapely.area(subject.geometry))
    found = verdict(width, tolerance, corridor.effect, areal=True)
    return {
        "relation": str(relation(whole, float(shapely.area(ground)), area, areal=True)),
        "verdict": str(found), "area_m2": area, "area_sd_m2": area_sd_m2(shape, tolerance),
        "share_of_subject": area / whole, "share_of_zone": None, "width_m": width,
        "severity": _text(severity(found, corridor.effect, stage)), "rule_id": corridor.id,
        "legal_basis": corridor.legal_basis, "approval": corridor.approval,
        "approval_en": corridor.approval_en, "confidence": corridor.confidence, "geometry": shape,
    }  # fmt: skip


def _text(word: object) -> str | None:
    return None if word is None else str(word)
