"""Outlines within outlines: holes where a hatch shows them, told where nobody can know."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.readers.drawing.curves import CHORD_ERROR_M

_SAME_SHARE = 0.01
"""Two outlines that differ by more of their area than this are two, however thin."""

_ROWS_SHOWN = 10

Shapes = NDArray[np.object_]
Places = NDArray[np.intp]


def alike(shapes: Shapes) -> tuple[Places, Places]:
    """Pairs (first, second) of outlines that bound the same ground as far as chords can tell."""
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
    return one[same], two[same]


def holes_by_hatch(shapes: Shapes, hatched: NDArray[np.bool_]) -> tuple[Shapes, Places, Places]:
    """Outlines with the holes that a hatch leaves open where both are drawn as outlines.

    A hatch (``hatched``) whose edge is a drawn outline and each of whose islands is one too
    shows that these are holes in it.  Comes back: the shapes, the places of such hatches, and
    the places of the outlines that are holes.
    """
    fills = [place for place in np.flatnonzero(hatched)
             if shapes[place].geom_type == "Polygon" and shapes[place].interiors]  # fmt: skip
    drawn = np.flatnonzero(~hatched)
    rings: list[shapely.Polygon] = []
    owner: list[int] = []
    for place in fills:
        edge, islands = shapes[place].exterior, shapes[place].interiors
        rings += [shapely.Polygon(ring) for ring in (edge, *islands)]
        owner += [int(place)] * (1 + len(islands))
    both = np.empty(len(drawn) + len(rings), dtype=object)
    both[: len(drawn)] = shapes[drawn]
    both[len(drawn) :] = rings
    outline_of: dict[int, int] = {}
    for one, two in zip(*alike(both), strict=True):
        if one < len(drawn) <= two:
            outline_of.setdefault(int(two) - len(drawn), int(drawn[one]))
    out, used, holes = shapes.copy(), [], []
    for place in fills:
        found = [outline_of.get(ring) for ring, whose in enumerate(owner) if whose == place]
        if None in found:
            continue
        out[found[0]] = shapes[place]
        used.append(place)
        holes += found[1:]
    return out, np.array(used, dtype=np.intp), np.array(holes, dtype=np.intp)


def told_inside(frame: pd.DataFrame) -> list[Issue]:
    """What is said of outlines that lie wholly within another; each is ground of its own.

    One with a text of its own is a note; those without are a warning for the outline around
    them (``outline_inside_unnamed``), since they may be holes in it.  Rows count from 1.
    """
    shapes = frame["geometry"].to_numpy(dtype=object)
    usable = np.flatnonzero(shapely.is_valid(shapes) & ~shapely.is_empty(shapes))
    outer, inner = shapely.STRtree(shapes[usable]).query(shapes[usable], predicate="contains")
    outer, inner = usable[outer], usable[inner]
    area = shapely.area(shapes)
    smaller = area[inner] < area[outer] * (1 - 1e-9)
    outer, inner = outer[smaller], inner[smaller]
    order = np.lexsort((area[outer], inner))
    inner, first = np.unique(inner[order], return_index=True)
    around = outer[order][first]
    bare = frame["name"].isna().to_numpy(dtype=bool)[inner]
    issues = []
    if (~bare).any():
        issues.append(info("outline_inside", count=int((~bare).sum())))
    for place in np.unique(around[bare]):
        rows = (inner[bare & (around == place)] + 1).tolist()
        name = frame["name"].iloc[place]
        at = shapely.get_coordinates(shapes[rows[0] - 1])[0]
        shown = ", ".join(map(str, rows[:_ROWS_SHOWN])) + (" …" if len(rows) > _ROWS_SHOWN else "")
        issues.append(
            warning("outline_inside_unnamed", row=rows[0], field="geometry",
                    value=frame["drawing_layer"].iloc[rows[0] - 1], count=len(rows), rows=shown,
                    place=f"{at[0]:.3f} {at[1]:.3f}", outer=str(place + 1),
                    name="" if pd.isna(name) else f" “{name}”")
        )  # fmt: skip
    return issues
