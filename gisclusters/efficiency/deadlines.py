"""Terms counted in months, and the days of force majeure that do not count.

A term of n months that begins on a day ends on the same day of the month n months later,
or on that month's last day where it has no such day (29 February + 12 months is 28
February).  The limit is reached on that day itself.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gisclusters.layers.values import EARLIEST, LATEST

_ONE_DAY = timedelta(days=1)
_DAY = (
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{4}|\d{1,2}-\d{1,2}-\d{4}"
    r"|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2} tháng \d{1,2} năm \d{4}"
)
_PERIOD = re.compile(
    rf"^(?:từ |from )?(?:ngày )?(?P<start>{_DAY})"
    r"(?: ?[/–—-] ?| (?:đến|tới|to|until) (?:hết )?(?:ngày )?)"
    rf"(?P<end>{_DAY}|nay|now)?$"
)
_STILL = {None, "nay", "now"}
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from ``start`` to ``end``, both included."""

    start: date
    end: date


def add_months(day: date, months: int) -> date:
    """The day ``months`` later, clipped to the end of its month."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def read_periods(text: str | None, *, as_of: date) -> tuple[Period, ...]:
    """Periods written ``from/to;from/to``, sorted and merged.

    Days are ISO, ``dd/mm/yyyy`` (also with points or hyphens) or ``01 tháng 9 năm 2025``; a
    period also ``từ ngày 01/9/2025 đến ngày 01/10/2025``, ``01/9/2025 – 01/10/2025`` or ``từ
    01/9/2025 đến nay``.  Periods stand apart by ``;`` or a line each.  A period without an end
    still runs: it counts up to and including the day before ``as_of``.  What begins on or
    after ``as_of`` is not known yet on that day and is left out.  Raises ValueError with the
    part that cannot be read, also for an end before its start.
    """
    found = []
    for part in re.split(r"[;\n]", text or ""):
        if not part.strip():
            continue
        match = _PERIOD.match(_plain(part))
        if match is None:
            raise ValueError(part.strip())
        try:
            start = _read_day(match["start"])
            end = as_of - _ONE_DAY if match["end"] in _STILL else _read_day(match["end"])
        except ValueError as fault:  # a day that no calendar has
            raise ValueError(part.strip()) from fault
        if start >= as_of:
            continue
        if end < start:
            raise ValueError(part.strip())
        found.append(Period(start, end))
    return _merged(found)


def days_within(periods: Sequence[Period], start: date, end: date) -> int:
    """How many days of merged ``periods`` lie in ``[start, end)``."""
    days = 0
    for period in periods:
        first, after = max(period.start, start), min(period.end + _ONE_DAY, end)
        days += max((after - first).days, 0)
    return days


def reached_on(start: date, months: int, not_counted: Sequence[Period]) -> date:
    """The day on which a term of ``months`` from ``start`` is reached.

    Every day of ``not_counted`` that falls between puts it off by one day, and so may bring
    further such days in.
    """
    return put_off(start, add_months(start, months), not_counted)


def put_off(start: date, end: date, not_counted: Sequence[Period]) -> date:
    """``end`` put off by the days of ``not_counted`` that fall between ``start`` and it."""
    limit = end
    while (later := end + timedelta(days=days_within(not_counted, start, limit))) != limit:
        limit = later
    return limit


def _plain(part: str) -> str:
    """Small letters composed, one space between words, no full stop at the end."""
    words = unicodedata.normalize("NFC", part).casefold().split()
    return " ".join(words).rstrip(".,")


def _read_day(text: str) -> date:
    numbers = [int(found) for found in _NUMBERS.findall(text)]
    year, month, day = numbers if text[:4].isdigit() else reversed(numbers)
    if not EARLIEST.year <= year <= LATEST.year:
        raise ValueError(text)
    return date(year, month, day)


def _merged(periods: Sequence[Period]) -> tuple[Period, ...]:
    merged: list[Period] = []
    for period in sorted(periods):
        if merged and period.start <= merged[-1].end + _ONE_DAY:
            merged[-1] = Period(merged[-1].start, max(merged[-1].end, period.end))
        else:
            merged.append(period)
    return tuple(merged)
