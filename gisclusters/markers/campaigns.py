"""What became of the markers between two campaigns: each one's displacement, and what it is worth.

Measured positions are compared, not deviations, so that a design approved anew changes
nothing.  Of a campaign that carried a common part the corrected positions are compared, which
its verification kept.  Where nobody knew whether ground or survey was wrong, a
marker that left its neighbours moved; one that stayed with them is undecided, for all of them
may have moved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.domain.campaign import Campaign, MarkerChange, SurveyedMarker
from gisclusters.domain.issue import Issue, info, warning
from gisclusters.domain.marker_names import normal_id
from gisclusters.domain.verdicts import NAMING, MarkerCause, MarkerVerdict
from gisclusters.geometry.crs import DATUM_ACCURACY_M, transform_xy
from gisclusters.markers.position import REFERENCE_ERRORS, judge, p_values

_Complex = NDArray[np.complex128]
_Floats = NDArray[np.float64]

_Said = tuple[MarkerChange, str | None]
"""A verdict, and the reason that stands beside it."""

LEVEL = 0.95
"""How often marks that stand still keep within ``significant_from_m``, accuracies being true."""

_WITHIN = float(np.sqrt(np.log(1 / (1 - LEVEL))))
"""Accuracies a displacement may have at that level.

An accuracy is √(σE²+σN²); with σ the same both ways, (d/a)² is exponential with mean one, so
that P(d > k·a) = exp(−k²): 1.731 accuracies at 95 %.
"""

_RELATIVE = frozenset({MarkerCause.CONSTANT_SHIFT, MarkerCause.ROTATION, MarkerCause.SCALE})
"""Unexplained common parts with a form: what is left after them is a marker's own."""

_SEEN_NOT = ("not_accessible", "buried", "found", "broken", "replaced")
"""States of a marker without a place under which nobody may call it lost."""

_COLUMNS = ("marker_id", "verdict", "de_m", "dn_m", "distance_m", "accuracy_m",
            "significant_from_m", "significant", "p_value", "tolerance_m",
            "verdict_before", "verdict_after", "state_before", "state_after",
            "change_note")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One row a marker (``findings``), and what must be said of the two campaigns.

    ``de_m, dn_m`` are later − earlier in the later campaign's CRS, common parts taken off;
    ``accuracy_m`` is √(a₁²+a₂²), ``significant_from_m`` what a displacement must exceed to be
    ``significant`` at ``LEVEL``, ``p_value`` how often marks that stand still would show such a
    length.  The verdict is by the tolerance, as in a verification.
    """

    findings: pd.DataFrame
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a campaign saw its markers, its common part taken off.

    ``told`` is whether a place may be compared, ``ground`` whether its staying may be told
    too.
    """

    place: _Complex
    told: NDArray[np.bool_]
    ground: bool


