"""Coordinate tables: one row a point, or one row a vertex of a ring.

In Vietnamese tables **X is northing and Y is easting** (Circular 26/2024, Art. 5).  The
ranges never meet (easting 166–834 km, northing 800–2 700 km), so a swapped table is proved
by its own numbers and refused with the option that reads it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, error, has_errors, info, warning
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
_SUM_WORDS = re.compile(r"dien tich|area|\btong\b|\bcong\b|total")
_POINT, _UNMEASURED, _BROKEN, _WORDS = range(4)
_NO_NUMBERS = {"nan", "inf", "-inf", "+inf", "infinity", "-", "–", "…", "..."}
_MERIDIAN = re.compile(
    r"(?:ktt|kinh tuyến trục|kinh tuyen truc|meridian|\bl0|\blo)\s*[:=]?\s*(?P<degrees>\d{3})"
    r"(?:[.,](?P<decimals>\d{1,4})|\s*(?:°|º|˚|độ|do\b|deg|\s|-)\s*(?P<minutes>\d{1,2})(?!\d))?"
)
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
    issues: tuple[Issue, ...] = ()


def coordinate_headers() -> frozenset[str]:
    """Folded headers that hold coordinates."""
    return _COORDINATE_NAMES


def crs_in_words(table: Table) -> str | None:
    """The VN-2000 zone that titles and headers name (KTT 107°30′, múi chiếu 3°), or None."""
    return _zone_in(" ".join(table.titles))[0]


def crs_doubts(table: Table, layer: str) -> list[Issue]:
    """A warning where the titles name a central meridian that no VN-2000 zone has."""
    code, said = _zone_in(" ".join(table.titles))
    if said is None or code is not None:
        return []
    return [warning("meridian_unknown", layer=layer, value=said)]


def _zone_in(words: str) -> tuple[str | None, str | None]:
    """The zone that words name and the words that name it.

    Degrees may carry minutes (107°30′, 107 độ 30, 107 30) or decimals (107,5 or 107.5);
    ``105.45`` is 105°45′, since no zone lies at 105.45°.
    """
    plain = unicodedata.normalize("NFC", words).casefold().replace("\u00a0", " ")
    found = _MERIDIAN.search(plain)
    if found is None:
        return None, None
    degrees = int(found["degrees"])
    readings = [float(degrees)]
    if found["decimals"]:
        readings = [float(f"{degrees}.{found['decimals']}"), degrees + int(found["decimals"]) / 60]
    elif found["minutes"]:
        readings = [degrees + int(found["minutes"]) / 60]
    width = _WIDTH.search(fold(words))
    zones = ZONES_6_DEG if width is not None and width[1] == "6" else ZONES_3_DEG
    for reading in readings:
        for zone in zones:
            if abs(zone.central_meridian_deg - reading) < 1e-6:
                return zone.code, found[0]
    return None, found[0]


def has_coordinates(table: Table) -> bool:
    """Whether the headers name a pair of coordinates."""
    names = {fold(header) for header in table.headers}
    return any(
        names.intersection(first) and names.intersection(second)
        for first, second in ((_X, _Y), (_EAST, _NORTH), (_LON, _LAT))
    )


def read_points(table: Table, layer: str, *, axes: Axes | None) -> Points:
    """The coordinates of a table.

    Titles, repeated headers, totals, declared areas and what stands below the table are left
    out and said so (``rows_left_out``).  A row that names a point but gives no coordinates
    is kept with NaN; one whose coordinates cannot be read is refused.  Raises
    InputRefusedError: ``no_coordinates``, ``not_a_number`` and ``coordinates_missing`` by
    row, ``axes_swapped``.
    """
    frame = pd.DataFrame(
        [cells + [""] * (len(table.headers) - len(cells)) for cells in table.rows],
        columns=list(table.headers), dtype=object,
    ).iloc[:, : len(table.headers)]  # fmt: skip
    frame["source_row"] = table.numbers
    first, second, order = _pair(table, layer)
    kind_of_row = _rows_by_kind(frame, first, second)
    issues = _left_out(frame, kind_of_row, layer)
    kept = frame[np.isin(kind_of_row, (_POINT, _UNMEASURED))].reset_index(drop=True)
    if not (kind_of_row == _POINT).any() and not (kind_of_row == _BROKEN).any():
        raise InputRefusedError([error("no_coordinates", layer=layer,
                                       columns=", ".join(table.headers))])  # fmt: skip
    for place in np.flatnonzero(kind_of_row == _BROKEN):
        row = frame.iloc[place]
        name = first if not _looks_numeric(row[first]) else second
        code = "coordinates_missing" if row[name] == "" else "not_a_number"
        issues.append(error(code, layer=layer, row=int(row["source_row"]), field=name,
                            value=row[name] or None))  # fmt: skip
    values = []
    for name in (first, second):
        numbers, bad = as_number(kept[name].replace("", None))
        issues += [
            error("not_a_number", layer=layer, row=int(kept["source_row"].iloc[place]), field=name,
                  value=kept[name].iloc[place])
            for place in np.flatnonzero(bad)
        ]  # fmt: skip
        values.append(numbers.to_numpy(dtype="float64"))
    if has_errors(issues):
        raise InputRefusedError(issues)
    if order == "xy":
        order = "en" if axes == "en" else "ne"
    elif axes is not None and order == "en":
        order = axes
    x, y = (values[0], values[1]) if order in {"en", "lonlat"} else (values[1], values[0])
    if order != "lonlat":
        _prove(x, y, kept, layer, axes="en" if order == "ne" else "ne")
    return Points(kept, x, y, order == "lonlat", frozenset((first, second)), tuple(issues))


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
    there = ~np.isnan(points.x)
    shapes = np.full(len(frame), shapely.Point(), dtype=object)
    shapes[there] = shapely.points(points.x[there], points.y[there])
    return frame.assign(geometry=shapes), [*points.issues, *issues]


def rings_frame(
    kind: Kind, points: Points, mapping: dict[str, str], table: Table, layer: str
) -> tuple[pd.DataFrame, list[Issue]]:
    """One row an outline: vertices joined in row order, by id and ring, closing repeats dropped.

    The declared area of a row that names one is compared with the planar area.
    """
    if missing := np.flatnonzero(np.isnan(points.x)).tolist():
        raise InputRefusedError(
            [error("coordinates_missing", layer=layer, field=" ".join(sorted(points.headers)),
                   row=int(points.frame["source_row"].iloc[place])) for place in missing]
        )  # fmt: skip
    frame = points.frame.drop(columns=list(points.headers))
    headers = [str(name) for name in frame.columns]
    point_like = {"ten diem", "so hieu diem", "diem", "stt", "tt", "ten moc", "so hieu moc"}
    usable = [header for header in headers if fold(header) not in point_like]
    taken, issues = match_columns(kind, usable, mapping)
    issues = [*points.issues, *issues]
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
        places = np.flatnonzero(keys.astype(str).to_numpy() == name)
        row, doubts = _one_row(frame.iloc[places], kind, layer)
        issues += doubts
        rows.append(row | {"geometry": _with_holes(parts)})
    left = [c for c in headers if c not in taken and c != "source_row" and c not in rows[0]]
    if left:
        issues.append(info("columns_left_out", layer=layer, columns=", ".join(left)))
    if len(rows) == 1:
        issues += _declared(table, float(rows[0]["geometry"].area), layer)  # type: ignore[attr-defined]
    return pd.DataFrame(rows), issues


def _one_row(
    vertices: pd.DataFrame, kind: Kind, layer: str
) -> tuple[dict[str, object], list[Issue]]:
    """What the vertices of an outline say of it: a column that says one thing alone.

    A field that varies from vertex to vertex belongs to the vertices; it stays empty and
    that is said.
    """
    first = int(vertices["source_row"].iloc[0])
    row: dict[str, object] = {"source_row": first}
    doubts: list[Issue] = []
    for name in (str(column) for column in vertices.columns if column != "source_row"):
        said = vertices[name].dropna().unique()
        if len(said) == 1:
            row[name] = said[0]
        elif len(said) > 1 and name in kind.names:
            doubts.append(
                warning("field_varies", layer=layer, row=first, field=name,
                        value=", ".join(map(str, said[:3])))
            )  # fmt: skip
    return row, doubts


def _with_holes(rings: list[shapely.Polygon]) -> shapely.Geometry:
    """The ground that several rings bound: a ring inside another is a hole in it, and so on."""
    if len(rings) == 1:
        return rings[0]
    if not _nested(rings):  # GEOS says what is wrong with them, by row
        return shapely.MultiPolygon(rings)
    shape: shapely.Geometry = rings[0]
    for ring in rings[1:]:
        shape = shapely.symmetric_difference(shape, ring)
    return shape


def _nested(rings: list[shapely.Polygon]) -> bool:
    """Whether every ring is sound and lies wholly inside or outside every other."""
    if not all(map(shapely.is_valid, rings)):
        return False
    return not any(
        shapely.overlaps(one, two) or shapely.equals(one, two)
        for place, one in enumerate(rings) for two in rings[:place]
    )  # fmt: skip


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


def _rows_by_kind(frame: pd.DataFrame, first: str, second: str) -> NDArray[np.int64]:
    """What each row is: a point, one that was not measured, one that is broken, or words.

    A row without two numbers is words where it repeats the header, names an area or a total,
    stands above or below all points, or is the title of a part: one text that looks like no
    name of a point.
    """
    pair = frame[[first, second]]
    numeric = pair.map(_looks_numeric)
    good = numeric.all(axis=1).to_numpy()
    out = np.where(good, _POINT, _WORDS)
    if not good.any():
        out[numeric.any(axis=1).to_numpy() | pair.map(_tries).any(axis=1).to_numpy()] = _BROKEN
        return out
    names = [c for c in frame.columns if c not in {first, second, "source_row"}]
    known = {c: set(frame.loc[good, c].map(_outline_of_text)) - {""} for c in names}
    start, end = np.flatnonzero(good)[[0, -1]]
    for place in np.flatnonzero(~good):
        row = frame.iloc[place]
        texts = {c: row[c] for c in names if row[c]}
        if fold(row[first]) == fold(first) or fold(row[second]) == fold(second):
            continue
        pair_cells = [row[first], row[second]]
        tried = any(map(_tries, pair_cells))
        summed = any(_SUM_WORDS.search(fold(text)) for text in [*texts.values(), *pair_cells])
        if summed and ("" in pair_cells or not tried):
            continue
        named = any(_outline_of_text(text) in known[c] for c, text in texts.items())
        if tried:
            out[place] = _BROKEN
        elif named:
            empty = not row[first] and not row[second]
            out[place] = _UNMEASURED if empty else _BROKEN
        elif start < place < end and len(set(texts.values())) > 1:
            out[place] = _BROKEN
    return out


def _left_out(frame: pd.DataFrame, kinds: NDArray[np.int64], layer: str) -> list[Issue]:
    """Which rows are no points, in one line, so that nobody wonders where a row went."""
    rows = np.flatnonzero(kinds == _WORDS)
    if not len(rows):
        return []
    numbers = ", ".join(str(number) for number in frame["source_row"].iloc[rows[:20]])
    return [info("rows_left_out", layer=layer, count=len(rows), rows=numbers)]


def _outline_of_text(cell: object) -> str:
    """What a name looks like: letters as A, numbers as 9 (``RG-01`` is ``A-9``)."""
    text = re.sub(r"[^\W\d_]+", "A", str(cell).strip())
    return re.sub(r"\d+", "9", text)


def _looks_numeric(cell: object) -> bool:
    return isinstance(cell, str) and bool(re.match(r"^[+-]?\d[\d\s.,\u00a0]*$", cell.strip()))


def _tries(cell: object) -> bool:
    """Whether a cell was to be a number: it holds a digit, or an error of a spreadsheet."""
    text = str(cell).strip().casefold()
    return bool(re.search(r"\d", text)) or text.startswith("#") or text in _NO_NUMBERS


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
    "Points", "coordinate_headers", "crs_doubts", "crs_in_words", "declared_area_m2",
    "has_coordinates", "points_frame", "read_points", "rings_frame",
]  # fmt: skip
