"""The ground of the overlap benchmark, as GeoParquet files of ``id`` and ``geometry``.

``zones``: 3 055 zones of a tiling with crooked shared borders, 193 corners in the middle.
``forests``: the same and 40 forests of 10 000 to 60 000 corners with holes over them, 2.1 million
corners in all.  ``parcels``: 10 to 500 corners, one of ten cut along the borders of zones.
"""

from __future__ import annotations

import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from tests import fractal

CRS = "EPSG:9210"
PLANS = ("zones", "forests")


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
    return gpd.GeoDataFrame(geometry=shapely.polygons(turned), crs="EPSG:9216")


def plans() -> dict[str, NDArray[np.object_]]:
    """Every plan by its name."""
    rng = np.random.default_rng(9210)
    zones = fractal.tiling(rng, 3_000)
    forests = fractal.forests(rng, np.linspace(10_000, 60_000, 40, dtype=int))
    return {"zones": zones, "forests": np.concatenate((zones, forests))}


def parcels(count: int, zones: NDArray[np.object_]) -> NDArray[np.object_]:
    """So many parcels, the same for the same number."""
    rng = np.random.default_rng(count)
    return fractal.cut_along(rng, fractal.parcels(rng, count), zones, share=0.1)


def write(folder: Path, sizes: list[int]) -> None:
    """All files of the benchmark, ``zones.parquet``, ``parcels_1000.parquet`` and so on."""
    drawn = plans()
    drawn |= {f"parcels_{size}": parcels(size, drawn["zones"]) for size in sizes}
    for name, shapes in drawn.items():
        frame = gpd.GeoDataFrame({"id": np.arange(len(shapes))}, geometry=shapes, crs=CRS)
        frame.to_parquet(folder / f"{name}.parquet", compression=None)


def read(path: Path) -> gpd.GeoDataFrame:
    """A file of ours as a frame whose labels are the ids."""
    return gpd.read_parquet(path)


def corners(folder: Path, name: str) -> int:
    """How many corners a file has."""
    return int(shapely.get_num_coordinates(read(folder / f"{name}.parquet").geometry.array).sum())
