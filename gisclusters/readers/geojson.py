"""JSON of places read before GDAL sees it: what kind it is, its ``crs`` member, its features.

GDAL would fetch the link of a ``crs`` member, give degrees to metres, drop what is no
feature and stop at the second document of a sequence, and say nothing.
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gisclusters.domain.issue import Issue, error
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import identify_crs
from gisclusters.readers.files import damaged

_GEOMETRIES = {
    "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
    "GeometryCollection",
}  # fmt: skip
_NAMES_CRS = re.compile(r'"crs"|\\u00(?:63|72|73)', re.IGNORECASE)
"""GDAL follows the link of a `crs` member at any depth: then it reads a copy without any.
One at the top that is a plain name may stay."""
_MOST_WHOLE = 2**63
_DEEPEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoJson:
    """What a file holds: its form, the CRS it says, what is wrong in it.

    ``text`` is there where GDAL must not read the file itself but this; ``rows`` are the places
    of its features in the file, from 1.
    """

    form: str
    crs: str | None = None
    text: str | None = None
    rows: tuple[int, ...] = ()
    issues: tuple[Issue, ...] = ()


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A million lists are no rubbish; to go through them again and again takes longest of all."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


@_collector_paused()
def read_geojson(path: Path) -> GeoJson:
    """Look through a GeoJSON, a sequence of features or a TopoJSON.

    Raises InputRefusedError (``file_damaged`` with the byte, ``not_geojson``, ``crs_unknown``).
    Features that are none, or whose coordinates are no numbers, are issues by row.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        documents = list(_documents(text))
    except (ValueError, RecursionError) as fault:
        raise InputRefusedError([damaged(path.name, fault)]) from fault
    first = documents[0] if documents and isinstance(documents[0], dict) else {}
    kind = first.get("type")
    if kind == "Topology":
        crs = _said_crs(path, first)
        bare = {name: value for name, value in first.items() if name != "crs"}
        return GeoJson(form="topojson", crs=crs, text=json.dumps(bare, ensure_ascii=False))
    if len(documents) == 1 and kind == "FeatureCollection":
        found = first.get("features")
        if not isinstance(found, list):
            raise InputRefusedError([error("not_geojson", layer=path.name)])
        plain = not text.startswith("\x1e") and "\x1e" not in text[:10]
    elif documents and all(_is_item(each) for each in documents):
        found = [each for document in documents for each in _items(document)]
        plain = len(documents) == 1 and kind is not None
    else:
        raise InputRefusedError([error("not_geojson", layer=path.name)])
    crs = _said_crs(path, first)
    rows, issues, strange = _checked(found, path.name)
    crs_members = len(_NAMES_CRS.findall(text))
    direct = plain and not issues and not strange and crs_members <= (crs is not None)
    return GeoJson(
        form="geojson", crs=crs, rows=tuple(rows), issues=tuple(issues),
        text=None if direct else _collection([_canonical(found[row - 1]) for row in rows]),
    )  # fmt: skip


def _checked(found: list[Any], name: str) -> tuple[list[int], list[Issue], bool]:
    """The rows that are features, what is wrong, and whether GDAL would read any otherwise.

    A feature whose shape is none stays without it, so that its id can be told.
    """
    rows: list[int] = []
    issues: list[Issue] = []
    strange = False
    for row, item in enumerate(found, start=1):
        reason = _fault(item)
        if reason is not None:
            issues.append(error("feature_malformed", layer=name, row=row, value=reason))
            if not (isinstance(item, dict) and isinstance(item.get("properties"), dict)):
                continue
        strange |= "type" not in item or "geometry" not in item or bool(_beyond_64_bits(item))
        rows.append(row)
    return rows, issues, strange


