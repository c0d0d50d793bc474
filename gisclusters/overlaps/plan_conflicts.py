"""Clusters against plan zones and against each other, as of a date.

Planar geometry in the working CRS, in metres.  Polygons that only touch share no ground.
What a plan's ground does not cover is ``not_checked``, never ``clear``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, warning
from gisclusters.domain.verdicts import NotCheckedReason, OverlapVerdict, Relation, Stage
from gisclusters.errors import CrsMismatchError
from gisclusters.geometry.measure import area_sd_m2
from gisclusters.geometry.pairs import sound_pairs
from gisclusters.geometry.width import ROUNDING_M, is_ground, pair_tolerance_m, width_m
from gisclusters.layers.layer import CLUSTERS_PLAN, WHOLE_COUNTRY, Layer
from gisclusters.overlaps.corridors import CORRIDOR_COLUMNS, CORRIDOR_NUMBERS, find_corridors
from gisclusters.overlaps.distances import least_distances
from gisclusters.overlaps.in_force import Plan, joined, plans_in_force
from gisclusters.overlaps.judgement import relation, severity, verdict
from gisclusters.rules.overlaps import Rules, load_rules

_ENDED = {"abolished": "archived", "withdrawn": "withdrawn"}
_COLUMNS = (
    "subject_id", "plan_id", "zone_id", "title", "layer", "category", "relation", "verdict",
    "reason", "area_m2", "area_sd_m2", "share_of_subject", "share_of_zone", "width_m",
    "tolerance_m", "in_force_from", "in_force_to", "severity", "rule_id", "legal_basis", "approval",
    "approval_en", "confidence", "distance_m", *CORRIDOR_COLUMNS,
)  # fmt: skip


_TEXTS = (
    "subject_id", "plan_id", "zone_id", "title", "layer", "category", "relation", "verdict",
    "reason", "severity", "rule_id", "legal_basis", "approval", "approval_en", "confidence",
    "corridor_note", "nearest_zone_id", "yields_to",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapReport:
    """Findings (columns of interfaces §2, geometry in the working CRS) and what to know.

    ``distances``: see ``distances.least_distances``.
    """

    findings: gpd.GeoDataFrame
    issues: tuple[Issue, ...]
    distances: pd.DataFrame


def clusters_as_plan(layer: Layer) -> Layer:
    """A clusters layer as a plan that other clusters are held against.

    Category ``cluster``, plan id ``clusters``, one zone a cluster.  Its ground is the whole
    country: the office's own list of clusters is complete for what it holds, so no row
    there reads ``clear``.  Abolished and withdrawn clusters are no longer in force.
    """
    frame = layer.shapes
    zones = gpd.GeoDataFrame(
        {
            "zone_id": frame["cluster_id"],
            "plan_id": CLUSTERS_PLAN,
            "category": "cluster",
            "title": frame["name"],
            "status": frame["status"].map(lambda word: _ENDED.get(word, "in_force")),
            "accuracy_m": frame["accuracy_m"],
            "accuracy_source": frame["accuracy_source"],
            "in_force_from": frame["in_force_from"],
            "in_force_to": frame["in_force_to"],
            "source_row": frame["source_row"],
        },
        geometry=frame.geometry, crs=frame.crs,
    )  # fmt: skip
    return replace(
        layer, kind_name="plans", frame=zones, issues=(),
        grounds=MappingProxyType({CLUSTERS_PLAN: WHOLE_COUNTRY}),
    )  # fmt: skip


def find_overlaps(
    subjects: Layer,
    plans: Sequence[Layer],
    *,
    as_of: date,
    rules: Rules | str = "vn",
    stage: Stage = Stage.DRAFT,
) -> OverlapReport:
    """What every plan says about every subject: one row per interfaces §2.

    All layers are in the subjects' CRS (projected, metres); CrsMismatchError otherwise.  A
    zone drawn in parts is joined before it is measured.  Touching gives no row.  A subject
    is never held against its own id among clusters.  Zones are in force on ``as_of`` with
    both ends included; without a first day they are, with the warning ``date_unknown``.
    What the rounding of coordinates leaves along a common border (under 1 µm) is touching.
    A line or a point of a plan inside a subject has no area: its row has area 0, no width.
    The protection corridor of a work has rows of its own, with ``distance_m``
    (``corridors.find_corridors``); a plan with such a row for a subject has no ``clear`` one.
    """
    rule_set = load_rules(rules) if isinstance(rules, str) else rules
    issues: list[Issue] = []
    groups: list[Plan] = []
    idle: set[str] = set()
    for layer in plans:
        if layer.crs != subjects.crs:
            raise CrsMismatchError(
                f"{layer.name} is in {layer.crs}, {subjects.name} in {subjects.crs}"
            )
        found, resting = plans_in_force(layer, as_of, rule_set, issues)
        groups += found
        idle |= resting
    groups = joined(groups)
    _warn_assumed([subjects, *plans], issues)
    frame = subjects.shapes.reset_index(drop=True)
    beside, told = find_corridors(frame, groups, as_of=as_of, rules=rule_set, stage=stage)
    issues += told
    rows = [
        *_unless_beside(
            [row for plan in groups for row in _against(frame, plan, as_of, rule_set, stage)],
            beside,
        ),
        *beside,
        *_unanswered(frame, groups, idle, rule_set, stage),
    ]
    table = pd.DataFrame(rows, columns=[*_COLUMNS, "geometry"])
    for name in ("in_force_from", "in_force_to"):
        table[name] = table[name].astype("datetime64[s]")
    for name in ("area_m2", "area_sd_m2", "share_of_subject", "share_of_zone", "width_m",
                 "tolerance_m", "distance_m", *CORRIDOR_NUMBERS):  # fmt: skip
        table[name] = table[name].astype("float64")
    for name in _TEXTS:
        table[name] = pd.Series(
            [None if pd.isna(cell) else cell for cell in table[name]], index=table.index,
            dtype=object,
        )  # fmt: skip
    order = {name: place for place, name in enumerate(frame["cluster_id"])}
    table = table.sort_values("subject_id", key=lambda ids: ids.map(order), kind="stable")
    findings = gpd.GeoDataFrame(
        table.drop(columns="geometry").reset_index(drop=True),
        geometry=np.array(table["geometry"].tolist(), dtype=object), crs=frame.crs,
    )  # fmt: skip
    return OverlapReport(
        findings=findings, issues=tuple(issues),
        distances=least_distances(frame, groups, as_of=as_of, rules=rule_set, idle=idle),
    )  # fmt: skip


def _unless_beside(
    rows: list[dict[str, Any]], beside: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The rows without ``clear`` of a plan whose corridors say something about the subject."""
    spoken = {(row["subject_id"], row["plan_id"]) for row in beside}
    return [
        row for row in rows
        if row["verdict"] != OverlapVerdict.CLEAR
        or (row["subject_id"], row["plan_id"]) not in spoken
    ]  # fmt: skip


