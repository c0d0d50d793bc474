"""Sheets of XLSX, XLSM and XLS files to cells.

Nothing is evaluated: a formula without a stored value is an empty cell.  Only cells that
are in the file cost anything: a lone cell in the last corner of a sheet is one cell.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import xlrd
from openpyxl.utils import range_boundaries
from openpyxl.worksheet._reader import WorkSheetParser

from gisclusters.domain.issue import Issue, error, warning
from gisclusters.errors import InputRefusedError
from gisclusters.readers.grid import MOST_COLUMNS, MOST_ROWS, Grid, Wide, column_letters

MOST_SHEET_BYTES = 500_000_000
_GROUPED = re.compile(r"-?\d{1,3}\.\d{3}")
_TOP = 60
"""Rows looked at to tell whether a sheet holds a table."""


class Book:
    """An opened workbook, whichever of the two formats it has."""

    def __init__(self, path: Path, form: str) -> None:
        """Open it.

        Raises InputRefusedError (``table_too_large``, ``format_old_office``) or what the library
        raises.
        """
        self.name = path.name
        self._sheets: list[_Xlsx] | list[_Xls]
        if form == "xls":
            book = _old_workbook(path)
            self._sheets = [_Xls(sheet, book.datemode) for sheet in book.sheets()]
            self.encoding = "xls"
            return
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_SHEET_BYTES:
                raise InputRefusedError([error("table_too_large", layer=path.name)])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # styles and extensions of others
            xlsx = openpyxl.load_workbook(
                io.BytesIO(path.read_bytes()), data_only=True, read_only=True
            )
        self._sheets = [_Xlsx(sheet) for sheet in xlsx.worksheets]
        self.encoding = "xlsx"

    @property
    def names(self) -> list[str]:
        """Every sheet that can hold cells, in order."""
        return [sheet.title for sheet in self._sheets]

    @property
    def shown(self) -> list[str]:
        """The sheets that a person sees."""
        return [sheet.title for sheet in self._sheets if not sheet.hidden]

    def top(self, title: str) -> list[list[str]]:
        """The filled rows among the first of a sheet."""
        return self._read(title, most_rows=_TOP).rows

    def grid(self, title: str) -> Grid:
        """All cells of a sheet; what lies beyond the limits or is hidden is said."""
        return self._read(title, most_rows=MOST_ROWS)

    def _read(self, title: str, *, most_rows: int) -> Grid:
        sheet: _Xlsx | _Xls = next(each for each in self._sheets if each.title == title)
        grid = Grid(sheet=title, encoding=self.encoding)
        wide = Wide()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            for number, cells in sheet.rows(most_rows):
                texts: list[str] = []
                for column, cell in cells:
                    text = _cell_text(cell)
                    if not text:
                        continue
                    if column > MOST_COLUMNS:
                        wide.note(number, column)
                        continue
                    texts += [""] * (column - len(texts))
                    texts[column - 1] = text
                if texts:
                    grid.rows.append(texts)
                    grid.numbers.append(number)
        grid.merged = sheet.merged()
        grid.issues = [*wide.told(self.name), *_hidden(sheet, grid, self.name)]
        return grid


class _Xlsx:
    """A sheet read by openpyxl's own row parser.

    Its public iterator makes every cell between the first and the last one, 17 thousand
    million of them where one stands at XFD1048576.
    """

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self.title: str = sheet.title
        self.hidden: bool = sheet.sheet_state != "visible"
        self._parser: WorkSheetParser | None = None

    def rows(self, most: int) -> Iterator[tuple[int, Iterable[tuple[int, object]]]]:
        book = self._sheet.parent
        with self._sheet._get_source() as source:  # noqa: SLF001 - see the class
            parser = WorkSheetParser(
                source, self._sheet._shared_strings, data_only=True, epoch=book.epoch,  # noqa: SLF001
                date_formats=book._date_formats,  # noqa: SLF001
                timedelta_formats=book._timedelta_formats,  # noqa: SLF001
            )  # fmt: skip
            self._parser = parser
            for number, cells in parser.parse():
                if number > most:
                    break
                yield number, ((cell["column"], cell["value"]) for cell in cells)

    def merged(self) -> list[tuple[int, int, int, int]]:
        found = getattr(self._parser, "merged_cells", None)
        ranges = [] if found is None else found.mergeCell
        bounds = [range_boundaries(each.ref) for each in ranges]
        return [(r1, r2, c1, c2) for c1, r1, c2, r2 in bounds if c1 and r1 and c2 and r2]

    def hidden_rows(self) -> list[int]:
        found: dict[str, dict[str, str]] = getattr(self._parser, "row_dimensions", {})
        return sorted(int(key) for key, said in found.items() if _yes(said.get("hidden")))

    def hidden_columns(self) -> list[int]:
        found: dict[str, dict[str, str]] = getattr(self._parser, "column_dimensions", {})
        return sorted(
            column for said in found.values() if _yes(said.get("hidden"))
            for column in range(int(said["min"]), min(int(said["max"]), MOST_COLUMNS) + 1)
        )  # fmt: skip


class _Xls:
    """A sheet of an old workbook."""

    def __init__(self, sheet: Any, datemode: int) -> None:
        self._sheet = sheet
        self._datemode = datemode
        self.title: str = sheet.name
        self.hidden: bool = sheet.visibility != 0

    def rows(self, most: int) -> Iterator[tuple[int, Iterable[tuple[int, object]]]]:
        for place in range(min(self._sheet.nrows, most)):
            cells = enumerate(self._sheet.row(place), 1)
            yield place + 1, ((column, self._value(cell)) for column, cell in cells)

    def merged(self) -> list[tuple[int, int, int, int]]:
        return [(r1 + 1, r2, c1 + 1, c2) for r1, r2, c1, c2 in self._sheet.merged_cells]

    def hidden_rows(self) -> list[int]:
        return sorted(place + 1 for place, said in self._sheet.rowinfo_map.items() if said.hidden)

    def hidden_columns(self) -> list[int]:
        return sorted(place + 1 for place, said in self._sheet.colinfo_map.items() if said.hidden)

    def _value(self, cell: Any) -> object:
        if cell.ctype == xlrd.XL_CELL_DATE:
            try:
                return xlrd.xldate_as_datetime(cell.value, self._datemode)
            except (ValueError, OverflowError, xlrd.xldate.XLDateError):
                return "#VALUE!"
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return xlrd.error_text_from_code.get(cell.value, "#VALUE!")
        return None if cell.ctype in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK} else cell.value


def _old_workbook(path: Path) -> xlrd.Book:
    """An XLS.  Raises InputRefusedError for other files of the old office programs."""
    try:
        return xlrd.open_workbook(
            file_contents=path.read_bytes(), formatting_info=True, ragged_rows=True,
            logfile=io.StringIO(),
        )  # fmt: skip
    except xlrd.XLRDError as fault:
        if "find workbook" not in str(fault):
            raise
        raise InputRefusedError([error("format_old_office", layer=path.name)]) from fault


def _hidden(sheet: _Xlsx | _Xls, grid: Grid, layer: str) -> list[Issue]:
    """What a person does not see but the file holds: it is read, and that is said."""
    filled = set(grid.numbers)
    used = {column for cells in grid.rows for column, cell in enumerate(cells, 1) if cell}
    rows = [row for row in sheet.hidden_rows() if row in filled]
    columns = [column for column in sheet.hidden_columns() if column in used]
    issues = []
    if sheet.hidden:
        issues.append(warning("sheet_hidden", layer=layer, value=grid.sheet))
    if rows:
        issues.append(warning("rows_hidden", layer=layer, count=len(rows),
                              rows=", ".join(map(str, rows[:20]))))  # fmt: skip
    if columns:
        issues.append(warning("columns_hidden", layer=layer, count=len(columns),
                              columns=", ".join(map(column_letters, columns[:20]))))  # fmt: skip
    return issues


def _yes(said: str | None) -> bool:
    return said in {"1", "true"}


def _cell_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 1e15:
            return repr(int(cell))
        text = repr(cell)
        # A number of a sheet has no thousands; a fourth decimal leaves nobody in doubt.
        return f"{text}0" if _GROUPED.fullmatch(text) else text
    return str(cell).strip()
