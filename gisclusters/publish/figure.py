"""A plan of each boundary at a round scale, with its grid, its conflicts by number and a legend.

Drawn in millimetres of paper: printed at 100 % on A4 landscape, the scale is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.verdicts import SEVERITY_ORDER, OverlapVerdict
from gisclusters.geometry.crs import zone_of
from gisclusters.publish.result import Result
from gisclusters.publish.tables import category_word
from gisclusters.publish.views import worst_first
from gisclusters.words import Lang, number, text

WIDTH_MM, HEIGHT_MM = 175.0, 140.0
"""The map itself; the legend stands at its right."""

MOST_FIGURES = 20
_SCALES = (200, 500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000)
_GRID_M = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000)
_GRID_APART_MM = 35.0
_MARGIN = 0.03
_LEGEND_ROWS = 12
_LEGEND_LETTERS = 42
_FINE_MM = 0.05
"""What a printer cannot show is not drawn."""

_DRAWN = tuple(
    str(verdict) for verdict in (
        OverlapVerdict.CONFLICT, OverlapVerdict.UNDECIDED, OverlapVerdict.COMPATIBLE,
        OverlapVerdict.WITHIN_ACCURACY,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Paper:
    """Coordinates in metres to millimetres of the map, y downwards."""

    west_m: float
    north_m: float
    scale: int

    def mm(self, xy: Any) -> np.ndarray:
        place = np.asarray(xy, dtype=float) - (self.west_m, self.north_m)
        return place * (1_000 / self.scale, -1_000 / self.scale)

    def path(self, shape: shapely.Geometry) -> str:
        """An SVG path of the outlines of a polygon or a line."""
        drawn = shapely.simplify(shape, _FINE_MM * self.scale / 1_000)
        parts = shapely.get_parts(drawn)
        rings = shapely.get_rings(parts) if shapely.get_dimensions(drawn) == 2 else parts
        return " ".join(
            "M" + " L".join(f"{x:.2f},{y:.2f}" for x, y in self.mm(shapely.get_coordinates(ring)))
            + ("Z" if shapely.get_dimensions(drawn) == 2 else "")
            for ring in rings
        )  # fmt: skip


def figures(result: Result, lang: Lang) -> list[dict[str, Any]]:
    """What the template needs to draw each subject that something was found on, worst first.

    A check of one subject always has its figure; of many, at most ``MOST_FIGURES``.
    """
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
    paper = _paper_for(shape)
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
        "grid": _grid(paper, lang),
        "scale": text("report.figure_scale", lang, scale=number(paper.scale, lang)),
        "bar": _bar(paper, lang),
        "crs": _crs_words(frame, lang),
        "boundary": text("report.figure_boundary", lang),
        "north": text("report.figure_north", lang),
    }  # fmt: skip


def _paper_for(shape: shapely.Geometry) -> _Paper:
    west, south, east, north = shapely.bounds(shape).tolist()
    wide, high = max(east - west, 1.0), max(north - south, 1.0)
    fits = [scale for scale in _SCALES
            if wide * (1 + 2 * _MARGIN) * 1_000 / scale <= WIDTH_MM
            and high * (1 + 2 * _MARGIN) * 1_000 / scale <= HEIGHT_MM]  # fmt: skip
    scale = fits[0] if fits else _SCALES[-1]
    half_wide, half_high = WIDTH_MM * scale / 2_000, HEIGHT_MM * scale / 2_000
    return _Paper((west + east) / 2 - half_wide, (south + north) / 2 + half_high, scale)


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


def _numbers(paper: _Paper, shown: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for place, piece in enumerate(shown[:_LEGEND_ROWS], 1):
        point = shapely.point_on_surface(piece.geometry)
        [[x, y]] = paper.mm(shapely.get_coordinates(point))
        yield {"number": place, "x": round(float(x), 2), "y": round(float(y), 2)}


def _grid(paper: _Paper, lang: Lang) -> dict[str, list[dict[str, Any]]]:
    """Lines of round eastings and northings, with their values."""
    step = next((each for each in _GRID_M if each * 1_000 / paper.scale >= _GRID_APART_MM),
                _GRID_M[-1])  # fmt: skip
    east_m = paper.west_m + WIDTH_MM * paper.scale / 1_000
    south_m = paper.north_m - HEIGHT_MM * paper.scale / 1_000

    def lines(first: float, last: float, axis: int) -> list[dict[str, Any]]:
        values = np.arange(np.ceil(first / step) * step, last, step)
        places = [float(paper.mm([(v, v)])[0][axis]) for v in values]
        return [{"at": round(at, 2), "words": number(float(value), lang)}
                for at, value in zip(places, values, strict=True)]  # fmt: skip

    return {"east": lines(paper.west_m, east_m, 0), "north": lines(south_m, paper.north_m, 1)}


def _bar(paper: _Paper, lang: Lang) -> dict[str, Any]:
    length_m = next(each for each in reversed(_GRID_M) if each * 1_000 / paper.scale <= 50)
    return {"mm": length_m * 1_000 / paper.scale, "words": f"{number(length_m, lang)} m"}


def _crs_words(frame: gpd.GeoDataFrame, lang: Lang) -> str:
    code = frame.crs.to_string()
    zone = zone_of(code)
    if zone is None:
        return str(code)
    return text("report.figure_crs", lang, meridian=zone.meridian_text,
                width=number(zone.width_deg, lang), code=code)  # fmt: skip
