"""Which office acts on a list of parcels, and how it is called in a province or commune.

The shipped duties are dated and carry an article and a confidence; a file of one's own with
``base: vn_offices`` replaces the duties of the lists it speaks of and names the offices.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gisclusters.domain.run import RuleSet
from gisclusters.errors import UsageError
from gisclusters.rules.dated import Dated, dated, in_force
from gisclusters.rules.loader import read_rule_file, require_shipped
from gisclusters.rules.own_file import refusal

LISTS = ("lapsed", "idle", "transfer_unapproved", "soon", "late", "unknown")
"""The lists an office can act on, as ``efficiency.worklists`` makes them."""

_KEYS = ("name", "version", "base", "duties", "names")
_DUTY = ("id", "list", "office", "vi", "en", "act_vi", "act_en", "valid_from", "valid_to",
         "article", "confidence")  # fmt: skip
_NAME = ("office", "province", "commune", "name")
_RANK = re.compile(r"^(?:tỉnh|thành phố|tp\.?|xã|phường|đặc khu|thị trấn) ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty(Dated):
    """What one kind of office is to do about one list, between two days."""

    list_name: str
    office: str
    name_vi: str
    name_en: str
    act_vi: str
    act_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeName:
    """How an office is called in a province, a commune, or everywhere (both None)."""

    office: str
    province: str | None
    commune: str | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offices:
    """Every duty and every name of one file."""

    rule_set: RuleSet
    duties: Sequence[Duty]
    names: Sequence[OfficeName]

    def duty_on(self, list_name: str, day: date) -> Duty | None:
        """Who acts on a list on ``day``; None where no entry is in force."""
        return in_force([duty for duty in self.duties if duty.list_name == list_name], day)

    def name_of(self, office: str, *, province: str | None, commune: str | None) -> str | None:
        """The name the user gave an office there: of the commune, else the province, else all.

        Names of places are held without their rank (``tỉnh``, ``xã`` …), case or spacing.
        None where no name was given.
        """
        here = {"province": _plain(province), "commune": _plain(commune)}
        best: tuple[int, str] | None = None
        for each in self.names:
            wanted = {"province": _plain(each.province), "commune": _plain(each.commune)}
            if each.office != office or any(
                value is not None and value != here[place] for place, value in wanted.items()
            ):
                continue
            weight = 2 * (each.commune is not None) + (each.province is not None)
            if best is None or weight > best[0]:
                best = (weight, each.name)
        return None if best is None else best[1]


def load_offices(name: str | Path = "vn_offices") -> Offices:
    """Read a file of offices (the shipped name or a path).

    Raises UsageError (``rules_unknown``, ``rules_unreadable`` with the entry at fault).
    """
    content, rule_set = read_rule_file(name, "vn_offices")
    told = str(name)
    unknown = [str(key) for key in content if key not in _KEYS]
    if unknown:
        raise refusal(told, ", ".join(unknown))
    entry = "duties"
    try:
        duties = []
        for row in content.get("duties") or []:
            entry = str(row["id"])
            duties.append(_duty(row))
        entry = "names"
        names = [_name(row) for row in content.get("names") or []]
    except (KeyError, TypeError, ValueError) as fault:
        raise refusal(told, f"{entry}: {fault}") from fault
    places = [(each.office, _plain(each.province), _plain(each.commune)) for each in names]
    twice = [each for each in places if places.count(each) > 1]
    if twice:
        raise refusal(told, f"names: {' '.join(filter(None, twice[0]))} × 2")
    if content.get("base") is not None:
        base = _base(str(content["base"]), told)
        spoken_of = {duty.list_name for duty in duties}
        duties += [duty for duty in base.duties if duty.list_name not in spoken_of]
    if not duties:
        raise refusal(told, "duties")
    offices = {duty.office for duty in duties}
    strangers = [each.office for each in names if each.office not in offices]
    if strangers:
        raise refusal(told, f"names: office {strangers[0]} ({', '.join(sorted(offices))})")
    return Offices(rule_set=rule_set, duties=duties, names=names)


def _base(base: str, told: str) -> Offices:
    require_shipped(base, "vn_offices")
    if base != "vn_offices":
        raise UsageError(
            "errors.rules_unreadable", value=told, reason=f"base: {base}", model="vn_offices"
        )
    return load_offices(base)


def _duty(row: Mapping[str, Any]) -> Duty:
    _check_keys(row, _DUTY)
    if row["list"] not in LISTS:
        raise ValueError(f"list {row['list']!r} ({', '.join(LISTS)})")
    words = {key: _text(row, key) for key in ("office", "vi", "en", "act_vi", "act_en")}
    return Duty(
        **dated(row), list_name=str(row["list"]), office=words["office"], name_vi=words["vi"],
        name_en=words["en"], act_vi=words["act_vi"], act_en=words["act_en"],
    )  # fmt: skip


def _name(row: Mapping[str, Any]) -> OfficeName:
    _check_keys(row, _NAME)
    places = {key: None if row.get(key) is None else _text(row, key) for key in _NAME[1:3]}
    return OfficeName(
        office=_text(row, "office"), province=places["province"], commune=places["commune"],
        name=_text(row, "name"),
    )  # fmt: skip


def _check_keys(row: Any, allowed: Sequence[str]) -> None:
    if not isinstance(row, Mapping):
        raise TypeError(repr(row))
    unknown = [str(key) for key in row if key not in allowed]
    if unknown:
        raise ValueError(", ".join(unknown))


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key}: {value!r}")
    return value.strip()


def _plain(place: str | None) -> str | None:
    """The name of a place without its rank, case and spacing; nothing written is None."""
    if place is None or not place.strip():
        return None
    words = " ".join(unicodedata.normalize("NFC", place).casefold().split())
    return _RANK.sub("", words)