def _against(
    frame: gpd.GeoDataFrame, plan: Plan, as_of: date, rules: Rules, stage: Stage
) -> list[dict[str, Any]]:
    """The rows of one plan: the overlaps, then clear or not checked for each subject."""
    pairs = sound_pairs(frame, plan.zones)
    beside = plan.zones.geometry.loc[pairs["right_index"].unique()].to_numpy()
    pairs = pairs[_meet_inside(pairs, frame)]
    own = plan.plan_id == CLUSTERS_PLAN and set(plan.categories) == {"cluster"}
    rows: list[dict[str, Any]] = []
    met: set[int] = set()
    for left, right, shape in zip(
        pairs["left_index"], pairs["right_index"], pairs.geometry, strict=True
    ):
        subject, zone = frame.loc[left], plan.zones.loc[right]
        if own and subject["cluster_id"] == zone["zone_id"]:
            continue
        met.add(int(left))
        rows.append(_overlap(subject, zone, shape, plan, as_of, rules, stage))
    alone = set(plan.zones["zone_id"]) if own and len(plan.zones) == 1 else set()
    gaps = _open_parts(frame, plan, beside)
    for (place, subject), gap in zip(frame.iterrows(), gaps, strict=True):
        if subject["cluster_id"] in alone:
            continue
        if gap is not None:
            rows.append(
                _blank(subject, plan, stage, OverlapVerdict.NOT_CHECKED)
                | {
                    "reason": str(NotCheckedReason.OUTSIDE_GROUND),
                    "area_m2": float(shapely.area(gap)),
                    "share_of_subject": float(shapely.area(gap)) / float(subject.geometry.area),
                    "geometry": gap,
                }
            )
        elif place not in met:
            rows.append(_blank(subject, plan, stage, OverlapVerdict.CLEAR))
    return rows


