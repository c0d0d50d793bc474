"""Lengths of sides that a table gives, held against the coordinates beside them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, warning
from gisclusters.layers.values import as_number
from gisclusters.readers.body import side_column
from gisclusters.readers.coordinates import Points
from gisclusters.readers.metres import last_digit
from gisclusters.readers.table import Table

Floats = NDArray[np.float64]

SIDE_SLACK_M = 0.05
SIDE_SLACK_SHARE = 0.01


def given_sides(table: Table, points: Points) -> tuple[Floats, float] | None:
    """The length written at every point (NaN: none) and its last digit; None without a column.

    A length on a row of its own between two points belongs to the point above it.
    """
    column = side_column(table)
    if column is None or points.lonlat:
        return None
    cells = [table.rows[place][column] for place in points.places]
    for place, cell in points.body.sides.items():
        above = int(np.searchsorted(points.places, place)) - 1
        if above >= 0 and not cells[above]:
            cells[above] = cell
    numbers, bad = as_number(pd.Series([cell or None for cell in cells], dtype=object))
    values = numbers.to_numpy(dtype="float64", copy=True)
    values[bad] = np.nan
    if not np.isfinite(values).any():
        return None
    return values, last_digit([cell for cell in cells if cell])


def check_sides(
    points: Points, sides: tuple[Floats, float], rings: list[NDArray[np.intp]], layer: str
) -> list[Issue]:
    """A warning for every side whose given and computed length differ, by row.

    More than 0.05 m or 1 % after the rounding of what is written: it finds the wrong
    coordinate.  A length is that to the next point, or from the one before where the whole
    table fits so better.
    """
    given, digit = sides
    slack = digit / 2 + points.unit_m * np.sqrt(2)
    readings = []
    for shift in (0, 1):  # to the next point; from the one before
        off: list[tuple[int, float, float]] = []
        for places in rings:
            x, y = points.x[places], points.y[places]
            length = np.hypot(np.roll(x, -1) - x, np.roll(y, -1) - y)
            length = np.roll(length, shift)
            said = given[places]
            difference = np.abs(said - length) - slack
            wrong = (difference > SIDE_SLACK_M) | (difference > SIDE_SLACK_SHARE * length)
            off += [(int(places[k]), float(said[k]), float(length[k]))
                    for k in np.flatnonzero(wrong)]  # fmt: skip
        readings.append(off)
    off = min(readings, key=len)
    rows = points.frame["source_row"].to_numpy()
    return [
        warning("side_differs", layer=layer, row=int(rows[place]), value=f"{said:.3f}",
                given=said, computed=length)
        for place, said, length in off
    ]  # fmt: skip
