"""Tables of offices: titles, headers over several rows, and the rows below them.

The cells come from a sheet or a delimited file (``grid``); here it is found where the header
stands and what each column is called.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from gisclusters.domain.issue import Issue, error, info
from gisclusters.errors import InputRefusedError
from gisclusters.layers.values import fold, plain_number
from gisclusters.readers.axes import axis_of
from gisclusters.readers.delimited import read_delimited
from gisclusters.readers.files import parsing
from gisclusters.readers.grid import Grid
from gisclusters.readers.meridian_words import join_split_degrees
from gisclusters.readers.system_columns import system_lines
from gisclusters.readers.system_words import is_label, said_in
from gisclusters.readers.wkt_file import read_wkt_text

if TYPE_CHECKING:
    from gisclusters.readers.workbook import Book

_HEADER_LINES = 30
"""A header is looked for in this many filled rows from the top."""
_NUMBER = re.compile(r"^[+-]?\d[\d\s.,]*(?:e[+-]?0?\d)?$", re.IGNORECASE)
_UNIT = re.compile(r"^\(?\s*(?:m|met|mét|m2|m²|ha|km|độ|do|°)\s*\)?$", re.IGNORECASE)
_PROTECTED = re.compile("^'(?=[=+\\-@\\t\\r＝＋－＠])")
"""The apostrophe that keeps a spreadsheet from taking a text for a formula: no part of it."""
_COUNTER = re.compile(r"^[(\[]?\s*(\d{1,2})\s*[)\]]?$")


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text: ``headers``, the cells below, ``titles`` above and what columns say alike.

    ``rows[i]`` are the cells of the row that the user counts as ``numbers[i]``, one for each
    header.  ``headers`` are unique; ``groups`` hold for each column all that the header says
    of it, from the merged cell at the top to the lowest.  ``head`` are the header's rows.
    ``elsewhere`` are lines of the other sheets of the workbook that hold no coordinates, each
    with the name of its sheet.
    """

    sheet: str | None
    titles: tuple[str, ...]
    headers: tuple[str, ...]
    groups: tuple[str, ...]
    head: tuple[tuple[str, ...], ...]
    rows: list[list[str]]
    numbers: list[int]
    encoding: str
    issues: tuple[Issue, ...] = ()
    elsewhere: tuple[tuple[str, str], ...] = ()

    @property
    def headed(self) -> bool:
        """Whether the table has a header at all."""
        return bool(self.head)


def read_table(
    path: Path, form: str, known: set[str], *, sheet: str | None, encoding: str | None
) -> Table:
    """The table of a file; ``known`` are folded headers that prove a header row.

    Raises InputRefusedError (``table_unreadable``, ``table_empty``, ``sheet_missing``,
    ``layer_choice``, ``table_too_large``, ``encoding_unknown``, ``file_damaged``).
    """
    elsewhere: tuple[tuple[str, str], ...] = ()
    if form == "wkt":
        grid = read_wkt_text(path, encoding)
        return Table(grid.sheet, (), ("wkt",), ("wkt",), (("wkt",),), grid.rows, grid.numbers,
                     grid.encoding)  # fmt: skip
    if form == "table":
        grid = read_delimited(path, encoding)
        for cells in grid.rows[:_TITLES]:
            join_split_degrees(cells)
    else:
        with parsing(path.name):
            from gisclusters.readers.workbook import Book  # noqa: PLC0415 - slow to import

            book = Book(path, form)
            chosen = _sheet(path.name, book, sheet, known)
            grid, elsewhere = book.grid(chosen), _elsewhere(book, chosen)
    if not grid.rows:
        raise InputRefusedError([error("table_empty", layer=path.name)])
    top = _header_place(grid, known)
    if top is None:
        width = max(map(len, grid.rows))
        names = tuple(f"column {place}" for place in range(1, width + 1))
        return Table(grid.sheet, (), names, ("",) * width, (), _padded(grid.rows, width),
                     grid.numbers, grid.encoding, tuple(grid.issues), elsewhere)  # fmt: skip
    first, last = top
    body = [[_PROTECTED.sub("", cell) for cell in cells] for cells in grid.rows[last + 1 :]]
    numbers = grid.numbers[last + 1 :]
    if body and _counts_columns(body[0]):
        body, numbers = body[1:], numbers[1:]
    if not body:
        raise InputRefusedError([error("table_empty", layer=path.name)])
    head = _filled(grid, first, last)
    headers, groups = _joined(head, _body_width(body, max(map(len, head))))
    issues = [*grid.issues, *_unheaded(body, numbers, len(headers), path.name)]
    titles = [" ".join(filter(None, cells)) for cells in grid.rows[:first]]
    above = [cell for cells in grid.rows[first : last + 1] for cell in cells if cell]
    # A label and its value may stand in two cells.
    above += [" ".join(filter(None, cells)) for cells in grid.rows[first : last + 1]
              if said_in(cells).fits is None]  # fmt: skip
    above += _labelled(grid.rows[: last + 1])
    above += system_lines(headers, lambda place: (row[place] for row in body if place < len(row)))
    return Table(
        grid.sheet, (*titles, *above), headers, groups, tuple(map(tuple, head)),
        _padded(body, len(headers)), numbers, grid.encoding, tuple(issues), elsewhere,
    )  # fmt: skip


