"""In which zone and axis order could these plane coordinates have been written?

Every hypothesis {as is, swapped} × {every VN-2000 zone} is turned to longitude and latitude
and held against what is known: the province's own zone and places.  Thin still: a 15′ error
that stays inside the country is told by the distance to the claimed place, or left open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gisclusters.geometry.crs import ZONES_3_DEG, ZONES_6_DEG, transform_xy

_VIETNAM_LON = (102.0, 110.0)
_VIETNAM_LAT = (8.0, 23.6)
_ZONE_REACH_DEG = 2.0
"""A province lies within this of its own central meridian."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One reading of the coordinates; ``distance_m`` from the reading the person claims."""

    crs: str
    axes: Literal["as_is", "swapped"]
    cause: str
    certainty: Literal["certain", "likely", "cannot_tell"]
    distance_m: float | None
    evidence: str


def candidate_crs(
    x: NDArray[np.float64], y: NDArray[np.float64], *, claimed: str | None
) -> list[Candidate]:
    """Readings that put the middle of the points into Vietnam near the zone's own meridian.

    ``x``, ``y`` as the file gives them (x east); ``claimed`` is the zone of the province or
    of ``--crs``.  The claimed zone comes first; others are ``cannot_tell`` beside it.
    """
    if not len(x):
        return []
    middle = (float(np.median(x)), float(np.median(y)))
    found: list[Candidate] = []
    for axes, (east, north) in (("as_is", middle), ("swapped", middle[::-1])):
        for zone in (*ZONES_3_DEG, *ZONES_6_DEG):
            longitude, latitude = transform_xy(east, north, zone.code, "EPSG:4756")
            inside = (
                _VIETNAM_LON[0] <= longitude <= _VIETNAM_LON[1]
                and _VIETNAM_LAT[0] <= latitude <= _VIETNAM_LAT[1]
                and abs(longitude - zone.central_meridian_deg)
                <= _ZONE_REACH_DEG * zone.width_deg / 3
            )
            if not inside:
                continue
            distance = None
            if claimed is not None:
                there = transform_xy(longitude, latitude, "EPSG:4756", claimed)
                distance = float(np.hypot(there[0] - east, there[1] - north))
            found.append(
                Candidate(
                    crs=zone.code,
                    axes="as_is" if axes == "as_is" else "swapped",
                    cause="none" if zone.code == claimed and axes == "as_is" else
                    "swapped_axes" if axes == "swapped" else "wrong_central_meridian",
                    certainty="likely" if zone.code == claimed else "cannot_tell",
                    distance_m=distance,
                    evidence=f"{longitude:.4f}°E {latitude:.4f}°N, {zone.meridian_text}",
                )
            )  # fmt: skip
    return sorted(found, key=_rank)


def sole_order(candidates: Sequence[Candidate]) -> str | None:
    """``as_is`` or ``swapped`` where every reading agrees, else None."""
    orders = {candidate.axes for candidate in candidates}
    return orders.pop() if len(orders) == 1 else None


def _rank(candidate: Candidate) -> tuple[bool, bool, float, str]:
    return (
        candidate.certainty != "likely",
        candidate.axes == "swapped",
        candidate.distance_m if candidate.distance_m is not None else 0.0,
        candidate.crs,
    )
