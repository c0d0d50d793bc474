"""Where each missing square metre is, or could be made up, as rows with a shape.

Planar, working CRS, metres.  A shortfall without a place (no parcel is known, so nobody can
say which land is free) keeps its figure and has no shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.efficiency.area_ladder import NOWHERE, Land, Members, unions

SHORTFALL_COLUMNS = (
    "cluster_id", "lot_id", "lacks", "lacking_m2", "place", "place_m2", "rule_id", "article",
    "confidence", "house",
)  # fmt: skip
"""``lacks``: ``green_strip``; ``transport green technical other industrial service lease``
(a share of the cluster; ``service_over`` … where it is too large); ``lot_density``,
``lot_green``.  ``place``: ``strip_gap`` (bare ground of the strip), ``free_industrial`` (no
parcel on it is leased or approved), ``group_land`` (the land that is too much), ``built`` (the
footprints), ``free_in_lot`` (neither built nor green)."""


def free_industrial(
    land: Land, parcels: Members | None, committed: NDArray[np.bool_] | None
) -> NDArray[np.object_]:
    """The industrial land of each cluster that no parcel leased or approved lies on.

    None where parcels are not known, or industrial land only as a figure.
    """
    count = len(land.shapes)
    free = np.full(count, None, dtype=object)
    if parcels is None or committed is None:
        return free
    known = np.array([source == "lots" for source in land.source], dtype=bool)
    taken = unions(
        parcels.frame.geometry.array, np.where(committed, parcels.clusters, NOWHERE), count
    )
    free[known] = shapely.difference(land.shapes[known], taken[known])
    return free


def list_shortfalls(
    cluster_ids: NDArray[np.object_],
    structure: Sequence[Mapping[str, Mapping[str, Any]] | None],
    *,
    free: NDArray[np.object_],
    group_land: Mapping[str, NDArray[np.object_]],
    strips: Sequence[tuple[Mapping[str, Any], shapely.Geometry | None] | None],
    lots: gpd.GeoDataFrame,
    built: NDArray[np.object_],
    free_in_lot: NDArray[np.object_],
    crs: str | None,
) -> gpd.GeoDataFrame:
    """Every shortfall of every cluster and lot, columns ``SHORTFALL_COLUMNS``, by cluster.

    ``free`` and ``group_land`` are by cluster, ``built`` and ``free_in_lot`` by row of
    ``lots``; ``strips`` the strip of each cluster with its gaps.
    """
    rows: list[tuple[dict[str, Any], shapely.Geometry | None]] = []
    of_lots = _of_lots(lots, built, free_in_lot)
    for i, name in enumerate(cluster_ids):
        strip = strips[i]
        if strip is not None and strip[0]["verdict"] == "conflict":
            rows.append(
                _row(name, None, "green_strip", strip[0]["missing_m2"], "strip_gap", strip[1],
                     strip[0])
            )  # fmt: skip
        for group, measured in (structure[i] or {}).items():
            for norm in (measured, *measured["house"]):
                house = norm is not measured
                if norm["missing_m2"]:
                    rows.append(_row(name, None, group, norm["missing_m2"], "free_industrial",
                                     free[i], norm, house=house))  # fmt: skip
                if norm["excess_m2"]:
                    rows.append(_row(name, None, f"{group}_over", norm["excess_m2"], "group_land",
                                     group_land[group][i], norm, house=house))  # fmt: skip
        rows += of_lots.get(name, [])
    table = pd.DataFrame([row for row, _ in rows], columns=list(SHORTFALL_COLUMNS))
    shapes = gpd.GeoSeries([shape for _, shape in rows], crs=crs)
    return gpd.GeoDataFrame(table, geometry=shapes, crs=crs)


_BASIS = ("rule_id", "article", "confidence")
_Row = tuple[dict[str, Any], shapely.Geometry | None]


def _of_lots(
    lots: gpd.GeoDataFrame, built: NDArray[np.object_], free: NDArray[np.object_]
) -> dict[Any, list[_Row]]:
    """The shortfalls of factory lots by cluster."""
    found: dict[Any, list[_Row]] = {}
    kinds = (("density", "density_excess_m2", "built", built),
             ("green", "green_missing_m2", "free_in_lot", free))  # fmt: skip
    lacking = lots[[column for _, column, _, _ in kinds]].to_numpy(dtype="float64") > 0
    for j in np.flatnonzero(lacking.any(axis=1)).tolist():
        lot = lots.iloc[j]
        for there, (what, column, place, shapes) in zip(lacking[j], kinds, strict=True):
            if there:
                basis = {key: lot[f"{what}_{key}"] for key in _BASIS}
                row = _row(lot["cluster_id"], lot["lot_id"], f"lot_{what}", lot[column], place,
                           shapes[j], basis)  # fmt: skip
                found.setdefault(lot["cluster_id"], []).append(row)
    return found


def _row(
    cluster_id: Any, lot_id: Any, lacks: str, lacking_m2: float, place: str,
    shape: shapely.Geometry | None, basis: Mapping[str, Any], *, house: bool = False,
) -> _Row:  # fmt: skip
    if shape is not None and shapely.is_empty(shape):
        shape = None
    return {
        "cluster_id": cluster_id, "lot_id": lot_id, "lacks": lacks,
        "lacking_m2": float(lacking_m2), "place": place,
        "place_m2": float("nan") if shape is None else float(shapely.area(shape)),
        "house": house,
    } | {name: basis[name] for name in _BASIS}, shape  # fmt: skip
