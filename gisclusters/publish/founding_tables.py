"""The tables of a what-if: the answer, the conditions, the clusters that count, the steps."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gisclusters.publish.columns import Column
from gisclusters.publish.fit_tables import View
from gisclusters.publish.result import Result

_BASIS = (
    Column("legal_basis"),
    Column("rule_id"),
    Column("confidence", "word", "report.confidence"),
)

FOUNDING_TABLES: Mapping[str, tuple[Column, ...]] = {
    "founding_answer": (
        Column("subject_id"),
        Column("question", "word", "founding.question"),
        Column("answer", "word", "founding.answer"),
        Column("sentence_vi", only="vi"),
        Column("sentence_en", only="en"),
        Column("not_met", "words", "founding.condition"),
        Column("open", "words", "founding.condition"),
        Column("asked_on", "day"),
        Column("filed_on", "day"),
        Column("version_vi", only="vi"),
        Column("version_en", only="en"),
        Column("legal_basis"),
        Column("confidence", "word", "report.confidence"),
    ),
    "founding": (
        Column("subject_id"),
        Column("part", "word", "founding.part"),
        Column("condition", "word", "founding.condition"),
        Column("verdict", "word", "founding.verdict"),
        Column("sentence_vi", only="vi"),
        Column("sentence_en", only="en"),
        Column("missing_vi", only="vi"),
        Column("missing_en", only="en"),
        Column("measured_share", "share"),
        Column("threshold_share", "share"),
        Column("missing_points", "metres"),
        Column("measured_m2", "area"),
        Column("threshold_m2", "area"),
        Column("short_m2", "area"),
        Column("missing_committed_m2", "area"),
        Column("term_on", "day"),
        Column("days_left", "count"),
        Column("notes", "words", "founding.note"),
        Column("features"),
        *_BASIS,
    ),
    "founding_existing": (
        Column("subject_id"),
        Column("reading", "word", "founding.reading"),
        Column("cluster_id"),
        Column("name"),
        Column("status", "word", "founding.status"),
        Column("in_average", "yes"),
        Column("verdict", "word", "founding.verdict"),
        Column("industrial_m2", "area"),
        Column("committed_m2", "area"),
        Column("leased_m2", "area"),
        Column("unleased_m2", "area"),
        Column("occupancy_share", "share"),
    ),
    "founding_steps": (
        Column("step", "word", "founding.step"),
        Column("count", "count"),
        Column("unit", "word", "founding.unit"),
        Column("begins_after", "day"),
        Column("last_day", "day"),
        Column("last_day_all_working", "day"),
        *_BASIS,
    ),
}
"""The columns of each table, by the subject of its view."""

FOUNDING_STACKS = {
    "founding_answer": (
        ("subject_id", "question"), ("answer",), ("sentence_vi",), ("sentence_en",), ("not_met",),
        ("open",), ("asked_on", "filed_on"),
        ("version_vi", "version_en", "legal_basis", "confidence"),
    ),
    "founding": (
        ("condition", "part"), ("verdict",), ("sentence_vi", "missing_vi"),
        ("sentence_en", "missing_en"), ("measured_share", "threshold_share", "missing_points"),
        ("measured_m2", "threshold_m2", "short_m2", "missing_committed_m2"),
        ("term_on", "days_left"), ("notes",), ("features",),
        ("legal_basis", "rule_id", "confidence"),
    ),
    "founding_existing": (
        ("reading",), ("cluster_id", "name"), ("status", "in_average"), ("verdict",),
        ("industrial_m2",), ("committed_m2", "leased_m2"), ("unleased_m2",),
        ("occupancy_share",),
    ),
    "founding_steps": (
        ("step",), ("count", "unit"), ("begins_after",), ("last_day",),
        ("last_day_all_working",), ("legal_basis", "rule_id", "confidence"),
    ),
}  # fmt: skip
"""Columns that stand under one another on a page."""


_OTHER_MEANING = {"missing_m2": "short_m2", "deadline": "term_on"}
"""Columns whose names mean something else in the tables of other runs."""


def founding_views(result: Result, conditions: pd.DataFrame) -> list[View]:
    """The answers first, then the conditions, what the average is over, and the steps."""
    tables = {
        "founding_answer": pd.DataFrame(result.extra["answers"]),
        "founding": conditions.assign(
            features=[", ".join(names) for names in conditions["features"]]
        ).rename(columns=_OTHER_MEANING),
        "founding_existing": pd.DataFrame(result.extra["existing"]),
        "founding_steps": pd.DataFrame(result.extra["steps"]),
    }
    return [View(name, frame) for name, frame in tables.items() if len(frame)]
