"""Which CRS a layer is worked in: the VN-2000 zone its coordinates came in, or the nearest known.

Order (interfaces, §0): the zone the coordinates came in; for longitude and latitude the zone
of ``--province``, else of the place or cluster of the store that holds the layer, else the
nearest meridian with a warning.  A projected CRS in metres outside Vietnam stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import shapely

from gisclusters.domain.issue import error, warning
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import (
    WGS84,
    is_lonlat,
    is_metric,
    nearest_zone,
    transform_xy,
    vn2000_zone,
    wgs84_operation,
    zone_of,
)
from gisclusters.layers.layer import Layer


def to_working_crs(
    layer: Layer, *, province: str | None = None, known: Iterable[Layer] = ()
) -> Layer:
    """``layer`` in the CRS it is measured in.

    ``known`` are places and clusters of the store.  Raises InputRefusedError where the CRS
    is neither in degrees nor in metres, UsageError for an unknown province.
    """
    if layer.crs is None or is_metric(layer.crs):
        return layer
    if not is_lonlat(layer.crs):
        raise InputRefusedError([error("crs_not_metric", layer=layer.name, value=layer.crs)])
    if province is not None:
        return _moved(layer, f"EPSG:{vn2000_zone(province)}")
    x, y = _middle(layer)
    holding = _zone_holding(x, y, layer.crs, known)
    if holding is not None:
        return _moved(layer, holding)
    longitude, _ = transform_xy(x, y, layer.crs, WGS84)
    zone = nearest_zone(float(longitude))
    moved = _moved(layer, zone.code)
    note = warning("zone_assumed", layer=layer.name, value=zone.code, meridian=zone.meridian_text)
    return replace(moved, issues=(*moved.issues, note))


def common_crs(layers: Sequence[Layer], target: str) -> list[Layer]:
    """Every layer brought to ``target``: between zones exactly, else by the pinned operation."""
    return [_moved(layer, target) for layer in layers]


def _moved(layer: Layer, target: str) -> Layer:
    if layer.crs == target:
        return layer
    moved = layer.to_crs(target)
    crossed = layer.crs is not None and wgs84_operation(layer.crs) != wgs84_operation(target)
    operation = (
        wgs84_operation(target) or (wgs84_operation(layer.crs) if layer.crs else None)
        if crossed
        else layer.source.datum_operation
    )
    return replace(moved, source=replace(layer.source, datum_operation=operation))


def _middle(layer: Layer) -> tuple[float, float]:
    west, south, east, north = layer.shapes.total_bounds
    return (float(west) + float(east)) / 2, (float(south) + float(north)) / 2


def _zone_holding(x: float, y: float, crs: str, known: Iterable[Layer]) -> str | None:
    for layer in known:
        if layer.crs is None or zone_of(layer.crs) is None:
            continue
        point = shapely.Point(transform_xy(x, y, crs, layer.crs))
        if layer.shapes.geometry.covers(point).any():
            return layer.crs
    return None
