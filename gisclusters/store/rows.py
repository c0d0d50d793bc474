"""Frames to rows of SQLite and back; the types of a frame are those its schema check gives."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gisclusters.layers.kinds import Field, Kind
from gisclusters.store.geometry_blob import from_blobs, to_blobs

KEPT = ("accuracy_source", "source_row")
"""Columns of a checked frame besides its kind's fields."""

_SQL_TYPES = {"text": "TEXT", "number": "REAL", "integer": "INTEGER", "date": "DATE",
              "datetime": "DATETIME", "boolean": "BOOLEAN"}  # fmt: skip


def columns_of(kind: Kind) -> list[tuple[str, str]]:
    """Names and SQL types of a kind's columns, geometry and bookkeeping apart."""
    columns = [(field.name, _SQL_TYPES[field.type]) for field in kind.fields]
    if kind.shape != "none":
        if "accuracy_m" not in kind.names:
            columns.append(("accuracy_m", "REAL"))
        columns.append(("accuracy_source", "TEXT"))
    return [*columns, ("source_row", "INTEGER"), ("extra", "TEXT")]


def to_rows(kind: Kind, frame: pd.DataFrame, srs_id: int | None) -> list[tuple[Any, ...]]:
    """One tuple per row: the columns of :func:`columns_of`, then the geometry blob if any."""
    names = [name for name, _ in columns_of(kind)]
    columns: list[list[Any]] = [
        _sql_values(frame[name], _field(kind, name)) for name in names[:-1]
    ]
    columns.append(_extra(kind, frame))
    if srs_id is not None:
        columns.append(to_blobs(frame["geometry"].to_numpy(dtype=object), srs_id))
    return list(zip(*columns, strict=True))


def to_frame(
    kind: Kind, rows: Sequence[tuple[Any, ...]], crs: str | None
) -> gpd.GeoDataFrame | pd.DataFrame:
    """The frame that :func:`to_rows` was given."""
    names = [name for name, _ in columns_of(kind)]
    cells = list(zip(*rows, strict=True)) if rows else [() for _ in range(len(names) + 1)]
    frame = pd.DataFrame(
        {name: _typed(cells[place], _field(kind, name)) for place, name in enumerate(names[:-1])}
    )
    frame = _with_extra(frame, cells[len(names) - 1])
    if crs is None:
        return frame
    shapes = from_blobs(list(cells[len(names)]))
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=crs)


def _field(kind: Kind, name: str) -> Field:
    if name in kind.names:
        return kind.field(name)
    return Field(name, {"source_row": "integer", "accuracy_m": "number"}.get(name, "text"))  # type: ignore[arg-type]


def _sql_values(column: pd.Series[Any], field: Field) -> list[Any]:
    present = column.notna().to_numpy()
    if field.type == "date":
        text = column.dt.strftime("%Y-%m-%d")
    elif field.type == "datetime":
        text = column.dt.strftime("%Y-%m-%dT%H:%M:%S")
    else:
        text = column
    kind = {"integer": int, "number": float, "boolean": int}.get(field.type, str)
    return [
        kind(value) if there else None
        for value, there in zip(text.to_numpy(dtype=object), present, strict=True)
    ]


def _typed(cells: Sequence[Any], field: Field) -> pd.Series[Any]:
    if field.type in {"date", "datetime"}:
        return pd.Series(pd.to_datetime(pd.Series(cells, dtype=object), format="ISO8601")).astype(
            "datetime64[s]"
        )
    if field.type == "number":
        return pd.Series(np.array(cells, dtype="float64"))
    if field.name == "source_row":
        return pd.Series(np.array(cells, dtype="int64"))
    if field.type == "integer":
        return pd.Series(list(cells), dtype="Int64")
    if field.type == "boolean":
        return pd.Series([None if c is None else bool(c) for c in cells], dtype="boolean")
    return pd.Series(list(cells), dtype=object)


def _extra(kind: Kind, frame: pd.DataFrame) -> list[str | None]:
    known = {*kind.names, *KEPT, "geometry", "accuracy_m"}
    names = [name for name in frame.columns if name not in known]
    if not names:
        return [None] * len(frame)
    plain = [[_plain(cell) for cell in frame[name].to_numpy(dtype=object)] for name in names]
    return [
        json.dumps(dict(zip(map(str, names), cells, strict=True)), ensure_ascii=False)
        for cells in zip(*plain, strict=True)
    ]


def _with_extra(frame: pd.DataFrame, texts: Sequence[str | None]) -> pd.DataFrame:
    found = [{} if text is None else json.loads(text) for text in texts]
    names = list(dict.fromkeys(name for row in found for name in row))
    for name in names:
        frame[name] = pd.Series([row.get(name) for row in found], index=frame.index).infer_objects()
    return frame


def _plain(cell: Any) -> Any:
    if cell is None or cell is pd.NaT or cell is pd.NA or (isinstance(cell, float) and cell != cell):
        return None
    if isinstance(cell, (bool, int, float, str)):
        return cell
    if isinstance(cell, np.generic):
        return cell.item()
    return str(cell)
