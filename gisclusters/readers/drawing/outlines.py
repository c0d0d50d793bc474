"""Outlines of a drawing: closed polylines, rings of loose pieces, hatches, and their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, error, info, warning
from gisclusters.readers.drawing.circles import sort_circles
from gisclusters.readers.drawing.curves import CHORD_ERROR_M, Points
from gisclusters.readers.drawing.nesting import alike, holes_by_hatch, told_inside
from gisclusters.readers.drawing.rings import CLOSING_GAP_M, GAP_OF_LENGTH, as_points, rebuild
from gisclusters.readers.drawing.survey import CIRCLE_RANK, Line, Survey
from gisclusters.readers.drawing.texts import Texts

_ROUNDING_M = 0.001
"""Gaps up to this are written by programs, wider ones by hands."""

_DRAWN, _REBUILT, _HATCHED = range(3)


@dataclass(frozen=True, slots=True)
class _Found:
    layers: list[str]
    shapes: NDArray[np.object_]
    origin: NDArray[np.intp]
    hole: NDArray[np.bool_]


def outlines(found: Survey, texts: Texts) -> tuple[pd.DataFrame, list[Issue]]:
    """``drawing_layer name texts geometry`` (and ``name_original`` where letters changed).

    Closed polylines first, then rings of loose pieces layer by layer, then hatches.  A line
    whose ends miss each other by no more than ``CLOSING_GAP_M`` is closed and said so; one
    that bounds nothing is an error when it has the making of an outline (a polyline of three
    corners or more), else a warning.  Circles see ``sort_circles``.  Rings inside rings are
    outlines of their own and told, holes only where a hatch shows it.
    """
    closed, issues = _circles(found)
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
    every = _Found(
        [*layers, *(layer for layer, _ in found.hatches)], shapes,
        np.array([*origin, *[_HATCHED] * len(found.hatches)], dtype=np.intp),
        np.zeros(len(shapes), dtype=bool),
    )  # fmt: skip
    kept = _holed(_once(every, issues), issues)
    frame = pd.DataFrame({
        "drawing_layer": pd.Series(kept.layers, dtype=object),
        "geometry": pd.Series(kept.shapes, dtype=object),
    })  # fmt: skip
    if len(frame) and (found.curved or any(line.type == "CIRCLE" for line in closed)):
        issues.append(info("arcs_as_chords", chord=CHORD_ERROR_M))
    frame, more = _without_holes(named(frame, texts), kept.hole)
    return frame, [*issues, *more]


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


def _circles(found: Survey) -> tuple[list[Line], list[Issue]]:
    """The circles that are outlines, as closed lines, and what is said of the others."""
    if found.wanted != "outlines":
        return [], []
    signs = [mark.place for mark in found.marks if mark.rank < CIRCLE_RANK]
    corners = [np.array(signs).reshape(-1, 2), *(line.points for line in found.lines)]
    taken, issues = sort_circles(found.circles, np.concatenate(corners), chosen=found.chosen)
    return [Line(each.layer, "CIRCLE", each.points, closed=True) for each in taken], issues


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
    one, two = alike(shapes)
    fills = (found.origin[two] == _HATCHED) & (found.origin[one] != _HATCHED)
    hatches = np.unique(two[fills])
    if len(hatches):
        issues.append(info("hatch_of_outline", count=len(hatches)))
    for place in np.setdiff1d(two[~fills], hatches):
        x, y = shapely.get_coordinates(shapes[place])[0]
        issues.append(warning("outline_twice", field="geometry", value=found.layers[place],
                              place=_place(x, y)))  # fmt: skip
    return _kept(found, np.setdiff1d(np.arange(len(shapes)), hatches))


def _kept(found: _Found, places: NDArray[np.intp]) -> _Found:
    return _Found([found.layers[i] for i in places], found.shapes[places], found.origin[places],
                  found.hole[places])  # fmt: skip


def _holed(found: _Found, issues: list[Issue]) -> _Found:
    """Outlines with the holes that hatches show; those hatches are left out."""
    shapes, hatches, holes = holes_by_hatch(found.shapes, found.origin == _HATCHED)
    if not len(hatches):
        return found
    issues.append(info("hatch_of_outline", count=len(hatches)))
    hole = np.isin(np.arange(len(shapes)), holes)
    rest = np.setdiff1d(np.arange(len(shapes)), hatches)
    return _kept(_Found(found.layers, shapes, found.origin, hole), rest)


def _without_holes(
    frame: pd.DataFrame, hole: NDArray[np.bool_]
) -> tuple[pd.DataFrame, list[Issue]]:
    """The outlines but for holes that no text stands in, and what is said of those inside."""
    gone = hole & frame["name"].isna().to_numpy(dtype=bool)
    issues = [info("holes_by_hatch", count=int(gone.sum()))] if gone.any() else []
    frame = frame[~gone].reset_index(drop=True)
    return frame, [*issues, *told_inside(frame)]


def _gap(layer: str, x: float, y: float, gap: float) -> Issue:
    make = info if gap <= _ROUNDING_M else warning
    return make("gap_closed", field="geometry", value=layer, gap=gap, place=_place(x, y))


def _place(x: float, y: float) -> str:
    return f"{x:.3f} {y:.3f}"


def _objects(shapes: list[shapely.Geometry]) -> NDArray[np.object_]:
    out = np.empty(len(shapes), dtype=object)
    out[:] = shapes
    return out
