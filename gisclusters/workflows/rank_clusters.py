"""Rank the clusters of a store, total them by status, and follow both over the years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from gisclusters._version import __version__
from gisclusters.domain.issue import Issue, info, warning
from gisclusters.domain.run import RuleSet, Run, make_run
from gisclusters.efficiency.overview import by_status, cluster_figures
from gisclusters.efficiency.report_period import ReportPeriod, period_of
from gisclusters.efficiency.reported import ReportedFigures
from gisclusters.efficiency.scores import rank_clusters as rank
from gisclusters.errors import UsageError
from gisclusters.geometry.crs import datum_operation
from gisclusters.publish.document import rows_of
from gisclusters.publish.result import Result
from gisclusters.rules.forms import FormRules, load_form_rules
from gisclusters.rules.scores import FIGURES, load_score_rules
from gisclusters.store import Store
from gisclusters.workflows.measured_store import MeasuredStore, scoped_store

_OPERATING = "operating"
_MOST_DAYS = 200


def score_clusters(
    store: Store,
    *,
    ids: Sequence[str] = (),
    province: str | None = None,
    as_of: date,
    weights: str = "vn_scores",
    forms: str = "vn_forms",
) -> Result:
    """The ranking of stored clusters of the statuses that the file of weights ranks.

    Indicators that the run does not measure come from the table of indicators, for the year of
    ``as_of`` or, failing it, the year before (said in ``figures_of``).  Raises UsageError.
    """
    rules, form_rules = load_score_rules(weights), load_form_rules(forms)
    measured, scope = scoped_store(store, ids=ids, province=province, as_of=as_of)
    report = measured.measure(as_of)
    figures = cluster_figures(report.clusters, report.parcels)
    ranked = figures["status"].isin(rules.ranked_statuses)
    issues = list(report.issues)
    if (~ranked).any():
        names = ", ".join(figures.loc[~ranked, "cluster_id"].astype(str))
        issues.append(info("not_ranked", value=names, count=int((~ranked).sum())))
    figures = figures[ranked].reset_index(drop=True)
    if not len(figures):
        raise UsageError("errors.nothing_to_rank", value=" ".join(sorted(rules.ranked_statuses)))
    scheme = rules.scheme_on(as_of)
    wanted = {
        name
        for each in (() if scheme is None else scheme.indicators)
        for name in (each.numerator, each.denominator)
    } - FIGURES
    figures, years = _with_reported(figures, sorted(wanted), measured, as_of, form_rules)
    found = rank(figures, rules, as_of=as_of)
    if found.scheme.confidence == "unverified":
        issues.append(info("score_house_values", value=rules.rule_set.name))
    run = _run("efficiency score", {"scope": scope, "province": province}, measured, as_of,
               rules.rule_set)  # fmt: skip
    policy = "redistribute" if rules.redistribute else "interval"
    incomplete = int((found.scores["missing"].map(len) > 0).sum())
    if incomplete:
        issues.append(info(f"score_missing_{policy}", count=incomplete))
    if years:
        issues.append(info("score_figures_of", value=", ".join(sorted(set(years.values())))))
    return Result(
        subject="scores", run=run,
        summary={"ranked": len(found.scores), "incomplete": incomplete},
        findings=[found.scores], issues=tuple(issues),
        extra={
            "contributions": rows_of(found.contributions), "scheme": rows_of(pd.DataFrame(
                [{"indicator": each.name, "numerator": each.numerator,
                  "denominator": each.denominator, "better": "up" if each.up else "down",
                  "low": each.low, "high": each.high, "weight": each.weight}
                 for each in found.scheme.indicators])),
            "method": {"normalisation": "min_max_fixed", "missing": policy},
            "figures_of": years,
            "sensitivity": {"spread": rules.spread, "draws": rules.draws, "seed": rules.seed},
        },
    )  # fmt: skip


def overview_of_clusters(
    store: Store, *, province: str | None = None, as_of: date, forms: str = "vn_forms"
) -> Result:
    """Totals by status, of the clusters in operation and of all, on one day.  Raises UsageError."""
    form_rules = load_form_rules(forms)
    measured, scope = scoped_store(store, province=province, as_of=as_of)
    report = measured.measure(as_of)
    frame = by_status(
        cluster_figures(report.clusters, report.parcels), operating=_operating(form_rules, as_of)
    )
    run = _run("efficiency overview", {"scope": scope, "province": province}, measured, as_of,
               report.rules)  # fmt: skip
    return Result(subject="overview", run=run, summary={"clusters": len(report.clusters)},
                  findings=[frame], issues=report.issues)  # fmt: skip


def trend_of_clusters(
    store: Store,
    *,
    province: str | None = None,
    first_year: int,
    last_year: int,
    half: bool = False,
    today: date,
    forms: str = "vn_forms",
) -> Result:
    """The totals on the last day of every year (or half year) of a span, as it is known today.

    Each row is the run of that day: leases, hand-overs and works begun by then.  Which clusters
    operate is what the store says today (issue ``status_of_today``).  A period that has not
    closed by ``today`` is measured as of today (``period_closed`` False).  Raises UsageError
    (``years_reversed``, ``too_many_days``).
    """
    form_rules = load_form_rules(forms)
    days = _days(first_year, last_year, half=half, today=today)
    measured, scope = scoped_store(store, province=province, as_of=today)
    rows, issues = [], {}
    for key, day, closed in days:
        try:
            report = measured.measure(day)
        except UsageError as nothing:
            if nothing.key != "errors.no_cluster_in_force":
                raise
            none_yet = warning("trend_no_clusters", value=key, day=day)
            issues[none_yet.code, key] = none_yet
            continue
        figures = cluster_figures(report.clusters, report.parcels)
        total = by_status(figures, operating=_operating(form_rules, day)).set_index("status")
        for group in ("total_operating", "total_all"):
            found = total.loc[group].to_dict()
            rows.append(
                {"period": key, "measured_on": day, "period_closed": closed, "status": group}
                | found
            )
        for issue in report.issues:
            issues.setdefault((issue.code, str(issue.id)), issue)
    if not rows:
        raise UsageError("errors.no_cluster_in_force", day=days[-1][1])
    said: list[Issue] = [info("status_of_today"), *issues.values()]
    run = _run(
        "efficiency trend",
        {"scope": scope, "province": province, "from": first_year, "to": last_year, "half": half},
        measured, today, measured.rule_set,
    )  # fmt: skip
    frame = pd.DataFrame(rows).sort_values(["status", "measured_on"], ascending=[False, True])
    return Result(subject="trend", run=run, summary={"days": len(days)},
                  findings=[frame.reset_index(drop=True)], issues=tuple(said))  # fmt: skip


def _days(first: int, last: int, *, half: bool, today: date) -> list[tuple[str, date, bool]]:
    if first > last:
        raise UsageError("errors.years_reversed", first=str(first), last=str(last))
    spans = [
        (f"{year}{name}", date(year, starts, 1), ends)
        for year in range(first, last + 1)
        for name, starts, ends in (
            (("H1", 1, date(year, 6, 30)), ("H2", 7, date(year, 12, 31)))
            if half
            else (("", 1, date(year, 12, 31)),)
        )
    ]
    found = [
        (key, min(ends, today), ends <= today) for key, starts, ends in spans if starts <= today
    ]
    if not found or len(found) > _MOST_DAYS:
        raise UsageError("errors.too_many_days", count=len(found), most=_MOST_DAYS)
    return found


def _operating(rules: FormRules, day: date) -> frozenset[str]:
    group = rules.group_on(_OPERATING, day)
    return frozenset() if group is None else group.statuses


def _with_reported(
    figures: pd.DataFrame, names: Sequence[str], measured: MeasuredStore, as_of: date,
    rules: FormRules,
) -> tuple[pd.DataFrame, dict[str, str]]:  # fmt: skip
    """The figures with reported ones, of the latest year up to ``as_of`` that each has."""
    table = ReportedFigures(measured.indicators, rules)
    periods = [
        period
        for year in (as_of.year, as_of.year - 1)
        for period in [period_of(str(year), rules)]
        if period is not None
    ]
    years: dict[str, str] = {}
    out = figures.copy()
    for name in names:
        if name not in rules.figures:
            continue
        column = []
        for cluster_id in figures["cluster_id"].astype(str):
            value, period = _latest(table, cluster_id, name, periods)
            column.append(value)
            if period is not None:
                years[f"{cluster_id} {name}"] = period
        out[name] = column
    return out, years


def _latest(
    table: ReportedFigures, cluster_id: str, name: str, periods: Sequence[ReportPeriod]
) -> tuple[float, str | None]:
    for period in periods:
        told = table.value_of(cluster_id, name, period)
        if told.value is not None:
            return told.value, told.period
    return np.nan, None


def _run(
    command: str, options: dict[str, object], measured: MeasuredStore, as_of: date,
    rules: RuleSet,
) -> Run:  # fmt: skip
    return make_run(
        version=__version__, command=command, options=options, as_of=as_of, rules=rules,
        crs=measured.crs, sources=measured.sources,
        datum_operation=datum_operation(
            *(source.crs_as_received for source in measured.sources)
        ),
    )  # fmt: skip
