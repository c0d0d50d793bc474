"""The dated rules on how a cluster must lie and how large it may be, as typed values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gisclusters.domain.run import RuleSet
from gisclusters.rules.dated import Dated, dated, in_force
from gisclusters.rules.loader import read_rule_file
from gisclusters.rules.own_file import refusal
from gisclusters.rules.sizes import SizeRule, SizeRules, load_sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class LandUseRule(Dated):
    """Which land of the land-use plan is meant for clusters."""

    fitting_codes: frozenset[str]
    broader_codes: frozenset[str]
    quota: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation(Dated):
    """How much larger than in the list a cluster may be at establishment, m²."""

    larger_by_m2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderClusters(Dated):
    """Clusters out of limits that stay legal; a day of None is not known."""

    smaller_before: date | None
    larger_before: date | None
    planned_statuses: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition(Dated):
    """Clusters at these statuses may go on under the rules of before ``valid_from``."""

    statuses: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRules:
    """Every version of every rule of one file, the house values and names of indicators."""

    rule_set: RuleSet
    size: SizeRules
    land_use: Sequence[LandUseRule]
    location: Sequence[Dated]
    area: Sequence[Dated]
    deviation: Sequence[Deviation]
    older_clusters: Sequence[OlderClusters]
    adjacency: Sequence[Dated]
    clearance: Sequence[Dated]
    transition: Sequence[Transition]
    within_sd: float
    real_sd: float
    figure_rounding_m2: float
    near_m: float
    indicators: Mapping[str, tuple[str, ...]]

    def on(self, day: date) -> RulesOfDay:
        """The versions in force on ``day``; None where there is none."""
        return RulesOfDay(
            size=self.size.rule_for(day),
            land_use=in_force(self.land_use, day),
            location=in_force(self.location, day),
            area=in_force(self.area, day),
            deviation=in_force(self.deviation, day),
            older_clusters=in_force(self.older_clusters, day),
            adjacency=in_force(self.adjacency, day),
            clearance=in_force(self.clearance, day),
            transition=in_force(self.transition, day),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesOfDay:
    """One version of each rule, None where none is in force."""

    size: SizeRule | None
    land_use: LandUseRule | None
    location: Dated | None
    area: Dated | None
    deviation: Deviation | None
    older_clusters: OlderClusters | None
    adjacency: Dated | None
    clearance: Dated | None
    transition: Transition | None


def load_fit_rules(name: str | Path = "vn_fit") -> FitRules:
    """Read a rule file (a shipped name or a path) into typed rules.

    Raises UsageError (``rules_unknown``, ``rules_unreadable`` with the entry at fault).
    """
    content, rule_set = read_rule_file(name, "vn_fit")
    entry = "?"

    def rows(key: str) -> list[dict[str, Any]]:
        nonlocal entry
        entry = key
        return list(content[key])

    def plain(key: str) -> list[Dated]:
        return [Dated(**dated(row)) for row in rows(key)]

    try:
        size = load_sizes(str(content["size_from"]))
        land_use = [
            LandUseRule(
                **dated(row), fitting_codes=_words(row["fitting_codes"]),
                broader_codes=_words(row["broader_codes"]), quota=bool(row["quota"]),
            )
            for row in rows("land_use")
        ]  # fmt: skip
        deviation = [
            Deviation(**dated(row), larger_by_m2=float(row["larger_by_m2"]))
            for row in rows("deviation")
        ]
        older = [
            OlderClusters(
                **dated(row), smaller_before=_day(row, "smaller_before"),
                larger_before=_day(row, "larger_before"),
                planned_statuses=_words(row["planned_statuses"]),
            )
            for row in rows("older_clusters")
        ]  # fmt: skip
        transition = [
            Transition(**dated(row), statuses=_words(row["statuses"])) for row in rows("transition")
        ]
        lists = {key: plain(key) for key in ("location", "area", "adjacency", "clearance")}
        entry = "house"
        house = {key: float(content["house"][key]) for key in _HOUSE}
        entry = "indicators"
        indicators = {
            key: tuple(str(word) for word in content["indicators"][key]) for key in _INDICATORS
        }
    except (KeyError, TypeError, ValueError) as fault:
        raise refusal(str(name), f"{entry}: {fault}", "vn_fit") from fault
    if not 0 < house["within_sd"] <= house["real_sd"]:
        raise refusal(str(name), "within_sd, real_sd", "vn_fit")
    return FitRules(
        rule_set=rule_set, size=size, land_use=land_use, deviation=deviation, older_clusters=older,
        transition=transition, indicators=indicators, location=lists["location"],
        area=lists["area"], adjacency=lists["adjacency"], clearance=lists["clearance"], **house,
    )  # fmt: skip


_HOUSE = ("within_sd", "real_sd", "figure_rounding_m2", "near_m")
_INDICATORS = ("list_area", "decision_area")


def _words(value: Any) -> frozenset[str]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r}: []")
    return frozenset(str(word) for word in value)


def _day(row: Mapping[str, Any], name: str) -> date | None:
    value = row[name]
    if value is not None and not isinstance(value, date):
        raise ValueError(f"{row['id']} {name}: {value!r}")
    return value
