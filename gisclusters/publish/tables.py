"""Which columns of a finding a person reads, in which order, and how a cell is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pandas as pd

from gisclusters.layers.kinds import land_codes
from gisclusters.publish.boundary_tables import BOUNDARY_TABLES
from gisclusters.publish.campaign_tables import CAMPAIGN_TABLES
from gisclusters.publish.columns import Column, Form
from gisclusters.publish.document import plain
from gisclusters.publish.economy_tables import ECONOMY_TABLES
from gisclusters.publish.efficiency_tables import EFFICIENCY_TABLES
from gisclusters.publish.fit_tables import FIT_TABLES
from gisclusters.publish.founding_tables import FOUNDING_TABLES
from gisclusters.publish.landcover_tables import LANDCOVER_TABLES
from gisclusters.publish.standing_tables import STANDING_TABLES, written_figure
from gisclusters.publish.use_tables import USE_TABLES
from gisclusters.publish.worklist_tables import WORKLIST_TABLES
from gisclusters.words import Lang, day, has_text, number, percent, text

__all__ = ["TABLES", "Column", "Form", "category_word", "cells_of", "columns_of", "written"]

_ITEMS_SHOWN = 2

_CORNER = (
    Column("ring", "count"),
    Column("corner", "count"),
    Column("northing_m", "metres"),
    Column("easting_m", "metres"),
    Column("side_m", "metres"),
    Column("crs"),
)
_EXCEPTION = (
    Column("exception_state", "word", "overlaps.exception"),
    Column("exception_id"),
    Column("exception_until", "day"),
)

_PARCELS = (
    Column("cluster_id"),
    Column("parcel_id"),
    Column("lessee"),
    Column("occupant"),
    Column("area_m2", "area"),
    Column("registered_area_m2", "area"),
    Column("status", "word", "efficiency.status"),
    Column("deadline", "day"),
    Column("days_left", "count"),
    Column("rule_id", "word", "efficiency.rule"),
    Column("transfer_unapproved", "yes"),
    Column("built_share", "share"),
    Column("built_share_sd", "share"),
    Column("built_corrected_share", "share"),
    Column("built_corrected_sd", "share"),
    Column("built_judgement", "word", "efficiency.judgement"),
    Column("built_before_share", "share"),
    Column("built_change_share", "share"),
    Column("built_change_sd", "share"),
    Column("built_change", "word", "landcover.change"),
)

TABLES: Mapping[str, tuple[Column, ...]] = {
    "overlaps": (
        Column("subject_id"),
        Column("plan", "plan"),
        Column("plan_id"),
        Column("zone_id"),
        Column("category", "category"),
        Column("verdict", "word", "overlaps.verdict"),
        Column("severity", "word", "overlaps.severity"),
        *_EXCEPTION,
        Column("severity_without_exception", "word", "overlaps.severity"),
        Column("reason", "word", "overlaps.reason"),
        Column("relation", "word", "overlaps.relation"),
        Column("area_m2", "area"),
        Column("area_sd_m2", "area"),
        Column("share_of_subject", "share"),
        Column("share_of_zone", "share"),
        Column("width_m", "metres"),
        Column("tolerance_m", "metres"),
        Column("distance_m", "metres"),
        Column("corridor_m", "metres"),
        Column("corridor_least_m", "metres"),
        Column("corridor_note", "words", "overlaps.corridor"),
        Column("nearest_zone_id"),
        Column("yields_to"),
        Column("yields_m2", "area"),
        Column("in_force_from", "day"),
        Column("in_force_to", "day"),
        Column("legal_basis"),
        Column("approval", only="vi"),
        Column("approval_en", only="en"),
        Column("rule_id"),
        Column("confidence", "word", "report.confidence"),
    ),
    "unchecked": (
        Column("category", "category"),
        Column("plan", "plan"),
        Column("reason", "word", "overlaps.reason"),
        Column("subjects"),
        Column("count", "count"),
    ),
    "clear": (
        Column("category", "category"),
        Column("plan", "plan"),
        Column("subjects"),
        Column("count", "count"),
    ),
    **FIT_TABLES,
    **FOUNDING_TABLES,
    **ECONOMY_TABLES,
    **CAMPAIGN_TABLES,
    **STANDING_TABLES,
    **LANDCOVER_TABLES,
    "resting": (
        Column("subject_id"),
        Column("plan", "plan"),
        Column("zone_id"),
        Column("category", "category"),
        Column("standing", "word", "overlaps.standing"),
        Column("in_force_from", "day"),
        Column("in_force_to", "day"),
        Column("area_m2", "area"),
        Column("share_of_subject", "share"),
        Column("width_m", "metres"),
    ),
    "changes": (
        Column("subject_id"),
        Column("plan_id", "plan"),
        Column("zone_id"),
        Column("category", "category"),
        Column("change", "word", "overlaps.change"),
        Column("verdict_before", "word", "overlaps.verdict"),
        Column("verdict_after", "word", "overlaps.verdict"),
        Column("severity_before", "word", "overlaps.severity"),
        Column("severity_after", "word", "overlaps.severity"),
        Column("area_earlier_m2", "area"),
        Column("area_later_m2", "area"),
    ),
    "distances": (
        Column("subject_id"),
        Column("category", "category"),
        Column("plan", "plan"),
        Column("zone_id"),
        Column("distance_m", "metres"),
        Column("at_least_m", "metres"),
        Column("verdict", "word", "overlaps.verdict"),
        Column("reason", "word", "overlaps.reason"),
        Column("legal_basis"),
        Column("confidence", "word", "report.confidence"),
    ),
    "green_strip": (
        Column("cluster_id"),
        Column("strip_m", "metres"),
        Column("verdict", "word", "report.strip"),
        Column("reason", "word", "overlaps.reason"),
        Column("boundary_m", "metres"),
        Column("share_of_boundary", "share"),
        Column("strip_m2", "area"),
        Column("missing_m2", "area"),
        Column("legal_basis"),
    ),
    "markers": (
        Column("cluster_id"),
        Column("marker_id"),
        Column("verdict", "word", "markers.verdict"),
        Column("matched_by", "word", "markers.matched_by"),
        Column("de_m", "metres"),
        Column("dn_m", "metres"),
        Column("distance_m", "metres"),
        Column("residual_m", "metres"),
        Column("tolerance_m", "metres"),
        Column("accuracy_m", "metres"),
        Column("state", "word", "markers.state"),
        Column("note"),
    ),
    **BOUNDARY_TABLES,
    **EFFICIENCY_TABLES,
    **USE_TABLES,
    "efficiency": (
        Column("cluster_id"),
        Column("name"),
        Column("gross_m2", "area"),
        Column("registered_area_m2", "area"),
        Column("industrial_m2", "area"),
        Column("serviced_m2", "area"),
        Column("committed_m2", "area"),
        Column("leased_m2", "area"),
        Column("handed_over_m2", "area"),
        Column("building_m2", "area"),
        Column("producing_m2", "area"),
        Column("occupancy_share", "share"),
        Column("built_share", "share"),
        Column("built_share_sd", "share"),
        Column("built_corrected_share", "share"),
        Column("built_corrected_sd", "share"),
        Column("factory_density_share", "share"),
        Column("floor_area_m2", "area"),
        Column("built_outside_lots_m2", "area"),
        Column("built_outside_boundary_m2", "area"),
    ),
    "parcels": _PARCELS,
    "parcels_let": _PARCELS,
    **WORKLIST_TABLES,
    "inspect": (
        Column("file"),
        Column("layer"),
        Column("format"),
        Column("rows", "count"),
        Column("geometry_type"),
        Column("encoding"),
        Column("crs_found"),
        Column("axes", "word", "report.axes"),
        Column("declared_area_m2", "area"),
        Column("computed_area_m2", "area"),
        Column("rings_closed", "yes"),
        Column("candidates", "candidates"),
        Column("problems", "json"),
    ),
    "ingest": (
        Column("import_id"),
        Column("kind"),
        Column("rows", "count"),
        Column("inserted", "count"),
        Column("changed", "count"),
        Column("unchanged", "count"),
    ),
    "proposals": (
        Column("subject_id"),
        Column("conflicts", "count"),
        Column("area_before_m2", "area"),
        Column("area_after_m2", "area"),
        Column("area_lost_m2", "area"),
        Column("conflict_m2", "area"),
        Column("strips_m2", "area"),
        Column("parts", "count"),
        Column("largest_part_m2", "area"),
        Column("new_corners", "count"),
        Column("close_corners", "count"),
        Column("corner_spacing_m", "metres"),
        Column("tolerance_m", "metres"),
        Column("overlap_left_m2", "area"),
        Column("overlap_left_width_m", "metres"),
        Column("size_verdict", "word", "overlaps.size"),
        Column("size_verdict_before", "word", "overlaps.size"),
        Column("size_min_m2", "area"),
        Column("size_max_m2", "area"),
        Column("legal_basis"),
        Column("size_rule_id"),
        Column("confidence", "word", "report.confidence"),
        Column("size_rules"),
    ),
    "proposal_corners": (Column("subject_id"), Column("part", "count"), *_CORNER),
    "pieces": (
        Column("subject_id"),
        Column("plan_id", "plan"),
        Column("zone_id"),
        Column("rule_id"),
        Column("piece", "count"),
        Column("verdict", "word", "overlaps.verdict"),
        Column("severity", "word", "overlaps.severity"),
        Column("area_m2", "area"),
        Column("width_m", "metres"),
        Column("overlap_m2", "area"),
        Column("slivers_m2", "area"),
        Column("corners", "count"),
    ),
    "piece_corners": (
        Column("subject_id"),
        Column("plan_id", "plan"),
        Column("zone_id"),
        Column("rule_id"),
        Column("piece", "count"),
        *_CORNER,
    ),
    "exceptions": (
        Column("subject_id"),
        Column("plan_id", "plan"),
        Column("zone_id"),
        *_EXCEPTION,
        Column("exception_reason"),
        Column("document"),
        Column("accepted_by"),
        Column("decided_on", "day"),
        Column("verdict", "word", "overlaps.verdict"),
        Column("severity", "word", "overlaps.severity"),
        Column("area_m2", "area"),
        Column("width_m", "metres"),
        Column("tolerance_m", "metres"),
        Column("rule_id"),
        Column("rules"),
        Column("as_of", "day"),
        Column("ended_on", "day"),
        Column("ended_reason"),
        Column("ended_document"),
        Column("ended_by"),
    ),
    "layers": (
        Column("kind"),
        Column("table"),
        Column("count", "count"),
        Column("closed", "count"),
        Column("crs"),
        Column("last_change"),
    ),
}


def columns_of(subject: str, frame: pd.DataFrame, lang: Lang) -> list[Column]:
    """The columns to show of ``frame``: the subject's that it has."""
    return [
        column for column in TABLES.get(subject, ())
        if column.name in frame and column.only in {None, lang}
    ]  # fmt: skip


