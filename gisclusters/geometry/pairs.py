"""The bare overlap engine: two frames in one CRS to pairs, areas and geometries.

No rules, no tolerance, no snapping: planar geometry in metres, as GEOS computes it.  What
makes it quick: only shapes whose boxes meet are looked at, the heavier of the two is prepared
and asked; a shape that lies properly inside its partner is its own intersection; a big
polygon is cut to the candidate's box before the two are intersected; everything runs in two
threads, since GEOS works without the interpreter's lock (a prepared shape is asked by one of
them only: two at once crash GEOS).
"""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.errors import InvalidGeometryError
from gisclusters.geometry.crs import require_same_crs
from gisclusters.geometry.threads import deal, shares
from gisclusters.geometry.validity import are_valid, find_faults

_BIG_VERTICES = 400
"""A partner with at least this many vertices is cut to the box of the small one first."""

_OFTEN = 8
"""A shape asked at least so often is prepared; for fewer that costs more than it saves."""

_PROPERLY_INSIDE = "T**FF*FF*"
"""All of the second shape lies in the interior of the first."""

_NOTHING = shapely.GeometryCollection()
_Shapes = NDArray[np.object_]
_Places = NDArray[np.intp]
_Mask = NDArray[np.bool_]


def overlap_pairs(
    left: gpd.GeoDataFrame,
    right: gpd.GeoDataFrame,
    geometry: bool = True,  # noqa: FBT001, FBT002 - the promised signature
) -> pd.DataFrame:
    """Pairs of rows that share ground, with what they share.

    Both frames are in the same projected CRS in metres, with unique index labels.  Columns:
    ``left_index, right_index`` (labels), ``area_m2`` and, asked for, ``geometry`` (then a
    GeoDataFrame); where lines are on a side also ``length_m``.  Rows follow the order of the
    left frame, then of the right one.

    Polygons pair where they share an area > 0, and only the polygonal part is given: a
    shared border or corner is no pair.  A line and a polygon, or two lines, pair where they
    share a length > 0; with points the pair alone stands.  Raises CrsMismatchError for a
    missing, different or non-metric CRS, ValueError for a repeated label,
    InvalidGeometryError naming the labels of missing or invalid shapes.  An empty shape pairs
    with nothing; of a collection the parts of its highest dimension count.
    """
    for side, frame in (("left", left), ("right", right)):
        if not frame.index.is_unique:
            raise ValueError(f"the index of the {side} frame repeats labels")
    both = np.concatenate(
        [np.asarray(frame.geometry.array, dtype=object) for frame in (left, right)]
    )
    # A missing shape is not valid, nor is one with a coordinate that is no number.
    if not are_valid(both).all():
        _refuse_invalid(left)
        _refuse_invalid(right)
    return sound_pairs(left, right, geometry=geometry)


def sound_pairs(
    left: gpd.GeoDataFrame, right: gpd.GeoDataFrame, *, geometry: bool = True
) -> pd.DataFrame:
    """``overlap_pairs`` of shapes that are known to be valid, as those of layers are.

    Raises CrsMismatchError.
    """
    require_same_crs(left, right)
    one, two = (_plain(np.array(frame.geometry.array, dtype=object)) for frame in (left, right))
    i, j = _candidates(one, two)
    shared = shared_shapes(one, two, i, j)
    area = shapely.area(shared)
    length = shapely.length(shared)
    dimension = np.minimum(shapely.get_dimensions(one)[i], shapely.get_dimensions(two)[j])
    keep = np.where(
        dimension == 2, area > 0, np.where(dimension == 1, length > 0, ~shapely.is_empty(shared))
    )
    i, j, shared, dimension = i[keep], j[keep], shared[keep], dimension[keep]
    table = pd.DataFrame(
        {
            "left_index": left.index.to_numpy()[i],
            "right_index": right.index.to_numpy()[j],
            "area_m2": np.where(dimension == 2, area[keep], 0.0),
        }
    )
    if (dimension < 2).any():
        table["length_m"] = np.where(dimension == 1, length[keep], 0.0)
    if not geometry:
        return table
    found: pd.DataFrame = gpd.GeoDataFrame(table, geometry=shared, crs=left.crs)
    return found


