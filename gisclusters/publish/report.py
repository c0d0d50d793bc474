"""A report for an official: what was found, from which sources, under which rules.

One HTML page that stands alone: no script, no address outside itself, made to print on A4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jinja2
import pandas as pd

from gisclusters.publish.document import issue_rows
from gisclusters.publish.result import Result
from gisclusters.publish.tables import cells_of, columns_of
from gisclusters.words import Lang, day, has_text, number, text

_NUMERIC = {"area", "metres", "share", "count"}


def render_report(results: Sequence[Result], lang: Lang, *, title: str | None = None) -> str:
    """The report of one or several runs as one HTML page (UTF-8 text)."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gisclusters.publish", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        lang=lang,
        title=title or text("report.title", lang),
        words={
            name: text(f"report.{name}", lang)
            for name in ("issues", "sources", "level", "place", "message", "remedy", "empty")
        },
        sections=[_section(result, lang) for result in results],
    )


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
    if run.crs is not None:
        lines.append((text("report.crs", lang), run.crs))
    lines.append(
        (text("report.datum", lang), run.datum_operation or text("report.datum_none", lang))
    )
    for source in run.sources:
        layer = f" [{source.layer}]" if source.layer else ""
        lines.append(
            (
                text("report.source", lang),
                (
                    f"{source.role}: {source.name}{layer}, {source.crs_as_received or '–'}, "
                    f"{number(source.rows, lang)} {text('report.rows', lang)}, "
                    f"SHA-256 {source.sha256[:16]}…"
                ),
            )
        )
    return lines


def parcels_frame(result: Result) -> pd.DataFrame | None:
    """The parcels of an efficiency run as a frame, None where there are none."""
    rows = [
        row | {"cluster_id": finding["cluster_id"]}
        for frame in result.findings
        if "parcels" in frame
        for finding in frame[["cluster_id", "parcels"]].to_dict("records")
        for row in finding["parcels"]
    ]
    return pd.DataFrame(rows) if rows else None


def _section(result: Result, lang: Lang) -> dict[str, Any]:
    tables = [_table(result.subject, frame, lang) for frame in result.findings]
    parcels = parcels_frame(result)
    if parcels is not None:
        tables.append(_table("parcels", parcels, lang))
    return {
        "title": text(f"report.title_{result.subject}", lang),
        "lead": _lead(result, lang),
        "tables": tables,
        "issues": issue_rows(result.issues, lang),
        "lines": run_lines(result, lang),
    }


def _table(subject: str, frame: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    columns = columns_of(subject, frame)
    states = frame.get("severity", frame.get("verdict", frame.get("status")))
    marks = ["" if pd.isna(cell) else str(cell) for cell in states] if (
        states is not None
    ) else [""] * len(frame)  # fmt: skip
    return {
        "caption": text(f"report.title_{subject}", lang),
        "headers": [column.header(lang) for column in columns],
        "numeric": [column.form in _NUMERIC for column in columns],
        "rows": list(zip(marks, cells_of(frame, columns, lang), strict=True)),
    }


def _lead(result: Result, lang: Lang) -> list[tuple[str, str]]:
    """The counts of the summary that have a word in the catalogue, as pairs for the top."""
    lines = []
    for name, value in result.summary.items():
        if isinstance(value, dict):
            prefix = {"by_verdict": f"{result.subject}.verdict", "by_severity": "overlaps.severity",
                      "by_status": "efficiency.status"}.get(name)  # fmt: skip
            if prefix is None:
                continue
            lines += [
                (text(f"{prefix}_{word}", lang) if has_text(f"{prefix}_{word}") else word,
                 number(count, lang))
                for word, count in value.items()
            ]  # fmt: skip
        elif isinstance(value, (int, float, str)) and has_text(f"report.sum_{name}"):
            shown = value if isinstance(value, str) else number(value, lang)
            lines.append((text(f"report.sum_{name}", lang), shown))
    return lines