def cells_of(frame: pd.DataFrame, columns: list[Column], lang: Lang) -> Iterator[list[str]]:
    """The rows of a frame as people read them."""
    arrays = [frame[column.name].to_numpy(dtype=object) for column in columns]
    for cells in zip(*arrays, strict=True):
        yield [written(cell, column, lang) for cell, column in zip(cells, columns, strict=True)]


def written(value: Any, column: Column, lang: Lang) -> str:  # noqa: PLR0911, PLR0912, C901 - a line a form
    """One cell as a person reads it; nothing known is an empty cell."""
    value = plain(value)
    if value is None:
        return ""
    match column.form:
        case "area":
            return number(value, lang, 1)
        case "metres":
            return number(value, lang, 3)
        case "amount":
            decimals = len(f"{value:.3f}".rstrip("0").partition(".")[2])
            return number(value, lang, decimals)
        case "listed":
            return ", ".join(map(str, value))
        case "share":
            return percent(value, lang, 2)
        case "count":
            return number(value, lang)
        case "day":
            return day(date.fromisoformat(str(value)[:10]), lang)
        case "yes":
            return text("report.yes" if value else "report.no", lang)
        case "plan":
            key = f"overlaps.plan_{value}"
            return text(key, lang) if has_text(key) else str(value)
        case "category":
            return category_word(str(value), lang)
        case "word":
            key = f"{column.words}_{value}"
            return text(key, lang) if has_text(key) else str(value)
        case "words":
            return "; ".join(
                written(each, Column("", "word", column.words), lang)
                for each in (value.split() if isinstance(value, str) else value)
            )
        case "candidates":
            return _candidates(value, lang)
        case "points" | "figure":
            return written_figure(float(value), column.form, lang)
        case "json":
            return _listed(value) if isinstance(value, list) else str(value)
        case _:
            return number(value, lang, 3) if isinstance(value, float) else str(value)


