"""What a rule file of one's own may say: a key or word nobody has is refused, not passed over.

A rule under a mistyped key or category would judge nothing, and nobody would be told.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib import resources
from itertools import combinations
from typing import TYPE_CHECKING, Any, Protocol

import yaml

from gisclusters.domain.yaml_text import parse_yaml
from gisclusters.errors import UsageError

if TYPE_CHECKING:
    from gisclusters.rules.dated import Dated

OVERLAP_KEYS = ("name", "version", "base", "rules", "expected", "codes", "corridors")


class DatedRule(Protocol):
    """What is held against the other rules of a file."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def category(self) -> str: ...  # noqa: D102
    @property
    def valid_from(self) -> date: ...  # noqa: D102
    @property
    def valid_to(self) -> date: ...  # noqa: D102


@cache
def known_categories() -> frozenset[str]:
    """The words a plan can be of: each has a rule in the shipped set."""
    shipped = parse_yaml(_of("gisclusters.rules", "vn.yaml"))
    return frozenset(str(row["category"]) for row in shipped["rules"])


@cache
def known_codes() -> frozenset[str]:
    """The land codes of today's classification and of the one before."""
    table = _of("gisclusters.domain", "land_codes.csv").splitlines()
    return frozenset(row["code"] for row in csv.DictReader(table))


def check_overlap_file(content: Mapping[Any, Any], name: str, *, shipped: bool) -> None:
    """Refuse keys, plan kinds and land codes that nobody has.

    Raises UsageError (``rules_other_kind`` for a shipped set of another kind,
    ``rules_unreadable`` naming the key).
    """
    unknown = [str(key) for key in content if key not in OVERLAP_KEYS]
    if shipped:
        if unknown:
            raise UsageError("errors.rules_other_kind", value=name)
        return
    if unknown:
        raise refusal(name, ", ".join(unknown))
    expected = content.get("expected", [])
    if not isinstance(expected, list):
        raise refusal(name, f"expected: {expected}")
    wrong = [str(word) for word in expected if not _is_in(word, known_categories())]
    if wrong:
        raise refusal(name, f"expected: {', '.join(wrong)}")
    codes = content.get("codes", {})
    if not isinstance(codes, dict):
        raise refusal(name, f"codes: {codes}")
    wrong = [
        f"{code}: {word}"
        for code, word in codes.items()
        if not _is_in(code, known_codes() | known_categories())
        or not _is_in(word, known_categories())
    ]
    if wrong:
        raise refusal(name, f"codes: {', '.join(wrong)}")


def check_rules(rules: Sequence[DatedRule], name: str) -> None:
    """Refuse a rule of no known category, an id given twice, and two rules for one day.

    Raises UsageError (``rules_unreadable``) naming the rules.
    """
    for rule in rules:
        if rule.category not in known_categories():
            raise refusal(name, f"{rule.id}: category {rule.category}")
    twice = [each for each, count in Counter(rule.id for rule in rules).items() if count > 1]
    if twice:
        raise refusal(name, f"id {', '.join(twice)} × 2")
    for one, other in combinations(rules, 2):
        if (
            one.category == other.category
            and one.valid_from <= other.valid_to
            and other.valid_from <= one.valid_to
        ):
            both = max(one.valid_from, other.valid_from), min(one.valid_to, other.valid_to)
            raise refusal(
                name, f"{one.id}, {other.id}: category {one.category}, {both[0]} – {both[1]}"
            )


def check_versions(versions: Sequence[Dated], name: str, model: str) -> None:
    """Refuse an id given twice, and two versions in force on one day.

    Raises UsageError (``rules_unreadable``) naming the versions.
    """
    twice = [id_ for id_, count in Counter(each.rule_id for each in versions).items() if count > 1]
    if twice:
        raise refusal(name, f"id {', '.join(twice)} × 2", model)
    for one, other in combinations(versions, 2):
        start = max(each.valid_from or date.min for each in (one, other))
        end = min(each.valid_to or date.max for each in (one, other))
        if start <= end:
            said = f"{_open(start)} – {_open(end)}"
            raise refusal(name, f"{one.rule_id}, {other.rule_id}: {said}", model)


def _open(day: date) -> str:
    return "…" if day in {date.min, date.max} else str(day)


def repeated_keys(text: str) -> list[str]:
    """Keys that stand twice in one mapping of a YAML text, with their line; the last would win.

    Raises yaml.YAMLError.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: list[str] = []
    waiting, seen = [yaml.compose(text, Loader=loader)], set()
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            held: set[str] = set()
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                    if key.value in held:
                        found.append(f"{key.value} × 2 (line {key.start_mark.line + 1})")
                    held.add(key.value)
                waiting += [key, value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
    return found


def refusal(name: str, reason: str, model: str = "vn") -> UsageError:
    """The error ``rules_unreadable`` of a file, to be raised; ``model`` is the set to follow."""
    return UsageError("errors.rules_unreadable", value=name, reason=reason, model=model)


def _is_in(word: object, known: Iterable[str]) -> bool:
    return isinstance(word, str) and word in known


def _of(package: str, name: str) -> str:
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")
