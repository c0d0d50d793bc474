"""A photo taken with the camera turned is upright in papers that do not read its note."""

import base64
import warnings

import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning

from gisclusters.domain.picture import picture_size, turned
from gisclusters.publish.minutes_parts import Picture
from gisclusters.publish.photo import upright

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
        assert upright(Picture("RG-01", data, "image/jpeg", (40, 20))) == (data, (40, 20))
    assert turned(b"\xff\xd8\xff\xe1\x00") == turned(b"") == 1
