"""Lengths of edges that a table of markers or a survey gives, read by the design's own edges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, warning
from gisclusters.layers.layer import Layer
from gisclusters.layers.marker_rings import is_corner
from gisclusters.layers.values import as_number, fold, with_decimal_mark
from gisclusters.markers.edges import Lengths
from gisclusters.markers.ids import normal_ids
from gisclusters.markers.rings import rings_of
from gisclusters.readers.body import names_sides

_TAPED = frozenset({"canh", "canh m", "do dai canh", "do dai canh m", "chieu dai canh"})
"""Headers of a survey that are lengths of edges; ``distance`` there means other things."""

_ALIKE = np.log(3.0)
"""The two readings of ``1.234`` are a thousand apart: the right one is within a factor of 3."""

_Floats = NDArray[np.float64]


def declared_lengths(design: Layer) -> tuple[Lengths | None, list[Issue]]:
    """Lengths in the table of the design, one a row, and what could not be read of them."""
    column = next((name for name in design.frame if names_sides(str(name))), None)
    if column is None:
        return None, []
    return _lengths(design.frame[column], design.name, design, lambda metres: metres)


def taped_lengths(design: Layer, survey: Layer) -> tuple[Lengths | None, list[Issue]]:
    """Lengths the survey gives, by the marker they begin at; the first where it repeats."""
    column = next((name for name in survey.frame if fold(str(name)) in _TAPED), None)
    if column is None:
        return None, []
    keys = normal_ids(survey.frame["marker_id"]).to_pylist()
    wanted = normal_ids(design.frame["marker_id"]).to_pylist()

    def by_row(metres: _Floats) -> _Floats:
        by_key = dict(zip(keys[::-1], metres[::-1], strict=True))
        return np.array([by_key.get(key, np.nan) for key in wanted], dtype="float64")

    return _lengths(survey.frame[column], survey.name, design, by_row)


def _lengths(
    column: pd.Series[Any], layer: str, design: Layer, by_row: Callable[[_Floats], _Floats]
) -> tuple[Lengths | None, list[Issue]]:
    """Numbers of a column with half of the last digit written; None where there are none.

    Cells that either mark may part (``12.345``) are read as the edges of the design say.
    """
    numbers, bad = as_number(column)
    if bad.any():
        told = _told_by(design, column, by_row)
        if told is not None:
            numbers, bad = told, told.isna().to_numpy() & column.notna().to_numpy()
    issues = []
    if bad.any():
        issues.append(warning("edge_lengths_unread", layer=layer, field=str(column.name),
                              value=column[bad].iloc[0], count=int(bad.sum())))  # fmt: skip
    metres = numbers.to_numpy(dtype="float64", na_value=np.nan)
    metres = np.where(metres > 0, metres, np.nan)  # the repeated first point has none, or 0
    if np.isnan(metres).all():
        return None, issues
    there = ~np.isnan(metres)
    return Lengths(by_row(metres), _half_digit_m(column[there], metres[there])), issues


def _told_by(
    design: Layer, column: pd.Series[Any], by_row: Callable[[_Floats], _Floats]
) -> pd.Series[Any] | None:
    """The reading that is about as long as the edges of the design; None where none is."""
    ahead, behind = _planned(design)
    for mark in (".", ","):
        read = with_decimal_mark(column, mark)
        metres = by_row(read.to_numpy(dtype="float64", na_value=np.nan))
        for planned in (ahead, behind):
            there = (metres > 0) & (planned > 0)
            if there.any():
                off = np.abs(np.log(metres[there] / planned[there]))
                if float(np.median(off)) <= _ALIKE:
                    return read
    return None


def _planned(design: Layer) -> tuple[_Floats, _Floats]:
    """The designed lengths from each marker to the next and from the one before, by row."""
    frame = design.shapes
    rows = np.flatnonzero(is_corner(frame))
    shapes = frame.geometry.to_numpy()[rows]
    at = shapely.get_x(shapes) + 1j * shapely.get_y(shapes)
    rings = rings_of(frame.iloc[rows])
    found = []
    for other in (rings.following, rings.preceding):
        metres = np.full(len(frame), np.nan)
        metres[rows[rings.order]] = np.abs(at[rings.order[other]] - at[rings.order])
        found.append(metres)
    return found[0], found[1]


def _half_digit_m(column: pd.Series[Any], metres: _Floats) -> float:
    """Half of the last digit of the number written finest: its digits against its value."""
    digits = column.astype(str).str.replace(r"\D", "", regex=True)
    whole = pd.to_numeric(digits, errors="coerce").to_numpy(dtype="float64")
    decimals = np.round(np.log10(whole / metres))
    plain = column.astype(str).str.strip().str.fullmatch(r"[\d.,\s]+").to_numpy(dtype=bool)
    return float(0.5 * 10.0 ** -max(decimals[plain].max(initial=0.0), 0.0))
