"""The system of coordinates that words name: datum, central meridian, width of the zone.

Titles, headers and notes say it in parts: ``VN-2000``, ``KTT 107°30′``, ``múi chiếu 3°``,
``k0 = 0.9996``, ``UTM zone 48``.  Each part narrows the systems that the numbers can be in.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from gisclusters.layers.values import fold
from gisclusters.readers.meridian_words import (
    NAMES_A_ZONE,
    meridians_in,
    names_meridian,
    plain_line,
)
from gisclusters.readers.systems import (
    HN72,
    SYSTEMS,
    VN2000,
    WEB_MERCATOR,
    WGS84_DATUM,
    Meridian,
    Said,
)

_DATUMS = {
    VN2000: r"\bvn[\W_]{0,3}2000(?!\d)|\bvi[eệ]t[\W_]{0,3}nam[\W_]{0,3}2000(?!\d)",
    WGS84_DATUM: r"(?<![^\W_])(?:wgs|itrf)(?![^\W\d_])",
    WEB_MERCATOR: r"\bweb[ _-]?mercator|\bpseudo[ _-]?mercator",
    HN72: r"(?<![^\W_])(?<!đường )(?<!phố )(?:hn|h[aà][\W_]?n[oộ]i)[ _.-]{0,3}(?:19)?72(?![\d/])"
    r"|krass?ov|pulkovo|\bindian[\W_]{0,2}(?:19)?60(?!\d)"
    r"|\bh[eệ] (?:t[oọ]a đ[oộ] |quy chi[eế]u )?gaus|\bgaus+[\W_]{1,3}kr",
}
"""HN-72 stands for Indian 1960 too, whose numbers are no VN-2000 either."""
_STREET = re.compile(
    r"72,? (?!ktt\b|kinh\b|m[uú]i\b|h[eệ]\b|sang\b|v[aà]\b|zone\b"
    r"|utm\b|gaus|l[aà]\b|c[uũ]\b|vn)[^\W\d_]"
)
_OF_A_SYSTEM = re.compile(r"\b(?<!lien )he\b|\btoa do\b|\bdatum\b|\bquy chieu\b")
_CONVERTED = re.compile(r"\bchuyen (?:doi|tu|he)\b|\btinh chuyen\b|\bquy doi\b|\bconvert"
                        r"|\btham khao\b|\bban do nen\b|\banh nen\b")  # fmt: skip
"""A line that tells where the numbers came from names two datums, or the one they left; what
stands beside for reference is of other numbers."""
_ELLIPSOID = re.compile(r"[eê][\W_]?l+[\W_]?[iíy]p|spheroid|\bellps")
_CODE = re.compile(r"\b(?:epsg|srid)(?: (?:la|so|code|ma))?\W{0,3}(\d{4,6})\b")
_DATUM_OF_CODE = {
    "4326": WGS84_DATUM, "4979": WGS84_DATUM, "4756": VN2000, "3857": WEB_MERCATOR,
    "900913": WEB_MERCATOR, "3148": HN72, "3149": HN72, "4131": HN72, "4147": HN72,
}  # fmt: skip
"""Codes that say a datum and no zone of ours; 3148 and 3149 are Indian 1960."""
_WIDTH = re.compile(
    r"\bmui(?: (?:chieu|toa do|so|la))* ?0?([36])\b|\b([36]) (?:do|degrees?) (?:zone|mui)\b"
    r"|\bmui(?: [a-z]+){1,5} ([36]) ?do\b|\bmui(?: chieu)? ?0?([36])(?:do\b|0\b)"
    r"|\btm ?(6)\b|\bvn ?2000 ([36]) ?do\b|\bvn ?2000 ([36])(?= ktt)"
)
_SCALE = re.compile(
    r"(?:(?:(?<!\w)k[0o]?(?!\w)|t[yỷiỉ] l[eệ] (?:chi[eế]u|d[aà]i|k)|scale"
    r"|h[eệ] s[oố] (?:t[yỷiỉ] l[eệ]|bi[eế]n d[aạ]ng|chi[eế]u|thu|tr[eê]n|m[uú]i|kinh|c[uủ]a kinh))"
    r"[^\d\n]{0,40}|h[eệ] s[oố]\s*[:=(]?\s*)0[.,]999([69])0*(?!\d)"
)
"""Bare ``tỷ lệ`` and ``hệ số sử dụng đất`` are no scale of a zone."""
_WIDTH_BEHIND = re.compile(
    r"1\d\d ?(?:°|độ|do)?(?: ?\d{1,2} ?(?:['′’´]|ph[uú]t))?\s*[,;/(-]+ ?0?([36]) ?(?:°|độ\b|do\b)"
)
"""``KTT 105°, 6°``."""
_SCALE_ALONE = re.compile(r"(?<![\d.,])0[.,]999([69])0*(?!\d|\s*(?:ha|m|km|%))")
_NUMBER = re.compile(
    r"(?:\butm|\bmui|\bwgs ?(?:19)?84|\btm ?3(?= zone| mui)|\bmui [36](?: do)? so"
    r"|\bvn ?2000 zone|\bvn ?2000(?= 4\d n))"
    r"(?: ?(?:zone|mui|chieu|so))* ?(4[89][12]?) ?n?\b"
    r"(?! ?0\d\b)(?! ?(?:ho|ha|m|m2|nguoi|thua|lo|cay)\b)"
)
_NUMBERED = {"48": (105.0, 6), "49": (111.0, 6), "481": (102.0, 3), "482": (105.0, 3),
             "491": (108.0, 3)}  # fmt: skip
_LABEL = re.compile(
    r"(?:kinh tuyen truc|ktt|mui(?: chieu)?|he (?:toa do|quy chieu)|kinh tuyen truc ktt|k0)"
    r"(?: (?:dia phuong|cua tinh|do|m))?"
)
_SHOWN = 8
"""Lines that a message quotes."""


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
        plain = plain_line(line)
        folded = fold(plain)
        of_line = set() if _CONVERTED.search(folded) else _datums(plain)
        own = _widths(plain, folded)
        found = list(meridians_in(plain, folded, bare=line in named, widths=own))
        number = _NUMBER.search(folded)
        if number is not None and number[1] in _NUMBERED:
            degrees, width = _NUMBERED[number[1]]
            found.append(Meridian(number[0], degrees, width))
            numbered |= width == 6
        for code in _CODE.findall(folded):
            named_code = f"EPSG:{code}"
            system = next((each for each in SYSTEMS if each.code == named_code), None)
            if system is not None and system.width_deg:
                found.append(Meridian(named_code, system.meridian_deg, system.width_deg))
                of_line.add(system.datum)
            elif code not in _DATUM_OF_CODE:
                found.append(Meridian(named_code, math.nan))
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


def is_label(words: str) -> bool:
    """Whether words are the name of a part of a system, whose value stands beside or below."""
    return _LABEL.fullmatch(fold(words)) is not None


def datum_in(*lines: str) -> str | None:
    """``vn2000``, ``wgs84`` or ``hn72``: the first of these that lines name, or None."""
    found = {name for line in lines for name in _datums(plain_line(line))}
    return next((name for name in _DATUMS if name in found), None)


def _datums(plain: str) -> set[str]:
    """The datums of a line; an ellipsoid of WGS 84 is also that of VN-2000."""
    found = {name for name, pattern in _DATUMS.items() if re.search(pattern, plain)}
    found |= {_DATUM_OF_CODE[code] for code in _CODE.findall(fold(plain)) if code in _DATUM_OF_CODE}
    if HN72 in found and _STREET.search(plain) and not _OF_A_SYSTEM.search(fold(plain)):
        found -= {HN72}
    return found - {WGS84_DATUM} if _ELLIPSOID.search(plain) else found


def _widths(plain: str, folded: str) -> set[int]:
    found = {int(next(filter(None, said))) for said in _WIDTH.findall(folded)}
    if not found and (NAMES_A_ZONE.search(folded) or names_meridian(plain)):
        found = {int(said) for said in _WIDTH_BEHIND.findall(plain)}
    scales = _SCALE.findall(plain)
    if not scales and NAMES_A_ZONE.search(folded):
        scales = _SCALE_ALONE.findall(plain)
    return found | {6 if last == "6" else 3 for last in scales}
