"""Times of the bare overlap engine on made layers: ``make bench``.

One row per size: square parcels of 40 m in rows, against square zones of 500 m turned by a
tenth of a radian, so that no border runs along another.
"""

import math
import sys
import time

import geopandas as gpd
import numpy as np
import shapely

from gisclusters import overlap_pairs

CRS = "EPSG:9216"


def squares(side_m: float, extent_m: float, turn_rad: float = 0.0) -> gpd.GeoDataFrame:
    """Squares that fill a square of ``extent_m``, turned about its corner."""
    steps = np.arange(0.0, extent_m, side_m)
    east, north = (grid.ravel() for grid in np.meshgrid(steps, steps))
    corners = np.stack(
        [
            np.stack([east + dx * side_m, north + dy * side_m], axis=-1)
            for dx, dy in [(0, 0), (1, 0), (1, 1), (0, 1)]
        ],
        axis=1,
    )
    cos, sin = math.cos(turn_rad), math.sin(turn_rad)
    turned = corners @ np.array([[cos, sin], [-sin, cos]]) + (550_000.0, 1_580_000.0)
    return gpd.GeoDataFrame(geometry=shapely.polygons(turned), crs=CRS)


def main() -> None:
    sys.stdout.write("   parcels    zones     pairs  seconds  pairs/s\n")
    for extent_m in (4_000.0, 9_000.0, 20_000.0):
        parcels = squares(40.0, extent_m)
        zones = squares(500.0, extent_m, turn_rad=0.1)
        begun = time.perf_counter()
        pairs = overlap_pairs(parcels, zones, geometry=True)
        seconds = time.perf_counter() - begun
        sys.stdout.write(
            f"{len(parcels):10,} {len(zones):8,} {len(pairs):9,} {seconds:8.2f}"
            f" {len(pairs) / seconds:8,.0f}\n"
        )


if __name__ == "__main__":
    main()
