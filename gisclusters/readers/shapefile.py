"""The parts of a Shapefile held against each other before any library reads them.

GDAL reads what is there and says nothing: a short .dbf gives rows without attributes, an
index that names one record twice gives one shape twice, deleted rows vanish.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, error, warning
from gisclusters.errors import InputRefusedError
from gisclusters.readers.dbf_text import records
from gisclusters.readers.siblings import sibling
from gisclusters.readers.text import codec_named

_HEADER = 100
_DELETED = 0x2A
_SHOWN = 10
_AT_ONCE = 200_000
"""Records looked at before their pages are let go of."""
_CODE_PAGES = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x08: "cp865", 0x09: "cp437", 0x0A: "cp850",
    0x0B: "cp437", 0x0D: "cp437", 0x0E: "cp850", 0x0F: "cp437", 0x10: "cp850", 0x11: "cp437",
    0x12: "cp850", 0x13: "cp932", 0x14: "cp850", 0x15: "cp437", 0x16: "cp850", 0x17: "cp865",
    0x18: "cp437", 0x19: "cp437", 0x1A: "cp850", 0x1B: "cp437", 0x1C: "cp863", 0x1D: "cp850",
    0x1F: "cp852", 0x22: "cp852", 0x23: "cp852", 0x24: "cp860", 0x25: "cp850", 0x26: "cp866",
    0x37: "cp850", 0x40: "cp852", 0x4D: "cp936", 0x4E: "cp949", 0x4F: "cp950", 0x50: "cp874",
    0x58: "cp1252", 0x59: "cp1252", 0x64: "cp852", 0x65: "cp866", 0x66: "cp865", 0x67: "cp861",
    0x6A: "cp737", 0x6B: "cp857", 0x6C: "cp863", 0x78: "cp950", 0x79: "cp949", 0x7A: "cp936",
    0x7B: "cp932", 0x7C: "cp874", 0x86: "cp737", 0x87: "cp852", 0x88: "cp857", 0xC8: "cp1250",
    0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253", 0xCC: "cp1257",
}  # fmt: skip
"""Language driver of a DBF (byte 29) → Python codec.  0x57 says `ANSI`, which is any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A Shapefile or lone DBF that holds together.

    ``others`` are its parts by ending, ``index`` the content of a missing .shx, ``rows`` the
    place of each row GDAL gives (from 1), ``encoding`` what .cpg or DBF declare.
    """

    others: dict[str, Path]
    rows: NDArray[np.int64]
    index: bytes | None = None
    encoding: str | None = None
    issues: tuple[Issue, ...] = field(default=())


def check_shapefile(path: Path) -> Parts:
    """The parts of the Shapefile that ``path`` is a part of.

    Raises InputRefusedError: ``shapefile_part_missing`` (no .shp), ``file_truncated``,
    ``index_wrong`` (with the record), ``record_damaged``, ``records_differ``,
    ``dbf_damaged``.  Missing .shx, .dbf and .prj and deleted rows are warnings.
    """
    main = path if path.suffix.casefold() not in {".shx", ".dbf"} else sibling(path, ".shp")
    if main is None:
        raise InputRefusedError(
            [error("shapefile_part_missing", layer=path.name, value=".shp")]
        )  # fmt: skip
    parts = {end: part for end in (".shx", ".dbf", ".prj", ".cpg")
             if (part := sibling(main, end)) is not None and part != main}  # fmt: skip
    issues: list[Issue] = []
    missing = [end for end in (".shx", ".dbf", ".prj") if end not in parts]
    if missing:
        issues.append(warning("shapefile_incomplete", layer=path.name, value=" ".join(missing)))
    length = main.stat().st_size
    with main.open("rb") as file:
        head = file.read(_HEADER)
    _check_length(path.name, head, length)
    index = None
    if ".shx" in parts:
        offsets, lengths = _index_of(path.name, parts[".shx"])
        _check_index(path.name, main, offsets, lengths)
        inside = int((lengths + 8).sum()) + _HEADER
        if inside < length - 8:
            issues.append(warning("shapes_unindexed", layer=path.name, value=length - inside))
    else:
        offsets, lengths = _walk(path.name, main)
        index = _written_index(head, offsets, lengths)
    kept = np.ones(len(offsets), dtype=bool)
    encoding = None
    if ".dbf" in parts:
        kept, encoding, more = check_dbf(path.name, parts[".dbf"])
        issues += more
        if len(kept) != len(offsets):
            raise InputRefusedError(
                [error("records_differ", layer=path.name, shapes=len(offsets), rows=len(kept))]
            )
    if ".cpg" in parts:
        encoding = declared_codec(parts[".cpg"]) or encoding
    return Parts(
        others={".shp": main, **{end: part for end, part in parts.items() if end != ".cpg"}},
        rows=np.flatnonzero(kept) + 1, index=index, encoding=encoding, issues=tuple(issues),
    )  # fmt: skip


def check_table(path: Path) -> Parts:
    """A DBF without shapes.  Raises InputRefusedError (``dbf_damaged``)."""
    kept, encoding, issues = check_dbf(path.name, path)
    page = sibling(path, ".cpg")
    if page is not None:
        encoding = declared_codec(page) or encoding
    return Parts(others={}, rows=np.flatnonzero(kept) + 1, encoding=encoding, issues=tuple(issues))


def check_dbf(name: str, path: Path) -> tuple[NDArray[np.bool_], str | None, list[Issue]]:
    """Which rows of a DBF stand, the code page it declares, and what is doubtful.

    Raises InputRefusedError (``dbf_damaged``): its header, its fields and its length must
    agree.
    """
    length = path.stat().st_size
    if length < 33:
        raise _bad_dbf(name, "header", length, 33)
    with path.open("rb") as file:
        head = file.read(32)
        rows, header, record = struct.unpack("<IHH", head[4:12])
        fields = file.read(max(header - 32, 0))
    widths = 0
    for place in range(0, len(fields) - 31, 32):
        if fields[place] == 0x0D:
            break
        each = fields[place : place + 32]
        numeric = each[11:12] in b"NF"
        widths += each[16] if numeric or each[11:12] != b"C" else each[16] + 256 * each[17]
    if widths + 1 > record or record < 1:
        raise _bad_dbf(name, "record length", record, widths + 1)
    expected = header + rows * record
    if length < expected:
        raise _bad_dbf(name, "bytes", length, expected)
    flags = [block[:, 0].copy() for _, block in records(path, rows, header, record)]
    kept = np.concatenate([np.empty(0, np.uint8), *flags]) != _DELETED
    issues: list[Issue] = []
    if not kept.all():
        gone = np.flatnonzero(~kept) + 1
        shown = ", ".join(map(str, gone[:_SHOWN])) + (" …" if len(gone) > _SHOWN else "")
        issues.append(warning("rows_deleted", layer=name, count=len(gone), rows=shown))
    return kept, _CODE_PAGES.get(head[29]), issues


def declared_codec(path: Path) -> str | None:
    """The Python codec that a .cpg file names, None where it names none we know."""
    text = path.read_bytes()[:64].decode("ascii", "replace").strip().strip("\0").casefold()
    return codec_named(text)


def _bad_dbf(name: str, what: str, found: int, expected: int) -> InputRefusedError:
    return InputRefusedError(
        [error("dbf_damaged", layer=name, field=what, value=found, expected=expected)]
    )


def _check_length(name: str, head: bytes, length: int) -> None:
    declared = _HEADER
    if length >= _HEADER:
        declared = struct.unpack(">i", head[24:28])[0] * 2
    if declared > length or length < _HEADER:
        raise InputRefusedError(
            [error("file_truncated", layer=name, value=length, expected=declared)]
        )


def _index_of(name: str, path: Path) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Offsets and content lengths in bytes, as the .shx has them."""
    raw = path.read_bytes()
    declared = struct.unpack(">i", raw[24:28])[0] * 2 if len(raw) >= _HEADER else _HEADER
    if len(raw) < max(declared, _HEADER):
        raise InputRefusedError(
            [error("file_truncated", layer=name, value=len(raw), expected=declared)]
        )
    if declared != len(raw) or (declared - _HEADER) % 8:
        row = max(declared - _HEADER, 0) // 8 + 1
        raise InputRefusedError([error("index_wrong", layer=name, row=row, value=declared)])
    pairs = np.frombuffer(raw[_HEADER:], dtype=">i4").reshape(-1, 2).astype(np.int64) * 2
    return pairs[:, 0], pairs[:, 1]


