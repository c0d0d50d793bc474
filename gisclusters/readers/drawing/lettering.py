r"""The letters of a drawing: bytes read by a wrong code page, old Vietnamese fonts, ``\U+XXXX``.

ezdxf reads text by the code page the drawing declares (UTF-8 since R2007) and keeps bytes it
does not know as surrogates, so the bytes can be had back.  In new drawings text of a TCVN3 or
VNI font stands as the Western letters of its bytes: there the bytes are those of cp1252.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ezdxf.lldxf.encoding import (
    decode_dxf_unicode,
    decode_mif_to_unicode,
    has_dxf_unicode,
    has_mif_encoding,
)

from gisclusters.domain.issue import Issue, info
from gisclusters.readers.text import ENCODINGS, decode, syllable_score

_MTEXT_CODES = re.compile(r"\\(?:[ACFHQTWSacfhqtwps][^;]*;|[A-Za-z~])")
"""Formatting of an MTEXT, which would stick to the word behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lettering:
    """Texts as they read; ``original`` is what ezdxf gave where that is another text."""

    values: tuple[str, ...]
    original: tuple[str | None, ...]
    encoding: str
    score: float | None
    issues: tuple[Issue, ...]


def settle(
    values: Sequence[str], groups: Sequence[str], codec: str, said: str | None
) -> Lettering:  # fmt: skip
    """Decode texts that ezdxf read by ``codec``; ``said`` is the person's own choice.

    Bytes that are UTF-8 are taken as such, text by text.  The rest is settled by group (a
    text style has one font): TCVN3, VNI or CP1258 is taken where it gives strictly more
    Vietnamese syllables than the text as it was read.
    """
    out = [_unescaped(value) for value in values]
    raw = [_bytes_of(value, codec) for value in values]
    choice: dict[int, str] = {}
    scores: dict[str, float | None] = {}
    for group in dict.fromkeys(groups):
        places = [i for i, name in enumerate(groups) if name == group]
        rest = {}
        for i in places:
            letters = raw[i]
            if letters is None:
                continue
            if said is None and _decoded(letters, "utf-8") is not None:
                choice[i] = "utf-8"
            else:
                rest[i] = letters
        others = [out[i] for i in places if i not in rest]
        best, score = _best(rest, [out[i] for i in rest], others, said)
        if best is not None:
            scores[best] = score
            choice |= dict.fromkeys(rest, best)
    used: Counter[str] = Counter()
    for i, encoding in choice.items():
        text = _decoded(raw[i] or "", encoding)
        if text is not None and text != out[i]:
            out[i] = text
            used[encoding] += 1
    for encoding in used:
        read_so = [out[i] for i, name in choice.items() if name == encoding]
        scores.setdefault(encoding, _score(read_so))
    issues = [
        info("encoding_guessed", value=encoding, count=count, score=scores[encoding])
        for encoding, count in used.most_common()
    ]
    final = [unicodedata.normalize("NFC", _printable(value)) for value in out]
    main = used.most_common(1)[0][0] if used else codec
    return Lettering(
        values=tuple(final),
        original=tuple(
            _printable(old) if choice.get(i) and new != old else None
            for i, (old, new) in enumerate(zip(values, final, strict=True))
        ),
        encoding=main,
        score=scores.get(main),
        issues=tuple(issues),
    )


def _best(
    rest: dict[int, str], as_read: list[str], others: list[str], said: str | None
) -> tuple[str | None, float | None]:
    """The encoding of the texts in ``rest``, None where they read best as they were read."""
    if not rest or said is not None:
        return said if rest else None, None
    best, most = None, _score([*as_read, *others])
    if any(_printable(text) != text for text in as_read):
        most = 0.0
    for encoding in ENCODINGS[1:]:
        texts = [_decoded(letters, encoding) for letters in rest.values()]
        whole = [text for text in texts if text is not None]
        score = _score([*whole, *others]) if len(whole) == len(texts) else 0.0
        if score > most:
            best, most = encoding, score
    return best, most


def _score(texts: list[str]) -> float:
    return syllable_score([_MTEXT_CODES.sub(" ", text) for text in texts])


def _bytes_of(value: str, codec: str) -> str | None:
    """The bytes of a text, one letter a byte; None where its letters are beyond doubt."""
    if value.isascii():
        return None
    codecs = [codec]
    if codec == "utf-8" and _printable(value) == value:
        codecs = ["cp1252", "latin-1"]
    for name in codecs:
        try:
            return value.encode(name, "surrogateescape").decode("latin-1")
        except UnicodeEncodeError:
            continue
    return None


def _decoded(letters: str, encoding: str) -> str | None:
    try:
        return _unescaped(decode(letters, encoding))
    except UnicodeError:
        return None


def _unescaped(value: str) -> str:
    if has_dxf_unicode(value):
        value = decode_dxf_unicode(value)
    return decode_mif_to_unicode(value) if has_mif_encoding(value) else value


def _printable(value: str) -> str:
    """Surrogates, which no file can be written with, as the mark of an unknown letter."""
    return value.encode("utf-8", "replace").decode("utf-8") if not value.isascii() else value
