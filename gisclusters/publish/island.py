r"""The data island of a page: how shapes and texts travel inside HTML without being HTML.

A page carries one JSON document in a ``<script type="application/json">`` element, which no
browser executes.  Characters that could end the element, begin a template or break an old
script parser are written as ``\uXXXX``, so the document stays plain JSON.

Shapes are packed as integers of 1e-7 degree (about 1 cm), each the difference from the one
before, over the whole set: ``xy`` is ``dx0 dy0 dx1 dy1 …``; ``kinds`` has one letter per path
(``p`` a ring, ``l`` a line, ``o`` a single point), ``sizes`` its number of vertices, and
``paths`` the number of paths of each feature (0: it has no shape).  Rings keep their closing
vertex and are filled by the even-odd rule, so holes and parts need no further mark.
``at`` holds, packed the same way, one point inside each feature for its label.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

QUANTUM_DEG = 1e-7
"""Step of a packed coordinate, degrees; decoded values lie within half of it."""

_ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&{\u2028\u2029"}
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_LETTERS = {0: "o", 1: "l", 2: "l", 3: "p"}
_POLYGON = 3


def island_text(value: Mapping[str, Any]) -> str:
    """``value`` as JSON that may stand in any HTML page; ``{`` inside texts is escaped too.

    The braces of the document itself stay.  A NaN inside is an error of ours (ValueError).
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _STRING.sub(lambda found: found.group().translate(_ESCAPES), text)


def pack(shapes: NDArray[np.object_]) -> dict[str, Any]:
    """Shapes in WGS 84 lon/lat as delta integers (see the module); None and empty have none."""
    whole = np.asarray(shapes, dtype=object)
    parts, owner = _simple_parts(whole)
    kind = shapely.get_type_id(parts)
    rings, ring_part = shapely.get_rings(parts[kind == _POLYGON], return_index=True)
    polygon_places = np.flatnonzero(kind == _POLYGON)
    other_places = np.flatnonzero(kind != _POLYGON)
    paths = np.concatenate([rings, parts[other_places]])
    place = np.concatenate([polygon_places[ring_part], other_places])
    order = np.argsort(place, kind="stable")
    paths, place = paths[order], place[order]
    coordinates, path_of = shapely.get_coordinates(paths, return_index=True)
    return {
        "xy": _deltas(coordinates),
        "kinds": "".join(_LETTERS[number] for number in kind[place].tolist()),
        "sizes": np.bincount(path_of, minlength=len(paths)).tolist(),
        "paths": np.bincount(owner[place], minlength=len(whole)).tolist(),
        "at": _deltas(_inside(whole)),
    }


def _simple_parts(whole: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Points, lines and polygons with the position of the shape each is a part of."""
    parts, owner = shapely.get_parts(whole, return_index=True)
    while (shapely.get_type_id(parts) > _POLYGON).any():  # a collection within a collection
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    filled = ~shapely.is_empty(parts)
    return parts[filled], owner[filled]


def _inside(whole: NDArray[np.object_]) -> NDArray[np.float64]:
    """One point inside each shape, the origin for a shape that has none."""
    inside = np.zeros((len(whole), 2))
    there = ~(shapely.is_missing(whole) | shapely.is_empty(whole))
    points = shapely.point_on_surface(whole[there])
    inside[there] = np.column_stack([shapely.get_x(points), shapely.get_y(points)])
    return inside


def _deltas(coordinates: NDArray[np.float64]) -> list[int]:
    steps = np.rint(coordinates / QUANTUM_DEG).astype(np.int64)
    deltas: list[int] = np.diff(steps, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel().tolist()
    return deltas
