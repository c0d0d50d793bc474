"""Numbers that were read wrong: a decimal mark lost, digits left out, typed over or exchanged.

For the whole set: coordinates a power of ten too large or too small (a decimal comma taken for
a thousands mark, or the other way), or all off by the same round number in one column (leading
digits left out, one digit read wrong throughout).  For one marker: the digit of its own value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gisclusters.markers.places import Places, joined, middle, shifted_back

_LEAST_SHIFT_M = 1_000.0
"""A round shift of the whole set under a kilometre may be the ground or the survey as well."""

_LEADING_DIGITS_M = 100_000.0

_ROUND_M = np.sort(
    np.outer(10.0 ** np.arange(7), np.append(np.arange(1, 10), 9 * np.arange(1, 10))).ravel()
)
"""What one digit read wrong, or two neighbours exchanged, does to a number of metres."""


_NEAR_POWER = 0.02
"""Logarithm to ten: coordinates of one set differ by less than five per cent."""


def misreadings(
    design: Places, seen: Places, *, paired: bool = True
) -> Iterator[tuple[Mapping[str, Any], Callable[[Places], Places]]]:
    """Ways the numbers of a survey may have been misread, as (numbers to tell, remedy)."""
    centre = middle(design)
    if centre.real <= 0 or centre.imag <= 0:
        return
    wide = complex(np.ptp(design.real), np.ptp(design.imag))
    powers = (_powers(seen.real, centre.real), _powers(seen.imag, centre.imag))
    common = [int(np.median(power)) for power in powers]
    if any(common):
        factor = " × ".join(f"10^{power}" for power in dict.fromkeys(common) if power)
        yield (
            MappingProxyType({"misread": factor}),
            partial(_rescaled, centre, (bool(common[0]), bool(common[1]))),
        )
    off = seen - design if paired else np.array([middle(seen) - centre])
    here = middle(off)
    # Without pairs the middles of the two sets may differ by the spread of either.
    slack = (1.0, 1.0) if paired else (wide.real + 1.0, wide.imag + 1.0)
    east, north = _rounded(here.real, slack[0]), _rounded(here.imag, slack[1])
    if max(abs(east), abs(north)) >= _LEAST_SHIFT_M:
        told = ", ".join(f"{name} {value:+.0f} m" for name, value in (("E", east), ("N", north))
                         if value)  # fmt: skip
        yield MappingProxyType({"misread": told}), partial(shifted_back, complex(east, north))


def is_certain(numbers: Mapping[str, Any]) -> bool:
    """Whether nothing else can be the cause: a power of ten, or leading digits left out.

    A set may lie a round number of kilometres from another one with the same names.
    """
    told = str(numbers.get("misread", ""))
    return "10^" in told or any(
        abs(float(part.split()[1])) >= _LEADING_DIGITS_M for part in told.split(", ") if part
    )


def digit_misread(design: Places, seen: Places, slack_m: float) -> NDArray[np.bool_]:
    """Whether one digit of one column explains by how much each point is off.

    Off by a metre or more along one axis only, by what one digit read wrong or two exchanged
    neighbours give, within ``slack_m``.
    """
    off = seen - design
    found = np.zeros(len(off), dtype=bool)
    for along, across, value in (
        (off.real, off.imag, design.real),
        (off.imag, off.real, design.imag),
    ):
        size = np.abs(along)
        nearest = np.abs(_ROUND_M[None, :] - size[:, None]).min(axis=1, initial=np.inf)
        # Of a hundred metres one per cent lies so near a round number by chance.
        found |= (nearest <= slack_m) & (size >= 1) & (np.abs(across) <= slack_m) & (value > 0)
    return found


def _powers(values: NDArray[np.float64], usual: float) -> NDArray[np.int64]:
    """The power of ten by which each value is too large, 0 where it is not that alone."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.log10(np.abs(values) / usual)
    power = np.where(np.abs(size - np.round(size)) < _NEAR_POWER, np.round(size), 0.0)
    return np.nan_to_num(power, nan=0.0, posinf=0.0, neginf=0.0).astype(np.int64)


def _rescaled(centre: complex, axes: tuple[bool, bool], places: Places) -> Places:
    east, north = places.real, places.imag
    if axes[0]:
        east = east / 10.0 ** _powers(east, centre.real)
    if axes[1]:
        north = north / 10.0 ** _powers(north, centre.imag)
    return joined(east, north)


def _rounded(value: float, slack: float) -> float:
    """The round number of metres that ``value`` is within the slack, else 0."""
    if abs(value) <= slack:
        return 0.0
    nearest = float(_ROUND_M[np.abs(_ROUND_M - abs(value)).argmin()])
    return float(np.sign(value)) * nearest if abs(nearest - abs(value)) <= slack else 0.0
