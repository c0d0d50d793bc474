"""Shapes to GeoPackage blobs and back, whole columns at a time (OGC 12-128r18, clause 2.1.3)."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

_MAGIC = b"GP\0"
_EMPTY_FLAG = 0x10
_XY_ENVELOPE = 0x02
_LITTLE_ENDIAN = 0x01
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)


def to_blobs(shapes: NDArray[np.object_], srs_id: int) -> list[bytes]:
    """GeoPackage blobs with an x,y envelope, in the order min x, max x, min y, max y."""
    bodies = shapely.to_wkb(shapes, byte_order=1, flavor="iso")
    west, south, east, north = shapely.bounds(shapes).T
    head = _MAGIC + bytes([_LITTLE_ENDIAN | _XY_ENVELOPE]) + struct.pack("<i", srs_id)
    pack = struct.Struct("<4d").pack
    return [
        head + pack(w, e, s, n) + body
        for w, e, s, n, body in zip(west, east, south, north, bodies, strict=True)
    ]


def from_blobs(blobs: list[bytes]) -> NDArray[np.object_]:
    """Shapes of GeoPackage blobs, whatever envelope they carry."""
    bodies = np.array([wkb_of(blob) for blob in blobs], dtype=object)
    shapes: NDArray[np.object_] = shapely.from_wkb(bodies)
    return shapes


def wkb_of(blob: bytes) -> bytes:
    """The WKB inside a blob."""
    return bytes(blob[8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 0x07] :])


def register_functions(connection: Any) -> None:
    """The five functions the GeoPackage R-tree triggers call; plain SQLite has none of them."""
    for name, place in (("ST_MinX", 0), ("ST_MaxX", 1), ("ST_MinY", 2), ("ST_MaxY", 3)):
        connection.create_function(name, 1, _corner(place), deterministic=True)
    connection.create_function("ST_IsEmpty", 1, _is_empty, deterministic=True)


def _corner(place: int) -> Any:
    def corner(blob: bytes | None) -> float | None:
        if blob is None:
            return None
        if (blob[3] >> 1) & 0x07:
            return float(struct.unpack_from("<4d", blob, 8)[place])
        west, south, east, north = shapely.from_wkb(wkb_of(blob)).bounds
        return float((west, east, south, north)[place])

    return corner


def _is_empty(blob: bytes | None) -> int | None:
    return None if blob is None else int(bool(blob[3] & _EMPTY_FLAG))
