"""One name under several spellings: letters composed or not, the tone on either vowel."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd

from gisclusters.domain.issue import Issue, warning
from gisclusters.domain.spelling import spelling_key


def one_spelling(
    column: pd.Series, rows: pd.Series, field: str, layer: str
) -> tuple[pd.Series, list[Issue]]:
    """The column with one spelling, the first, of each name, and a warning for each with several.

    ``rows`` are the rows as the user counts them.
    """
    spellings = [each for each in column.dropna().unique() if isinstance(each, str)]
    if all(map(str.isascii, spellings)):
        return column, []
    first: dict[str, str] = {}
    other: dict[str, str] = {}
    for each in spellings:
        taken = first.setdefault(spelling_key(each), each)
        if taken != each:
            other[each] = taken
    issues = [
        warning("name_spelt_twice", layer=layer, row=int(rows[np.flatnonzero(column == each)[0]]),
                field=field, value=_shown(each, taken), other=taken)
        for each, taken in other.items()
    ]  # fmt: skip
    return column.replace(other) if other else column, issues


def _shown(text: str, beside: str) -> str:
    """A spelling for a message; one that looks as the other does is told by its code points."""
    if unicodedata.normalize("NFC", text) != unicodedata.normalize("NFC", beside):
        return text
    return f"{text} ({'NFD' if text != unicodedata.normalize('NFC', text) else 'NFC'})"
