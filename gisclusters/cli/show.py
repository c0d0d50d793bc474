"""What a command prints: one JSON document, or tables for people."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click
import pandas as pd
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gisclusters.domain.issue import Issue
from gisclusters.domain.verdicts import SEVERITY_ORDER, Severity
from gisclusters.errors import UsageError
from gisclusters.publish.document import document, dumps
from gisclusters.publish.report import run_lines, said_first
from gisclusters.publish.result import Result
from gisclusters.publish.tables import cells_of, columns_of
from gisclusters.publish.views import views
from gisclusters.publish.worklist_text import worklist_blocks
from gisclusters.words import Lang, has_text, issue_text, text

ROWS_SHOWN = 40
_COLOURS = {
    "conflict": "red", "blocking": "red", "moved": "red", "lapsed": "red",
    "approval": "yellow", "undecided": "yellow", "idle": "yellow", "late": "yellow",
    "missing": "yellow", "not_checked": "magenta", "ok": "green", "clear": "green",
    "compatible": "green", "producing": "green", "does_not_fit": "red", "fits": "green",
    "met": "green", "not_met": "red", "yes": "green", "no": "red", "open": "yellow",
    "steady": "green", "lost": "red", "returned": "yellow", "new": "yellow",
}  # fmt: skip
_LONG = {"parcels", "parcels_let", "worklists", "pieces", "piece_corners", "proposal_corners",
         "fit_land", "fit_places", "fit_neighbours", "fit_parcels", "completeness", "ladder",
         "ratios", "structure", "seams", "rivals", "ladder_differs", "structure_differs",
         "scheme", "trace", "parcels_counted",
         "land_structure", "factory_lots", "economy_parcels", "economy_trend",
         "environment_tenants", "withdrawn_asked", "landcover_classes"}  # fmt: skip
"""Tables that are shown when everything is asked for."""

_IDS = {"subject_id", "zone_id", "cluster_id", "parcel_id", "marker_id", "run_id"}
"""Columns that are never broken over lines."""

_NARROW = {
    "overlaps": ("subject_id", "plan", "zone_id", "category", "verdict", "severity",
                 "exception_state", "area_m2", "share_of_subject", "width_m", "tolerance_m"),
    "distances": ("subject_id", "category", "plan", "zone_id", "distance_m", "at_least_m",
                  "verdict", "reason"),
    "proposals": ("subject_id", "area_before_m2", "area_after_m2", "area_lost_m2", "parts",
                  "new_corners", "overlap_left_m2", "size_verdict"),
    "exceptions": ("exception_id", "subject_id", "plan_id", "zone_id", "exception_state",
                   "exception_until", "exception_reason", "document", "accepted_by", "area_m2"),
    "fit": ("subject_id", "check", "verdict", "fit_reason", "area_m2", "expected_m2",
            "outside_m2", "width_m", "tolerance_m"),
    "founding": ("condition", "verdict", "sentence_vi", "sentence_en", "missing_vi", "missing_en",
                 "notes"),
    "founding_answer": ("subject_id", "answer", "sentence_vi", "sentence_en", "not_met", "open"),
    "markers": ("marker_id", "verdict", "de_m", "dn_m", "distance_m", "residual_m",
                "tolerance_m"),
    "campaigns": ("cluster_id", "day", "survey", "cause", "markers", "count_ok", "count_moved",
                  "count_missing", "count_extra", "count_undecided", "run_id"),
    "comparison": ("marker_id", "verdict", "change_note", "de_m", "dn_m", "distance_m",
                   "significant_from_m", "significant", "tolerance_m"),
    "boundary_edges": ("cluster_id", "edge", "verdict", "planned_m", "surveyed_m", "difference_m",
                       "limit_m", "margin_m", "bearing_difference", "too_long"),
    "efficiency": ("cluster_id", "name", "gross_m2", "industrial_m2", "committed_m2",
                   "leased_m2", "occupancy_share", "built_share", "built_share_sd",
                   "built_corrected_share", "built_corrected_sd"),
    "image_checks": ("cluster_id", "check", "feature_kind", "feature_id", "verdict", "built_m2",
                     "built_sd_m2", "looked_at_m2"),
    "scores": ("rank", "cluster_id", "name", "score", "score_high", "rank_missing_best",
               "rank_missing_worst", "rank_surely_best", "rank_surely_worst", "same_rank_share"),
    "overview": ("status", "clusters", "gross_m2", "industrial_m2", "committed_m2",
                 "producing_m2", "occupancy_share", "occupancy_mean", "occupancy_clusters",
                 "late_parcels", "idle_parcels"),
    "trend": ("period", "measured_on", "status", "clusters", "committed_m2", "leased_m2",
              "producing_m2", "occupancy_share", "late_parcels", "idle_parcels"),
    "form": ("line", "indicator", "form_unit", "value", "known_part", "counted", "gaps_count"),
    "gaps": ("line", "indicator", "cluster_id", "gap", "needed", "period"),
    "economy": ("cluster_id", "indicator", "period", "figure", "parcels_sum", "difference",
                "unit_shown", "per_rung", "figure_per_ha"),
    "works": ("cluster_id", "work", "work_state", "start_slip_days", "planned_to",
              "finish_slip_days", "capital_paid_share", "used_share"),
    "wastewater": ("cluster_id", "plant_state", "connected", "connected_of", "standard_state",
                   "meets_standard", "used_share", "works_unfinished"),
    "held_back": ("cluster_id", "held_parcels", "tenants", "hold", "hold_reason", "legal_basis",
                  "confidence"),
    "environment": ("cluster_id", "inspections", "last_inspected_on", "violations", "faults_open",
                    "overdue", "tenants_not_listed", "tenants_excluded"),
    "inspections": ("cluster_id", "parcel_id", "lessee", "inspected_on", "finding", "violation",
                    "inspection_state", "mend_by", "days_overdue"),
    "withdrawn": ("cluster_id", "name", "status", "conversion_state", "remaining_tenants",
                  "last_lease_ends_on", "not_recovered_m2"),
    "remaining": ("cluster_id", "parcel_id", "lessee", "remaining_state", "lease_to",
                  "days_left"),
    "parcels": ("cluster_id", "parcel_id", "lessee", "status", "deadline", "days_left"),
    "parcels_let": ("cluster_id", "parcel_id", "lessee", "status", "deadline", "days_left"),
    "actions": ("cluster_id", "parcel_id", "lessee", "action", "deadline", "days_left", "status"),
    "factory_lots": ("cluster_id", "lot_id", "area_m2", "density_share", "density_at_most",
                     "density_verdict", "density_reason", "floors", "floor_area_m2", "green_share",
                     "green_verdict", "green_reason"),
    "shortfalls": ("cluster_id", "lot_id", "lacks", "lacking_m2", "found_where", "place_m2"),
}  # fmt: skip


def present(
    result: Result,
    lang: Lang,
    *,
    as_json: bool,
    quiet: bool,
    outs: Sequence[Path] = (),
    force: bool = False,
    everything: bool = False,
    written: Sequence[Path] = (),
) -> None:
    """Write the files asked for, then print the result; ``written`` are told besides."""
    try:
        for path in outs:
            from gisclusters.publish.export import write_result

            write_result(result, path, lang, force=force, print_pdf=print_pdf)
    except Exception:
        campaign = result.summary.get("campaign")
        if campaign:  # it stands in the store already, whatever became of the file
            click.echo(text("report.campaign_stands", lang, path=str(path),
                            run=campaign["run_id"]), err=True)  # fmt: skip
        raise
    if as_json:
        click.echo(dumps(document(result, lang)))
    else:
        show(result, lang, everything=everything)
    if not quiet:
        for path in (*outs, *written):
            click.echo(text("report.written", lang, path=str(path)), err=True)


def check_outs(
    outs: Iterable[Path],
    *,
    force: bool,
    inputs: Iterable[Path | str | None] = (),
    check: Callable[..., None] | None = None,
) -> None:
    """Refuse outputs before any work is done; a PDF needs a browser.

    ``inputs`` are the files and the store the command reads: none of them is overwritten,
    whatever was forced.  ``check`` knows the forms of the command, where it has its own.
    """
    read = {Path(each).resolve() for each in inputs if each is not None}
    for path in outs:
        if check is None:
            from gisclusters.publish.export import check_out

            check = check_out
        if path.resolve() in read:
            raise UsageError("errors.out_is_input", path=str(path))
        check(path, force=force)
        if path.suffix.casefold() == ".pdf":
            from gisclusters.publish.pdf import find_browser

            find_browser()


def fails(result: Result, level: str | None) -> bool:
    """Whether ``--fail-on level`` found something."""
    worst = result.worst_severity
    if level is None or worst is None:
        return False
    return SEVERITY_ORDER.index(worst) >= SEVERITY_ORDER.index(Severity(level))


def show(result: Result, lang: Lang, *, everything: bool = False, issues: bool = True) -> None:
    """Print a result for people: issues (or their number), tables, what it rests on."""
    console = _console()
    if issues:
        show_issues(result.issues, lang)
    elif result.issues:
        counts = Counter(issue.level for issue in result.issues)
        click.echo(
            text("report.issue_counts", lang, errors=counts["error"],
                 warnings=counts["warning"], infos=counts["info"]), err=True,
        )  # fmt: skip
    for words in said_first(result, lang):
        console.print(f"• {escape(words)}")
    for view in views(result):
        if view.subject not in _LONG or everything:
            _table(console, view.subject, view.frame, lang, everything=everything)
    _worklists(console, result, lang, everything=everything)
    diagnosis = result.extra.get("diagnosis")
    if diagnosis:
        key = f"markers.cause_{diagnosis['cause']}"
        cause = text(key, lang) if has_text(key) else diagnosis["cause"]
        console.print(f"[bold]{escape(text('report.cause', lang))}[/]: {escape(cause)}")
        for name in ("evidence", "remedy"):
            if diagnosis.get(name):
                console.print(f"  {escape(str(diagnosis[name]))}")
    for what, value in run_lines(result, lang)[: 8 + len(result.extra.get("clock_rules", ()))]:
        console.print(f"[dim]{escape(what)}: {escape(value)}[/]", highlight=False)


def _worklists(console: Console, result: Result, lang: Lang, *, everything: bool) -> None:
    """The lists an office works through, a parcel a line: they are read out, not compared."""
    if "worklists" not in result.extra:
        return
    for title, office, lines in worklist_blocks(result, lang, everything=everything):
        if title:
            console.print(f"\n[bold]{escape(title)}[/]")
        console.print(f"  [dim]{escape(office)}[/]", soft_wrap=True)
        for line in lines:
            console.print(f"  - {escape(line)}", soft_wrap=True)
    if not result.extra["worklists"]:
        console.print(text("efficiency.list_none", lang))
    console.print()


def show_issues(issues: Iterable[Issue], lang: Lang) -> None:
    """Print issues on standard error: place, what is wrong, how to mend it."""
    for issue in issues:
        message, remedy = issue_text(issue, lang)
        place = issue.layer or ""
        if issue.row is not None:
            place += f", {text('report.row_label', lang)} {issue.row}"
        if issue.id:
            place += f", {issue.id}"
        if issue.field:
            place += f", {issue.field}"
        level = text(f"report.level_{issue.level}", lang)
        click.echo(f"{level}: {place + ': ' if place else ''}{message}", err=True)
        if remedy and issue.level != "info":
            click.echo(f"  → {remedy}", err=True)


def _console() -> Console:
    width = None if sys.stdout.isatty() else 160
    return Console(file=sys.stdout, width=width, highlight=False, soft_wrap=False)


def _table(
    console: Console, subject: str, frame: pd.DataFrame, lang: Lang, *, everything: bool
) -> None:
    columns = columns_of(subject, frame, lang)
    narrow = _NARROW.get(subject)
    if narrow and (not everything or subject == "factory_lots"):  # too wide for any terminal
        columns = [column for column in columns if column.name in narrow]
    if not columns or not len(frame):
        return
    shown = frame if everything else frame.head(ROWS_SHOWN)
    note = f"report.note_{subject}"
    table = Table(title=text(f"report.title_{subject}", lang), box=box.SIMPLE_HEAD,
                  title_justify="left", header_style="bold")  # fmt: skip
    for column in columns:
        right = column.form in {"area", "metres", "share", "count", "points", "figure"}
        table.add_column(escape(column.header(lang)), justify="right" if right else "left",
                         overflow="fold", no_wrap=column.name in _IDS)  # fmt: skip
    marks = shown.get("verdict", shown.get("answer", shown.get("status")))
    for place, cells in enumerate(cells_of(shown, columns, lang)):
        mark = "" if marks is None else str(marks.iloc[place])
        table.add_row(*(escape(cell) for cell in cells), style=_COLOURS.get(mark))
    console.print(table)
    if has_text(note):
        console.print(f"[bold]{escape(text(note, lang))}[/]")
    if len(frame) > len(shown):
        console.print(text("report.more_rows", lang, count=len(frame) - len(shown)))


def print_pdf(html: str, path: Path) -> None:
    """Print a page that stands alone as a PDF."""
    from gisclusters.publish.pdf import print_pdf

    print_pdf(html, path)
