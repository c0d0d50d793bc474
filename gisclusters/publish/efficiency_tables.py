"""How the tables of an efficiency run are set: columns, stacks on paper, order of reading."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gisclusters.publish.columns import Column
from gisclusters.publish.efficiency_rows import (
    all_actions,
    ladder_frame,
    ratio_frame,
    rival_frame,
    seam_frame,
    stacked,
    structure_frame,
)
from gisclusters.publish.fit_tables import View
from gisclusters.publish.result import Result

_OF_EACH = {"ladder": ladder_frame, "ratios": ratio_frame, "seams": seam_frame}
_DIFFERS, _BROKEN = ("beyond_accuracy", "undecided"), ("below", "above")
_RIVALS = ("law", "leased_of_industrial", "leased_of_gross", "leased_of_serviced",
           "producing_of_leased", "leased_of_parcels")  # fmt: skip
"""The counts that stand side by side; one of a rule file of one's own is in the workbook."""

_TABLES: Mapping[str, tuple[Column, ...]] = {
    "actions": (
        Column("cluster_id"),
        Column("parcel_id"),
        Column("lessee"),
        Column("action", "word", "efficiency.do"),
        Column("deadline", "day"),
        Column("days_left", "count"),
        Column("status", "word", "efficiency.status"),
        Column("rule_id", "word", "efficiency.rule"),
    ),
    "ladder": (
        Column("cluster_id"),
        Column("rung", "word", "efficiency.rung"),
        Column("area_m2", "area"),
        Column("area_sd_m2", "area"),
        Column("registered_m2", "area"),
        Column("registered_from", "word", "efficiency.register"),
        Column("registered_missing", "count"),
        Column("difference_m2", "area"),
        Column("difference_share", "share"),
        Column("area_verdict", "word", "efficiency.area"),
        Column("parcels", "count"),
        Column("parcels_m2", "area"),
        Column("off_land_m2", "area"),
        Column("counted_twice_m2", "area"),
    ),
    "ratios": (
        Column("cluster_id"),
        Column("definition", "word", "efficiency.definition"),
        Column("numerator", "word", "efficiency.of"),
        Column("numerator_value", "area"),
        Column("denominator", "word", "efficiency.of"),
        Column("denominator_value", "area"),
        Column("unit", "word", "efficiency.unit"),
        Column("share", "share"),
        Column("ratio", "word", "efficiency.used_by"),
        Column("article"),
        Column("confidence", "word", "report.confidence"),
    ),
    "structure": (
        Column("cluster_id"),
        Column("group", "word", "efficiency.group"),
        Column("area_m2", "area"),
        Column("share", "share"),
        Column("at_least", "share"),
        Column("at_most", "share"),
        Column("norm_verdict", "word", "efficiency.norm"),
        Column("missing_m2", "area"),
        Column("excess_m2", "area"),
        Column("article"),
    ),
    "seams": (
        Column("cluster_id"),
        Column("what", "word", "efficiency.seam"),
        Column("first"),
        Column("second"),
        Column("area_m2", "area"),
        Column("width_m", "metres"),
        Column("tolerance_m", "metres"),
        Column("certainty", "word", "efficiency.certainty"),
        Column("northing_m", "metres"),
        Column("easting_m", "metres"),
    ),
}

EFFICIENCY_TABLES = {
    **_TABLES,
    "ladder_differs": _TABLES["ladder"],
    "structure_differs": _TABLES["structure"],
    "rivals": (Column("cluster_id"), *(Column(f"ratio_{name}", "share") for name in _RIVALS)),
}

_STACKS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "actions": (
        ("cluster_id",), ("parcel_id", "lessee"), ("action",), ("deadline", "days_left"),
        ("status", "rule_id"),
    ),
    "efficiency": (
        ("cluster_id", "name"), ("gross_m2", "registered_area_m2"), ("industrial_m2",),
        ("serviced_m2",), ("committed_m2", "leased_m2"), ("handed_over_m2", "building_m2"),
        ("producing_m2",), ("occupancy_share",), ("built_share", "built_share_sd"),
    ),
    "ladder": (
        ("cluster_id",), ("rung",), ("area_m2", "area_sd_m2"),
        ("registered_m2", "registered_from", "registered_missing"),
        ("difference_m2", "difference_share"), ("area_verdict",), ("parcels", "parcels_m2"),
        ("off_land_m2", "counted_twice_m2"),
    ),
    "ratios": (
        ("cluster_id",), ("definition",), ("numerator", "denominator"),
        ("numerator_value", "denominator_value", "unit"),
        ("share",), ("ratio", "article", "confidence"),
    ),
    "structure": (
        ("cluster_id",), ("group",), ("area_m2",), ("share",), ("at_least", "at_most"),
        ("norm_verdict",), ("missing_m2", "excess_m2"), ("article",),
    ),
    "seams": (
        ("cluster_id",), ("what",), ("first", "second"), ("area_m2",), ("width_m", "tolerance_m"),
        ("certainty",), ("northing_m", "easting_m"),
    ),
}  # fmt: skip

EFFICIENCY_STACKS = {
    **_STACKS,
    "ladder_differs": _STACKS["ladder"],
    "structure_differs": _STACKS["structure"],
}
"""Columns that stand under one another in one column of a page."""


def efficiency_views(result: Result) -> list[View]:
    """Every row of the tables beside clusters and parcels, as a workbook has them."""
    rest = [View(name, stacked(result, make)) for name, make in _OF_EACH.items()]
    return [View("actions", all_actions(result)), *rest]


def views_for_people(result: Result, clusters: View) -> list[View]:
    """What asks for an act, then the clusters, then what stands behind them.

    Of one cluster all of it; of several the counts side by side, and of ladder and structure
    what differs: the whole stands in the workbook and in the dossier of each.
    """
    actions, *rest = efficiency_views(result)
    if len(clusters.frame) < 2:
        return [actions, clusters, *rest]
    kept = {view.subject: view.frame for view in rest}
    return [
        actions,
        clusters,
        View("rivals", stacked(result, rival_frame)),
        View("ladder_differs", _only(kept["ladder"], "area_verdict", _DIFFERS)),
        View("structure_differs", _only(stacked(result, structure_frame), "norm_verdict", _BROKEN)),
        View("seams", kept["seams"]),
    ]


def _only(frame: pd.DataFrame, name: str, words: tuple[str, ...]) -> pd.DataFrame:
    return frame[frame[name].isin(words)] if len(frame) else frame
