"""The area ladder beside what is on register, rung by rung.

Gross and industrial land have their figures in the register of clusters; of the rungs below
the registered areas of the parcels are summed.  A measured rung is the ground of its parcels
on industrial land, counted once: whole parcels, less what lies off that land, less what was
counted twice.  Planar geometry in the working CRS, square metres.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.efficiency.area_ladder import (
    NOWHERE,
    PARCEL_RUNGS,
    Land,
    Members,
    cut_to_land,
    land_for_lease,
    unions,
)
from gisclusters.geometry.measure import area_sd_m2, figure_rounding_m2
from gisclusters.rules.fit import FitRules

AGREES, WITHIN, UNDECIDED, BEYOND, NOT_CHECKED = (
    "agrees", "within_accuracy", "undecided", "beyond_accuracy", "not_checked",
)  # fmt: skip
_EXACT_M2 = 1e-3
_FIELDS = (
    "rung", "area_m2", "area_sd_m2", "registered_m2", "registered_from", "registered_missing",
    "difference_m2", "difference_share", "area_verdict", "parcels", "parcels_m2", "off_land_m2",
    "counted_twice_m2",
)  # fmt: skip

Floats = NDArray[np.float64]


def ladder_beside_register(
    places: gpd.GeoDataFrame,
    lots: Members | None,
    parcels: Members | None,
    stages: pd.DataFrame | None,
    land: Land,
    *,
    serviced_on: pd.Timestamp,
    limits: FitRules,
) -> list[list[dict[str, Any]]]:
    """Per cluster one row per rung, from the whole area down.

    ``area_m2`` with its standard deviation ``area_sd_m2`` from the accuracy of the outlines;
    ``registered_m2`` and where it stands (``registered_from``: ``register``, ``parcels`` or
    None); ``difference_m2`` measured less registered and ``difference_share`` of the
    registered.  ``area_verdict``: ``agrees`` (not more than the rounding of the figures),
    ``within_accuracy`` up to ``limits.within_sd`` standard deviations, ``beyond_accuracy``
    over ``limits.real_sd``, ``undecided`` between, ``not_checked`` where either is not known.

    Of the parcel rungs also ``parcels`` (how many), ``parcels_m2 − off_land_m2 − counted_twice_m2 =
    area_m2``, and ``registered_missing``: how many of them have no registered area.  One
    missing leaves the sum unknown; it is never a sum of the rest.
    """
    count = len(places)
    gross = np.asarray(places.geometry.array, dtype=object)
    spread = places["accuracy_m"].to_numpy(dtype="float64")
    whole = places["registered_area_m2"].to_numpy(dtype="float64")
    industrial = places["registered_industrial_area_m2"].to_numpy(dtype="float64")
    nothing = np.full(count, np.nan)
    ladder = [_rows("gross", shapely.area(gross), _sds(gross, spread), whole, "register", limits)]
    drawn = land.source == "lots"
    lot_spread = nothing if lots is None else _coarsest(lots, count)
    ladder.append(
        _rows(
            "industrial",
            land.area_m2,
            np.where(drawn, _sds(land.shapes, lot_spread), np.nan),
            industrial,
            "register",
            limits,
            measured=drawn,
        )
    )
    ready = _serviced(lots, count, serviced_on)
    ladder.append(
        _rows("serviced", land.serviced_m2, _sds(ready, lot_spread), nothing, None, limits)
    )
    for rung in PARCEL_RUNGS:
        if parcels is None or stages is None:
            ladder.append(_rows(rung, nothing, nothing, nothing, None, limits))
        else:
            chosen = stages[rung].to_numpy(dtype=bool)
            ladder.append(_parcel_rows(rung, parcels, chosen, land, lot_spread, limits))
    return [[rung[position] for rung in ladder] for position in range(count)]


def _parcel_rows(
    rung: str, parcels: Members, chosen: NDArray[np.bool_], land: Land, lot_spread: Floats,
    limits: FitRules,
) -> list[dict[str, Any]]:  # fmt: skip
    count = len(land.shapes)
    pieces = cut_to_land(parcels, land)
    owners = parcels.clusters[chosen]
    ground = unions(pieces, np.where(chosen, parcels.clusters, NOWHERE), count)
    area = parcels.areas_m2(count, chosen, pieces)
    on_paper = parcels.frame["registered_area_m2"].to_numpy(dtype="float64")[chosen]

    def summed(values: Floats) -> Floats:
        total: Floats = np.bincount(owners, weights=values, minlength=count).astype("float64")
        return total

    whole = summed(shapely.area(np.asarray(parcels.frame.geometry.array, dtype=object)[chosen]))
    cut = summed(shapely.area(pieces[chosen]))
    missing = summed(np.isnan(on_paper).astype("float64")).astype(int)
    figures = np.array(
        [
            0.0 if np.isnan(figure) else figure_rounding_m2(figure, limits.figure_rounding_m2)
            for figure in on_paper
        ],
        dtype="float64",
    )
    rounding = np.sqrt(summed(figures**2))
    registered = np.where(missing > 0, np.nan, summed(np.nan_to_num(on_paper)))
    spread = np.fmax(_coarsest(parcels, count), lot_spread)
    rows = _rows(rung, area, _sds(ground, spread), registered, "parcels", limits, rounding=rounding)
    held = np.bincount(owners, minlength=count)
    for position, row in enumerate(rows):
        row |= {
            "registered_missing": int(missing[position]),
            "parcels": int(held[position]),
            "parcels_m2": float(whole[position]),
            "off_land_m2": _positive(whole[position] - cut[position]),
            "counted_twice_m2": _positive(cut[position] - area[position]),
        }
    return rows


def _rows(
    rung: str,
    area_m2: Floats,
    sd_m2: Floats,
    registered_m2: Floats,
    registered_from: str | None,
    limits: FitRules,
    *,
    measured: NDArray[np.bool_] | None = None,
    rounding: Floats | None = None,
) -> list[dict[str, Any]]:
    rows = []
    for position, (area, sd, registered) in enumerate(
        zip(area_m2, sd_m2, registered_m2, strict=True)
    ):
        row: dict[str, Any] = dict.fromkeys(_FIELDS) | {
            "rung": rung, "area_m2": _known(area), "area_sd_m2": _known(sd),
            "registered_m2": _known(registered), "area_verdict": NOT_CHECKED,
            "registered_from": None if np.isnan(registered) else registered_from,
        }  # fmt: skip
        known = not np.isnan(area) and not np.isnan(registered)
        if known and (measured is None or measured[position]):
            free = (
                figure_rounding_m2(float(registered), limits.figure_rounding_m2)
                if rounding is None
                else float(rounding[position])
            )
            difference = float(area - registered)
            row["difference_m2"] = difference
            row["difference_share"] = difference / float(registered) if registered > 0 else None
            row["area_verdict"] = _verdict(abs(difference), float(sd), free, limits)
        rows.append(row)
    return rows


def _verdict(difference_m2: float, sd_m2: float, free_m2: float, limits: FitRules) -> str:
    if difference_m2 <= max(free_m2, _EXACT_M2):
        return AGREES
    if difference_m2 <= limits.within_sd * sd_m2:
        return WITHIN
    return UNDECIDED if difference_m2 <= limits.real_sd * sd_m2 else BEYOND


def _serviced(lots: Members | None, count: int, day: pd.Timestamp) -> NDArray[np.object_]:
    """Industrial land with infrastructure by ``day``; None where no lots are known."""
    found = np.full(count, None, dtype=object)
    if lots is None:
        return found
    ready = land_for_lease(lots.frame) & (lots.frame["serviced_on"] <= day).to_numpy()
    with_lots = np.unique(lots.clusters)
    ground = unions(lots.frame.geometry.array, np.where(ready, lots.clusters, NOWHERE), count)
    found[with_lots] = ground[with_lots]
    return found


def _coarsest(features: Members, count: int) -> Floats:
    """The largest position error among the features of each cluster; NaN where it has none."""
    largest = np.full(count, np.nan)
    accuracy = features.frame["accuracy_m"].to_numpy(dtype="float64")
    np.fmax.at(largest, features.clusters, accuracy)
    return largest


def _sds(shapes: NDArray[np.object_], accuracy_m: Floats) -> Floats:
    return np.array(
        [
            np.nan if shape is None or np.isnan(accuracy) else area_sd_m2(shape, float(accuracy))
            for shape, accuracy in zip(shapes, accuracy_m, strict=True)
        ],
        dtype="float64",
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _positive(value: float) -> float:
    """A sum of areas less another, without the rounding of the arithmetic below zero."""
    return 0.0 if value < _EXACT_M2 else float(value)
