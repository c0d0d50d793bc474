"""The cadastral parcels under a cluster, as a list for land clearance (Land Law, Art. 79(22))."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.verdicts import FitVerdict, NotCheckedReason
from gisclusters.geometry.pairs import sound_pairs
from gisclusters.layers.layer import Layer
from gisclusters.overlaps.fit_rows import Subject, answer, areal, remainder, union_of
from gisclusters.rules.dated import Dated

CHECK = "clearance"
_FIELDS = ("parcel_id", "sheet_no", "parcel_no", "land_code", "registered_area_m2")


def check_parcels(
    subjects: gpd.GeoDataFrame, members: Sequence[Subject], parcels: Sequence[Layer], *,
    as_of: date, rule: Dated | None,
) -> list[dict[str, Any]]:  # fmt: skip
    """One answer per subject: whether the parcels held cover it.

    ``parts`` are the parcels that share ground with it, by sheet and number: the whole
    parcel's ``area_m2``, ``inside_m2``, its ``share`` inside, and ``worth`` (the verdict of
    the piece: ``within_accuracy`` where only the two maps' inaccuracy lies inside).
    ``area_m2`` is the ground they cover together, counted once, ``outside_m2`` and
    ``geometry`` what none covers: land nobody listed, which reads ``undecided``.
    """
    frames = [
        layer.shapes.loc[layer.in_force(as_of), [*_FIELDS, "accuracy_m", "geometry"]]
        for layer in parcels
    ]
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        reason = str(NotCheckedReason.NO_DATA)
        return [answer(each, CHECK, FitVerdict.NOT_CHECKED, reason, rule=rule) for each in members]
    held = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=frames[0].crs)
    pairs = sound_pairs(subjects, held)
    groups = dict(iter(pairs.groupby("left_index", sort=False)))
    return [
        _judged(each, groups.get(place, pairs.iloc[:0]), held, rule)
        for place, each in zip(subjects.index, members, strict=True)
    ]


def _judged(
    subject: Subject, pairs: pd.DataFrame, held: gpd.GeoDataFrame, rule: Dated | None
) -> dict[str, Any]:
    if pairs.empty:
        why = str(NotCheckedReason.OUTSIDE_GROUND)
        return answer(subject, CHECK, FitVerdict.NOT_CHECKED, why, rule=rule)
    parts: list[dict[str, Any]] = []
    for right, shape in zip(pairs["right_index"], pairs["geometry"], strict=True):
        parcel = held.loc[right]
        tolerance = float(np.hypot(subject.accuracy_m, parcel["accuracy_m"]))
        piece = remainder(shape, tolerance)
        if not piece.area_m2:
            continue
        area = float(shapely.area(parcel["geometry"]))
        parts.append(
            {name: None if pd.isna(parcel[name]) else parcel[name] for name in _FIELDS}
            | {"area_m2": area, "inside_m2": piece.area_m2, "share": piece.area_m2 / area,
               "width_m": piece.width_m, "worth": _WORTH[piece.verdict]}
        )  # fmt: skip
    parts.sort(key=lambda part: (_natural(part["sheet_no"]), _natural(part["parcel_no"]),
                                 str(part["parcel_id"])))  # fmt: skip
    met = held.loc[pairs["right_index"]]
    tolerance = float(np.hypot(subject.accuracy_m, met["accuracy_m"].max()))
    covered = union_of(pairs["geometry"])
    open_ground = remainder(areal(shapely.difference(subject.shape, covered)), tolerance)
    verdict: FitVerdict = open_ground.verdict
    reason: str | None = None
    if open_ground.matters:
        verdict, reason = FitVerdict.UNDECIDED, "no_parcel"
    area = float(shapely.area(covered))
    return answer(
        subject, CHECK, verdict, reason, rule=rule, parts=parts, geometry=open_ground.shape,
        measured={
            "area_m2": area, "share_of_subject": area / subject.area_m2,
            "outside_m2": open_ground.area_m2, "width_m": open_ground.width_m,
            "tolerance_m": tolerance,
        },
    )  # fmt: skip


_WORTH = {
    FitVerdict.DOES_NOT_FIT: "real",
    FitVerdict.UNDECIDED: "undecided",
    FitVerdict.WITHIN_ACCURACY: "within_accuracy",
}


def _natural(value: object) -> tuple[int, str]:
    """Sheet 9 before sheet 10; what is no number comes last."""
    text = "" if value is None else str(value)
    return (int(text), text) if text.isdigit() else (10**9, text)
