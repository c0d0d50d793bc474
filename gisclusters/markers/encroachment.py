"""Markers that stand inside other ground, and ground that reaches over the surveyed line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.geometry.pairs import sound_pairs
from gisclusters.geometry.width import certainty, is_ground, pair_tolerance_m, widest_circle
from gisclusters.layers.layer import DEFAULT_ACCURACY_M, Layer
from gisclusters.markers.areas import Ground
from gisclusters.markers.clusters import clusters_meant
from gisclusters.markers.standing import Standing

What = Literal["parcel", "road", "water", "building"]

INSIDE_COLUMNS = (
    "cluster_id", "marker_id", "what", "feature_id", "verdict", "depth_m", "tolerance_m",
    "measured",
)  # fmt: skip
OVER_COLUMNS = (
    "cluster_id", "what", "feature_id", "side", "verdict", "area_m2", "width_m", "tolerance_m",
    "geometry",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A layer that lies about the boundary, and what its rows are."""

    what: What
    layer: Layer


def markers_inside(standing: Standing, neighbours: Sequence[Neighbours], crs: str) -> pd.DataFrame:
    """Markers deeper inside other ground than the accuracy of both; columns ``INSIDE_COLUMNS``.

    A boundary marker may stand on the edge of a parcel: the depth is the distance to the edge
    of the ground, judged like a width (≤ ε within accuracy, which gives no row; ≥ 2ε ``real``;
    ``undecided`` between), ε of marker and map together.
    """
    at = np.flatnonzero(~np.isnan(standing.place))
    points = _points(standing.place[at])
    found = []
    for each in neighbours:
        frame = _areal(each.layer, crs)
        shapes = frame.geometry.to_numpy()
        i, j = shapely.STRtree(shapes).query(points, predicate="within")
        if not len(i):
            continue
        depth: NDArray[np.float64] = np.asarray(
            shapely.distance(points[i], shapely.boundary(shapes)[j])
        )
        tolerance = pair_tolerance_m(
            _known(standing.accuracy_m[at[i]]), frame["accuracy_m"].to_numpy(dtype="float64")[j]
        )
        verdict = [certainty(d, e) for d, e in zip(depth, tolerance, strict=True)]
        table = pd.DataFrame(
            {
                "cluster_id": standing.clusters[at[i]], "marker_id": standing.ids[at[i]],
                "what": each.what,
                "feature_id": frame[each.layer.kind.id_field].to_numpy(dtype=object)[j],
                "verdict": verdict, "depth_m": depth, "tolerance_m": tolerance,
                "measured": standing.measured[at[i]],
            }
        )  # fmt: skip
        found.append(table[table["verdict"] != "within_accuracy"])
    if not found:
        return pd.DataFrame(columns=list(INSIDE_COLUMNS))
    return pd.concat(found, ignore_index=True)[list(INSIDE_COLUMNS)]


def over_the_line(
    grounds: Sequence[Ground], neighbours: Sequence[Neighbours], crs: str
) -> gpd.GeoDataFrame:
    """What of parcels and buildings lies on the wrong side; columns ``OVER_COLUMNS``.

    Ground of the cluster itself (its ``cluster_id``) should lie inside: what is outside reaches
    over.  Ground of another cluster should lie outside.  Of ground that names none, and beside
    markers that name none, the smaller side reaches over.  ``side`` says where the piece lies.
    Width and verdict are those of overlaps: the largest circle inside against ε of line and
    map; every piece has a row, ``within_accuracy`` too.
    """
    kept = [ground for ground in grounds if ground.shape is not None]
    rings = gpd.GeoDataFrame(geometry=[ground.shape for ground in kept], crs=crs)
    found = []
    for each in neighbours:
        if not kept or each.what not in {"parcel", "building"}:
            continue
        frame = _areal(each.layer, crs)
        pairs = sound_pairs(rings, frame)
        i, j = pairs["left_index"].to_numpy(), pairs["right_index"].to_numpy()
        inside = np.asarray(pairs.geometry.array, dtype=object)
        shapes = frame.geometry.to_numpy()[j]
        inside_m2, whole_m2 = shapely.area(inside), shapely.area(shapes)
        crossing = inside_m2 < whole_m2 * (1 - 1e-9)
        cluster = np.array([kept[k].cluster for k in i], dtype=object)
        owner = _owners(frame, kept)[j]
        named = pd.notna(owner) & pd.notna(cluster)
        own = named & (cluster == owner)
        out_side = np.where(named, own, inside_m2 >= whole_m2 / 2)
        # What lies wholly inside and is another cluster's reaches over with all it has.
        keep = np.where(out_side, crossing, crossing | (named & ~own))
        i, j, out_side = i[keep], j[keep], out_side[keep]
        piece = inside[keep].copy()
        piece[out_side] = shapely.difference(
            shapes[keep][out_side], rings.geometry.to_numpy()[i[out_side]]
        )
        ground = is_ground(piece) & (shapely.area(piece) > 0)
        i, j, out_side, piece = i[ground], j[ground], out_side[ground], piece[ground]
        accuracy = _known(np.array([kept[k].accuracy_m for k in i], dtype="float64"))
        tolerance = pair_tolerance_m(accuracy, frame["accuracy_m"].to_numpy(dtype="float64")[j])
        width = [widest_circle(p, e).width_m for p, e in zip(piece, tolerance, strict=True)]
        found.append(pd.DataFrame(
            {
                "cluster_id": pd.Series([kept[k].cluster for k in i], dtype=object),
                "what": each.what,
                "feature_id": frame[each.layer.kind.id_field].to_numpy(dtype=object)[j],
                "side": np.where(out_side, "outside", "inside"),
                "verdict": [certainty(w, e) for w, e in zip(width, tolerance, strict=True)],
                "area_m2": shapely.area(piece), "width_m": width, "tolerance_m": tolerance,
                "geometry": piece,
            }
        ))  # fmt: skip
    found = [table for table in found if len(table)]
    rows = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=OVER_COLUMNS)
    return gpd.GeoDataFrame(rows[list(OVER_COLUMNS)], geometry="geometry", crs=crs)


def lines_left_out(neighbours: Neighbours) -> int:
    """How many rows are no areas: how wide a drawn line is on the ground nobody knows."""
    return int((shapely.get_dimensions(neighbours.layer.shapes.geometry.to_numpy()) < 2).sum())


def _points(place: NDArray[np.complex128]) -> NDArray[np.object_]:
    points: NDArray[np.object_] = np.asarray(shapely.points(place.real, place.imag), dtype=object)
    return points


def _areal(layer: Layer, crs: str) -> gpd.GeoDataFrame:
    frame = layer.to_crs(crs).shapes
    areal = shapely.get_dimensions(frame.geometry.to_numpy()) == 2
    return frame[areal].reset_index(drop=True)


def _owners(frame: gpd.GeoDataFrame, grounds: Sequence[Ground]) -> NDArray[np.object_]:
    """The cluster each row names, as the grounds write it; None where it names none."""
    if "cluster_id" not in frame:
        return np.full(len(frame), None, dtype=object)
    known = pd.Series([ground.cluster for ground in grounds], dtype=object)
    column = clusters_meant(frame["cluster_id"].astype(object), known)
    owners: NDArray[np.object_] = column.where(column.notna(), None).to_numpy()
    return owners


def _known(accuracy_m: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.nan_to_num(accuracy_m, nan=DEFAULT_ACCURACY_M)
