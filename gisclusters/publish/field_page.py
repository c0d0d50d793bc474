"""The field page: one HTML file that leads a surveyor with a phone to each approved marker.

It needs no network.  The phone's fix is brought to the VN-2000 plane of the marker by the same
projection and datum operation as everywhere, and is there for finding: metres of error prove
nothing about a marker.  States and notes stay in the browser until they are exported for
``markers verify``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gisclusters.errors import UsageError
from gisclusters.geometry.crs import to_wgs84
from gisclusters.geometry.zones import zone_of
from gisclusters.layers.kinds import MARKER_STATES
from gisclusters.layers.layer import Layer
from gisclusters.layers.marker_rings import ordered_rings
from gisclusters.publish.assets import licences
from gisclusters.publish.blocks import zones_of
from gisclusters.publish.features import texts
from gisclusters.publish.island import pack
from gisclusters.publish.page import PACKAGES, page_html, site_assets
from gisclusters.publish.webmap import map_shell
from gisclusters.words import Lang, keys, text

REACH_M = 10.0
"""Radius about a marker inside which it can be looked for by eye, metres."""

STALE_S = 15
"""Age at which a fix is no longer gone by, seconds."""

_ROOM = "field."
_WHOLE = {"title", "map", "panel", "noscript", "group_boundary", "group_markers", "group_me"}
_FIELDS = ("accuracy", "reach", "north", "north_word", "east", "east_word", "time", "done", "all",
           "file", "rest", "taken", "older", "unknown", "unread")  # fmt: skip
_UNSAFE_IN_NAME = re.compile(r"[^\w-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSheet:
    """Approved markers in a VN-2000 zone, with the approved boundary where it is known."""

    markers: Layer
    boundary: Layer | None = None


def field_page(sheets: Sequence[FieldSheet], *, lang: Lang, reach_m: float = REACH_M) -> str:
    """The page of the markers of all ``sheets`` as HTML.

    Without an approved boundary the markers of a ring are joined in their order, and drawn
    apart from an approved one.  Raises UsageError (``field_page_crs``) for markers that are in
    no VN-2000 zone, UnavailableError (``assets_missing``).
    """
    for sheet in sheets:
        if sheet.markers.crs is None or zone_of(sheet.markers.crs) is None:
            raise UsageError("errors.field_page_crs", value=sheet.markers.crs)
    markers, points = _markers(sheets)
    groups = [(name, text(f"field.group_{name}", lang), True)
              for name in ("boundary", "markers", "me")]  # fmt: skip
    clusters = list(dict.fromkeys(filter(None, (each["cluster"] for each in markers))))
    name = ", ".join(clusters) or sheets[0].markers.source.name
    zones = zones_of([str(sheet.markers.crs) for sheet in sheets], [0.0] * len(sheets), lang)
    places = {zone["epsg"]: place for place, zone in enumerate(zones)}
    key = _digest(markers)
    island = {
        "title": text("field.title", lang, name=name),
        "lang": lang,
        "key": key,
        "file": f"{_UNSAFE_IN_NAME.sub('_', name)[:40]}_{key[:6]}",
        "words": _words(lang),
        "states": list(MARKER_STATES),
        "reach_m": reach_m,
        "stale_s": STALE_S,
        "zones": zones,
        "markers": [each | {"zone": places[each["zone"]]} for each in markers],
        "points": pack(points),
        "rings": _rings(sheets),
        "licences": [
            {"package": each.package, "version": each.version, "licence": each.licence,
             "text": each.text} for each in licences(PACKAGES)
        ],
    }  # fmt: skip
    assets = site_assets(single_file=True, room="field")
    shell = map_shell(groups, lang, fullscreen=False)  # the guidance must stay in sight
    return page_html(island, shell, assets, root="", lang=lang, room="field")


def _markers(sheets: Sequence[FieldSheet]) -> tuple[list[dict[str, Any]], NDArray[np.object_]]:
    """Every marker with its plane coordinates, and where it is drawn."""
    found: list[dict[str, Any]] = []
    points = []
    for sheet in sheets:
        frame = sheet.markers.shapes
        zone = zone_of(str(sheet.markers.crs))
        east, north = frame.geometry.x, frame.geometry.y
        found += [
            {"id": name, "cluster": cluster, "kind": kind, "zone": zone.epsg if zone else None,
             "easting_m": round(float(e), 4), "northing_m": round(float(n), 4)}
            for name, cluster, kind, e, n in zip(
                texts(frame, "marker_id"), texts(frame, "cluster_id"),
                texts(frame, "marker_kind"), east, north, strict=True)
        ]  # fmt: skip
        points.append(to_wgs84(frame).geometry.to_numpy())
    return found, np.concatenate(points)


def _digest(markers: Sequence[dict[str, Any]]) -> str:
    """A name of the design: equal for equal ids at equal places."""
    rows = sorted(
        f"{each['cluster']}\t{each['id']}\t{each['zone']}\t{each['easting_m']:.4f}"
        f"\t{each['northing_m']:.4f}"
        for each in markers
    )
    return hashlib.sha256("\n".join(rows).encode("utf-8")).hexdigest()[:16]


def _rings(sheets: Sequence[FieldSheet]) -> dict[str, Any]:
    """Boundaries as lines; ``joined`` marks those made of markers in their order."""
    lines: list[Any] = []
    joined: list[bool] = []
    for sheet in sheets:
        if sheet.boundary is not None:
            shapes = to_wgs84(sheet.boundary.shapes).geometry.to_numpy()
            found = shapely.boundary(shapes).tolist()
        else:
            found = _joined(sheet.markers.shapes)
        lines += found
        joined += [sheet.boundary is None] * len(found)
    return {"shapes": pack(np.array(lines, dtype=object)), "joined": joined}


def _joined(markers: gpd.GeoDataFrame) -> list[Any]:
    """The markers of each ring of each cluster joined by ``order``."""
    points = to_wgs84(markers).geometry.to_numpy()
    return [
        shapely.linearrings(shapely.get_coordinates(points[ring]))
        for _, ring in ordered_rings(markers)
    ]


def _words(lang: Lang) -> dict[str, str]:
    """The words that the page's scripts use, their fields left to be filled there."""
    names = [key.removeprefix(_ROOM) for key in keys() if key.startswith(_ROOM)]
    return {name: _open(f"{_ROOM}{name}", lang) for name in names if name not in _WHOLE}


def _open(key: str, lang: Lang) -> str:
    """A sentence with its fields as they stand in it."""
    return text(key, lang, **{name: f"{{{name}}}" for name in _FIELDS})
