"""Hold a survey against the approved markers of one layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, warning
from gisclusters.domain.verdicts import NAMING, Certainty, MarkerCause
from gisclusters.errors import CrsMismatchError
from gisclusters.geometry.crs import DATUM_ACCURACY_M, datum_operation
from gisclusters.geometry.crs_names import is_lonlat, is_vn2000
from gisclusters.layers.layer import Layer
from gisclusters.markers.clusters import clusters_meant
from gisclusters.markers.control import by_control, control_of
from gisclusters.markers.diagnosis import Clean, diagnose, nothing_off, told
from gisclusters.markers.findings import findings_table
from gisclusters.markers.fit import LEAST_POINTS
from gisclusters.markers.matching import (
    Observations,
    Rows,
    combine_repeats,
    marker_keys,
    match_by_place,
)
from gisclusters.markers.naming import Placed, naming_of, renamed, search_by_place
from gisclusters.markers.places import Places, places_in
from gisclusters.markers.position import REFERENCE_ERRORS
from gisclusters.markers.reference_marks import with_reference_marks
from gisclusters.markers.report import Diagnosis, MarkerReport
from gisclusters.markers.tolerance import tolerance_of
from gisclusters.rules.tolerances import ToleranceRules, load_tolerance_rules

_REACH_IN_TOLERANCES = 50
"""An observation without a marker's name is of the marker nearest to it within so much."""

_LEAST_NOISE_M = 0.001

SAYS_ALL = REFERENCE_ERRORS - {MarkerCause.NUMBERS_MISREAD} | {MarkerCause.NONE}
"""Causes after which nobody asks the places: names and mistake explain each other."""


def verify_markers(
    design: Layer,
    survey: Layer,
    *,
    tolerance_m: float | None = None,
    scale: int = 500,
    control: Layer | None = None,
    as_of: date | None = None,
    rules: ToleranceRules | None = None,
) -> MarkerReport:
    """Which marker stands, moved or is missing, and what is wrong with the whole set.

    ``design`` is in a projected CRS in metres (CrsMismatchError otherwise); a survey in
    another CRS is brought to it, and one of another datum is warned of: the datum operation
    itself is good to about a metre.  Differences are raw, measured − design, in
    the design's CRS; nothing is snapped.  Control points, where given (a layer, or rows of
    the survey with role ``control``), are compared first: if they too carry the common part,
    the survey is wrong and it is removed.  Tolerance: ``tolerance_m``, else by ``scale`` and
    kind of marker from the table of ``rules`` in force on ``as_of`` (None: the newest; rules
    None: Circular 25/2014 and 26/2024/TT-BTNMT, which know no kinds); a table by kind judges
    the single marker and its repeats, the common table the set, of which a marker within its own
    tolerance is no witness.  Raises UsageError (``no_tolerance`` for a scale
    without one, ``no_tolerance_then``).
    """
    if design.crs is None or is_lonlat(design.crs):
        raise CrsMismatchError(f"{design.name} is in {design.crs}, not in metres")
    rules = load_tolerance_rules() if rules is None else rules
    tolerance = tolerance_of(tolerance_m, scale, as_of, rules)
    limit = tolerance.common_m
    issues: list[Issue] = []
    systems = [code for code in (survey.source.crs_as_received, survey.crs, design.crs) if code]
    if datum_operation(*systems) is not None:
        foreign = next(code for code in systems if not is_vn2000(code))
        issues.append(warning("datum_accuracy", layer=survey.name, value=foreign,
                              accuracy=DATUM_ACCURACY_M))  # fmt: skip
    of_control = (survey.frame["role"] == "control").to_numpy(dtype=bool)
    if control is None and of_control.any():
        control = survey.where(of_control)
    if of_control.any():
        survey = survey.where(~of_control)
    meant = clusters_meant(survey.frame["cluster_id"], design.frame["cluster_id"])
    survey = replace(survey, frame=survey.frame.assign(cluster_id=meant))
    elsewhere = _of_other_clusters(design, survey)
    if elsewhere.any():
        others = ", ".join(sorted(survey.frame["cluster_id"][elsewhere].unique()))
        count = int(elsewhere.sum())
        issues.append(warning("other_clusters", layer=survey.name, count=count, clusters=others))
        survey = survey.where(~elsewhere)
    measured = places_in(survey, design.crs)
    placed = np.isfinite(measured)
    unplaced = None if placed.all() else survey.where(~placed)
    if unplaced is not None:
        survey, measured = survey.where(placed), measured[placed]
    planned = places_in(design, design.crs)
    keys = marker_keys(design.frame, survey.frame)
    own_limits = tolerance.of(design.frame["marker_kind"])
    seen, left_out = combine_repeats(survey, measured, *keys, limit, own_limits)
    seen, unled = with_reference_marks(design, planned, seen, limit)
    issues += left_out + unled
    through = datum_operation(design.crs, survey.crs, survey.source.crs_as_received) is not None
    terms = _Terms(str(design.crs), limit, np.maximum(own_limits, limit), _noise_m(seen), through)
    diagnosis, clean, i, j, by = _matched(design, planned, seen, terms)
    if control is not None:
        points, doubts = control_of(control, design.crs)
        issues += doubts
        if points is not None:
            diagnosis, doubts = by_control(diagnosis, points, clean, limit)
            issues += doubts
    findings = findings_table(
        design, unplaced, seen, planned, clean, (i, j, by), tolerance, diagnosis
    )
    if "names" in diagnosis.numbers and diagnosis.cause not in NAMING:
        names = diagnosis.numbers["names"]
        issues.append(warning("names_exchanged", layer=survey.name, names=names))
    return MarkerReport(
        findings=findings,
        diagnosis=diagnosis,
        issues=tuple(issues),
        tolerance=tolerance.source,
        rules=rules.rule_set,
    )


