"""How large a picture is, which way up, and whether all of it is there."""

from __future__ import annotations

import zlib
from typing import Literal

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ORIENTATION_TAG = 0x0112
_ALONE = frozenset(range(0xD0, 0xD9)) | {0x01}
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Numbers a pixel has, by the kind of colours a PNG names."""

_MOST_PIXELS = 250_000_000
"""More than cameras take; such a picture would fill the memory."""

_PIECE = 1 << 20


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a JPEG or PNG; None where the bytes are neither, or broken."""
    if data.startswith(_PNG):
        if len(data) < 33 or data[12:16] != b"IHDR":
            return None
        return _sound(int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
    if data.startswith(_JPEG):
        return _jpeg_size(data)
    return None


def is_whole(data: bytes) -> bool:
    """Whether a JPEG or PNG that has a size is all there, to its end mark.

    Of a PNG the checksums and the packed pixels too; of a JPEG that its parts follow one another.
    """
    size = picture_size(data)
    if size is None or size[0] * size[1] > _MOST_PIXELS:
        return False
    return _whole_png(data, size) if data.startswith(_PNG) else _whole_jpeg(data)


def _whole_png(data: bytes, size: tuple[int, int]) -> bool:
    place, pixels = len(_PNG), []
    while place + 12 <= len(data):
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        name = data[place + 4 : place + 8]
        check = int.from_bytes(data[end - 4 : end], "big")
        if end > len(data) or zlib.crc32(data[place + 4 : end - 4]) != check:
            return False
        if name == b"IDAT":
            pixels.append(data[place + 8 : end - 4])
        if name == b"IEND":
            samples = _SAMPLES.get(data[25])
            if samples is None:
                return False
            row = 1 + (size[0] * samples * data[24] + 7) // 8
            # Interlaced, a picture has more rows, so a few bytes more.
            return _unpacked(b"".join(pixels), size[1] * row) >= size[1] * (row - 1)
        place = end
    return False


def _unpacked(packed: bytes, most: int) -> int:
    """How many bytes are packed, none where they are broken or more than twice ``most``."""
    reader, count = zlib.decompressobj(), 0
    try:
        while not reader.eof:
            piece = reader.decompress(packed, _PIECE)
            packed, count = reader.unconsumed_tail, count + len(piece)
            if count > 2 * most + _PIECE or (not piece and not packed):
                break
    except zlib.error:
        return -1
    return count if reader.eof else -1


def _whole_jpeg(data: bytes) -> bool:
    place, tables, framed = 2, False, False
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF or marker in _ALONE:
            place += 1 if marker == 0xFF else 2
            continue
        if marker == 0xD9:
            return False
        place += 2 + max(int.from_bytes(data[place + 2 : place + 4], "big"), 2)
        tables, framed = tables or marker == 0xDB, framed or marker in _FRAMES
        if marker == 0xDA:
            # What follows is packed so that an end mark cannot occur in it.
            return tables and framed and data.find(b"\xff\xd9", place + 1) > place
    return False


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
