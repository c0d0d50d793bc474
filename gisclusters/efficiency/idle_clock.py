"""Whether leased land is used in time, and when the next limit falls.

Land of an investment project that is not used for 12 months in a row from its hand-over on
site, or whose project runs 24 months behind its schedule, is idle; one extension of at most
24 months may be granted, after which the land is recovered without compensation (Land Law
31/2024/QH15, Art. 81(8)).  Time of force majeure is not counted (Art. 81(9)).

An event dated after the day asked for has not happened yet on that day.  Dates that
contradict each other give ``unknown`` with the reason, never a guess.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from gisclusters.domain.verdicts import ParcelStatus
from gisclusters.efficiency.deadlines import (
    Period,
    add_months,
    put_off,
    reached_on,
    read_periods,
)
from gisclusters.rules.efficiency import EfficiencyRules

_ONE_DAY = timedelta(days=1)

EVENTS = (
    "approved_on", "handed_over_on", "started_on", "finished_on", "producing_on",
    "use_stopped_on", "extension_decided_on", "transfer_approved_on",
)  # fmt: skip
"""What happens on a day, unlike what is planned or agreed for one."""

_CONTRADICTIONS = (
    ("handed_over_on", "started_on", "started_before_handover"),
    ("started_on", "finished_on", "finished_before_start"),
    ("handed_over_on", "producing_on", "producing_before_handover"),
    ("handed_over_on", "use_stopped_on", "stopped_before_handover"),
    ("planned_start_on", "planned_finish_on", "plan_reversed"),
    ("extension_decided_on", "extension_until", "extension_reversed"),
    ("lease_from", "lease_to", "lease_reversed"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseFacts:
    """What is on record of one parcel's lease."""

    lessee: str | None = None
    occupant: str | None = None
    approved_on: date | None = None
    lease_from: date | None = None
    lease_to: date | None = None
    handed_over_on: date | None = None
    planned_start_on: date | None = None
    planned_finish_on: date | None = None
    started_on: date | None = None
    finished_on: date | None = None
    producing_on: date | None = None
    use_stopped_on: date | None = None
    extension_decided_on: date | None = None
    extension_until: date | None = None
    force_majeure: str | None = None
    transfer_approved_on: date | None = None

    def as_known_on(self, day: date) -> LeaseFacts:
        """The same record without the events that had not happened by ``day``."""
        future: dict[str, Any] = {}
        for name in EVENTS:
            happened = getattr(self, name)
            if happened is not None and happened > day:
                future[name] = None
        if "extension_decided_on" in future:
            future["extension_until"] = None
        return dataclasses.replace(self, **future) if future else self

    @property
    def begun(self) -> bool:
        """Whether works have begun, by what is on record."""
        return any((self.started_on, self.finished_on, self.producing_on))

    @property
    def finished(self) -> bool:
        """Whether works are finished, by what is on record."""
        return any((self.finished_on, self.producing_on))

    @property
    def stopped(self) -> bool:
        """Whether use has stopped and not been taken up again."""
        return self.use_stopped_on is not None and not any(
            again is not None and again > self.use_stopped_on
            for again in (self.started_on, self.producing_on)
        )

    @property
    def producing(self) -> bool:
        """Whether it produces: production began and did not stop since."""
        return self.producing_on is not None and (
            self.use_stopped_on is None or self.producing_on > self.use_stopped_on
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact a status rests on: ``efficiency.evidence_<code>`` filled with ``params``."""

    code: str
    params: Mapping[str, object] = dataclasses.field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """What the clock says of one parcel on one day.

    ``deadline`` is the next day on which the status gets worse by itself; where it cannot
    (``idle``, ``lapsed``, ``ended``) it is the day on which that status was reached.
    ``rule_id`` names the rule that falls, or fell, on that day.
    """

    status: ParcelStatus
    deadline: date | None = None
    rule_id: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class _Limit:
    day: date
    rule_id: str


@dataclass(frozen=True, slots=True)
class _Extension:
    until: _Limit
    notes: tuple[Evidence, ...]


def read_clock(lease: LeaseFacts | None, *, as_of: date, rules: EfficiencyRules) -> ClockReading:
    """The status of one parcel on ``as_of`` under its current lease (None: never leased).

    A term of n months is reached on the day itself; a lease and a planned date hold through
    their own day.  An extension puts off every limit that falls by its end, and lapses on
    the day it runs out.  It counts at most 24 months from the later of the limit and the
    decision; a longer one is cut, with evidence ``extension_capped``.
    """
    if lease is None:
        return ClockReading(status=ParcelStatus.NOT_HANDED_OVER, evidence=(Evidence("no_lease"),))
    known = lease.as_known_on(as_of)
    facts = _facts(known)
    if known.lease_to is not None and known.lease_to < as_of:
        return ClockReading(
            status=ParcelStatus.ENDED,
            deadline=known.lease_to + _ONE_DAY,
            rule_id="lease_term",
            evidence=(*facts, _dated("lease_ended", known.lease_to)),
        )
    doubt = _doubt(lease, known, as_of)
    if doubt is not None:
        return ClockReading(status=ParcelStatus.UNKNOWN, evidence=(*facts, doubt))
    term = [] if known.lease_to is None else [_Limit(known.lease_to + _ONE_DAY, "lease_term")]
    if known.producing:
        return _reading(ParcelStatus.PRODUCING, term, facts)
    if known.handed_over_on is None and known.use_stopped_on is None:
        return _reading(ParcelStatus.NOT_HANDED_OVER, term, facts)
    return _running(known, term, facts, as_of, rules)


def _running(
    known: LeaseFacts,
    term: list[_Limit],
    facts: tuple[Evidence, ...],
    as_of: date,
    rules: EfficiencyRules,
) -> ClockReading:
    """The clock of land that was handed over and does not produce."""
    not_counted = read_periods(known.force_majeure, as_of=as_of)
    if not_counted:
        days = sum((period.end - period.start).days + 1 for period in not_counted)
        facts = (*facts, Evidence("force_majeure", {"days": days}))
    limits = _limits(known, not_counted, as_of, rules)
    if limits is None:
        return ClockReading(status=ParcelStatus.UNKNOWN, evidence=(*facts, Evidence("no_rule")))
    first = min(limits, key=lambda limit: limit.day, default=None)
    reached = first is not None and first.day <= as_of
    extension = _extension(known, limits, not_counted, as_of, rules)
    if isinstance(extension, _Extension):
        facts = (*facts, *extension.notes)
        if any(limit.day <= extension.until.day for limit in limits):
            return _extended(extension.until, term, facts, as_of)
    elif extension is not None:
        facts = (*facts, extension)
        if reached:
            return ClockReading(status=ParcelStatus.UNKNOWN, evidence=facts)
    if first is not None and reached:
        return _reading(ParcelStatus.IDLE, [first], (*facts, _dated("limit_reached", first.day)))
    behind = _behind(known, as_of)
    if behind:
        return _reading(ParcelStatus.LATE, [*limits, *term], (*facts, *behind))
    if known.planned_start_on is None and known.planned_finish_on is None:
        facts = (*facts, Evidence("schedule_missing"))
    return _reading(ParcelStatus.ON_SCHEDULE, [*limits, *_planned(known), *term], facts)


def _extended(
    until: _Limit, term: list[_Limit], facts: tuple[Evidence, ...], as_of: date
) -> ClockReading:
    """The reading of a parcel whose limits an extension has put off."""
    if as_of < until.day:
        return _reading(ParcelStatus.EXTENDED, [until, *term], facts)
    ran_out = _dated("extension_ran_out", until.day)
    return _reading(ParcelStatus.LAPSED, [until], (*facts, ran_out))


def _limits(
    known: LeaseFacts, not_counted: Sequence[Period], as_of: date, rules: EfficiencyRules
) -> list[_Limit] | None:
    """The days on which the terms that run are reached; None where no rule is in force."""
    running: list[tuple[str, date]] = []
    if known.stopped and known.use_stopped_on is not None:
        running.append(("idle_from_stop", known.use_stopped_on))
    elif not known.begun and known.handed_over_on is not None:
        running.append(("idle_from_handover", known.handed_over_on))
    if not known.finished and known.planned_finish_on is not None:
        running.append(("behind_schedule", known.planned_finish_on))
    limits = []
    for name, start in running:
        rule = rules.threshold_on(name, as_of)
        if rule is None:
            return None
        limits.append(_Limit(reached_on(start, rule.months, not_counted), rule.rule_id))
    return limits


def _extension(
    known: LeaseFacts,
    limits: Sequence[_Limit],
    not_counted: Sequence[Period],
    as_of: date,
    rules: EfficiencyRules,
) -> _Extension | Evidence | None:
    """The extension with the day it runs out; Evidence of what its record lacks."""
    decided, until = known.extension_decided_on, known.extension_until
    rule = rules.threshold_on("extension", as_of)
    if not limits or rule is None or (decided is None and until is None):
        return None
    if decided is None:
        return Evidence("extension_without_decision")
    if until is None:
        return Evidence("extension_without_end")
    start = max(decided, min(limit.day for limit in limits))
    longest = add_months(start, rule.months)
    notes = [Evidence("extended", {"on": decided, "until": until})]
    if until > longest:
        notes.append(Evidence("extension_capped", {"until": until, "longest": longest}))
        until = longest
    runs_out = _Limit(put_off(start, until, not_counted), rule.rule_id)
    return _Extension(runs_out, tuple(notes))


def _behind(known: LeaseFacts, as_of: date) -> list[Evidence]:
    """The planned dates that have passed without what they announced."""
    behind = []
    if not known.begun and known.planned_start_on is not None and known.planned_start_on < as_of:
        behind.append(_dated("planned_start_passed", known.planned_start_on))
    if (
        not known.finished
        and known.planned_finish_on is not None
        and known.planned_finish_on < as_of
    ):
        behind.append(_dated("planned_finish_passed", known.planned_finish_on))
    return behind


def _planned(known: LeaseFacts) -> list[_Limit]:
    """The first day on which each planned date will have passed without its event."""
    planned = []
    if not known.begun and known.planned_start_on is not None:
        planned.append(_Limit(known.planned_start_on + _ONE_DAY, "planned_date"))
    if not known.finished and known.planned_finish_on is not None:
        planned.append(_Limit(known.planned_finish_on + _ONE_DAY, "planned_date"))
    return planned


def _doubt(lease: LeaseFacts, known: LeaseFacts, as_of: date) -> Evidence | None:
    """What makes the record unfit to judge by: dates that contradict, or none at all."""
    for earlier, later, code in _CONTRADICTIONS:
        first, second = getattr(known, earlier), getattr(known, later)
        if first is not None and second is not None and first > second:
            return Evidence(code, {"first": first, "second": second})
    dates = (
        lease.approved_on, lease.lease_from, lease.lease_to, lease.handed_over_on,
        lease.started_on, lease.finished_on, lease.producing_on, lease.use_stopped_on,
    )  # fmt: skip
    if not any(dates):
        return Evidence("dates_missing")
    if known.begun and not known.finished and known.handed_over_on is None:
        return Evidence("handover_missing")
    try:
        read_periods(known.force_majeure, as_of=as_of)
    except ValueError as fault:
        return Evidence("force_majeure_unreadable", {"value": str(fault)})
    return None


def _facts(known: LeaseFacts) -> tuple[Evidence, ...]:
    """The events on record, in the order of a lease's life."""
    named = (
        ("approved", known.approved_on),
        ("handed_over", known.handed_over_on),
        ("started", known.started_on),
        ("finished", known.finished_on),
        ("producing", known.producing_on),
        ("use_stopped", known.use_stopped_on),
    )
    return tuple(_dated(code, day) for code, day in named if day is not None)


def _reading(
    status: ParcelStatus, limits: Sequence[_Limit], evidence: Sequence[Evidence]
) -> ClockReading:
    """A reading whose deadline is the first of ``limits``."""
    first = min(limits, key=lambda limit: limit.day, default=None)
    return ClockReading(
        status=status,
        deadline=None if first is None else first.day,
        rule_id=None if first is None else first.rule_id,
        evidence=tuple(evidence),
    )


def _dated(code: str, day: date) -> Evidence:
    return Evidence(code, {"on": day})
