"""Areas that a table declares, held against the polygon that its own rows draw."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd
import shapely

from gisclusters.domain.issue import Issue, warning
from gisclusters.geometry.crs import WGS84, transform_geometries
from gisclusters.geometry.measure import area_sd_m2
from gisclusters.geometry.zones import nearest_zone
from gisclusters.layers.values import as_number, fold, plain_number
from gisclusters.readers.body import AREA_WORDS

_UNITS_M2 = {"ha": 1e4, "hecta": 1e4, "hectares": 1e4, "m2": 1.0, "km2": 1e6}
_UNIT = r"(?:km2|m2|hectares|hecta|ha)\b"
_NUMBER = re.compile(rf"(?<![a-z])(?P<number>\d(?:[\d.,]|[ '](?=\d{{3}}))*)\s*(?P<unit>{_UNIT})?")
_BEFORE = re.compile(rf"(?<![\d.,])\s*\(?\s*(?P<unit>{_UNIT})\s*\)?", re.IGNORECASE)
_WORDS = re.compile(r"di[eệ]n t[ií]ch|\barea\b|\bdt\b|\bs\b(?=\s*[=:])", re.IGNORECASE)
_SURE = 3.0
"""Standard deviations beyond which a difference is no matter of accuracy."""


@dataclass(frozen=True, slots=True)
class Declared:
    """An area as written: its possible readings in square metres, each with its rounding.

    ``row`` is where it stands, None in the titles.
    """

    readings: tuple[tuple[float, float], ...]
    row: int | None = None

    def nearest(self, computed_m2: float) -> tuple[float, float]:
        """The reading that lies nearest to a computed area, and its rounding."""
        return min(self.readings, key=lambda each: abs(each[0] - computed_m2))


def declared_in(words: str, row: int | None = None) -> Declared | None:
    """The area that words declare: ``Diện tích: 55 ha``, ``DT = 668,1 ha``, ``25,0 ha``.

    Without a word for area a number counts only with its unit.  A number with no unit may be
    hectares or square metres; one whose mark can be read two ways keeps both readings.
    """
    text = plain_number(words).casefold()
    named = _WORDS.search(text) or AREA_WORDS.search(fold(text))
    after = text[named.end() :] if named and named.string is text else text
    before = _BEFORE.search(after)
    for found in _NUMBER.finditer(after):
        unit = found["unit"]
        if unit is None and named is None:
            continue
        if unit is None and before is not None and before.start() < found.start():
            unit = before["unit"]
        factors = [_UNITS_M2[unit]] if unit else [1e4, 1.0]
        numbers = _readings(found["number"])
        read = [(value * factor, rounding * factor)
                for value, rounding in numbers for factor in factors if value > 0]  # fmt: skip
        if read:
            return Declared(tuple(read), row)
    return None


def declared_in_cell(cell: str, header: str, row: int) -> Declared | None:
    """The area in a cell of a column whose header says the unit."""
    unit = _BEFORE.search(f" {plain_number(header).casefold()}")
    return declared_in(f"diện tích ({unit['unit']}) {cell}" if unit else f"diện tích {cell}", row)


def check_area(
    declared: Declared, shape: shapely.Geometry, *, lonlat: bool, accuracy_m: float, layer: str,
    name: str | None = None,
) -> list[Issue]:  # fmt: skip
    """A warning where declared and computed differ by more than both 3 sd and the rounding.

    ``shape`` is in the zone of the table, whose plane the dossier's area belongs to; degrees
    are brought to the nearest zone.  The sd is that of vertices known to ``accuracy_m``.
    """
    shape = planar(shape, lonlat=lonlat)
    computed, sd = float(shapely.area(shape)), area_sd_m2(shape, accuracy_m)
    said, rounding = declared.nearest(computed)
    if abs(said - computed) <= max(_SURE * sd, rounding):
        return []
    return [
        warning("declared_area_differs", layer=layer, row=declared.row, id=name,
                field="registered_area_m2", value=f"{said:.1f}", declared=said,
                computed=computed, sd=sd)
    ]  # fmt: skip


def planar(shape: shapely.Geometry, *, lonlat: bool) -> shapely.Geometry:
    """The shape in a zone: as it is, or from WGS 84 degrees to the zone nearest to it."""
    if not lonlat or shapely.is_empty(shape):
        return shape
    west, _, east, _ = shapely.bounds(shape)
    brought: shapely.Geometry = transform_geometries(
        [shape], WGS84, nearest_zone((west + east) / 2).code
    )[0]
    return brought


def _readings(text: str) -> list[tuple[float, float]]:
    """What a number may be, with half of its last digit."""
    text = text.strip(" .,'")
    numbers, bad = as_number(pd.Series([text], dtype=object))
    digits = re.search(r"[.,](\d+)$", text)
    if bad[0]:
        whole = re.sub(r"[.,]", "", text)
        decimal = text.replace(",", ".")
        choices = [(whole, 0)]
        if digits is not None and decimal.count(".") == 1:
            choices.append((decimal, len(digits[1])))
    else:
        value = str(float(numbers.iloc[0]))
        grouped = digits is None or re.fullmatch(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*", text)
        choices = [(value, 0 if digits is None or grouped else len(digits[1]))]
    return [(float(number), 0.5 * 10.0**-decimals) for number, decimals in choices]
