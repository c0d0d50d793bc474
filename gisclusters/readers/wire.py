"""Layers and issues as Arrow and JSON, there and back: what passes between two processes.

Nothing is pickled: what arrives can only be a value of the types named here, so a worker
that a hostile file has taken over cannot make its parent run anything.  Frames travel as
Arrow IPC files with their shapes as WKB and come back with the same types, bit for bit.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue
from gisclusters.domain.source import Source
from gisclusters.layers.known import Known
from gisclusters.layers.layer import AcceptedRepair, Ground, Layer
from gisclusters.readers.inspect_row import InspectRow
from gisclusters.readers.options import ReadOptions

_RECORDS: dict[str, type[Any]] = {
    each.__name__: each
    for each in (
        AcceptedRepair,
        Ground,
        InspectRow,
        Issue,
        Known,
        Layer,
        ReadOptions,
        Source,
    )
}
_TAG = "~"


def pack(value: object, folder: Path, stem: str) -> None:
    """Write ``value`` as ``<stem>.json`` in ``folder``, its frames as ``<stem>-N.arrow``.

    ``value`` may hold records of this package (layers, issues, options, rows of inspect),
    frames, shapes, mappings, sequences, dates and plain values.  Raises TypeError for others.
    The JSON is put in place last and whole.
    """
    frames: list[pd.DataFrame] = []
    content = _encoded(value, frames)
    for number, frame in enumerate(frames):
        content_of_frame, table = _table(frame)
        schema = table.schema.with_metadata({"frame": json.dumps(content_of_frame)})
        place = str(folder / f"{stem}-{number}.arrow")
        with pa.OSFile(place, "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
            writer.write_table(table.cast(schema))
    part = folder / f"{stem}.part"
    part.write_text(json.dumps(content), encoding="utf-8")
    part.replace(folder / f"{stem}.json")


def unpack(folder: Path, stem: str) -> Any:
    """What ``pack`` wrote.  Raises ValueError, or what Arrow and GEOS raise, for others."""

    def frame(number: int) -> pd.DataFrame:
        with pa.OSFile(str(folder / f"{stem}-{int(number)}.arrow")) as source:
            table = pa.ipc.open_file(source).read_all()
        table.validate(full=True)
        return _frame(table)

    content = json.loads((folder / f"{stem}.json").read_text(encoding="utf-8"))
    return _decoded(content, frame)


def _encoded(value: object, frames: list[pd.DataFrame]) -> Any:  # noqa: PLR0911, PLR0912, C901 - one type each
    if value is pd.NA:
        return {_TAG: "na"}
    if value is pd.NaT:
        return {_TAG: "nat"}
    if value is None or type(value) in {bool, int, float, str}:
        return value
    if isinstance(value, pd.DataFrame):
        frames.append(value)
        return {_TAG: "frame", "number": len(frames) - 1}
    if is_dataclass(value) and type(value).__name__ in _RECORDS:
        return {_TAG: type(value).__name__,
                "fields": {f.name: _encoded(getattr(value, f.name), frames)
                           for f in fields(value)}}  # fmt: skip
    if isinstance(value, shapely.Geometry):
        return {_TAG: "shape", "wkb": shapely.to_wkb(value, hex=True)}
    if isinstance(value, Mapping):
        items = [[_encoded(key, frames), _encoded(item, frames)] for key, item in value.items()]
        return {_TAG: "frozen" if isinstance(value, MappingProxyType) else "map", "items": items}
    if isinstance(value, np.ndarray):
        return {_TAG: "array", "type": value.dtype.str if value.dtype != object else "O",
                "items": [_encoded(item, frames) for item in value.tolist()]}  # fmt: skip
    if isinstance(value, (list, tuple, set, frozenset)):
        return {_TAG: type(value).__name__, "items": [_encoded(item, frames) for item in value]}
    if isinstance(value, np.generic):
        return _encoded(value.item(), frames)
    if isinstance(value, (pd.Timestamp, datetime, date, time)):
        return {_TAG: type(value).__name__.lower(), "iso": value.isoformat()}
    if isinstance(value, (bytes, bytearray)):
        return {_TAG: "bytes", "base64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, (str, Path)):
        return str(value)
    raise TypeError(f"a {type(value).__name__} does not travel between processes")


_SIMPLE: dict[str, Callable[[Any], Any]] = {
    "na": lambda _: pd.NA,
    "nat": lambda _: pd.NaT,
    "shape": lambda content: shapely.from_wkb(content["wkb"]),
    "timestamp": lambda content: pd.Timestamp(content["iso"]),
    "datetime": lambda content: datetime.fromisoformat(content["iso"]),
    "date": lambda content: date.fromisoformat(content["iso"]),
    "time": lambda content: time.fromisoformat(content["iso"]),
    "bytes": lambda content: base64.b64decode(content["base64"]),
}
_SEQUENCES: dict[str, type[Any]] = {
    "list": list, "tuple": tuple, "set": set, "frozenset": frozenset,
}  # fmt: skip


def _decoded(  # noqa: PLR0911 - one type each
    content: Any, frame: Callable[[int], pd.DataFrame]
) -> Any:
    if not isinstance(content, dict):
        return content
    tag = content[_TAG]
    if tag in _SIMPLE:
        return _SIMPLE[tag](content)
    if tag == "frame":
        return frame(content["number"])
    if tag in _RECORDS:
        return _RECORDS[tag](
            **{name: _decoded(item, frame) for name, item in content["fields"].items()}
        )
    if tag in {"map", "frozen"}:
        found = {_decoded(key, frame): _decoded(item, frame) for key, item in content["items"]}
        return found if tag == "map" else MappingProxyType(found)
    items = [_decoded(item, frame) for item in content["items"]]
    if tag == "array":
        return np.array(items, dtype=np.dtype(content["type"]))
    return _SEQUENCES[tag](items)


def _table(frame: pd.DataFrame) -> tuple[dict[str, Any], pa.Table]:
    """The columns of a frame as Arrow, and what is needed to make the same frame of them."""
    shapes = frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) else None
    crs = frame.crs if isinstance(frame, gpd.GeoDataFrame) else None
    described, arrays = [], []
    for position, name in enumerate(frame.columns):
        column = frame.iloc[:, position]
        if name == shapes:
            how, array = "shapes", pa.array(shapely.to_wkb(column.to_numpy()), pa.large_binary())
        elif column.dtype == object:
            how, array = _objects(column.to_numpy(dtype=object))
        else:
            how, array = str(column.dtype), pa.array(column.array, from_pandas=_has_nulls(column))
        described.append([_encoded(name, []), how])
        arrays.append(array)
    plain = isinstance(frame.index, pd.RangeIndex) and frame.index.equals(pd.RangeIndex(len(frame)))
    content = {
        "columns": described, "rows": len(frame), "shapes": shapes,
        "crs": None if crs is None else crs.to_string(),
        "index": None if plain else [_encoded(label, []) for label in frame.index.tolist()],
    }  # fmt: skip
    arrays = [array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])
              for array in arrays]  # fmt: skip
    return content, pa.table(arrays, names=[str(number) for number in range(len(arrays))])


def _objects(cells: NDArray[Any]) -> tuple[str, pa.Array]:
    """Python objects: text as it is, anything else cell by cell as JSON."""
    if all(cell is None or type(cell) is str for cell in cells):
        return "text", pa.array(cells, pa.large_string(), from_pandas=False)
    told = [json.dumps(_encoded_cell(cell)) for cell in cells]
    return "cells", pa.array(told, pa.large_string())


def _encoded_cell(cell: object) -> Any:
    return _encoded(cell, [])


def _has_nulls(column: pd.Series[Any]) -> bool:
    """Whether an empty cell of this type is no value, rather than the number NaN."""
    return not isinstance(column.dtype, np.dtype) or column.dtype.kind in "mM"


def _frame(table: pa.Table) -> pd.DataFrame:
    content = json.loads(table.schema.metadata[b"frame"])
    nothing = _no_frames
    labels = content["index"]
    index = (
        pd.RangeIndex(content["rows"]) if labels is None
        else pd.Index([_decoded(label, nothing) for label in labels])
    )  # fmt: skip
    columns = [_column(how, table.column(place).combine_chunks(), index)
               for place, (_, how) in enumerate(content["columns"])]  # fmt: skip
    names = [_decoded(name, nothing) for name, _ in content["columns"]]
    frame = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=index)
    frame.columns = pd.Index(names, dtype=object if not names else None)
    if content["shapes"] is None:
        return frame
    made: pd.DataFrame = gpd.GeoDataFrame(frame, geometry=content["shapes"], crs=content["crs"])
    return made


def _column(how: str, array: pa.Array, index: pd.Index[Any]) -> pd.Series[Any]:
    if how == "shapes":
        cells = shapely.from_wkb(array.to_numpy(zero_copy_only=False))
        return pd.Series(gpd.array.GeometryArray(np.asarray(cells, dtype=object)), index=index)
    if how == "text":
        return pd.Series(np.array(array.to_pylist(), dtype=object), index=index, dtype=object)
    if how == "cells":
        cells = np.empty(len(array), dtype=object)
        for place, cell in enumerate(array.to_pylist()):
            cells[place] = _decoded(json.loads(cell), _no_frames)
        return pd.Series(cells, index=index, dtype=object)
    dtype: Any = pd.api.types.pandas_dtype(how)
    if isinstance(dtype, np.dtype):
        return pd.Series(array.to_numpy(zero_copy_only=False), index=index).astype(dtype)
    if hasattr(dtype, "__from_arrow__"):
        return pd.Series(dtype.__from_arrow__(array), index=index)
    return pd.Series(array.to_pandas(), index=index).astype(dtype)


def _no_frames(number: int) -> pd.DataFrame:
    raise ValueError(f"frame {number} stands inside a cell")
