"""``gisclusters.overlap_pairs``."""

from __future__ import annotations

from benchmarks.peers.answer import Answer, Compute, Pairs, Task
from gisclusters import overlap_pairs


def load(task: Task) -> Compute:
    """Two frames."""
    parcels, plan = task.frames()

    def compute() -> Answer:
        found = overlap_pairs(parcels, plan)
        i, j, area_m2 = (
            found[name].to_numpy() for name in ("left_index", "right_index", "area_m2")
        )
        return lambda: Pairs(i, j, area_m2, shapes=found.geometry.to_numpy(dtype=object))

    return compute
