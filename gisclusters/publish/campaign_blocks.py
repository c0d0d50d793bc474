"""The campaigns of a cluster on its page: which were kept, and what moved from one to the next."""

from __future__ import annotations

from gisclusters.publish.blocks import Block, frame_table, remark
from gisclusters.publish.campaign_tables import CAMPAIGN_COLUMNS, CHANGE_COLUMNS
from gisclusters.publish.columns import Column
from gisclusters.publish.content import MarkerCheck
from gisclusters.words import Lang, text

_CHANGES = (Column("day", "day"), Column("since", "day"), *CHANGE_COLUMNS)
_HIDDEN = {"first_day", "crs", "recorded_at", "verifications", "accuracy_m", "p_value",
           "verdict_before", "verdict_after"}  # fmt: skip
"""What the report and the workbook say besides."""


def campaign_blocks(check: MarkerCheck, lang: Lang) -> list[Block]:
    """The list of campaigns and their changes, the newest first; nothing where none was kept."""
    if check.campaigns is None or not len(check.campaigns):
        return []
    newest = check.campaigns.iloc[::-1].reset_index(drop=True)
    last = newest.iloc[0]
    told = text("page.campaign_last", lang, day=last["day"].date(), survey=last["survey"],
                run_id=last["run_id"])  # fmt: skip
    blocks = [remark(told), frame_table(text("report.title_campaigns", lang), newest,
                                        _shown(CAMPAIGN_COLUMNS), lang)]  # fmt: skip
    if check.changes is None:
        return blocks
    if not len(check.changes):
        return [*blocks, remark(text("page.campaign_no_changes", lang), "good")]
    caption = text("page.campaign_changes", lang)
    return [*blocks, frame_table(caption, check.changes, _shown(_CHANGES), lang)]


def _shown(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(column for column in columns if column.name not in _HIDDEN)
