"""The content of a site brought together once: every zone in WGS 84, rows by cluster.

Made once per site, so that a page only takes its rows.  A public site loses here, before any
page is made, what it must not show: tenants and contracts, and what lies in defence plans.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.verdicts import SEVERITY_ORDER, OverlapVerdict, Severity
from gisclusters.geometry.crs import WGS84, to_wgs84
from gisclusters.layers.layer import Layer
from gisclusters.publish.content import MarkerCheck, SiteContent
from gisclusters.publish.features import DEFENCE

WITHHELD_FIELDS = ("lessee", "occupant", "lease_id", "owner", "decision", "evidence",
                   "lease")  # fmt: skip
"""What a public site does not say of a cluster or parcel: people, contracts, decisions."""

_SEVERITY_RANK = {"unchecked": 0.5} | {
    str(severity): float(rank) for rank, severity in enumerate(SEVERITY_ORDER, start=1)
}


@dataclass(frozen=True, slots=True)
class Gathered:
    """Frames in WGS 84 lon/lat (column ``crs`` says in which CRS they were measured).

    ``parcels`` carry their status and deadline.  ``overlaps``, ``used`` (clusters by
    efficiency) and ``parcel_use`` are None where that analysis was not run.  ``of_cluster``
    gives the row positions of a cluster in a frame.
    """

    clusters: gpd.GeoDataFrame
    lots: gpd.GeoDataFrame
    parcels: gpd.GeoDataFrame
    markers: gpd.GeoDataFrame
    plans: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    overlaps: gpd.GeoDataFrame | None
    used: pd.DataFrame | None
    parcel_use: pd.DataFrame | None
    checks: dict[str, list[MarkerCheck]]
    rows: dict[str, dict[str, NDArray[np.intp]]]
    trees: dict[str, shapely.STRtree]
    public: bool = False
    land: Mapping[str, gpd.GeoDataFrame] = field(default_factory=lambda: MappingProxyType({}))

    def of_land(self, name: str, cluster_id: str) -> gpd.GeoDataFrame | None:
        """The rows of a cluster in a table of its land (``factory_lots`` …); None: no such."""
        frame = self.land.get(name)
        if frame is None:
            return None
        return frame[(frame["cluster_id"] == cluster_id).to_numpy()]

    def of_cluster(self, name: str, cluster_id: str) -> NDArray[np.intp]:
        """Positions of the rows of ``cluster_id`` in the frame called ``name``."""
        return self.rows[name].get(cluster_id, np.empty(0, dtype=np.intp))

    def near(self, name: str, box: tuple[float, float, float, float]) -> NDArray[np.intp]:
        """Positions of the features of ``plans``, ``places`` or ``clusters`` that meet a box."""
        return np.sort(self.trees[name].query(shapely.box(*box), predicate="intersects"))


def gather(content: SiteContent, *, public: bool) -> Gathered:
    """Bring the content together (see the module).  Layers keep the order they were given in."""
    clusters = _together(content.clusters)
    parcels = _together(content.parcels)
    lots = _together(content.lots)
    plans = _together(content.plans)
    overlaps = None if content.overlaps is None else _findings(content.overlaps)
    used = _stacked(content.efficiency_clusters)
    parcel_use = _stacked(content.efficiency_parcels)
    if public:
        clusters, parcels = _without(clusters), _without(parcels)
        parcel_use = None if parcel_use is None else _without(parcel_use)
        plans = _not_defence(plans)
        overlaps = None if overlaps is None else _defence_withheld(overlaps)
    if parcel_use is not None and len(parcels):
        parcels = _with_use(parcels, parcel_use)
    lots, parcels = _placed(lots, clusters), _placed(parcels, clusters)
    places = _together(content.places)
    markers = _together(content.markers)
    checks: dict[str, list[MarkerCheck]] = {}
    for check in content.marker_checks:
        checks.setdefault(check.cluster_id, []).append(check)
    return Gathered(
        clusters=clusters,
        lots=lots,
        parcels=parcels,
        markers=markers,
        plans=plans,
        places=places,
        overlaps=overlaps,
        used=used,
        parcel_use=parcel_use,
        checks=checks,
        rows={
            "lots": _by(lots, "cluster_id"),
            "parcels": _by(parcels, "cluster_id"),
            "markers": _by(markers, "cluster_id"),
            "overlaps": _by(overlaps, "subject_id"),
            "used": _by(used, "cluster_id"),
            "parcel_use": _by(parcel_use, "cluster_id"),
        },
        trees={
            "plans": shapely.STRtree(plans.geometry.to_numpy()),
            "places": shapely.STRtree(places.geometry.to_numpy()),
            "clusters": shapely.STRtree(clusters.geometry.to_numpy()),
        },
        public=public,
        land={
            name: _findings(frames)
            for name, frames in content.land.items()
            if any(map(len, frames))
        },
    )


def worst_severities(overlaps: gpd.GeoDataFrame | None, cluster_ids: Sequence[str]) -> list[str]:
    """The worst severity that the findings of each cluster carry.

    One of ``Severity``; ``clear`` where no finding carries any; ``unchecked`` where there is
    no finding at all, or nothing but notes of plans that were not at hand.
    """
    if overlaps is None or not len(overlaps):
        return ["unchecked"] * len(cluster_ids)
    silent = (overlaps["verdict"] == str(OverlapVerdict.NOT_CHECKED)).to_numpy()
    note = (overlaps["severity"] == str(Severity.NOTE)).to_numpy()
    ranks = overlaps["severity"].map(_SEVERITY_RANK).fillna(0).astype(float)
    ranks = ranks.where(~(silent & note), _SEVERITY_RANK["unchecked"])
    worst = ranks.groupby(overlaps["subject_id"].to_numpy()).max()
    words = {rank: name for name, rank in _SEVERITY_RANK.items()} | {0.0: "clear"}
    return [words[worst[name]] if name in worst.index else "unchecked" for name in cluster_ids]


def _together(layers: Sequence[Layer]) -> gpd.GeoDataFrame:
    """Layers of one kind as one frame in WGS 84, with the CRS each came in."""
    frames = [to_wgs84(layer.shapes).assign(crs=layer.crs) for layer in layers if len(layer)]
    if not frames:
        columns: dict[str, Any] = {
            name: pd.Series(dtype=object) for name in ("cluster_id", "parcel_id", "category", "crs")
        }
        return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=WGS84))
    whole = pd.concat(frames, ignore_index=True)
    return gpd.GeoDataFrame(whole, geometry="geometry", crs=WGS84)


def _findings(frames: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Finding frames as one, in WGS 84."""
    given = [to_wgs84(frame) for frame in frames if len(frame)]
    if not given:
        names = ("subject_id", "severity", "verdict", "category", "reason", "plan_id")
        empty: dict[str, Any] = {name: pd.Series(dtype=object) for name in names}
        return gpd.GeoDataFrame(empty, geometry=gpd.GeoSeries([], crs=WGS84))
    return gpd.GeoDataFrame(pd.concat(given, ignore_index=True), geometry="geometry", crs=WGS84)


