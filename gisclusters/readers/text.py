"""Vietnamese text in the encodings of old office files, decoded per value.

UTF-8, Windows-1258, TCVN3 (ABC fonts, TCVN 5712:1993 VN3) and VNI (VNI-Windows).  Python has
no codec for the last two; the tables here follow the published code pages.  TCVN3 has no
capital toned vowels: capitals were a matter of the font, and are lost in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from gisclusters.domain.issue import error
from gisclusters.errors import InputRefusedError

ENCODINGS = ("utf-8", "tcvn3", "vni", "cp1258")

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
_LETTER = re.compile(r"[^\W\d_]+")


def decode(raw: str, encoding: str) -> str:
    """A value read as ISO-8859-1 (one letter a byte) decoded from ``encoding``, NFC.

    Raises UnicodeDecodeError where UTF-8 or CP1258 bytes do not decode.
    """
    if raw.isascii():
        return raw
    if encoding == "tcvn3":
        text = "".join(_TCVN3.get(letter, letter) for letter in raw)
    elif encoding == "vni":
        text = _decode_vni(raw)
    else:
        text = raw.encode("latin-1").decode(encoding)
    return unicodedata.normalize("NFC", text)


def guess_encoding(values: NDArray[np.object_]) -> tuple[str, dict[str, float]]:
    """The encoding of values read as ISO-8859-1, and the score of each candidate.

    A score is the share of words with a letter beyond ASCII that are Vietnamese syllables.
    UTF-8 is taken whenever every value decodes.  With nothing but ASCII it is UTF-8.
    """
    distinct = sorted({value for value in values if isinstance(value, str) and not value.isascii()})
    if not distinct:
        return "utf-8", {}
    scores = {encoding: _score(distinct, encoding) for encoding in ENCODINGS}
    if scores["utf-8"] > 0:
        return "utf-8", scores
    best = max(("tcvn3", "vni", "cp1258"), key=lambda encoding: scores[encoding])
    return best, scores


def decode_values(values: NDArray[np.object_], encoding: str) -> NDArray[np.object_]:
    """Every text decoded; a value that does not decode so is decoded by its own best guess."""
    out = values.copy()
    for place, value in enumerate(values):
        if not isinstance(value, str) or value.isascii():
            continue
        try:
            out[place] = decode(value, encoding)
        except UnicodeDecodeError:
            own, _ = guess_encoding(np.array([value], dtype=object))
            try:
                out[place] = decode(value, own)
            except UnicodeDecodeError:
                out[place] = value
    return out


def usable_encoding(encoding: str, layer: str) -> str:
    """The name of an encoding a person gave, folded.  Raises InputRefusedError."""
    used = encoding.casefold()
    if used not in ENCODINGS:
        try:
            "".encode(used)
        except LookupError as fault:
            raise InputRefusedError(
                [error("encoding_unknown", layer=layer, value=encoding, reason=str(fault))]
            ) from fault
    return used


def syllable_score(texts: Iterable[str]) -> float:
    """The share of words with a letter beyond ASCII that are Vietnamese syllables.

    A lone letter proves nothing: Ø20 is a diameter.
    """
    good = total = 0
    for text in texts:
        for word in _LETTER.findall(text):
            if word.isascii() or len(word) == 1:
                continue
            total += 1
            good += _is_syllable(word)
    return good / total if total else 0.0


def _score(values: list[str], encoding: str) -> float:
    try:
        return syllable_score([decode(value, encoding) for value in values])
    except UnicodeDecodeError:
        return 0.0


@cache
def _is_syllable(word: str) -> bool:
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
