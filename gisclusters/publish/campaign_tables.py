"""The columns of campaigns, and of what became of markers between two of them."""

from __future__ import annotations

from collections.abc import Mapping

from gisclusters.domain.verdicts import MarkerVerdict
from gisclusters.publish.columns import Column

_DAY_SOURCE = Column("day_source", "word", "report.day")
_CAUSE = Column("cause", "word", "markers.cause")
_COUNTS = tuple(Column(f"count_{verdict}", "count") for verdict in MarkerVerdict)
_BEFORE, _AFTER = (
    (Column(f"verdict_{when}", "word", "markers.verdict"),
     Column(f"state_{when}", "word", "markers.state"))
    for when in ("before", "after")
)  # fmt: skip

CHANGE_COLUMNS = (
    Column("marker_id"),
    Column("verdict", "word", "comparison.verdict"),
    Column("change_note", "word", "comparison.note"),
    Column("de_m", "metres"),
    Column("dn_m", "metres"),
    Column("distance_m", "metres"),
    Column("accuracy_m", "metres"),
    Column("significant_from_m", "metres"),
    Column("significant", "yes"),
    Column("p_value"),
    Column("tolerance_m", "metres"),
    *_BEFORE,
    *_AFTER,
)
CAMPAIGN_COLUMNS = (
    Column("first_day", "day"),
    Column("day", "day"),
    _DAY_SOURCE,
    Column("survey"),
    _CAUSE,
    Column("markers", "count"),
    *_COUNTS,
    Column("tolerance_m", "metres"),
    Column("crs"),
    Column("run_id"),
    Column("verifications", "count"),
    Column("recorded_at"),
)

CAMPAIGN_TABLES: Mapping[str, tuple[Column, ...]] = {
    "campaigns": (Column("cluster_id"), *CAMPAIGN_COLUMNS),
    "comparison": (Column("cluster_id"), *CHANGE_COLUMNS),
}

CAMPAIGN_STACKS = {
    "campaigns": (
        ("cluster_id",), ("day", "first_day", "day_source"), ("survey", "crs"), ("cause",),
        ("markers", "tolerance_m"), ("count_ok", "count_moved"), ("count_missing", "count_extra"),
        ("count_undecided", "count_duplicate"), ("run_id", "recorded_at"), ("verifications",),
    ),
    "comparison": (
        ("marker_id", "cluster_id"), ("verdict", "change_note"), ("de_m", "dn_m"),
        ("distance_m", "tolerance_m"), ("accuracy_m", "significant_from_m"),
        ("significant", "p_value"),
        ("verdict_before", "state_before"), ("verdict_after", "state_after"),
    ),
}  # fmt: skip
"""Columns that stand under one another in one column of a page."""
