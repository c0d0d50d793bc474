"""Text as offices write it, to values: dates, numbers, yes and no.

Each function takes a whole column and returns the values with a mask of the cells that
could not be read, so that every bad cell can be named at once.  An empty cell is no value
and is not bad.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

_ISO = r"^\d{4}-\d{1,2}-\d{1,2}"
_DAY_FIRST = r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"
EARLIEST, LATEST = pd.Timestamp("1900-01-01"), pd.Timestamp("2299-12-31")
_SCIENTIFIC = r"[+-]?\d+(?:[.,]\d*)?[eE][+-]?\d{1,3}"
_EITHER = r"^-?[1-9]\d{0,2}[.,]\d{3}$"
"""A cell that one decimal mark makes a thousand times what the other makes it."""
_TRUE = {"1", "true", "yes", "y", "x", "co", "dung"}
_FALSE = {"0", "false", "no", "n", "khong", "sai"}
_EMPTY = {"", "nan", "none", "null", "<na>", "nat"}


def fold(text: str) -> str:
    """Lower case, no diacritics, words joined by one space: for headers and search."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.split(r"[^0-9a-z]+", plain.replace("đ", "d"))).strip()


def plain_number(text: str) -> str:
    """A number as typed, in plain signs: ASCII digits and minus, no quotes, one kind of space.

    Full-width digits, the minus and the spaces of Unicode, apostrophes between thousands and
    the one that a spreadsheet puts before text.  The decimal mark is left as it stands.
    """
    if text.isascii() and "'" not in text:
        return " ".join(text.split())
    text = unicodedata.normalize("NFKC", text).strip().lstrip("'\u2019\u2018")
    text = re.sub(r"(?<=\d)['\u2019\u2018\u00b4`](?=\d{3})", "", text)
    text = re.sub(r"^[\u2212\u2012\u2013](?=\d)", "-", text)
    return re.sub(r"\s+", " ", text)


def as_text(column: pd.Series[Any]) -> pd.Series[Any]:
    """The column as NFC text, trimmed; empty cells are None.  Whole floats lose their ``.0``."""
    present = column.notna().to_numpy()
    cells = np.full(len(column), None, dtype=object)
    if present.any():
        values = column.to_numpy(dtype=object)[present]
        if pd.api.types.infer_dtype(values) == "string":  # each spelling once: they repeat
            codes, spellings = pd.factorize(values)
            cells[present] = np.array([*map(_clean, spellings), None], dtype=object)[codes]
        else:
            cells[present] = [_clean(value) for value in values]
    return pd.Series(cells, index=column.index, name=column.name, dtype=object)


def as_number(column: pd.Series[Any], *, part: bool = False) -> tuple[pd.Series[Any], Mask]:
    """Numbers; ``1.234,5`` and ``1 234,5`` are read by one format for the whole column.

    The decimal mark is decided once for a column, by the cells that allow one reading only
    (``1.234,5``, ``12,50``, ``1.234.567``).  Where the column leaves it open, as a lone
    ``1.234`` does, or contradicts itself, the cells in doubt are bad: nothing is guessed.
    In ``1,5E+04`` either mark is the decimal one.
    """
    if pd.api.types.is_numeric_dtype(column.dtype):
        numbers = pd.to_numeric(column).astype("float64")
        infinite = np.isinf(numbers.to_numpy())
        return numbers.where(~infinite), infinite
    text = as_text(column)
    present = text.notna().to_numpy()
    values = np.full(len(column), np.nan)
    bad = np.zeros(len(column), dtype=bool)
    if present.any():
        cells = text[present].map(plain_number).str.replace(" ", "")
        doubtful = cells.str.contains(_EITHER, regex=True) if part else None
        cells = _one_decimal_mark(cells)
        if doubtful is not None:
            cells = cells.where(~doubtful, "?")
        read = pd.to_numeric(cells, errors="coerce").to_numpy(dtype="float64")
        values[present] = read
        bad[present] = ~np.isfinite(read)
        values[bad] = np.nan
    return pd.Series(values, index=column.index, name=column.name), bad


def with_decimal_mark(column: pd.Series[Any], mark: str) -> pd.Series[Any]:
    """Numbers with ``mark`` (``.`` or ``,``) before the decimals, the other between thousands.

    For columns that ``as_number`` leaves open, where something else tells; NaN where a cell
    cannot be read so.
    """
    other = "," if mark == "." else "."
    cells = as_text(column).map(plain_number, na_action="ignore").astype("string")
    cells = cells.str.replace(" ", "", regex=False)
    number = rf"-?(?:\d+|\d{{1,3}}(?:\{other}\d{{3}})+)(?:\{mark}\d*)?"
    cells = cells.where(cells.str.fullmatch(number).fillna(False))
    plain = cells.str.replace(other, "", regex=False).str.replace(mark, ".", regex=False)
    return pd.to_numeric(plain, errors="coerce").astype("Float64").astype("float64")


