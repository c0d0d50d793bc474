"""Vector files to rows: GeoPackage, Shapefile, GeoJSON, KML, FlatGeobuf, one driver each.

pyogrio reads; fiona would be slower and adds nothing here.  Text of a Shapefile is read as
ISO-8859-1, which keeps every byte, and decoded in Python: GDAL's own decoding of CP1258 and
TCVN drops the last letter of every value and field name.
"""

from __future__ import annotations

import json
import struct
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from gisclusters.domain.issue import Issue, error, info
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import identify_crs
from gisclusters.layers.kinds import Kind
from gisclusters.layers.values import fold
from gisclusters.readers.files import damaged, parsing, sibling
from gisclusters.readers.text import decode, decode_values, guess_encoding, usable_encoding

GROUND_LAYER = "ground"
_DRIVERS = {
    "gpkg": "GPKG", "shapefile": "ESRI Shapefile", "geojson": "GeoJSON", "kml": "KML",
    "flatgeobuf": "FlatGeobuf",
}  # fmt: skip
VECTOR_FORMS = frozenset(_DRIVERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorRows:
    """Rows as received: columns by their headers, ``geometry``, and what the file says."""

    frame: pd.DataFrame
    crs: str | None
    layer: str | None
    encoding: str
    encoding_score: float | None
    issues: tuple[Issue, ...]


def layer_names(path: Path, form: str) -> list[str]:
    """The layers of a file.  Raises InputRefusedError (``file_damaged``)."""
    if form not in {"gpkg", "kml"}:
        return [path.stem]
    with parsing(path.name), _opened(path, form) as opened:
        return [str(name) for name, _ in pyogrio.list_layers(opened)]


def choose_layer(path: Path, form: str, kind: Kind, wanted: str | None) -> str | None:
    """The layer to read: the one named, the kind's own name, or the only one there is.

    Raises InputRefusedError (``layer_missing``, ``layer_choice``, ``no_layers``).
    """
    if form not in {"gpkg", "kml"}:
        return None
    names = layer_names(path, form)
    if wanted is not None:
        if wanted not in names:
            raise InputRefusedError(
                [error("layer_missing", layer=path.name, value=wanted, known=", ".join(names))]
            )
        return wanted
    choices = [name for name in names if fold(name) != GROUND_LAYER]
    own = [name for name in choices if fold(name) == kind.name]
    if len(own) == 1:
        return own[0]
    if not choices:
        raise InputRefusedError([error("no_layers", layer=path.name)])
    if len(choices) > 1:
        raise InputRefusedError([error("layer_choice", layer=path.name, known=", ".join(choices))])
    return choices[0]


def read_vector(path: Path, form: str, layer: str | None, encoding: str | None) -> VectorRows:
    """Every feature of one layer, in file order, ``source_row`` from 1.

    Raises InputRefusedError (``file_damaged``, ``records_differ``, ``encoding_unknown``,
    and those of GeoJSON's ``crs`` member).
    """
    issues: list[Issue] = []
    said: str | None = None
    if form == "geojson":
        said = _geojson_crs(path)
    if form == "shapefile":
        _same_record_counts(path)
    settings: dict[str, Any] = {"encoding": "ISO-8859-1"} if form == "shapefile" else {}
    with parsing(path.name), _opened(path, form) as opened, warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # what GDAL mutters; checks of ours follow
        frame = pyogrio.read_dataframe(opened, layer=layer, **settings)
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = frame.assign(geometry=np.full(len(frame), None, dtype=object))
        crs = None
    else:
        crs = frame.crs
        if frame.geometry.name != "geometry":
            frame = frame.rename_geometry("geometry")
    found = identify_crs(crs)
    if form == "geojson":
        found = said or ("EPSG:4326" if _in_degrees(frame) else None)
    elif crs is not None and found is None:
        issues.append(info("crs_unnamed", layer=path.name, value=str(crs)[:120]))
    table = pd.DataFrame(frame)
    used, score = "utf-8", None
    if form == "shapefile":
        table, used, score, more = _decoded(table, path, encoding)
        issues += more
    table["source_row"] = np.arange(1, len(table) + 1)
    return VectorRows(
        frame=table, crs=found, layer=layer, encoding=used, encoding_score=score,
        issues=tuple(issues),
    )  # fmt: skip


def swapped(rows: VectorRows, name: str) -> VectorRows:
    """The rows with x and y exchanged, as a person said, and a note of it."""
    shapes = rows.frame["geometry"].to_numpy(dtype=object)
    turned = shapely.transform(shapely.force_2d(shapes), lambda xy: xy[:, ::-1])
    note = info("axes_exchanged", layer=name)
    return replace(rows, frame=rows.frame.assign(geometry=turned), issues=(*rows.issues, note))


@contextmanager
def _opened(path: Path, form: str) -> Iterator[str]:
    """The path with the one driver that may open it, where GDAL knows such a prefix.

    The prefix ends at a colon, so a file with one in its name is opened by way of a link.
    """
    driver = _DRIVERS[form]
    if driver not in {"GPKG", "GeoJSON"}:
        yield str(path)
    elif ":" not in path.name:
        yield f"{driver}:{path}"
    else:
        with tempfile.TemporaryDirectory(prefix="gisclusters-") as folder:
            link = Path(folder) / path.name.replace(":", "_")
            link.symlink_to(path.resolve())
            yield f"{driver}:{link}"


def _in_degrees(frame: pd.DataFrame) -> bool:
    """Whether a GeoJSON that names no CRS may hold degrees, as its standard has it."""
    if not isinstance(frame, gpd.GeoDataFrame) or not len(frame):
        return True
    west, south, east, north = frame.total_bounds
    return not (west < -180 or east > 180 or south < -90 or north > 90)


def _geojson_crs(path: Path) -> str | None:
    """The CRS a GeoJSON says, None where it says none, read before GDAL sees the file."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            content = json.load(file)
    except (ValueError, UnicodeDecodeError, RecursionError) as fault:
        raise InputRefusedError([damaged(path.name, fault)]) from fault
    if not isinstance(content, dict) or content.get("type") not in {
        "FeatureCollection", "Feature", "Point", "LineString", "Polygon", "MultiPoint",
        "MultiLineString", "MultiPolygon", "GeometryCollection",
    }:  # fmt: skip
        raise InputRefusedError([error("not_geojson", layer=path.name)])
    member = content.get("crs")
    if member is None:
        return None
    properties = member.get("properties", {}) if isinstance(member, dict) else {}
    name = properties.get("name") if isinstance(properties, dict) else None
    if (
        not isinstance(name, str)
        or "://" in name
        or (isinstance(member, dict) and member.get("type") == "link")
    ):
        raise InputRefusedError(
            [error("crs_unknown", layer=path.name, field="crs", value=str(member)[:120])]
        )
    found = "EPSG:4326" if "CRS84" in name else identify_crs(name)
    if found is None:
        raise InputRefusedError([error("crs_unknown", layer=path.name, field="crs", value=name)])
    return found


def _same_record_counts(path: Path) -> None:
    table, index = sibling(path, ".dbf"), sibling(path, ".shx")
    missing = [end for end, part in ((".dbf", table), (".shx", index)) if part is None]
    if missing:
        raise InputRefusedError(
            [error("shapefile_part_missing", layer=path.name, value=" ".join(missing))]
        )
    if table is None or index is None:
        return
    declared = struct.unpack(">i", path.read_bytes()[24:28])[0] * 2
    if declared > path.stat().st_size:
        raise InputRefusedError(
            [error("file_truncated", layer=path.name, value=path.stat().st_size,
                   expected=declared)]
        )  # fmt: skip
    with table.open("rb") as file:
        head = file.read(32)
    rows = struct.unpack("<I", head[4:8])[0] if len(head) == 32 else -1
    shapes = (index.stat().st_size - 100) // 8
    if rows != shapes:
        raise InputRefusedError(
            [error("records_differ", layer=path.name, shapes=shapes, rows=rows)]
        )


def _decoded(
    table: pd.DataFrame, path: Path, encoding: str | None
) -> tuple[pd.DataFrame, str, float | None, list[Issue]]:
    names = [c for c in table.columns if c != "geometry"]
    texts = [c for c in names if not pd.api.types.is_numeric_dtype(table[c].dtype)
             and not pd.api.types.is_datetime64_any_dtype(table[c].dtype)]  # fmt: skip
    cells = [table[c].to_numpy(dtype=object) for c in texts]
    pool = np.concatenate([*cells, np.array(names, dtype=object)]) if names else np.array([])
    issues: list[Issue] = []
    score: float | None = None
    if encoding is not None:
        used = usable_encoding(encoding, path.name)
    else:
        used, scores = guess_encoding(pool)
        score = scores.get(used)
        changed = sum(isinstance(v, str) and not v.isascii() for v in pool)
        if changed and used != "utf-8":
            issues.append(info("encoding_guessed", layer=path.name, value=used, count=changed,
                               score=score))  # fmt: skip
    out = table.copy()
    for name, values in zip(texts, cells, strict=True):
        out[name] = pd.Series(decode_values(values, used), index=table.index, dtype=object)
    out = out.rename(columns={name: decode(str(name), used) if not str(name).isascii() else name
                              for name in names})  # fmt: skip
    return out, used, score, issues
