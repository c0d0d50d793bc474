"""Whether a green strip of the width asked runs inside a cluster along its whole boundary.

QCVN 01:2021/BXD, 2.5.2: at least 10 m around a cluster.  Only lots of use ``green`` count.
Planar, in the working CRS, metres.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.verdicts import NotCheckedReason, OverlapVerdict
from gisclusters.geometry.width import width_m as widest_m
from gisclusters.rules.corridors import CorridorRules

STRIP_COLUMNS = (
    "cluster_id", "rule_id", "strip_m", "verdict", "reason", "boundary_m", "share_of_boundary",
    "strip_m2", "missing_m2", "legal_basis", "confidence",
)  # fmt: skip
_NUMBERS = ("strip_m", "boundary_m", "share_of_boundary", "strip_m2", "missing_m2")
_STEP_M = 1.0
"""The boundary is asked in steps no longer than this."""


def check_green_strips(
    clusters: gpd.GeoDataFrame, lots: gpd.GeoDataFrame | None, *, as_of: date, rules: CorridorRules
) -> gpd.GeoDataFrame:
    """One row a cluster, columns ``STRIP_COLUMNS``; ``geometry`` is the ground that lacks green.

    ``lots`` (same CRS) belong to the cluster they name, to any without a name.  The strip is
    all ground of the cluster within the width of its outer boundary.  ``share_of_boundary``
    is the part of it behind which green reaches inwards over the whole width (or over the
    cluster, where that is narrower) at right angles, within the accuracy of the boundary.
    Verdict ``clear`` where that is all of it, else ``conflict``; ``not_checked``
    (``no_data``) without lots.  No rule on the day: no rows.
    """
    rule = rules.green_strip(as_of)
    rows: list[dict[str, Any]] = []
    shapes: list[shapely.Geometry | None] = []
    for _, cluster in clusters.iterrows():
        if rule is None:
            break
        row: dict[str, Any] = dict.fromkeys(STRIP_COLUMNS) | {
            "cluster_id": cluster["cluster_id"], "rule_id": rule.id, "strip_m": rule.width_m,
            "legal_basis": rule.legal_basis, "confidence": rule.confidence,
        }  # fmt: skip
        own = _of_cluster(lots, cluster["cluster_id"], cluster.geometry)
        if own is None:
            silent = {"verdict": str(OverlapVerdict.NOT_CHECKED),
                      "reason": str(NotCheckedReason.NO_DATA)}  # fmt: skip
            rows.append(row | silent)
            shapes.append(None)
            continue
        green = shapely.union_all(own.geometry[own["use"] == "green"].to_numpy())
        accuracy_m = float(cluster["accuracy_m"])
        found = measure_green_strip(
            cluster.geometry, green, width_m=rule.width_m, accuracy_m=accuracy_m
        )
        missing = found.pop("missing")
        shapes.append(missing)
        # Rays pass corners and narrow gaps by; ground wider than the accuracy is bare.
        bare = widest_m(missing, accuracy_m) if found["missing_m2"] > 0 else 0.0
        whole = found["share_of_boundary"] >= 1 - 1e-9 and bare <= accuracy_m
        verdict = OverlapVerdict.CLEAR if whole else OverlapVerdict.CONFLICT
        rows.append(row | found | {"verdict": str(verdict)})
    table = pd.DataFrame(rows, columns=list(STRIP_COLUMNS), dtype=object).astype(
        dict.fromkeys(_NUMBERS, "float64")
    )
    return gpd.GeoDataFrame(
        table, geometry=gpd.GeoSeries(shapes, crs=clusters.crs), crs=clusters.crs
    )


def measure_green_strip(
    boundary: shapely.Geometry, green: shapely.Geometry, *, width_m: float, accuracy_m: float = 0.0
) -> dict[str, Any]:
    """The strip of ``width_m`` inside a boundary, and what of it is not green.

    ``boundary`` and ``green`` are valid areas (green may be empty) in one metric CRS.
    Returns ``boundary_m`` (length of the outer rings), ``share_of_boundary`` (0..1),
    ``strip_m2``, ``missing_m2`` and the shape ``missing``.  A gap no wider than
    ``accuracy_m`` is none for the share; the areas are exact.
    """
    rings = shapely.get_exterior_ring(shapely.get_parts(boundary))
    # Round caps and corners: ground no farther from the boundary than the width.
    corners = max(8, math.ceil(math.pi / 4 / math.acos(1 - min(1, 0.001 / width_m))))
    strip = shapely.intersection(
        boundary, shapely.buffer(shapely.multilinestrings(rings), width_m, quad_segs=corners)
    )
    missing = shapely.difference(strip, green)
    lengths, rays = _rays(rings, width_m)
    within = shapely.intersection(rays, boundary)
    bare_m = shapely.length(shapely.difference(within, green))
    served = bare_m <= accuracy_m + 1e-6
    return {
        "boundary_m": float(lengths.sum()),
        "share_of_boundary": float(lengths[served].sum() / lengths.sum()),
        "strip_m2": float(shapely.area(strip)), "missing_m2": float(shapely.area(missing)),
        "missing": missing,
    }  # fmt: skip


def _rays(
    rings: NDArray[np.object_], width_m: float
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Steps along rings: their lengths, and from the middle of each a line inwards."""
    lengths: list[NDArray[np.float64]] = []
    rays: list[NDArray[np.object_]] = []
    for ring in shapely.segmentize(rings, _STEP_M):
        points = shapely.get_coordinates(ring)
        if not shapely.is_ccw(ring):
            points = points[::-1]
        along = np.diff(points, axis=0)
        length = np.hypot(*along.T)
        middles = points[:-1] + along / 2
        inwards = np.column_stack([-along[:, 1], along[:, 0]]) / length[:, None]
        ends = np.stack([middles, middles + inwards * width_m], axis=1)
        rays.append(np.asarray(shapely.linestrings(ends), dtype=object))
        lengths.append(length)
    return np.concatenate(lengths), np.concatenate(rays)


def _of_cluster(
    lots: gpd.GeoDataFrame | None, cluster_id: str, boundary: shapely.Geometry
) -> gpd.GeoDataFrame | None:
    """The lots of a cluster: those that name it, and nameless ones that meet it."""
    if lots is None:
        return None
    own = lots[(lots["cluster_id"] == cluster_id)
               | (lots["cluster_id"].isna() & lots.intersects(boundary))]  # fmt: skip
    return own if len(own) else None
