"""Clusters withdrawn from the plan or abolished: who is still there, until when, what is asked.

Decree 32/2024/NĐ-CP, Art. 6, asks for a feasible conversion plan.  What tenants may still build
until their leases end was not read in any text; the rules then say so instead of guessing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import shapely

from gisclusters.efficiency.tenants import further
from gisclusters.rules.economy import EconomyRules

STATUSES = ("withdrawn", "abolished")
WITHDRAWN_COLUMNS = (
    "cluster_id", "name", "status", "gross_m2", "conversion_plan", "conversion_state",
    "remaining_tenants", "producing_tenants", "first_lease_ends_on", "last_lease_ends_on",
    "leases_without_end", "leased_m2", "overstayed_m2", "recovered_m2", "not_recovered_m2",
    "legal_basis",
)  # fmt: skip
REMAINING_COLUMNS = ("cluster_id", "parcel_id", "lessee", "occupant", "area_m2", "remaining_state",
                     "lease_to", "days_left", "producing", "recovered_on")  # fmt: skip
RULE_COLUMNS = ("rule_id", "topic", "read", "legal_basis", "confidence")

_PLAN = ("conversion_plan", "phuong an chuyen doi", "phuong an xu ly")


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """One row a withdrawn cluster, one a parcel that somebody still holds, and what is asked."""

    clusters: pd.DataFrame
    remaining: pd.DataFrame
    rules: pd.DataFrame


def measure_withdrawn(
    clusters: pd.DataFrame, tenants: pd.DataFrame, *, as_of: date, rules: EconomyRules
) -> Withdrawn:
    """Clusters of status ``withdrawn`` or ``abolished`` with their remaining tenants.

    ``clusters`` has ``cluster_id name status gross_m2`` and, as a further column,
    ``conversion_plan`` (or “phương án chuyển đổi”); ``tenants`` the columns of ``tenants_of``.

    ``conversion_state`` is ``on_record`` or ``not_on_record`` (nothing in the store says that
    there is none).  A tenant remains while a lease is in force (``leased``), while its term is
    over and no recovery is on record (``overstays``), or approved without a lease
    (``approved``).  Areas are of united parcels, m²: ``not_recovered_m2`` of all that remain,
    ``recovered_m2`` of parcels with ``recovered_on`` up to ``as_of``; None without parcels.
    ``rules`` (``read`` False: no text was read) is empty where no cluster is withdrawn.
    """
    chosen = clusters[clusters["status"].isin(STATUSES)]
    plans = further(chosen, _PLAN)
    told, remaining = [], []
    asked = rules.withdrawn_on(as_of)
    basis = next((rule.article for rule in asked if rule.topic == "conversion"), None)
    for plan, cluster in zip(plans, chosen.to_dict("records"), strict=True):
        own = tenants[tenants["cluster_id"] == cluster["cluster_id"]]
        rows = [row for each in own.to_dict("records") if (row := _remaining(each, as_of))]
        remaining += rows
        leased = [row for row in rows if row["remaining_state"] == "leased"]
        ends = [row["lease_to"] for row in leased if row["lease_to"] is not None]
        back = own[own["recovered_on"] <= pd.Timestamp(as_of)]["parcel_id"]
        told.append(
            {
                "cluster_id": cluster["cluster_id"], "name": cluster["name"],
                "status": cluster["status"], "gross_m2": cluster["gross_m2"],
                "conversion_plan": plan,
                "conversion_state": "not_on_record" if plan is None else "on_record",
                "remaining_tenants": len(rows) if len(own) else None,
                "producing_tenants": sum(row["producing"] for row in rows) if len(own) else None,
                "first_lease_ends_on": min(ends, default=None),
                "last_lease_ends_on": max(ends, default=None),
                "leases_without_end": len(leased) - len(ends) if len(own) else None,
                "leased_m2": _area(own, [row["parcel_id"] for row in leased]),
                "overstayed_m2": _area(own, _ids(rows, "overstays")),
                "recovered_m2": _area(own, list(back)),
                "not_recovered_m2": _area(own, [row["parcel_id"] for row in rows]),
                "legal_basis": basis,
            }
        )  # fmt: skip
    lines = [
        {"rule_id": rule.rule_id, "topic": rule.topic, "read": rule.read,
         "legal_basis": rule.article or None, "confidence": rule.confidence}
        for rule in asked
    ] if told else []  # fmt: skip
    return Withdrawn(
        pd.DataFrame(told, columns=list(WITHDRAWN_COLUMNS), dtype=object),
        pd.DataFrame(remaining, columns=list(REMAINING_COLUMNS), dtype=object),
        pd.DataFrame(lines, columns=list(RULE_COLUMNS), dtype=object),
    )


def _remaining(tenant: Mapping[Any, Any], as_of: date) -> dict[str, Any] | None:
    """A parcel that somebody still holds on the day, None for one that nobody holds."""
    recovered_on = _day(tenant["recovered_on"])
    if recovered_on is not None and recovered_on <= as_of:
        return None
    state = ("leased" if tenant["leased"] else "overstays" if tenant["ended"]
             else "approved" if tenant["committed"] else None)  # fmt: skip
    if state is None:
        return None
    lease_to = _day(tenant["lease_to"])
    return {
        "cluster_id": tenant["cluster_id"], "parcel_id": tenant["parcel_id"],
        "lessee": tenant["lessee"], "occupant": tenant["occupant"], "area_m2": tenant["area_m2"],
        "remaining_state": state, "lease_to": lease_to,
        "days_left": None if lease_to is None else (lease_to - as_of).days,
        "producing": bool(tenant["producing"]), "recovered_on": recovered_on,
    }  # fmt: skip


def _ids(rows: list[dict[str, Any]], state: str) -> list[str]:
    return [row["parcel_id"] for row in rows if row["remaining_state"] == state]


def _area(own: pd.DataFrame, ids: list[str]) -> float | None:
    if not len(own):
        return None
    shapes = own.loc[own["parcel_id"].isin(ids), "shape"].to_numpy(dtype=object)
    return float(shapely.area(shapely.union_all(shapes)))


def _day(value: Any) -> date | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()
