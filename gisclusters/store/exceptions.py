"""The register of accepted overlaps in the store: rows are added and ended, never removed."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, fields, replace
from datetime import date

from gisclusters.domain.accepted import AcceptedOverlap, ExceptionState
from gisclusters.errors import UsageError
from gisclusters.store.tables import exists, refresh_contents

TABLE = "exceptions"
_NAMES = tuple(field.name for field in fields(AcceptedOverlap))
_DAYS = ("decided_on", "until", "as_of", "ended_on")


def stored_exceptions(connection: sqlite3.Connection) -> list[AcceptedOverlap]:
    """Every exception ever recorded, oldest first; none in a store older than the register."""
    if not exists(connection, TABLE):
        return []
    rows = connection.execute(f"SELECT {', '.join(_NAMES)} FROM {TABLE} ORDER BY fid")
    return [_record(row) for row in rows]


def insert_exception(
    connection: sqlite3.Connection, accepted: AcceptedOverlap, recorded_at: str
) -> AcceptedOverlap:
    """Write one exception down, inside the open transaction; the record with its id.

    Raises UsageError (``exception_exists``) where another one for the same cluster, zone
    and rule holds on a day of its term.
    """
    for other in stored_exceptions(connection):
        same = (other.pair, other.rule_id) == (accepted.pair, accepted.rule_id)
        if same and _meet(other, accepted):
            raise UsageError("errors.exception_exists", value=other.exception_id,
                             until=other.until)  # fmt: skip
    [(last,)] = connection.execute(f"SELECT coalesce(max(fid), 0) FROM {TABLE}")
    record = replace(accepted, exception_id=f"EX-{last + 1}", recorded_at=recorded_at)
    values = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(record).items()
    }
    connection.execute(
        f"INSERT INTO {TABLE} ({', '.join(_NAMES)}) "
        f"VALUES ({', '.join(f':{name}' for name in _NAMES)})",
        values,
    )
    refresh_contents(connection, TABLE, recorded_at)
    return record


def close_exception(
    connection: sqlite3.Connection,
    exception_id: str,
    *,
    ended_on: date,
    reason: str,
    document: str | None,
    person: str,
    recorded_at: str,
) -> AcceptedOverlap:
    """End one exception, inside the open transaction; the row stays, with the end beside it.

    Raises UsageError: ``exception_unknown``, ``exception_ended_before``,
    ``exception_end_early`` (before it was decided).
    """
    known = {str(each.exception_id): each for each in stored_exceptions(connection)}
    held = known.get(exception_id)
    if held is None:
        raise UsageError("errors.exception_unknown", value=exception_id)
    if held.ended_on is not None:
        raise UsageError("errors.exception_ended_before", value=exception_id, day=held.ended_on)
    if ended_on < held.decided_on:
        raise UsageError("errors.exception_end_early", value=exception_id, day=held.decided_on)
    ended = replace(held, ended_on=ended_on, ended_reason=reason, ended_document=document,
                    ended_by=person, end_recorded_at=recorded_at)  # fmt: skip
    connection.execute(
        f"UPDATE {TABLE} SET ended_on = ?, ended_reason = ?, ended_document = ?, ended_by = ?, "
        "end_recorded_at = ? WHERE exception_id = ?",
        (ended_on.isoformat(), reason, document, person, recorded_at, exception_id),
    )
    refresh_contents(connection, TABLE, recorded_at)
    return ended


def _meet(held: AcceptedOverlap, new: AcceptedOverlap) -> bool:
    """Whether there is a day on which both would hold."""
    first = max(held.decided_on, new.decided_on)
    return first <= new.until and held.state_on(first) is ExceptionState.ACCEPTED


def _record(row: tuple[object, ...]) -> AcceptedOverlap:
    values = dict(zip(_NAMES, row, strict=True))
    for name in _DAYS:
        value = values[name]
        values[name] = None if value is None else date.fromisoformat(str(value))
    return AcceptedOverlap(**values)  # type: ignore[arg-type]
