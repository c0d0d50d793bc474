"""Photos the right way up for papers that do not read what a camera notes of its own turn."""

from __future__ import annotations

import base64

import resvg_py

from gisclusters.domain.picture import turned
from gisclusters.publish.minutes_parts import Picture

_MOST_PX = 1_400
_MATRIX = {
    2: (-1, 0, 0, 1, 1, 0), 3: (-1, 0, 0, -1, 1, 1), 4: (1, 0, 0, -1, 0, 1), 5: (0, 1, 1, 0, 0, 0),
    6: (0, 1, -1, 0, 1, 0), 7: (0, -1, -1, 0, 1, 1), 8: (0, -1, 1, 0, 0, 1),
}  # fmt: skip
"""Turns by EXIF orientation: a b c d of the matrix, then its shift in widths and heights shown."""


def upright(picture: Picture) -> tuple[bytes, tuple[int, int]]:
    """The bytes of a photo as it is to be seen, and its size; most photos come as they are."""
    way = turned(picture.data)
    if way == 1:
        return picture.data, picture.size
    shrink = min(_MOST_PX / max(picture.size), 1.0)
    wide, high = (max(round(side * shrink), 1) for side in picture.size)
    shown = (high, wide) if way > 4 else (wide, high)
    a, b, c, d, x, y = _MATRIX[way]
    source = f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode('ascii')}"
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{shown[0]}" height="{shown[1]}">'
        f'<g transform="matrix({a} {b} {c} {d} {x * shown[0]} {y * shown[1]})">'
        f'<image width="{wide}" height="{high}" preserveAspectRatio="none" href="{source}"/>'
        "</g></svg>"
    )
    return bytes(resvg_py.svg_to_bytes(drawn)), shown
