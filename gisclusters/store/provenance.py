"""Where stored rows come from: one record an import, and what a loaded layer says of it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from gisclusters.domain.issue import Issue
from gisclusters.domain.source import Source
from gisclusters.layers.layer import AcceptedRepair, Layer
from gisclusters.store.protocol import IngestSummary, StoredRepair
from gisclusters.store.rows import extra_types


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What is known of one import."""

    crs_as_received: str | None
    datum_operation: str | None
    decision: str | None
    decided_on: str | None
    extra_columns: Mapping[str, str]
    issues: tuple[Issue, ...]


def record_import(
    connection: sqlite3.Connection,
    layer: Layer,
    summary: IngestSummary,
    recorded_at: str,
    reason: str | None,
) -> None:
    """Write down one import with everything the file was said to be."""
    source = layer.source
    record = {
        "import_id": summary.import_id,
        "kind": summary.kind,
        "recorded_at": recorded_at,
        "source_name": source.name,
        "source_layer": source.layer,
        "source_sha256": source.sha256,
        "source_rows": source.rows,
        "crs_as_received": source.crs_as_received,
        "datum_operation": source.datum_operation,
        "crs_stored": layer.crs,
        "decision": source.decision,
        "decided_on": None if source.decided_on is None else source.decided_on.isoformat(),
        "reason": reason,
        "extra_columns": _json(extra_types(layer.kind, layer.frame)),
        "issues": _json([_issue_record(issue) for issue in layer.issues]),
        "summary": _json(asdict(summary)),
    }
    connection.execute(
        f"INSERT INTO imports ({', '.join(record)}) "
        f"VALUES ({', '.join(f':{name}' for name in record)})",
        record,
    )


def finish_import(
    connection: sqlite3.Connection, summary: IngestSummary, *, source_rows: int,
    extra_columns: Mapping[str, str], issues: Iterable[Issue],
) -> None:  # fmt: skip
    """Renew what an import says of itself once all its parts are in."""
    connection.execute(
        "UPDATE imports SET summary = ?, source_rows = ?, extra_columns = ?, issues = ? "
        "WHERE import_id = ?",
        (_json(asdict(summary)), source_rows, _json(extra_columns),
         _json([_issue_record(issue) for issue in issues]), summary.import_id),
    )  # fmt: skip


def record_repairs(connection: sqlite3.Connection, layer: Layer, import_id: str) -> None:
    """Keep what was accepted as a repair: its numbers and the shape as it came."""
    connection.executemany(
        "INSERT INTO repairs (import_id, kind, source_row, id, reason, place, crs, "
        "area_before_m2, area_after_m2, hausdorff_m, original) "
        "VALUES (:import_id, :kind, :row, :id, :reason, :place, :crs, "
        ":area_before_m2, :area_after_m2, :hausdorff_m, :original)",
        [
            asdict(each) | {"import_id": import_id, "kind": layer.kind_name}
            for each in layer.repairs
        ],
    )


def stored_repairs(
    connection: sqlite3.Connection, kind: str, ids: Sequence[str] | None
) -> list[StoredRepair]:
    """The repairs of rows of one kind, oldest first; ``ids`` None: of every row."""
    found = connection.execute(
        "SELECT repairs.import_id, recorded_at, source_row, id, repairs.reason, place, crs, "
        "area_before_m2, area_after_m2, hausdorff_m, original "
        "FROM repairs JOIN imports USING (import_id) "
        "WHERE repairs.kind = ? AND (? IS NULL OR id IN (SELECT value FROM json_each(?))) "
        "ORDER BY repairs.fid",
        (kind, *[None if ids is None else _json(list(ids))] * 2),
    )
    names = ("row", "id", "reason", "place", "crs", "area_before_m2", "area_after_m2",
             "hausdorff_m", "original")  # fmt: skip
    return [
        StoredRepair(
            import_id=import_id, recorded_at=recorded_at,
            repair=AcceptedRepair(**dict(zip(names, values, strict=True))),
        )
        for import_id, recorded_at, *values in found
    ]  # fmt: skip


def record_received_text(connection: sqlite3.Connection, layer: Layer, import_id: str) -> None:
    """Keep the bytes of every cell that was decoded from an older code page."""
    cells = layer.received_text
    if cells is None:
        return
    ids = layer.frame[layer.kind.id_field].set_axis(layer.frame["source_row"])
    names = cells["source_row"].map(ids[~ids.index.duplicated()]).astype(object)
    names = names.where(names.notna(), None)
    connection.executemany(
        "INSERT INTO received_text (import_id, kind, id, source_row, field, raw) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [
            (import_id, layer.kind_name, name, int(row), field, raw)
            for name, row, field, raw in zip(
                names, cells["source_row"], cells["field"], cells["raw"], strict=True
            )
        ],
    )


