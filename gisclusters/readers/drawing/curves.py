"""Entities to vertices: straight sides as drawn, arcs and splines as chords.

Arcs, bulges and ellipses are walked on the curve itself.  (ezdxf's own path of a bulge is a
Bézier curve that leaves an arc of 1000 m radius by 27 cm, so it is not used.)
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from ezdxf.entities.arc import Arc
from ezdxf.entities.circle import Circle
from ezdxf.entities.dxfentity import DXFEntity
from ezdxf.entities.ellipse import Ellipse
from ezdxf.entities.line import Line
from ezdxf.entities.lwpolyline import LWPolyline
from ezdxf.entities.polyline import Polyline
from ezdxf.entities.spline import Spline
from ezdxf.math import OCS, Vec3
from numpy.typing import NDArray

Points = NDArray[np.float64]

CHORD_ERROR_M = 0.001
"""Chords leave their curve by no more than this."""

MOST_CHORDS = 200_000
"""More chords than this on one curve are a fault of the drawing."""

_SPLINE_FRAME = 16
"""Flag of a vertex that steers a fitted polyline and is not on it."""


class Curve(NamedTuple):
    """Vertices (n × 3) in the entity's own coordinates; ``closed`` where the drawing says so."""

    points: Points
    closed: bool


def curve_of(entity: DXFEntity, chord: float) -> Curve | None:
    """The curve an entity draws, None where it draws none (a mesh, another type).

    ``chord`` in drawing units.  The first vertex of a closed curve is not repeated.
    Raises ValueError and what ezdxf raises on an entity that makes no sense.
    """
    curve: Curve | None = None
    if isinstance(entity, LWPolyline):
        values = np.array(entity.lwpoints.values, dtype=np.float64).reshape(-1, 5)
        curve = _polyline(entity, values[:, [0, 1, 4]], float(entity.dxf.elevation),
                          closed=entity.closed, chord=chord)  # fmt: skip
    elif isinstance(entity, Line):
        curve = Curve(np.array([entity.dxf.start.xyz, entity.dxf.end.xyz]), closed=False)
    elif isinstance(entity, Polyline):
        curve = _old_polyline(entity, chord)
    elif isinstance(entity, Arc):
        start, end = math.radians(entity.dxf.start_angle), math.radians(entity.dxf.end_angle)
        radius = float(entity.dxf.radius)
        flat = turn(np.array(entity.dxf.center.xyz), np.array([radius, 0, 0]),
                    np.array([0, radius, 0]), start, _span(start, end), chord)  # fmt: skip
        curve = Curve(to_world(entity, flat.points), flat.closed)
    elif isinstance(entity, Circle):
        radius = float(entity.dxf.radius)
        flat = turn(np.array(entity.dxf.center.xyz), np.array([radius, 0, 0]),
                    np.array([0, radius, 0]), 0.0, math.tau, chord)  # fmt: skip
        curve = Curve(to_world(entity, flat.points), flat.closed)
    elif isinstance(entity, Ellipse):
        start, end = float(entity.dxf.start_param), float(entity.dxf.end_param)
        curve = turn(np.array(entity.dxf.center.xyz), np.array(entity.dxf.major_axis.xyz),
                     np.array(entity.minor_axis.xyz), start, _span(start, end), chord)  # fmt: skip
    elif isinstance(entity, Spline):
        points = walked(entity.flattening(chord))
        meets = bool((points[0] == points[-1]).all())
        curve = Curve(points[:-1] if meets else points, meets or bool(entity.closed))
    return curve


def turn(center: Points, u: Points, v: Points, start: float, span: float, chord: float) -> Curve:
    """``center + u·cos t + v·sin t`` from ``start`` over ``span`` radians (negative: backwards)."""
    count = steps(float(max(np.linalg.norm(u), np.linalg.norm(v))), abs(span), chord)
    closed = abs(span) >= math.tau
    t = start + span * np.arange(count if closed else count + 1) / count
    return Curve(center + np.outer(np.cos(t), u) + np.outer(np.sin(t), v), closed)


