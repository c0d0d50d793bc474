"""The tables of rankings, overviews, trends and official forms."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gisclusters.publish.columns import Column
from gisclusters.publish.fit_tables import View
from gisclusters.publish.result import Result
from gisclusters.words import Lang, number

_TOTALS = (
    Column("clusters", "count"),
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
    Column("occupancy_mean", "share"),
    Column("occupancy_clusters", "count"),
    Column("late_parcels", "count"),
    Column("idle_parcels", "count"),
    Column("unknown_parcels", "count"),
)
_STATUS = Column("status", "word", "efficiency.cluster_status")
_INDICATOR = Column("indicator", "word", "efficiency.form_line")
_UNIT = Column("form_unit", "word", "efficiency.form_unit")
_CONFIDENCE = Column("confidence", "word", "report.confidence")

STANDING_TABLES: Mapping[str, tuple[Column, ...]] = {
    "scores": (
        Column("rank", "count"),
        Column("tied", "yes"),
        Column("cluster_id"),
        Column("name"),
        Column("score", "points"),
        Column("score_high", "points"),
        Column("missing", "words", "efficiency.score"),
        Column("known_weight_share", "share"),
        Column("rank_missing_best", "count"),
        Column("rank_missing_worst", "count"),
        Column("rank_surely_best", "count"),
        Column("rank_surely_worst", "count"),
        Column("rank_one_weight_best", "count"),
        Column("rank_one_weight_worst", "count"),
        Column("rank_random_best", "count"),
        Column("rank_random_worst", "count"),
        Column("same_rank_share", "share"),
    ),
    "contributions": (
        Column("cluster_id"),
        Column("indicator", "word", "efficiency.score"),
        Column("value", "figure"),
        Column("normalised", "figure"),
        Column("weight_share", "share"),
        Column("points", "points"),
    ),
    "scheme": (
        Column("indicator", "word", "efficiency.score"),
        Column("numerator"),
        Column("denominator"),
        Column("better", "word", "efficiency.direction"),
        Column("low", "figure"),
        Column("high", "figure"),
        Column("weight", "figure"),
    ),
    "overview": (_STATUS, *_TOTALS),
    "trend": (
        Column("period"),
        Column("measured_on", "day"),
        Column("period_closed", "yes"),
        _STATUS,
        *_TOTALS,
    ),
    "form": (
        Column("line"),
        _INDICATOR,
        _UNIT,
        Column("value", "figure"),
        Column("known_part", "figure"),
        Column("counted", "count"),
        Column("gaps_count", "count"),
        Column("notes", "words", "efficiency.form_note"),
        Column("legal_basis"),
        _CONFIDENCE,
    ),
    "trace": (
        Column("line"),
        _INDICATOR,
        _UNIT,
        Column("value", "figure"),
        Column("cluster_id"),
        Column("name"),
        Column("figure", "figure"),
        Column("figure_beside", "figure"),
        Column("figure_source", "word", "efficiency.form_source"),
        Column("told", "word", "efficiency.cluster_status"),
        Column("parcel_ids", "words", "efficiency.parcel"),
        Column("legal_basis"),
        _CONFIDENCE,
    ),
    "gaps": (
        Column("line"),
        _INDICATOR,
        Column("cluster_id"),
        Column("name"),
        Column("gap", "word", "efficiency.form_gap"),
        Column("needed"),
        Column("period"),
        Column("told", "word", "efficiency.cluster_status"),
    ),
    "gap_remedy": (Column("remedy"),),
    "parcels_counted": (
        Column("cluster_id"),
        Column("parcel_id"),
        Column("lessee"),
        Column("area_m2", "area"),
        Column("registered_area_m2", "area"),
        Column("status", "word", "efficiency.status"),
        Column("committed", "yes"),
        Column("leased", "yes"),
        Column("handed_over", "yes"),
        Column("building", "yes"),
        Column("producing", "yes"),
    ),
}

_STACKED_TOTALS = (
    ("clusters", "parcel_count"), ("gross_m2", "registered_area_m2"),
    ("industrial_m2", "serviced_m2"), ("committed_m2", "leased_m2"),
    ("handed_over_m2", "building_m2", "producing_m2"),
    ("occupancy_share", "occupancy_mean", "occupancy_clusters"),
    ("late_parcels", "idle_parcels", "unknown_parcels"),
)  # fmt: skip
STANDING_STACKS = {
    "scores": (
        ("rank", "tied"), ("cluster_id", "name"), ("score", "score_high"),
        ("missing", "known_weight_share"), ("rank_missing_best", "rank_missing_worst"),
        ("rank_surely_best", "rank_surely_worst"),
        ("rank_one_weight_best", "rank_one_weight_worst"),
        ("rank_random_best", "rank_random_worst", "same_rank_share"),
    ),
    "overview": (("status",), *_STACKED_TOTALS),
    "trend": (("period", "measured_on", "period_closed"), ("status",), *_STACKED_TOTALS),
}  # fmt: skip
"""Columns that stand under one another in one column of a page."""

_BESIDE = {"scores": ("contributions", "scheme"), "form": ("gaps", "trace", "parcels_counted")}


def standing_views(result: Result) -> list[View]:
    """The tables beside a ranking or a form: contributions and weights; gaps, trace, parcels."""
    frames = [
        (name, pd.DataFrame(result.extra.get(name, ()))) for name in _BESIDE.get(result.subject, ())
    ]
    return [View(name, frame) for name, frame in frames if len(frame)]


def written_figure(value: float, form: str, lang: Lang) -> str:
    """A figure of a form with the decimals it needs: whole numbers none, others two."""
    if form == "points":
        return number(value, lang, 1)
    return number(value, lang, 0 if abs(value - round(value)) < 1e-9 else 2)