def stored_received_text(
    connection: sqlite3.Connection, kind: str, ids: Sequence[str] | None
) -> pd.DataFrame:
    """The bytes of decoded cells of one kind, oldest first; ``ids`` None: of every row."""
    return pd.read_sql_query(
        "SELECT received_text.import_id, recorded_at, id, source_row, field, raw "
        "FROM received_text JOIN imports USING (import_id) "
        "WHERE received_text.kind = ? AND (? IS NULL OR id IN (SELECT value FROM json_each(?))) "
        "ORDER BY received_text.fid",
        connection,
        params=(kind, *[None if ids is None else _json(list(ids))] * 2),
    )


def origins_of(connection: sqlite3.Connection, import_ids: Iterable[str | None]) -> list[Origin]:
    """The imports named, oldest first; a row that an editor added names none."""
    found = connection.execute(
        "SELECT crs_as_received, datum_operation, decision, decided_on, extra_columns, issues "
        "FROM imports WHERE import_id IN (SELECT value FROM json_each(?)) ORDER BY fid",
        (_json([name for name in import_ids if name is not None]),),
    )
    return [
        Origin(
            crs_as_received=crs,
            datum_operation=operation,
            decision=decision,
            decided_on=decided_on,
            extra_columns=json.loads(extra),
            issues=tuple(_issue(each) for each in json.loads(issues)),
        )
        for crs, operation, decision, decided_on, extra, issues in found
    ]


def merged_extra_columns(origins: Sequence[Origin]) -> dict[str, str]:
    """The other columns of rows of several imports, each with a type that fits them all."""
    return merged_types([origin.extra_columns for origin in origins])


def merged_types(several: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Types by column of several frames as one that fits the rows of all."""
    types: dict[str, str] = {}
    for each in several:
        for name, type_name in each.items():
            before = types.setdefault(name, type_name)
            if before == type_name:
                continue
            both = {before, type_name}
            whole = both == {"int64", "Int64"}
            types[name] = (
                "Int64" if whole else "float64" if both <= {"int64", "float64"} else "object"
            )
    return types


def stored_source(
    *, role: str, name: str, table: str, crs: str | None, sha256: str, rows: int,
    origins: Sequence[Origin],
) -> Source:  # fmt: skip
    """The source of a loaded layer: the store, its table, and the sum of its content.

    Where the imports differ, the CRS received is that of the one that crossed a datum, for
    that is what a result must say; a decision is named only where it holds for every row.
    """
    crossed = [origin for origin in origins if origin.datum_operation is not None]
    received = _same(origin.crs_as_received for origin in crossed or origins)
    decided_on = _same(origin.decided_on for origin in origins)
    return Source(
        role=role,
        name=name,
        layer=table,
        sha256=sha256,
        crs_as_received=received or (crossed[0].crs_as_received if crossed else crs),
        rows=rows,
        datum_operation=crossed[0].datum_operation if crossed else None,
        decision=_same(origin.decision for origin in origins),
        decided_on=None if decided_on is None else date.fromisoformat(decided_on),
    )


def standing_warnings(origins: Sequence[Origin], ids: Iterable[Any]) -> tuple[Issue, ...]:
    """The warnings given at import that still concern these rows, each once."""
    there = set(ids)
    kept: dict[str, Issue] = {}
    for origin in origins:
        for issue in origin.issues:
            if issue.level == "warning" and (issue.id is None or issue.id in there):
                kept.setdefault(str(issue), issue)
    return tuple(kept.values())


def content_sha256(columns: Sequence[Sequence[Any]], blobs: Sequence[bytes | None] | None) -> str:
    """The sum of what rows say, whichever import brought them and whoever edited them."""
    digest = hashlib.sha256()
    for column in columns:
        digest.update(repr(column).encode("utf-8", "surrogatepass"))
    for blob in blobs or ():
        digest.update(b"-" if blob is None else blob)
    return digest.hexdigest()


def _same(values: Iterable[str | None]) -> str | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else str(value)


def _issue_record(issue: Issue) -> dict[str, object]:
    return {
        "level": issue.level, "code": issue.code, "layer": issue.layer, "row": issue.row,
        "id": issue.id, "field": issue.field, "value": issue.value, "params": dict(issue.params),
    }  # fmt: skip


def _issue(record: dict[str, Any]) -> Issue:
    return Issue(**(record | {"params": MappingProxyType(record["params"])}))
