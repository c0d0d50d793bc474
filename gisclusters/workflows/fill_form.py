"""Fill an official form for a period from a store, and write it as a workbook, CSV or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from gisclusters._version import __version__
from gisclusters.domain.issue import Issue, info, warning
from gisclusters.domain.run import make_run
from gisclusters.efficiency.official_forms import FilledForm, FilledLine, fill_form, form_for
from gisclusters.efficiency.overview import cluster_figures
from gisclusters.efficiency.report_period import read_period
from gisclusters.errors import UsageError
from gisclusters.geometry.crs import datum_operation
from gisclusters.publish.document import rows_of
from gisclusters.publish.result import Result
from gisclusters.rules.forms import load_form_rules
from gisclusters.store import Store
from gisclusters.workflows.measured_store import scoped_store

_PARCEL_COLUMNS = (
    "cluster_id", "parcel_id", "area_m2", "registered_area_m2", "lessee", "status",
    "committed", "leased", "handed_over", "building", "producing",
)  # fmt: skip


def fill_official_form(
    store: Store,
    *,
    form: str,
    period: str,
    cluster: str | None = None,
    commune: str | None = None,
    province: str | None = None,
    today: date,
    forms: str = "vn_forms",
    rules: str = "vn_efficiency",
) -> Result:
    """Form 02 of a cluster, 03 of a commune or 04 of a province, as of the last day of a period.

    ``period`` is ``2026H1`` or ``2026``.  Form 04 without a province takes the whole store.
    Raises UsageError (``period_unreadable``, ``period_no_rule``, ``form_unknown``,
    ``form_needs_cluster``, ``form_needs_commune``, ``place_no_clusters`` …).
    """
    form_rules = load_form_rules(forms)
    of = read_period(period, form_rules)
    wanted = form_for(form, of, form_rules)
    if (wanted.scope == "cluster") != (cluster is not None):
        raise UsageError("errors.form_needs_cluster", value=form)
    if wanted.scope == "commune" and commune is None:
        raise UsageError("errors.form_needs_commune", value=form)
    if commune is not None and province is not None:
        raise UsageError("errors.commune_or_province")
    measured, scope = scoped_store(
        store, ids=[] if cluster is None else [cluster], commune=commune, province=province,
        as_of=of.last, rules=rules,
    )  # fmt: skip
    report = measured.measure(of.last)
    figures = cluster_figures(report.clusters, report.parcels)
    filled = fill_form(
        figures, report.parcels, measured.indicators, form=wanted, period=of, rules=form_rules
    )
    issues: list[Issue] = [*report.issues, info("status_of_today")]
    if scope.ended:
        issues.insert(0, warning("place_ended", value=scope.name, day=of.last))
    if today <= of.last:
        issues.insert(0, warning("period_not_closed", value=of.key, day=of.last))
    lines = pd.DataFrame([_line(line) for line in filled.lines])
    run = make_run(
        version=__version__, command="efficiency form",
        options={"form": form, "period": of.key, "scope": scope,
                 "forms": f"{form_rules.rule_set.name} {form_rules.rule_set.sha256}"},
        as_of=of.last, rules=report.rules, crs=measured.crs, sources=measured.sources,
        datum_operation=datum_operation(*(each.crs_as_received for each in measured.sources)),
    )  # fmt: skip
    empty = lines["value"].isna()
    return Result(
        subject="form", run=run,
        summary={"lines": len(lines), "filled": int((~empty).sum()), "open": int(empty.sum()),
                 "clusters": len(figures)},
        findings=[lines], issues=tuple(issues),
        extra={
            "form": {
                "form": form, "article": wanted.article, "confidence": wanted.confidence,
                "period": of.key, "first_day": of.first, "last_day": of.last,
                "due_before": filled.due_before, "level": scope.level, "place": scope.name,
                "place_by": scope.by, "forms_file": form_rules.rule_set,
            },
            "trace": rows_of(pd.DataFrame(_trace(filled))),
            "gaps": rows_of(pd.DataFrame(_gaps(filled), columns=list(_GAP_COLUMNS))),
            "parcels_counted": rows_of(report.parcels[list(_PARCEL_COLUMNS)]),
        },
    )  # fmt: skip


_GAP_COLUMNS = ("line", "indicator", "cluster_id", "name", "gap", "needed", "told", "period")


def _line(filled: FilledLine) -> dict[str, object]:
    return {
        "line": filled.line.line, "indicator": filled.line.name, "form_unit": filled.line.unit,
        "value": filled.value, "known_part": filled.known,
        "counted": len(filled.parts), "gaps_count": len(filled.gaps),
        "notes": list(filled.notes), "group": filled.group.rule_id,
        "legal_basis": filled.group.article, "confidence": filled.group.confidence,
    }  # fmt: skip


def _trace(filled: FilledForm) -> Sequence[dict[str, object]]:
    return [
        {
            "line": each.line.line, "indicator": each.line.name, "form_unit": each.line.unit,
            "value": each.value, "cluster_id": part.cluster_id, "name": part.name,
            "figure": None if part.source == "left_out" else part.value,
            "figure_beside": part.other, "figure_source": part.source,
            "told": part.told, "parcel_ids": list(part.parcels),
            "group": each.group.rule_id, "legal_basis": each.group.article,
            "confidence": each.group.confidence,
        }
        for each in filled.lines
        for part in (*each.parts, *each.left_out)
    ]  # fmt: skip


def _gaps(filled: FilledForm) -> Sequence[dict[str, object]]:
    return [
        {
            "line": each.line.line, "indicator": each.line.name, "cluster_id": gap.cluster_id,
            "name": gap.name, "gap": gap.code, "needed": gap.needed, "told": gap.told,
            "period": filled.period.key,
        }
        for each in filled.lines
        for gap in each.gaps
    ]  # fmt: skip