def compare_campaigns(earlier: Campaign, later: Campaign) -> Comparison:
    """Which markers moved, were lost, came back or are new since ``earlier``.

    The tolerance of a marker is the later campaign's.  Markers are the same where their ids are
    (``RG-01`` is ``RG1``).
    """
    issues: list[Issue] = []
    before, after = _settled(earlier, issues), _settled(later, issues)
    was = before.place
    if earlier.crs != later.crs:
        was = was.copy()
        there = np.isfinite(was)
        east, north = transform_xy(was.real[there], was.imag[there], earlier.crs, later.crs)
        was[there] = east + 1j * north
    _tell_apart(earlier, later, issues)
    old, new = _rows_by_id(earlier), _rows_by_id(later)
    keys = [*new, *(key for key in old if key not in new)]
    i = np.array([old.get(key, -1) for key in keys], dtype=np.intp)
    j = np.array([new.get(key, -1) for key in keys], dtype=np.intp)
    one = [None if at < 0 else earlier.markers[at] for at in i]
    two = [None if at < 0 else later.markers[at] for at in j]
    gone = complex(np.nan, np.nan)
    shift = np.append(after.place, gone)[j] - np.append(was, gone)[i]
    accuracy = np.hypot(_numbers(one, "accuracy_m"), _numbers(two, "accuracy_m"))
    told = np.append(before.told, False)[i] & np.append(after.told, False)[j]
    tolerance = _numbers(two, "tolerance_m", later.tolerance_m)
    moves = _moves(shift, accuracy, tolerance, told, ground=before.ground and after.ground)
    said = [_change(*each) for each in zip(one, two, moves, strict=True)]
    shift[~told] = gone
    length = np.abs(shift)
    chance = p_values(length, accuracy)
    known = np.isfinite(length) & np.isfinite(accuracy)
    blind = int((np.isfinite(length) & ~known).sum())
    if blind:
        issues.append(warning("campaign_accuracy_missing", layer=later.survey.name,
                              id=later.cluster_id, count=blind))  # fmt: skip
    findings = pd.DataFrame(
        {
            "marker_id": _words(_name(*each) for each in zip(one, two, strict=True)),
            "verdict": _words(str(verdict) for verdict, _ in said),
            "de_m": shift.real, "dn_m": shift.imag, "distance_m": length,
            "accuracy_m": accuracy, "significant_from_m": _WITHIN * accuracy,
            "significant": _words(bool(far > _WITHIN * near) if yes else None
                                  for far, near, yes in zip(length, accuracy, known, strict=True)),
            "p_value": np.where(known, chance, np.nan), "tolerance_m": tolerance,
            "verdict_before": _words(marker and marker.verdict for marker in one),
            "verdict_after": _words(marker and marker.verdict for marker in two),
            "state_before": _words(marker and marker.state for marker in one),
            "state_after": _words(marker and marker.state for marker in two),
            "change_note": _words(note for _, note in said),
        },
        columns=list(_COLUMNS),
    )  # fmt: skip
    return Comparison(findings=findings, issues=tuple(issues))


def _change(one: SurveyedMarker | None, two: SurveyedMarker | None, move: _Said) -> _Said:
    """The verdict of one marker and the reason beside it; ``move`` is that of its displacement."""
    said: _Said
    if two is None:  # in the later campaign nobody designed it, and nobody found it
        extra = one is not None and one.verdict == str(MarkerVerdict.EXTRA)
        said = (MarkerChange.LOST, "not_measured") if extra else (
            MarkerChange.UNDECIDED, "design_without"
        )  # fmt: skip
    elif two.easting_m is None:
        said = _unseen(one, two)
    elif _noted(two, "replaced") and not (one is not None and _noted(one, "replaced")):
        said = MarkerChange.NEW, "replaced"
    elif one is None:
        said = MarkerChange.NEW, None
    elif one.easting_m is None:
        said = MarkerChange.RETURNED, None
    elif str(MarkerVerdict.DUPLICATE) in {one.verdict, two.verdict}:
        said = MarkerChange.UNDECIDED, "duplicate"
    else:
        said = move
    return said


def _unseen(one: SurveyedMarker | None, two: SurveyedMarker) -> _Said:
    """A marker of the later design that the later campaign gives no place."""
    if any(_noted(two, state) for state in _SEEN_NOT):
        return MarkerChange.UNDECIDED, "no_place"
    if one is None:
        return MarkerChange.UNDECIDED, "never_seen"
    if one.easting_m is None:
        return MarkerChange.LOST, "lost_before"
    return MarkerChange.LOST, "noted_lost" if _noted(two, "lost") else "not_measured"


def _noted(marker: SurveyedMarker, state: str) -> bool:
    return state in (marker.state or "").split(", ")


def _moves(
    shift: _Complex,
    accuracy: _Floats,
    tolerance_m: _Floats,
    told: NDArray[np.bool_],
    *,
    ground: bool,
) -> list[_Said]:
    """What each displacement says by itself; without ``ground`` staying proves nothing."""
    stays: _Said = (MarkerChange.STEADY, None) if ground else (
        MarkerChange.UNDECIDED, "moved_with_all"
    )  # fmt: skip
    words = {str(MarkerVerdict.OK): stays, str(MarkerVerdict.MOVED): (MarkerChange.MOVED, None)}
    length = np.where(told, np.abs(shift), 0.0)
    judged = judge(length, length, accuracy, tolerance_m, MarkerCause.NONE)
    unsure: _Said = MarkerChange.UNDECIDED, "within_accuracy"
    return [
        words.get(word, unsure) if known else (MarkerChange.UNDECIDED, "common_part")
        for word, known in zip(judged, told, strict=True)
    ]


