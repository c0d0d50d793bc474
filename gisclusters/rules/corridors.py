"""The dated rules of corridors, distances and the green strip as typed values."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from gisclusters.errors import UsageError
from gisclusters.rules.loader import is_day, read_rule_file, require_shipped
from gisclusters.rules.own_file import refusal

TEXT_FIELDS = ("class", "grade", "side", "lining", "work", "settlement")
NUMBER_FIELDS = ("flow_m3s", "voltage_kv", "length_m")
UNSAID = "none"
"""The word of a rule that also holds for a work which does not say what it is."""

_SPAN = ("from", "to", "over", "below")
_CONFIDENCES = ("sure", "likely", "unverified")
_ROMAN = {"1": "i", "2": "ii", "3": "iii", "4": "iv", "5": "v", "6": "vi"}
_COMMON = ("id", "legal_basis", "confidence", "vi", "en", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Numbers a rule holds for: ``from`` and ``to`` are in, ``over`` and ``below`` are out."""

    start: float | None = None
    end: float | None = None
    over: float | None = None
    below: float | None = None

    def holds(self, number: float) -> bool:
        """Whether ``number`` lies in the span."""
        return (
            (self.start is None or number >= self.start)
            and (self.end is None or number <= self.end)
            and (self.over is None or number > self.over)
            and (self.below is None or number < self.below)
        )


Condition = tuple[str, ...] | Span


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dated:
    id: str
    legal_basis: str
    confidence: str
    sentence_vi: str
    sentence_en: str
    valid_from: date
    valid_to: date

    def holds(self, as_of: date) -> bool:
        """Whether the rule is in force on a day, both ends included."""
        return self.valid_from <= as_of <= self.valid_to


