"""What a file is, its checksum, and the one way to let a library of others read it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gisclusters.domain.issue import Issue, error
from gisclusters.errors import GisClustersError, InputRefusedError
from gisclusters.readers.archives import Unpacked, unpack_into
from gisclusters.readers.magic import HEAD_BYTES, is_file_geodatabase, kind_of
from gisclusters.readers.siblings import sibling

_CHUNK = 1 << 20
TABLE_FORMS = frozenset({"table", "xlsx", "xls", "wkt"})
PARTS_OF = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
}
"""The files that belong to one of several parts, by the ending of the first."""


def sniff(path: Path) -> str:
    """The form of a file by its bytes (see ``magic``); a folder may be a File Geodatabase.

    Raises InputRefusedError: ``file_missing``, ``file_is_folder``, ``file_empty``,
    ``file_unreadable``, and what ``magic.kind_of`` refuses.
    """
    name = path.name
    if not path.exists():
        raise InputRefusedError([error("file_missing", layer=name, value=path)])
    if path.is_dir():
        if is_file_geodatabase(path):
            return "filegdb"
        raise InputRefusedError([error("file_is_folder", layer=name, value=path)])
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as fault:
        raise InputRefusedError(
            [error("file_unreadable", layer=name, reason=str(fault))]
        ) from fault
    if not head:
        raise InputRefusedError([error("file_empty", layer=name)])
    return kind_of(head, path)


def unpack(path: Path, folder: Path, wanted: str | None = None) -> Unpacked:
    """The one file of an archive that can be read (``wanted`` of several), in ``folder``.

    Raises InputRefusedError as ``archives.unpack_into`` does, and ``file_damaged``.
    """
    with parsing(path.name):
        return unpack_into(path, sniff(path), folder, sniff, wanted)


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


def damaged(name: str, fault: Exception, *, hidden: str = "") -> Issue:
    """The issue of a file that a library cannot read; its words in one printable line.

    ``hidden`` is the path the library saw, which is told as the file's own name.
    """
    words = str(fault).strip() or type(fault).__name__
    if hidden:
        words = words.replace(hidden, name)
    line = words.splitlines()[0]
    reason = "".join(letter if letter.isprintable() else "?" for letter in line)[:200]
    return error("file_damaged", layer=name, reason=reason)


def checksum(path: Path) -> str:
    """SHA-256 of a file's bytes; of all the parts of a Shapefile or folder, in a fixed order."""
    digest = hashlib.sha256()
    parts = [path]
    if path.is_dir():
        parts = sorted(part for part in path.rglob("*") if part.is_file())
    elif path.suffix.casefold() in PARTS_OF:
        ends = PARTS_OF[path.suffix.casefold()]
        parts = [path, *(part for part in (sibling(path, end) for end in ends) if part)]
    for part in parts:
        with part.open("rb") as file:
            while block := file.read(_CHUNK):
                digest.update(block)
    return digest.hexdigest()
