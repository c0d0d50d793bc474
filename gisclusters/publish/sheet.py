"""A piece of ground on paper: metres of a CRS to millimetres of a sheet, at a round scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from gisclusters.geometry.zones import zone_of
from gisclusters.words import Lang, number, text

_SCALES = (200, 500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000)
_GRID_M = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000)
_GRID_APART_MM = 35.0
_BAR_MM = 50.0
_MARGIN = 0.03
_FINE_MM = 0.05
"""What a printer cannot show is not drawn."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Coordinates in metres to millimetres of a map ``width_mm`` by ``height_mm``, y downwards."""

    west_m: float
    north_m: float
    scale: int
    width_mm: float
    height_mm: float

    def mm(self, xy: Any) -> np.ndarray:
        """Places east, north in millimetres of the sheet."""
        place = np.asarray(xy, dtype=float) - (self.west_m, self.north_m)
        return place * (1_000 / self.scale, -1_000 / self.scale)

    def path(self, shape: shapely.Geometry) -> str:
        """An SVG path of the outlines of a polygon or a line."""
        drawn = shapely.simplify(shape, _FINE_MM * self.scale / 1_000)
        parts = shapely.get_parts(drawn)
        rings = shapely.get_rings(parts) if shapely.get_dimensions(drawn) == 2 else parts
        return " ".join(
            "M" + " L".join(f"{x:.2f},{y:.2f}" for x, y in self.mm(shapely.get_coordinates(ring)))
            + ("Z" if shapely.get_dimensions(drawn) == 2 else "")
            for ring in rings
        )  # fmt: skip


def sheet_for(
    bounds: Sequence[float], width_mm: float, height_mm: float, *, margin: float = _MARGIN,
    scales: Sequence[int] = _SCALES,
) -> Sheet:  # fmt: skip
    """The sheet that holds ``bounds`` (west, south, east, north) at the largest round scale."""
    west, south, east, north = bounds
    wide, high = max(east - west, 1.0), max(north - south, 1.0)
    fits = [scale for scale in scales
            if wide * (1 + 2 * margin) * 1_000 / scale <= width_mm
            and high * (1 + 2 * margin) * 1_000 / scale <= height_mm]  # fmt: skip
    scale = fits[0] if fits else scales[-1]
    half_wide, half_high = width_mm * scale / 2_000, height_mm * scale / 2_000
    return Sheet(
        (west + east) / 2 - half_wide, (south + north) / 2 + half_high, scale, width_mm, height_mm
    )


def grid_lines(sheet: Sheet, lang: Lang) -> dict[str, list[dict[str, Any]]]:
    """Lines of round eastings and northings, with their values."""
    step = next((each for each in _GRID_M if each * 1_000 / sheet.scale >= _GRID_APART_MM),
                _GRID_M[-1])  # fmt: skip
    east_m = sheet.west_m + sheet.width_mm * sheet.scale / 1_000
    south_m = sheet.north_m - sheet.height_mm * sheet.scale / 1_000

    def lines(first: float, last: float, axis: int) -> list[dict[str, Any]]:
        values = np.arange(np.ceil(first / step) * step, last, step)
        places = [float(sheet.mm([(v, v)])[0][axis]) for v in values]
        return [{"at": round(at, 2), "words": number(float(value), lang)}
                for at, value in zip(places, values, strict=True)]  # fmt: skip

    return {"east": lines(sheet.west_m, east_m, 0), "north": lines(south_m, sheet.north_m, 1)}


def scale_bar(sheet: Sheet, lang: Lang) -> dict[str, Any]:
    """The longest round length that is at most 5 cm on paper."""
    length_m = next(each for each in reversed(_GRID_M) if each * 1_000 / sheet.scale <= _BAR_MM)
    return {"mm": length_m * 1_000 / sheet.scale, "words": f"{number(length_m, lang)} m"}


def crs_words(code: str, lang: Lang) -> str:
    """A CRS with its central meridian and zone width; its code where it is no VN-2000 zone."""
    zone = zone_of(code)
    if zone is None:
        return code
    return text("report.figure_crs", lang, meridian=zone.meridian_text,
                width=number(zone.width_deg, lang), code=code)  # fmt: skip
