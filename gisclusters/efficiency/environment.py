"""Inspections of clusters and tenants with their state on a day, and industries against the list.

An industry is held against the cluster's list by its words, without case and diacritics: what is
not in the list word for word is ``not_listed``, for a person to judge, never a breach.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from gisclusters.efficiency.tenants import further
from gisclusters.layers.layer import Layer
from gisclusters.layers.values import fold

INSPECTION_COLUMNS = (
    "cluster_id", "parcel_id", "lessee", "inspected_on", "by", "finding", "violation", "article",
    "inspection_state", "due_on", "fixed_on", "days_overdue", "source",
)  # fmt: skip
ENVIRONMENT_COLUMNS = (
    "cluster_id", "inspections", "last_inspected_on", "violations", "open", "overdue", "appealed",
    "fixed", "state_unknown", "industries", "excluded_industries", "links", "tenants_listed",
    "tenants_not_listed", "tenants_excluded", "tenants_industry_unknown",
)  # fmt: skip
TENANT_COLUMNS = ("cluster_id", "parcel_id", "lessee", "industry", "industry_state", "violations",
                  "open", "overdue", "last_inspected_on")  # fmt: skip

_EXCLUDED = ("excluded_industries", "nganh nghe khong tiep nhan", "nganh nghe cam",
             "nganh nghe khong thu hut")  # fmt: skip
_LINKS = ("links", "lien ket", "lien ket nganh", "lien ket san xuat")
_UNSETTLED = ("open", "overdue", "appealed")


@dataclass(frozen=True, slots=True)
class Environment:
    """One row an inspection, one a cluster, one a tenant of whom something is to be said."""

    inspections: pd.DataFrame
    clusters: pd.DataFrame
    tenants: pd.DataFrame


def measure_environment(
    inspections: Sequence[Layer],
    clusters: pd.DataFrame,
    tenants: pd.DataFrame,
    *,
    as_of: date,
) -> Environment:
    """Inspections up to ``as_of`` with their state, and industries against the cluster's list.

    ``clusters`` are rows of that kind (``cluster_id industries`` and, as further columns,
    ``excluded_industries`` or “ngành nghề không tiếp nhận”, ``links`` or “liên kết”);
    ``tenants`` has the columns of ``tenants_of``.  Lists are parted by ``;`` or lines, else by
    commas.

    ``inspection_state``: ``open``, ``overdue`` (``due_on`` has passed), ``fixed``,
    ``fixed_late``, ``appealed``, ``none`` (no violation), ``unknown``.  What was mended after
    ``as_of`` is open then.  ``industry_state``: ``listed not_listed excluded unknown`` (no list,
    or no industry on record).  Without any table of inspections
    their counts are None; 0 says that none is on record.
    """
    rows = _inspected(inspections, clusters, tenants, as_of)
    nobody = None if inspections else dict.fromkeys(("inspections", *_counted([])))
    by_cluster = _grouped(rows, "cluster_id")
    by_parcel = _grouped(rows, "parcel_id")
    held = dict(iter(tenants.groupby("cluster_id", sort=False)))
    excluded_of, links_of = further(clusters, _EXCLUDED), further(clusters, _LINKS)
    told, lines = [], []
    for position, cluster in enumerate(clusters.to_dict("records")):
        name = str(cluster["cluster_id"])
        own = held.get(name, tenants.iloc[:0])
        of_cluster = by_cluster.get(name, [])
        listed = _words(cluster.get("industries"))
        excluded = _words(excluded_of[position])
        states = [_industry_state(each, listed, excluded) for each in own["industry"]]
        lines.append(
            {
                "cluster_id": name,
                **(nobody or {"inspections": len(of_cluster), **_counted(of_cluster)}),
                "industries": cluster.get("industries"),
                "excluded_industries": excluded_of[position],
                "links": links_of[position],
                "tenants_listed": states.count("listed"),
                "tenants_not_listed": states.count("not_listed"),
                "tenants_excluded": states.count("excluded"),
                "tenants_industry_unknown": _unknown_tenants(own, states),
            }
        )  # fmt: skip
        for tenant, state in zip(own.to_dict("records"), states, strict=True):
            seen = by_parcel.get(tenant["parcel_id"], [])
            counted = _counted(seen)
            if state in {"not_listed", "excluded"} or counted["violations"]:
                told.append(
                    {"cluster_id": name, "parcel_id": tenant["parcel_id"],
                     "lessee": tenant["lessee"], "industry": tenant["industry"],
                     "industry_state": state,
                     **{key: counted[key] for key in TENANT_COLUMNS if key in counted}}
                )  # fmt: skip
    return Environment(
        pd.DataFrame(rows, columns=list(INSPECTION_COLUMNS), dtype=object),
        pd.DataFrame(lines, columns=list(ENVIRONMENT_COLUMNS), dtype=object),
        pd.DataFrame(told, columns=list(TENANT_COLUMNS), dtype=object),
    )


def _inspected(
    inspections: Sequence[Layer], clusters: pd.DataFrame, tenants: pd.DataFrame, as_of: date
) -> list[dict[str, Any]]:
    names = {str(name) for name in clusters["cluster_id"]}
    parcels = {row["parcel_id"]: row for row in tenants.to_dict("records")}
    rows = []
    for layer in inspections:
        frame = layer.frame
        for cells in frame.astype(object).where(frame.notna(), None).to_dict("records"):
            of, on = str(cells["of"]), pd.Timestamp(cells["inspected_on"]).date()
            tenant = None if of in names else parcels.get(of)
            if on > as_of or (of not in names and tenant is None):
                continue
            state, fixed_on = _state(cells, as_of)
            due_on = _day(cells["due_on"])
            rows.append(
                {
                    "cluster_id": of if tenant is None else tenant["cluster_id"],
                    "parcel_id": None if tenant is None else of,
                    "lessee": None if tenant is None else tenant["lessee"],
                    "inspected_on": on, "by": cells["by"], "finding": cells["finding"],
                    "violation": None if cells["violation"] is None else bool(cells["violation"]),
                    "article": cells["article"], "inspection_state": state, "due_on": due_on,
                    "fixed_on": fixed_on,
                    "days_overdue": (as_of - due_on).days
                    if state == "overdue" and due_on is not None else None,
                    "source": cells["source"],
                }
            )  # fmt: skip
    return sorted(rows, key=lambda row: (row["cluster_id"], row["inspected_on"]))


def _state(cells: Mapping[Any, Any], as_of: date) -> tuple[str, date | None]:
    """The state of a finding on a day, and the day it was mended if that had come."""
    fixed_on, due_on = _day(cells["fixed_on"]), _day(cells["due_on"])
    said = cells["state"]
    if said == "open" and fixed_on is not None and fixed_on <= as_of:
        return "unknown", None  # the row says both
    if fixed_on is not None and fixed_on <= as_of:
        return ("fixed_late" if due_on is not None and fixed_on > due_on else "fixed"), fixed_on
    if fixed_on is not None or said == "open":
        return ("overdue" if due_on is not None and due_on < as_of else "open"), None
    if said is not None:  # fixed on a day nobody wrote down, or appealed
        return str(said), None
    return ("none" if cells["violation"] is False else "unknown"), None


def _grouped(rows: list[dict[str, Any]], name: str) -> dict[object, list[dict[str, Any]]]:
    found: dict[object, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return found


def _counted(rows: list[dict[str, Any]]) -> dict[str, Any]:
    states = [row["inspection_state"] for row in rows]
    days = [row["inspected_on"] for row in rows]
    return {
        "last_inspected_on": max(days, default=None),
        "violations": sum(row["violation"] is True for row in rows),
        "open": states.count("open") + states.count("overdue"),
        "overdue": states.count("overdue"), "appealed": states.count("appealed"),
        "fixed": states.count("fixed") + states.count("fixed_late"),
        "state_unknown": states.count("unknown"),
    }  # fmt: skip


def _words(listed: object) -> set[str]:
    """The entries of a list, folded; the whole of it too, since an entry may hold commas."""
    if not isinstance(listed, str) or not listed.strip():
        return set()
    parts = re.split(r"[;\n]", listed) if re.search(r"[;\n]", listed) else listed.split(",")
    return {fold(part) for part in (*parts, listed) if fold(part)}


def _industry_state(industry: str | None, listed: set[str], excluded: set[str]) -> str:
    if industry is None:
        return "unknown"
    own = _words(industry)
    if own & excluded:
        return "excluded"
    if not listed:
        return "unknown"
    whole = fold(industry)
    parts = own - {whole}
    return "listed" if whole in listed or (parts and parts <= listed) else "not_listed"


def _unknown_tenants(own: pd.DataFrame, states: list[str]) -> int:
    """Committed parcels of which the industry is not known, or cannot be held against a list."""
    return sum(
        state == "unknown" and bool(committed)
        for state, committed in zip(states, own["committed"], strict=True)
    )


def _day(value: Any) -> date | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()
