"""The dated rules on how land of a cluster must be used, as typed values.

What stands in the file is a list of versions per rule; which one judges is decided by the
day asked for.  No version in force on that day means that the rule judges nothing then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from gisclusters.domain.run import RuleSet
from gisclusters.errors import UsageError
from gisclusters.rules.loader import read_rule_file

CONFIDENCES = ("sure", "likely", "unverified")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dated:
    """What every version of a rule says of itself; both days are in force."""

    rule_id: str
    article: str
    confidence: str
    valid_from: date | None
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Whether this version is in force on ``day``."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold(_Dated):
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
class Occupancy(_Dated):
    """The law's definition of occupancy (tỷ lệ lấp đầy)."""

    ratio: Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureNorm(_Dated):
    """The least or the greatest share of the whole area that one land group may have."""

    group: str
    at_least: float | None
    at_most: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeLimits(_Dated):
    """The least and the greatest whole area of a cluster, square metres."""

    min_m2: float
    min_mountain_or_craft_m2: float
    max_m2: float


_Version = TypeVar("_Version", bound=_Dated)

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
        return _in_force(self.thresholds[name], day)

    def occupancy_on(self, day: date) -> Occupancy | None:
        """The law's definition of occupancy in force on ``day``."""
        return _in_force(self.occupancy, day)

    def structure_on(self, day: date) -> Mapping[str, StructureNorm]:
        """The norms in force on ``day``, by land group."""
        return {norm.group: norm for norm in self.structure if norm.holds_on(day)}

    def size_on(self, day: date) -> SizeLimits | None:
        """The limits of a cluster's size in force on ``day``."""
        return _in_force(self.size, day)


def load_efficiency_rules(name: str | Path = "vn_efficiency") -> EfficiencyRules:
    """Read a rule file (a shipped name or a path) into typed rules.

    Raises UsageError (``rules_unknown``, ``rules_unreadable`` with the entry at fault).
    """
    content, rule_set = read_rule_file(name)
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
                    Threshold(**_dated(row), value=float(row["value"]), unit=str(row["unit"]))
                    for row in versions(key)
                ]
                for key in _THRESHOLDS
            },
            occupancy=[
                Occupancy(**_dated(row), ratio=_ratio(row)) for row in versions("occupancy")
            ],
            occupancy_rivals=[_ratio(row) for row in versions("occupancy_rivals")],
            structure=[_norm(row) for row in versions("structure")],
            size=[
                SizeLimits(
                    **_dated(row),
                    min_m2=float(row["min_m2"]),
                    min_mountain_or_craft_m2=float(row["min_mountain_or_craft_m2"]),
                    max_m2=float(row["max_m2"]),
                )
                for row in versions("size")
            ],
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise UsageError(
            "errors.rules_unreadable", value=str(name), reason=f"{entry}: {fault}"
        ) from fault


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    for field in ("valid_from", "valid_to"):
        if row[field] is not None and not isinstance(row[field], date):
            raise ValueError(f"{row['id']} {field}: {row[field]!r}")
    if row["confidence"] not in CONFIDENCES:
        raise ValueError(f"{row['id']} confidence: {row['confidence']!r}")
    return {
        "rule_id": str(row["id"]),
        "article": str(row["article"]),
        "confidence": str(row["confidence"]),
        "valid_from": row["valid_from"],
        "valid_to": row["valid_to"],
    }


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
        **_dated(row),
        group=str(row["group"]),
        at_least=None if at_least is None else float(at_least),
        at_most=None if at_most is None else float(at_most),
    )


def _in_force(versions: Sequence[_Version], day: date) -> _Version | None:
    """The version in force on ``day``; the one that came into force last where several are."""
    holding = [version for version in versions if version.holds_on(day)]
    return max(holding, key=lambda version: version.valid_from or date.min, default=None)
