"""Columns of Arrow and of pyogrio to a frame: whole numbers stay whole, nothing is hidden.

A whole number beside empty cells stays exact (``Int64``), where a float would turn an id of
17 digits into another.  Shapes that no library of ours can hold (unclosed rings, surfaces
of triangles) are named by row; curves become chords, which is said.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, error, info
from gisclusters.readers.gdal import Opened

OURS = ("geometry", "source_row")
CURVES = range(8, 13)
"""WKB types of circular strings, compound curves, curve polygons, multicurves, multisurfaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One layer as read: columns by their own names, shapes beside (None for a table)."""

    table: pd.DataFrame
    shapes: NDArray[np.object_] | None
    crs: str | None
    issues: tuple[Issue, ...] = ()


def read_content(opened: Opened, layer: str | None) -> Content:
    """Every row of a layer.  Raises what pyogrio raises."""
    options = dict(opened.driver.options)
    if not opened.driver.arrow:
        return _read_plain(opened, layer)
    about, arrow = pyogrio.raw.read_arrow(opened.target, layer=layer, **options)

    def straight() -> NDArray[np.object_]:
        *_, shapes, _ = pyogrio.raw.read(opened.target, layer=layer, columns=[], **options)
        return np.asarray(shapes, dtype=object)

    return _content(about, arrow, straight)


def content_parts(opened: Opened, layer: str | None, size: int) -> Iterator[Content]:
    """The rows of a layer of an Arrow driver, up to ``size`` at a time, in their order.

    Raises what pyogrio raises.
    """
    options = dict(opened.driver.options)
    done = 0

    def straight() -> NDArray[np.object_]:
        *_, shapes, _ = pyogrio.raw.read(
            opened.target, layer=layer, columns=[], skip_features=done, max_features=len(arrow),
            **options,
        )  # fmt: skip
        return np.asarray(shapes, dtype=object)

    with pyogrio.open_arrow(
        opened.target, layer=layer, batch_size=size, use_pyarrow=True, **options
    ) as (about, batches):
        for batch in batches:
            arrow = pa.Table.from_batches([batch])
            yield _content(about, arrow, straight)
            done += len(arrow)


def _content(
    about: Mapping[str, Any], arrow: pa.Table, straight: Callable[[], NDArray[np.object_]]
) -> Content:
    """Rows as Arrow has them; ``straight`` gives their shapes with chords in place of curves."""
    if about["geometry_type"] is None:
        return Content(table=to_frame(arrow), shapes=None, crs=None)
    name = about["geometry_name"] or "wkb_geometry"
    place = len(arrow.schema) - 1  # pyogrio puts the shapes last, whatever else has their name
    if arrow.schema.field(place).name != name:
        place = arrow.schema.get_field_index(name)
    wkb = arrow.column(place).to_numpy()
    table = to_frame(arrow.remove_column(place))
    kinds = wkb_types(wkb)
    issues: list[Issue] = []
    curved = np.isin(kinds, CURVES)
    if curved.any():
        wkb = straight()
        issues.append(info("curves_as_chords", count=int(curved.sum())))
    shapes, more = parsed_shapes(wkb, kinds)
    return Content(table=table, shapes=shapes, crs=about["crs"], issues=(*issues, *more))


def _read_plain(opened: Opened, layer: str | None) -> Content:
    """Rows of a driver whose text comes as raw bytes, read as ISO-8859-1."""
    about, _, wkb, columns = pyogrio.raw.read(opened.target, layer=layer, encoding="ISO-8859-1")
    names = unique_names([str(name) for name in about["fields"]])
    table = pd.DataFrame(dict(zip(names, columns, strict=True)))
    if wkb is None:
        return Content(table=table, shapes=None, crs=None)
    shapes, issues = parsed_shapes(wkb, wkb_types(wkb))
    return Content(table=table, shapes=shapes, crs=about["crs"], issues=issues)


def to_frame(arrow: pa.Table) -> pd.DataFrame:
    """An Arrow table as a frame: exact whole numbers, days as ``datetime64``, lists as JSON."""
    names = unique_names(arrow.column_names)
    columns = {name: _series(arrow.column(place)) for place, name in enumerate(names)}
    return pd.DataFrame(columns, index=pd.RangeIndex(arrow.num_rows))


def unique_names(names: list[str]) -> list[str]:
    """The names, each once: a repeated one gets its number behind it."""
    seen: set[str] = set()
    out = []
    for name in names:
        unique, number = name, 2
        while unique in seen:
            unique, number = f"{name} ({number})", number + 1
        seen.add(unique)
        out.append(unique)
    return out


def wkb_types(wkb: NDArray[np.object_]) -> NDArray[np.int64]:
    """The geometry type of each WKB value without its Z and M; -1 where there is none."""
    heads = [b"\xff" * 5 if each is None else each[:5] for each in wkb]
    kinds = np.full(len(wkb), -1, dtype=np.int64)
    whole = np.array([len(head) == 5 for head in heads], dtype=bool)
    there = whole & np.array([each is not None for each in wkb], dtype=bool)
    raw = np.frombuffer(b"".join(h for h, ok in zip(heads, there, strict=True) if ok), np.uint8)
    raw = raw.reshape(-1, 5)
    little = raw[:, 1:].copy().view("<u4").ravel()
    big = raw[:, 1:].copy().view(">u4").ravel()
    kinds[there] = np.where(raw[:, 0] == 1, little, big).astype(np.int64) % 0x10000000 % 1000
    return kinds


def parsed_shapes(
    wkb: NDArray[np.object_], kinds: NDArray[np.int64]
) -> tuple[NDArray[np.object_], tuple[Issue, ...]]:
    """WKB to shapes; a value that gives none is an issue with its row (from 1)."""
    shapes = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
    there = np.array([each is not None for each in wkb], dtype=bool)
    lost = np.flatnonzero(there & shapely.is_missing(shapes))
    names = {15: "PolyhedralSurface", 16: "TIN", 17: "Triangle"}
    issues = tuple(
        error("geometry_unreadable", row=int(row) + 1, field="geometry",
              value=names.get(int(kinds[row]), "unclosed or damaged"))
        for row in lost
    )  # fmt: skip
    return shapes, issues


def joined(content: Content, rows: NDArray[np.int64]) -> tuple[pd.DataFrame, list[Issue]]:
    """The frame with ``geometry`` and ``source_row``; a column of those names is kept beside."""
    table, issues = content.table, list(content.issues)
    for name in OURS:
        if name in table.columns:
            other = unique_names([*map(str, table.columns), name])[-1]
            table = table.rename(columns={name: other})
            issues.append(info("column_renamed", field=name, value=other))
    if content.shapes is not None:
        table = table.assign(geometry=content.shapes)
    return table.assign(source_row=rows), issues


def _series(column: pa.ChunkedArray) -> pd.Series[Any]:
    kind = column.type
    if pa.types.is_integer(kind) and column.null_count:
        cells = column.cast(pa.int64()).to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
        return pd.Series(cells)
    if pa.types.is_date(kind):
        return pd.Series(column.cast(pa.timestamp("s")).to_pandas())
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        cells = [None if cell is None else _as_json(cell) for cell in column.to_pylist()]
        return pd.Series(cells, dtype=object)
    return pd.Series(column.to_pandas())


def _as_json(cell: object) -> str:
    if isinstance(cell, bytes):
        return cell.hex()
    return json.dumps(cell, ensure_ascii=False, default=str)
