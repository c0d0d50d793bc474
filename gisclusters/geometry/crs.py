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

import csv
import unicodedata
import warnings
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj.enums import TransformDirection, WktVersion
from pyproj.exceptions import CRSError
from pyproj.transformer import TransformerGroup

from gisclusters.errors import CrsMismatchError, UsageError

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
_VN2000_GEOGRAPHIC = 4756
_FALSE_EASTING_M = 500_000.0
_ZONE_EPSG_OF_MERIDIAN = {
    102.0: 5896, 103.0: 9205, 104.0: 9206, 104.5: 9207, 104.75: 9208, 105.0: 5897,
    105.5: 9209, 105.75: 9210, 106.0: 9211, 106.25: 9212, 106.5: 9213, 107.0: 9214,
    107.25: 9215, 107.5: 9216, 107.75: 5899, 108.0: 5898, 108.25: 9217, 108.5: 9218,
}  # fmt: skip
_UTM_EPSG_OF_MERIDIAN = {105.0: 3405, 111.0: 3406}
_DEPRECATED_TWINS = {6956: 5896, 6957: 5897, 6958: 5898, 6959: 5899}
_FLOAT = np.float64


@dataclass(frozen=True, slots=True)
class Zone:
    """A VN-2000 zone: transverse Mercator on latitude 0, false easting 500 000 m."""

    epsg: int
    central_meridian_deg: float
    width_deg: int
    scale: float

    @property
    def code(self) -> str:
        """The EPSG code as text."""
        return f"EPSG:{self.epsg}"

    @property
    def meridian_text(self) -> str:
        """The central meridian (kinh tuyến trục) as written on Vietnamese sheets: 107°30′."""
        minutes = round(self.central_meridian_deg * 60)
        return f"{minutes // 60}°{minutes % 60:02d}′"


ZONES_3_DEG: tuple[Zone, ...] = tuple(
    Zone(epsg, meridian, 3, 0.9999) for meridian, epsg in _ZONE_EPSG_OF_MERIDIAN.items()
)
ZONES_6_DEG: tuple[Zone, ...] = tuple(
    Zone(epsg, meridian, 6, 0.9996) for meridian, epsg in _UTM_EPSG_OF_MERIDIAN.items()
)
_ZONES = {zone.epsg: zone for zone in (*ZONES_3_DEG, *ZONES_6_DEG)}


def zone_of(epsg: int | str) -> Zone | None:
    """The VN-2000 zone behind an EPSG code, or None where it is another CRS."""
    number = epsg_number(epsg)
    return _ZONES.get(_DEPRECATED_TWINS.get(number, number))


def epsg_number(epsg: int | str) -> int:
    """The number of ``9216``, ``"9216"`` or ``"EPSG:9216"``.

    Raises UsageError (``crs_unreadable``) for anything else.
    """
    if isinstance(epsg, (int, np.integer)):
        return int(epsg)
    number = epsg.strip().upper().removeprefix("EPSG:").strip()
    if not number.isdecimal():
        raise UsageError("errors.crs_unreadable", value=epsg)
    return int(number)


def parse_crs(value: str | int) -> str:
    """The CRS as ``EPSG:n`` from what a user typed; deprecated twins become the valid code.

    Raises UsageError (``crs_unreadable``, ``crs_unknown``).
    """
    number = epsg_number(value)
    number = _DEPRECATED_TWINS.get(number, number)
    _crs(f"EPSG:{number}")
    return f"EPSG:{number}"


def identify_crs(found: object) -> str | None:
    """The ``EPSG:n`` (or other authority code) of a CRS found in a file, or None.

    A transverse Mercator with the meridian, scale and false origin of a VN-2000 zone is
    matched to that zone where its datum is VN-2000 or is not named at all: PROJ would move a
    bare ``+proj=tmerc`` string to WGS 84 without any datum shift, 225 m off, and say
    nothing.  Where the datum is named WGS 84 it is not VN-2000, and None is returned.
    """
    if found is None:
        return None
    try:
        crs = pyproj.CRS.from_user_input(found)
    except CRSError:
        return None
    try:
        number = crs.to_epsg(min_confidence=100)
    except ValueError:  # epsg:9210.0, which PROJ takes and cannot give back
        return None
    if (
        number is None and crs.is_projected and has_ellipsoid_of_vn2000(crs)
        and (_has_vn2000_datum(crs) or _is_bare(crs))
    ):  # fmt: skip
        number = _zone_by_parameters(crs)
    elif number is None and not _is_bare(crs):
        number = crs.to_epsg(min_confidence=70)
        if number is not None and _is_vn2000(f"EPSG:{number}") != _has_vn2000_datum(crs):
            return None
    if number is None:
        authority = crs.to_authority(min_confidence=70)
        return ":".join(authority) if authority else None
    return f"EPSG:{_DEPRECATED_TWINS.get(number, number)}"


def identify_epsg(found: object) -> str | None:
    """``identify_crs`` where it is a code of EPSG, as layers have."""
    code = identify_crs(found)
    return code if code is not None and code.startswith("EPSG:") else None


