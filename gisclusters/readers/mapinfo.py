"""MapInfo TAB and MIF: raw text, no other files, and a datum that is never believed.

MapInfo writes VN-2000 as WGS 84 or with a datum number readers do not know; what comes back
says WGS 84 and lies 226 m off.  The projection it names is used as a question to a person.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from gisclusters.domain.issue import Issue, error, warning
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs_names import crs_in_short, identify_epsg, vn2000_like
from gisclusters.readers.files import PARTS_OF
from gisclusters.readers.reference import DoubtedCrs
from gisclusters.readers.siblings import sibling

_CHARSET = re.compile(rb'^(\s*!?charset\s+"?)([A-Za-z0-9_-]+)("?)', re.IGNORECASE | re.MULTILINE)
_INNER = re.compile(rb'(\bcharset\s+")([A-Za-z0-9_-]+)(")', re.IGNORECASE)
_REACHING = re.compile(
    rb'^\s*(?:open\s+table|create\s+view|file\s+"|"?\\IsSeamless"?\s*=\s*"?TRUE)',
    re.IGNORECASE | re.MULTILINE,
)
_TYPE = re.compile(rb"\btype\s+(\w+)", re.IGNORECASE)
_HEAD = 1 << 16


def doubted(crs: str | None) -> DoubtedCrs | None:
    """What MapInfo's CRS may be: the VN-2000 zone of the same projection, or what it says."""
    if crs is None:
        return None
    own, zone = identify_epsg(crs), vn2000_like(crs)
    fits = tuple(code for code in (zone, own) if code is not None)
    return DoubtedCrs(said=own or crs_in_short(crs), fits=fits, trap=True) if fits else None


def raw_copy(path: Path, form: str, folder: Path) -> Path:
    """The table description in ``folder`` with its code page taken out, so that text is raw.

    Raises InputRefusedError: ``format_refused`` where it points to other tables,
    ``part_missing`` where its data lacks.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if form == "mapinfo":
        kinds = {found.decode("ascii").casefold() for found in _TYPE.findall(head)}
        if _REACHING.search(head) or not kinds <= {"native", "dbf"}:
            raise InputRefusedError([error("format_refused", layer=path.name)])
    ending = ".tab" if form == "mapinfo" else ".mif"
    needed = PARTS_OF[ending][:3] if form == "mapinfo" else ()
    missing = [end for end in needed if sibling(path, end) is None]
    if missing:
        raise InputRefusedError([error("part_missing", layer=path.name, value=" ".join(missing))])
    head = _INNER.sub(rb"\1Neutral\3", _CHARSET.sub(rb"\1Neutral\3", head))
    copy = folder / f"table{ending}"
    with path.open("rb") as source, copy.open("wb") as out:
        source.seek(_HEAD)
        out.write(head)
        shutil.copyfileobj(source, out)
    return copy


def attributes_held(path: Path, rows: int) -> list[Issue]:
    """What is wrong with the attributes of a MIF of ``rows`` shapes: no .mid, or too many rows."""
    table = sibling(path, ".mid")
    if table is None:
        return [warning("mif_without_attributes", layer=path.name)]
    with table.open("rb") as file:
        quotes = lines = 0
        for line in file:
            quotes += line.count(b'"')
            lines += bool(line.strip()) and quotes % 2 == 0
    if lines <= rows:
        return []
    return [error("records_differ", layer=path.name, shapes=rows, rows=lines)]


def parts_of(path: Path, form: str) -> dict[str, Path]:
    """The files of data that belong to the table."""
    ends = PARTS_OF[".tab" if form == "mapinfo" else ".mif"]
    return {end: part for end in ends if (part := sibling(path, end)) is not None}