def _meet_inside(pairs: pd.DataFrame, subjects: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Which pairs share ground, or a line or point inside the subject; the rest touch.

    Inside is deeper than the rounding of coordinates (``ROUNDING_M``): a line along a side
    that came through another zone runs a nanometre within.
    """
    shapes = pairs.geometry.to_numpy()
    inside = is_ground(shapes)
    thin = np.flatnonzero(inside & (shapely.get_dimensions(shapes) < 2))
    labels = pairs["left_index"].to_numpy()[thin]
    for label in np.unique(labels):
        depth = shapely.buffer(subjects.geometry.loc[label], -ROUNDING_M)
        mine = thin[labels == label]
        inside[mine] = shapely.intersects(shapes[mine], depth)
    return inside


def _overlap(
    subject: Any, zone: Any, shape: shapely.Geometry, plan: Plan, as_of: date, rules: Rules,
    stage: Stage,
) -> dict[str, Any]:  # fmt: skip
    areal = shapely.get_dimensions(shape) == 2
    tolerance = float(pair_tolerance_m(subject["accuracy_m"], zone["accuracy_m"]))
    rule = rules.rule_for(zone["category"], as_of)
    width = width_m(shape, tolerance)
    area = float(shapely.area(shape))
    subject_area, zone_area = float(subject.geometry.area), float(zone.geometry.area)
    found = verdict(width, tolerance, rule.effect, areal=areal)
    lies = relation(subject_area, zone_area, area, areal=areal)
    return {
        "subject_id": subject["cluster_id"], "plan_id": plan.plan_id, "zone_id": zone["zone_id"],
        "title": zone["title"], "layer": plan.layer, "category": zone["category"],
        "relation": str(lies),
        "verdict": str(found), "reason": None, "area_m2": area,
        "area_sd_m2": area_sd_m2(shape, tolerance),
        "share_of_subject": 1.0 if lies in {Relation.EQUALS, Relation.WITHIN}
        else area / subject_area,
        "share_of_zone": 1.0 if lies in {Relation.EQUALS, Relation.CONTAINS}
        else area / zone_area if zone_area else None,
        "width_m": width, "tolerance_m": tolerance,
        "in_force_from": zone["in_force_from"], "in_force_to": zone["in_force_to"],
        "severity": _text(severity(found, rule.effect, stage)), "rule_id": rule.id,
        "legal_basis": rule.legal_basis, "approval": rule.approval,
        "approval_en": rule.approval_en,
        "confidence": rule.confidence, "distance_m": None, "geometry": shape,
    }  # fmt: skip


def _blank(subject: Any, plan: Plan, stage: Stage, found: OverlapVerdict) -> dict[str, Any]:
    tolerance = float(np.hypot(subject["accuracy_m"], plan.accuracy_m))
    return dict.fromkeys((*_COLUMNS, "geometry")) | {
        "subject_id": subject["cluster_id"], "plan_id": plan.plan_id, "layer": plan.layer,
        "title": plan.title,
        "category": plan.categories[0] if len(plan.categories) == 1 else None,
        "verdict": str(found), "tolerance_m": tolerance,
        "severity": _text(severity(found, "R", stage)),
    }  # fmt: skip


def _open_parts(
    subjects: gpd.GeoDataFrame, plan: Plan, beside: NDArray[np.object_]
) -> list[shapely.Geometry | None]:
    """The part of each subject that the plan's ground leaves open, None where it covers it all.

    ``beside`` are the zones that share anything with a subject: where the ground is that of
    the zones, no other can cover any of one.
    A strip along the edge of the ground, no wider than the tolerance of the pair, is the two
    maps' inaccuracy, no gap; more than half of a subject is always one.
    """
    shapes = subjects.geometry.to_numpy()
    gaps: list[shapely.Geometry | None] = [None] * len(shapes)
    if plan.ground.kind == "all":
        return gaps
    area = plan.ground.area
    if area is None:
        area = shapely.union_all(beside)
    area = shapely.set_srid(area, shapely.get_srid(area))  # ours alone, to be prepared
    shapely.prepare(area)
    for place in np.flatnonzero(~shapely.covers(area, shapes)):
        gap = shapely.difference(shapes[place], area)
        if not is_ground(np.array([gap]))[0]:
            continue
        tolerance = float(np.hypot(subjects["accuracy_m"].iloc[place], _accuracy_at(gap, plan)))
        if _is_strip(gap, shapes[place], area, tolerance):
            continue
        gaps[place] = gap
    return gaps


def _is_strip(
    gap: shapely.Geometry, subject: shapely.Geometry, area: shapely.Geometry, tolerance_m: float
) -> bool:
    """Whether the gap is no more than two maps may differ along the edge of the ground."""
    if shapely.area(gap) > shapely.area(subject) / 2 or width_m(gap, tolerance_m) > tolerance_m:
        return False
    corners = shapely.points(shapely.get_coordinates(gap))
    return bool(shapely.dwithin(area, corners, tolerance_m + ROUNDING_M).all())


def _accuracy_at(gap: shapely.Geometry, plan: Plan) -> float:
    """The accuracy of the zones that lie about a gap, else of the most exact one of the plan."""
    accuracy = plan.zones["accuracy_m"].to_numpy(dtype=float)
    near = shapely.dwithin(plan.zones.geometry.to_numpy(), gap, ROUNDING_M)
    return float(accuracy[near].max() if near.any() else accuracy.min())


def _unanswered(
    frame: gpd.GeoDataFrame, plans: Sequence[Plan], idle: set[str], rules: Rules, stage: Stage
) -> list[dict[str, Any]]:
    """A row per subject for each plan kind that nobody gave in force.

    These are the kinds the rules expect, and kinds of plans that were given but do not hold
    on the day.
    """
    answered = {category for plan in plans for category in plan.categories}
    rows: list[dict[str, Any]] = []
    for category in dict.fromkeys((*rules.expected, *sorted(idle - {"cluster"}))):
        if category in answered:
            continue
        reason = NotCheckedReason.NOT_IN_FORCE if category in idle else NotCheckedReason.NO_DATA
        asked = {
            "category": category, "verdict": str(OverlapVerdict.NOT_CHECKED),
            "reason": str(reason),
            "severity": _text(severity(OverlapVerdict.NOT_CHECKED, "R", stage)),
        }  # fmt: skip
        rows.extend(
            dict.fromkeys((*_COLUMNS, "geometry")) | asked | {"subject_id": subject}
            for subject in frame["cluster_id"]
        )
    return rows


def _warn_assumed(layers: Sequence[Layer], issues: list[Issue]) -> None:
    names = [x.name for x in layers if (x.frame["accuracy_source"] == "assumed").any()]
    issues.extend(
        warning("accuracy_assumed", layer=name, field="accuracy_m") for name in dict.fromkeys(names)
    )


def _text(word: object) -> str | None:
    return None if word is None else str(word)
