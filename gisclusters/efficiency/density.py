"""How much of a zone stands under buildings: footprints cut to it, their union before any sum.

Planar geometry in one working CRS, metres.  Ground under two buildings, or under a building
drawn twice, counts once; a building on two zones gives each its part.  QCVN 01:2021/BXD, 2.5.3,
calls the share of a lot its net building density (mật độ xây dựng thuần).
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.efficiency.area_ladder import Positions, unions
from gisclusters.geometry.pairs import sound_pairs


@dataclass(frozen=True, slots=True)
class Footprints:
    """The ground of each building in each zone, by their positions in the two frames."""

    count: int
    zone: Positions
    building: Positions
    ground: NDArray[np.object_]

    def where(self, keep: NDArray[np.bool_]) -> Footprints:
        """The pairs that ``keep`` chooses."""
        return Footprints(self.count, self.zone[keep], self.building[keep], self.ground[keep])

    def united(self) -> NDArray[np.object_]:
        """The built ground of each zone; an empty shape where none is."""
        return unions(self.ground, self.zone, self.count)


def built_shares(zones: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    """The built ground of each zone, indexed like ``zones``.

    Both frames hold valid areas in one projected CRS in metres.  Columns: ``building_count``
    (buildings that have ground there), ``built_m2`` and ``built_share`` (0..1, of the zone's
    own area; NaN for an empty zone).  A zone without buildings has 0: whether anybody looked
    for buildings there is for the caller to say.  Raises CrsMismatchError.
    """
    found = footprints(zones, buildings)
    area_m2 = zones.geometry.area.to_numpy()
    built_m2 = np.minimum(shapely.area(found.united()), area_m2)  # the rounding of a union
    with np.errstate(invalid="ignore"):
        share = built_m2 / area_m2
    return pd.DataFrame(
        {"building_count": np.bincount(found.zone, minlength=found.count), "built_m2": built_m2,
         "built_share": share},
        index=zones.index,
    )  # fmt: skip


def footprints(zones: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> Footprints:
    """Every building cut to every zone it has ground in; touching is none."""
    pairs = sound_pairs(zones.reset_index(drop=True), buildings.reset_index(drop=True))
    return Footprints(
        len(zones),
        pairs["left_index"].to_numpy(dtype=np.intp),
        pairs["right_index"].to_numpy(dtype=np.intp),
        np.asarray(pairs["geometry"].array, dtype=object),
    )


def floor_areas_m2(found: Footprints, floors: NDArray[np.float64]) -> NDArray[np.float64]:
    """The gross floor area of each zone, m²: each floor over a piece of ground counted once.

    ``floors`` is by pair of ``found``; where buildings overlap the higher one counts.  NaN
    where the floors of one building of the zone are not known; 0 where no building is.
    """
    total = np.zeros(found.count)
    below = 0.0
    for level in np.unique(floors[~np.isnan(floors)]):
        there = np.where(floors >= level, found.zone, -1)
        total += (level - below) * shapely.area(unions(found.ground, there, found.count))
        below = level
    total[found.zone[np.isnan(floors)]] = np.nan
    return total


def wide(
    shapes: NDArray[np.object_], tolerance_m: NDArray[np.float64] | float
) -> NDArray[np.bool_]:
    """Which areas are wider somewhere than the accuracy of the drawings they come from."""
    told: NDArray[np.bool_] = ~shapely.is_empty(
        shapely.buffer(shapes, -np.asarray(tolerance_m) / 2)
    )
    return told
