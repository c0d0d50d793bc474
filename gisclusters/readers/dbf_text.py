"""Text of a DBF too large for memory: what its encoding is told by."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_AT_ONCE = 64 << 20
_MOST_ROWS = 20_000


def text_sample(path: Path, *, most_rows: int = _MOST_ROWS) -> NDArray[np.object_]:
    """Cells beyond ASCII from all over a DBF, read as ISO-8859-1, of up to ``most_rows`` rows.

    The rows lie evenly among those that have any; the names of the fields come with them.
    The file is one whose header and length agree (``check_dbf``).
    """
    data = np.memmap(path, dtype=np.uint8, mode="r")
    count, header, record = struct.unpack("<IHH", bytes(data[4:12]))
    fields = _text_fields(bytes(data[32:header]))
    rows = data[header : header + count * record].reshape(count, record)
    step = max(_AT_ONCE // record, 1)
    foreign = [
        first + np.flatnonzero((rows[first : first + step] >= 0x80).any(axis=1))
        for first in range(0, count, step)
    ]
    chosen = np.concatenate(foreign) if foreign else np.empty(0, dtype=np.int64)
    chosen = chosen[:: -(-len(chosen) // most_rows) or 1]
    cells = [name for name, _, _ in fields]
    for row in chosen:
        line = bytes(rows[row])
        cells += [
            line[place : place + width].decode("latin-1").strip(" \0")
            for _, place, width in fields
        ]  # fmt: skip
    out = np.empty(len(cells), dtype=object)
    out[:] = cells
    return out


def _text_fields(header: bytes) -> list[tuple[str, int, int]]:
    """Name, place in the record and width of each field of text."""
    found = []
    place = 1
    for start in range(0, len(header) - 31, 32):
        each = header[start : start + 32]
        if each[0] == 0x0D:
            break
        text = each[11:12] == b"C"
        width = each[16] + (256 * each[17] if text else 0)
        if text:
            found.append((each[:11].split(b"\0")[0].decode("latin-1"), place, width))
        place += width
    return found
