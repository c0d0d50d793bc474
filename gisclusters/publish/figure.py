"""A plan of each boundary at a round scale, with its grid, its conflicts by number and a legend.

Drawn in millimetres of paper: printed at 100 % on A4 landscape, the scale is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from gisclusters.domain.verdicts import SEVERITY_ORDER, OverlapVerdict
from gisclusters.publish.result import Result
from gisclusters.publish.sheet import Sheet, crs_words, grid_lines, scale_bar, sheet_for
from gisclusters.publish.tables import category_word
from gisclusters.publish.views import worst_first
from gisclusters.words import Lang, number, text

WIDTH_MM, HEIGHT_MM = 175.0, 140.0
"""The map itself; the legend stands at its right."""

MOST_FIGURES = 20
_LEGEND_ROWS = 12
_LEGEND_LETTERS = 42
_DRAWN = tuple(
    str(verdict) for verdict in (
        OverlapVerdict.CONFLICT, OverlapVerdict.UNDECIDED, OverlapVerdict.COMPATIBLE,
        OverlapVerdict.WITHIN_ACCURACY,
    )
)  # fmt: skip


def figures(result: Result, lang: Lang) -> list[dict[str, Any]]:
    """What the template needs to draw each subject that something was found on, worst first.

    A check of one subject always has its figure; of many, at most ``MOST_FIGURES``.  Markers
    have a sketch of their own.
    """
    if result.subject == "markers":
        return []
    subjects = [(frame, row) for frame in result.drawn for _, row in frame.iterrows()]
    found = [_findings_of(result, frame, row) for frame, row in subjects]
    there = [
        (frame, row, pieces) for (frame, row), pieces in zip(subjects, found, strict=True)
        if (len(pieces) or len(subjects) == 1) and not shapely.is_empty(row["geometry"])
    ]  # fmt: skip
    grades = {str(severity): place for place, severity in enumerate(SEVERITY_ORDER)}
    there.sort(key=lambda each: -max((grades.get(word, -1) for word in each[2]["severity"]),
                                     default=-1))  # fmt: skip
    return [_figure(*each, lang) for each in there[:MOST_FIGURES]]


def _findings_of(result: Result, frame: gpd.GeoDataFrame, subject: Any) -> gpd.GeoDataFrame:
    """The pieces of ground found on a subject, worst first."""
    for findings in result.findings:
        if isinstance(findings, gpd.GeoDataFrame) and findings.crs == frame.crs:
            mine = findings["subject_id"] == subject["cluster_id"]
            shown = findings[mine & findings["verdict"].isin(_DRAWN)]
            return worst_first(shown)
    return gpd.GeoDataFrame({"severity": [], "geometry": []})


def _figure(
    frame: gpd.GeoDataFrame, subject: Any, pieces: gpd.GeoDataFrame, lang: Lang
) -> dict[str, Any]:
    shape = subject["geometry"]
    paper = sheet_for(shapely.bounds(shape).tolist(), WIDTH_MM, HEIGHT_MM)
    name = subject.get("name")
    title = subject["cluster_id"] if pd.isna(name) else f"{subject['cluster_id']} – {name}"
    shown = list(pieces.itertuples())
    return {
        "title": title,
        "width": WIDTH_MM, "height": HEIGHT_MM,
        "outline": paper.path(shape),
        "pieces": [
            {"path": paper.path(piece.geometry), "look": _look(piece),
             "line": shapely.get_dimensions(piece.geometry) < 2}
            for piece in reversed(shown)  # the worst on top
        ],
        "numbers": list(_numbers(paper, shown)),
        "legend": [
            {"number": place, "look": _look(piece), "words": _words(piece, lang)}
            for place, piece in enumerate(shown[:_LEGEND_ROWS], 1)
        ],
        "more": text("report.figure_more", lang, count=len(shown) - _LEGEND_ROWS)
        if len(shown) > _LEGEND_ROWS else "",
        "grid": grid_lines(paper, lang),
        "scale": text("report.figure_scale", lang, scale=number(paper.scale, lang)),
        "bar": scale_bar(paper, lang),
        "crs": crs_words(frame.crs.to_string(), lang),
        "boundary": text("report.figure_boundary", lang),
        "north": text("report.figure_north", lang),
    }  # fmt: skip


def _look(piece: Any) -> str:
    if piece.verdict == str(OverlapVerdict.CONFLICT):
        return str(piece.severity or "note")
    return str(piece.verdict)


def _words(piece: Any, lang: Lang) -> list[str]:
    """The kind of plan, then area and verdict, then the zone."""
    verdict = text(f"overlaps.verdict_{piece.verdict}", lang)
    if piece.severity is not None:
        verdict += ", " + text(f"overlaps.severity_{piece.severity}", lang)
    area = "" if piece.area_m2 is None else f"{number(piece.area_m2, lang, 1)} m²"
    zone = "" if piece.zone_id is None else str(piece.zone_id)
    facts = (" · ".join(filter(None, (area, verdict))), zone)
    return [_short(words) for words in (category_word(piece.category, lang), *facts) if words]


def _short(words: str) -> str:
    """The words as far as the legend is wide."""
    return words if len(words) <= _LEGEND_LETTERS else f"{words[: _LEGEND_LETTERS - 1]}…"


def _numbers(paper: Sheet, shown: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for place, piece in enumerate(shown[:_LEGEND_ROWS], 1):
        point = shapely.point_on_surface(piece.geometry)
        [[x, y]] = paper.mm(shapely.get_coordinates(point))
        yield {"number": place, "x": round(float(x), 2), "y": round(float(y), 2)}
