"""Which tenants may not operate, or not grow, while shared works of their cluster are missing.

Law on Environmental Protection 2020, Art. 52(3)c: no new project, and no larger capacity, that
discharges wastewater without central collection and treatment.  Decree 32/2024/NĐ-CP, Art.
21(1), as amended by 303/2026/NĐ-CP: a secondary project operates only once the shared works are
complete (known from a summary).  Where a fact is missing the answer is ``undecided`` with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from gisclusters.efficiency.figures import Figures, flag_of
from gisclusters.rules.economy import EconomyRules, TenantRule

HELD_COLUMNS = (
    "cluster_id", "parcel_id", "lessee", "hold", "hold_reason", "works_missing", "tenants",
    "rule_id", "legal_basis", "confidence",
)  # fmt: skip


def held_back(
    clusters: pd.DataFrame,
    tenants: pd.DataFrame,
    figures: Figures,
    *,
    as_of: date,
    rules: EconomyRules,
) -> pd.DataFrame:
    """One row a parcel (or cluster) and rule that keeps it from operating; ``HELD_COLUMNS``.

    ``clusters`` are those of ``measure_works``, ``tenants`` the columns of ``tenants_of``.  Asked
    are parcels that are leased or approved and whose lease is not over.  ``hold`` is ``held``
    (may not begin), ``no_increase`` (operates; may not raise its capacity) or ``undecided``,
    ``hold_reason`` ``plant_missing works_unfinished discharge_unknown plant_unknown plant_reported
    works_unknown transition_unread``.  What holds for a whole cluster is one row without
    ``parcel_id``, ``tenants`` counting the parcels.  A parcel that discharges no wastewater
    (``discharges_wastewater`` 0) is none of the first rule's.
    """
    rows: list[dict[str, Any]] = []
    for cluster in clusters.to_dict("records"):
        own = tenants[(tenants["cluster_id"] == cluster["cluster_id"])
                      & tenants["committed"].eq(True)]  # fmt: skip
        if not len(own):
            continue
        for rule in rules.tenant_rules_on(as_of):
            judged = _by_plant if rule.needs == "wastewater" else _by_all_works
            rows += judged(cluster, own, rule, figures, as_of)
    return pd.DataFrame(rows, columns=list(HELD_COLUMNS), dtype=object)


def _by_plant(
    cluster: Mapping[Any, Any], own: pd.DataFrame, rule: TenantRule, figures: Figures, as_of: date
) -> list[dict[str, Any]]:
    if cluster["plant_state"] == "there":
        return []
    missing = ["wastewater"]
    if cluster["plant_state"] in {"unknown", "reported"}:
        reason = f"plant_{cluster['plant_state']}"
        return [_row(cluster, rule, "undecided", reason, missing, tenants=len(own))]
    rows = []
    for tenant in own.to_dict("records"):
        discharges = flag_of(figures, tenant["parcel_id"], "discharges_wastewater",
                             year=as_of.year)  # fmt: skip
        if rule.discharging and discharges is False:
            continue
        if rule.discharging and discharges is None:
            hold, reason = "undecided", "discharge_unknown"
        else:
            hold = "no_increase" if tenant["producing"] else "held"
            reason = "plant_missing"
        rows.append(_row(cluster, rule, hold, reason, missing, tenant=tenant))
    return rows


def _by_all_works(
    cluster: Mapping[Any, Any], own: pd.DataFrame, rule: TenantRule, figures: Figures, as_of: date
) -> list[dict[str, Any]]:
    del figures, as_of
    if cluster["works_complete"] is True:
        return []
    if cluster["works_complete"] is None:
        return [_row(cluster, rule, "undecided", "works_unknown", cluster["works_unknown"],
                     tenants=len(own))]  # fmt: skip
    missing = cluster["works_unfinished"]
    producing = own["producing"].eq(True)
    rows = [_row(cluster, rule, "held", "works_unfinished", missing, tenant=tenant)
            for tenant in own[~producing].to_dict("records")]  # fmt: skip
    if producing.any():
        rows.append(_row(cluster, rule, "undecided", "transition_unread", missing,
                         tenants=int(producing.sum())))  # fmt: skip
    return rows


def _row(
    cluster: Mapping[Any, Any], rule: TenantRule, hold: str, reason: str, missing: list[str], *,
    tenant: Mapping[Any, Any] | None = None, tenants: int = 1,
) -> dict[str, Any]:  # fmt: skip
    return {
        "cluster_id": cluster["cluster_id"],
        "parcel_id": None if tenant is None else tenant["parcel_id"],
        "lessee": None if tenant is None else tenant["lessee"], "hold": hold,
        "hold_reason": reason, "works_missing": list(missing), "tenants": tenants,
        "rule_id": rule.rule_id, "legal_basis": rule.article, "confidence": rule.confidence,
    }  # fmt: skip
