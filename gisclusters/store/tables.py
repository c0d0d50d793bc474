"""The tables of features: their columns, their R-trees, and what GeoPackage must know of them.

A kind with shapes has one table a zone (``clusters_9216``), a kind without has one
(``leases``).  Rows that were replaced stand in ``<table>_closed``, made when first needed.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from gisclusters.geometry.crs_names import crs_definition
from gisclusters.geometry.zones import epsg_number
from gisclusters.layers.kinds import Field, Kind

CLOSED = "_closed"
RTREE_DEFINITION = "http://www.geopackage.org/spec120/#extension_rtree"

GROUNDS = Kind(
    "plan_grounds", "plan_id", "any",
    (Field("plan_id", required=True), Field("ground", required=True)),
    key=("plan_id",),
)  # fmt: skip
"""What each plan speaks about, kept as features so that a GIS shows it.

Not a kind that a person ingests: it comes with plans.  ``ground`` is ``all``, ``area`` or
``zones``; only an area has a shape.
"""

# A moment of observation is the surveyor's wall clock; GeoPackage's DATETIME would be UTC.
_SQL_TYPES = {
    "text": "TEXT", "number": "REAL", "integer": "INTEGER", "boolean": "BOOLEAN",
    "date": "DATE", "datetime": "TEXT",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """One table of rows in force."""

    kind: Kind
    name: str
    crs: str | None

    @property
    def srs_id(self) -> int | None:
        """The number of the CRS in the GeoPackage, which is its EPSG number."""
        return None if self.crs is None else epsg_number(self.crs)

    @property
    def closed(self) -> str:
        """The table of the rows that were replaced."""
        return self.name + CLOSED


def table_for(kind: Kind, crs: str | None) -> Table:
    """The table that rows of ``kind`` in ``crs`` belong to, there or not."""
    name = kind.name if kind.shape == "none" or crs is None else f"{kind.name}_{epsg_number(crs)}"
    return Table(kind, name, None if kind.shape == "none" else crs)


def tables_of(connection: sqlite3.Connection, kind: Kind) -> list[Table]:
    """The tables of ``kind`` that are there, by number of CRS."""
    found = connection.execute(
        "SELECT c.table_name, s.organization || ':' || s.organization_coordsys_id "
        "FROM gpkg_contents c JOIN sqlite_master m ON m.name = c.table_name AND m.type = 'table' "
        "LEFT JOIN gpkg_spatial_ref_sys s USING (srs_id) ORDER BY c.srs_id"
    )
    tables = [table_for(kind, crs) for name, crs in found if name == table_for(kind, crs).name]
    return [table for table in tables if (table.crs is None) == (kind.shape == "none")]


def quoted(name: str) -> str:
    """A name as SQL takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def content_columns(kind: Kind) -> tuple[str, ...]:
    """The columns whose values make two rows equal; the shape, where there is one, besides."""
    return (*kind.names, "extra")


def note_columns(kind: Kind) -> tuple[str, ...]:
    """The columns that say where a row comes from."""
    accuracy = ("accuracy_source",) if kind.shape != "none" and kind is not GROUNDS else ()
    return (*accuracy, "source_row", "import_id", "recorded_from")


def all_columns(table: Table) -> tuple[str, ...]:
    """Every column but ``fid``, in order."""
    shape = () if table.crs is None else ("geom",)
    return (*shape, *content_columns(table.kind), *note_columns(table.kind))


def exists(connection: sqlite3.Connection, name: str) -> bool:
    """Whether there is a table of this name."""
    query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
    return bool(connection.execute(query, (name,)).fetchone()[0])


def ensure_table(connection: sqlite3.Connection, table: Table, *, closed: bool = False) -> bool:
    """Make the table, or the one of its closed rows, unless it is there; whether it was made.

    A table just made has no R-tree yet: :func:`index_shapes` comes after its first rows.
    """
    name = table.closed if closed else table.name
    if exists(connection, name):
        return False
    columns = ["fid INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT"]
    if table.crs is not None:
        columns.append("geom GEOMETRY")
    columns += [f"{quoted(each.name)} {_SQL_TYPES[each.type]}" for each in table.kind.fields]
    columns.append("extra TEXT")
    types = {"source_row": "INTEGER", "recorded_from": "DATETIME"}
    columns += [f"{each} {types.get(each, 'TEXT')}" for each in note_columns(table.kind)]
    if closed:
        columns += ["recorded_to DATETIME", "closed_by_import TEXT", "closed_reason TEXT"]
    connection.execute(f"CREATE TABLE {quoted(name)} ({', '.join(columns)})")
    connection.execute(
        f"CREATE INDEX {quoted(f'{name}_by_id')} ON {quoted(name)} ({quoted(table.kind.id_field)})"
    )
    srs_id = None if table.crs is None else register_crs(connection, table.crs)
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, ?, ?, ?)",
        (name, "attributes" if srs_id is None else "features", name, srs_id),
    )
    if srs_id is not None:
        # Polygons and multipolygons stand in one table as they came: no narrower type is true.
        shape = "POINT" if table.kind.shape == "point" else "GEOMETRY"
        connection.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
            (name, shape, srs_id),
        )
    return True


