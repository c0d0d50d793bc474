"""Whether a cluster lies in the commune and the province it names.

Units are those valid on the day; a name that only an ended or a coming unit bears is measured
against that unit and said so, since boundaries of before July 2025 stay in old documents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.verdicts import FitVerdict, NotCheckedReason
from gisclusters.geometry.width import is_ground
from gisclusters.layers.known import place_name
from gisclusters.layers.layer import Layer
from gisclusters.overlaps.fit_rows import Subject, answer, areal, remainder, union_of
from gisclusters.rules.dated import Dated

LEVELS = ("commune", "province")
_SEVERAL = re.compile(r"\s*[;,]\s*|\s+và\s+", re.IGNORECASE)


def known_places(places: Sequence[Layer], as_of: date) -> gpd.GeoDataFrame | None:
    """Every place with ``on_day`` and its folded ``key``; None where there are none."""
    frames = [
        layer.shapes.assign(on_day=layer.in_force(as_of), key=_keys(layer.shapes["name"]))
        for layer in places
        if len(layer)
    ]
    if not frames:
        return None
    columns = ["place_id", "name", "level", "valid_from", "valid_to", "parent_id", "accuracy_m",
               "on_day", "key", "geometry"]  # fmt: skip
    return gpd.GeoDataFrame(
        pd.concat([frame[columns] for frame in frames], ignore_index=True), crs=frames[0].crs
    )


def check_places(
    members: Sequence[Subject], places: Sequence[Layer], *, as_of: date, rule: Dated | None
) -> list[dict[str, Any]]:
    """Two answers per subject: ``commune`` and ``province``.

    ``area_m2`` is its ground inside the units named, ``outside_m2`` and ``geometry`` the rest.
    ``parts`` are all units of the level it lies in, those of the day and those of other
    times, with ``named``, ``on_day``, the area and the share in each.
    """
    known = known_places(places, as_of)
    rows = []
    for subject in members:
        for level in LEVELS:
            units = None
            if known is not None:
                units = known[known["level"].isna() | (known["level"] == level)]
            rows.append(_judged(subject, level, units, known, as_of, rule))
    return rows


def _judged(
    subject: Subject, level: str, units: gpd.GeoDataFrame | None,
    known: gpd.GeoDataFrame | None, as_of: date, rule: Dated | None,
) -> dict[str, Any]:  # fmt: skip
    name = subject.field(level)
    if units is None or known is None or units.empty:
        why = "not_named" if name is None else str(NotCheckedReason.NO_DATA)
        return answer(subject, level, FitVerdict.NOT_CHECKED, why, rule=rule)
    shapes = units.geometry.to_numpy()
    inside = np.zeros(len(units))
    near = np.unique(units.sindex.query(subject.shape, predicate="intersects"))
    shared = shapely.intersection(shapes[near], subject.shape)
    areal_ones = (shapely.get_dimensions(shared) == 2) & is_ground(shared)
    inside[near[areal_ones]] = shapely.area(shared[areal_ones])
    chosen, unknown = _named(str(name), subject, level, units, known, inside) if name else ([], [])
    parts = _parts(units, inside, chosen, level, subject.area_m2)
    if name is None:
        return answer(subject, level, FitVerdict.NOT_CHECKED, "not_named", rule=rule, parts=parts)
    if not chosen:
        return answer(
            subject, level, FitVerdict.NOT_CHECKED, "place_unknown", rule=rule, parts=parts
        )
    picked = units.iloc[chosen]
    tolerance = float(np.hypot(subject.accuracy_m, picked["accuracy_m"].max()))
    ground = union_of(picked.geometry)
    outside = remainder(areal(shapely.difference(subject.shape, ground)), tolerance)
    verdict: FitVerdict = outside.verdict
    reason: str | None = None
    if outside.matters:
        reason = "outside_place" if verdict is FitVerdict.DOES_NOT_FIT else "accuracy"
        if unknown:  # what lies outside may lie in the unit nobody knows
            verdict, reason = FitVerdict.UNDECIDED, "place_unknown"
    day = pd.Timestamp(as_of)
    notes = []
    if (picked["valid_to"] < day).any():
        notes.append("unit_ended")
    if (picked["valid_from"] > day).any():
        notes.append("unit_not_yet")
    within = areal(shapely.intersection(subject.shape, ground))
    area = float(shapely.area(within))
    return answer(
        subject, level, verdict, reason, rule=rule, notes=notes, parts=parts,
        geometry=outside.shape,
        measured={
            "area_m2": area, "share_of_subject": area / subject.area_m2,
            "outside_m2": outside.area_m2, "width_m": outside.width_m, "tolerance_m": tolerance,
        },
    )  # fmt: skip


def _named(
    name: str, subject: Subject, level: str, units: gpd.GeoDataFrame, known: gpd.GeoDataFrame,
    inside: np.ndarray[Any, np.dtype[np.float64]],
) -> tuple[list[int], list[str]]:  # fmt: skip
    """Positions of the units a field names, and the names that no unit bears.

    A field may name several (``A và B``, ``A; B``).  Of several units with one name it means
    those of the province named; of these one that holds some of the subject before one far
    away, one of the day before one of other times, then the one that holds most.
    """
    keys = units["key"].to_numpy(dtype=object)
    on_day = units["on_day"].to_numpy(dtype=bool)
    wanted = [name] if place_name(name) in set(keys) else [x for x in _SEVERAL.split(name) if x]
    province = subject.field("province") if level == "commune" else None
    parents: set[Any] = set()
    if province is not None:
        parents = set(known.loc[known["key"] == place_name(str(province)), "place_id"])
    chosen: list[int] = []
    unknown: list[str] = []
    for each in wanted:
        found = np.flatnonzero(keys == place_name(each))
        if not len(found):
            unknown.append(each)
            continue
        of_parent = found[units["parent_id"].isin(parents).to_numpy()[found]]
        found = of_parent if len(of_parent) else found
        best = np.lexsort((inside[found], on_day[found], inside[found] > 0))[-1]
        chosen.append(int(found[best]))
    return chosen, unknown


def _parts(
    units: gpd.GeoDataFrame, inside: np.ndarray[Any, np.dtype[np.float64]], chosen: list[int],
    level: str, whole_m2: float,
) -> list[dict[str, Any]]:  # fmt: skip
    """The units a subject lies in and those it names, of the day first, the largest share first."""
    meant = (units["level"] == level).to_numpy() & (inside > 0)
    meant[chosen] = True
    on_day = units["on_day"].to_numpy(dtype=bool)
    places = np.flatnonzero(meant)
    order = places[np.lexsort((-inside[places], ~on_day[places]))]
    return [
        {
            "place_id": row["place_id"], "name": row["name"],
            "valid_from": _day(row["valid_from"]), "valid_to": _day(row["valid_to"]),
            "named": int(place) in chosen, "on_day": bool(on_day[place]),
            "area_m2": float(inside[place]), "share": float(inside[place]) / whole_m2,
        }
        for place, row in zip(order, units.iloc[order].to_dict("records"), strict=True)
    ]  # fmt: skip


def _day(stamp: Any) -> date | None:
    return None if pd.isna(stamp) else pd.Timestamp(stamp).date()


def _keys(names: pd.Series[Any]) -> pd.Series[Any]:
    return names.fillna("").astype(str).map(place_name)
