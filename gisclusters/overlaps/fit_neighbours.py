"""Other clusters beside a cluster: allowed only where linked (Decree 32/2024/NĐ-CP, Art. 4(2)đ)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.verdicts import FitVerdict, NotCheckedReason
from gisclusters.geometry.width import certainty, pair_tolerance_m
from gisclusters.layers.layer import Layer
from gisclusters.overlaps.fit_rows import Subject, answer, areal, remainder
from gisclusters.rules.dated import Dated

CHECK = "adjacency"
_ENDED = ("abolished", "withdrawn")


def other_clusters(clusters: Sequence[Layer], as_of: date) -> gpd.GeoDataFrame | None:
    """Clusters in force on a day, neither abolished nor withdrawn; None without a layer."""
    frames = []
    for layer in clusters:
        frame = layer.shapes
        kept = layer.in_force(as_of) & ~frame["status"].isin(_ENDED).to_numpy()
        frames.append(frame.loc[kept, ["cluster_id", "name", "accuracy_m", "geometry"]])
    if not frames:
        return None
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=frames[0].crs)


def check_neighbours(
    members: Sequence[Subject], clusters: Sequence[Layer], *, as_of: date, rule: Dated | None,
    near_m: float,
) -> list[dict[str, Any]]:  # fmt: skip
    """One answer per subject; ``parts`` are the clusters within ``near_m``, the nearest first.

    ``distance_m`` is to the nearest of them (0 where they touch or overlap), ``border_m`` the
    length of the subject's border that lies within the tolerance of both outlines (known to
    twice that tolerance at each end).  Clusters beside each other are ``undecided`` with the
    reason ``links_needed``: no layer says whether they are linked.
    """
    others = other_clusters(clusters, as_of)
    return [
        answer(each, CHECK, FitVerdict.NOT_CHECKED, str(NotCheckedReason.NO_DATA), rule=rule)
        if others is None or not (others["cluster_id"] != each.id).any()
        else _judged(each, others, rule, near_m)
        for each in members
    ]


def _judged(
    subject: Subject, others: gpd.GeoDataFrame, rule: Dated | None, near_m: float
) -> dict[str, Any]:
    near = others.iloc[
        np.sort(others.sindex.query(subject.shape, predicate="dwithin", distance=near_m))
    ]
    near = near[near["cluster_id"] != subject.id]
    if near.empty:
        return answer(subject, CHECK, FitVerdict.FITS, rule=rule)
    shapes = near.geometry.to_numpy()
    distances = shapely.distance(subject.shape, shapes)
    tolerances = pair_tolerance_m(
        np.full(len(near), subject.accuracy_m), near["accuracy_m"].to_numpy(dtype="float64")
    )
    parts = [
        {
            "cluster_id": row["cluster_id"],
            "name": None if pd.isna(row["name"]) else row["name"],
            "distance_m": float(distance),
            "border_m": _border_m(subject.shape, shape, float(tolerance)),
            "tolerance_m": float(tolerance),
        } | _relation(subject.shape, shape, float(distance), float(tolerance))
        for row, shape, distance, tolerance in zip(
            near.to_dict("records"), shapes, distances, tolerances, strict=True
        )
    ]  # fmt: skip
    parts.sort(key=lambda part: (part["distance_m"], -part["border_m"]))
    states = [part["relation"] for part in parts]
    if "overlaps" in states:
        verdict, reason = FitVerdict.DOES_NOT_FIT, "overlaps_cluster"
    elif "adjacent" in states:
        verdict, reason = FitVerdict.UNDECIDED, "links_needed"
    elif "unclear" in states:
        verdict, reason = FitVerdict.UNDECIDED, "accuracy"
    else:
        verdict, reason = FitVerdict.FITS, None
    first = parts[0]
    return answer(
        subject, CHECK, verdict, reason, rule=rule, parts=parts,
        measured={
            "distance_m": first["distance_m"], "tolerance_m": first["tolerance_m"],
            "border_m": sum(part["border_m"] for part in parts),
        },
    )  # fmt: skip


def _relation(
    shape: shapely.Geometry, other: shapely.Geometry, distance_m: float, tolerance_m: float
) -> dict[str, str]:
    """``overlaps adjacent unclear apart``, by width where they meet, by distance where not."""
    if distance_m == 0:
        shared = remainder(areal(shapely.intersection(shape, other)), tolerance_m)
        return {"relation": "overlaps" if shared.matters else "adjacent"}
    worth = certainty(distance_m, tolerance_m)
    return {"relation": {"within_accuracy": "adjacent", "undecided": "unclear"}.get(worth, "apart")}


def _border_m(shape: shapely.Geometry, other: shapely.Geometry, tolerance_m: float) -> float:
    """How much of the border of ``shape`` lies within the tolerance of the other's border."""
    beside = shapely.buffer(shapely.boundary(other), tolerance_m + 1e-6, cap_style="flat")
    return float(shapely.length(shapely.intersection(shapely.boundary(shape), beside)))
