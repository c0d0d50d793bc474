"""The tables of an efficiency run, flat: ladder, ratios, structure, seams, what to do by when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from gisclusters.domain.verdicts import ParcelStatus
from gisclusters.publish.document import plain
from gisclusters.publish.result import Result

HORIZON_DAYS = 180
"""So far ahead the list of deadlines looks; ``SOON_DAYS`` are told apart in the summary."""

SOON_DAYS = 90

_OVERDUE = (ParcelStatus.LAPSED, ParcelStatus.IDLE, ParcelStatus.ENDED)
_ALWAYS = (*_OVERDUE, ParcelStatus.LATE, ParcelStatus.EXTENDED, ParcelStatus.UNKNOWN)
_BY_RULE = {"planned_date": "planned_date", "lease_term": "lease_term"}
_WITHOUT_DAY = ("hand_over", "unknown")
_UNDATED = {"deadline": None, "days_left": None, "rule_id": None}
_NO_DAY = "9999-12-31"


def clusters_of(result: Result) -> list[dict[str, Any]]:
    """The rows of the clusters as plain values, in order."""
    return [
        {str(name): plain(value) for name, value in row.items()}
        for frame in result.findings
        for row in frame.to_dict("records")
    ]


def parcels_of(cluster: dict[str, Any]) -> list[dict[str, Any]]:
    """The parcels of a cluster with what their lease says of tenant and dates beside them."""
    return [
        (row.get("lease") or {}) | row | {"cluster_id": cluster["cluster_id"]}
        for row in cluster.get("parcels") or ()
    ]


def ladder_frame(cluster: dict[str, Any]) -> pd.DataFrame:
    """One row a rung; empty where the run has no ladder.

    ``registered_missing`` is left out where no parcel lacks its registered area.
    """
    frame = _frame(cluster, cluster.get("ladder"))
    lacking = len(frame) and frame["registered_missing"].fillna(0).astype(int).any()
    return frame if lacking else frame.drop(columns="registered_missing", errors="ignore")


def ratio_frame(cluster: dict[str, Any]) -> pd.DataFrame:
    """One row a ratio, the law's first; ``ratio`` is its name, ``definition`` whose it is."""
    rows = [
        row
        | {
            "ratio": row["name"],
            "definition": "law" if row["by_law"] else "rival",
            "unit": "m2" if row["numerator"].endswith("_m2") else "parcels",
        }
        for row in cluster.get("ratios") or ()
    ]
    return _frame(cluster, rows).drop(columns="name", errors="ignore")


def structure_frame(cluster: dict[str, Any]) -> pd.DataFrame:
    """One row a land group with its norm."""
    groups = {
        name: row
        for name, row in (cluster.get("structure") or {}).items()
        if isinstance(row, dict) and "area_m2" in row and "share" in row
    }
    rows = [
        {"group": name} | row | {"norm_verdict": _norm_verdict(row)} for name, row in groups.items()
    ]
    return _frame(cluster, rows)


def seam_frame(cluster: dict[str, Any]) -> pd.DataFrame:
    """One row an overlap or gap between parcels."""
    return _frame(cluster, cluster.get("seams"))


def action_frame(cluster: dict[str, Any]) -> pd.DataFrame:
    """Parcels that ask for an act, what is overdue first, then by the day it is due.

    ``action`` is ``<what>`` of ``efficiency.do_<what>``.  Overdue are ``idle``, ``lapsed`` and
    ``ended``; what falls within ``HORIZON_DAYS`` follows, then what has no day: ``unknown``,
    leased land not handed over, a transfer nobody approved.
    """
    rows = []
    for parcel in parcels_of(cluster):
        action = _action(parcel)
        if action is not None:
            undated = _UNDATED if action in _WITHOUT_DAY else {}
            overdue = parcel["status"] in _OVERDUE
            rows.append(parcel | {"action": action, "overdue": overdue} | undated)
        if parcel.get("transfer_unapproved"):
            rows.append(parcel | {"action": "transfer", "overdue": False} | _UNDATED)
    rows.sort(key=_urgency)
    return _frame(cluster, rows)


def seam_sums(cluster: dict[str, Any]) -> dict[str, tuple[int, float]]:
    """How many overlaps and gaps between parcels there are, and their m² together."""
    found = {"overlap": (0, 0.0), "gap": (0, 0.0)}
    for row in cluster.get("seams") or ():
        count, area = found[row["what"]]
        found[row["what"]] = count + 1, area + row["area_m2"]
    return found


def all_actions(result: Result) -> pd.DataFrame:
    """What the parcels of every cluster ask for, the most pressing of all first."""
    frame = stacked(result, action_frame)
    rows = sorted(frame.to_dict("records"), key=_urgency)  # type: ignore[arg-type]
    return pd.DataFrame(rows, dtype=object)


def rival_frame(cluster: dict[str, Any]) -> pd.DataFrame:
    """The ratios of a cluster side by side: ``ratio_law``, then each rival by its name."""
    row = {
        "ratio_law" if each["by_law"] else f"ratio_{each['name']}": each["share"]
        for each in cluster.get("ratios") or ()
    }
    return _frame(cluster, [row] if any(share is not None for share in row.values()) else [])


def stacked(result: Result, make: Any) -> pd.DataFrame:
    """The tables that ``make`` gives of each cluster as one."""
    frames = [frame for frame in map(make, clusters_of(result)) if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _urgency(row: dict[str, Any]) -> tuple[int, str, str]:
    order = 0 if row["overdue"] else 1 if row.get("deadline") else 2
    return order, row.get("deadline") or _NO_DAY, row["parcel_id"]


def _action(parcel: dict[str, Any]) -> str | None:
    status, days, rule = parcel["status"], parcel.get("days_left"), parcel.get("rule_id")
    if status in _ALWAYS:
        return str(status)
    if days is not None and days <= HORIZON_DAYS:
        return _BY_RULE.get(str(rule), "limit")
    if status == ParcelStatus.NOT_HANDED_OVER and parcel.get("leased"):
        return "hand_over"
    return None


def _norm_verdict(row: dict[str, Any]) -> str:
    if row.get("missing_m2"):
        return "below"
    if row.get("excess_m2"):
        return "above"
    return "kept" if row.get("rule_id") else "none"


def _frame(cluster: dict[str, Any], rows: Any) -> pd.DataFrame:
    lines: Iterator[dict[str, Any]] = (
        {"cluster_id": cluster["cluster_id"]} | row for row in rows or ()
    )
    return pd.DataFrame(list(lines), dtype=object)
