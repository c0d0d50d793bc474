"""From drawing units to metres, and to the CRS where the drawing names one."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from ezdxf.document import Drawing
from ezdxf.entities.geodata import GeoData
from ezdxf.entities.lwpolyline import LWPolyline
from ezdxf.lldxf.const import DXFError
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.errors import GisClustersError
from gisclusters.geometry.crs_names import is_metric, parse_crs
from gisclusters.geometry.detective import weigh
from gisclusters.readers.drawing.opening import FAULTS, clean

Points = NDArray[np.float64]

_UNITS = {
    1: ("in", 0.0254), 2: ("ft", 0.3048), 3: ("mi", 1609.344), 4: ("mm", 0.001), 5: ("cm", 0.01),
    7: ("km", 1000.0), 10: ("yd", 0.9144), 14: ("dm", 0.1),
}  # fmt: skip
"""$INSUNITS that are not metres: the unit and its length in metres."""

_METRES = 6
_SAMPLE = 2000
_PLACES = {
    "LINE": "start", "POINT": "location", "INSERT": "insert", "CIRCLE": "center",
    "ARC": "center", "TEXT": "insert",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """``unit_m``: a drawing unit in metres; ``matrix``: world to east and north, row vectors."""

    unit_m: float
    matrix: Points
    crs: str | None
    issues: tuple[Issue, ...]

    def to_metres(self, points: Points) -> Points:
        """World points (n × 3) as east and north (n × 2)."""
        moved: Points = points @ self.matrix[:3, :2] + self.matrix[3, :2]
        return moved


def place(document: Drawing) -> Placing:
    """What the drawing says of its units and its CRS.

    GEODATA that names an EPSG code and says how the drawing lies in it is used.  Otherwise
    the stated unit scales to metres, except where the numbers as they stand lie in a VN-2000
    zone: then they are metres, whatever the template of the drawing says.
    """
    found = document.modelspace().get_geodata()
    doubts: list[Issue] = []
    if found is not None:
        try:
            return _by_geodata(found)
        except (*FAULTS, GisClustersError) as fault:
            doubts.append(warning("geodata_unused", reason=clean(str(fault))))
    stated = int(document.header.get("$INSUNITS", 0))
    name, unit_m = _UNITS.get(stated, ("m", 1.0))
    if stated in _UNITS:
        if _in_a_zone(_sample(document)):
            doubts.append(warning("units_contradicted", value=name))
            unit_m = 1.0
        else:
            doubts.append(warning("units_scaled", value=name, factor=f"{unit_m:g}"))
    elif stated != _METRES:
        doubts.append(info("units_unstated"))
    return Placing(unit_m=unit_m, matrix=np.diag([unit_m, unit_m, unit_m, 1.0]), crs=None,
                   issues=tuple(doubts))  # fmt: skip


def _by_geodata(found: GeoData) -> Placing:
    """Raises DXFError or UsageError where it names no usable EPSG code or is laid out oddly."""
    matrix, epsg = found.get_crs_transformation()
    crs = parse_crs(epsg)
    if not is_metric(crs):
        raise DXFError(f"{crs} is not in metres")
    laid = np.array(list(matrix), dtype=np.float64).reshape(4, 4)
    unit_m = float(found.dxf.horizontal_unit_scale)
    return Placing(unit_m=unit_m, matrix=laid, crs=crs,
                   issues=(info("geodata_used", value=crs, factor=f"{unit_m:g}"),))  # fmt: skip


def _sample(document: Drawing) -> Points:
    """A place of each of the first entities, as the numbers stand."""
    corners: list[tuple[float, float]] = []
    for entity in itertools.islice(document.modelspace(), _SAMPLE):
        if isinstance(entity, LWPolyline) and len(entity):
            corners.append((float(entity[0][0]), float(entity[0][1])))
        elif (name := _PLACES.get(entity.dxftype())) is not None:
            place = entity.dxf.get(name)
            corners.append((float(place.x), float(place.y)))
    return np.array(corners, dtype=np.float64).reshape(-1, 2)


def _in_a_zone(corners: Points) -> bool:
    """Whether the bulk of the numbers lies in a VN-2000 zone in Vietnam as metres."""
    if not len(corners):
        return False
    low, high = np.percentile(corners, (5, 95), axis=0)
    return all(bool(weigh(x[:1], x[1:], None)) for x in (low, high))
