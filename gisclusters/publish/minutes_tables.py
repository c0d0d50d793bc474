"""The tables of the minutes: markers, control points, what is said of the boundary."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gisclusters.publish.boundary_tables import BOUNDARY_STACKS, BOUNDARY_TABLES, boundary_views
from gisclusters.publish.columns import Column
from gisclusters.publish.fit_tables import View
from gisclusters.publish.minutes_parts import Block, Table
from gisclusters.publish.plain_words import without_commands
from gisclusters.publish.result import Result
from gisclusters.words import Lang, text

_MARKERS = (
    (Column("place", "count"),),
    (Column("marker_id"), Column("marker_kind")),
    (Column("design_n_m", "metres"), Column("design_e_m", "metres")),
    (Column("measured_n_m", "metres"), Column("measured_e_m", "metres")),
    (Column("dn_m", "metres"), Column("de_m", "metres")),
    (Column("distance_m", "metres"), Column("residual_m", "metres")),
    (Column("tolerance_m", "metres"), Column("accuracy_m", "metres")),
    (Column("verdict", "word", "markers.verdict"), Column("state", "words", "markers.state")),
    (Column("note"),),
)
_CONTROL = (
    (Column("place", "count"),),
    (Column("point_id"),),
    (Column("known_n_m", "metres"), Column("known_e_m", "metres")),
    (Column("measured_n_m", "metres"), Column("measured_e_m", "metres")),
    (Column("dn_m", "metres"), Column("de_m", "metres")),
    (Column("distance_m", "metres"),),
    (Column("accuracy_m", "metres"),),
)


def markers_table(findings: pd.DataFrame, lang: Lang) -> Table:
    """Every row of a verification; columns that hold nothing at all are left out."""
    return _table("markers", text("minutes.part_markers", lang), findings, _MARKERS,
                  kept={"note", "place"})  # fmt: skip


def control_table(result: Result, lang: Lang) -> Table | None:
    """Control points of the session, None where there were none."""
    rows = result.extra.get("control_points")
    if not rows:
        return None
    return _table("control_points", text("minutes.control", lang), pd.DataFrame(list(rows)),
                  _CONTROL, kept={"known_n_m", "known_e_m"})  # fmt: skip


def boundary_blocks(result: Result, lang: Lang) -> list[Block]:
    """The boundary through the markers, as the tables of a report show it."""
    return [_boundary_table(view, lang) for view in boundary_views(result)]


def _boundary_table(view: View, lang: Lang) -> Table:
    columns = {column.name: column for column in BOUNDARY_TABLES[view.subject]}
    stacks = BOUNDARY_STACKS.get(view.subject) or [(name,) for name in columns]
    frame = view.frame
    if "asked" in columns:
        words = [text(f"markers.asked_{each}", lang) for each in frame["asked"]]
        frame = frame.assign(asked=[without_commands(each, lang) for each in words])
        columns["asked"] = Column("asked")
    return _table(
        view.subject, text(f"report.title_{view.subject}", lang), frame,
        [[columns[name] for name in stack] for stack in stacks], kept=set(),
    )  # fmt: skip


def _table(
    name: str, caption: str, frame: pd.DataFrame, stacks: Sequence[Sequence[Column]],
    *, kept: set[str],
) -> Table:  # fmt: skip
    frame = frame.reset_index(drop=True)
    if any(column.name == "place" for stack in stacks for column in stack):
        frame["place"] = range(1, len(frame) + 1)
    if "state" in frame:
        frame["state"] = [
            cell.replace(", ", " ") if isinstance(cell, str) else cell for cell in frame["state"]
        ]
    known = [
        [column for column in stack if column.name in frame
         and (column.name in kept or frame[column.name].notna().any())]
        for stack in stacks
    ]  # fmt: skip
    return Table(name, caption, frame, [stack for stack in known if stack])