def _of_other_clusters(design: Layer, survey: Layer) -> NDArray[np.bool_]:
    """Which rows of a survey say that they are of a cluster the design does not speak of."""
    clusters, said = design.frame["cluster_id"], survey.frame["cluster_id"]
    if clusters.isna().any():
        return np.zeros(len(said), dtype=bool)
    return (said.notna() & ~said.isin(clusters)).to_numpy(dtype=bool)


@dataclass(frozen=True, slots=True)
class _Terms:
    """By what a set is judged: the common tolerance, and a marker's own where that is wider."""

    crs: str
    limit_m: float
    own_limits_m: NDArray[np.float64]
    noise_m: float
    through_wgs84: bool

    def cause(self, planned: Places, i: Rows, measured: Places) -> tuple[Diagnosis, Clean]:
        """What is common to the design rows ``i`` and the places where they were measured."""
        return diagnose(
            planned[i], measured, self.crs, limit_m=self.limit_m, noise_m=self.noise_m,
            own_limits_m=self.own_limits_m[i], through_wgs84=self.through_wgs84,
        )  # fmt: skip


def _noise_m(seen: Observations) -> float:
    noise = float(np.nanmedian(seen.accuracy_m)) if np.isfinite(seen.accuracy_m).any() else 0.0
    return max(noise, _LEAST_NOISE_M)


