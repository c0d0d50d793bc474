"""The tables of land structure, green strip, factory lots, buildings outside and shortfalls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gisclusters.publish.columns import Column
from gisclusters.publish.fit_tables import View
from gisclusters.publish.result import Result

LAND_TABLES = ("factory_lots", "buildings_outside", "shortfalls")
"""Keys of the JSON document, layers of a GeoPackage and subjects of tables."""

USE_TABLES: Mapping[str, tuple[Column, ...]] = {
    "land_structure": (
        Column("cluster_id"),
        Column("land_group", "word", "efficiency.group"),
        Column("area_m2", "area"),
        Column("share_of_gross", "share"),
        Column("at_least", "share"),
        Column("at_most", "share"),
        Column("norm_short_m2", "area"),
        Column("excess_m2", "area"),
        Column("in_factory_lots_m2", "area"),
        Column("norm_basis", "word", "efficiency.basis"),
        Column("legal_basis"),
        Column("confidence", "word", "report.confidence"),
    ),
    "factory_lots": (
        Column("cluster_id"),
        Column("lot_id"),
        Column("lot_of", "word", "efficiency.lot_of"),
        Column("area_m2", "area"),
        Column("shared_m2", "area"),
        Column("building_count", "count"),
        Column("footprint_m2", "area"),
        Column("density_share", "share"),
        Column("density_at_most", "share"),
        Column("density_verdict", "word", "efficiency.lot"),
        Column("density_reason", "word", "efficiency.lot_reason"),
        Column("density_excess_m2", "area"),
        Column("floors", "count"),
        Column("floors_source", "word", "efficiency.floors_source"),
        Column("floor_area_m2", "area"),
        Column("floor_area_ratio"),
        Column("green_m2", "area"),
        Column("green_share", "share"),
        Column("green_source", "word", "efficiency.green_source"),
        Column("green_at_least", "share"),
        Column("green_verdict", "word", "efficiency.lot"),
        Column("green_reason", "word", "efficiency.lot_reason"),
        Column("green_missing_m2", "area"),
        Column("density_article"),
        Column("green_article"),
    ),
    "buildings_outside": (
        Column("cluster_id"),
        Column("building_id"),
        Column("parcel_id"),
        Column("stands", "word", "efficiency.stands"),
        Column("area_m2", "area"),
        Column("floors", "count"),
    ),
    "shortfalls": (
        Column("cluster_id"),
        Column("lot_id"),
        Column("lacks", "word", "efficiency.lacks"),
        Column("lacking_m2", "area"),
        Column("found_where", "word", "efficiency.place"),
        Column("place_m2", "area"),
        Column("norm_basis", "word", "efficiency.basis"),
        Column("legal_basis"),
        Column("confidence", "word", "report.confidence"),
    ),
}

USE_STACKS = {
    "land_structure": (
        ("cluster_id",), ("land_group",), ("area_m2", "in_factory_lots_m2"), ("share_of_gross",),
        ("at_least", "at_most"), ("norm_short_m2", "excess_m2"),
        ("norm_basis", "legal_basis", "confidence"),
    ),
    "factory_lots": (
        ("cluster_id", "lot_of"), ("lot_id",), ("area_m2", "shared_m2"),
        ("footprint_m2", "building_count"), ("density_share", "density_at_most"),
        ("density_verdict", "density_reason", "density_excess_m2", "density_article"),
        ("floors", "floors_source"), ("floor_area_m2", "floor_area_ratio"),
        ("green_m2", "green_share", "green_at_least", "green_source"),
        ("green_verdict", "green_reason", "green_missing_m2", "green_article"),
    ),
    "shortfalls": (
        ("cluster_id",), ("lot_id",), ("lacks",), ("lacking_m2",), ("found_where", "place_m2"),
        ("norm_basis", "legal_basis", "confidence"),
    ),
}  # fmt: skip
"""Columns that stand under one another in one column of a page."""

_WORST = ("above", "below", "undecided", "within", "not_checked")


def use_views(result: Result, *, every_row: bool = False) -> list[View]:
    """The tables of an efficiency run, the worst first; empty ones are left out.

    For people (``every_row`` false) the lots of a cluster of which nothing is known are one
    line, the first and the last with their number.
    """
    if result.subject != "efficiency":
        return []
    findings: list[dict[str, Any]] = [
        {str(name): cell for name, cell in row.items()}
        for frame in result.findings
        for row in frame.to_dict("records")
    ]
    found = [View("green_strip", strip_rows(findings))]
    if every_row or len(findings) == 1:  # of several what breaks a norm is told elsewhere
        found.insert(0, View("land_structure", structure_rows(findings)))
    tables = {name: pd.DataFrame(result.extra.get(name, ())) for name in LAND_TABLES}
    lots = tables["factory_lots"]
    if len(lots):
        lots = worst_lots_first(lots.drop(columns="geometry", errors="ignore"))
        tables["factory_lots"] = lots if every_row else _silent_together(lots)
    shown = {"place": "found_where", "article": "legal_basis"}
    for name, frame in tables.items():
        plain = frame.drop(columns="geometry", errors="ignore")
        if name == "shortfalls" and len(plain):
            plain = plain.assign(norm_basis=_basis(plain["house"])).rename(columns=shown)
        found.append(View(name, plain))
    return [view for view in found if len(view.frame)]


def structure_rows(findings: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """One line a cluster, land group and norm; a group of no norm has one line."""
    lines = []
    for row in findings:
        for group, measured in (_dict(row.get("structure"))).items():
            base = {"cluster_id": row["cluster_id"], "land_group": group,
                    "area_m2": measured["area_m2"], "share_of_gross": measured["share"],
                    "in_factory_lots_m2": measured.get("in_factory_lots_m2")}  # fmt: skip
            house = measured.get("house") or []
            if measured.get("rule_id") or not house:
                basis = "code" if measured.get("rule_id") else None
                lines.append(base | {"norm_basis": basis} | _norm(measured))
            lines += [base | {"norm_basis": "house"} | _norm(norm) for norm in house]
    return pd.DataFrame(lines)


def strip_rows(findings: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The green strip of each cluster as the table of that name has it."""
    lines = [
        {"cluster_id": row["cluster_id"]} | _dict(row["green_strip"])
        for row in findings
        if _dict(row.get("green_strip"))
    ]
    return pd.DataFrame(lines).rename(columns={"article": "legal_basis"})


