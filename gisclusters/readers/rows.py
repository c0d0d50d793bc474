"""The rows of a file under our names, whatever its form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from gisclusters.domain.issue import Issue, warning
from gisclusters.geometry.crs_names import is_lonlat
from gisclusters.layers.kinds import Kind
from gisclusters.readers.dossier import dossier_layer, read_dossier
from gisclusters.readers.field_package import (
    MEASURED,
    TARGETS,
    is_package,
    with_local_times,
    with_states_noted,
)
from gisclusters.readers.files import TABLE_FORMS
from gisclusters.readers.mapping import match_columns
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.reference import DoubtedCrs, hold_to_texts
from gisclusters.readers.sidecar import Sidecar
from gisclusters.readers.system_columns import system_lines
from gisclusters.readers.system_words import said_in
from gisclusters.readers.vector import VectorRows, read_vector, swapped
from gisclusters.readers.vector_files import choose_layer, is_layered, layers_of

if TYPE_CHECKING:
    from gisclusters.readers.coordinates import Points


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Rows by our names and what the file says of itself."""

    frame: pd.DataFrame
    crs: str | None
    layer: str | None
    issues: tuple[Issue, ...]
    points: Points | None = None
    crs_doubted: DoubtedCrs | None = None
    received: pd.DataFrame | None = None


def open_rows(kind: Kind, path: Path, form: str, options: ReadOptions, sidecar: Sidecar) -> Opened:
    """All rows of a file by our names, and what it says of itself."""
    if form in TABLE_FORMS:
        from gisclusters.readers.table_layer import open_table  # noqa: PLC0415 - tables only

        explicit = {**sidecar.columns, **options.mapping}
        table = open_table(kind, path, form, options, sidecar, explicit)
        return Opened(frame=table.frame, crs=table.crs, layer=table.sheet, issues=table.issues,
                      points=table.points)  # fmt: skip
    layer = chosen_layer(kind, path, form, options)
    encoding = options.encoding or sidecar.encoding
    if form == "dxf":
        from gisclusters.readers.drawing import read_drawing  # noqa: PLC0415 - slow to import

        rows = read_drawing(path, kind, layer, encoding)
        if kind.shape == "point":
            rows = replace(rows, frame=rows.frame.rename(columns={"name": kind.id_field}))
        crs, told = hold_to_texts(path.name, rows.said, rows.crs, options, sidecar)
        rows = replace(rows, crs=crs, issues=(*rows.issues, *told))
    else:
        rows = read_vector(path, form, layer, encoding)
    if options.layer == TARGETS and layer == MEASURED:
        targets = warning("targets_not_measured", layer=path.name)
        rows = replace(rows, issues=(*rows.issues, targets))
    if form == "gpkg" and kind.name == MEASURED:
        rows = with_local_times(path, layer, rows)
        if layer == MEASURED:
            rows, noted = with_states_noted(path, rows)
            rows = replace(rows, issues=(*rows.issues, *noted))
    return named_rows(kind, path, rows, layer, options, sidecar)


def chosen_layer(kind: Kind, path: Path, form: str, options: ReadOptions) -> str | None:
    """The layer of a map to read, None where it has no layers.

    Whoever asks for the targets of a package of ours as a survey gets what was measured.
    """
    named = options.layer
    if form == "dxf":
        return named
    if not is_layered(form):
        return None
    found = layers_of(path, form)
    if named is None and form in {"gpkg", "filegdb"}:
        named = dossier_layer([name for name, _ in found], kind.name)
    if named == TARGETS and kind.name == MEASURED and is_package(name for name, _ in found):
        named = MEASURED
    return choose_layer(path, form, kind, named, found)


def named_rows(
    kind: Kind,
    path: Path,
    rows: VectorRows,
    layer: str | None,
    options: ReadOptions,
    sidecar: Sidecar,
) -> Opened:
    """The rows of a map with its columns under our names."""
    explicit = {**sidecar.columns, **options.mapping}
    if options.axes == "ne" and "geometry" in rows.frame:
        rows = swapped(rows, path.name)
    headers = [str(name) for name in rows.frame.columns if name not in {"geometry", "source_row"}]
    if kind.shape != "none":
        rows = _held_to_columns(path.name, rows, headers, options, sidecar)
    told, explicit, said = read_dossier(kind, rows.frame, layer, rows.crs, explicit)
    taken, issues = match_columns(kind, headers, explicit)
    issues += said
    frame = told.rename(columns=taken)
    if kind.name == "surveys":
        from gisclusters.readers.receiver import survey_fields  # noqa: PLC0415 - surveys only

        frame, more = survey_fields(kind, frame, taken)
        issues += more
    if kind.shape == "none":
        frame = frame.drop(columns="geometry", errors="ignore")
    received = None
    if len(rows.received):
        names = rows.received["field"]
        received = rows.received.assign(field=[taken.get(name, name) for name in names])
    return Opened(frame=frame, crs=rows.crs, layer=layer, crs_doubted=rows.crs_doubted,
                   received=received,
                   issues=(*_with_ids(rows.issues, frame, kind), *issues))  # fmt: skip


def _held_to_columns(
    name: str, rows: VectorRows, headers: list[str], options: ReadOptions, sidecar: Sidecar
) -> VectorRows:
    """The rows with what their attributes say of the system heard; degrees are in no zone."""
    if rows.crs is not None and is_lonlat(rows.crs):
        return rows
    lines = system_lines(headers, lambda place: rows.frame[headers[place]].unique())
    if not lines:
        return rows
    crs, told = hold_to_texts(name, said_in(lines), rows.crs, options, sidecar, way="attributes")
    return replace(rows, crs=crs, issues=(*rows.issues, *told))


def _with_ids(issues: tuple[Issue, ...], frame: pd.DataFrame, kind: Kind) -> list[Issue]:
    """Issues of single rows with the id that stands in the row."""
    if kind.id_field not in frame or all(issue.row is None for issue in issues):
        return list(issues)
    names = frame[kind.id_field].astype(object)
    ids = dict(zip(frame["source_row"], names.where(names.notna(), None), strict=True))
    return [
        replace(issue, id=str(ids[issue.row]))
        if issue.id is None and issue.row in ids and ids[issue.row] is not None else issue
        for issue in issues
    ]  # fmt: skip