_TITLES = 50
"""Rows in which the titles of a table and its header stand."""


def _sheet(name: str, book: Book, wanted: str | None, known: set[str]) -> str:
    """The sheet that was named, or the one that holds a table; several are a person's choice."""
    if wanted is not None:
        if wanted not in book.names:
            raise InputRefusedError(
                [error("sheet_missing", layer=name, value=wanted, known=", ".join(book.names))]
            )
        return wanted
    if not book.names:
        raise InputRefusedError([error("table_empty", layer=name)])
    tops = {title: book.top(title) for title in (book.shown or book.names)}
    tables = [title for title, rows in tops.items() if len(rows) > 1]
    if len(tables) > 1:
        headed = [t for t in tables
                  if max(sum(_known(c, known) for c in row) for row in tops[t]) > 1]  # fmt: skip
        tables = headed or tables
    if len(tables) > 1:
        raise InputRefusedError([error("layer_choice", layer=name, known=", ".join(tables))])
    return tables[0] if tables else next(iter(tops))


def _elsewhere(book: Book, chosen: str) -> tuple[tuple[str, str], ...]:
    """The filled rows at the top of the other sheets, but of those that hold coordinates."""
    found: list[tuple[str, str]] = []
    for title in book.names:
        rows = [] if title == chosen else book.top(title)
        if not any(sum(axis_of(cell) is not None for cell in cells) > 1 for cells in rows):
            found += [(title, " ".join(filter(None, cells))) for cells in rows]
    return tuple(found)


def _header_place(grid: Grid, known: set[str]) -> tuple[int, int] | None:
    """Positions of the first and last header row, None where the table has no header."""
    best, best_hits = -1, 0
    for place, cells in enumerate(grid.rows[:_HEADER_LINES]):
        hits = sum(_known(cell, known) for cell in cells if cell and not _is_number(cell))
        if hits > best_hits and sum(map(bool, cells)) > 1 and not _holds_point(cells):
            best, best_hits = place, hits
    if best < 0:
        words = sum(bool(cell) and not _is_number(cell) for cell in grid.rows[0])
        return (0, 0) if words == sum(map(bool, grid.rows[0])) > 1 else None
    first = last = best
    while first > 0 and _is_parent(grid, first - 1, first):
        first -= 1
    while last + 1 < len(grid.rows) and _continues(grid, last, last + 1):
        last += 1
    return first, last


def _is_parent(grid: Grid, place: int, below: int) -> bool:
    """Whether a row stands over a header row as part of it, and not as a title."""
    cells = [cell for cell in grid.rows[place] if cell]
    if grid.numbers[below] - grid.numbers[place] != 1 or any(map(_is_number, cells)):
        return False
    if len(set(cells)) > 1:
        return True
    start = next(column for column, cell in enumerate(grid.rows[place], 1) if cell)
    width = max(len(grid.rows[below]), 1)
    row = grid.numbers[place]
    return any(
        r1 == row and c1 == start and 0 < c2 - c1 + 1 < width and (start > 1 or r2 == r1)
        for r1, r2, c1, c2 in grid.merged
    ) or (start > 1 and not grid.merged and start < width)


