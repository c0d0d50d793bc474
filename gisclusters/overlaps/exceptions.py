"""Which overlaps of a check stand accepted, and which accepted ones come back, and why.

An exception speaks of one piece of ground under one rule.  It covers a finding only while
the day lies within its term, the piece is the one that was accepted, and neither the rule
nor the verdict has become worse; else the finding stands in full and the cause is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.accepted import AcceptedOverlap, ExceptionState
from gisclusters.domain.issue import Issue, info, warning
from gisclusters.domain.verdicts import OVERLAP_VERDICT_ORDER, OverlapVerdict, Severity
from gisclusters.geometry.width import ROUNDING_M, width_m
from gisclusters.rules.overlaps import Rules

ACCEPTABLE = (str(OverlapVerdict.CONFLICT), str(OverlapVerdict.UNDECIDED))
"""What can be accepted: an overlap that asks something of somebody."""

COLUMNS = ("exception_id", "exception_state", "exception_until", "severity_without_exception")

_EFFECTS = {"blocking": "F", "approval": "C", "note": "R"}
_STRICTNESS = "KRCF"
_VERDICTS = [str(verdict) for verdict in OVERLAP_VERDICT_ORDER]


@dataclass(frozen=True, slots=True)
class Held:
    """An exception and its piece, brought to the CRS of the findings."""

    record: AcceptedOverlap
    piece: shapely.Geometry


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionReport:
    """The findings with ``COLUMNS``, and what to know of the exceptions that concern them."""

    findings: gpd.GeoDataFrame
    issues: tuple[Issue, ...]


def with_exceptions(
    findings: gpd.GeoDataFrame, register: Sequence[Held], *, as_of: date, rules: Rules
) -> ExceptionReport:
    """Hold the findings of one check (one projected CRS, metres) against the register.

    A finding that stands accepted keeps its verdict, its areas and its geometry; its
    severity becomes ``note`` and ``severity_without_exception`` says what it was.  One whose
    exception no longer covers it keeps its severity; ``exception_state`` gives the first
    cause, the issue ``exception_<state>`` tells it with the numbers (one for each cause).
    Exceptions that begin after ``as_of`` are not looked at.  With an empty register the
    columns are there and empty.  Findings are not changed in place.
    """
    held: dict[tuple[str, str, str], list[Held]] = {}
    for each in register:
        if each.record.state_on(as_of) is not ExceptionState.NOT_YET:
            held.setdefault(each.record.pair, []).append(each)
    cells: dict[str, list[Any]] = {name: [None] * len(findings) for name in COLUMNS}
    severities = findings["severity"].to_list()
    effects = _effects(rules)
    issues: list[Issue] = []
    matched: set[int] = set()
    unmatched: dict[tuple[str, str, str], list[str]] = {}
    of_corridors = {rule.id for rule in rules.corridors.rules}
    of_corridors |= set(findings["rule_id"][findings["distance_m"].notna()].dropna())
    for place, row in enumerate(findings.itertuples()):
        pair = (row.subject_id, row.plan_id, row.zone_id)
        if pair not in held or row.verdict not in ACCEPTABLE:
            continue
        # What was accepted of a work's ground says nothing of its corridor, nor the other way.
        around = row.rule_id in of_corridors
        own = [each for each in held[pair] if (each.record.rule_id == row.rule_id if around
               else each.record.rule_id not in of_corridors)]  # fmt: skip
        if not own:
            unmatched.setdefault(pair, []).append(str(row.rule_id))
            continue
        matched |= {id(each) for each in own}
        exception, causes = _best(own, row, as_of, effects)
        record = exception.record
        state = causes[0] if causes else ExceptionState.ACCEPTED
        cells["exception_id"][place] = record.exception_id
        cells["exception_state"][place] = str(state)
        cells["exception_until"][place] = record.until
        if not causes:
            cells["severity_without_exception"][place] = severities[place]
            severities[place] = str(Severity.NOTE)
        issues += _told(exception, causes, row)
    issues += _idle(held, matched, unmatched, findings)
    return ExceptionReport(findings=_joined(findings, cells, severities), issues=tuple(issues))


def moved_m(before: shapely.Geometry, now: shapely.Geometry, tolerance_m: float) -> float:
    """How far a piece is from the one accepted, metres, both in one CRS.

    For ground: the width of what only one of the two has, so that a strip of noise along a
    long border is no move however long it is.  For lines and points, and where the kinds
    differ: the Hausdorff distance.
    """
    if shapely.get_dimensions(before) == shapely.get_dimensions(now) == 2:
        apart = width_m(shapely.symmetric_difference(before, now), tolerance_m)
        return 0.0 if np.isnan(apart) else apart
    return float(shapely.hausdorff_distance(before, now))


def effect_of(rule_id: str, severity: str | None, rules: Rules) -> str:
    """The effect of the rule of a finding: F forbids, C asks approval, R review, K fits."""
    return _effect(rule_id, severity, _effects(rules))


def _effects(rules: Rules) -> dict[str, str]:
    effects: dict[str, str] = {rule.id: rule.effect for rule in rules.rules}
    return effects | {rule.id: rule.effect for rule in rules.corridors.rules}


def _effect(rule_id: str, severity: str | None, effects: Mapping[str, str]) -> str:
    return effects.get(rule_id) or _EFFECTS.get(severity or "", "R")


def _best(
    held: Sequence[Held], row: Any, as_of: date, effects: Mapping[str, str]
) -> tuple[Held, list[ExceptionState]]:
    """The exception that covers the row, else the last one decided with all that it fails in."""
    judged = [(each, _causes(each, row, as_of, effects)) for each in held]
    for each, causes in judged:
        if not causes:
            return each, causes
    return max(judged, key=lambda pair: (pair[0].record.decided_on, pair[0].record.recorded_at))


def _causes(held: Held, row: Any, as_of: date, effects: Mapping[str, str]) -> list[ExceptionState]:
    """Why an exception does not cover a finding; nothing where it does."""
    record = held.record
    by_date = record.state_on(as_of)
    if by_date is ExceptionState.ENDED:  # taken back on purpose: nothing else matters
        return [by_date]
    causes: list[ExceptionState] = [] if by_date is ExceptionState.ACCEPTED else [by_date]
    if moved_m(held.piece, row.geometry, row.tolerance_m) > _tolerance_m(record, row) + ROUNDING_M:
        causes.append(ExceptionState.MOVED)
    now = _effect(row.rule_id, row.severity, effects)
    if _STRICTNESS.index(now) > _STRICTNESS.index(record.effect):
        causes.append(ExceptionState.STRICTER)
    if _VERDICTS.index(row.verdict) > _VERDICTS.index(record.verdict):
        causes.append(ExceptionState.WORSE)
    return causes


def _tolerance_m(record: AcceptedOverlap, row: Any) -> float:
    """The finer of the tolerance it was accepted at and the one of today's maps."""
    return min(record.tolerance_m, float(row.tolerance_m))


