"""How each cluster is laid out on the ground: shares, strip, lots, buildings, what lacks.

Brings together the shares of land groups (QCVN 01:2021/BXD, table 2.6), the green strip (2.5.2),
the factory lots (2.5.3, table 2.11) and the buildings outside them.  Planar, working CRS, metres.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.domain.verdicts import NotCheckedReason, OverlapVerdict
from gisclusters.efficiency.area_ladder import NOWHERE, Land, Members, unions
from gisclusters.efficiency.density import footprints
from gisclusters.efficiency.factory_land import factory_land, factory_land_told
from gisclusters.efficiency.lot_green import (
    FactoryGreen,
    FactoryLots,
    green_in_lots,
    green_on_image,
)
from gisclusters.efficiency.lots import factory_lots, measure_lots
from gisclusters.efficiency.outside import (
    OUTSIDE_BOUNDARY,
    OUTSIDE_COLUMNS,
    OUTSIDE_LOTS,
    buildings_in,
    buildings_outside,
)
from gisclusters.efficiency.shortfalls import free_industrial, list_shortfalls
from gisclusters.efficiency.structure import measure_structure
from gisclusters.efficiency.zonal_engine import LandCover
from gisclusters.geometry.green_strip import measure_green_strip
from gisclusters.layers.kinds import LOT_USES
from gisclusters.layers.layer import Layer
from gisclusters.rules.efficiency import EfficiencyRules

Strip = tuple[dict[str, Any], shapely.Geometry | None]


@dataclass(frozen=True, slots=True)
class Layout:
    """``clusters``: columns to stand beside the ladder; ``lots``, ``outside`` and
    ``shortfalls`` with shapes (see ``lots``, ``outside``, ``shortfalls`` of this room).
    """  # noqa: D205 - one sentence

    clusters: pd.DataFrame
    lots: gpd.GeoDataFrame
    outside: gpd.GeoDataFrame
    shortfalls: gpd.GeoDataFrame
    issues: list[Issue]


def measure_layout(
    clusters: Layer,
    plan: Members | None,
    parcels: Members | None,
    buildings: Layer | None,
    *,
    committed: NDArray[np.bool_] | None,
    land: Land,
    landcover: LandCover | None,
    green_classes: Sequence[int],
    as_of: date,
    rules: EfficiencyRules,
) -> Layout:
    """Measure the layout of every cluster on ``as_of``.

    ``plan`` are its lots, ``parcels`` its parcels, ``committed`` which of them are leased or
    approved; ``buildings`` are brought to the CRS of ``clusters`` and count while they are in
    force and, where the day is known, from ``built_on``.  None: not known.  ``green_classes``
    of ``landcover`` count as greenery in lots of which the plan draws none.

    ``clusters`` of the answer: ``structure`` (see the module of that name), ``green_strip``
    (a dict with ``verdict`` ``clear conflict not_checked``, ``reason``, ``strip_m boundary_m
    share_of_boundary strip_m2 missing_m2`` and the rule; None: no rule on the day),
    ``factory_density_share`` (built ground of factory lots by their ground),
    ``floor_area_m2``, ``built_outside_lots_m2`` and ``built_outside_boundary_m2``.
    """
    places = clusters.shapes
    crs = clusters.crs or ""
    factories = None if plan is None else factory_land(plan)
    structure = measure_structure(
        plan, places.geometry.area.to_numpy(), factories=factories, lease_m2=land.area_m2,
        as_of=as_of, rules=rules,
    )  # fmt: skip
    houses = standing(buildings, crs, as_of)
    ids = places["cluster_id"].to_numpy(dtype=object)
    inside = None if houses is None else buildings_in(places, houses)
    known = np.zeros(len(places), dtype=bool)
    if inside is not None:
        known[inside.zone] = True
    chosen = factory_lots(plan, parcels, crs)
    green = green_on_image(
        green_in_lots(chosen, plan), chosen, landcover, green_classes, as_of=as_of, rules=rules
    )
    found = None if houses is None else footprints(chosen.frame, houses)
    built = np.full(len(chosen.frame), shapely.Polygon(), dtype=object) if found is None else (
        found.united()
    )  # fmt: skip
    rows = measure_lots(
        chosen, houses, found, shapely.area(built), green, cluster_ids=ids,
        built_on_record=known, as_of=as_of, rules=rules,
    )  # fmt: skip
    outside = _nothing_outside(crs) if houses is None or inside is None else buildings_outside(
        places, houses, inside, plan, parcels
    )  # fmt: skip
    strips = measure_strips(places, plan, as_of=as_of, rules=rules)
    shortfalls = list_shortfalls(
        ids, structure, free=free_industrial(land, parcels, committed),
        group_land=_group_land(plan, land, len(places)), strips=strips, lots=rows, built=built,
        free_in_lot=_free_in_lot(chosen, built, green), crs=clusters.crs,
    )  # fmt: skip
    table = pd.DataFrame(
        {
            "structure": pd.Series(structure, dtype=object),
            "green_strip": pd.Series([each and each[0] for each in strips], dtype=object),
            **_density(chosen, rows, built, known, len(places)),
            **{f"built_{stands}_m2": _outside_m2(outside, stands, ids, known)
               for stands in (OUTSIDE_LOTS, OUTSIDE_BOUNDARY)},
        }
    )  # fmt: skip
    issues = [] if factories is None or plan is None else factory_land_told(
        factories, plan, clusters
    )  # fmt: skip
    issues += _doubts(clusters, rows, outside, buildings, known)
    return Layout(table, rows, outside, shortfalls, issues)


def standing(buildings: Layer | None, crs: str, as_of: date) -> gpd.GeoDataFrame | None:
    """The buildings that stand on a day, in ``crs``; None: none were given."""
    if buildings is None:
        return None
    moved = buildings.to_crs(crs)
    there = moved.in_force(as_of)
    there &= ~(moved.frame["built_on"] > pd.Timestamp(as_of)).to_numpy(dtype=bool)
    return moved.shapes[there].reset_index(drop=True)


def measure_strips(
    clusters: gpd.GeoDataFrame, plan: Members | None, *, as_of: date, rules: EfficiencyRules
) -> list[Strip | None]:
    """The green strip of each cluster and the ground it lacks, by the ``green`` lots of the plan.

    ``not_checked`` (``no_data``) where no lots are known; None: no rule on ``as_of``.
    """
    rule = rules.strip_on(as_of)
    if rule is None:
        return [None] * len(clusters)
    empty = ("reason", "boundary_m", "share_of_boundary", "strip_m2", "missing_m2")
    base = dict.fromkeys(empty) | {
        "strip_m": rule.width_m, "rule_id": rule.id, "article": rule.legal_basis,
        "confidence": rule.confidence,
    }  # fmt: skip
    silent = base | {"verdict": str(OverlapVerdict.NOT_CHECKED),
                     "reason": str(NotCheckedReason.NO_DATA)}  # fmt: skip
    if plan is None:
        return [(dict(silent), None) for _ in range(len(clusters))]
    is_green = (plan.frame["use"] == "green").to_numpy(dtype=bool)
    green = unions(
        plan.frame.geometry.array, np.where(is_green, plan.clusters, NOWHERE), len(clusters)
    )
    with_lots = set(plan.clusters.tolist())
    found: list[Strip | None] = []
    for i, (shape, accuracy_m) in enumerate(
        zip(clusters.geometry.array, clusters["accuracy_m"], strict=True)
    ):
        if i not in with_lots:
            found.append((dict(silent), None))
            continue
        strip = measure_green_strip(
            shape, green[i], width_m=rule.width_m, accuracy_m=float(accuracy_m)
        )
        gaps = strip.pop("missing")
        verdict = OverlapVerdict.CLEAR if strip.pop("whole") else OverlapVerdict.CONFLICT
        found.append((base | strip | {"verdict": str(verdict)}, gaps))
    return found


def _free_in_lot(
    lots: FactoryLots, built: NDArray[np.object_], green: FactoryGreen
) -> NDArray[np.object_]:
    shapes = np.asarray(lots.frame.geometry.array, dtype=object)
    free: NDArray[np.object_] = shapely.difference(shapely.difference(shapes, built), green.shapes)
    return free


def _group_land(plan: Members | None, land: Land, count: int) -> dict[str, NDArray[np.object_]]:
    """The land of each group by cluster, to show where one is too large."""
    if plan is None:
        return {}
    use = plan.frame["use"].to_numpy(dtype=object)
    return {
        group: unions(
            plan.frame.geometry.array, np.where(use == group, plan.clusters, NOWHERE), count
        )
        for group in LOT_USES
    } | {"lease": land.shapes}


def _density(
    lots: FactoryLots, rows: gpd.GeoDataFrame, built: NDArray[np.object_],
    known: NDArray[np.bool_], count: int,
) -> dict[str, NDArray[np.float64]]:  # fmt: skip
    """Built ground of all factory lots of a cluster by their ground, and their floor area."""
    ground_m2 = shapely.area(unions(lots.frame.geometry.array, lots.clusters, count))
    built_m2 = shapely.area(unions(built, lots.clusters, count))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.minimum(built_m2 / ground_m2, 1.0)
    floors_m2 = np.zeros(count)
    np.add.at(floors_m2, lots.clusters, rows["floor_area_m2"].to_numpy(dtype="float64"))
    told = known & (ground_m2 > 0)
    return {
        "factory_density_share": np.where(told, share, np.nan),
        "floor_area_m2": np.where(told, floors_m2, np.nan),
    }


def _outside_m2(
    outside: gpd.GeoDataFrame, stands: str, ids: NDArray[np.object_], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """The ground under buildings outside, counted once; NaN where no building is known."""
    rows = outside[outside["stands"] == stands]
    place = pd.Series(np.arange(len(ids)), index=ids)
    owners = rows["cluster_id"].map(place).to_numpy(dtype=np.intp)
    area_m2 = shapely.area(unions(rows.geometry.array, owners, len(ids)))
    return np.where(known | (area_m2 > 0), area_m2, np.nan)


def _nothing_outside(crs: str) -> gpd.GeoDataFrame:
    empty: dict[str, Any] = {name: pd.Series(dtype=object) for name in OUTSIDE_COLUMNS}
    return gpd.GeoDataFrame(empty, geometry=gpd.GeoSeries([], crs=crs), crs=crs)


def _doubts(
    clusters: Layer, lots: gpd.GeoDataFrame, outside: gpd.GeoDataFrame, buildings: Layer | None,
    known: NDArray[np.bool_],
) -> list[Issue]:  # fmt: skip
    """What a person must know: no buildings on record, floors unknown, buildings outside."""
    issues = []
    for i, name in enumerate(clusters.frame["cluster_id"]):
        own = lots[lots["cluster_id"] == name]
        unsure = own[own["density_reason"] == "floors_unknown"]
        if buildings is not None and not known[i] and len(own):
            issues.append(info("buildings_none_in_cluster", layer=clusters.name, id=str(name)))
        if len(unsure):
            issues.append(
                warning("lot_floors_unknown", layer=clusters.name, id=str(name),
                        count=len(unsure), first=str(unsure["lot_id"].iloc[0]))
            )  # fmt: skip
        for stands in (OUTSIDE_LOTS, OUTSIDE_BOUNDARY):
            there = outside[(outside["cluster_id"] == name) & (outside["stands"] == stands)]
            if len(there):
                issues.append(
                    warning(f"buildings_{stands}", layer=clusters.name, id=str(name),
                            count=len(there), first=str(there["building_id"].iloc[0]),
                            area_m2=float(shapely.area(shapely.union_all(there.geometry.array))))
                )  # fmt: skip
    return issues
