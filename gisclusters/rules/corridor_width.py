"""How wide the corridor of one work is, by the rules of a day and what is known of the work."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gisclusters.rules.corridors import (
    UNSAID,
    Condition,
    CorridorRule,
    CorridorRules,
    Span,
    folded,
)

_SOFT = ("side", "lining", "settlement")
"""Fields that a map seldom tells: where one is unknown the largest width is taken and said."""

_YES = {"yes", "true", "1", "co", "i", "trong khu dan cu", "do thi"}
_NO = {"no", "false", "0", "khong", "ngoai khu dan cu", "ngoai do thi"}

_METRES = re.compile(r"(?<=\d)\s*m(?:ét|et)?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorridorWidth:
    """The corridor of one work, metres from its outer edge.

    ``firm_m`` holds whatever the work's unknown class is, ``most_m`` may hold; both are None
    where no width may be used, ``reason`` then says why (``width_unknown``,
    ``width_unverified``).  ``least_m`` is the smallest figure of the rules that apply.
    ``open_class``: the class decides and is not known.  ``notes`` are codes of
    ``overlaps.corridor_<code>``.  ``rule`` gave ``most_m`` and ``notes``, ``firm_rule``
    ``firm_m`` and ``firm_notes``; ``open_end``: the true width may be more, up to ``reach_m``.
    """

    rule: CorridorRule | None
    firm_rule: CorridorRule | None
    firm_m: float | None
    most_m: float | None
    least_m: float | None
    open_class: bool
    open_end: bool
    reach_m: float
    reason: str | None
    notes: tuple[str, ...]
    firm_notes: tuple[str, ...]


def corridor_width(
    rules: CorridorRules, category: str, known: Mapping[str, object], as_of: date
) -> CorridorWidth:
    """The width for a work of ``category`` of which the fields ``known`` are told.

    An unknown side, lining or settlement takes the larger width, with a note.  An unknown
    class, grade, flow, voltage or length leaves several widths possible (``open_class``).
    A work that does not say what it is only answers rules that hold for it (``none``).
    """
    live: list[tuple[CorridorRule, frozenset[tuple[str, Condition]], bool]] = []
    for rule in rules.of(category, as_of):
        answers = {name: _answer(name, said, known.get(name)) for name, said in rule.when.items()}
        if False in answers.values():
            continue
        unknown = [name for name, answer in answers.items() if answer is None]
        hard = frozenset((name, rule.when[name]) for name in unknown if name not in _SOFT)
        live.append((rule, hard, any(name in _SOFT for name in unknown)))
    if any(rule.usable and not hard for rule, hard, _ in live):  # a catch-all without a number
        live = [each for each in live if each[0].width_m or each[0].when]
    cases = {frozenset[tuple[str, Condition]](), *(hard for _, hard, _ in live)}
    largest = [
        max(
            (rule for rule, hard, _ in live if hard <= case and rule.usable),
            key=_upper, default=None,
        )
        for case in cases
    ]  # fmt: skip
    found = [rule for rule in largest if rule is not None]
    most = max(found, key=_upper, default=None)
    firm = min(found, key=_upper) if found and len(found) == len(largest) else None
    usable = [rule for rule, _, _ in live if rule.usable]
    open_class = len(cases) > 1
    applied = [rule for rule, _, _ in live]
    own = [rule.reach_m for rule in applied if rule.reach_m is not None]
    narrowed = bool(own) and len(own) == len(applied) and not open_class
    return CorridorWidth(
        rule=most or (applied[0] if applied else None), firm_rule=firm,
        firm_m=None if firm is None else _upper(firm),
        most_m=None if most is None else _upper(most),
        least_m=min((rule.width_m[0] for rule in usable if rule.width_m), default=None),
        open_class=open_class,
        open_end=any(
            rule.at_least or (not rule.usable and not soft) for rule, _, soft in live
        ),
        reach_m=max(own) if narrowed else rules.works[category].reach_m,
        reason=None if most is not None else _reason(applied),
        notes=_notes(live, most),
        firm_notes=_notes([each for each in live if not each[1]], firm),
    )  # fmt: skip


def _notes(
    live: list[tuple[CorridorRule, frozenset[tuple[str, Condition]], bool]],
    most: CorridorRule | None,
) -> tuple[str, ...]:
    if most is None:
        return ()
    softly = {_upper(rule) for rule, _, soft in live if soft and rule.usable}
    notes = []
    if len(softly | {_upper(most)}) > 1:
        notes.append("larger_taken")
    if any(soft and not rule.usable and "yes" in _words(rule, "settlement")
           for rule, _, soft in live):  # fmt: skip
        notes.append("outside_towns")
    if most.width_m is not None and most.width_m[0] < most.width_m[1]:
        notes.append("range")
    if most.at_least:
        notes.append("at_least")
    if most.confirmed is not None:
        notes.append("confirmed")
    return tuple(notes)


def _words(rule: CorridorRule, name: str) -> tuple[str, ...]:
    said = rule.when.get(name, ())
    return said if isinstance(said, tuple) else ()


def _reason(rules: list[CorridorRule]) -> str:
    numbered = any(rule.width_m is not None for rule in rules)
    return "width_unverified" if numbered else "width_unknown"


def _upper(rule: CorridorRule) -> float:
    return rule.width_m[1] if rule.width_m is not None else 0.0


def _answer(name: str, said: Condition, value: object) -> bool | None:
    """Whether a work meets one condition; None where nothing is known of it."""
    if isinstance(said, Span):
        number = number_of(value)
        return None if number is None else said.holds(number)
    word = word_of(value)
    if name == "settlement" and word is not None:
        word = "yes" if word in _YES else "no" if word in _NO else None
    if word is None:
        return UNSAID in said if name == "work" else None
    return word in said


def word_of(value: object) -> str | None:
    """A cell as a folded word, None for an empty one."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return folded(value) or None


def number_of(value: object) -> float | None:
    """A cell as a number, None where it holds none."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def metres_of(value: object) -> float | None:
    """A cell as a length, also ``350 m``; None where it holds none or one that cannot be."""
    if isinstance(value, str):
        value = _METRES.sub("", value).replace(",", ".")
    number = number_of(value)
    return number if number is not None and number > 0 else None
