"""What all checks of fit share: the row of an answer, and what a remainder is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.verdicts import FitVerdict
from gisclusters.geometry.measure import area_sd_m2
from gisclusters.geometry.width import certainty, is_ground, width_m
from gisclusters.rules.dated import Dated

COLUMNS = (
    "subject_id", "check", "verdict", "reason", "area_m2", "area_sd_m2", "expected_m2",
    "difference_m2", "share_of_subject", "outside_m2", "width_m", "tolerance_m", "distance_m",
    "border_m", "notes", "rule_id", "legal_basis", "confidence", "parts",
)  # fmt: skip
"""The columns of a check, ``geometry`` apart."""

NUMBERS = (
    *(name for name in COLUMNS if name.endswith(("_m2", "_m"))),
    "share_of_subject",
)
REASONS = (
    "no_data", "not_in_force", "outside_ground", "no_rule", "no_figure", "not_named",
    "place_unknown", "other_codes", "broader_code", "uncovered", "codes_overlap", "accuracy",
    "outside_place", "area_differs", "within_deviation", "over_deviation", "smaller_than_list",
    "below_minimum", "above_maximum", "mountain_or_craft_unknown", "links_needed",
    "overlaps_cluster", "no_parcel",
)  # fmt: skip
NOTES = (
    "legacy_codes", "codes_overlap", "uncovered", "quota_not_checked", "unit_ended",
    "unit_not_yet", "accuracy_assumed", "deviation_condition", "transition", "older_cluster",
    "older_cluster_unknown",
)  # fmt: skip
"""Stable words; their sentences are ``fit.reason_<word>`` and ``fit.note_<word>``."""

TEXTS = ("subject_id", "check", "verdict", "reason", "rule_id", "legal_basis", "confidence")
_EMPTY = shapely.Polygon()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One cluster as the checks see it: its row, its shape and how surely it is known."""

    row: dict[str, Any]
    shape: shapely.Geometry
    accuracy_m: float

    @property
    def id(self) -> str:
        """The id of the cluster."""
        return str(self.row["cluster_id"])

    @property
    def area_m2(self) -> float:
        """Its planar area."""
        return float(shapely.area(self.shape))

    @property
    def area_sd_m2(self) -> float:
        """The standard deviation of its area, from the accuracy of its corners."""
        return area_sd_m2(self.shape, self.accuracy_m)

    def field(self, name: str) -> Any:
        """A field of the cluster, None where it is empty or there is no such column."""
        value = self.row.get(name)
        return None if pd.isna(value) or str(value).strip() == "" else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Remainder:
    """Ground left over after a cut, its width, and the answer where nothing may be left."""

    shape: shapely.Geometry
    width_m: float
    verdict: FitVerdict

    @property
    def area_m2(self) -> float:
        """The area left over; 0 where it is only the rounding of coordinates."""
        return float(shapely.area(self.shape))

    @property
    def matters(self) -> bool:
        """Whether it is wider than the accuracy of the two maps."""
        return self.verdict in {FitVerdict.DOES_NOT_FIT, FitVerdict.UNDECIDED}


def remainder(shape: shapely.Geometry, tolerance_m: float) -> Remainder:
    """What a piece of ground that should not be there is worth, by its width.

    Nothing, or no more than the rounding of coordinates: ``fits``; then by the widest circle
    inside against the tolerance of both maps.
    """
    if shapely.get_dimensions(shape) < 2 or not is_ground(np.array([shape], dtype=object))[0]:
        return Remainder(shape=_EMPTY, width_m=0.0, verdict=FitVerdict.FITS)
    width = width_m(shape, tolerance_m)
    worth = certainty(width, tolerance_m)
    return Remainder(
        shape=shape, width_m=width,
        verdict=FitVerdict.DOES_NOT_FIT if worth == "real" else FitVerdict(worth),
    )  # fmt: skip


def union_of(shapes: Iterable[shapely.Geometry]) -> shapely.Geometry:
    """Ground covered by any of the shapes, counted once; of mixed results the areal part."""
    return areal(shapely.union_all(np.array(list(shapes), dtype=object)))


def areal(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygonal part of a shape; an empty polygon where there is none."""
    if shapely.get_type_id(shape) in {3, 6}:
        return shape
    parts: NDArray[np.object_] = shapely.get_parts(shape)
    kept = parts[shapely.get_dimensions(parts) == 2]
    return shapely.union_all(kept) if len(kept) else _EMPTY


def answer(
    subject: Subject, check: str, verdict: FitVerdict, reason: str | None = None, *,
    rule: Dated | None = None, notes: Iterable[str] = (), parts: Iterable[dict[str, Any]] = (),
    geometry: shapely.Geometry | None = None,
    measured: Mapping[str, float | None] = MappingProxyType({}),
) -> dict[str, Any]:  # fmt: skip
    """One row of ``COLUMNS``; ``geometry`` is the ground that does not fit.

    Raises ValueError for a reason or note that is not one of ours.
    """
    notes = list(notes)
    if reason not in {None, *REASONS} or not {*notes} <= {*NOTES}:
        raise ValueError(f"{check}: {reason}, {notes}")
    shown = None if geometry is None or shapely.is_empty(geometry) else geometry
    return (
        dict.fromkeys((*COLUMNS, "geometry"))
        | {
            "subject_id": subject.id, "check": check, "verdict": str(verdict), "reason": reason,
            "notes": notes, "parts": list(parts), "geometry": shown,
            "rule_id": None if rule is None else rule.rule_id,
            "legal_basis": None if rule is None else rule.article,
            "confidence": None if rule is None else rule.confidence,
        }
        | dict(measured)
    )  # fmt: skip
