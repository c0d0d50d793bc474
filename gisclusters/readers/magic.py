"""What the first bytes of a file say it is; a name ending is believed only where bytes are mute.

The forms are ``gpkg shapefile dbf geojson dxf kml gpx gml osm flatgeobuf parquet mapinfo mif
filegdb xlsx xls table wkt zip gzip``.  Descriptors that point to other files or the network
(VRT, WMS, WFS, OAPIF, GDAL algorithms) are refused wherever they stand in the text: GDAL would
know them by a few letters anywhere in the beginning, under any ending.
"""

from __future__ import annotations

import contextlib
import csv
import re
import struct
import zipfile
from collections import Counter
from pathlib import Path
from xml.parsers import expat

from gisclusters.domain.issue import error
from gisclusters.errors import InputRefusedError
from gisclusters.readers.siblings import sibling
from gisclusters.readers.wkt_text import is_wkt

HEAD_BYTES = 1 << 16
_DESCRIPTORS = re.compile(
    rb"<(?:\w+:)?(?:OGRVRT|OGRWFS|OGRCSW|GDAL_WM|VRTDataset|WMS_|WMT_MS_|WFS_Cap|Capabilities|"
    rb"GDALTileIndex|OGRGeoRSS|GDALAlgorithm)|gdal_streamed_alg|gdal_virtual_",
    re.IGNORECASE,
)
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_XML_ROOTS = {"kml": "kml", "gpx": "gpx", "osm": "osm", "osmchange": "osm"}
_TABLE_ENDINGS = {".csv", ".txt", ".tsv", ".pts", ".dat"}
_DBF_VERSIONS = {0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0x8E, 0xF5}
_DBF_TYPES = frozenset(bytes([code]) for code in b"CNFLDMIBGPTOYVX@+")
_STARTS = {
    b"SQLite format 3\0": "gpkg", b"\0\0\x27\x0a": "shapefile", b"fgb": "flatgeobuf",
    b"PAR1": "parquet", b"AutoCAD Binary DXF": "dxf", b"\x1f\x8b": "gzip",
}  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LINES_LOOKED_AT, _MOST_LINES = 100, 0.6
_CLOSED_CAD = (b"AC10", b"AC1.", b"AC2.")


def kind_of(head: bytes, path: Path) -> str:
    """The form of a file that begins with ``head`` (``HEAD_BYTES`` of it, or all).

    Raises InputRefusedError: ``format_cad_closed``, ``archive_kind``,
    ``format_refused``, ``format_utf16``, ``xml_entities``, ``xml_unknown``, ``format_unknown``,
    ``file_damaged``.
    """
    form = _binary(head, path)
    if form is not None:
        return form
    if _DESCRIPTORS.search(head):
        raise InputRefusedError([error("format_refused", layer=path.name)])
    form = _text(head, path)
    if form is None:
        raise InputRefusedError([error("format_unknown", layer=path.name)])
    return form


def is_file_geodatabase(folder: Path) -> bool:
    """Whether a folder holds the tables of an Esri File Geodatabase."""
    return (folder / "a00000001.gdbtable").is_file()


def _text(head: bytes, path: Path) -> str | None:  # noqa: PLR0911 - one line for each format
    wide = _wide_text(head)
    if wide is not None and wide.startswith(("{", "[", "<")):
        raise InputRefusedError([error("format_utf16", layer=path.name)])
    if path.suffix.casefold() not in {".csv", ".tsv"} and is_wkt(
        wide or head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    ):
        return "wkt"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n\x1e")
    if text.startswith((b"{", b"[")):
        return "geojson"
    if text.startswith(b"<"):
        return _xml(head, path)
    lines = [line.strip() for line in head[:2000].splitlines()[:8]]
    if lines[:2] == [b"0", b"SECTION"] or lines[:1] == [b"999"] or b"SECTION" in lines[:4]:
        return "dxf"
    if text[:6].lower() == b"!table":
        return "mapinfo"
    if re.match(rb"version\s+\d+\s*$", text[:40].splitlines()[0] if text else b"", re.IGNORECASE):
        return "mif"
    if path.suffix.casefold() in _TABLE_ENDINGS or _is_table(head):
        return "table"
    return None


