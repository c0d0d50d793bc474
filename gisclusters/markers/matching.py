"""Which observation is of which marker: by id first, by distance for the rest."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Observations:
    """One row a point of the survey: repeats that agree are averaged."""

    ids: NDArray[np.object_]
    keys: NDArray[np.object_]
    place: NDArray[np.complex128]
    accuracy_m: NDArray[np.float64]
    state: NDArray[np.object_]
    duplicate: NDArray[np.bool_]
    repeats: NDArray[np.int64]


def normal_id(name: object) -> str:
    """``RG-01``, ``RG1``, ``rg 01`` and ``RG.1`` are one id: NFC, capitals, numbers plain.

    A mark between two numbers stays: ``1-1`` is not ``11``.
    """
    text = unicodedata.normalize("NFC", str(name)).upper()
    text = re.sub(r"(?<=\d)[\s_.\-/]+(?=\d)", "-", text)
    text = re.sub(r"(?<!\d)[\s_.\-/]+|[\s_.\-/]+(?!\d)", "", text)
    return _NUMBERS.sub(lambda found: str(int(found[0])), text)


def keys_of(frame: pd.DataFrame, *, with_cluster: bool) -> NDArray[np.object_]:
    """The matching key of each row; with the cluster before it where both sides know it."""
    names = [normal_id(name) for name in frame["marker_id"]]
    if with_cluster:
        names = [f"{cluster}\0{name}" for cluster, name in zip(frame["cluster_id"], names,
                                                               strict=True)]  # fmt: skip
    return np.array(names, dtype=object)


def combine_repeats(
    frame: pd.DataFrame, keys: NDArray[np.object_], place: NDArray[np.complex128],
    tolerance_m: float,
) -> Observations:  # fmt: skip
    """Observations of one marker averaged where any two agree within the tolerance.

    Those that disagree by more are one row marked ``duplicate``, at their mean.  Where the
    states noted differ, all of them are kept, joined by a comma.
    """
    codes, first = pd.factorize(keys)
    count = np.bincount(codes)
    mean = np.bincount(codes, place.real) / count + 1j * (np.bincount(codes, place.imag) / count)
    away = np.abs(place - mean[codes])
    worst = np.zeros(len(count))
    np.maximum.at(worst, codes, away)
    # Two points are apart by twice their distance from the middle; more of them by up to that.
    apart = 2 * worst
    for code in np.flatnonzero((count > 2) & (apart > tolerance_m)):
        own = place[codes == code]
        apart[code] = np.abs(own[:, None] - own).max()
    start = np.unique(codes, return_index=True)[1]
    states = frame["state"].to_numpy(dtype=object)
    state = states[start]
    for code in np.flatnonzero(count > 1):
        noted = dict.fromkeys(word for word in states[codes == code] if word is not None)
        state[code] = ", ".join(noted) or None
    accuracy = frame["accuracy_m"].to_numpy(dtype="float64")
    squares = np.bincount(codes, np.nan_to_num(accuracy, nan=0.0) ** 2)
    unknown = np.bincount(codes, np.isnan(accuracy)) > 0
    return Observations(
        ids=frame["marker_id"].to_numpy(dtype=object)[start],
        keys=np.asarray(first, dtype=object),
        place=mean,
        accuracy_m=np.where(unknown, np.nan, np.sqrt(squares) / count),
        state=state,
        duplicate=apart > tolerance_m,
        repeats=count,
    )


def match_by_distance(
    design: NDArray[np.complex128], seen: NDArray[np.complex128], reach_m: float
) -> list[tuple[int, int]]:
    """Pairs (design, seen) that are each other's nearest within ``reach_m``."""
    if not len(design) or not len(seen):
        return []
    one = np.asarray(shapely.points(design.real, design.imag), dtype=object)
    two = np.asarray(shapely.points(seen.real, seen.imag), dtype=object)
    there = shapely.STRtree(two).query_nearest(one, max_distance=reach_m, all_matches=False)
    back = shapely.STRtree(one).query_nearest(two, max_distance=reach_m, all_matches=False)
    nearest = dict(zip(*back, strict=True))
    return [(int(i), int(j)) for i, j in zip(*there, strict=True) if nearest.get(j) == i]
