"""Where the image and the papers disagree, place by place.

Four questions: leased and nothing built, built and not leased, built outside the boundary
(in a ring about it, and on parcels and lots that leave it), green on paper and built on the
image.  A raster shows what covers the ground, never whose it is: a row is a place to look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.efficiency.area_ladder import Members, Positions
from gisclusters.efficiency.image import Image, built_columns, estimate
from gisclusters.layers.layer import Layer
from gisclusters.rules.efficiency import EfficiencyRules

CHECK_COLUMNS = (
    "cluster_id", "check", "feature_kind", "feature_id", "verdict", "built_m2", "built_sd_m2",
    "built_share", "looked_at_m2", "built_pixels", "built_judgement", "geometry",
)  # fmt: skip
"""The columns of ``image_checks``, in order."""

_VERDICTS = ("found", "indicative", "not_significant", "refused", "no_data")


@dataclass(frozen=True, slots=True)
class _Places:
    """Ground to look at for one question."""

    check: str
    kind: str
    ids: NDArray[np.object_]
    clusters: Positions
    shapes: NDArray[np.object_]


def image_checks(
    clusters: Layer,
    lots: Members | None,
    parcels: Members | None,
    parcel_rows: pd.DataFrame,
    *,
    coverage: NDArray[np.float64],
    image: Image,
    as_of: date,
    rules: EfficiencyRules,
) -> gpd.GeoDataFrame:
    """One row a place, in the CRS of ``clusters`` (metres): ``CHECK_COLUMNS``.

    ``built_m2`` is the built share (corrected where a matrix corrects) of the ground that the
    raster knows, ``built_sd_m2`` its standard deviation.  ``verdict``: ``found`` where it
    exceeds the significance of the rules (for a parcel: where the ± does not reach the threshold
    of the other state), ``indicative`` the same on few pixels,
    ``not_significant``, ``refused`` (too few pixels), ``no_data``.  Places that show nothing
    built are left out, but for ``leased_not_built``, and so is ``no_data`` in clusters of which
    the raster shows nothing at all (``coverage`` of each cluster is 0).  Ground of another
    cluster of the layer is not outside; a strip of a parcel or lot within the accuracy of both
    drawings is none.
    """
    places = [
        *_rings(clusters, image.rules.ring_on(as_of)),
        *(_leaving(parcels, clusters, "parcel", "parcel_id") if parcels is not None else ()),
        *(_leaving(lots, clusters, "lot", "lot_id") if lots is not None else ()),
        *(_green(lots) if lots is not None else ()),
    ]
    dark = clusters.frame["cluster_id"].to_numpy(dtype=object)[coverage == 0]
    rows = [
        found[~(found["verdict"].eq("no_data") & found["cluster_id"].isin(dark))]
        for each in places
        if len(each.shapes)
        for found in [_judged(each, image, as_of, rules, clusters)]
    ]
    if parcels is not None and len(parcel_rows):
        rows.append(_flagged(parcels, parcel_rows, image, as_of, rules))
    rows = [each for each in rows if len(each)]
    if not rows:
        return gpd.GeoDataFrame(
            {name: [] for name in CHECK_COLUMNS}, geometry="geometry", crs=clusters.crs
        )
    whole = pd.concat(rows, ignore_index=True)
    order = pd.DataFrame(
        {
            "rank": whole["verdict"].map({word: place for place, word in enumerate(_VERDICTS)}),
            "area": -whole["built_m2"].fillna(0.0),
        }
    ).sort_values(["rank", "area"], kind="stable")
    return gpd.GeoDataFrame(
        whole.loc[order.index, list(CHECK_COLUMNS)].reset_index(drop=True),
        geometry="geometry", crs=clusters.crs,
    )  # fmt: skip


def _rings(clusters: Layer, ring_m: float | None) -> list[_Places]:
    if ring_m is None or not len(clusters):
        return []
    shapes = np.asarray(clusters.shapes.geometry.array, dtype=object)
    ids = clusters.frame["cluster_id"].to_numpy(dtype=object)
    around = shapely.buffer(shapes, ring_m)
    tree = shapely.STRtree(shapes)
    which, others = tree.query(around, predicate="intersects")
    rings = np.array([
        shapely.difference(shape, shapely.union_all(shapes[others[which == place]]))
        for place, shape in enumerate(around)
    ], dtype=object)  # fmt: skip
    return [_there("built_outside", "cluster", ids, np.arange(len(ids)), rings)]


def _leaving(found: Members, clusters: Layer, kind: str, field: str) -> list[_Places]:
    """What of parcels or lots lies outside their cluster and in no other."""
    shapes = np.asarray(found.frame.geometry.array, dtype=object)
    boundaries = np.asarray(clusters.shapes.geometry.array, dtype=object)
    crossing = np.flatnonzero(~shapely.covers(boundaries[found.clusters], shapes))
    if not len(crossing):
        return []
    outside = shapely.difference(shapes[crossing], shapely.union_all(boundaries))
    tolerance_m = np.hypot(
        found.frame["accuracy_m"].to_numpy(dtype="float64")[crossing],
        clusters.frame["accuracy_m"].to_numpy(dtype="float64")[found.clusters[crossing]],
    )
    wide = ~shapely.is_empty(shapely.buffer(outside, -tolerance_m / 2))
    ids = found.frame[field].to_numpy(dtype=object)[crossing][wide]
    return [_there("built_outside", kind, ids, found.clusters[crossing][wide], outside[wide])]


def _green(lots: Members) -> list[_Places]:
    green = (lots.frame["use"] == "green").to_numpy(dtype=bool)
    shapes = np.asarray(lots.frame.geometry.array, dtype=object)[green]
    ids = lots.frame["lot_id"].to_numpy(dtype=object)[green]
    return [_there("green_built", "lot", ids, lots.clusters[green], shapes)]


def _there(
    check: str, kind: str, ids: NDArray[np.object_], owners: Positions, shapes: NDArray[np.object_]
) -> _Places:
    """Places with an area; a difference may leave lines and points beside polygons."""
    areas = np.array([_polygons(shape) for shape in shapes], dtype=object)
    kept = np.array([not shape.is_empty for shape in areas], dtype=bool)
    return _Places(check, kind, ids[kept], owners[kept], areas[kept])


def _polygons(shape: Any) -> Any:
    if shape.geom_type in {"Polygon", "MultiPolygon"}:
        return shape
    return shapely.union_all([
        part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"
    ])  # fmt: skip


def _judged(
    places: _Places, image: Image, as_of: date, rules: EfficiencyRules, clusters: Layer
) -> pd.DataFrame:
    zones = gpd.GeoDataFrame(geometry=list(places.shapes), crs=clusters.crs)
    seen = built_columns(zones, image, as_of, rules).columns
    told = estimate(seen)
    looked_at = zones.geometry.area.to_numpy() * seen["coverage_share"].to_numpy()
    built_m2 = told["share"].to_numpy() * looked_at
    sd_m2 = told["sd"].to_numpy() * looked_at
    times = image.rules.significance_on(as_of)
    judgement = seen["built_judgement"].to_numpy(dtype=object)
    clear = np.zeros(len(zones), bool) if times is None else built_m2 > times * sd_m2
    verdict = np.select(
        [judgement == "no_data", judgement == "refused", ~clear, judgement == "grey"],
        ["no_data", "refused", "not_significant", "indicative"],
        default="found",
    ).astype(object)
    rows = pd.DataFrame(
        {
            "cluster_id": clusters.frame["cluster_id"].to_numpy(dtype=object)[places.clusters],
            "check": places.check,
            "feature_kind": places.kind,
            "feature_id": places.ids,
            "verdict": verdict,
            "built_m2": built_m2,
            "built_sd_m2": sd_m2,
            "built_share": told["share"].to_numpy(),
            "looked_at_m2": looked_at,
            "built_pixels": seen["built_pixels"].to_numpy(),
            "built_judgement": judgement,
            "geometry": places.shapes,
        }
    )
    told = (judgement == "no_data") | (seen["built_share"].to_numpy() > 0)
    kept: pd.DataFrame = rows.loc[told]
    return kept


def _flagged(
    parcels: Members, rows: pd.DataFrame, image: Image, as_of: date, rules: EfficiencyRules
) -> pd.DataFrame:
    """The parcels on which lease and image disagree, from their own columns.

    Each was flagged by one threshold; it is clear where its ± does not reach the other, so
    that what counts as not built might be built after all, or the other way round.
    """
    told = estimate(rows)
    margin = (image.rules.significance_on(as_of) or np.inf) * told["sd"]
    nothing = rules.threshold_on("not_built_up_to", as_of)
    built = rules.threshold_on("built_from", as_of)
    apart = {
        "leased_not_built": built is not None and told["share"] + margin < built.value,
        "built_not_leased": nothing is not None and told["share"] - margin > nothing.value,
    }
    looked_at = rows["area_m2"] * rows["coverage_share"]
    shapes = np.asarray(parcels.frame.geometry.array, dtype=object)
    found = []
    for check in ("leased_not_built", "built_not_leased"):
        there = rows[check].eq(True).to_numpy(dtype=bool)
        found.append(
            pd.DataFrame(
                {
                    "cluster_id": rows["cluster_id"],
                    "check": check,
                    "feature_kind": "parcel",
                    "feature_id": rows["parcel_id"],
                    "verdict": np.select(
                        [~np.asarray(apart[check]), rows["built_judgement"] == "grey"],
                        ["not_significant", "indicative"],
                        default="found",
                    ).astype(object),
                    "built_m2": told["share"] * looked_at,
                    "built_sd_m2": told["sd"] * looked_at,
                    "built_share": told["share"],
                    "looked_at_m2": looked_at,
                    "built_pixels": rows["built_pixels"],
                    "built_judgement": rows["built_judgement"],
                    "geometry": shapes,
                }
            )[there]
        )
    return pd.concat(found, ignore_index=True)