def _settled(campaign: Campaign, issues: list[Issue]) -> _Places:
    """The places of a campaign as its diagnosis lets them be compared, and what is said of it."""
    place = _complex(campaign, "easting_m", "northing_m")
    seen = np.isfinite(place)
    cause = MarkerCause(campaign.cause)
    control, name = campaign.diagnosis.get("control"), campaign.survey.name
    if cause is MarkerCause.NONE or control == "ground":
        return _Places(place, seen, ground=True)
    if cause in NAMING:  # names stand at the wrong readings, and the readings are right
        issues.append(warning("campaign_names_mixed", layer=name, id=campaign.run_id))
        sound = np.array([each.verdict == str(MarkerVerdict.OK) for each in campaign.markers])
        return _Places(place, seen & sound, ground=True)
    explained = cause in REFERENCE_ERRORS or control == "survey"
    if explained or cause in _RELATIVE:
        of: dict[str, Any] = {"layer": name, "id": campaign.run_id, "value": campaign.cause}
        issues.append(
            info("campaign_common_part_removed", **of) if explained
            else warning("campaign_unexplained", **of)
        )  # fmt: skip
        corrected = _complex(campaign, "corrected_e_m", "corrected_n_m")
        return _Places(corrected, np.isfinite(corrected), ground=explained)
    issues.append(
        warning("campaign_cannot_be_compared", layer=name, id=campaign.run_id, value=campaign.cause)
    )
    return _Places(place, np.zeros(len(place), dtype=bool), ground=False)


def _tell_apart(earlier: Campaign, later: Campaign, issues: list[Issue]) -> None:
    """What makes two campaigns less alike than their numbers look."""
    name = later.survey.name
    if earlier.tolerance_m != later.tolerance_m:
        issues.append(
            warning("campaign_tolerances_differ", layer=name, id=later.cluster_id,
                    before=earlier.tolerance_m, after=later.tolerance_m)
        )  # fmt: skip
    if (earlier.datum_operation is None) != (later.datum_operation is None):
        issues.append(
            warning("campaign_datum_differs", layer=name, id=later.cluster_id,
                    accuracy=DATUM_ACCURACY_M)
        )  # fmt: skip


def _complex(campaign: Campaign, east: str, north: str) -> _Complex:
    pairs = [(getattr(each, east), getattr(each, north)) for each in campaign.markers]
    values = np.array([[np.nan if x is None else x for x in pair] for pair in pairs], dtype=float)
    values = values.reshape(len(pairs), 2)
    found: _Complex = values[:, 0] + 1j * values[:, 1]
    return found


def _words(cells: Iterable[object]) -> pd.Series[Any]:
    """A column in which nothing is None."""
    return pd.Series(list(cells), dtype=object)


def _rows_by_id(campaign: Campaign) -> dict[str, int]:
    """The row of each marker; of two with one name the designed one, which stands first."""
    rows: dict[str, int] = {}
    for place, marker in enumerate(campaign.markers):
        rows.setdefault(normal_id(marker.marker_id), place)
    return rows


def _name(one: SurveyedMarker | None, two: SurveyedMarker | None) -> str:
    """The name it bears in the later campaign, where it has one there."""
    marker = two or one
    return "" if marker is None else marker.marker_id


def _numbers(markers: list[SurveyedMarker | None], name: str, rest: float = np.nan) -> _Floats:
    """One value of each marker; ``rest`` where there is no marker or it has none."""
    values = [None if each is None else getattr(each, name) for each in markers]
    return np.array([rest if value is None else value for value in values], dtype=float)
