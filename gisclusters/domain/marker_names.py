"""The key of a marker's name: ``RG-01``, ``RG1``, ``rg 01`` and ``RG.1`` are one name."""

from __future__ import annotations

import re
import unicodedata

from gisclusters.domain.spelling import spelling_key

_NUMBERS = re.compile(r"\d+")
_PRIMES = str.maketrans({"’": "'", "‘": "'", "′": "'", "ʹ": "'", "`": "'"})


def normal_id(name: object) -> str:
    """The key under which two spellings of one marker's name meet."""
    text = spelling_key(unicodedata.normalize("NFC", str(name)).translate(_PRIMES).upper())
    text = re.sub(r"(?<=\d)[\s_.\-/]+(?=\d)", "-", text)
    text = re.sub(r"(?<!\d)[\s_.\-/]+|[\s_.\-/]+(?!\d)", "", text)
    return _NUMBERS.sub(lambda found: str(int(found[0])), text)
