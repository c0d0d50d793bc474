"""What a raster of classes says of its classes: names, colours, the days the image speaks of.

Names stand in the tags of the file, in its ``.aux.xml`` (categories or attribute table) or in
a ``.vat.dbf`` beside it.  No legend is guessed: a class without a name stays a number.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.parsers import expat

WORLDCOVER = "worldcover"
"""The legend of ESA WorldCover, whose names stand in our catalogue in both languages."""

_MOST_BYTES = 4_000_000
_LINE = re.compile(r"^\s*(\d{1,9})\s*[:=\-–]?\s+(\S.*?)\s*$", re.MULTILINE)
_NAME_COLUMN = re.compile(
    r"name|class_?n|label|legend|categor|descr|^class$|^ten|^lop", re.IGNORECASE
)
_CODE_COLUMN = re.compile(r"^(value|code|ma)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Legend:
    """The classes of a raster as it names them itself.

    ``known_as`` is ``worldcover`` where the file says that it is ESA WorldCover, else None;
    ``colours`` are red, green, blue by class, empty without a palette; ``version`` is that of
    the classification and ``days`` the first and last day of its images, where told.
    """

    names: Mapping[int, str]
    known_as: str | None
    colours: Mapping[int, tuple[int, int, int]]
    version: str | None
    days: tuple[str, str] | None


def read_legend(dataset: Any, band: int, path: Path) -> Legend:
    """The legend of a band of an open GeoTIFF; what cannot be read there is not told."""
    tags = {str(key).casefold(): str(value) for key, value in dataset.tags().items()}
    said = " ".join(tags.get(key, "") for key in ("title", "copyright", "reference")).casefold()
    names = (
        {int(code): name for code, name in _LINE.findall(tags.get("legend", ""))}
        or _aux_names(path.with_name(path.name + ".aux.xml"), band)
        or _table_names(path.with_name(path.name + ".vat.dbf"))
    )
    days = (tags.get("time_start", "")[:10], tags.get("time_end", "")[:10])
    return Legend(
        names=MappingProxyType(names),
        known_as=WORLDCOVER if WORLDCOVER in said else None,
        colours=MappingProxyType(_colours(dataset, band)),
        version=tags.get("algorithm_version") or tags.get("product_version"),
        days=days if all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) for day in days) else None,
    )


def _colours(dataset: Any, band: int) -> dict[int, tuple[int, int, int]]:
    try:
        table = dataset.colormap(band)
    except ValueError:  # there is none
        return {}
    return {code: colour[:3] for code, colour in table.items() if any(colour[:3])}


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError:
        return b""
    return content if len(content) <= _MOST_BYTES else b""


def _aux_names(path: Path, band: int) -> dict[int, str]:
    """Category names, or code and name of the attribute table, of one band of an .aux.xml."""
    content = _bytes(path)
    if not content or b"<!" in content.replace(b"<!--", b""):
        return {}
    reader = _Aux(band)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError):
        return {}
    return reader.names()


class _Aux:
    """The handlers of one reading."""

    def __init__(self, band: int) -> None:
        self._wanted, self._here = str(band), False
        self._said = ""
        self._categories: list[str] = []
        self._columns: list[str] = []
        self._rows: list[list[str]] = []

    def start(self, name: str, given: dict[str, str]) -> None:
        self._said = ""
        if name == "PAMRasterBand":
            self._here = given.get("band") == self._wanted
        elif name == "Row" and self._here:
            self._rows.append([])

    def text(self, said: str) -> None:
        self._said += said

    def end(self, name: str) -> None:
        if not self._here:
            return
        if name == "Category":
            self._categories.append(self._said.strip())
        elif name == "Name":
            self._columns.append(self._said.strip())
        elif name == "F" and self._rows:
            self._rows[-1].append(self._said.strip())
        elif name == "PAMRasterBand":
            self._here = False
        self._said = ""

    def names(self) -> dict[int, str]:
        if any(self._categories):
            return {code: name for code, name in enumerate(self._categories) if name}
        rows = [
            dict(zip(self._columns, row, strict=True))
            for row in self._rows
            if len(row) == len(self._columns)
        ]
        return _named(rows)


def _table_names(path: Path) -> dict[int, str]:
    """Code and name from the dBASE table that ArcGIS writes beside a raster."""
    content = _bytes(path)
    try:
        count, head, length = struct.unpack_from("<IHH", content, 4)
        fields = []
        place = 1
        for start in range(32, head - 1, 32):
            if content[start] == 0x0D:
                break
            name = content[start : start + 11].split(b"\0")[0].decode("ascii", "replace")
            fields.append((name, place, content[start + 16]))
            place += content[start + 16]
    except (struct.error, IndexError):
        return {}
    rows = []
    for number in range(min(count, 100_000)):
        record = content[head + number * length : head + (number + 1) * length]
        if len(record) < length or record[:1] == b"*":
            continue
        rows.append({name: _decoded(record[at : at + width]) for name, at, width in fields})
    return _named(rows)


def _decoded(cell: bytes) -> str:
    try:
        return cell.decode("utf-8").strip("\0 ")
    except UnicodeDecodeError:
        return cell.decode("cp1252", "replace").strip("\0 ")


def _named(rows: list[dict[str, str]]) -> dict[int, str]:
    """Class by class the name that a table gives it; nothing where no column is one of names."""
    if not rows:
        return {}
    columns = list(rows[0])
    code = next((name for name in columns if _CODE_COLUMN.search(name)), None)
    label = next((name for name in columns if name != code and _NAME_COLUMN.search(name)), None)
    label = label or next(
        (
            name
            for name in columns
            if name != code and any(not _is_number(row[name]) for row in rows)
        ),
        None,
    )
    if code is None or label is None:
        return {}
    return {
        int(float(row[code])): row[label] for row in rows if _is_number(row[code]) and row[label]
    }


def _is_number(value: str) -> bool:
    return bool(re.fullmatch(r"-?\d{1,9}(\.0*)?", value))
