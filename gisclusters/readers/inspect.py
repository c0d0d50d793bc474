"""What is in a file, said before anybody relies on it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gisclusters.geometry.crs import is_lonlat, is_metric, parse_crs, vn2000_zone
from gisclusters.geometry.detective import candidate_crs, sole_order
from gisclusters.geometry.validity import find_faults
from gisclusters.layers.kinds import KINDS
from gisclusters.layers.values import fold
from gisclusters.readers.coordinates import (
    coordinate_headers,
    crs_in_words,
    declared_area_m2,
    has_coordinates,
    read_points,
)
from gisclusters.readers.drawing import read_drawing
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.table import read_table
from gisclusters.readers.vector import is_layered, layer_names, read_vector

_CANDIDATES_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectRow:
    """One layer of one file (interfaces §2, Inspect row)."""

    file: str
    layer: str | None
    format: str
    rows: int
    geometry_type: str | None
    encoding: str
    encoding_score: float | None
    crs_found: str | None
    axes: str | None
    candidates: list[dict[str, Any]]
    declared_area_m2: float | None
    computed_area_m2: float | None
    problems: list[str]


def inspect_opened(name: str, path: Path, form: str, options: ReadOptions) -> list[InspectRow]:
    """One row per layer of an opened file.  Raises InputRefusedError."""
    if form in {"table", "xlsx"}:
        return [_table_row(name, path, form, options)]
    if form == "dxf":
        frame, _ = read_drawing(path, KINDS["clusters"], options.layer)
        return [_row(name, None, form, frame, None, "utf-8", None, options)]
    rows = []
    for layer in layer_names(path, form):
        if options.layer is not None and layer != options.layer:
            continue
        found = read_vector(path, form, layer if is_layered(form) else None, options.encoding)
        row = _row(name, layer, form, found.frame, found.crs, found.encoding,
                   found.encoding_score, options)  # fmt: skip
        told = [issue.code if issue.row is None else f"{issue.code} ({issue.row})"
                for issue in found.issues if issue.level != "info"]  # fmt: skip
        rows.append(replace(row, problems=[*told, *row.problems]))
    return rows


def _table_row(name: str, path: Path, form: str, options: ReadOptions) -> InspectRow:
    known = coordinate_headers() | {
        alias for kind in KINDS.values() for field in kind.fields
        for alias in (*field.aliases, fold(field.name))
    }  # fmt: skip
    table = read_table(path, form, set(known), sheet=options.layer, encoding=options.encoding)
    if not has_coordinates(table) and not table.headers[0].startswith("column "):
        return InspectRow(
            file=name, layer=table.sheet, format=form, rows=len(table.rows), geometry_type=None,
            encoding=table.encoding, encoding_score=None, crs_found=None, axes=None,
            candidates=[], declared_area_m2=None, computed_area_m2=None, problems=[],
        )  # fmt: skip
    points = read_points(table, name, axes=options.axes)
    closed = len(points.x) > 3 and bool(
        np.hypot(points.x[0] - points.x[-1], points.y[0] - points.y[-1]) < 1e-3
    )
    outline = shapely.Polygon(np.column_stack((points.x, points.y))) if closed else None
    vertices = np.asarray(shapely.points(points.x, points.y), dtype=object)
    shapes = [outline] if closed else list(vertices)
    frame = pd.DataFrame({"geometry": pd.Series(shapes, dtype=object)})
    crs = "EPSG:4326" if points.lonlat else crs_in_words(table)
    row = _row(name, table.sheet, form, frame, crs, table.encoding, None, options)
    return InspectRow(
        **(asdict(row) | {"rows": len(table.rows), "declared_area_m2": declared_area_m2(table)})
    )


def _row(
    name: str,
    layer: str | None,
    form: str,
    frame: pd.DataFrame,
    crs: str | None,
    encoding: str,
    score: float | None,
    options: ReadOptions,
) -> InspectRow:
    if "geometry" not in frame:
        return InspectRow(
            file=name, layer=layer, format=form, rows=len(frame), geometry_type=None,
            encoding=encoding, encoding_score=score, crs_found=None, axes=None, candidates=[],
            declared_area_m2=None, computed_area_m2=None, problems=[],
        )  # fmt: skip
    shapes = frame["geometry"].to_numpy(dtype=object)
    faults = find_faults(shapes, wanted="any")
    kinds = pd.Series(shapely.get_type_id(shapes)).value_counts()
    words = {0: "Point", 1: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString",
             6: "MultiPolygon", 7: "GeometryCollection", -1: "none", 2: "LinearRing"}  # fmt: skip
    coordinates = shapely.get_coordinates(shapes)
    coordinates = coordinates[np.isfinite(coordinates).all(axis=1)]
    claimed = _claimed(options) or crs
    candidates = []
    if len(coordinates) and (crs is None or not is_lonlat(crs)):
        candidates = candidate_crs(
            coordinates[:, 0], coordinates[:, 1],
            claimed=claimed if claimed is not None and is_metric(claimed) else None,
        )  # fmt: skip
    areal = shapely.get_dimensions(shapes) == 2
    metric = bool(candidates) or (crs is not None and is_metric(crs))
    return InspectRow(
        file=name, layer=layer, format=form, rows=len(frame),
        geometry_type=", ".join(words[int(kind)] for kind in kinds.index),
        encoding=encoding, encoding_score=score, crs_found=crs,
        axes="en" if crs is not None and not candidates else sole_order(candidates),
        candidates=[asdict(candidate) for candidate in candidates[:_CANDIDATES_SHOWN]],
        declared_area_m2=None,
        computed_area_m2=float(shapely.area(shapes[areal]).sum()) if areal.any() and metric
        else None,
        problems=[f"{fault.reason} ({fault.position + 1})" for fault in faults],
    )  # fmt: skip


def _claimed(options: ReadOptions) -> str | None:
    if options.crs is not None:
        return parse_crs(options.crs)
    return None if options.province is None else f"EPSG:{vn2000_zone(options.province)}"