def _refuse_invalid(frame: gpd.GeoDataFrame) -> None:
    shapes = np.asarray(frame.geometry.array, dtype=object)
    faults = [fault for fault in find_faults(shapes, wanted="mixed") if fault.reason != "empty"]
    if faults:
        labels = frame.index.to_numpy()
        raise InvalidGeometryError(
            [labels[fault.position] for fault in faults],
            [fault.reason if fault.x is None else f"{fault.reason} at {fault.x} {fault.y}"
             for fault in faults],
        )  # fmt: skip


def _plain(shapes: _Shapes) -> _Shapes:
    """Collections reduced to the parts of their highest dimension."""
    for place in np.flatnonzero(shapely.get_type_id(shapes) == 7):
        parts = shapely.get_parts(shapes[place])
        while (shapely.get_type_id(parts) > 3).any():
            parts = shapely.get_parts(parts)
        parts = parts[~shapely.is_empty(parts)]
        highest = shapely.get_dimensions(parts) == shapely.get_dimensions(parts).max(initial=-1)
        shapes[place] = shapely.union_all(parts[highest])
    return shapes


def _candidates(one: _Shapes, two: _Shapes) -> tuple[_Places, _Places]:
    """Pairs whose boxes meet, ordered by left then right."""
    if not len(one) or not len(two):
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    j, i = shapely.STRtree(one).query(two)
    order = np.lexsort((j, i))
    return i[order], j[order]


def shared_shapes(one: _Shapes, two: _Shapes, i: _Places, j: _Places) -> _Shapes:
    """What the pairs ``one[i], two[j]`` share, of the lower dimension of the two only.

    Every shape is valid, planar, of one dimension.  A pair that shares nothing has an empty
    shape.  No shape of the caller is prepared: other threads may hold it.
    """
    one, two = _ours(one), _ours(two)
    a, b = one[i], two[j]
    a_boxes, b_boxes = shapely.bounds(one)[i], shapely.bounds(two)[j]
    out = np.full(len(a), _NOTHING, dtype=object)
    weight_a, weight_b = shapely.get_num_coordinates(a), shapely.get_num_coordinates(b)
    if weight_b.sum() >= weight_a.sum():
        meet, a_inside = _ask(two, j, a, _within(a_boxes, b_boxes))
        b_inside = _inside(one, i, b, meet & ~a_inside & _within(b_boxes, a_boxes))
    else:
        meet, b_inside = _ask(one, i, b, _within(b_boxes, a_boxes))
        a_inside = _inside(two, j, a, meet & ~b_inside & _within(a_boxes, b_boxes))
    out[a_inside], out[b_inside] = a[a_inside], b[b_inside]
    rest = np.flatnonzero(meet & ~a_inside & ~b_inside)
    dimension = np.minimum(shapely.get_dimensions(a), shapely.get_dimensions(b))

    def work(share: slice) -> None:
        places = rest[share]
        left, right = a[places], b[places]
        shared = shapely.intersection(_cut_to(left, right), _cut_to(right, left))
        out[places] = _same_dimension(shared, dimension[places])

    deal(work, shares((weight_a + weight_b)[rest]))
    return out


def _ask(shapes: _Shapes, which: _Places, others: _Shapes, may: _Mask) -> tuple[_Mask, _Mask]:
    """Whether ``shapes[which]`` meet the others, and, where they may, hold them properly inside."""

    def meet_and_inside(shapes: _Shapes, others: _Shapes, may: _Mask) -> NDArray[np.int8]:
        inside = may.copy()
        inside[may] = _holds(shapes[may], others[may])
        found = inside.astype(np.int8) * 2
        found[~inside] = shapely.intersects(shapes[~inside], others[~inside])
        return found

    found = _asked(meet_and_inside, shapes, which, others, may)
    return found > 0, found == 2


def _inside(shapes: _Shapes, which: _Places, others: _Shapes, may: _Mask) -> _Mask:
    found = np.zeros(len(which), dtype=bool)
    places = np.flatnonzero(may)

    def inside(shapes: _Shapes, others: _Shapes, _: _Mask) -> NDArray[np.int8]:
        return _holds(shapes, others).astype(np.int8)

    found[places] = _asked(inside, shapes, which[places], others[places], may[places])
    return found


