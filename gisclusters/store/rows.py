"""Frames to columns of SQL values and back, whole columns at a time.

Days are ISO text, numbers REAL, yes and no 1 and 0, a missing value NULL.  Columns that are
no field of the kind stand together in ``extra``, one JSON object a row; the types they had
are kept with the import, so that a frame comes back as it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gisclusters.layers.kinds import Field, Kind

Values = list[Any]

_NOT_EXTRA = {"geometry", "source_row", "accuracy_source"}


def field_values(column: pd.Series[Any], each: Field) -> Values:
    """The column of one field as SQL values."""
    if each.type in {"date", "datetime"}:
        stamps = column.to_numpy(dtype="datetime64[s]")
        unit = "D" if each.type == "date" else "s"
        text = np.datetime_as_string(stamps.astype(f"datetime64[{unit}]")).astype(object)
        text[np.isnat(stamps)] = None
        values: Values = text.tolist()
        return values
    present = column.notna().to_numpy()
    if each.type == "text":
        return plain_values(column)
    filled = np.full(len(column), None, dtype=object)
    number: Any = float if each.type == "number" else int
    filled[present] = column.to_numpy(dtype=object)[present].astype(number)
    return filled.tolist()


def plain_values(column: pd.Series[Any]) -> Values:
    """The cells as Python values, None where there is none."""
    cells = column.to_numpy(dtype=object, copy=True)
    cells[column.isna().to_numpy()] = None
    return cells.tolist()


def extra_names(kind: Kind, frame: pd.DataFrame) -> list[str]:
    """The columns of ``frame`` that are no field of its kind and no note of ours."""
    return [name for name in frame.columns if name not in _NOT_EXTRA and name not in kind.names]


def extra_types(kind: Kind, frame: pd.DataFrame) -> dict[str, str]:
    """The type of each such column, as pandas names it."""
    return {str(name): str(frame[name].dtype) for name in extra_names(kind, frame)}


def extra_values(kind: Kind, frame: pd.DataFrame) -> Values:
    """The other columns of each row as one JSON object; None for a row without any.

    Empty cells are left out and whole floats written as whole numbers, so that a column
    which another file lacks, or brings as integers, does not make rows differ.
    """
    names = sorted(map(str, extra_names(kind, frame)))
    if not names:
        return [None] * len(frame)
    by_name = {str(name): frame[name] for name in extra_names(kind, frame)}
    columns = [_json_values(by_name[name]) for name in names]
    encode = json.JSONEncoder(ensure_ascii=False, default=str, separators=(",", ":")).encode
    return [
        encode(row) if row else None
        for row in (
            {name: cell for name, cell in zip(names, cells, strict=True) if cell is not None}
            for cells in zip(*columns, strict=True)
        )
    ]


def typed(values: Sequence[Any], each: Field) -> pd.Series[Any]:
    """The column of one field from its SQL values, typed as ``check_rows`` types it.

    Raises ValueError or TypeError for a value of another type, as an editor may leave one.
    """
    if each.type in {"date", "datetime"}:
        stamps = np.full(len(values), np.datetime64("NaT"), dtype="datetime64[s]")
        present = [place for place, value in enumerate(values) if value is not None]
        stamps[present] = np.array([values[place] for place in present], dtype="datetime64[s]")
        return pd.Series(stamps)
    if each.type == "number":
        return pd.Series(np.array(values, dtype="float64"))
    if each.type == "integer":
        return pd.Series(values, dtype="Int64")
    if each.type == "boolean":
        yes_no = [None if value is None else bool(value) for value in values]
        return pd.Series(yes_no, dtype="boolean")
    return pd.Series(values, dtype=object)


def extra_frame(texts: Sequence[str | None], types: Mapping[str, str]) -> dict[str, Any]:
    """The other columns, by name, in the order of ``types``.

    Raises ValueError for what is no JSON object.
    """
    rows = json.loads(f"[{','.join(text or '{}' for text in texts)}]")
    if len(rows) != len(texts) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("extra is no JSON object")
    names = [*types, *sorted({name for row in rows for name in row} - set(types))]
    return {
        name: _restored([row.get(name) for row in rows], types.get(name, "object"))
        for name in names
    }


def _json_values(column: pd.Series[Any]) -> Values:
    if pd.api.types.is_float_dtype(column.dtype):
        return [
            None if cell is None
            else int(cell) if float(cell).is_integer()
            else float(cell) if np.isfinite(cell)
            else str(cell)
            for cell in plain_values(column)
        ]  # fmt: skip
    cells = plain_values(column)
    return [
        cell.item() if isinstance(cell, np.generic)
        else cell.isoformat() if hasattr(cell, "isoformat")
        else cell
        for cell in cells
    ]  # fmt: skip


def _restored(values: Values, type_name: str) -> pd.Series[Any]:
    """The cells in the type they came in; as they are where they no longer fit it."""
    column = pd.Series(values, dtype=object)
    missing = bool(column.isna().any())
    if missing and type_name.startswith(("int", "uint")):
        type_name = type_name.replace("uint", "UInt").replace("int", "Int")
    if type_name == "object" or (missing and type_name == "bool"):
        return column
    try:
        return column.astype(type_name)  # type: ignore[call-overload, no-any-return]
    except (ValueError, TypeError):
        return column
