"""The protected strips beside works (road, bridge, dike, canal) that a subject reaches into.

Planar geometry in the working CRS, in metres.  The law measures a corridor from the outer
edge of the work (of the maintenance strip, of the dike foot): so does this for a work drawn
as an area, or as a line with its whole breadth (``work_width_m``).  From a bare line the
strip found is the least there can be, and what it does not reach is not called clear.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.domain.verdicts import NotCheckedReason, OverlapVerdict, Stage
from gisclusters.geometry.measure import area_sd_m2
from gisclusters.geometry.width import is_ground, pair_tolerance_m, width_m
from gisclusters.overlaps.in_force import Plan
from gisclusters.overlaps.judgement import relation, severity, verdict
from gisclusters.overlaps.precedence import mark_yielding
from gisclusters.overlaps.works import Work, cell, works_near
from gisclusters.rules.corridor_width import word_of
from gisclusters.rules.corridors import CorridorRule
from gisclusters.rules.overlaps import Rules

CORRIDOR_COLUMNS = (
    "corridor_m", "corridor_least_m", "corridor_note", "nearest_zone_id", "yields_to", "yields_m2",
)  # fmt: skip
CORRIDOR_NUMBERS = ("corridor_m", "corridor_least_m", "yields_m2")

_SAGITTA_M = 0.01
"""How far the chords of a rounded corner may fall short of its arc."""


def find_corridors(
    subjects: gpd.GeoDataFrame, plans: Sequence[Plan], *, as_of: date, rules: Rules, stage: Stage
) -> tuple[list[dict[str, Any]], list[Issue]]:
    """The rows of corridors (columns of interfaces §2 and ``CORRIDOR_COLUMNS``) and issues.

    A row per subject and work whose corridor holds ground of the subject beyond every work's
    own ground of that plan and category: ``area_m2`` and ``geometry`` are that piece,
    ``distance_m`` the distance to the work's edge, ``corridor_m`` the width taken.  Where
    one width is sure and the class unknown, what only the widest possible corridor reaches
    is ``undecided`` (``class_unknown``).  A work near enough of which no width is sure, or
    the edge is not known, makes one ``not_checked`` row per subject, plan and category
    (``width_unknown width_unverified class_unknown edge_unknown``) without ``zone_id``;
    ``nearest_zone_id`` names it.  A work that only touches the subject has distance 0 and
    its corridor inside.  Zones that are drawn corridors are not widened.  Shapes are valid,
    in one metric CRS; empty ones reach nothing.
    """
    issues: list[Issue] = []
    if not rules.corridors.works:
        return [], [warning("corridors_no_rules", value=rules.rule_set.name)]
    rows: list[dict[str, Any]] = []
    drawn: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for plan in plans:
        works, corridors = works_near(subjects, plan, as_of=as_of, rules=rules)
        drawn[plan.layer] += corridors
        if works:
            found, bare = _against(subjects, plan, works, stage)
            rows += found
            lines[plan.layer] += bare
            _warn_short_ground(subjects, plan, works, issues)
    issues += [info("corridor_drawn", layer=name, count=count) for name, count in (+drawn).items()]
    issues += [
        warning("corridor_from_line", layer=name, count=count) for name, count in (+lines).items()
    ]
    mark_yielding(rows, rules.corridors.first)
    for row in rows:
        del row["work"]
    return rows, issues


def _against(
    subjects: gpd.GeoDataFrame, plan: Plan, works: list[Work], stage: Stage
) -> tuple[list[dict[str, Any]], int]:
    """The rows of one plan, and how many of the works that are near are bare lines."""
    shapes = np.asarray([work.zone.geometry for work in works], dtype=object)
    asked = np.asarray([work.asked_m for work in works])
    near, place = shapely.STRtree(subjects.geometry.to_numpy()).query(
        shapes, predicate="dwithin", distance=asked
    )
    order = np.lexsort((near, place))
    rows: list[dict[str, Any]] = []
    silent: dict[tuple[int, str], tuple[float, str, Work]] = {}
    areal = _areal_works(works, shapes)
    lines: set[int] = set()
    for which, position in zip(near[order], place[order], strict=True):
        work, subject = works[which], subjects.iloc[position]
        distance = float(shapely.distance(subject.geometry, shapes[which]))
        found = [
            _row(subject, plan, work, distance, width, rule, piece, stage)
            for width, rule, piece in _pieces(subject.geometry, work, areal.get(work.category))
        ]
        rows += found
        if work.from_line:
            lines.add(int(which))
        reached = any(row["verdict"] != OverlapVerdict.WITHIN_ACCURACY for row in found)
        reason = None if reached else _silence(work, distance)
        if reason is not None:
            key = (int(position), work.category)
            if key not in silent or distance < silent[key][0]:
                silent[key] = (distance, reason, work)
    rows += [
        _silent_row(subjects.iloc[position], plan, work, distance, reason, stage)
        for (position, _), (distance, reason, work) in silent.items()
    ]
    return rows, len(lines)


def _areal_works(works: list[Work], shapes: NDArray[np.object_]) -> dict[str, shapely.STRtree]:
    """The works drawn as areas, by category: their own ground is no corridor."""
    trees: dict[str, shapely.STRtree] = {}
    for category in {work.category for work in works}:
        own = [
            shape
            for shape, work in zip(shapes, works, strict=True)
            if work.category == category and not work.from_line
        ]
        if own:
            trees[category] = shapely.STRtree(own)
    return trees


def _pieces(
    subject: shapely.Geometry, work: Work, own: shapely.STRtree | None
) -> list[tuple[float, CorridorRule, shapely.Geometry]]:
    """The ground of the subject in the sure corridor, then what only the widest one reaches."""
    width = work.width
    found: list[tuple[float, CorridorRule, shapely.Geometry]] = []
    if width.firm_m is None or width.firm_rule is None:
        return found
    sure = _inside(subject, work, width.firm_m, own)
    if is_ground(np.array([sure]))[0] and not shapely.is_empty(sure):
        found.append((width.firm_m, width.firm_rule, sure))
    if width.most_m is not None and width.rule is not None and width.most_m != width.firm_m:
        widest = _inside(subject, work, width.most_m, own)
        band = _areal(shapely.difference(widest, sure))
        if is_ground(np.array([band]))[0] and not shapely.is_empty(band):
            found.append((width.most_m, width.rule, band))
    return found


def _inside(
    subject: shapely.Geometry, work: Work, corridor_m: float, own: shapely.STRtree | None
) -> shapely.Geometry:
    """The part of a subject within ``corridor_m`` of the edge of a work, beyond works' ground."""
    beyond = corridor_m
    west, south, east, north = shapely.bounds(subject)
    margin = beyond + 1
    near = shapely.intersection(
        work.zone.geometry,
        shapely.box(west - margin, south - margin, east + margin, north + margin),
    )
    # A corner is rounded: all ground is meant that is no farther than the width.
    corners = max(8, math.ceil(math.pi / 4 / math.acos(1 - min(1, _SAGITTA_M / beyond))))
    piece = shapely.intersection(subject, shapely.buffer(near, beyond, quad_segs=corners))
    if own is not None:
        others = own.query(piece, predicate="intersects")
        if len(others):
            piece = shapely.difference(piece, shapely.union_all(own.geometries[others]))
    return _areal(piece)


