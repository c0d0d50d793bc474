"""Minutes as a workbook: their words and signatures on one sheet, every table on its own."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from gisclusters.publish.figure_image import can_letter, svg_png
from gisclusters.publish.fit_tables import View
from gisclusters.publish.minutes import make_minutes
from gisclusters.publish.minutes_page import sketch_svg
from gisclusters.publish.minutes_parts import Lines, Minutes, Pictures, Sketch, Table, Words
from gisclusters.publish.result import Result
from gisclusters.publish.workbook import (
    add_definitions,
    add_issues,
    add_table,
    open_book,
    sheet_name,
)
from gisclusters.words import Lang, text

_PHOTO_PX = 320
_LETTERS_A_LINE = 92
_LINE_PT = 16


def write_minutes_xlsx(result: Result, path: Path, lang: Lang) -> None:
    """Write the minutes of a verification as one workbook; numbers are numbers."""
    minutes = make_minutes(result, lang)
    day = result.minutes.date if result.minutes is not None else None
    book, styles = open_book(path, made_on=day)
    taken: set[str] = set()
    front = book.add_worksheet(sheet_name(text("minutes.sheet_minutes", lang), taken))
    tables = [block for part in minutes.parts for block in part.blocks if isinstance(block, Table)]
    names = {id(table): sheet_name(table.caption, taken) for table in tables}
    _front(book, front, minutes, names, lang)
    for table in tables:
        view = View(table.name, table.frame)
        add_table(book, names[id(table)], table.caption, result, view, table.columns, styles, lang)
    for part in minutes.parts:
        for block in part.blocks:
            if isinstance(block, Sketch) and can_letter():
                sheet = book.add_worksheet(sheet_name(text("minutes.sketch", lang), taken))
                picture = io.BytesIO(svg_png(sketch_svg(block.plan)))
                sheet.insert_image(0, 0, "sketch.png", {"image_data": picture,
                                   "description": block.plan["title"]})  # fmt: skip
                sheet.fit_to_pages(1, 1)
                sheet.set_paper(9)
            elif isinstance(block, Pictures):
                sheet = book.add_worksheet(sheet_name(text("minutes.part_photos", lang), taken))
                _photos(sheet, block)
    add_issues(book, [result], styles, taken, lang)
    add_definitions(
        book, [column for table in tables for column in table.columns], styles, taken, lang
    )
    book.close()


def _front(
    book: Any, sheet: Any, minutes: Minutes, names: dict[int, str], lang: Lang
) -> None:  # fmt: skip
    """The words of the minutes, printed on A4 upright."""
    wrap = book.add_format({"text_wrap": True, "valign": "top", "font_name": "Times New Roman",
                            "font_size": 12})  # fmt: skip
    bold = book.add_format({"text_wrap": True, "valign": "top", "bold": True,
                            "font_name": "Times New Roman", "font_size": 12})  # fmt: skip
    centre = book.add_format({"text_wrap": True, "align": "center", "valign": "top", "bold": True,
                              "font_name": "Times New Roman", "font_size": 12})  # fmt: skip
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 62)
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    row = 0

    def both(left: str, right: str, first: Any, second: Any) -> None:
        nonlocal row
        lines = max(_lines(left, 34), _lines(right, 62))
        sheet.set_row(row, _LINE_PT * lines)
        sheet.write_string(row, 0, left, first)
        sheet.write_string(row, 1, right, second)
        row += 1

    def across(words: str, style: Any) -> None:
        nonlocal row
        sheet.set_row(row, _LINE_PT * _lines(words, _LETTERS_A_LINE))
        sheet.merge_range(row, 0, row, 1, "", style)
        sheet.write_string(row, 0, words, style)
        row += 1

    both("\n".join(minutes.office), "\n".join(minutes.state), centre, centre)
    both(minutes.number, minutes.place_and_day, centre, centre)
    across(minutes.title, centre)
    across(minutes.subject, centre)
    for part in minutes.parts:
        row += 1
        across(part.title, bold)
        for block in part.blocks:
            match block:
                case Lines(pairs=pairs):
                    for what, value in pairs:
                        both(what, value, wrap, wrap)
                case Words(paragraphs=paragraphs):
                    for words in paragraphs:
                        if words:
                            across(words, wrap)
                case Table():
                    both(block.caption, text("minutes.see_sheet", lang, name=names[id(block)]),
                         wrap, wrap)  # fmt: skip
                case _:
                    pass
    row += 1
    for title, how, name in minutes.signatures:
        both(f"{title}\n{how}", name, centre, centre)
        sheet.set_row(row - 1, _LINE_PT * 5)
    across(minutes.note, wrap)


def _photos(sheet: Any, block: Pictures) -> None:
    line_px = 20
    rows = _PHOTO_PX // line_px + 2
    sheet.set_column(0, 3, 24)
    for place, picture in enumerate(block.pictures):
        shrink = _PHOTO_PX / max(picture.size)
        row, column = place // 2 * rows, place % 2 * 2
        sheet.write_string(row, column, picture.caption)
        sheet.insert_image(
            row + 1, column, "photo", {"image_data": io.BytesIO(picture.data),
            "x_scale": shrink, "y_scale": shrink, "description": picture.caption},
        )  # fmt: skip


def _lines(words: str, letters: int) -> int:
    """How many lines the words ask for in a column so many letters wide."""
    return sum(-(-max(len(line), 1) // letters) for line in words.split("\n"))
