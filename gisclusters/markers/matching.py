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

from gisclusters.markers.ids import normal_ids, with_clusters
from gisclusters.markers.places import Places, joined

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Observations:
    """One row a point of the survey: repeats under one name that agree are averaged.

    ``marker`` is the design row of that name, -1 where no marker has it.  ``offset`` leads from
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
    survey: pd.DataFrame, place: Places, planned: pa.Array, seen: pa.Array, tolerance_m: float
) -> Observations:
    """Observations of one marker averaged where any two agree within the tolerance.

    ``place`` (easting + i · northing, metres) is by row of ``survey``; ``planned`` and ``seen`` are
    the keys.  Those that disagree by more are one row marked ``duplicate``, at their mean.
    Where the states noted differ, all of them are kept, joined by a comma.
    """
    marker = rows_of(seen, planned)
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
    if len(there) == len(group):
        mean, apart = place[first], np.zeros(len(there))
    else:
        mean, apart = _mean(group, count, place, tolerance_m)
    return Observations(
        ids=survey["marker_id"].to_numpy(dtype=object)[first],
        marker=marker[first],
        place=mean,
        accuracy_m=_mean_accuracy(survey, group, count),
        state=_states(survey, group, count, first),
        duplicate=apart > tolerance_m,
        repeats=count,
        offset=np.zeros(len(there), dtype=complex),
    )


def _codes(names: pa.Array) -> Rows:
    """One code a name; what has no letter or digit (``?``, ``-``) is nobody's name twice."""
    code = pd.factorize(np.asarray(names.to_numpy(zero_copy_only=False), dtype=object))[0]
    nameless = pc.invert(pc.fill_null(pc.match_substring_regex(names, r"[\pL\pN]"), False))
    alone = np.flatnonzero(nameless.to_numpy(zero_copy_only=False))
    code[alone] = len(names) + np.arange(len(alone))
    return np.asarray(code, dtype=np.intp)


def _mean(
    group: Rows, count: NDArray[np.int64], place: Places, tolerance_m: float
) -> tuple[Places, NDArray[np.float64]]:
    """The middle of each group, and how far its two farthest points are apart."""
    mean = joined(np.bincount(group, place.real) / count, np.bincount(group, place.imag) / count)
    worst = np.zeros(len(count))
    np.maximum.at(worst, group, np.abs(place - mean[group]))
    # Two points are apart by twice their distance from the middle; more of them by up to that.
    apart = 2 * worst
    for each in np.flatnonzero((count > 2) & (apart > tolerance_m)):
        own = place[group == each]
        spots = shapely.multipoints(np.column_stack((own.real, own.imag)))
        hull = joined(*shapely.get_coordinates(shapely.convex_hull(spots)).T)
        apart[each] = np.abs(hull[:, None] - hull).max()
    return mean, apart


def _mean_accuracy(
    survey: pd.DataFrame, group: Rows, count: NDArray[np.int64]
) -> NDArray[np.float64]:
    accuracy = survey["accuracy_m"].to_numpy(dtype="float64")
    # A row without one makes the mean unknown: adding up keeps the nan.
    return np.asarray(np.sqrt(np.bincount(group, accuracy**2)) / count, dtype=np.float64)


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