def _row(
    subject: Any, plan: Plan, work: Work, distance: float, corridor_m: float,
    rule: CorridorRule, piece: shapely.Geometry, stage: Stage,
) -> dict[str, Any]:  # fmt: skip
    tolerance = float(pair_tolerance_m(subject["accuracy_m"], work.zone["accuracy_m"]))
    width = width_m(piece, tolerance)
    found = verdict(width, tolerance, rule.effect, areal=True)
    possible = corridor_m != work.width.firm_m
    if possible and found is OverlapVerdict.CONFLICT:
        found = OverlapVerdict.UNDECIDED
    area, whole = float(shapely.area(piece)), float(subject.geometry.area)
    lies = relation(whole, math.inf, area, areal=True)
    notes = [*(work.width.notes if possible else work.width.firm_notes)]
    if work.width.open_class:
        notes.append("widest_class" if possible else "class_unknown")
    notes += ["from_line"] if work.from_line else ["from_breadth"] * work.from_breadth
    return _base(subject, plan, work, distance, found, rule, stage) | {
        "relation": str(lies), "reason": "class_unknown" if possible else None,
        "area_m2": area, "area_sd_m2": area_sd_m2(piece, tolerance),
        "share_of_subject": area / whole, "width_m": width, "tolerance_m": tolerance,
        "corridor_m": corridor_m, "corridor_least_m": work.width.least_m,
        "corridor_note": " ".join(notes) or None, "geometry": piece,
    }  # fmt: skip


