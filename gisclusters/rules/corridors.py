"""The protection corridors of works as typed, dated values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from gisclusters.domain.run import RuleSet
from gisclusters.errors import UsageError
from gisclusters.rules.loader import RuleRow, read_rule_file
from gisclusters.rules.overlaps import Effect

_REQUIRED = ("id", "category", "width_m", "effect", "legal_basis", "confidence", "vi", "en")
_OPTIONAL = ("by", "confirmed", "approval_vi", "approval_en", "valid_from", "valid_to")
_WORDS, _NUMBERS = {"class", "grade"}, {"length_m", "flow_m3s", "voltage_kv"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """How wide the corridor of a work is on each side, and what building in it means.

    ``words`` is attribute → values, ``numbers`` attribute → (over, up to), either end open: a
    work has this corridor where all of them hold.
    """

    id: str
    category: str
    width_m: float
    effect: Effect
    legal_basis: str
    confidence: str
    usable: bool
    approval: str | None
    approval_en: str | None
    sentence_vi: str
    sentence_en: str
    valid_from: date
    valid_to: date
    words: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, tuple[float | None, float | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorridorRules:
    """A set of corridors."""

    rule_set: RuleSet
    corridors: tuple[Corridor, ...]

    def of(self, category: str, as_of: date) -> list[Corridor]:
        """The corridors of a category that are in force on a day, both ends included."""
        return [
            each for each in self.corridors
            if each.category == category and each.valid_from <= as_of <= each.valid_to
        ]  # fmt: skip


def load_corridors(name: str | Path = "vn_corridors") -> CorridorRules:
    """The corridors of a shipped set, or of a file of the same shape.

    A width that is ``unverified`` is usable only where the file says ``confirmed: true``.
    Raises UsageError (``rules_unknown``, ``rules_unreadable``) naming the corridor and the field.
    """
    content, rule_set = read_rule_file(name)
    rows = content.get("corridors")
    if not isinstance(rows, list):
        raise UsageError("errors.rules_unreadable", value=str(name), reason="corridors")
    return CorridorRules(rule_set=rule_set, corridors=tuple(_corridor(r, str(name)) for r in rows))


def corridors_for(rules: str | Path) -> CorridorRules:
    """The corridors of a rules file that brings its own, else those we ship."""
    content, _ = read_rule_file(rules)
    return load_corridors(rules if "corridors" in content else "vn_corridors")


def _corridor(row: Any, name: str) -> Corridor:
    read = RuleRow(row, name, required=_REQUIRED, optional=_OPTIONAL)
    read.require(effect={"F", "C", "R"}, confidence={"sure", "likely", "unverified"})
    start, end = read.term()
    by, width = row.get("by", {}), row["width_m"]
    if not isinstance(by, dict) or set(by) - _WORDS - _NUMBERS:
        raise read.refusal(f"by {by}")
    if not isinstance(width, int | float) or width <= 0:
        raise read.refusal(f"width_m {width}")
    ranges = {key: by[key] for key in by if key in _NUMBERS}
    if any(not isinstance(each, list) or len(each) != 2 for each in ranges.values()):
        raise read.refusal(f"by {ranges}")
    return Corridor(
        id=str(row["id"]), category=str(row["category"]), width_m=float(width),
        effect=cast("Effect", row["effect"]), legal_basis=str(row["legal_basis"]),
        confidence=str(row["confidence"]),
        usable=row["confidence"] != "unverified" or row.get("confirmed") is True,
        approval=row.get("approval_vi"), approval_en=row.get("approval_en"),
        sentence_vi=str(row["vi"]), sentence_en=str(row["en"]), valid_from=start, valid_to=end,
        words=MappingProxyType({k: tuple(map(str, by[k])) for k in by if k in _WORDS}),
        numbers=MappingProxyType({k: (v[0], v[1]) for k, v in ranges.items()}),
    )  # fmt: skip
