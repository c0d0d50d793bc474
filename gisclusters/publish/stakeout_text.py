"""Markers to set out as text: lists for controllers, waypoints, placemarks."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd

from gisclusters.publish.export import inert

_GPX = "http://www.topografix.com/GPX/1/1"
_KML = "http://www.opengis.net/kml/2.2"
_DECIMALS_M, _DECIMALS_DEG = 4, 10
"""A tenth of a millimetre and a hundredth of one."""


@dataclass(frozen=True, slots=True)
class Controller:
    """The columns of a list as a maker's program imports it by default, each with its header.

    Without headers the list has no header row.  ``marked``: with the mark by which a spreadsheet
    knows UTF-8, which controllers take for a part of the first name.
    """

    columns: tuple[str, ...]
    headers: tuple[str, ...] = ()
    separator: str = ","
    marked: bool = False


_NEH = ("name", "northing_m", "easting_m", "height_m", "code")
_ENH = ("name", "easting_m", "northing_m", "height_m", "code")
CONTROLLERS: Mapping[str, Controller] = MappingProxyType({
    "plain": Controller(
        ("name", "northing_m", "easting_m", "height_m", "marker_kind", "ring", "order",
         "cluster_id"),
        ("marker_id", "N", "E", "H", "marker_kind", "ring", "order", "cluster_id"), marked=True,
    ),
    "leica": Controller(_ENH),
    "trimble": Controller(_NEH),
    "topcon": Controller(_NEH, ("Name", "Northing", "Easting", "Elevation", "Code")),
    "south": Controller(("name", "code", "easting_m", "northing_m", "height_m")),
    "chc": Controller(_NEH, ("Name", "N", "E", "Z", "Code")),
    "emlid": Controller(
        ("name", "easting_m", "northing_m", "height_m", "code"),
        ("Name", "Easting", "Northing", "Elevation", "Code"),
    ),
})  # fmt: skip
"""The usual orders; every one of these programs lets its user choose another."""


def code_of(kind: Any) -> str:
    """The code of a marker's kind in letters that every controller has: ``TD`` for TĐ."""
    return "" if pd.isna(kind) else str(kind).replace("Đ", "D")


def csv_text(points: pd.DataFrame, maker: str) -> str:
    """The list of ``maker``; metres with a point and four decimals, heights unknown left empty.

    The plain list names a marker by its own id, since the cluster has a column there; it alone
    is for spreadsheets, so only its names are kept from being taken for formulas.
    """
    controller = CONTROLLERS[maker]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=controller.separator, lineterminator="\r\n")
    if controller.headers:
        writer.writerow(controller.headers)
    table = points.assign(code=[code_of(kind) for kind in points["marker_kind"]])
    if maker == "plain":
        table["name"] = table["marker_id"]
    columns = [table[name] for name in controller.columns]
    for cells in zip(*columns, strict=True):
        writer.writerow([_cell(cell, plain=maker == "plain") for cell in cells])
    return out.getvalue()


def gpx_text(points: pd.DataFrame) -> str:
    """Waypoints of GPX 1.1, kind and cluster in the comment."""
    ET.register_namespace("", _GPX)
    root = ET.Element(f"{{{_GPX}}}gpx", version="1.1", creator="gisclusters")
    for row in points.to_dict("records"):
        point = ET.SubElement(root, f"{{{_GPX}}}wpt", lat=_degrees(row["lat"]),
                              lon=_degrees(row["lon"]))  # fmt: skip
        if pd.notna(row["height_m"]):
            ET.SubElement(point, f"{{{_GPX}}}ele").text = f"{row['height_m']:.3f}"
        ET.SubElement(point, f"{{{_GPX}}}name").text = str(row["name"])
        said = [str(row[each]) for each in ("marker_kind", "cluster_id") if pd.notna(row[each])]
        if said:
            ET.SubElement(point, f"{{{_GPX}}}desc").text = ", ".join(said)
        ET.SubElement(point, f"{{{_GPX}}}sym").text = "Flag, Blue"
    return _document(root)


def kml_text(points: pd.DataFrame) -> str:
    """Placemarks of KML 2.2, with the fields of a marker as extended data."""
    ET.register_namespace("", _KML)
    root = ET.Element(f"{{{_KML}}}kml")
    folder = ET.SubElement(root, f"{{{_KML}}}Document")
    ET.SubElement(folder, f"{{{_KML}}}name").text = "markers"
    for row in points.to_dict("records"):
        mark = ET.SubElement(folder, f"{{{_KML}}}Placemark")
        ET.SubElement(mark, f"{{{_KML}}}name").text = str(row["name"])
        data = ET.SubElement(mark, f"{{{_KML}}}ExtendedData")
        for name in ("marker_id", "cluster_id", "marker_kind", "ring", "order"):
            if pd.notna(row[name]):
                each = ET.SubElement(data, f"{{{_KML}}}Data", name=name)
                ET.SubElement(each, f"{{{_KML}}}value").text = str(row[name])
        point = ET.SubElement(mark, f"{{{_KML}}}Point")
        ET.SubElement(
            point, f"{{{_KML}}}coordinates"
        ).text = f"{_degrees(row['lon'])},{_degrees(row['lat'])}"
    return _document(root)


def _document(root: ET.Element) -> str:
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _cell(cell: Any, *, plain: bool) -> object:
    if pd.isna(cell):
        return ""
    if isinstance(cell, float):
        return f"{cell:.{_DECIMALS_M}f}"
    return inert(cell) if plain else cell


def _degrees(value: float) -> str:
    return f"{value:.{_DECIMALS_DEG}f}"
