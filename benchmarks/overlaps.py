"""The bare overlap engine beside what people use instead, in one run: ``make bench``.

Square parcels of 40 m in rows against square zones of 500 m turned by a tenth of a radian, so
that no border runs along another.  Each peer gives pairs with their shared shape; the times
are the median of several rounds taken in turn, and ratios are to ours of the same round.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import shapely

from gisclusters import overlap_pairs

CRS = "EPSG:9216"
Pairs = tuple[int, float]


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


def ours(parcels: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> Pairs:
    """``gc.overlap_pairs``."""
    pairs = overlap_pairs(parcels, zones)
    return len(pairs), float(pairs["area_m2"].sum())


def overlay(parcels: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> Pairs:
    """``geopandas.overlay`` as its manual shows it."""
    found = gpd.overlay(parcels, zones, how="intersection", keep_geom_type=True)
    return len(found), float(found.area.sum())


def joined(parcels: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> Pairs:
    """A spatial join, then an intersection per pair."""
    pairs = parcels.sjoin(zones, predicate="intersects")
    shared = shapely.intersection(
        parcels.geometry.loc[pairs.index].to_numpy(),
        zones.geometry.loc[pairs["index_right"]].to_numpy(),
    )
    areas = shapely.area(shared)
    return int((areas > 0).sum()), float(areas.sum())


PEERS: dict[str, Callable[[gpd.GeoDataFrame, gpd.GeoDataFrame], Pairs]] = {
    "gisclusters": ours,
    "geopandas.overlay": overlay,
    "sjoin + intersection": joined,
}


def main() -> None:
    """Time every peer in turn and print a table; a peer that finds something else is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--extents-m", type=float, nargs="+", default=[1_300.0, 4_000.0, 12_700.0])
    chosen = parser.parse_args()
    sys.stdout.write(f"{'parcels':>9} {'pairs':>9}  {'peer':<22} {'seconds':>8} {'x ours':>7}\n")
    for extent_m in chosen.extents_m:
        parcels, zones = squares(40.0, extent_m), squares(500.0, extent_m, turn_rad=0.1)
        seconds: dict[str, list[float]] = {name: [] for name in PEERS}
        found: dict[str, Pairs] = {}
        for _ in range(chosen.rounds):
            for name, peer in PEERS.items():
                begun = time.perf_counter()
                found[name] = peer(parcels, zones)
                seconds[name].append(time.perf_counter() - begun)
        pairs, area_m2 = found["gisclusters"]
        for name, times in seconds.items():
            ratio = statistics.median(
                a / b for a, b in zip(times, seconds["gisclusters"], strict=True)
            )
            same = math.isclose(found[name][1], area_m2, rel_tol=1e-9)
            sys.stdout.write(
                f"{len(parcels):9,} {pairs:9,}  {name:<22} {statistics.median(times):8.3f}"
                f" {ratio:7.2f}{'' if same else '  (another area)'}\n"
            )


if __name__ == "__main__":
    main()