def _holds(shapes: _Shapes, others: _Shapes) -> _Mask:
    """``contains_properly``, which would prepare what is not."""
    found = np.zeros(len(shapes), dtype=bool)
    ready = shapely.is_prepared(shapes)
    found[ready] = shapely.contains_properly(shapes[ready], others[ready])
    found[~ready] = shapely.relate_pattern(shapes[~ready], others[~ready], _PROPERLY_INSIDE)
    return found


def _asked(
    question: Callable[[_Shapes, _Shapes, _Mask], NDArray[np.int8]],
    shapes: _Shapes,
    which: _Places,
    others: _Shapes,
    may: _Mask,
) -> NDArray[np.int8]:
    """The question put to shapes, prepared where they are asked often.

    A prepared shape builds its indexes at the first question, so all that is asked of one
    goes to one thread.
    """
    which = _first_of_same(shapes, which)
    order = np.argsort(which, kind="stable")
    asked, number = np.unique(which[order], return_counts=True)
    often = asked[number >= _OFTEN]
    often = often[~shapely.is_prepared(shapes[often])]
    shapes[often] = _copies(shapes[often])
    shapely.prepare(shapes[often])
    ends = np.append(0, np.cumsum(number))
    found = np.zeros(len(which), dtype=np.int8)

    def work(share: slice) -> None:
        places = order[ends[share.start] : ends[share.stop]]
        found[places] = question(shapes[which[places]], others[places], may[places])

    deal(work, shares(shapely.get_num_coordinates(shapes[asked]) + number * 50))
    return found


def _ours(shapes: _Shapes) -> _Shapes:
    """An array of our own; what others have prepared is copied, for they may be asking it."""
    out = shapes.copy()
    ready = shapely.is_prepared(out)
    out[ready] = _copies(out[ready])
    return out


def _copies(shapes: _Shapes) -> _Shapes:
    """The same shapes as objects that nobody else holds."""
    copied: _Shapes = shapely.set_srid(shapes, shapely.get_srid(shapes))
    return copied


def _first_of_same(shapes: _Shapes, which: _Places) -> _Places:
    """The same shapes, each by its first place: one object may stand in many rows."""
    asked, place = np.unique(which, return_inverse=True)
    objects = np.fromiter(map(id, shapes[asked]), dtype=np.intp, count=len(asked))
    _, first, same = np.unique(objects, return_index=True, return_inverse=True)
    found: _Places = asked[first[same]][place]
    return found


def _within(inner: NDArray[np.float64], outer: NDArray[np.float64]) -> _Mask:
    beyond = np.concatenate((inner[:, :2] <= outer[:, :2], inner[:, 2:] >= outer[:, 2:]), axis=1)
    return np.asarray(~beyond.any(axis=1), dtype=bool)


def _cut_to(shapes: _Shapes, partners: _Shapes) -> _Shapes:
    """Big polygons cut to the box of their partner, a little wider; others as they are."""
    big = (
        (shapely.get_num_coordinates(shapes) >= _BIG_VERTICES)
        & (shapely.get_dimensions(shapes) == 2)
        & (shapely.get_num_coordinates(partners) < shapely.get_num_coordinates(shapes))
    )
    if not big.any():
        return shapes
    out = shapes.copy()
    for place in np.flatnonzero(big):
        west, south, east, north = shapely.bounds(partners[place])
        # A metre beyond: the cut must not fall on the partner's own border.
        cut = shapely.clip_by_rect(shapes[place], west - 1, south - 1, east + 1, north + 1)
        if shapely.is_valid(cut) and not shapely.is_empty(cut):
            out[place] = cut
    return out


def _same_dimension(shapes: _Shapes, dimension: NDArray[np.int32]) -> _Shapes:
    """Drop the parts of a lower dimension from mixed results."""
    mixed = np.flatnonzero(
        (shapely.get_type_id(shapes) == 7)
        | (~shapely.is_empty(shapes) & (shapely.get_dimensions(shapes) < dimension))
    )
    for place in mixed:
        parts = shapely.get_parts(shapes[place])
        kept = parts[shapely.get_dimensions(parts) == dimension[place]]
        if dimension[place] == 2:
            flat = shapely.get_parts(kept)
            shapes[place] = flat[0] if len(flat) == 1 else shapely.multipolygons(flat)
        else:
            shapes[place] = shapely.union_all(kept)
    return shapes
