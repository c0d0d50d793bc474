"""Archives opened by member, with the bytes really unpacked counted; zip within zip, and gzip."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from gisclusters.domain.issue import Issue, error, info, warning
from gisclusters.errors import InputRefusedError
from gisclusters.readers.magic import is_file_geodatabase
from gisclusters.readers.siblings import sibling

MOST_UNPACKED_BYTES = 2_000_000_000
MOST_MEMBERS = 10_000
_CHUNK = 1 << 20
_DEEPEST = 3
_PARTS_OF_SHAPES = {".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".fbn", ".fbx", ".qix", ".qpj",
                    ".xml"}  # fmt: skip
_PARTS_OF_TABLES = {".mid", ".dat", ".map", ".id", ".ind"}
_TABLES = {"table", "xlsx", "xls", "dbf"}
_NO_DATA = {"format_unknown", "xml_unknown", "file_empty"}
"""Why a member is refused that is a picture, a style or a note rather than data."""
_SHOWN = 20


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


Sniffer = Callable[[Path], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """A file out of an archive, its form, and what of the archive was not read.

    ``layer`` is what a person wants of the file itself: nothing where the name that was
    given served to choose the file.
    """

    path: Path
    form: str
    layer: str | None = None
    issues: tuple[Issue, ...] = ()


def unpack_into(
    path: Path, form: str, folder: Path, sniff: Sniffer, wanted: str | None = None
) -> Unpacked:
    """The one file of an archive that can be read, unpacked into ``folder``.

    Members are known by their content.  A map goes before tables and notes beside it; a KMZ
    is read by its ``doc.kml``; of several maps the one called ``wanted`` (its path, name or
    stem; ``file/layer`` names a layer in it) is taken.  Members that were not read are named
    (``archive_members_left``).  Members that would land elsewhere, links and archives that
    swell beyond ``MOST_UNPACKED_BYTES`` in all are refused.  Raises InputRefusedError
    (``archive_path``, ``archive_twice``, ``archive_locked``, ``archive_too_large``,
    ``archive_choice``, and what the only member is refused for).
    """
    budget = [MOST_UNPACKED_BYTES]
    issues: list[Issue] = []
    for depth in range(_DEEPEST):
        inside = folder / f"{depth}"
        inside.mkdir()
        if form == "gzip":
            _gunzip(path, inside, budget)
        else:
            _unzip(path, inside, budget)
        found = _sole(path.name, inside, sniff, wanted)
        path, form, wanted = found.path, found.form, found.layer
        issues += found.issues
        if form not in {"zip", "gzip"}:
            return Unpacked(path=path, form=form, layer=wanted, issues=tuple(issues))
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
            if member.flag_bits & 1:
                raise InputRefusedError([error("archive_locked", layer=path.name)])
            target = folder / inner
            if target.exists():
                raise InputRefusedError(
                    [error("archive_twice", layer=path.name, value=member.filename)]
                )
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


def _sole(name: str, folder: Path, sniff: Sniffer, wanted: str | None) -> Unpacked:
    """The one readable thing in a folder.  Raises InputRefusedError."""
    everything = sorted(folder.rglob("*"))
    bases = [each for each in everything if each.is_dir() and is_file_geodatabase(each)]
    found = [(each, "filegdb") for each in bases]
    refused: dict[Path, InputRefusedError] = {}
    for each in everything:
        hidden = each.name.startswith(".") or "__MACOSX" in each.parts or not each.is_file()
        if hidden or any(base in each.parents for base in bases) or _is_part(each):
            continue
        try:
            found.append((each, sniff(each)))
        except InputRefusedError as fault:
            refused[each] = fault
    maps = [pair for pair in found if pair[1] not in _TABLES]
    chosen = maps or found
    named = [pair for pair in chosen if _meant(pair[0], folder, wanted)]
    main = [pair for pair in chosen if pair[1] == "kml" and pair[0].name == "doc.kml"]
    if len(main) == 1 and not named and all(form == "kml" for _, form in chosen):
        chosen = main
    by_name = len(named) == 1 < len(chosen)
    if by_name:
        chosen = named
    if len(chosen) == 1:
        path, form = chosen[0]
        others = [each for each, _ in found if each != path]
        said = _meant(path, folder, wanted)
        if by_name or (said and wanted != path.stem):
            wanted = said.partition("/")[2] or None
        return Unpacked(
            path=path,
            form=form,
            layer=wanted,
            issues=tuple(_left_out(name, folder, others, refused, meant=by_name)),
        )
    if not chosen and len(refused) == 1:
        raise next(iter(refused.values()))
    names = ", ".join(_called(each, folder) for each, _ in chosen[:_SHOWN]) or "–"
    raise InputRefusedError([error("archive_choice", layer=name, count=len(chosen), names=names)])


def _meant(path: Path, folder: Path, wanted: str | None) -> str:
    """The member and, behind a ``/``, the layer of it that ``wanted`` names; else empty."""
    if wanted is None:
        return ""
    for own in (_called(path, folder), path.name):
        if wanted == own or wanted.startswith(f"{own}/"):
            return f"{path.name}{wanted[len(own) :]}"
    return path.name if wanted == path.stem else ""


def _left_out(
    name: str,
    folder: Path,
    others: list[Path],
    refused: dict[Path, InputRefusedError],
    *,
    meant: bool,
) -> list[Issue]:
    """The members that were not read: those with data are a warning, the rest a note.

    Where a person chose the member (``meant``) the others are a note too.
    """
    notes = {each for each, fault in refused.items()
             if all(issue.code in _NO_DATA for issue in fault.issues)}  # fmt: skip
    data = sorted({*others, *refused} - notes)
    issues = []
    for make, paths in ((info if meant else warning, data), (info, sorted(notes))):
        if paths:
            names = ", ".join(_called(each, folder) for each in paths[:_SHOWN])
            more = " …" if len(paths) > _SHOWN else ""
            issues.append(make("archive_members_left", layer=name, count=len(paths),
                               names=names + more))  # fmt: skip
    return issues


def _called(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _is_part(path: Path) -> bool:
    """A file that only completes another: of a Shapefile, of a MapInfo table."""
    ending = path.suffix.casefold()
    if ending == ".xml" and path.with_suffix("").is_file():  # ranh.shp.xml
        return True
    wholes: tuple[str, ...] = ()
    if ending in _PARTS_OF_SHAPES:
        wholes = (".shp",)
    elif ending in _PARTS_OF_TABLES:
        wholes = (".tab", ".mif")
    return any(sibling(path, end) is not None for end in wholes)
