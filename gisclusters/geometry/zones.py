"""The zones of VN-2000 and the province each belongs to."""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from gisclusters.errors import UsageError

_ZONE_EPSG_OF_MERIDIAN = {
    102.0: 5896, 103.0: 9205, 104.0: 9206, 104.5: 9207, 104.75: 9208, 105.0: 5897,
    105.5: 9209, 105.75: 9210, 106.0: 9211, 106.25: 9212, 106.5: 9213, 107.0: 9214,
    107.25: 9215, 107.5: 9216, 107.75: 5899, 108.0: 5898, 108.25: 9217, 108.5: 9218,
}  # fmt: skip
_UTM_EPSG_OF_MERIDIAN = {105.0: 3405, 111.0: 3406}
DEPRECATED_TWINS = {6956: 5896, 6957: 5897, 6958: 5898, 6959: 5899}


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
ZONES = {zone.epsg: zone for zone in (*ZONES_3_DEG, *ZONES_6_DEG)}


def zone_of(epsg: int | str) -> Zone | None:
    """The VN-2000 zone behind an EPSG code, or None where it is another CRS."""
    number = epsg_number(epsg)
    return ZONES.get(DEPRECATED_TWINS.get(number, number))


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


def nearest_zone(longitude_deg: float) -> Zone:
    """The 3° zone whose central meridian is nearest (the western one of two as near)."""
    return min(ZONES_3_DEG, key=lambda zone: abs(zone.central_meridian_deg - longitude_deg))


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


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFC", name).casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = plain.replace("đ", "d").replace(".", " ").replace("-", " ")
    words = plain.split()
    for prefix in (["tinh"], ["thanh", "pho"], ["tp"]):
        if words[: len(prefix)] == prefix and len(words) > len(prefix):
            words = words[len(prefix) :]
    return " ".join(words)
