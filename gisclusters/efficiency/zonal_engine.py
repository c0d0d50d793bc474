"""Class fractions by exactextract: the raster by windows, the shapes as they are, in one pass.

What exactextract 0.3.0 takes and gives stays in here.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd
import shapely
from exactextract import exact_extract
from exactextract.feature import Feature, FeatureSource
from exactextract.raster import RasterSource
from numpy.typing import NDArray

CELLS_IN_MEMORY = 4_000_000
"""Pixels that are read at once, whatever the size of the raster and of the parcel."""

_NEAR_PIXELS = 512
"""Shapes are taken in the order of squares of so many pixels: what was read serves again."""


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

    @property
    def no_data_code(self) -> int | None:
        """What ``read_codes`` writes where nothing is known; None where all is known."""
        ...

    def bounded(self) -> AbstractContextManager[object]:
        """While it is entered, reading keeps to a bounded amount of memory."""
        ...

    def read_codes(self, column: int, row: int, columns: int, rows: int) -> NDArray[Any]:
        """Whole-number classes of a window, row 0 in the north."""
        ...


class Fractions(NamedTuple):
    """What lies in each zone: valid pixels, and the share of each class of them.

    ``shares`` has one row a zone and one column a class of ``classes`` (ascending).
    """

    pixels: NDArray[np.float64]
    classes: NDArray[np.int64]
    shares: NDArray[np.float64]


def class_fractions(zones: NDArray[np.object_], landcover: LandCover) -> Fractions:
    """The fractions of every class in every zone; polygons in the raster's own CRS.

    Where nothing is valid there are no pixels and the shares are 0.  Raises what the raster
    raises when it is read.
    """
    if not len(zones):
        return Fractions(np.zeros(0), np.zeros(0, dtype="int64"), np.zeros((0, 0)))
    order = _near_first(zones, landcover)
    with landcover.bounded():
        found: pd.DataFrame = exact_extract(
            _Raster(landcover), _Zones(zones[order]), ["count", "unique", "frac"],
            output="pandas", max_cells_in_memory=CELLS_IN_MEMORY,
        )  # fmt: skip
    pixels = np.empty(len(zones))
    pixels[order] = found["count"].to_numpy(dtype="float64")
    held = found["unique"].to_list()
    lengths = [len(codes) for codes in held]
    if not sum(lengths):
        return Fractions(pixels, np.zeros(0, dtype="int64"), np.zeros((len(zones), 0)))
    classes, columns = np.unique(np.concatenate(held).astype("int64"), return_inverse=True)
    shares = np.zeros((len(zones), len(classes)))
    shares[np.repeat(order, lengths), columns] = np.concatenate(found["frac"].to_list())
    return Fractions(pixels, classes, shares)


def _near_first(zones: NDArray[np.object_], landcover: LandCover) -> NDArray[np.intp]:
    """The positions of the zones from the north-west, square by square."""
    west, _, _, north = landcover.extent
    width, height = landcover.pixel_size
    bounds = shapely.bounds(zones)
    across = np.floor((bounds[:, 0] - west) / (width * _NEAR_PIXELS))
    down = np.floor((north - bounds[:, 3]) / (height * _NEAR_PIXELS))
    return np.lexsort((across, down))


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

    def nodata_value(self) -> int | None:
        return self._landcover.no_data_code

    def read_window(self, column: int, row: int, columns: int, rows: int) -> NDArray[Any]:
        return self._landcover.read_codes(column, row, columns, rows)


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
