"""The default store: one GeoPackage file, one transaction for each import.

Features, closed rows, provenance, R-trees and extents are written between ``BEGIN
IMMEDIATE`` and ``COMMIT``: a deferred transaction loses the work of one of two writers, and
a process that is killed leaves the store as it was.  The file opens in any GIS.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.accepted import AcceptedOverlap
from gisclusters.domain.campaign import Campaign
from gisclusters.domain.issue import Issue
from gisclusters.domain.telling import together
from gisclusters.errors import InputRefusedError, UnavailableError, UsageError
from gisclusters.layers.kinds import KINDS, Field, kind_named
from gisclusters.layers.layer import Ground, Layer
from gisclusters.store import provenance
from gisclusters.store.campaigns import insert_campaign, stored_campaigns
from gisclusters.store.changing import apply_changes, finish_tables
from gisclusters.store.checks import check_store
from gisclusters.store.comparing import (
    Changes,
    Incoming,
    compare,
    encode,
    held_rows,
    refusals,
    repeated_keys,
    repeated_parts,
)
from gisclusters.store.connection import (
    connect,
    faults_named,
    is_blank,
    make_schema,
    reading,
    require_ours,
    upgrade,
    writing,
)
from gisclusters.store.exceptions import close_exception, insert_exception, stored_exceptions
from gisclusters.store.geometry_blob import from_blobs
from gisclusters.store.making import begin_new, give_up
from gisclusters.store.protocol import (
    REASONS,
    RECEIVED_TEXT,
    IngestSummary,
    StoredLayer,
    StoredRepair,
)
from gisclusters.store.rows import extra_frame, extra_types, typed
from gisclusters.store.tables import (
    GROUNDS,
    Table,
    all_columns,
    exists,
    note_columns,
    quoted,
    table_for,
    tables_of,
)

Choice = Sequence[tuple[str, Sequence[str]]]
"""Columns and the values a row may have there; all of them must hold."""

_NO_GROUNDS: Mapping[str, Ground] = MappingProxyType({})


class GeoPackageStore:
    """A store in one GeoPackage; see :class:`~gisclusters.store.protocol.Store`.

    Raises UnavailableError when opened: ``store_missing`` (unless ``create``),
    ``store_folder``, ``store_foreign``, ``store_version``, ``store_locked``.
    """

    def __init__(self, path: Path, *, create: bool, patience_s: float) -> None:
        self.path = path
        self._patience_s = patience_s
        self._connection: sqlite3.Connection | None = None
        if create and not path.parent.is_dir():
            raise UnavailableError("errors.store_folder", value=str(path.parent))
        if self._opened() is None and not create:
            raise UnavailableError("errors.store_missing", value=str(path))

    def save(
        self,
        layer: Layer,
        *,
        recorded_at: datetime,
        reason: str | None = None,
        dry_run: bool = False,
    ) -> IngestSummary:
        """Store a layer whole or not at all; see the protocol."""
        return self.save_parts([layer], recorded_at=recorded_at, reason=reason, dry_run=dry_run)

    def save_parts(
        self,
        parts: Iterable[Layer],
        *,
        recorded_at: datetime,
        reason: str | None = None,
        dry_run: bool = False,
    ) -> IngestSummary:
        """Store the parts of one file in one transaction; see the protocol."""
        if reason is not None and reason not in REASONS:
            raise UsageError("errors.reason_unknown", value=reason, known=", ".join(REASONS))
        stamp = _stamp(recorded_at)
        import_id = uuid.uuid4().hex[:12]
        parts = iter(parts)
        first = next(parts, None)
        if first is None:
            raise ValueError("nothing to store")
        # Before the store is touched: a file refused here leaves no new store behind.
        if problems := repeated_keys(_rows_of(first), first.name):
            raise InputRefusedError(problems)
        with faults_named(self.path), self._writing(keep=not dry_run) as connection:
            _make_ready(connection, self.path)
            taken = _Import(import_id=import_id, recorded_at=stamp, reason=reason)
            try:
                for layer in chain([first], parts):
                    self._take(connection, layer, taken)
            except InputRefusedError as refusal:  # of a later part: with what we found ourselves
                taken.problems += refusal.issues
            if taken.problems or taken.summary is None:
                raise InputRefusedError(together(taken.problems, layer=first.name))
            finish_tables(connection, taken.touched, stamp)
            provenance.finish_import(
                connection, taken.summary, source_rows=taken.source_rows,
                extra_columns=taken.extra_columns, issues=taken.issues,
            )  # fmt: skip
        return taken.summary

    def _take(self, connection: sqlite3.Connection, layer: Layer, taken: _Import) -> None:
        """One part of an import into its table; what is wrong with it is gathered."""
        rows = _rows_of(layer)
        problems = repeated_keys(rows, layer.name)
        changes = compare(rows, self._held(connection, rows, layer), taken.import_id)
        problems += repeated_parts(rows, changes, layer.name)
        grounds = _encode_grounds(layer, known=taken.grounds)
        plans = Changes()
        if grounds is not None:
            held = self._held(connection, grounds, layer, only=grounds.table)
            plans = compare(grounds, held, taken.import_id)
        if taken.reason is None:
            problems += refusals(rows, changes, "id_exists", layer.name)
            if grounds is not None:
                problems += refusals(grounds, plans, "ground_exists", layer.name)
        if taken.summary is None:
            provenance.record_import(
                connection, layer, taken.begun(layer), taken.recorded_at, taken.reason
            )
        taken.add(layer, changes, problems)
        if taken.problems:  # nothing will be kept; the rest is only looked at
            return
        provenance.record_repairs(connection, layer, taken.import_id)
        provenance.record_received_text(connection, layer, taken.import_id)
        how: dict[str, Any] = {"import_id": taken.import_id, "recorded_at": taken.recorded_at,
                               "reason": taken.reason}  # fmt: skip
        taken.touched |= apply_changes(connection, rows, changes, **how)
        if grounds is not None:
            taken.touched |= apply_changes(connection, grounds, plans, **how)

    def load(
        self,
        kind: str,
        *,
        ids: Sequence[str] | None = None,
        cluster_ids: Sequence[str] | None = None,
    ) -> list[Layer]:
        """The rows in force, one layer for each table that holds any; see the protocol."""
        wanted = kind_named(kind)
        if cluster_ids is not None and "cluster_id" not in wanted.names:
            raise ValueError(f"{kind} do not name a cluster")
        chosen = ((wanted.id_field, ids), ("cluster_id", cluster_ids))
        where = [(name, values) for name, values in chosen if values is not None]
        connection = self._opened()
        if connection is None:
            return []
        with faults_named(self.path), reading(connection):
            found = [
                self._load(connection, table, where) for table in tables_of(connection, wanted)
            ]
        return [layer for layer in found if layer is not None]

    def repairs(self, kind: str, *, ids: Sequence[str] | None = None) -> list[StoredRepair]:
        """The repairs accepted when rows were taken in; see the protocol."""
        wanted = kind_named(kind)
        connection = self._opened()
        if connection is None:
            return []
        with faults_named(self.path), reading(connection):
            return provenance.stored_repairs(connection, wanted.name, ids)

    def received_text(self, kind: str, *, ids: Sequence[str] | None = None) -> pd.DataFrame:
        """The bytes of cells that were decoded from an older code page; see the protocol."""
        wanted = kind_named(kind)
        connection = self._opened()
        if connection is None:
            return pd.DataFrame(columns=RECEIVED_TEXT)
        with faults_named(self.path), reading(connection):
            return provenance.stored_received_text(connection, wanted.name, ids)

    def exceptions(self) -> list[AcceptedOverlap]:
        """The register of accepted overlaps; see the protocol."""
        connection = self._opened()
        if connection is None:
            return []
        with faults_named(self.path), reading(connection):
            return stored_exceptions(connection)

    def add_exception(self, accepted: AcceptedOverlap, *, recorded_at: datetime) -> AcceptedOverlap:
        """Write an accepted overlap down; see the protocol."""
        stamp = _stamp(recorded_at)
        with faults_named(self.path), self._writing(keep=True) as connection:
            _make_ready(connection, self.path)
            return insert_exception(connection, accepted, stamp)

    def end_exception(
        self,
        exception_id: str,
        *,
        ended_on: date,
        reason: str,
        document: str | None,
        person: str,
        recorded_at: datetime,
    ) -> AcceptedOverlap:
        """End an exception, which stays in the register; see the protocol."""
        stamp = _stamp(recorded_at)
        with faults_named(self.path), self._writing(keep=True) as connection:
            _make_ready(connection, self.path)
            return close_exception(
                connection, exception_id, ended_on=ended_on, reason=reason, document=document,
                person=person, recorded_at=stamp,
            )  # fmt: skip

    def campaigns(self, *, cluster_ids: Sequence[str] | None = None) -> list[Campaign]:
        """The marker verifications kept; see the protocol."""
        connection = self._opened()
        if connection is None:
            return []
        with faults_named(self.path), reading(connection):
            return stored_campaigns(connection, cluster_ids)

    def add_campaign(self, campaign: Campaign, *, recorded_at: datetime) -> tuple[Campaign, bool]:
        """Keep a marker verification; see the protocol."""
        stamp = _stamp(recorded_at)
        with faults_named(self.path), self._writing(keep=True) as connection:
            _make_ready(connection, self.path)
            return insert_campaign(connection, campaign, stamp)

    def contents(self) -> list[StoredLayer]:
        """Every table of features or records; see the protocol."""
        connection = self._opened()
        if connection is None:
            return []
        with faults_named(self.path), reading(connection):
            return [
                _described(connection, table)
                for kind in KINDS.values()
                for table in tables_of(connection, kind)
            ]

    def check(self) -> list[Issue]:
        """What is wrong with the store itself; see the protocol."""
        connection = self._opened()
        if connection is None:
            return []
        with faults_named(self.path), reading(connection):
            tables = [t for kind in KINDS.values() for t in tables_of(connection, kind)]
            return check_store(connection, self.path.name, tables)

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the file."""
        self.close()

    def _opened(self) -> sqlite3.Connection | None:
        """The connection, or None while there is no store yet."""
        if self._connection is None and self.path.exists():
            with faults_named(self.path):
                connection = connect(self.path, patience_s=self._patience_s)
                try:
                    blank = is_blank(connection)
                    if not blank:
                        require_ours(connection, self.path)
                        self._connection = connection
                finally:
                    if self._connection is None:
                        connection.close()
        return self._connection

    @contextmanager
    def _writing(self, *, keep: bool) -> Iterator[sqlite3.Connection]:
        """A transaction of the store; where there is no file yet, only what is kept makes one."""
        opened, made = self._opened(), False
        if opened is None:
            if keep:
                opened, made = begin_new(self.path, patience_s=self._patience_s)
            else:
                opened = connect(":memory:", patience_s=self._patience_s)
        try:
            with writing(opened, keep=keep):
                yield opened
            if keep:
                self._connection = opened
        finally:
            if opened is not self._connection:
                give_up(opened, self.path, made=made)

    def _held(
        self,
        connection: sqlite3.Connection,
        rows: Incoming,
        layer: Layer,
        *,
        only: Table | None = None,
    ) -> dict[Any, Any]:
        try:
            return held_rows(connection, rows.table.kind, rows.ids, layer.source, only=only)
        except ValueError as fault:
            raise self._damaged(rows.table, fault) from fault

    def _load(self, connection: sqlite3.Connection, table: Table, where: Choice) -> Layer | None:
        kind = table.kind
        names = all_columns(table)
        rows = _select(connection, table, names, where)
        if not rows:
            return None
        columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
        origins = provenance.origins_of(connection, set(columns["import_id"]))
        try:
            frame = _frame(table, columns, provenance.merged_extra_columns(origins))
            grounds = _NO_GROUNDS
            if kind.name == "plans" and table.crs is not None:
                grounds = _load_grounds(connection, table.crs, set(columns["plan_id"]) - {None})
        except (ValueError, TypeError) as fault:
            raise self._damaged(table, fault) from fault
        said = [name for name in names if name not in {"geom", *note_columns(kind)}]
        sha256 = provenance.content_sha256([columns[name] for name in said], columns.get("geom"))
        return Layer(
            kind_name=kind.name,
            frame=frame,
            crs=table.crs,
            source=provenance.stored_source(
                role=kind.name, name=self.path.name, table=table.name, crs=table.crs,
                sha256=sha256, rows=len(rows), origins=origins,
            ),
            issues=provenance.standing_warnings(origins, columns[kind.id_field]),
            grounds=grounds,
        )  # fmt: skip

    def _damaged(self, table: Table, fault: Exception) -> UnavailableError:
        return UnavailableError(
            "errors.store_damaged", value=str(self.path), reason=f"{table.name}: {fault}"
        )


