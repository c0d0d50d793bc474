"""Every sentence a person reads, Vietnamese first and English second, from one catalogue.

The catalogue is the set of YAML files in this folder, one per room.  A key is
``<file>.<name>``, where a file ``issues_readers.yaml`` adds to ``issues``; its value holds
one text per language, with ``{name}`` fields filled by ``str.format``; ``{name:figures}`` is
text in which we wrote numbers, such as a place, put into the marks of the language, and
``{name:about}`` a number without decimals that say nothing.  A key that is missing, or a field
nobody fills, is an error of ours and fails loudly.
"""

from __future__ import annotations

import math
import re
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal, cast

from gisclusters.domain.yaml_text import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from gisclusters.domain.issue import Issue

Lang = Literal["vi", "en"]
LANGS: tuple[Lang, ...] = ("vi", "en")
_FIGURE = re.compile(r"(?<![^\s(])(?P<sign>-?)(?P<whole>\d+)(?:\.(?P<decimals>\d+))?(?![^\s;,)])")

_OPTION_OF_A_FILE = re.compile(r"(?<![\w-])--(?P<name>crs|axes|layer)\b")
"""Options that each of several files has under its own name."""


def text(key: str, lang: Lang, /, **params: object) -> str:
    """The sentence under ``key`` in ``lang``; numbers in ``params`` are written for people.

    Raises KeyError for an unknown key or a field that was not given.
    """
    entry = _room_of(key)[key]
    return entry[lang].format_map({name: _filled(value, lang) for name, value in params.items()})


def has_text(key: str) -> bool:
    """Whether the catalogue holds ``key``."""
    return key in _room_of(key)


def keys() -> Iterator[str]:
    """Every key of the catalogue."""
    return iter(_catalogue())


def issue_text(issue: Issue, lang: Lang) -> tuple[str, str]:
    """The message and the remedy of an issue, from ``issues.<code>``.

    The fields of the issue (``layer row id field value``) may be used in the sentence
    besides its own parameters; ``fault`` says in words what is wrong with a shape.  The remedy
    of a file in a role names the options of that role (``--survey-crs``).
    """
    fault = f"faults.{issue.value}"
    params: dict[str, object] = {
        "layer": issue.layer if issue.layer is not None else "",
        "row": "" if issue.row is None else str(issue.row),
        "id": issue.id if issue.id is not None else "",
        "field": issue.field if issue.field is not None else "",
        "value": issue.value if issue.value is not None else "",
        "fault": text(fault, lang) if has_text(fault) else issue.value,
    } | dict(issue.params)
    remedy = text(f"issues.{issue.code}.remedy", lang, **params)
    if issue.role is not None:
        remedy = _OPTION_OF_A_FILE.sub(rf"--{issue.role}-\g<name>", remedy)
    return text(f"issues.{issue.code}", lang, **params), remedy


def number(value: float | None, lang: Lang, decimals: int = 0) -> str:
    """A number for people: ``1.234,5`` in Vietnamese, ``1,234.5`` in English, ``–`` for none."""
    if value is None or not math.isfinite(value):
        return "–"
    shown = f"{value:,.{decimals}f}"
    if float(shown.replace(",", "")) == 0:
        shown = shown.lstrip("-")
    return shown.translate(str.maketrans(",.", ".,")) if lang == "vi" else shown


def figures(words: str, lang: Lang) -> str:
    """Text with the numbers in it as people write them: ``570.000,125 1.221.000`` in Vietnamese.

    Numbers that stand alone only; a code (EPSG:9210) is none.  English keeps plain digits.
    """
    return _FIGURE.sub(_in_vietnamese, words) if lang == "vi" else words


def hectares(area_m2: float | None, lang: Lang, decimals: int = 2) -> str:
    """An area in hectares for people, with its unit."""
    return f"{number(None if area_m2 is None else area_m2 / 10_000, lang, decimals)} ha"


def percent(share: float | None, lang: Lang, decimals: int = 1) -> str:
    """A share 0..1 as a percentage for people."""
    return f"{number(None if share is None else share * 100, lang, decimals)} %"


def day(value: date | None, lang: Lang) -> str:
    """A day for people: ``15/11/2026`` in Vietnamese, ISO in English, ``–`` for none."""
    if value is None:
        return "–"
    return value.strftime("%d/%m/%Y") if lang == "vi" else value.isoformat()


class _Filled(str):
    """What fills a field of a sentence, with the formats of ours."""

    __slots__ = ("lang", "value")
    lang: Lang
    value: object

    def __format__(self, spec: str) -> str:
        if spec == "about":
            return _about(self.value, self.lang)
        return figures(self, self.lang) if spec == "figures" else format(str(self), spec)


def _filled(value: object, lang: Lang) -> _Filled:
    filled = _Filled(_shown(value, lang))
    filled.lang, filled.value = lang, value
    return filled


def _about(value: object, lang: Lang) -> str:
    """A number that is only roughly known, without decimals that say nothing: ``1``, ``0,5``."""
    if not isinstance(value, float):
        return str(_shown(value, lang))
    decimals = len(f"{value:.3f}".rstrip("0").partition(".")[2])
    return number(value, lang, decimals)


def _in_vietnamese(found: re.Match[str]) -> str:
    sign, whole, decimals = found["sign"], int(found["whole"]), found["decimals"]
    return f"{sign}{whole:,}".replace(",", ".") + (f",{decimals}" if decimals else "")


def _shown(value: object, lang: Lang) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float, date)):
        return value
    if isinstance(value, date):
        return day(value, lang)
    if isinstance(value, int):
        return number(value, lang)
    magnitude = abs(value)
    return number(value, lang, 3 if magnitude < 10 else 2 if magnitude < 1000 else 1)


def _catalogue() -> dict[str, dict[Lang, str]]:
    """The whole catalogue."""
    return {key: entry for room in _files() for key, entry in _room(room).items()}


@cache
def _files() -> dict[str, list[Traversable]]:
    """The files of each room, by name."""
    found: dict[str, list[Traversable]] = {}
    for item in sorted(resources.files(__name__).iterdir(), key=lambda entry: entry.name):
        if item.name.endswith(".yaml"):
            room = item.name.removesuffix(".yaml").split("_")[0]
            found.setdefault(room, []).append(item)
    return found


def _room_of(key: str) -> dict[str, dict[Lang, str]]:
    """The sentences among which ``key`` would stand: a command reads the rooms it speaks from."""
    return _room(key.partition(".")[0])


@cache
def _room(room: str) -> dict[str, dict[Lang, str]]:
    found: dict[str, dict[Lang, str]] = {}
    for item in _files().get(room, ()):
        loaded = parse_yaml(item.read_text(encoding="utf-8")) or {}
        for name, value in cast("dict[str, dict[str, str]]", loaded).items():
            missing = [lang for lang in LANGS if not value.get(lang)]
            if missing:
                raise KeyError(f"{room}.{name}: no text in {', '.join(missing)}")
            if f"{room}.{name}" in found:
                raise KeyError(f"{room}.{name} stands twice in the catalogue")
            found[f"{room}.{name}"] = {lang: value[lang] for lang in LANGS}
            for part in ("remedy", "short"):
                if f"{part}_vi" in value:
                    found[f"{room}.{name}.{part}"] = {
                        lang: value[f"{part}_{lang}"] for lang in LANGS
                    }
    return found