def bulged(corners: Points, chord: float, *, closed: bool) -> Points:
    """Corners ``x y bulge`` (n × 3) to vertices ``x y``, every bulge walked on its arc."""
    xy, bulge = corners[:, :2], corners[:, 2]
    arcs = np.flatnonzero(bulge)
    if not len(arcs):
        return xy
    pieces: list[Points] = []
    done = 0
    for place in map(int, arcs):
        if place == len(xy) - 1 and not closed:
            break
        pieces.append(xy[done : place + 1])
        pieces.append(_between(xy[place], xy[(place + 1) % len(xy)], float(bulge[place]), chord))
        done = place + 1
    return np.concatenate([*pieces, xy[done:]])


def to_world(entity: DXFEntity, points: Points) -> Points:
    """Points (n × 3) of an entity's own plane in world coordinates."""
    extrusion = Vec3(entity.dxf.get("extrusion", (0, 0, 1)))
    if extrusion.isclose((0, 0, 1)):
        return points
    axes = OCS(extrusion)
    turned: Points = points @ np.array([axes.ux.xyz, axes.uy.xyz, axes.uz.xyz])
    return turned


def walked(vertices: Iterable[Vec3]) -> Points:
    """What ezdxf flattens a spline to.  Raises ValueError where it has no end or no points."""
    found = list(itertools.islice(vertices, MOST_CHORDS + 1))
    if not 2 <= len(found) <= MOST_CHORDS:
        raise ValueError(f"a spline of {len(found)} vertices")
    return np.array([vertex.xyz for vertex in found], dtype=np.float64)


def steps(radius: float, span: float, chord: float) -> int:
    """Chords so that a circle of ``radius`` is left by no more than ``chord``.

    Raises ValueError where that takes more than ``MOST_CHORDS``.
    """
    if not (math.isfinite(radius) and math.isfinite(span)):
        raise ValueError("an arc without a finite radius")
    half = 2 * math.asin(math.sqrt(min(chord / (2 * radius), 0.07))) if radius > 0 else math.pi
    count = max(1, math.ceil(span / (2 * half) - 1e-9))
    if count > MOST_CHORDS:
        raise ValueError(f"an arc of {count} chords")
    return count


def _polyline(
    entity: DXFEntity, corners: Points, elevation: float, *, closed: bool, chord: float
) -> Curve:
    flat = bulged(corners, chord, closed=closed)
    points = np.column_stack((flat, np.full(len(flat), elevation)))
    return Curve(to_world(entity, points), closed)


def _old_polyline(entity: Polyline, chord: float) -> Curve | None:
    if entity.is_poly_face_mesh or entity.is_polygon_mesh:
        return None
    vertices = [
        vertex.dxf for vertex in entity.vertices
        if not (entity.is_2d_polyline and vertex.dxf.flags & _SPLINE_FRAME)
    ]  # fmt: skip
    points = np.array([vertex.location.xyz for vertex in vertices]).reshape(-1, 3)
    if not entity.is_2d_polyline:
        return Curve(points, entity.is_closed)
    bulges = [float(vertex.get("bulge", 0)) for vertex in vertices]
    elevation = float(Vec3(entity.dxf.get("elevation", (0, 0, 0))).z)
    return _polyline(entity, np.column_stack((points[:, :2], bulges)), elevation,
                     closed=entity.is_closed, chord=chord)  # fmt: skip


def _between(start: Points, end: Points, bulge: float, chord: float) -> Points:
    """The vertices between two corners: bulge = tan(angle / 4), positive counter-clockwise."""
    side = end - start
    length = float(np.hypot(*side))
    if length == 0:
        return np.empty((0, 2))
    span = 4 * math.atan(bulge)
    center = (start + end) / 2 + np.array([-side[1], side[0]]) * (1 - bulge**2) / (4 * bulge)
    radius = length * (1 + bulge**2) / (4 * abs(bulge))
    count = steps(radius, abs(span), chord)
    first = math.atan2(start[1] - center[1], start[0] - center[0])
    t = first + span * np.arange(1, count) / count
    return center + radius * np.column_stack((np.cos(t), np.sin(t)))


def _span(start: float, end: float) -> float:
    """Counter-clockwise from start to end; a whole turn where they are the same."""
    span = (end - start) % math.tau
    return (
        math.tau if math.isclose(span, 0, abs_tol=1e-12) or math.isclose(span, math.tau) else span
    )
