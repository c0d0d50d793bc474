"""Coordinate tables: one row a point, or one row a vertex of a ring.

In Vietnamese tables **X is northing and Y is easting** (Circular 26/2024, Art. 5).  The
ranges never meet (easting 166–834 km, northing 800–2 700 km), so a swapped table is proved
by its own numbers and refused with the option that reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, error, has_errors, info, warning
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import WGS84, transform_xy
from gisclusters.geometry.crs_names import is_lonlat
from gisclusters.layers.kinds import Kind
from gisclusters.layers.values import fold
from gisclusters.readers.body import BROKEN, POINT, UNMEASURED, Body, side_column, tell_rows
from gisclusters.readers.degrees import read_degrees
from gisclusters.readers.mapping import match_columns
from gisclusters.readers.metres import (
    Floats,
    last_digit,
    prove,
    read_metres,
    rounded,
    thousands_mixed,
)
from gisclusters.readers.options import Axes
from gisclusters.readers.pairs import (
    Pair,
    choose_pair,
    columns_in_words,
    looks_numeric,
)
from gisclusters.readers.receiver import survey_fields
from gisclusters.readers.system_words import datum_in, said_in
from gisclusters.readers.systems import HN72, NOTHING_SAID, Said, one_zone
from gisclusters.readers.table import Table

VN2000_LONLAT = "EPSG:4756"
_LEAST_AGREEMENT_M = 0.05
_PROVED_APART_M = 1_000.0
"""More than any datum or scale factor moves a point of Vietnam."""
_METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class OtherPair:
    """A second pair of columns for the same points, in another system."""

    x: Floats
    y: Floats
    crs: str
    unit_m: float
    words: str


@dataclass(frozen=True, slots=True)
class Points:
    """Rows with the coordinates they hold: x east or longitude, y north or latitude.

    ``places`` are the positions of the rows in the body of the table; ``crs`` is what the
    header or the titles say, or (``crs_assumed``) WGS 84 for degrees of which nothing is said;
    ``said`` all that words say of the system; ``unit_m`` the last digit written; ``others``
    further pairs.
    """

    frame: pd.DataFrame
    x: Floats
    y: Floats
    lonlat: bool
    headers: frozenset[str]
    places: NDArray[np.intp]
    body: Body
    crs: str | None
    unit_m: float
    others: tuple[OtherPair, ...] = ()
    issues: tuple[Issue, ...] = ()
    crs_assumed: bool = False
    said: Said = NOTHING_SAID


def read_points(
    table: Table, layer: str, *, axes: Axes | None, crs_named: bool = False,
    id_column: int | None = None,
) -> Points:  # fmt: skip
    """The coordinates of a table; of two zones in its words ``crs_named`` has settled one.

    Titles, repeated headers, totals, declared areas and what stands below the table are left
    out and said so (``rows_left_out``).  A row that names a point but gives no coordinates
    is kept with NaN; one whose coordinates cannot be read is refused.  ``id_column`` is that
    of the names in a table that may give no coordinates at all, as one of states does.  Raises
    InputRefusedError: ``no_coordinates``, ``not_a_number`` and ``coordinates_missing`` by
    row, ``axes_swapped``, ``unit_not_metres``, ``zones_several``.
    """
    pair, rest = choose_pair(table, layer)
    body = tell_rows(table, pair, names=id_column)
    issues = [*table.issues, *body.left_out(table, layer)]
    if not np.isin(body.kinds, (POINT, UNMEASURED, BROKEN)).any():
        raise InputRefusedError([error("no_coordinates", layer=layer,
                                       columns=columns_in_words(table))])  # fmt: skip
    issues += _broken(table, pair, body, layer)
    places = np.flatnonzero(np.isin(body.kinds, (POINT, UNMEASURED)))
    first, second, unit = _values(table, pair, places, layer, issues)
    if has_errors(issues):
        raise InputRefusedError(issues)
    east_first = _east_first(pair, axes)
    x, y = (first, second) if east_first else (second, first)
    numbers = np.array(table.numbers)[places]
    names = (table.headers[pair.first], table.headers[pair.second])
    issues += prove(x, y, numbers, layer, pair, axes="en" if not east_first else "ne")
    if has_errors(issues):
        raise InputRefusedError(issues)
    crs, said, told = _said_crs(table, pair, rest, body, layer, named=crs_named)
    issues += told
    if pair.by_values:
        issues.append(info("axes_by_values", layer=layer, columns=", ".join(names)))
    others, more = _others(table, rest, places, layer, pair)
    if has_errors(more):
        raise InputRefusedError([*issues, *more])
    frame = pd.DataFrame(
        [table.rows[place] for place in places], columns=list(table.headers), dtype=object
    )
    frame["source_row"] = numbers
    return Points(
        frame, x, y, pair.order == "lonlat",
        frozenset((*names, *(table.headers[c] for p in rest for c in (p.first, p.second)))),
        places, body, crs, unit, others, (*issues, *more),
        crs_assumed=pair.order == "lonlat" and _system(table, pair) is None, said=said,
    )  # fmt: skip


def points_frame(
    kind: Kind, points: Points, mapping: dict[str, str]
) -> tuple[pd.DataFrame, list[Issue]]:
    """One row a point: fields by our names and the shape."""
    frame = points.frame.drop(columns=list(points.headers))
    taken, issues = match_columns(kind, [str(c) for c in frame.columns], mapping)
    if kind.id_field not in taken.values():
        plain = [name for name in frame.columns if str(name).startswith("column ")]
        if plain:
            taken[plain[0]] = kind.id_field
    frame, more = survey_fields(kind, frame.rename(columns=taken).replace("", None).copy(), taken)
    issues += more
    there = ~np.isnan(points.x)
    shapes = np.full(len(frame), shapely.Point(), dtype=object)
    shapes[there] = shapely.points(points.x[there], points.y[there])
    return frame.assign(geometry=shapes), [*points.issues, *issues]


def pairs_agree(points: Points, crs: str, layer: str) -> list[Issue]:
    """What is said where a second pair of columns puts points elsewhere, with the metres.

    ``crs`` is the settled CRS of the first pair.  Points are compared through the one door
    and may differ by the last digit written.  The farthest row is named.  It is an error
    where most points lie farther apart than a datum or a scale factor moves them: the two
    systems cannot both be right.
    """
    issues: list[Issue] = []
    for other in points.others:
        if is_lonlat(crs):
            continue
        east, north = transform_xy(other.x, other.y, other.crs, crs)
        off = np.hypot(np.asarray(east) - points.x, np.asarray(north) - points.y)
        far = np.flatnonzero(off > max(_LEAST_AGREEMENT_M, 1.5 * (other.unit_m + points.unit_m)))
        if len(far):
            worst = int(far[np.argmax(off[far])])
            both = np.isfinite(off)
            proved = (off[both] > _PROVED_APART_M).sum() * 2 > both.sum()
            told, code = (error, "pairs_contradict") if proved else (warning, "pairs_disagree")
            issues.append(
                told(code, layer=layer, count=len(far),
                     row=int(points.frame["source_row"].iloc[worst]),
                     value=other.words or other.crs, metres=float(off[worst]), crs=crs,
                     other=other.crs)
            )  # fmt: skip
    return issues


def _broken(table: Table, pair: Pair, body: Body, layer: str) -> list[Issue]:
    issues = []
    for place in np.flatnonzero(body.kinds == BROKEN).tolist():
        cells = table.rows[place]
        column = pair.first if not looks_numeric(cells[pair.first], pair.order) else pair.second
        code = "coordinates_missing" if cells[column] == "" else "not_a_number"
        issues.append(error(code, layer=layer, row=table.numbers[place],
                            field=table.headers[column], value=cells[column] or None))  # fmt: skip
    return issues


def _values(
    table: Table, pair: Pair, places: NDArray[np.intp], layer: str, issues: list[Issue]
) -> tuple[Floats, Floats, float]:
    """The numbers of both columns and the last digit written, in metres; bad cells by row."""
    columns = [[table.rows[place][c] for place in places] for c in (pair.first, pair.second)]
    if pair.order == "lonlat":
        degrees = [read_degrees(cells) for cells in columns]
        read = [(each.values, each.bad) for each in degrees]
        unit = max(each.unit_deg for each in degrees) * _METRES_A_DEGREE
    else:
        read = read_metres(columns)
        lost: dict[int, Issue] = {}
        for k, (cells, column) in enumerate(zip(columns, (pair.first, pair.second), strict=True)):
            at = {"layer": layer, "field": table.headers[column]}
            issues += [
                error("thousands_mixed", **at, row=table.numbers[places[place]],
                      value=cells[place], other=cells[beside])
                for place, beside in thousands_mixed(cells, read[k][0], read[1 - k][0])
            ]  # fmt: skip
            for place, unit_m in rounded(cells):
                told = error("number_rounded", **at, row=table.numbers[places[place]],
                             value=cells[place], unit=unit_m)  # fmt: skip
                lost.setdefault(place, told)
        issues += lost.values()
        unit = max(last_digit(cells) for cells in columns)
    for cells, column, (_, bad) in zip(columns, (pair.first, pair.second), read, strict=True):
        issues += [
            error("not_a_number", layer=layer, row=table.numbers[places[place]],
                  field=table.headers[column], value=cells[place])
            for place in np.flatnonzero(bad).tolist()
        ]  # fmt: skip
    return read[0][0], read[1][0], unit


def _east_first(pair: Pair, axes: Axes | None) -> bool:
    if pair.order == "xy":
        return axes == "en"
    return axes != "ne"


def _said_crs(
    table: Table, pair: Pair, rest: Sequence[Pair], body: Body, layer: str, *, named: bool
) -> tuple[str | None, Said, list[Issue]]:
    """The CRS that words name, and all that they say of it.

    First the pair's own header, then the titles, the words in the table and the name of its
    sheet; where none of these names a meridian, the other sheets of the workbook.
    """
    if pair.order == "lonlat":
        system = _system(table, pair)
        said = said_in([pair.words, *table.titles]) if system == HN72 else NOTHING_SAID
        return (VN2000_LONLAT if system == "vn2000" else WGS84), said, []
    aside = [fold(other.words) for other in rest if other.said.fits is not None]
    words = np.flatnonzero(~np.isin(body.kinds, (POINT, UNMEASURED)))[:2000]
    lines = [*table.titles, *(" ".join(filter(None, table.rows[place])) for place in words)]
    lines = [line for line in lines if not _of_others(fold(line), aside)]
    said = said_in(lines, names=[table.sheet or ""])
    if aside:
        said = pair.said.filled_from(said)
    elif pair.said.fits is not None:
        said = said_in([pair.words, *lines], names=[table.sheet or ""])
    issues = one_zone(said, layer, named=named)
    if not said.meridians:
        sheets = [name for name, _ in table.elsewhere]
        beyond = said_in([line for _, line in table.elsewhere], names=sheets)
        if beyond.meridians:
            said = said.filled_from(beyond)
            issues.append(info("system_elsewhere", layer=layer, value=beyond.words,
                               sheets=", ".join(dict.fromkeys(sheets))))  # fmt: skip
    return said.code, said, issues


def _of_others(line: str, others: Sequence[str]) -> bool:
    """Whether a line is the header of another pair of columns, or holds it."""
    return any(line in words or words in line for words in others)


def _system(table: Table, pair: Pair) -> str | None:
    """The datum that the header of a pair says, else the one that the titles say alone."""
    return pair.system or datum_in(*table.titles)


def _others(
    table: Table, rest: Sequence[Pair], places: NDArray[np.intp], layer: str, pair: Pair
) -> tuple[tuple[OtherPair, ...], list[Issue]]:
    """The other pairs whose CRS is known, and what is said of the choice.

    A second pair of metres that names no system of its own (a second block of points, or old
    and new coordinates) is an error: nobody can tell what it is.
    """
    if not rest:
        return (), []
    found = []
    for other in rest:
        crs = other.zone if other.order != "lonlat" else (
            VN2000_LONLAT if other.system == "vn2000" else WGS84)  # fmt: skip
        faults: list[Issue] = []
        if crs is None and other.system is None and _is_filled(table, other, places):
            columns = [
                f"{table.headers[p.first]}, {table.headers[p.second]}" for p in (pair, other)
            ]
            return (), [error("pairs_unclear", layer=layer, value=columns[0], others=columns[1])]
        first, second, unit = _values(table, other, places, layer, faults)
        if crs is None or pair.order == "lonlat":
            continue
        x, y = (first, second) if _east_first(other, None) else (second, first)
        found.append(OtherPair(x, y, crs, unit, other.words))
    chosen = f"{table.headers[pair.first]}, {table.headers[pair.second]}"
    others = "; ".join(f"{table.headers[o.first]}, {table.headers[o.second]}" for o in rest)
    return tuple(found), [info("pair_chosen", layer=layer, value=chosen, others=others)]


def _is_filled(table: Table, pair: Pair, places: NDArray[np.intp]) -> bool:
    return any(table.rows[place][pair.first] for place in places)


__all__ = [
    "OtherPair", "Points", "pairs_agree", "points_frame", "read_points",
    "side_column",
]  # fmt: skip
