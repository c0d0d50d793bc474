"""Results as an XLSX workbook: values with units, no formulas, a sheet that defines them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import xlsxwriter

from gisclusters.publish.document import issue_rows, plain
from gisclusters.publish.fit_tables import View
from gisclusters.publish.report import run_lines, said_first
from gisclusters.publish.result import Result
from gisclusters.publish.tables import Column, category_word, columns_of, written
from gisclusters.publish.views import sheets
from gisclusters.words import Lang, has_text, text

SAID_LETTERS, _LINE_PT = 110, 16
_UNITS = {"area": "m2", "metres": "m", "share": "share", "count": "count", "day": "day",
          "points": "points", "figure": "figure"}  # fmt: skip
_FORMATS = {"area": "#,##0.0", "metres": "0.000", "share": "0.00%", "count": "0",
            "points": "0.0", "figure": "#,##0.00"}  # fmt: skip
_SHEET_LETTERS = 31
"""What Excel gives a name of a sheet."""


def write_workbook(results: Sequence[Result], path: Path, lang: Lang) -> None:
    """Write one workbook for the results of one job.

    Sheets: one per table of findings, then issues, sources and definitions.  Numbers are
    numbers; text is always text, whatever it begins with.
    """
    days = [result.run.as_of for result in results if result.run.as_of is not None]
    book, styles = open_book(path, made_on=max(days, default=None))
    used: list[Column] = []
    taken: set[str] = set()
    add_said(book, results, styles, taken, lang)
    for result in results:
        for view in sheets(result):
            columns = columns_of(view.subject, view.frame, lang)
            used += columns
            title = text(f"report.title_{view.subject}", lang)
            add_table(
                book, sheet_name(title, taken), title, result, view, columns, styles, lang
            )  # fmt: skip
    add_issues(book, results, styles, taken, lang)
    add_definitions(book, used, styles, taken, lang)
    book.close()


def open_book(path: Path, *, made_on: date | None) -> tuple[Any, dict[str, Any]]:
    """A new workbook and its cell formats by name; equal results make equal files."""
    book = xlsxwriter.Workbook(
        str(path),
        {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    if made_on is not None:
        book.set_properties({"created": datetime.combine(made_on, time())})
    styles = {form: book.add_format({"num_format": code}) for form, code in _FORMATS.items()}
    styles["head"] = book.add_format(
        {"bold": True, "bg_color": "#12436D", "font_color": "#FFFFFF", "text_wrap": True,
         "valign": "top"}
    )  # fmt: skip
    styles["said"] = book.add_format({"text_wrap": True, "valign": "top"})
    styles["title"] = book.add_format({"bold": True, "font_size": 14})
    return book, styles


def add_said(
    book: Any, results: Sequence[Result], styles: dict[str, Any], taken: set[str], lang: Lang
) -> None:
    """The sheet of sentences with which a workbook begins, where a result has any."""
    lines = [(result.run.id, said_first(result, lang)) for result in results]
    if not any(said for _, said in lines):
        return
    title = text("efficiency.sheet_summary", lang)
    sheet = book.add_worksheet(sheet_name(title, taken))
    sheet.write_string(0, 0, title, styles["title"])
    sheet.set_column(0, 0, SAID_LETTERS)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    row = 1
    for run_id, said in lines:
        if said:
            sheet.write_string(row, 0, f"{text('report.run', lang)}: {run_id}")
            row = write_said(sheet, row + 2, said, styles["said"])


def write_said(sheet: Any, row: int, said: Sequence[str], style: Any) -> int:
    """Sentences in the first column, each in a row as high as it asks; the next free row."""
    for words in said:
        sheet.set_row(row, _LINE_PT * math.ceil(len(words) / (SAID_LETTERS * 0.9)))
        sheet.write_string(row, 0, words, style)
        row += 1
    return row


def add_issues(
    book: Any, results: Sequence[Result], styles: dict[str, Any], taken: set[str], lang: Lang
) -> None:
    """The sheets of issues and of sources."""
    _plain_sheet(
        book, sheet_name(text("report.issues", lang), taken),
        ["level", "code", "layer", "row", "id", "field", "value", "message", "remedy"],
        [row for result in results for row in issue_rows(result.issues, lang)], styles, lang,
    )  # fmt: skip
    _plain_sheet(
        book, sheet_name(text("report.sources", lang), taken), ["what", "value"],
        [
            {"what": what, "value": value}
            for result in results
            for what, value in run_lines(result, lang)
        ], styles, lang,
    )  # fmt: skip


def add_definitions(
    book: Any, used: Sequence[Column], styles: dict[str, Any], taken: set[str], lang: Lang
) -> None:
    """The sheet that says what each column means, and in which unit."""
    _plain_sheet(
        book, sheet_name(text("report.definitions", lang), taken), ["column", "unit", "meaning"],
        [
            {"column": f"{column.header(lang)} ({column.name})",
             "unit": text(f"report.unit_{_UNITS.get(column.form, 'text')}", lang),
             "meaning": text(f"report.def_{column.name}", lang)
             if has_text(f"report.def_{column.name}") else ""}
            for column in dict.fromkeys(used)
        ], styles, lang,
    )  # fmt: skip


def add_table(
    book: Any,
    name: str,
    title: str,
    result: Result,
    view: View,
    columns: list[Column],
    styles: dict[str, Any],
    lang: Lang,
) -> None:
    """One sheet of findings with its title, its run and a head that stays."""
    sheet, frame = book.add_worksheet(name), view.frame
    sheet.write_string(0, 0, title, styles["title"])
    sheet.write_string(1, 0, f"{text('report.run', lang)}: {result.run.id}")
    for place, column in enumerate(columns):
        sheet.write_string(3, place, column.header(lang), styles["head"])
        cells = frame[column.name].to_numpy(dtype=object)
        longest = len(column.header(lang)) // 2
        for line, cell in enumerate(cells):
            longest = max(longest, _cell(sheet, line + 4, place, cell, column, styles, lang))
        sheet.set_column(place, place, min(max(longest + 2, 9), 48))
    sheet.freeze_panes(4, 1)
    if len(frame) and columns:
        sheet.autofilter(3, 0, 3 + len(frame), len(columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3)


def _cell(
    sheet: Any, line: int, place: int, cell: object, column: Column, styles: dict[str, Any],
    lang: Lang,
) -> int:  # fmt: skip
    value = plain(cell)
    if value is None:
        return 0
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        sheet.write_number(line, place, value, styles.get(column.form))
        return 10
    if column.form == "yes":
        value = text("report.yes" if value else "report.no", lang)
    elif column.form == "category":
        value = category_word(str(value), lang)
    elif column.form == "word" and has_text(f"{column.words}_{value}"):
        value = text(f"{column.words}_{value}", lang)
    elif column.form in {"words", "listed"}:
        value = written(value, column, lang)
    shown = str(value)[:32_000]
    sheet.write_string(line, place, shown)
    return len(shown)


def _plain_sheet(
    book: Any, name: str, names: list[str], rows: list[dict[str, Any]], styles: dict[str, Any],
    lang: Lang,
) -> None:  # fmt: skip
    sheet = book.add_worksheet(name)
    for place, column in enumerate(names):
        sheet.write_string(0, place, text(f"report.col_{column}", lang), styles["head"])
        for line, row in enumerate(rows):
            value = row.get(column)
            if value is not None:
                sheet.write_string(line + 1, place, str(value)[:32_000])
        sheet.set_column(
            place, place, 60 if column in {"message", "remedy", "meaning", "value"} else 18
        )


def sheet_name(title: str, taken: set[str]) -> str:
    """A name of whole words that Excel takes and no other sheet bears."""
    words = " ".join(re.sub(r"[\[\]:*?/\\']", " ", title).split())
    name, number = _whole_words(words, _SHEET_LETTERS), 2
    while name.casefold() in taken:
        end = f" {number}"
        name, number = _whole_words(words, _SHEET_LETTERS - len(end)) + end, number + 1
    taken.add(name.casefold())
    return name


def _whole_words(words: str, most: int) -> str:
    """The first words that fit; a bracket that would stay open goes with what it opens."""
    if len(words) <= most:
        return words
    cut = words[: most + 1].rpartition(" ")[0] or words[:most]
    if cut.count("(") > cut.count(")"):
        cut = cut[: cut.rindex("(")] or cut
    return cut.rstrip(" ,;–-")
