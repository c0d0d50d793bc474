"""Land-cover rasters: GeoTIFF files of classes, read by windows and never resampled.

Only GeoTIFF is opened, by its first bytes and with that one driver, so that no other format
hidden under the name can reach for files or hosts of its own.
"""

from __future__ import annotations

import hashlib
import warnings
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import MaskFlags
from rasterio.errors import NotGeoreferencedWarning, RasterioError, RasterioIOError
from rasterio.windows import Window

from gisclusters.domain.issue import Issue, error
from gisclusters.domain.source import Source
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs_names import identify_crs
from gisclusters.readers.raster_legend import Legend, read_legend

_NO_DATA = -(2**62)
_CACHE_BYTES = 256 * 2**20
"""What GDAL keeps of pixels already read; its own default is a share of the machine's memory."""

_TIFF_MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


class LandCover:
    """An open raster of classes, north up; a context manager that closes it.

    ``crs`` is its code; ``extent`` is west, south, east, north and ``pixel_size`` width and
    height, both in the unit of that CRS; ``nodata`` is the declared value or None.
    """

    def __init__(self, dataset: Any, band: int, path: Path, crs: str) -> None:
        self._dataset = dataset
        self._band = band
        self._kind = dataset.dtypes[band - 1]
        self._path = path
        self.crs = crs
        transform = dataset.transform
        self._south_up = bool(transform.e > 0)
        self.pixel_size = (float(transform.a), float(abs(transform.e)))
        west, first = float(transform.c), float(transform.f)
        last = first + transform.e * dataset.height
        self.extent = (
            west,
            min(first, last),
            west + self.pixel_size[0] * dataset.width,
            max(first, last),
        )
        self.nodata: float | None = dataset.nodata
        self._as_stored = _holds_codes(dataset, band)
        self.no_data_code: int | None = _NO_DATA
        if self._as_stored:
            self.no_data_code = None if self.nodata is None else int(self.nodata)

    @property
    def band(self) -> int:
        """Which band is read, from 1."""
        return self._band

    @property
    def bands(self) -> int:
        """How many bands the file has."""
        return int(self._dataset.count)

    @cached_property
    def legend(self) -> Legend:
        """The names, colours and days that the file gives its classes."""
        return read_legend(self._dataset, self._band, self._path)

    @property
    def name(self) -> str:
        """The name of the file."""
        return self._path.name

    @property
    def pixel_area(self) -> float:
        """The area of a pixel in the square of the CRS's unit."""
        return self.pixel_size[0] * self.pixel_size[1]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return int(self._dataset.height), int(self._dataset.width)

    @property
    def source(self) -> Source:
        """What identifies the raster in a run; ``rows`` are its rows of pixels."""
        with self._path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return Source(
            role="landcover",
            name=self.name,
            sha256=digest,
            crs_as_received=self.crs,
            rows=self.shape[0],
        )

    def bounded(self) -> AbstractContextManager[object]:
        """While it is entered GDAL keeps at most 256 MB of pixels, whatever the machine has."""
        env: AbstractContextManager[object] = rasterio.Env(GDAL_CACHEMAX=_CACHE_BYTES)
        return env

    def read_window(
        self, column: int, row: int, columns: int, rows: int
    ) -> np.ma.MaskedArray[Any, Any]:
        """Whole-number classes of a window, row 0 in the north, nodata masked.

        Raises InputRefusedError where the file is damaged (``landcover_unreadable``) or a
        value is no whole number (``landcover_not_classes``).
        """
        if columns <= 0 or rows <= 0:
            return np.ma.MaskedArray(np.zeros((max(rows, 0), max(columns, 0)), dtype="int64"))
        classes = self._whole(self._read(column, row, columns, rows, masked=True))
        return classes[::-1, :] if self._south_up else classes

    def read_codes(self, column: int, row: int, columns: int, rows: int) -> NDArray[Any]:
        """The same window without a mask: ``no_data_code`` where nothing is known.

        The pixels of whole numbers come as they are stored, which is all that counting needs.
        """
        if not self._as_stored:
            values = self.read_window(column, row, columns, rows)
            return np.where(np.ma.getmaskarray(values), _NO_DATA, values.data.astype("int64"))
        if columns <= 0 or rows <= 0:
            return np.zeros((max(rows, 0), max(columns, 0)), dtype=self._kind)
        codes: NDArray[Any] = self._read(column, row, columns, rows, masked=False)
        return codes[::-1, :] if self._south_up else codes

    def close(self) -> None:
        """Close the file."""
        self._dataset.close()

    def __enter__(self) -> Self:
        """Use the raster; it is open already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _read(self, column: int, row: int, columns: int, rows: int, *, masked: bool) -> Any:
        """A window as the file holds it: upside down where the raster is south up."""
        first = self._dataset.height - row - rows if self._south_up else row
        try:
            return self._dataset.read(
                self._band, window=Window(column, first, columns, rows), masked=masked
            )
        except RasterioError as fault:
            raise InputRefusedError(
                [error("landcover_unreadable", layer=self.name, reason=str(fault))]
            ) from fault

    def _whole(self, values: np.ma.MaskedArray[Any, Any]) -> np.ma.MaskedArray[Any, Any]:
        if values.dtype.kind in "iu":
            return values
        mask = np.ma.getmaskarray(values) | np.isnan(values.data)
        plain = np.where(mask, 0, values.data)
        wrong = plain != np.floor(plain)
        if wrong.any():
            raise InputRefusedError(
                [
                    error(
                        "landcover_not_classes",
                        layer=self.name,
                        value=f"{float(plain[wrong][0]):g}",
                        type=str(values.dtype),
                    )
                ]
            )
        return np.ma.MaskedArray(plain.astype("int64"), mask=mask)


def open_land_cover(path: Path, *, band: int | None = None) -> LandCover:
    """Open a GeoTIFF of land-cover classes for reading by windows.

    ``band`` counts from 1 and must be named where there are several: an image in red,
    green and blue is no map of classes.  South-up rasters are turned as they are read;
    rotated ones are refused.  Floating-point rasters are taken as long as every value read
    is a whole number.

    Raises InputRefusedError with every fault found: ``landcover_missing``,
    ``landcover_not_geotiff``, ``landcover_unreadable``, ``landcover_no_crs``,
    ``landcover_no_place``, ``landcover_rotated``, ``landcover_bands``,
    ``landcover_not_classes``.
    """
    path = Path(path)
    if not path.is_file():
        raise InputRefusedError([error("landcover_missing", layer=path.name)])
    with path.open("rb") as stream:
        if stream.read(4) not in _TIFF_MAGIC:
            raise InputRefusedError([error("landcover_not_geotiff", layer=path.name)])
    try:
        with warnings.catch_warnings():  # a raster without a place is refused below
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            dataset = rasterio.open(path.resolve(), driver="GTiff")
    except RasterioIOError as fault:
        raise InputRefusedError(
            [error("landcover_unreadable", layer=path.name, reason=str(fault))]
        ) from fault
    issues = _faults(dataset, band, path.name)
    if issues:
        dataset.close()
        raise InputRefusedError(issues)
    crs = identify_crs(dataset.crs.to_wkt())
    if crs is None:
        found = str(dataset.crs.to_wkt())[:80]
        dataset.close()
        raise InputRefusedError([error("landcover_no_crs", layer=path.name, value=found)])
    return LandCover(dataset, 1 if band is None else band, path, crs)


def _faults(dataset: Any, band: int | None, name: str) -> list[Issue]:
    """Everything that keeps the raster from being read as classes on the ground."""
    issues = []
    transform = dataset.transform
    if dataset.crs is None:
        issues.append(error("landcover_no_crs", layer=name, value="–"))
    if transform.is_identity:
        issues.append(error("landcover_no_place", layer=name))
    elif transform.b or transform.d or transform.a <= 0:
        issues.append(error("landcover_rotated", layer=name))
    number = 1 if band is None else band
    if (band is None and dataset.count > 1) or not 1 <= number <= dataset.count:
        issues.append(error("landcover_bands", layer=name, count=int(dataset.count)))
        return issues
    kind = dataset.dtypes[number - 1]
    scaled = dataset.scales[number - 1] != 1.0 or dataset.offsets[number - 1] != 0.0
    if kind.startswith("complex") or scaled:
        issues.append(error("landcover_not_classes", layer=name, value="–", type=kind))
    return issues


def _holds_codes(dataset: Any, band: int) -> bool:
    """Whether the stored numbers themselves are the classes, no data among them."""
    kind = np.dtype(dataset.dtypes[band - 1])
    flags = dataset.mask_flag_enums[band - 1]
    if kind.kind not in "iu" or flags not in ([MaskFlags.all_valid], [MaskFlags.nodata]):
        return False
    nodata = dataset.nodata
    limits = np.iinfo(kind)
    return nodata is None or (float(nodata).is_integer() and limits.min <= nodata <= limits.max)
