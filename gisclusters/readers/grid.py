"""Cells of a sheet or a delimited file as text, before anybody says what they mean."""

from __future__ import annotations

from dataclasses import dataclass, field

from gisclusters.domain.issue import Issue, warning

MOST_ROWS = 2_000_000
MOST_COLUMNS = 200


@dataclass(slots=True)
class Grid:
    """Rows that hold something, each with the number by which the user counts it.

    ``merged`` are ranges of cells drawn as one: first row, last row, first column, last
    column, counted from 1.  The text of a range stands in its first cell.
    """

    sheet: str | None
    encoding: str
    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


class Wide:
    """Cells beyond the last column that is read: never cut in silence."""

    def __init__(self) -> None:
        self.count = 0
        self.first = ""

    def note(self, row: int, column: int) -> None:
        """A filled cell at ``row``, ``column`` (from 1) is not read."""
        self.count += 1
        self.first = self.first or f"{column_letters(column)}{row}"

    def told(self, layer: str) -> list[Issue]:
        """One warning with the number of cells and the first of them, or nothing."""
        if not self.count:
            return []
        return [warning("columns_beyond", layer=layer, count=self.count, value=self.first,
                        limit=MOST_COLUMNS)]  # fmt: skip


def column_letters(number: int) -> str:
    """The name of a column in a spreadsheet: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
