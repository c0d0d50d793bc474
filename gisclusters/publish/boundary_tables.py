"""The tables of the boundary through surveyed markers, as people read them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from gisclusters.publish.columns import Column
from gisclusters.publish.fit_tables import View
from gisclusters.publish.result import Result
from gisclusters.words import Lang, text

_KEYS = {
    "areas": "boundary_areas", "rings": "boundary_rings", "edges": "boundary_edges",
    "encroachments": "boundary_over", "inside": "boundary_inside",
    "off_corners": "boundary_off", "unmarked_corners": "boundary_unmarked",
    "long_stretches": "boundary_stretches",
}  # fmt: skip
"""Key of the JSON document → table."""

_WORST = ("over", "real", "conflict", "undecided", "not_checked", "not_measured", "no_limit")

BOUNDARY_TABLES: Mapping[str, tuple[Column, ...]] = {
    "boundary_areas": (
        Column("cluster_id"),
        Column("against", "word", "markers.against"),
        Column("verdict", "word", "markers.boundary"),
        Column("area_reason", "word", "markers.area"),
        Column("area_m2", "area"),
        Column("area_sd_m2", "area"),
        Column("expected_m2", "area"),
        Column("difference_m2", "area"),
        Column("markers", "count"),
        Column("measured_markers", "count"),
        Column("from_design"),
    ),
    "boundary_rings": (
        Column("cluster_id"),
        Column("ring", "count"),
        Column("ring_state", "word", "markers.ring"),
        Column("crossing"),
        Column("markers", "count"),
        Column("measured_markers", "count"),
        Column("ordered_by", "word", "markers.ordered_by"),
        Column("direction", "word", "markers.direction"),
        Column("perimeter_m", "metres"),
        Column("misclosure_of", "word", "markers.misclosure"),
        Column("misclosure_m", "metres"),
        Column("misclosure_1_to", "count"),
    ),
    "boundary_edges": (
        Column("cluster_id"),
        Column("ring", "count"),
        Column("edge"),
        Column("verdict", "word", "markers.boundary"),
        Column("planned_m", "metres"),
        Column("surveyed_m", "metres"),
        Column("difference_m", "metres"),
        Column("length_sd_m", "metres"),
        Column("limit_m", "metres"),
        Column("margin_m", "metres"),
        Column("planned_bearing"),
        Column("measured_bearing"),
        Column("bearing_difference"),
        Column("declared_m", "metres"),
        Column("declared_difference_m", "metres"),
        Column("taped_m", "metres"),
        Column("taped_difference_m", "metres"),
        Column("too_long", "yes"),
        Column("confidence", "word", "report.confidence"),
    ),
    "boundary_over": (
        Column("cluster_id"),
        Column("ground_kind", "word", "markers.what"),
        Column("feature_id"),
        Column("side", "word", "markers.side"),
        Column("verdict", "word", "markers.boundary"),
        Column("area_m2", "area"),
        Column("width_m", "metres"),
        Column("tolerance_m", "metres"),
    ),
    "boundary_inside": (
        Column("cluster_id"),
        Column("marker_id"),
        Column("ground_kind", "word", "markers.what"),
        Column("feature_id"),
        Column("verdict", "word", "markers.boundary"),
        Column("depth_m", "metres"),
        Column("tolerance_m", "metres"),
        Column("measured", "yes"),
    ),
    "boundary_off": (
        Column("cluster_id"),
        Column("marker_id"),
        Column("corner_place", "word", "markers.place"),
        Column("vertex_distance_m", "metres"),
        Column("line_distance_m", "metres"),
        Column("surveyed_off_line_m", "metres"),
        Column("repeat_of"),
    ),
    "boundary_unmarked": (
        Column("cluster_id"),
        Column("northing_m", "metres"),
        Column("easting_m", "metres"),
        Column("nearest_marker_id"),
        Column("distance_m", "metres"),
    ),
    "boundary_stretches": (
        Column("cluster_id"),
        Column("from_id"),
        Column("to_id"),
        Column("stretch_m", "metres"),
        Column("spacing_m", "metres"),
    ),
    "boundary_unchecked": (Column("asked", "word", "markers.asked"),),
}

BOUNDARY_STACKS = {
    "boundary_areas": (
        ("cluster_id",), ("against",), ("verdict", "area_reason"), ("area_m2", "area_sd_m2"),
        ("expected_m2", "difference_m2"), ("markers", "measured_markers", "from_design"),
    ),
    "boundary_rings": (
        ("cluster_id", "ring"), ("ring_state", "crossing"), ("markers", "measured_markers"),
        ("ordered_by", "direction"), ("perimeter_m",),
        ("misclosure_of", "misclosure_m", "misclosure_1_to"),
    ),
    "boundary_edges": (
        ("cluster_id", "ring"), ("edge",), ("verdict", "too_long"), ("planned_m", "surveyed_m"),
        ("difference_m", "length_sd_m"), ("limit_m", "margin_m", "confidence"),
        ("planned_bearing", "measured_bearing", "bearing_difference"),
        ("declared_m", "declared_difference_m", "taped_m", "taped_difference_m"),
    ),
}  # fmt: skip
"""Columns that stand under one another in one column of a page."""


def boundary_views(result: Result, *, every_row: bool = False) -> list[View]:
    """The tables of the boundary of a verification, the worst rows first.

    For people (``every_row`` false) encroachments within accuracy are left out, and markers
    that stand on the line between corners.
    """
    told = result.extra.get("boundary")
    if not told:
        return []
    found = []
    for key, name in _KEYS.items():
        if told.get(key):
            frame = _shown(pd.DataFrame(told[key]).drop(columns="geometry", errors="ignore"))
            if key == "encroachments" and not every_row:
                frame = frame[frame["verdict"] != "within_accuracy"]
            if key == "off_corners" and not every_row:
                frame = frame[(frame["corner_place"] == "off") | frame["repeat_of"].notna()]
            if len(frame):
                found.append(View(name, frame))
    if told.get("not_checked"):
        found.append(View("boundary_unchecked", pd.DataFrame({"asked": told["not_checked"]})))
    return found


def boundary_rule_lines(result: Result, lang: Lang) -> list[tuple[str, str]]:
    """The rule set of the limits on edges, as a pair of words and value."""
    rules = result.summary.get("edge_rules")
    if not rules:
        return []
    shown = f"{rules['name']} {rules['version']} (SHA-256 {rules['sha256'][:16]}…)"
    return [(text("report.edge_rules", lang), shown)]


def degrees_text(azimuth: float | None) -> str:
    """A bearing as 305°07′09″; empty for none."""
    if azimuth is None or np.isnan(azimuth):
        return ""
    seconds = round(azimuth * 3600) % (360 * 3600)
    return f"{seconds // 3600}°{seconds // 60 % 60:02d}′{seconds % 60:02d}″"


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns people read: edges as one name, bearings in degrees, minutes and seconds."""
    frame = frame.rename(
        columns={"state": "ring_state", "misclosure_ratio": "misclosure_1_to",
                 "place": "corner_place", "measured_m": "surveyed_m", "what": "ground_kind"}
    )  # fmt: skip
    if "planned_bearing_deg" in frame:
        frame["edge"] = frame["from_id"] + "–" + frame["to_id"]
        for name in ("planned_bearing", "measured_bearing"):
            frame[name] = [degrees_text(value) for value in frame[f"{name}_deg"].astype(float)]
        turn = frame["bearing_difference_arcsec"].astype(float)
        frame["bearing_difference"] = ["" if np.isnan(a) else f"{a:+.0f}″" for a in turn]
    if "verdict" in frame:
        rank = {word: place for place, word in enumerate(_WORST)}
        order = frame["verdict"].map(rank).fillna(len(rank))
        frame = frame.loc[order.sort_values(kind="stable").index]
    return frame
