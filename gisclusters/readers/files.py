"""What a file is by its first bytes, its checksum, and archives opened by member.

One explicit driver opens one kind of file; a name ending is never believed.  Archives are
read member by member with the bytes really unpacked counted.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from gisclusters.domain.issue import Issue, error
from gisclusters.errors import GisClustersError, InputRefusedError

MOST_UNPACKED_BYTES = 2_000_000_000
_CHUNK = 1 << 20
_IN_ARCHIVES = {".shp", ".gpkg", ".geojson", ".json", ".dxf", ".kml", ".fgb"}
_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def sniff(path: Path) -> str:
    """``gpkg shapefile geojson dxf kml flatgeobuf xlsx table zip`` by the file's bytes.

    Raises InputRefusedError: ``file_missing``, ``file_is_folder``, ``file_empty``,
    ``file_unreadable``, ``format_cad_closed`` (DWG, DGN), ``format_refused`` (descriptors
    that read other files or the network), ``format_unknown``.
    """
    name = path.name
    if not path.exists():
        raise InputRefusedError([error("file_missing", layer=name, value=path)])
    if path.is_dir():
        raise InputRefusedError([error("file_is_folder", layer=name, value=path)])
    try:
        with path.open("rb") as file:
            head = file.read(8192)
    except OSError as fault:
        raise InputRefusedError(
            [error("file_unreadable", layer=name, reason=str(fault))]
        ) from fault
    if not head:
        raise InputRefusedError([error("file_empty", layer=name)])
    return _kind_of(head, path)


def _kind_of(head: bytes, path: Path) -> str:  # noqa: PLR0911, C901 - one line for each format
    name = path.name
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"SQLite format 3\0"):
        return "gpkg"
    if head.startswith(b"\0\0\x27\x0a"):
        return "shapefile"
    if head.startswith(b"fgb"):
        return "flatgeobuf"
    if head.startswith((b"AC10", b"AC1.")) or path.suffix.casefold() in {".dwg", ".dgn"}:
        raise InputRefusedError([error("format_cad_closed", layer=name)])
    if head.startswith(b"PK"):
        return _zip_kind(path)
    if text.startswith(b"{"):
        return "geojson"
    if text.startswith(b"<"):
        if b"<kml" in head:
            return "kml"
        raise InputRefusedError([error("format_refused", layer=name)])
    lines = [line.strip() for line in head[:200].splitlines()[:4]]
    if b"SECTION" in lines or head.startswith((b"999", b"AutoCAD Binary DXF")):
        return "dxf"
    if path.suffix.casefold() in {".csv", ".txt", ".tsv", ".pts", ".dat"}:
        return "table"
    raise InputRefusedError([error("format_unknown", layer=name)])


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError) as fault:
        raise InputRefusedError(
            [error("file_damaged", layer=path.name, reason=str(fault))]
        ) from fault
    if "xl/workbook.xml" in names:
        return "xlsx"
    return "zip"


def unpack(path: Path, folder: Path) -> Path:
    """The one file of an archive that can be read, unpacked into ``folder`` with its folders.

    Members that would land elsewhere, links and archives that swell beyond
    ``MOST_UNPACKED_BYTES`` are refused.  Raises InputRefusedError (``archive_path``,
    ``archive_too_large``, ``archive_choice``, ``file_damaged``).
    """
    written = 0
    with parsing(path.name), zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            inner = PurePosixPath(member.filename.replace("\\", "/"))
            if inner.is_absolute() or ".." in inner.parts or ":" in member.filename:
                raise InputRefusedError(
                    [error("archive_path", layer=path.name, value=member.filename)]
                )
            if member.is_dir() or (member.external_attr >> 28) == 0xA:
                continue
            target = folder / inner
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, target.open("wb") as out:
                while block := source.read(_CHUNK):
                    written += len(block)
                    if written > MOST_UNPACKED_BYTES:
                        raise InputRefusedError(
                            [error("archive_too_large", layer=path.name, limit=MOST_UNPACKED_BYTES)]
                        )
                    out.write(block)
    readable = sorted(
        item for item in folder.rglob("*")
        if item.is_file() and item.suffix.casefold() in _IN_ARCHIVES
        and not item.name.startswith(".") and "__MACOSX" not in item.parts
    )  # fmt: skip
    if len(readable) != 1:
        names = ", ".join(item.relative_to(folder).as_posix() for item in readable) or "–"
        raise InputRefusedError(
            [error("archive_choice", layer=path.name, count=len(readable), names=names)]
        )
    return readable[0]


@contextmanager
def parsing(name: str) -> Iterator[None]:
    """Whatever a library of others trips over in a stranger's bytes is a damaged file.

    Raises InputRefusedError (``file_damaged``); refusals of our own pass through.
    """
    try:
        yield
    except GisClustersError:
        raise
    except Exception as fault:
        raise InputRefusedError([damaged(name, fault)]) from fault


def damaged(name: str, fault: Exception) -> Issue:
    """The issue of a file that a library cannot read; its words in one printable line."""
    words = str(fault).strip().splitlines() or [type(fault).__name__]
    reason = "".join(letter if letter.isprintable() else "?" for letter in words[0])[:200]
    return error("file_damaged", layer=name, reason=reason)


def checksum(path: Path) -> str:
    """SHA-256 of a file's bytes; of all the parts of a Shapefile, in a fixed order."""
    digest = hashlib.sha256()
    parts = [path]
    if path.suffix.casefold() == ".shp":
        parts = [part for part in (sibling(path, end) for end in _SHAPEFILE_PARTS) if part]
    for part in parts:
        with part.open("rb") as file:
            while block := file.read(_CHUNK):
                digest.update(block)
    return digest.hexdigest()


def sibling(path: Path, suffix: str) -> Path | None:
    """The file beside ``path`` with another ending, whatever its case; None where there is none."""
    for ending in (suffix, suffix.upper()):
        candidate = path.with_suffix(ending)
        if candidate.is_file():
            return candidate
    return None
