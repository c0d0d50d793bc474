"""The dated rules on how land of a cluster must be used, as typed values.

What stands in the file is a list of versions per rule; which one judges is decided by the
day asked for.  No version in force on that day means that the rule judges nothing then.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gisclusters.domain.run import RuleSet
from gisclusters.errors import UsageError
from gisclusters.rules.corridors import CorridorRules, StripRule, read_corridors
from gisclusters.rules.dated import Dated, dated, in_force
from gisclusters.rules.land_norms import (
    DensityNorm,
    StructureNorm,
    density_norm,
    structure_norms,
)
from gisclusters.rules.loader import read_rule_file, require_shipped
from gisclusters.rules.own_file import refusal
from gisclusters.rules.sizes import SizeRule, SizeRules, load_sizes

_LONGEST_MONTHS = 1200
"""A longer term is a slip of the pen; days that far are in no calendar of ours."""


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


_THRESHOLDS = {
    "idle_from_handover": "months", "idle_from_stop": "months", "behind_schedule": "months",
    "extension": "months", "raster_grey_below": "pixels", "raster_refuse_below": "pixels",
    "not_built_up_to": "share", "built_from": "share", "lot_green": "share",
}  # fmt: skip
"""The thresholds and the unit each is counted in."""

CLOCK_THRESHOLDS = tuple(name for name, unit in _THRESHOLDS.items() if unit == "months")
"""The thresholds that the idle clock runs by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EfficiencyRules:
    """Every version of every rule of one file; ask ``*_on(day)`` for the one in force."""

    rule_set: RuleSet
    thresholds: Mapping[str, Sequence[Threshold]]
    transfer: Sequence[Dated]
    occupancy: Sequence[Occupancy]
    occupancy_rivals: Sequence[Ratio]
    structure: Sequence[StructureNorm]
    lot_density: Sequence[DensityNorm]
    size: SizeRules
    strip: CorridorRules

    def threshold_on(self, name: str, day: date) -> Threshold | None:
        """The threshold called ``name`` in force on ``day``, None where there is none."""
        return in_force(self.thresholds[name], day)

    def transfer_on(self, day: date) -> Dated | None:
        """The provision on what a sub-lessee may do with its land in force on ``day``."""
        return in_force(self.transfer, day)

    def occupancy_on(self, day: date) -> Occupancy | None:
        """The law's definition of occupancy in force on ``day``."""
        return in_force(self.occupancy, day)

    def structure_on(self, day: date) -> Mapping[str, StructureNorm]:
        """The norms of the code in force on ``day``, by land group; house norms are not there."""
        return {
            norm.group: norm for norm in self.structure if not norm.house and norm.holds_on(day)
        }

    def house_norms_on(self, day: date) -> Sequence[StructureNorm]:
        """The norms of an office or a province in force on ``day``."""
        return [norm for norm in self.structure if norm.house and norm.holds_on(day)]

    def lot_density_on(self, day: date) -> DensityNorm | None:
        """The greatest net building density of a factory lot in force on ``day``."""
        return in_force(self.lot_density, day)

    def size_on(self, day: date) -> SizeRule | None:
        """The limits of a cluster's size in force on ``day``."""
        return self.size.rule_for(day)

    def strip_on(self, day: date) -> StripRule | None:
        """How wide the green strip along the boundary must be on ``day``."""
        return self.strip.green_strip(day)


def load_efficiency_rules(name: str | Path = "vn_efficiency") -> EfficiencyRules:
    """Read a rule file (a shipped name or a path) into typed rules.

    A file of one's own may stand on a shipped one (``base: vn_efficiency``): what it names
    takes the place of the base's, but rows of ``structure`` are house norms beside the code's.
    Sizes and the green strip have files of their own (``size_from``, ``strip_from``).
    Raises UsageError (``rules_unknown``, ``rules_unreadable`` with the entry at fault).
    """
    content, rule_set = read_rule_file(name, "vn_efficiency")
    house: list[dict[str, Any]] = []
    if "size" in content:
        raise UsageError(
            "errors.rules_unreadable",
            value=str(name),
            reason="size → size_from",
            model="vn_efficiency",
        )
    if "base" in content:
        content, house = _on_base(content, str(name))
    entry = "?"

    def versions(key: str, *, optional: bool = False) -> list[dict[str, Any]]:
        nonlocal entry
        entry = key
        return list(content.get(key, []) if optional else content[key])

    def named(key: str) -> str:
        nonlocal entry
        entry = key
        return str(content[key])

    try:
        return EfficiencyRules(
            rule_set=rule_set,
            thresholds={
                key: [_threshold(row, unit) for row in versions(key)]
                for key, unit in _THRESHOLDS.items()
            },
            transfer=[Dated(**dated(row)) for row in versions("transfer", optional=True)],
            occupancy=[Occupancy(**dated(row), ratio=_ratio(row)) for row in versions("occupancy")],
            occupancy_rivals=[_ratio(row) for row in versions("occupancy_rivals")],
            structure=[
                *structure_norms(versions("structure"), house=False),
                *structure_norms(house, house=True),
            ],
            lot_density=[density_norm(row) for row in versions("lot_density")],
            size=load_sizes(named("size_from")),
            strip=read_corridors(named("strip_from"), str(name)),
        )
    except UsageError:  # of a file named here; a ValueError too
        raise
    except (KeyError, TypeError, ValueError) as fault:
        raise refusal(str(name), f"{entry}: {fault}", "vn_efficiency") from fault


def _threshold(row: Mapping[str, Any], unit: str) -> Threshold:
    """One number in the unit of its rule; a term is a whole number of months above zero."""
    value = row["value"]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{row['id']} value: {value!r}")
    if row["unit"] != unit:
        raise ValueError(f"{row['id']} unit: {row['unit']!r} ≠ {unit}")
    in_range = 0 <= value <= 1 if unit == "share" else value >= 0
    if unit == "months":
        in_range = 1 <= value <= _LONGEST_MONTHS and value == int(value)
    if not in_range:
        raise ValueError(f"{row['id']} value: {value!r} {unit}")
    return Threshold(**dated(row), value=float(value), unit=unit)


def _ratio(row: Mapping[str, Any]) -> Ratio:
    return Ratio(
        name=str(row["id"]),
        numerator=str(row["numerator"]),
        denominator=str(row["denominator"]),
    )


def _on_base(content: Mapping[str, Any], name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A file on its base: the entries that hold, and the norms it adds to the base's."""
    require_shipped(str(content["base"]), "vn_efficiency")
    base, _ = read_rule_file(str(content["base"]))
    unknown = [str(key) for key in content if key not in {*base, "base"}]
    house = content.get("structure") or []
    ids = {row.get("id") for row in base.get("structure", ())}
    if not isinstance(house, list) or not all(isinstance(row, dict) for row in house):
        unknown.append("structure")
    else:
        unknown += [f"structure: id {row['id']}" for row in house if row.get("id") in ids]
    if unknown:
        raise UsageError(
            "errors.rules_unreadable", value=name, reason=", ".join(unknown), model="vn_efficiency"
        )
    return {**base, **content, "structure": base.get("structure", [])}, house
