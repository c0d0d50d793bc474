"""Which way a column of coordinates runs, by the words of its header.

In Vietnamese tables **X is northing and Y is easting** (Circular 26/2024, Art. 5): an X or
Y with no direction beside it is that, until the values prove otherwise.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from gisclusters.layers.values import fold

Axis = Literal["x", "y", "east", "north", "lon", "lat", "b", "l"]

_PHRASES = (
    ("kinh do", "lon"), ("vi do", "lat"), ("hoanh do", "east"), ("tung do", "north"),
    ("toa do", ""), ("vn 2000", ""), ("wgs 84", ""), ("hn 72", ""),
)  # fmt: skip
_WORDS: dict[str, Axis] = {
    "x": "x", "y": "y",
    "e": "east", "east": "east", "easting": "east", "dong": "east",
    "n": "north", "north": "north", "northing": "north", "bac": "north",
    "lon": "lon", "lng": "lon", "long": "lon", "longitude": "lon", "kinh": "lon",
    "lat": "lat", "latitude": "lat", "b": "b", "l": "l",
}  # fmt: skip
_NOISE = frozenset({
    "m", "km", "kilomet", "met", "metre", "metres", "meter", "meters", "deg", "degree", "degrees",
    "do", "dd", "dms", "vn2000", "wgs84", "he", "truc", "huong", "phia", "cot", "utm", "toado",
    "coord", "coordinate", "o",
})  # fmt: skip
_WITH_LON = frozenset({"lon", "e", "east", "dong", "d", "l"})
_WITH_LAT = frozenset({"lat", "n", "north", "bac", "b"})
_LONGEST = 60


@lru_cache(maxsize=4096)
def axis_of(header: str) -> Axis | None:  # noqa: PLR0911 - one line for each way to write it
    """The axis that a header names, None where it names none.

    ``x`` and ``y`` leave the direction open; ``X (Bắc)`` does not.  ``b`` and ``l`` are latitude
    and longitude of surveyors where both stand in one table, and nothing alone.
    """
    if not header or len(header) > _LONGEST:
        return None
    words = f" {fold(header.replace('_', ' '))} "
    for phrase, name in _PHRASES:
        words = words.replace(f" {phrase} ", f" {name} ")
    rest = [word for word in words.split() if word not in _NOISE]
    if not rest or len(rest) > 3:
        return None
    names = set(rest)
    if names <= _WITH_LON and "lon" in names:
        return "lon"
    if names <= _WITH_LAT and "lat" in names:
        return "lat"
    axes = {_WORDS.get(word) for word in rest}
    if None in axes:
        return None
    directions = axes - {"x", "y"}
    if len(axes) == 1 or len(directions) == 1:
        return next(iter(directions or axes))
    return None
