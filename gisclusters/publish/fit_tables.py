"""The tables of fit and completeness: the checks, what stands behind each, the checklist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gisclusters.domain.verdicts import FIT_VERDICT_ORDER
from gisclusters.publish.columns import Column
from gisclusters.publish.result import Result
from gisclusters.words import Lang, text

_BASIS = (
    Column("legal_basis"),
    Column("rule_id"),
    Column("confidence", "word", "report.confidence"),
)

FIT_TABLES: Mapping[str, tuple[Column, ...]] = {
    "fit": (
        Column("subject_id"),
        Column("check", "word", "fit.check"),
        Column("verdict", "word", "fit.verdict"),
        Column("fit_reason", "word", "fit.reason"),
        Column("area_m2", "area"),
        Column("area_sd_m2", "area"),
        Column("share_of_subject", "share"),
        Column("expected_m2", "area"),
        Column("difference_m2", "area"),
        Column("outside_m2", "area"),
        Column("width_m", "metres"),
        Column("tolerance_m", "metres"),
        Column("distance_m", "metres"),
        Column("border_m", "metres"),
        Column("notes", "words", "fit.note"),
        *_BASIS,
    ),
    "fit_land": (
        Column("subject_id"),
        Column("land_kind", "word", "fit.kind"),
        Column("land_code", "category"),
        Column("now_code", "category"),
        Column("area_m2", "area"),
        Column("share_of_subject", "share"),
    ),
    "fit_places": (
        Column("subject_id"),
        Column("check", "word", "fit.check"),
        Column("place_id"),
        Column("name"),
        Column("valid_from", "day"),
        Column("valid_to", "day"),
        Column("on_day", "yes"),
        Column("named", "yes"),
        Column("area_m2", "area"),
        Column("share_of_subject", "share"),
    ),
    "fit_neighbours": (
        Column("subject_id"),
        Column("cluster_id"),
        Column("name"),
        Column("neighbour", "word", "fit.neighbour"),
        Column("distance_m", "metres"),
        Column("border_m", "metres"),
        Column("tolerance_m", "metres"),
    ),
    "fit_parcels": (
        Column("subject_id"),
        Column("sheet_no"),
        Column("parcel_no"),
        Column("parcel_id"),
        Column("land_code", "category"),
        Column("registered_area_m2", "area"),
        Column("area_m2", "area"),
        Column("inside_m2", "area"),
        Column("share_of_parcel", "share"),
        Column("width_m", "metres"),
        Column("worth", "word", "fit.worth"),
    ),
    "completeness": (
        Column("subject_id"),
        Column("document_vi", only="vi"),
        Column("document_en", only="en"),
        Column("title_vi", only="vi"),
        Column("title_en", only="en"),
        Column("item_state", "word", "completeness.state"),
        Column("item_reason", "word", "completeness.reason"),
        Column("item_source", "word", "completeness.source"),
        Column("value"),
        Column("unit"),
        Column("period"),
        Column("measured_m", "metres"),
        *_BASIS,
    ),
}
"""The columns of each table, by the subject of its view."""

FIT_STACKS = {
    "fit": (
        ("subject_id",), ("check",), ("verdict", "fit_reason"), ("area_m2", "area_sd_m2"),
        ("expected_m2", "difference_m2"), ("share_of_subject", "outside_m2"),
        ("width_m", "tolerance_m"), ("distance_m", "border_m"), ("notes",),
        ("legal_basis", "rule_id", "confidence"),
    ),
    "fit_places": (
        ("subject_id",), ("check",), ("name", "place_id"), ("valid_from", "valid_to"),
        ("on_day",), ("named",), ("area_m2",), ("share_of_subject",),
    ),
    "completeness": (
        ("subject_id",), ("document_vi",), ("document_en",), ("title_vi",), ("title_en",),
        ("item_state", "item_reason"), ("value", "unit", "period", "item_source"),
        ("measured_m",), ("legal_basis", "rule_id", "confidence"),
    ),
}  # fmt: skip
"""Columns that stand under one another on a page."""

_DETAILS = {"fit_land": ("land_use",), "fit_places": ("commune", "province"),
            "fit_neighbours": ("adjacency",), "fit_parcels": ("clearance",)}  # fmt: skip
_RENAMED = {
    "fit_land": {"code": "land_code", "kind": "land_kind", "share": "share_of_subject"},
    "fit_places": {"share": "share_of_subject"},
    "fit_neighbours": {"relation": "neighbour"},
    "fit_parcels": {"share": "share_of_parcel"},
}


@dataclass(frozen=True, slots=True)
class View:
    """One table: ``subject`` names its columns (``tables.TABLES``) and its title."""

    subject: str
    frame: pd.DataFrame


def fit_views(result: Result, *, every_parcel: bool = False) -> list[View]:
    """The tables of fit and completeness of a result, empty ones left out.

    The checks stand worst first within a cluster.  The parcels of several clusters are a
    list of thousands: a page shows those of a single cluster, ``every_parcel`` all.
    """
    checks = result.extra.get("fit") or []
    if not checks:
        return []
    frame = pd.DataFrame(checks).rename(columns={"reason": "fit_reason"})
    rank = {str(verdict): -place for place, verdict in enumerate(FIT_VERDICT_ORDER)}
    order = {name: place for place, name in enumerate(dict.fromkeys(frame["subject_id"]))}
    by = pd.DataFrame(
        {"subject": frame["subject_id"].map(order), "rank": frame["verdict"].map(rank)}
    )
    frame = frame.loc[by.sort_values(["subject", "rank"], kind="stable").index]
    found = [View("fit", frame.drop(columns=["parts", "geometry"], errors="ignore"))]
    for name, wanted in _DETAILS.items():
        if name == "fit_parcels" and not every_parcel and len(order) > 1:
            continue
        rows: list[dict[str, Any]] = [
            {"subject_id": row["subject_id"], "check": row["check"]} | dict(part)
            for row in checks
            if row["check"] in wanted
            for part in row["parts"]
        ]
        found.append(View(name, pd.DataFrame(rows).rename(columns=_RENAMED[name])))
    items = pd.DataFrame(result.extra.get("completeness") or []).rename(
        columns={"state": "item_state", "reason": "item_reason", "source": "item_source"}
    )
    found.append(View("completeness", items))
    return [view for view in found if len(view.frame)]


def fit_rule_lines(result: Result, lang: Lang) -> list[tuple[str, str]]:
    """The rule sets of fit, size and completeness, as pairs of words and values."""
    lines = []
    for name in ("fit_rules", "size_rules", "completeness_rules"):
        rules = result.summary.get(name)
        if rules:
            shown = f"{rules['name']} {rules['version']} (SHA-256 {rules['sha256'][:16]}…)"
            lines.append((text(f"report.{name}", lang), shown))
    return lines
