"""What covers the ground of a parcel, from a raster of land-cover classes.

Each pixel counts by the part of it that lies in the parcel, so that a lot of a few dozen
pixels is not judged by which pixel centres happen to fall inside.  Fractions are of the
valid area; where nothing is valid nothing is said, which is not the same as 0 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.efficiency.zonal_engine import LandCover, class_fractions
from gisclusters.errors import InvalidGeometryError
from gisclusters.geometry.crs import crs_code, transform_geometries
from gisclusters.geometry.crs_names import is_metric
from gisclusters.geometry.validity import find_faults

EQUAL_AREA = "EPSG:6933"
"""Areas of parcels that are not in metres are measured here."""


def zonal_fractions(parcels: gpd.GeoDataFrame, landcover: LandCover) -> pd.DataFrame:
    """The share of every land-cover class in every parcel, with partial pixels.

    ``parcels``: valid polygons in any CRS that can be named.  They are brought to the
    raster's CRS (vertices only; sides of a parcel are too short to bend), the raster stays
    as it is.  Returns, indexed like ``parcels``:

    - ``valid_m2``: area of the parcel × ``coverage_share``; the area is planar in the
      parcels' own CRS where that is in metres, else on the ellipsoid (EPSG:6933);
    - ``coverage_share``: the share of the parcel on which the raster holds a class, 0..1;
    - ``pixels``: how many pixels that is, partial ones by their part;
    - ``share_<class>``: the share of the valid area, 0..1, one column per class found in any
      parcel, ascending; they add up to 1.  NaN where nothing is valid.

    Coverage is held in single precision: shares are good to about 1e-6.  Raises
    CrsMismatchError (no CRS), InvalidGeometryError (missing, empty, invalid, no polygon),
    InputRefusedError where the raster cannot be read.
    """
    shapes = np.asarray(parcels.geometry.array, dtype=object)
    faults = find_faults(shapes, wanted="polygon")
    if faults:
        raise InvalidGeometryError(
            [parcels.index[fault.position] for fault in faults],
            [fault.reason for fault in faults],
        )
    code = crs_code(parcels)
    zones = transform_geometries(shapes, code, landcover.crs)
    pixels, classes, shares = class_fractions(zones, landcover)
    shares[pixels == 0] = np.nan
    width, height = landcover.pixel_size
    coverage = np.minimum(pixels * width * height / shapely.area(zones), 1.0)
    measures = pd.DataFrame(
        {
            "valid_m2": _areas_m2(shapes, code) * coverage,
            "coverage_share": coverage,
            "pixels": pixels,
        },
        index=parcels.index,
    )
    names = [f"share_{value}" for value in classes]
    return pd.concat([measures, pd.DataFrame(shares, columns=names, index=parcels.index)], axis=1)


def classes_of(zonal: pd.DataFrame) -> list[int]:
    """The classes that ``zonal_fractions`` found anywhere, ascending."""
    return [int(str(name)[6:]) for name in zonal.columns if str(name).startswith("share_")]


def built_share(zonal: pd.DataFrame, built_classes: Sequence[int]) -> pd.Series[Any]:
    """The share of the valid area that the built classes take; NaN where nothing is valid."""
    names = [f"share_{value}" for value in built_classes]
    share = zonal.reindex(columns=names, fill_value=0.0).sum(axis=1)
    return share.where(zonal["pixels"] > 0)


def built_share_sd(zonal: pd.DataFrame, perimeter_m: NDArray[np.float64]) -> pd.Series[Any]:
    """Standard deviation of a class share from the size of the pixels alone.

    A pixel on the outline of a parcel has one class for ground inside and outside.  With
    the line at a random place in the pixel, taking the majority for the whole errs by a
    variance of 1/12 pixel², and perimeter ÷ pixel side such pixels err independently:
    sd = √(perimeter / (12 · side)) · side² / valid area.  Drawn against 400 random lots this
    gives 6.2 % for 0.2 ha and 0.6 % for 5 ha at 10 m (6.5 and 0.6 % found).  Errors of the
    classification come on top and are not in it.
    """
    pixel_m2 = (zonal["valid_m2"] / zonal["pixels"]).where(zonal["pixels"] > 0)
    side_m = np.sqrt(pixel_m2)
    sd: pd.Series[Any] = np.sqrt(perimeter_m / (12 * side_m)) * pixel_m2 / zonal["valid_m2"]
    return sd


def judgement(zonal: pd.DataFrame, *, grey_below: float, refuse_below: float) -> pd.Series[Any]:
    """How far a judgement on each parcel may be relied on, by its valid pixels.

    ``firm``, ``grey`` (fewer than ``grey_below``), ``refused`` (fewer than
    ``refuse_below``), ``no_data`` (none).
    """
    pixels = zonal["pixels"].to_numpy()
    words = np.select(
        [pixels == 0, pixels < refuse_below, pixels < grey_below],
        ["no_data", "refused", "grey"],
        default="firm",
    )
    return pd.Series(words.astype(object), index=zonal.index, dtype=object)


def _areas_m2(shapes: NDArray[np.object_], code: str) -> NDArray[np.float64]:
    measured = shapes if is_metric(code) else transform_geometries(shapes, code, EQUAL_AREA)
    areas: NDArray[np.float64] = shapely.area(measured)
    return areas
