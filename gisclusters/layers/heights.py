"""Heights above sea level in a column of a marker table, as offices write them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gisclusters.layers.values import Mask, as_number, fold, with_decimal_mark

_HEADERS = ("h", "h m", "z", "z m", "cao do", "cao do m", "do cao", "do cao m", "elevation",
            "height", "height m", "caodo")  # fmt: skip
LOWEST_M, HIGHEST_M = -50.0, 3_500.0
"""Ground of the country lies between, with some metres to spare."""


def height_column(frame: pd.DataFrame) -> str | None:
    """The column of a frame that says heights, None where there is none."""
    by_fold = {fold(str(name)): name for name in reversed(frame.columns)}
    return next((by_fold[each] for each in _HEADERS if each in by_fold), None)


def heights_m(column: pd.Series[Any]) -> tuple[pd.Series[Any], Mask]:
    """Metres, and which cells could not be read.

    Where every number carries three digits behind one mark (``12.345``), that mark is the
    decimal one if so all are heights of the country: heights are written to the millimetre,
    not with thousands.
    """
    values, bad = as_number(column)
    if not bad.any() or not values[bad].isna().all() or values.notna().any():
        return values, bad
    for mark in (".", ","):
        read = with_decimal_mark(column, mark)
        written = column.notna().to_numpy() & bad
        low_enough = read[written].between(LOWEST_M, HIGHEST_M)
        if low_enough.all() and _all_with_three(column[written], mark):
            return read, np.zeros(len(column), dtype=bool)
    return values, bad


def _all_with_three(column: pd.Series[Any], mark: str) -> bool:
    return bool(column.astype(str).str.strip().str.fullmatch(rf"-?\d+\{mark}\d{{3}}").all())
