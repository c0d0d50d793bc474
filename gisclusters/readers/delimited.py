"""CSV and TXT files to cells: what divides them, and in which encoding each is written."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from gisclusters.domain.issue import Issue, error, info
from gisclusters.errors import InputRefusedError
from gisclusters.layers.values import plain_number
from gisclusters.readers.grid import MOST_COLUMNS, MOST_ROWS, Grid, Wide
from gisclusters.readers.guessing import guess, uncertain
from gisclusters.readers.text import decode_values, usable_encoding

_SAMPLE_LINES = 60
_MOST_PAIRED = 16
"""Coordinates in a line that is still a point: in two or three systems, with its heights, its
errors in millimetres (``0.008`` looks like a thousand), its times and the same of its base."""
_LONGEST_CELL = min(sys.maxsize, 2**31 - 1)
_PER_CELL = frozenset({"tcvn3", "vni", "cp1258"})
_OUTLINE = re.compile(
    r"(?:POINT|STRING|POLYGON|CURVE|SURFACE|TIN|TRIANGLE)\s*[ZM]{0,2}\s*\(", re.IGNORECASE
)
_BREAK = re.compile(r"\r\n|\n|\r")
_GAP = re.compile(r"\s{2,}|\t")
_DEGREES = re.compile(r"\d{1,3}\s*[°ºd:]\s*\d|\d{1,3}[.,]\d{4,}[°NSEWBĐ]*$")
_METRES = re.compile(r"[+-]?(?:\d{6,7}|\d{1,3}(?:[ .,]\d{3}){1,2})(?:[.,]\d+)?")


def read_delimited(path: Path, encoding: str | None) -> Grid:
    """The cells of a CSV or TXT file, whatever stands between them.

    Bytes that are no UTF-8 are decoded cell by cell, and the choice is said
    (``encoding_guessed``).  Raises InputRefusedError (``not_text``, ``table_unreadable``,
    ``table_too_large``, ``encoding_unknown``, ``quote_open``).
    """
    data = path.read_bytes()
    many = max(data.count(b"\n"), data.count(b"\r")) > MOST_ROWS
    if many and b'"' not in data:
        raise InputRefusedError([error("table_too_large", layer=path.name)])
    text, used = decoded_text(data, encoding, path.name)
    del data
    if many:
        _refuse_rows(text, path.name)
    lines = _cells(text, path.name)
    grid = Grid(sheet=None, encoding=used)
    wide = Wide()
    for number, cells in lines:
        if len(cells) > MOST_COLUMNS:
            for column in range(MOST_COLUMNS, len(cells)):
                if cells[column]:
                    wide.note(number, column + 1)
            cells = cells[:MOST_COLUMNS]  # noqa: PLW2901 - the rest was noted
        if any(cells):
            grid.rows.append(cells)
            grid.numbers.append(number)
        if number > MOST_ROWS:
            raise InputRefusedError([error("table_too_large", layer=path.name)])
    grid.issues += wide.told(path.name)
    if used in _PER_CELL or used == "latin-1":
        grid.encoding, said = _decode_cells(grid.rows, grid.numbers, encoding, path.name)
        grid.issues += said
    return grid


def _refuse_rows(text: str, name: str) -> None:
    """Refuse a table of too many rows before any is kept; a quoted cell may hold several lines."""
    for number, _ in _cells(text, name):
        if number > MOST_ROWS:
            raise InputRefusedError([error("table_too_large", layer=name)])


def decoded_text(data: bytes, encoding: str | None, name: str) -> tuple[str, str]:
    """The text of a file and its encoding; ``latin-1`` where the cells are still bytes."""
    head = data[:4096]
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"),
                        (b"\xfe\xff", "utf-16")):  # fmt: skip
        if data.startswith(mark) and encoding is None:
            return data.decode(codec, errors="replace"), codec
    if encoding is not None:
        used = usable_encoding(encoding, name)
        if used in _PER_CELL:
            return data.decode("latin-1"), used
        try:
            return data.decode(used).removeprefix("\ufeff"), used
        except UnicodeError as fault:
            raise InputRefusedError(
                [error("encoding_unknown", layer=name, value=encoding, reason=str(fault))]
            ) from fault
    if b"\0" in head:
        wide = _without_mark(head)
        if wide is None:
            raise InputRefusedError([error("not_text", layer=name)])
        return data.decode(wide, errors="replace"), wide
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _without_mark(head: bytes) -> str | None:
    """UTF-16 that says nothing of itself: every other byte of Latin text is zero."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > 0.4 * half and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * half and odd == 0 else None


