"""Numbers of two columns of metres, and what they prove of themselves: axes, units, marks.

Easting (166–834 km) and northing (800–2 700 km) never meet in Vietnam, so a swapped pair is
proved by its own numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, error
from gisclusters.errors import InputRefusedError
from gisclusters.layers.values import as_number, plain_number
from gisclusters.readers.exchanged import NEARLY_ALL
from gisclusters.readers.pairs import (
    EAST_RANGE_M,
    LAT_RANGE_DEG,
    LON_RANGE_DEG,
    NORTH_RANGE_M,
    Pair,
)

Floats = NDArray[np.float64]

_UNITS = ((1e3, "km"), (1e-1, "dm"), (1e-2, "cm"), (1e-3, "mm"))
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*")
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,](?P<decimals>\d*))?[eE](?P<power>[+-]?0?\d)")


def read_metres(columns: list[list[str]]) -> list[tuple[Floats, NDArray[np.bool_]]]:
    """Each column by its own decimal mark; one that leaves it open by that of its neighbour."""
    read = [_numbers(cells) for cells in columns]
    if any(bad.any() for _, bad in read):
        values, bad = _numbers([*columns[0], *columns[1]])
        half = len(columns[0])
        together = [(values[:half], bad[:half]), (values[half:], bad[half:])]
        read = [two if one[1].any() else one for one, two in zip(read, together, strict=True)]
    return read


def thousands_mixed(cells: list[str], values: Floats, others: Floats) -> Iterator[tuple[int, int]]:
    """Cells such as ``570.00`` that made decimals of ``570.000``, which stood for thousands.

    Proved where the other column holds coordinates in metres and this one does only when its
    mark stands before thousands.  Each cell with the first that it contradicts.
    """
    grouped = [place for place, cell in enumerate(cells) if _GROUPED.fullmatch(cell)]
    ranges = (EAST_RANGE_M, NORTH_RANGE_M)
    if not grouped or not any(_most(_within(others, bounds)) for bounds in ranges):
        return
    mark = re.sub(r"[^.,]", "", cells[grouped[0]])[:1]
    whole = np.array([float(cells[place].replace(mark, "")) for place in grouped])
    if not any(_most(_within(whole, bounds)) for bounds in ranges):
        return
    if any(_most(_within(values[grouped], bounds)) for bounds in ranges):
        return
    for place, cell in enumerate(cells):
        if mark in cell and not _GROUPED.fullmatch(cell):
            yield place, grouped[0]


def rounded(cells: Sequence[str]) -> Iterator[tuple[int, float]]:
    """Cells such as ``1.221E+06`` that a spreadsheet rounded to more than a metre, and to what."""
    for place, cell in enumerate(cells):
        found = _SCIENTIFIC.fullmatch(plain_number(cell)) if "e" in cell.casefold() else None
        if found is None:
            continue
        unit_m = 10.0 ** (int(found["power"]) - len(found["decimals"] or ""))
        if unit_m > 1.0:
            yield place, unit_m


def _numbers(cells: list[str]) -> tuple[Floats, NDArray[np.bool_]]:
    column = pd.Series([cell or None for cell in cells], dtype=object)
    numbers, bad = as_number(column)
    return numbers.to_numpy(dtype="float64"), bad


def last_digit(cells: Sequence[str]) -> float:
    """The finest unit in which cells are written: 0.001 for ``552800,123``, 1 for whole numbers.

    A dot or comma before exactly three digits at the end of several groups is no decimal mark.
    """
    finest = 1.0
    for cell in cells[:2000]:
        found = re.search(r"[.,](\d+)$", plain_number(cell))
        if found is None or re.fullmatch(r"[+-]?\d{1,3}([.,])\d{3}(?:\1\d{3})*", cell):
            continue
        finest = min(finest, 10.0 ** -len(found[1]))
    return finest


def prove(
    x: Floats, y: Floats, rows: NDArray[np.intp], layer: str, pair: Pair, *, axes: str
) -> list[Issue]:
    """Refuse what the values disprove: exchanged axes, and units that are no metres.

    An option is the remedy only where nearly all rows are exchanged; where most lie in Vietnam
    one way or the other, those that are exchanged or lie beyond are errors by row.
    """
    ranges = (EAST_RANGE_M, NORTH_RANGE_M)
    if pair.order == "lonlat":
        ranges = (LON_RANGE_DEG, LAT_RANGE_DEG)
    exchanged = _within(x, ranges[1]) & _within(y, ranges[0])
    inside = _within(x, ranges[0]) & _within(y, ranges[1])
    told = np.isfinite(x) & np.isfinite(y)
    if _most(exchanged) and exchanged.sum() >= NEARLY_ALL * told.sum():
        place = int(np.flatnonzero(exchanged)[0])
        system = "WGS 84" if pair.order == "lonlat" else "VN-2000"
        raise InputRefusedError(
            [error("axes_swapped", layer=layer, row=int(rows[place]),
                   value=f"{x[place]:.3f} {y[place]:.3f}", crs=system, axes=axes)]
        )  # fmt: skip
    if _most(inside | exchanged):
        wrong = np.flatnonzero(~inside & ~np.isnan(x) & ~np.isnan(y))
        return [
            error("vertex_exchanged" if exchanged[place] else "vertex_outside", layer=layer,
                  row=int(rows[place]), value=f"{x[place]:.3f} {y[place]:.3f}")
            for place in wrong.tolist()
        ]  # fmt: skip
    if pair.order == "lonlat":
        return []
    for factor, unit in _UNITS:
        for one, other in ((x, y), (y, x)):
            inside = _within(one * factor, EAST_RANGE_M) & _within(other * factor, NORTH_RANGE_M)
            if _most(inside):
                place = int(np.flatnonzero(inside)[0])
                raise InputRefusedError(
                    [error("unit_not_metres", layer=layer, row=int(rows[place]), unit=unit,
                           factor=f"{factor:g}", value=f"{x[place]:.6g} {y[place]:.6g}")]
                )  # fmt: skip
    return []


def _within(values: Floats, bounds: tuple[float, float]) -> NDArray[np.bool_]:
    return (values >= bounds[0]) & (values <= bounds[1])


def _most(mask: NDArray[np.bool_]) -> bool:
    return bool(mask.any()) and bool(mask.sum() * 2 > len(mask))
