"""What makes the record of a lease unfit to judge by: dates that contradict, or lack.

Such a record gives ``unknown`` with the reason; nothing is guessed from the rest of it.
"""

from __future__ import annotations

from datetime import date

from gisclusters.efficiency.deadlines import read_periods
from gisclusters.efficiency.lease_facts import Evidence, LeaseFacts

_CONTRADICTIONS = (
    ("handed_over_on", "started_on", "started_before_handover"),
    ("handed_over_on", "finished_on", "finished_before_handover"),
    ("started_on", "finished_on", "finished_before_start"),
    ("handed_over_on", "producing_on", "producing_before_handover"),
    ("handed_over_on", "use_stopped_on", "stopped_before_handover"),
    ("planned_start_on", "planned_finish_on", "plan_reversed"),
    ("extension_decided_on", "extension_until", "extension_reversed"),
)
"""The day that must not come after the other, and what is wrong where it does."""

DOUBTS = frozenset(
    {code for *_, code in _CONTRADICTIONS}
    | {
        "lease_reversed", "producing_before_start", "dates_missing", "handover_missing",
        "force_majeure_unreadable", "extension_without_decision", "extension_without_end",
        "no_rule",
    }
)  # fmt: skip
"""Evidence that is a reason for ``unknown``."""


def doubt_of_term(known: LeaseFacts) -> Evidence | None:
    """A term that ends before it begins is no term: nobody can say whether it is over."""
    if known.lease_from is None or known.lease_to is None or known.lease_from <= known.lease_to:
        return None
    return Evidence("lease_reversed", {"first": known.lease_from, "second": known.lease_to})


def doubt_of(lease: LeaseFacts, known: LeaseFacts, as_of: date) -> Evidence | None:
    """The first reason not to judge by a record; ``known`` is what of it had happened."""
    for earlier, later, code in _CONTRADICTIONS:
        first, second = getattr(known, earlier), getattr(known, later)
        if first is not None and second is not None and first > second:
            return Evidence(code, {"first": first, "second": second})
    started, producing = known.started_on, known.producing_on
    if started is not None and producing is not None and producing < started:
        stop = known.use_stopped_on
        if stop is None or not producing <= stop <= started:  # else works took it up again
            return Evidence("producing_before_start", {"first": started, "second": producing})
    dates = (
        lease.approved_on, lease.lease_from, lease.lease_to, lease.handed_over_on,
        lease.started_on, lease.finished_on, lease.producing_on, lease.use_stopped_on,
    )  # fmt: skip
    if not any(dates):
        return Evidence("dates_missing")
    stopped_after = known.finished and known.stopped  # the term from the stop alone then runs
    if known.begun and not known.producing and known.handed_over_on is None and not stopped_after:
        return Evidence("handover_missing")
    try:
        read_periods(known.force_majeure, as_of=as_of)
    except ValueError as fault:
        return Evidence("force_majeure_unreadable", {"value": str(fault)})
    return None
