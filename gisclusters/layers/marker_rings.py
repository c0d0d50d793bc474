"""The rings that boundary markers make where every one of them says its place in the order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.domain.marker_kinds import CORNER_KINDS

_LEAST_CORNERS = 3


def is_corner(markers: pd.DataFrame) -> NDArray[np.bool_]:
    """Which markers are corners of the boundary by their kind."""
    kinds = markers["marker_kind"]
    corner: NDArray[np.bool_] = (kinds.isna() | kinds.isin(CORNER_KINDS)).to_numpy(dtype=bool)
    return corner


def ordered_rings(markers: pd.DataFrame) -> Iterator[tuple[object, NDArray[np.intp]]]:
    """Cluster and rows, in order, of each ring of a cluster.

    None where one of its corner markers has no order or shares it, and with fewer than three.
    """
    corners = np.flatnonzero(is_corner(markers))
    keys = markers.iloc[corners][["cluster_id", "ring", "order"]].reset_index(drop=True)
    for (cluster, _), ring in keys.groupby(["cluster_id", "ring"], dropna=False, sort=False):
        order = ring["order"]
        if len(ring) >= _LEAST_CORNERS and order.notna().all() and order.is_unique:
            yield cluster, corners[ring.sort_values("order").index.to_numpy()]
