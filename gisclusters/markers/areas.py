"""The area inside surveyed markers, how surely it is known, and what it is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.markers.nesting import Meeting, enclosed
from gisclusters.markers.rings import Rings, crossings, ring_polygons, signed_areas_m2
from gisclusters.markers.standing import Standing
from gisclusters.rules.edges import EdgeRules

_Complexes = NDArray[np.complex128]
_TOLD = 20
_UNSOUND = frozenset({"too_few", "unplaced", "crossing", "repeated", "flat"})

RING_COLUMNS = (
    "cluster_id", "ring", "state", "markers", "measured_markers", "ordered_by", "direction",
    "perimeter_m", "area_m2", "crossing",
)  # fmt: skip
AREA_COLUMNS = (
    "cluster_id", "against", "verdict", "area_reason", "area_m2", "area_sd_m2", "expected_m2",
    "difference_m2", "rounding_m2", "markers", "measured_markers", "from_design",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground inside the markers of one cluster, None where they enclose none.

    ``accuracy_m`` is the root mean square of its markers' accuracies, NaN where one is not
    known; ``rings`` are its rings.
    """

    cluster: str | None
    shape: shapely.Geometry | None
    accuracy_m: float
    rings: NDArray[np.intp]


def ring_states(standing: Standing, rings: Rings, met: Sequence[Meeting] = ()) -> pd.DataFrame:
    """One row for each ring, columns ``RING_COLUMNS``.

    ``state``: ``ok``; ``too_few`` corners; ``unplaced`` (a marker nobody measured, among
    others whose places are not to be mixed with designed ones); ``crossing`` (``crossing``
    says which edges, the first five; its own or those of another ring of the cluster, ``met``);
    ``repeated``: another ring encloses the same ground; ``reversed``: the surveyed markers
    run the other way round than the designed ones; ``flat``: the ring encloses no more than
    two standard deviations of its area.  ``direction`` is that of the design, ``perimeter_m``
    and ``area_m2`` are of the places.
    """
    designed, placed = (signed_areas_m2(rings, at) for at in (standing.designed, standing.place))
    shapes = ring_polygons(rings, standing.place)
    sd = _ring_sd_m2(standing, rings)
    state = np.full(len(rings), "ok", dtype=object)
    crossing: list[str | None] = [None] * len(rings)
    state[np.abs(placed) <= np.nan_to_num(2 * sd)] = "flat"
    state[np.sign(designed) * np.sign(placed) < 0] = "reversed"
    none = np.array([shape is None for shape in shapes], dtype=bool)
    for k in np.flatnonzero(~none & ~shapely.is_valid(shapes)).tolist():
        of_ring = rings.corners(k)
        own = crossings(standing.place[of_ring], standing.ids[of_ring])
        state[k] = "crossing" if own else "flat"
        crossing[k] = "; ".join(f"{a}–{b} × {c}–{d}" for a, b, c, d in own) or None
    state[none] = "unplaced"
    state[rings.sizes < 3] = "too_few"
    lengths = np.abs(standing.place[rings.order[rings.following]] - standing.place[rings.order])
    area = np.where(np.isin(state, ["ok", "reversed", "flat"]), np.abs(placed), np.nan)
    for each in met:
        for k in (each.one, each.other):
            crossing[k] = "; ".join(filter(None, (crossing[k], each.edges))) or None
            state[k] = "crossing" if state[k] == "crossing" else each.conflict
    counted = (standing.measured[rings.order]).astype(float)
    return pd.DataFrame(
        {
            "cluster_id": rings.clusters, "ring": rings.numbers, "state": state,
            "markers": rings.sizes,
            "measured_markers": np.bincount(rings.ring_of, counted, len(rings)).astype(int),
            "ordered_by": np.where(rings.by_order, "order", "ids"),
            "direction": np.select([designed < 0, designed > 0],
                                   ["clockwise", "counterclockwise"], default=""),
            "perimeter_m": np.bincount(rings.ring_of, lengths, len(rings)),
            "area_m2": area,
            "crossing": pd.Series(crossing, dtype=object),
        }
    )[list(RING_COLUMNS)]  # fmt: skip


def grounds_of(standing: Standing, rings: Rings, states: pd.DataFrame) -> list[Ground]:
    """The ground of each cluster: ring within ring is a hole, ring beside ring a part."""
    shapes = ring_polygons(rings, standing.place)
    sound = ~states["state"].isin(_UNSOUND - {"flat"}).to_numpy()
    accuracies = ring_accuracies_m(standing, rings)
    by_cluster: dict[str | None, list[int]] = {}
    for k, cluster in enumerate(rings.clusters):
        by_cluster.setdefault(cluster, []).append(k)
    found = []
    for cluster, places in by_cluster.items():
        own = np.array(places, dtype=np.intp)
        shape = enclosed(shapes[own], accuracies[own]) if sound[own].all() else None
        squares = accuracies[own] ** 2 * rings.sizes[own]
        accuracy = float(np.sqrt(squares.sum() / rings.sizes[own].sum()))
        found.append(Ground(cluster, shape, accuracy, own))
    return found


