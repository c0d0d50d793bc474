"""Vector files to rows, one driver each: what every format shares.

pyogrio reads, by Arrow where it can.  Text of a Shapefile, a DBF and a MapInfo table comes
as ISO-8859-1, which keeps every byte, and is decoded in Python: GDAL's own decoding of CP1258
and TCVN drops the last letter of every value and field name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, error, info, warning
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs_names import crs_in_short, identify_epsg
from gisclusters.geometry.vietnam import VIETNAM_DEG, swapped_degrees
from gisclusters.layers.values import times_in_utc
from gisclusters.readers.files import parsing
from gisclusters.readers.frames import Content, content_parts, joined, read_content
from gisclusters.readers.geopackage import srs_contradictions, unread_contents
from gisclusters.readers.numbering import Numbering
from gisclusters.readers.reference import DoubtedCrs, unnamed_projection
from gisclusters.readers.systems import NOTHING_SAID, Said
from gisclusters.readers.vector_files import (
    MAPINFO_FORMS,
    PROMISED,
    Box,
    Ready,
    is_layered,
    kml_left_out,
    ready_file,
)

if TYPE_CHECKING:
    from gisclusters.readers.decoding import Decoded

_XML_FORMS = {"kml", "gpx", "gml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorRows:
    """Rows as received: columns by their headers and what the file says.

    ``geometry`` is there unless the layer is a table.  ``crs_doubted`` is a CRS that a person
    must confirm.  ``received`` holds the bytes of every text cell that was decoded from an
    older code page (``source_row``, ``field``, ``raw``).  ``said`` is what the texts of a
    drawing say of the system.
    """

    frame: pd.DataFrame
    crs: str | None
    layer: str | None
    encoding: str
    encoding_score: float | None
    issues: tuple[Issue, ...]
    crs_doubted: DoubtedCrs | None = None
    received: pd.DataFrame = field(default_factory=pd.DataFrame)
    said: Said = NOTHING_SAID


def read_vector(path: Path, form: str, layer: str | None, encoding: str | None) -> VectorRows:
    """Every feature of one layer, in file order, ``source_row`` as the file counts from 1.

    Raises InputRefusedError (``file_damaged``, ``records_differ``, ``encoding_unknown``, and
    those of the single formats).  Features that cannot be read are errors among the issues.
    """
    if form == "parquet":
        with parsing(path.name):
            from gisclusters.readers.parquet import read_parquet  # noqa: PLC0415 - slow to import

            content = read_parquet(path)
        return _rows(path, form, layer, content, None, encoding)
    with ready_file(path, form) as ready:
        name = layer
        if name is None and is_layered(form):
            name = ready.opened.layers()[0][0]
        ready.opened.describe(name)
        content = read_content(ready.opened, name)
        rows = _rows(path, form, layer, content, ready, encoding)
    said = _said_of_file(path, form, name, len(rows.frame))
    return replace(rows, issues=(*said, *rows.issues))


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorParts:
    """A layer that comes part by part: its rows in all, its bounds in its CRS, its parts.

    What is said of the whole file is among the issues of the first part, what is said of a row
    among those of its part.  ``issues`` are those known before any part is read.
    """

    count: int
    bounds: Box | None
    parts: Iterator[VectorRows]
    issues: tuple[Issue, ...] = ()


@contextmanager
def vector_parts(
    path: Path, form: str, layer: str | None, encoding: str | None, *, size: int
) -> Iterator[VectorParts]:
    """The rows that ``read_vector`` reads, up to ``size`` of them at a time.

    ``form`` is one of ``PARTED_FORMS``.  The encoding of a Shapefile is told from a sample of
    all of its text.  Raises InputRefusedError as ``read_vector`` does, also while parts are
    asked for.
    """
    with ready_file(path, form) as begun:
        name = layer
        if name is None and is_layered(form):
            name = begun.opened.layers()[0][0]
        about = begun.opened.describe(name, whole=True)
        bounds: Any = begun.opened.bounds(name) if form == "gpkg" else about["total_bounds"]
        bounds = None if bounds is None else tuple(float(each) for each in bounds)
        sample = None
        if form == "shapefile" and begun.parts is not None and ".dbf" in begun.parts.others:
            from gisclusters.readers.dbf_text import text_sample  # noqa: PLC0415 - this form only

            sample = text_sample(begun.parts.others[".dbf"])
        ready = replace(begun, bounds=bounds, sample=sample)
        yield VectorParts(
            count=int(about["features"]), bounds=bounds,
            parts=_part_by_part(path, form, layer, name, ready, encoding, size,
                                int(about["features"])), issues=_of_file(ready),
        )  # fmt: skip


def _part_by_part(
    path: Path, form: str, layer: str | None, name: str | None, ready: Ready,
    encoding: str | None, size: int, count: int,
) -> Iterator[VectorRows]:  # fmt: skip
    numbering = Numbering(path.name, ready.rows, _of_file(ready))
    said: Sequence[Issue] = _said_of_file(path, form, name, count)
    with parsing(path.name):
        for content in content_parts(ready.opened, name, size):
            rows = _rows(path, form, layer, content, ready, encoding, numbering)
            yield replace(rows, issues=(*said, *rows.issues))
            said = ()
    numbering.ended()


def _of_file(ready: Ready | None) -> tuple[Issue, ...]:
    """What the look through a file found in it."""
    if ready is None:
        return ()
    return (*(ready.parts.issues if ready.parts is not None else ()),
            *(ready.json.issues if ready.json is not None else ()))  # fmt: skip


def swapped(rows: VectorRows, name: str) -> VectorRows:
    """The rows with x and y exchanged, as a person said, and a note of it."""
    shapes = rows.frame["geometry"].to_numpy(dtype=object)
    turned = shapely.transform(shapely.force_2d(shapes), lambda xy: xy[:, ::-1])
    note = info("axes_exchanged", layer=name)
    return replace(rows, frame=rows.frame.assign(geometry=turned), issues=(*rows.issues, note))


def _said_of_file(path: Path, form: str, layer: str | None, rows: int) -> list[Issue]:
    """What a look at the file itself says that GDAL does not, ``rows`` being read of a layer."""
    issues: list[Issue] = []
    if form in _XML_FORMS:
        from gisclusters.readers.xml_numbers import features_held  # noqa: PLC0415 - these only

        issues += features_held(path, form, layer, rows)
    if form == "kml":
        issues += kml_left_out(path)
    elif form == "gpkg":
        with parsing(path.name):
            issues += [*srs_contradictions(path, layer), *unread_contents(path)]
    elif form == "mif":
        from gisclusters.readers.mapinfo import attributes_held  # noqa: PLC0415 - this form only

        issues += attributes_held(path, rows)
    return issues


def _decoded(
    content: Content,
    form: str,
    name: str,
    ready: Ready | None,
    encoding: str | None,
    rows: NDArray[np.int64],
) -> tuple[Content, Decoded | None]:
    """The content with its text read in the right encoding, where that is ours to find."""
    if form in PROMISED:
        content = replace(content, table=content.table.dropna(axis="columns", how="all"))
    if form not in {"shapefile", "dbf"} | MAPINFO_FORMS:
        return content, None
    from gisclusters.readers.decoding import decode_table  # noqa: PLC0415 - older forms only

    parts = None if ready is None else ready.parts
    decoded = decode_table(
        content.table, name, declared=None if parts is None else parts.encoding, chosen=encoding,
        sample=None if ready is None else ready.sample, rows=rows,
    )  # fmt: skip
    return replace(content, table=decoded.table), decoded


def _rows(
    path: Path,
    form: str,
    layer: str | None,
    content: Content,
    ready: Ready | None,
    encoding: str | None,
    numbering: Numbering | None = None,
) -> VectorRows:
    """What was read, decoded, placed in its CRS, and numbered as the file counts.

    ``numbering`` is that of a file which comes in parts, of which this is one.
    """
    counted = numbering or Numbering(
        path.name, None if ready is None else ready.rows, _of_file(ready)
    )
    rows = counted.next(len(content.table))
    if numbering is None:
        counted.ended()
    elif len(rows) != len(content.table):
        raise InputRefusedError(
            [error("records_differ", layer=path.name, shapes=len(content.table), rows=len(rows))]
        )
    content, decoded = _decoded(content, form, path.name, ready, encoding, rows)
    issues: list[Issue] = []
    received = pd.DataFrame()
    if decoded is not None:
        received = decoded.received
        received = received.assign(source_row=rows[received["source_row"].to_numpy(int) - 1])
        issues += decoded.issues
    issues += counted.told()
    content = replace(content, issues=tuple(
        replace(each, row=None if each.row is None else int(rows[each.row - 1]))
        for each in content.issues
    ))  # fmt: skip
    frame, more = joined(content, rows)
    issues += more
    if form == "gpx" and "time" in frame:
        frame["time"] = times_in_utc(frame["time"])
    found, doubt = identify_epsg(content.crs), None
    if form in MAPINFO_FORMS:
        from gisclusters.readers.mapinfo import doubted  # noqa: PLC0415 - this form only

        found, doubt = None, doubted(content.crs)
    elif form == "geojson":
        said = ready.json.crs if ready is not None and ready.json is not None else None
        degrees = _in_degrees(content) if ready is None or ready.bounds is None else (
            _bounds_are_degrees(ready.bounds))  # fmt: skip
        found = said or ("EPSG:4326" if degrees else None)
    elif content.crs is not None and found is None:
        issues.append(warning("crs_unnamed", layer=path.name, value=crs_in_short(content.crs)))
        doubt = unnamed_projection(content.crs)
    return VectorRows(
        frame=frame, crs=found, layer=layer,
        encoding="utf-8" if decoded is None else decoded.encoding,
        encoding_score=None if decoded is None else decoded.score,
        issues=tuple(issues), crs_doubted=doubt, received=received,
    )  # fmt: skip


def _in_degrees(content: Content) -> bool:
    """Whether a GeoJSON that names no CRS may hold degrees, as its standard has it.

    Latitudes before longitudes of Vietnam are degrees too: that they are swapped is told later.
    """
    if content.shapes is None:
        return True
    return _are_degrees(shapely.get_coordinates(content.shapes))


def _are_degrees(xy: NDArray[np.float64]) -> bool:
    xy = xy[np.isfinite(xy).all(axis=1)]
    if not len(xy):
        return True
    usual = (np.abs(xy) <= (180, 90)).all(axis=1)
    return bool((usual | swapped_degrees(np.hstack([xy, xy]))).all())


def _bounds_are_degrees(bounds: Box) -> bool:
    """The same of the bounds of a whole file, where a few rows may be the other way round."""
    west, south, east, north = VIETNAM_DEG
    one = np.array(bounds)
    return _are_degrees(one.reshape(2, 2)) or bool(
        (one >= min(west, south)).all() and (one <= max(east, north)).all()
    )
