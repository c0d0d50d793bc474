"""The dated rules on how land of a cluster must be used, as typed values.

What stands in the file is a list of versions per rule; which one judges is decided by the
day asked for.  No version in force on that day means that the rule judges nothing then.
"""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold(Dated):
    """One number with its unit (``months``, ``pixels``, ``share``)."""

    value: float
    unit: str

    @property
    def months(self) -> int:
        """The value of a term counted in whole months."""
        return int(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """One rung or count of the area ladder divided by another."""

    name: str
    numerator: str
    denominator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupancy(Dated):
    """The law's definition of occupancy (tỷ lệ lấp đầy)."""

    ratio: Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureNorm(Dated):
    """The least or the greatest share of the whole area that one land group may have."""

    group: str
    at_least: float | None
    at_most: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeLimits(Dated):
    """The least and the greatest whole area of a cluster, square metres."""

    min_m2: float
    min_mountain_or_craft_m2: float
    max_m2: float


_THRESHOLDS = (
    "idle_from_handover", "idle_from_stop", "behind_schedule", "extension",
    "raster_grey_below", "raster_refuse_below", "not_built_up_to", "built_from",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EfficiencyRules:
    """Every version of every rule of one file; ask ``*_on(day)`` for the one in force."""

    rule_set: RuleSet
    thresholds: Mapping[str, Sequence[Threshold]]
    occupancy: Sequence[Occupancy]
    occupancy_rivals: Sequence[Ratio]
    structure: Sequence[StructureNorm]
    size: Sequence[SizeLimits]

    def threshold_on(self, name: str, day: date) -> Threshold | None:
        """The threshold called ``name`` in force on ``day``, None where there is none."""
        return in_force(self.thresholds[name], day)

    def occupancy_on(self, day: date) -> Occupancy | None:
        """The law's definition of occupancy in force on ``day``."""
        return in_force(self.occupancy, day)

    def structure_on(self, day: date) -> Mapping[str, StructureNorm]:
        """The norms in force on ``day``, by land group."""
        return {norm.group: norm for norm in self.structure if norm.holds_on(day)}

    def size_on(self, day: date) -> SizeLimits | None:
        """The limits of a cluster's size in force on ``day``."""
        return in_force(self.size, day)


def load_efficiency_rules(name: str | Path = "vn_efficiency") -> EfficiencyRules:
    """Read a rule file (a shipped name or a path) into typed rules.

    Raises UsageError (``rules_unknown``, ``rules_unreadable`` with the entry at fault).
    """
    content, rule_set = read_rule_file(name, "vn_efficiency")
    entry = "?"

    def versions(key: str) -> list[dict[str, Any]]:
        nonlocal entry
        entry = key
        return list(content[key])

    try:
        return EfficiencyRules(
            rule_set=rule_set,
            thresholds={
                key: [
                    Threshold(**dated(row), value=float(row["value"]), unit=str(row["unit"]))
                    for row in versions(key)
                ]
                for key in _THRESHOLDS
            },
            occupancy=[Occupancy(**dated(row), ratio=_ratio(row)) for row in versions("occupancy")],
            occupancy_rivals=[_ratio(row) for row in versions("occupancy_rivals")],
            structure=[_norm(row) for row in versions("structure")],
            size=[
                SizeLimits(
                    **dated(row),
                    min_m2=float(row["min_m2"]),
                    min_mountain_or_craft_m2=float(row["min_mountain_or_craft_m2"]),
                    max_m2=float(row["max_m2"]),
                )
                for row in versions("size")
            ],
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise refusal(str(name), f"{entry}: {fault}", "vn_efficiency") from fault


def _ratio(row: Mapping[str, Any]) -> Ratio:
    return Ratio(
        name=str(row["id"]),
        numerator=str(row["numerator"]),
        denominator=str(row["denominator"]),
    )


def _norm(row: Mapping[str, Any]) -> StructureNorm:
    at_least, at_most = row.get("at_least"), row.get("at_most")
    if (at_least is None) == (at_most is None):
        raise ValueError(f"{row['id']}: at_least / at_most")
    return StructureNorm(
        **dated(row),
        group=str(row["group"]),
        at_least=None if at_least is None else float(at_least),
        at_most=None if at_most is None else float(at_most),
    )