def _decode_cells(
    rows: list[list[str]], numbers: Sequence[int], encoding: str | None, name: str
) -> tuple[str, list[Issue]]:
    """Decode cells that hold bytes, in place: UTF-8 where a cell is, else the file's own."""
    places = [(r, c) for r, cells in enumerate(rows) for c, cell in enumerate(cells)
              if not cell.isascii()]  # fmt: skip
    values = np.array([rows[r][c] for r, c in places], dtype=object)
    whole = np.array([_is_utf8(value) for value in values], dtype=bool)
    bare = values[~whole]
    found = guess(bare)
    used = found.encoding if encoding is None else encoding.casefold()
    values[whole] = decode_values(values[whole], "utf-8")[0]
    values[~whole] = decode_values(values[~whole], used)[0]
    for (r, c), value in zip(places, values, strict=True):
        rows[r][c] = str(value)
    if encoding is not None:
        return used, []
    if not found.sure:
        there = [(numbers[r], f"#{c + 1}") for (r, c), utf8 in zip(places, whole, strict=True)
                 if not utf8]  # fmt: skip
        return used, uncertain(found, bare, there, name)
    return used, [info("encoding_guessed", layer=name, value=used, count=len(bare),
                       score=found.score or 0.0)]  # fmt: skip


def _is_utf8(value: str) -> bool:
    try:
        value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _cells(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Row by row, numbered as the user counts, the cells trimmed."""
    sample = [line for line in _BREAK.split(text[:200_000]) if line.strip()][:_SAMPLE_LINES]
    mark = _separator(sample)
    if mark in {"gap", "space"}:
        divide = _GAP.split if mark == "gap" else str.split
        for number, line in enumerate(_BREAK.split(text), 1):
            yield number, [cell.strip() for cell in divide(line.strip())]
        return
    with _long_cells():
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        try:
            for number, cells in enumerate(reader, 1):
                for cell in cells:
                    if "\n" in cell and _holds_rows(cell, mark):
                        raise InputRefusedError(
                            [error("quote_open", layer=name, row=number, value=cell[:60])]
                        )
                yield number, [cell.strip() for cell in cells]
        except csv.Error as fault:
            raise InputRefusedError(
                [error("table_unreadable", layer=name, row=reader.line_num, reason=str(fault))]
            ) from fault


def _holds_rows(cell: str, mark: str) -> bool:
    """Whether a quoted cell of several lines swallowed rows of points: a quote was left open.

    A number that goes on in another line did so too: the next quote closed it.
    """
    first, *rest = _BREAK.split(cell)
    return any(_holds_pair(_divided(line, mark)) for line in rest) or (
        _is_coordinate(first) and any(map(str.strip, rest))
    )


@contextmanager
def _long_cells() -> Iterator[None]:
    """Outlines written as text are longer than csv's limit; it is put back afterwards."""
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _separator(sample: list[str]) -> str:
    """What stands between the cells: a sign, ``gap`` (two spaces or more), or ``space``.

    The sign under which most lines hold a pair of coordinates; where none does (a list of
    leases), the one that divides most lines into as many cells.  A decimal comma divides as
    evenly as a semicolon, so of equals the semicolon goes before the comma.
    """
    drawn = [_OUTLINE.search(line) is not None for line in sample]
    best: tuple[float, float, int] | None = None
    chosen = "space"
    for rank, sign in enumerate(("space", "gap", ",", "|", ";", "\t")):
        rows = [_divided(line, sign) for line in sample]
        counts = [len(cells) for cells in rows]
        usual = max(set(counts), key=counts.count, default=0)
        if usual < 2:
            usual = max(counts, default=0)
        if usual < 2:
            continue
        pairs = sum(_holds_pair(cells) for cells, shape in zip(rows, drawn, strict=True)
                    if not shape) / len(rows)  # fmt: skip
        even = sum(count == usual for count in counts) / len(counts)
        if sign in {"space", "gap"} and not pairs:
            even = 0.0  # words stand apart by spaces too
        score = (round(pairs, 1), round(even, 1), rank)
        if best is None or score > best:
            best, chosen = score, sign
    return chosen


def _divided(line: str, sign: str) -> list[str]:
    if sign == "space":
        return line.split()
    if sign == "gap":
        return _GAP.split(line.strip())
    try:
        return next(csv.reader([line], delimiter=sign), [])
    except csv.Error:
        return []


def _holds_pair(cells: list[str]) -> bool:
    """Whether a line divided so holds a point, in one system or several."""
    return 2 <= sum(map(_is_coordinate, cells[:MOST_COLUMNS])) <= _MOST_PAIRED


def _is_coordinate(cell: str) -> bool:
    text = plain_number(cell)
    return _METRES.fullmatch(text) is not None or _DEGREES.match(text) is not None
