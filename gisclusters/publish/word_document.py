"""The report as a Word document that an office can edit: the sections of the HTML report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gisclusters.publish.figure import figures
from gisclusters.publish.report import sections
from gisclusters.publish.result import Result
from gisclusters.publish.word_paper import add_drawing, add_figure, add_table, new_paper
from gisclusters.words import Lang, text


def write_docx(
    results: Sequence[Result], path: Path, lang: Lang, *, title: str | None = None
) -> None:
    """Write the report of one or several runs as one Word document."""
    days = [result.run.as_of for result in results if result.run.as_of is not None]
    paper = new_paper(lang, made_on=max(days, default=None), size_pt=11, wide=True)
    paper.add_heading(title or text("report.title", lang), level=0)
    for result, section in zip(results, sections(results, lang), strict=True):
        paper.add_heading(section["title"], level=1)
        for words in section["said"]:
            paper.add_paragraph(words, style="List Bullet")
        for about, counts in section["lead"]:
            line = paper.add_paragraph(f"{about}: " if about else "")
            line.add_run(" · ".join(f"{name}: {value}" for name, value in counts)).bold = True
        for drawing in section["drawings"]:
            add_drawing(paper, drawing, lang)
        for plan in figures(result, lang):
            add_figure(paper, plan, lang)
        for table in section["tables"]:
            if table["rows"]:
                paper.add_heading(table["caption"], level=2)
                if table["note"]:
                    paper.add_paragraph(table["note"]).runs[0].italic = True
                add_table(paper, table["headers"], table["rows"], table["numeric"])
        add_basis(paper, section, lang)
    paper.save(str(path))


def add_basis(paper: Any, section: dict[str, Any], lang: Lang) -> None:
    """What the issues of a section and its sources are."""
    if section["issues"]:
        paper.add_heading(text("report.issues", lang), level=2)
        for row in section["issues"]:
            place = " · ".join(str(row[key]) for key in ("layer", "row", "id", "field")
                               if row[key] is not None)  # fmt: skip
            words = " – ".join(part for part in (place, row["message"], row["remedy"]) if part)
            paper.add_paragraph(words, style="List Bullet")
    paper.add_heading(text("report.sources", lang), level=2)
    for name, value in section["lines"]:
        line = paper.add_paragraph()
        line.add_run(f"{name}: ").bold = True
        line.add_run(value)
