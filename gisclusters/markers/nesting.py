"""How the rings of one cluster lie to each other: beside, one within another, or in conflict.

What two rings share, or what one leaves of the other, counts as ground only where it is surely
wider than the accuracy of both (``geometry/width``): a hole on the edge is measured a little
outside as often as inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from gisclusters.geometry.width import certainty, widest_circle
from gisclusters.layers.layer import DEFAULT_ACCURACY_M
from gisclusters.markers.rings import Rings, crossings_of_two
from gisclusters.markers.standing import Standing

Conflict = Literal["crossing", "repeated"]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two rings of one cluster of which nobody can say what ground they enclose together.

    ``one`` and ``other`` are places of rings.  ``crossing``: each has ground of the other and
    ground of its own, ``edges`` says where; ``repeated``: both enclose the same ground.
    """

    one: int
    other: int
    conflict: Conflict
    edges: str


def meetings(
    standing: Standing, rings: Rings, shapes: NDArray[np.object_], accuracy_m: NDArray[np.float64]
) -> list[Meeting]:
    """The rings of one cluster that are in conflict; a ring without a valid shape is passed over.

    ``accuracy_m`` is that of each ring.
    """
    whole = np.array(
        [shape is not None and shapely.is_valid(shape) for shape in shapes], dtype=bool
    )
    by_cluster: dict[object, list[int]] = {}
    for k in np.flatnonzero(whole):
        by_cluster.setdefault(rings.clusters[k], []).append(int(k))
    found = []
    for own in by_cluster.values():
        if len(own) > 1:
            for i, j, conflict in _lie(shapes[own], accuracy_m[own])[1]:
                one, other = sorted((own[i], own[j]))
                met = crossings_of_two(*(
                    (standing.place[rings.corners(k)], standing.ids[rings.corners(k)])
                    for k in (one, other)
                )) if conflict == "crossing" else []  # fmt: skip
                edges = "; ".join(f"{a}–{b} × {c}–{d}" for a, b, c, d in met)
                found.append(Meeting(one, other, conflict, edges))
    return sorted(found, key=lambda met: (met.one, met.other))


def enclosed(
    shapes: NDArray[np.object_], accuracy_m: NDArray[np.float64]
) -> shapely.Geometry | None:
    """The ground inside the rings of one cluster, a ring within a ring a hole.

    None where one makes no polygon, or two are in conflict.
    """
    if any(shape is None or not shapely.is_valid(shape) for shape in shapes):
        return None
    ground: shapely.Geometry = shapes[0]
    if len(shapes) == 1:
        return ground
    depth, conflicts = _lie(shapes, accuracy_m)
    if conflicts:
        return None
    ground = shapely.union_all(shapes[depth == 0])
    for level in range(1, int(depth.max()) + 1):
        of_level = shapely.union_all(shapes[depth == level])
        ground = ground.difference(of_level) if level % 2 else ground.union(of_level)
    return ground


def _lie(
    shapes: NDArray[np.object_], accuracy_m: NDArray[np.float64]
) -> tuple[NDArray[np.intp], list[tuple[int, int, Conflict]]]:
    """Within how many others each ring lies, and the pairs in conflict."""
    known = np.nan_to_num(accuracy_m, nan=DEFAULT_ACCURACY_M)
    depth = np.zeros(len(shapes), dtype=np.intp)
    conflicts: list[tuple[int, int, Conflict]] = []
    area = shapely.area(shapes)
    for i, j in zip(*shapely.STRtree(shapes).query(shapes, predicate="intersects"), strict=True):
        if i >= j:
            continue
        large, small = (i, j) if area[i] >= area[j] else (j, i)
        tolerance = float(np.hypot(known[i], known[j]))
        shared = shapely.intersection(shapes[large], shapes[small])
        rest = shapely.difference(shapes[small], shapes[large])
        if _is_thin(shared, tolerance) and shapely.area(shared) < area[small] / 2:
            continue
        if not _is_thin(rest, tolerance):
            conflicts.append((int(i), int(j), "crossing"))
        elif _is_thin(shapely.difference(shapes[large], shapes[small]), tolerance):
            conflicts.append((int(i), int(j), "repeated"))
        else:
            depth[small] += 1
    return depth, conflicts


def _is_thin(shape: shapely.Geometry, tolerance_m: float) -> bool:
    if shapely.area(shape) == 0:
        return True
    areal = shapely.get_parts(shape)
    areal = shapely.multipolygons(areal[shapely.get_dimensions(areal) == 2])
    return certainty(widest_circle(areal, tolerance_m).width_m, tolerance_m) != "real"
