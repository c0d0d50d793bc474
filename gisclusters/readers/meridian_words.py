"""Central meridians as words give them: ``KTT 107°30′``, ``107 độ 30 phút``, ``lon_0=107.5``."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from gisclusters.layers.values import fold
from gisclusters.readers.systems import MERIDIANS_DEG, Meridian

_SIGN = r"°|o(?= ?\d)|độ|do(?=\d|\b)|deg(?:rees?)?|d(?= ?\d)"
_WITH_SIGN = r"1\d\d ?(?:°|độ|do\b|o\d)"
_WORD = (
    r"(?:(?<![^\W\d_])ktt|kinh tuy[eế]n (?:tr[uụ]c|trung [uư][oơ]ng|trung t[aâ]m|ch[ií]nh|gi[uữ]a)"
    r"|kinh đ[oộ] tr[uụ]c|kinh tuy[eế]n (?:g[oố]c|c[oơ] s[oở]|chu[aẩ]n)"
    rf"(?=[^\d\n]{{0,25}}{_WITH_SIGN})(?![^\d\n]*greenwich)"
    r"|(?<!\w)kt tr[uụ]c|tr[uụ]c kinh tuy[eế]n|meridian|lon_0)"
    r"(?:(?:[^\d\n]|(?<!\d)[36]\s*(?:°|độ|do\b)){0,45}?"
    rf"|[^\d\n]{{46,100}}(?={_WITH_SIGN}))"
    rf"|(?<!\w)(?:kt\s*[:=]|(?<!giữa )(?<!từ )kinh tuy[eế]n[\s:=])\s*(?={_WITH_SIGN})"
    r"(?![^\n]{0,40}(?:vĩ tuyến|vĩ độ|kinh độ|đông\b))|(?<!\w)cm\s*=\s*(?=1\d\d(?!\d| ?c?m))"
    r"|(?<!\w)l[0o]\s*[:=]\s*(?=1\d\d ?(?:°|d|o\d|độ))"
    r"|(?<!\w)(?:cm|λ0?|lambda)\s*[:=]?\s*(?=1\d\d\s*(?:°|d|o\d))"
    r"|(?<!\w)tm-?3(?: zone)?[\s:=/_(-]*(?=1\d\d ?(?:[°d]|độ|[\W_]?(?:00|15|30|45)(?!\d)|[.,]\d))"
)
_MERIDIAN = re.compile(
    rf"(?:{_WORD})(?<![\d.])(?<!\d,)(?P<degrees>1\d\d)(?:[.,](?P<decimals>\d{{1,15}})(?!\d)"
    rf"|\s*(?:{_SIGN})[^\w\n]{{0,4}}(?:và |va )?(?P<told>\d{{1,2}}) ?(?:['′’´]|ph(?:[uú]t)?\b|min)"
    rf"|\s*(?:{_SIGN}|[\s;_-]|0\s*(?=\d\d(?!\d))|)\s*"
    r"(?P<minutes>[0-9]{1,2})(?!\d|\s*(?:°|độ|do\b))|0?(?!\d)|(?P<unread>\d+))"
)
"""After its word; a 0 may stand for the sign of degrees (107045, 1080 15), or none (10745)."""
_ENDS_IN_DEGREES = re.compile(rf"(?:{_WORD})1\d\d ?(?:{_SIGN})?$")
_MINUTES_ALONE = re.compile(r"\s*(?:0{1,2}|15|30|45|5|25|50|75)\s*(?:['′’]|ph[uú]t)?.*")
_OF_OTHERS = re.compile(
    r" ?(?:/ ?\d{4}|m2\b|m²|ha\b|l[oô]\b|th[uử]a\b|m[oố]c\b|[dđ]i[eể]m\b|h[oộ]\b|đ/|đồng)"
)
_MINUTES_UNREAD = re.compile(
    r"(?:[^\w\n]{0,4}(?:và |va |độ )?| ?[o0] ?|\^0|[^\s\d]{1,12} ?)"
    rf"(?:(?:15|30|45)(?:00)?(?!\d|{_OF_OTHERS.pattern}|[/.]\d{{1,2}}[/.]\d{{4}})"
    r"|[½¼¾]|r[uư][oỡ]i|b[oố]n l[aă]m|ba m[uư][oơ]i|m[uư][oờ]i l[aă]m)"
)
"""What stands behind whole degrees, a few signs between, and may be their minutes."""
_PAPERS_BETWEEN = re.compile(
    r"qđ|quy[eế]t đ[iị]nh|th[oô]ng t[uư]|ngh[iị] đ[iị]nh|đt\b|điện thoại"
    r"|nội bộ|greenwich|khu đô thị"
)
_BESIDE_DATUM = re.compile(
    r"(?<!\w)vn[ _-]?2000[ _/;:(-]{1,3}(?:tm[ _-]?(?:3[ _/(-]{0,2})?(?:zone )?)?(?P<degrees>1\d\d)"
    r"(?:[.,](?P<decimals>0|00|25|5|50|75)|[ _-]?(?P<minutes>00|15|30|45))(?!\d)"
)
_WHOLE_BESIDE_DATUM = re.compile(
    r"(?<!\w)vn[ _-]?2000[ _/:;,(-]{1,3}"
    r"(?:tm[ _-]?3[ _/(-]{0,2}|m[uú]i (?:chi[eế]u )?[36] ?(?:°|độ|do\b)?[ :;,/(-]{1,3})?"
    r"(?P<degrees>10[2-8]|111) ?(?:°(?! ?\d)|\)|$|, m[uú]i\b)"
)
"""Whole degrees beside the datum only where nothing follows: ``VN-2000 105 thửa`` counts."""
_ALONE = (
    r"(?<![\d.,])(?P<degrees>1\d\d)\s*(?:{})\s*"
    r"(?P<minutes>00|15|30|45)(?!\d)"
)
_IN_LINE, _IN_NAME = re.compile(_ALONE.format(_SIGN)), re.compile(_ALONE.format(rf"{_SIGN}|[-_\s]"))
"""Degrees with no word before them: in a line with their sign, in the name of a sheet bare."""
_OF_A_POINT = re.compile(
    r"['′’´]? ?(?:(?!00?(?!\d))\d{1,2}(?:[.,]\d+)? ?(?:[\"″”]|['′’]{2})"
    r"|(?:00?(?:[.,]0+)?)? ?[\"″”]? ?(?:e|đông)\b)"
)
"""Seconds, or a side of the world, behind degrees that no word names: a place, no meridian."""
_IN_WORDS = re.compile(rf"(?:{_WORD})m[oộ]t tr[aă]m")
_OF_PAPERS = re.compile(
    r"(?:^|[\W_])(?:t[oờ]|l[oô]|th[uử]a|s[oố]|khu|q[dđ]|n[dđ]|tt|cv|nq|h[dđ]|bb|kh|đt|ql|m[aả]nh"
    r"|m[aẫ]u|bi[eể]u|ph[uụ] l[uụ]c|pl|đường|đường tỉnh)[\W_]*$"
)
"""Words whose number is of a paper, a sheet of a map or a lot."""
_MINUTES_IN_WORDS = re.compile(r"[^\d\n]{0,25}ph[uú]t")
_ACCOUNTANT = re.compile(r"\bke toan\b")
NAMES_A_ZONE = re.compile(r"\bmui\b|\bvn ?2000\b")
_OF_A_PLACE = re.compile(r"\bkinh do\b|\bvi do\b|\blongitude\b|\bphuong vi\b|\bhuong\b|\bgoc\b")
_SHEET_OF_ZONE = re.compile(
    r"(?:\b(?:toa do|toado|td|bang|ktt|vn ?2000|he|mui|chieu|tm ?3|zone|kinh tuyen truc|3 do)\b ?)*"
)
"""What may stand beside degrees in the name of a sheet that names its zone."""
_NOT_A_ZONE = re.compile(
    r"\bm[ũùủụ]i\b"
    r"|\b(?:m[uú]i|utm) ?\d{1,3} (?:đi[eể]m|m[oố]c|h[oộ]|gia đình"
    r"|ng[uư][oờ]i|th[uử]a|l[oô]|c[aâ]y|nh[aà])\b"
)
"""Capes and smells, which without their marks are written as a zone is; and what is counted."""
_SPELLINGS = (
    (re.compile(r"\([^()\n]*(?:qđ|quyết định|thông tư|nghị định)[^()\n]*\)"), ""),
    (re.compile("[\u200b\u200c\u200d\ufeff]"), ""),
    (re.compile(r"\s+"), " "),
    (re.compile(r"[\u2010-\u2015\u2212]"), "-"),
    (
        re.compile(
            r"(?<=1\d\d) ?(?:&(?:deg|ordm|#176|#186|#xb0|#xba);|<sup>[o0°º]</sup>|\(độ\)"
            r"|\$?\^?\{?\\(?:circ|degree)\}?|\^(?:\{[o0]\}|[o0](?=\d\d(?!\d)))"
            r"|â[°º]|®é|ñoä|°_|g(?= ?\d\d(?!\d)))"
        ),
        "°",
    ),
    (re.compile(r"&(?:#39|apos|prime|#8217|#8242);"), "'"),
    (re.compile(r"%%d|\\u\+00b0|[º˚⁰ᵒ\ufffd]|(?<=\d) ?đ(?= ?\d)"), "°"),
    (re.compile(r"\bk\. ?t\. ?t\b"), "ktt"),
    (re.compile(r"\bm[ũùủụ]i(?= chi[eế]u)"), "múi"),
    (
        re.compile(
            r"\bkinh[ _-]?tr?uy[eế]n[ _-]?(?:tr(?:[uụ]c|\.|ụ\b)|chục)"
            r"|\bk\. ?(?:tuy[eế]n|t\.) ?tr[uụ]c|\bkt\. ?tr[uụ]c"
        ),
        "kinh tuyến trục",
    ),
    (re.compile(r"(?<=\bmúi )s[aá]u(?= đ[oộ]\b)|(?<=\bmúi chiếu )s[aá]u(?= đ[oộ]\b)"), "6"),
    (re.compile(r"(?<=\bmúi )ba(?= đ[oộ]\b)|(?<=\bmúi chiếu )ba(?= đ[oộ]\b)"), "3"),
)
"""What is written in more than one way, and the way that is looked for; signs of degrees also as
web pages, formulas and the fonts of older code pages leave them."""


_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def plain_line(line: str) -> str:
    """Lower case, letters of full width as others, without words that only read like a zone."""
    plain = unicodedata.normalize("NFC", line).translate(_FULL_WIDTH).casefold()
    for written, meant in _SPELLINGS:
        plain = written.sub(meant, plain)
    return _NOT_A_ZONE.sub("–", plain)


def meridians_in(plain: str, folded: str, *, bare: bool, widths: set[int]) -> Iterable[Meridian]:
    """The meridians of a line, those after the first with their sign alone too."""
    width = next(iter(widths)) if len(widths) == 1 else None
    found = [] if _ACCOUNTANT.search(folded) else [
        each for each in _MERIDIAN.finditer(plain)
        if not _OF_OTHERS.match(plain, each.end())
        and not _PAPERS_BETWEEN.search(each[0])
    ]  # fmt: skip
    found = found or [each for each in _BESIDE_DATUM.finditer(plain)
                      if not _OF_OTHERS.match(plain, each.end())]  # fmt: skip
    found = found or list(_WHOLE_BESIDE_DATUM.finditer(plain))
    if found:
        found += _IN_LINE.finditer(plain, found[-1].end())
    elif bare or (NAMES_A_ZONE.search(folded) and not _OF_A_PLACE.search(folded)):
        found = [each for each in (_IN_NAME if bare else _IN_LINE).finditer(plain)
                 if not _OF_PAPERS.search(plain[: each.start()])
                 and (not bare or _SHEET_OF_ZONE.fullmatch(
                     fold(plain[: each.start()] + " " + plain[each.end() :])))]  # fmt: skip
        found = [each for each in found if not _OF_A_POINT.match(plain, each.end())]
    if not found and (words := _IN_WORDS.search(plain)) is not None:
        yield Meridian(words[0], math.nan, width)
    for each in found:
        degrees = _degrees(each)
        told = each.groupdict()
        whole = degrees.is_integer() and not (
            len(told.get("minutes") or "") > 1 or told.get("told")  # 1070 3000: 0 is a sign
        )
        if whole and (_MINUTES_IN_WORDS.match(plain, each.end())
                      or _MINUTES_UNREAD.match(plain, each.end())):  # fmt: skip
            degrees = math.nan  # minutes that cannot be read
        yield Meridian(each[0].strip(), degrees, width)


def names_meridian(plain: str) -> bool:
    """Whether a line has the word for a central meridian and degrees behind it."""
    return _MERIDIAN.search(plain) is not None


def _degrees(found: re.Match[str]) -> float:
    """The degrees of a match; of digits that cannot be read, a number that no zone has."""
    parts = found.groupdict()
    degrees = int(parts["degrees"])
    if parts.get("unread"):
        return float(f"{degrees}{parts['unread']}")
    if parts.get("decimals"):
        decimal = float(f"{degrees}.{parts['decimals']}")
        return decimal if decimal in MERIDIANS_DEG else degrees + int(parts["decimals"]) / 60
    if parts.get("told") or parts.get("minutes"):
        minutes = int(
            parts.get("told") or parts["minutes"]
        )  # 105 75 is the 105,75 that a comma split into two cells
        return degrees + minutes / 60 if minutes < 60 else float(f"{degrees}.{minutes}")
    return float(degrees)


def join_split_degrees(cells: list[str]) -> None:
    """Put a meridian together, in place, whose minutes the separator cut into the next cell.

    ``KTT: 107;30'`` is one title of two cells.
    """
    filled = [place for place, cell in enumerate(cells) if cell]
    for place, after in pairwise(filled):
        plain = plain_line(cells[place])
        if _MINUTES_ALONE.fullmatch(cells[after]) and _ENDS_IN_DEGREES.search(plain):
            cells[place], cells[after] = f"{cells[place]} {cells[after]}", ""
