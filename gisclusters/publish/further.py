"""The tables of pieces and proposals: what each is, and its corners as a coordinate table."""

from __future__ import annotations

import pandas as pd

from gisclusters.publish.result import Result

MOST_CORNERS = 400
"""So many corners stand on a page; a longer table is left to the workbook and the data."""

_OF_PIECE = ("subject_id", "plan_id", "zone_id", "rule_id", "piece")
_OF_PROPOSAL = ("subject_id", "part")
_OF_CORNER = ("ring", "corner", "northing_m", "easting_m", "side_m", "crs")


def further_tables(result: Result) -> list[tuple[str, pd.DataFrame]]:
    """Every table of the pieces and proposals of a result, by the names of ``tables.TABLES``."""
    found = []
    proposals, pieces = result.extra.get("proposals"), result.extra.get("pieces")
    if proposals:
        found += [("proposals", _plain(proposals)),
                  ("proposal_corners", _corners(proposals, _OF_PROPOSAL))]  # fmt: skip
    if pieces:
        found += [("pieces", _plain(pieces)), ("piece_corners", _corners(pieces, _OF_PIECE))]
    return [(name, frame) for name, frame in found if len(frame)]


def further_for_people(result: Result) -> list[tuple[str, pd.DataFrame]]:
    """The same for a page, without coordinate tables longer than ``MOST_CORNERS``."""
    return [
        (name, frame)
        for name, frame in further_tables(result)
        if not name.endswith("corners") or len(frame) <= MOST_CORNERS
    ]


def _plain(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows).drop(columns="geometry", errors="ignore")
    return frame.assign(corners=frame["corners"].map(len))


def _corners(rows: list[dict[str, object]], names: tuple[str, ...]) -> pd.DataFrame:
    lines = [row | corner for row in rows for corner in row["corners"]]  # type: ignore[attr-defined]
    return pd.DataFrame(lines, columns=[*names, *_OF_CORNER])
