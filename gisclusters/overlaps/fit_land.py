"""On which land of the land-use plan a cluster lies (Decree 32/2024/NĐ-CP, Art. 8).

A land-use plan gives land to clusters, or to several land codes; plans by our own words
(``rice``, ``road`` …) and maps of a single code are none.  Zones are joined before they are
measured, so ground that several zones claim counts once in every sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.verdicts import FitVerdict, NotCheckedReason
from gisclusters.geometry.pairs import sound_pairs
from gisclusters.layers.kinds import LEGACY_LAND_CODES, land_codes
from gisclusters.layers.layer import Layer
from gisclusters.overlaps.fit_rows import Subject, answer, areal, remainder, union_of
from gisclusters.rules.fit import LandUseRule

CHECK = "land_use"
_FITTING = frozenset({"SKN", "cluster_land"})
"""What marks a land-use plan on a day without a rule."""


def land_use_zones(
    plans: Sequence[Layer], as_of: date, fitting: frozenset[str]
) -> tuple[gpd.GeoDataFrame | None, bool]:
    """The areal zones of land-use plans in force on a day, and whether any is out of force.

    A land-use plan has zones of cluster land or of several land codes: a map of rice alone
    says nothing of what else is planned.  None where there are none in force.
    """
    frames, idle = [], False
    for layer in plans:
        frame = layer.shapes
        zones = frame.loc[
            frame["category"].isin([*land_codes(), "cluster_land"]).to_numpy()
            & (shapely.get_dimensions(frame.geometry.to_numpy()) == 2),
            ["plan_id", "category", "accuracy_m", "geometry"],
        ]
        now = zones["category"].map({code: current(code) for code in zones["category"].unique()})
        holds = layer.in_force(as_of)[frame.index.get_indexer(zones.index)]
        several = now.groupby(zones["plan_id"]).transform("nunique") > 1
        given = now.isin(fitting).groupby(zones["plan_id"]).transform("any")
        speaks = (several | given).to_numpy(dtype=bool)
        idle |= bool((speaks & ~holds).any())
        if (speaks & holds).any():
            frames.append(zones[speaks & holds])
    if not frames:
        return None, idle
    whole = pd.concat(frames, ignore_index=True)
    return gpd.GeoDataFrame(whole, crs=frames[0].crs), idle


def check_land_use(
    subjects: gpd.GeoDataFrame, members: Sequence[Subject], plans: Sequence[Layer], *,
    as_of: date, rule: LandUseRule | None,
) -> list[dict[str, Any]]:  # fmt: skip
    """One answer per subject.

    ``area_m2`` is its ground on land for clusters, ``outside_m2`` the rest, ``geometry`` that
    rest.  ``parts``: ``kind`` ``code`` (each code with its ground), ``overlap`` (two codes on
    the same ground) or ``uncovered`` (no zone at all: where that is the only doubt the answer
    is ``not_checked``, never fitting).
    """
    zones, idle = land_use_zones(plans, as_of, rule.fitting_codes if rule else _FITTING)
    if zones is None:
        reason = NotCheckedReason.NOT_IN_FORCE if idle else NotCheckedReason.NO_DATA
        return [
            answer(each, CHECK, FitVerdict.NOT_CHECKED, str(reason), rule=rule) for each in members
        ]
    pairs = sound_pairs(subjects, zones)
    groups = dict(iter(pairs.groupby("left_index", sort=False)))
    none = pairs.iloc[:0]
    return [
        _judged(each, groups.get(place, none), zones, rule)
        for place, each in zip(subjects.index, members, strict=True)
    ]


def _judged(
    subject: Subject, pairs: pd.DataFrame, zones: gpd.GeoDataFrame, rule: LandUseRule | None
) -> dict[str, Any]:
    met = zones.loc[pairs["right_index"]]
    nearest_accuracy = met["accuracy_m"] if len(met) else zones["accuracy_m"]
    tolerance = float(np.hypot(subject.accuracy_m, nearest_accuracy.max()))
    written = met["category"].to_numpy(dtype=object)
    shapes = pairs["geometry"].to_numpy(dtype=object)
    by_code = {code: union_of(shapes[written == code]) for code in sorted(set(written))}
    fitting = rule.fitting_codes if rule else frozenset()
    broader = rule.broader_codes if rule else frozenset()
    land = union_of(shape for code, shape in by_code.items() if current(code) in fitting)
    vague = union_of(shape for code, shape in by_code.items() if current(code) in broader)
    other = union_of(
        shape for code, shape in by_code.items() if current(code) not in fitting | broader
    )
    uncovered = _cut(subject.shape, union_of(by_code.values()))
    overlaps = list(_overlaps(by_code))
    contested = union_of(
        shape for one, two, shape in overlaps if (one in fitting) != (two in fitting)
    )
    rest = {
        "other_codes": remainder(_cut(other, land), tolerance),
        "broader_code": remainder(_cut(_cut(vague, land), other), tolerance),
        "uncovered": remainder(uncovered, tolerance),
        "codes_overlap": remainder(contested, tolerance),
    }
    reason: str | None
    if rule is None:
        verdict, reason = FitVerdict.NOT_CHECKED, "no_rule"
    elif not by_code:
        verdict, reason = FitVerdict.NOT_CHECKED, str(NotCheckedReason.OUTSIDE_GROUND)
    elif rest["other_codes"].verdict is FitVerdict.DOES_NOT_FIT:
        verdict, reason = FitVerdict.DOES_NOT_FIT, "other_codes"
    else:
        doubts = [name for name, each in rest.items() if each.matters]
        small = any(each.verdict is FitVerdict.WITHIN_ACCURACY for each in rest.values())
        verdict = (
            FitVerdict.NOT_CHECKED if doubts == ["uncovered"]
            else FitVerdict.UNDECIDED if doubts
            else FitVerdict.WITHIN_ACCURACY if small else FitVerdict.FITS
        )  # fmt: skip
        reason = ("accuracy" if doubts[0] == "other_codes" else doubts[0]) if doubts else None
    outside = _cut(subject.shape, land)
    notes = []
    if any(code in LEGACY_LAND_CODES or _is_old(code) for code in by_code):
        notes.append("legacy_codes")
    if rest["codes_overlap"].matters and reason != "codes_overlap":
        notes.append("codes_overlap")
    if rest["uncovered"].matters and reason != "uncovered":
        notes.append("uncovered")
    if rule is not None and rule.quota and verdict is FitVerdict.DOES_NOT_FIT:
        notes.append("quota_not_checked")
    worst = remainder(outside, tolerance)
    whole = subject.area_m2
    on_land = 0.0 if shapely.is_empty(land) else float(shapely.area(land))
    return answer(
        subject, CHECK, verdict, reason, rule=rule, notes=notes,
        parts=[
            *(_part("code", code, shape, whole) for code, shape in by_code.items()),
            *(_part("overlap", f"{one} ∩ {two}", shape, whole) for one, two, shape in overlaps
              if remainder(shape, tolerance).matters),
            *([_part("uncovered", None, rest["uncovered"].shape, whole)]
              if rest["uncovered"].area_m2 else []),
        ],
        geometry=worst.shape,
        measured={
            "area_m2": on_land, "share_of_subject": on_land / whole, "outside_m2": worst.area_m2,
            "width_m": worst.width_m, "tolerance_m": tolerance,
        },
    )  # fmt: skip


def current(code: str) -> str:
    """The code of today's classification for an older one; others are themselves."""
    return LEGACY_LAND_CODES.get(code, code)


def _is_old(code: str) -> bool:
    known = land_codes().get(code)
    return known is not None and known.group.startswith("legacy")


def _part(kind: str, code: str | None, shape: shapely.Geometry, whole_m2: float) -> dict[str, Any]:
    area = float(shapely.area(shape))
    return {
        "kind": kind, "code": code,
        "now_code": LEGACY_LAND_CODES.get(code) if code else None,
        "area_m2": area, "share": area / whole_m2,
    }  # fmt: skip


def _overlaps(by_code: dict[str, shapely.Geometry]) -> list[tuple[str, str, shapely.Geometry]]:
    """Ground that two codes of different meaning claim; touching shares none."""
    return [
        (one, two, areal(shapely.intersection(by_code[one], by_code[two])))
        for one, two in combinations(by_code, 2)
        if current(one) != current(two)
    ]


def _cut(shape: shapely.Geometry, away: shapely.Geometry) -> shapely.Geometry:
    return areal(shapely.difference(shape, away))
