"""What is known of where a layer should lie: places, clusters and markers held already.

Rows say where they belong (``commune``, ``province``, ``cluster_id``, ids of markers and of
clusters); what the store holds under these names is the evidence that the detective weighs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.geometry.crs import transform_geometries
from gisclusters.geometry.detective import Candidate, Evidence, KnownPoints, concluded, weigh
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
"""No more vertices, evenly from all over the file, are weighed."""

_PLACES = ("cluster_id", "commune", "province")

_LEVELS = ("xa", "phuong", "thi tran", "dac khu", "tinh", "thanh pho", "huyen", "tp")
_LEAST_POINTS = 2
_LEAST_COMMON, _MOST_COMMON_M = 4, 5.0
_COMMON_NAME = re.compile(r"\W*[^\W\d_]{0,4}\W*\d{0,3}\W*")
"""A name that every table has, as M1, 1 or A: without its cluster it may be that of another
marker; so at least four of them must lie within a few metres of where they are held."""


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
    weighing = Weighing(kind_name, known, province=province)
    weighing.add(frame)
    return weighing.candidates(crs)


class Weighing:
    """Rows that come part by part, to be weighed once all of them are there.

    Kept of them are the names of where they belong, the markers that are held already, and
    enough of the vertices: the answer is the same in however many parts they come.
    """

    def __init__(self, kind_name: str, known: Known, *, province: str | None = None) -> None:
        self._kind_name, self._known, self._province = kind_name, known, province
        self._names: dict[str, set[str]] = {}
        self._markers = _Markers(known.markers) if kind_name in {"markers", "surveys"} else None
        self._vertices = _Vertices()

    def add(self, frame: pd.DataFrame) -> None:
        """Take in some rows, all parts being in one CRS."""
        for field in _PLACES:
            if field in frame:
                self._names.setdefault(field, set()).update(frame[field].dropna().astype(str))
        shapes = frame["geometry"].to_numpy(dtype=object)
        usable = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        xy, owners = shapely.get_coordinates(shapes[usable], return_index=True)
        finite = np.isfinite(xy).all(axis=1)
        xy, owners = xy[finite], np.flatnonzero(usable)[owners[finite]]
        if self._markers is not None:
            self._markers.add(frame, owners, xy)
        self._vertices.add(xy)

    def candidates(self, crs: str | None, *, places_only: bool = False) -> list[Candidate]:
        """The readings of all rows taken in, as ``weigh_rows`` gives them.

        ``places_only``: held against the places they name alone, not against what is stored of
        their own clusters; [] where they name none.
        """
        if not self._vertices.count:
            return []
        if places_only:
            named = self._named_places()
            return weigh(*self._vertices.some(), crs, named, None) if named else []
        points = None if self._markers is None else self._markers.known_points(self._kind_name)
        if self._markers is not None and points is not None:
            x, y = np.concatenate(self._markers.xy).T
            told = weigh(x, y, crs, [], points)
            if concluded(told) is not None or not np.isfinite(points.most_m):
                return told
        x, y = self._vertices.some()
        return weigh(x, y, crs, self._evidence(), None)

    def _evidence(self) -> list[Evidence]:
        known, names = self._known, self._names
        found: list[Evidence] = []
        if "cluster_id" in names:
            own = self._kind_name == "clusters"
            found += _grounds(known.clusters, "cluster_id", names["cluster_id"],
                              0.0 if own else CLUSTER_SLACK_M)  # fmt: skip
            if own:  # the outlines held under the ids of clusters that come again
                found = [replace(each, slack_m=OUTLINE_SLACK_M, relation="along")
                         for each in found]  # fmt: skip
        return found or self._named_places() or _near_the_rest(known)

    def _named_places(self) -> list[Evidence]:
        places, names = self._known.places, self._names
        found: list[Evidence] = []
        for level in ("commune", "province"):
            if level in names:
                found += _named_places(places, names[level], level)
        if self._province is not None and not found:
            found += _named_places(places, {self._province}, "province")
        return found


class _Vertices:
    """Vertices from all over many, the outermost among them: a wrong reference moves them all.

    Up to ``MOST_VERTICES`` are all kept, of more every second, fourth, eighth …
    """

    def __init__(self) -> None:
        self.count = 0
        self._step = 1
        self._index = np.empty(0, dtype=np.int64)
        self._xy = np.empty((0, 2))
        self._ends: list[tuple[float, int, NDArray[np.float64]]] = []

    def add(self, xy: NDArray[np.float64]) -> None:
        if not len(xy):
            return
        self._reach(xy)
        index = np.arange(self.count, self.count + len(xy))
        self.count += len(xy)
        self._keep(np.concatenate([self._index, index]), np.concatenate([self._xy, xy]))
        while len(self._index) > MOST_VERTICES:
            self._step *= 2
            self._keep(self._index, self._xy)

    def some(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        index = np.concatenate([self._index, [place for _, place, _ in self._ends]])
        xy = np.concatenate([self._xy, [each for *_, each in self._ends]])
        _, chosen = np.unique(index, return_index=True)
        return xy[chosen, 0], xy[chosen, 1]

    def _keep(self, index: NDArray[np.int64], xy: NDArray[np.float64]) -> None:
        chosen = index % self._step == 0
        self._index, self._xy = index[chosen], xy[chosen]

    def _reach(self, xy: NDArray[np.float64]) -> None:
        """Keep the outermost vertices, the first of those that lie as far."""
        ends = []
        for values in (xy[:, 0], -xy[:, 0], xy[:, 1], -xy[:, 1]):
            place = int(values.argmin())
            ends.append((float(values[place]), self.count + place, xy[place]))
        self._ends = [min(each, key=lambda end: end[:2])
                      for each in zip(self._ends or ends, ends, strict=True)]  # fmt: skip


class _Markers:
    """Rows of markers, of which those are kept by name whose ids are held already."""

    def __init__(self, held: Sequence[Layer]) -> None:
        self._held = held
        self._ids = {name for layer in held for name in layer.frame["marker_id"].dropna()}
        self._rows: list[pd.DataFrame] = []
        self._named = self._clustered = True
        self._count = 0
        self.xy: list[NDArray[np.float64]] = []

    def add(self, frame: pd.DataFrame, owners: NDArray[np.intp], xy: NDArray[np.float64]) -> None:
        first, self._count = self._count, self._count + len(xy)
        self.xy.append(xy)
        self._named &= "marker_id" in frame
        self._clustered &= "cluster_id" in frame
        if not self._named:
            return
        columns = [name for name in ("marker_id", "cluster_id") if name in frame]
        rows = frame.iloc[owners][columns].astype(object).reset_index(drop=True)
        rows["place"] = np.arange(first, self._count)
        self._clustered = self._clustered and bool(rows["cluster_id"].notna().all())
        self._rows.append(rows[rows["marker_id"].isin(self._ids)])

    def known_points(self, kind_name: str) -> KnownPoints | None:
        """Markers of the store with the ids (and clusters) of the rows; None for too few."""
        if not self._named:
            return None
        rows = pd.concat(self._rows, ignore_index=True)
        for layer in self._held:
            held = pd.DataFrame(
                {"marker_id": layer.frame["marker_id"], "cluster_id": layer.frame["cluster_id"],
                 "x": shapely.get_x(layer.shapes.geometry.to_numpy()),
                 "y": shapely.get_y(layer.shapes.geometry.to_numpy())}
            )  # fmt: skip
            by = ["marker_id"]
            if self._clustered:
                by.append("cluster_id")
            else:
                held = held.drop_duplicates("marker_id", keep=False)
            both = rows.merge(held, on=by, suffixes=("", "_held"))
            common = not self._clustered and all(
                _COMMON_NAME.fullmatch(str(name)) for name in both["marker_id"].unique()
            )
            least = _LEAST_COMMON if common else _LEAST_POINTS
            if len(both) >= least and layer.crs is not None:
                accuracy = float(np.nanmedian(layer.frame["accuracy_m"].to_numpy(dtype=float)))
                return KnownPoints(
                    name=f"{len(both)} {kind_name}", index=both["place"].to_numpy(dtype=np.intp),
                    x=both["x"].to_numpy(), y=both["y"].to_numpy(), crs=layer.crs,
                    accuracy_m=max(accuracy, 0.05), most_m=_MOST_COMMON_M if common else np.inf,
                    least=_LEAST_COMMON if common else 1,
                )  # fmt: skip
        return None


def _grounds(
    layers: Sequence[Layer], field: str, names: set[str], slack_m: float
) -> list[Evidence]:
    """The ground of the named features as one shape; [] unless every name is held."""
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


def _named_places(places: Sequence[Layer], wanted: set[str], level: str) -> list[Evidence]:
    """The ground of the places of a level that bear the names, old and new units alike."""
    names = {place_name(name) for name in wanted} - {""}
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
    return [_together(shapes, ", ".join(sorted(wanted)[:3]), PLACE_SLACK_M)]


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


def place_name(name: str) -> str:
    """``Xã Sa Bình`` and ``sa binh`` are one name."""
    folded = fold(name)
    for level in _LEVELS:
        folded = folded.removeprefix(f"{level} ")
    return folded
