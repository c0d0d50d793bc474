"""The system of coordinates that words name: datum, central meridian, width of the zone.

Titles, headers and notes say it in parts: ``VN-2000``, ``KTT 107°30′``, ``múi chiếu 3°``,
``k0 = 0.9996``, ``UTM zone 48``.  Each part narrows the systems that the numbers can be in.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from gisclusters.domain.issue import Issue, error, warning
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import ZONES_3_DEG, ZONES_6_DEG
from gisclusters.layers.values import fold

VN2000, WGS84_DATUM, HN72 = "vn2000", "wgs84", "hn72"
_DATUMS = {
    VN2000: r"\bvn[\W_]{0,3}2000(?!\d)|\bvi[eệ]t[\W_]{0,3}nam[\W_]{0,3}2000(?!\d)",
    WGS84_DATUM: r"(?<![^\W_])wgs(?![^\W\d_])",
    HN72: r"(?<![^\W_])(?<!đường )(?<!phố )(?:hn|h[aà][\W_]?n[oộ]i)[ _-]{0,3}(?:19)?72(?![\d/])"
    r"|krass?ov",
}
_CONVERTED = re.compile(r"\bchuyen (?:doi|tu|he)\b|\btinh chuyen\b|\bquy doi\b|\bconvert")
"""A line that tells where the numbers came from names two datums, or the one they left."""
_SIGN = r"°|o(?= ?\d)|độ|do(?=\d|\b)|deg(?:rees?)?|d(?= ?\d)"
_WORD = (
    r"(?:(?<![^\W\d_])ktt|kinh tuy[eế]n (?:tr[uụ]c|trung [uư][oơ]ng|trung t[aâ]m|ch[ií]nh)"
    r"|(?<!\w)kt tr[uụ]c|tr[uụ]c kinh tuy[eế]n|meridian|lon_0)"
    r"(?:[^\d\n]|(?<!\d)[36]\s*(?:°|độ|do\b)){0,45}?"
    r"|(?<!\w)l[0o]\s*[:=]\s*|(?<!\w)(?:cm|λ0?|lambda)\s*[:=]?\s*(?=1\d\d\s*(?:°|d|o\d))"
    r"|(?<!\w)tm-?3[\s:=/_(-]*"
)
_MERIDIAN = re.compile(
    rf"(?:{_WORD})(?<![\d.])(?<!\d,)(?P<degrees>1\d\d)(?:[.,](?P<decimals>\d{{1,15}})(?!\d)"
    rf"|\s*(?:{_SIGN})[^\w\n]{{0,4}}(?:và |va )?(?P<told>\d{{1,2}}) ?(?:['′’´]|ph[uú]t|min)"
    rf"|\s*(?:{_SIGN}|[\s;_-]|0\s*(?=\d\d(?!\d))|)\s*"
    r"(?P<minutes>[0-9]{1,2})(?!\d|\s*(?:°|độ|do\b))|0?(?!\d)|(?P<unread>\d+))"
)
"""After its word; a 0 may stand for the sign of degrees (107045, 1080 15), or none (10745)."""
_ENDS_IN_DEGREES = re.compile(rf"(?:{_WORD})1\d\d ?(?:{_SIGN})?$")
_MINUTES_ALONE = re.compile(r"\s*(?:0{1,2}|15|30|45|5|25|50|75)\s*(?:['′’]|ph[uú]t)?.*")
_MINUTES_UNREAD = re.compile(
    r"[^\w\n]{0,4}(?:và |va |độ )?(?:(?:15|30|45)(?!\d)|[½¼¾]|r[uư][oỡ]i|b[oố]n l[aă]m"
    r"|ba m[uư][oơ]i|m[uư][oờ]i l[aă]m)"
)
"""What stands behind whole degrees and may be their minutes."""
_OF_OTHERS = re.compile(
    r" ?(?:/ ?\d{4}|m2\b|m²|ha\b|l[oô]\b|th[uử]a\b|m[oố]c\b|[dđ]i[eể]m\b|h[oộ]\b|đ/|đồng)"
)
_PAPERS_BETWEEN = re.compile(
    r"qđ|quy[eế]t đ[iị]nh|th[oô]ng t[uư]|ngh[iị] đ[iị]nh|đt\b|điện thoại"
    r"|nội bộ|greenwich|khu đô thị"
)
_BESIDE_DATUM = re.compile(
    r"(?<!\w)vn[ _-]?2000[ _/;:(-]{1,3}(?:tm[ _-]?3[ _/(-]{0,2})?(?P<degrees>1\d\d)"
    r"(?:[.,](?P<decimals>0|00|25|5|50|75)|[ _-]?(?P<minutes>00|15|30|45))(?!\d)"
)
_ALONE = (
    r"(?<![\d.,])(?P<degrees>1\d\d)\s*(?:{})\s*"
    r"(?P<minutes>00|15|30|45)(?!\d)"
)
_IN_LINE, _IN_NAME = re.compile(_ALONE.format(_SIGN)), re.compile(_ALONE.format(rf"{_SIGN}|[-_\s]"))
"""Degrees with no word before them: in a line with their sign, in the name of a sheet bare."""
_OF_PAPERS = re.compile(
    r"(?:^|[\W_])(?:t[oờ]|l[oô]|th[uử]a|s[oố]|khu|q[dđ]|n[dđ]|tt|cv|nq|h[dđ]|bb|kh|đt|ql|m[aả]nh"
    r"|m[aẫ]u|bi[eể]u|ph[uụ] l[uụ]c|pl|đường|đường tỉnh)[\W_]*$"
)
"""Words whose number is of a paper, a sheet of a map or a lot."""
_ELLIPSOID = re.compile(r"[eê][\W_]?l+[\W_]?[iíy]p|spheroid")
_MINUTES_IN_WORDS = re.compile(r"[^\d\n]{0,25}ph[uú]t")
_ACCOUNTANT = re.compile(r"\bke toan\b")
_NAMES_A_ZONE = re.compile(r"\bmui\b|\bvn ?2000\b")
_OF_A_PLACE = re.compile(r"\bkinh do\b|\bvi do\b|\blongitude\b|\bphuong vi\b|\bhuong\b|\bgoc\b")
_SHEET_OF_ZONE = re.compile(
    r"(?:\b(?:toa do|toado|td|bang|ktt|vn ?2000|he|mui|chieu|tm ?3|zone|kinh tuyen truc|3 do)\b ?)*"
)
"""What may stand beside degrees in the name of a sheet that names its zone."""
_CODE = re.compile(r"\bepsg\W{0,2}(\d{4,5})\b")
_NOT_A_ZONE = re.compile(r"\bm[ũùủụ]i\b")
"""Capes and smells, which without their marks are written as a zone is."""
_WIDTH = re.compile(
    r"\bmui(?: (?:chieu|toa do|so|la))* ?0?([36])\b|\b([36]) (?:do|degrees?) (?:zone|mui)\b"
    r"|\bmui(?: [a-z]+){1,5} ([36]) ?do\b|\bmui(?: chieu)? ?0?([36])(?:do\b|0\b)"
    r"|\btm ?(6)\b|\bvn ?2000 ([36]) ?do\b|\bvn ?2000 ([36])(?= ktt)"
)
_SCALE = re.compile(
    r"(?:(?<!\w)k[0o]?(?!\w)|h[eệ] s[oố]|t[yỷiỉ] l[eệ]|scale)[^\d\n]{0,40}0[.,]999([69])0*(?!\d)"
)
_SCALE_ALONE = re.compile(r"(?<![\d.,])0[.,]999([69])0*(?!\d|\s*(?:ha|m|km|%))")
_NUMBER = re.compile(
    r"(?:\butm|\bmui|\bwgs ?(?:19)?84|\bvn ?2000 zone|\bvn ?2000(?= 4\d n))"
    r"(?: ?(?:zone|mui|chieu|so))* ?(4[89][12]?) ?n?\b"
    r"(?! ?(?:ho|ha|m|m2|nguoi|thua|lo|cay)\b)"
)
_SPELLINGS = (
    (re.compile("[\u200b\u200c\u200d\ufeff]"), ""),
    (re.compile(r"\s+"), " "),
    (re.compile(r"[\u2010-\u2015\u2212]"), "-"),
    (re.compile(r"%%d|\\u\+00b0|[º˚⁰ᵒ\ufffd]|(?<=\d) ?đ(?= ?\d)"), "°"),
    (re.compile(r"\bk\. ?t\. ?t\b"), "ktt"),
    (
        re.compile(r"\bkinh[ -]tuy[eế]n[ -]tr(?:[uụ]c|\.)|\bk\. ?tuy[eế]n tr[uụ]c"),
        "kinh tuyến trục",
    ),
)
"""What is written in more than one way, and the way that is looked for."""

_NUMBERED = {"48": (105.0, 6), "49": (111.0, 6), "481": (102.0, 3), "482": (105.0, 3),
             "491": (108.0, 3)}  # fmt: skip


_SHOWN = 8
"""Lines that a message quotes."""


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
        plain = _plain(line)
        folded = fold(plain)
        of_line = set() if _CONVERTED.search(folded) else _datums(plain)
        own = _widths(plain, folded)
        found = list(_meridians(plain, folded, bare=line in named, widths=own))
        number = _NUMBER.search(folded)
        if number is not None and number[1] in _NUMBERED:
            degrees, width = _NUMBERED[number[1]]
            found.append(Meridian(number[0], degrees, width))
            numbered |= width == 6
        if (code := _CODE.search(folded)) is not None:
            named_code = f"EPSG:{code[1]}"
            for system in (each for each in SYSTEMS if each.code == named_code):
                found.append(Meridian(named_code, system.meridian_deg, system.width_deg))
                of_line.add(system.datum)
        for each in found:
            held = meridians.get(each.degrees)
            if held is None or (held.width_deg is None and each.width_deg is not None):
                meridians[each.degrees] = each  # a zone by its number says its width too
        datums |= of_line
        widths |= own
        if of_line or own or found:
            words.append(" ".join(line.split())[:100])
    kept = tuple(meridians.values())
    return Said(frozenset(datums), kept, frozenset(widths), numbered, "; ".join(words[:_SHOWN]))


def datum_in(words: str) -> str | None:
    """``vn2000``, ``wgs84`` or ``hn72``: the first of these that words name, or None."""
    found = _datums(_plain(words))
    return next((name for name in _DATUMS if name in found), None)


def _plain(line: str) -> str:
    """Lower case in NFC, without the words that are no zone though they read like one."""
    plain = unicodedata.normalize("NFC", line).casefold()
    for written, meant in _SPELLINGS:
        plain = written.sub(meant, plain)
    return _NOT_A_ZONE.sub("–", plain)


def _datums(plain: str) -> set[str]:
    """The datums of a line; an ellipsoid of WGS 84 is also that of VN-2000."""
    found = {name for name, pattern in _DATUMS.items() if re.search(pattern, plain)}
    return found - {WGS84_DATUM} if _ELLIPSOID.search(plain) else found


def join_split_degrees(cells: list[str]) -> None:
    """Put a meridian together, in place, whose minutes the separator cut into the next cell.

    ``KTT: 107;30'`` is one title of two cells.
    """
    filled = [place for place, cell in enumerate(cells) if cell]
    for place, after in pairwise(filled):
        plain = _plain(cells[place])
        if _MINUTES_ALONE.fullmatch(cells[after]) and _ENDS_IN_DEGREES.search(plain):
            cells[place], cells[after] = f"{cells[place]} {cells[after]}", ""


def one_zone(said: Said, layer: str, *, named: bool = False) -> list[Issue]:
    """A warning for a meridian of no zone.

    Raises InputRefusedError (``zones_several``) where lines name two zones; where a person
    has ``named`` the CRS it is a warning.
    """
    alone = [replace(said, meridians=(each,)) for each in said.meridians]
    of_zone = {one.meridians[0].words: one.code for one in alone if one.code is not None}
    if len(set(of_zone.values())) > 1:
        codes = list(dict.fromkeys(of_zone.values()))
        told = (warning if named else error)(
            "zones_several", layer=layer, value=", ".join(of_zone), codes=", ".join(codes),
            option=f"--crs {' / '.join(codes)}",
        )  # fmt: skip
        if not named:
            raise InputRefusedError([told])
        return [told]
    odd = [each.words for each in said.meridians if not each.known]
    return [warning("meridian_unknown", layer=layer, value=odd[0])] if odd and not of_zone else []


def _widths(plain: str, folded: str) -> set[int]:
    found = {int(next(filter(None, said))) for said in _WIDTH.findall(folded)}
    scales = _SCALE.findall(plain)
    if not scales and _NAMES_A_ZONE.search(folded):
        scales = _SCALE_ALONE.findall(plain)
    return found | {6 if last == "6" else 3 for last in scales}


def _meridians(plain: str, folded: str, *, bare: bool, widths: set[int]) -> Iterable[Meridian]:
    """The meridians of a line, those after the first with their sign alone too."""
    width = next(iter(widths)) if len(widths) == 1 else None
    found = [] if _ACCOUNTANT.search(folded) else [
        each for each in _MERIDIAN.finditer(plain)
        if not _OF_OTHERS.match(plain, each.end())
        and not _PAPERS_BETWEEN.search(each[0])
    ]  # fmt: skip
    found = found or [each for each in _BESIDE_DATUM.finditer(plain)
                      if not _OF_OTHERS.match(plain, each.end())]  # fmt: skip
    if found:
        found += _IN_LINE.finditer(plain, found[-1].end())
    elif bare or (_NAMES_A_ZONE.search(folded) and not _OF_A_PLACE.search(folded)):
        found = [each for each in (_IN_NAME if bare else _IN_LINE).finditer(plain)
                 if not _OF_PAPERS.search(plain[: each.start()])
                 and (not bare or _SHEET_OF_ZONE.fullmatch(
                     fold(plain[: each.start()] + " " + plain[each.end() :])))]  # fmt: skip
    for each in found:
        degrees = _degrees(each)
        told = each.groupdict()
        whole = degrees.is_integer() and not (told.get("minutes") or told.get("told"))
        if whole and (_MINUTES_IN_WORDS.match(plain, each.end())
                      or _MINUTES_UNREAD.match(plain, each.end())):  # fmt: skip
            degrees = math.nan  # minutes that cannot be read
        yield Meridian(each[0].strip(), degrees, width)


def _degrees(found: re.Match[str]) -> float:
    """The degrees of a match; of digits that cannot be read, a number that no zone has."""
    parts = found.groupdict()
    degrees = int(parts["degrees"])
    if parts.get("unread"):
        return float(f"{degrees}{parts['unread']}")
    if parts.get("decimals"):
        decimal = float(f"{degrees}.{parts['decimals']}")
        return decimal if decimal in _MERIDIANS_DEG else degrees + int(parts["decimals"]) / 60
    if parts.get("told") or parts.get("minutes"):
        minutes = int(
            parts.get("told") or parts["minutes"]
        )  # 105 75 is the 105,75 that a comma split into two cells
        return degrees + minutes / 60 if minutes < 60 else float(f"{degrees}.{minutes}")
    return float(degrees)
