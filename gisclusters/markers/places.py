"""Points of a layer as complex numbers: east + i · north, metres."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gisclusters.geometry.crs import transform_xy
from gisclusters.geometry.threads import deal, shares
from gisclusters.layers.layer import Layer

Places = NDArray[np.complex128]


def joined(east_m: NDArray[np.float64], north_m: NDArray[np.float64]) -> Places:
    """East + i · north; an infinite coordinate stays what it is."""
    places = np.empty(len(east_m), dtype=complex)
    places.real, places.imag = east_m, north_m
    return places


def middle(places: Places) -> complex:
    """The median east and the median north."""
    return complex(np.median(places.real), np.median(places.imag))


def shifted_back(shift: complex, places: Places) -> Places:
    """The places less a common shift."""
    return places - shift


def places_in(layer: Layer, crs: str) -> Places:
    """The points of a layer in ``crs``, as ``points_in`` gives them."""
    return points_in(layer.shapes, layer.crs or crs, crs)


def points_in(frame: gpd.GeoDataFrame, source: str, target: str) -> Places:
    """East + i · north of each point in ``target`` (metres); not finite where there is none.

    ``source`` is the CRS of the frame.  VN-2000 ↔ WGS 84 goes through the one pinned datum
    operation, in two threads.
    """
    shapes = np.asarray(frame.geometry.array, dtype=object)
    x, y = shapely.get_coordinates(shapes).T
    if len(x) != len(shapes) or not (shapely.get_type_id(shapes) == 0).all():
        there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        x, y = np.full(len(shapes), np.nan), np.full(len(shapes), np.nan)
        x[there], y[there] = shapely.get_coordinates(shapes[there]).T
    if source == target:
        return joined(x, y)
    out = np.empty(len(shapes), dtype=complex)

    def work(share: slice) -> None:
        out[share] = joined(*transform_xy(x[share], y[share], source, target))

    deal(work, shares(np.ones(len(shapes), dtype=np.int64)))
    return out
