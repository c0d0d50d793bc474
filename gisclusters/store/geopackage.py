"""The default store: one GeoPackage, one transaction per change.

Everything of an import (rows, closed rows, R-tree, extents, provenance) is written between
``BEGIN IMMEDIATE`` and ``COMMIT``; a killed process leaves the store as it was.  A row that
is replaced moves to ``<table>_closed`` and stays.
"""

from __future__ import annotations

import json
import os
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

import shapely

from gisclusters._version import __version__
from gisclusters.domain.issue import Issue, error
from gisclusters.domain.source import Source
from gisclusters.errors import InputRefusedError, UnavailableError
from gisclusters.geometry.crs import crs_definition, epsg_number
from gisclusters.layers.kinds import KINDS, Kind, kind_named
from gisclusters.layers.layer import Ground, Layer
from gisclusters.store.geometry_blob import register_functions
from gisclusters.store.protocol import IngestSummary, StoredLayer
from gisclusters.store.rows import columns_of, to_frame, to_rows

SCHEMA_VERSION = 1
PATIENCE_S = 30.0
_APPLICATION_ID = 0x47504B47
_GEOPACKAGE_VERSION = 10300
_CLOSED = "_closed"
_RTREE = "http://www.geopackage.org/spec120/#extension_rtree"


class GeoPackageStore:
    """A store in one file (see :class:`gisclusters.store.protocol.Store`)."""

    def __init__(self, path: Path, *, create: bool) -> None:
        self.path = path
        if not path.exists():
            if not create:
                raise UnavailableError("errors.store_missing", value=str(path))
            _make(path)
        self._connection = _connect(path)
        self._check_ours()

    def save(
        self,
        layer: Layer,
        *,
        recorded_at: datetime,
        reason: str | None = None,
        dry_run: bool = False,
    ) -> IngestSummary:
        """Store a layer whole, or not at all (see the protocol)."""
        kind = layer.kind
        import_id = uuid.uuid4().hex[:12]
        stamp = recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        srs_id = None if layer.crs is None else epsg_number(layer.crs)
        with self._transaction(keep=not dry_run):
            table = self._table(kind, layer.crs)
            new = to_rows(kind, layer.frame, srs_id)
            if kind.key:
                fresh, changed, unchanged = self._compare(kind, table, new, layer, reason)
                self._close_rows(kind, changed, import_id, stamp, reason)
                rows = [*fresh, *(row for _, _, row in changed)]
                summary = IngestSummary(
                    import_id=import_id, kind=kind.name, rows=len(new), inserted=len(fresh),
                    changed=len(changed), unchanged=unchanged,
                )  # fmt: skip
            else:
                seen = self._imported_before(layer)
                rows = [] if seen else new
                summary = IngestSummary(
                    import_id=import_id, kind=kind.name, rows=len(new),
                    inserted=len(rows), changed=0, unchanged=len(new) if seen else 0,
                )  # fmt: skip
            self._insert(kind, table, rows, import_id, stamp, geometry=layer.crs is not None)
            self._save_grounds(layer, import_id)
            self._record(layer, summary, stamp, reason)
        return summary

    def load(
        self,
        kind: str,
        *,
        ids: Sequence[str] | None = None,
        cluster_ids: Sequence[str] | None = None,
    ) -> list[Layer]:
        """The rows in force, one layer per table (see the protocol)."""
        wanted = kind_named(kind)
        layers = []
        for table, crs in self._tables(wanted):
            names = [name for name, _ in columns_of(wanted)]
            selected = ", ".join(map(_quoted, names))
            if crs is not None:
                selected += ", geom"
            clauses, values = [], []
            for column, choices in ((wanted.id_field, ids), ("cluster_id", cluster_ids)):
                if choices is not None and column in names:
                    clauses.append(f"{_quoted(column)} IN ({', '.join('?' * len(choices))})")
                    values += list(choices)
            where = f" WHERE {' AND '.join(clauses)}" if clauses else ""
            rows = self._fetch(
                f"SELECT {selected} FROM {_quoted(table)}{where} ORDER BY fid", values
            )
            if not rows:
                continue
            frame = to_frame(wanted, rows, crs)
            layers.append(
                Layer(
                    kind_name=kind, frame=frame, crs=crs,
                    source=self._source(wanted, table, crs, len(frame)),
                    grounds=MappingProxyType(self._grounds(frame, crs)) if kind == "plans"
                    else MappingProxyType({}),
                )
            )  # fmt: skip
        return layers

    def contents(self) -> list[StoredLayer]:
        """What is stored, in the order of the kinds."""
        found = []
        for kind in KINDS.values():
            for table, crs in self._tables(kind):
                [(changed,)] = self._fetch(
                    "SELECT last_change FROM gpkg_contents WHERE table_name = ?", [table]
                )
                closed = self._count(table + _CLOSED) if self._has(table + _CLOSED) else 0
                found.append(
                    StoredLayer(kind=kind.name, table=table, count=self._count(table),
                                closed=closed, crs=crs, last_change=changed)
                )  # fmt: skip
        return found

    def check(self) -> list[Issue]:
        """Faults that SQLite, the R-trees or the extents show."""
        issues = []
        for (answer,) in self._fetch("PRAGMA integrity_check"):
            if answer != "ok":
                issues.append(error("store_damaged", layer=self.path.name, value=answer))
        for kind in KINDS.values():
            for table, crs in self._tables(kind):
                if crs is None:
                    continue
                [(answer,)] = self._fetch("SELECT rtreecheck(?)", [f"rtree_{table}_geom"])
                indexed = self._count(f"rtree_{table}_geom")
                if answer != "ok" or indexed != self._count(table):
                    issues.append(error("store_index", layer=table, value=answer))
        return issues

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    # -- transactions and look-ups ---------------------------------------------------------

    @contextmanager
    def _transaction(self, *, keep: bool) -> Iterator[None]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as fault:
            raise UnavailableError(
                "errors.store_locked", value=str(self.path), reason=str(fault)
            ) from fault
        try:
            yield
            self._connection.execute("COMMIT" if keep else "ROLLBACK")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _fetch(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql, tuple(values)).fetchall()
        except sqlite3.OperationalError as fault:
            if "locked" not in str(fault):
                raise
            raise UnavailableError(
                "errors.store_locked", value=str(self.path), reason=str(fault)
            ) from fault

    def _has(self, table: str) -> bool:
        return bool(
            self._fetch("SELECT 1 FROM sqlite_master WHERE type='table' AND name=?", [table])
        )

    def _count(self, table: str) -> int:
        [(count,)] = self._fetch(f"SELECT count(*) FROM {_quoted(table)}")
        return int(count)

    def _tables(self, kind: Kind) -> list[tuple[str, str | None]]:
        if kind.shape == "none":
            return [(kind.name, None)] if self._has(kind.name) else []
        rows = self._fetch(
            "SELECT c.table_name, s.organization || ':' || s.organization_coordsys_id "
            "FROM gpkg_contents c JOIN gpkg_spatial_ref_sys s USING (srs_id) "
            "WHERE c.data_type = 'features' ORDER BY c.table_name"
        )
        return [
            (table, crs)
            for table, crs in rows
            if table == f"{kind.name}_{crs.partition(':')[2]}"
        ]

    def _check_ours(self) -> None:
        try:
            [(version,)] = self._connection.execute("SELECT schema_version FROM gisclusters_store")
        except (sqlite3.DatabaseError, ValueError) as fault:
            self._connection.close()
            key = "store_locked" if "locked" in str(fault) else "store_foreign"
            raise UnavailableError(
                f"errors.{key}", value=str(self.path), reason=str(fault)
            ) from fault
        if version != SCHEMA_VERSION:
            self._connection.close()
            raise UnavailableError(
                "errors.store_version", value=str(self.path), found=str(version),
                ours=str(SCHEMA_VERSION),
            )  # fmt: skip

    # -- tables ----------------------------------------------------------------------------

    def _table(self, kind: Kind, crs: str | None) -> str:
        table = kind.name if crs is None else f"{kind.name}_{epsg_number(crs)}"
        if not self._has(table):
            self._create(kind, table, crs, closed=False)
        return table

    def _create(self, kind: Kind, table: str, crs: str | None, *, closed: bool) -> None:
        columns = ["fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"]
        if crs is not None:
            columns.append("geom GEOMETRY")
        columns += [f"{_quoted(name)} {sql_type}" for name, sql_type in columns_of(kind)]
        columns += ["import_id TEXT NOT NULL", "recorded_from TEXT NOT NULL"]
        if closed:
            columns += ["recorded_to TEXT NOT NULL", "closed_by_import TEXT NOT NULL",
                        "close_reason TEXT NOT NULL"]  # fmt: skip
        execute = self._connection.execute
        execute(f"CREATE TABLE {_quoted(table)} ({', '.join(columns)})")
        if kind.key:
            keys = ", ".join(_quoted(name) for name in kind.key)
            execute(f"CREATE INDEX {_quoted(table + '_key')} ON {_quoted(table)} ({keys})")
        if crs is None:
            execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
                "VALUES (?, 'attributes', ?)", (table, table),
            )  # fmt: skip
            return
        number = self._spatial_reference(crs)
        execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
            "VALUES (?, 'features', ?, ?)", (table, table, number),
        )  # fmt: skip
        execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'GEOMETRY', ?, 0, 0)",
            (table, number),
        )
        execute(
            "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', ?, 'write-only')",
            (table, _RTREE),
        )
        execute(
            f"CREATE VIRTUAL TABLE {_quoted(f'rtree_{table}_geom')} "
            "USING rtree(id, minx, maxx, miny, maxy)"
        )
        for statement in _rtree_triggers(table):
            execute(statement)

    def _spatial_reference(self, crs: str) -> int:
        organization, number, name, definition = crs_definition(crs)
        self._connection.execute(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, NULL) "
            "ON CONFLICT (srs_id) DO NOTHING",
            (name, number, organization, number, definition),
        )
        return number

    # -- rows ------------------------------------------------------------------------------

    def _compare(
        self, kind: Kind, table: str, new: list[tuple[Any, ...]], layer: Layer, reason: str | None
    ) -> tuple[list[tuple[Any, ...]], list[tuple[str, int, tuple[Any, ...]]], int]:
        """New rows, rows that replace (table, fid, row), and the number unchanged."""
        names = [name for name, _ in columns_of(kind)]
        places = [names.index(name) for name in kind.key]
        skipped = {names.index("source_row")}
        held: dict[tuple[Any, ...], tuple[str, int, tuple[Any, ...]]] = {}
        for other, crs in self._tables(kind):
            selected = ", ".join(map(_quoted, names)) + (", geom" if crs is not None else "")
            for fid, *cells in self._fetch(f"SELECT fid, {selected} FROM {_quoted(other)}"):
                held[_key(kind, cells, places, names)] = (other, fid, tuple(cells))
        fresh, changed, unchanged = [], [], 0
        issues = []
        for place, row in enumerate(new):
            old = held.get(_key(kind, row, places, names))
            if old is None:
                fresh.append(row)
            elif old[0] == table and _content(row, skipped) == _content(old[2], skipped):
                unchanged += 1
            else:
                changed.append((old[0], old[1], row))
                issues.append(
                    error("id_exists", layer=layer.name,
                          row=int(layer.frame["source_row"].iloc[place]),
                          id=str(layer.frame[kind.id_field].iloc[place]), field=kind.id_field)
                )  # fmt: skip
        if issues and reason is None:
            raise InputRefusedError(issues)
        return fresh, changed, unchanged

    def _close_rows(
        self,
        kind: Kind,
        changed: list[tuple[str, int, tuple[Any, ...]]],
        import_id: str,
        stamp: str,
        reason: str | None,
    ) -> None:
        names = [name for name, _ in columns_of(kind)] + ["import_id", "recorded_from"]
        for table in dict.fromkeys(old for old, _, _ in changed):
            crs = dict(self._tables(kind))[table]
            closed = table + _CLOSED
            if not self._has(closed):
                self._create(kind, closed, crs, closed=True)
            copied = ", ".join(map(_quoted, names)) + (", geom" if crs is not None else "")
            fids = [(stamp, import_id, reason, fid) for old, fid, _ in changed if old == table]
            self._connection.executemany(
                f"INSERT INTO {_quoted(closed)} "
                f"({copied}, recorded_to, closed_by_import, close_reason) "
                f"SELECT {copied}, ?, ?, ? FROM {_quoted(table)} WHERE fid = ?", fids,
            )  # fmt: skip
            self._connection.executemany(
                f"DELETE FROM {_quoted(table)} WHERE fid = ?", [(row[3],) for row in fids]
            )
            self._touch(closed)

    def _insert(
        self, kind: Kind, table: str, rows: list[tuple[Any, ...]], import_id: str, stamp: str, *,
        geometry: bool,
    ) -> None:  # fmt: skip
        names = [name for name, _ in columns_of(kind)]
        if geometry:
            names.append("geom")
        names += ["import_id", "recorded_from"]
        self._connection.executemany(
            f"INSERT INTO {_quoted(table)} ({', '.join(map(_quoted, names))}) "
            f"VALUES ({', '.join('?' * len(names))})",
            [(*row, import_id, stamp) for row in rows],
        )
        self._touch(table)

    def _touch(self, table: str) -> None:
        """Renew the extents and the day of change of a table."""
        bounds: tuple[Any, ...] = (None, None, None, None)
        if self._has(f"rtree_{table}_geom"):
            [bounds] = self._fetch(
                "SELECT min(minx), min(miny), max(maxx), max(maxy) "
                f"FROM {_quoted(f'rtree_{table}_geom')}"
            )
        self._connection.execute(
            "UPDATE gpkg_contents SET min_x=?, min_y=?, max_x=?, max_y=?, "
            "last_change=strftime('%Y-%m-%dT%H:%M:%fZ','now') WHERE table_name=?",
            (*bounds, table),
        )

    def _imported_before(self, layer: Layer) -> bool:
        return bool(
            self._fetch(
                "SELECT 1 FROM imports WHERE kind=? AND source_sha256=? AND source_layer IS ?",
                [layer.kind_name, layer.source.sha256, layer.source.layer],
            )
        )

    def _save_grounds(self, layer: Layer, import_id: str) -> None:
        for plan_id, ground in layer.grounds.items():
            self._connection.execute(
                "INSERT INTO plan_grounds (plan_id, ground, epsg, wkb, import_id) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT (plan_id) DO UPDATE SET "
                "ground=excluded.ground, epsg=excluded.epsg, wkb=excluded.wkb, "
                "import_id=excluded.import_id",
                (
                    plan_id, ground.kind,
                    None if layer.crs is None else epsg_number(layer.crs),
                    None if ground.area is None else shapely.to_wkb(ground.area), import_id,
                ),
            )  # fmt: skip

    def _grounds(self, frame: Any, crs: str | None) -> dict[str, Ground]:
        plans = set(frame["plan_id"])
        layer = f"EPSG:{epsg_number(crs)}" if crs is not None else None
        found = {}
        for plan_id, kind, epsg, wkb in self._fetch(
            "SELECT plan_id, ground, epsg, wkb FROM plan_grounds"
        ):
            if plan_id in plans and (wkb is None or f"EPSG:{epsg}" == layer):
                found[plan_id] = Ground(kind, None if wkb is None else shapely.from_wkb(wkb))
        return found

    def _record(
        self, layer: Layer, summary: IngestSummary, stamp: str, reason: str | None
    ) -> None:
        source = layer.source
        issues = [
            {"level": i.level, "code": i.code, "row": i.row, "id": i.id, "field": i.field,
             "value": i.value, "params": {key: str(value) for key, value in i.params.items()}}
            for i in layer.issues
        ]  # fmt: skip
        self._connection.execute(
            "INSERT INTO imports (import_id, kind, recorded_at, source_name, source_sha256, "
            "source_layer, crs_as_received, datum_operation, row_count, inserted, changed, "
            "unchanged, reason, decision, decided_on, issues) "
            "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                summary.import_id, summary.kind, stamp, source.name, source.sha256, source.layer,
                source.crs_as_received, source.datum_operation, summary.rows, summary.inserted,
                summary.changed, summary.unchanged, reason, source.decision,
                None if source.decided_on is None else source.decided_on.isoformat(),
                json.dumps(issues, ensure_ascii=False),
            ),
        )  # fmt: skip

    def _source(self, kind: Kind, table: str, crs: str | None, rows: int) -> Source:
        """Where the rows of a table come from: the checksums of its imports, hashed together."""
        import hashlib

        found = self._fetch(
            "SELECT DISTINCT i.source_sha256, i.crs_as_received, i.datum_operation "
            f"FROM imports i JOIN {_quoted(table)} t USING (import_id) ORDER BY 1"
        )
        digest = hashlib.sha256("\n".join(str(row[0]) for row in found).encode()).hexdigest()
        received = {row[1] for row in found}
        operations = {row[2] for row in found} - {None}
        return Source(
            role=kind.name, name=self.path.name, layer=table, sha256=digest,
            crs_as_received=received.pop() if len(received) == 1 else crs, rows=rows,
            datum_operation=operations.pop() if operations else None,
        )  # fmt: skip


