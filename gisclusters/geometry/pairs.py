"""The bare overlap engine: two frames in one CRS to pairs, areas and geometries.

No rules, no tolerance, no snapping: planar geometry in metres, as GEOS computes it.  What
makes it quick: the tree stands over the many small shapes and the few big ones are prepared
and asked; a shape that lies properly inside its partner is its own intersection; a big
polygon is cut to the candidate's box before the two are intersected; intersections run in
two threads, since GEOS works without the interpreter's lock (prepared shapes are asked by
one thread only: two at once crash GEOS).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.errors import InvalidGeometryError
from gisclusters.geometry.crs import require_same_crs
from gisclusters.geometry.validity import find_faults

_BIG_VERTICES = 400
"""A partner with at least this many vertices is cut to the box of the small one first."""

_CHUNK = 4_000
_THREADS = 2
_Shapes = NDArray[np.object_]
_Places = NDArray[np.intp]


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
    InvalidGeometryError naming the labels of missing or invalid shapes.  An empty shape
    pairs with nothing; of a collection the parts of its highest dimension count.
    """
    for side, frame in (("left", left), ("right", right)):
        if not frame.index.is_unique:
            raise ValueError(f"the index of the {side} frame repeats labels")
        _refuse_invalid(frame)
    return sound_pairs(left, right, geometry=geometry)


def sound_pairs(
    left: gpd.GeoDataFrame, right: gpd.GeoDataFrame, *, geometry: bool = True
) -> pd.DataFrame:
    """``overlap_pairs`` of shapes that are known to be valid, as those of layers are.

    Raises CrsMismatchError.
    """
    require_same_crs(left, right)
    one, two = _plain(left), _plain(right)
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
    faults = [
        fault
        for fault in find_faults(shapes, wanted="any")
        if fault.reason not in {"empty", "wrong_type"}
    ]
    if faults:
        labels = frame.index.to_numpy()
        raise InvalidGeometryError(
            [labels[fault.position] for fault in faults],
            [fault.reason if fault.x is None else f"{fault.reason} at {fault.x} {fault.y}"
             for fault in faults],
        )  # fmt: skip


def _plain(frame: gpd.GeoDataFrame) -> _Shapes:
    """The shapes, collections reduced to the parts of their highest dimension."""
    shapes = np.array(frame.geometry.array, dtype=object)
    for place in np.flatnonzero(shapely.get_type_id(shapes) == 7):
        parts = shapely.get_parts(shapely.get_parts(shapes[place]))
        highest = shapely.get_dimensions(parts) == shapely.get_dimensions(parts).max(initial=-1)
        shapes[place] = shapely.union_all(parts[highest])
    return shapes


def _candidates(one: _Shapes, two: _Shapes) -> tuple[_Places, _Places]:
    """Pairs that intersect, ordered by left then right; the heavier side is prepared."""
    if not len(one) or not len(two):
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    weight_one = shapely.get_num_coordinates(one).mean()
    weight_two = shapely.get_num_coordinates(two).mean()
    if weight_two >= weight_one:
        j, i = shapely.STRtree(one).query(two, predicate="intersects")
    else:
        i, j = shapely.STRtree(two).query(one, predicate="intersects")
    order = np.lexsort((j, i))
    return i[order], j[order]


def shared_shapes(one: _Shapes, two: _Shapes, i: _Places, j: _Places) -> _Shapes:
    """What the pairs ``one[i], two[j]`` share, of the lower dimension of the two only.

    Every shape is valid, planar, of one dimension; both arrays are left prepared.
    """
    shapely.prepare(one)
    shapely.prepare(two)
    a, b = one[i], two[j]
    # Prepared shapes build their indexes at the first question, so only one thread asks.
    a_inside = shapely.contains_properly(b, a)
    b_inside = ~a_inside & shapely.contains_properly(a, b)
    out = np.full(len(a), None, dtype=object)
    out[a_inside], out[b_inside] = a[a_inside], b[b_inside]
    rest = np.flatnonzero(~(a_inside | b_inside))
    dimension = np.minimum(shapely.get_dimensions(a), shapely.get_dimensions(b))

    def work(places: _Places) -> None:
        left, right = a[places], b[places]
        shared = shapely.intersection(_cut_to(left, right), _cut_to(right, left))
        out[places] = _same_dimension(shared, dimension[places])

    chunks = [rest[start : start + _CHUNK] for start in range(0, len(rest), _CHUNK)]
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(work, chunks))
    return out


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
