"""Which parcels ask for an act, sorted into the lists an office works through.

``lapsed`` an extension ran out; ``idle`` a limit of Land Law 31/2024/QH15, Art. 81(8) was
reached; ``soon`` one falls within a horizon; ``late`` a planned date has passed;
``transfer_unapproved`` the occupant is not the lessee and no approval is on record;
``unknown`` the record must be mended first.  A parcel may stand in several lists, in each
of them once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import pandas as pd

from gisclusters.efficiency.lease_doubts import DOUBTS

HORIZONS = (90, 180)
"""Days ahead that offices look by default."""

COLUMNS = (
    "list", "within_days", "cluster_id", "parcel_id", "status", "due_on", "due_in_days",
    "rule_id", "reason", "row",
)  # fmt: skip


class WorkList(StrEnum):
    """The lists, the gravest first."""

    LAPSED = "lapsed"
    IDLE = "idle"
    TRANSFER_UNAPPROVED = "transfer_unapproved"
    SOON = "soon"
    LATE = "late"
    UNKNOWN = "unknown"


_OF_STATUS = {
    "lapsed": WorkList.LAPSED, "idle": WorkList.IDLE, "late": WorkList.LATE,
    "unknown": WorkList.UNKNOWN,
}  # fmt: skip
_ORDER = {name: place for place, name in enumerate(WorkList)}


def worklists(
    parcels: pd.DataFrame, *, as_of: date, horizons: Sequence[int] = HORIZONS
) -> pd.DataFrame:
    """The lists of ``EfficiencyReport.parcels`` on ``as_of``: ``COLUMNS``, gravest list first.

    ``due_on`` is the day a limit was reached (``idle``, ``lapsed``) or will be; NaT where none
    runs.  ``due_in_days`` counts from ``as_of`` and is negative for what has passed.
    ``within_days`` is the smallest horizon a parcel of ``soon`` falls within, so that nobody
    reads it twice; ``reason`` the code of what is wrong with the record of an ``unknown``;
    ``row`` the position in ``parcels``.  Within a list the nearest or longest passed day comes
    first.  No parcels: no rows.
    """
    found: list[dict[str, object]] = []
    for row, parcel in enumerate(parcels.to_dict("records")):
        status, limit = parcel["status"], parcel["limit_on"]
        common = {"cluster_id": parcel["cluster_id"], "parcel_id": parcel["parcel_id"],
                  "status": status, "row": row}  # fmt: skip
        named = _OF_STATUS.get(status)
        if named in {WorkList.LAPSED, WorkList.IDLE}:
            due = {"due_on": parcel["deadline"], "rule_id": parcel["rule_id"]}
            found.append(common | {"list": named} | due)
        elif named is WorkList.LATE:
            due = {"due_on": limit, "rule_id": parcel["limit_rule_id"]}
            found.append(common | {"list": named} | due)
        elif named is WorkList.UNKNOWN:
            reasons = [item["code"] for item in parcel["evidence"] if item["code"] in DOUBTS]
            found.append(common | {"list": named, "reason": reasons[-1] if reasons else None})
        within = _within(limit, as_of, horizons) if named in {None, WorkList.LATE} else None
        if within is not None:
            due = {"due_on": limit, "rule_id": parcel["limit_rule_id"], "within_days": within}
            found.append(common | {"list": WorkList.SOON} | due)
        if bool(parcel["transfer_unapproved"]):
            found.append(common | {"list": WorkList.TRANSFER_UNAPPROVED})
    return _sorted(pd.DataFrame(found, columns=list(COLUMNS)), as_of)


def _within(limit: object, as_of: date, horizons: Sequence[int]) -> int | None:
    """The smallest horizon a coming limit falls within; None where it falls in none."""
    if not isinstance(limit, pd.Timestamp):
        return None
    days = (limit.date() - as_of).days
    return min((each for each in horizons if 0 <= days <= each), default=None)


def _sorted(rows: pd.DataFrame, as_of: date) -> pd.DataFrame:
    due = rows["due_on"].astype("datetime64[s]")
    rows = rows.assign(
        due_on=due,
        due_in_days=(due - pd.Timestamp(as_of)).dt.days.astype("Int64"),
        within_days=rows["within_days"].astype("Int64"),
        order=rows["list"].map(_ORDER),
    )
    rows = rows.sort_values(["order", "due_on", "cluster_id", "parcel_id"], kind="stable")
    rows["list"] = rows["list"].astype(str)
    return rows.drop(columns="order").reset_index(drop=True)
