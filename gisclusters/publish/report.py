"""A report for an official: what was found, from which sources, under which rules.

One HTML page that stands alone: no script, no address outside itself, made to print on A4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from gisclusters.publish.boundary_tables import BOUNDARY_STACKS, boundary_rule_lines
from gisclusters.publish.campaign_tables import CAMPAIGN_STACKS
from gisclusters.publish.canvas import Drawing
from gisclusters.publish.clock_words import rule_lines
from gisclusters.publish.document import issue_rows
from gisclusters.publish.economy_tables import ECONOMY_STACKS, economy_rule_lines
from gisclusters.publish.efficiency_charts import occupancy_charts
from gisclusters.publish.efficiency_rows import clusters_of
from gisclusters.publish.efficiency_said import sentences
from gisclusters.publish.efficiency_tables import EFFICIENCY_STACKS
from gisclusters.publish.fit_tables import FIT_STACKS, fit_rule_lines
from gisclusters.publish.founding_tables import FOUNDING_STACKS
from gisclusters.publish.landcover_tables import LANDCOVER_STACKS
from gisclusters.publish.result import Result
from gisclusters.publish.standing_tables import STANDING_STACKS
from gisclusters.publish.tables import cells_of, columns_of
from gisclusters.publish.templating import LOOKS, rendered
from gisclusters.publish.use_tables import USE_STACKS
from gisclusters.publish.views import views
from gisclusters.publish.worklist_tables import WORKLIST_STACKS
from gisclusters.words import Lang, day, has_text, number, text

_NUMERIC = {"area", "metres", "share", "count", "points", "figure", "amount"}
_COUNTED_APART = ("by_fit", "by_completeness")
_PARCELS = (
    ("cluster_id",), ("parcel_id",), ("lessee", "occupant"), ("area_m2", "registered_area_m2"),
    ("status", "transfer_unapproved"), ("deadline", "days_left"),
    ("built_share", "built_share_sd", "built_judgement"),
    ("built_corrected_share", "built_corrected_sd"),
    ("built_before_share", "built_change_share", "built_change_sd", "built_change"),
    ("rule_id",),
)  # fmt: skip
_STACKS = {
    "overlaps": (
        ("subject_id",), ("category", "plan", "zone_id"),
        ("verdict", "severity", "exception_state", "exception_id", "exception_until"),
        ("relation", "corridor_note", "yields_to"),
        ("area_m2", "area_sd_m2"), ("share_of_subject", "share_of_zone"),
        ("width_m", "tolerance_m"),
        ("distance_m", "corridor_m", "corridor_least_m", "yields_m2"),
        ("in_force_from", "in_force_to"),
        ("legal_basis", "approval", "approval_en", "rule_id", "confidence"),
    ),
    "distances": (
        ("subject_id",), ("category", "plan", "zone_id"), ("distance_m", "at_least_m"),
        ("verdict", "reason"), ("legal_basis", "confidence"),
    ),
    "proposals": (
        ("subject_id", "conflicts"), ("area_before_m2", "area_after_m2", "area_lost_m2"),
        ("conflict_m2", "strips_m2"), ("parts", "largest_part_m2"),
        ("new_corners", "close_corners", "corner_spacing_m"),
        ("overlap_left_m2", "overlap_left_width_m", "tolerance_m"),
        ("size_verdict", "size_verdict_before"), ("size_min_m2", "size_max_m2"),
        ("legal_basis", "size_rule_id", "size_rules", "confidence"),
    ),
    "exceptions": (
        ("exception_id", "exception_state", "exception_until"), ("subject_id",),
        ("plan_id", "zone_id"), ("exception_reason",), ("document", "accepted_by", "decided_on"),
        ("verdict", "severity", "rule_id", "rules"), ("area_m2", "width_m", "tolerance_m"),
        ("as_of",), ("ended_on", "ended_reason", "ended_document", "ended_by"),
    ),
    **FIT_STACKS,
    **FOUNDING_STACKS,
    **ECONOMY_STACKS,
    **CAMPAIGN_STACKS,
    **STANDING_STACKS,
    **BOUNDARY_STACKS,
    **EFFICIENCY_STACKS,
    "parcels": _PARCELS,
    "parcels_let": _PARCELS,
    **WORKLIST_STACKS,
    **USE_STACKS,
    **LANDCOVER_STACKS,
}  # fmt: skip
"""Columns that stand under one another in one column of a page, so that it fits its width."""


def render_report(results: Sequence[Result], lang: Lang, *, title: str | None = None) -> str:
    """The report of one or several runs as one HTML page (UTF-8 text)."""
    from gisclusters.publish.figure import figures  # noqa: PLC0415 - a printed check draws none

    return rendered(
        "report.html",
        lang=lang,
        title=title or text("report.title", lang),
        words={
            name: text(f"report.{name}", lang)
            for name in ("issues", "sources", "level", "place", "message", "remedy", "empty")
        },
        sections=sections(results, lang),
        figures=[figures(result, lang) for result in results],
        looks=LOOKS,
    )


def sections(results: Sequence[Result], lang: Lang) -> list[dict[str, Any]]:
    """What a report says, run by run: title, lead, tables, issues and what identifies the run.

    Headers and cells of a table are lists of lines.
    """
    return [_section(result, lang) for result in results]


def said_first(result: Result, lang: Lang) -> list[str]:
    """The sentences with which a report begins; so far an efficiency run has them."""
    return sentences(result, lang) if result.subject == "efficiency" else []


def drawings_of(result: Result, lang: Lang) -> list[Drawing]:
    """The charts of a report."""
    if result.subject != "efficiency":
        return []
    return occupancy_charts(clusters_of(result), result, lang)


def run_lines(result: Result, lang: Lang) -> list[tuple[str, str]]:
    """What identifies a run, as pairs of words and values."""
    run = result.run
    lines = [
        (text("report.run", lang), run.id),
        (text("report.version", lang), f"gisclusters {run.version}"),
        (text("report.command", lang), run.command),
    ]
    if run.as_of is not None:
        lines.append((text("report.as_of", lang), day(run.as_of, lang)))
    if run.rules is not None:
        lines.append(
            (
                text("report.rules", lang),
                f"{run.rules.name} {run.rules.version} (SHA-256 {run.rules.sha256[:16]}…)",
            )
        )
    lines += fit_rule_lines(result, lang)
    lines += economy_rule_lines(result, lang)
    lines += boundary_rule_lines(result, lang)
    tolerance = result.summary.get("tolerance")
    if isinstance(tolerance, dict):
        lines.append((text("report.tolerance", lang), _tolerance(tolerance, lang)))
    if run.crs is not None:
        lines.append((text("report.crs", lang), run.crs))
    lines.append(
        (text("report.datum", lang), run.datum_operation or text("report.datum_none", lang))
    )
    lines += rule_lines(result, lang)
    for source in run.sources:
        layer = f" [{source.layer}]" if source.layer else ""
        lines.append(
            (
                text("report.source", lang),
                (
                    f"{_role(source.role, lang)}: {source.name}{layer}, "
                    f"{source.crs_as_received or '–'}, "
                    f"{number(source.rows, lang)} {text('report.rows', lang)}, "
                    f"SHA-256 {source.sha256[:16]}…"
                ),
            )
        )
    return lines


def _role(role: str, lang: Lang) -> str:
    key = f"report.role_{role}"
    return text(key, lang) if has_text(key) else role


def _tolerance(tolerance: dict[str, Any], lang: Lang) -> str:
    """The marker tolerance, where it comes from and how sure that is."""
    metres = f"{number(tolerance['value_m'], lang, 3)} m"
    if tolerance["source"] == "option":
        return f"{metres} ({text('report.tolerance_option', lang)})"
    scale = text("report.tolerance_scale", lang, scale=number(tolerance["scale"], lang))
    basis = (tolerance.get("source_en") if lang == "en" else None) or tolerance["source"]
    own = "".join(
        f"; {kind} {number(value, lang, 3)} m"
        for kind, value in tolerance.get("by_kind", {}).items()
    )
    return f"{metres}{own}: {basis}, {scale}; " + text(
        f"report.confidence_{tolerance['confidence']}", lang
    )


def _section(result: Result, lang: Lang) -> dict[str, Any]:
    return {
        "title": text(f"report.title_{result.subject}", lang),
        "said": said_first(result, lang),
        "drawings": drawings_of(result, lang),
        "lead": _lead(result, lang),
        "tables": [_table(view.subject, view.frame, lang) for view in views(result)],
        "issues": issue_rows(result.issues, lang),
        "lines": run_lines(result, lang),
    }


def _table(subject: str, frame: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    """One table of the page; every header and cell is a list of lines."""
    columns = {column.name: column for column in columns_of(subject, frame, lang)}
    stacks = _STACKS.get(subject) or tuple((name,) for name in columns)
    present = [[columns[name] for name in stack if name in columns] for stack in stacks]
    present = [stack for stack in present if stack]
    cells = [list(cells_of(frame, stack, lang)) for stack in present]
    told = ("severity", "verdict", "answer", "status", "item_state", "hold", "inspection_state",
            "work_state")  # fmt: skip
    states = next((frame[name] for name in told if name in frame), None)
    marks = ["" if pd.isna(cell) else str(cell) for cell in states] if (
        states is not None
    ) else [""] * len(frame)  # fmt: skip
    return {
        "caption": text(f"report.title_{subject}", lang),
        "note": text(f"report.note_{subject}", lang) if has_text(f"report.note_{subject}") else "",
        "headers": [[column.header(lang) for column in stack] for stack in present],
        "numeric": [stack[0].form in _NUMERIC for stack in present],
        "rows": list(zip(marks, zip(*cells, strict=True), strict=True)),
    }


def _lead(result: Result, lang: Lang) -> list[tuple[str, list[tuple[str, str]]]]:
    """The counts of the summary that have a word in the catalogue, by what they count.

    The first group, without a title, is what the run itself asked.
    """
    groups: dict[str, list[tuple[str, str]]] = {"": []}
    for name, value in result.summary.items():
        if isinstance(value, dict):
            prefix = {"by_verdict": f"{result.subject}.verdict", "by_severity": "overlaps.severity",
                      "by_exception": "overlaps.exception",
                      "by_status": "efficiency.status", "by_fit": "fit.verdict",
                      "by_answer": "founding.answer",
                      "by_completeness": "completeness.state"}.get(name)  # fmt: skip
            if prefix is None or not value:
                continue
            title = f"report.title_{name.removeprefix('by_')}" if name in _COUNTED_APART else ""
            groups.setdefault(text(title, lang) if title else "", []).extend(
                (text(f"{prefix}_{word}", lang) if has_text(f"{prefix}_{word}") else word,
                 number(count, lang))
                for word, count in value.items()
            )  # fmt: skip
        elif isinstance(value, (int, float, str)) and has_text(f"report.sum_{name}"):
            shown = value if isinstance(value, str) else number(value, lang)
            groups[""].append((text(f"report.sum_{name}", lang), shown))
    return [(title, lines) for title, lines in groups.items() if lines]