def ring_accuracies_m(standing: Standing, rings: Rings) -> NDArray[np.float64]:
    """The root mean square of the accuracies of each ring's markers, NaN where one has none."""
    squares = np.bincount(rings.ring_of, standing.accuracy_m[rings.order] ** 2, len(rings))
    return np.asarray(np.sqrt(squares / rings.sizes))


def compare_areas(
    standing: Standing, rings: Rings, states: pd.DataFrame, grounds: Sequence[Ground],
    expected_m2: Mapping[str, Mapping[str | None, float]], rules: EdgeRules,
) -> pd.DataFrame:  # fmt: skip
    """One row for each cluster and each area to hold the measured one against.

    ``expected_m2`` gives those known beside the design, by what they are (``registered``,
    ``boundary``) and cluster; columns ``AREA_COLUMNS``.  With Δ the difference, r the rounding
    of a written figure and s the standard deviation of the measured area by its vertices
    (½ · √Σ σᵢ² |P(i+1) − P(i−1)|², σᵢ of one coordinate): ``within_accuracy`` where
    Δ ≤ r + 2s, ``real`` where Δ > r + 3s (house values), ``undecided`` between and where the
    survey says no accuracy.  ``not_checked`` where the markers enclose no ground, or none was
    measured.  ``from_design`` names markers that nobody measured.
    """
    designed = ring_polygons(rings, standing.designed)
    sds, accuracies = _ring_sd_m2(standing, rings), ring_accuracies_m(standing, rings)
    rows: list[dict[str, object]] = []
    for ground in grounds:
        corners = np.concatenate([rings.corners(int(k)) for k in ground.rings])
        lost = corners[~standing.measured[corners]]
        base: dict[str, object] = {
            "cluster_id": ground.cluster,
            "markers": len(corners),
            "measured_markers": len(corners) - len(lost),
            "from_design": _names(standing.ids[lost]) if len(lost) else None,
        }
        area = _area_m2(ground.shape)
        sd = float(np.sqrt((sds[ground.rings] ** 2).sum()))
        against = {
            "design": _area_m2(enclosed(designed[ground.rings], accuracies[ground.rings]))
        } | {
            what: known[ground.cluster]
            for what, known in expected_m2.items()
            if ground.cluster in known
        }
        reason = _reason(ground, states, measured=len(corners) - len(lost))
        for what, expected in against.items():
            rounding = _rounding(expected, rules) if what == "registered" else 0.0
            unknown = reason or ("design_unsound" if np.isnan(expected) else None)
            verdict = "not_checked" if unknown else _verdict(
                abs(area - expected), rounding, sd, rules
            )  # fmt: skip
            rows.append(base | {
                "against": what, "verdict": verdict, "area_reason": unknown or (
                    "accuracy_unknown" if np.isnan(sd) else None),
                "area_m2": np.nan if reason == "none_measured" else area,
                "area_sd_m2": np.nan if reason else sd,
                "expected_m2": expected, "rounding_m2": rounding,
                "difference_m2": np.nan if unknown else area - expected,
            })  # fmt: skip
    return pd.DataFrame(rows, columns=list(AREA_COLUMNS))


def _ring_sd_m2(standing: Standing, rings: Rings) -> NDArray[np.float64]:
    """The standard deviation of each ring's area, from that of each of its corners."""
    if not len(rings):
        return np.empty(0)
    place = standing.place[rings.order]
    chord = np.abs(place[rings.following] - place[rings.preceding])
    per_coordinate = standing.accuracy_m[rings.order] / np.sqrt(2)
    total = np.bincount(rings.ring_of, (per_coordinate * chord) ** 2, len(rings))
    return np.asarray(np.sqrt(total) / 2)


def _area_m2(ground: shapely.Geometry | None) -> float:
    return np.nan if ground is None else float(shapely.area(ground))


def _reason(ground: Ground, states: pd.DataFrame, *, measured: int) -> str | None:
    if not measured:
        return "none_measured"
    if ground.shape is not None:
        return None
    told = states["state"].to_numpy(dtype=object)[ground.rings]
    bad = [str(state) for state in told if state in _UNSOUND]
    return bad[0] if bad else "flat"


def _verdict(difference: float, rounding: float, sd: float, rules: EdgeRules) -> str:
    if np.isnan(sd):
        return "undecided"
    beyond = difference - rounding - 1e-6
    if beyond <= rules.within_sd * sd:
        return "within_accuracy"
    return "real" if beyond > rules.real_sd * sd else "undecided"


def _rounding(figure_m2: float, rules: EdgeRules) -> float:
    """Half of the last digit of a written figure that is not 0, up to the value of the house."""
    half = 0.5
    while half * 10 <= rules.figure_rounding_m2 and figure_m2 % (half * 20) == 0:
        half *= 10
    return half if figure_m2 % 1 == 0 else 0.0


def _names(ids: NDArray[np.object_]) -> str:
    told = ", ".join(str(name) for name in ids[:_TOLD])
    return told if len(ids) <= _TOLD else f"{told} … ({len(ids)})"