def _continues(grid: Grid, place: int, following: int) -> bool:
    """Whether the row under a header row is its lower half: axes or units, and no numbers."""
    cells = [cell for cell in grid.rows[following] if cell]
    if grid.numbers[following] - grid.numbers[place] != 1 or any(map(_is_number, cells)):
        return False
    return all(map(_UNIT.match, cells)) or (
        len(cells) > 1 and sum(axis_of(cell) is not None for cell in cells) * 2 >= len(cells)
    )


def _labelled(rows: Sequence[list[str]]) -> list[str]:
    """Labels of a system with the values that stand under them: ``Kinh tuyến trục`` ``107°45'``."""
    return [
        f"{label} {value}"
        for upper, lower in pairwise(rows)
        for label, value in zip(upper, lower, strict=False)
        if value and is_label(label) and not is_label(value)
    ]  # fmt: skip


def _filled(grid: Grid, first: int, last: int) -> list[list[str]]:
    """Header rows with the text of a merged cell in every column that it covers.

    A delimited file knows no merged cells: there an empty cell over a header takes the text
    to its left.
    """
    head = [list(cells) for cells in grid.rows[first : last + 1]]
    width = max(map(len, head))
    head = _padded(head, width)
    place_of = {number: place for place, number in enumerate(grid.numbers[first : last + 1])}
    for r1, _, c1, c2 in grid.merged:
        if r1 in place_of and c1 <= width:
            row = head[place_of[r1]]
            row[c1 - 1 : min(c2, width)] = [row[c1 - 1]] * (min(c2, width) - c1 + 1)
    if not grid.merged:
        for upper, lower in pairwise(head):
            for column in range(1, width):
                if not upper[column] and lower[column]:
                    upper[column] = upper[column - 1]
    return head


def _joined(head: list[list[str]], width: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """One unique header for a column, its lowest cell with the unit, and all that stands there."""
    headers, groups = [], []
    for column in range(width):
        cells = [row[column] for row in head if column < len(row) and row[column]]
        names = [cell for cell in cells if not _UNIT.match(cell)] or cells
        unit = cells[-1] if len(names) < len(cells) else ""
        headers.append(f"{names[-1]} {unit}".strip() if cells else f"column {column + 1}")
        groups.append(" ".join(dict.fromkeys(cells)))
    seen: dict[str, int] = {}
    unique = []
    for header in headers:
        seen[header] = seen.get(header, 0) + 1
        unique.append(header if seen[header] == 1 else f"{header} ({seen[header]})")
    return tuple(unique), tuple(groups)


def _body_width(body: Sequence[list[str]], headed: int) -> int:
    """Columns of the header and those right of it that most rows fill."""
    width = headed
    while sum(len(cells) > width and bool(cells[width]) for cells in body) * 2 > len(body):
        width += 1
    return width


def _unheaded(
    body: Sequence[list[str]], numbers: Sequence[int], width: int, layer: str
) -> list[Issue]:
    """A note of rows that go on right of the last header: those cells are not read."""
    rows = [number for number, cells in zip(numbers, body, strict=True) if any(cells[width:])]
    if not rows:
        return []
    return [info("cells_without_header", layer=layer, count=len(rows),
                 rows=", ".join(map(str, rows[:20])))]  # fmt: skip


def _padded(rows: list[list[str]], width: int) -> list[list[str]]:
    return [(cells + [""] * (width - len(cells)))[:width] for cells in rows]


def _counts_columns(cells: list[str]) -> bool:
    """Whether a row only numbers the columns: (1) (2) (3), as forms do under their header."""
    found = [_COUNTER.match(cell) for cell in cells if cell]
    numbers = [int(each[1]) for each in found if each is not None]
    return len(numbers) == len(found) > 2 and numbers == list(
        range(numbers[0], numbers[0] + len(numbers))
    )


def _known(cell: str, known: set[str]) -> bool:
    if not cell:
        return False
    name = fold(cell)
    return (
        name in known or name.removesuffix(" m") in known or name.removesuffix(" m2") in known
        or axis_of(cell) not in {None, "b", "l"}
    )  # fmt: skip


def _holds_point(cells: list[str]) -> bool:
    return sum(len(re.sub(r"\D", "", cell)) > 4 for cell in cells if _is_number(cell)) > 1


def _is_number(cell: str) -> bool:
    return _NUMBER.match(plain_number(cell)) is not None
