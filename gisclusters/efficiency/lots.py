"""Each factory lot against the norms on lots: net density by floors, greenery, floor area.

QCVN 01:2021/BXD, 2.5.3 (density ≤ 70 %, ≤ 60 % with more than five production floors) and
table 2.11 (greenery inside the lot ≥ 20 %).  Planar, working CRS, metres.  What nobody drew is
``not_checked`` with a reason and NaN, never 0.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.efficiency.area_ladder import Members, Positions, unions
from gisclusters.efficiency.density import Footprints, floor_areas_m2, wide
from gisclusters.efficiency.lot_green import (
    NOT_CHECKED,
    FactoryGreen,
    FactoryLots,
    basis,
    judge_green,
)
from gisclusters.efficiency.structure import ABOVE, ROUNDING, UNDECIDED, WITHIN
from gisclusters.rules.efficiency import EfficiencyRules

LOT_COLUMNS = (
    "cluster_id", "lot_of", "lot_id", "area_m2", "shared_m2", "building_count", "built_m2",
    "density_share", "floors", "floors_source", "floor_area_m2", "floor_area_ratio",
    "density_at_most", "density_verdict", "density_reason", "density_excess_m2",
    "density_rule_id", "density_article", "density_confidence",
    "green_m2", "green_share", "green_source", "green_at_least", "green_verdict", "green_reason",
    "green_missing_m2", "green_rule_id", "green_article", "green_confidence",
)  # fmt: skip
"""The columns of ``measure_lots`` besides the geometry, in order."""


def factory_lots(lots: Members | None, parcels: Members | None, crs: str) -> FactoryLots:
    """The factory lots of every cluster; multi-part lots are one lot."""
    parts = []
    with_lots = np.empty(0, dtype=np.intp)
    if lots is not None:
        industrial = (lots.frame["use"] == "industrial").to_numpy(dtype=bool)
        with_lots = np.unique(lots.clusters[industrial])
        parts.append(_chosen(lots, industrial, "lot"))
    if parcels is not None:
        parts.append(_chosen(parcels, ~np.isin(parcels.clusters, with_lots), "parcel"))
    if not parts:
        empty: dict[str, Any] = {name: [] for name in ("lot_of", "lot_id", "floors", "accuracy_m",
                                                       "shared_m2", "cluster")}  # fmt: skip
        parts = [gpd.GeoDataFrame(empty, geometry=gpd.GeoSeries([], crs=crs))]
    filled = [part for part in parts if len(part)] or parts[:1]
    frame = gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), geometry="geometry", crs=crs)
    return FactoryLots(frame.drop(columns="cluster"), frame["cluster"].to_numpy(dtype=np.intp))


def measure_lots(
    lots: FactoryLots,
    buildings: gpd.GeoDataFrame | None,
    found: Footprints | None,
    built_m2: NDArray[np.float64],
    green: FactoryGreen,
    *,
    cluster_ids: NDArray[np.object_],
    built_on_record: NDArray[np.bool_],
    as_of: date,
    rules: EfficiencyRules,
) -> gpd.GeoDataFrame:
    """One row a factory lot, columns ``LOT_COLUMNS`` and the outline of the lot.

    ``buildings`` (same CRS) stand on ``as_of``; None: none were given.  ``built_on_record``
    says for each cluster whether any building of it is known: a lot without one is empty
    (density 0) in a cluster that has some, and ``not_checked`` (``no_buildings``) in one that
    has none.  ``found`` are its footprints in the lots, ``built_m2`` the ground of their union,
    ``green`` the greenery, all of the same lots.

    ``floors`` is the most a building in the lot has, by the building's own row, else the
    lot's (``floors_source``: ``buildings lots``); a building that only reaches over
    the border by the accuracy of the drawings has no say.  All floors are taken for
    production floors.  Floor area counts each floor over a piece of ground once; NaN where a
    building's floors are not known.

    ``density_verdict``: ``within above``, ``undecided`` (``floors_unknown``) where the share
    lies between both limits, ``not_checked``; ``green_verdict``: see ``judge_green``.
    ``no_rule``: no rule holds on the day.
    """
    frame = lots.frame
    area_m2 = frame.geometry.area.to_numpy()
    row = pd.DataFrame(
        {"cluster_id": cluster_ids[lots.clusters], "lot_of": frame["lot_of"].to_numpy(),
         "lot_id": frame["lot_id"].to_numpy(), "area_m2": area_m2,
         "shared_m2": frame["shared_m2"].to_numpy()}
    )  # fmt: skip
    built = _built(frame, buildings, found, built_m2, built_on_record[lots.clusters])
    row = pd.concat(
        [
            row,
            built,
            _density(built, area_m2, as_of, rules),
            judge_green(green, area_m2, as_of=as_of, rules=rules),
        ],
        axis=1,
    )
    return gpd.GeoDataFrame(row[list(LOT_COLUMNS)], geometry=frame.geometry.array, crs=frame.crs)


def _chosen(of: Members, keep: NDArray[np.bool_], kind: str) -> gpd.GeoDataFrame:
    """The chosen rows of a layer as lots to be judged."""
    frame = of.frame
    pairs = keep[of.left] & keep[of.right]
    shared = unions(
        np.concatenate([of.common[pairs], of.common[pairs]]),
        np.concatenate([of.left[pairs], of.right[pairs]]), len(frame),
    )  # fmt: skip
    floors = frame["floors"].to_numpy(dtype="float64", na_value=np.nan) if kind == "lot" else np.nan
    rows = pd.DataFrame(
        {"lot_of": kind, "lot_id": frame[f"{kind}_id"].to_numpy(dtype=object), "floors": floors,
         "accuracy_m": frame["accuracy_m"].to_numpy(dtype="float64"),
         "shared_m2": shapely.area(shared), "cluster": of.clusters}
    )  # fmt: skip
    return gpd.GeoDataFrame(rows, geometry=frame.geometry.array, crs=frame.crs)[keep]


def _built(
    lots: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame | None,
    found: Footprints | None,
    built_m2: NDArray[np.float64],
    on_record: NDArray[np.bool_],
) -> pd.DataFrame:
    """Built ground, floors and floor area of each lot; NaN where nobody knows of buildings."""
    count = len(lots)
    planned = lots["floors"].to_numpy(dtype="float64")
    names = ("building_count", "built_m2", "density_share", "floor_area_m2", "floor_area_ratio")
    nothing = {name: np.full(count, np.nan) for name in names}
    source = np.full(count, None, dtype=object)
    source[~np.isnan(planned)] = "lots"
    if buildings is None or found is None:
        return pd.DataFrame(
            nothing | {"floors": planned, "floors_source": source,
                       "floors_missing": np.isnan(planned), "known": False}
        )  # fmt: skip
    said = buildings["floors"].to_numpy(dtype="float64", na_value=np.nan)[found.building]
    floors = np.where(np.isnan(said), planned[found.zone], said)
    area_m2 = lots.geometry.area.to_numpy()
    built_m2 = np.minimum(built_m2, area_m2)  # the rounding of a union
    speaks = _speaking(found, lots, buildings)
    highest, missing = planned.copy(), np.isnan(planned)
    touched = np.unique(found.zone[speaks])
    highest[touched] = _most(found.zone[speaks], floors[speaks], count)[touched]
    missing[touched] = np.isin(touched, found.zone[speaks & np.isnan(floors)])
    source[np.unique(found.zone[speaks & ~np.isnan(said)])] = "buildings"
    floor_area_m2 = floor_areas_m2(found, floors)
    with np.errstate(invalid="ignore"):
        told = {
            "building_count": np.bincount(found.zone[speaks], minlength=count).astype("float64"),
            "built_m2": built_m2, "density_share": built_m2 / area_m2,
            "floor_area_m2": floor_area_m2, "floor_area_ratio": floor_area_m2 / area_m2,
        }  # fmt: skip
    known = {name: np.where(on_record, value, np.nan) for name, value in told.items()}
    return pd.DataFrame(
        known | {"floors": highest, "floors_source": source, "floors_missing": missing,
                 "known": on_record}
    )  # fmt: skip


def _speaking(
    found: Footprints, lots: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> NDArray[np.bool_]:
    """Which buildings stand in a lot, and do not only reach over its border as drawn."""
    tolerance_m = np.hypot(
        lots["accuracy_m"].to_numpy(dtype="float64")[found.zone],
        buildings["accuracy_m"].to_numpy(dtype="float64")[found.building],
    )
    return wide(found.ground, tolerance_m)


def _most(zone: Positions, values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """The greatest known value of each zone, NaN for none."""
    most = np.full(count, -np.inf)
    known = ~np.isnan(values)
    np.maximum.at(most, zone[known], values[known])
    return np.where(np.isinf(most), np.nan, most)


def _density(
    built: pd.DataFrame, area_m2: NDArray[np.float64], as_of: date, rules: EfficiencyRules
) -> pd.DataFrame:
    norm = rules.lot_density_on(as_of)
    names = ("verdict", "reason", "at_most", "excess_m2")
    known = built["known"].to_numpy(dtype=bool)
    cells: list[tuple[str, str | None, float, float]] = []
    if norm is None:
        cells = [(NOT_CHECKED, "no_rule", np.nan, np.nan)] * len(built)
    else:
        for share, floors, missing, is_known in zip(
            built["density_share"], built["floors"], built["floors_missing"], known, strict=True
        ):
            tall = True if floors > norm.tall_above_floors else None if missing else False
            if not is_known:
                cells.append((NOT_CHECKED, "no_buildings", np.nan, np.nan))
            elif share > norm.at_most + ROUNDING:
                cells.append((ABOVE, None, norm.at_most_tall if tall else norm.at_most, np.nan))
            elif share <= norm.at_most_tall + ROUNDING:
                least = norm.at_most if tall is False else norm.at_most_tall
                cells.append((WITHIN, None, least, 0.0))
            elif tall is None:
                cells.append((UNDECIDED, "floors_unknown", np.nan, np.nan))
            elif tall:
                cells.append((ABOVE, None, norm.at_most_tall, np.nan))
            else:
                cells.append((WITHIN, None, norm.at_most, 0.0))
    table = pd.DataFrame(cells, columns=[f"density_{name}" for name in names], dtype=object)
    limit = table["density_at_most"].to_numpy(dtype="float64")
    above = (table["density_verdict"] == ABOVE).to_numpy()
    excess = table["density_excess_m2"].to_numpy(dtype="float64")
    over = built["built_m2"].to_numpy(dtype="float64") - limit * area_m2
    table["density_at_most"], table["density_excess_m2"] = limit, np.where(above, over, excess)
    return table.assign(**basis("density", norm))
