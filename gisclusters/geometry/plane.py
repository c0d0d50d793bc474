"""The plane in which shapes of a file are measured in metres, and how their places are written.

A file in degrees is measured in the nearest VN-2000 zone, through the one door of
``crs.py``; its coordinates stay as received.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gisclusters.geometry.crs import transform_geometries, transform_xy
from gisclusters.geometry.crs_names import is_lonlat, is_metric
from gisclusters.geometry.zones import nearest_zone

Objects = NDArray[np.object_]

_REACH_DEG = 3.0
"""As far from a zone's central meridian as widths are still true to a part in a thousand."""


@dataclass(frozen=True, slots=True)
class Plane:
    """``crs`` is that of the file, ``metric`` one in metres; None where the file's unit is odd."""

    crs: str
    metric: str | None

    @property
    def unit(self) -> str:
        """In what measures are given: ``m``, or the CRS whose unit it is."""
        return self.crs if self.metric is None else "m"

    def measured(self, shapes: Objects) -> Objects:
        """The shapes in metres, vertex by vertex; in the file's unit where there is no metre."""
        if self.metric is None:
            return shapes
        return transform_geometries(shapes, self.crs, self.metric)

    def place(self, x: float, y: float) -> str:
        """A point of the plane in the coordinates of the file, to the millimetre."""
        if self.metric is not None and self.metric != self.crs:
            x, y = transform_xy(x, y, self.metric, self.crs)
        return self.written(x, y)

    def written(self, x: float | None, y: float | None) -> str:
        """A point of the file as text, east then north, to the millimetre; ``–`` for none."""
        if x is None or y is None:
            return "–"
        decimals = 8 if is_lonlat(self.crs) else 3
        return f"{x:.{decimals}f} {y:.{decimals}f}"


def plane_of(crs: str, shapes: Objects) -> Plane:
    """The plane for shapes in ``crs`` (``EPSG:n``), by the middle of all that is finite.

    Degrees out of reach of every zone have no metre.
    """
    if is_metric(crs):
        return Plane(crs, crs)
    bounds = shapely.bounds(shapes)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not is_lonlat(crs) or not len(bounds):
        return Plane(crs, None)
    middle = float(bounds[:, 0].min()) / 2 + float(bounds[:, 2].max()) / 2
    zone = nearest_zone(middle)
    near = abs(zone.central_meridian_deg - middle) <= _REACH_DEG
    return Plane(crs, zone.code if near else None)
