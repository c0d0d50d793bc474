"""The deadlines of lease parcels as a calendar file (iCalendar, RFC 5545).

One event of a whole day for the law's limit, for the project's next planned date and for the
end of the lease, where each is known.  An event keeps its UID from run to run, whatever its
day, so that importing a later run moves it; the later the day asked for, the higher its
SEQUENCE.  A parcel that needs no day any more (it produces now) has no event in a later
file; the one imported before stays until somebody deletes it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from icalendar import Alarm, Calendar, Event

from gisclusters._version import __version__
from gisclusters.publish.clock_words import as_day, evidence_lines, term_line
from gisclusters.publish.result import Result
from gisclusters.words import Lang, text

REMINDERS = (90, 30)
"""Days before a deadline on which a calendar reminds."""

_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "gisclusters:land-use-deadlines")
_FIRST_DAY = date(2000, 1, 1)
_REACHED = {"idle", "lapsed"}
_OWN = {"planned_date": "planned", "lease_term": "lease_term"}


@dataclass(frozen=True, slots=True)
class Deadline:
    """One day of one parcel: ``purpose`` is ``limit planned lease_term``."""

    purpose: str
    on: date
    rule_id: str
    reached: bool
    parcel: Mapping[str, Any]


def deadlines(result: Result) -> Iterator[Deadline]:
    """Every deadline of an efficiency run, parcel by parcel; none from status ``unknown``."""
    for parcel in _parcels(result):
        on, limit = as_day(parcel["deadline"]), as_day(parcel["limit_on"])
        if parcel["status"] in _REACHED and on is not None:
            yield Deadline("limit", on, parcel["rule_id"], reached=True, parcel=parcel)
            continue
        if limit is not None:
            yield Deadline("limit", limit, parcel["limit_rule_id"], reached=False, parcel=parcel)
        purpose = _OWN.get(parcel["rule_id"])
        if on is not None and purpose is not None and parcel["status"] != "ended":
            yield Deadline(purpose, on, parcel["rule_id"], reached=False, parcel=parcel)


def _parcels(result: Result) -> list[Mapping[str, Any]]:
    return [
        row | {"cluster_id": finding["cluster_id"]}
        for frame in result.findings
        if "parcels" in frame
        for finding in frame[["cluster_id", "parcels"]].to_dict("records")
        for row in finding["parcels"]
    ]


def write_calendar(result: Result, path: Path, lang: Lang) -> None:
    """Write the deadlines of an efficiency run to ``path``; equal runs make equal files."""
    path.write_bytes(calendar_bytes(result, lang))


def calendar_bytes(result: Result, lang: Lang) -> bytes:
    """The calendar as UTF-8 text with lines of at most 75 octets, as RFC 5545 asks."""
    calendar = Calendar()
    calendar.add("prodid", f"-//gisclusters//{__version__}//{lang.upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", text("efficiency.calendar_name", lang))
    holders = {
        (row["cluster_id"], row["parcel_id"]): row for row in result.extra.get("holders") or []
    }
    rules = {rule["rule_id"]: rule for rule in result.extra.get("clock_rules") or []}
    clusters = {
        str(row["cluster_id"]): row["name"]
        for frame in result.findings
        for row in frame[["cluster_id", "name"]].to_dict("records")
        if isinstance(row["name"], str)
    }
    for deadline in deadlines(result):
        parcel = deadline.parcel
        holder = holders.get((parcel["cluster_id"], parcel["parcel_id"]), {})
        cluster = clusters.get(str(parcel["cluster_id"]), str(parcel["cluster_id"]))
        calendar.add_component(
            _event(result, deadline, holder, cluster, rules.get(deadline.rule_id), lang)
        )
    return bytes(calendar.to_ical())


def uid_of(deadline: Deadline) -> str:
    """The name of an event, the same for the same purpose of the same parcel in every run."""
    parcel = deadline.parcel
    named = "\n".join((str(parcel["cluster_id"]), str(parcel["parcel_id"]), deadline.purpose))
    return f"{uuid.uuid5(_SPACE, named)}@gisclusters"


def _event(
    result: Result,
    deadline: Deadline,
    holder: Mapping[str, Any],
    cluster: str,
    rule: Mapping[str, Any] | None,
    lang: Lang,
) -> Event:
    as_of = result.run.as_of or deadline.on
    summary = _summary(deadline, holder, cluster, rule, lang)
    event = Event()
    event.add("uid", uid_of(deadline))
    event.add("dtstamp", datetime.combine(as_of, time(), UTC))
    event.add("sequence", max((as_of - _FIRST_DAY).days, 0))
    event.add("dtstart", deadline.on)
    event.add("dtend", deadline.on + timedelta(days=1))
    event.add("summary", summary)
    event.add("description", _description(result, deadline, holder, rule, lang))
    event.add("location", cluster)
    event.add("transp", "TRANSPARENT")
    for days in () if deadline.reached else REMINDERS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", timedelta(days=-days))
        alarm.add("description", summary)
        event.add_component(alarm)
    return event


def _summary(
    deadline: Deadline,
    holder: Mapping[str, Any],
    cluster: str,
    rule: Mapping[str, Any] | None,
    lang: Lang,
) -> str:
    name = deadline.purpose if rule is None else rule["threshold"]
    months = {} if rule is None else {"months": rule["months"]}
    what = text(f"efficiency.calendar_{name}", lang, **months)
    if deadline.reached:
        what = text("efficiency.calendar_reached", lang, what=what)
    values = {"what": what, "parcel": deadline.parcel["parcel_id"], "cluster": cluster}
    if not holder.get("lessee"):
        return text("efficiency.calendar_summary_nobody", lang, **values)
    return text("efficiency.calendar_summary", lang, lessee=holder["lessee"], **values)


def _description(
    result: Result,
    deadline: Deadline,
    holder: Mapping[str, Any],
    rule: Mapping[str, Any] | None,
    lang: Lang,
) -> str:
    parcel = deadline.parcel
    status = text(f"efficiency.status_{parcel['status']}", lang)
    lines = [
        text("efficiency.calendar_status", lang, status=status, as_of=result.run.as_of or "–"),
    ]
    if holder.get("sheet_no") or holder.get("parcel_no"):
        lines.append(
            text("efficiency.calendar_numbers", lang, sheet=holder.get("sheet_no") or "…",
                 number=holder.get("parcel_no") or "…")
        )  # fmt: skip
    lines += evidence_lines(parcel["evidence"], lang)
    if rule is not None:
        lines.append(
            text("efficiency.calendar_rule", lang, article=rule["article"] or "–",
                 rule=term_line(rule["threshold"], rule["months"], lang),
                 confidence=text(f"report.confidence_{rule['confidence']}", lang))
        )  # fmt: skip
    lines.append(text("efficiency.calendar_run", lang, run=result.run.id))
    return "\n".join(lines)
