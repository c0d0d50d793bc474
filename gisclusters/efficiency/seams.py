"""Overlaps and gaps between the parcels of a cluster: how much, how wide, and where.

Ground that two parcels claim is counted once in every sum; a gap belongs to no parcel and
stands in none.  Planar geometry in the working CRS, metres.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gisclusters.efficiency.area_ladder import Members
from gisclusters.geometry.coverage import check_coverage

_TOLD = ("overlap", "gap")


def find_seams(parcels: Members | None, count: int) -> list[list[dict[str, Any]] | None]:
    """Per cluster its overlaps and gaps between parcels, the widest first.

    ``what`` is ``overlap`` or ``gap`` (enclosed ground of at most 2 m between parcels; wider
    ground is a road or a yard); ``first`` and ``second`` are the parcels (``second`` None: one
    encloses the gap alone), ``area_m2`` and ``width_m`` of the ground, ``certainty`` by the
    width against ``tolerance_m`` = √(ε₁²+ε₂²), ``easting_m northing_m`` its widest place.
    None where no parcels were given.
    """
    if parcels is None:
        return [None] * count
    shapes = np.asarray(parcels.frame.geometry.array, dtype=object)
    accuracy = parcels.frame["accuracy_m"].to_numpy(dtype="float64")
    names = parcels.frame["parcel_id"].to_numpy(dtype=object)
    found: list[list[dict[str, Any]] | None] = []
    for cluster in range(count):
        mine = np.flatnonzero(parcels.clusters == cluster)
        found.append([
            {
                "what": each.what,
                "first": str(names[mine[each.first]]),
                "second": None if each.second is None else str(names[mine[each.second]]),
                "area_m2": each.area_m2,
                "width_m": each.width_m,
                "tolerance_m": each.tolerance_m,
                "certainty": each.certainty,
                "easting_m": each.x,
                "northing_m": each.y,
            }
            for each in check_coverage(shapes[mine], accuracy[mine])
            if each.what in _TOLD
        ])  # fmt: skip
    return found
