"""Which two columns hold the coordinates, where a table may hold two systems side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from gisclusters.domain.issue import error
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.zones import zone_of
from gisclusters.layers.values import as_number, fold, plain_number
from gisclusters.readers.axes import Axis, axis_of
from gisclusters.readers.degrees import degree, is_angle
from gisclusters.readers.system_words import datum_in, said_in
from gisclusters.readers.systems import NOTHING_SAID, Said
from gisclusters.readers.table import Table

EAST_RANGE_M = (166_000.0, 834_000.0)
NORTH_RANGE_M = (800_000.0, 2_700_000.0)
LON_RANGE_DEG, LAT_RANGE_DEG = (101.0, 118.0), (6.0, 24.5)
_OTHER_UNITS = {"ft": 0.3048, "feet": 0.3048, "usft": 1200 / 3937, "ftus": 1200 / 3937,
                "dm": 0.1, "cm": 0.01, "mm": 0.001}  # fmt: skip
_ANGLES = frozenset({"b", "l"})
Order = Literal["xy", "en", "lonlat"]
_NUMERIC = re.compile(r"^[+-]?\d[\d\s.,]*(?:e[+-]?0?\d)?$", re.IGNORECASE)
_SAMPLE = 200
_SHOWN = 15
_REPEAT = re.compile(r" \(\d+\)$")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two columns by their place, and what the header says of them.

    ``order`` ``en`` and ``lonlat``: ``first`` is east; ``xy``: ``first`` is X, which is north
    unless somebody says otherwise.  ``system`` is ``vn2000``, ``wgs84``, ``hn72`` or None.
    """

    first: int
    second: int
    order: Order
    system: str | None = None
    zone: str | None = None
    words: str = ""
    said: Said = NOTHING_SAID
    by_values: bool = False


def has_coordinates(table: Table) -> bool:
    """Whether the headers name a pair of coordinates."""
    return bool(_named(table))


def choose_pair(table: Table, layer: str) -> tuple[Pair, list[Pair]]:
    """The pair to read, VN-2000 before others and metres before degrees, and the rest.

    Raises InputRefusedError (``no_coordinates``, ``headers_not_metres``).
    """
    pairs = sorted(_named(table), key=_rank) or [*_by_values(table)]
    if not pairs:
        unit = _unit_of_headers(table)
        if unit is not None:
            raise InputRefusedError([error("headers_not_metres", layer=layer, **unit)])
        raise InputRefusedError(
            [error("no_coordinates", layer=layer, columns=columns_in_words(table))]
        )
    return pairs[0], pairs[1:]


def _unit_of_headers(table: Table) -> dict[str, Any] | None:
    """The unit, and what it is in metres, of headers that name axes in another: ``E (cm)``."""
    named: dict[str, list[str]] = {}
    for header in table.headers:
        axis, _, unit = fold(header).rpartition(" ")
        if unit in _OTHER_UNITS and axis_of(axis) is not None:
            named.setdefault(unit, []).append(header)
    both = [unit for unit, headers in named.items() if len(headers) > 1]
    if not both:
        return None
    factor, headers = _OTHER_UNITS[both[0]], named[both[0]]
    return {"unit": both[0], "factor": f"{factor:.8g}", "value": ", ".join(headers)}


def columns_in_words(table: Table) -> str:
    """The headers for a message, no more of them than a person reads."""
    shown = ", ".join(table.headers[:_SHOWN])
    return shown if len(table.headers) <= _SHOWN else f"{shown} …"


def looks_numeric(cell: str, order: Order) -> bool:
    """Whether a cell is written as a coordinate of such a pair."""
    if order == "lonlat":
        return is_angle(cell)
    return _NUMERIC.match(plain_number(cell)) is not None


def _rank(pair: Pair) -> tuple[bool, bool, bool, bool, int]:
    return (
        pair.system in {"wgs84", "hn72"}, pair.system != "vn2000", pair.order == "lonlat",
        pair.zone in {"EPSG:3405", "EPSG:3406"}, pair.first,
    )  # fmt: skip


