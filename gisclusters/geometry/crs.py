"""The only door from one coordinate reference system to another.

VN-2000 and WGS 84 are tied by one operation everywhere: the national seven parameters of
Decision 05/2007/QĐ-BTNMT, read as EPSG:6960 reads them (coordinate-frame rotation).  PROJ
would choose EPSG:5194 inside the Mekong delta, vertex by vertex, and tear a polygon that
crosses 11.04°N by 0.80 m; so no operation is ever left to its choice between the two.
EPSG gives the operation an accuracy of 1 m, and the sign of its rotations is not proven
from the Vietnamese text: WGS 84 is for display and search, never for measuring.

Between VN-2000 zones there is no datum step and the change is exact.  Coordinates are
x = easting, y = northing here, longitude before latitude.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj.enums import TransformDirection
from pyproj.transformer import TransformerGroup

from gisclusters.errors import CrsMismatchError, UsageError
from gisclusters.geometry.crs_names import (
    bounds_of_use,
    identify_crs,
    is_vn2000,
    known_crs,
    parse_crs,
)
from gisclusters.geometry.zones import nearest_zone, vn2000_zone, zone_of

DATUM_OPERATION = "EPSG:6960"
DATUM_ACCURACY_M = 1.0
"""Accuracy that EPSG states for the operation, metres."""

WGS84 = "EPSG:4326"

_SEVEN = (
    "+proj=helmert +x=-191.90441429 +y=-39.30318279 +z=-111.45032835 "
    "+rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 +s=0.252906278 "
    "+convention="
)
_HELMERTS = {
    "EPSG:6960": f"{_SEVEN}coordinate_frame",
    "position_vector": f"{_SEVEN}position_vector",
    "EPSG:5194": "+proj=helmert +x=-192.873 +y=-39.382 +z=-111.202 "
    "+rx=0.00205 +ry=0.0005 +rz=-0.00335 +s=0.0188 +convention=coordinate_frame",
}
"""The national operation, and the two that software takes in its place."""

_DATUM_STEP = (
    "+step +proj=push +v_3 +step +proj=cart +ellps=WGS84 "
    "+step {} "
    "+step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3"
)
_FLOAT = np.float64


def to_wgs84(
    easting_m: Any, northing_m: ArrayLike | None = None, epsg: int | str | None = None
) -> Any:
    """Longitude and latitude (WGS 84, degrees) of points in a projected CRS.

    Numbers give numbers, arrays give arrays.  With a GeoDataFrame or GeoSeries as the only
    argument, the same frame reprojected to EPSG:4326.  VN-2000 goes through
    ``DATUM_OPERATION``.  NaN stays NaN; a point outside the projection's reach becomes inf.
    """
    if isinstance(easting_m, (gpd.GeoDataFrame, gpd.GeoSeries)):
        return transform_frame(easting_m, WGS84)
    if northing_m is None or epsg is None:
        raise TypeError("to_wgs84 takes a frame, or easting_m, northing_m and epsg")
    return transform_xy(easting_m, northing_m, parse_crs(epsg), WGS84)


def from_wgs84(lon: Any, lat: ArrayLike | None = None, epsg: int | str | None = None) -> Any:
    """Easting and northing (metres, CRS ``epsg``) of WGS 84 longitudes and latitudes.

    With a GeoDataFrame or GeoSeries as the only positional argument, the same frame
    reprojected to ``epsg``.  The inverse of :func:`to_wgs84` to about 0.1 mm (heights are
    taken as zero on both sides, as PROJ does for plane coordinates).
    """
    if isinstance(lon, (gpd.GeoDataFrame, gpd.GeoSeries)):
        frame = lon if lon.crs is not None else lon.set_crs(WGS84)
        if epsg is None:
            epsg = nearest_zone(float(np.mean(frame.total_bounds[[0, 2]]))).epsg
        return transform_frame(frame, parse_crs(epsg))
    if lat is None or epsg is None:
        raise TypeError("from_wgs84 takes a frame, or lon, lat and epsg")
    return transform_xy(lon, lat, WGS84, parse_crs(epsg))


def transform_xy(x: ArrayLike, y: ArrayLike, source: str, target: str) -> Any:
    """Points of ``source`` in ``target``, both ``EPSG:n``; x is east or longitude."""
    xs, ys = np.asarray(x, dtype=_FLOAT), np.asarray(y, dtype=_FLOAT)
    for transformer, direction in _steps(source, target):
        xs, ys = transformer.transform(xs, ys, direction=direction)
    if np.ndim(x) == 0:
        return float(xs), float(ys)
    return xs, ys


def transform_geometries(shapes: Any, source: str, target: str) -> NDArray[np.object_]:
    """Shapes of ``source`` in ``target``, vertex by vertex, Z and M dropped; None stays None."""
    array = np.asarray(shapes, dtype=object)
    if source == target:
        return array
    moved: NDArray[np.object_] = shapely.transform(
        shapely.force_2d(array),
        lambda xy: np.column_stack(transform_xy(xy[:, 0], xy[:, 1], source, target)),
    )
    return moved


def transform_frame(frame: Any, target: str) -> Any:
    """A frame brought to ``target`` (``EPSG:n``); the index and the columns stay.

    Raises CrsMismatchError where the frame says no CRS: a missing CRS is a question for the
    person who brought the file.
    """
    source = crs_code(frame)
    target = parse_crs(target)
    moved = transform_geometries(frame.geometry.array, source, target)
    if isinstance(frame, gpd.GeoSeries):
        return gpd.GeoSeries(moved, index=frame.index, crs=target, name=frame.name)
    return frame.set_geometry(gpd.GeoSeries(moved, index=frame.index, crs=target))


def crs_code(frame: gpd.GeoDataFrame | gpd.GeoSeries) -> str:
    """The ``EPSG:n`` of a frame.  Raises CrsMismatchError where it says none."""
    code = identify_crs(frame.crs)
    if code is None:
        raise CrsMismatchError("the frame has no CRS that can be named; declare it first")
    return code


def require_same_crs(left: gpd.GeoDataFrame, right: gpd.GeoDataFrame) -> str:
    """The CRS both frames are in, as ``EPSG:n``: the one guard before every comparison.

    Raises CrsMismatchError with both names; it never reprojects.
    """
    if left.crs is None or right.crs is None or left.crs != right.crs:
        raise CrsMismatchError(
            f"left is in {left.crs}, right in {right.crs}; "
            "bring both to the working CRS before comparing them"
        )
    if not left.crs.is_projected or left.crs.axis_info[0].unit_name != "metre":
        raise CrsMismatchError(f"{left.crs} is not a projected CRS in metres")
    return crs_code(left)


def is_far_from_use(x: ArrayLike, y: ArrayLike, code: str, *, margin_deg: float) -> Any:
    """Which places of ``EPSG:n`` lie farther from where it is used than ``margin_deg``.

    No place at all is far too.
    """
    west, south, east, north = bounds_of_use(code)
    lon, lat = (np.asarray(each, dtype=_FLOAT) for each in transform_xy(x, y, code, WGS84))
    inside = (lon >= west - margin_deg) & (lon <= east + margin_deg)
    return ~(inside & (lat >= south - margin_deg) & (lat <= north + margin_deg))


def datum_operation(*codes: str | None) -> str | None:
    """The datum operation that comparing data of these CRSs uses, or None where there is none.

    VN-2000 data beside data of any other datum go through ``DATUM_OPERATION``; VN-2000 data
    alone, of however many zones, and foreign data alone go through none of ours.
    """
    kinds = {is_vn2000(code) for code in codes if code is not None}
    return DATUM_OPERATION if kinds == {True, False} else None


def wgs84_operation(code: str) -> str | None:
    """The datum operation by which data in ``code`` are shown in WGS 84."""
    return DATUM_OPERATION if is_vn2000(code) else None


def as_of_operation(
    x: ArrayLike, y: ArrayLike, code: str, operation: str, *, back: bool = False
) -> Any:
    """Plane values that another datum operation made of WGS 84 positions, as ours makes them.

    ``x``, ``y`` east and north in the VN-2000 zone ``code``; ``operation`` is
    ``position_vector`` (the seven parameters with their rotation signs the other way) or
    ``EPSG:5194`` (the Mekong delta's).  The two lie 0.5–0.8 m from the pinned operation.
    ``back``: WGS 84 positions that the other operation made of plane values, which ours brought
    to the plane again.
    """
    xs, ys = np.asarray(x, dtype=_FLOAT), np.asarray(y, dtype=_FLOAT)
    there, again = _pinned(code, operation), _pinned(code)
    if back:
        there, again = again, there
    lon, lat = there.transform(xs, ys)
    return again.transform(lon, lat, direction=TransformDirection.INVERSE)


def _steps(source: str, target: str) -> tuple[tuple[pyproj.Transformer, TransformDirection], ...]:
    forward, inverse = TransformDirection.FORWARD, TransformDirection.INVERSE
    if source == target:
        return ()
    from_vn, to_vn = is_vn2000(source), is_vn2000(target)
    if from_vn and to_vn:
        return ((_plain(source, target), forward),)
    if from_vn:
        first = (_pinned(source), forward)
        return (first,) if target == WGS84 else (first, (_plain(WGS84, target), forward))
    if to_vn:
        last = (_pinned(target), inverse)
        return (last,) if source == WGS84 else ((_plain(source, WGS84), forward), last)
    return ((_plain(source, target), forward),)


@cache
def _pinned(code: str, operation: str = DATUM_OPERATION) -> pyproj.Transformer:
    """VN-2000 (zone or longitude, latitude) → WGS 84 longitude, latitude in degrees."""
    zone = zone_of(code)
    start = (
        "+step +proj=unitconvert +xy_in=deg +xy_out=rad"
        if zone is None
        else f"+step +inv +proj=tmerc +lat_0=0 +lon_0={zone.central_meridian_deg} "
        f"+k={zone.scale} +x_0=500000 +y_0=0 +ellps=WGS84"
    )
    datum = _DATUM_STEP.format(_HELMERTS[operation])
    return pyproj.Transformer.from_pipeline(
        f"+proj=pipeline {start} {datum} +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )


@cache
def _plain(source: str, target: str) -> pyproj.Transformer:
    """The one best operation PROJ knows between two CRSs, the same for every vertex."""
    with warnings.catch_warnings():  # a better operation may need a grid nobody shipped
        warnings.simplefilter("ignore", UserWarning)
        group = TransformerGroup(known_crs(source), known_crs(target), always_xy=True)
    if not group.transformers:
        raise UsageError("errors.no_operation", source=source, target=target)
    return group.transformers[0]


__all__ = [
    "DATUM_ACCURACY_M", "DATUM_OPERATION", "WGS84", "as_of_operation", "crs_code",
    "datum_operation", "from_wgs84", "is_far_from_use", "require_same_crs", "to_wgs84",
    "transform_frame", "transform_geometries", "transform_xy", "vn2000_zone", "wgs84_operation",
]  # fmt: skip
