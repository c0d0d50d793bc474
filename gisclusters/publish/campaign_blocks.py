"""The campaigns of a cluster on its page: which were kept, and what moved from one to the next."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gisclusters.publish.blocks import Block, heading, remark, table
from gisclusters.publish.campaign_tables import CAMPAIGN_COLUMNS, CHANGE_COLUMNS
from gisclusters.publish.columns import Column
from gisclusters.publish.content import MarkerCheck
from gisclusters.publish.document import plain
from gisclusters.publish.features import shown
from gisclusters.words import Lang, text

_COLUMNS = {
    column.name: column
    for column in (*CAMPAIGN_COLUMNS, *CHANGE_COLUMNS, Column("since", "day"))
}  # fmt: skip
_NUMERIC = {"count", "metres"}
_CAMPAIGNS = (("day", "survey", "run_id"), ("cause",), ("count_ok",), ("count_moved",),
              ("count_missing",), ("count_undecided",))  # fmt: skip
_CHANGES = (("day", "since"), ("marker_id",), ("verdict", "change_note"), ("distance_m",),
            ("de_m", "dn_m"), ("significant_from_m",))  # fmt: skip
"""Columns under one another in one cell; the report and the workbook say the rest."""


def campaign_blocks(check: MarkerCheck, lang: Lang) -> list[Block]:
    """The list of campaigns and their changes, the newest first; nothing where none was kept."""
    if check.campaigns is None or not len(check.campaigns):
        return []
    newest = check.campaigns.iloc[::-1].reset_index(drop=True)
    last = newest.iloc[0]
    title = text("report.title_campaigns", lang)
    told = text("page.campaign_last", lang, day=last["day"].date(), survey=last["survey"],
                run_id=last["run_id"])  # fmt: skip
    blocks = [heading(title), remark(told), _table(title, newest, _CAMPAIGNS, lang)]
    if check.changes is None:
        return blocks
    caption = text("page.campaign_changes", lang)
    blocks.append(heading(caption))
    if not len(check.changes):
        return [*blocks, remark(text("page.campaign_no_changes", lang), "good")]
    return [*blocks, _table(caption, check.changes, _CHANGES, lang)]


def _table(
    caption: str, frame: pd.DataFrame, stacks: Sequence[tuple[str, ...]], lang: Lang
) -> Block:
    """A table with several values to a cell, which sorts by the first of each."""
    first = [_COLUMNS[names[0]] for names in stacks]
    cells = {
        name: [shown(cell, _COLUMNS[name], lang) for cell in frame[name].to_numpy(dtype=object)]
        for names in stacks
        for name in names
    }
    return table(
        caption,
        [" / ".join(_COLUMNS[name].header(lang) for name in names) for names in stacks],
        [[[cells[name][row] for name in names] for names in stacks] for row in range(len(frame))],
        numeric=[column.form in _NUMERIC for column in first],
        keys=[
            [plain(cell) for cell in frame[column.name].to_numpy(dtype=object)]
            if column.form in _NUMERIC or column.form == "day" else cells[column.name]
            for column in first
        ],
    )  # fmt: skip
