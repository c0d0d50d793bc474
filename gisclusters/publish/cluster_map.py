"""The map of a cluster and its parcels by status, at a round scale, readable without colour.

The number in each parcel is that of its status in the legend; its name stands below.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import shapely

from gisclusters.domain.verdicts import ParcelStatus
from gisclusters.publish.figure import HEIGHT_MM, WIDTH_MM
from gisclusters.publish.sheet import Sheet, crs_words, grid_lines, scale_bar, sheet_for
from gisclusters.words import Lang, number, text

STATUS_LOOKS = {
    "lapsed": "#b10e1e", "idle": "#d98200", "ended": "#7a3b00", "late": "#c9a400",
    "extended": "#7a5bb0", "on_schedule": "#2b7bba", "producing": "#2f8f4e",
    "not_handed_over": "#8a949e", "unknown": "#333333",
}  # fmt: skip
"""The colour of each status, the most pressing first; the order numbers them."""

_STEEP = {"lapsed": 45, "idle": -45, "ended": 0, "late": 90, "extended": 20, "on_schedule": -20,
          "producing": 65, "not_handed_over": -65, "unknown": 45}  # fmt: skip
_ROOM_MM = (6.0, 6.0)
"""A parcel smaller than this on paper bears no number."""

_NAME_MM = 9.0


def cluster_plan(
    outline: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame, status: dict[str, str], lang: Lang
) -> dict[str, Any]:
    """The values of ``figure.svg`` for one cluster.

    ``outline`` is its one row and ``parcels`` (``parcel_id``) lie in the same CRS in metres.
    """
    subject = outline.iloc[0]
    shape = subject["geometry"]
    paper = sheet_for(shapely.bounds(shape).tolist(), WIDTH_MM, HEIGHT_MM)
    order = {name: place for place, name in enumerate(STATUS_LOOKS, 1)}
    drawn = [
        (str(name), status[str(name)], piece)
        for name, piece in zip(parcels["parcel_id"], parcels.geometry, strict=True)
        if str(name) in status and not shapely.is_empty(piece)
    ]
    held = [look for _, look, _ in drawn]
    name = subject.get("name")
    parcels_word = text("efficiency.unit_parcels", lang)
    labels = [_label(paper, cluster_part, look, piece, order)
              for cluster_part, look, piece in _without_cluster(drawn, subject)]  # fmt: skip
    return {
        "title": str(subject["cluster_id"]) + (f" – {name}" if isinstance(name, str) else ""),
        "width": WIDTH_MM, "height": HEIGHT_MM,
        "outline": paper.path(shape),
        "pieces": [{"path": paper.path(piece), "look": look, "line": False}
                   for _, look, piece in drawn],
        "numbers": [label["number"] for label in labels if label and label["number"]],
        "labels": [label["name"] for label in labels if label and label["name"]],
        "angles": _STEEP,
        "legend": [
            {"number": order[str(each)], "look": str(each),
             "words": [text(f"efficiency.status_{each}", lang),
                       f"{number(held.count(str(each)), lang)} {parcels_word}"]}
            for each in sorted(set(held) & set(map(str, ParcelStatus)), key=order.__getitem__)
        ],
        "more": "",
        "grid": grid_lines(paper, lang),
        "scale": text("report.figure_scale", lang, scale=number(paper.scale, lang)),
        "bar": scale_bar(paper, lang),
        "crs": crs_words(outline.crs.to_string(), lang),
        "boundary": text("efficiency.map_boundary", lang),
        "north": text("report.figure_north", lang),
    }  # fmt: skip


def _without_cluster(
    drawn: list[tuple[str, str, shapely.Geometry]], subject: Any
) -> list[tuple[str, str, shapely.Geometry]]:
    """Names without the id of the cluster before them, which every one would bear."""
    before = f"{subject['cluster_id']}-"
    return [(name.removeprefix(before), look, piece) for name, look, piece in drawn]


def _label(
    paper: Sheet, name: str, look: str, piece: shapely.Geometry, order: dict[str, int]
) -> dict[str, Any] | None:
    west, south, east, north = shapely.bounds(piece)
    wide, high = ((east - west) * 1_000 / paper.scale, (north - south) * 1_000 / paper.scale)
    if wide < _ROOM_MM[0] or high < _ROOM_MM[1]:
        return None
    [[x, y]] = paper.mm(shapely.get_coordinates(shapely.point_on_surface(piece)))
    named = high >= _NAME_MM and len(name) * 1.7 <= wide
    up = 1.8 if named else 0.0
    return {
        "number": {"number": order[look], "x": round(float(x), 2), "y": round(float(y) - up, 2)},
        "name": {"words": name, "x": round(float(x), 2), "y": round(float(y) + 3.6, 2)}
        if named
        else None,
    }
