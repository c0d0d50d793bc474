"""What a peer of the benchmark is asked for.

A peer is a module with ``load(task)``: it brings both layers to where the peer wants them (not
timed) and gives back what computes pairs with area and shape (timed), which gives back what hands
the pairs out (not timed).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks import scenes


@dataclass(frozen=True)
class Task:
    """Two files, a limit for one computation, and the variant of the peer that is wanted."""

    parcels: Path
    plan: Path
    limit_s: float
    variant: str = ""

    def frames(self) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
        """Both layers for peers that work on frames."""
        return scenes.read(self.parcels), scenes.read(self.plan)


@dataclass(frozen=True)
class Pairs:
    """Places in both layers and the area that they share, one row for each part or pair."""

    parcel: NDArray[np.int64]
    zone: NDArray[np.int64]
    area_m2: NDArray[np.float64]
    seconds: float | None = None
    """Where the peer itself knows better how long it took."""
    peak_mb: float | None = None
    """Where the work is done in another process."""
    shapes: NDArray[np.object_] | None = None
    """What they share, where it is held in this process."""


Answer = Callable[[], Pairs]
Compute = Callable[[], Answer]


def shared(i: NDArray[np.int64], j: NDArray[np.int64], shapes: NDArray[np.object_]) -> Answer:
    """The answer of a peer that has the shapes; their areas belong to what is timed."""
    area_m2 = shapely.area(shapes)
    kept = area_m2 > 0
    found = Pairs(i[kept], j[kept], area_m2[kept], shapes=shapes[kept])
    return lambda: found
