"""The tables of economy, works, environment and withdrawn clusters of an efficiency run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gisclusters.publish.columns import Column
from gisclusters.publish.fit_tables import View
from gisclusters.publish.result import Result
from gisclusters.words import Lang, text

_BASIS = (
    Column("legal_basis"),
    Column("rule_id", "word", "economy.rule"),
    Column("confidence", "word", "report.confidence"),
)
_HELD_BY = (Column("cluster_id"), Column("parcel_id"), Column("lessee"))

ECONOMY_TABLES: Mapping[str, tuple[Column, ...]] = {
    "economy": (
        Column("cluster_id"),
        Column("indicator", "word", "economy.indicator"),
        Column("period"),
        Column("figure", "amount"),
        Column("parcels_sum", "amount"),
        Column("difference", "amount"),
        Column("unit_shown", "word", "economy.unit"),
        Column("parcels_told", "count"),
        Column("parcels_asked", "count"),
        Column("per_rung", "word", "efficiency.rung"),
        Column("rung_m2", "area"),
        Column("figure_per_ha", "amount"),
        Column("parcels_told_m2", "area"),
        Column("parcels_sum_per_ha", "amount"),
        Column("figure_source"),
    ),
    "economy_parcels": (
        *_HELD_BY,
        Column("indicator", "word", "economy.indicator"),
        Column("period"),
        Column("figure", "amount"),
        Column("unit_shown", "word", "economy.unit"),
        Column("per_rung", "word", "efficiency.rung"),
        Column("at_rung", "yes"),
        Column("area_m2", "area"),
        Column("figure_per_ha", "amount"),
        Column("figure_source"),
    ),
    "economy_trend": (
        Column("cluster_id"),
        Column("indicator", "word", "economy.indicator"),
        Column("period"),
        Column("closes_on", "day"),
        Column("figure", "amount"),
        Column("parcels_sum", "amount"),
        Column("unit_shown", "word", "economy.unit"),
        Column("change_share", "share"),
    ),
    "works": (
        Column("cluster_id"),
        Column("work", "word", "economy.work"),
        Column("name"),
        Column("work_state", "word", "economy.work_state"),
        Column("planned_from", "day"),
        Column("actual_from", "day"),
        Column("start_slip_days", "count"),
        Column("planned_to", "day"),
        Column("actual_to", "day"),
        Column("finish_slip_days", "count"),
        Column("capital_approved", "amount"),
        Column("capital_paid", "amount"),
        Column("capital_shown", "word", "economy.unit"),
        Column("capital_paid_share", "share"),
        Column("capacity", "amount"),
        Column("demand", "amount"),
        Column("unit"),
        Column("used_share", "share"),
        Column("meets_standard", "yes"),
        Column("standard"),
        Column("source"),
    ),
    "wastewater": (
        Column("cluster_id"),
        Column("plant_state", "word", "economy.plant"),
        Column("plant_source", "word", "economy.plant_source"),
        Column("plant_reported", "yes"),
        Column("connected", "count"),
        Column("connected_of", "count"),
        Column("connected_share", "share"),
        Column("not_connected", "listed"),
        Column("meets_standard", "yes"),
        Column("standard"),
        Column("standard_state", "word", "economy.standard"),
        Column("capacity", "amount"),
        Column("demand", "amount"),
        Column("unit"),
        Column("used_share", "share"),
        Column("capacity_missing", "amount"),
        Column("works_complete", "yes"),
        Column("works_unfinished", "words", "economy.work"),
        Column("works_unknown", "words", "economy.work"),
        Column("works_on_record", "count"),
        Column("works_with_capital", "count"),
        Column("capital_approved", "amount"),
        Column("capital_paid", "amount"),
        Column("capital_shown", "word", "economy.unit"),
        Column("capital_paid_share", "share"),
    ),
    "held_back": (
        *_HELD_BY,
        Column("held_parcels", "listed"),
        Column("tenants", "count"),
        Column("hold", "word", "economy.hold"),
        Column("hold_reason", "word", "economy.hold_reason"),
        Column("works_missing", "words", "economy.work"),
        *_BASIS,
    ),
    "environment": (
        Column("cluster_id"),
        Column("inspections", "count"),
        Column("last_inspected_on", "day"),
        Column("violations", "count"),
        Column("faults_open", "count"),
        Column("overdue", "count"),
        Column("appealed", "count"),
        Column("fixed", "count"),
        Column("state_unknown", "count"),
        Column("industries"),
        Column("excluded_industries"),
        Column("links"),
        Column("tenants_listed", "count"),
        Column("tenants_not_listed", "count"),
        Column("tenants_excluded", "count"),
        Column("tenants_industry_unknown", "count"),
    ),
    "inspections": (
        *_HELD_BY,
        Column("inspected_on", "day"),
        Column("by"),
        Column("finding"),
        Column("violation", "yes"),
        Column("article"),
        Column("inspection_state", "word", "economy.state"),
        Column("mend_by", "day"),
        Column("fixed_on", "day"),
        Column("days_overdue", "count"),
        Column("source"),
    ),
    "environment_tenants": (
        *_HELD_BY,
        Column("industry"),
        Column("industry_state", "word", "economy.industry"),
        Column("violations", "count"),
        Column("faults_open", "count"),
        Column("overdue", "count"),
        Column("last_inspected_on", "day"),
    ),
    "withdrawn": (
        Column("cluster_id"),
        Column("name"),
        Column("status", "word", "page.cluster_status"),
        Column("gross_m2", "area"),
        Column("conversion_state", "word", "economy.conversion"),
        Column("conversion_plan"),
        Column("remaining_tenants", "count"),
        Column("producing_tenants", "count"),
        Column("first_lease_ends_on", "day"),
        Column("last_lease_ends_on", "day"),
        Column("leases_without_end", "count"),
        Column("leased_m2", "area"),
        Column("overstayed_m2", "area"),
        Column("recovered_m2", "area"),
        Column("not_recovered_m2", "area"),
        Column("legal_basis"),
    ),
    "remaining": (
        *_HELD_BY,
        Column("occupant"),
        Column("area_m2", "area"),
        Column("remaining_state", "word", "economy.remaining"),
        Column("lease_to", "day"),
        Column("days_left", "count"),
        Column("producing", "yes"),
    ),
    "withdrawn_asked": (
        Column("topic", "word", "economy.topic"),
        Column("rule_id", "word", "economy.rule"),
        Column("read", "yes"),
        Column("legal_basis"),
        Column("confidence", "word", "report.confidence"),
    ),
}
"""The columns of each table, by the subject of its view."""

ECONOMY_STACKS = {
    "economy": (
        ("cluster_id",), ("indicator", "period"), ("figure", "figure_source"),
        ("parcels_sum", "parcels_told", "parcels_asked"), ("difference",), ("unit_shown",),
        ("per_rung", "rung_m2"), ("figure_per_ha",), ("parcels_sum_per_ha", "parcels_told_m2"),
    ),
    "economy_parcels": (
        ("cluster_id",), ("parcel_id", "lessee"), ("indicator", "period"),
        ("figure", "figure_source"), ("unit_shown",), ("per_rung", "at_rung"), ("area_m2",),
        ("figure_per_ha",),
    ),
    "works": (
        ("cluster_id",), ("work", "name"), ("work_state", "source"),
        ("planned_from", "actual_from"), ("planned_to", "actual_to"),
        ("finish_slip_days", "start_slip_days"),
        ("capital_approved", "capital_paid", "capital_shown", "capital_paid_share"),
        ("capacity", "demand", "unit", "used_share"), ("standard", "meets_standard"),
    ),
    "wastewater": (
        ("cluster_id",), ("plant_state", "plant_source", "plant_reported"),
        ("connected", "connected_of", "connected_share"), ("not_connected",),
        ("standard", "standard_state", "meets_standard"),
        ("capacity", "demand", "unit", "used_share", "capacity_missing"),
        ("works_complete", "works_unfinished"), ("works_unknown",),
        ("capital_approved", "capital_paid", "capital_shown", "capital_paid_share"),
    ),
    "held_back": (
        ("cluster_id",), ("hold", "hold_reason"), ("tenants",), ("held_parcels",),
        ("works_missing",), ("rule_id", "legal_basis", "confidence"),
    ),
    "environment": (
        ("cluster_id",), ("inspections", "last_inspected_on"), ("violations",),
        ("faults_open", "overdue"), ("appealed", "fixed", "state_unknown"),
        ("industries", "excluded_industries", "links"), ("tenants_listed", "tenants_not_listed"),
        ("tenants_excluded", "tenants_industry_unknown"),
    ),
    "inspections": (
        ("cluster_id",), ("parcel_id", "lessee"), ("inspected_on", "by"), ("finding", "article"),
        ("violation",), ("inspection_state", "days_overdue"), ("mend_by", "fixed_on"), ("source",),
    ),
    "withdrawn": (
        ("cluster_id",), ("name", "status"), ("gross_m2",),
        ("conversion_state", "conversion_plan", "legal_basis"),
        ("remaining_tenants", "producing_tenants"), ("first_lease_ends_on", "last_lease_ends_on"),
        ("leases_without_end",), ("leased_m2", "overstayed_m2"),
        ("not_recovered_m2", "recovered_m2"),
    ),
}  # fmt: skip
"""Columns that stand under one another on a page."""

_TABLES = (
    ("economy", "economy", "clusters"),
    ("economy_parcels", "economy", "parcels"),
    ("economy_trend", "economy", "trend"),
    ("works", "works", "works"),
    ("wastewater", "works", "clusters"),
    ("held_back", "works", "held_back"),
    ("environment", "environment", "clusters"),
    ("inspections", "environment", "inspections"),
    ("environment_tenants", "environment", "tenants"),
    ("withdrawn", "withdrawn", "clusters"),
    ("remaining", "withdrawn", "remaining"),
    ("withdrawn_asked", "withdrawn", "asked"),
)
_SAID = {
    "economy": ("figure", "parcels_sum"),
    "wastewater": ("plant_source", "works_unfinished"),
    "environment": ("inspections", "tenants_not_listed", "tenants_excluded"),
}  # fmt: skip
"""Of each table: a row without any of these says nothing, and a page leaves it out; a count of 0
says nothing of the environment, but a figure of 0 is one."""

_WORST_FIRST = ("no_start_late", "running_late", "finished_late", "unknown", "running_unplanned",
                "running", "no_start", "finished_unplanned", "finished")  # fmt: skip

_MONEY, _BILLION = "đồng", 1e9
_AMOUNTS = ("figure", "figure_per_ha", "parcels_sum", "parcels_sum_per_ha", "difference")
_CAPITAL = ("capital_approved", "capital_paid")

_OTHER_MEANING = {"rung": "per_rung", "parcels_m2": "parcels_told_m2", "open": "faults_open",
                  "due_on": "mend_by"}  # fmt: skip
"""Keys of the document whose columns other tables use for something else."""


def economy_views(result: Result, *, every_row: bool = False) -> list[View]:
    """The tables of a result, empty ones left out; money in billions of đồng (tỷ đồng).

    ``every_row`` keeps the rows that say nothing.
    """
    found = []
    for subject, key, name in _TABLES:
        rows: Sequence[Mapping[str, Any]] = result.extra.get(key, {}).get(name, ())
        said = _SAID.get(subject)
        if said is not None and not every_row:
            silent: tuple[object, ...] = (None, [], 0) if subject == "environment" else (None, [])
            rows = [row for row in rows if any(row[each] not in silent for each in said)]
        if rows and not every_row:
            rows = _for_people(subject, rows)
        if rows:
            found.append(
                View(subject, _in_billions(pd.DataFrame(rows)).rename(columns=_OTHER_MEANING))
            )
    return found


def _for_people(subject: str, rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Works by how late they are; tenants held back as one line a cluster, rule and conclusion.

    Of the figures over the periods those that are known of one period only are left out.
    """
    if subject == "economy_trend":
        known = Counter((row["cluster_id"], row["indicator"]) for row in rows)
        return [row for row in rows if known[row["cluster_id"], row["indicator"]] > 1]
    if subject == "works":
        rank = {state: place for place, state in enumerate(_WORST_FIRST)}
        return sorted(rows, key=lambda row: rank.get(row["work_state"], len(rank)))
    if subject != "held_back":
        return rows
    lines: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[name] for name in ("cluster_id", "rule_id", "hold", "hold_reason"))
        line = lines.setdefault((*key, row["parcel_id"] is None), {**row, "held_parcels": [],
                                                                    "tenants": 0})  # fmt: skip
        line["tenants"] += row["tenants"]
        line["held_parcels"] += [] if row["parcel_id"] is None else [row["parcel_id"]]
    order = {word: place for place, word in enumerate(("held", "no_increase", "undecided"))}
    told = sorted(lines.values(), key=lambda line: order[line["hold"]])
    return [{**line, "parcel_id": None, "lessee": None} for line in told]


def economy_rule_lines(result: Result, lang: Lang) -> list[tuple[str, str]]:
    """The rule set of these tables, as a pair of words and value."""
    rules = result.extra.get("economy", {}).get("rules")
    if not rules:
        return []
    shown = f"{rules['name']} {rules['version']} (SHA-256 {rules['sha256'][:16]}…)"
    return [(text("report.economy_rules", lang), shown)]


def _in_billions(frame: pd.DataFrame) -> pd.DataFrame:
    """Money as billions of đồng, with the unit that is shown beside each figure."""
    if "unit" in frame and "figure" in frame:
        money = frame["unit"] == _MONEY
        for name in (each for each in _AMOUNTS if each in frame):
            cells = pd.to_numeric(frame[name])
            frame[name] = cells.where(~money, cells / _BILLION)
        frame["unit_shown"] = ["billion" if each else "people" for each in money]
    if "capital_approved" in frame:
        for name in _CAPITAL:
            frame[name] = pd.to_numeric(frame[name]) / _BILLION
        given = frame[list(_CAPITAL)].notna().any(axis=1)
        frame["capital_shown"] = ["billion" if each else None for each in given]
    return frame
