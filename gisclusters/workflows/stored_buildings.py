"""The buildings of the store that have to do with some clusters."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.layers.layer import Layer
from gisclusters.store import Store


def stored_buildings(store: Store, clusters: Layer, parcels: Layer | None) -> Layer | None:
    """The buildings that meet one of the clusters, or name one of the parcels, in their CRS.

    Buildings of every zone are asked.  None where the store holds no building at all: then
    nobody can say that a lot is empty.
    """
    stored = [layer for layer in store.load("buildings") if len(layer)]
    if not stored or clusters.crs is None:
        return None
    named = [] if parcels is None else parcels.frame["parcel_id"]
    kept = []
    for layer in stored:
        moved = layer.to_crs(clusters.crs)
        tree = shapely.STRtree(moved.shapes.geometry.to_numpy())
        near = tree.query(clusters.shapes.geometry.to_numpy(), predicate="intersects")[1]
        keep = moved.frame["parcel_id"].isin(named).to_numpy(dtype=bool, copy=True)
        keep[np.unique(near)] = True
        kept.append(moved.where(keep))
    filled = [layer for layer in kept if len(layer)] or kept[:1]
    if len(filled) == 1:
        return filled[0]
    frame = gpd.GeoDataFrame(
        pd.concat([layer.frame for layer in filled], ignore_index=True), crs=clusters.crs
    )
    return Layer(
        kind_name="buildings", frame=frame, crs=clusters.crs, source=filled[0].source,
        issues=tuple(issue for layer in filled for issue in layer.issues),
    )  # fmt: skip
