"""Whether a green strip of the width asked runs inside a cluster along its whole boundary.

QCVN 01:2021/BXD, 2.5.2: at least 10 m around a cluster.  Only lots of use ``green`` count.
Planar, in the working CRS, metres.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from gisclusters.domain.verdicts import NotCheckedReason, OverlapVerdict
from gisclusters.geometry.green_strip import measure_green_strip
from gisclusters.rules.corridors import CorridorRules

STRIP_COLUMNS = (
    "cluster_id", "rule_id", "strip_m", "verdict", "reason", "boundary_m", "share_of_boundary",
    "strip_m2", "missing_m2", "legal_basis", "confidence",
)  # fmt: skip
_NUMBERS = ("strip_m", "boundary_m", "share_of_boundary", "strip_m2", "missing_m2")


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
        shapes.append(found.pop("missing"))
        verdict = OverlapVerdict.CLEAR if found.pop("whole") else OverlapVerdict.CONFLICT
        rows.append(row | found | {"verdict": str(verdict)})
    table = pd.DataFrame(rows, columns=list(STRIP_COLUMNS), dtype=object).astype(
        dict.fromkeys(_NUMBERS, "float64")
    )
    return gpd.GeoDataFrame(
        table, geometry=gpd.GeoSeries(shapes, crs=clusters.crs), crs=clusters.crs
    )


def _of_cluster(
    lots: gpd.GeoDataFrame | None, cluster_id: str, boundary: shapely.Geometry
) -> gpd.GeoDataFrame | None:
    """The lots of a cluster: those that name it, and nameless ones that meet it."""
    if lots is None:
        return None
    own = lots[(lots["cluster_id"] == cluster_id)
               | (lots["cluster_id"].isna() & lots.intersects(boundary))]  # fmt: skip
    return own if len(own) else None