def _connect(path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None)
    except sqlite3.OperationalError as fault:
        raise UnavailableError(
            "errors.store_foreign", value=str(path), reason=str(fault)
        ) from fault
    register_functions(connection)
    return connection


def _make(path: Path) -> None:
    """Make an empty store beside its name and move it into place whole."""
    if not path.parent.is_dir():
        raise UnavailableError("errors.store_folder", value=str(path.parent))
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    connection = _connect(draft)
    try:
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {_GEOPACKAGE_VERSION}")
        sql = resources.files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")
        connection.executescript(sql)
        for number, name, definition in (
            (-1, "Undefined Cartesian SRS", "undefined"),
            (0, "Undefined geographic SRS", "undefined"),
        ):
            connection.execute(
                "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, 'NONE', ?, ?, NULL)",
                (name, number, number, definition),
            )
        organization, number, name, definition = crs_definition("EPSG:4326")
        connection.execute(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, NULL)",
            (name, number, organization, number, definition),
        )
        for table in ("imports", "plan_grounds"):
            connection.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
                "VALUES (?, 'attributes', ?)", (table, table),
            )  # fmt: skip
        connection.execute(
            "INSERT INTO gisclusters_store VALUES (?, ?)", (SCHEMA_VERSION, __version__)
        )
        connection.close()
        try:
            os.link(draft, path)  # fails where another process was first; its store is as good
        except FileExistsError:
            pass
        except OSError:
            draft.replace(path)
    finally:
        connection.close()
        draft.unlink(missing_ok=True)


