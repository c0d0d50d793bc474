"""Coordinate tables: one row a point, or one row a vertex of a ring.

In Vietnamese tables **X is northing and Y is easting** (Circular 26/2024, Art. 5).  The
ranges never meet (easting 166–834 km, northing 800–2 700 km), so a swapped table is proved
by its own numbers and refused with the option that reads it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, error, info, warning
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import ZONES_3_DEG, ZONES_6_DEG
from gisclusters.layers.kinds import Kind
from gisclusters.layers.values import as_number, fold
from gisclusters.readers.mapping import match_columns
from gisclusters.readers.options import Axes
from gisclusters.readers.table import Table

_X = ("x", "x m", "toa do x", "toa do x m", "x vn2000", "bac x")
_Y = ("y", "y m", "toa do y", "toa do y m", "y vn2000", "dong y")
_EAST = ("e", "e m", "easting", "easting m", "east", "dong", "dong m")
_NORTH = ("n", "n m", "northing", "northing m", "north", "bac", "bac m")
_LON = ("lon", "lng", "long", "longitude", "kinh do", "lon deg")
_LAT = ("lat", "latitude", "vi do", "lat deg")
_COORDINATE_NAMES = frozenset((*_X, *_Y, *_EAST, *_NORTH, *_LON, *_LAT))
_RING = ("ring", "vong", "thua", "khu", "part")
_AREA_WORDS = re.compile(r"dien tich|tong dien tich|area")
_MERIDIAN = re.compile(r"(?:ktt|kinh tuyen truc|meridian)\D{0,6}(\d{3})\D{1,3}(\d{2})?")
_WIDTH = re.compile(r"mui(?: chieu)?\D{0,4}([36])\b")
EAST_RANGE_M = (166_000.0, 834_000.0)
NORTH_RANGE_M = (800_000.0, 2_700_000.0)
DECLARED_AREA_SLACK = 0.005
"""A declared area further than this share from the computed one is reported."""


@dataclass(frozen=True, slots=True)
class Points:
    """Rows with the coordinates they hold: x east or longitude, y north or latitude."""

    frame: pd.DataFrame
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    lonlat: bool
    headers: frozenset[str]


def coordinate_headers() -> frozenset[str]:
    """Folded headers that hold coordinates."""
    return _COORDINATE_NAMES


def crs_in_words(table: Table) -> str | None:
    """The VN-2000 zone that titles and headers name (KTT 107°30′, múi chiếu 3°), or None."""
    words = fold(" ".join(table.titles))
    found = _MERIDIAN.search(words)
    if found is None:
        return None
    meridian = int(found[1]) + int(found[2] or 0) / 60
    width = _WIDTH.search(words)
    zones = ZONES_6_DEG if width is not None and width[1] == "6" else ZONES_3_DEG
    return next((z.code for z in zones if abs(z.central_meridian_deg - meridian) < 1e-6), None)


def has_coordinates(table: Table) -> bool:
    """Whether the headers name a pair of coordinates."""
    names = {fold(header) for header in table.headers}
    return any(
        names.intersection(first) and names.intersection(second)
        for first, second in ((_X, _Y), (_EAST, _NORTH), (_LON, _LAT))
    )


def read_points(table: Table, layer: str, *, axes: Axes | None) -> Points:
    """The coordinates of a table.

    Rows whose coordinate cells are both empty or both words (a total, a repeated header, a
    declared area) are left out of the points and stay in the caller's hands.  Raises
    InputRefusedError: ``no_coordinates``, ``not_a_number`` by row, ``axes_swapped``.
    """
    frame = pd.DataFrame(
        [cells + [""] * (len(table.headers) - len(cells)) for cells in table.rows],
        columns=list(table.headers), dtype=object,
    ).iloc[:, : len(table.headers)]  # fmt: skip
    frame["source_row"] = table.numbers
    first, second, order = _pair(table, layer)
    pair = frame[[first, second]]
    empty = (pair == "").all(axis=1).to_numpy()
    wordy = ~pair.map(_looks_numeric).any(axis=1).to_numpy()
    area = frame.map(lambda cell: bool(_AREA_WORDS.search(fold(str(cell))))).any(axis=1)
    told = area.to_numpy() & (pair == "").any(axis=1).to_numpy()
    kept = frame[~(empty | wordy | told)].reset_index(drop=True)
    if not len(kept):
        raise InputRefusedError([error("no_coordinates", layer=layer,
                                       columns=", ".join(table.headers))])  # fmt: skip
    issues: list[Issue] = []
    values = []
    for name in (first, second):
        numbers, bad = as_number(kept[name].replace("", None))
        bad = bad | numbers.isna().to_numpy()
        issues += [
            error("not_a_number", layer=layer, row=int(kept["source_row"].iloc[place]), field=name,
                  value=kept[name].iloc[place])
            for place in np.flatnonzero(bad)
        ]  # fmt: skip
        values.append(numbers.to_numpy(dtype="float64"))
    if issues:
        raise InputRefusedError(issues)
    if order == "xy":
        order = "en" if axes == "en" else "ne"
    elif axes is not None and order in {"en", "ne"} and axes != order and "column" in first:
        order = axes
    x, y = (values[0], values[1]) if order in {"en", "lonlat"} else (values[1], values[0])
    if order != "lonlat":
        _prove(x, y, kept, layer, axes="en" if order == "ne" else "ne")
    return Points(kept, x, y, order == "lonlat", frozenset((first, second)))


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
    frame = frame.rename(columns=taken).replace("", None)
    shapes = np.asarray(shapely.points(points.x, points.y), dtype=object)
    return frame.assign(geometry=shapes), issues


def rings_frame(
    kind: Kind, points: Points, mapping: dict[str, str], table: Table, layer: str
) -> tuple[pd.DataFrame, list[Issue]]:
    """One row an outline: vertices joined in row order, by id and ring, closing repeats dropped.

    The declared area of a row that names one is compared with the planar area.
    """
    frame = points.frame.drop(columns=list(points.headers))
    headers = [str(name) for name in frame.columns]
    point_like = {"ten diem", "so hieu diem", "diem", "stt", "tt", "ten moc", "so hieu moc"}
    usable = [header for header in headers if fold(header) not in point_like]
    taken, issues = match_columns(kind, usable, mapping)
    taken = {
        header: name
        for header, name in taken.items()
        if not (name.endswith("area_m2") or name == "accuracy_m")
    }
    frame = frame.rename(columns=taken).replace("", None)
    ring = next((name for name in frame.columns if fold(str(name)) in _RING), None)
    keys = frame[kind.id_field].ffill() if kind.id_field in frame else pd.Series("", frame.index)
    rings = frame[ring].ffill() if ring is not None else pd.Series("", frame.index)
    groups = (keys.astype(str) + "\x1f" + rings.astype(str)).to_numpy()
    rows: list[dict[str, object]] = []
    shapes: dict[str, list[shapely.Polygon]] = {}
    for group in dict.fromkeys(groups):
        places = np.flatnonzero(groups == group)
        outline = _outline(points, places, layer, issues)
        shapes.setdefault(group.split("\x1f")[0], []).append(outline)
    for name, parts in shapes.items():
        place = int(np.flatnonzero(keys.astype(str).to_numpy() == name)[0])
        row = {str(c): frame[c].iloc[place] for c in frame.columns if c in kind.names}
        row["source_row"] = int(frame["source_row"].iloc[place])
        row["geometry"] = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
        rows.append(row)
    if len(rows) == 1:
        issues += _declared(table, float(rows[0]["geometry"].area), layer)  # type: ignore[attr-defined]
    return pd.DataFrame(rows), issues


def _pair(table: Table, layer: str) -> tuple[str, str, str]:
    """The two coordinate columns and their order: en, ne, lonlat, or xy (X north by default)."""
    names = {fold(header): header for header in reversed(table.headers)}

    def first(choices: tuple[str, ...]) -> str | None:
        return next((names[choice] for choice in choices if choice in names), None)

    for one, other, order in ((_EAST, _NORTH, "en"), (_X, _Y, "xy"), (_LON, _LAT, "lonlat")):
        left, right = first(one), first(other)
        if left is not None and right is not None:
            return left, right, order
    if table.headers[0].startswith("column "):
        numeric = [
            header
            for place, header in enumerate(table.headers)
            if all(place < len(cells) and _looks_numeric(cells[place]) for cells in table.rows[:50])
            and place > 0
        ]
        if len(numeric) >= 2:
            return numeric[0], numeric[1], "xy"
    raise InputRefusedError(
        [error("no_coordinates", layer=layer, columns=", ".join(table.headers))]
    )


def _looks_numeric(cell: object) -> bool:
    return isinstance(cell, str) and bool(re.match(r"^[+-]?\d[\d\s.,\u00a0]*$", cell.strip()))


def _prove(
    x: NDArray[np.float64], y: NDArray[np.float64], frame: pd.DataFrame, layer: str, *, axes: str
) -> None:
    swapped = (
        (x >= NORTH_RANGE_M[0]) & (x <= NORTH_RANGE_M[1])
        & (y >= EAST_RANGE_M[0]) & (y <= EAST_RANGE_M[1])
    )  # fmt: skip
    if swapped.any() and swapped.sum() * 2 > len(swapped):
        place = int(np.flatnonzero(swapped)[0])
        raise InputRefusedError(
            [error("axes_swapped", layer=layer, row=int(frame["source_row"].iloc[place]),
                   value=f"{x[place]:.3f} {y[place]:.3f}", crs="VN-2000", axes=axes)]
        )  # fmt: skip


def _outline(
    points: Points, places: NDArray[np.intp], layer: str, issues: list[Issue]
) -> shapely.Polygon:
    xy = np.column_stack((points.x[places], points.y[places]))
    if len(xy) > 1 and np.allclose(xy[0], xy[-1], rtol=0, atol=1e-4):
        xy = xy[:-1]
        issues.append(info("closing_row", layer=layer,
                           row=int(points.frame["source_row"].iloc[places[-1]])))  # fmt: skip
    if len(xy) < 3:
        raise InputRefusedError(
            [error("too_few_vertices", layer=layer, count=len(xy),
                   row=int(points.frame["source_row"].iloc[places[0]]))]
        )  # fmt: skip
    return shapely.Polygon(xy)


def _declared(table: Table, computed_m2: float, layer: str) -> list[Issue]:
    declared = declared_area_m2(table)
    if declared is None or abs(declared - computed_m2) <= DECLARED_AREA_SLACK * declared:
        return []
    return [warning("declared_area_differs", layer=layer, value=f"{declared:.1f}",
                    declared=declared, computed=computed_m2)]  # fmt: skip


def declared_area_m2(table: Table) -> float | None:
    """The area a title or a row of the table declares, square metres; None where none does."""
    lines = [" ".join(cells) for cells in table.rows] + list(table.titles)
    for line in lines:
        words = fold(line)
        if not _AREA_WORDS.search(words):
            continue
        unit = 1.0 if re.search(r"m2|m²", line.casefold()) else 10_000.0
        for found in re.findall(r"\d[\d.,]*\d|\d", re.sub(r"m2|m²|\(ha\)", " ", line.casefold())):
            numbers, bad = as_number(pd.Series([found]))
            if not bad[0] and numbers.iloc[0] > 0:
                return float(numbers.iloc[0]) * unit
    return None


__all__ = [
    "Points", "coordinate_headers", "crs_in_words", "declared_area_m2",
    "has_coordinates", "points_frame", "read_points", "rings_frame",
]  # fmt: skip