def vn2000_like(found: object) -> str | None:
    """The VN-2000 code with the projection of a CRS, whatever datum that names; None for none.

    A guess to be confirmed, never a CRS to work in: between the datums lie 200 m.
    """
    try:
        crs = pyproj.CRS.from_user_input(found)
    except CRSError:
        return None
    if crs.is_geographic:
        return f"EPSG:{_VN2000_GEOGRAPHIC}"
    number = _zone_by_parameters(crs)
    return None if number is None else f"EPSG:{number}"


def is_transverse_mercator(found: object) -> bool:
    """Whether a CRS found in a file is projected as VN-2000 and UTM are, in whatever zone."""
    try:
        operation = pyproj.CRS.from_user_input(found).coordinate_operation
    except CRSError:
        return False
    return operation is not None and operation.method_name == "Transverse Mercator"


def has_ellipsoid_of_vn2000(found: object) -> bool:
    """Whether a CRS found in a file lies on the ellipsoid of VN-2000, which is that of WGS 84.

    GRS 80 differs by a tenth of a millimetre and counts as the same; Krasovsky does not.
    """
    try:
        ellipsoid = pyproj.CRS.from_user_input(found).ellipsoid
    except CRSError:
        return False
    return ellipsoid is not None and (
        abs(ellipsoid.semi_major_metre - 6_378_137.0) < 0.01
        and abs(ellipsoid.inverse_flattening - 298.257223563) < 0.001
    )


def ellipsoid_name(found: object) -> str:
    """The name of the ellipsoid of a CRS that PROJ understands."""
    ellipsoid = pyproj.CRS.from_user_input(found).ellipsoid
    return "" if ellipsoid is None else str(ellipsoid.name)


def crs_in_short(found: object) -> str:
    """A CRS found in a file in a few words, datum / projection: ``WGS_1984 / Transverse Mercator``.

    What PROJ does not understand comes back as its first letters.
    """
    try:
        crs = pyproj.CRS.from_user_input(found)
    except CRSError:
        return str(found)[:60]
    method = crs.coordinate_operation.method_name if crs.coordinate_operation else ""
    datum = crs.datum.name if crs.datum is not None else ""
    return " / ".join(filter(None, (datum, method))) or str(found)[:60]


@cache
def provinces() -> dict[str, tuple[str, int, float]]:
    """Old province name → (province after July 2025, EPSG, central meridian in degrees).

    Sixty-three provinces as before July 2025; Circular 973/2001/TT-TCĐC gives each its
    central meridian.
    """
    table: dict[str, tuple[str, int, float]] = {}
    with resources.files(__package__).joinpath("vn2000.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            table[row["province_old"]] = (
                row["province_after_2025"],
                int(row["epsg"]),
                float(row["central_meridian_deg"]),
            )
    return table


def vn2000_zone(province: str) -> int:
    """The EPSG number of the 3° zone of a province of before July 2025.

    Raises UsageError: ``province_unknown``, or ``province_several_zones`` with the
    candidates where the name now covers old provinces of several zones (Tây Ninh, Quảng
    Ngãi …): the zone belongs to the data, never to today's province name.
    """
    wanted = _folded(province)
    table = provinces()
    exact = {name: row for name, row in table.items() if _folded(name) == wanted}
    merged = {name: row for name, row in table.items() if _folded(row[0]) == wanted}
    candidates = exact | merged
    zones = {row[1] for row in candidates.values()}
    if not candidates:
        raise UsageError("errors.province_unknown", value=province)
    if len(zones) > 1:
        listed = ", ".join(f"{name} → EPSG:{row[1]}" for name, row in sorted(candidates.items()))
        raise UsageError("errors.province_several_zones", value=province, candidates=listed)
    return zones.pop()


def nearest_zone(longitude_deg: float) -> Zone:
    """The 3° zone whose central meridian is nearest (the western one of two as near)."""
    return min(ZONES_3_DEG, key=lambda zone: abs(zone.central_meridian_deg - longitude_deg))


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


def crs_definition(code: str) -> tuple[str, int, str, str]:
    """Organization, number, name and WKT (version 1, as GDAL writes it) of ``EPSG:n``.

    WKT 1 because that is what GeoPackage 1.3 keeps.  Raises UsageError (``crs_unknown``,
    ``crs_unreadable``).
    """
    crs = _crs(code)
    return "EPSG", epsg_number(code), crs.name, crs.to_wkt(WktVersion.WKT1_GDAL)


def is_lonlat(code: str) -> bool:
    """Whether ``EPSG:n`` is in degrees."""
    return _crs(code).is_geographic


def is_metric(code: str) -> bool:
    """Whether ``EPSG:n`` is projected and in metres."""
    crs = _crs(code)
    return crs.is_projected and crs.axis_info[0].unit_name == "metre"


