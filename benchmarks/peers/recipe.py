"""The recipe of the Shapely manual: an STRtree asked with ``intersects``, then intersections.

``careful`` is what a practised hand writes: the tree stands over the parcels, the plan is
prepared, and what lies properly inside a zone is not intersected.
"""

from __future__ import annotations

import shapely

from benchmarks.peers.answer import Answer, Compute, Task, shared


def load(task: Task) -> Compute:
    """Two arrays of shapes."""
    one, two = (frame.geometry.to_numpy(dtype=object) for frame in task.frames())

    def plain() -> Answer:
        i, j = shapely.STRtree(two).query(one, predicate="intersects")
        return shared(i, j, shapely.intersection(one[i], two[j]))

    def careful() -> Answer:
        shapely.prepare(two)
        j, i = shapely.STRtree(one).query(two, predicate="intersects")
        shapes = one[i]
        rest = ~shapely.contains_properly(two[j], one[i])
        shapes[rest] = shapely.intersection(one[i[rest]], two[j[rest]])
        return shared(i, j, shapes)

    return careful if task.variant == "careful" else plain
