"""A writer of small XLS files: BIFF8 records in an OLE container, nothing more."""

from __future__ import annotations

import struct

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR = 512


def old_workbook(
    cells: dict[tuple[int, int], str | float], *, sheet: str = "Bang",
    merged: tuple[tuple[int, int, int, int], ...] = (), hidden_rows: tuple[int, ...] = (),
) -> bytes:  # fmt: skip
    """A workbook of one sheet; cells and rows are counted from 0."""
    start = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6))
    fonts = b"".join(
        _record(0x31, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + _short("Arial"))
        for _ in range(5)
    )  # fmt: skip
    formats = _record(0xE0, struct.pack("<HHHBBBBIIH", 0, 0, 1, 0x20, 0, 0, 0, 0, 0, 0x20C0)) * 16
    end = _record(0x0A, b"")
    head = len(start) + len(fonts) + len(formats)
    entry = struct.pack("<IBB", 0, 0, 0) + _short(sheet)
    offset = head + 4 + len(entry) + len(end)
    entry = struct.pack("<IBB", offset, 0, 0) + _short(sheet)
    body = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6))
    for row in hidden_rows:
        body += _record(0x208, struct.pack("<HHHHHHI", row, 0, 10, 255, 0, 0, 0x120))
    for (row, column), value in sorted(cells.items()):
        if isinstance(value, str):
            text = value.encode("utf-16-le")
            body += _record(0x204, struct.pack("<HHHHB", row, column, 15, len(value), 1) + text)
        else:
            body += _record(0x203, struct.pack("<HHHd", row, column, 15, value))
    if merged:
        body += _record(0xE5, struct.pack("<H", len(merged)) + b"".join(
            struct.pack("<HHHH", *each) for each in merged))  # fmt: skip
    return _container(start + fonts + formats + _record(0x85, entry) + end + body + end)


def _record(code: int, data: bytes) -> bytes:
    return struct.pack("<HH", code, len(data)) + data


def _short(text: str) -> bytes:
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def _container(stream: bytes) -> bytes:
    """One stream called Workbook in an OLE file; it is longer than what goes in a mini stream."""
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % _SECTOR)
    count = len(stream) // _SECTOR
    table = [_FAT, _END, *(k + 3 for k in range(count - 1)), _END]
    fat = struct.pack(f"<{len(table)}I", *table).ljust(_SECTOR, b"\xff")
    assert len(fat) == _SECTOR
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
        + struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0)
        + struct.pack("<109I", 0, *[_FREE] * 108)
    )  # fmt: skip
    folder = _entry("Root Entry", 5, _END, 0, child=1) + _entry("Workbook", 2, 2, len(stream))
    return header + fat + folder.ljust(_SECTOR, b"\0") + stream


def _entry(name: str, kind: int, first: int, size: int, child: int = _FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return (
        text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, _FREE, _FREE, child)
        + b"\0" * 36 + struct.pack("<IQ", first, size)
    )  # fmt: skip
