"""What an import would change: which rows are new, which are known, which differ.

Rows are the same when their keys are (``Kind.key``), in whatever zone.  A lease without a
number is known by its first day or its approval, observations by file, layer and row; where
these still repeat, by their order.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gisclusters.domain.issue import Issue, error
from gisclusters.domain.source import Source
from gisclusters.layers.kinds import Kind
from gisclusters.store.geometry_blob import add_headers, strip_headers, to_wkb
from gisclusters.store.rows import Values, extra_values, field_values
from gisclusters.store.tables import Table, content_columns, quoted, tables_of

Key = tuple[Any, ...]
Content = tuple[Any, ...]

_REPEATS_IN_ORDER = {"leases", "surveys"}


@dataclass(frozen=True, slots=True)
class Incoming:
    """Rows on their way in, encoded before the store is locked.

    ``content`` is one tuple a row: fields, ``extra`` and, with shapes, the plain WKB;
    ``blobs`` are the same shapes as the store keeps them.
    """

    table: Table
    keys: list[Key]
    ids: Values
    content: list[Content]
    blobs: list[bytes | None] | None
    notes: dict[str, Values]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class Held:
    """A row in force: where it stands and what it says."""

    table: Table
    fid: int
    content: Content
    import_id: str
    source_row: int | None


@dataclass(slots=True)
class Changes:
    """Positions of incoming rows that are new, and of those that replace a row in force.

    ``repeated`` are rows whose key an earlier part of the same import brought already.
    """

    new: list[int] = field(default_factory=list)
    changed: list[tuple[int, Held]] = field(default_factory=list)
    repeated: list[tuple[int, Held]] = field(default_factory=list)
    unchanged: int = 0


def encode(table: Table, frame: Any) -> Incoming:
    """The rows of a checked frame as the store keeps them, with their keys."""
    kind = table.kind
    columns = {each.name: field_values(frame[each.name], each) for each in kind.fields}
    columns["extra"] = extra_values(kind, frame)
    notes = {"source_row": frame["source_row"].tolist()}
    if "accuracy_source" in frame:
        notes["accuracy_source"] = frame["accuracy_source"].tolist()
    parts = [columns[name] for name in content_columns(kind)]
    blobs = None
    if table.srs_id is not None:
        shapes = np.asarray(frame.geometry.array, dtype=object)
        wkb = to_wkb(shapes)
        blobs = add_headers(shapes, wkb, table.srs_id)
        parts.append(wkb)
    names = {name: place for place, name in enumerate(kind.names)}
    content = list(zip(*parts, strict=True))
    return Incoming(
        table=table,
        keys=_keys(kind, names, content, notes["source_row"]),
        ids=columns[kind.id_field],
        content=content,
        blobs=blobs,
        notes=notes,
    )


def repeated_keys(incoming: Incoming, layer: str) -> list[Issue]:
    """An error for each row whose key stood in an earlier row already."""
    first: dict[Key, int] = {}
    rows = incoming.notes["source_row"]
    return [
        _repeated(incoming, place, rows[earlier], layer)
        for place, key in enumerate(incoming.keys)
        if (earlier := first.setdefault(key, place)) != place
    ]


def repeated_parts(incoming: Incoming, changes: Changes, layer: str) -> list[Issue]:
    """The same for rows whose key an earlier part of the import brought."""
    return [_repeated(incoming, place, held.source_row, layer) for place, held in changes.repeated]


def _repeated(incoming: Incoming, place: int, first_row: int | None, layer: str) -> Issue:
    key = incoming.keys[place]
    return error(
        "key_repeated", layer=layer, row=incoming.notes["source_row"][place],
        id=incoming.ids[place], field=" ".join(incoming.table.kind.key),
        value=" ".join("–" if part is None else str(part) for part in key),
        first_row=str(first_row),
    )  # fmt: skip


def held_rows(
    connection: sqlite3.Connection,
    kind: Kind,
    ids: Iterable[object],
    source: Source,
    *,
    only: Table | None = None,
) -> dict[Key, Held]:
    """The rows in force that incoming rows might repeat, by key.

    Of every zone, or of the table ``only``.  Raises ValueError for a shape that is none.
    """
    names = {name: place for place, name in enumerate(kind.names)}
    found: dict[Key, Held] = {}
    for table in tables_of(connection, kind):
        if only is not None and table.name != only.name:
            continue
        where, values = _candidates(kind, ids, source)
        columns = [*content_columns(kind), *([] if table.crs is None else ["geom"])]
        rows = connection.execute(
            f"SELECT fid, source_row, import_id, {', '.join(map(quoted, columns))} "
            f"FROM {quoted(table.name)} WHERE {where} ORDER BY fid",
            values,
        ).fetchall()
        content = [row[3:] for row in rows]
        if table.crs is not None:
            wkb = strip_headers(row[-1] for row in rows)
            content = [(*row[:-1], body) for row, body in zip(content, wkb, strict=True)]
        keys = _keys(kind, names, content, [row[1] for row in rows])
        for key, row, cells in zip(keys, rows, content, strict=True):
            found[key] = Held(table, row[0], cells, row[2], row[1])
    return found


def compare(incoming: Incoming, held: dict[Key, Held], import_id: str) -> Changes:
    """Sort incoming rows into new, changed, repeated and unchanged; nothing is judged yet."""
    changes = Changes()
    for place, key in enumerate(incoming.keys):
        old = held.get(key)
        if old is None:
            changes.new.append(place)
        elif old.import_id == import_id:
            changes.repeated.append((place, old))
        elif old.table.name == incoming.table.name and old.content == incoming.content[place]:
            changes.unchanged += 1
        else:
            changes.changed.append((place, old))
    return changes


def refusals(incoming: Incoming, changes: Changes, code: str, layer: str) -> list[Issue]:
    """An error ``code`` for each row that would change, naming what differs."""
    kind = incoming.table.kind
    names = [*content_columns(kind), "geometry"]
    return [
        error(
            code, layer=layer, row=incoming.notes["source_row"][place], id=incoming.ids[place],
            field=kind.id_field, table=old.table.name,
            changes=", ".join(
                ["CRS"] if old.table.name != incoming.table.name
                else _differing(names, incoming.content[place], old.content)
            ),
        )
        for place, old in changes.changed
    ]  # fmt: skip


def _differing(names: Sequence[str], new: Content, old: Content) -> list[str]:
    return [name for name, a, b in zip(names, new, old, strict=False) if a != b]


def _candidates(kind: Kind, ids: Iterable[object], source: Source) -> tuple[str, dict[str, object]]:
    if kind.key:
        where = f"{quoted(kind.id_field)} IN (SELECT value FROM json_each(:ids))"
        return where, {"ids": json.dumps(list(ids))}
    where = (
        "import_id IN (SELECT import_id FROM imports WHERE kind = :kind "
        "AND source_sha256 = :sha256 AND source_layer IS :layer)"
    )
    return where, {"kind": kind.name, "sha256": source.sha256, "layer": source.layer}


def _keys(
    kind: Kind, names: dict[str, int], content: Sequence[Content], source_rows: Values
) -> list[Key]:
    if not kind.key:
        keys: list[Key] = [(row,) for row in source_rows]
    elif kind.name == "leases":
        parcel, first, *others = (
            names[name] for name in ("parcel_id", "lease_id", "lease_from", "approved_on")
        )
        keys = [
            (cells[parcel], cells[first] or next((cells[o] for o in others if cells[o]), None))
            for cells in content
        ]
    else:
        places = [names[name] for name in kind.key]
        keys = [tuple(cells[place] for place in places) for cells in content]
    if kind.name not in _REPEATS_IN_ORDER:
        return keys
    seen: Counter[Key] = Counter()
    numbered = []
    for key in keys:
        seen[key] += 1
        numbered.append((*key, seen[key]))
    return numbered