def _matched(
    design: Layer, planned: Places, seen: Observations, terms: _Terms
) -> tuple[Diagnosis, Clean, Rows, Rows, NDArray[np.object_]]:
    """What is common, and the pairs (design, observation) with how each was matched."""
    limit = terms.limit_m
    named = np.flatnonzero(seen.marker >= 0)
    usable = named[seen.telling[named]]
    diagnosis, clean = terms.cause(planned, seen.marker[usable], seen.place[usable])
    off = _off(planned, seen, clean, usable, terms.own_limits_m)
    agree = len(usable) - int(off[usable].sum())
    least = max(LEAST_POINTS, min(len(planned), len(seen.place)) / 2)
    if diagnosis.cause not in SAYS_ALL:
        # What stands on markers to the tolerance, as it is, stands there under other names.
        found = Placed(*match_by_place(planned, seen.place, limit), None, nothing_off)
        if len(found.i) < max(least, agree) and (len(usable) < least or agree < len(usable) / 2):
            found = search_by_place(
                planned, seen.place, terms.crs, limit, through_wgs84=terms.through_wgs84
            )
        if len(found.i) >= max(least, agree) and len(found.i) >= agree + (found.head is not None):
            return _by_place(design, planned, seen, found, terms)
    i, j = renamed(planned, clean(seen.place), seen, off, limit)
    by = np.full(len(named), "id", dtype=object)
    if len(i):
        known = seen.marker[j] >= 0
        naming = naming_of(design.frame, seen.marker[j[known]], i[known])
        if naming.told:
            if diagnosis.cause is MarkerCause.NONE:
                diagnosis = replace(diagnosis, cause=MarkerCause.IDS_SWAPPED)
            diagnosis = told(diagnosis, **naming.told)
        stays = ~np.isin(named, j) & ~np.isin(seen.marker[named], i)
        i = np.concatenate((seen.marker[named[stays]], i))
        j, by = np.concatenate((named[stays], j)), np.append(by[stays], ["distance"] * len(i))
        by = by[: len(i)]
    else:
        i, j = seen.marker[named], named
    return diagnosis, clean, *_with_the_rest(planned, seen, clean, i, j, by, limit)


def _off(
    planned: Places, seen: Observations, clean: Clean, usable: Rows,
    limits_m: NDArray[np.float64],
) -> NDArray[np.bool_]:  # fmt: skip
    """Which observations do not lie, the common part taken off, where their name says."""
    off = seen.telling
    away = np.abs(clean(seen.place[usable]) - planned[seen.marker[usable]])
    off[usable] = ~(away <= limits_m[seen.marker[usable]])
    return off


def _by_place(
    design: Layer, planned: Places, seen: Observations, found: Placed, terms: _Terms
) -> tuple[Diagnosis, Clean, Rows, Rows, NDArray[np.object_]]:  # fmt: skip
    """The set by the places its observations were found on; names that differ are a cause."""
    i, j, head, clean = found.i, found.j, found.head, found.clean
    usable = seen.telling[j]
    diagnosis, own_clean = terms.cause(planned, i[usable], seen.place[j[usable]])
    if head is None or diagnosis.cause is not MarkerCause.UNKNOWN:
        clean = own_clean
    else:
        diagnosis = replace(head, certainty=Certainty.LIKELY)
    known = seen.marker[j] >= 0
    naming = naming_of(design.frame, seen.marker[j[known]], i[known])
    if naming.told and diagnosis.cause is MarkerCause.NONE:
        diagnosis = replace(diagnosis, cause=naming.cause)
    diagnosis = told(diagnosis, **naming.told)
    by = np.where(known & (seen.marker[j] == i), "id", "distance").astype(object)
    # The others by what their names mean in this survey.
    left = np.flatnonzero((seen.marker >= 0) & ~np.isin(np.arange(len(seen.place)), j))
    means = naming.means[seen.marker[left]]
    free = ~np.isin(means, i)
    i, j = np.append(i, means[free]), np.append(j, left[free])
    by = np.append(by, np.full(int(free.sum()), "id", dtype=object))
    return diagnosis, clean, *_with_the_rest(planned, seen, clean, i, j, by, terms.limit_m)


def _with_the_rest(
    planned: Places, seen: Observations, clean: Clean, i: Rows, j: Rows,
    by: NDArray[np.object_], limit: float,
) -> tuple[Rows, Rows, NDArray[np.object_]]:  # fmt: skip
    """And what no name and no exact place matched, by distance with the common part taken off."""
    free, other = np.ones(len(planned), dtype=bool), np.ones(len(seen.place), dtype=bool)
    free[i], other[j] = False, False
    left, right = np.flatnonzero(free), np.flatnonzero(other)
    if not len(left) or not len(right):
        return i, j, by
    near, at = match_by_place(planned[left], clean(seen.place[right]), _REACH_IN_TOLERANCES * limit)
    return (
        np.append(i, left[near]),
        np.append(j, right[at]),
        np.append(by, np.full(len(near), "distance", dtype=object)),
    )
