"""Where the country lies, in degrees, and which degrees can only lie there when turned round."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

VIETNAM_DEG = (101.5, 6.0, 118.0, 24.0)
"""West, south, east, north of the country with its islands, a little wider."""


def swapped_degrees(bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which bounds (n × 4) have latitudes of Vietnam for x and its longitudes for y.

    No point of Vietnam is among them the right way round, where y is at most 90.
    """
    west, south, east, north = VIETNAM_DEG
    x1, y1, x2, y2 = np.asarray(bounds, dtype=float).T
    found: NDArray[np.bool_] = (south <= x1) & (x2 <= north) & (west <= y1) & (y2 <= east)
    return found


def degrees_of_vietnam(bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which bounds (n × 4) hold longitudes and latitudes of Vietnam, in either order."""
    west, south, east, north = VIETNAM_DEG
    x1, y1, x2, y2 = np.asarray(bounds, dtype=float).T
    proper: NDArray[np.bool_] = (west <= x1) & (x2 <= east) & (south <= y1) & (y2 <= north)
    return proper | swapped_degrees(bounds)
