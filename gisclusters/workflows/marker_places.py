"""What stands beside the findings of markers: the surveyor's words, control points, outlines."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.layers.layer import Layer
from gisclusters.layers.marker_rings import ordered_rings
from gisclusters.markers.campaigns import Comparison
from gisclusters.markers.control import known_and_seen
from gisclusters.markers.matching import marker_keys
from gisclusters.store import Store
from gisclusters.words import Lang, text


def with_remarks(
    notes: pd.Series[Any], findings: pd.DataFrame, survey: pd.DataFrame, lang: Lang
) -> pd.Series[Any]:
    """The notes, and behind them what the surveyor wrote (``note`` of the survey)."""
    if "note" not in survey or not survey["note"].notna().any():
        return notes
    names, seen = (keys.to_pylist() for keys in marker_keys(findings, survey))
    said: dict[str, dict[str, None]] = {}
    for name, remark in zip(seen, survey["note"], strict=True):
        if isinstance(remark, str) and remark.strip():
            said.setdefault(name, {})[remark.strip()] = None
    told = []
    for note, name in zip(notes, names, strict=True):
        remarks = "; ".join(said.get(name, {}))
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


def shapes_of(findings: pd.DataFrame, crs: str) -> dict[str, list[gpd.GeoDataFrame]]:
    """The findings as layers of a map: where each marker stands, and how far from where it should.

    ``positions`` are the measured places, of what nobody measured the approved ones (``measured``
    says which); ``deviations`` lines from the approved to the measured place, drawn as they are.
    """
    designed = findings[["design_e_m", "design_n_m"]].to_numpy(dtype="float64")
    measured = findings[["measured_e_m", "measured_n_m"]].to_numpy(dtype="float64")
    seen, known = np.isfinite(measured).all(axis=1), np.isfinite(designed).all(axis=1)
    place = np.where(seen[:, None], measured, designed)
    there = seen | known
    positions = gpd.GeoDataFrame(
        findings.assign(measured=seen)[there], geometry=shapely.points(place[there]), crs=crs
    )
    both = seen & known
    lines = shapely.linestrings(np.stack([designed[both], measured[both]], axis=1))
    return {
        "positions": [positions],
        "deviations": [gpd.GeoDataFrame(findings[both], geometry=lines, crs=crs)],
    }


def displacements_of(
    findings: pd.DataFrame, found: Comparison, crs: str
) -> dict[str, list[gpd.GeoDataFrame]]:
    """A comparison of two campaigns as layers of a map, in the later one's CRS.

    ``positions`` are where each marker stands now, what only the earlier campaign saw where it
    stood then (``seen_in``); ``displacements`` lines from then to now, drawn as they are.
    """
    was, now = found.was, found.now
    before, after = np.isfinite(was), np.isfinite(now)
    place = np.where(after, now, was)[before | after]
    seen = np.where(before & after, "both", np.where(after, "later", "earlier")).astype(object)
    positions = gpd.GeoDataFrame(
        findings.assign(seen_in=seen)[before | after],
        geometry=shapely.points(place.real, place.imag), crs=crs,
    )  # fmt: skip
    both = before & after & findings["distance_m"].notna().to_numpy()
    ends = np.stack([was[both], now[both]], axis=1)
    lines = shapely.linestrings(np.stack([ends.real, ends.imag], axis=-1))
    return {
        "positions": [positions],
        "displacements": [gpd.GeoDataFrame(findings[both], geometry=lines, crs=crs)],
    }


def outlines_of(
    approved: Layer, store: Store | None, cluster_id: str | None
) -> list[gpd.GeoDataFrame]:
    """The boundary for a drawing: as stored, else the approved markers joined in their order."""
    if store is not None and cluster_id is not None:
        found = [layer for layer in store.load("clusters", ids=[cluster_id]) if len(layer)]
        if found:
            frame = found[0].to_crs(str(approved.crs)).shapes
            return [frame[["cluster_id", "name", "geometry"]]]
    points = approved.shapes.geometry.to_numpy()
    rows = [
        {"cluster_id": cluster, "name": None, "geometry": shapely.linearrings(
            shapely.get_coordinates(points[ring]))}
        for cluster, ring in ordered_rings(approved.frame)
    ]  # fmt: skip
    if not rows:
        return []
    return [gpd.GeoDataFrame(rows, geometry="geometry", crs=approved.shapes.crs)]
