"""Least distances that a development option must state: to housing, relics, rivers and lakes.

Decree 32/2024/NĐ-CP Art. 4–7 asks for them and names no number: they are told, and judged
only where the user's rules give one.  Planar, in the working CRS, metres.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from gisclusters.domain.verdicts import NotCheckedReason, OverlapVerdict, Severity
from gisclusters.geometry.width import pair_tolerance_m
from gisclusters.overlaps.in_force import Plan
from gisclusters.rules.corridors import DistanceRule
from gisclusters.rules.overlaps import Rules

DISTANCE_COLUMNS = (
    "subject_id", "rule_id", "category", "plan_id", "zone_id", "title", "distance_m",
    "tolerance_m", "at_least_m", "verdict", "reason", "severity", "legal_basis", "confidence",
)  # fmt: skip


def least_distances(
    subjects: gpd.GeoDataFrame,
    plans: Sequence[Plan],
    *,
    as_of: date,
    rules: Rules,
    idle: Collection[str] = (),
) -> pd.DataFrame:
    """One row per subject and distance rule of the day, columns ``DISTANCE_COLUMNS``.

    ``distance_m`` is that to the nearest zone of the rule's categories, 0 where they touch
    or overlap.  No such zone: None, with ``no_data``, or ``not_in_force`` where ``idle``
    (categories given out of force) holds it.  A nearer one can stand where the plans'
    grounds do not cover everything within that distance: ``outside_ground``.  ``verdict``
    is None without a number; with one ``conflict`` under it, ``clear`` from it on,
    ``undecided`` within the tolerance of it, ``not_checked`` where the ground is short.
    """
    rows: list[dict[str, Any]] = []
    words = [plan.zones["category"] for plan in plans]
    told = [each.map(rules.categories_of(each.unique())) for each in words]
    for rule in rules.corridors.distances:
        if not rule.holds(as_of):
            continue
        near = [(plan, plan.zones[categories.isin(rule.categories)])
                for plan, categories in zip(plans, told, strict=True)]  # fmt: skip
        near = [(plan, zones) for plan, zones in near if len(zones)]
        rows += _against(subjects, rule, near, idle)
    table = pd.DataFrame(rows, columns=list(DISTANCE_COLUMNS), dtype=object)
    numbers = [name for name in DISTANCE_COLUMNS if name.endswith("_m")]
    return table.astype(dict.fromkeys(numbers, "float64"))


def nearest_zones(
    subjects: gpd.GeoSeries, zones: gpd.GeoSeries
) -> Iterator[tuple[int, int, float]]:
    """For each subject its place, that of the nearest zone, and the distance between the two.

    Both in one projected CRS, metres; 0 where they touch or overlap.  Empty shapes are far
    from everything: they have no row.
    """
    nearest, metres = shapely.STRtree(zones.to_numpy()).query_nearest(
        subjects.to_numpy(), return_distance=True, all_matches=False
    )
    for place, which, distance in zip(*nearest, metres, strict=True):
        yield int(place), int(which), float(distance)


def _against(
    subjects: gpd.GeoDataFrame,
    rule: DistanceRule,
    near: Sequence[tuple[Plan, gpd.GeoDataFrame]],
    idle: Collection[str],
) -> list[dict[str, Any]]:
    """The rows of one rule; ``near`` holds each plan with its zones of the rule's categories."""
    blank: dict[str, Any] = dict.fromkeys(DISTANCE_COLUMNS) | {
        "rule_id": rule.id, "category": rule.categories[0], "at_least_m": rule.at_least_m,
        "severity": str(Severity.NOTE), "legal_basis": rule.legal_basis,
        "confidence": rule.confidence,
    }  # fmt: skip
    if not near:
        asleep = any(category in idle for category in rule.categories)
        reason = NotCheckedReason.NOT_IN_FORCE if asleep else NotCheckedReason.NO_DATA
        silent = {"verdict": str(OverlapVerdict.NOT_CHECKED), "reason": str(reason)}
        return [blank | silent | {"subject_id": name} for name in subjects["cluster_id"]]
    zones = pd.concat([held.assign(plan_id=plan.plan_id) for plan, held in near])
    complete = any(plan.ground.kind == "all" for plan, _ in near)
    grounds = [plan.ground.area for plan, _ in near if plan.ground.area is not None]
    ground = shapely.union_all(grounds) if grounds and not complete else None
    rows: list[dict[str, Any]] = []
    for place, which, distance in nearest_zones(subjects.geometry, zones.geometry):
        subject, zone = subjects.iloc[place], zones.iloc[which]
        tolerance = float(pair_tolerance_m(subject["accuracy_m"], zone["accuracy_m"]))
        covered = complete or _covered(subject.geometry, distance, ground)
        found = _verdict(distance, tolerance, rule.at_least_m, covered=covered)
        rows.append(blank | {
            "subject_id": subject["cluster_id"], "category": zone["category"],
            "plan_id": zone["plan_id"], "zone_id": zone["zone_id"], "title": zone["title"],
            "distance_m": distance, "tolerance_m": tolerance, "verdict": found,
            "reason": None if covered else str(NotCheckedReason.OUTSIDE_GROUND),
        })  # fmt: skip
    return rows


def _covered(subject: shapely.Geometry, distance: float, ground: shapely.Geometry | None) -> bool:
    """Whether the plans speak about everything nearer to the subject than ``distance``."""
    if distance == 0 or ground is None:
        return distance == 0
    # The chords of a rounded corner lie inside its arc; a millimetre is left to rounding.
    return bool(shapely.covers(ground, shapely.buffer(subject, max(0.0, distance - 1e-3))))


def _verdict(
    distance: float, tolerance_m: float, least_m: float | None, *, covered: bool
) -> str | None:
    if least_m is None:
        return None
    if distance < least_m - tolerance_m:
        return str(OverlapVerdict.CONFLICT)
    if not covered:
        return str(OverlapVerdict.NOT_CHECKED)
    found = OverlapVerdict.CLEAR if distance >= least_m + tolerance_m else OverlapVerdict.UNDECIDED
    return str(found)
