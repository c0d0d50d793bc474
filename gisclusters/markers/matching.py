"""Which observation is of which marker: by name first, by place where names fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, warning
from gisclusters.layers.layer import Layer
from gisclusters.markers.epochs import average_epochs, occupations_of, outlier_issues
from gisclusters.markers.ids import normal_ids, with_clusters
from gisclusters.markers.places import Places, joined

Rows = NDArray[np.intp]

_TWO_PLACES_M = 100.0
"""So far apart two observations are of two markers, not of one."""

_ENOUGH = 3
"""Of fewer observations that stay nobody can say that the one left out was the wrong one."""


@dataclass(frozen=True, slots=True)
class Observations:
    """One row a point of the survey: repeats under one name that agree are averaged.

    ``marker`` is the design row of that name, -1 where no marker has it or several have.
    ``repeats`` is how many observations the place is the mean of.  ``offset`` leads from
    a reference marker to the point it stands for, in the design's grid; 0 for others.
    """

    ids: NDArray[np.object_]
    marker: Rows
    place: Places
    accuracy_m: NDArray[np.float64]
    state: NDArray[np.object_]
    duplicate: NDArray[np.bool_]
    repeats: NDArray[np.int64]
    offset: Places

    @property
    def lost(self) -> NDArray[np.bool_]:
        """Where the surveyor says that the marker is gone: the place is where it was sought."""
        return np.asarray(self.state == "lost", dtype=bool)

    @property
    def telling(self) -> NDArray[np.bool_]:
        """Which places tell what is common to the set."""
        return np.asarray(~self.duplicate & ~self.lost & (self.offset == 0), dtype=bool)


def marker_keys(design: pd.DataFrame, survey: pd.DataFrame) -> tuple[pa.Array, pa.Array]:
    """The matching keys of both, with the cluster before them where both know it.

    Two markers of the design whose names read alike (``1.1``, ``1-1``) keep their spelling.
    """
    planned, seen = normal_ids(design["marker_id"]), normal_ids(survey["marker_id"])
    if design["cluster_id"].notna().all() and survey["cluster_id"].notna().all():
        planned = with_clusters(design["cluster_id"], planned)
        seen = with_clusters(survey["cluster_id"], seen)
    return planned, seen


def rows_of(keys: pa.Array, among: pa.Array) -> Rows:
    """The place of each key among others, -1 where it is not there."""
    found = pc.index_in(keys, value_set=among, skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), dtype=np.intp)


def combine_repeats(
    survey: Layer, place: Places, planned: pa.Array, seen: pa.Array, tolerance_m: float,
    own_limits_m: NDArray[np.float64] | None = None,
) -> tuple[Observations, list[Issue]]:  # fmt: skip
    """Observations of one marker averaged, outliers left out and told.

    ``place`` (easting + i · northing, metres) is by row of ``survey``; ``planned`` and ``seen`` are
    the keys; a marker of the design is held to its own of ``own_limits_m``, where given, all others
    to ``tolerance_m``.  Where a marker has fixed solutions, those that are not are left out.
    Where what is kept disagrees by more than the tolerance the row is marked ``duplicate``; so
    it is where something that far off was left out and under three observations stay.  Where the
    states noted differ, all of them are kept, joined by a comma.
    """
    frame = survey.frame
    limits_m = np.full(len(planned), tolerance_m) if own_limits_m is None else own_limits_m
    marker = rows_of(seen, planned)
    shared = _shared_names(planned)
    if shared is not None:  # which of its markers such a name means, only the place can tell
        marker[shared[marker]] = -1
        seen = pc.if_else(pa.array(marker >= 0), seen, pa.scalar("?", seen.type))
    code = marker.copy()
    other = np.flatnonzero(marker < 0)
    if len(other):
        code[other] = len(planned) + _codes(seen.take(other))
    total = np.bincount(code)
    there = np.flatnonzero(total)
    group = np.cumsum(total > 0)[code] - 1
    count = total[there]
    first = np.empty(len(there), dtype=np.intp)
    first[group[::-1]] = np.arange(len(group))[::-1]
    mean, apart = place[first], np.zeros(len(there))
    limit_m = np.append(limits_m, tolerance_m)[marker[first]]
    accuracy = frame["accuracy_m"].to_numpy(dtype="float64")[first]
    issues: list[Issue] = []
    if len(there) < len(group):
        several, spot, better, off, used, issues = _epochs(survey, group, count, place, limit_m)
        mean[several], accuracy[several], apart[several] = spot, better, off
        count = count.copy()
        count[several] = used
    observations = Observations(
        ids=frame["marker_id"].to_numpy(dtype=object)[first],
        marker=marker[first],
        place=mean,
        accuracy_m=accuracy,
        state=_states(frame, group, total[there], first),
        duplicate=apart > limit_m,
        repeats=count,
        offset=np.zeros(len(there), dtype=complex),
    )
    return observations, issues


def _shared_names(planned: pa.Array) -> NDArray[np.bool_] | None:
    """Which markers share their key with another, and one more False; None where none does."""
    if pc.count_distinct(planned).as_py() == len(planned):
        return None
    names = pd.Series(np.asarray(planned.to_numpy(zero_copy_only=False), dtype=object))
    return np.append(names.duplicated(keep=False).to_numpy(dtype=bool), False)


def _epochs(
    survey: Layer,
    group: Rows,
    count: NDArray[np.int64],
    place: Places,
    limit_m: NDArray[np.float64],
) -> tuple[Rows, Places, NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], list[Issue]]:
    """The markers observed more than once: place, accuracy, how far apart, how many were used."""
    frame = survey.frame
    rows = np.flatnonzero(count[group] > 1)
    if "fix" in frame:
        fixed = (frame["fix"].iloc[rows] == "fixed").to_numpy(dtype=bool)
        has_fixed = np.bincount(group[rows], fixed, minlength=len(count)) > 0
        rows = rows[fixed | ~has_fixed[group[rows]]]
    several, codes = np.unique(group[rows], return_inverse=True)
    times = frame["observed_at"].to_numpy(dtype="datetime64[s]") if "observed_at" in frame else (
        np.full(len(frame), np.datetime64("NaT", "s"))
    )  # fmt: skip
    spots = place[rows]
    found = average_epochs(
        codes, spots.real, spots.imag, frame["accuracy_m"].to_numpy(dtype="float64")[rows],
        occupations_of(codes, times[rows]),
    )  # fmt: skip
    mean = joined(found.easting_m, found.northing_m)
    kept = ~found.outlier
    apart = _apart(codes[kept], spots[kept], mean, limit_m[several])
    worst = np.zeros(len(several))
    np.maximum.at(worst, codes[found.outlier], found.off_m[found.outlier])
    few = found.used < _ENOUGH
    apart[few] = np.maximum(apart[few], worst[few])
    issues = outlier_issues(
        found, layer=survey.name, rows=frame["source_row"].to_numpy(dtype=np.int64)[rows],
        ids=frame["marker_id"].to_numpy(dtype=object)[rows],
    )  # fmt: skip
    far = int((apart > _TWO_PLACES_M).sum())
    if far >= _ENOUGH:
        issues.append(warning("several_clusters", layer=survey.name, count=far))
    return several, mean, found.accuracy_m, apart, found.used, issues


def _apart(
    codes: Rows, spots: Places, mean: Places, limit_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far the two farthest points of each marker are apart, as far as it matters."""
    worst = np.zeros(len(mean))
    np.maximum.at(worst, codes, np.abs(spots - mean[codes]))
    # Two points are apart by at most twice the farther one's distance from any place.
    apart = 2 * worst
    number = np.bincount(codes, minlength=len(mean))
    for each in np.flatnonzero((number > 1) & (apart > limit_m)):
        own = shapely.multipoints(np.column_stack((spots[codes == each].real,
                                                   spots[codes == each].imag)))  # fmt: skip
        hull = joined(*shapely.get_coordinates(shapely.convex_hull(own)).T)
        apart[each] = np.abs(hull[:, None] - hull).max()
    return apart


