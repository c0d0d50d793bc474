"""Minutes as a Word paper that an office edits before it is signed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from gisclusters.publish.figure_image import can_letter, svg_png
from gisclusters.publish.marker_sketch import SHEET_MM
from gisclusters.publish.minutes import make_minutes
from gisclusters.publish.minutes_page import sketch_svg
from gisclusters.publish.minutes_parts import (
    Block,
    Lines,
    Minutes,
    Pictures,
    Sketch,
    Table,
    Words,
)
from gisclusters.publish.photo import upright
from gisclusters.publish.result import Result
from gisclusters.publish.word_paper import CELL_PT, add_table, new_paper, unbroken_weights
from gisclusters.words import Lang, text

_HEAD_SHARES = (0.37, 0.63)
_PHOTO_MM = (78.0, 80.0)
_SIGN_GAP_PT = 62


def write_minutes_docx(result: Result, path: Path, lang: Lang) -> None:
    """Write the minutes of a verification as one Word document on A4."""
    minutes = make_minutes(result, lang)
    day = result.minutes.date if result.minutes is not None else None
    paper = new_paper(lang, made_on=day, size_pt=13, wide=False)
    page = paper.sections[0]
    page.right_margin = Mm(15)
    paper.styles["Heading 2"].font.color.rgb = RGBColor(0, 0, 0)
    page.different_first_page_header_footer = True
    _page_number(page.header.paragraphs[0])
    page.footer.paragraphs[0].text = page.first_page_footer.paragraphs[0].text = minutes.run_id
    _head(paper, minutes)
    _centred(paper.add_paragraph(), minutes.title, 15, before=14)
    _centred(paper.add_paragraph(), minutes.subject, 14, after=10)
    for part in minutes.parts:
        title = paper.add_heading(part.title, level=2)
        title.paragraph_format.page_break_before = isinstance(part.blocks[0], Sketch)
        for block in part.blocks:
            _block(paper, block, lang)
    _signatures(paper, minutes.signatures)
    note = paper.add_paragraph()
    run = note.add_run(minutes.note)
    run.font.size, run.italic = Pt(9), True
    paper.save(str(path))


def _block(paper: Any, block: Block, lang: Lang) -> None:
    match block:
        case Lines(pairs=pairs):
            for what, value in pairs:
                line = _tight(paper.add_paragraph())
                line.add_run(f"{what}: {value}")
        case Words(paragraphs=paragraphs, mark=mark):
            for place, words in enumerate(each for each in paragraphs if each):
                line = _tight(paper.add_paragraph())
                line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
                line.add_run(words).bold = bool(mark) and place == 0
        case Table():
            caption = paper.add_paragraph()
            caption.add_run(block.caption).bold = True
            caption.paragraph_format.keep_with_next = True
            headers, rows = block.headers(lang), block.rows(lang)
            page = paper.sections[0]
            whole_mm = (page.page_width - page.left_margin - page.right_margin) / Mm(1)
            weights = unbroken_weights(headers, rows, whole_mm)
            add_table(paper, headers, rows, block.numeric(), weights=weights,
                      sizes_pt=(CELL_PT, CELL_PT))  # fmt: skip
        case Sketch(plan=plan):
            if can_letter():
                paper.add_picture(io.BytesIO(svg_png(sketch_svg(plan))), width=Mm(SHEET_MM[0]))
                made = paper.inline_shapes[len(paper.inline_shapes) - 1]
                made._inline.docPr.set("descr", str(plan["title"]))  # noqa: SLF001 - no other door
            else:
                paper.add_paragraph(text("report.figure_no_font", lang)).runs[0].italic = True
        case Pictures():
            _pictures(paper, block)


def _pictures(paper: Any, block: Pictures) -> None:
    count = len(block.pictures)
    table = paper.add_table(rows=(count + 1) // 2, cols=2)
    _whole_rows(table)
    for place, picture in enumerate(block.pictures):
        cell = table.cell(place // 2, place % 2)
        line = cell.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        data, (wide, high) = upright(picture)
        shrink = min(_PHOTO_MM[0] / wide, _PHOTO_MM[1] / high)
        line.add_run().add_picture(io.BytesIO(data), width=Mm(wide * shrink))
        _centred(cell.add_paragraph(), picture.caption, 11, bold=False)


def _head(paper: Any, minutes: Minutes) -> None:
    """Who draws up the minutes at the left, the name of the state at the right."""
    table = paper.add_table(rows=2, cols=2)
    page = paper.sections[0]
    whole = page.page_width - page.left_margin - page.right_margin
    table.autofit = False
    for column, share in zip(table.columns, _HEAD_SHARES, strict=True):
        for cell in column.cells:
            cell.width = int(whole * share)
    for place, words in enumerate(minutes.office):
        last = place == len(minutes.office) - 1
        _centred(_next(table.cell(0, 0), place), words, 12, bold=last)
    for place, words in enumerate(minutes.state):
        run = _centred(_next(table.cell(0, 1), place), words, 12 + place)
        run.underline = place == 1
    _centred(table.cell(1, 0).paragraphs[0], minutes.number, 12, bold=False)
    _centred(table.cell(1, 1).paragraphs[0], minutes.place_and_day, 12, bold=False).italic = True


def _signatures(paper: Any, signatures: Sequence[tuple[str, str, str]]) -> None:
    table = paper.add_table(rows=(len(signatures) + 1) // 2, cols=2)
    _whole_rows(table)
    for place, (title, how, name) in enumerate(signatures):
        cell = table.cell(place // 2, place % 2)
        _centred(cell.paragraphs[0], title, 12, before=8)
        _centred(cell.add_paragraph(), how, 11, bold=False).italic = True
        _centred(cell.add_paragraph(), name, 12, before=_SIGN_GAP_PT)


def _whole_rows(table: Any) -> None:
    """No row is broken over two pages."""
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - no other door


def _next(cell: Any, place: int) -> Any:
    return cell.paragraphs[0] if place == 0 else cell.add_paragraph()


def _centred(
    paragraph: Any, words: str, size_pt: float, *, bold: bool = True, before: float = 0,
    after: float = 2,
) -> Any:  # fmt: skip
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.space_after = Pt(after)
    run = paragraph.add_run(words)
    run.bold, run.font.size = bold, Pt(size_pt)
    return run


def _tight(paragraph: Any) -> Any:
    paragraph.paragraph_format.space_after = Pt(3)
    return paragraph


def _page_number(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001 - python-docx knows no fields
