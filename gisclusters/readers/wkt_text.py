"""Where the shapes of a text of bare WKT or EWKT begin and end, on however many lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

_START = re.compile(
    r"(?:SRID\s*=\s*\d+\s*;\s*)?(?:(?:MULTI)?(?:POINT|LINESTRING|POLYGON|CURVE|SURFACE)|"
    r"GEOMETRYCOLLECTION|CURVEPOLYGON|COMPOUNDCURVE|CIRCULARSTRING|TRIANGLE|TIN|"
    r"POLYHEDRALSURFACE)\s*(?:ZM|Z|M)?\s*(?:\(|EMPTY\b)",
    re.IGNORECASE,
)
_MARK = re.compile(r"[()]|\bEMPTY\b", re.IGNORECASE)
_BETWEEN = re.compile(r"(?:[\s;,\ufeff]|(?:#|--)[^\n]*(?:\n|$))*")
_REST_OF_LINE = re.compile(r"[ \t;,]*(?:[\r\n]|$)")


def is_wkt(head: str) -> bool:
    """Whether a text begins with a shape and nothing stands behind it on its line."""
    place = _space(head, 0)
    if _START.match(head, place) is None:
        return False
    end = _end(head, place)
    return end is None or _REST_OF_LINE.match(head, end) is not None


def shapes_in(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every shape, and of whatever else stands between them."""
    place = _space(text, 0)
    while place < len(text):
        end = _end(text, place)
        end = len(text) if end is None else end
        yield place, end
        place = _space(text, end)


def _end(text: str, start: int) -> int | None:
    """Where the shape that begins at ``start`` ends; None where its brackets do not close."""
    depth = 0
    for mark in _MARK.finditer(text, start):
        depth += (mark[0] == "(") - (mark[0] == ")")
        if depth <= 0:
            return mark.end()
    return None


def _space(text: str, place: int) -> int:
    found = _BETWEEN.match(text, place)
    return place if found is None else found.end()
