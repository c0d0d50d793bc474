"""The markers of each cluster against the corners and the line of its known outline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.markers.clusters import clusters_meant
from gisclusters.markers.standing import Standing
from gisclusters.markers.vertices import (
    MARKER_COLUMNS,
    VERTEX_COLUMNS,
    line_distance_m,
    long_stretches,
    match_vertices,
)

STRETCH_COLUMNS = ("cluster_id", "from_id", "to_id", "stretch_m", "spacing_m")


@dataclass(frozen=True, slots=True, kw_only=True)
class CornerMatch:
    """Every corner marker and every corner of an outline, with the cluster before them.

    ``markers`` are the designed places; ``surveyed_off_line_m`` is how far the surveyed one
    lies from the line, negative inside.  ``stretches`` are parts of the line longer than the
    spacing without a marker.
    """

    markers: pd.DataFrame
    vertices: pd.DataFrame
    stretches: pd.DataFrame


def outlines_by_cluster(
    clusters: Sequence[str | None], outlines: gpd.GeoDataFrame | None
) -> dict[str | None, gpd.GeoDataFrame | None]:
    """The rows of each cluster's outline; one cluster and one outline need not agree in name."""
    if outlines is None:
        return dict.fromkeys(clusters)
    names = clusters_meant(outlines["cluster_id"], pd.Series(clusters, dtype=object))
    found = {cluster: outlines.iloc[rows] for cluster, rows in _places_of(names).items()}
    if len(clusters) == 1 and len(set(names)) == 1:
        return {clusters[0]: outlines}
    return {cluster: found.get(cluster) for cluster in clusters}


def outline_of(rows: gpd.GeoDataFrame) -> shapely.Geometry:
    """The ground of the rows of one cluster."""
    shapes = rows.geometry.to_numpy()
    return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)


def match_corners(
    standing: Standing, owned: Mapping[str | None, gpd.GeoDataFrame | None], crs: str, *,
    tolerance_m: float, spacing_m: float | None,
) -> CornerMatch:  # fmt: skip
    """Match within each cluster whose outline is known; a cluster without one gives no row."""
    markers, vertices, stretches = [], [], []
    places_of = _places_of(standing.clusters)
    for cluster, rows in owned.items():
        if rows is None:
            continue
        at = places_of[cluster]
        places = standing.designed[at]
        points = gpd.GeoDataFrame(
            {"marker_id": standing.ids[at]},
            geometry=shapely.points(places.real, places.imag), crs=crs,
        )  # fmt: skip
        match = match_vertices(points, rows, tolerance_m=tolerance_m)
        ground = outline_of(rows)
        off = np.full(len(at), np.nan)
        seen = standing.measured[at]
        surveyed = standing.surveyed[at[seen]]
        off[seen] = _off_line_m(ground, shapely.points(surveyed.real, surveyed.imag))
        markers.append(match.markers.assign(cluster_id=cluster, surveyed_off_line_m=off))
        vertices.append(match.vertices.assign(cluster_id=cluster))
        if spacing_m is not None:
            stretches += [
                (cluster, start or None, end or None, length, spacing_m)
                for start, end, length in long_stretches(
                    ground, points.geometry.to_numpy(), standing.ids[at],
                    tolerance_m=tolerance_m, spacing_m=spacing_m,
                )
            ]  # fmt: skip
    return CornerMatch(
        markers=_whole(markers, ("cluster_id", *MARKER_COLUMNS, "surveyed_off_line_m")),
        vertices=_whole(vertices, ("cluster_id", *VERTEX_COLUMNS)),
        stretches=pd.DataFrame(stretches, columns=list(STRETCH_COLUMNS)),
    )


def _places_of(names: Iterable[str | None]) -> dict[str | None, NDArray[np.intp]]:
    found: dict[str | None, list[int]] = {}
    for place, name in enumerate(names):
        found.setdefault(name, []).append(place)
    return {name: np.array(places, dtype=np.intp) for name, places in found.items()}


def _off_line_m(ground: shapely.Geometry, points: Any) -> NDArray[np.float64]:
    """Distance from the border of the ground, negative inside; the ground is not prepared."""
    # A copy: another thread may hold the caller's shape.
    ground = shapely.set_srid(ground, shapely.get_srid(ground))
    shapely.prepare(ground)
    away = line_distance_m(np.array([ground], dtype=object), points)
    return np.asarray(np.where(shapely.contains_properly(ground, points), -away, away))


def _whole(frames: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    if not frames:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(frames, ignore_index=True)[list(columns)]