def _stacked(frames: Sequence[pd.DataFrame] | None) -> pd.DataFrame | None:
    if frames is None:
        return None
    given = [frame for frame in frames if len(frame)]
    return pd.concat(given, ignore_index=True) if given else None


def _without(frame: Any) -> Any:
    return frame.drop(columns=[name for name in WITHHELD_FIELDS if name in frame])


def _not_defence(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame[~frame["category"].isin(DEFENCE)].reset_index(drop=True)


def _defence_withheld(overlaps: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The findings with one line in place of all that defence plans say of a cluster.

    Every cluster has that line, whatever was found, so that it tells nothing; without it the
    page would say that nothing stands in the way.
    """
    rest = _not_defence(overlaps)
    subjects = overlaps["subject_id"].unique()
    silent = gpd.GeoDataFrame(
        {
            "subject_id": subjects, "category": "defence", "reason": "withheld",
            "verdict": str(OverlapVerdict.NOT_CHECKED), "severity": str(Severity.NOTE),
        },
        geometry=[None] * len(subjects), crs=overlaps.crs,
    ).reindex(columns=rest.columns)  # fmt: skip
    together = pd.concat([rest, silent.astype(rest.dtypes.to_dict())], ignore_index=True)
    return gpd.GeoDataFrame(together, geometry="geometry", crs=overlaps.crs)


def _with_use(parcels: gpd.GeoDataFrame, use: pd.DataFrame) -> gpd.GeoDataFrame:
    """Parcels with what efficiency says of each; its cluster holds where it names one."""
    use = use.drop_duplicates("parcel_id").set_index("parcel_id")
    told = [name for name in use.columns if name == "status" or name not in parcels]
    joined = parcels.drop(columns="status", errors="ignore").join(use[told], on="parcel_id")
    found = parcels["parcel_id"].map(use["cluster_id"])
    joined["cluster_id"] = found.where(found.notna(), parcels["cluster_id"])
    return gpd.GeoDataFrame(joined, geometry="geometry", crs=parcels.crs)


def _placed(frame: gpd.GeoDataFrame, clusters: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Rows that name no cluster go to the page of the one they lie in."""
    nameless = np.flatnonzero(frame["cluster_id"].isna().to_numpy())
    if not len(nameless) or not len(clusters):
        return frame
    points = shapely.point_on_surface(frame.geometry.to_numpy()[nameless])
    tree = shapely.STRtree(clusters.geometry.to_numpy())
    which, where = tree.query(points, predicate="within")
    names = frame["cluster_id"].to_numpy(dtype=object).copy()
    names[nameless[which]] = clusters["cluster_id"].to_numpy(dtype=object)[where]
    return frame.assign(cluster_id=pd.Series(names, index=frame.index, dtype=object))


def _by(frame: pd.DataFrame | None, name: str) -> dict[str, NDArray[np.intp]]:
    """Row positions by the id in column ``name``."""
    if frame is None or not len(frame):
        return {}
    groups = frame.groupby(frame[name].to_numpy()).indices
    return {str(key): np.asarray(positions) for key, positions in groups.items()}
