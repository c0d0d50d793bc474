"""A province at a glance: totals over clusters by status, averages, and the figures of a ranking.

Average occupancy is land committed of all clusters in operation over industrial land of all of
them (sum over sum; form 03/04 of Circular 14/2024/TT-BCT, line 19).  The mean of the clusters'
own shares is another number and stands beside it under its own name.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from gisclusters.domain.verdicts import ParcelStatus
from gisclusters.efficiency.area_ladder import PARCEL_RUNGS, RUNGS, ratio
from gisclusters.layers.kinds import CLUSTER_STATUSES

LATE = (ParcelStatus.LATE,)
IDLE = (ParcelStatus.IDLE, ParcelStatus.LAPSED)
AREAS = tuple(f"{rung}_m2" for rung in RUNGS)
M2_PER_HA = 10_000.0


def cluster_figures(clusters: pd.DataFrame, parcels: pd.DataFrame) -> pd.DataFrame:
    """The clusters of a report with what a ranking and an overview count.

    Adds ``late_parcels`` (late), ``idle_parcels`` (idle, or an extension ran out),
    ``overdue_parcels`` (both), ``unknown_parcels``, areas in hectares and ``one``.  Counts and
    the rungs made of parcels are NaN where no parcels of the cluster are known.
    """
    figures = clusters.drop(columns=["parcels"], errors="ignore").reset_index(drop=True)
    status = parcels["status"].astype(str)
    counts = {
        "late_parcels": status.isin([str(each) for each in LATE]),
        "idle_parcels": status.isin([str(each) for each in IDLE]),
        "overdue_parcels": status.isin([str(each) for each in (*LATE, *IDLE)]),
        "unknown_parcels": status == str(ParcelStatus.UNKNOWN),
    }
    has_parcels = figures["parcel_count"].to_numpy(dtype="float64") > 0
    for name in (*(f"{rung}_m2" for rung in PARCEL_RUNGS), "leased_parcels"):
        figures[name] = figures[name].astype("float64").where(has_parcels)
    for name, mask in counts.items():
        found = parcels.loc[mask, "cluster_id"].value_counts()
        each = figures["cluster_id"].map(found).fillna(0).astype("float64")
        figures[name] = each.where(has_parcels)
    for rung in ("gross", "industrial", "leased"):
        figures[f"{rung}_ha"] = figures[f"{rung}_m2"].to_numpy(dtype="float64") / M2_PER_HA
    figures["one"] = 1.0
    return figures


def by_status(figures: pd.DataFrame, *, operating: Collection[str]) -> pd.DataFrame:
    """Totals by status of the cluster, down the ladder, then of those in operation and of all.

    Columns: ``status clusters`` and per rung the sum in m², ``registered_area_m2 parcel_count
    late_parcels idle_parcels unknown_parcels``, ``occupancy_share`` (committed over industrial
    land, both summed over clusters of which both are known), ``occupancy_mean`` (mean of the
    clusters' own shares) and ``occupancy_clusters``, how many clusters both rest on.  A sum
    leaves out what is not known; one of which nothing is known is NaN.  ``status`` of the last
    two rows is ``total_operating`` and ``total_all``.
    """
    status = figures["status"].astype(object).where(figures["status"].notna(), "not_known")
    ladder = [word for word in (*CLUSTER_STATUSES, "not_known") if (status == word).any()]
    rows = [_row(word, figures[status == word]) for word in ladder]
    rows.append(_row("total_operating", figures[status.isin(list(operating))]))
    rows.append(_row("total_all", figures))
    return pd.DataFrame(rows)


def _row(status: str, rows: pd.DataFrame) -> dict[str, object]:
    committed, industrial = (
        rows[name].to_numpy(dtype="float64") for name in ("committed_m2", "industrial_m2")
    )
    known = ~np.isnan(committed) & (industrial > 0)
    shares = committed[known] / industrial[known]
    sums = {
        name: rows[name].sum(min_count=1)
        for name in (*AREAS, "registered_area_m2", "parcel_count", "late_parcels",
                     "idle_parcels", "unknown_parcels")
    }  # fmt: skip
    return {
        "status": status,
        "clusters": len(rows),
        **sums,
        "occupancy_share": ratio(float(committed[known].sum()), float(industrial[known].sum())),
        "occupancy_mean": float(shares.mean()) if len(shares) else float("nan"),
        "occupancy_clusters": int(known.sum()),
    }
