"""Reads the rules on founding and expanding a cluster from a file and refuses what is bad in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from gisclusters.errors import UsageError
from gisclusters.rules.dated import Dated, dated
from gisclusters.rules.fit import load_fit_rules
from gisclusters.rules.founding import (
    COLUMNS,
    COUNTED_IN,
    INDICATORS,
    KINDS,
    SHARE_KINDS,
    STEPS,
    UNITS,
    WORKS,
    Counted,
    Existing,
    FoundingRules,
    Infrastructure,
    InList,
    LeastShare,
    MovedWithin,
    Regularisation,
    Steps,
    Term,
)
from gisclusters.rules.loader import is_day, read_rule_file
from gisclusters.rules.sizes import M2_PER_HA

Version = TypeVar("Version", bound=Dated)


def load_founding_rules(name: str | Path = "vn_founding") -> FoundingRules:
    """Read a rule file (a shipped name or a path) into typed rules.

    Raises UsageError (``rules_unknown``, ``rules_unreadable`` with the entry at fault): a key
    that is missing or that nobody knows, a share outside 0..1, two versions for one day.
    """
    content, rule_set = read_rule_file(name, "vn_founding")
    known = {field.name for field in fields(FoundingRules)} - {"rule_set", "fit"}
    odd = sorted({str(key) for key in content} ^ {*known, "name", "version", "fit_from"})
    if odd:
        raise UsageError(
            "errors.rules_unreadable", value=str(name), reason=", ".join(odd), model="vn_founding"
        )
    entry = "fit_from"

    def versions(key: str, make: Callable[[Mapping[str, Any]], Version]) -> list[Version]:
        nonlocal entry
        entry = key
        made = [make(row) for row in content[key]]
        _one_a_day(made)
        return made

    def named(key: str, expected: Sequence[str]) -> dict[str, tuple[str, ...]]:
        nonlocal entry
        entry = key
        odd = {*content[key]} ^ {*expected}
        if odd:
            raise ValueError(", ".join(sorted(map(str, odd))))
        return {each: tuple(_words(content[key][each])) for each in expected}

    try:
        return FoundingRules(
            rule_set=rule_set,
            fit=load_fit_rules(str(content["fit_from"])),
            transition=versions("transition", _plain),
            in_list=versions("in_list", _in_list),
            investor=versions("investor", _plain),
            existing=versions("existing", _existing),
            moved_within=versions("moved_within", _moved),
            left_to_province=versions("left_to_province", _plain),
            counted=versions("counted", _counted),
            expansion_occupancy=versions("expansion_occupancy", _least),
            expansion_size=versions("expansion_size", _plain),
            infrastructure=versions("infrastructure", _infrastructure),
            regularisation=versions("regularisation", _regularisation),
            kinds=versions("kinds", _of_kind),
            steps=versions("steps", _steps),
            indicators=named("indicators", INDICATORS),
            columns=named("columns", COLUMNS),
            kind_words=named("kind_words", KINDS),
        )
    except UsageError:
        raise
    except (KeyError, TypeError, ValueError) as fault:
        raise UsageError(
            "errors.rules_unreadable",
            value=str(name),
            reason=f"{entry}: {fault}",
            model="vn_founding",
        ) from fault


def _plain(row: Mapping[str, Any]) -> Dated:
    return Dated(**dated(row))


def _in_list(row: Mapping[str, Any]) -> InList:
    return InList(
        **dated(row), listed=frozenset(_words(row["listed"])),
        founded=frozenset(_words(row["founded"])), dropped=frozenset(_words(row["dropped"])),
    )  # fmt: skip


def _existing(row: Mapping[str, Any]) -> Existing:
    return Existing(
        **dated(row), unit=_one_of(row, "unit", UNITS),
        occupancy_above=_share(row, "occupancy_above"),
        unleased_up_to_m2=_number(row, "unleased_up_to_ha") * M2_PER_HA,
        exempt=frozenset(_among(row, "exempt", KINDS)),
    )  # fmt: skip


def _moved(row: Mapping[str, Any]) -> MovedWithin:
    return MovedWithin(**dated(row), unit=_one_of(row, "unit", UNITS))


def _counted(row: Mapping[str, Any]) -> Counted:
    return Counted(
        **dated(row), statuses=frozenset(_words(row["statuses"])),
        wider=frozenset(_words(row["wider"])),
    )  # fmt: skip


def _least(row: Mapping[str, Any]) -> LeastShare:
    return LeastShare(**dated(row), at_least=_share(row, "at_least"))


def _of_kind(row: Mapping[str, Any]) -> LeastShare:
    kind = _one_of(row, "kind", SHARE_KINDS)
    return LeastShare(**dated(row), at_least=_share(row, "at_least"), kind=kind)


def _infrastructure(row: Mapping[str, Any]) -> Infrastructure:
    if not isinstance(row["waived_for_older"], bool):
        raise TypeError(f"{row['id']} waived_for_older: {row['waived_for_older']!r}")
    return Infrastructure(
        **dated(row), works=tuple(_among(row, "works", WORKS)),
        waived_for_older=row["waived_for_older"],
    )  # fmt: skip


def _regularisation(row: Mapping[str, Any]) -> Regularisation:
    for name in ("before", "surely_before"):
        if not is_day(row[name]):
            raise ValueError(f"{row['id']} {name}: {row[name]!r}")
    if row["took_effect"] is not None and not is_day(row["took_effect"]):
        raise ValueError(f"{row['id']} took_effect: {row['took_effect']!r}")
    return Regularisation(
        **dated(row), before=row["before"], took_effect=row["took_effect"],
        surely_before=row["surely_before"],
    )  # fmt: skip


def _steps(row: Mapping[str, Any]) -> Steps:
    terms = tuple(
        Term(
            step=_one_of(term, "step", STEPS), count=_count(term, "count"),
            unit=_one_of(term, "unit", COUNTED_IN),
        )
        for term in row["terms"]
    )  # fmt: skip
    if [term.step for term in terms] != [*STEPS]:
        raise ValueError(f"{row['id']} terms: {', '.join(STEPS)}")
    return Steps(**dated(row), terms=terms)


def _one_a_day(versions: Sequence[Dated]) -> None:
    """Two versions of one rule must not hold on one day: nobody could tell which judged."""
    for place, one in enumerate(versions):
        for other in versions[place + 1 :]:
            if getattr(one, "kind", None) != getattr(other, "kind", None):
                continue
            ends = (one.valid_to or date.max, other.valid_to or date.max)
            starts = (one.valid_from or date.min, other.valid_from or date.min)
            if one.rule_id == other.rule_id or max(starts) <= min(ends):
                raise ValueError(f"{one.rule_id}, {other.rule_id}")


def _words(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise TypeError(f"{value!r}: []")
    return value


def _among(row: Mapping[str, Any], name: str, allowed: Sequence[str]) -> list[str]:
    words = _words(row[name])
    odd = [word for word in words if word not in allowed]
    if odd:
        raise ValueError(f"{row['id']} {name}: {', '.join(odd)}")
    return words


def _one_of(row: Mapping[str, Any], name: str, allowed: Sequence[str]) -> Any:
    if row[name] not in allowed:
        raise ValueError(f"{name}: {row[name]!r}")
    return row[name]


def _number(row: Mapping[str, Any], name: str) -> float:
    value = row[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
        raise ValueError(f"{row['id']} {name}: {value!r}")
    return float(value)


def _share(row: Mapping[str, Any], name: str) -> float:
    value = _number(row, name)
    if value > 1:
        raise ValueError(f"{row['id']} {name}: {value!r} (0..1)")
    return value


def _count(row: Mapping[str, Any], name: str) -> int:
    value = row[name]
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name}: {value!r}")
    return value