def _collection(features: list[dict[str, Any]]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _documents(text: str) -> Iterator[Any]:
    """The JSON values of a text one after another, with or without record separators."""
    decoder = json.JSONDecoder()
    place = 0
    while True:
        while place < len(text) and text[place] in " \t\r\n\x1e,":
            place += 1
        if place >= len(text):
            return
        value, place = decoder.raw_decode(text, place)
        yield value


def _is_item(value: object) -> bool:
    return isinstance(value, dict) and (
        value.get("type") in _GEOMETRIES | {"Feature", "FeatureCollection"} or "geometry" in value
    )


def _items(document: dict[str, Any]) -> list[Any]:
    if document.get("type") == "FeatureCollection":
        features = document.get("features")
        return features if isinstance(features, list) else [document]
    if document.get("type") in _GEOMETRIES:
        return [{"type": "Feature", "properties": {}, "geometry": document}]
    return [document]


def _fault(item: object) -> str | None:
    """Why a value is no feature, None where it is one."""
    if not isinstance(item, dict):
        return json.dumps(item, ensure_ascii=False)[:60]
    if item.get("type", "Feature") != "Feature":
        return f"type {item.get('type')!r}"[:60]
    properties = item.get("properties")
    if properties is not None and not isinstance(properties, dict):
        return "properties"
    geometry = item.get("geometry")
    return None if geometry is None else _geometry_fault(geometry, 0)


def _geometry_fault(geometry: object, depth: int) -> str | None:
    if not isinstance(geometry, dict) or geometry.get("type") not in _GEOMETRIES:
        return "geometry"
    if geometry["type"] == "GeometryCollection":
        parts = geometry.get("geometries")
        if not isinstance(parts, list) or depth > _DEEPEST:
            return "geometries"
        return next((fault for part in parts if (fault := _geometry_fault(part, depth + 1))), None)
    levels = {"Point": 0, "LineString": 1, "MultiPoint": 1, "Polygon": 2, "MultiLineString": 2,
              "MultiPolygon": 3}  # fmt: skip
    coordinates = geometry.get("coordinates")
    if coordinates == []:
        return None
    return None if _are_positions(coordinates, levels[geometry["type"]]) else "coordinates"


def _are_positions(value: Any, level: int) -> bool:
    if not isinstance(value, list):
        return False
    if level:
        return all(_are_positions(each, level - 1) for each in value)
    return len(value) > 1 and {*map(type, value)} <= {int, float}


def _canonical(item: dict[str, Any]) -> dict[str, Any]:
    """The feature as the standard writes it: id, properties, geometry and nothing besides.

    Whole numbers beyond 64 bits become text.
    """
    geometry = item.get("geometry")
    usable = geometry is not None and _geometry_fault(geometry, 0) is None
    properties = (item.get("properties") or {}) | _beyond_64_bits(item)
    shape = _bare(geometry) if usable else None
    feature = {"type": "Feature", "properties": properties, "geometry": shape}
    if "id" in item:
        feature["id"] = item["id"]
    return feature


def _beyond_64_bits(item: dict[str, Any]) -> dict[str, str]:
    return {
        name: str(value) for name, value in (item.get("properties") or {}).items()
        if type(value) is int and not -_MOST_WHOLE <= value < _MOST_WHOLE
    }  # fmt: skip


def _bare(geometry: Any) -> Any:
    """A geometry with the members that make it one, and no other."""
    if geometry["type"] == "GeometryCollection":
        parts = [_bare(part) for part in geometry["geometries"]]
        return {"type": "GeometryCollection", "geometries": parts}
    return {"type": geometry["type"], "coordinates": geometry["coordinates"]}


def _said_crs(path: Path, document: dict[str, Any]) -> str | None:
    """The CRS that a document says, None where it says none; a link is refused, never followed."""
    member = document.get("crs")
    if member is None:
        return None
    properties = member.get("properties", {}) if isinstance(member, dict) else {}
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or "://" in name or member.get("type") == "link":
        raise InputRefusedError(
            [error("crs_unknown", layer=path.name, field="crs", value=str(member)[:120])]
        )
    found = "EPSG:4326" if "CRS84" in name else identify_crs(name)
    if found is None:
        raise InputRefusedError([error("crs_unknown", layer=path.name, field="crs", value=name)])
    return found