def worst_lots_first(lots: pd.DataFrame) -> pd.DataFrame:
    """The lots by the worse of their two verdicts; equals stay in their order."""
    rank = {verdict: place for place, verdict in enumerate(_WORST)}
    order = lots[["density_verdict", "green_verdict"]].apply(lambda column: column.map(rank))
    return lots.reindex(order.min(axis=1).sort_values(kind="stable").index)


def _silent_together(lots: pd.DataFrame) -> pd.DataFrame:
    silent = (lots[["density_verdict", "green_verdict"]] == "not_checked").all(axis=1)
    names = ["cluster_id", "lot_of", "density_verdict", "density_reason", "green_verdict",
             "green_reason"]  # fmt: skip
    lines = [
        dict(zip(names, cells, strict=True))
        | {"lot_id": _span(rows["lot_id"].tolist()), "area_m2": rows["area_m2"].sum()}
        for cells, rows in lots[silent].groupby(names, sort=False, dropna=False)
    ]
    told = [lots[~silent], pd.DataFrame(lines, columns=list(lots.columns), dtype=object)]
    filled = [frame for frame in told if len(frame)]
    return pd.concat(filled, ignore_index=True) if len(filled) > 1 else filled[0]


def _span(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} … {names[-1]} ({len(names)})"


def _norm(measured: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "at_least": "at_least", "at_most": "at_most", "missing_m2": "norm_short_m2",
        "excess_m2": "excess_m2", "article": "legal_basis", "confidence": "confidence",
    }  # fmt: skip
    return {shown: measured.get(name) for name, shown in names.items()}


def _basis(house: pd.Series[Any]) -> list[str]:
    return ["house" if each else "code" for each in house]


def _dict(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
