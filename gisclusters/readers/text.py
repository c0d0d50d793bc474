"""Vietnamese text in the encodings of old office files, decoded per value.

UTF-8, Windows-1258, TCVN3 (ABC fonts, TCVN 5712:1993 VN3) and VNI (VNI-Windows).  Python has
no codec for the last two; the tables here follow the published code pages.  TCVN3 has no
capital toned vowels: capitals were a matter of the font, and are lost in the text.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from gisclusters.domain.issue import error
from gisclusters.errors import InputRefusedError

ENCODINGS = ("utf-8", "tcvn3", "vni", "cp1258", "utf-8-twice")
_PER_VALUE = ("utf-8", "tcvn3", "vni", "cp1258", "utf-8-twice", "iso8859-1")
_POOR, PLAINLY = 0.5, 0.99

_TCVN3_PAIRS = (
    (0xB5, "à"), (0xB6, "ả"), (0xB7, "ã"), (0xB8, "á"), (0xB9, "ạ"), (0xA8, "ă"), (0xBB, "ằ"),
    (0xBC, "ẳ"), (0xBD, "ẵ"), (0xBE, "ắ"), (0xC6, "ặ"), (0xA9, "â"), (0xC7, "ầ"), (0xC8, "ẩ"),
    (0xC9, "ẫ"), (0xCA, "ấ"), (0xCB, "ậ"), (0xAE, "đ"), (0xCC, "è"), (0xCE, "ẻ"), (0xCF, "ẽ"),
    (0xD0, "é"), (0xD1, "ẹ"), (0xAA, "ê"), (0xD2, "ề"), (0xD3, "ể"), (0xD4, "ễ"), (0xD5, "ế"),
    (0xD6, "ệ"), (0xD7, "ì"), (0xD8, "ỉ"), (0xDC, "ĩ"), (0xDD, "í"), (0xDE, "ị"), (0xDF, "ò"),
    (0xE1, "ỏ"), (0xE2, "õ"), (0xE3, "ó"), (0xE4, "ọ"), (0xAB, "ô"), (0xE5, "ồ"), (0xE6, "ổ"),
    (0xE7, "ỗ"), (0xE8, "ố"), (0xE9, "ộ"), (0xAC, "ơ"), (0xEA, "ờ"), (0xEB, "ở"), (0xEC, "ỡ"),
    (0xED, "ớ"), (0xEE, "ợ"), (0xEF, "ù"), (0xF1, "ủ"), (0xF2, "ũ"), (0xF3, "ú"), (0xF4, "ụ"),
    (0xAD, "ư"), (0xF5, "ừ"), (0xF6, "ử"), (0xF7, "ữ"), (0xF8, "ứ"), (0xF9, "ự"), (0xFA, "ỳ"),
    (0xFB, "ỷ"), (0xFC, "ỹ"), (0xFD, "ý"), (0xFE, "ỵ"), (0xA1, "Ă"), (0xA2, "Â"), (0xA3, "Ê"),
    (0xA4, "Ô"), (0xA5, "Ơ"), (0xA6, "Ư"), (0xA7, "Đ"),
)  # fmt: skip
_TCVN3 = {chr(code): letter for code, letter in _TCVN3_PAIRS}

_VNI_MARKS = {
    0xD9: "\u0301", 0xD8: "\u0300", 0xDB: "\u0309", 0xD5: "\u0303", 0xCF: "\u0323",
    0xC2: "\u0302", 0xC1: "\u0302\u0301", 0xC0: "\u0302\u0300", 0xC5: "\u0302\u0309",
    0xC3: "\u0302\u0303", 0xC4: "\u0302\u0323", 0xCA: "\u0306", 0xC9: "\u0306\u0301",
    0xC8: "\u0306\u0300", 0xDA: "\u0306\u0309", 0xDC: "\u0306\u0303", 0xCB: "\u0306\u0323",
}  # fmt: skip
_VNI_LETTERS = {
    0xD1: "Đ", 0xF1: "đ", 0xD4: "Ơ", 0xF4: "ơ", 0xD6: "Ư", 0xF6: "ư", 0xCD: "Í", 0xED: "í",
    0xCC: "Ì", 0xEC: "ì", 0xC6: "Ỉ", 0xE6: "ỉ", 0xD3: "Ĩ", 0xF3: "ĩ", 0xD2: "Ị", 0xF2: "ị",
    0xCE: "Ỵ", 0xEE: "ỵ",
}  # fmt: skip
_SYLLABLE = re.compile(
    r"^(?:ngh|ng|gh|gi|kh|nh|ph|qu|th|tr|ch|[bcdđghklmnprstvx])?"
    r"(?:(?:uyê|iê|yê|uô|ươ|oa|oă|oe|oo|uâ|uê|uy|[aăâeêioôơuưy])(?:ng|nh|ch|[ckmnpt])?"
    r"|oai|oao|oay|oeo|uao|uay|uây|uôi|ươi|ươu|iêu|yêu|uya|uyu"
    r"|ai|ao|au|ay|âu|ây|eo|êu|ia|iu|oi|ôi|ơi|ua|ui|uơ|ưa|ưi|ưu)$"
)
LETTER = re.compile(r"[^\W\d_]+")
TOKEN = re.compile(r"[^\s!-@\[-`{-~]+")
_CUT = re.compile("(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})$")


def decode(raw: str, encoding: str) -> str:
    """A value read as ISO-8859-1 (one letter a byte) decoded from ``encoding``, NFC.

    ``encoding`` is one of ``ENCODINGS`` or any Python codec.  Raises UnicodeError where the
    bytes do not decode so.
    """
    if raw.isascii():
        return raw
    if encoding == "tcvn3":
        text = "".join(_TCVN3.get(letter, letter) for letter in raw)
    elif encoding == "vni":
        text = _decode_vni(raw)
    elif encoding == "utf-8-twice":
        text = _decode_twice(raw)
    else:
        text = raw.encode("latin-1").decode(encoding)
    return unicodedata.normalize("NFC", text)


def decode_values(
    values: NDArray[np.object_], encoding: str
) -> tuple[NDArray[np.object_], Counter[str]]:
    """Every text decoded, and how many cells beyond ASCII were read in which encoding.

    A value that does not decode so, or that gives no syllable where another Vietnamese
    encoding gives nothing else, is read by its own: one file may mix them by row.
    """
    out = values.copy()
    places = [place for place, value in enumerate(values)
              if isinstance(value, str) and not value.isascii()]  # fmt: skip
    known: dict[str, tuple[str, str]] = {}
    used: Counter[str] = Counter()
    for place in places:
        value = values[place]
        if value not in known:
            known[value] = _decode_one(value, encoding)
        out[place], own = known[value]
        used[own] += 1
    return out, used


def codec_named(text: str) -> str | None:
    """The Python codec of a code page as programs write it: ``1258``, ``ANSI 1252``, ``UTF-8``."""
    plain = re.sub(r"^(?:ansi|oem|windows|ldid/|cp|ms)[\s_-]*(?=\d)", "", text.strip().casefold())
    plain = {"65001": "utf-8", "unicode": "utf-8", "88591": "8859-1", "koi8r": "koi8-r",
             "koi8u": "koi8-u"}.get(plain, plain)  # fmt: skip
    tries = [plain, f"cp{plain}", f"iso-{plain}", plain.replace(" ", "-"),
             re.sub(r"[\s_-]", "", plain)]  # fmt: skip
    for candidate in tries:
        try:
            found = codecs.lookup(candidate)
            "".encode(found.name)
        except (LookupError, ValueError):
            continue
        return found.name
    return None


def usable_encoding(encoding: str, layer: str) -> str:
    """The encoding a person gave: one of ``ENCODINGS`` or the name of a Python codec.

    Raises InputRefusedError (``encoding_unknown``).
    """
    used = encoding.strip().casefold()
    if used in ENCODINGS:
        return used
    codec = codec_named(used)
    if codec is None:
        raise InputRefusedError(
            [error("encoding_unknown", layer=layer, value=encoding, reason=f"unknown: {encoding}")]
        )
    return codec


def syllable_score(texts: Iterable[str]) -> float:
    """The share of words with a letter beyond ASCII that are Vietnamese syllables.

    A lone letter proves nothing: Ø20 is a diameter.
    """
    good = total = 0
    for text in texts:
        for word in LETTER.findall(text):
            if word.isascii() or len(word) == 1:
                continue
            total += 1
            good += is_syllable(word)
    return good / total if total else 0.0


def lost_capitals(text: str) -> bool:
    """Whether TCVN3 text shows that its font made capitals: ``PHƯờNG``."""
    for word in LETTER.findall(text):
        toned = [letter for letter in word if not letter.isascii() and letter.islower()]
        rest = [letter for letter in word if letter not in toned]
        if toned and len(rest) > 1 and all(letter.isupper() for letter in rest):
            return True
    return False


def score_of(values: list[str], encoding: str) -> float:
    """Share of the words beyond ASCII that are Vietnamese syllables in ``encoding``.

    A sign that is no letter (``§¨k``) makes its word none; a lone letter proves nothing.
    """
    good = total = 0
    for value in values:
        try:
            text = decode(value, encoding)
        except UnicodeError:
            total += sum(not word.isascii() for word in TOKEN.findall(value)) or 1
            continue
        for word in TOKEN.findall(text):
            if word.isascii() or (len(word) == 1 and word.isalpha()):
                continue
            total += 1
            good += is_syllable(word)
    return good / total if total else 0.0


def _decode_one(value: str, encoding: str) -> tuple[str, str]:
    """One value and the encoding it was read in."""
    if encoding not in _PER_VALUE:
        return _read_or_left(value, encoding)
    if encoding != "utf-8-twice" and decodes(value, "utf-8"):
        return decode(value, "utf-8"), "utf-8"
    if encoding == "utf-8" and (short := before_cut(value)) is not None:
        return decode(short, "utf-8"), "utf-8-cut"
    if score_of([value], encoding) <= _POOR:
        others = [each for each in ("tcvn3", "vni", "cp1258", "utf-8-twice") if each != encoding]
        best = max(others, key=lambda each: score_of([value], each))
        score = score_of([value], best)
        if score >= PLAINLY or (score > 0 and not decodes(value, encoding)):
            encoding = best
    return _read_or_left(value, encoding)


def read_by(value: str, encoding: str) -> str:
    """A value decoded from ``encoding``, left as it came where its bytes are no such text."""
    return _read_or_left(value, encoding)[0]


def _read_or_left(value: str, encoding: str) -> tuple[str, str]:
    try:
        return decode(value, encoding), encoding
    except UnicodeError:
        return value, "iso8859-1"


def before_cut(value: str) -> str | None:
    """UTF-8 without the letter that a narrow column cut in two; None where it is not that."""
    cut = _CUT.search(value)
    if cut is None:
        return None
    short = value[: cut.start()]
    return short if not short.isascii() and decodes(short, "utf-8") else None


def decodes(value: str, encoding: str) -> bool:
    """Whether the bytes of a value are text of ``encoding``."""
    try:
        decode(value, encoding)
    except UnicodeError:
        return False
    return True


def _decode_twice(raw: str) -> str:
    """UTF-8 that was taken for Windows-1252 or ISO-8859-1 and written as UTF-8 again."""
    text = raw.encode("latin-1").decode("utf-8")
    octets = bytearray()
    for letter in text:
        try:
            octets += letter.encode("cp1252")
        except UnicodeEncodeError:
            octets += letter.encode("latin-1")
    return octets.decode("utf-8")


@cache
def is_syllable(word: str) -> bool:
    """Whether a word is spelled as a Vietnamese syllable, whatever its tone."""
    plain = unicodedata.normalize("NFD", word.casefold())
    tones = sum(mark in "\u0300\u0301\u0303\u0309\u0323" for mark in plain)
    toneless = unicodedata.normalize(
        "NFC", "".join(mark for mark in plain if mark not in "\u0300\u0301\u0303\u0309\u0323")
    )
    return tones <= 1 and _SYLLABLE.match(toneless) is not None


def _decode_vni(raw: str) -> str:
    out: list[str] = []
    place = 0
    while place < len(raw):
        letter = raw[place]
        following = ord(raw[place + 1]) if place + 1 < len(raw) else 0
        marks = _VNI_MARKS.get(following) or _VNI_MARKS.get(following - 0x20)
        if marks is not None and (
            letter in "aAeEoOuUyY" or ord(letter) in {0xD4, 0xF4, 0xD6, 0xF6}
        ):
            out.append(_VNI_LETTERS.get(ord(letter), letter) + marks)
            place += 2
            continue
        out.append(_VNI_LETTERS.get(ord(letter), letter))
        place += 1
    return "".join(out)
