"""The report as a Word document that an office can edit: the sections of the HTML report.

Times New Roman and A4, as papers of the administration are set (Decree 30/2020/NĐ-CP, annex I);
landscape for its tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from gisclusters.publish.report import sections
from gisclusters.publish.result import Result
from gisclusters.words import Lang, text

_FONT = "Times New Roman"
_HEAD = RGBColor(0x12, 0x43, 0x6D)
_MARKS = {
    "blocking": "B10E1E", "does_not_fit": "B10E1E", "contradicts": "B10E1E", "approval": "E69F00",
    "note": "56B4E9", "undecided": "56B4E9", "missing": "56B4E9",
}  # fmt: skip
_LANGUAGE = {"vi": "vi-VN", "en": "en-GB"}


def write_docx(
    results: Sequence[Result], path: Path, lang: Lang, *, title: str | None = None
) -> None:
    """Write the report of one or several runs as one Word document."""
    paper = Document()
    _set_up(paper, results, lang)
    paper.add_heading(title or text("report.title", lang), level=0)
    for section in sections(results, lang):
        paper.add_heading(section["title"], level=1)
        if section["lead"]:
            paper.add_paragraph(
                " · ".join(f"{name}: {value}" for name, value in section["lead"])
            ).runs[0].bold = True
        for table in section["tables"]:
            if table["rows"]:
                paper.add_heading(table["caption"], level=2)
                if table["note"]:
                    paper.add_paragraph(table["note"]).runs[0].italic = True
                _table(paper, table)
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
    paper.save(str(path))


def _set_up(paper: Any, results: Sequence[Result], lang: Lang) -> None:
    page = paper.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Mm(297), Mm(210)
    page.left_margin = page.right_margin = Mm(20)
    page.top_margin = page.bottom_margin = Mm(15)
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "List Bullet"):
        style = paper.styles[name]
        style.font.name = _FONT
        # Word takes the font of Vietnamese letters from these two, not from the plain name.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(kind), _FONT)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
            fonts.attrib.pop(qn(theme), None)
    paper.styles["Normal"].font.size = Pt(11)
    for name in ("Title", "Heading 1", "Heading 2"):
        paper.styles[name].font.color.rgb = _HEAD
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), _LANGUAGE[lang])
    paper.styles["Normal"].element.get_or_add_rPr().append(language)
    properties = paper.core_properties
    properties.language = _LANGUAGE[lang]
    properties.author = "gisclusters"
    days = [result.run.as_of for result in results if result.run.as_of is not None]
    if days:  # equal results make equal papers
        properties.created = properties.modified = datetime.combine(max(days), time())


def _table(paper: Any, table: dict[str, Any]) -> None:
    """One table; its head is repeated on every page, no row is broken over two."""
    made = paper.add_table(rows=1, cols=len(table["headers"]))
    made.style = "Table Grid"
    for cell, lines in zip(made.rows[0].cells, table["headers"], strict=True):
        _write(cell, lines, bold=True)
    _mark_row(made.rows[0], "w:tblHeader")
    for mark, cells in table["rows"]:
        row = made.add_row()
        _mark_row(row, "w:cantSplit")
        for cell, lines, numeric in zip(row.cells, cells, table["numeric"], strict=True):
            _write(cell, lines, right=numeric)
        if mark in _MARKS:
            shade = OxmlElement("w:tcBorders")
            left = OxmlElement("w:left")
            for name, value in (("val", "single"), ("sz", "36"), ("color", _MARKS[mark])):
                left.set(qn(f"w:{name}"), value)
            shade.append(left)
            row.cells[0]._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001 - it has no other door
    paper.add_paragraph()


def _mark_row(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))  # noqa: SLF001 - it has no other door


def _write(cell: Any, lines: Sequence[str], *, bold: bool = False, right: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.space_after = Pt(0)
    for place, line in enumerate(line for line in lines if line):
        if place:
            paragraph.add_run().add_break()
        run = paragraph.add_run(line)
        run.font.size = Pt(9 if place == 0 else 8)
        run.bold = bold
