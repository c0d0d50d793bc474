"""What a person must know before relying on the areas: overlaps, gaps in the data, odd sums."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.efficiency.area_ladder import Land, Members, unions
from gisclusters.efficiency.factory_land import own_pairs
from gisclusters.layers.layer import Layer

_ROUNDING = 1e-6
"""Relative differences up to this are the arithmetic's own (coverage is single precision)."""


def overlap_doubts(layer: Layer, found: Members, clusters: Layer) -> list[Issue]:
    """One warning per cluster in which rows of ``layer`` claim the same ground.

    An overlap is noise while its greatest width is at most √(ε₁²+ε₂²), the position errors
    of the two; it is counted once all the same.
    """
    accuracy = found.frame["accuracy_m"].to_numpy(dtype="float64")
    tolerance_m = np.hypot(accuracy[found.left], accuracy[found.right])
    wide = ~shapely.is_empty(shapely.buffer(found.common, -tolerance_m / 2))
    if layer.kind_name == "lots":  # a factory's own roads and green are told apart
        wide &= ~own_pairs(found)
    left, right, area_m2 = found.left[wide], found.right[wide], shapely.area(found.common[wide])
    ids = layer.frame[layer.kind.id_field].to_numpy()
    issues = []
    for cluster in np.unique(found.clusters[left]):
        there = np.flatnonzero(found.clusters[left] == cluster)
        worst = there[np.argmax(area_m2[there])]
        issues.append(
            warning(
                f"{layer.kind_name}_overlap",
                layer=layer.name,
                row=int(layer.frame["source_row"].iloc[left[worst]]),
                id=str(clusters.frame["cluster_id"].iloc[cluster]),
                area_m2=float(area_m2[there].sum()),
                count=len(there),
                first=str(ids[left[worst]]),
                second=str(ids[right[worst]]),
            )
        )
    return issues


def clusters_not_in_force(clusters: Layer, as_of: date) -> list[Issue]:
    """Clusters measured although they are not, or no longer, in force on ``as_of``."""
    frame = clusters.frame[~clusters.in_force(as_of)]
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


def lots_outside_boundary(lots: Layer, found: Members, clusters: Layer) -> list[Issue]:
    """Lots of the detailed plan that leave the boundary by more than the drawings' accuracy."""
    shapes = np.asarray(found.frame.geometry.array, dtype=object)
    boundaries = np.asarray(clusters.shapes.geometry.array, dtype=object)
    shapely.prepare(boundaries)
    crossing = np.flatnonzero(~shapely.covers(boundaries[found.clusters], shapes))
    owners = found.clusters[crossing]
    outside = shapely.difference(shapes[crossing], boundaries[owners])
    tolerance_m = np.hypot(
        found.frame["accuracy_m"].to_numpy(dtype="float64")[crossing],
        clusters.frame["accuracy_m"].to_numpy(dtype="float64")[owners],
    )
    wide = ~shapely.is_empty(shapely.buffer(outside, -tolerance_m / 2))
    areas_m2 = shapely.area(unions(outside[wide], owners[wide], len(clusters)))
    return [
        warning(
            "lots_outside_boundary",
            layer=lots.name,
            id=str(clusters.frame["cluster_id"].iloc[position]),
            area_m2=float(areas_m2[position]),
        )
        for position in np.flatnonzero(areas_m2)
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
