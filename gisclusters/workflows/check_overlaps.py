"""Hold boundaries against every other plan, from files, from the store, or both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from gisclusters._version import __version__
from gisclusters.domain.issue import Issue, error, info
from gisclusters.domain.run import make_run
from gisclusters.domain.verdicts import OVERLAP_VERDICT_ORDER, SEVERITY_ORDER, Stage
from gisclusters.errors import InputRefusedError, UsageError
from gisclusters.geometry.crs import datum_operation
from gisclusters.layers.known import Known
from gisclusters.layers.layer import Layer
from gisclusters.overlaps import (
    check_green_strips,
    clusters_as_plan,
    corridor_ground_m2,
    find_overlaps,
)
from gisclusters.overlaps.exceptions import with_exceptions
from gisclusters.overlaps.timeline import changes, resting_overlaps, turning_days
from gisclusters.publish.document import plain, rows_of
from gisclusters.publish.result import Result
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.sandbox import read_layer
from gisclusters.rules.overlaps import Rules, load_rules
from gisclusters.workflows.fit_of_clusters import FitOfRun
from gisclusters.workflows.ingest import known_of
from gisclusters.workflows.proposing import NOTHING_MORE, Further, Wish
from gisclusters.workflows.register import brought_to, register_of, register_source
from gisclusters.workflows.working_crs import common_crs, to_working_crs

if TYPE_CHECKING:
    from gisclusters.store import Store


def check_boundary(
    boundary: Path,
    plans: Sequence[Path],
    *,
    boundary_options: ReadOptions,
    plan_options: ReadOptions,
    store: Store | None,
    as_of: date,
    rules: str = "vn",
    stage: Stage = Stage.DRAFT,
    changes_on: date | None = None,
    wish: Wish = NOTHING_MORE,
    fit_rules: str = "vn_fit",
    checklist: str = "vn_completeness",
) -> Result:
    """A boundary file against plan files, or against the store where no plan is given.

    With plan files no store is opened.  ``changes_on``: another day, and what differs on it.
    Raises InputRefusedError, UsageError.
    """
    problems: list[Issue] = []
    read: list[Layer] = []
    for kind, path, options in [
        ("clusters", boundary, boundary_options),
        *(("plans", path, plan_options) for path in plans),
    ]:
        try:
            read.append(read_layer(kind, path, options))
        except InputRefusedError as refusal:
            problems += refusal.issues
    problems += _plans_told_twice(read[1:])
    if problems:
        raise InputRefusedError(problems)
    known = [] if store is None else known_of(store).ground
    subject = to_working_crs(read[0], province=boundary_options.province, known=known)
    against = read[1:]
    if store is not None and not plans:
        against = _stored_plans(store)
    return _judge([subject], against, store=store, as_of=as_of, rules=rules, stage=stage,
                  changes_on=changes_on, wish=wish,
                  fit=FitOfRun(store, fit_rules, checklist))  # fmt: skip


def check_store(
    store: Store,
    plans: Sequence[Path] = (),
    *,
    ids: Sequence[str] = (),
    plan_options: ReadOptions,
    as_of: date,
    rules: str = "vn",
    stage: Stage = Stage.DRAFT,
    changes_on: date | None = None,
    wish: Wish = NOTHING_MORE,
    fit_rules: str = "vn_fit",
    checklist: str = "vn_completeness",
) -> Result:
    """Clusters of the store (all, or those named) against its plans and each other.

    Plan files, where given, take the place of the store's plans.  Raises UsageError
    (``cluster_unknown``, ``store_no_clusters``).
    """
    subjects = store.load("clusters", ids=list(ids) or None)
    require_clusters(subjects, ids)
    plan_options = replace(plan_options, known=Known(places=store.load("places")))
    against = [read_layer("plans", path, plan_options) for path in plans]
    if repeated := _plans_told_twice(against):
        raise InputRefusedError(repeated)
    against = against or _stored_plans(store)
    return _judge(subjects, against, store=store, as_of=as_of, rules=rules, stage=stage,
                  changes_on=changes_on, wish=wish,
                  fit=FitOfRun(store, fit_rules, checklist))  # fmt: skip


def _plans_told_twice(layers: Sequence[Layer]) -> list[Issue]:
    """An error for each plan id of two files: one could speak for the ground of the other."""
    first: dict[str, str] = {}
    found: list[Issue] = []
    for layer in layers:
        own = [str(plan) for plan in layer.frame["plan_id"].unique()]
        found += [
            error("plan_repeated", layer=layer.name, field="plan_id", value=plan, other=first[plan])
            for plan in own if plan in first
        ]  # fmt: skip
        first |= dict.fromkeys(own, layer.name)
    return found


def require_clusters(layers: Sequence[Layer], ids: Sequence[str]) -> None:
    """Refuse an id nobody stored and a store without clusters.  Raises UsageError."""
    found = {name for layer in layers for name in layer.frame["cluster_id"]}
    unknown = [name for name in ids if name not in found]
    if unknown:
        raise UsageError("errors.cluster_unknown", value=", ".join(unknown))
    if not found:
        raise UsageError("errors.store_no_clusters")


def _stored_plans(store: Store) -> list[Layer]:
    return [*store.load("plans"), *(clusters_as_plan(layer) for layer in store.load("clusters"))]


def _judge(
    subjects: Sequence[Layer],
    plans: Sequence[Layer],
    *,
    store: Store | None,
    as_of: date,
    rules: str,
    stage: Stage,
    changes_on: date | None,
    wish: Wish,
    fit: FitOfRun,
) -> Result:
    further = Further(wish)
    rule_set = load_rules(rules)
    register = register_of(
        store, [name for layer in subjects for name in layer.frame["cluster_id"]]
    )
    frames: list[gpd.GeoDataFrame] = []
    resting: list[gpd.GeoDataFrame] = []
    differing: list[pd.DataFrame] = []
    beside: dict[str, list[dict[str, Any]]] = {"distances": [], "green_strip": []}
    lots = [] if store is None else store.load("lots")
    issues: list[Issue] = [issue for layer in (*subjects, *plans) for issue in layer.issues]
    for subject in subjects:
        if subject.crs is None:
            raise InputRefusedError([error("crs_missing", layer=subject.name)])
        against = common_crs(plans, subject.crs)
        report = find_overlaps(subject, against, as_of=as_of, rules=rule_set, stage=stage)
        accepted = brought_to(register, subject.crs)
        judged = with_exceptions(report.findings, accepted, as_of=as_of, rules=rule_set)
        frames.append(judged.findings)
        issues += [*report.issues, *judged.issues]
        beside["distances"] += rows_of(report.distances)
        beside["green_strip"] += rows_of(_green_strips(subject, lots, as_of, rule_set))
        further.look_at(subject, judged.findings, as_of)
        fit.look_at(subject, against, as_of=as_of, overlap_rules=rule_set)
        resting.append(resting_overlaps(subject, against, as_of=as_of))
        if changes_on is not None:
            then = find_overlaps(subject, against, as_of=changes_on, rules=rule_set, stage=stage)
            later = with_exceptions(then.findings, accepted, as_of=changes_on, rules=rule_set)
            differing.append(changes(judged.findings, later.findings))
    issues += further.issues
    if changes_on is not None and not any(map(len, differing)):
        issues.append(info("changes_none", value=changes_on.isoformat()))
    sources = [layer.source for layer in (*subjects, *plans)]
    sources += [source for source in fit.sources if source not in sources]
    received = {source.crs_as_received for source in sources}
    run = make_run(
        version=__version__,
        command="overlaps",
        options={"stage": stage, "corridors": rule_set.corridors.sha256}
        | ({} if changes_on is None else {"changes_on": changes_on})
        | wish.options
        | fit.options,
        as_of=as_of,
        rules=rule_set.rule_set,
        crs=", ".join(sorted({layer.crs for layer in subjects if layer.crs})),
        datum_operation=datum_operation(*received, *(layer.crs for layer in subjects)),
        sources=[*sources, *register_source(register)],
    )
    return Result(
        subject="overlaps",
        run=run,
        summary=_summary(frames, subjects, plans)
        | fit.summary()
        | ({} if changes_on is None else {"changes": sum(map(len, differing))}),
        findings=frames,
        issues=_unique(issues),
        drawn=[layer.shapes[["cluster_id", "name", "geometry"]] for layer in subjects],
        extra=_over_time(
            resting, differing, plans, as_of=as_of, changes_on=changes_on, rules=rule_set
        )
        | beside
        | fit.extra()
        | dict(further.extra()),
        shapes=further.shapes | fit.shapes,
    )


def _green_strips(
    subject: Layer, lots: Sequence[Layer], as_of: date, rules: Rules
) -> gpd.GeoDataFrame:
    """The green strip of each subject by the lots in force, whichever zone they came in."""
    held = [layer.shapes[layer.in_force(as_of)] for layer in common_crs(lots, subject.crs or "")]
    return check_green_strips(
        subject.shapes, pd.concat(held, ignore_index=True) if held else None, as_of=as_of,
        rules=rules.corridors,
    )  # fmt: skip


def _over_time(
    resting: Sequence[gpd.GeoDataFrame],
    differing: Sequence[pd.DataFrame],
    plans: Sequence[Layer],
    *,
    as_of: date,
    changes_on: date | None,
    rules: Rules,
) -> dict[str, Any]:
    """The keys of the document that speak of other days than the one that was asked of."""
    found: dict[str, Any] = {
        "resting": [row for frame in resting for row in rows_of(frame)],
        "turning_days": [
            day.isoformat()
            for day in sorted({*turning_days(plans, after=as_of), *rules.turning_days(after=as_of)})
        ],
    }
    if changes_on is not None:
        rows = [row for frame in differing for row in rows_of(frame)]
        found["changes"] = {"on": changes_on.isoformat(), "rows": rows}
    return found


def _summary(
    frames: Sequence[gpd.GeoDataFrame], subjects: Sequence[Layer], plans: Sequence[Layer]
) -> dict[str, Any]:
    verdicts: Counter[str] = Counter()
    severities: Counter[str] = Counter()
    exceptions: Counter[str] = Counter()
    worst: dict[tuple[Any, ...], dict[str, Any]] = {}
    order = {str(verdict): place for place, verdict in enumerate(OVERLAP_VERDICT_ORDER)}
    grades = {str(severity): place for place, severity in enumerate(SEVERITY_ORDER)}
    names = ["subject_id", "plan_id", "layer", "category", "verdict", "severity", "reason"]
    for frame in frames:
        verdicts.update(frame["verdict"])
        severities.update(frame["severity"].dropna())
        exceptions.update(frame["exception_state"].dropna())
        for cells in frame[names].to_numpy(dtype=object):
            row = {name: plain(cell) for name, cell in zip(names, cells, strict=True)}
            # A plan is one line however many kinds of zones it has; a kind nobody gave is its own.
            key = (row["subject_id"], row["plan_id"] or row["category"])
            held = worst.get(key)
            rank = (order[row["verdict"]], grades.get(row["severity"] or "", -1))
            if held is None or rank > (
                order[held["verdict"]],
                grades.get(held["severity"] or "", -1),
            ):
                worst[key] = row
    return {
        "subjects": sum(len(layer) for layer in subjects),
        "plans": len({plan for layer in plans for plan in layer.frame["plan_id"]}),
        "by_verdict": dict(verdicts),
        "by_severity": dict(severities),
        "by_exception": dict(exceptions),
        "corridor_area_m2": {
            subject: area for frame in frames for subject, area in corridor_ground_m2(frame).items()
        },
        "layers": list(worst.values()),
    }


def _unique(issues: Sequence[Issue]) -> tuple[Issue, ...]:
    kept: dict[str, Issue] = {}
    for issue in issues:
        kept.setdefault(str(issue) + issue.level, issue)
    return tuple(kept.values())
