"""Reporting periods: ``2025``, ``2025H1``, as offices write them, and the day each closes.

A reporting year runs from 15/12 of the year before to 14/12, a half year to 14/6
(Circular 14/2024/TT-BCT).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from gisclusters.layers.values import fold
from gisclusters.rules.economy import PeriodRule

_YEAR = re.compile(r"^(?:nam )?(\d{4})$")
_HALF = (
    re.compile(r"^(?:nam )?(\d{4}) ?h ?1$"),
    re.compile(r"^h ?1 (?:nam )?(\d{4})$"),
    re.compile(r"^6 ?(?:t|thang)(?: dau nam)? ?(\d{4})$"),
    re.compile(r"^(\d{4}) 6 ?(?:t|thang)(?: dau nam)?$"),
)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A year, or its first half."""

    year: int
    whole: bool

    @property
    def label(self) -> str:
        """``2025`` or ``2025H1``."""
        return f"{self.year}" if self.whole else f"{self.year}H1"

    def closes_on(self, rule: PeriodRule) -> date:
        """The last day of the period."""
        return date(self.year, *(rule.year_ends if self.whole else rule.half_ends))

    def begins_on(self, rule: PeriodRule) -> date:
        """The first day of the period."""
        return date(self.year - 1, *rule.begins)

    @property
    def before(self) -> Period:
        """The same period of the year before."""
        return Period(self.year - 1, self.whole)


def period_named(written: str) -> Period | None:
    """The period a person wrote (``2025``, ``Năm 2025``, ``6T/2025``, ``2025H1``); None: none."""
    plain = fold(written)
    found = _YEAR.match(plain)
    if found:
        return Period(int(found[1]), whole=True)
    for pattern in _HALF:
        found = pattern.match(plain)
        if found:
            return Period(int(found[1]), whole=False)
    return None
