"""What is known of where a layer should lie: places, clusters and markers held already.

Rows say where they belong (``commune``, ``province``, ``cluster_id``, ids of markers and of
clusters); what the store holds under these names is the evidence that the detective weighs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.geometry.crs import transform_geometries
from gisclusters.geometry.detective import Candidate, Evidence, KnownPoints, weigh
from gisclusters.layers.layer import Layer
from gisclusters.layers.values import fold

PLACE_SLACK_M = 10.0
"""A commune line of the office is drawn to some metres; a boundary may lie along it."""

CLUSTER_SLACK_M = 10.0
OUTLINE_SLACK_M = 20.0
"""A boundary measured anew lies along the old one within this, or it is another boundary."""

NEAR_M = 5_000.0
"""Land of one office lies within this of what it holds already."""

MOST_VERTICES = 20_000
"""So many vertices, evenly from all over the file, are weighed."""

_LEVELS = ("xa", "phuong", "thi tran", "dac khu", "tinh", "thanh pho", "huyen", "tp")
_LEAST_POINTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Layers of the store that say where new ones should lie."""

    places: Sequence[Layer] = ()
    clusters: Sequence[Layer] = ()
    markers: Sequence[Layer] = ()

    @property
    def ground(self) -> list[Layer]:
        """Places and clusters, by which the zone of a layer in degrees is chosen."""
        return [*self.places, *self.clusters]


NOTHING_KNOWN = Known()


def weigh_rows(
    kind_name: str,
    frame: pd.DataFrame,
    crs: str | None,
    known: Known,
    *,
    province: str | None = None,
) -> list[Candidate]:
    """Readings of the coordinates of rows, held against what is known of them, best first.

    ``frame`` has ``geometry`` (x east) in ``crs``, None where nobody says one, and what fields
    it has by our names.
    """
    shapes = frame["geometry"].to_numpy(dtype=object)
    usable = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    coordinates, owners = shapely.get_coordinates(shapes[usable], return_index=True)
    finite = np.isfinite(coordinates).all(axis=1)
    coordinates, owners = coordinates[finite], np.flatnonzero(usable)[owners[finite]]
    if not len(coordinates):
        return []
    x, y = coordinates.T
    points = None
    if kind_name in {"markers", "surveys"}:
        points = _known_points(frame, owners, known.markers, kind_name)
    if points is not None:
        return weigh(x, y, crs, [], points)
    x, y = _some(x, y)
    return weigh(x, y, crs, _evidence(kind_name, frame, known, province), None)


