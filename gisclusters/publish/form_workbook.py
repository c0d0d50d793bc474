"""An official form as a workbook: the form on A4, then what each cell rests on, then the gaps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from gisclusters.publish.drafts import check_place
from gisclusters.publish.fit_tables import View
from gisclusters.publish.result import Result
from gisclusters.publish.standing_tables import STANDING_TABLES, written_figure
from gisclusters.publish.workbook import (
    add_definitions,
    add_issues,
    add_table,
    open_book,
    sheet_name,
)
from gisclusters.words import Lang, text

FORMATS = (".xlsx", ".csv", ".json")
_WIDTHS = (6, 46, 11, 13, 30)
"""No., indicator, unit, value, note, in letters: together an upright A4 sheet."""

_NUMBERS = {"cluster": "#,##0", "project": "#,##0", "person": "#,##0", "flag": "0"}
_LINE_PT = 15.5


def check_form_out(path: Path, *, force: bool) -> None:
    """Refuse an output that a form cannot be written to, before any work."""
    check_place(path, FORMATS, force=force)


def write_form_xlsx(result: Result, path: Path, lang: Lang) -> None:
    """Write a filled form.

    Sheets: the form (No., indicator, unit, value, note; a value nobody knows is an empty cell
    whose note says how many clusters lack what), the trace of every value down to clusters and
    parcels, the gaps with what to bring in, the parcels counted, issues, sources, definitions.
    """
    head: Mapping[str, Any] = result.extra["form"]
    book, styles = open_book(path, made_on=head["last_day"])
    taken: set[str] = set()
    _form_sheet(book, sheet_name(_say("sheet_form", lang, form=head["form"]), taken), result, lang)
    used = []
    for name in ("trace", "gaps", "parcels_counted"):
        columns = list(STANDING_TABLES[name])
        frame = pd.DataFrame(result.extra[name], columns=_columns(result.extra[name], name))
        if name == "gaps":
            frame = frame.assign(remedy=[_remedy(row, lang) for row in frame.to_dict("records")])
            columns = [*columns, *STANDING_TABLES["gap_remedy"]]
        title = text(f"report.title_{name}", lang)
        view = View(name, frame)
        add_table(book, sheet_name(title, taken), title, result, view, columns, styles, lang)
        used += columns
    add_issues(book, [result], styles, taken, lang)
    add_definitions(book, used, styles, taken, lang)
    book.close()


def _columns(rows: list[dict[str, Any]], name: str) -> list[str]:
    return list(rows[0]) if rows else [column.name for column in STANDING_TABLES[name]]


def _remedy(row: Mapping[Any, Any], lang: Lang) -> str:
    return _say(f"remedy_{row['gap']}", lang, needed=row["needed"], period=row["period"],
                cluster=row["cluster_id"])  # fmt: skip


def _form_sheet(book: Any, name: str, result: Result, lang: Lang) -> None:
    head, (lines,) = result.extra["form"], result.findings
    plain: dict[str, object] = {
        "font_name": "Times New Roman",
        "font_size": 11,
        "valign": "top",
        "text_wrap": True,
    }
    style = {
        "plain": book.add_format(plain),
        "right": book.add_format(plain | {"align": "right"}),
        "title": book.add_format(plain | {"bold": True, "align": "center", "font_size": 13}),
        "centre": book.add_format(plain | {"align": "center"}),
        "head": book.add_format(plain | {"bold": True, "align": "center", "border": 1,
                                         "valign": "vcenter", "bg_color": "#E8EDF2"}),
        "cell": book.add_format(plain | {"border": 1}),
        "mid": book.add_format(plain | {"border": 1, "align": "center"}),
        "small": book.add_format(plain | {"border": 1, "font_size": 9}),
        "empty": book.add_format(plain | {"border": 1, "bg_color": "#FFF4D6"}),
        "foot": book.add_format(plain | {"font_size": 9, "italic": True}),
        "sign": book.add_format(plain | {"bold": True, "align": "center"}),
    }  # fmt: skip
    sheet = book.add_worksheet(name)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    top = [
        ("plain", _say("head_form", lang, form=head["form"], article=head["article"])),
        ("plain", _say(f"route_{head['form']}", lang)),
        ("title", _say("title", lang)),
        ("centre", _place_words(head, lang)),
        ("centre", _period_words(head, lang)),
        ("centre", _say("due", lang, day=head["due_before"])),
    ]
    for row, (form, words) in enumerate(top):
        sheet.set_row(row, _LINE_PT * (1 + len(words) // 95) + (4 if form == "title" else 0))
        sheet.merge_range(row, 0, row, 4, "", style[form])
        sheet.write_string(row, 0, words, style[form])
    start = len(top) + 1
    for column, key in enumerate(("no", "indicator", "unit", "value", "note")):
        sheet.write_string(start, column, _say(f"col_{key}", lang), style["head"])
    for number, row in enumerate(lines.to_dict("records"), start + 1):
        _line(book, sheet, number, row, plain, style, lang)
    foot = start + len(lines) + 2
    for words in (_say("foot_empty", lang), _say("foot_rules", lang),
                  f"{text('report.run', lang)}: {result.run.id}"):  # fmt: skip
        sheet.set_row(foot, 12 * (1 + len(words) // 105))
        sheet.merge_range(foot, 0, foot, 4, "", style["foot"])
        sheet.write_string(foot, 0, words, style["foot"])
        foot += 1
    for first, last, key in ((0, 1, "sign_maker"), (2, 4, "sign_head")):
        sheet.merge_range(foot + 1, first, foot + 1, last, "", style["sign"])
        sheet.write_string(foot + 1, first, _say(key, lang), style["sign"])
    sheet.set_row(foot + 1, _LINE_PT * 5)
    sheet.set_paper(9)
    sheet.set_portrait()
    sheet.set_margins(left=0.6, right=0.5, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(start)
    sheet.set_footer("&C&P/&N")
    sheet.hide_gridlines(2)


def _line(
    book: Any, sheet: Any, number: int, row: Mapping[Any, Any], plain: dict[str, object],
    style: Mapping[str, Any], lang: Lang,
) -> None:  # fmt: skip
    unit, value = str(row["form_unit"]), row["value"]
    known = value is not None and not pd.isna(value)
    sheet.write_string(number, 0, row["line"], style["mid"])
    inset = "    " if "." in row["line"] else ""
    words = inset + text(f"efficiency.form_line_{row['indicator']}", lang)
    sheet.write_string(number, 1, words, style["cell"])
    sheet.write_string(number, 2, text(f"efficiency.form_unit_{unit}", lang), style["mid"])
    if known:
        form = plain | {"border": 1, "num_format": _NUMBERS.get(unit, "#,##0.00")}
        sheet.write_number(number, 3, float(value), book.add_format(form))
    else:
        sheet.write_blank(number, 3, None, style["empty"])
    note = _note(row, lang, known=known)
    sheet.write_string(number, 4, note, style["small"])
    high = max(_LINE_PT * -(-len(words) // 40), 12.5 * -(-len(note) // 38))
    sheet.set_row(number, max(_LINE_PT, high) + 2)


def _note(row: Mapping[Any, Any], lang: Lang, *, known: bool) -> str:
    notes = [text(f"efficiency.form_note_{code}", lang) for code in row["notes"]]
    if not known:
        part = row["known_part"]
        shown = "–" if part is None or pd.isna(part) else written_figure(part, "figure", lang)
        notes.insert(0, _say("note_open", lang, count=int(row["gaps_count"]), known=shown))
    return "; ".join(notes)


def _period_words(head: Mapping[str, Any], lang: Lang) -> str:
    key = "period_half" if str(head["period"]).endswith("H1") else "period_year"
    first, last = (date.fromisoformat(str(head[name])[:10]) for name in ("first_day", "last_day"))
    return _say(key, lang, year=str(head["period"])[:4], first=first, last=last)


def _place_words(head: Mapping[str, Any], lang: Lang) -> str:
    return _say(f"place_{head['level']}", lang, name=head["place"])


def _say(key: str, lang: Lang, /, **params: object) -> str:
    return text(f"forms.{key}", lang, **params)
