"""The dated rules on works, tenants and withdrawn clusters, and the figures that count, typed.

Which version judges is decided by the day asked for; no version in force on it judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gisclusters.domain.run import RuleSet
from gisclusters.domain.shared_works import WORKS
from gisclusters.errors import UsageError
from gisclusters.rules.dated import Dated, dated, in_force
from gisclusters.rules.loader import read_rule_file

MEASURES = ("money", "people")
INDICATOR_RUNGS = ("gross", "industrial", "serviced", "committed", "leased", "handed_over",
                   "building", "producing")  # fmt: skip
FLAGS = ("wastewater_built", "wastewater_meets_standard", "discharges_wastewater")
NEEDS = ("wastewater", "all")
TOPICS = ("conversion", "building", "recovery")
_KEYS = ("name", "version", "periods", "indicators", "flags", "shared_works", "tenant_rules",
         "standards", "withdrawn")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One figure: its name, what it measures, the rung it is divided by, how it is written."""

    name: str
    measures: str
    rung: str
    spelled: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRule(Dated):
    """Month and day on which a reporting year begins (of the year before) and periods end."""

    begins: tuple[int, int]
    year_ends: tuple[int, int]
    half_ends: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedWorks(Dated):
    """The works that are the shared infrastructure of a cluster."""

    works: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantRule(Dated):
    """What must be there before a tenant may operate; ``discharging``: only who discharges."""

    needs: str
    discharging: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard(Dated):
    """A discharge standard, how it is written, and whether a newer one replaced it."""

    spelled: tuple[str, ...]
    replaced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawnRule(Dated):
    """What is asked of a withdrawn cluster; ``read`` False: no text was read."""

    topic: str
    read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EconomyRules:
    """Every version of every rule of one file; ask ``*_on(day)`` for those in force."""

    rule_set: RuleSet
    indicators: tuple[Indicator, ...]
    flags: Mapping[str, tuple[str, ...]]
    periods: tuple[PeriodRule, ...]
    shared_works: tuple[SharedWorks, ...]
    tenant_rules: tuple[TenantRule, ...]
    standards: tuple[Standard, ...]
    withdrawn: tuple[WithdrawnRule, ...]

    def periods_on(self, day: date) -> PeriodRule | None:
        """When reporting periods close, as of ``day``."""
        return in_force(self.periods, day)

    def shared_works_on(self, day: date) -> SharedWorks | None:
        """The list of shared works in force on ``day``."""
        return in_force(self.shared_works, day)

    def tenant_rules_on(self, day: date) -> list[TenantRule]:
        """Every rule on tenants in force on ``day``."""
        return [rule for rule in self.tenant_rules if rule.holds_on(day)]

    def withdrawn_on(self, day: date) -> list[WithdrawnRule]:
        """Every rule on withdrawn clusters in force on ``day``."""
        return [rule for rule in self.withdrawn if rule.holds_on(day)]


def load_economy_rules(name: str | Path = "vn_economy") -> EconomyRules:
    """Read a rule file (a shipped name or a path) into typed rules.

    Raises UsageError (``rules_unknown``, ``rules_unreadable`` with the entry at fault).
    """
    content, rule_set = read_rule_file(name, "vn_economy")
    entry = "?"

    def rows(key: str) -> list[dict[str, Any]]:
        nonlocal entry
        entry = key
        return list(content[key])

    try:
        _known_keys(content)
        return EconomyRules(
            rule_set=rule_set,
            indicators=tuple(_indicator(row) for row in rows("indicators")),
            flags=_flags(rows("flags")),
            periods=tuple(
                PeriodRule(**dated(row), begins=_day(row, "begins"),
                           year_ends=_day(row, "year_ends"), half_ends=_day(row, "half_ends"))
                for row in rows("periods")
            ),
            shared_works=tuple(
                SharedWorks(**dated(row), works=_works(row))
                for row in rows("shared_works")
            ),
            tenant_rules=tuple(
                TenantRule(**dated(row), needs=_one_of(row, "needs", NEEDS),
                           discharging=_yes(row, "discharging"))
                for row in rows("tenant_rules")
            ),
            standards=tuple(
                Standard(**dated(row), spelled=_words(row, "spelled"),
                         replaced=_yes(row, "replaced"))
                for row in rows("standards")
            ),
            withdrawn=tuple(
                WithdrawnRule(**dated(row), topic=_one_of(row, "topic", TOPICS),
                              read=_yes(row, "read"))
                for row in rows("withdrawn")
            ),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as fault:
        raise UsageError(
            "errors.rules_unreadable",
            value=str(name),
            reason=f"{entry}: {fault}",
            model="vn_economy",
        ) from fault


def _known_keys(content: Mapping[str, Any]) -> None:
    odd = [str(key) for key in content if key not in _KEYS]
    if odd:
        raise ValueError(", ".join(odd))


def _indicator(row: Mapping[str, Any]) -> Indicator:
    return Indicator(
        name=str(row["name"]),
        measures=_one_of(row, "measures", MEASURES),
        rung=_one_of(row, "rung", INDICATOR_RUNGS),
        spelled=_words(row, "spelled"),
    )


def _flags(rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    found = {_one_of(row, "name", FLAGS): _words(row, "spelled") for row in rows}
    missing = [name for name in FLAGS if name not in found]
    if missing:
        raise ValueError(", ".join(missing))
    return found


def _one_of(row: Mapping[str, Any], key: str, allowed: Sequence[str]) -> str:
    if row[key] not in allowed:
        raise ValueError(f"{row.get('id', row.get('name'))} {key}: {row[key]!r}")
    return str(row[key])


def _yes(row: Mapping[str, Any], key: str) -> bool:
    if not isinstance(row[key], bool):
        raise TypeError(f"{row['id']} {key}: {row[key]!r}")
    return bool(row[key])


def _words(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = row[key]
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise TypeError(f"{row.get('id', row.get('name'))} {key}: {value!r}")
    return tuple(value)


def _works(row: Mapping[str, Any]) -> tuple[str, ...]:
    works = _words(row, "works")
    odd = [work for work in works if work not in WORKS]
    if odd or not works:
        raise ValueError(f"{row['id']} works: {', '.join(odd)}")
    return works


def _day(row: Mapping[str, Any], key: str) -> tuple[int, int]:
    month, day = (int(part) for part in row[key])
    date(2001, month, day)  # a day that no year has is a ValueError
    return month, day