def _some(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vertices from all over many, the outermost among them: a wrong reference moves them all."""
    if len(x) <= MOST_VERTICES:
        return x, y
    step = -(-len(x) // MOST_VERTICES)
    outermost = [x.argmin(), x.argmax(), y.argmin(), y.argmax()]
    kept = np.union1d(np.arange(0, len(x), step), outermost)
    return x[kept], y[kept]


def _evidence(
    kind_name: str, frame: pd.DataFrame, known: Known, province: str | None
) -> list[Evidence]:
    found: list[Evidence] = []
    if kind_name == "clusters":
        found += _own_outlines(frame, known.clusters)
    elif "cluster_id" in frame:
        found += _grounds(known.clusters, "cluster_id", frame["cluster_id"], CLUSTER_SLACK_M)
    if found:
        return found
    for field, level in (("commune", "commune"), ("province", "province")):
        if field in frame:
            found += _named_places(known.places, frame[field], level)
    if province is not None and not found:
        found += _named_places(known.places, pd.Series([province]), "province")
    return found or _near_the_rest(known)


def _own_outlines(frame: pd.DataFrame, clusters: Sequence[Layer]) -> list[Evidence]:
    """The outlines held under the ids of clusters that come again."""
    if "cluster_id" not in frame:
        return []
    return [
        Evidence(name=each.name, shape=each.shape, crs=each.crs, slack_m=OUTLINE_SLACK_M,
                 relation="along")
        for each in _grounds(clusters, "cluster_id", frame["cluster_id"], 0.0)
    ]  # fmt: skip


def _grounds(
    layers: Sequence[Layer], field: str, wanted: pd.Series[str], slack_m: float
) -> list[Evidence]:
    """The ground of the named features as one shape; [] unless every name is held."""
    names = set(wanted.dropna().astype(str))
    shapes: list[tuple[str, gpd.GeoSeries]] = []
    held: set[str] = set()
    for layer in layers:
        chosen = layer.shapes[layer.frame[field].isin(names)]
        if len(chosen) and layer.crs is not None:
            shapes.append((layer.crs, chosen.geometry))
            held |= set(chosen[field])
    if not names or held != names:
        return []
    return [_together(shapes, ", ".join(sorted(names)[:3]), slack_m)]


def _named_places(places: Sequence[Layer], wanted: pd.Series[str], level: str) -> list[Evidence]:
    """The ground of the places of a level that bear the names, old and new units alike."""
    names = {place_name(name) for name in wanted.dropna().astype(str)} - {""}
    shapes: list[tuple[str, gpd.GeoSeries]] = []
    held: set[str] = set()
    for layer in places:
        frame = layer.shapes
        own = frame["name"].fillna("").map(place_name)
        chosen = own.isin(names) & (frame["level"].isna() | (frame["level"] == level))
        if chosen.any() and layer.crs is not None:
            shapes.append((layer.crs, frame.geometry[chosen]))
            held |= set(own[chosen])
    if not names or held != names:
        return []
    title = ", ".join(sorted(set(wanted.dropna().astype(str)))[:3])
    return [_together(shapes, title, PLACE_SLACK_M)]


def _near_the_rest(known: Known) -> list[Evidence]:
    """The surroundings of everything the store holds: soft, for a new district may be added."""
    held = [layer for layer in known.ground if layer.crs is not None and len(layer)]
    if not held:
        return []
    shapes = [(str(layer.crs), layer.shapes.geometry) for layer in held]
    names = ", ".join(list(dict.fromkeys(layer.name for layer in held))[:3])
    whole = _together(shapes, names, NEAR_M, soft=True)
    return [whole]


def _together(
    shapes: Sequence[tuple[str, gpd.GeoSeries]], name: str, slack_m: float, *, soft: bool = False
) -> Evidence:
    crs = shapes[0][0]
    moved = [transform_geometries(each.to_numpy(), code, crs) for code, each in shapes]
    return Evidence(
        name=name, shape=shapely.union_all(np.concatenate(moved)), crs=crs, slack_m=slack_m,
        soft=soft,
    )  # fmt: skip


def _known_points(
    frame: pd.DataFrame, owners: np.ndarray, markers: Sequence[Layer], kind_name: str
) -> KnownPoints | None:
    """Markers of the store with the ids (and clusters) of the rows; None where too few are."""
    if "marker_id" not in frame:
        return None
    columns = ["marker_id"] + (["cluster_id"] if "cluster_id" in frame else [])
    rows = frame.iloc[owners][columns].astype(object).reset_index(drop=True)
    rows["place"] = np.arange(len(rows))
    for layer in markers:
        held = pd.DataFrame(
            {"marker_id": layer.frame["marker_id"], "cluster_id": layer.frame["cluster_id"],
             "x": shapely.get_x(layer.shapes.geometry.to_numpy()),
             "y": shapely.get_y(layer.shapes.geometry.to_numpy())}
        )  # fmt: skip
        by = ["marker_id"]
        if "cluster_id" in rows and rows["cluster_id"].notna().all():
            by.append("cluster_id")
        else:
            held = held.drop_duplicates("marker_id", keep=False)
        both = rows.merge(held, on=by, suffixes=("", "_held"))
        if len(both) >= _LEAST_POINTS and layer.crs is not None:
            accuracy = float(np.nanmedian(layer.frame["accuracy_m"].to_numpy(dtype=float)))
            return KnownPoints(
                name=f"{len(both)} {kind_name}", index=both["place"].to_numpy(dtype=np.intp),
                x=both["x"].to_numpy(), y=both["y"].to_numpy(), crs=layer.crs,
                accuracy_m=max(accuracy, 0.05),
            )  # fmt: skip
    return None


def place_name(name: str) -> str:
    """``Xã Sa Bình`` and ``sa binh`` are one name."""
    folded = fold(name)
    for level in _LEVELS:
        folded = folded.removeprefix(f"{level} ")
    return folded
