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


_NOTES, _EXIF = frozenset({*range(0xE0, 0xF0), 0xFE}), 0xE1
_JFIF = bytes.fromhex("ffe000104a46494600010100000100010000")


def _headed(data: bytes) -> bytes:
    """A JPEG that says at its start what it is, without what the camera noted besides.

    Word papers take no other, and fail where the camera's notes are broken.
    """
    if not data.startswith(b"\xff\xd8"):
        return data
    place, kept = 2, []
    while place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] in _NOTES:
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if data[place + 1] != _EXIF:
            kept.append(data[place:end])
        place = end
    headed = [data[:2], *kept, data[place:]]
    if not kept or kept[0][4:8] != b"JFIF":
        headed.insert(1, _JFIF)
    return b"".join(headed)


def upright(picture: Picture) -> tuple[bytes, tuple[int, int]]:
    """The bytes of a photo as it is to be seen, and its size; most photos come as they are."""
    way = turned(picture.data)
    if way == 1:
        return _headed(picture.data), picture.size
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
