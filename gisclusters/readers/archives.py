"""Archives opened by member, with the bytes really unpacked counted; zip within zip, and gzip."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Protocol

from gisclusters.domain.issue import error
from gisclusters.errors import InputRefusedError
from gisclusters.readers.magic import is_file_geodatabase

MOST_UNPACKED_BYTES = 2_000_000_000
MOST_MEMBERS = 10_000
_CHUNK = 1 << 20
_DEEPEST = 3
_PARTS_OF_SHAPES = {".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj", ".xml"}
_PARTS_OF_TABLES = {".mid", ".dat", ".map", ".id", ".ind"}
_TABLES = {"table", "xlsx", "xls", "dbf"}


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


Sniffer = Callable[[Path], str]


def unpack_into(
    path: Path, form: str, folder: Path, sniff: Sniffer, wanted: str | None = None
) -> tuple[Path, str]:
    """The one file of an archive that can be read, unpacked into ``folder``, and its form.

    Members are known by their content.  A map goes before tables and notes beside it; a KMZ
    is read by its ``doc.kml``; of several maps the one called ``wanted`` (its path, name or
    stem) is taken.  Members that would land elsewhere, links and archives that
    swell beyond ``MOST_UNPACKED_BYTES`` in all are refused.  Raises InputRefusedError
    (``archive_path``, ``archive_too_large``, ``archive_choice``, and what the only member
    is refused for).
    """
    budget = [MOST_UNPACKED_BYTES]
    for depth in range(_DEEPEST):
        inside = folder / f"{depth}"
        inside.mkdir()
        if form == "gzip":
            _gunzip(path, inside, budget)
        else:
            _unzip(path, inside, budget)
        path, form = _sole(path.name, inside, sniff, wanted)
        if form not in {"zip", "gzip"}:
            return path, form
    raise InputRefusedError([error("archive_choice", layer=path.name, count=0, names="zip")])


def _gunzip(path: Path, folder: Path, budget: list[int]) -> None:
    stem = path.stem if path.suffix.casefold() == ".gz" else path.name
    with gzip.open(path) as source:
        _copy(source, folder / (stem or "data"), path.name, budget)


def _unzip(path: Path, folder: Path, budget: list[int]) -> None:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise _too_large(path.name)
        for member in members:
            inner = PurePosixPath(member.filename.replace("\\", "/"))
            if inner.is_absolute() or ".." in inner.parts or ":" in member.filename:
                raise InputRefusedError(
                    [error("archive_path", layer=path.name, value=member.filename)]
                )
            if member.is_dir() or (member.external_attr >> 28) == 0xA:
                continue
            target = folder / inner
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source:
                _copy(source, target, path.name, budget)


def _copy(source: _Readable, target: Path, name: str, budget: list[int]) -> None:
    with target.open("wb") as out:
        while block := source.read(_CHUNK):
            budget[0] -= len(block)
            if budget[0] < 0:
                raise _too_large(name)
            out.write(block)


def _too_large(name: str) -> InputRefusedError:
    return InputRefusedError([error("archive_too_large", layer=name, limit=MOST_UNPACKED_BYTES)])


def _sole(name: str, folder: Path, sniff: Sniffer, wanted: str | None) -> tuple[Path, str]:
    """The one readable thing in a folder.  Raises InputRefusedError."""
    everything = sorted(folder.rglob("*"))
    bases = [each for each in everything if each.is_dir() and is_file_geodatabase(each)]
    found = [(each, "filegdb") for each in bases]
    refused: list[InputRefusedError] = []
    for each in everything:
        hidden = each.name.startswith(".") or "__MACOSX" in each.parts or not each.is_file()
        if hidden or any(base in each.parents for base in bases) or _is_part(each):
            continue
        try:
            found.append((each, sniff(each)))
        except InputRefusedError as fault:
            refused.append(fault)
    maps = [pair for pair in found if pair[1] not in _TABLES]
    chosen = maps or found
    documents = [pair for pair in chosen if pair[1] == "kml" and pair[0].name == "doc.kml"]
    if len(documents) == 1 and all(form == "kml" for _, form in chosen):
        return documents[0]
    named = [pair for pair in chosen if wanted in _names(pair[0], folder)]
    if len(chosen) == 1 or len(named) == 1:
        return (named or chosen)[0]
    if not chosen and len(refused) == 1:
        raise refused[0]
    names = ", ".join(each.relative_to(folder).as_posix() for each, _ in chosen[:20]) or "–"
    raise InputRefusedError([error("archive_choice", layer=name, count=len(chosen), names=names)])


def _names(path: Path, folder: Path) -> tuple[str, ...]:
    return path.relative_to(folder).as_posix(), path.name, path.stem


def _is_part(path: Path) -> bool:
    """A file that only completes another: of a Shapefile, of a MapInfo table."""
    ending = path.suffix.casefold()
    wholes: tuple[str, ...] = ()
    if ending in _PARTS_OF_SHAPES:
        wholes = (".shp", ".SHP")
    elif ending in _PARTS_OF_TABLES:
        wholes = (".tab", ".TAB", ".mif", ".MIF")
    return any(path.with_suffix(end).is_file() for end in wholes)
