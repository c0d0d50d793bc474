"""How large a cluster may be on a day: Decree 32/2024/NĐ-CP, Article 2(1), and its amendment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from gisclusters.domain.run import RuleSet
from gisclusters.errors import UsageError
from gisclusters.rules.loader import is_day, read_rule_file
from gisclusters.rules.own_file import refusal

M2_PER_HA = 10_000.0
_NUMBERS = ("min_area_ha", "reduced_min_area_ha", "max_area_ha")
_REQUIRED = ("id", *_NUMBERS, "legal_basis", "confidence")
_OPTIONAL = ("valid_from", "valid_to", "land_use_id")


class SizeVerdict(StrEnum):
    """How an area lies to the limits."""

    WITHIN = "within"
    BELOW_MINIMUM = "below_minimum"
    ABOVE_MAXIMUM = "above_maximum"
    DEPENDS = "depends"
    """Enough only in a mountain district or for a craft village, and neither is known."""
    NO_RULE = "no_rule"
    """No rule holds on the day, or nothing is left to measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRule:
    """The limits between two days, both included; areas in square metres.

    ``land_use_id`` is the name that results of land-use efficiency give the rule.
    """

    id: str
    land_use_id: str
    min_area_m2: float
    reduced_min_area_m2: float
    max_area_m2: float
    legal_basis: str
    confidence: str
    valid_from: date
    valid_to: date

    def judge(self, area_m2: float, *, reduced: bool | None) -> SizeVerdict:
        """How an area lies to the limits, both of which are allowed.

        ``reduced``: whether the lower minimum applies (mountain district, craft village);
        None where nobody knows.
        """
        if area_m2 > self.max_area_m2:
            return SizeVerdict.ABOVE_MAXIMUM
        if area_m2 >= self.min_area_m2:
            return SizeVerdict.WITHIN
        if area_m2 < self.reduced_min_area_m2 or reduced is False:
            return SizeVerdict.BELOW_MINIMUM
        return SizeVerdict.DEPENDS if reduced is None else SizeVerdict.WITHIN


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRules:
    """The size rules of one file."""

    rule_set: RuleSet
    rules: tuple[SizeRule, ...]

    def rule_for(self, as_of: date) -> SizeRule | None:
        """The rule in force on a day; None where none is."""
        return next(
            (rule for rule in self.rules if rule.valid_from <= as_of <= rule.valid_to), None
        )


def load_sizes(name: str | Path = "vn_sizes") -> SizeRules:
    """The size rules by their shipped name or the path of a file of the same shape.

    Raises UsageError (``rules_unknown``, ``rules_unreadable``) naming the rule and the field.
    """
    content, rule_set = read_rule_file(name, "vn_sizes")
    rows = content.get("sizes")
    if not isinstance(rows, list) or not rows:
        raise refusal(str(name), "sizes", "vn_sizes")
    return SizeRules(rule_set=rule_set, rules=tuple(_rule(row, str(name)) for row in rows))


def _rule(row: Any, name: str) -> SizeRule:
    def refuse(reason: str) -> UsageError:
        shown = row.get("id", row) if isinstance(row, dict) else row
        return refusal(name, f"{shown}: {reason}", "vn_sizes")

    if not isinstance(row, dict):
        raise refuse("?")
    odd = [key for key in _REQUIRED if key not in row]
    odd += [str(key) for key in row if key not in (*_REQUIRED, *_OPTIONAL)]
    odd += [
        key for key in _NUMBERS
        if key in row and (isinstance(row[key], bool) or not isinstance(row[key], (int, float)))
    ]  # fmt: skip
    if odd:
        raise refuse(", ".join(odd))
    if not 0 < row["reduced_min_area_ha"] <= row["min_area_ha"] <= row["max_area_ha"]:
        raise refuse("reduced_min_area_ha ≤ min_area_ha ≤ max_area_ha")
    if row["confidence"] not in {"sure", "likely", "unverified"}:
        raise refuse(f"confidence {row['confidence']}")
    start, end = row.get("valid_from", date.min), row.get("valid_to", date.max)
    if not is_day(start) or not is_day(end) or start > end:
        raise refuse(f"{start} – {end}")
    return SizeRule(
        id=str(row["id"]), land_use_id=str(row.get("land_use_id") or row["id"]),
        min_area_m2=row["min_area_ha"] * M2_PER_HA,
        reduced_min_area_m2=row["reduced_min_area_ha"] * M2_PER_HA,
        max_area_m2=row["max_area_ha"] * M2_PER_HA, legal_basis=str(row["legal_basis"]),
        confidence=str(row["confidence"]), valid_from=start, valid_to=end,
    )  # fmt: skip