def _wide_text(head: bytes) -> str | None:
    """The beginning of a text of UTF-16, which a mark in front or its zeros show; else None."""
    codec = None
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16"
    elif head[:1] in b"{[<" and head[1:2] == b"\0":
        codec = "utf-16-le"
    elif head[:1] == b"\0" and head[1:2] in b"{[<":
        codec = "utf-16-be"
    return None if codec is None else head.decode(codec, "ignore").strip()


def _binary(head: bytes, path: Path) -> str | None:
    form = next((form for start, form in _STARTS.items() if head.startswith(start)), None)
    if form is not None:
        return form
    if head.startswith(b"PK"):
        return _zip_kind(path)
    if head[4:15] == b"\x0a\x09OSMHeader":
        return "osm"
    _refuse_closed(head, path)
    if head.startswith(_OLE):
        return "xls"
    if _is_dbf(head):
        return "shapefile" if _has_shapes(path) else "dbf"
    return None


def _refuse_closed(head: bytes, path: Path) -> None:
    """Formats that cannot be read, each with the way out."""
    ending = path.suffix.casefold()
    code = None
    if head.startswith(_OLE):
        code = "format_cad_closed" if ending == ".dgn" else None
    elif head.startswith(_CLOSED_CAD) or ending in {".dwg", ".dgn"}:
        code = "format_cad_closed"
    elif head.startswith((b"Rar!", b"7z\xbc\xaf\x27\x1c", b"BZh", b"\xfd7zXZ")):
        code = "archive_kind"
    if code is not None:
        raise InputRefusedError([error(code, layer=path.name)])


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as fault:
        raise InputRefusedError(
            [error("file_damaged", layer=path.name, reason=str(fault))]
        ) from fault
    return "xlsx" if "xl/workbook.xml" in names else "zip"


def _xml(head: bytes, path: Path) -> str:
    """The form by the root element; ``gml`` where the text speaks of GML's name space."""
    if _DOCTYPE.search(head):
        raise InputRefusedError([error("xml_entities", layer=path.name)])
    root = _root(head)
    local = root.rpartition(":")[2].casefold()
    form = _XML_ROOTS.get(local)
    if form is None and b"opengis.net/gml" in head and local != "schema":
        form = "gml"
    if form is None:
        raise InputRefusedError([error("xml_unknown", layer=path.name, value=root[:60] or "–")])
    return form


def _root(head: bytes) -> str:
    names: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _attributes: names.append(name)
    # What is broken behind the root, or an encoding nobody knows, is told by whoever reads it.
    with contextlib.suppress(expat.ExpatError, LookupError, ValueError):
        parser.Parse(head.lstrip(b"\xef\xbb\xbf \t\r\n"), False)
    return names[0] if names else ""


def _is_dbf(head: bytes) -> bool:
    """A dBase header: a day, room for fields, and a first field of a known type."""
    if len(head) < 33 or head[0] not in _DBF_VERSIONS:
        return False
    _, month, day, _, header, record = struct.unpack("<BBBIHH", head[1:12])
    fields = header == 33 or (header >= 65 and head[43:44] in _DBF_TYPES and record > 1)
    return month <= 12 and day <= 31 and record >= 1 and fields


def _has_shapes(path: Path) -> bool:
    return sibling(path, ".shp") is not None


def _is_table(head: bytes) -> bool:
    """Text of several columns: most lines of as many cells, no control letters."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if re.search(rb"[\x00-\x08\x0e-\x1f\x7f]", head):
        return False
    lines = [
        line for line in head.decode("latin-1").splitlines()[:_LINES_LOOKED_AT] if line.strip()
    ]
    for mark in ",;\t|":
        with contextlib.suppress(csv.Error):
            widths = Counter(map(len, csv.reader(lines, delimiter=mark)))
            width, often = widths.most_common(1)[0] if lines else (0, 0)
            if width > 1 < often and often >= _MOST_LINES * widths.total():
                return True
    return False