def is_older_datum(code: str) -> bool:
    """Whether ``EPSG:n`` is on a datum from before VN-2000: Hanoi 1972 or Indian 1960."""
    return _datum_name(_crs(code)) in {"Hanoi 1972", "Indian 1960"}


def bounds_of_use(code: str) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees of where ``EPSG:n`` is used; the world where unknown."""
    if (area := _crs(code).area_of_use) is not None and area.west <= area.east:
        return area.bounds
    return (-180.0, -90.0, 180.0, 90.0)


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
    kinds = {_is_vn2000(code) for code in codes if code is not None}
    return DATUM_OPERATION if kinds == {True, False} else None


def wgs84_operation(code: str) -> str | None:
    """The datum operation by which data in ``code`` are shown in WGS 84."""
    return DATUM_OPERATION if _is_vn2000(code) else None


def as_of_operation(x: ArrayLike, y: ArrayLike, code: str, operation: str) -> Any:
    """Plane values that another datum operation made of WGS 84 positions, as ours makes them.

    ``x``, ``y`` east and north in the VN-2000 zone ``code``; ``operation`` is
    ``position_vector`` (the seven parameters with their rotation signs the other way) or
    ``EPSG:5194`` (the Mekong delta's).  The two lie 0.5–0.8 m from the pinned operation.
    """
    xs, ys = np.asarray(x, dtype=_FLOAT), np.asarray(y, dtype=_FLOAT)
    lon, lat = _pinned(code, operation).transform(xs, ys)
    return _pinned(code).transform(lon, lat, direction=TransformDirection.INVERSE)


def _steps(source: str, target: str) -> tuple[tuple[pyproj.Transformer, TransformDirection], ...]:
    forward, inverse = TransformDirection.FORWARD, TransformDirection.INVERSE
    if source == target:
        return ()
    from_vn, to_vn = _is_vn2000(source), _is_vn2000(target)
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
        group = TransformerGroup(_crs(source), _crs(target), always_xy=True)
    if not group.transformers:
        raise UsageError("errors.no_operation", source=source, target=target)
    return group.transformers[0]


@cache
def _crs(code: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(code)
    except CRSError as fault:
        raise UsageError("errors.crs_unknown", value=code) from fault


@cache
def _is_vn2000(code: str) -> bool:
    return zone_of(code) is not None if _is_zone_code(code) else _has_vn2000_datum(_crs(code))


def _is_zone_code(code: str) -> bool:
    number = code.removeprefix("EPSG:")
    return number.isdecimal() and int(number) in _ZONES


def _has_vn2000_datum(crs: pyproj.CRS) -> bool:
    base = crs.geodetic_crs
    if base is None:
        return False
    if base.to_epsg(min_confidence=70) == _VN2000_GEOGRAPHIC:
        return True
    name = _datum_name(crs).upper().replace("_", " ").replace("-", " ")
    return "2000" in name and name.removeprefix("D ").startswith(("VIETNAM", "VN"))


def _is_bare(crs: pyproj.CRS) -> bool:
    return "unknown" in _datum_name(crs).casefold()


def _datum_name(crs: pyproj.CRS) -> str:
    base = crs.geodetic_crs
    return "" if base is None or base.datum is None else base.datum.name


def _zone_by_parameters(crs: pyproj.CRS) -> int | None:
    operation = crs.coordinate_operation
    if operation is None or operation.method_name != "Transverse Mercator":
        return None
    values = {param.name: float(param.value) for param in operation.params}
    meridian = round(values.get("Longitude of natural origin", 0.0), 6)
    scale = values.get("Scale factor at natural origin", 0.0)
    origin = [values.get(name, 0.0) for name in (
        "Latitude of natural origin", "False easting", "False northing")]  # fmt: skip
    if origin != [0.0, _FALSE_EASTING_M, 0.0] or {a.unit_name for a in crs.axis_info} != {"metre"}:
        return None
    for zone in _ZONES.values():
        if zone.central_meridian_deg == meridian and abs(zone.scale - scale) < 1e-9:
            return zone.epsg
    return None


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFC", name).casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = plain.replace("đ", "d").replace(".", " ").replace("-", " ")
    words = plain.split()
    for prefix in (["tinh"], ["thanh", "pho"], ["tp"]):
        if words[: len(prefix)] == prefix and len(words) > len(prefix):
            words = words[len(prefix) :]
    return " ".join(words)


__all__ = [
    "DATUM_ACCURACY_M", "DATUM_OPERATION", "WGS84", "ZONES_3_DEG", "ZONES_6_DEG", "Zone",
    "as_of_operation", "crs_code", "crs_definition", "datum_operation", "ellipsoid_name",
    "epsg_number", "from_wgs84",
    "has_ellipsoid_of_vn2000", "identify_crs", "is_lonlat",
    "is_metric", "nearest_zone", "parse_crs", "provinces", "require_same_crs", "to_wgs84",
    "transform_frame", "transform_geometries", "transform_xy", "vn2000_like", "vn2000_zone",
    "wgs84_operation", "zone_of",
]  # fmt: skip
