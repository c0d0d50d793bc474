import struct

import numpy as np
import pytest
import shapely

from gisclusters.store.geometry_blob import (
    add_headers,
    bound_of,
    from_blobs,
    is_empty,
    strip_headers,
    to_wkb,
)
from tests.store.scenes import EAST, NORTH, point, square


def blobs(*shapes):
    array = np.array([*shapes, None], dtype=object)[:-1]
    return add_headers(array, to_wkb(array), 9216)


def test_a_polygon_carries_its_crs_and_its_envelope_before_plain_wkb():
    [blob] = blobs(square())
    assert blob[:4] == b"GP\x00\x03"
    assert struct.unpack("<i", blob[4:8]) == (9216,)
    assert struct.unpack("<4d", blob[8:40]) == (EAST, EAST + 100, NORTH, NORTH + 100)
    assert blob[40:] == shapely.to_wkb(square(), byte_order=1)


def test_a_point_carries_no_envelope_and_still_has_bounds():
    [blob] = blobs(point(1, 2))
    assert blob[3] == 1
    assert blob[8:] == shapely.to_wkb(point(1, 2), byte_order=1)
    assert [bound_of(place)(blob) for place in range(4)] == [
        EAST + 100, EAST + 100, NORTH + 200, NORTH + 200,
    ]  # fmt: skip


def test_every_kind_of_shape_comes_back_bit_for_bit():
    third = shapely.Point(EAST + 1 / 3, NORTH + 0.1 + 0.2)
    shapes = [
        square(),
        shapely.MultiPolygon([square(), square(3)]),
        shapely.Polygon(square(0, 0, 3).exterior, [square(1, 1).exterior]),
        shapely.LineString([(0.1, 0.2), (1 / 3, 1e-17)]),
        third,
        None,
    ]
    back = from_blobs(blobs(*shapes))
    assert to_wkb(back) == to_wkb(np.array(shapes, dtype=object))


def test_nothing_and_empty_have_no_bounds():
    nothing, empty = blobs(None, shapely.Polygon())
    assert nothing is None
    assert is_empty(nothing) is None
    assert is_empty(empty) == 1
    assert is_empty(blobs(square())[0]) == 0
    assert [bound_of(0)(each) for each in (nothing, empty)] == [None, None]
    assert from_blobs([empty])[0].is_empty


def test_a_header_of_another_program_is_read():
    body = shapely.to_wkb(square(), byte_order=0)
    head = b"GP\x00" + bytes([0b0100]) + struct.pack(">i6d", 9216, 1, 2, 3, 4, 5, 6)
    assert strip_headers([head + body]) == [body]
    assert [bound_of(place)(head + body) for place in range(4)] == [1, 2, 3, 4]


@pytest.mark.parametrize("blob", [b"", b"GP", b"POLYGON ((0 0))", b"GP\x00\x0f" + bytes(40)])
def test_bytes_that_are_no_shape_are_refused(blob):
    with pytest.raises(ValueError, match="GeoPackage"):
        from_blobs([blob])


def test_a_header_before_broken_wkb_is_refused():
    [blob] = blobs(square())
    with pytest.raises(ValueError, match=r"."):
        from_blobs([blob[:60]])
