"""The system of coordinates that words name: datum, central meridian, width of the zone.

Titles, headers and notes say it in parts: ``VN-2000``, ``KTT 107°30′``, ``múi chiếu 3°``,
``k0 = 0.9996``, ``UTM zone 48``.  Each part narrows the systems that the numbers can be in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from gisclusters.domain.issue import Issue, error, warning
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import ZONES_3_DEG, ZONES_6_DEG
from gisclusters.layers.values import fold

VN2000, WGS84_DATUM, HN72 = "vn2000", "wgs84", "hn72"
_DATUMS = {
    VN2000: r"\bvn ?2000\b|\bviet ?nam 2000\b",
    WGS84_DATUM: r"\bwgs ?(?:19)?84|\bwgs\b",
    HN72: r"\b(?:hn|ha ?noi) ?(?:19)?72\b",
}
_CONVERTED = re.compile(r"\bchuyen (?:doi|tu|he)\b|\btinh chuyen\b|\bquy doi\b|\bconvert")
"""A line that tells where the numbers came from names two datums, or the one they left."""
_SIGN = r"°|º|˚|o(?=\d)|độ|do\b|deg"
_MERIDIAN = re.compile(
    r"(?:(?:ktt|kinh tuyến trục|kinh tuyen truc)[^\d\n]{0,25}?"
    r"|(?:meridian|\bl0|\blo|\btm-?3)\s*[:=]?\s*)(?P<degrees>\d{3})"
    rf"(?:[.,](?P<decimals>\d{{1,4}})|\s*(?:{_SIGN}|\s|-)\s*(?P<minutes>\d{{1,2}})(?!\d))?"
)
_ALONE = r"(?<![\d.,])(?P<degrees>1\d\d)(?P<decimals>)\s*(?:{})\s*(?P<minutes>00|15|30|45)(?!\d)"
_IN_LINE, _IN_NAME = re.compile(_ALONE.format(_SIGN)), re.compile(_ALONE.format(rf"{_SIGN}|[-_\s]"))
"""Degrees with no word before them: in a line with their sign, in the name of a sheet bare."""
_NAMES_A_ZONE = re.compile(r"\bmui\b|\bvn ?2000\b")
_OF_A_PLACE = re.compile(r"\bkinh do\b|\bvi do\b|\blongitude\b")
_WIDTH = re.compile(r"\bmui(?: chieu)?\D{0,4}([36])\b|\b([36]) (?:do|degrees?) (?:zone|mui)\b")
_SCALE = re.compile(r"\b0[.,]999([69])0*\b")
_NUMBER = re.compile(
    r"(?:\butm|\bmui|\bwgs ?(?:19)?84)(?: ?(?:zone|mui|chieu|so))* ?(4[89][12]?) ?n?\b"
)
_NUMBERED = {"48": (105.0, 6), "49": (111.0, 6), "481": (102.0, 3), "482": (105.0, 3),
             "491": (108.0, 3)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class System:
    """A system in metres that has a code."""

    code: str
    datum: str
    meridian_deg: float
    width_deg: int


SYSTEMS: tuple[System, ...] = (
    *(System(zone.code, VN2000, zone.central_meridian_deg, zone.width_deg)
      for zone in (*ZONES_3_DEG, *ZONES_6_DEG)),
    System("EPSG:32648", WGS84_DATUM, 105.0, 6), System("EPSG:32649", WGS84_DATUM, 111.0, 6),
    System("EPSG:2044", HN72, 105.0, 6), System("EPSG:2045", HN72, 111.0, 6),
)  # fmt: skip
"""What words can mean: VN-2000 zones, UTM on WGS 84, the two zones of HN-72."""
HN72_CODES = frozenset(system.code for system in SYSTEMS if system.datum == HN72)


_MERIDIANS_DEG = frozenset(system.meridian_deg for system in SYSTEMS)


@dataclass(frozen=True, slots=True)
class Meridian:
    """A central meridian as written, and the width named beside it."""

    words: str
    degrees: float
    width_deg: int | None = None

    @property
    def known(self) -> bool:
        """Whether any system has it."""
        return self.degrees in _MERIDIANS_DEG


@dataclass(frozen=True, slots=True)
class Said:
    """What lines say of the system; a part that they do not say is empty.

    ``words`` are the lines that say it, ``numbered`` whether a zone is named by its number in
    UTM, which VN-2000 and WGS 84 share.
    """

    datums: frozenset[str] = frozenset()
    meridians: tuple[Meridian, ...] = ()
    widths: frozenset[int] = frozenset()
    numbered: bool = False
    words: str = ""

    @property
    def fits(self) -> tuple[str, ...] | None:
        """The codes that agree with everything said; None where nothing is said of the system.

        A meridian of no zone tells nothing.
        """
        if not (self.datums or self.widths or any(each.known for each in self.meridians)):
            return None
        return tuple(system.code for system in self._of_datum() if self._is_placed(system))

    @property
    def nearly(self) -> tuple[str, ...]:
        """The codes that agree with a part: the datum, and either the meridian or the width."""
        degrees = {each.degrees for each in self.meridians}
        widths = self.widths | {each.width_deg for each in self.meridians}
        return tuple(system.code for system in self._of_datum()
                     if system.meridian_deg in degrees or system.width_deg in widths)  # fmt: skip

    def _of_datum(self) -> list[System]:
        datums = self.datums or ({VN2000, WGS84_DATUM} if self.numbered else {VN2000})
        if VN2000 in datums:
            datums -= {HN72}
        return [system for system in SYSTEMS if system.datum in datums]

    def _is_placed(self, system: System) -> bool:
        known = [each for each in self.meridians if each.known]
        if not known:
            return not self.widths or system.width_deg in self.widths
        return any(
            each.degrees == system.meridian_deg
            and system.width_deg in ({each.width_deg} if each.width_deg else self.widths or {3, 6})
            for each in known
        )

    @property
    def code(self) -> str | None:
        """The one code that is meant: of a meridian that says no width, the 3° zone."""
        fits = self.fits or ()
        if len(fits) > 1 and len(self.meridians) == 1 and not self.widths:
            narrow = {zone.code for zone in ZONES_3_DEG}
            fits = tuple(code for code in fits if code in narrow) or fits
        return fits[0] if len(fits) == 1 and fits[0] not in HN72_CODES else None

    def filled_from(self, other: Said) -> Said:
        """The same with the parts that are empty here as ``other`` says them."""
        located = self if self.meridians or self.widths else other
        return Said(
            datums=self.datums or other.datums, meridians=self.meridians or other.meridians,
            widths=self.widths or other.widths, numbered=located.numbered,
            words="; ".join(dict.fromkeys(filter(None, (self.words, other.words)))),
        )  # fmt: skip


NOTHING_SAID = Said()


def said_in(lines: Iterable[str], *, names: Iterable[str] = ()) -> Said:
    """What lines say of the system.

    Degrees may carry minutes (107°30′, 107 độ 30, 107 30) or decimals (107,5 or 107.5);
    ``105.45`` is 105°45′, since no zone lies at 105.45°.  ``names`` (of sheets) may give the
    degrees alone: ``Tọa độ 107-45``.
    """
    datums: set[str] = set()
    widths: set[int] = set()
    meridians: dict[float, Meridian] = {}
    numbered = False
    words: list[str] = []
    named = set(names)
    for line in dict.fromkeys(filter(None, (*lines, *named))):
        folded = fold(line)
        of_line = set() if _CONVERTED.search(folded) else {
            name for name, pattern in _DATUMS.items() if re.search(pattern, folded)}  # fmt: skip
        own = _widths(line, folded)
        found = list(_meridians(line, folded, bare=line in named, widths=own))
        number = _NUMBER.search(folded)
        if number is not None and number[1] in _NUMBERED:
            degrees, width = _NUMBERED[number[1]]
            found.append(Meridian(number[0], degrees, width))
            numbered |= width == 6
        for each in found:
            meridians.setdefault(each.degrees, each)
        datums |= of_line
        widths |= own
        if of_line or own or found:
            words.append(" ".join(line.split())[:100])
    kept = tuple(meridians.values())
    return Said(frozenset(datums), kept, frozenset(widths), numbered, "; ".join(words))


def datum_in(words: str) -> str | None:
    """``vn2000``, ``wgs84`` or ``hn72``: the first of these that words name, or None."""
    folded = fold(words)
    return next((name for name, pattern in _DATUMS.items() if re.search(pattern, folded)), None)


def one_zone(said: Said, layer: str) -> list[Issue]:
    """A warning for a meridian of no zone.

    Raises InputRefusedError (``zones_several``) where lines name two zones.
    """
    alone = [replace(said, meridians=(each,)) for each in said.meridians]
    of_zone = {one.meridians[0].words: one.code for one in alone if one.code is not None}
    if len(set(of_zone.values())) > 1:
        raise InputRefusedError(
            [error("zones_several", layer=layer, value=", ".join(of_zone),
                   codes=", ".join(dict.fromkeys(of_zone.values())))]
        )  # fmt: skip
    odd = [each.words for each in said.meridians if not each.known]
    return [warning("meridian_unknown", layer=layer, value=odd[0])] if odd and not of_zone else []


def _widths(line: str, folded: str) -> set[int]:
    found = {int(one or two) for one, two in _WIDTH.findall(folded)}
    return found | {6 if last == "6" else 3 for last in _SCALE.findall(line)}


def _meridians(line: str, folded: str, *, bare: bool, widths: set[int]) -> Iterable[Meridian]:
    plain = unicodedata.normalize("NFC", line).casefold().replace("\u00a0", " ")
    width = next(iter(widths)) if len(widths) == 1 else None
    found = list(_MERIDIAN.finditer(plain))
    if not found and (bare or (_NAMES_A_ZONE.search(folded) and not _OF_A_PLACE.search(folded))):
        found = list((_IN_NAME if bare else _IN_LINE).finditer(plain))
    for each in found:
        yield Meridian(each[0].strip(), _degrees(each), width)


def _degrees(found: re.Match[str]) -> float:
    degrees = int(found["degrees"])
    if found["decimals"]:
        decimal = float(f"{degrees}.{found['decimals']}")
        return decimal if decimal in _MERIDIANS_DEG else degrees + int(found["decimals"]) / 60
    if found["minutes"]:
        minutes = int(found["minutes"])  # 105 75 is the 105,75 that a comma split into two cells
        return degrees + minutes / 60 if minutes < 60 else float(f"{degrees}.{minutes}")
    return float(degrees)
