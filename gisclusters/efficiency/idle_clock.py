"""Whether leased land is used in time, and when the next limit falls.

Land of an investment project that is not used for 12 months in a row from its hand-over on
site, or whose project runs 24 months behind its schedule, is idle; one extension of at most
24 months may be granted, after which the land is recovered without compensation (Land Law
31/2024/QH15, Art. 81(8)).  Time of force majeure is not counted (Art. 81(9)).

An event dated after the day asked for has not happened yet on that day.  Dates that
contradict each other give ``unknown`` with the reason, never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gisclusters.domain.verdicts import ParcelStatus
from gisclusters.efficiency.deadlines import (
    Period,
    add_months,
    days_within,
    put_off,
    reached_on,
    read_periods,
)
from gisclusters.efficiency.lease_doubts import doubt_of, doubt_of_term
from gisclusters.efficiency.lease_facts import EVENTS, Evidence, LeaseFacts
from gisclusters.rules.efficiency import EfficiencyRules

__all__ = ["EVENTS", "ClockReading", "Evidence", "LeaseFacts", "read_clock"]

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """What the clock says of one parcel on one day.

    ``deadline`` is the next day on which the status gets worse by itself; where it cannot
    (``idle``, ``lapsed``, ``ended``) it is the day on which that status was reached.
    ``rule_id`` names the rule that falls, or fell, on that day.  ``limit_on`` is the next day
    on which the law itself calls the land idle, or an extension runs out, by
    ``limit_rule_id``; a planned date or the end of the lease may come before it.
    """

    status: ParcelStatus
    deadline: date | None = None
    rule_id: str | None = None
    evidence: tuple[Evidence, ...] = ()
    limit_on: date | None = None
    limit_rule_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Limit:
    day: date
    rule_id: str
    started_on: date | None = None
    """The day its term runs from, None for a day that no term of the law leads to."""


@dataclass(frozen=True, slots=True)
class _Extension:
    until: _Limit
    notes: tuple[Evidence, ...]
    beside: tuple[_Limit, ...]
    """The limits it does not put off."""


def read_clock(lease: LeaseFacts | None, *, as_of: date, rules: EfficiencyRules) -> ClockReading:
    """The status of one parcel on ``as_of`` under its current lease (None: never leased).

    A term of n months is reached on the day itself; a lease and a planned date hold through
    their own day.  An extension puts off every limit that falls by its end, and lapses on
    the day it runs out; a stop of use after its decision is another matter, which it does not
    put off.  It counts at most 24 months from the later of the limit and the decision; a
    longer one is cut, with evidence ``extension_capped``.
    """
    if lease is None:
        return ClockReading(status=ParcelStatus.NOT_HANDED_OVER, evidence=(Evidence("no_lease"),))
    known = lease.as_known_on(as_of)
    facts = _facts(known)
    reversed_term = doubt_of_term(known)
    if reversed_term is None and known.lease_to is not None and known.lease_to < as_of:
        return ClockReading(
            status=ParcelStatus.ENDED,
            deadline=known.lease_to + _ONE_DAY,
            rule_id="lease_term",
            evidence=(*facts, _dated("lease_ended", known.lease_to)),
        )
    doubt = reversed_term or doubt_of(lease, known, as_of)
    if doubt is not None:
        return ClockReading(status=ParcelStatus.UNKNOWN, evidence=(*facts, doubt))
    term = [] if known.lease_to is None else [_Limit(known.lease_to + _ONE_DAY, "lease_term")]
    if known.producing:
        return _reading(ParcelStatus.PRODUCING, term, facts)
    if known.handed_over_on is None and known.use_stopped_on is None:
        if known.lease_from is not None and known.lease_from <= as_of:
            facts = (*facts, Evidence("handover_not_on_record"))
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
    limits = _limits(known, not_counted, as_of, rules)
    if limits is None:
        return ClockReading(status=ParcelStatus.UNKNOWN, evidence=(*facts, Evidence("no_rule")))
    first = min(limits, key=lambda limit: limit.day, default=None)
    reached = first is not None and first.day <= as_of
    extension = _extension(known, limits, not_counted, as_of, rules)
    facts = (*facts, *_put_off(limits, extension, not_counted))
    if isinstance(extension, _Extension):
        return _extended(extension, term, (*facts, *extension.notes), as_of)
    if extension is not None:
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
    extension: _Extension, term: list[_Limit], facts: tuple[Evidence, ...], as_of: date
) -> ClockReading:
    """The reading of a parcel whose limits an extension has put off."""
    until = extension.until
    if until.day <= as_of:
        ran_out = _dated("extension_ran_out", until.day)
        return _reading(ParcelStatus.LAPSED, [until], (*facts, ran_out))
    reached = [limit for limit in extension.beside if limit.day <= as_of]
    if reached:
        first = min(reached, key=lambda limit: limit.day)
        return _reading(ParcelStatus.IDLE, [first], (*facts, _dated("limit_reached", first.day)))
    return _reading(ParcelStatus.EXTENDED, [until, *extension.beside, *term], facts)


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
        limits.append(_Limit(reached_on(start, rule.months, not_counted), rule.rule_id, start))
    return limits


def _extension(
    known: LeaseFacts,
    limits: Sequence[_Limit],
    not_counted: Sequence[Period],
    as_of: date,
    rules: EfficiencyRules,
) -> _Extension | Evidence | None:
    """The extension that puts limits off, with the day it runs out; Evidence of what it lacks."""
    decided, until = known.extension_decided_on, known.extension_until
    if not limits or (decided is None and until is None):
        return None
    if decided is None or until is None:
        return Evidence(f"extension_without_{'decision' if decided is None else 'end'}")
    later_stop = known.use_stopped_on if known.stopped else None
    if later_stop is not None and later_stop <= decided:
        later_stop = None
    meant = [limit for limit in limits if later_stop is None or limit.started_on != later_stop]
    if not meant:
        return None
    rule = rules.threshold_on("extension", as_of)
    if rule is None:
        return Evidence("no_rule")
    start = max(decided, min(limit.day for limit in meant))
    longest = add_months(start, rule.months)
    notes = [Evidence("extended", {"on": decided, "until": until})]
    if until > longest:
        notes.append(Evidence("extension_capped", {"until": until, "longest": longest}))
        until = longest
    runs_out = _Limit(put_off(start, until, not_counted), rule.rule_id, start)
    if not any(limit.day <= runs_out.day for limit in meant):
        return None
    beside = tuple(limit for limit in limits if limit not in meant)
    return _Extension(runs_out, tuple(notes), beside)


def _put_off(
    limits: Sequence[_Limit],
    extension: _Extension | Evidence | None,
    not_counted: Sequence[Period],
) -> list[Evidence]:
    """How many days of force majeure put a limit off; days outside the terms count as ever."""
    terms = [max(limits, key=lambda limit: _spared(limit, not_counted))] if limits else []
    if isinstance(extension, _Extension):
        terms.append(extension.until)
    days = sum(_spared(term, not_counted) for term in terms)
    return [Evidence("force_majeure", {"days": days})] if days else []


def _spared(limit: _Limit, not_counted: Sequence[Period]) -> int:
    start = limit.day if limit.started_on is None else limit.started_on
    return days_within(not_counted, start, limit.day)


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
    lawful = [limit for limit in limits if limit.started_on is not None]
    law = min(lawful, key=lambda limit: limit.day, default=None)
    return ClockReading(
        status=status,
        deadline=None if first is None else first.day,
        rule_id=None if first is None else first.rule_id,
        evidence=tuple(evidence),
        limit_on=None if law is None else law.day,
        limit_rule_id=None if law is None else law.rule_id,
    )


def _dated(code: str, day: date) -> Evidence:
    return Evidence(code, {"on": day})
