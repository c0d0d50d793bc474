"""``geopandas.overlay`` as its manual shows it, or (``unchecked``) told that all is valid."""

from __future__ import annotations

import geopandas as gpd

from benchmarks.peers.answer import Answer, Compute, Task, shared


def load(task: Task) -> Compute:
    """Two frames with their ids in columns of different names."""
    parcels, plan = task.frames()
    plan = plan.rename(columns={"id": "zone_id"})

    def compute() -> Answer:
        found = gpd.overlay(
            parcels,
            plan,
            how="intersection",
            keep_geom_type=True,
            make_valid=task.variant != "unchecked",
        )
        shapes = found.geometry.to_numpy(dtype=object)
        return shared(found["id"].to_numpy(), found["zone_id"].to_numpy(), shapes)

    return compute