def as_date(column: pd.Series[Any], *, keep_time: bool = False) -> tuple[pd.Series[Any], Mask]:
    """Days as ``datetime64[s]``: ISO or ``dd/mm/yyyy``; anything else is bad, not guessed.

    Days before 1900 or after 2299 are bad too: 31/12/9999 says that there is no end, and an
    empty cell says that here.
    """
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        stamps = _naive(column).astype("datetime64[s]")
        bad = (stamps < EARLIEST).to_numpy() | (stamps > LATEST).to_numpy()
        stamps = stamps.where(~bad)
        return (stamps if keep_time else stamps.dt.normalize()), bad
    text = as_text(column)
    present = text.notna().to_numpy()
    if not present.any():
        empty = pd.Series(pd.NaT, index=column.index, name=column.name)
        return empty.astype("datetime64[s]"), present
    filled = text.where(text.notna(), "").astype(str)
    iso = filled.str.match(_ISO).to_numpy() & present
    day_first = filled.str.match(_DAY_FIRST).to_numpy() & present
    stamps = pd.Series(pd.NaT, index=column.index, name=column.name).astype("datetime64[s]")
    if iso.any():
        stamps[iso] = _stamps(filled[iso])
    if day_first.any():
        stamps[day_first] = _stamps(filled[day_first].str.replace(_DAY_FIRST, _iso, regex=True))
    stamps = stamps.where((stamps >= EARLIEST) & (stamps <= LATEST))
    bad = present & stamps.isna().to_numpy()
    return (stamps if keep_time else stamps.dt.normalize()), bad


def times_in_utc(column: pd.Series[Any]) -> pd.Series[Any]:
    """Times that a format gives in UTC without saying so, as wall-clock time in Vietnam."""
    if not pd.api.types.is_datetime64_dtype(column.dtype):
        return column
    return _naive(column.dt.tz_localize("UTC"))


def as_boolean(column: pd.Series[Any]) -> tuple[pd.Series[Any], Mask]:
    """Yes and no as pandas ``boolean``; ``x``, ``có`` and ``1`` are yes."""
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.astype("boolean"), np.zeros(len(column), dtype=bool)
    text = as_text(column)
    folded = [None if cell is None else fold(cell) for cell in text]
    values = [True if cell in _TRUE else False if cell in _FALSE else None for cell in folded]
    bad = np.array(
        [cell is not None and value is None for cell, value in zip(folded, values, strict=True)],
        dtype=bool,
    )
    return pd.Series(values, index=column.index, name=column.name, dtype="boolean"), bad


def _clean(value: object) -> str | None:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = str(value)
    text = (text if text.isascii() else unicodedata.normalize("NFC", text)).strip()
    return None if text.casefold() in _EMPTY else text


def _one_decimal_mark(cells: pd.Series[Any]) -> pd.Series[Any]:
    scientific = cells.str.fullmatch(_SCIENTIFIC)
    if scientific.any():  # before a power stands no thousand
        out = cells.str.replace(",", ".", regex=False)
        out[~scientific] = _one_decimal_mark(cells[~scientific])
        return out

    def grouped(mark: str) -> pd.Series[Any]:
        return cells.str.contains(rf"^-?[1-9]\d{{0,2}}(?:\{mark}\d{{3}})+$", regex=True)

    def decides(mark: str, other: str) -> bool:
        """Whether some cell can only be read with ``mark`` before the decimals."""
        decimal = cells.str.contains(rf"\{mark}\d*$", regex=True) & ~grouped(mark)
        return bool(decimal.any() or cells.str.contains(rf"\{other}.*\{other}", regex=True).any())

    comma_decimal, dot_decimal = decides(",", "."), decides(".", ",")
    if comma_decimal and not dot_decimal:
        return cells.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    if dot_decimal and not comma_decimal:
        return cells.str.replace(",", "", regex=False)
    doubtful = cells.str.contains("[.,]", regex=True)
    return cells.where(~doubtful, "?")


def _iso(found: re.Match[str]) -> str:
    return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"


def _stamps(cells: pd.Series[Any]) -> pd.Series[Any]:
    zoned = cells.str.contains(r"\d(?:Z|[+-]\d{2}:?\d{2})$", regex=True)
    stamps = pd.Series(pd.NaT, index=cells.index).astype("datetime64[s]")
    for mask, utc in ((zoned, True), (~zoned, False)):
        if mask.any():
            read = pd.to_datetime(cells[mask], errors="coerce", format="ISO8601", utc=utc)
            stamps[mask] = _naive(read).astype("datetime64[s]")
    return stamps


def _naive(column: pd.Series[Any]) -> pd.Series[Any]:
    """Wall-clock time in Vietnam, where the column names a time zone."""
    if column.dt.tz is None:
        return column
    local: pd.Series[Any] = column.dt.tz_convert("Asia/Ho_Chi_Minh").dt.tz_localize(None)
    return local
