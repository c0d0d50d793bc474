"""The dossier of a cluster as a Word paper on A4 landscape that an office can edit."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from docx.shared import Mm, Pt

from gisclusters.publish.canvas import Drawing
from gisclusters.publish.dossier import Ground, Map, Piece, Points, make_dossier
from gisclusters.publish.dossier_page import map_svg
from gisclusters.publish.figure_image import WIDTH_MM, can_letter, svg_png
from gisclusters.publish.minutes_parts import Table, Words
from gisclusters.publish.report import sections
from gisclusters.publish.result import Result
from gisclusters.publish.word_document import add_basis
from gisclusters.publish.word_paper import (
    CELL_PT,
    add_drawing,
    add_table,
    new_paper,
    unbroken_weights,
)
from gisclusters.words import Lang, text


def write_dossier_docx(result: Result, ground: Ground, path: Path, lang: Lang) -> None:
    """Write the dossier as one Word document; its charts are pictures with their titles."""
    dossier = make_dossier(result, ground, lang)
    paper = new_paper(lang, made_on=result.run.as_of, size_pt=11, wide=True)
    page = paper.sections[0]
    page.top_margin = page.bottom_margin = Mm(12)  # the map is 162 mm high at its true scale
    page.header_distance = page.footer_distance = Mm(5)
    foot = page.footer.paragraphs[0]
    foot.text = f"{dossier.subject} · {text('efficiency.dossier_run', lang, id=dossier.run_id)}"
    paper.add_heading(dossier.title, level=0)
    paper.add_paragraph().add_run(dossier.subject).bold = True
    if dossier.facts:
        paper.add_paragraph(" · ".join(f"{what}: {value}" for what, value in dossier.facts))
    paper.add_paragraph(
        f"{dossier.day} · {text('efficiency.dossier_run', lang, id=dossier.run_id)}"
    )
    for part in dossier.parts:
        heading = paper.add_heading(part.title, level=1)
        if isinstance(part.blocks[0], Map):
            heading.paragraph_format.page_break_before = True
            heading.paragraph_format.space_before = Pt(0)
        for place, block in enumerate(part.blocks, 1):
            leads = place < len(part.blocks) and isinstance(block, Words)
            _block(paper, block, lang)
            paper.paragraphs[-1].paragraph_format.keep_with_next = leads or None
    paper.add_heading(f"{len(dossier.parts) + 1}. {text('efficiency.part_basis', lang)}", level=1)
    [section] = sections([result], lang)
    add_basis(paper, section, lang)
    paper.save(str(path))


def _block(paper: Any, block: Piece, lang: Lang) -> None:
    match block:
        case Points(sentences=said):
            for words in said:
                paper.add_paragraph(words, style="List Bullet")
        case Words(paragraphs=paragraphs, mark=mark):
            for words in filter(None, paragraphs):
                paper.add_paragraph().add_run(words).bold = bool(mark)
        case Table():
            caption = paper.add_paragraph()
            caption.add_run(block.caption).bold = True
            caption.paragraph_format.keep_with_next = True
            headers, rows = block.headers(lang), block.rows(lang)
            page = paper.sections[0]
            whole_mm = (page.page_width - page.left_margin - page.right_margin) / Mm(1)
            add_table(paper, headers, rows, block.numeric(), sizes_pt=(CELL_PT, CELL_PT - 0.5),
                      weights=unbroken_weights(headers, rows, whole_mm))  # fmt: skip
        case Drawing():
            add_drawing(paper, block, lang)
        case Map(plan=plan):
            if not can_letter():
                paper.add_paragraph(text("report.figure_no_font", lang)).runs[0].italic = True
                return
            paper.add_picture(io.BytesIO(svg_png(map_svg(plan))), width=Mm(WIDTH_MM))
            made = paper.inline_shapes[len(paper.inline_shapes) - 1]
            made._inline.docPr.set("descr", str(plan["title"]))  # noqa: SLF001 - no other door
