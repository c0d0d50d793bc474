"""Two spellings of one Vietnamese name: letters composed or not, the tone on either vowel."""

from __future__ import annotations

import re
import unicodedata

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_WORD = re.compile(r"(\w+)")


def spelling_key(text: str) -> str:
    """What two spellings of one name share: a word's letters, then its tone.

    Case, spaces within and other signs stay as they are.
    """
    plain = unicodedata.normalize("NFC", " ".join(text.split()))
    return plain if plain.isascii() else _WORD.sub(_tone_last, plain)


def _tone_last(found: re.Match[str]) -> str:
    letters = unicodedata.normalize("NFD", found[0])
    tones = "".join(each for each in letters if each in _TONES)
    plain = "".join(each for each in letters if each not in _TONES)
    return unicodedata.normalize("NFC", plain) + tones
