"""The dossier of a cluster as a workbook: its words first, a sheet a table, charts, definitions."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from gisclusters.publish.canvas import Drawing
from gisclusters.publish.dossier import Dossier, Ground, Map, make_dossier
from gisclusters.publish.dossier_page import map_svg
from gisclusters.publish.figure_image import can_letter, svg_png
from gisclusters.publish.fit_tables import View
from gisclusters.publish.minutes_parts import Table, Words
from gisclusters.publish.result import Result
from gisclusters.publish.workbook import (
    SAID_LETTERS,
    add_definitions,
    add_issues,
    add_table,
    open_book,
    sheet_name,
    write_said,
)
from gisclusters.words import Lang, text

_SHRINK = 0.45
_ROW_PX = 20
_PX_A_MM = 200 / 25.4 * _SHRINK


def write_dossier_xlsx(result: Result, ground: Ground, path: Path, lang: Lang) -> None:
    """Write the dossier as one workbook; numbers are numbers, nothing is a formula."""
    dossier = make_dossier(result, ground, lang)
    book, styles = open_book(path, made_on=result.run.as_of)
    taken: set[str] = set()
    front = book.add_worksheet(sheet_name(text("efficiency.sheet_dossier", lang), taken))
    tables: list[Table] = dossier.blocks(Table)
    names = {id(table): sheet_name(table.caption, taken) for table in tables}
    _front(front, dossier, names, styles, lang)
    for table in tables:
        view = View(table.name, table.frame)
        add_table(book, names[id(table)], table.caption, result, view, table.columns, styles, lang)
    if can_letter():
        _charts(book, dossier, taken, lang)
    add_issues(book, [result], styles, taken, lang)
    add_definitions(
        book, [column for table in tables for column in table.columns], styles, taken, lang
    )
    book.close()


def _front(
    sheet: Any, dossier: Dossier, names: dict[int, str], styles: dict[str, Any], lang: Lang
) -> None:
    sheet.set_column(0, 0, SAID_LETTERS)
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, dossier.title, styles["title"])
    sheet.write_string(1, 0, dossier.subject, styles["title"])
    run = text("efficiency.dossier_run", lang, id=dossier.run_id)
    sheet.write_string(2, 0, f"{dossier.day} · {run}")
    sheet.write_string(3, 0, " · ".join(f"{what}: {value}" for what, value in dossier.facts))
    row = 5
    for part in dossier.parts:
        sheet.write_string(row, 0, part.title, styles["title"])
        row += 1
        for block in part.blocks:
            if isinstance(block, Table):
                said = [text("efficiency.see_sheet", lang, name=names[id(block)])]
            elif isinstance(block, (Drawing, Map)):
                said = []
            else:
                said = list(block.paragraphs if isinstance(block, Words) else block.sentences)
            row = write_said(sheet, row, said, styles["said"])
        row += 1


def _charts(book: Any, dossier: Dossier, taken: set[str], lang: Lang) -> None:
    """Charts and map below one another, each as a picture with its title."""
    sheet = book.add_worksheet(sheet_name(text("efficiency.sheet_charts", lang), taken))
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    row = 0
    for drawing in dossier.blocks(Drawing) + dossier.blocks(Map):
        is_map = isinstance(drawing, Map)
        svg = map_svg(drawing.plan) if is_map else drawing.svg
        title = drawing.plan["title"] if is_map else drawing.title
        high_mm = _MAP_MM if is_map else drawing.height_mm
        sheet.insert_image(
            row, 0, "chart.png",
            {"image_data": io.BytesIO(svg_png(svg)), "description": title,
             "x_scale": _SHRINK, "y_scale": _SHRINK},
        )  # fmt: skip
        row += int(high_mm * _PX_A_MM / _ROW_PX) + 3


_MAP_MM = 162.0
