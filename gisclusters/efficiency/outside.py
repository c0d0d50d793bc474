"""Buildings that stand outside every lot of their cluster, or outside its boundary.

Planar, working CRS, metres.  A piece no wider than the accuracy of both drawings is how a
border was drawn, and no building outside.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.efficiency.area_ladder import Members, Positions, unions
from gisclusters.efficiency.density import Footprints, footprints, wide

OUTSIDE_LOTS, OUTSIDE_BOUNDARY = "outside_lots", "outside_boundary"
OUTSIDE_COLUMNS = ("cluster_id", "building_id", "parcel_id", "stands", "area_m2", "floors")


def buildings_outside(
    clusters: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    found: Footprints,
    lots: Members | None,
    parcels: Members | None,
) -> gpd.GeoDataFrame:
    """One row a building and place, columns ``OUTSIDE_COLUMNS``; ``geometry`` is the part outside.

    ``found`` says which buildings stand in which cluster (``buildings_in``).
    ``stands``: ``outside_lots`` (inside the boundary, on no lot of any use; only where lots
    of the cluster are known) or ``outside_boundary``.  A building belongs to the cluster it
    has ground in, else to that of the parcel it names; one that has neither is nobody's and
    not told.  ``area_m2`` is of the part outside; two buildings on one ground are told each.
    Ground of another cluster is not outside.
    """
    shapes = np.asarray(buildings.geometry.array, dtype=object)
    accuracy = buildings["accuracy_m"].to_numpy(dtype="float64")
    limits = clusters["accuracy_m"].to_numpy(dtype="float64")
    pieces = []
    if lots is not None:
        ground = unions(lots.frame.geometry.array, lots.clusters, len(clusters))
        there = np.isin(found.zone, np.unique(lots.clusters))
        zone, which = found.zone[there], found.building[there]
        left = shapely.difference(found.ground[there], ground[zone])
        pieces.append((OUTSIDE_LOTS, zone, which, left))
    zone, which = _owners(found, buildings, parcels)
    # what it has in this or another cluster is inside
    inside = unions(found.ground, found.building, len(buildings))
    left = shapely.difference(shapes[which], inside[which])
    pieces.append((OUTSIDE_BOUNDARY, zone, which, left))
    frames = []
    for stands, zone, which, left in pieces:
        keep = wide(left, np.hypot(accuracy[which], limits[zone]))
        rows = buildings.iloc[which[keep]]
        frames.append(
            gpd.GeoDataFrame(
                {"cluster_id": clusters["cluster_id"].to_numpy(dtype=object)[zone[keep]],
                 "building_id": rows["building_id"].to_numpy(dtype=object),
                 "parcel_id": rows["parcel_id"].to_numpy(dtype=object), "stands": stands,
                 "area_m2": shapely.area(left[keep]),
                 "floors": rows["floors"].to_numpy(dtype="float64", na_value=np.nan)},
                geometry=left[keep], crs=buildings.crs,
            )
        )  # fmt: skip
    filled = [frame for frame in frames if len(frame)] or frames[:1]
    whole = pd.concat(filled, ignore_index=True)
    return gpd.GeoDataFrame(whole, geometry="geometry", crs=buildings.crs).sort_values(
        ["cluster_id", "stands", "area_m2"], ascending=[True, True, False], ignore_index=True,
        kind="stable",
    )  # fmt: skip


def buildings_in(clusters: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> Footprints:
    """The buildings that stand in each cluster, and not only reach over its line as drawn."""
    found = footprints(clusters, buildings)
    tolerance_m = np.hypot(
        clusters["accuracy_m"].to_numpy(dtype="float64")[found.zone],
        buildings["accuracy_m"].to_numpy(dtype="float64")[found.building],
    )
    return found.where(wide(found.ground, tolerance_m))


def _owners(
    found: Footprints, buildings: gpd.GeoDataFrame, parcels: Members | None
) -> tuple[Positions, Positions]:
    """The cluster of each building that has one, and the building, by position."""
    order = np.argsort(-shapely.area(found.ground), kind="stable")
    which, firsts = np.unique(found.building[order], return_index=True)
    zone = found.zone[order][firsts]
    if parcels is None:
        return zone, which
    cluster = pd.Series(parcels.clusters, index=parcels.frame["parcel_id"])
    named = buildings["parcel_id"].map(cluster[~cluster.index.duplicated()])
    rest = np.setdiff1d(np.flatnonzero(named.notna().to_numpy()), which)
    return (
        np.concatenate([zone, named.iloc[rest].to_numpy(dtype=np.intp)]),
        np.concatenate([which, rest]),
    )
