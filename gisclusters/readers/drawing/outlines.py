"""Outlines of a drawing: closed polylines, rings of loose pieces, hatches, and their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, error, info, warning
from gisclusters.readers.drawing.curves import CHORD_ERROR_M, Points
from gisclusters.readers.drawing.rings import CLOSING_GAP_M, GAP_OF_LENGTH, as_points, rebuild
from gisclusters.readers.drawing.survey import Line, Survey
from gisclusters.readers.drawing.texts import Texts

_ROUNDING_M = 0.001
"""Gaps up to this are written by programs, wider ones by hands."""

_SAME_SHARE = 0.01
"""Two outlines that differ by more of their area than this are two, however thin."""

_DRAWN, _REBUILT, _HATCHED = range(3)


@dataclass(frozen=True, slots=True)
class _Found:
    layers: list[str]
    shapes: NDArray[np.object_]
    origin: NDArray[np.intp]


def outlines(found: Survey, texts: Texts) -> tuple[pd.DataFrame, list[Issue]]:
    """``drawing_layer name texts geometry`` (and ``name_original`` where letters changed).

    Closed polylines first, then rings of loose pieces layer by layer, then hatches.  A line
    whose ends miss each other by no more than ``CLOSING_GAP_M`` is closed and said so; one
    that bounds nothing is an error when it has the making of an outline (a polyline of three
    corners or more), else a warning.  Rings inside rings are outlines of their own.
    """
    issues: list[Issue] = []
    closed: list[Line] = []
    loose: dict[str, list[Line]] = {}
    for line in found.lines:
        whole = _closed(line, issues)
        if whole is None:
            loose.setdefault(line.layer, []).append(line)
        else:
            closed.append(whole)
    layers = [line.layer for line in closed]
    rings = [line.points for line in closed]
    for layer, lines in loose.items():
        made = _rebuilt(layer, lines, issues)
        layers += [layer] * len(made)
        rings += made
    origin = [_DRAWN] * len(closed) + [_REBUILT] * (len(rings) - len(closed))
    shapes = np.concatenate((polygons(rings), _objects([shape for _, shape in found.hatches])))
    kept = _once(
        _Found([*layers, *(layer for layer, _ in found.hatches)], shapes,
               np.array([*origin, *[_HATCHED] * len(found.hatches)], dtype=np.intp)),
        issues,
    )  # fmt: skip
    frame = pd.DataFrame({
        "drawing_layer": pd.Series(kept.layers, dtype=object),
        "geometry": pd.Series(kept.shapes, dtype=object),
    })  # fmt: skip
    if found.curved and len(frame):
        issues.append(info("arcs_as_chords", chord=CHORD_ERROR_M))
    inner = _inside(kept.shapes)
    if inner:
        issues.append(info("outline_inside", count=inner))
    return named(frame, texts), issues


def polygons(rings: Sequence[Points]) -> NDArray[np.object_]:
    """Rings (n × 2 each, first vertex not repeated, three corners or more) as polygons."""
    if not rings:
        return np.empty(0, dtype=object)
    shut = [np.vstack((ring, ring[:1])) for ring in rings]
    index = np.repeat(np.arange(len(shut)), [len(ring) for ring in shut])
    made = shapely.polygons(shapely.linearrings(np.concatenate(shut), indices=index))
    return np.asarray(made, dtype=object)


def named(frame: pd.DataFrame, texts: Texts) -> pd.DataFrame:
    """Give each text to the smallest outline it stands in (the border counts as inside).

    ``name`` is the longest text of an outline, ``texts`` all of them in the drawing's order.
    """
    shapes = frame["geometry"].to_numpy(dtype=object)
    usable = shapes.copy()
    usable[~shapely.is_valid(shapes)] = None
    point, outline = shapely.STRtree(usable).query(as_points(texts.anchors), predicate="intersects")
    order = np.lexsort((shapely.area(shapes)[outline], point))
    first = np.unique(point[order], return_index=True)[1]
    inside: dict[int, list[int]] = {}
    for text, place in zip(point[order][first], outline[order][first], strict=True):
        inside.setdefault(int(place), []).append(int(text))
    names, every, original = (np.full(len(frame), None, dtype=object) for _ in range(3))
    for place, found in inside.items():
        longest = max(found, key=lambda text: len(texts.words[text]))
        names[place], original[place] = texts.words[longest], texts.original[longest]
        every[place] = "; ".join(texts.words[found])
    columns = {"name": names, "texts": every} | (
        {"name_original": original} if any(original) else {}
    )
    return frame.assign(**{key: pd.Series(cells, dtype=object) for key, cells in columns.items()})


def _closed(line: Line, issues: list[Issue]) -> Line | None:
    """A line that is a ring, its end vertex not repeated; None for one that is not."""
    points = line.points
    if len(points) > 3 and (points[0] == points[-1]).all():
        return Line(line.layer, line.type, points[:-1], closed=True)
    if len(points) < 3:
        return None
    if line.closed:
        return line
    gap = float(np.hypot(*(points[0] - points[-1])))
    length = float(np.hypot(*np.diff(points, axis=0).T).sum())
    if gap > min(CLOSING_GAP_M, GAP_OF_LENGTH * length):
        return None
    issues.append(_gap(line.layer, float(points[-1, 0]), float(points[-1, 1]), gap))
    return Line(line.layer, line.type, points, closed=True)


def _rebuilt(layer: str, lines: list[Line], issues: list[Issue]) -> list[Points]:
    """The rings of the loose pieces of one drawing layer."""
    meant = np.array(
        [line.type in {"LWPOLYLINE", "POLYLINE"} and len(line.points) > 2 for line in lines]
    )
    made = rebuild([line.points for line in lines], CLOSING_GAP_M, meant)
    for x1, y1, x2, y2 in made.bridges:
        issues.append(_gap(layer, x1, y1, float(np.hypot(x1 - x2, y1 - y2))))
    for place in np.flatnonzero(meant & ~made.used):
        points = lines[place].points
        issues.append(
            error("polyline_open", field="geometry", value=layer,
                  gap=float(np.hypot(*(points[0] - points[-1]))), limit=CLOSING_GAP_M,
                  start=_place(*points[0]), end=_place(*points[-1]))
        )  # fmt: skip
    for piece in made.dangling:
        start, end = shapely.get_coordinates(piece)[[0, -1]]
        issues.append(
            warning("loose_unused", value=layer, length=float(piece.length),
                    start=_place(*start), end=_place(*end))
        )  # fmt: skip
    rings = [ring for ring in made.rings if len(ring) > 2]
    if rings:
        issues.append(info("outlines_rebuilt", value=layer, count=len(rings), pieces=len(lines)))
    return rings


def _once(found: _Found, issues: list[Issue]) -> _Found:
    """Leave out hatches of outlines; outlines drawn twice stay, and are named."""
    shapes = found.shapes
    usable = np.flatnonzero(shapely.is_valid(shapes) & ~shapely.is_empty(shapes))
    middle = shapely.centroid(shapes[usable])
    one, two = shapely.STRtree(middle).query(
        middle, predicate="dwithin", distance=2 * CHORD_ERROR_M
    )
    one, two = usable[one[one < two]], usable[two[one < two]]
    area = shapely.area(shapes)
    strip = np.minimum(CHORD_ERROR_M * shapely.length(shapes[one]), _SAME_SHARE * area[one])
    near = np.abs(area[one] - area[two]) <= strip
    one, two, strip = one[near], two[near], strip[near]
    same = shapely.area(shapely.symmetric_difference(shapes[one], shapes[two])) <= strip
    one, two = one[same], two[same]
    fills = (found.origin[two] == _HATCHED) & (found.origin[one] != _HATCHED)
    hatches = np.unique(two[fills])
    if len(hatches):
        issues.append(info("hatch_of_outline", count=len(hatches)))
    for place in np.setdiff1d(two[~fills], hatches):
        x, y = shapely.get_coordinates(shapes[place])[0]
        issues.append(warning("outline_twice", field="geometry", value=found.layers[place],
                              place=_place(x, y)))  # fmt: skip
    kept = np.setdiff1d(np.arange(len(shapes)), hatches)
    return _Found([found.layers[i] for i in kept], shapes[kept], found.origin[kept])


def _inside(shapes: NDArray[np.object_]) -> int:
    """How many outlines lie within another."""
    usable = shapes[shapely.is_valid(shapes)]
    outer, inner = shapely.STRtree(usable).query(usable, predicate="contains")
    return len(np.unique(inner[outer != inner]))


def _gap(layer: str, x: float, y: float, gap: float) -> Issue:
    make = info if gap <= _ROUNDING_M else warning
    return make("gap_closed", field="geometry", value=layer, gap=gap, place=_place(x, y))


def _place(x: float, y: float) -> str:
    return f"{x:.3f} {y:.3f}"


def _objects(shapes: list[shapely.Geometry]) -> NDArray[np.object_]:
    out = np.empty(len(shapes), dtype=object)
    out[:] = shapes
    return out
