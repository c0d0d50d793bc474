"""The way to the SQLite file: whose file it is, who may write, what a fault means.

Plain SQLite lacks five functions that the R-tree triggers of GeoPackage call; they are
registered here.  Outside a transaction of ours the connection cannot write.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from gisclusters._version import __version__
from gisclusters.errors import UnavailableError
from gisclusters.geometry.crs import WGS84
from gisclusters.store.geometry_blob import bound_of, is_empty
from gisclusters.store.tables import register_crs

_ADDED = {5: "exceptions.sql", 6: "campaigns.sql"}
"""What each version added to the tables in schema.sql, which is all it added."""

SCHEMA_VERSION = max(_ADDED)
"""Of all these tables."""

UPGRADABLE = (4, 5)
"""Lack some of them only: read as they are, upgraded by the first writing.  Any other version
is refused, never guessed at."""

APPLICATION_ID = 0x47504B47
"""``GPKG`` in the file's header."""

GEOPACKAGE_VERSION = 10300
"""1.3, because older QGIS warns about 1.4."""

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_UNWRITABLE = {
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH,
}  # fmt: skip


def connect(path: Path | str, *, patience_s: float) -> sqlite3.Connection:
    """A connection that can read, with the functions of GeoPackage registered.

    The journal is SQLite's default rollback journal: it is safe on a network share and
    leaves one file, where a write-ahead log is not and does not.
    """
    connection = sqlite3.connect(path, timeout=patience_s, isolation_level=None)
    for name, function in _FUNCTIONS.items():
        connection.create_function(name, 1, function, deterministic=True)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA query_only = ON")
    return connection


def is_blank(connection: sqlite3.Connection) -> bool:
    """Whether the file holds nothing yet (a store whose making was cut short is blank)."""
    return not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def require_ours(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse what is no store of this version, or of one that can be upgraded.

    Raises UnavailableError (``store_foreign``, ``store_version``).  A GeoPackage made by
    somebody else is never adopted: it may hold triggers and views.
    """
    [(application,)] = connection.execute("PRAGMA application_id")
    known = connection.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'gisclusters_store'"
    ).fetchone()[0]
    if application != APPLICATION_ID or not known:
        raise UnavailableError("errors.store_foreign", value=str(path), reason="gisclusters_store")
    found = _versions(connection)
    if found not in [[version] for version in (SCHEMA_VERSION, *UPGRADABLE)]:
        raise UnavailableError(
            "errors.store_version", value=str(path),
            found=", ".join(map(str, found)) or "–", ours=str(SCHEMA_VERSION),
        )  # fmt: skip


def make_schema(connection: sqlite3.Connection) -> None:
    """Make every table of a new store, inside the transaction that is open."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {GEOPACKAGE_VERSION}")
    _run_script(connection, "schema.sql")
    for added in _ADDED.values():
        _run_script(connection, added)
    register_crs(connection, WGS84)
    connection.execute(
        "INSERT INTO gisclusters_store (schema_version, made_by) VALUES (?, ?)",
        (SCHEMA_VERSION, f"gisclusters {__version__}"),
    )


def upgrade(connection: sqlite3.Connection) -> None:
    """Add to a store of an earlier version what it lacks, inside the transaction that is open.

    Nothing it holds is touched; ``made_by`` keeps the version that made it.
    """
    [found] = _versions(connection)
    lacking = [name for version, name in _ADDED.items() if version > int(str(found))]
    for name in lacking:
        _run_script(connection, name)
    if lacking:
        connection.execute("UPDATE gisclusters_store SET schema_version = ?", (SCHEMA_VERSION,))


def _versions(connection: sqlite3.Connection) -> list[object]:
    return [row[0] for row in connection.execute("SELECT schema_version FROM gisclusters_store")]


def _run_script(connection: sqlite3.Connection, name: str) -> None:
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    # Not executescript, which would commit first.
    for statement in text.split(";\n"):
        connection.execute(statement)


@contextmanager
def writing(connection: sqlite3.Connection, *, keep: bool) -> Iterator[None]:
    """One transaction that holds the write lock from its first moment; all of it or nothing.

    It may be open already.  Whoever stops the program while the work is being written down is
    too late: it is there then, and nothing else is said.
    """
    connection.execute("PRAGMA query_only = OFF")
    try:
        if not connection.in_transaction:
            connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            try:
                connection.execute("COMMIT" if keep else "ROLLBACK")
            except KeyboardInterrupt:
                if connection.in_transaction or not keep:
                    raise
        finally:
            if connection.in_transaction:  # something above raised
                connection.execute("ROLLBACK")
    finally:
        connection.execute("PRAGMA query_only = ON")


@contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[None]:
    """One moment of the store: what several queries see belongs together."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def faults_named(path: Path) -> Iterator[None]:
    """Turn what SQLite says of the file into words for a person.

    Raises UnavailableError: ``store_locked``, ``store_foreign``, ``store_damaged``,
    ``store_unwritable``.  A fault of our own SQL is not among them and passes through.
    """
    try:
        yield
    except sqlite3.DatabaseError as fault:
        key = _key_of(fault)
        if key is None:
            raise
        raise UnavailableError(f"errors.{key}", value=str(path), reason=str(fault)) from fault


def _key_of(fault: sqlite3.DatabaseError) -> str | None:
    code = getattr(fault, "sqlite_errorcode", 0) & 0xFF  # the low byte; the rest is detail
    if code in _BUSY:
        return "store_locked"
    if code == sqlite3.SQLITE_NOTADB:
        return "store_foreign"
    if code == sqlite3.SQLITE_CORRUPT:
        return "store_damaged"
    return "store_unwritable" if code in _UNWRITABLE else None


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "ST_IsEmpty": is_empty,
    "ST_MinX": bound_of(0),
    "ST_MaxX": bound_of(1),
    "ST_MinY": bound_of(2),
    "ST_MaxY": bound_of(3),
}
