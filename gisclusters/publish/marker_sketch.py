"""The sketch of the minutes: markers at a round scale, their deviations as drawn-out arrows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.verdicts import MarkerVerdict
from gisclusters.publish.marker_labels import Box, place_labels
from gisclusters.publish.result import Result
from gisclusters.publish.sheet import Sheet, crs_words, grid_lines, scale_bar, sheet_for
from gisclusters.words import Lang, number, text

WIDTH_MM, HEIGHT_MM = 152.0, 118.0
"""The map itself."""

SHEET_MM = (164.0, 155.0)
"""The whole picture, with the numbers of the grid and the legend; as wide as the paper allows."""

COLOURS = {
    "ok": "#1f7a3d", "moved": "#b10e1e", "missing": "#b10e1e", "extra": "#7a5bb0",
    "duplicate": "#d98200", "undecided": "#2b6cb0",
}  # fmt: skip
"""Signs differ in shape too, so that a black and white print tells them apart."""

_SCALES = (
    200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 2_500, 3_000, 4_000, 5_000, 7_500, 10_000, 15_000,
    20_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
)  # fmt: skip
_LONGEST_MM = 14.0
_SHORTEST_MM = 0.6
_LABELS_MM = ((60, 2.4), (150, 2.1), (10**9, 1.8))
"""Height of the names, by how many there are at most."""

_SIGN_MM = 1.5
_ROUNDING = 1e-9
_NORTH: Box = (WIDTH_MM - 9.5, 4.0, WIDTH_MM - 2.5, 19.0)
"""Where the arrow to the north and its word stand."""

_MARGIN = 0.08
_NAMES_TOLD = 12


def marker_sketch(result: Result, lang: Lang) -> dict[str, Any] | None:
    """What the template needs; None where no marker has a place."""
    findings = pd.concat(list(result.findings), ignore_index=True) if result.findings else None
    if findings is None or result.run.crs is None or not len(findings):
        return None
    if not {"design_e_m", "design_n_m", "measured_e_m", "measured_n_m"} <= set(findings):
        return None
    east = findings["design_e_m"].fillna(findings["measured_e_m"]).to_numpy(dtype=float)
    north = findings["design_n_m"].fillna(findings["measured_n_m"]).to_numpy(dtype=float)
    planned = findings["design_e_m"].notna().to_numpy()
    placed = np.isfinite(east) & np.isfinite(north)
    outlines = [shape for frame in result.drawn for shape in frame.geometry
                if not shapely.is_empty(shape)]  # fmt: skip
    frame = _frame(east, north, planned & placed if (planned & placed).any() else placed, outlines)
    if frame is None:
        return None
    sheet = sheet_for(frame, WIDTH_MM, HEIGHT_MM, margin=_MARGIN, scales=_SCALES)
    places = sheet.mm(np.column_stack([east, north]))
    with np.errstate(invalid="ignore"):
        shown = placed & (places >= 0).all(axis=1) & (places <= (WIDTH_MM, HEIGHT_MM)).all(axis=1)
    findings, places = findings[shown].reset_index(drop=True), places[shown]
    verdicts = [str(word) for word in findings["verdict"]]
    factor = _factor(findings, sheet)
    arrows = _arrows(findings, places, sheet, factor)
    points = [(float(x), float(y)) for x, y in places]
    # Names of what asks for an act find their room first.
    order = sorted(range(len(points)), key=lambda k: verdicts[k] == str(MarkerVerdict.OK))
    names = [str(findings["marker_id"][k]) for k in order]
    label_mm = next(high for most, high in _LABELS_MM if len(names) <= most)
    labels, left_out = place_labels(
        names, [points[k] for k in order], width_mm=WIDTH_MM, height_mm=HEIGHT_MM,
        size_mm=label_mm, point_mm=_SIGN_MM,
        taken=[_NORTH, *(box for each in arrows for box in _boxes(each))],
        avoided=[box for shape in outlines for box in _along(sheet, shape)],
    )  # fmt: skip
    return {
        "title": text("minutes.sketch", lang),
        "width": WIDTH_MM, "height": HEIGHT_MM, "sheet": SHEET_MM,
        "outlines": [sheet.path(shape) for shape in outlines],
        "markers": [
            {"x": round(x, 2), "y": round(y, 2), "verdict": verdict}
            for (x, y), verdict in zip(points, verdicts, strict=True)
        ],
        "arrows": arrows, "labels": labels, "label_mm": label_mm,
        "grid": grid_lines(sheet, lang),
        "scale": text("minutes.sketch_scale", lang, scale=number(sheet.scale, lang)),
        "bar": scale_bar(sheet, lang),
        "crs": crs_words(result.run.crs, lang),
        "north": text("report.figure_north", lang),
        "legend": [
            {"verdict": str(verdict), "words": text(f"markers.verdict_{verdict}", lang)}
            for verdict in MarkerVerdict if str(verdict) in set(verdicts)
        ],
        "boundary": text("minutes.sketch_boundary", lang) if outlines else "",
        "arrow": _arrow_words(findings, arrows, factor, lang),
        "left_out": _told(left_out, int((placed & ~shown).sum()), lang),
    }  # fmt: skip


def _frame(
    east: np.ndarray, north: np.ndarray, kept: np.ndarray, outlines: list[shapely.Geometry]
) -> tuple[float, float, float, float] | None:
    """What must be on the sheet: designed markers and the boundary; surveyed ones if none is."""
    boxes = [tuple(shapely.bounds(shape).tolist()) for shape in outlines]
    if kept.any():
        boxes.append((east[kept].min(), north[kept].min(), east[kept].max(), north[kept].max()))
    if not boxes:
        return None
    west, south, far_east, far_north = zip(*boxes, strict=True)
    return min(west), min(south), max(far_east), max(far_north)


def _deviations(findings: pd.DataFrame) -> np.ndarray:
    """Metres east and north; zero where nothing is known."""
    return findings[["de_m", "dn_m"]].fillna(0.0).to_numpy(dtype=float)


def _factor(findings: pd.DataFrame, sheet: Sheet) -> float | None:
    """How much longer arrows are drawn: 1, 2 or 5 times a power of ten; None: too long to draw.

    Where every marker is within the tolerance, the tolerance is what would be drawn longest.
    """
    longest = float(np.hypot(*_deviations(findings).T).max()) if len(findings) else 0.0
    if longest == 0:
        return None
    room_m = _LONGEST_MM * sheet.scale / 1_000
    if longest > room_m:
        return None
    wanted = max(room_m / max(longest, float(findings["tolerance_m"].max())), 1.0)
    wanted *= 1 + _ROUNDING  # 70 / 0.07 is a whole thousand
    power = 10.0 ** math.floor(math.log10(wanted))
    return max(step * power for step in (1, 2, 5) if step * power <= wanted)


def _arrows(
    findings: pd.DataFrame, places: np.ndarray, sheet: Sheet, factor: float | None
) -> list[dict[str, float]]:
    if factor is None:
        return []
    ends = places + _deviations(findings) * factor * (1_000 / sheet.scale, -1_000 / sheet.scale)
    return [
        {"x": round(x, 2), "y": round(y, 2), "to_x": round(to_x, 2), "to_y": round(to_y, 2),
         "turn": round(math.degrees(math.atan2(to_y - y, to_x - x)), 1)}
        for (x, y), (to_x, to_y) in zip(places.tolist(), ends.tolist(), strict=True)
        if math.hypot(to_x - x, to_y - y) >= _SHORTEST_MM
    ]  # fmt: skip


def _boxes(arrow: dict[str, float]) -> list[Box]:
    """Small boxes along an arrow, which labels keep clear of."""
    return _line_boxes((arrow["x"], arrow["y"]), (arrow["to_x"], arrow["to_y"]), 0.5)


def _along(sheet: Sheet, shape: shapely.Geometry) -> list[Box]:
    """Small boxes along an outline."""
    found = []
    parts = shapely.get_parts(shape)
    for line in shapely.get_rings(parts) if shapely.get_dimensions(shape) == 2 else parts:
        corners = sheet.mm(shapely.get_coordinates(line)).tolist()
        for start, end in pairwise(corners):
            found += _line_boxes(start, end, 0.3)
    return found


def _line_boxes(start: Sequence[float], end: Sequence[float], half: float) -> list[Box]:
    steps = min(max(int(math.dist(start, end)), 1), 500)
    found = []
    for k in range(steps + 1):
        x = start[0] + (end[0] - start[0]) * k / steps
        y = start[1] + (end[1] - start[1]) * k / steps
        found.append((x - half, y - half, x + half, y + half))
    return found


def _arrow_words(
    findings: pd.DataFrame, arrows: list[dict[str, float]], factor: float | None, lang: Lang
) -> str:
    if arrows and factor is not None:
        return text("minutes.sketch_arrow", lang, factor=number(factor, lang))
    if factor is None and len(findings) and np.hypot(*_deviations(findings).T).max() > 0:
        return text("minutes.sketch_no_arrow", lang)
    return ""


def _told(left_out: list[str], outside: int, lang: Lang) -> list[str]:
    """What the sketch does not show, in words."""
    told = []
    if left_out:
        names = ", ".join(left_out[:_NAMES_TOLD]) + ("…" if len(left_out) > _NAMES_TOLD else "")
        told.append(text("minutes.sketch_left_out", lang, count=len(left_out), names=names))
    if outside:
        told.append(text("minutes.sketch_outside", lang, count=outside))
    return told
