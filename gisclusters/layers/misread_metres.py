"""Metres of a whole file that lack their leading digits or their decimal mark: one hint for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, warning

_CUT_EAST_M = (0.0, 500_000.0)
_CUT_NORTH_M = (0.0, 1_000_000.0, 2_000_000.0)
"""What is left off in Vietnam, where east is about 500 km and north 900 to 2 600 km."""
_TIMES = (10, 100, 1000)


def misread_metres(
    bounds: NDArray[np.float64],
    *,
    in_zone: Callable[[NDArray[np.float64]], NDArray[np.bool_]],
    layer: str,
    crs: str,
) -> list[Issue]:
    """A warning with the one mistake that explains the bounds of all rows; none where none does.

    The mistakes are looked for in the order of how little they change.
    """
    for east_m in _CUT_EAST_M:
        for north_m in _CUT_NORTH_M:
            if in_zone(bounds + np.array([east_m, north_m, east_m, north_m])).all():
                return [warning("digits_cut", layer=layer, crs=crs, east_m=east_m,
                                north_m=north_m)]  # fmt: skip
    for times in _TIMES:
        if in_zone(bounds / times).all():
            return [warning("decimal_mark_lost", layer=layer, crs=crs, times=times)]
    return []
