"""The parcels of clusters on a day: how far each has come, its clock, and what the image shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.efficiency.area_ladder import (
    NOWHERE,
    PARCEL_RUNGS,
    Land,
    Members,
    Positions,
    cluster_positions,
    measure_rungs,
    members,
)
from gisclusters.efficiency.doubts import overlap_doubts
from gisclusters.efficiency.idle_clock import ClockReading, Evidence
from gisclusters.efficiency.image import BUILT_COLUMNS, Image, Seen, built_columns, estimate
from gisclusters.efficiency.leases import (
    current_leases,
    lease_records,
    read_clocks,
    stages_of,
    transfers_unapproved,
)
from gisclusters.layers.layer import Layer
from gisclusters.rules.efficiency import EfficiencyRules

PARCEL_COLUMNS = (
    "parcel_id", "cluster_id", "area_m2", "registered_area_m2", "status", "deadline",
    "days_left", "rule_id", "limit_on", "limit_rule_id", "evidence", "transfer_unapproved",
    *PARCEL_RUNGS, *BUILT_COLUMNS, "leased_not_built", "built_not_leased", "lease",
)  # fmt: skip
"""The columns of ``EfficiencyReport.parcels``, in order."""

HOLDER = ("parcel_id", "sheet_no", "parcel_no", "lessee", "occupant")
"""The columns of ``EfficiencyReport.holders``: what pages for the public must not show."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """The rows of a layer that count: in force, in one of the clusters, in their CRS."""

    layer: Layer
    members: Members
    issues: list[Issue]


def belonging(layer: Layer | None, clusters: Layer, as_of: date) -> Belonging | None:
    """The rows of lots or parcels that count for ``clusters`` on the day; None without a layer."""
    if layer is None or clusters.crs is None:
        return None
    layer = layer.to_crs(clusters.crs)
    layer = layer.where(layer.in_force(as_of))
    positions = cluster_positions(layer.shapes, clusters.shapes)
    nowhere = positions == NOWHERE
    named = layer.frame["cluster_id"].notna().to_numpy()
    issues = []
    unknown = layer.frame.loc[nowhere & named, "cluster_id"]
    for name, count in unknown.value_counts().sort_index().items():
        issues.append(
            warning(
                "cluster_id_unknown",
                layer=layer.name,
                field="cluster_id",
                value=name,
                count=int(count),
            )
        )
    if (nowhere & ~named).any():
        count = int((nowhere & ~named).sum())
        issues.append(info("outside_clusters", layer=layer.name, count=count))
    kept = layer.where(~nowhere)
    kept = replace(kept, frame=kept.frame.reset_index(drop=True))
    found = members(kept.shapes, positions[~nowhere])
    return Belonging(kept, found, [*issues, *overlap_doubts(kept, found, clusters)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """The parcels measured: a row each, and what clusters sum of them.

    ``by_cluster`` has ``<rung>_m2``, ``parcel_count`` and ``leased_parcels`` of each cluster, NaN
    where no parcels are known; ``stages`` the rungs each parcel has reached (None likewise).
    """

    rows: pd.DataFrame
    holders: pd.DataFrame
    by_cluster: pd.DataFrame
    stages: pd.DataFrame | None = None
    seen: Seen | None = None
    issues: tuple[Issue, ...] = ()

    @property
    def committed(self) -> NDArray[np.bool_] | None:
        """Which parcels are approved or leased."""
        return None if self.stages is None else self.stages["committed"].to_numpy(dtype=bool)


def no_holdings(count: int) -> Holdings:
    """What is known of ``count`` clusters without a layer of parcels: nothing."""
    names = [*(f"{rung}_m2" for rung in PARCEL_RUNGS), "parcel_count", "leased_parcels"]
    return Holdings(
        rows=pd.DataFrame(columns=list(PARCEL_COLUMNS)),
        holders=pd.DataFrame(columns=list(HOLDER)),
        by_cluster=pd.DataFrame(np.nan, index=pd.RangeIndex(count), columns=names),
    )


def measure_holdings(
    held: Belonging, leases: Layer | None, cluster_ids: NDArray[np.object_], land: Land,
    image: Image | None, *, as_of: date, rules: EfficiencyRules,
) -> Holdings:  # fmt: skip
    """Every parcel of ``held`` by its current lease, in the order of the layer."""
    current = current_leases(held.layer, leases, as_of=as_of)
    stages = stages_of(current, as_of=as_of)
    lease = current.frame[["lessee", "occupant"]]
    holders = held.layer.frame.assign(**lease)[list(HOLDER)].reset_index(drop=True)
    owners = held.members.clusters
    readings = read_clocks(current, as_of=as_of, rules=rules)
    rows = _parcel_rows(held.layer, cluster_ids[owners], readings, as_of)
    transfers = transfers_unapproved(current, as_of=as_of)
    rows["transfer_unapproved"] = transfers.to_numpy(dtype=bool)
    rows["lease"] = pd.Series(lease_records(current), dtype=object)
    rows[list(PARCEL_RUNGS)] = stages[list(PARCEL_RUNGS)].to_numpy(dtype=bool)
    seen = built_columns(held.layer.shapes, image, as_of, rules)
    rows = pd.concat([rows, seen.columns], axis=1)
    rungs = measure_rungs(held.members, stages, land)
    counts = _counts(owners, stages["leased"].to_numpy(dtype=bool), len(cluster_ids))
    return Holdings(
        rows=_cross_checked(rows, as_of, rules)[list(PARCEL_COLUMNS)], holders=holders,
        by_cluster=pd.concat([rungs, counts], axis=1), stages=stages, seen=seen,
        issues=current.issues,
    )  # fmt: skip


def _parcel_rows(
    parcels: Layer, cluster_ids: Any, readings: Sequence[ClockReading], as_of: date
) -> pd.DataFrame:
    deadlines = pd.Series([reading.deadline for reading in readings], dtype="datetime64[s]")
    return pd.DataFrame(
        {
            "parcel_id": parcels.frame["parcel_id"].to_numpy(),
            "cluster_id": cluster_ids,
            "area_m2": parcels.shapes.geometry.area.to_numpy(),
            "registered_area_m2": parcels.frame["registered_area_m2"].to_numpy(dtype="float64"),
            "status": pd.Series([str(reading.status) for reading in readings], dtype=object),
            "deadline": deadlines,
            "days_left": (deadlines - pd.Timestamp(as_of)).dt.days.astype("Int64"),
            "rule_id": pd.Series([reading.rule_id for reading in readings], dtype=object),
            "limit_on": pd.Series(
                [reading.limit_on for reading in readings], dtype="datetime64[s]"
            ),
            "limit_rule_id": pd.Series(
                [reading.limit_rule_id for reading in readings], dtype=object
            ),
            "evidence": pd.Series(
                [[_plain(item) for item in reading.evidence] for reading in readings],
                dtype=object,
            ),
        }
    )


def _plain(item: Evidence) -> dict[str, Any]:
    return {"code": item.code, "params": dict(item.params)}


def _counts(clusters: Positions, leased: NDArray[np.bool_], count: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "parcel_count": np.bincount(clusters, minlength=count),
            "leased_parcels": np.bincount(clusters[leased], minlength=count),
        }
    )


def _cross_checked(rows: pd.DataFrame, as_of: date, rules: EfficiencyRules) -> pd.DataFrame:
    """Land leased on paper with nothing built on the image, and the other way round."""
    nothing = rules.threshold_on("not_built_up_to", as_of)
    built = rules.threshold_on("built_from", as_of)
    told = rows["built_judgement"].isin(["firm", "grey"])
    share = estimate(rows)["share"]
    told &= share.notna()
    checks = {}
    if nothing is not None and built is not None:
        checks = {
            "leased_not_built": rows["leased"] & (share <= nothing.value),
            "built_not_leased": ~rows["leased"] & (share >= built.value),
        }
    for name in ("leased_not_built", "built_not_leased"):
        verdict = checks.get(name)
        rows[name] = None if verdict is None else verdict.astype(object).where(told, None)
    return rows