def _named(table: Table) -> list[Pair]:
    """Every pair that the headers name; a column belongs to the nearest one that fits."""
    axes = [axis_of(_REPEAT.sub("", header)) for header in table.headers]
    left = [column for column, axis in enumerate(axes) if axis is not None]
    pairs = []
    while left:
        one = left.pop(0)
        for other in left:
            columns = _matched(one, axes[one], other, axes[other])
            if columns is not None and (axes[one] not in _ANGLES or _in_vietnam(table, *columns)):
                left.remove(other)
                pairs.append(_described(table, *columns))
                break
    return pairs


def _matched(  # noqa: PLR0911 - one line for each pair of axes
    one: int, axis: Axis | None, other: int, other_axis: Axis | None
) -> tuple[int, int, Order] | None:
    match axis, other_axis:
        case ("lon", "lat"):
            return one, other, "lonlat"
        case ("lat", "lon"):
            return other, one, "lonlat"
        case ("l", "b"):
            return one, other, "lonlat"
        case ("b", "l"):
            return other, one, "lonlat"
        case ("x", "y"):
            return one, other, "xy"
        case ("y", "x"):
            return other, one, "xy"
        case ("east", "north" | "x" | "y") | ("x" | "y", "north"):
            return one, other, "en"
        case ("north" | "x" | "y", "east") | ("north", "x" | "y"):
            return other, one, "en"
        case _:
            return None


def _in_vietnam(table: Table, lon: int, lat: int, _: Order) -> bool:
    """Whether two columns hold longitudes and latitudes of the country: B may be a breadth."""
    for column, (low, high) in ((lon, LON_RANGE_DEG), (lat, LAT_RANGE_DEG)):
        cells = [row[column] for row in table.rows if row[column]][:_SAMPLE]
        if sum(low <= degree(cell)[0] <= high for cell in cells) * 2 <= len(cells):
            return False
    return True


def _described(table: Table, first: int, second: int, order: Order) -> Pair:
    words = " ".join(dict.fromkeys((table.groups[first], table.groups[second])))
    said = said_in([words])
    system = datum_in(words)
    if system is None and zone_of(said.code or "EPSG:0") is not None:
        system = "vn2000"
    return Pair(first, second, order, system, said.code, words, said)


def _by_values(table: Table) -> Iterator[Pair]:
    """Pairs that no header names: two columns of metres, one north and one east."""
    ranges = [_range(table, column) for column in range(len(table.headers))]
    end = 0
    for first, second in zip(range(len(ranges)), range(1, len(ranges)), strict=False):
        if first >= end and {ranges[first], ranges[second]} == {"north", "east"}:
            yield Pair(first, second, "xy", by_values=True)
            end = second + 1
    if not end and not table.headed:  # names may be numbers too; then come the coordinates
        numeric = [column for column, each in enumerate(ranges) if each is not None]
        start = 1 if len(numeric) > 2 or (numeric and numeric[0] > 0) else 0
        if len(numeric) - start >= 2 or (len(numeric) == 2 and start == 0):
            places = numeric[start:] if numeric[0] == 0 else numeric
            yield Pair(places[0], places[1], "xy", by_values=True)


def _range(table: Table, column: int) -> str | None:
    """``north``, ``east``, ``number`` by what most cells of a column hold, else None."""
    cells = [row[column] for row in table.rows if row[column]][:_SAMPLE]
    numeric = [cell for cell in cells if looks_numeric(cell, "xy")]
    if not numeric or len(numeric) * 2 < len(cells):
        return None
    values, bad = as_number(pd.Series(numeric, dtype=object))
    if bad.all():
        return "number"
    middle = float(np.median(values[~bad]))
    if NORTH_RANGE_M[0] <= middle <= NORTH_RANGE_M[1]:
        return "north"
    return "east" if EAST_RANGE_M[0] <= middle <= EAST_RANGE_M[1] else "number"
