"""A campaign: one survey of the markers of one cluster, as its verification found it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from gisclusters.domain.source import Source

DaySource = Literal["observed_at", "run"]
"""Whether the survey file says on which day it was made, or the day of the run stands for it."""


class MarkerChange(StrEnum):
    """What may be said of one marker between two campaigns."""

    STEADY = "steady"
    MOVED = "moved"
    UNDECIDED = "undecided"
    LOST = "lost"
    RETURNED = "returned"
    NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyedMarker:
    """One marker of a campaign, in metres of the campaign's CRS, as measured.

    Without a place (``easting_m`` None) nobody measured it; without ``de_m, dn_m``
    (measured − design) nobody designed it.  ``corrected_e_m, corrected_n_m`` is the place with
    the common part of its campaign taken off.
    """

    marker_id: str
    verdict: str
    easting_m: float | None = None
    northing_m: float | None = None
    corrected_e_m: float | None = None
    corrected_n_m: float | None = None
    de_m: float | None = None
    dn_m: float | None = None
    residual_m: float | None = None
    tolerance_m: float | None = None
    accuracy_m: float | None = None
    matched_by: str | None = None
    state: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """One verification of stored markers, kept.

    ``first_day`` and ``last_day`` are those of the survey, ``day_source`` says whose word that
    is.  ``tolerance`` and ``diagnosis`` are those of the JSON document, the sentences of the
    latter by language (``sentences``); ``datum_operation`` is None where none was needed.
    ``recorded_at`` is UTC, ISO, and with it ``number`` counts the verifications of a store.
    """

    number: int | None = None
    recorded_at: str | None = None
    run_id: str
    cluster_id: str
    first_day: date
    last_day: date
    day_source: DaySource
    crs: str
    datum_operation: str | None
    tolerance: Mapping[str, Any]
    diagnosis: Mapping[str, Any]
    sources: tuple[Source, ...]
    markers: tuple[SurveyedMarker, ...] = field(repr=False)

    @property
    def cause(self) -> str:
        """What was wrong with the set as a whole."""
        return str(self.diagnosis["cause"])

    @property
    def tolerance_m(self) -> float:
        """The tolerance it was judged by."""
        return float(self.tolerance["value_m"])

    @property
    def survey(self) -> Source:
        """The survey file, the first of that role (control points come after it)."""
        return next(each for each in self.sources if each.role == "surveys")

    @property
    def survey_key(self) -> tuple[str, str, str | None]:
        """What makes it one campaign, however often it is verified: cluster, file, layer."""
        return self.cluster_id, self.survey.sha256, self.survey.layer

    def same_as(self, other: Campaign) -> bool:
        """Whether the same survey was held against the same design with the same outcome.

        The name of a file, the day of a run, the version of the program and the order of
        time make no difference.
        """
        return self._content() == other._content()

    def _content(self) -> tuple[object, ...]:
        days = (self.first_day, self.last_day) if self.day_source == "observed_at" else ()
        said = {key: value for key, value in self.diagnosis.items() if key != "sentences"}
        sources = [(s.role, s.sha256, s.layer, s.crs_as_received) for s in self.sources]
        return (
            self.survey_key, self.day_source, days, self.crs, self.datum_operation,
            dict(self.tolerance), said, sources, self.markers,
        )  # fmt: skip


def frozen(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same values, not to be changed any more."""
    return MappingProxyType(dict(values))
