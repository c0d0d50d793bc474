"""JSON of places read before GDAL sees it: what kind it is, its ``crs`` member, its features.

GDAL would fetch the link of a ``crs`` member, give degrees to metres, drop what is no
feature and stop at the second document of a sequence, and say nothing.
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, error, warning
from gisclusters.errors import InputRefusedError
from gisclusters.readers.files import damaged
from gisclusters.readers.json_crs import said_crs
from gisclusters.readers.json_keys import Members, repeated_in
from gisclusters.readers.json_stream import JsonText

_GEOMETRIES = {
    "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
    "GeometryCollection",
}  # fmt: skip
_NAMES_CRS = re.compile(r'"crs"|\\u00(?:63|72|73)', re.IGNORECASE)
"""GDAL follows the link of a `crs` member at any depth: then it reads a copy without any.
One at the top that is a plain name may stay."""
_MOST_WHOLE = 2**63
_DEEPEST = 12
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoJson:
    """What a file holds: its form, the CRS it says, what is wrong in it.

    ``rows`` are the places of its features in the file, from 1.  Where it is not ``direct``,
    GDAL must not read the file itself but what ``write_plainly`` makes of it.
    """

    form: str
    direct: bool
    crs: str | None = None
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
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
    """Look through a GeoJSON, a sequence of features or a TopoJSON, one feature in memory.

    Raises InputRefusedError (``file_damaged`` with the place, ``not_geojson``, ``crs_unknown``).
    Features that are none, or whose coordinates are no numbers, are issues by row, and so are
    names that stand twice in one object.
    """
    with path.open("rb") as file, _refused_as_damaged(path.name):
        walk = _Walk(file, path.name)
        rows, issues, strange = _checked(walk, path.name)
        issues += _told_twice(path.name, None, walk.repeated)
    crs = _one_crs(path, walk)
    if walk.topology:
        return GeoJson(form="topojson", crs=crs, direct="crs" not in walk.first)
    plain = walk.documents == 1 and walk.first.get("type") is not None and not walk.separated
    known = walk.crs_members <= (crs is not None) and not any(
        "://" in said for said in walk.crs_said
    )
    direct = plain and not issues and not strange and known
    return GeoJson(form="geojson", direct=direct, crs=crs, rows=np.array(rows, dtype=np.int64),
                   issues=tuple(issues))  # fmt: skip


@_collector_paused()
def write_plainly(path: Path, found: GeoJson, target: Path) -> None:
    """The features of a file looked through, as the standard writes them, in ``target``."""
    with path.open("rb") as file, target.open("wb") as out, _refused_as_damaged(path.name):
        walk = _Walk(file, path.name)
        kept = iter(found.rows.tolist())
        wanted = next(kept, None)
        opening = '{"type":"FeatureCollection","features":['
        for row, item in enumerate(walk, start=1):
            if row == wanted:
                _write(out, opening + json.dumps(_canonical(item), ensure_ascii=False))
                opening = ",\n"
                wanted = next(kept, None)
        if walk.topology:
            bare = {name: value for name, value in walk.first.items() if name != "crs"}
            _write(out, json.dumps(bare, ensure_ascii=False))
        else:
            _write(out, ("" if opening == ",\n" else opening) + "]}")


def _write(out: IO[bytes], text: str) -> None:
    out.write(text.encode("utf-8", "surrogatepass"))


@contextmanager
def _refused_as_damaged(name: str) -> Iterator[None]:
    try:
        yield
    except InputRefusedError:
        raise
    except (ValueError, RecursionError) as fault:
        raise InputRefusedError([damaged(name, fault)]) from fault


class _Walk:
    """The features of a file one by one, and what its documents say besides.

    ``first`` has the other members of the first document; they are whole when the walk has ended.
    Raises InputRefusedError (``not_geojson``) where a document is neither a feature, nor a
    collection, nor a shape.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._text = JsonText(file, watched=_NAMES_CRS)
        self._refusal = InputRefusedError([error("not_geojson", layer=name)])
        self.documents = 0
        self.first: dict[str, Any] = {}
        self.crs_said: dict[str, tuple[int, Any]] = {}
        """Every ``crs`` member of documents, features and shapes: first feature, content."""
        self._features = 0
        self._name, self._twice = name, 0
        self.repeated: list[tuple[str, bool]] = []
        """Names that stand twice in documents, as ``repeated_in`` gives them."""
        self.separated = False
        self.topology = False

    @property
    def crs_members(self) -> int:
        """How many members are, or may be, called ``crs``, at any depth."""
        return self._text.seen

    @property
    def repeats(self) -> int:
        """Grows with every object in which a name stands twice."""
        return self._text.repeats + self._twice

    def __iter__(self) -> Iterator[Any]:
        for item in self._all():
            self._features += 1
            if isinstance(item, dict):
                self._hear(item, self._features)
                if isinstance(item.get("geometry"), dict):
                    self._hear(item["geometry"], self._features)
            yield item

    def _hear(self, member_of: dict[str, Any], feature: int) -> None:
        if member_of.get("crs") is not None:
            said = json.dumps(member_of["crs"], sort_keys=True)
            self.crs_said.setdefault(said, (feature, member_of["crs"]))

    def _all(self) -> Iterator[Any]:
        self.separated = self._text.sign() == "\x1e"
        while sign := self._text.sign("\x1e,"):
            if sign != "{" or self.topology:
                raise self._refusal
            self.documents += 1
            yield from self._document()
        if not self.documents:
            raise self._refusal

    def _document(self) -> Iterator[Any]:
        document = Members()
        twice: list[str] = []
        first = self._features + 1
        if self.documents == 1:
            self.first = document
        listed = False
        for name in self._text.members():
            twice += [name] * (name in document or (listed and name == "features"))
            if name == "features" and self._text.sign() == "[":
                if listed:
                    raise InputRefusedError(_told_twice(self._name, None, [(name, False)]))
                listed = True
                yield from self._text.items()
            else:
                document[name] = self._text.value()
        self._hear(document, first)
        document.repeated = tuple(twice)
        self._twice += len(twice)
        kind = document.get("type")
        self.topology = self.documents == 1 and kind == "Topology"
        if listed or self.topology:
            self.repeated += repeated_in(document)
        if self.topology:
            return
        if listed is not (kind == "FeatureCollection") or not _is_item(document):
            raise self._refusal
        if not listed:
            yield document if kind not in _GEOMETRIES else (
                {"type": "Feature", "properties": {}, "geometry": document})  # fmt: skip


