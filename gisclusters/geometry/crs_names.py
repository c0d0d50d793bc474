"""What a coordinate reference system is: named by code, found in a file, or neither.

VN-2000 files come under many descriptions; what matters is told by their parameters.
"""

from __future__ import annotations

from functools import cache

import pyproj
from pyproj.enums import WktVersion
from pyproj.exceptions import CRSError

from gisclusters.errors import UsageError
from gisclusters.geometry.zones import DEPRECATED_TWINS, ZONES, epsg_number, zone_of

_VN2000_GEOGRAPHIC = 4756
_FALSE_EASTING_M = 500_000.0


def parse_crs(value: str | int) -> str:
    """The CRS as ``EPSG:n`` from what a user typed; deprecated twins become the valid code.

    Raises UsageError (``crs_unreadable``, ``crs_unknown``).
    """
    number = epsg_number(value)
    number = DEPRECATED_TWINS.get(number, number)
    known_crs(f"EPSG:{number}")
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
        if number is not None and is_vn2000(f"EPSG:{number}") != _has_vn2000_datum(crs):
            return None
    if number is None:
        authority = crs.to_authority(min_confidence=70)
        return ":".join(authority) if authority else None
    return f"EPSG:{DEPRECATED_TWINS.get(number, number)}"


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


def crs_definition(code: str) -> tuple[str, int, str, str]:
    """Organization, number, name and WKT (version 1, as GDAL writes it) of ``EPSG:n``.

    WKT 1 because that is what GeoPackage 1.3 keeps.  Raises UsageError (``crs_unknown``,
    ``crs_unreadable``).
    """
    crs = known_crs(code)
    return "EPSG", epsg_number(code), crs.name, crs.to_wkt(WktVersion.WKT1_GDAL)


def is_lonlat(code: str) -> bool:
    """Whether ``EPSG:n`` is in degrees."""
    return known_crs(code).is_geographic


def is_metric(code: str) -> bool:
    """Whether ``EPSG:n`` is projected and in metres."""
    crs = known_crs(code)
    return crs.is_projected and crs.axis_info[0].unit_name == "metre"


def is_older_datum(code: str) -> bool:
    """Whether ``EPSG:n`` is on a datum from before VN-2000: Hanoi 1972 or Indian 1960."""
    return _datum_name(known_crs(code)) in {"Hanoi 1972", "Indian 1960"}


def bounds_of_use(code: str) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees of where ``EPSG:n`` is used; the world where unknown."""
    if (area := known_crs(code).area_of_use) is not None and area.west <= area.east:
        return area.bounds
    return (-180.0, -90.0, 180.0, 90.0)


@cache
def known_crs(code: str) -> pyproj.CRS:
    """The CRS behind a code.  Raises UsageError (``crs_unknown``)."""
    try:
        return pyproj.CRS.from_user_input(code)
    except CRSError as fault:
        raise UsageError("errors.crs_unknown", value=code) from fault


@cache
def is_vn2000(code: str) -> bool:
    """Whether a CRS is on the datum VN-2000, in whatever zone."""
    return zone_of(code) is not None if _is_zone_code(code) else _has_vn2000_datum(known_crs(code))


def _is_zone_code(code: str) -> bool:
    number = code.removeprefix("EPSG:")
    return number.isdecimal() and int(number) in ZONES


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
    for zone in ZONES.values():
        if zone.central_meridian_deg == meridian and abs(zone.scale - scale) < 1e-9:
            return zone.epsg
    return None
