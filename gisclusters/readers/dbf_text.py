"""A DBF too large for memory: its records block by block, and text to tell its encoding by."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_AT_ONCE = 32 << 20
_MOST_ROWS = 20_000

Bytes = NDArray[np.uint8]


def records(path: Path, rows: int, header: int, record: int) -> Iterator[tuple[int, Bytes]]:
    """Blocks of records, one row each, with the place of the first (from 0)."""
    step = max(_AT_ONCE // record, 1)
    with path.open("rb") as file:
        file.seek(header)
        for first in range(0, rows, step):
            many = min(step, rows - first)
            block = np.frombuffer(file.read(many * record), dtype=np.uint8)
            yield first, block.reshape(many, record)


def text_sample(path: Path, *, most_rows: int = _MOST_ROWS) -> NDArray[np.object_]:
    """Cells beyond ASCII from all over a DBF, read as ISO-8859-1, of up to ``most_rows`` rows.

    The rows lie evenly among those that have any; the names of the fields come with them.
    The file is one whose header and length agree (``check_dbf``).
    """
    with path.open("rb") as file:
        count, header, record = struct.unpack("<IHH", file.read(32)[4:12])
        fields = _text_fields(file.read(header - 32))
    beyond = [(block >= 0x80).any(axis=1) for _, block in records(path, count, header, record)]
    foreign = np.flatnonzero(np.concatenate([np.empty(0, np.bool_), *beyond]))
    chosen = foreign[:: max(-(-len(foreign) // most_rows), 1)]
    cells = [name for name, _, _ in fields]
    for first, block in records(path, count, header, record):
        inside = chosen[(chosen >= first) & (chosen < first + len(block))] - first
        for line in map(bytes, block[inside]):
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
