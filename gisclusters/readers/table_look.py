"""What a table holds, said before anybody relies on it: outlines, areas, closure, sides."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.issue import Issue
from gisclusters.errors import InputRefusedError
from gisclusters.layers.kinds import KINDS
from gisclusters.layers.layer import DEFAULT_ACCURACY_M
from gisclusters.readers.coordinates import Points, read_points
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.outlines import Outlines, rings_frame
from gisclusters.readers.pairs import choose_pair
from gisclusters.readers.table import Table, read_table
from gisclusters.readers.table_layer import known_headers
from gisclusters.readers.wkt import draws_features, read_wkt, wkt_column

_TOLD = frozenset({
    "side_differs", "declared_area_differs", "vertices_unordered",
    "pairs_disagree", "meridian_unknown", "columns_beyond", "rows_hidden", "columns_hidden",
    "too_few_vertices", "coordinates_missing"
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLook:
    """What was seen; ``frame`` (rows with ``geometry``) is None for a table without coordinates.

    ``problems`` are codes with their row, and for measures the two numbers.
    """

    sheet: str | None
    rows: int
    encoding: str
    encoding_score: float | None = None
    frame: pd.DataFrame | None = None
    crs: str | None = None
    closed: bool | None = None
    declared_m2: float | None = None
    computed_m2: float | None = None
    problems: list[str] = field(default_factory=list)


def look_at_table(name: str, path: Path, form: str, options: ReadOptions) -> TableLook:
    """Read a table without taking it for a kind.

    Rows that close into rings are outlines, as are rows whose sides or area are given; else
    they are points.  Raises InputRefusedError.
    """
    table = read_table(path, form, known_headers(), sheet=options.layer, encoding=options.encoding)
    score = next((issue.params.get("score") for issue in table.issues
                  if issue.code == "encoding_guessed"), None)  # fmt: skip
    bare = TableLook(
        sheet=table.sheet, rows=len(table.rows), encoding=table.encoding,
        encoding_score=score if isinstance(score, float) else None,
    )  # fmt: skip
    column = wkt_column(table)
    drawn = column is not None and draws_features(table, column, KINDS["plans"])
    if drawn or not _has_pair(table, name):
        if column is None:
            return bare
        frame, crs, _ = read_wkt(KINDS["plans"], table, column, name, {}, options.axes)
        return replace(bare, frame=frame, crs=crs)
    points = read_points(table, name, axes=options.axes)
    outlines, issues = _outlines(points, table, name, options)
    if outlines is None:
        there = ~np.isnan(points.x)
        said = points.frame.drop(columns=list(points.headers), errors="ignore").replace("", None)
        dots = shapely.points(points.x[there], points.y[there])
        return replace(
            bare, crs=points.crs, problems=_problems([*points.issues, *issues]),
            frame=said[there].assign(geometry=pd.Series(dots, said.index[there], dtype=object)),
        )  # fmt: skip
    return replace(
        bare, crs=points.crs, frame=outlines.frame,
        closed=all(ring.closed for ring in outlines.rings),
        declared_m2=outlines.declared_m2, computed_m2=outlines.computed_m2,
        problems=_problems(outlines.issues),
    )  # fmt: skip


def _has_pair(table: Table, name: str) -> bool:
    try:
        choose_pair(table, name)
    except InputRefusedError:
        return False
    return True


def _outlines(
    points: Points, table: Table, name: str, options: ReadOptions
) -> tuple[Outlines | None, list[Issue]]:
    """The outlines, where something says that the rows are some."""
    try:
        outlines = rings_frame(
            KINDS["clusters"], points, {}, table, name,
            accuracy_m=options.accuracy_m or DEFAULT_ACCURACY_M,
        )  # fmt: skip
    except InputRefusedError as refusal:
        return None, list(refusal.issues)
    areal = outlines.declared_m2 is not None or any(ring.closed for ring in outlines.rings)
    sided = any(issue.code == "side_differs" for issue in outlines.issues)
    return (outlines if areal or sided else None), []


def _problems(issues: list[Issue]) -> list[str]:
    """Codes with their row; a difference with the number given and the number computed."""
    told = []
    for issue in issues:
        if issue.code not in _TOLD and issue.level != "error":
            continue
        words = issue.code
        given = issue.params.get("given", issue.params.get("declared"))
        computed = issue.params.get("computed")
        if isinstance(given, float) and isinstance(computed, float):
            words += f" {given:.3f} ≠ {computed:.3f}"
        told.append(words if issue.row is None else f"{words} ({issue.row})")
    return told