def _rtree_triggers(table: str) -> list[str]:
    """The triggers of the GeoPackage R-tree extension (OGC 12-128r18, annex F.3)."""
    tree, name = _quoted(f"rtree_{table}_geom"), _quoted(table)
    box = "NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)"
    there = "NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom)"

    def trigger(suffix: str, event: str, condition: str, action: str) -> str:
        return (
            f"CREATE TRIGGER {_quoted(f'rtree_{table}_geom_{suffix}')} {event} ON {name} "
            f"WHEN {condition} BEGIN {action}; END"
        )

    put = f"INSERT OR REPLACE INTO {tree} VALUES ({box})"
    return [
        trigger("insert", "AFTER INSERT", there, put),
        trigger("update1", "AFTER UPDATE OF geom", f"OLD.fid = NEW.fid AND {there}", put),
        trigger(
            "update2", "AFTER UPDATE OF geom",
            "OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))",
            f"DELETE FROM {tree} WHERE id = OLD.fid",
        ),
        trigger(
            "update3", "AFTER UPDATE", f"OLD.fid != NEW.fid AND {there}",
            f"DELETE FROM {tree} WHERE id = OLD.fid; {put}",
        ),
        trigger("delete", "AFTER DELETE", "OLD.geom NOT NULL",
                f"DELETE FROM {tree} WHERE id = OLD.fid"),
    ]  # fmt: skip


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _key(
    kind: Kind, cells: Sequence[Any], places: list[int], names: list[str]
) -> tuple[Any, ...]:
    """What makes a row itself; a lease without an id is known by its first day."""
    key = tuple(cells[place] for place in places)
    if kind.name == "leases" and key[-1] is None:
        return (*key[:-1], None, cells[names.index("lease_from")],
                cells[names.index("approved_on")])  # fmt: skip
    return key


def _content(cells: Sequence[Any], skipped: set[int]) -> tuple[Any, ...]:
    return tuple(cell for place, cell in enumerate(cells) if place not in skipped)
