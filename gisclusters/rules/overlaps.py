"""The overlap rules as typed, dated values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast

from gisclusters.domain.run import RuleSet
from gisclusters.errors import UsageError
from gisclusters.rules.corridors import CorridorRules, read_corridors
from gisclusters.rules.loader import RuleRow, is_shipped, read_rule_file, require_shipped
from gisclusters.rules.own_file import check_overlap_file, check_rules, refusal

Effect = Literal["F", "C", "K", "R"]
_REQUIRED = ("id", "category", "effect", "legal_basis", "confidence", "vi", "en")
_OPTIONAL = ("approval_vi", "approval_en", "valid_from", "valid_to")
_CONFIDENCES = ("sure", "likely", "unverified")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What overlapping a category means between two days."""

    id: str
    category: str
    effect: Effect
    legal_basis: str
    confidence: str
    approval: str | None
    approval_en: str | None
    sentence_vi: str
    sentence_en: str
    valid_from: date
    valid_to: date

    def holds(self, as_of: date) -> bool:
        """Whether the rule is in force on a day, both ends included."""
        return self.valid_from <= as_of <= self.valid_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A rule set: rules, the plan kinds a check must answer, land codes to categories."""

    rule_set: RuleSet
    rules: tuple[Rule, ...]
    expected: tuple[str, ...]
    codes: Mapping[str, str]
    corridors: CorridorRules = field(default_factory=CorridorRules)

    def category_of(self, category: str) -> str:
        """The category that judges a land code; our own words judge themselves."""
        return self.codes.get(category, category if category.islower() else "unclassified")

    def categories_of(self, words: Iterable[str]) -> dict[str, str]:
        """``category_of`` by word: a map of many zones has few of them."""
        return {word: self.category_of(word) for word in words}

    def turning_days(self, *, after: date) -> list[date]:
        """The days after one on which a rule of ours begins or has ended, in order."""
        begins = {rule.valid_from for rule in self.rules}
        ends = {rule.valid_to + timedelta(1) for rule in self.rules if rule.valid_to < date.max}
        return sorted(day for day in begins | ends if day > after)

    def rule_for(self, category: str, as_of: date) -> Rule:
        """The rule in force on a day; an unknown category falls under ``unclassified``."""
        for wanted in (self.category_of(category), "unclassified"):
            for rule in self.rules:
                if rule.category == wanted and rule.holds(as_of):
                    return rule
        raise UsageError("errors.rules_silent", value=category, as_of=as_of)


def load_rules(name: str | Path = "vn") -> Rules:
    """A rule set by its shipped name or the path of a file of the same shape.

    A file of one's own may name a shipped set as its ``base``: its rules then go before those
    of the base and take the place of those with the same id, its corridors stand on the
    base's.  Without a base, a file that says nothing of ``corridors`` has the shipped ones;
    ``null`` is none.  Raises UsageError (``rules_unknown``, ``rules_unreadable``,
    ``rules_other_kind``) naming the rule and the field.
    """
    content, rule_set = read_rule_file(name)
    check_overlap_file(content, str(name), shipped=is_shipped(name))
    base = _base(content)
    rows = content.get("rules", [])
    if not isinstance(rows, list) or (not rows and base is None):
        raise refusal(str(name), "rules")
    rules = tuple(_rule(row, str(name)) for row in rows)
    if not is_shipped(name):
        check_rules(rules, str(name))
    expected, codes = content.get("expected", ()), dict(content.get("codes", {}))
    if base is None:
        corridors = read_corridors(content.get("corridors", "vn_corridors"), str(name))
    else:
        own = {rule.id for rule in rules}
        rules += tuple(rule for rule in base.rules if rule.id not in own)
        expected, codes = content.get("expected", base.expected), {**base.codes, **codes}
        corridors = base.corridors
        if "corridors" in content:
            corridors = read_corridors(content["corridors"], str(name), start=base.corridors)
    twice = {rule.id for rule in rules} & {rule.id for rule in corridors.rules}
    if twice:  # an overlap was accepted under the id of a rule: one name is one rule
        raise refusal(str(name), ", ".join(sorted(twice)))
    return Rules(
        rule_set=rule_set,
        corridors=corridors,
        rules=rules,
        expected=tuple(str(word) for word in expected),
        codes=MappingProxyType(codes),
    )


def _base(content: Mapping[str, Any]) -> Rules | None:
    """The shipped set a file stands on."""
    name = content.get("base")
    if name is None:
        return None
    require_shipped(str(name), "vn")
    return load_rules(str(name))


def _rule(row: Any, name: str) -> Rule:
    read = RuleRow(row, name, required=_REQUIRED, optional=_OPTIONAL)
    read.require_text(
        "id", "category", "legal_basis", "vi", "en",
        *(field for field in ("approval_vi", "approval_en") if row.get(field) is not None),
    )  # fmt: skip
    read.require(effect={"F", "C", "K", "R"}, confidence=_CONFIDENCES)
    start, end = read.term()
    return Rule(
        id=str(row["id"]), category=str(row["category"]), effect=cast("Effect", row["effect"]),
        legal_basis=str(row["legal_basis"]), confidence=str(row["confidence"]),
        approval=row.get("approval_vi"), approval_en=row.get("approval_en"),
        sentence_vi=str(row["vi"]), sentence_en=str(row["en"]), valid_from=start, valid_to=end,
    )  # fmt: skip