def category_word(category: str, lang: Lang) -> str:
    """A plan category in words: our own words from the catalogue, land codes with their name."""
    key = f"overlaps.category_{category}"
    if has_text(key):
        return text(key, lang)
    code = land_codes().get(category)
    if code is None:
        return category
    return f"{category} – {code.name_vi if lang == 'vi' else code.name_en}"


def _listed(items: list[object]) -> str:
    """The first items of a list, and how many more there are."""
    shown = "; ".join(_short(item) for item in items[:_ITEMS_SHOWN])
    more = len(items) - _ITEMS_SHOWN
    return f"{shown}; +{more}" if more > 0 else shown


def _short(item: object) -> str:
    return str(item)


def _candidates(rows: list[dict[str, Any]], lang: Lang) -> str:
    """The readings of coordinates, best first: system, mistake, certainty, what shows it."""
    shown = [
        f"{row['crs']}: {text('markers.cause_' + row['cause'], lang)}, "
        f"{text('markers.certainty_' + row['certainty'], lang)}"
        + (f" ({row['evidence']})" if row["evidence"] else "")
        for row in rows[:_ITEMS_SHOWN]
    ]
    more = len(rows) - _ITEMS_SHOWN
    return "; ".join(shown) + (f"; +{more}" if more > 0 else "")
