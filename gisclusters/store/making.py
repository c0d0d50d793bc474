"""The file of a new store: there with its first import, gone again where nothing came of it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from gisclusters.errors import UnavailableError
from gisclusters.store.connection import connect, is_blank

_TRIES = 50


def begin_new(path: Path, *, patience_s: float) -> tuple[sqlite3.Connection, bool]:
    """A connection that holds the write lock of a store not made yet; whether the file is ours.

    Another process that made the file may have taken it away again while this one waited for
    the lock; then it is made anew.  The transaction is open.
    """
    for _ in range(_TRIES):
        made = _touch(path)
        before = _number(path)
        connection = connect(path, patience_s=patience_s)
        try:
            connection.execute("PRAGMA query_only = OFF")
            connection.execute("BEGIN IMMEDIATE")
            if before is not None and _number(path) == before:
                return connection, made
        except sqlite3.Error:
            if before is None or _number(path) == before:
                give_up(connection, path, made=made)
                raise  # the file is there, and something else is wrong
        except BaseException:
            give_up(connection, path, made=made)
            raise
        connection.close()
    raise UnavailableError("errors.store_locked", value=str(path), reason="–")


def give_up(connection: sqlite3.Connection, path: Path, *, made: bool) -> None:
    """Let go of a new store of which nothing was kept, and of the file if it was ``made`` here.

    The file goes only while it is locked and blank: nobody else has begun to write it.
    """
    with contextlib.suppress(sqlite3.Error, OSError):
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if made and os.name != "nt":
            connection.execute("PRAGMA query_only = OFF")
            connection.execute("PRAGMA busy_timeout = 0")
            connection.execute("BEGIN EXCLUSIVE")
            if is_blank(connection):
                path.unlink()
    connection.close()
    if made and os.name == "nt":  # an open file cannot be removed there, by nobody
        with contextlib.suppress(OSError):
            if not path.stat().st_size:
                path.unlink()


def _touch(path: Path) -> bool:
    """Make the file; False where it is there, or cannot be made (which SQLite says better)."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except OSError:
        return False
    return True


def _number(path: Path) -> tuple[int, int] | None:
    """Which file bears the name now."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
