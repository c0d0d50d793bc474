"""Squares of one hectare on a plan of VN-2000 107°30′, and rasters of 10 m pixels on them."""

from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from rasterio.transform import Affine

from gisclusters.domain.source import Source
from gisclusters.layers.layer import Layer
from gisclusters.layers.schema import Defaults, check_rows

CRS = "EPSG:9216"
EAST, NORTH = 550_000.0, 1_590_000.0
"""South-west corner of every scene."""

DAY = date(2026, 11, 15)


def square(column: float, row: float, width: float = 1, height: float = 1) -> shapely.Polygon:
    """A rectangle of hectares, counted from the corner of the scene."""
    west, south = EAST + 100 * column, NORTH + 100 * row
    return shapely.box(west, south, west + 100 * width, south + 100 * height)


def layer(kind: str, rows: list[dict[str, Any]], crs: str = CRS) -> Layer:
    """Rows through the one gate that every file passes."""
    source = Source(role=kind, name=f"{kind}.gpkg", sha256="0", crs_as_received=crs, rows=len(rows))
    return check_rows(
        kind,
        pd.DataFrame(rows),
        crs=None if kind == "leases" else crs,
        source=source,
        defaults=Defaults(stem=kind),
    )


def table(rows: list[dict[str, Any]]) -> Layer:
    """Leases, which have no shape."""
    return layer("leases", rows)


def frame(*shapes: shapely.Geometry | None, crs: str = CRS) -> gpd.GeoDataFrame:
    """Bare shapes."""
    return gpd.GeoDataFrame(geometry=list(shapes), crs=crs)


def write_classes(
    path: Path,
    classes: Any,
    *,
    crs: str | None = CRS,
    transform: Affine | None = None,
    nodata: float | None = 0,
    pixel_m: float = 10,
    placed: bool = True,
) -> Path:
    """A GeoTIFF of classes whose south-west corner is that of the scene."""
    values = np.asarray(classes)
    bands = values if values.ndim == 3 else values[np.newaxis]
    height, width = bands.shape[1:]
    if transform is None:
        transform = Affine(pixel_m, 0, EAST, 0, -pixel_m, NORTH + height * pixel_m)
    place = {"transform": transform} if placed else {}
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=len(bands),
        dtype=bands.dtype, crs=crs, nodata=nodata, **place,
    ) as dataset:  # fmt: skip
        dataset.write(bands)
    return path
