"""From the whole area of a cluster down to the land that produces, rung by rung.

Gross is the boundary; industrial land (diện tích đất công nghiệp) is what the approved
detailed plan gives for lease, not the gross area (Decree 32/2024/NĐ-CP, Art. 2(6)).  Every
rung below is a union of parcels cut to industrial land: ground that two parcels claim is
counted once.  Planar geometry in the working CRS.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from gisclusters.layers.values import as_boolean

PARCEL_RUNGS = ("committed", "leased", "handed_over", "building", "producing")
RUNGS = ("gross", "industrial", "serviced", *PARCEL_RUNGS)

Positions = NDArray[np.intp]
NOWHERE = -1
"""The position of a feature that lies in none of the clusters."""


@dataclass(frozen=True, slots=True)
class Members:
    """Features of one kind (lots or parcels), the cluster of each, and where they overlap.

    ``clusters`` holds positions, ``NOWHERE`` left out already.  ``left``, ``right`` and
    ``common`` are the pairs of one cluster whose interiors meet and the ground they share.
    """

    frame: gpd.GeoDataFrame
    clusters: Positions
    left: Positions
    right: Positions
    common: NDArray[np.object_]

    def areas_m2(
        self, count: int, chosen: NDArray[np.bool_], shapes: NDArray[np.object_] | None = None
    ) -> NDArray[np.float64]:
        """The ground the chosen features of each cluster 0..count-1 cover, counted once.

        ``shapes`` stands for what is left of each feature after a cut (default: all of it).
        Only where features of the cluster overlap is their union made; else areas add up.
        """
        pieces = np.asarray(self.frame.geometry.array, dtype=object) if shapes is None else shapes
        areas: NDArray[np.float64] = np.bincount(
            self.clusters[chosen], weights=shapely.area(pieces[chosen]), minlength=count
        ).astype("float64")
        shared = np.unique(self.clusters[self.left])
        there = np.where(chosen & np.isin(self.clusters, shared), self.clusters, NOWHERE)
        areas[shared] = shapely.area(unions(pieces, there, count)[shared])
        return areas


def members(features: gpd.GeoDataFrame, clusters: Positions) -> Members:
    """Find the pairs of ``features`` in one cluster that share ground; touching shares none."""
    shapes = np.asarray(features.geometry.array, dtype=object)
    left, right = features.sindex.query(shapes, predicate="intersects")
    keep = (left < right) & (clusters[left] == clusters[right])
    left, right = left[keep], right[keep]
    keep = ~shapely.touches(shapes[left], shapes[right])
    left, right = left[keep], right[keep]
    common = shapely.intersection(shapes[left], shapes[right])
    keep = shapely.area(common) > 0
    return Members(features, clusters, left[keep], right[keep], common[keep])


@dataclass(frozen=True, slots=True)
class Land:
    """Industrial land of each cluster: ``shapes`` to cut parcels to, areas, where from.

    ``source`` is ``lots``, ``registered`` (no lots: the registered figure, parcels are cut
    to the boundary) or None (neither; the area is NaN).
    """

    shapes: NDArray[np.object_]
    area_m2: NDArray[np.float64]
    serviced_m2: NDArray[np.float64]
    source: NDArray[np.object_]


def cluster_positions(features: gpd.GeoDataFrame, clusters: gpd.GeoDataFrame) -> Positions:
    """The position of the cluster each feature belongs to, ``NOWHERE`` for none.

    By ``cluster_id`` where the feature has one; else the cluster whose interior holds the
    feature's representative point (the first of several).  Both frames are in one CRS.
    """
    position = pd.Series(np.arange(len(clusters)), index=clusters["cluster_id"])
    named = features["cluster_id"].map(position)
    found: Positions = named.fillna(NOWHERE).to_numpy(dtype=np.intp)
    unnamed = np.flatnonzero(features["cluster_id"].isna().to_numpy())
    if len(unnamed) and len(clusters):
        points = shapely.point_on_surface(features.geometry.array[unnamed])
        which, where = clusters.sindex.query(points, predicate="within")
        order = np.lexsort((where, which))
        rows, firsts = np.unique(which[order], return_index=True)
        found[unnamed[rows]] = where[order][firsts]
    return found


def industrial_land(clusters: gpd.GeoDataFrame, lots: Members | None, *, as_of: date) -> Land:
    """The industrial land of each cluster: ``industrial`` lots and ``service`` lots for lease.

    A ``service`` lot is for lease where a column ``for_lease`` of the lots says so.
    Serviced is what of it lies in lots whose ``serviced_on`` is on or before ``as_of``.
    """
    count = len(clusters)
    shapes = np.asarray(clusters.geometry.array, dtype=object).copy()
    area = clusters["registered_industrial_area_m2"].to_numpy(dtype="float64").copy()
    serviced = np.full(count, np.nan)
    source = np.full(count, None, dtype=object)
    source[~np.isnan(area)] = "registered"
    if lots is None:
        return Land(shapes, area, serviced, source)
    for_lease = land_for_lease(lots.frame)
    ready = (lots.frame["serviced_on"] <= pd.Timestamp(as_of)).to_numpy()
    with_lots = np.unique(lots.clusters)
    land = unions(lots.frame.geometry.array, np.where(for_lease, lots.clusters, NOWHERE), count)
    shapes[with_lots] = land[with_lots]
    area[with_lots] = shapely.area(land[with_lots])
    serviced[with_lots] = lots.areas_m2(count, for_lease & ready)[with_lots]
    source[with_lots] = "lots"
    return Land(shapes, area, serviced, source)


def measure_rungs(parcels: Members, stages: pd.DataFrame, land: Land) -> pd.DataFrame:
    """Area, m², of the parcels at each rung in each cluster, cut to its industrial land.

    ``stages`` has one column of yes and no per rung of ``PARCEL_RUNGS``, indexed like
    the parcels.  Returns one row per cluster with ``<rung>_m2``; 0 where no parcel is there.
    """
    count = len(land.shapes)
    pieces = cut_to_land(parcels, land)
    return pd.DataFrame(
        {
            f"{rung}_m2": parcels.areas_m2(count, stages[rung].to_numpy(dtype=bool), pieces)
            for rung in PARCEL_RUNGS
        }
    )


def cut_to_land(parcels: Members, land: Land) -> NDArray[np.object_]:
    """The part of each parcel on the industrial land of its cluster."""
    pieces = np.asarray(parcels.frame.geometry.array, dtype=object).copy()
    shapely.prepare(land.shapes)
    ground = land.shapes[parcels.clusters]
    crossing = ~shapely.covers(ground, pieces)
    pieces[crossing] = shapely.intersection(pieces[crossing], ground[crossing])
    return pieces


def unions(shapes: ArrayLike, groups: Positions, count: int) -> NDArray[np.object_]:
    """The union of the shapes of each group 0..count-1; ``NOWHERE`` is left out."""
    array = np.asarray(shapes, dtype=object)
    united = np.full(count, shapely.Polygon(), dtype=object)
    order = np.argsort(groups, kind="stable")
    order = order[groups[order] != NOWHERE]
    if not len(order):
        return united
    values, starts = np.unique(groups[order], return_index=True)
    for group, members in zip(values, np.split(order, starts[1:]), strict=True):
        united[group] = shapely.union_all(array[members])
    return united


def ratio(numerator: float, denominator: float) -> float:
    """The quotient of two areas; NaN where either is unknown or the denominator is 0."""
    return numerator / denominator if denominator > 0 else float("nan")


def land_for_lease(lots: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Which lots are industrial land: for factories, and services that are let."""
    industrial: NDArray[np.bool_] = (lots["use"] == "industrial").to_numpy(dtype=bool)
    if "for_lease" not in lots:
        return industrial
    said, _ = as_boolean(lots["for_lease"])
    let: NDArray[np.bool_] = said.fillna(False).to_numpy(dtype=bool)
    service: NDArray[np.bool_] = (lots["use"] == "service").to_numpy(dtype=bool)
    return industrial | (service & let)
