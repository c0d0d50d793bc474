"""Which of a parcel's successive leases holds on a day, and how far it has come.

Of several leases of one parcel the one in force on the day counts, else the one that began
last before it.  A parcel may carry the fields of its only lease itself; where the table of
leases speaks of a parcel, the table alone counts.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, warning
from gisclusters.efficiency.idle_clock import ClockReading, LeaseFacts, read_clock
from gisclusters.layers.layer import Layer
from gisclusters.rules.efficiency import EfficiencyRules

_FIELDS = tuple(field.name for field in fields(LeaseFacts))
_TEXTS = ("lessee", "occupant", "force_majeure")
_DATES = tuple(name for name in _FIELDS if name not in _TEXTS)
_BEGINNINGS = ("lease_from", "approved_on", "handed_over_on", "started_on", "producing_on")

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CurrentLeases:
    """The current lease of each parcel: ``frame`` is indexed like the parcels.

    ``frame`` has the fields of a lease and ``has_lease``, ``in_force``, ``ended``.
    """

    frame: pd.DataFrame
    issues: tuple[Issue, ...]


def current_leases(parcels: Layer, leases: Layer | None, *, as_of: date) -> CurrentLeases:
    """Choose, per parcel, the lease in force on ``as_of``, else the latest before it.

    A lease holds from ``lease_from`` to ``lease_to``, both days included; an empty
    ``lease_to`` has no end, an empty ``lease_from`` with a ``lease_to`` began at an unknown
    day before.  Where several are in force at once the one that began last counts, with
    warning ``leases_overlap``.  A lease of which nothing has begun yet is left out.
    """
    rows = _all_rows(parcels, leases)
    today = pd.Timestamp(as_of)
    in_force = _in_force(rows, today)
    begun_on = rows[list(_BEGINNINGS)].where(rows[list(_BEGINNINGS)] <= today).min(axis=1)
    dateless = rows[list(_DATES)].isna().all(axis=1)
    known = in_force | begun_on.notna() | (rows["lease_to"] < today) | dateless
    order = rows.assign(
        in_force=in_force,
        ended=rows["lease_to"] < today,
        begun_on=begun_on.fillna(pd.Timestamp.min.as_unit("s")),
    )[known]
    order = order.sort_values(["parcel", "in_force", "begun_on"], kind="stable")
    issues = _overlapping(parcels, order)
    chosen = order.drop_duplicates("parcel", keep="last").set_index("parcel")
    frame = chosen.reindex(np.arange(len(parcels)))
    frame["has_lease"] = frame["in_force"].notna()
    for name in ("in_force", "ended"):
        frame[name] = frame[name].eq(True)
    frame.index = parcels.frame.index
    return CurrentLeases(frame.drop(columns="begun_on"), issues)


def stages_of(current: CurrentLeases, *, as_of: date) -> pd.DataFrame:
    """How far each parcel has come on ``as_of``: one column of yes and no per rung.

    ``committed``: approved or leased; ``leased``: a lease in force; ``handed_over``;
    ``building``: works begun; ``producing``: producing and not stopped.  A parcel whose
    lease is over is at none of them.
    """
    lease = current.frame
    today = pd.Timestamp(as_of)
    happened = {name: lease[name] <= today for name in _DATES}
    stopped_after = lease["use_stopped_on"].where(happened["use_stopped_on"])
    producing = happened["producing_on"] & ~(stopped_after >= lease["producing_on"])
    reached = {
        "committed": happened["approved_on"] | lease["in_force"],
        "leased": lease["in_force"],
        "handed_over": happened["handed_over_on"],
        "building": happened["started_on"] | happened["finished_on"] | happened["producing_on"],
        "producing": producing,
    }
    return pd.DataFrame({rung: mask & ~lease["ended"] for rung, mask in reached.items()})


def transfers_unapproved(current: CurrentLeases, *, as_of: date) -> pd.Series[Any]:
    """Parcels whose occupant is not the lessee and whose transfer nobody approved by then.

    Names are compared without regard to case and spacing.  Nothing is said where either
    name is missing or the lease is over.
    """
    lease = current.frame
    occupant, lessee = lease["occupant"].map(_plain_name), lease["lessee"].map(_plain_name)
    differs = occupant.notna() & lessee.notna() & (occupant != lessee)
    approved = lease["transfer_approved_on"] <= pd.Timestamp(as_of)
    return differs & ~approved & ~lease["ended"]


def read_clocks(
    current: CurrentLeases, *, as_of: date, rules: EfficiencyRules
) -> list[ClockReading]:
    """The reading of the idle clock for every parcel, in order."""
    lease = current.frame
    columns = [_days(lease[name]) if name in _DATES else _words(lease[name]) for name in _FIELDS]
    return [
        read_clock(
            LeaseFacts(**dict(zip(_FIELDS, values, strict=True))) if there else None,
            as_of=as_of,
            rules=rules,
        )
        for there, *values in zip(lease["has_lease"], *columns, strict=True)
    ]


def lease_records(current: CurrentLeases) -> list[dict[str, str] | None]:
    """What is on record of the current lease of every parcel, in order; None: no lease.

    Only what is known; days are ISO text, as far in the future as they were written.
    """
    lease = current.frame
    columns = [_days(lease[name]) if name in _DATES else _words(lease[name]) for name in _FIELDS]
    return [
        {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in zip(_FIELDS, values, strict=True)
            if value is not None
        }
        if there
        else None
        for there, *values in zip(lease["has_lease"], *columns, strict=True)
    ]


def _all_rows(parcels: Layer, leases: Layer | None) -> pd.DataFrame:
    """The lease rows of both, with ``parcel``, the position of the parcel they speak of."""
    own = parcels.frame.reindex(columns=list(_FIELDS))
    own = pd.DataFrame(own).reset_index(drop=True)
    own.insert(0, "parcel", np.arange(len(own)))
    rows = own[own[list(_FIELDS)].notna().any(axis=1)]
    if leases is not None and len(leases):
        position = pd.Series(np.arange(len(parcels)), index=parcels.frame["parcel_id"])
        table = leases.frame.reindex(columns=list(_FIELDS)).reset_index(drop=True)
        table.insert(0, "parcel", leases.frame["parcel_id"].map(position).to_numpy())
        table = table[table["parcel"].notna()].astype({"parcel": "int64"})
        rows = rows[~rows["parcel"].isin(table["parcel"])]
        rows = table if rows.empty else rows if table.empty else pd.concat([rows, table])
    rows = rows.reset_index(drop=True)
    for name in _DATES:
        rows[name] = rows[name].astype("datetime64[s]")
    return rows


def _in_force(rows: pd.DataFrame, today: pd.Timestamp) -> pd.Series[Any]:
    begun = (rows["lease_from"] <= today) | (rows["lease_from"].isna() & rows["lease_to"].notna())
    return begun & ~(rows["lease_to"] < today)


def _overlapping(parcels: Layer, order: pd.DataFrame) -> tuple[Issue, ...]:
    counts = order.loc[order["in_force"], "parcel"].value_counts(sort=False)
    names = parcels.frame["parcel_id"].to_numpy()
    source_rows = parcels.frame["source_row"].to_numpy()
    return tuple(
        warning(
            "leases_overlap",
            layer=parcels.name,
            row=int(source_rows[position]),
            id=str(names[position]),
            count=int(count),
        )
        for position, count in counts[counts > 1].sort_index().items()
    )


def _days(column: pd.Series[Any]) -> list[date | None]:
    return [None if pd.isna(day) else day for day in column.dt.date]


def _words(column: pd.Series[Any]) -> list[str | None]:
    return [None if pd.isna(word) else str(word) for word in column]


def _plain_name(name: object) -> str | None:
    if not isinstance(name, str) or not name.strip():
        return None
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
