"""What covers the ground of a parcel, from a raster of land-cover classes.

Each pixel counts by the part of it that lies in the parcel, so that a lot of a few dozen
pixels is not judged by which pixel centres happen to fall inside.  Fractions are of the
valid area; where nothing is valid nothing is said, which is not the same as 0 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from exactextract import exact_extract
from exactextract.feature import Feature, FeatureSource
from exactextract.raster import RasterSource
from numpy.typing import NDArray

from gisclusters.errors import InvalidGeometryError
from gisclusters.geometry.crs import crs_code, transform_geometries
from gisclusters.geometry.crs_names import is_metric
from gisclusters.geometry.validity import find_faults

_NO_DATA = -(2**62)

CELLS_IN_MEMORY = 4_000_000
"""Pixels that are read at once, whatever the size of the raster and of the parcel."""

EQUAL_AREA = "EPSG:6933"
"""Areas of parcels that are not in metres are measured here."""


class LandCover(Protocol):
    """A raster of classes, north up, read by windows (``readers.raster`` opens one).

    ``crs`` is its code; ``extent`` west, south, east, north and ``pixel_size`` width, height
    in the unit of that CRS.
    """

    @property
    def crs(self) -> str:
        """The code of its CRS."""
        ...

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        ...

    @property
    def pixel_size(self) -> tuple[float, float]:
        """Width and height of a pixel."""
        ...

    def read_window(
        self, column: int, row: int, columns: int, rows: int
    ) -> np.ma.MaskedArray[Any, Any]:
        """Whole-number classes of a window, row 0 in the north, nodata masked."""
        ...


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
    found = exact_extract(
        _Raster(landcover), _Zones(zones), ["count", "unique", "frac"],
        output="pandas", max_cells_in_memory=CELLS_IN_MEMORY,
    )  # fmt: skip
    pixels = found["count"].to_numpy(dtype="float64") if len(found) else np.zeros(0)
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
    shares = _shares(found, len(parcels))
    shares.index = parcels.index
    shares[pixels == 0] = np.nan
    return pd.concat([measures, shares], axis=1)


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


class _Raster(RasterSource):  # type: ignore[misc]
    """The land cover as exactextract reads it, with no data as a value of its own.

    exactextract 0.3.0 forgets the mask of an array whose grid differs from the one it asked
    for in the last digit, as it does with pixels of 1/12000 degree, and would count what is
    masked.
    """

    def __init__(self, landcover: LandCover) -> None:
        super().__init__()
        self._landcover = landcover

    def res(self) -> tuple[float, float]:
        return self._landcover.pixel_size

    def extent(self) -> tuple[float, float, float, float]:
        return self._landcover.extent

    def srs_wkt(self) -> None:
        return None

    def nodata_value(self) -> int:
        return _NO_DATA

    def read_window(self, column: int, row: int, columns: int, rows: int) -> NDArray[Any]:
        values = self._landcover.read_window(column, row, columns, rows)
        return np.where(np.ma.getmaskarray(values), _NO_DATA, values.data.astype("int64"))


class _Zones(FeatureSource):  # type: ignore[misc]
    """Shapes in the raster's CRS, handed over as WKB so that not a digit is lost."""

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        super().__init__()
        self._shapes = shapely.to_wkb(shapes)

    def count(self) -> int:
        return len(self._shapes)

    def __iter__(self) -> Any:
        return map(_Zone, self._shapes)

    def srs_wkt(self) -> None:
        return None


class _Zone(Feature):  # type: ignore[misc]
    def __init__(self, wkb: bytes) -> None:
        super().__init__()
        self._wkb = wkb

    def geometry(self) -> bytes:
        return self._wkb

    def fields(self) -> list[str]:
        return []


def _areas_m2(shapes: NDArray[np.object_], code: str) -> NDArray[np.float64]:
    measured = shapes if is_metric(code) else transform_geometries(shapes, code, EQUAL_AREA)
    areas: NDArray[np.float64] = shapely.area(measured)
    return areas


def _shares(found: pd.DataFrame, count: int) -> pd.DataFrame:
    """One row per parcel and one column per class, from the lists exactextract gives."""
    lengths = [len(classes) for classes in found["unique"]] if len(found) else []
    if not sum(lengths):
        return pd.DataFrame(index=range(count))
    classes, columns = np.unique(np.concatenate(found["unique"].to_list()), return_inverse=True)
    table = np.zeros((count, len(classes)))
    table[np.repeat(np.arange(count), lengths), columns] = np.concatenate(found["frac"].to_list())
    return pd.DataFrame(table, columns=[f"share_{int(value)}" for value in classes])
