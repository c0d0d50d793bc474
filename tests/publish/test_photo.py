"""A photo taken with the camera turned is upright in papers that do not read its note."""

import base64
import io
import struct
import warnings

import pytest
import rasterio
from docx import Document
from rasterio.errors import NotGeoreferencedWarning

from gisclusters.domain.picture import is_whole, picture_size, turned
from gisclusters.publish.minutes_parts import Picture
from gisclusters.publish.photo import upright
from tests.publish.minutes_scene import png

# 40 x 20 pixels: the left half red, the right half blue.
HALVES = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAoHBwgHBgoICAgLCgoLDhgQDg0NDh0VFhEYIx8lJCIfIiEmKzcvJik0KSEi"
    "MEExNDk7Pj4+JS5ESUM8SDc9Pjv/2wBDAQoLCw4NDhwQEBw7KCIoOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7"
    "Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozv/wAARCAAUACgDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAUG/8QAGBAB"
    "AAMBAAAAAAAAAAAAAAAAAAVDgsH/xAAXAQEBAQEAAAAAAAAAAAAAAAAHBgUI/8QAGhEAAQUBAAAAAAAAAAAAAAAAAAED"
    "BjWCsv/aAAwDAQACEQMRAD8AyoCdGYmzFOuJinMU64mGaL1DWulCaRWjueUACiME0oDncdybMU64mAZovUNa6UJpFaO5"
    "5QAKIwT/2Q=="
)


def noted(way, order="little"):
    """The picture with an EXIF note of its orientation."""
    head = b"II*\0" if order == "little" else b"MM\0*"
    tiff = head + (8).to_bytes(4, order) + (1).to_bytes(2, order)
    tiff += (0x0112).to_bytes(2, order) + (3).to_bytes(2, order) + (1).to_bytes(4, order)
    tiff += way.to_bytes(2, order) + b"\0" * 6
    segment = b"Exif\0\0" + tiff
    return HALVES[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + HALVES[2:]


def reds(data):
    """The share of red in the left, right, upper and lower half, rounded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.MemoryFile(data) as file, file.open() as image:
            red = image.read(1) / 255
    high, wide = red.shape
    halves = (red[:, : wide // 2], red[:, wide // 2 :], red[: high // 2], red[high // 2 :])
    return tuple(round(float(half.mean()), 1) for half in halves)


@pytest.mark.parametrize(
    ("way", "size", "expected"),
    [(2, (40, 20), (0, 1, 0.5, 0.5)), (3, (40, 20), (0, 1, 0.5, 0.5)),
     (4, (40, 20), (1, 0, 0.5, 0.5)), (5, (20, 40), (0.5, 0.5, 1, 0)),
     (6, (20, 40), (0.5, 0.5, 1, 0)), (7, (20, 40), (0.5, 0.5, 0, 1)),
     (8, (20, 40), (0.5, 0.5, 0, 1))],
)  # fmt: skip
@pytest.mark.parametrize("order", ["little", "big"])
def test_a_turned_photo_is_turned_back(way, size, expected, order):
    data = noted(way, order)
    assert turned(data) == way
    shown, shown_size = upright(Picture("RG-01", data, "image/jpeg", picture_size(data)))
    assert shown_size == size
    assert picture_size(shown) == size
    assert reds(shown) == expected


def test_a_photo_that_says_nothing_comes_as_it_is():
    for data in (HALVES, noted(1), noted(9)):
        shown = upright(Picture("RG-01", data, "image/jpeg", (40, 20)))
        assert shown == (HALVES, (40, 20))  # without its note
    assert turned(b"\xff\xd8\xff\xe1\x00") == turned(b"") == 1


BARE = HALVES[:2] + HALVES[20:]  # begins with its tables, as some programs write it


def with_notes(tiff):
    return (
        BARE[:2] + b"\xff\xe1" + (len(tiff) + 8).to_bytes(2, "big") + b"Exif\0\0" + tiff + BARE[2:]
    )


@pytest.mark.parametrize(
    "data", [BARE, with_notes(b""), with_notes(b"junkjunkjunkjunk"), with_notes(b"II*\0\xff\xff\xff\x7f"),
             with_notes(b"MM\0*\0\0\0\x08\xff\xff" + b"\0" * 14)],
)  # fmt: skip
def test_a_word_paper_takes_a_photo_whatever_the_camera_noted(data):
    assert is_whole(data)
    shown, size = upright(Picture("RG-01", data, "image/jpeg", picture_size(data)))
    Document().add_picture(io.BytesIO(shown))
    assert size == (40, 20)
    assert reds(shown) == (1, 0, 0.5, 0.5)


def test_only_whole_pictures_pass():
    whole = png(120, 80)
    assert all(map(is_whole, (whole, HALVES, noted(6), BARE, HALVES + b"more")))
    turned_bit = whole[:60] + bytes([whole[60] ^ 1]) + whole[61:]
    huge = whole[:16] + struct.pack(">II", 50_000, 50_000) + whole[24:]
    head = HALVES[: HALVES.index(b"\xff\xc0") + 19]  # up to the frame, no pixels
    for data in (b"", whole[:33], whole[: len(whole) // 2], whole[:-12], whole[:-1], turned_bit, huge,
                 head, head + b"\xff\xd9", HALVES[: len(HALVES) // 2], HALVES[:-2]):  # fmt: skip
        assert not is_whole(data)