_R = TypeVar("_R", bound=_Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorridorRule(_Dated):
    """How wide the corridor of one class of work is, from its outer edge, metres.

    ``width_m`` holds the least and the largest figure of a range, None where no number is
    known; ``at_least``: the true width may be more.  ``confirmed`` is the text a person
    read for a width that is unverified here.
    """

    category: str
    when: Mapping[str, Condition]
    width_m: tuple[float, float] | None
    at_least: bool
    reach_m: float | None
    effect: Literal["F", "C", "R"]
    approval: str | None
    approval_en: str | None
    confirmed: str | None = None

    @property
    def usable(self) -> bool:
        """Whether the width may be used: known, and read by us or confirmed by a person."""
        return self.width_m is not None and (
            self.confidence != "unverified" or self.confirmed is not None
        )

    @property
    def basis(self) -> str:
        """The legal basis, with the text that confirmed the width."""
        return self.legal_basis if self.confirmed is None else (
            f"{self.legal_basis}; {self.confirmed}"
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Work:
    """How far a work of one category is asked where its width or its edge is not known."""

    reach_m: float
    line_half_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedence:
    """Whose corridor goes first where two overlap; a work is a category or category/class."""

    work: str
    before: str
    unless_wider: bool
    legal_basis: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DistanceRule(_Dated):
    """A least distance that is to be stated; ``at_least_m`` is None where no number is given."""

    categories: tuple[str, ...]
    at_least_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StripRule(_Dated):
    """How wide the green strip along the boundary must be."""

    width_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CorridorRules:
    """Everything a rule set says about corridors and distances."""

    works: Mapping[str, Work] = field(default_factory=lambda: MappingProxyType({}))
    rules: tuple[CorridorRule, ...] = ()
    drawn: tuple[str, ...] = ()
    first: tuple[Precedence, ...] = ()
    distances: tuple[DistanceRule, ...] = ()
    green_strips: tuple[StripRule, ...] = ()
    sha256: str = ""

    def of(self, category: str, as_of: date) -> tuple[CorridorRule, ...]:
        """The rules of a category in force on a day."""
        return tuple(r for r in self.rules if r.category == category and r.holds(as_of))

    def green_strip(self, as_of: date) -> StripRule | None:
        """The rule of the green strip in force on a day."""
        return next((rule for rule in self.green_strips if rule.holds(as_of)), None)


def folded(word: object) -> str:
    """A word as rules compare it: no diacritics, no case, ``cấp 3`` as ``iii``."""
    plain = unicodedata.normalize("NFD", str(word).casefold().replace("đ", "d"))
    plain = " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
    for opening in ("duong ", "de cap ", "dap cap ", "cap ", "grade ", "class ", "phia "):
        plain = plain.removeprefix(opening)
    return _ROMAN.get(plain.removesuffix(".0"), plain)


def read_corridors(content: object, file: str, start: CorridorRules | None = None) -> CorridorRules:
    """What a rule file says under ``corridors``: a shipped name, a path, or the rules themselves.

    Rules written out may name a shipped ``base`` whose rules they replace (same id) or add
    to; without one they stand on ``start``.
    None: a rule set that says nothing of corridors.  Raises UsageError
    (``rules_unreadable``) naming the rule and the field.
    """
    if content is None:
        return CorridorRules()
    if isinstance(content, str):
        inner, rule_set = read_rule_file(content, "vn_corridors")
        return replace(_rules(inner, content, CorridorRules()), sha256=rule_set.sha256)
    if not isinstance(content, dict):
        raise _refuse(file, "corridors", str(content))
    base = content.get("base")
    if base is not None:
        require_shipped(str(base), "vn_corridors")
        start = read_corridors(str(base), file)
    return _rules(content, file, start or CorridorRules())


def _rules(content: Mapping[str, Any], file: str, base: CorridorRules) -> CorridorRules:
    known = ("name", "version", "base", "drawn", "works", "first", "rules", "distances",
             "green_strip", "confirm")  # fmt: skip
    _only(content, known, file, "corridors")
    try:
        works = dict(base.works) | {
            str(name): Work(float(row["reach_m"]), float(row["line_half_m"]))
            for name, row in (content.get("works") or {}).items()
        }
        first = tuple(
            Precedence(work=str(row["work"]), before=str(row["before"]),
                       unless_wider=bool(row["unless_wider"]),
                       legal_basis=str(row["legal_basis"]), confidence=str(row["confidence"]))
            for row in content.get("first") or ()
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise _refuse(file, "works, first", str(fault)) from fault
    rules = _together(base.rules, [_corridor(row, file) for row in content.get("rules") or ()])
    unknown = [rule.category for rule in rules if rule.category not in works]
    if unknown:
        raise _refuse(file, "works", ", ".join(dict.fromkeys(unknown)))
    return CorridorRules(
        works=MappingProxyType(works),
        rules=_confirmed(rules, content.get("confirm") or {}, file),
        drawn=tuple(folded(word) for word in content.get("drawn") or ()) or base.drawn,
        first=first or base.first,
        distances=_together(
            base.distances, [_distance(row, file) for row in content.get("distances") or ()]
        ),
        green_strips=_together(
            base.green_strips, [_strip(row, file) for row in content.get("green_strip") or ()]
        ),
        sha256=base.sha256,
    )


def _confirmed(
    rules: tuple[CorridorRule, ...], confirm: Any, file: str
) -> tuple[CorridorRule, ...]:
    texts = dict(confirm) if isinstance(confirm, dict) else {}
    wrong = [str(name) for name, said in texts.items() if not isinstance(said, str) or not said]
    wrong += [str(name) for name in texts if name not in {rule.id for rule in rules}]
    if wrong or not isinstance(confirm, dict):
        raise _refuse(file, "confirm", ", ".join(wrong) or str(confirm))
    return tuple(replace(r, confirmed=texts[r.id]) if r.id in texts else r for r in rules)


def _together(base: tuple[_R, ...], own: list[_R]) -> tuple[_R, ...]:
    """The base without the rules that the own ones replace (same id), own ones after."""
    ids = {rule.id for rule in own}
    return (*(rule for rule in base if rule.id not in ids), *own)


def _corridor(row: Any, file: str) -> CorridorRule:
    common = _dated(row, file, ("category", "effect"), (
        "when", "width_m", "at_least", "reach_m", "approval_vi", "approval_en"))  # fmt: skip
    name = common["id"]
    if row["effect"] not in {"F", "C", "R"}:
        raise _refuse(file, name, f"effect {row['effect']}")
    when = row.get("when") or {}
    if not isinstance(when, dict):
        raise _refuse(file, name, "when")
    width = row.get("width_m")
    figures = width if isinstance(width, list) else [] if width is None else [width]
    if (
        len(figures) > 2
        or not all(_number(figure) and figure > 0 for figure in figures)
        or figures != sorted(figures)
    ):
        raise _refuse(file, name, f"width_m {width}")
    reach = row.get("reach_m")
    if reach is not None and not _number(reach):
        raise _refuse(file, name, f"reach_m {reach}")
    return CorridorRule(
        **common, category=str(row["category"]), effect=row["effect"],
        when=MappingProxyType({key: _condition(key, said, file, name)
                               for key, said in when.items()}),
        width_m=(float(figures[0]), float(figures[-1])) if figures else None,
        at_least=bool(row.get("at_least", False)), reach_m=reach,
        approval=row.get("approval_vi"), approval_en=row.get("approval_en"),
    )  # fmt: skip


def _condition(key: Any, said: Any, file: str, name: str) -> Condition:
    if key in NUMBER_FIELDS and isinstance(said, dict) and said:
        _only(said, _SPAN, file, name)
        if all(_number(number) for number in said.values()):
            return Span(start=said.get("from"), end=said.get("to"), over=said.get("over"),
                        below=said.get("below"))  # fmt: skip
    if (
        key in TEXT_FIELDS
        and isinstance(said, list)
        and said
        and all(isinstance(word, str) for word in said)
    ):
        return tuple(folded(word) for word in said)
    raise _refuse(file, name, f"when {key}: {said}")


def _distance(row: Any, file: str) -> DistanceRule:
    common = _dated(row, file, ("categories",), ("at_least_m",))
    least = row.get("at_least_m")
    if not isinstance(row["categories"], list) or not (least is None or _number(least)):
        raise _refuse(file, common["id"], "categories, at_least_m")
    return DistanceRule(**common, categories=tuple(map(str, row["categories"])), at_least_m=least)


def _strip(row: Any, file: str) -> StripRule:
    common = _dated(row, file, ("width_m",), ())
    if not _number(row["width_m"]) or row["width_m"] <= 0:
        raise _refuse(file, common["id"], f"width_m {row['width_m']}")
    return StripRule(**common, width_m=float(row["width_m"]))


def _dated(
    row: Any, file: str, required: tuple[str, ...], optional: tuple[str, ...]
) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise _refuse(file, "corridors", str(row))
    name = str(row.get("id", row))
    missing = [key for key in (*_COMMON[:5], *required) if not row.get(key)]
    if missing:
        raise _refuse(file, name, ", ".join(missing))
    _only(row, (*_COMMON, *required, *optional), file, name)
    if row["confidence"] not in _CONFIDENCES:
        raise _refuse(file, name, f"confidence {row['confidence']}")
    start, end = row.get("valid_from", date.min), row.get("valid_to", date.max)
    if not is_day(start) or not is_day(end) or start > end:
        raise _refuse(file, name, f"{start} – {end}")
    return {
        "id": name, "legal_basis": str(row["legal_basis"]), "confidence": row["confidence"],
        "sentence_vi": str(row["vi"]), "sentence_en": str(row["en"]), "valid_from": start,
        "valid_to": end,
    }  # fmt: skip


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _only(row: Mapping[Any, Any], known: tuple[str, ...], file: str, name: str) -> None:
    unknown = [str(key) for key in row if key not in known]
    if unknown:
        raise _refuse(file, name, ", ".join(unknown))


def _refuse(file: str, name: str, reason: str) -> UsageError:
    return refusal(file, f"{name}: {reason}", "vn_corridors")
