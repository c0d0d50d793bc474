"""Minutes as a workbook: their words and signatures on one sheet, every table on its own."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

from gisclusters.publish.figure_image import can_letter, svg_png
from gisclusters.publish.fit_tables import View
from gisclusters.publish.minutes import make_minutes
from gisclusters.publish.minutes_page import sketch_svg
from gisclusters.publish.minutes_parts import Block, Lines, Minutes, Pictures, Sketch, Table, Words
from gisclusters.publish.photo import upright
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
_COLUMNS = (34, 60)
"""Widths of the two columns of words, in letters."""

_LINE_PT = 16
_SIGN_LINES = 5


def write_minutes_xlsx(result: Result, path: Path, lang: Lang) -> None:
    """Write the minutes of a verification as one workbook; numbers are numbers."""
    minutes = make_minutes(result, lang)
    day = result.minutes.date if result.minutes is not None else None
    book, styles = open_book(path, made_on=day)
    taken: set[str] = set()
    front = _Front(book, sheet_name(text("minutes.sheet_minutes", lang), taken))
    tables = [block for part in minutes.parts for block in part.blocks if isinstance(block, Table)]
    names = {id(table): sheet_name(table.caption, taken) for table in tables}
    front.write(minutes, names, lang)
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


class _Front:
    """The sheet of words, printed on A4 upright, filled line by line."""

    def __init__(self, book: Any, name: str) -> None:
        self.sheet = book.add_worksheet(name)
        plain = {"text_wrap": True, "valign": "top", "font_name": "Times New Roman",
                 "font_size": 12}  # fmt: skip
        self.plain = book.add_format(plain)
        self.bold = book.add_format(plain | {"bold": True})
        self.centre = book.add_format(plain | {"bold": True, "align": "center"})
        self.sheet.set_column(0, 0, _COLUMNS[0])
        self.sheet.set_column(1, 1, _COLUMNS[1])
        self.sheet.hide_gridlines(2)
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.row = 0

    def write(self, minutes: Minutes, names: dict[int, str], lang: Lang) -> None:
        """Everything but the tables and pictures, which have sheets of their own."""
        self.pair("\n".join(minutes.office), "\n".join(minutes.state), self.centre)
        self.pair(minutes.number, minutes.place_and_day, self.centre)
        self.across(minutes.title, self.centre)
        self.across(minutes.subject, self.centre)
        for part in minutes.parts:
            self.row += 1
            self.across(part.title, self.bold)
            for block in part.blocks:
                self.block(block, names, lang)
        self.row += 1
        for title, how, name in minutes.signatures:
            self.pair(f"{title}\n{how}", name, self.centre, least=_SIGN_LINES)
        self.across(minutes.note, self.plain)

    def block(self, block: Block, names: dict[int, str], lang: Lang) -> None:
        match block:
            case Lines(pairs=pairs):
                for what, value in pairs:
                    self.pair(what, value, self.plain)
            case Words(paragraphs=paragraphs):
                for words in filter(None, paragraphs):
                    self.across(words, self.plain)
            case Table():
                see = text("minutes.see_sheet", lang, name=names[id(block)])
                self.pair(block.caption, see, self.plain)
            case _:
                pass

    def pair(self, left: str, right: str, style: Any, *, least: int = 1) -> None:
        lines = max(_lines(left, _COLUMNS[0]), _lines(right, _COLUMNS[1]), least)
        self.sheet.set_row(self.row, _LINE_PT * lines)
        self.sheet.write_string(self.row, 0, left, style)
        self.sheet.write_string(self.row, 1, right, style)
        self.row += 1

    def across(self, words: str, style: Any) -> None:
        self.sheet.set_row(self.row, _LINE_PT * _lines(words, sum(_COLUMNS)))
        self.sheet.merge_range(self.row, 0, self.row, 1, "", style)
        self.sheet.write_string(self.row, 0, words, style)
        self.row += 1


def _photos(sheet: Any, block: Pictures) -> None:
    line_px = 20
    rows = _PHOTO_PX // line_px + 2
    sheet.set_column(0, 3, 24)
    for place, picture in enumerate(block.pictures):
        data, size = upright(picture)
        shrink = _PHOTO_PX / max(size)
        row, column = place // 2 * rows, place % 2 * 2
        sheet.write_string(row, column, picture.caption)
        sheet.insert_image(
            row + 1, column, "photo", {"image_data": io.BytesIO(data),
            "x_scale": shrink, "y_scale": shrink, "description": picture.caption},
        )  # fmt: skip


def _lines(words: str, letters: int) -> int:
    """How many lines the words ask for in a column so many letters wide."""
    fewer = letters * 0.9  # twelve points are wider than the letters columns are counted in
    return sum(max(math.ceil(len(line) / fewer), 1) for line in words.split("\n"))
