"""What every Word paper of ours shares: font and language, tables, figures.

Times New Roman and A4, as papers of the administration are set (Decree 30/2020/NĐ-CP, annex I).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from gisclusters.publish.canvas import Drawing
from gisclusters.publish.figure_image import WIDTH_MM, can_letter, figure_png, svg_png
from gisclusters.words import Lang, text

_FONT = "Times New Roman"
_HEAD = RGBColor(0x12, 0x43, 0x6D)
_MARKS = {
    "blocking": "B10E1E", "does_not_fit": "B10E1E", "contradicts": "B10E1E", "approval": "E69F00",
    "note": "56B4E9", "undecided": "56B4E9", "missing": "56B4E9",
    "moved": "B10E1E", "duplicate": "E69F00", "extra": "E69F00",
    "lapsed": "B10E1E", "idle": "E69F00", "late": "E69F00", "ended": "E69F00",
}  # fmt: skip
_LANGUAGE = {"vi": "vi-VN", "en": "en-GB"}
_WIDEST = 34
"""Letters for which a column is widened at most."""

CELL_PT = 8.0
"""Letters of a cell in a table of many columns."""

_LETTER_MM = 1.6
"""A figure of such a cell in the widest font that stands in for Times New Roman."""
_CELL_PADDING_MM = 4.2
_WIDEST_NOTE = 30
"""Letters for which a column of a table is widened at most."""
_LONGEST_WORD = 16
"""Letters of a word that is not broken; a longer one is no number and no name."""

_LINE_PT = (9, 8)
"""The first line of a cell, and those below it."""


def new_paper(lang: Lang, *, made_on: date | None, size_pt: float, wide: bool) -> Any:
    """An empty paper that bears the day ``made_on``, so that equal runs give equal papers."""
    paper = Document()
    page = paper.sections[0]
    sides = (297, 210) if wide else (210, 297)
    page.page_width, page.page_height = map(Mm, sides)
    if wide:  # a figure of 270 mm, so that its scale is true
        page.orientation = WD_ORIENT.LANDSCAPE
        page.left_margin = page.right_margin = Mm(13)
        page.top_margin = page.bottom_margin = Mm(15)
    else:
        page.left_margin, page.right_margin = Mm(30), Mm(20)
        page.top_margin = page.bottom_margin = Mm(20)
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "List Bullet"):
        style = paper.styles[name]
        style.font.name = _FONT
        # Word takes the font of Vietnamese letters from these two, not from the plain name.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(kind), _FONT)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
            fonts.attrib.pop(qn(theme), None)
    paper.styles["Normal"].font.size = Pt(size_pt)
    for name in ("Title", "Heading 1", "Heading 2"):
        paper.styles[name].font.color.rgb = _HEAD
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), _LANGUAGE[lang])
    paper.styles["Normal"].element.get_or_add_rPr().append(language)
    properties = paper.core_properties
    properties.language = _LANGUAGE[lang]
    properties.author = "gisclusters"
    if made_on is not None:
        properties.created = properties.modified = datetime.combine(made_on, time())
    return paper


def add_figure(paper: Any, plan: dict[str, Any], lang: Lang) -> None:
    """A figure of ``figure.figures`` at its true scale; without a font a line that says so."""
    if not can_letter():
        paper.add_paragraph(text("report.figure_no_font", lang)).runs[0].italic = True
        return
    paper.add_picture(io.BytesIO(figure_png(plan)), width=Mm(WIDTH_MM))
    made = paper.inline_shapes[len(paper.inline_shapes) - 1]
    described = made._inline.docPr  # noqa: SLF001 - it has no other door
    described.set("descr", str(plan["title"]))


def add_drawing(paper: Any, drawing: Drawing, lang: Lang) -> None:
    """A chart at its true size; without a font a line that says so."""
    if not can_letter():
        paper.add_paragraph(text("report.figure_no_font", lang)).runs[0].italic = True
        return
    paper.add_picture(io.BytesIO(svg_png(drawing.svg)), width=Mm(drawing.width_mm))
    made = paper.inline_shapes[len(paper.inline_shapes) - 1]
    made._inline.docPr.set("descr", drawing.title)  # noqa: SLF001 - it has no other door


def add_table(
    paper: Any, headers: Sequence[Sequence[str]], rows: Sequence[tuple[str, Sequence[Any]]],
    numeric: Sequence[bool], *, weights: Sequence[int] | None = None,
    sizes_pt: tuple[float, float] = _LINE_PT,
) -> None:  # fmt: skip
    """One table; its head is repeated on every page, no row is broken over two.

    Headers and cells are lists of lines; a row comes with the word that colours its edge.
    ``weights`` share out the width of the page, ``sizes_pt`` are of the first line of a cell
    and of those below it.
    """
    made = paper.add_table(rows=1, cols=len(headers))
    made.style = "Table Grid"
    for cell, lines in zip(made.rows[0].cells, headers, strict=True):
        _write(cell, lines, sizes_pt, bold=True)
    _mark_row(made.rows[0], "w:tblHeader")
    for mark, cells in rows:
        row = made.add_row()
        _mark_row(row, "w:cantSplit")
        for cell, lines, right in zip(row.cells, cells, numeric, strict=True):
            _write(cell, lines, sizes_pt, right=right)
        if mark in _MARKS:
            shade = OxmlElement("w:tcBorders")
            left = OxmlElement("w:left")
            for name, value in (("val", "single"), ("sz", "36"), ("color", _MARKS[mark])):
                left.set(qn(f"w:{name}"), value)
            shade.append(left)
            row.cells[0]._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001 - as above
    page = paper.sections[0]
    _set_widths(
        made, weights or _weights(headers, [cells for _, cells in rows]),
        page.page_width - page.left_margin - page.right_margin,
    )  # fmt: skip
    paper.add_paragraph()


def _weights(headers: Sequence[Sequence[str]], rows: Sequence[Sequence[Any]]) -> list[int]:
    """As wide as the words ask, so that an article is not set one word a line."""
    weights = []
    for place, head in enumerate(headers):
        lines = [*head, *(line for cells in rows for line in cells[place] if line)]
        word = max((len(word) for line in lines for word in line.split()), default=1)
        weights.append(max(word + 4, min(max(map(len, lines), default=1), _WIDEST)))
    return weights


def unbroken_weights(
    headers: Sequence[Sequence[str]], rows: Sequence[tuple[str, Sequence[Sequence[str]]]],
    whole_mm: float,
) -> list[int]:  # fmt: skip
    """Columns in which no number or name is broken (in 0.01 mm); long notes share what is left."""
    least, wished = [], []
    for place, head in enumerate(headers):
        lines = [line for _, cells in rows for line in cells[place]]
        words = [word for line in (*head, *lines) for word in line.split()]
        letters = max(3, max((min(len(word), _LONGEST_WORD) for word in words), default=0))
        wish = max(*(min(len(line), _WIDEST_NOTE) for line in lines),
                   *((len(line) + 1) // 2 for line in head), letters)  # fmt: skip
        least.append(_CELL_PADDING_MM + letters * _LETTER_MM)
        wished.append((wish - letters) * _LETTER_MM + 0.1)
    left = max(0.0, whole_mm - sum(least))
    return [round(100 * (low + left * more / sum(wished)))
            for low, more in zip(least, wished, strict=True)]  # fmt: skip


def _set_widths(made: Any, weights: Sequence[int], whole: int) -> None:
    made.autofit = False
    for column, weight in zip(made.columns, weights, strict=True):
        column.width = int(whole * weight / sum(weights))
        for cell in column.cells:
            cell.width = column.width


def _mark_row(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))  # noqa: SLF001 - it has no other door


def _write(
    cell: Any, lines: Sequence[str], sizes_pt: tuple[float, float], *, bold: bool = False,
    right: bool = False,
) -> None:  # fmt: skip
    paragraph = cell.paragraphs[0]
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.space_after = Pt(0)
    for place, line in enumerate(line for line in lines if line):
        if place:
            paragraph.add_run().add_break()
        run = paragraph.add_run(line)
        run.font.size = Pt(sizes_pt[min(place, 1)])
        run.bold = bold
