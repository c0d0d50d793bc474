"""Keep the register of accepted overlaps: show it, add to it, end what no longer holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters._version import __version__
from gisclusters.domain.accepted import AcceptedOverlap
from gisclusters.domain.issue import Issue, warning
from gisclusters.domain.run import RuleSet, Run, make_run
from gisclusters.errors import UsageError
from gisclusters.overlaps import clusters_as_plan
from gisclusters.overlaps.exceptions import ACCEPTABLE, effect_of
from gisclusters.publish.result import Result
from gisclusters.readers.options import ReadOptions
from gisclusters.rules.overlaps import load_rules
from gisclusters.store import Store
from gisclusters.workflows.check_overlaps import check_store, require_clusters
from gisclusters.workflows.register import register_source


def list_exceptions(store: Store, *, ids: Sequence[str] = (), as_of: date) -> Result:
    """The whole register (of the clusters named, or of all), ended ones included.

    Where each stands on ``as_of`` is told by its dates; whether its piece moved is found by
    a check.  Raises UsageError (``cluster_unknown``).
    """
    if ids:
        require_clusters(store.load("clusters"), ids)
    register = [each for each in store.exceptions() if not ids or each.subject_id in ids]
    run = _run("exceptions list", register, as_of)
    return _result(run, register, as_of, {"exceptions": len(register)})


def add_exception(
    store: Store,
    *,
    cluster_id: str,
    plan_id: str,
    zone_id: str,
    reason: str,
    document: str,
    person: str,
    decided_on: date,
    until: date,
    as_of: date,
    recorded_at: datetime,
    rules: str = "vn",
    rule_id: str | None = None,
) -> Result:
    """Accept the overlap of a stored cluster with a zone as it is found on ``as_of``.

    A work has a finding on its own ground and one in its corridor: ``rule_id`` says which is
    accepted, and must where several ask for an act.

    The piece, its area and width, the rule and its effect are kept with it.  Raises
    UsageError: ``exception_words`` (an empty reason, document or person),
    ``exception_dates``, ``exception_future``, ``exception_over``, ``cluster_unknown``,
    ``exception_plan_unknown``, ``exception_zone_unknown``, ``exception_no_overlap``,
    ``exception_nothing``, ``exception_exists``, ``exception_several``,
    ``exception_other_rule``.
    """
    _require_words(reason=reason, document=document, by=person)
    if until < decided_on:
        raise UsageError("errors.exception_dates", first=decided_on, last=until)
    if decided_on > as_of:
        raise UsageError("errors.exception_future", day=decided_on, as_of=as_of)
    if until < as_of:
        raise UsageError("errors.exception_over", day=until, as_of=as_of)
    require_clusters(store.load("clusters"), [cluster_id])
    _require_zone(store, plan_id, zone_id)
    check = check_store(
        store, ids=[cluster_id], plan_options=ReadOptions(), as_of=as_of, rules=rules
    )
    frame, row = _finding(check.findings, (cluster_id, plan_id, zone_id), rule_id, as_of)
    rule_set = load_rules(rules)
    severity = row.severity_without_exception or row.severity
    kept = store.add_exception(
        AcceptedOverlap(
            subject_id=cluster_id, plan_id=plan_id, zone_id=zone_id,
            reason=reason.strip(), document=document.strip(), person=person.strip(),
            decided_on=decided_on, until=until, as_of=as_of,
            rules=f"{rule_set.rule_set.name} {rule_set.rule_set.version}", rule_id=row.rule_id,
            effect=effect_of(row.rule_id, severity, rule_set), verdict=row.verdict,
            severity=severity, area_m2=float(row.area_m2),
            width_m=None if np.isnan(row.width_m) else float(row.width_m),
            tolerance_m=float(row.tolerance_m), crs=frame.crs.to_string(),
            piece=shapely.to_wkb(row.geometry, byte_order=1),
        ),
        recorded_at=recorded_at,
    )  # fmt: skip
    issues = []
    if kept.effect == "F":
        issues.append(
            warning("exception_forbidden", layer=plan_id, id=cluster_id, value=kept.exception_id,
                    zone=zone_id, basis=row.legal_basis)
        )  # fmt: skip
    run = _run("exceptions add", [kept], as_of, rules=check.run.rules)
    return _result(run, [kept], as_of, {"added": kept.exception_id}, issues)


def end_exception(
    store: Store,
    exception_id: str,
    *,
    ended_on: date,
    reason: str,
    document: str | None,
    person: str,
    recorded_at: datetime,
) -> Result:
    """Let an exception hold no more from ``ended_on`` on; it stays in the register.

    Raises UsageError: ``exception_words``, ``exception_unknown``, ``exception_ended_before``,
    ``exception_end_early``.
    """
    _require_words(reason=reason, by=person)
    ended = store.end_exception(
        exception_id, ended_on=ended_on, reason=reason.strip(),
        document=(document or "").strip() or None, person=person.strip(),
        recorded_at=recorded_at,
    )  # fmt: skip
    run = _run("exceptions end", [ended], ended_on)
    return _result(run, [ended], ended_on, {"ended": exception_id})


def _require_words(**given: str) -> None:
    for name, words in given.items():
        if not words.strip():
            raise UsageError("errors.exception_words", value=f"--{name}")


def _require_zone(store: Store, plan_id: str, zone_id: str) -> None:
    layers = [*store.load("plans"), *map(clusters_as_plan, store.load("clusters"))]
    zones = {
        pair
        for layer in layers
        for pair in zip(layer.frame["plan_id"], layer.frame["zone_id"], strict=True)
    }
    known = sorted({str(plan) for plan, _ in zones})
    if plan_id not in known:
        raise UsageError("errors.exception_plan_unknown", value=plan_id, known=", ".join(known))
    if (plan_id, zone_id) not in zones:
        raise UsageError("errors.exception_zone_unknown", value=zone_id, plan=plan_id)


def _finding(
    frames: Sequence[Any], pair: tuple[str, str, str], rule_id: str | None, as_of: date
) -> tuple[gpd.GeoDataFrame, Any]:
    """The one finding of a cluster and a zone that asks for an act.  Raises UsageError."""
    cluster_id, plan_id, zone_id = pair
    found = [
        (frame, row)
        for frame in frames
        for row in frame[
            (frame["subject_id"] == cluster_id)
            & (frame["plan_id"] == plan_id)
            & (frame["zone_id"] == zone_id)
        ].itertuples()
    ]
    if not found:
        raise UsageError("errors.exception_no_overlap", value=cluster_id, zone=zone_id,
                         plan=plan_id, as_of=as_of)  # fmt: skip
    asking = [each for each in found if each[1].verdict in ACCEPTABLE]
    if not asking:
        raise UsageError("errors.exception_nothing", value=cluster_id, zone=zone_id, plan=plan_id,
                         verdict=found[0][1].verdict)  # fmt: skip
    known = ", ".join(str(row.rule_id) for _, row in asking)
    chosen = [each for each in asking if rule_id in {None, each[1].rule_id}]
    if not chosen:
        raise UsageError("errors.exception_other_rule", value=cluster_id, zone=zone_id,
                         plan=plan_id, rule=rule_id, known=known)  # fmt: skip
    if len(chosen) > 1:
        raise UsageError("errors.exception_several", value=cluster_id, zone=zone_id, plan=plan_id,
                         count=len(chosen), known=known)  # fmt: skip
    return chosen[0]


def _run(
    command: str, register: Sequence[AcceptedOverlap], as_of: date, *, rules: RuleSet | None = None
) -> Run:
    return make_run(
        version=__version__, command=command, options={}, as_of=as_of, rules=rules,
        crs=", ".join(sorted({each.crs for each in register})) or None, datum_operation=None,
        sources=register_source(register),
    )  # fmt: skip


def _result(
    run: Run,
    register: Sequence[AcceptedOverlap],
    as_of: date,
    summary: dict[str, Any],
    issues: Sequence[Issue] = (),
) -> Result:
    by_crs: dict[str, list[AcceptedOverlap]] = {}
    for each in register:
        by_crs.setdefault(each.crs, []).append(each)
    frames = [
        gpd.GeoDataFrame(
            [_row(each, as_of) for each in several],
            geometry=[shapely.from_wkb(each.piece) for each in several], crs=crs,
        )
        for crs, several in by_crs.items()
    ]  # fmt: skip
    return Result(
        subject="exceptions", run=run, summary=summary, issues=tuple(issues),
        findings=frames or [pd.DataFrame()],
    )  # fmt: skip


def _row(each: AcceptedOverlap, as_of: date) -> dict[str, Any]:
    return {
        "exception_id": each.exception_id,
        "subject_id": each.subject_id,
        "plan_id": each.plan_id,
        "zone_id": each.zone_id,
        "exception_state": str(each.state_on(as_of)),
        "exception_reason": each.reason,
        "document": each.document,
        "accepted_by": each.person,
        "decided_on": pd.Timestamp(each.decided_on),
        "exception_until": pd.Timestamp(each.until),
        "verdict": each.verdict,
        "severity": each.severity,
        "area_m2": each.area_m2,
        "width_m": each.width_m,
        "tolerance_m": each.tolerance_m,
        "rule_id": each.rule_id,
        "rules": each.rules,
        "effect": each.effect,
        "as_of": pd.Timestamp(each.as_of),
        "crs": each.crs,
        "recorded_at": each.recorded_at,
        "ended_on": None if each.ended_on is None else pd.Timestamp(each.ended_on),
        "ended_reason": each.ended_reason,
        "ended_document": each.ended_document,
        "ended_by": each.ended_by,
        "end_recorded_at": each.end_recorded_at,
    }
