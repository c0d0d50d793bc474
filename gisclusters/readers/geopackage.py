"""A stranger's SQLite file looked through, read-only, before GDAL opens it as GeoPackage."""

from __future__ import annotations

import sqlite3
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gisclusters.domain.issue import Issue, error, warning
from gisclusters.errors import InputRefusedError

_LONGEST_S = 10.0
_HARMLESS = ("rtree", "fts3", "fts4", "fts5")
_UNSAID = {0, -1}
"""The numbers by which a GeoPackage says that it does not know the system."""
_MOST_ROWS_NAMED = 1000
_READ = {"features", "attributes"}


def real_tables(path: Path) -> set[str]:
    """The names of its tables that are tables, not views, folded to lower case.

    Raises InputRefusedError: ``sqlite_other`` (no GeoPackage), ``format_refused`` (virtual
    tables that reach for other files, views in the place of GeoPackage's own tables);
    sqlite3.Error where the file is damaged.
    """
    with _read_only(path) as connection:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    tables = {str(name).casefold() for kind, name, _ in rows if kind == "table"}
    views = {str(name).casefold() for kind, name, _ in rows if kind == "view"}
    if "gpkg_contents" not in tables | views:
        raise InputRefusedError([error("sqlite_other", layer=path.name)])
    reaching = [sql for kind, _, sql in rows if kind == "table" and _reaches_out(sql)]
    if reaching or any(name.startswith("gpkg_") for name in views):
        raise InputRefusedError([error("format_refused", layer=path.name)])
    return tables


def srs_contradictions(path: Path, layer: str | None) -> list[Issue]:
    """Shapes that name another system than their layer does: errors by row.

    Rows count from 1 in the order of the table.  Shapes that name none are one warning.
    ``layer`` is one of ``real_tables``.  Raises sqlite3.Error where the file is damaged.
    """
    with _read_only(path) as connection:
        said = connection.execute(
            "SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns "
            "WHERE lower(table_name) = lower(?)", (layer,),
        ).fetchone()  # fmt: skip
        if said is None:
            return []
        table, column = (f'"{str(name).replace(chr(34), chr(34) * 2)}"' for name in said[:2])
        expected = int(said[2])
        right = [struct.pack(order, expected) for order in ("<i", ">i")]
        rows = connection.execute(
            f"SELECT row, head FROM (SELECT row_number() OVER () AS row, "  # noqa: S608 - quoted
            f"substr({column}, 1, 8) AS head FROM {table}) WHERE typeof(head) = 'blob' "
            f"AND substr(head, 1, 2) = x'4750' AND substr(head, 5, 4) NOT IN (?, ?)", right,
        ).fetchmany(_MOST_ROWS_NAMED)  # fmt: skip
    found = [(row, struct.unpack("<i" if head[3] & 1 else ">i", head[4:8])[0])
             for row, head in rows if len(head) == 8]  # fmt: skip
    issues = [
        error("gpkg_srs_differs", layer=path.name, row=row, field="geometry", value=own,
              expected=str(expected))
        for row, own in found if own not in _UNSAID
    ]  # fmt: skip
    unsaid = [own for _, own in found if own in _UNSAID]
    if unsaid:
        issues.append(warning("gpkg_srs_unsaid", layer=path.name, count=len(unsaid),
                              value=unsaid[0], expected=str(expected)))  # fmt: skip
    return issues


def unread_contents(path: Path) -> list[Issue]:
    """A warning of contents that are never read: views, tiles, coverages."""
    with _read_only(path) as connection:
        rows = connection.execute(
            "SELECT c.table_name, c.data_type, m.type FROM gpkg_contents c "
            "LEFT JOIN sqlite_master m ON lower(m.name) = lower(c.table_name)"
        ).fetchall()
    names = [f"{name} ({'view' if kind == 'view' else data})" for name, data, kind in rows
             if kind == "view" or data not in _READ]  # fmt: skip
    if not names:
        return []
    return [warning("gpkg_contents_unread", layer=path.name, names=", ".join(sorted(names)))]


def says_no_zone(path: Path, layer: str, column: str) -> bool:
    """Whether a column of times names no zone in any row: GDAL takes such times for UTC."""
    table, name = (f'"{each.replace(chr(34), chr(34) * 2)}"' for each in (layer, column))
    with _read_only(path) as connection:
        zoned = connection.execute(
            f"SELECT 1 FROM {table} WHERE {name} LIKE '%Z' "  # noqa: S608 - quoted
            f"OR substr({name}, 20) LIKE '%+%' OR substr({name}, 20) LIKE '%-%' LIMIT 1"
        ).fetchone()
    return zoned is None


@contextmanager
def _read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """The file as SQLite reads it: nothing written, nothing that takes long."""
    begun = time.monotonic()
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        connection.set_progress_handler(lambda: time.monotonic() - begun > _LONGEST_S, 10_000)
        connection.execute("PRAGMA trusted_schema = OFF")
        yield connection
    finally:
        connection.close()


def _reaches_out(sql: str | None) -> bool:
    words = " ".join((sql or "").casefold().split())
    if not words.startswith("create virtual table"):
        return False
    module = words.partition(" using ")[2].lstrip().partition("(")[0].strip().strip('"[]`')
    return module not in _HARMLESS
