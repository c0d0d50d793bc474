"""What a person must know before relying on the areas: overlaps, gaps in the data, odd sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.efficiency.area_ladder import NOWHERE, Land, Positions, unions
from gisclusters.layers.layer import Layer

_ROUNDING = 1e-6
"""Relative differences up to this are the arithmetic's own (coverage is single precision)."""


def in_force(frame: pd.DataFrame, as_of: date) -> NDArray[np.bool_]:
    """Which rows are in force on ``as_of``; both days are, and an empty day is open."""
    today = pd.Timestamp(as_of)
    out = (frame["in_force_from"] > today) | (frame["in_force_to"] < today)
    kept: NDArray[np.bool_] = ~out.to_numpy(dtype=bool)
    return kept


def overlap_doubts(layer: Layer, positions: Positions, clusters: Layer) -> list[Issue]:
    """One warning per cluster in which rows of ``layer`` claim the same ground."""
    ids = layer.frame[layer.kind.id_field].to_numpy()
    return [
        warning(
            f"{layer.kind_name}_overlap",
            layer=layer.name,
            row=int(layer.frame["source_row"].iloc[shared.first]),
            id=str(clusters.frame["cluster_id"].iloc[shared.cluster]),
            area_m2=shared.area_m2,
            count=shared.count,
            first=str(ids[shared.first]),
            second=str(ids[shared.second]),
        )
        for shared in shared_ground(layer.shapes, positions)
    ]


@dataclass(frozen=True, slots=True)
class SharedGround:
    """Ground that several features of one cluster claim, beyond what the drawing can tell.

    ``area_m2`` is of all such pairs of the cluster together, ``first`` and ``second`` are the
    positions of the pair that shares most, ``count`` how many pairs there are.
    """

    cluster: int
    area_m2: float
    count: int
    first: int
    second: int


def shared_ground(features: gpd.GeoDataFrame, clusters: Positions) -> Sequence[SharedGround]:
    """Where features of one cluster overlap by more than their accuracy can explain.

    An overlap is noise while its greatest width is at most √(ε₁²+ε₂²), the position errors
    of the two; touching is no overlap.
    """
    shapes = np.asarray(features.geometry.array, dtype=object)
    left, right = features.sindex.query(shapes, predicate="intersects")
    keep = (left < right) & (clusters[left] == clusters[right]) & (clusters[left] != NOWHERE)
    left, right = left[keep], right[keep]
    touching = shapely.touches(shapes[left], shapes[right])
    left, right = left[~touching], right[~touching]
    common = shapely.intersection(shapes[left], shapes[right])
    accuracy = features["accuracy_m"].to_numpy(dtype="float64")
    tolerance = np.hypot(accuracy[left], accuracy[right])
    wide = ~shapely.is_empty(shapely.buffer(common, -tolerance / 2))
    left, right, area = left[wide], right[wide], shapely.area(common[wide])
    found = []
    for cluster in np.unique(clusters[left]):
        there = np.flatnonzero(clusters[left] == cluster)
        worst = there[np.argmax(area[there])]
        found.append(
            SharedGround(
                cluster=int(cluster),
                area_m2=float(area[there].sum()),
                count=len(there),
                first=int(left[worst]),
                second=int(right[worst]),
            )
        )
    return found


def clusters_not_in_force(clusters: Layer, as_of: date) -> list[Issue]:
    """Clusters measured although they are not, or no longer, in force on ``as_of``."""
    frame = clusters.frame[~in_force(clusters.frame, as_of)]
    return [
        info("cluster_not_in_force", layer=clusters.name, row=int(row), id=str(name), as_of=as_of)
        for name, row in zip(frame["cluster_id"], frame["source_row"], strict=True)
    ]


def ladder_doubts(clusters: Layer, rows: pd.DataFrame, land: Land) -> list[Issue]:
    """Where the industrial land comes from, and where more is committed than there is."""
    issues = []
    for position, row in enumerate(rows.to_dict("records")):
        place: dict[str, Any] = {
            "layer": clusters.name,
            "row": int(clusters.frame["source_row"].iloc[position]),
            "id": str(row["cluster_id"]),
        }
        if land.source[position] == "registered":
            issues.append(info("industrial_land_registered", **place))
        elif land.source[position] is None:
            issues.append(warning("industrial_land_unknown", **place))
        if row["committed_m2"] > row["industrial_m2"] * (1 + _ROUNDING):
            issues.append(
                warning(
                    "committed_above_industrial",
                    committed_m2=row["committed_m2"],
                    industrial_m2=row["industrial_m2"],
                    **place,
                )
            )
    return issues


def lots_outside_boundary(lots: Layer | None, positions: Positions, clusters: Layer) -> list[Issue]:
    """Lots of the detailed plan that leave the boundary by more than the drawings' accuracy."""
    if lots is None:
        return []
    frame = clusters.shapes
    united = unions(lots.shapes.geometry.array, positions, len(clusters))
    outside = shapely.difference(united, np.asarray(frame.geometry.array, dtype=object))
    accuracy = lots.frame["accuracy_m"].groupby(positions).max()
    tolerance = np.hypot(
        accuracy.reindex(range(len(clusters)), fill_value=0.0).to_numpy(),
        frame["accuracy_m"].to_numpy(dtype="float64"),
    )
    wide = ~shapely.is_empty(shapely.buffer(outside, -tolerance / 2))
    return [
        warning(
            "lots_outside_boundary",
            layer=lots.name,
            id=str(frame["cluster_id"].iloc[position]),
            area_m2=float(shapely.area(outside[position])),
        )
        for position in np.flatnonzero(wide)
    ]


def cover_doubts(clusters: Layer, rows: pd.DataFrame) -> list[Issue]:
    """Clusters of which the raster shows nothing, or only a part."""
    issues = []
    for name, covered in zip(rows["cluster_id"], rows["coverage_share"], strict=True):
        if covered == 0:
            issues.append(warning("landcover_no_data", layer=clusters.name, id=str(name)))
        elif covered < 1 - _ROUNDING:
            issues.append(
                warning(
                    "landcover_partial",
                    layer=clusters.name,
                    id=str(name),
                    share=float(covered),
                    percent=float(covered) * 100,
                )
            )
    return issues