def index_shapes(connection: sqlite3.Connection, name: str) -> None:
    """Make the R-tree of a table over the rows it holds, and the triggers that keep it true."""
    connection.execute(
        "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', ?, 'write-only')",
        (name, RTREE_DEFINITION),
    )
    tree = quoted(rtree_of(name))
    connection.execute(f"CREATE VIRTUAL TABLE {tree} USING rtree(id, minx, maxx, miny, maxy)")
    connection.execute(
        f"INSERT INTO {tree} SELECT fid, ST_MinX(geom), ST_MaxX(geom), ST_MinY(geom), "
        f"ST_MaxY(geom) FROM {quoted(name)} WHERE geom NOTNULL AND NOT ST_IsEmpty(geom)"
    )
    for statement in _rtree_triggers(name):
        connection.execute(statement)


def register_crs(connection: sqlite3.Connection, code: str) -> int:
    """The number of ``EPSG:n`` in this GeoPackage, with its definition written down."""
    organization, number, name, definition = crs_definition(code)
    connection.execute(
        "INSERT INTO gpkg_spatial_ref_sys (srs_name, srs_id, organization, "
        "organization_coordsys_id, definition) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (name, number, organization, number, definition),
    )
    return number


def refresh_contents(connection: sqlite3.Connection, name: str, changed_at: str) -> None:
    """Write down when a table changed, how far it reaches, and what shapes it holds."""
    connection.execute(
        "UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?", (changed_at, name)
    )
    if not has_shapes(connection, name):
        return
    bounds = connection.execute(
        "SELECT min(ST_MinX(geom)), min(ST_MinY(geom)), max(ST_MaxX(geom)), max(ST_MaxY(geom)) "
        f"FROM {quoted(name)}"
    ).fetchone()
    connection.execute(
        "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?",
        (*bounds, name),
    )


def has_shapes(connection: sqlite3.Connection, name: str) -> bool:
    """Whether the rows of a table have shapes."""
    found = connection.execute(
        "SELECT count(*) FROM gpkg_geometry_columns WHERE table_name = ?", (name,)
    ).fetchone()
    return bool(found[0])


def rtree_of(name: str) -> str:
    """The R-tree of a table."""
    return f"rtree_{name}_geom"


def _rtree_triggers(name: str) -> list[str]:
    """The six triggers that keep an R-tree true (GeoPackage 1.3, annex F.3)."""
    tree = quoted(rtree_of(name))
    there = "NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)"
    gone = "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))"
    put = (
        f"INSERT OR REPLACE INTO {tree} VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), "
        "ST_MinY(NEW.geom), ST_MaxY(NEW.geom));"
    )
    drop = f"DELETE FROM {tree} WHERE id = OLD.fid;"
    parts = (
        ("insert", "INSERT", there, put),
        ("update1", "UPDATE OF geom", f"OLD.fid = NEW.fid AND {there}", put),
        ("update2", "UPDATE OF geom", f"OLD.fid = NEW.fid AND {gone}", drop),
        ("update3", "UPDATE", f"OLD.fid != NEW.fid AND {there}", drop + put),
        ("update4", "UPDATE", f"OLD.fid != NEW.fid AND {gone}",
         f"DELETE FROM {tree} WHERE id IN (OLD.fid, NEW.fid);"),
        ("delete", "DELETE", "OLD.geom NOTNULL", drop),
    )  # fmt: skip
    return [
        f"CREATE TRIGGER {quoted(f'{rtree_of(name)}_{part}')} AFTER {event} ON {quoted(name)} "
        f"WHEN {condition} BEGIN {action} END"
        for part, event, condition, action in parts
    ]
