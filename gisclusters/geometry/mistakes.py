"""The mistakes offices make with reference systems, and how each is undone.

Axes swapped, degrees read as metres, the meridian of the neighbour province, another zone
width, no datum shift, one too many or the wrong way round: each is undone by the coordinate
door.  15′ of meridian is 26–27.5 km, a forgotten datum shift 225 m, flipped rotation signs
0.5 m, EPSG:5194 instead of EPSG:6960 0.8 m.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gisclusters.domain.verdicts import MarkerCause
from gisclusters.geometry.crs import WGS84, as_of_operation, transform_xy
from gisclusters.geometry.zones import ZONES_3_DEG, ZONES_6_DEG, Zone, zone_of

Floats = NDArray[np.float64]
Axes = Literal["as_is", "swapped"]
Undo = Callable[[Floats, Floats], tuple[Floats, Floats]]
VN2000_GEOGRAPHIC = "EPSG:4756"
SUB_METRE = frozenset({MarkerCause.DATUM_ROTATION_SIGN, MarkerCause.MEKONG_DATUM_OPERATION})
"""Mistakes of half a metre: a real shift of that size cannot be told from them for certain."""

_FALSE_EASTING_M = 500_000.0


@dataclass(frozen=True, slots=True, eq=False)
class Mistake:
    """Points were written in ``crs`` (with their axes so) and read as something else.

    ``undo`` takes x and y as read (east or longitude first) to the places they have in the
    claimed CRS; a point beyond the reach of the projection becomes infinite.  Cause ``none``
    is the reading that was claimed.
    """

    cause: MarkerCause
    crs: str
    axes: Axes
    undo: Undo


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Where points lie in the claimed CRS, had they been written in ``crs``."""

    cause: MarkerCause
    crs: str
    axes: Axes
    x: Floats
    y: Floats


def readings(x: Floats, y: Floats, claimed: str, *, datum: bool = True) -> Iterator[Reading]:
    """Every known way the points could have been written, the claimed one first.

    ``x`` east or longitude, ``y`` north or latitude as read under ``claimed`` (``EPSG:n``).
    Without ``datum`` only axes and zones are doubted.
    """
    for each in mistakes(x, y, claimed, datum=datum):
        yield Reading(each.cause, each.crs, each.axes, *each.undo(x, y))


def mistakes(
    x: Floats, y: Floats, claimed: str, *, datum: bool = True, crossed: bool = False
) -> Iterator[Mistake]:
    """The mistakes that points with such coordinates may carry, none at all first.

    ``crossed``: the points came in another datum and were brought to ``claimed``, so that another
    operation than ours stands in them the other way round.
    """
    yield Mistake(MarkerCause.NONE, claimed, "as_is", _as_read)
    yield Mistake(MarkerCause.SWAPPED_AXES, claimed, "swapped", _exchanged)
    own = zone_of(claimed)
    for axes, east, north in (("as_is", x, y), ("swapped", y, x)):
        turned: Axes = "as_is" if axes == "as_is" else "swapped"
        if _are_degrees(east, north):
            for code in (WGS84, VN2000_GEOGRAPHIC):
                if code != claimed:
                    yield Mistake(MarkerCause.DEGREES, code, turned,
                                  partial(_from, code, claimed, turned))  # fmt: skip
            continue
        for zone in (*ZONES_3_DEG, *ZONES_6_DEG):
            if own is not None and zone.epsg == own.epsg:
                continue
            same_width = own is None or zone.width_deg == own.width_deg
            cause = MarkerCause.WRONG_CENTRAL_MERIDIAN if same_width else (
                MarkerCause.WRONG_ZONE_WIDTH
            )  # fmt: skip
            yield Mistake(cause, zone.code, turned, partial(_from, zone.code, claimed, turned))
    if own is not None and datum:
        yield from _of_the_datum(own, crossed=crossed)


def _of_the_datum(own: Zone, *, crossed: bool) -> Iterator[Mistake]:
    """Mistakes that leave the zone as it is: its scale factor and the datum operation."""
    code = own.code
    other = ZONES_6_DEG[0] if own.width_deg == ZONES_3_DEG[0].width_deg else ZONES_3_DEG[0]
    yield Mistake(MarkerCause.WRONG_ZONE_WIDTH, f"KTT {own.meridian_text}, k0 = {other.scale}",
                  "as_is", partial(_rescaled, own.scale / other.scale))  # fmt: skip
    yield Mistake(MarkerCause.NO_DATUM_SHIFT, f"WGS 84, KTT {own.meridian_text}", "as_is",
                  partial(_shifted, code, VN2000_GEOGRAPHIC, WGS84))  # fmt: skip
    yield Mistake(MarkerCause.DATUM_SHIFT_REVERSED, code, "as_is", partial(_shifted_twice, code))
    yield Mistake(MarkerCause.DATUM_SHIFT_UNWANTED, VN2000_GEOGRAPHIC, "as_is",
                  partial(_shifted, code, WGS84, VN2000_GEOGRAPHIC))  # fmt: skip
    for cause, operation in (
        (MarkerCause.DATUM_ROTATION_SIGN, "position_vector"),
        (MarkerCause.MEKONG_DATUM_OPERATION, "EPSG:5194"),
    ):
        yield Mistake(cause, code, "as_is", partial(_of_operation, code, operation, crossed))


def _as_read(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    return x, y


def _exchanged(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    return y, x


def _from(code: str, claimed: str, axes: Axes, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    east, north = transform_xy(*((x, y) if axes == "as_is" else (y, x)), code, claimed)
    return east, north


def _rescaled(ratio: float, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    return (x - _FALSE_EASTING_M) * ratio + _FALSE_EASTING_M, y * ratio


def _shifted(code: str, taken: str, really: str, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Plane values of the datum ``really`` that were read as those of ``taken``, mended."""
    lon, lat = transform_xy(x, y, code, taken)
    east, north = transform_xy(lon, lat, really, code)
    return east, north


def _shifted_twice(code: str, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    once = _shifted(code, VN2000_GEOGRAPHIC, WGS84, x, y)
    return _shifted(code, VN2000_GEOGRAPHIC, WGS84, *once)


def _of_operation(
    code: str, operation: str, back: bool, x: Floats, y: Floats  # noqa: FBT001 - for `partial`
) -> tuple[Floats, Floats]:  # fmt: skip
    east, north = as_of_operation(x, y, code, operation, back=back)
    return east, north


def _are_degrees(x: Floats, y: Floats) -> bool:
    return bool((np.abs(x) <= 180).all() and (np.abs(y) <= 90).all())
