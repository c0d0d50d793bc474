"""Shapes as GeoPackage keeps them: a small header before plain WKB.

The header (GeoPackage 1.3, clause 2.1.3) holds the magic letters, flags, the number of the
CRS and, for anything but a point, the envelope.  Behind it stands ISO WKB, little endian,
so coordinates are kept bit for bit.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Objects = NDArray[np.object_]

_MAGIC = b"GP"
_LITTLE_ENDIAN, _XY_ENVELOPE, _ANY_ENVELOPE, _EMPTY = 0b1, 0b10, 0b1110, 0b10000
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_HEADER = np.dtype(
    [("magic", "S2"), ("version", "u1"), ("flags", "u1"), ("srs_id", "<i4"), ("box", "<f8", (4,))]
)
_BARE = 8


def to_wkb(shapes: Objects) -> list[bytes | None]:
    """ISO WKB, little endian, of each shape; a missing shape is None."""
    encoded: list[bytes | None] = shapely.to_wkb(
        shapes, byte_order=1, output_dimension=2, flavor="iso"
    ).tolist()
    return encoded


def add_headers(shapes: Objects, wkb: Sequence[bytes | None], srs_id: int) -> list[bytes | None]:
    """The blob of each shape: header and ``wkb``, in the CRS numbered ``srs_id``.

    Points and empty shapes get no envelope, as GDAL writes them; a missing shape is None.
    """
    bounds = shapely.bounds(shapes)
    empty = shapely.is_empty(shapes)
    short = empty | (shapely.get_type_id(shapes) == 0)
    headers = np.zeros(len(shapes), dtype=_HEADER)
    headers["magic"] = _MAGIC
    headers["flags"] = np.where(short, _LITTLE_ENDIAN, _LITTLE_ENDIAN | _XY_ENVELOPE)
    headers["flags"] |= np.where(empty, _EMPTY, 0).astype("u1")
    headers["srs_id"] = srs_id
    headers["box"] = bounds[:, [0, 2, 1, 3]]  # west, east, south, north
    raw, width = headers.tobytes(), _HEADER.itemsize
    ends = np.where(short, _BARE, width).tolist()
    return [
        None if body is None else raw[place * width : place * width + ends[place]] + body
        for place, body in enumerate(wkb)
    ]


def strip_headers(blobs: Iterable[bytes | None]) -> list[bytes | None]:
    """The WKB of each blob.  Raises ValueError for bytes that are no GeoPackage shape."""
    return [None if blob is None else blob[_start(blob) :] for blob in blobs]


def from_blobs(blobs: Iterable[bytes | None]) -> Objects:
    """The shapes of the blobs; None stays None.  Raises ValueError for what is no shape."""
    wkb = np.array([*strip_headers(blobs), None], dtype=object)[:-1]
    try:
        shapes: Objects = shapely.from_wkb(wkb)
    except shapely.errors.ShapelyError as fault:
        raise ValueError(str(fault)) from fault
    return shapes


def is_empty(blob: Any) -> int | None:
    """``ST_IsEmpty`` of SQL: 1 or 0, NULL for NULL; bytes without a header hold no shape."""
    return None if blob is None else int(len(blob) <= _BARE or bool(blob[3] & _EMPTY))


def bound_of(place: int) -> Callable[[Any], float | None]:
    """``ST_MinX``, ``ST_MaxX``, ``ST_MinY``, ``ST_MaxY`` of SQL, for ``place`` 0 to 3.

    NULL for NULL and for an empty shape.  Called for every row by the triggers: it reads
    eight bytes of the envelope where there is one.
    """
    little, big, offset = struct.Struct("<d"), struct.Struct(">d"), _BARE + 8 * place

    def bound(blob: Any) -> float | None:
        if is_empty(blob) != 0:
            return None
        if blob[3] & _ANY_ENVELOPE:
            number = little if blob[3] & _LITTLE_ENDIAN else big
            return float(number.unpack_from(blob, offset)[0])
        west, south, east, north = shapely.bounds(shapely.from_wkb(blob[_BARE:]))
        return float((west, east, south, north)[place])

    return bound


def _start(blob: bytes) -> int:
    kind = (blob[3] >> 1) & 0b111 if len(blob) > _BARE and blob[:2] == _MAGIC else 7
    if kind >= len(_ENVELOPE_BYTES):
        raise ValueError("no GeoPackage shape")
    return _BARE + _ENVELOPE_BYTES[kind]
