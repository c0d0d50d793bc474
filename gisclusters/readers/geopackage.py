"""A stranger's SQLite file looked through, read-only, before GDAL opens it as GeoPackage."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from gisclusters.domain.issue import error
from gisclusters.errors import InputRefusedError

_LONGEST_S = 10.0
_HARMLESS = ("rtree", "fts3", "fts4", "fts5")


def real_tables(path: Path) -> set[str]:
    """The names of its tables that are tables, not views, folded to lower case.

    Raises InputRefusedError: ``sqlite_other`` (no GeoPackage), ``format_refused`` (virtual
    tables that reach for other files, views in the place of GeoPackage's own tables);
    sqlite3.Error where the file is damaged.
    """
    begun = time.monotonic()
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        connection.set_progress_handler(lambda: time.monotonic() - begun > _LONGEST_S, 10_000)
        connection.execute("PRAGMA trusted_schema = OFF")
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    finally:
        connection.close()
    tables = {str(name).casefold() for kind, name, _ in rows if kind == "table"}
    views = {str(name).casefold() for kind, name, _ in rows if kind == "view"}
    if "gpkg_contents" not in tables | views:
        raise InputRefusedError([error("sqlite_other", layer=path.name)])
    reaching = [sql for kind, _, sql in rows if kind == "table" and _reaches_out(sql)]
    if reaching or any(name.startswith("gpkg_") for name in views):
        raise InputRefusedError([error("format_refused", layer=path.name)])
    return tables


def _reaches_out(sql: str | None) -> bool:
    words = " ".join((sql or "").casefold().split())
    if not words.startswith("create virtual table"):
        return False
    module = words.partition(" using ")[2].lstrip().partition("(")[0].strip().strip('"[]`')
    return module not in _HARMLESS
