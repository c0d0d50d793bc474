"""Whether a store is sound: the file, its R-trees, what GeoPackage lists, rows of strangers."""

from __future__ import annotations

import sqlite3

from gisclusters.domain.issue import Issue, error, warning
from gisclusters.store.tables import Table, exists, quoted, rtree_of


def check_store(connection: sqlite3.Connection, name: str, tables: list[Table]) -> list[Issue]:
    """Every fault found, the file's own first.

    ``name`` is the store's, ``tables`` those of features and records.  Rows that an editor
    added, without an id, a shape or an import, are warnings: they load as they are.
    """
    issues = [
        error("store_damaged", layer=name, value=answer)
        for (answer,) in connection.execute("PRAGMA integrity_check")
        if answer != "ok"
    ]
    listed = connection.execute("SELECT table_name, data_type FROM gpkg_contents ORDER BY 1")
    for table, data_type in listed.fetchall():
        if not exists(connection, table):
            issues.append(error("store_table_missing", layer=name, value=table))
        elif data_type == "features":
            issues += _check_rtree(connection, table)
    for each in tables:
        issues += _check_rows(connection, each)
    return issues


def _check_rtree(connection: sqlite3.Connection, table: str) -> list[Issue]:
    tree = rtree_of(table)
    if not exists(connection, tree):
        return [error("store_index", layer=table, value=tree)]
    answer = connection.execute("SELECT rtreecheck(?)", (tree,)).fetchone()[0]
    apart = connection.execute(
        f"SELECT count(*) FROM {quoted(table)} AS t LEFT JOIN {quoted(tree)} AS r "
        "ON r.id = t.fid WHERE (t.geom ISNULL OR ST_IsEmpty(t.geom)) != (r.id ISNULL) "
        "OR r.minx > ST_MinX(t.geom) OR r.maxx < ST_MaxX(t.geom) "
        "OR r.miny > ST_MinY(t.geom) OR r.maxy < ST_MaxY(t.geom)"
    ).fetchone()[0]
    indexed, there = (
        connection.execute(f"SELECT count(*) FROM {quoted(each)}").fetchone()[0]
        for each in (tree, table)
    )
    issues = [] if answer == "ok" else [error("store_index", layer=table, value=answer)]
    if apart or indexed > there:
        issues.append(error("store_index", layer=table, value=f"{apart}, {indexed}/{there}"))
    return issues


def _check_rows(connection: sqlite3.Connection, table: Table) -> list[Issue]:
    conditions = [
        f"{quoted(table.kind.id_field)} ISNULL",
        "import_id ISNULL",
        "import_id NOT IN (SELECT import_id FROM imports)",
    ]
    if table.crs is not None:
        conditions.append("geom ISNULL")
    query = f"SELECT count(*) FROM {quoted(table.name)} WHERE {' OR '.join(conditions)}"
    [count] = connection.execute(query).fetchone()
    return [warning("store_rows_foreign", layer=table.name, count=count)] if count else []
