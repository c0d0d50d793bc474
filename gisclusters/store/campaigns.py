"""The marker verifications in the store: rows are added, never changed, never removed."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, astuple, fields, replace
from datetime import date
from typing import Any

from gisclusters.domain.campaign import Campaign, SurveyedMarker, frozen
from gisclusters.domain.source import Source
from gisclusters.store.tables import exists, refresh_contents

TABLE, MARKERS = "campaigns", "campaign_markers"
_PLAIN = ("recorded_at", "run_id", "cluster_id", "first_day", "last_day", "day_source", "crs",
          "datum_operation")  # fmt: skip
_JSON = ("tolerance", "diagnosis", "sources")
_OF_MARKER = tuple(field.name for field in fields(SurveyedMarker))


def stored_campaigns(
    connection: sqlite3.Connection, cluster_ids: Sequence[str] | None
) -> list[Campaign]:
    """Every verification kept, oldest record first; none in a store older than they are."""
    if not exists(connection, TABLE):
        return []
    wanted = None if cluster_ids is None else json.dumps(list(cluster_ids))
    chosen = "(? IS NULL OR cluster_id IN (SELECT value FROM json_each(?)))"
    rows = connection.execute(
        f"SELECT fid, {', '.join((*_PLAIN, *_JSON))} FROM {TABLE} WHERE {chosen} ORDER BY fid",
        (wanted, wanted),
    ).fetchall()
    markers: dict[int, list[SurveyedMarker]] = defaultdict(list)
    for campaign, *values in connection.execute(
        f"SELECT campaign, {', '.join(_OF_MARKER)} FROM {MARKERS} WHERE campaign IN "
        f"(SELECT fid FROM {TABLE} WHERE {chosen}) ORDER BY fid",
        (wanted, wanted),
    ):
        markers[campaign].append(SurveyedMarker(**dict(zip(_OF_MARKER, values, strict=True))))
    return [_record(row, tuple(markers[row[0]])) for row in rows]


def insert_campaign(
    connection: sqlite3.Connection, campaign: Campaign, recorded_at: str
) -> tuple[Campaign, bool]:
    """Write one verification down, inside the open transaction; the record, and whether it is new.

    Where the last one of the same survey file says the same, that one stays as it is.
    """
    same = [
        each for each in stored_campaigns(connection, [campaign.cluster_id])
        if each.survey_key == campaign.survey_key
    ]  # fmt: skip
    if same and same[-1].same_as(campaign):
        return same[-1], False
    values: dict[str, Any] = {name: getattr(campaign, name) for name in _PLAIN}
    values |= {name: values[name].isoformat() for name in ("first_day", "last_day")}
    values |= {
        "recorded_at": recorded_at, "cause": campaign.cause, "tolerance_m": campaign.tolerance_m,
        "survey_name": campaign.survey.name, "survey_sha256": campaign.survey.sha256,
        "tolerance": _text(dict(campaign.tolerance)), "diagnosis": _text(dict(campaign.diagnosis)),
        "sources": _text([asdict(source) for source in campaign.sources]),
    }  # fmt: skip
    number = connection.execute(
        f"INSERT INTO {TABLE} ({', '.join(values)}) "
        f"VALUES ({', '.join(f':{name}' for name in values)})",
        values,
    ).lastrowid
    connection.executemany(
        f"INSERT INTO {MARKERS} (campaign, {', '.join(_OF_MARKER)}) "
        f"VALUES ({', '.join('?' * (1 + len(_OF_MARKER)))})",
        ((number, *astuple(marker)) for marker in campaign.markers),
    )
    for table in (TABLE, MARKERS):
        refresh_contents(connection, table, recorded_at)
    return replace(campaign, number=number, recorded_at=recorded_at), True


def _record(row: Sequence[Any], markers: tuple[SurveyedMarker, ...]) -> Campaign:
    number, *values = row
    given = dict(zip((*_PLAIN, *_JSON), values, strict=True))
    for name in ("first_day", "last_day"):
        given[name] = date.fromisoformat(given[name])
    for name in ("tolerance", "diagnosis"):
        given[name] = frozen(json.loads(given[name]))
    given["sources"] = tuple(_source(each) for each in json.loads(given["sources"]))
    return Campaign(number=number, markers=markers, **given)


def _source(values: dict[str, Any]) -> Source:
    day = values["decided_on"]
    return Source(**values | {"decided_on": None if day is None else date.fromisoformat(day)})


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
