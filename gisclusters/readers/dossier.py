"""The electronic plan dossier of Circular 16/2025/TT-BXD: which file, layer and field is meant.

``CSDL_<plan>/HoSoGIS/`` holds ``MocGioi`` (markers) and ``QuyHoach`` (the plan), each a
GeoPackage or a File Geodatabase; layers are unaccented words with ``_P``, ``_L`` or ``_A``
behind them (Annex II; facts.md §4.4, from secondary sources).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.geometry.crs_names import is_metric
from gisclusters.layers.kinds import Kind
from gisclusters.layers.values import as_number, fold

ATTRIBUTE_SLACK_M = 0.01
"""Coordinates in fields are printed to centimetres or millimetres."""
_FILES = {"markers": "mocgioi", "plans": "quyhoach", "clusters": "quyhoach"}
_ENDINGS = (".gpkg", ".gdb")


@dataclass(frozen=True, slots=True)
class Scheme:
    """What a kind is in the dossier: layers in order of choice, and field → folded header."""

    layers: tuple[str, ...]
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


_SCHEMES = {
    "markers": Scheme(
        ("mocgioiquyhoach p",), MappingProxyType({"marker_id": "madoituong"}),
    ),
    "plans": Scheme(
        ("chucnangsudungdat a",),
        MappingProxyType({
            "zone_id": "madoituong", "plan_id": "mathongtinqh", "title": "tendoituong",
        }),
    ),
    "clusters": Scheme(
        ("ranhgioiquyhoach a",),
        MappingProxyType({"cluster_id": "madoituong", "name": "tendoituong"}),
    ),
}  # fmt: skip
_MARKER_KINDS = (
    ("RG", ("ranh gioi", "rg")), ("TĐ", ("tim duong", "td")),
    ("CGĐ", ("chi gioi duong do", "chi gioi", "cgd")), ("MTC", ("tham chieu", "mtc")),
)  # fmt: skip
_KIND_FIELDS = ("loaimocranhgioi", "loaimoctimduong", "phanloai")


def dossier_file(path: Path, kind: str | None = None) -> Path:
    """The file of the dossier that holds a kind, where ``path`` is a dossier's folder.

    Any other path is given back as it is, and so is a dossier without such a file.
    """
    if not path.is_dir() or path.suffix.casefold() == ".gdb" or kind not in _FILES:
        return path
    gis = path if path.name.casefold() == "hosogis" else _member(path, "hosogis")
    if gis is None:
        return path
    for ending in _ENDINGS:
        found = _member(gis, _FILES[kind] + ending)
        if found is not None:
            return found
    return path


def dossier_layer(names: Sequence[str], kind: str) -> str | None:
    """The layer of a dossier's file that a kind is in; None where the file is no dossier's."""
    if kind not in _SCHEMES:
        return None
    by_fold = {fold(name): name for name in names}
    return next((by_fold[name] for name in _SCHEMES[kind].layers if name in by_fold), None)


def read_dossier(
    kind: Kind, frame: pd.DataFrame, layer: str | None, crs: str | None, explicit: Mapping[str, str]
) -> tuple[pd.DataFrame, dict[str, str], list[Issue]]:
    """The rows of a dossier's layer, the columns to take for our fields, and the issues.

    Rows of other layers come back as they are.  ``explicit`` goes before the scheme.  A
    marker's kind is told from its own words where they are known; ``toaDoX`` (north) and
    ``toaDoY`` are held against the shape (``attribute_position_differs``).
    """
    scheme = _SCHEMES.get(kind.name)
    if scheme is None or layer is None or fold(layer) not in scheme.layers:
        return frame, dict(explicit), []
    headers = {fold(str(name)): str(name) for name in frame.columns}
    found = {name: headers[key] for name, key in scheme.fields.items() if key in headers}
    issues = [info("dossier_layer", layer=layer, value=layer)]
    if kind.name == "markers":
        frame = _with_kinds(frame, headers)
        issues += _positions(frame, headers, crs, layer, found.get("marker_id"))
    return frame, found | dict(explicit), issues


def _with_kinds(frame: pd.DataFrame, headers: Mapping[str, str]) -> pd.DataFrame:
    kinds = pd.Series([None] * len(frame), index=frame.index, dtype=object)
    for name in _KIND_FIELDS:
        if name in headers:
            told = frame[headers[name]].map(_marker_kind)
            kinds = kinds.where(kinds.notna(), told)
    return frame if "marker_kind" in frame else frame.assign(marker_kind=kinds)


def _marker_kind(said: object) -> str | None:
    words = fold(said) if isinstance(said, str) else ""
    return next(
        (code for code, names in _MARKER_KINDS
         if any(f" {name} " in f" {words} " for name in names)), None
    )  # fmt: skip


def _positions(
    frame: pd.DataFrame, headers: Mapping[str, str], crs: str | None, layer: str, name: str | None
) -> list[Issue]:
    """Markers whose fields say another place than their shape, the farthest first in metres.

    Where the fields only fit with their axes exchanged, that is what the warning says.
    """
    if not {"toadox", "toadoy"} <= headers.keys() or crs is None or not is_metric(crs):
        return []
    (north, _), (east, _) = (as_number(frame[headers[key]]) for key in ("toadox", "toadoy"))
    shapes = frame["geometry"].to_numpy(dtype=object)
    x, y = shapely.get_x(shapes), shapely.get_y(shapes)
    off = np.hypot(east.to_numpy() - x, north.to_numpy() - y)
    turned = np.hypot(north.to_numpy() - x, east.to_numpy() - y)
    wrong = np.flatnonzero(off > ATTRIBUTE_SLACK_M)
    if not len(wrong):
        return []
    worst = int(wrong[np.argmax(off[wrong])])
    row = int(frame["source_row"].iloc[worst])
    marker = str(frame[name].iloc[worst]) if name is not None else None
    if np.nanmax(turned[wrong]) <= ATTRIBUTE_SLACK_M:
        return [warning("attribute_axes_exchanged", layer=layer, row=row, id=marker,
                        count=len(wrong))]  # fmt: skip
    return [warning("attribute_position_differs", layer=layer, row=row, id=marker,
                    count=len(wrong), metres=float(off[worst]))]  # fmt: skip


def _member(folder: Path, name: str) -> Path | None:
    """The member of a folder with this name, whatever its case."""
    return next((item for item in sorted(folder.iterdir()) if item.name.casefold() == name), None)