def _silent_row(
    subject: Any, plan: Plan, work: Work, distance: float, reason: str, stage: Stage
) -> dict[str, Any]:
    return _base(
        subject, plan, work, distance, OverlapVerdict.NOT_CHECKED, work.width.rule, stage
    ) | {
        "zone_id": None, "title": plan.title, "nearest_zone_id": work.zone["zone_id"],
        "approval": None, "approval_en": None,
        "reason": reason, "corridor_m": work.width.most_m,
        "corridor_least_m": work.width.least_m,
        "corridor_note": "from_line" if work.from_line else None,
        "tolerance_m": float(pair_tolerance_m(subject["accuracy_m"], work.zone["accuracy_m"])),
    }  # fmt: skip


def _base(
    subject: Any, plan: Plan, work: Work, distance: float, found: OverlapVerdict,
    rule: CorridorRule | None, stage: Stage,
) -> dict[str, Any]:  # fmt: skip
    """What every row of a corridor says; ``work`` is its name to precedence."""
    grade = severity(found, "R" if rule is None else rule.effect, stage)
    confidence = "unverified" if rule is None or work.from_line else (
        "likely" if rule.confirmed is not None else rule.confidence
    )  # fmt: skip
    kind = word_of(cell(work.zone, "class"))
    return {
        "subject_id": subject["cluster_id"], "plan_id": plan.plan_id,
        "zone_id": work.zone["zone_id"], "title": work.zone["title"], "layer": plan.layer,
        "category": work.zone["category"], "verdict": str(found),
        "in_force_from": work.zone["in_force_from"], "in_force_to": work.zone["in_force_to"],
        "severity": None if grade is None else str(grade),
        "rule_id": None if rule is None else rule.id,
        "legal_basis": None if rule is None else rule.basis,
        "approval": None if rule is None else rule.approval,
        "approval_en": None if rule is None else rule.approval_en,
        "confidence": confidence, "distance_m": distance,
        "work": (work.category, f"{work.category}/{kind}"),
    }  # fmt: skip


def _silence(work: Work, distance: float) -> str | None:
    """Why nobody can say that a subject lies clear of a work's corridor; None where one can."""
    width = work.width
    margin = work.line_half_m if work.from_line else 0.0
    if distance <= width.reach_m + margin:
        if width.reason is not None:
            return width.reason
        if width.open_class:
            return str(NotCheckedReason.CLASS_UNKNOWN)
        if width.open_end:
            return str(NotCheckedReason.WIDTH_UNKNOWN)
    if work.from_line and width.most_m is not None and distance <= width.most_m + margin:
        return str(NotCheckedReason.EDGE_UNKNOWN)
    return None


def _warn_short_ground(
    subjects: gpd.GeoDataFrame, plan: Plan, works: list[Work], issues: list[Issue]
) -> None:
    """A plan that ends at a subject's boundary does not show the work beside it."""
    area = plan.ground.area
    if plan.ground.kind != "area" or area is None:
        return
    shapes = subjects.geometry.to_numpy()
    reach = max(work.width.reach_m for work in works)
    inside = shapes[shapely.covers(area, shapes)]
    short = int((~shapely.covers(area, shapely.buffer(inside, reach))).sum()) if len(inside) else 0
    if short:
        issues.append(
            warning("corridor_ground_short", layer=plan.layer, count=short, reach_m=reach)
        )


def _areal(shape: shapely.Geometry) -> shapely.Geometry:
    """The areal parts of a shape."""
    if shapely.get_type_id(shape) in {3, 6}:
        return shape
    parts = shapely.get_parts(shape)
    kept = parts[shapely.get_type_id(parts) == 3]
    return shapely.multipolygons(kept) if len(kept) else shapely.Polygon()
