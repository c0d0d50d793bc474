"""``geopandas.sjoin``, then an intersection for each of its rows."""

from __future__ import annotations

import shapely

from benchmarks.peers.answer import Answer, Compute, Task, shared


def load(task: Task) -> Compute:
    """Two frames."""
    parcels, plan = task.frames()

    def compute() -> Answer:
        rows = parcels.sjoin(plan, predicate="intersects")
        i, j = rows.index.to_numpy(), rows["index_right"].to_numpy()
        shapes = shapely.intersection(
            parcels.geometry.to_numpy(dtype=object)[i], plan.geometry.to_numpy(dtype=object)[j]
        )
        return shared(i, j, shapes)

    return compute
