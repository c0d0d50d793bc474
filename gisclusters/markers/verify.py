"""Hold a survey against the approved markers of one layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, warning
from gisclusters.domain.run import RuleSet
from gisclusters.domain.verdicts import MarkerCause, MarkerVerdict
from gisclusters.errors import CrsMismatchError, UsageError
from gisclusters.geometry.crs import DATUM_ACCURACY_M, is_lonlat
from gisclusters.layers.layer import Layer
from gisclusters.markers.diagnosis import diagnose
from gisclusters.markers.matching import (
    Observations,
    combine_repeats,
    keys_of,
    match_by_distance,
)
from gisclusters.markers.position import REFERENCE_ERRORS, Settled, judge
from gisclusters.markers.report import Diagnosis, MarkerReport
from gisclusters.rules.loader import read_rule_file

_ROWS = ("marker_id", "matched_by", "verdict", "de_m", "dn_m", "distance_m", "residual_m",
         "tolerance_m", "accuracy_m", "state", "note")  # fmt: skip
_REACH_IN_TOLERANCES = 50
UNEXPLAINED = frozenset(MarkerCause) - REFERENCE_ERRORS - {MarkerCause.NONE}
"""Causes under which nobody knows whether ground or survey is wrong, unless control tells."""

_LEAST_NOISE_M = 0.001


def verify_markers(
    design: Layer,
    survey: Layer,
    *,
    tolerance_m: float | None = None,
    scale: int = 500,
    control: Layer | None = None,
) -> MarkerReport:
    """Which marker stands, moved or is missing, and what is wrong with the whole set.

    ``design`` is in a projected CRS in metres (CrsMismatchError otherwise); a survey in
    another CRS is brought to it, and one in longitude and latitude is warned of: the datum
    operation itself is good to about a metre.  Differences are raw, measured − design, in
    the design's CRS; nothing is snapped.  Control points, where given, are compared first:
    if they too carry the common part, the survey is wrong and it is removed.  Tolerance:
    ``tolerance_m``, else by ``scale`` from the rules (Circular 25/2014/TT-BTNMT); raises
    UsageError (``no_tolerance``) for a scale without one.
    """
    if design.crs is None or is_lonlat(design.crs):
        raise CrsMismatchError(f"{design.name} is in {design.crs}, not in metres")
    limit, source, rules = _tolerance(tolerance_m, scale)
    issues: list[Issue] = []
    if any(code and is_lonlat(code) for code in (survey.crs, survey.source.crs_as_received)):
        issues.append(warning("datum_accuracy", layer=survey.name, accuracy=DATUM_ACCURACY_M))
    measured = _markers_only(survey.to_crs(design.crs))
    both = _both_know_clusters(design, measured)
    placed = ~shapely.is_empty(measured.shapes.geometry.to_numpy())
    unplaced, measured = measured.where(~placed), measured.where(placed)
    seen = combine_repeats(
        measured.frame, keys_of(measured.frame, with_cluster=both), _places(measured), limit
    )
    planned = _places(design)
    pairs, by = _match(planned, keys_of(design.frame, with_cluster=both), seen, limit)
    usable = np.array([not seen.duplicate[j] for _, j in pairs], dtype=bool)
    i = np.array([pair[0] for pair in pairs], dtype=np.intp)
    j = np.array([pair[1] for pair in pairs], dtype=np.intp)
    noise = float(np.nanmedian(seen.accuracy_m)) if np.isfinite(seen.accuracy_m).any() else 0.0
    diagnosis, _, removed = diagnose(
        planned[i[usable]], seen.place[j[usable]], design.crs, limit_m=limit,
        noise_m=max(noise, _LEAST_NOISE_M),
    )  # fmt: skip
    common = np.zeros(len(i), dtype=complex)
    common[usable] = removed
    if diagnosis.cause is not MarkerCause.NONE and not usable.all() and usable.any():
        common[~usable] = np.median(removed.real) + 1j * np.median(removed.imag)
    if control is not None:
        diagnosis = _by_control(diagnosis, design, control, common, limit)
    rest = _by_position(planned, seen, i, j, common, limit)
    if rest:
        i = np.append(i, [pair[0] for pair in rest]).astype(np.intp)
        j = np.append(j, [pair[1] for pair in rest]).astype(np.intp)
        by += ["distance"] * len(rest)
        middle = np.median(common.real) + 1j * np.median(common.imag) if len(common) else 0j
        common = np.append(common, np.full(len(rest), middle))
    findings = _findings(design, seen, planned, i, j, by, common, limit, diagnosis)
    findings = _with_states(findings, unplaced)
    return MarkerReport(
        findings=findings, diagnosis=diagnosis, issues=tuple(issues), tolerance=source, rules=rules
    )


def _with_states(findings: pd.DataFrame, unplaced: Layer) -> pd.DataFrame:
    """The states of markers that the surveyor looked for and could not measure."""
    if not len(unplaced):
        return findings
    noted = dict(zip(keys_of(unplaced.frame, with_cluster=False), unplaced.frame["state"],
                     strict=True))  # fmt: skip
    missing = findings["verdict"] == str(MarkerVerdict.MISSING)
    found = findings.copy()
    found.loc[missing, "state"] = [
        noted.get(key) for key in keys_of(findings[missing], with_cluster=False)
    ]
    return found


def _tolerance(tolerance_m: float | None, scale: int) -> tuple[float, Mapping[str, Any], RuleSet]:
    content, rules = read_rule_file("vn_markers")
    if tolerance_m is not None:
        return tolerance_m, MappingProxyType({"value_m": tolerance_m, "source": "option"}), rules
    entry = content["tolerances"][-1]
    metres = entry["metres_by_scale"].get(scale)
    if metres is None:
        known = " ".join(str(key) for key in entry["metres_by_scale"])
        raise UsageError("errors.no_tolerance", value=str(scale), known=known)
    return float(metres), MappingProxyType({
        "value_m": float(metres), "source": entry["legal_basis"],
        "confidence": entry["confidence"], "scale": scale, "rule_id": entry["id"],
    }), rules  # fmt: skip


def _markers_only(survey: Layer) -> Layer:
    return survey.where((survey.frame["role"] != "control").to_numpy())


def _both_know_clusters(design: Layer, survey: Layer) -> bool:
    return bool(
        design.frame["cluster_id"].notna().all() and survey.frame["cluster_id"].notna().all()
    )


def _places(layer: Layer) -> NDArray[np.complex128]:
    shapes = layer.shapes.geometry.to_numpy()
    places: NDArray[np.complex128] = shapely.get_x(shapes) + 1j * shapely.get_y(shapes)
    return places


def _match(
    planned: NDArray[np.complex128], keys: NDArray[np.object_], seen: Observations, limit: float
) -> tuple[list[tuple[int, int]], list[str]]:
    """Pairs by id; where hardly any id agrees, by distance."""
    index = {key: place for place, key in enumerate(seen.keys)}
    pairs = [(place, index[key]) for place, key in enumerate(keys) if key in index]
    if pairs:
        return pairs, ["id"] * len(pairs)
    near = match_by_distance(planned, seen.place, _REACH_IN_TOLERANCES * limit)
    return near, ["distance"] * len(near)


def _by_position(
    planned: NDArray[np.complex128], seen: Observations, i: NDArray[np.intp],
    j: NDArray[np.intp], common: NDArray[np.complex128], limit: float,
) -> list[tuple[int, int]]:  # fmt: skip
    """What no id matched, by distance after the common part is taken off."""
    left = np.setdiff1d(np.arange(len(planned)), i)
    right = np.setdiff1d(np.arange(len(seen.place)), j)
    middle = np.median(common.real) + 1j * np.median(common.imag) if len(common) else 0j
    near = match_by_distance(planned[left], seen.place[right] - middle,
                             _REACH_IN_TOLERANCES * limit)  # fmt: skip
    return [(int(left[a]), int(right[b])) for a, b in near]


def _by_control(
    diagnosis: Diagnosis, design: Layer, control: Layer, common: NDArray[np.complex128],
    limit: float,
) -> Diagnosis:  # fmt: skip
    """Control points with known coordinates settle an unexplained common part.

    Control rows carry their known position in ``E_known, N_known``; without it they only
    document the session.
    """
    moved = control.to_crs(str(design.crs))
    if not {"E_known", "N_known"} <= set(moved.frame.columns):
        return diagnosis
    known = moved.frame["E_known"].astype(float) + 1j * moved.frame["N_known"].astype(float)
    off = _places(moved) - known.to_numpy()
    middle = complex(np.median(off.real), np.median(off.imag))
    shared = complex(np.median(common.real), np.median(common.imag)) if len(common) else 0j
    said = None
    if diagnosis.cause in UNEXPLAINED:
        said = "ground" if abs(middle) <= limit else (
            "survey" if abs(middle - shared) <= limit else "neither"
        )  # fmt: skip
    numbers = {**diagnosis.numbers, "control_shift_m": abs(middle)}
    return replace(diagnosis, control=said, numbers=MappingProxyType(numbers))


def _findings(
    design: Layer, seen: Observations, planned: NDArray[np.complex128], i: NDArray[np.intp],
    j: NDArray[np.intp], by: list[str], common: NDArray[np.complex128], limit: float,
    diagnosis: Diagnosis,
) -> pd.DataFrame:  # fmt: skip
    """One row a design marker, then one for each observation nobody planned."""
    count = len(planned)
    ids = design.frame["marker_id"].to_numpy(dtype=object)
    difference = seen.place[j] - planned[i]
    residual = np.abs(difference - common)
    settled: Settled | None = None
    if diagnosis.control in {"survey", "ground"}:
        settled = "survey" if diagnosis.control == "survey" else "ground"
    verdicts = judge(np.abs(difference), residual, seen.accuracy_m[j], limit, diagnosis.cause,
                     settled)  # fmt: skip
    verdicts[seen.duplicate[j]] = str(MarkerVerdict.DUPLICATE)
    table = pd.DataFrame(
        {
            "marker_id": ids, "matched_by": pd.Series([None] * count, dtype=object),
            "verdict": str(MarkerVerdict.MISSING), "de_m": np.nan, "dn_m": np.nan,
            "distance_m": np.nan, "residual_m": np.nan, "tolerance_m": limit,
            "accuracy_m": np.nan, "state": pd.Series([None] * count, dtype=object),
            "note": pd.Series([None] * count, dtype=object),
        }
    )  # fmt: skip
    table["verdict"] = table["verdict"].astype(object)
    for name, values in (
        ("matched_by", np.array(by, dtype=object)), ("verdict", verdicts),
        ("de_m", difference.real), ("dn_m", difference.imag), ("distance_m", np.abs(difference)),
        ("residual_m", residual), ("accuracy_m", seen.accuracy_m[j]), ("state", seen.state[j]),
    ):  # fmt: skip
        column = table[name].to_numpy(copy=True)
        column[i] = values
        table[name] = column
    extra = np.setdiff1d(np.arange(len(seen.place)), j)
    more = pd.DataFrame(
        {
            "marker_id": seen.ids[extra], "verdict": str(MarkerVerdict.EXTRA),
            "tolerance_m": limit, "accuracy_m": seen.accuracy_m[extra],
            "state": seen.state[extra],
        }
    ).reindex(columns=list(_ROWS))  # fmt: skip
    if not len(more):
        return table
    return pd.concat([table, more.astype(table.dtypes.to_dict())], ignore_index=True)
