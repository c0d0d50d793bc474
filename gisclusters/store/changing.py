"""Rows into their tables: new ones inserted, replaced ones closed and kept."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from gisclusters.store.comparing import Changes, Held, Incoming
from gisclusters.store.tables import (
    Table,
    all_columns,
    ensure_table,
    exists,
    has_shapes,
    index_shapes,
    quoted,
    refresh_contents,
    rtree_of,
)


def apply_changes(
    connection: sqlite3.Connection,
    incoming: Incoming,
    changes: Changes,
    *,
    import_id: str,
    recorded_at: str,
    reason: str | None,
) -> set[str]:
    """Close what is replaced and insert what is new; the tables that changed.

    Inside the open transaction, which ``finish_tables`` must end.  A row that replaces one of
    the same table keeps its ``fid``, so that a feature keeps its place and its number in a GIS.
    """
    if not changes.new and not changes.changed:
        return set()
    table = incoming.table
    ensure_table(connection, table)
    touched = {table.name}
    replaced: dict[str, list[Held]] = defaultdict(list)
    for _, old in changes.changed:
        replaced[old.table.name].append(old)
    for olds in replaced.values():
        _close(
            connection,
            olds[0].table,
            [old.fid for old in olds],
            import_id=import_id,
            recorded_at=recorded_at,
            reason=reason,
        )
        touched |= {olds[0].table.name, olds[0].table.closed}
    names = ("fid", *all_columns(table))
    connection.executemany(
        f"INSERT INTO {quoted(table.name)} ({', '.join(map(quoted, names))}) "
        f"VALUES ({', '.join('?' * len(names))})",
        _rows(incoming, changes, import_id, recorded_at),
    )
    return touched


def finish_tables(connection: sqlite3.Connection, names: Iterable[str], recorded_at: str) -> None:
    """Index the shapes of new tables and renew what GeoPackage says of all that changed."""
    for name in sorted(names):
        if has_shapes(connection, name) and not exists(connection, rtree_of(name)):
            index_shapes(connection, name)
        refresh_contents(connection, name, recorded_at)


def _close(
    connection: sqlite3.Connection,
    table: Table,
    fids: list[int],
    *,
    import_id: str,
    recorded_at: str,
    reason: str | None,
) -> None:
    ensure_table(connection, table, closed=True)
    columns = ", ".join(map(quoted, all_columns(table)))
    connection.executemany(
        f"INSERT INTO {quoted(table.closed)} "
        f"({columns}, recorded_to, closed_by_import, closed_reason) "
        f"SELECT {columns}, ?, ?, ? FROM {quoted(table.name)} WHERE fid = ?",
        ((recorded_at, import_id, reason, fid) for fid in fids),
    )
    connection.executemany(
        f"DELETE FROM {quoted(table.name)} WHERE fid = ?", ((fid,) for fid in fids)
    )


def _rows(
    incoming: Incoming, changes: Changes, import_id: str, recorded_at: str
) -> Iterator[tuple[Any, ...]]:
    """``fid`` and every column of ``all_columns``, row by row."""
    table, blobs = incoming.table, incoming.blobs
    fields = len(incoming.content[0]) - (blobs is not None)
    notes = [
        incoming.notes[name] for name in ("accuracy_source", "source_row") if name in incoming.notes
    ]
    places: list[tuple[int, int | None]] = [
        (place, old.fid if old.table.name == table.name else None) for place, old in changes.changed
    ]
    places += [(place, None) for place in changes.new]
    for place, fid in places:
        shape = () if blobs is None else (blobs[place],)
        yield (
            fid, *shape, *incoming.content[place][:fields],
            *(note[place] for note in notes), import_id, recorded_at,
        )  # fmt: skip
