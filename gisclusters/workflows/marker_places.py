"""Where each marker was approved and where it was measured, beside what was found of it."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.layers.layer import Layer
from gisclusters.markers.control import known_and_seen
from gisclusters.markers.ids import normal_id
from gisclusters.store import Store
from gisclusters.words import Lang, text

_LEAST_CORNERS = 3


def with_places(findings: pd.DataFrame, approved: Layer, measured: Layer) -> pd.DataFrame:
    """The findings with ``marker_kind``, ``design_*_m`` and ``measured_*_m`` (metres, design CRS).

    What was measured is the approved place and the deviation found; of a point that nobody
    planned, the mean of its observations.
    """
    found = findings.copy()
    ids = found["marker_id"].to_numpy(dtype=object)
    planned = (found["verdict"] != "extra").to_numpy()
    design = _numbered(approved.frame["marker_id"].to_numpy(dtype=object))
    row = np.full(len(found), -1, dtype=np.intp)
    for place, key in zip(np.flatnonzero(planned), _numbered(ids[planned]), strict=True):
        row[place] = design.get(key, -1)
    known = row >= 0
    east, north = np.full((2, len(found)), np.nan)
    shapes = approved.shapes.geometry.to_numpy()
    east[known] = shapely.get_x(shapes[row[known]])
    north[known] = shapely.get_y(shapes[row[known]])
    kinds = np.full(len(found), None, dtype=object)
    kinds[known] = approved.frame["marker_kind"].to_numpy(dtype=object)[row[known]]
    measured_east = east + found["de_m"].to_numpy(dtype=float)
    measured_north = north + found["dn_m"].to_numpy(dtype=float)
    seen = _mean_places(measured.to_crs(str(approved.crs)))
    for place in np.flatnonzero(~planned):
        measured_east[place], measured_north[place] = seen.get(
            normal_id(ids[place]), (np.nan, np.nan)
        )
    found["marker_kind"] = kinds
    found["design_e_m"], found["design_n_m"] = east, north
    found["measured_e_m"], found["measured_n_m"] = measured_east, measured_north
    return found


def with_remarks(
    notes: pd.Series[Any], names: pd.Series[Any], survey: pd.DataFrame, lang: Lang
) -> pd.Series[Any]:
    """The notes, and behind them what the surveyor wrote (``note`` of the survey)."""
    if "note" not in survey or not survey["note"].notna().any():
        return notes
    said: dict[str, dict[str, None]] = {}
    for name, remark in zip(survey["marker_id"], survey["note"], strict=True):
        if isinstance(remark, str) and remark.strip():
            said.setdefault(normal_id(name), {})[remark.strip()] = None
    told = []
    for note, name in zip(notes, names, strict=True):
        remarks = "; ".join(said.get(normal_id(name), {}))
        own = text("markers.note_said", lang, value=remarks) if remarks else None
        told.append(" ".join(filter(None, (note, own))) or None)
    return pd.Series(told, index=notes.index, dtype=object)


def control_rows(controls: Layer | None, crs: str) -> list[dict[str, Any]]:
    """Control points with what is known of them and what was measured, plain values in ``crs``."""
    if controls is None:
        return []
    points = known_and_seen(controls, crs)
    off = points.seen - points.known
    columns = {
        "point_id": controls.frame["marker_id"].tolist(),
        "known_e_m": points.known.real, "known_n_m": points.known.imag,
        "measured_e_m": points.seen.real, "measured_n_m": points.seen.imag,
        "de_m": off.real, "dn_m": off.imag,
        "accuracy_m": controls.frame["accuracy_m"].to_numpy(dtype=float),
    }  # fmt: skip
    rows = pd.DataFrame(columns)
    rows["distance_m"] = np.hypot(rows["de_m"], rows["dn_m"])
    return [
        {str(name): None if pd.isna(cell) else cell for name, cell in row.items()}
        for row in rows.to_dict("records")
    ]


def outlines_of(
    approved: Layer, store: Store | None, cluster_id: str | None
) -> list[gpd.GeoDataFrame]:
    """The boundary for a drawing: as stored, else the approved markers joined in their order."""
    if store is not None and cluster_id is not None:
        found = [layer for layer in store.load("clusters", ids=[cluster_id]) if len(layer)]
        if found:
            frame = found[0].to_crs(str(approved.crs)).shapes
            return [frame[["cluster_id", "name", "geometry"]]]
    lines = approved.shapes[approved.frame["order"].notna().to_numpy()]
    rows = []
    for (cluster, _), ring in lines.groupby(["cluster_id", "ring"], dropna=False):
        corners = ring.sort_values("order", kind="stable").geometry.get_coordinates().to_numpy()
        if len(corners) >= _LEAST_CORNERS:
            closed = shapely.linestrings(np.vstack([corners, corners[:1]]))
            rows.append({"cluster_id": cluster, "name": None, "geometry": closed})
    if not rows:
        return []
    return [gpd.GeoDataFrame(rows, geometry="geometry", crs=approved.shapes.crs)]


def _numbered(ids: np.ndarray) -> dict[tuple[object, int], int]:
    """Each id with how often it stood before, to its row: ids recur where clusters share them."""
    counts: dict[object, int] = {}
    found: dict[tuple[object, int], int] = {}
    for row, name in enumerate(ids):
        counts[name] = counts.get(name, -1) + 1
        found[(name, counts[name])] = row
    return found


def _mean_places(survey: Layer) -> dict[str, tuple[float, float]]:
    shapes = survey.shapes.geometry.to_numpy()
    placed = ~shapely.is_empty(shapes)
    frame = pd.DataFrame(
        {"key": [normal_id(name) for name in survey.frame["marker_id"][placed]],
         "east": shapely.get_x(shapes[placed]), "north": shapely.get_y(shapes[placed])}
    )  # fmt: skip
    means = frame.groupby("key", sort=False)[["east", "north"]].mean()
    return {str(key): (float(e), float(n)) for key, e, n in means.itertuples()}
