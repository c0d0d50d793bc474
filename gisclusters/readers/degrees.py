"""Longitudes and latitudes as people write them: decimal, or degrees, minutes and seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gisclusters.layers.values import plain_number

_DEGREE_SIGNS = str.maketrans("⁰˚ᵒ", "°°°")
_DECIMAL = re.compile(r"(?P<d>[+-]?\d{1,3})(?:[.,](?P<f>\d*))?\s*[°ºo˚]?")
_SEXAGESIMAL = re.compile(
    r"(?P<sign>[+-])?(?P<d>\d{1,3})\s*(?:°|º|˚|o|d|độ|do|deg|:|-|\s)\s*"
    r"(?P<m>\d{1,2}(?:[.,]\d+(?!\d*[\"″s]))?)"
    r"(?:\s*(?:['′’´]|m|phút|phut|ph|:|-|\s)\s*(?P<s>\d{1,2}(?:[.,]\d+)?)?)?"
    r"\s*(?:[\"″”]|['′’]{2}|s|giây|giay)?"
)
_HEMISPHERE = re.compile(
    r"^(?P<a>[NSEWBĐDT])?\s*(?P<body>.*?)\s*(?P<b>[NSEWBĐDT])?$", re.IGNORECASE
)
_NEGATIVE = frozenset("SWT")


@dataclass(frozen=True, slots=True)
class Degrees:
    """Values in degrees, the cells that could not be read, and the finest unit written."""

    values: NDArray[np.float64]
    bad: NDArray[np.bool_]
    unit_deg: float


def read_degrees(cells: list[str]) -> Degrees:
    """``107°30'12,5"``, ``107 30 12.5``, ``107d30m``, ``107.503472``, each with E, N, Đ or B.

    A comma or a dot is the decimal mark whatever stands behind it: no degree has thousands.
    Empty cells are NaN and not bad.  Values keep the sign; nothing is checked against a range.
    """
    read = [degree(cell) if cell else (float("nan"), float("inf")) for cell in cells]
    values = np.array([value for value, _ in read], dtype="float64")
    bad = np.isnan(values) & np.array([bool(cell) for cell in cells], dtype=bool)
    return Degrees(values, bad, min((unit for _, unit in read), default=float("inf")))


def degree(cell: str) -> tuple[float, float]:
    """One cell as degrees and the unit of its last digit; NaN where it is no angle."""
    text = plain_number(cell.translate(_DEGREE_SIGNS).replace("%%d", "°"))
    found = _HEMISPHERE.match(text)
    if found is None:
        return float("nan"), float("inf")
    letters = {(found["a"] or "").upper(), (found["b"] or "").upper()} - {""}
    sign = -1.0 if letters & _NEGATIVE else 1.0
    body = found["body"]
    decimal = _DECIMAL.fullmatch(body)
    if decimal is not None:
        fraction = decimal["f"] or ""
        return sign * float(f"{decimal['d']}.{fraction or 0}"), 10.0 ** -len(fraction)
    parts = _SEXAGESIMAL.fullmatch(body)
    if parts is None:
        return float("nan"), float("inf")
    minutes, seconds = _number(parts["m"]), _number(parts["s"])
    if minutes >= 60 or seconds >= 60:
        return float("nan"), float("inf")
    value = int(parts["d"]) + minutes / 60 + seconds / 3600
    last, base = (parts["s"], 3600) if parts["s"] else (parts["m"], 60)
    decimals = len(re.split(r"[.,]", last)[1]) if re.search(r"[.,]", last) else 0
    return sign * (-value if parts["sign"] == "-" else value), 10.0**-decimals / base


def is_angle(cell: str) -> bool:
    """Whether a cell reads as an angle of at most 360 degrees."""
    return abs(degree(cell)[0]) <= 360 if cell else False


def _number(text: str | None) -> float:
    return float(text.replace(",", ".")) if text else 0.0
