"""How large a picture is and which way up, read from its first bytes."""

from __future__ import annotations

from typing import Literal

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ORIENTATION_TAG = 0x0112
_ALONE = frozenset(range(0xD0, 0xD9)) | {0x01}


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a JPEG or PNG; None where the bytes are neither, or broken."""
    if data.startswith(_PNG):
        if len(data) < 33 or data[12:16] != b"IHDR":
            return None
        return _sound(int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
    if data.startswith(_JPEG):
        return _jpeg_size(data)
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 < len(data):
        if data[place] != 0xFF:
            return None
        marker = data[place + 1]
        if marker == 0xFF:  # fill bytes
            place += 1
        elif marker in _ALONE:
            place += 2
        elif marker in _FRAMES:
            high = int.from_bytes(data[place + 5 : place + 7], "big")
            return _sound(int.from_bytes(data[place + 7 : place + 9], "big"), high)
        else:
            place += 2 + max(int.from_bytes(data[place + 2 : place + 4], "big"), 2)
    return None


def _sound(width: int, height: int) -> tuple[int, int] | None:
    return (width, height) if 0 < width <= 60_000 and 0 < height <= 60_000 else None


def turned(data: bytes) -> int:
    """How a JPEG says it is to be shown: its EXIF orientation 1 to 8, 1 where it says nothing."""
    place = 2
    while data.startswith(_JPEG) and place + 4 < len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        segment = data[place + 4 : place + 2 + length]
        if marker == 0xE1 and segment.startswith(b"Exif\0\0"):
            return _orientation(segment[6:])
        if marker == 0xDA or marker in _FRAMES or length < 2:
            break
        place += 2 + length
    return 1


def _orientation(tiff: bytes) -> int:
    order: Literal["little", "big"] = "little" if tiff[:2] == b"II" else "big"
    start = int.from_bytes(tiff[4:8], order)
    count = int.from_bytes(tiff[start : start + 2], order)
    for k in range(min(count, 100)):
        entry = tiff[start + 2 + 12 * k : start + 14 + 12 * k]
        if int.from_bytes(entry[:2], order) == _ORIENTATION_TAG:
            found = int.from_bytes(entry[8:10], order)
            return found if 1 <= found <= 8 else 1
    return 1
