"""The last day of each step from the notice to the decision (Decree 32/2024/NĐ-CP, Art. 10).

The day after the start is the first day of a term, and a term begins when the one before it has
ended.  Working days leave out Saturdays, Sundays and the holidays given.  Where the text says
"days" they are counted as such; what the timetable is if working days are meant stands beside.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import pandas as pd

from gisclusters.rules.founding import Law, Steps, Term

COLUMNS = (
    "step", "count", "unit", "begins_after", "last_day", "last_day_all_working", "rule_id",
    "legal_basis", "confidence",
)  # fmt: skip
_DAY = timedelta(days=1)
_SATURDAY = 5


def is_working(day: date, holidays: Collection[date]) -> bool:
    """Whether a day is neither on a weekend nor a holiday."""
    return day.weekday() < _SATURDAY and day not in holidays


def last_day(after: date, count: int, *, holidays: Collection[date] | None) -> date:
    """The ``count``-th day after a day; working days where ``holidays`` are given, else any."""
    if holidays is None:
        return after + count * _DAY
    day = after
    while count:
        day += _DAY
        count -= is_working(day, holidays)
    return day


def timetable(
    steps: Steps | None, *, start: date, filed: bool, holidays: Collection[date], law: Law
) -> pd.DataFrame:
    """One row a step (``COLUMNS``); days are NaT for steps that are over.

    ``start`` is the day of the decision to give notice, or, where ``filed``, the day the dossier
    was filed: notice and filing are over then.  No steps on the day: an empty frame.
    """
    rows: list[dict[str, Any]] = []
    written = working = start
    for term in steps.terms if steps is not None else ():
        over = filed and term.step in {"notice", "filing"}
        begins = written
        if not over:
            written = _end(written, term, holidays)
            working = last_day(working, term.count, holidays=holidays)
        rows.append(
            {
                "step": term.step, "count": term.count, "unit": term.unit,
                "begins_after": None if over else begins, "last_day": None if over else written,
                "last_day_all_working": None if over else working,
                "rule_id": steps.rule_id if steps else None,
                "legal_basis": steps.article if steps else None,
                "confidence": _confidence(steps, law) if steps else None,
            }
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for name in ("begins_after", "last_day", "last_day_all_working"):
        table[name] = table[name].astype("datetime64[s]")
    return table


def _end(after: date, term: Term, holidays: Collection[date]) -> date:
    counted = holidays if term.unit == "working_days" else None
    return last_day(after, term.count, holidays=counted)


def _confidence(steps: Steps, law: Law) -> str:
    return steps.confidence if law.transition is None else law.transition.confidence