def _told(held: Held, causes: Sequence[ExceptionState], row: Any) -> list[Issue]:
    record = held.record
    standing: dict[str, Any] = {
        "layer": row.plan_id, "id": row.subject_id, "value": record.exception_id,
        "zone": row.zone_id,
    }  # fmt: skip
    if not causes:
        told = [info("exception_accepted", **standing, document=record.document,
                     until=record.until)]  # fmt: skip
        if row.rule_id != record.rule_id:
            told.append(info("exception_rule_changed", **standing, before=record.rule_id,
                             now=row.rule_id))  # fmt: skip
        return told
    told = []
    for cause in causes:
        match cause:
            case ExceptionState.ENDED:
                told.append(info("exception_ended", **standing, day=record.ended_on))
            case ExceptionState.EXPIRED:
                told.append(warning("exception_expired", **standing, day=record.until))
            case ExceptionState.MOVED:
                told.append(
                    warning(
                        "exception_moved", **standing,
                        moved_m=moved_m(held.piece, row.geometry, row.tolerance_m),
                        tolerance_m=_tolerance_m(record, row),
                        before_m2=record.area_m2, now_m2=float(row.area_m2),
                    )
                )  # fmt: skip
            case ExceptionState.STRICTER:
                told.append(warning("exception_stricter", **standing, before=record.rule_id,
                                    now=row.rule_id))  # fmt: skip
            case _:
                told.append(warning("exception_worse", **standing))
    return told


def _idle(
    held: Mapping[tuple[str, str, str], Sequence[Held]],
    matched: set[int],
    unmatched: Mapping[tuple[str, str, str], Sequence[str]],
    findings: gpd.GeoDataFrame,
) -> list[Issue]:
    """Standing exceptions of these subjects and plans without an overlap that needs them.

    Where the zone has other overlaps that nobody accepted (``unmatched``: their rules), that
    is told instead: the class of a work may have become known since.
    """
    answered = set(zip(findings["subject_id"], findings["plan_id"], strict=True))
    issues = []
    for pair, several in held.items():
        for each in several:
            record = each.record
            if id(each) in matched or record.ended_on is not None or pair[:2] not in answered:
                continue
            standing: dict[str, Any] = {
                "layer": record.plan_id, "id": record.subject_id, "value": record.exception_id,
                "zone": record.zone_id,
            }  # fmt: skip
            issues.append(
                warning("exception_elsewhere", **standing, before=record.rule_id,
                        now=", ".join(unmatched[pair]))
                if pair in unmatched else info("exception_idle", **standing)
            )  # fmt: skip
    return issues


def _joined(
    findings: gpd.GeoDataFrame, cells: Mapping[str, list[Any]], severities: list[Any]
) -> gpd.GeoDataFrame:
    columns: dict[str, Any] = {
        name: pd.Series(values, index=findings.index, dtype=object)
        for name, values in (*cells.items(), ("severity", severities))
    }
    columns["exception_until"] = columns["exception_until"].astype("datetime64[s]")
    joined: gpd.GeoDataFrame = findings.assign(**columns)
    shapes = joined.pop("geometry")  # the shape stays the last column
    return joined.set_geometry(gpd.GeoSeries(shapes, index=joined.index, crs=findings.crs))
