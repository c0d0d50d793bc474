"""The lists of parcels as lines of text, by list and responsible office."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from gisclusters.publish.clock_words import due_line, list_title, office_line, reason_line
from gisclusters.publish.result import Result
from gisclusters.words import Lang, number, text

MOST_ROWS = 20
"""So many parcels of one list and office are printed unless everything is asked for."""


def worklist_blocks(
    result: Result, lang: Lang, *, everything: bool = False
) -> list[tuple[str, str, list[str]]]:
    """``(title, office, lines)`` of each list and office, the gravest list first."""
    rows = sorted(
        result.extra.get("worklists") or [],
        key=lambda row: row["within_days"] or 0,
    )
    order = list(dict.fromkeys(row["list"] for row in result.extra.get("worklists") or []))
    rows.sort(key=lambda row: order.index(row["list"]))
    blocks = []
    for title, of_list in groupby(rows, key=lambda row: list_title(row, lang)):
        listed = list(of_list)
        head = text("efficiency.list_count", lang, list=title, count=len(listed))
        offices = list(dict.fromkeys(office_line(row, lang) for row in listed))
        for place, office in enumerate(offices):
            mine = [row for row in listed if office_line(row, lang) == office]
            shown = mine if everything else mine[:MOST_ROWS]
            lines = [parcel_line(row, lang) for row in shown]
            if len(mine) > len(shown):
                lines.append(text("report.more_rows", lang, count=len(mine) - len(shown)))
            label = text("efficiency.office_label", lang, office=office)
            blocks.append(("" if place else head, label, lines))
    return blocks


def parcel_line(row: Mapping[str, Any], lang: Lang) -> str:
    """One parcel in a line: where it is, who holds it, its area, and what is to be known."""
    where = f"{row['parcel_id']} ({row['cluster_id']})"
    numbers = [
        f"{text(f'report.col_{name}', lang).lower()} {row[name]}"
        for name in ("sheet_no", "parcel_no")
        if row[name]
    ]
    holder = row["lessee"] or text("efficiency.lessee_unknown", lang)
    if row["list"] == "transfer_unapproved":
        holder = text("efficiency.held_by_other", lang, lessee=holder,
                      occupant=row["occupant"] or "–")  # fmt: skip
    parts = [
        ", ".join([where, *numbers]), holder, f"{number(row['area_m2'], lang)} m²",
        due_line(row, lang), reason_line(row, lang),
    ]  # fmt: skip
    return " · ".join(part for part in parts if part)
