"""What a verification found: a row a marker, and one diagnosis of the whole set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pandas as pd

from gisclusters.domain.issue import Issue
from gisclusters.domain.run import RuleSet
from gisclusters.domain.verdicts import Certainty, MarkerCause
from gisclusters.markers.position import REFERENCE_ERRORS
from gisclusters.words import Lang, number, text

SIGNIFICANCE_LEVEL = 0.001
"""A residual that noise of the stated accuracy exceeds less often than this is significant."""

_READ_AGAIN = frozenset(
    {MarkerCause.DEGREES, MarkerCause.WRONG_CENTRAL_MERIDIAN, MarkerCause.WRONG_ZONE_WIDTH}
)
"""Mistakes that an option mends, where the system the numbers were written in has a code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What is wrong with the set, if anything.

    Shift, rotation and scale are of the fit from design to measured about the centroid of
    the matched design points: rotation counter-clockwise in the E,N plane is positive,
    scale is measured/design − 1.  ``control`` is what control points say of a common part:
    ``survey``, ``ground``, ``design`` or ``neither`` is wrong, ``off`` where they alone are off;
    None without them.
    ``numbers`` fill the sentence of the evidence.
    """

    cause: MarkerCause
    certainty: Certainty
    shift_e_m: float | None = None
    shift_n_m: float | None = None
    rotation_arcsec: float | None = None
    scale_ppm: float | None = None
    mirrored: bool = False
    read_as: str | None = None
    should_be: str | None = None
    candidates: tuple[str, ...] = ()
    control: str | None = None
    numbers: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def as_dict(self, lang: Lang) -> dict[str, Any]:
        """The ``diagnosis`` of the JSON document, its sentences in ``lang``."""
        numbers = {
            "shift_e_m": self.shift_e_m if self.shift_e_m is not None else "–",
            "shift_n_m": self.shift_n_m if self.shift_n_m is not None else "–",
            "read_as": self.read_as or "–",
            "should_be": self.should_be or "–",
            "rotation_arcsec": self.rotation_arcsec if self.rotation_arcsec is not None else "–",
            "scale_ppm": self.scale_ppm if self.scale_ppm is not None else "–",
            "candidates": ", ".join(self.candidates) or "–",
        } | dict(self.numbers)
        out: dict[str, Any] = {
            "cause": str(self.cause),
            "certainty": str(self.certainty),
            "shift_e_m": self.shift_e_m,
            "shift_n_m": self.shift_n_m,
            "rotation_arcsec": self.rotation_arcsec,
            "scale_ppm": self.scale_ppm,
            "mirrored": self.mirrored,
            "evidence": text(f"markers.evidence_{self.cause}", lang, **numbers),
            "remedy": text(f"markers.remedy_{self.cause}", lang, **numbers),
        }
        if self.cause in _READ_AGAIN and not str(self.should_be).startswith("EPSG:"):
            out["remedy"] = text("markers.remedy_uncoded", lang, **numbers)
        if self.control in {"ground", "design"} or (
            self.control == "survey" and self.read_as is None and self.cause not in REFERENCE_ERRORS
        ):
            out["remedy"] = text(f"markers.remedy_control_{self.control}", lang)
        if self.control is not None:
            told = text(f"markers.control_{self.control}", lang, **numbers)
            out |= {"control": self.control, "evidence": f"{out['evidence']} {told}"}
        if self.read_as is not None:
            out |= {"read_as": self.read_as, "should_be": self.should_be}
        if self.candidates:
            out["candidates"] = list(self.candidates)
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerReport:
    """Findings (columns of interfaces §2), diagnosis, and the tolerance with its source."""

    findings: pd.DataFrame
    diagnosis: Diagnosis
    issues: tuple[Issue, ...]
    tolerance: Mapping[str, Any]
    rules: RuleSet


def coded(value: object) -> str:
    """A name as a code of a note carries it: the mark between codes never stands in it."""
    return str(value).replace("%", "%25").replace(";", "%3B")


def notes_in_words(notes: pd.Series[Any], lang: Lang) -> pd.Series[Any]:
    """The codes of the findings' ``note`` as sentences; unknown codes stay."""
    told = {note: _sentences(note, lang) for note in notes.dropna().unique()}
    return notes.map(told).astype(object).where(notes.notna(), None)


def _sentences(note: str, lang: Lang) -> str:
    parts = []
    for each in note.split("; "):
        code, _, value = each.partition("=")
        value = value.replace("%3B", ";").replace("%25", "%")
        level = number(SIGNIFICANCE_LEVEL, lang, 3)
        parts.append(text(f"markers.note_{code}", lang, value=value, level=level))
    return " ".join(parts)
