"""One answer of the decree tests: its verdict, figures, sentence and what it rests on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

from gisclusters.rules.dated import CONFIDENCES, Dated
from gisclusters.words import LANGS, Lang, has_text, hectares, number, percent, text

Question = Literal["found", "expand"]

COLUMNS = (
    "subject_id", "question", "part", "condition", "either", "verdict", "reason",
    "measured_share", "threshold_share", "missing_points", "measured_m2", "threshold_m2",
    "missing_m2", "missing_committed_m2", "deadline", "days_left", "sentence_vi", "sentence_en",
    "missing_vi", "missing_en", "notes", "features", "rule_id", "legal_basis", "confidence",
)  # fmt: skip
"""``part``: ``condition`` (of the answer) or ``besides``.  Of the conditions of one ``either``
one is enough.  ``missing_points`` are percentage points.  ``notes`` are words of
``founding.note_<word>``; ``features`` ids of what the answer rests on."""

NUMBERS = ("measured_share", "threshold_share", "missing_points", "measured_m2", "threshold_m2",
           "missing_m2", "missing_committed_m2")  # fmt: skip


ROUNDING_SHARE, ROUNDING_M2 = 1e-9, 1e-3
"""What the last digits of coordinates may do to a share and an area that meet a limit exactly."""


class FoundingVerdict(StrEnum):
    """What may be said of one condition."""

    MET = "met"
    NOT_MET = "not_met"
    UNDECIDED = "undecided"
    NOT_CHECKED = "not_checked"
    NOT_APPLICABLE = "not_applicable"


class Answer(StrEnum):
    """What may be said of the question: of all conditions, ``OPEN`` where some are not known."""

    YES = "yes"
    NO = "no"
    OPEN = "open"
    MOOT = "moot"
    """The cluster is founded already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every row of one subject bears: the question, and a transition clause if one holds."""

    subject_id: str
    question: Question
    transition: Dated | None = None

    def row(
        self, condition: str, verdict: FoundingVerdict, reason: str, *, rule: Dated | None,
        part: Literal["condition", "besides"] = "condition", either: str | None = None,
        features: Iterable[str] = (), notes: Iterable[str] = (),
        figures: Mapping[str, Any] = MappingProxyType({}),
        said: Mapping[str, Any] = MappingProxyType({}), confidence: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """One row of ``COLUMNS``.

        Its sentence is ``founding.said_<reason>``, filled from ``said`` and ``figures``
        (``*_m2`` in hectares, ``*_share`` in percent); what to do, where there is something,
        ``founding.missing_<reason>``.  ``confidence`` lowers that of the rule; so does a
        transition clause.
        """
        words: dict[str, str | None] = {}
        for lang in LANGS:
            filled = _filled({**figures, **said}, lang)
            words[f"sentence_{lang}"] = text(f"founding.said_{reason}", lang, **filled)
            more = f"founding.missing_{reason}"
            words[f"missing_{lang}"] = text(more, lang, **filled) if has_text(more) else None
        return (
            dict.fromkeys(COLUMNS)
            | {
                "subject_id": self.subject_id, "question": self.question, "part": part,
                "condition": condition, "either": either, "verdict": str(verdict),
                "reason": reason, "notes": list(notes), "features": list(features),
                "rule_id": None if rule is None else rule.rule_id,
                "legal_basis": None if rule is None else rule.article,
                "confidence": lowest([
                    None if rule is None else rule.confidence, confidence,
                    None if self.transition is None else self.transition.confidence,
                ]),
            }
            | {name: figures[name] for name in COLUMNS if name in figures}
            | words
        )  # fmt: skip

    def unruled(self, condition: str, **more: Any) -> dict[str, Any]:
        """The answer where no version is in force on the day."""
        return self.row(condition, FoundingVerdict.NOT_CHECKED, "no_rule", rule=None, **more)


def lowest(said: Sequence[str | None]) -> str | None:
    """The least sure of several confidences, None where none is given."""
    known = [CONFIDENCES.index(each) for each in said if each is not None]
    return CONFIDENCES[max(known)] if known else None


def answered(rows: Sequence[Mapping[str, Any]]) -> Answer:
    """What the conditions together say: of an ``either`` one is enough, of the others all."""
    conditions = [row for row in rows if row["part"] == "condition"]
    if any(row["reason"] == "founded_already" for row in conditions):
        return Answer.MOOT
    groups: dict[str, list[str]] = {}
    for row in conditions:
        groups.setdefault(row["either"] or row["condition"], []).append(row["verdict"])
    kept = [FoundingVerdict.MET, FoundingVerdict.NOT_APPLICABLE]
    said = [
        True if any(verdict in kept for verdict in verdicts)
        else False if all(verdict == FoundingVerdict.NOT_MET for verdict in verdicts)
        else None
        for verdicts in groups.values()
    ]  # fmt: skip
    if False in said:
        return Answer.NO
    return Answer.OPEN if None in said or not said else Answer.YES


def frame_of(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The rows as a frame of ``COLUMNS``: figures are numbers (NaN: not known), texts None."""
    table = pd.DataFrame(list(rows), columns=list(COLUMNS), dtype=object)
    for name in NUMBERS:
        table[name] = table[name].astype("float64")
    table["days_left"] = table["days_left"].astype("Int64")
    return table


def known(value: float | None) -> bool:
    """Whether a figure is there; NaN is not."""
    return value is not None and not math.isnan(value)


def _filled(values: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    return {name: _written(name, value, lang) for name, value in values.items()}


def _written(name: str, value: Any, lang: Lang) -> Any:
    if name.endswith("_m2"):
        return hectares(value, lang)
    if name.endswith("_share"):
        return percent(value, lang)
    if name.endswith("_points"):
        return number(value, lang, 1)
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, Mapping):
        return value[lang]
    return "–" if value is None else value if isinstance(value, (str, int, date)) else str(value)
