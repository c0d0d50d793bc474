"""An overlap that somebody answerable accepted: what exactly, why, by whom, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ExceptionState(StrEnum):
    """Where an accepted overlap stands on a day, held against what a check finds."""

    ACCEPTED = "accepted"
    NOT_YET = "not_yet"
    ENDED = "ended"
    EXPIRED = "expired"
    MOVED = "moved"
    STRICTER = "stricter"
    WORSE = "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedOverlap:
    """One exception of the register, with the overlap as it was when it was accepted.

    It holds from ``decided_on`` to ``until``, both days included, and no more from
    ``ended_on`` on, when somebody took it back.  ``piece`` is the accepted piece as WKB in
    ``crs`` (x east, y north); ``as_of`` the day of the check that found it, under the rule
    ``rule_id`` of the rule set ``rules`` with ``effect`` (F, C, R); ``width_m`` is None for
    a line or a point.  ``recorded_at`` and ``end_recorded_at`` are UTC, ISO.
    """

    exception_id: str | None = None
    subject_id: str
    plan_id: str
    zone_id: str
    reason: str
    document: str
    person: str
    decided_on: date
    until: date
    as_of: date
    rules: str
    rule_id: str
    effect: str
    verdict: str
    severity: str | None
    area_m2: float
    width_m: float | None
    tolerance_m: float
    crs: str
    piece: bytes
    recorded_at: str | None = None
    ended_on: date | None = None
    ended_reason: str | None = None
    ended_document: str | None = None
    ended_by: str | None = None
    end_recorded_at: str | None = None

    @property
    def pair(self) -> tuple[str, str, str]:
        """The subject and the zone it speaks of: cluster, plan, zone."""
        return self.subject_id, self.plan_id, self.zone_id

    def state_on(self, day: date) -> ExceptionState:
        """Where it stands on a day by its dates alone."""
        if self.ended_on is not None and self.ended_on <= day:
            return ExceptionState.ENDED
        if day < self.decided_on:
            return ExceptionState.NOT_YET
        return ExceptionState.EXPIRED if self.until < day else ExceptionState.ACCEPTED
