"""Which encoding the text of a whole file was written in, and how well that is proved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, warning
from gisclusters.readers.text import (
    ENCODINGS,
    LETTER,
    PLAINLY,
    TOKEN,
    before_cut,
    decodes,
    is_syllable,
    read_by,
    score_of,
)

_PLAIN = ("cp1258", "tcvn3", "vni", "utf-8")
_VOTED = ("tcvn3", "vni", "cp1258", "utf-8")
_WESTERN = {"cp1252", "iso8859-1", "iso8859-15", "cp437", "cp850", "cp1258", "utf-8", "ascii"}
_SAMPLE = 3_000
_ROWS = 5
_VIETNAMESE, _DOUBTFUL, _CLEARLY = 0.6, 0.5, 0.2
_ENOUGH = 2
"""So many words must be syllables in one encoding and in no other to prove it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """The encoding of a whole file, how surely, and the score of each candidate.

    ``proof`` counts the words that are syllables in this encoding and not in the next best,
    ``rival``, which stands here where they are too few; None where nothing was compared.
    """

    encoding: str
    scores: Mapping[str, float]
    sure: bool
    proof: int | None = None
    rival: str | None = None

    @property
    def score(self) -> float | None:
        """Share of words beyond ASCII that are Vietnamese syllables, times n / (n + 1) for n
        words of ``proof``: one word gives a half, none gives 0.  None without such words.
        """  # noqa: D205
        share = self.scores.get(self.encoding)
        if share is None or self.proof is None:
            return share
        return share * self.proof / (self.proof + 1)


def guess(values: NDArray[np.object_], declared: str | None = None) -> Guess:
    """The encoding of values read as ISO-8859-1, ``declared`` being what the file says.

    UTF-8 is taken whenever every value decodes, and twice UTF-8 where that gives syllables
    only the second time.  What the file declares holds where the bytes allow it, unless it is
    a Western page (which programs write without asking) and another reading gives Vietnamese
    syllables.  Where fewer than two words tell one reading from another (``LÔ`` is ``Lễ`` in
    TCVN3) it is not sure, and Windows-1258 is taken where nothing speaks against it.  Where no
    reading gives syllables the text is left as ISO-8859-1 and not sure.
    """
    distinct = sorted({value for value in values if isinstance(value, str) and not value.isascii()})
    distinct = distinct[:: max(1, len(distinct) // _SAMPLE)]
    if not distinct:
        return Guess(encoding="utf-8", scores={}, sure=True)
    tried = dict.fromkeys((*ENCODINGS, *([declared] if declared is not None else [])))
    scores = {encoding: score_of(distinct, encoding) for encoding in tried}
    if all(decodes(value, "utf-8") or before_cut(value) for value in distinct):
        twice = scores["utf-8-twice"] > scores["utf-8"] + _CLEARLY
        return Guess(encoding="utf-8-twice" if twice else "utf-8", scores=scores, sure=True)
    order = sorted(_PLAIN, key=lambda each: (scores[each], _tidiness(distinct, each)), reverse=True)
    best = order[0]
    if declared is not None and all(decodes(value, declared) for value in distinct):
        vietnamese = scores[best] >= _VIETNAMESE and scores[best] > scores[declared] + _CLEARLY
        rival = best if declared in _WESTERN and vietnamese else None
        if rival is None or _proof(distinct, rival, declared) < _ENOUGH:
            return Guess(encoding=declared, scores=scores, sure=rival is None, rival=rival)
    if scores[best] < _DOUBTFUL:
        return _by_votes(distinct, scores)
    proof, rival = min((_proof(distinct, best, other), other) for other in order[1:])
    sure = proof >= _ENOUGH
    return Guess(encoding=best, scores=scores, sure=sure, proof=max(0, proof),
                 rival=None if sure else rival)  # fmt: skip


Place = tuple[int | None, str]
"""Row (None for a header) and column of a value."""


def uncertain(
    found: Guess, values: NDArray[np.object_], places: Sequence[Place], layer: str
) -> list[Issue]:
    """The warning of a guess that is not sure, with a text as it is taken and as it may be.

    It says where the values beyond ASCII stand; nothing where there are none.
    """
    foreign = [(str(value), place) for value, place in zip(values, places, strict=True)
               if isinstance(value, str) and not value.isascii()]  # fmt: skip
    if not foreign:
        return []
    others = [found.rival] if found.rival is not None else sorted(
        _VOTED, key=lambda each: found.scores.get(each, 0.0), reverse=True
    )  # fmt: skip
    readings = ((value, place, other) for other in others for value, place in foreign
                if read_by(value, other) != read_by(value, found.encoding))  # fmt: skip
    value, (_, field), rival = next(readings, (*foreign[0], found.encoding))
    rows = list(dict.fromkeys(row for _, (row, _) in foreign if row is not None))
    shown = ", ".join(map(str, rows[:_ROWS])) + (" …" if len(rows) > _ROWS else "")
    code = "encoding_uncertain" if found.rival is None else "encoding_too_little"
    return [
        warning(code, layer=layer, field=field, value=found.encoding, rival=rival,
                count=len(foreign), rows=shown or "–", taken=read_by(value, found.encoding)[:60],
                other=read_by(value, rival)[:60])
    ]  # fmt: skip


def _proof(values: list[str], encoding: str, rival: str) -> int:
    """By how many words ``encoding`` gives more syllables; many where both read the same."""
    words = {word for value in values for word in TOKEN.findall(value) if not word.isascii()}
    gained, differ = 0, False
    for word in words:
        one, other = (read_by(word, each) for each in (encoding, rival))
        differ |= one != other
        if one != other:
            gained += _tells(one) - _tells(other)
    return gained if differ else _ENOUGH


def _tells(word: str) -> bool:
    """Whether a word is a syllable; a lone letter proves nothing."""
    return len(word) > 1 and is_syllable(word)


def _tidiness(values: list[str], encoding: str) -> float:
    """Share of the words that are written in one case, or with one capital in front."""
    texts = [read_by(value, encoding) for value in values]
    words = [word for text in texts for word in LETTER.findall(text) if not word.isascii()]
    tidy = sum(word.islower() or word.isupper() or word.istitle() for word in words)
    return tidy / len(words) if words else 0.0


def _by_votes(distinct: list[str], scores: Mapping[str, float]) -> Guess:
    """The encoding of most values where no one reads them all: a file may mix them by row."""
    votes = Counter[str]()
    for value in distinct:
        own = max(_VOTED, key=lambda encoding: score_of([value], encoding))
        votes[own] += score_of([value], own) >= PLAINLY
    if votes.total() < _VIETNAMESE * len(distinct):
        return Guess(encoding="iso8859-1", scores=scores, sure=False)
    return Guess(encoding=max(_VOTED, key=lambda each: votes[each]), scores=scores, sure=True)