def _checked(walk: _Walk, name: str) -> tuple[list[int], list[Issue], bool]:
    """The rows that are features, what is wrong, and whether GDAL would read any otherwise.

    A feature whose shape is none stays without it, so that its id can be told.
    """
    rows: list[int] = []
    issues: list[Issue] = []
    strange = False
    repeats = 0
    for row, item in enumerate(walk, start=1):
        if walk.repeats != repeats:
            repeats = walk.repeats
            issues += _told_twice(name, row, repeated_in(item))
        reason = _fault(item)
        if reason is not None:
            issues.append(error("feature_malformed", layer=name, row=row, value=reason))
            if not (isinstance(item, dict) and isinstance(item.get("properties"), dict)):
                continue
        strange |= "type" not in item or "geometry" not in item or bool(_beyond_64_bits(item))
        rows.append(row)
    return rows, issues, strange


def _told_twice(name: str, row: int | None, found: Iterable[tuple[str, bool]]) -> list[Issue]:
    """Names that stand twice in one object: of attributes a warning, of all else an error."""
    return [
        (warning if attribute else error)(
            "json_attribute_repeated" if attribute else "json_key_repeated", layer=name, row=row,
            field=key[:_LONGEST_NAME],
        )
        for key, attribute in dict.fromkeys(found)
    ]  # fmt: skip


def _is_item(value: object) -> bool:
    return isinstance(value, dict) and (
        value.get("type") in _GEOMETRIES | {"Feature", "FeatureCollection"} or "geometry" in value
    )


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


def _one_crs(path: Path, walk: _Walk) -> str | None:
    """The CRS that a file says, wherever it says it; several are refused (``crs_several``)."""
    found: dict[str, int] = {}
    for row, member in walk.crs_said.values():
        code = said_crs(path, member)
        found[code] = min(found.get(code, row), row)
    if len(found) > 1:
        words = ", ".join(f"{code} ({row})" for row, code in sorted(
            (row, code) for code, row in found.items()))  # fmt: skip
        raise InputRefusedError([error("crs_several", layer=path.name, field="crs", value=words)])
    return next(iter(found), None)
