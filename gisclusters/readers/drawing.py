"""DXF drawings: closed polylines as outlines, points and inserts as markers, text inside as name.

A drawing holds no CRS; the person must say it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from ezdxf import path as dxf_path
from ezdxf.document import Drawing
from ezdxf.entities.mtext import MText
from ezdxf.filemanagement import readfile
from ezdxf.lldxf.const import DXFError

from gisclusters.domain.issue import Issue, error, info
from gisclusters.errors import InputRefusedError
from gisclusters.layers.kinds import Kind

CHORD_ERROR_M = 0.001
"""Arcs are drawn as chords that leave the curve by no more than this."""

CLOSING_GAP_M = 0.001


def read_drawing(path: Path, kind: Kind, layer: str | None) -> tuple[pd.DataFrame, list[Issue]]:
    """Rows of a drawing: ``name`` from the text inside, ``drawing_layer``, shape.

    Raises InputRefusedError (``file_damaged``, ``drawing_empty``, ``layer_missing``).
    """
    try:
        document = readfile(path)
    except (DXFError, OSError, UnicodeDecodeError, ValueError, KeyError) as fault:
        raise InputRefusedError(
            [error("file_damaged", layer=path.name, reason=str(fault)[:200])]
        ) from fault
    names = sorted({entity.dxf.layer for entity in document.modelspace()})
    if layer is not None and layer not in names:
        raise InputRefusedError(
            [error("layer_missing", layer=path.name, value=layer, known=", ".join(names))]
        )
    rows = _points(document, layer) if kind.shape == "point" else _outlines(document, layer)
    if not rows:
        raise InputRefusedError(
            [error("drawing_empty", layer=path.name, known=", ".join(names) or "–")]
        )
    frame = pd.DataFrame(rows)
    frame["source_row"] = np.arange(1, len(frame) + 1)
    issues = [info("arcs_as_chords", layer=path.name, chord=CHORD_ERROR_M)]
    return _named(frame, document, layer), issues if kind.shape != "point" else []


def _outlines(document: Drawing, layer: str | None) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for entity in document.modelspace().query("LWPOLYLINE POLYLINE"):
        if layer is not None and entity.dxf.layer != layer:
            continue
        vertices = [(v.x, v.y) for v in dxf_path.make_path(entity).flattening(CHORD_ERROR_M)]
        closed = bool(getattr(entity, "closed", False) or getattr(entity, "is_closed", False))
        if len(vertices) > 2 and np.hypot(*np.subtract(vertices[0], vertices[-1])) <= CLOSING_GAP_M:
            closed, vertices = True, vertices[:-1]
        if closed and len(vertices) > 2:
            rows.append({"drawing_layer": entity.dxf.layer, "geometry": shapely.Polygon(vertices)})
    return rows


def _points(document: Drawing, layer: str | None) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for entity in document.modelspace().query("POINT INSERT"):
        if layer is not None and entity.dxf.layer != layer:
            continue
        place = entity.dxf.location if entity.dxftype() == "POINT" else entity.dxf.insert
        rows.append({"drawing_layer": entity.dxf.layer,
                     "geometry": shapely.Point(place.x, place.y)})  # fmt: skip
    return rows


def _named(frame: pd.DataFrame, document: Drawing, layer: str | None) -> pd.DataFrame:
    """Tie each text to the outline it stands in, or to the nearest point."""
    texts = []
    for entity in document.modelspace().query("TEXT MTEXT"):
        if layer is not None and entity.dxf.layer != layer and len(document.layers) < 3:
            continue
        words = entity.plain_text() if isinstance(entity, MText) else entity.dxf.text
        place = entity.dxf.insert
        texts.append((str(words).strip(), shapely.Point(place.x, place.y)))
    names: list[str | None] = [None] * len(frame)
    if texts:
        shapes = np.asarray(frame["geometry"], dtype=object)
        tree = shapely.STRtree(shapes)
        areal = shapely.get_dimensions(shapes[0]) == 2
        for words, place in texts:
            hits = tree.query(place, predicate="within") if areal else [tree.nearest(place)]
            for hit in hits:
                if names[hit] is None:
                    names[hit] = words
    return frame.assign(name=pd.Series(names, dtype=object))
