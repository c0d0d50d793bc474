"""The official forms on clusters as typed data: lines, groups, indicators, periods, days.

Circular 14/2024/TT-BCT.  A form of which no version is in force on the last day of its period
fills nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gisclusters.domain.run import RuleSet
from gisclusters.errors import UsageError
from gisclusters.rules.dated import Dated, dated, in_force
from gisclusters.rules.loader import read_rule_file

MonthDay = tuple[int, int]

MEASURES = ("count", "area", "rung", "occupancy", "indicator")
UNITS = ("cluster", "ha", "percent", "billion", "project", "person", "flag", "million_month")
SCOPES = ("cluster", "commune", "province")
TESTS = ("established_in_period", "enterprise_owner", "craft_village")
FALLBACKS = ("lessees", "lessees_producing")
RUNGS = ("industrial_m2", "serviced_m2", "committed_m2", "leased_m2")


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRule(Dated):
    """First and last day (month, day) of a half year and of a year, from the year before on."""

    half: tuple[MonthDay, MonthDay]
    year: tuple[MonthDay, MonthDay]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Dated):
    """Which clusters a line counts: by status, by a 0/1 indicator, by a test of a field."""

    statuses: frozenset[str]
    unclear: frozenset[str]
    flag: str | None
    of: str | None
    test: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure that people give in the table of indicators."""

    name: str
    unit: str
    carried: bool
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a form."""

    line: str
    name: str
    unit: str
    group: str
    measure: str
    of: str | None
    instead: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Dated):
    """One version of a form: whom it speaks of, its lines, before which day it is due."""

    scope: str
    lines: tuple[Line, ...]
    before_half: MonthDay
    before_year: MonthDay


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRules:
    """Everything one file says of the forms; ask ``*_on(day)`` for what is in force."""

    rule_set: RuleSet
    periods: Sequence[PeriodRule]
    groups: Sequence[Group]
    figures: Mapping[str, Figure]
    units: Mapping[str, Mapping[str, float]]
    forms: Sequence[Form]
    established_columns: tuple[str, ...]
    established_else: str | None
    enterprise_words: tuple[str, ...]
    office_words: tuple[str, ...]

    def period_on(self, day: date) -> PeriodRule | None:
        """How periods are cut on ``day``."""
        return in_force(self.periods, day)

    def form_on(self, name: str, day: date) -> Form | None:
        """The form called ``name`` (``03``) as it is on ``day``."""
        return in_force([form for form in self.forms if form.rule_id == name], day)

    def group_on(self, name: str, day: date) -> Group | None:
        """The group called ``name`` as it is on ``day``."""
        return in_force([group for group in self.groups if group.rule_id == name], day)


def load_form_rules(name: str | Path = "vn_forms") -> FormRules:
    """Read a file of forms (a shipped name or a path).

    Raises UsageError (``rules_unknown``, ``rules_unreadable`` with the entry at fault).
    """
    content, rule_set = read_rule_file(name, "vn_forms")
    try:
        figures = {str(row["id"]): _figure(row) for row in content["indicators"]}
        groups = [_group(row, figures) for row in content["groups"]]
        known = {group.rule_id for group in groups}
        for group in groups:
            _require(group.of is None or group.of in known, f"{group.rule_id} of: {group.of}")
        lines = {
            key: tuple(_line(row, known, figures) for row in rows)
            for key, rows in content["lines"].items()
        }
        told = content["established_on"]
        return FormRules(
            rule_set=rule_set,
            periods=[
                PeriodRule(**dated(row), half=_span(row["half"]), year=_span(row["year"]))
                for row in content["periods"]
            ],
            groups=groups,
            figures=figures,
            units={
                str(unit): {str(word): float(factor) for word, factor in words.items()}
                for unit, words in content["units"].items()
            },
            forms=[_form(row, lines) for row in content["forms"]],
            established_columns=tuple(str(word) for word in told["columns"]),
            established_else=told["else"],
            enterprise_words=tuple(str(word) for word in content["enterprise_words"]),
            office_words=tuple(str(word) for word in content["office_words"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise UsageError(
            "errors.rules_unreadable",
            value=str(name),
            reason=str(fault) or type(fault).__name__,
            model="vn_forms",
        ) from fault


def _require(holds: bool, reason: str) -> None:  # noqa: FBT001 - a check reads best so
    if not holds:
        raise ValueError(reason)


def _month_day(text: object) -> MonthDay:
    month, day = (int(part) for part in str(text).split("-"))
    date(2023, month, day)  # no leap day: it would be missing in most years
    return month, day


def _span(row: Mapping[str, Any]) -> tuple[MonthDay, MonthDay]:
    return _month_day(row["first"]), _month_day(row["last"])


def _figure(row: Mapping[str, Any]) -> Figure:
    _require(row["unit"] in UNITS, f"{row['id']} unit: {row['unit']}")
    _require(isinstance(row["carried"], bool), f"{row['id']} carried: {row['carried']}")
    return Figure(
        name=str(row["id"]), unit=str(row["unit"]), carried=row["carried"],
        aliases=tuple(str(word) for word in row["aliases"]),
    )  # fmt: skip


def _group(row: Mapping[str, Any], figures: Mapping[str, Figure]) -> Group:
    flag, test = row.get("flag"), row.get("test")
    _require(flag is None or flag in figures, f"{row['id']} flag: {flag}")
    _require(test is None or test in TESTS, f"{row['id']} test: {test}")
    return Group(
        **dated(row),
        statuses=frozenset(str(word) for word in row["statuses"]),
        unclear=frozenset(str(word) for word in row.get("unclear", ())),
        flag=flag,
        of=row.get("of"),
        test=test,
    )


def _line(row: Mapping[str, Any], groups: set[str], figures: Mapping[str, Figure]) -> Line:
    name, measure, of = str(row["id"]), row["measure"], row.get("of")
    _require(row["group"] in groups, f"{name} group: {row['group']}")
    _require(measure in MEASURES, f"{name} measure: {measure}")
    _require(row["unit"] in UNITS, f"{name} unit: {row['unit']}")
    _require(measure != "indicator" or of in figures, f"{name} of: {of}")
    _require(measure != "rung" or of in RUNGS, f"{name} of: {of}")
    _require(row.get("else") in (None, *FALLBACKS), f"{name} else: {row.get('else')}")
    return Line(
        line=str(row["line"]), name=name, unit=row["unit"], group=row["group"], measure=measure,
        of=of, instead=row.get("else"),
    )  # fmt: skip


def _form(row: Mapping[str, Any], lines: Mapping[str, tuple[Line, ...]]) -> Form:
    _require(row["scope"] in SCOPES, f"{row['id']} scope: {row['scope']}")
    return Form(
        **dated(row), scope=row["scope"], lines=lines[row["lines"]],
        before_half=_month_day(row["before_half"]), before_year=_month_day(row["before_year"]),
    )  # fmt: skip