def _stamp(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("recorded_at has no time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _make_ready(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new store, or bring an older one up; inside the transaction."""
    if is_blank(connection):
        make_schema(connection)
    else:
        require_ours(connection, path)
        upgrade(connection)


def _rows_of(layer: Layer) -> Incoming:
    return encode(table_for(layer.kind, layer.crs), layer.frame)


@dataclass(slots=True, kw_only=True)
class _Import:
    """What one import has brought so far, over all its parts."""

    import_id: str
    recorded_at: str
    reason: str | None
    summary: IngestSummary | None = None
    source_rows: int = 0
    issues: list[Issue] = field(default_factory=list)
    problems: list[Issue] = field(default_factory=list)
    extra_columns: dict[str, str] = field(default_factory=dict)
    grounds: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)

    def begun(self, layer: Layer) -> IngestSummary:
        """The import before any of its rows."""
        self.summary = IngestSummary(import_id=self.import_id, kind=layer.kind_name, rows=0,
                                     inserted=0, changed=0, unchanged=0)  # fmt: skip
        return self.summary

    def add(self, layer: Layer, changes: Changes, problems: list[Issue]) -> None:
        """Count a part in; its issues and problems are told together with those before."""
        if self.summary is not None:
            self.summary = replace(
                self.summary, rows=self.summary.rows + len(layer),
                inserted=self.summary.inserted + len(changes.new),
                changed=self.summary.changed + len(changes.changed),
                unchanged=self.summary.unchanged + changes.unchanged,
            )  # fmt: skip
        self.source_rows += len(layer)
        self.issues = together([*self.issues, *layer.issues], layer=layer.name)
        self.problems = together([*self.problems, *problems], layer=layer.name)
        self.grounds |= set(layer.grounds)
        types = extra_types(layer.kind, layer.frame) if len(layer) else {}
        self.extra_columns = provenance.merged_types([self.extra_columns, types])


def _encode_grounds(layer: Layer, *, known: set[str]) -> Incoming | None:
    """The grounds of plans as rows of their own table, but those ``known``; None without any."""
    grounds = {plan: ground for plan, ground in layer.grounds.items() if plan not in known}
    if not grounds:
        return None
    frame = gpd.GeoDataFrame(
        {
            "plan_id": pd.Series(list(grounds), dtype=object),
            "ground": pd.Series([each.kind for each in grounds.values()], dtype=object),
            "source_row": np.arange(len(known) + 1, len(known) + len(grounds) + 1),
        },
        geometry=[each.area for each in grounds.values()],
        crs=layer.crs,
    )
    return encode(table_for(GROUNDS, layer.crs), frame)


def _load_grounds(
    connection: sqlite3.Connection, crs: str, plan_ids: set[str]
) -> Mapping[str, Ground]:
    table = table_for(GROUNDS, crs)
    if not exists(connection, table.name):
        return _NO_GROUNDS
    wanted = [("plan_id", sorted(plan_ids))]
    rows = _select(connection, table, ("plan_id", "ground", "geom"), wanted)
    areas: list[shapely.Geometry | None] = from_blobs([row[2] for row in rows]).tolist()
    return MappingProxyType(
        {row[0]: Ground(row[1], area) for row, area in zip(rows, areas, strict=True)}
    )


def _select(
    connection: sqlite3.Connection,
    table: Table,
    names: Sequence[str],
    where: Choice,
) -> list[tuple[Any, ...]]:
    conditions = " AND ".join(
        f"{quoted(name)} IN (SELECT value FROM json_each(?))" for name, _ in where
    )
    return connection.execute(
        f"SELECT {', '.join(map(quoted, names))} FROM {quoted(table.name)} "
        f"WHERE {conditions or '1'} ORDER BY fid",
        [json.dumps(list(values)) for _, values in where],
    ).fetchall()


def _frame(
    table: Table, columns: Mapping[str, list[Any]], extra: Mapping[str, str]
) -> gpd.GeoDataFrame | pd.DataFrame:
    """The frame as ``check_rows`` made it.  Raises ValueError, TypeError for odd values."""
    kind = table.kind
    series: dict[str, Any] = {each.name: typed(columns[each.name], each) for each in kind.fields}
    series |= extra_frame(columns["extra"], extra)
    series["source_row"] = _source_rows(columns["source_row"])
    if table.crs is None:
        return pd.DataFrame(series)
    series["accuracy_source"] = typed(columns["accuracy_source"], Field("accuracy_source"))
    return gpd.GeoDataFrame(series, geometry=from_blobs(columns["geom"]), crs=table.crs)


def _source_rows(values: list[Any]) -> pd.Series[Any]:
    """Whole numbers; rows that an editor added have none."""
    return pd.Series(values, dtype="Int64" if None in values else "int64")


def _described(connection: sqlite3.Connection, table: Table) -> StoredLayer:
    changed, *bounds = connection.execute(
        "SELECT last_change, min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?",
        (table.name,),
    ).fetchone()
    west, south, east, north = bounds
    return StoredLayer(
        kind=table.kind.name,
        table=table.name,
        count=_count(connection, table.name),
        closed=_count(connection, table.closed) if exists(connection, table.closed) else 0,
        crs=table.crs,
        last_change=changed,
        bbox=None if west is None else (west, south, east, north),
    )


def _count(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()[0])
