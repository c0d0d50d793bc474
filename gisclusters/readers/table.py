"""Rows and headers of CSV, TXT and XLSX files, as text cells with their row numbers.

Office tables begin with titles, have headers over two merged rows, decimal commas and a
byte-order mark.  Nothing is evaluated: a formula without a stored value is an empty cell.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl

from gisclusters.domain.issue import error
from gisclusters.errors import InputRefusedError
from gisclusters.layers.values import fold
from gisclusters.readers.files import parsing
from gisclusters.readers.text import decode, guess_encoding

MOST_ROWS = 2_000_000
MOST_COLUMNS = 200
_HEADER_LINES = 30
"""A header is looked for in this many rows from the top."""

_NUMBER = re.compile(r"^[+-]?\d[\d\s.,\u00a0]*$")


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text: ``titles`` above the header, ``headers``, and the cells below.

    ``rows[i]`` are the cells of the row that the user counts as ``numbers[i]``.
    """

    sheet: str | None
    titles: tuple[str, ...]
    headers: tuple[str, ...]
    rows: list[list[str]]
    numbers: list[int]
    encoding: str


def read_table(
    path: Path, form: str, known: set[str], *, sheet: str | None, encoding: str | None
) -> Table:
    """The first table of a file; ``known`` are folded headers that prove a header row.

    Raises InputRefusedError (``table_unreadable``, ``table_empty``, ``sheet_missing``,
    ``table_too_large``, ``encoding_unknown``).
    """
    if form == "xlsx":
        with parsing(path.name):
            name, lines, used = _workbook(path, sheet, known)
    else:
        lines, used = _delimited(path, encoding)
        name = None
    filled = [(number, cells) for number, cells in enumerate(lines, 1) if any(cells)]
    if not filled:
        raise InputRefusedError([error("table_empty", layer=path.name)])
    top = _header_place(filled, known)
    if top is None:
        width = max(len(cells) for _, cells in filled)
        return Table(name, (), tuple(f"column {i}" for i in range(1, width + 1)),
                     [cells for _, cells in filled], [number for number, _ in filled],
                     used)  # fmt: skip
    first, last = top
    headers = _joined([cells for _, cells in filled[first : last + 1]])
    titles = tuple(" ".join(cell for cell in cells if cell) for _, cells in filled[:first])
    body = filled[last + 1 :]
    if not body:
        raise InputRefusedError([error("table_empty", layer=path.name)])
    above = [cell for _, cells in filled[first : last + 1] for cell in cells if cell]
    return Table(name, (*titles, *above), tuple(headers), [cells for _, cells in body],
                 [number for number, _ in body], used)  # fmt: skip


def _delimited(path: Path, encoding: str | None) -> tuple[list[list[str]], str]:
    data = path.read_bytes()
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputRefusedError([error("not_text", layer=path.name)])
    text, used = decode_file(data, encoding, path.name)
    sample = [line for line in text.splitlines() if line.strip()][:_HEADER_LINES]
    mark = _separator(sample)
    if mark is None:
        return [line.split() for line in text.splitlines()], used
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        lines = []
        for cells in reader:
            lines.append([cell.strip() for cell in cells])
            if len(lines) > MOST_ROWS or len(cells) > MOST_COLUMNS:
                raise InputRefusedError([error("table_too_large", layer=path.name)])
    except csv.Error as fault:
        raise InputRefusedError(
            [error("table_unreadable", layer=path.name, row=reader.line_num, reason=str(fault))]
        ) from fault
    return lines, used


def _separator(sample: list[str]) -> str | None:
    """What stands between the cells: the sign that divides most lines into as many cells.

    A decimal comma divides as evenly as a semicolon, and a list inside one cell may hold
    semicolons; so evenness goes first, then the semicolon before the comma.
    """
    best: tuple[float, int, str] | None = None
    for rank, sign in enumerate((",", "|", ";", "\t")):
        counts = [len(next(csv.reader([line], delimiter=sign), [])) for line in sample]
        usual = max(set(counts), key=counts.count)
        if usual < 2:
            usual = max(counts)
        if usual < 2:
            continue
        even = round(sum(count == usual for count in counts) / len(counts), 1)
        if best is None or (even, rank) > best[:2]:
            best = (even, rank, sign)
    return None if best is None else best[2]


def decode_file(data: bytes, encoding: str | None, name: str) -> tuple[str, str]:
    """The text of a file and the encoding it was read in.  Raises InputRefusedError."""
    if encoding is not None and encoding.casefold() in {"tcvn3", "vni"}:
        return decode(data.decode("latin-1"), encoding.casefold()), encoding.casefold()
    if encoding is not None:
        try:
            return data.decode(encoding), encoding
        except (LookupError, UnicodeError) as fault:
            raise InputRefusedError(
                [error("encoding_unknown", layer=name, value=encoding, reason=str(fault))]
            ) from fault
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"),
                        (b"\xfe\xff", "utf-16")):  # fmt: skip
        if data.startswith(mark):
            return data.decode(codec, errors="replace"), codec
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        raw = data.decode("latin-1")
        best, _ = guess_encoding(np.array(raw.split(), dtype=object))
        try:
            return decode(raw, best), best
        except UnicodeDecodeError:
            return raw, "latin-1"


