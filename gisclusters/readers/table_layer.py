"""A table as the rows of one kind: a list, points, outlines, or shapes written as text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gisclusters.domain.issue import Issue, warning
from gisclusters.layers.kinds import KINDS, Kind
from gisclusters.layers.layer import DEFAULT_ACCURACY_M, MAP_ACCURACY_MM
from gisclusters.layers.values import fold
from gisclusters.readers.coordinates import Points, points_frame, read_points
from gisclusters.readers.mapping import hectares_to_m2, match_columns, units_of_headers
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.outlines import rings_frame
from gisclusters.readers.pairs import has_coordinates
from gisclusters.readers.reference import hold_to_province, hold_to_words
from gisclusters.readers.sidecar import Sidecar
from gisclusters.readers.system_words import said_in
from gisclusters.readers.systems import one_zone
from gisclusters.readers.table import Table, read_table
from gisclusters.readers.wide_figures import figures_of_columns
from gisclusters.readers.wkt import WKT_HEADERS, draws_features, read_wkt, wkt_column


@dataclass(frozen=True, slots=True)
class TableRows:
    """Rows by our names, what the table says of its CRS, and its points where it has them."""

    frame: pd.DataFrame
    crs: str | None
    sheet: str | None
    issues: tuple[Issue, ...]
    points: Points | None = None


def open_table(
    kind: Kind, path: Path, form: str, options: ReadOptions, sidecar: Sidecar,
    explicit: dict[str, str],
) -> TableRows:  # fmt: skip
    """The rows of a table file.  Raises InputRefusedError (see ``read_table``, ``read_points``)."""
    table = read_table(path, form, known_headers(kind), sheet=options.layer,
                       encoding=options.encoding or sidecar.encoding)  # fmt: skip
    if kind.shape == "none":
        return _listed(kind, table, explicit, path.name)
    named = (options.crs or sidecar.crs) is not None
    column = wkt_column(table)
    beside = has_coordinates(table)
    if column is not None and (not beside or draws_features(table, column, kind)):
        frame, crs, issues = read_wkt(kind, table, column, path.name, explicit, options.axes)
        hold_to_province(path.name, crs, options, sidecar)
        if crs is None:
            said = said_in(table.titles, names=[table.sheet or ""])
            issues += one_zone(said, path.name, named=named)
            crs, more = hold_to_words(path.name, said, said.code, options, sidecar)
            issues += more
        if beside:
            issues.append(warning("shapes_taken", layer=path.name, field=table.headers[column]))
        frame, more = hectares_to_m2(kind, frame, path.name)
        return TableRows(frame, crs, table.sheet, (*table.issues, *issues, *more))
    axes = options.axes or sidecar.axes
    points = read_points(table, path.name, crs_named=named,
                         axes="en" if axes == "en" else "ne" if axes else None,
                         id_column=_names_of_states(kind, table, explicit))  # fmt: skip
    crs, told = hold_to_words(path.name, points.said, points.crs, options, sidecar)
    if kind.shape == "point":
        frame, issues = points_frame(kind, points, explicit)
    else:
        outlines = rings_frame(
            kind, points, explicit, table, path.name,
            accuracy_m=_accuracy_m(options, sidecar), accept_repairs=options.accept_repairs,
        )  # fmt: skip
        frame, issues = outlines.frame, outlines.issues
    if column is not None:
        left = warning("shapes_left", layer=path.name, field=table.headers[column])
        told = [*told, left]
    return TableRows(frame, crs, table.sheet, (*issues, *told), points)


def _names_of_states(kind: Kind, table: Table, explicit: dict[str, str]) -> int | None:
    """The column of the names where rows may lack places: a survey of states only."""
    if kind.name != "surveys":
        return None
    taken, _ = match_columns(kind, list(table.headers), explicit)
    return next((place for place, header in enumerate(table.headers)
                 if taken.get(header) == kind.id_field), None)  # fmt: skip


def known_headers(*kinds: Kind) -> set[str]:
    """Folded headers that prove a header row; coordinates prove one too."""
    fields = [field for kind in (kinds or KINDS.values()) for field in kind.fields]
    return {fold(field.name) for field in fields} | {
        alias for field in fields for alias in field.aliases} | WKT_HEADERS  # fmt: skip


def _listed(kind: Kind, table: Table, explicit: dict[str, str], layer: str) -> TableRows:
    frame = pd.DataFrame(table.rows, columns=list(table.headers), dtype=object).replace("", None)
    taken, issues = match_columns(kind, list(table.headers), explicit)
    frame = frame.rename(columns=taken).copy()
    frame["source_row"] = table.numbers
    frame, wide = figures_of_columns(kind, frame, layer)
    frame, units = units_of_headers(kind, frame, layer)
    frame, more = hectares_to_m2(kind, frame, layer)
    return TableRows(frame, None, table.sheet, (*table.issues, *issues, *wide, *units, *more))


def _accuracy_m(options: ReadOptions, sidecar: Sidecar) -> float:
    """The position error of a vertex as far as a whole file says it, in metres."""
    if sidecar.accuracy_m is not None:
        return float(sidecar.accuracy_m)
    if options.accuracy_m is not None:
        return options.accuracy_m
    if sidecar.map_scale is not None:
        return float(sidecar.map_scale) * MAP_ACCURACY_MM / 1000
    return DEFAULT_ACCURACY_M
