"""What is in a file, said before anybody relies on it."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd
import shapely

from gisclusters.geometry.crs import vn2000_zone
from gisclusters.geometry.crs_names import is_lonlat, is_metric, parse_crs
from gisclusters.geometry.detective import Candidate, sole_order
from gisclusters.geometry.validity import find_faults
from gisclusters.layers.kinds import KINDS
from gisclusters.layers.known import weigh_rows
from gisclusters.readers.files import TABLE_FORMS
from gisclusters.readers.inspect_row import InspectRow
from gisclusters.readers.mapping import match_columns
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.table_look import look_at_table
from gisclusters.readers.vector import read_vector
from gisclusters.readers.vector_files import MAPINFO_FORMS, is_layered, layer_names

_CANDIDATES_SHOWN = 6


def inspect_opened(name: str, path: Path, form: str, options: ReadOptions) -> list[InspectRow]:
    """One row per layer of an opened file.  Raises InputRefusedError."""
    if form in TABLE_FORMS:
        return [_table_row(name, path, form, options)]
    if form == "dxf":
        return _drawing_rows(name, path, form, options)
    rows = []
    for layer in layer_names(path, form):
        if options.layer is not None and layer != options.layer:
            continue
        found = read_vector(path, form, layer if is_layered(form) else None, options.encoding)
        fits = () if found.crs_doubted is None else found.crs_doubted.fits
        asked = fits[0] if fits else None
        row = _row(name, layer, form, found.frame, found.crs, found.encoding,
                   found.encoding_score, options, asked=asked)  # fmt: skip
        trapped = form in MAPINFO_FORMS and asked is not None
        told = [f"mapinfo_datum {asked}"] if trapped else []
        told += [issue.code if issue.row is None else f"{issue.code} ({issue.row})"
                for issue in found.issues if issue.level != "info"]  # fmt: skip
        rows.append(replace(row, problems=[*told, *row.problems]))
    return rows


def _drawing_rows(name: str, path: Path, form: str, options: ReadOptions) -> list[InspectRow]:
    """One row per drawing layer that holds shapes, with what the reader has to say of it."""
    from gisclusters.readers.drawing import inspect_drawing  # noqa: PLC0415 - slow to import

    rows = []
    for layer, part in inspect_drawing(path, options.layer, options.encoding):
        row = _row(name, layer, form, part.frame, part.crs or part.said.code, part.encoding,
                   part.encoding_score, options)  # fmt: skip
        doubts = dict.fromkeys(issue.code for issue in part.issues if issue.level != "info")
        issues = tuple(issue.in_layer(name) for issue in part.issues)
        rows.append(replace(row, problems=[*row.problems, *doubts], issues=issues))
    return rows


def _table_row(name: str, path: Path, form: str, options: ReadOptions) -> InspectRow:
    found = look_at_table(name, path, form, options)
    if found.frame is None:
        return InspectRow(
            file=name, layer=found.sheet, format=form, rows=found.rows, geometry_type=None,
            encoding=found.encoding, encoding_score=None, crs_found=None, axes=None,
            candidates=[], declared_area_m2=None, computed_area_m2=None, problems=[],
        )  # fmt: skip
    row = _row(name, found.sheet, form, found.frame, found.crs, found.encoding,
               found.encoding_score, options)  # fmt: skip
    return InspectRow(
        **(asdict(row) | {
            "rows": found.rows, "declared_area_m2": found.declared_m2,
            "computed_area_m2": found.computed_m2, "rings_closed": found.closed,
            "problems": found.problems or row.problems,
        })
    )  # fmt: skip


def _row(
    name: str,
    layer: str | None,
    form: str,
    frame: pd.DataFrame,
    crs: str | None,
    encoding: str,
    score: float | None,
    options: ReadOptions,
    *,
    asked: str | None = None,
) -> InspectRow:
    """``asked`` is a CRS that the file only hints at."""
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
    claimed = _claimed(options) or crs or asked
    candidates = _candidates(frame, claimed, options)
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


def _candidates(frame: pd.DataFrame, claimed: str | None, options: ReadOptions) -> list[Candidate]:
    """Where the coordinates could have been written, held against what the store knows.

    Degrees that say so are not doubted.
    """
    if claimed is not None and is_lonlat(claimed):
        return []
    dots = (shapely.get_dimensions(frame["geometry"].to_numpy(dtype=object)) == 0).all()
    kind = KINDS["markers" if dots else "clusters"]
    headers = [str(name) for name in frame.columns if name not in {"geometry", "source_row"}]
    taken, _ = match_columns(kind, headers, dict(options.mapping))
    rows = frame.rename(columns=taken)
    return weigh_rows(kind.name, rows, claimed, options.known, province=options.province)


def _claimed(options: ReadOptions) -> str | None:
    if options.crs is not None:
        return parse_crs(options.crs)
    return None if options.province is None else f"EPSG:{vn2000_zone(options.province)}"
