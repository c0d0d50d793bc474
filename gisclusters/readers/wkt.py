"""Tables whose shapes are written as text (WKT) in one column."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.issue import Issue, error, has_errors, info
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import WGS84
from gisclusters.geometry.crs_names import identify_crs
from gisclusters.geometry.vietnam import swapped_degrees
from gisclusters.layers.kinds import Kind
from gisclusters.layers.values import fold
from gisclusters.readers.coordinates import VN2000_LONLAT
from gisclusters.readers.mapping import match_columns
from gisclusters.readers.options import Axes
from gisclusters.readers.system_words import datum_in
from gisclusters.readers.systems import VN2000
from gisclusters.readers.table import Table

WKT_HEADERS = frozenset({"wkt", "geometry", "geom", "the geom", "hinh hoc", "wkt geom", "shape"})
_TEXT = re.compile(
    r"^\s*(?:SRID=(?P<srid>\d{1,6})\s*;)?\s*(?P<wkt>(?:MULTI)?(?:POINT|LINESTRING|POLYGON)|"
    r"GEOMETRYCOLLECTION|LINEARRING|TIN|TRIANGLE|POLYHEDRALSURFACE|\w*(?:CURVE|SURFACE|CURVEPOLYGON)|"
    r"CIRCULARSTRING)\b",
    re.IGNORECASE,
)
_SHOWN = 60


def wkt_column(table: Table) -> int | None:
    """The column that holds shapes as text, by its header and by what its cells begin with."""
    for column, header in enumerate(table.headers):
        if fold(header) not in WKT_HEADERS:
            continue
        cells = [row[column] for row in table.rows[:50] if row[column]]
        if table.headers == ("wkt",) or (
            cells and sum(_TEXT.match(cell) is not None for cell in cells) * 2 > len(cells)
        ):
            return column
    return None


def draws_features(table: Table, column: int, kind: Kind) -> bool:
    """Whether the shapes of a column are the rows of a kind: lines or areas, where no points are.

    Coordinates beside such a shape are those of a middle or a label, not of a vertex.
    """
    cells = [row[column] for row in table.rows if row[column]][:50]
    found = [match for cell in cells if (match := _TEXT.match(cell)) is not None]
    dots = sum(match["wkt"].upper().endswith("POINT") for match in found)
    return kind.shape != "point" and dots * 2 < len(found)


def read_wkt(
    kind: Kind, table: Table, column: int, layer: str, mapping: dict[str, str], axes: Axes | None
) -> tuple[pd.DataFrame, str | None, list[Issue]]:
    """Rows by our names with their shapes, the CRS the text says, and the issues.

    Shapes within the bounds of degrees are WGS 84, as in a GeoJSON, and that is said, or
    VN-2000 where the titles name it, latitudes of Vietnam before its longitudes too; an SRID
    before the text goes first.  A shape of curves or one that is no WKT is refused by
    row (``wkt_unreadable``), as are SRIDs of several systems (``srids_several``); an empty
    cell stays a missing shape.
    """
    cells = [row[column] for row in table.rows]
    issues: list[Issue] = []
    codes: dict[str, int] = {}
    shapes = np.full(len(cells), None, dtype=object)
    for place, cell in enumerate(cells):
        if not cell:
            continue
        found = _TEXT.match(cell)
        shape, reason = _shape(cell[found.start("wkt") :] if found else cell)
        if shape is None:
            issues.append(error("wkt_unreadable", layer=layer, row=table.numbers[place],
                                field=table.headers[column], value=cell[:_SHOWN],
                                reason=reason))  # fmt: skip
        elif found is not None and found["srid"]:
            codes.setdefault(found["srid"], table.numbers[place])
        shapes[place] = shape
    if has_errors(issues):
        raise InputRefusedError(issues)
    crs = _crs(codes, layer)
    bounds = shapely.total_bounds(shapes)
    west, south, east, north = bounds
    degrees = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    if crs is None and (degrees or swapped_degrees(bounds[np.newaxis])[0]):
        crs = VN2000_LONLAT if datum_in(*table.titles) == VN2000 else WGS84
        if crs == WGS84:
            issues.append(info("degrees_taken_as_wgs84", layer=layer))
    if axes == "ne":
        shapes = shapely.transform(shapely.force_2d(shapes), lambda xy: xy[:, ::-1])
        issues.append(info("axes_exchanged", layer=layer))
    headers = [header for place, header in enumerate(table.headers) if place != column]
    frame = pd.DataFrame(table.rows, columns=list(table.headers), dtype=object)[headers]
    taken, said = match_columns(kind, headers, mapping)
    frame = frame.rename(columns=taken).replace("", None)
    frame["source_row"] = table.numbers
    return frame.drop(columns="geometry", errors="ignore").assign(geometry=shapes), crs, [
        *issues, *said]  # fmt: skip


def _shape(text: str) -> tuple[shapely.Geometry | None, str]:
    try:
        return shapely.from_wkt(text), ""
    except NotImplementedError:
        return None, "curves"
    except (shapely.errors.GEOSException, ValueError) as fault:
        return None, str(fault).splitlines()[0][:120]


def _crs(codes: dict[str, int], layer: str) -> str | None:
    """The system of the SRIDs, each with the row that names it first."""
    if not codes:
        return None
    if len(codes) > 1:
        value = ", ".join(f"{code} ({row})" for code, row in codes.items())
        row = list(codes.values())[1]
        raise InputRefusedError(
            [error("srids_several", layer=layer, row=row, field="SRID", value=value)]
        )
    [code] = codes
    found = identify_crs(f"EPSG:{code}")
    if found is None:
        raise InputRefusedError(
            [error("crs_unknown", layer=layer, row=codes[code], field="SRID", value=code)]
        )
    return found
