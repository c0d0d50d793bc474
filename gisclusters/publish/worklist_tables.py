"""The lists of parcels as one table of a report or workbook."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gisclusters.publish.clock_words import reason_line
from gisclusters.publish.columns import Column
from gisclusters.publish.fit_tables import View
from gisclusters.publish.result import Result

WORKLIST_TABLES: Mapping[str, tuple[Column, ...]] = {
    "worklists": (
        Column("list", "word", "efficiency.list"),
        Column("within_days", "count"),
        Column("cluster_id"),
        Column("parcel_id"),
        Column("sheet_no"),
        Column("parcel_no"),
        Column("lessee"),
        Column("occupant"),
        Column("area_m2", "area"),
        Column("due_on", "day"),
        Column("due_in_days", "count"),
        Column("reason_vi", only="vi"),
        Column("reason_en", only="en"),
        Column("legal_basis"),
        Column("months", "count"),
        Column("confidence", "word", "report.confidence"),
        Column("rule_id"),
        Column("office_vi", only="vi"),
        Column("office_en", only="en"),
        Column("act_vi", only="vi"),
        Column("act_en", only="en"),
        Column("office_confidence", "word", "report.confidence"),
    ),
}
WORKLIST_STACKS = {
    "worklists": (
        ("list", "within_days"), ("cluster_id", "parcel_id"), ("sheet_no", "parcel_no"),
        ("lessee", "occupant"), ("area_m2",), ("due_on", "due_in_days", "reason_vi", "reason_en"),
        ("legal_basis", "months", "confidence", "rule_id"),
        ("office_vi", "office_en", "act_vi", "act_en", "office_confidence"),
    ),
}  # fmt: skip


def with_holders(parcels: pd.DataFrame, result: Result) -> pd.DataFrame:
    """The parcels of a run with who holds them and their numbers, where the run says so."""
    rows = result.extra.get("holders") or []
    if not rows:
        return parcels
    held = pd.DataFrame(rows).set_index(["cluster_id", "parcel_id"])
    told = [name for name in held if name not in parcels]
    return parcels.join(held[told], on=["cluster_id", "parcel_id"])


def worklist_views(result: Result) -> list[View]:
    """The lists, the gravest first; none where no parcel asks for an act."""
    rows = result.extra.get("worklists") or []
    if not rows:
        return []
    told = [
        row | {"legal_basis": row["article"], "reason_vi": reason_line(row, "vi") or None,
               "reason_en": reason_line(row, "en") or None}
        for row in rows
    ]  # fmt: skip
    return [View("worklists", pd.DataFrame(told))]
