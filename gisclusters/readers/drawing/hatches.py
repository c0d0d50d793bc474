"""HATCH and MPOLYGON: boundary paths to one shape, islands as holes by the even-odd rule."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import shapely
from ezdxf.entities.boundary_paths import (
    AbstractEdge,
    ArcEdge,
    EdgePath,
    EllipseEdge,
    LineEdge,
    PolylinePath,
    SplineEdge,
)
from ezdxf.entities.polygon import DXFPolygon
from ezdxf.math import Vec3
from numpy.typing import NDArray

from gisclusters.readers.drawing.curves import Points, bulged, to_world, turn, walked
from gisclusters.readers.drawing.rings import rebuild


def hatch_shape(
    hatch: DXFPolygon, chord: float, to_metres: Callable[[Points], Points], gap_m: float
) -> shapely.Geometry:
    """The filled ground of a hatch, in metres; one polygon, or several where it is in parts.

    ``to_metres`` takes world points (n × 3) to east and north (n × 2).  Edges of a path that
    do not meet within ``gap_m`` bound nothing.  Raises ValueError where nothing is bounded.
    """
    elevation = float(Vec3(hatch.dxf.elevation).z)

    def placed(flat: Points) -> Points:
        points = np.column_stack((flat, np.full(len(flat), elevation)))
        return to_metres(to_world(hatch, points))

    rings: list[Points] = []
    for path in hatch.paths:
        if isinstance(path, PolylinePath):
            corners = np.array([(x, y, bulge) for x, y, bulge in path.vertices])
            if len(corners):
                rings.append(placed(bulged(corners, chord, closed=True)))
        elif isinstance(path, EdgePath):
            pieces = [placed(_edge(edge, chord)) for edge in path.edges]
            if pieces:
                rings += rebuild(pieces, gap_m, np.ones(len(pieces), dtype=bool)).rings
    polygons = np.array([shapely.Polygon(ring) for ring in rings if len(ring) > 2], dtype=object)
    if not len(polygons):
        raise ValueError("a hatch whose edges bound nothing")
    return _even_odd(polygons)


def _even_odd(polygons: NDArray[np.object_]) -> shapely.Geometry:
    """Rings at an even depth are ground, those at an odd depth holes in the ring around them.

    Rings that cross stay polygons of one (invalid) multipolygon, for the checks to name.
    """
    if not shapely.is_valid(polygons).all():
        return _gathered(list(polygons))
    area = shapely.area(polygons)
    outer, inner = shapely.STRtree(polygons).query(polygons, predicate="contains")
    deeper = area[outer] > area[inner]
    outer, inner = outer[deeper], inner[deeper]
    depth = np.bincount(inner, minlength=len(polygons))
    parts = []
    for shell in np.flatnonzero(depth % 2 == 0):
        holes = inner[(outer == shell) & (depth[inner] == depth[shell] + 1)]
        parts.append(
            shapely.Polygon(
                shapely.get_exterior_ring(polygons[shell]),
                list(shapely.get_exterior_ring(polygons[holes])),
            )
        )
    return _gathered(parts)


def _gathered(parts: list[shapely.Polygon]) -> shapely.Geometry:
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _edge(edge: AbstractEdge, chord: float) -> Points:
    """The vertices (n × 2) of one edge in the hatch's plane."""
    if isinstance(edge, LineEdge):
        return np.array([(edge.start.x, edge.start.y), (edge.end.x, edge.end.y)])
    if isinstance(edge, ArcEdge):
        start = math.radians(edge.start_angle)
        span = math.radians(edge.end_angle - edge.start_angle) % math.tau or math.tau
        u, v = np.array([edge.radius, 0]), np.array([0, edge.radius])
        return _looped(np.array([edge.center.x, edge.center.y]), u, v, start, span, chord)
    if isinstance(edge, EllipseEdge):
        u = np.array([edge.major_axis.x, edge.major_axis.y])
        v = np.array([-u[1], u[0]]) * edge.ratio
        span = (edge.end_param - edge.start_param) % math.tau or math.tau
        center = np.array([edge.center.x, edge.center.y])
        return _looped(center, u, v, edge.start_param, span, chord)
    if isinstance(edge, SplineEdge):
        return walked(edge.construction_tool().flattening(chord))[:, :2]
    raise ValueError(f"an edge of type {type(edge).__name__}")


def _looped(
    center: Points, u: Points, v: Points, start: float, span: float, chord: float
) -> Points:
    curve = turn(center, u, v, start, span, chord)
    return np.vstack((curve.points, curve.points[:1])) if curve.closed else curve.points