def _workbook(path: Path, sheet: str | None, known: set[str]) -> tuple[str, list[list[str]], str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # styles and extensions of others
        book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=True, read_only=True)
        merged = _merged(path)
    sheets = {each.title: each for each in book.worksheets}
    if sheet is not None and sheet not in sheets:
        raise InputRefusedError(
            [error("sheet_missing", layer=path.name, value=sheet, known=", ".join(sheets))]
        )
    chosen = sheets[sheet if sheet is not None else _sheet_with_data(path.name, sheets, known)]
    lines = [
        [_cell_text(cell) for cell in cells]
        for cells in chosen.iter_rows(max_col=MOST_COLUMNS, max_row=MOST_ROWS, values_only=True)
    ]
    book.close()
    while lines and not any(lines[-1]):
        lines.pop()
    width = max((n for cells in lines for n, cell in enumerate(cells, 1) if cell), default=0)
    lines = [cells[:width] for cells in lines]
    for first_row, last_row, first_column, last_column in merged.get(chosen.title, ()):
        if first_row > len(lines) or first_row > _HEADER_LINES:
            continue
        value = lines[first_row - 1][first_column - 1]
        for row in range(first_row, min(last_row, len(lines)) + 1):
            for column in range(first_column, min(last_column, len(lines[row - 1])) + 1):
                if not lines[row - 1][column - 1] and row == first_row:
                    lines[row - 1][column - 1] = value
    return chosen.title, lines, "xlsx"


def _sheet_with_data(name: str, sheets: dict[str, Any], known: set[str]) -> str:
    """The one sheet that holds a table; several are a choice for the person."""
    tops = {
        title: [
            (number, [_cell_text(cell) for cell in cells])
            for number, cells in enumerate(
                sheet.iter_rows(max_row=_HEADER_LINES, max_col=MOST_COLUMNS, values_only=True), 1
            )
        ]
        for title, sheet in sheets.items()
    }
    filled = {
        title: [(number, cells) for number, cells in lines if any(cells)]
        for title, lines in tops.items()
    }
    tables = [title for title, lines in filled.items() if len(lines) > 1]
    if len(tables) > 1:
        headed = [t for t in tables if _hits(filled[t], known) > 1]
        tables = headed if len(headed) == 1 else tables
    if len(tables) > 1:
        raise InputRefusedError([error("layer_choice", layer=name, known=", ".join(tables))])
    return tables[0] if tables else next(iter(sheets))


def _hits(lines: list[tuple[int, list[str]]], known: set[str]) -> int:
    """How many known headers the likeliest header row of some lines holds."""
    return max(
        (sum(_known(cell, known) for cell in cells if cell) for _, cells in lines), default=0
    )


def _merged(path: Path) -> dict[str, list[tuple[int, int, int, int]]]:
    """Merged ranges per sheet; a read-only workbook does not know them."""
    if path.stat().st_size > 5_000_000:
        return {}
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=True)
    found = {
        sheet.title: [(r.min_row, r.max_row, r.min_col, r.max_col)
                      for r in sheet.merged_cells.ranges]
        for sheet in book.worksheets
    }  # fmt: skip
    book.close()
    return found


def _cell_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == cell.min.time() else cell.isoformat()
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell).strip()


def _header_place(lines: list[tuple[int, list[str]]], known: set[str]) -> tuple[int, int] | None:
    """Positions of the first and last header row, None where the table has no header."""
    best: tuple[int, int] | None = None
    best_hits = 0
    for place, (_, cells) in enumerate(lines[:_HEADER_LINES]):
        hits = sum(_known(cell, known) for cell in cells if cell and not _NUMBER.match(cell))
        if hits > best_hits and hits * 2 >= 1 and sum(bool(cell) for cell in cells) > 1:
            best, best_hits = (place, place), hits
    if best is None:
        first = lines[0][1]
        words = sum(bool(cell) and not _NUMBER.match(cell) for cell in first)
        return (0, 0) if words == sum(map(bool, first)) > 1 else None
    place = best[0]
    above = place - 1
    if above >= 0:
        cells = lines[above][1]
        filled = sum(map(bool, cells))
        if (
            filled > 1
            and len({cell for cell in cells if cell}) > 1
            and not any(_NUMBER.match(cell) for cell in cells if cell)
        ):
            return above, place
    return best


def _known(cell: str, known: set[str]) -> bool:
    name = fold(cell)
    return name in known or name.removesuffix(" m") in known or name.removesuffix(" m2") in known


def _joined(rows: list[list[str]]) -> list[str]:
    """One header per column: the lowest non-empty cell of the header rows."""
    width = max(map(len, rows))
    headers = []
    for column in range(width):
        cells = [row[column] for row in rows if column < len(row) and row[column]]
        headers.append(cells[-1] if cells else f"column {column + 1}")
    seen: dict[str, int] = {}
    unique = []
    for header in headers:
        seen[header] = seen.get(header, 0) + 1
        unique.append(header if seen[header] == 1 else f"{header} ({seen[header]})")
    return unique