def _check_index(
    name: str,
    main: Path,
    offsets: NDArray[np.int64],
    lengths: NDArray[np.int64],
) -> None:
    """Every record once, inside the file, with the length the .shp itself gives it."""
    nothing = (offsets == 0) & (lengths == 0)
    wrong = (offsets < _HEADER) | (lengths < 4) | (offsets + 8 + lengths > main.stat().st_size)
    inside = np.flatnonzero(~wrong)
    for start in range(0, len(inside), _AT_ONCE):
        some = inside[start : start + _AT_ONCE]
        shapes = np.memmap(main, dtype=np.uint8, mode="r")  # anew: what was read is let go of
        places = offsets[some, None] + np.arange(4, 8)
        own = np.ascontiguousarray(shapes[places]).view(">i4").ravel().astype(np.int64) * 2
        wrong[some[own != lengths[some]]] = True
    _, first = np.unique(offsets, return_index=True)
    again = np.ones(len(offsets), dtype=bool)
    again[first] = False
    bad = np.flatnonzero((wrong | again) & ~nothing)
    if len(bad):
        raise InputRefusedError(
            [error("index_wrong", layer=name, row=int(row) + 1, value=int(offsets[row]))
             for row in bad[:_SHOWN]]
        )  # fmt: skip


def _walk(name: str, main: Path) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Offsets and content lengths by going from record to record through the .shp."""
    found: list[tuple[int, int]] = []
    with main.open("rb") as file:
        end = min(main.stat().st_size, struct.unpack(">i", file.read(_HEADER)[24:28])[0] * 2)
        place = _HEADER
        while place + 8 <= end:
            file.seek(place + 4)
            length = struct.unpack(">i", file.read(4))[0] * 2
            if length < 4 or place + 8 + length > end:
                raise InputRefusedError(
                    [error("record_damaged", layer=name, row=len(found) + 1, value=place)]
                )
            found.append((place, length))
            place += 8 + length
    pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _written_index(header: bytes, offsets: NDArray[np.int64], lengths: NDArray[np.int64]) -> bytes:
    words = struct.pack(">i", (_HEADER + 8 * len(offsets)) // 2)
    pairs = np.stack((offsets // 2, lengths // 2), axis=1).astype(">i4")
    return header[:24] + words + header[28:] + pairs.tobytes()
