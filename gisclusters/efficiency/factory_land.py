"""Roads and green inside factory lots: the factory's own, no part of the cluster's shares.

QCVN 01:2021/BXD, note of table 2.6.  A lot of use ``transport`` or ``green`` counts for the
cluster as far as it lies outside its ``industrial`` lots.  Planar, working CRS, metres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, info
from gisclusters.efficiency.area_ladder import Members, Positions, unions
from gisclusters.efficiency.density import wide
from gisclusters.layers.layer import Layer

FACTORY_OWN = ("transport", "green")
"""The uses that do not count for the cluster inside a factory lot."""

_ALL_OF_IT = 0.99
"""A lot with at least this share in factory lots is drawn inside them, not over them by mistake."""


@dataclass(frozen=True, slots=True)
class FactoryLand:
    """Of each lot what counts for the cluster, and what lies in factory lots (empty: nothing)."""

    counted: NDArray[np.object_]
    inside: NDArray[np.object_]


def factory_land(lots: Members) -> FactoryLand:
    """Cut roads and green at the factory lots of their cluster.

    What two lots share is cut where it is wider than the accuracy of both drawings; less is
    how their common border was drawn.
    """
    shapes = np.asarray(lots.frame.geometry.array, dtype=object)
    inner, ground = _shared_with_factories(lots)
    inside = unions(ground, inner, len(shapes))
    counted = shapes.copy()
    cut = np.unique(inner)
    counted[cut] = shapely.difference(shapes[cut], inside[cut])
    return FactoryLand(counted, inside)


def own_pairs(lots: Members) -> NDArray[np.bool_]:
    """Which pairs of overlapping lots are a factory and a road or green drawn inside it."""
    use = lots.frame["use"].to_numpy(dtype=object)
    shapes = np.asarray(lots.frame.geometry.array, dtype=object)
    common_m2 = shapely.area(lots.common)
    found = np.zeros(len(common_m2), dtype=bool)
    for factory, other in ((lots.left, lots.right), (lots.right, lots.left)):
        nested = common_m2 >= _ALL_OF_IT * shapely.area(shapes[other])
        found |= (use[factory] == "industrial") & np.isin(use[other], FACTORY_OWN) & nested
    return found


def factory_land_told(found: FactoryLand, lots: Members, clusters: Layer) -> list[Issue]:
    """One line per cluster that has roads or green in factory lots, with how much."""
    count = len(clusters)
    use = lots.frame["use"].to_numpy(dtype=object)
    roads, green = (lots.areas_m2(count, use == each, found.inside) for each in FACTORY_OWN)
    return [
        info("factory_land_not_counted", layer=clusters.name,
             id=str(clusters.frame["cluster_id"].iloc[i]), transport_m2=float(roads[i]),
             green_m2=float(green[i]))
        for i in np.flatnonzero(roads + green)
    ]  # fmt: skip


def _shared_with_factories(lots: Members) -> tuple[Positions, NDArray[np.object_]]:
    """The roads and green on factory lots, by position, and the ground each shares."""
    use = lots.frame["use"].to_numpy(dtype=object)
    accuracy = lots.frame["accuracy_m"].to_numpy(dtype="float64")
    real = wide(lots.common, np.hypot(accuracy[lots.left], accuracy[lots.right]))
    places, grounds = [], []
    for factory, other in ((lots.left, lots.right), (lots.right, lots.left)):
        keep = real & (use[factory] == "industrial") & np.isin(use[other], FACTORY_OWN)
        places.append(other[keep])
        grounds.append(lots.common[keep])
    return np.concatenate(places), np.concatenate(grounds)
