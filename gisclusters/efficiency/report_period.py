"""The periods of official reports: a half year or a year, by the days the circular cuts them at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from gisclusters.errors import UsageError
from gisclusters.layers.values import fold
from gisclusters.rules.forms import FormRules, MonthDay, PeriodRule

_WORDS = re.compile(
    r"(?P<year>(?:19|20)\d\d)|(?P<a>(?:19|20)\d\d) ?h1|h1 (?P<b>(?:19|20)\d\d)"
    r"|6 thang(?: dau nam)? (?P<c>(?:19|20)\d\d)|nam (?P<d>(?:19|20)\d\d)"
)


@dataclass(frozen=True, slots=True, order=True)
class ReportPeriod:
    """A period by its last day; both days are in it.  ``key`` is ``2026H1`` or ``2026``."""

    last: date
    first: date
    key: str
    half: bool
    rule: PeriodRule

    @property
    def year(self) -> int:
        """The year of the report."""
        return self.last.year

    def day_of(self, month_day: MonthDay) -> date:
        """A month and day of that year."""
        return date(self.year, *month_day)


def period_key(words: str) -> str | None:
    """The key of a period as offices write it (``2026``, ``2026H1``, ``6 tháng đầu năm 2026``).

    None where the words name no such period.
    """
    found = _WORDS.fullmatch(fold(words))
    if found is None:
        return None
    half = found["a"] or found["b"] or found["c"]
    return f"{half}H1" if half else found["year"] or found["d"]


def read_period(words: str, rules: FormRules) -> ReportPeriod:
    """The period that ``words`` name, by the rule in force on its last day.

    Half year: 15/12 of the year before – 14/6; year: 15/12 – 14/12 (Circular 14/2024/TT-BCT).
    Raises UsageError (``period_unreadable``, ``period_no_rule``).
    """
    key = period_key(words)
    if key is None:
        raise UsageError("errors.period_unreadable", value=words)
    period = period_of(key, rules)
    if period is None:
        raise UsageError("errors.period_no_rule", value=words)
    return period


def period_of(key: str, rules: FormRules) -> ReportPeriod | None:
    """The period of a key; None where no rule is in force on its last day."""
    half, year = key.endswith("H1"), int(key[:4])
    for rule in rules.periods:
        first, last = rule.half if half else rule.year
        closes = date(year, *last)
        if rules.period_on(closes) is rule:
            return ReportPeriod(closes, date(year - 1, *first), key, half, rule)
    return None
