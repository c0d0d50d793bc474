"""Markers to set out as a GeoPackage that QField and QGIS open ready for work.

``markers`` are the targets as approved; a person changes nothing there but the state, note and
photo of a marker that cannot be measured.  ``surveys`` is empty: each marker that is found is
measured into it as a new point, so that a target never passes for a measurement.  Both are what
``markers verify --survey`` reads.  Their forms, with lists, camera and what the receiver knows
of a position, stand in the table ``layer_styles``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pyogrio

from gisclusters.layers.kinds import MARKER_STATES
from gisclusters.publish.export import inert
from gisclusters.publish.geopackage_styles import TABLE
from gisclusters.publish.stakeout import OWN
from gisclusters.words import Lang, text

MARKERS, SURVEYS = "markers", "surveys"
_LABEL = '"marker_id"'
_TARGET = ("marker_id", "cluster_id", "marker_kind", "ring", "order")
_MEASURED = {
    "marker_id": "str", "cluster_id": "str", "state": "str", "note": "str", "photo": "str",
    "accuracy_m": "float64", "fix": "str", "epochs": "Int64", "hdop": "float64",
    "observed_at": "datetime64[ms]",
}  # fmt: skip
_NOTED = {name: _MEASURED[name] for name in ("state", "note", "photo", "observed_at")}
"""What may be noted on a target; no place is taken with it."""
_DEFAULTS = {
    "marker_id": "array_last(overlay_nearest('markers', \"marker_id\", limit:=1))",
    "cluster_id": "array_last(overlay_nearest('markers', \"cluster_id\", limit:=1))",
    "state": "'found'",
    "accuracy_m": "@position_horizontal_accuracy",
    "fix": "@position_quality_description",
    "epochs": "@position_averaged_count",
    "hdop": "@position_hdop",
    "observed_at": "now()",
}
"""What QField fills in when a point is taken; QGIS at a desk leaves what no receiver says empty."""


def write_field_package(points: pd.DataFrame, crs: str, path: Path, lang: Lang) -> None:
    """Write the layers and their forms to ``path``, which is made anew."""
    path.unlink()  # GDAL wants to make the file itself
    beside = [name for name in points.columns if name not in OWN]
    columns = {name: points[name] for name in (*_TARGET, "height_m")}
    besides = {f"{name} (2)" if name in _MEASURED else name: points[name] for name in beside}
    columns |= besides
    shapes = gpd.points_from_xy(points["easting_m"], points["northing_m"], crs=crs)
    markers = gpd.GeoDataFrame(columns, geometry=shapes)
    for name in besides:
        if markers[name].dtype == object:
            markers[name] = [None if pd.isna(cell) else str(inert(cell)) for cell in markers[name]]
    for name, kind in _NOTED.items():
        markers[name] = pd.Series(None, index=markers.index, dtype=kind)
    blank = gpd.GeoDataFrame(
        {name: pd.Series([], dtype=kind) for name, kind in _MEASURED.items()},
        geometry=gpd.GeoSeries([], crs=crs),
    )
    for layer, frame in ((MARKERS, markers), (SURVEYS, blank)):
        pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG", VERSION="1.3",
                                geometry_type="Point", append=layer == SURVEYS)  # fmt: skip
    rows = [
        _style(MARKERS, form(markers.columns.drop("geometry"), lang, editable=_NOTED,
                             filled={}, colour="31,111,180,255")),
        _style(SURVEYS, form(_MEASURED, lang, editable=_MEASURED, filled=_DEFAULTS,
                             colour="215,48,39,255")),
    ]  # fmt: skip
    pyogrio.write_dataframe(pd.DataFrame(rows), path, layer=TABLE, driver="GPKG", VERSION="1.3",
                            FID="id")  # fmt: skip


def form(
    fields: Iterable[str], lang: Lang, *, editable: Collection[str],
    filled: Mapping[str, str], colour: str,
) -> str:  # fmt: skip
    """The style of one layer for QGIS and QField: symbol, label, names, widgets, defaults."""
    names = list(fields)
    root = ET.Element("qgis", version="3.22.0", readOnly="0",
                      styleCategories="Symbology|Labeling|Fields|Forms")  # fmt: skip
    _symbol(root, colour)
    _labels(root, _LABEL)
    widgets = ET.SubElement(root, "fieldConfiguration")
    for name in names:
        field = ET.SubElement(widgets, "field", name=name, configurationFlags="None")
        _widget(field, name, lang)
    aliases = ET.SubElement(root, "aliases")
    defaults = ET.SubElement(root, "defaults")
    open_to = ET.SubElement(root, "editable")
    for index, name in enumerate(names):
        ET.SubElement(aliases, "alias", field=name, index=str(index), name=_alias(name, lang))
        expression = filled.get(name, "")
        ET.SubElement(defaults, "default", field=name, expression=expression,
                      applyOnUpdate="0")  # fmt: skip
        ET.SubElement(open_to, "field", name=name, editable=str(int(name in editable)))
    ET.SubElement(root, "editorlayout").text = "generatedlayout"
    ET.SubElement(root, "previewExpression").text = _LABEL
    ET.SubElement(root, "layerGeometryType").text = "0"
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(
        root, encoding="unicode"
    )


def _widget(field: ET.Element, name: str, lang: Lang) -> None:
    if name == "state":
        config = _options(field, "ValueMap")
        values = ET.SubElement(config, "Option", name="map", type="List")
        for state in MARKER_STATES:
            one = ET.SubElement(values, "Option", type="Map")
            ET.SubElement(one, "Option", name=text(f"markers.state_{state}", lang),
                          value=state, type="QString")  # fmt: skip
        return
    known: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
        "photo": ("ExternalResource", {
            "DocumentViewer": ("int", "1"), "FileWidget": ("bool", "true"),
            "FileWidgetButton": ("bool", "true"), "RelativeStorage": ("int", "1"),
            "StorageMode": ("int", "0"), "DocumentViewerHeight": ("int", "0"),
            "DocumentViewerWidth": ("int", "0"),
        }),
        "note": ("TextEdit", {"IsMultiline": ("bool", "true"), "UseHtml": ("bool", "false")}),
        "observed_at": ("DateTime", {
            "allow_null": ("bool", "true"), "calendar_popup": ("bool", "true"),
            "display_format": ("QString", "dd/MM/yyyy HH:mm:ss"),
            "field_format": ("QString", "yyyy-MM-dd HH:mm:ss"),
            "field_iso_format": ("bool", "false"),
        }),
    }  # fmt: skip
    kind, settings = known.get(name, ("TextEdit", {}))
    config = _options(field, kind)
    for key, (of_type, value) in settings.items():
        ET.SubElement(config, "Option", name=key, type=of_type, value=value)


def _options(field: ET.Element, kind: str) -> ET.Element:
    widget = ET.SubElement(field, "editWidget", type=kind)
    config = ET.SubElement(widget, "config")
    return ET.SubElement(config, "Option", type="Map")


def _symbol(root: ET.Element, colour: str) -> None:
    drawn = ET.SubElement(root, "renderer-v2", type="singleSymbol", symbollevels="0",
                          forceraster="0", enableorderby="0")  # fmt: skip
    symbols = ET.SubElement(drawn, "symbols")
    symbol = ET.SubElement(symbols, "symbol", type="marker", name="0", alpha="1",
                           clip_to_extent="1", force_rhr="0")  # fmt: skip
    layer = ET.SubElement(symbol, "layer", {
        "class": "SimpleMarker", "pass": "0", "locked": "0", "enabled": "1",
    })  # fmt: skip
    settings = {"color": colour, "name": "cross_fill", "outline_color": "255,255,255,255",
                "outline_width": "0.2", "size": "3", "size_unit": "MM"}  # fmt: skip
    known = ET.SubElement(layer, "Option", type="Map")
    for key, value in settings.items():
        ET.SubElement(known, "Option", name=key, value=value, type="QString")
        ET.SubElement(layer, "prop", k=key, v=value)  # how QGIS before 3.26 wrote it


def _labels(root: ET.Element, label: str) -> None:
    labelling = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labelling, "settings", calloutType="simple")
    ET.SubElement(settings, "text-style", fieldName=label, isExpression="1", fontSize="9",
                  fontSizeUnit="Point", textColor="30,30,30,255")  # fmt: skip
    ET.SubElement(settings, "placement", placement="0", dist="1", distUnits="MM")
    ET.SubElement(settings, "rendering", drawLabels="1", obstacle="0")


def _style(layer: str, qml: str) -> dict[str, object]:
    return {
        "f_table_catalog": "", "f_table_schema": "", "f_table_name": layer,
        "f_geometry_column": "geom", "styleName": "gisclusters", "styleQML": qml, "styleSLD": "",
        "useAsDefault": True, "description": "", "owner": "", "ui": "",
        "update_time": pd.Timestamp("1970-01-01"),
    }  # fmt: skip


def _alias(name: str, lang: Lang) -> str:
    key = f"stakeout.field_{name}"
    return text(key, lang) if name in {*_TARGET, *_MEASURED, "height_m"} else name
