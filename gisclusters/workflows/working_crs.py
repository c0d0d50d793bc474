"""Which CRS a layer is worked in: the VN-2000 zone its coordinates came in, or the nearest known.

Order (interfaces, §0): the zone the coordinates came in; for longitude and latitude the zone
of ``--province``, else of the place or cluster of the store that holds the layer, else the
nearest meridian with a warning.  Other plane coordinates in Vietnam (6° zones, UTM, web
Mercator) are brought to a 3° zone the same way, since their areas are not those of the law.
A projected CRS in metres outside Vietnam stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import shapely

from gisclusters.domain.issue import Issue, error, warning
from gisclusters.domain.telling import told
from gisclusters.errors import InputRefusedError, UsageError
from gisclusters.geometry.crs import WGS84, transform_xy, vn2000_zone, wgs84_operation
from gisclusters.geometry.crs_names import is_lonlat, is_metric
from gisclusters.geometry.vietnam import VIETNAM_DEG
from gisclusters.geometry.zones import ZONES_3_DEG, nearest_zone, zone_of
from gisclusters.layers.layer import Layer


def to_working_crs(
    layer: Layer,
    *,
    province: str | None = None,
    known: Iterable[Layer] = (),
    bounds: tuple[float, float, float, float] | None = None,
) -> Layer:
    """``layer`` in the CRS it is measured in.

    ``known`` are places and clusters of the store; ``bounds`` (west, south, east, north) are
    those of the whole of which ``layer`` is a part.  Raises InputRefusedError where the CRS
    is neither in degrees nor in metres (``crs_not_metric``), or the coordinates lie where no
    zone measures truly (``outside_vietnam``); UsageError for an unknown province, or one of
    several zones that nothing known decides.
    """
    if layer.crs is None or _is_3_degree(layer.crs):
        return layer
    if not is_metric(layer.crs) and not is_lonlat(layer.crs):
        raise InputRefusedError([error("crs_not_metric", layer=layer.name, value=layer.crs)])
    x, y = _middle(layer.shapes.total_bounds if bounds is None else bounds)
    longitude, latitude = transform_xy(x, y, layer.crs, WGS84)
    if not _in_vietnam(longitude, latitude):
        if is_metric(layer.crs) and zone_of(layer.crs) is None:
            return layer
        raise InputRefusedError([_outside(layer, longitude, latitude)])
    zone, assumed = _zone_for(layer, (x, y), province=province, known=known)
    moved = _moved(layer, zone)
    _refuse_far(moved, zone)
    if not assumed:
        return moved
    taken = nearest_zone(longitude)
    note = warning("zone_assumed", layer=layer.name, value=taken.code, meridian=taken.meridian_text)
    return replace(moved, issues=(*moved.issues, note))


def _outside(layer: Layer, longitude: float, latitude: float) -> Issue:
    """The refusal of a layer whose middle lies abroad, with the first row that itself does."""
    bounds = layer.shapes.bounds.to_numpy(dtype=float)
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    x, y = transform_xy(middles[:, 0], middles[:, 1], str(layer.crs), WGS84)
    for row, lon, lat in zip(layer.frame["source_row"], x, y, strict=True):
        if np.isfinite((lon, lat)).all() and not _in_vietnam(lon, lat):
            return error("outside_vietnam", layer=layer.name, row=int(row),
                         value=f"{lon:.4f} {lat:.4f}")  # fmt: skip
    return error("outside_vietnam", layer=layer.name, value=f"{longitude:.4f} {latitude:.4f}")


def _zone_for(
    layer: Layer, middle: tuple[float, float], *, province: str | None, known: Iterable[Layer]
) -> tuple[str, bool]:
    """The 3° zone to measure in, and whether it is only assumed."""
    crs = str(layer.crs)
    if province is not None:
        try:
            return f"EPSG:{vn2000_zone(province)}", False
        except UsageError as fault:
            holding = _zone_holding(*middle, crs, known)
            if fault.key != "errors.province_several_zones" or holding is None:
                raise
            return holding, False
    holding = _zone_holding(*middle, crs, known)
    if holding is not None:
        return holding, False
    longitude, _ = transform_xy(*middle, crs, WGS84)
    return nearest_zone(float(longitude)).code, True


def _is_3_degree(crs: str) -> bool:
    zone = zone_of(crs)
    return zone is not None and zone.width_deg == ZONES_3_DEG[0].width_deg


def _in_vietnam(longitude: float, latitude: float) -> bool:
    west, south, east, north = VIETNAM_DEG
    return west <= longitude <= east and south <= latitude <= north


def _refuse_far(layer: Layer, crs: str) -> None:
    """Refuse rows more than 3° from the zone's meridian: areas there are off by a per mille."""
    zone = zone_of(crs)
    if zone is None:
        return
    bounds = layer.shapes.bounds
    reach = transform_xy(
        [zone.central_meridian_deg - 3, zone.central_meridian_deg + 3], [16.0, 16.0],
        "EPSG:4756", crs,
    )[0]  # fmt: skip
    far = (bounds["minx"] < reach[0]) | (bounds["maxx"] > reach[1])
    if far.any():
        rows = layer.frame[far]
        raise InputRefusedError(
            told(
                (error("outside_zone_reach", layer=layer.name, row=row, id=name, value=crs,
                       meridian=zone.meridian_text)
                 for row, name in zip(rows["source_row"], rows[layer.kind.id_field], strict=True)),
                layer=layer.name,
            )
        )  # fmt: skip


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


def _middle(bounds: Iterable[float]) -> tuple[float, float]:
    west, south, east, north = bounds
    return (float(west) + float(east)) / 2, (float(south) + float(north)) / 2


def _zone_holding(x: float, y: float, crs: str, known: Iterable[Layer]) -> str | None:
    for layer in known:
        if layer.crs is None or zone_of(layer.crs) is None:
            continue
        point = shapely.Point(transform_xy(x, y, crs, layer.crs))
        if layer.shapes.geometry.covers(point).any():
            return layer.crs
    return None
