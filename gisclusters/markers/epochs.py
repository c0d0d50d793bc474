"""Several epochs of one marker to one point: outliers named, the rest averaged.

Arrays in, arrays out; a million rows cost seconds.  Accuracies are √(σE²+σN²), as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, warning

Floats = NDArray[np.float64]

OUTLIER_FACTOR = 3.0
"""Times the accuracy: of good epochs 1 in 8 000 lies farther (exp(−3²), both axes alike)."""
FEWEST_TO_TELL = 3
"""Of two epochs that disagree nobody knows which is wrong."""
OCCUPATION_GAP_S = 600.0
"""Epochs with no longer pause share base, sky and centring: they are one occupation."""
_RMS_OF_MEDIAN = 1 / np.sqrt(np.log(2))
"""√(σE²+σN²) over the median distance, errors normal and alike on both axes."""
_LEAST_NOISE_M = 0.001
_TOLD = 50


@dataclass(frozen=True, slots=True)
class Epochs:
    """Markers as averaged, one place each, and what was found of each row.

    ``accuracy_m`` is NaN where any row kept had none; ``spread_m`` is the root mean square
    distance of the rows kept from their mean; ``occupations`` how many visits they stand for.
    ``outlier``, ``off_m`` (distance from the marker's median) and ``limit_m`` are of the rows.
    """

    easting_m: Floats
    northing_m: Floats
    accuracy_m: Floats
    spread_m: Floats
    count: NDArray[np.int64]
    used: NDArray[np.int64]
    occupations: NDArray[np.int64]
    outlier: NDArray[np.bool_]
    off_m: Floats
    limit_m: Floats


def average_epochs(
    codes: NDArray[np.intp],
    easting_m: Floats,
    northing_m: Floats,
    accuracy_m: Floats,
    occupation: NDArray[np.intp] | None = None,
) -> Epochs:
    """The mean of each marker's epochs without its outliers.

    ``codes`` are the markers of the rows, 0 … n−1, each with at least one row; coordinates are
    finite.  A row is an outlier where its distance from the marker's median exceeds three times
    the greater of its own accuracy and the scatter of the marker's rows (by the median distance,
    so that the outlier itself does not widen it); of fewer than three rows none is.  Rows are
    weighted by 1/accuracy² where every row kept of a marker has one.  The accuracy of the mean
    is that of one epoch over the root of the number of *occupations* (one where none are given):
    epochs of one occupation share their errors.
    """
    groups = int(codes.max()) + 1 if len(codes) else 0
    count = np.bincount(codes, minlength=groups)
    middle_e, middle_n = _medians(codes, easting_m, count), _medians(codes, northing_m, count)
    off = np.hypot(easting_m - middle_e[codes], northing_m - middle_n[codes])
    scatter = _medians(codes, off, count) * _RMS_OF_MEDIAN
    known = np.nan_to_num(accuracy_m, nan=0.0)
    limit = OUTLIER_FACTOR * np.maximum(np.maximum(known, scatter[codes]), _LEAST_NOISE_M)
    outlier = (off > limit) & (count[codes] >= FEWEST_TO_TELL)
    kept = ~outlier
    own = codes[kept]
    used = np.bincount(own, minlength=groups)
    without = np.bincount(own, ~(accuracy_m[kept] > 0), minlength=groups) > 0
    weight = np.where(without[own], 1.0, 1 / np.maximum(known[kept], _LEAST_NOISE_M) ** 2)
    total = np.bincount(own, weight, minlength=groups)
    # About the median, so that seven figures before the point cost none behind it.
    mean_e = middle_e + _sums(own, weight * (easting_m - middle_e[codes])[kept], groups) / total
    mean_n = middle_n + _sums(own, weight * (northing_m - middle_n[codes])[kept], groups) / total
    away = np.hypot(easting_m[kept] - mean_e[own], northing_m[kept] - mean_n[own])
    visits = np.ones(groups, dtype=np.int64)
    if occupation is not None:
        pairs = np.unique(np.stack([own, occupation[kept]]), axis=1)
        visits = np.bincount(pairs[0], minlength=groups)
    one_epoch = np.sqrt(used / total)
    return Epochs(
        easting_m=mean_e, northing_m=mean_n,
        accuracy_m=np.where(without, np.nan, one_epoch / np.sqrt(visits)),
        spread_m=np.sqrt(_sums(own, away**2, groups) / used),
        count=count, used=used, occupations=visits, outlier=outlier, off_m=off, limit_m=limit,
    )  # fmt: skip


def occupations_of(
    codes: NDArray[np.intp], observed_at: NDArray[np.datetime64]
) -> NDArray[np.intp]:
    """For each row which visit to its marker it belongs to, counted from 0.

    A visit ends with a pause longer than ten minutes; rows without a time are the first visit.
    """
    order = np.lexsort((observed_at, codes))
    times = observed_at[order].astype("datetime64[s]")
    seconds = times.astype("float64")
    seconds[np.isnat(times)] = np.nan
    same = np.diff(codes[order]) == 0
    begins = np.concatenate([[False], same & (np.diff(seconds) > OCCUPATION_GAP_S)])
    running = np.cumsum(begins)
    first = np.concatenate([[True], ~same])
    at_start = np.maximum.accumulate(np.where(first, running, 0))
    visits = np.empty(len(codes), dtype=np.intp)
    visits[order] = np.where(np.isnan(seconds), 0, running - at_start)
    return visits


def outlier_issues(
    epochs: Epochs,
    *,
    layer: str,
    rows: NDArray[np.int64],
    ids: NDArray[np.object_],
) -> list[Issue]:
    """A warning for each row left out of a mean, the farthest first; past 50 they are counted."""
    found = np.flatnonzero(epochs.outlier)
    found = found[np.argsort(-epochs.off_m[found], kind="stable")]
    issues = [
        warning("epoch_outlier", layer=layer, row=int(rows[place]), id=str(ids[place]),
                metres=float(epochs.off_m[place]), limit_m=float(epochs.limit_m[place]))
        for place in found[:_TOLD]
    ]  # fmt: skip
    if len(found) > _TOLD:
        issues.append(warning("epoch_outliers_more", layer=layer, count=len(found) - _TOLD))
    return issues


def _sums(codes: NDArray[np.intp], values: Floats, groups: int) -> Floats:
    sums: Floats = np.bincount(codes, values, minlength=groups).astype(np.float64)
    return sums


def _medians(codes: NDArray[np.intp], values: Floats, count: NDArray[np.int64]) -> Floats:
    """The median of the values of each code, by one sort."""
    ordered = values[np.lexsort((values, codes))]
    start = np.cumsum(count) - count
    low, high = start + (count - 1) // 2, start + count // 2
    medians: Floats = ordered[low] + (ordered[high] - ordered[low]) / 2
    return medians
