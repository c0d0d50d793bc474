"""Markers to set out as a drawing: DXF of AutoCAD 2018, in metres, a layer for each kind."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from ezdxf import units
from ezdxf.enums import TextEntityAlignment
from ezdxf.filemanagement import new

from gisclusters.geometry.crs_names import crs_definition
from gisclusters.layers.marker_rings import ordered_rings
from gisclusters.publish.stakeout_text import code_of

BLOCK, EDGES, PREFIX = "MOC", "RANH", "MOC"
_COLOURS = {"RG": 1, "CGD": 5, "TD": 3, "MTC": 6}
_RADIUS_M, _TEXT_M = 0.5, 1.0


def write_drawing(points: pd.DataFrame, crs: str, path: Path) -> None:
    """Each marker as an insert with its name and code as attributes, on ``MOC_<kind>``.

    Where the markers say their order, each ring of a cluster is a closed line on ``RANH``;
    only boundary markers (RG, or of no kind) stand on one.  The CRS is a property of the
    drawing, since DXF has no field for a VN-2000 zone.
    """
    drawing = new("R2018", setup=True, units=units.M)
    drawing.header.custom_vars.append("CRS", f"{crs} {crs_definition(crs)[2]}")
    block = drawing.blocks.new(BLOCK)
    block.add_circle((0, 0), _RADIUS_M, dxfattribs={"layer": "0"})
    block.add_point((0, 0), dxfattribs={"layer": "0"})
    for across, up in ((2 * _RADIUS_M, 0), (0, 2 * _RADIUS_M)):
        block.add_line((-across, -up), (across, up), dxfattribs={"layer": "0"})
    block.add_attdef("TEN_MOC", (_RADIUS_M, _RADIUS_M), height=_TEXT_M)
    block.add_attdef("LOAI_MOC", (_RADIUS_M, -_RADIUS_M - _TEXT_M), height=_TEXT_M / 2)
    space = drawing.modelspace()
    for row in points.to_dict("records"):
        code = code_of(row["marker_kind"])
        layer = f"{PREFIX}_{code}" if code else PREFIX
        if layer not in drawing.layers:
            drawing.layers.add(layer, color=_COLOURS.get(code, 7))
        place = (row["easting_m"], row["northing_m"])
        insert = space.add_blockref(BLOCK, place, dxfattribs={"layer": layer})
        for tag, words, height, up in (
            ("TEN_MOC", str(row["name"]), _TEXT_M, _RADIUS_M),
            ("LOAI_MOC", code, _TEXT_M / 2, -_RADIUS_M - _TEXT_M),
        ):
            attribute = insert.add_attrib(tag, words, dxfattribs={"layer": layer, "height": height})
            attribute.set_placement((place[0] + _RADIUS_M, place[1] + up),
                                    align=TextEntityAlignment.LEFT)  # fmt: skip
    places = points[["easting_m", "northing_m"]].to_numpy()
    for _, ring in ordered_rings(points):
        if EDGES not in drawing.layers:
            drawing.layers.add(EDGES, color=2)
        space.add_lwpolyline(places[ring].tolist(), close=True, dxfattribs={"layer": EDGES})
    drawing.saveas(path, encoding="utf-8")
