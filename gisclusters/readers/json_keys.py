"""Names that stand twice in one object of JSON, of which decoders keep the last in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

_STRUCTURE = frozenset({
    "type", "features", "geometry", "properties", "coordinates", "geometries", "crs", "arcs",
    "objects", "transform",
})  # fmt: skip
_POSITIONS = {"coordinates", "arcs"}


class Members(dict[str, Any]):
    """An object in which the names ``repeated`` stand more than once; each has its last value."""

    repeated: tuple[str, ...] = ()


def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of pairs as decoded: a plain dict where no name stands twice."""
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    found = Members(plain)
    counts = Counter(name for name, _ in pairs)
    found.repeated = tuple(name for name, count in counts.items() if count > 1)
    return found


def repeated_in(value: Any, *, attribute: bool = False) -> Iterator[tuple[str, bool]]:
    """Every name that stands twice in an object of ``value``, and whether it is an attribute.

    What stands within ``properties`` is, and so are members that no standard knows.  Of a
    ``crs`` it is always ``crs``.
    """
    if isinstance(value, list):
        for each in value:
            yield from repeated_in(each, attribute=attribute)
    elif isinstance(value, dict):
        for name in getattr(value, "repeated", ()):
            yield name, attribute or name not in _STRUCTURE
        for name, inner in value.items():
            if attribute or name not in _POSITIONS | {"crs"}:
                yield from repeated_in(inner, attribute=attribute or name == "properties")
            elif name == "crs" and any(repeated_in(inner)):
                yield "crs", False