def _codes(names: pa.Array) -> Rows:
    """One code a name; what has no letter or digit (``?``, ``-``) is nobody's name twice."""
    code = pd.factorize(np.asarray(names.to_numpy(zero_copy_only=False), dtype=object))[0]
    nameless = pc.invert(pc.fill_null(pc.match_substring_regex(names, r"[\pL\pN]"), False))
    alone = np.flatnonzero(nameless.to_numpy(zero_copy_only=False))
    code[alone] = len(names) + np.arange(len(alone))
    return np.asarray(code, dtype=np.intp)


def _states(
    survey: pd.DataFrame, group: Rows, count: NDArray[np.int64], first: Rows
) -> NDArray[np.object_]:
    given = survey["state"]
    state = np.full(len(count), None, dtype=object)
    noted = given.notna().to_numpy()
    if not noted.any():
        return state
    words: NDArray[Any] = given.to_numpy(dtype=object)
    state[noted[first]] = words[first[noted[first]]]
    for each in np.unique(group[noted & (count[group] > 1)]):
        said = dict.fromkeys(words[(group == each) & noted])
        state[each] = ", ".join(said)
    return state


def match_by_place(design: Places, seen: Places, reach_m: float) -> tuple[Rows, Rows]:
    """Pairs (design, seen) that are each other's nearest within ``reach_m``, by design."""
    nothing = np.empty(0, dtype=np.intp)
    usable = np.flatnonzero(np.isfinite(seen))
    if not len(design) or not len(usable):
        return nothing, nothing
    one = np.asarray(shapely.points(design.real, design.imag), dtype=object)
    two = np.asarray(shapely.points(seen[usable].real, seen[usable].imag), dtype=object)
    there = shapely.STRtree(two).query_nearest(one, max_distance=reach_m, all_matches=False)
    back = shapely.STRtree(one).query_nearest(two, max_distance=reach_m, all_matches=False)
    nearest = np.full(len(two), -1, dtype=np.intp)
    nearest[back[0]] = back[1]
    mutual = nearest[there[1]] == there[0]
    return there[0][mutual], usable[there[1][mutual]]
