"""Overlaps and time: what plans out of force would meet, and what changes between two days.

Planar geometry in the working CRS, in metres.  A plan that has ended, that has not begun or
that is no more than a draft makes no finding; what it would meet stands apart, so that nobody
takes its silence for consent and nobody takes it for a conflict.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.verdicts import NotCheckedReason
from gisclusters.geometry.pairs import sound_pairs
from gisclusters.geometry.width import is_ground, pair_tolerance_m, width_m
from gisclusters.layers.layer import Layer

RESTING = (
    "subject_id", "plan_id", "zone_id", "title", "category", "standing", "in_force_from",
    "in_force_to", "area_m2", "share_of_subject", "width_m", "tolerance_m", "geometry",
)  # fmt: skip
CHANGES = (
    "subject_id", "plan_id", "zone_id", "category", "change", "verdict_before", "verdict_after",
    "severity_before", "severity_after", "area_earlier_m2", "area_later_m2",
)  # fmt: skip
_KEY = ["subject_id", "plan_id", "zone_id", "category"]
"""With whether a finding is of the zone's ground, its corridor or what only the widest corridor
there can be reaches, what a finding is known by."""

_IF_WIDEST = str(NotCheckedReason.CLASS_UNKNOWN)


def resting_overlaps(subjects: Layer, plans: Sequence[Layer], *, as_of: date) -> gpd.GeoDataFrame:
    """The ground that subjects share with plans which are not in force on a day.

    Columns ``RESTING``; ``standing`` is ``draft``, ``archived`` or ``withdrawn`` as the plan says
    of itself, else ``ended`` or ``not_begun`` by its days.  Widths no wider than the tolerance
    of both maps are left out, and so is touching; lines and points have no ground to share.
    All layers are in the subjects' CRS.
    """
    frame = subjects.shapes.reset_index(drop=True)
    rows: list[dict[str, Any]] = []
    for layer in plans:
        zones = layer.shapes[~layer.in_force(as_of)].reset_index(drop=True)
        if not len(zones):
            continue
        pairs = sound_pairs(frame, zones)
        pairs = pairs[is_ground(pairs.geometry.to_numpy()) & (pairs["area_m2"] > 0).to_numpy()]
        standings = _standings(zones, as_of)
        for left, right, area, shape in zip(
            pairs["left_index"], pairs["right_index"], pairs["area_m2"], pairs.geometry, strict=True
        ):
            subject, zone = frame.loc[left], zones.loc[right]
            tolerance = float(pair_tolerance_m(subject["accuracy_m"], zone["accuracy_m"]))
            width = width_m(shape, tolerance)
            own = zone["category"] == "cluster" and zone["zone_id"] == subject["cluster_id"]
            if own or width <= tolerance:
                continue
            rows.append(
                {name: zone[name] for name in ("plan_id", "zone_id", "title", "category",
                                               "in_force_from", "in_force_to")}
                | {"subject_id": subject["cluster_id"], "standing": standings[right],
                   "area_m2": area,
                   "share_of_subject": area / shapely.area(subject.geometry), "width_m": width,
                   "tolerance_m": tolerance, "geometry": shape}
            )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(RESTING))
    return gpd.GeoDataFrame(
        table.drop(columns="geometry"),
        geometry=np.array(table["geometry"].tolist(), dtype=object), crs=subjects.crs,
    )  # fmt: skip


def changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """What differs between the findings of two days, as a table with columns ``CHANGES``.

    ``before`` and ``after`` are findings of ``find_overlaps`` of the same subjects and plans.
    ``change``: ``appears`` (a finding that was not there), ``ends`` (one that is no more), or
    ``differs`` (another verdict or severity, or an area that differs by over a square
    decimetre).  That a plan is clear is no finding: it is silent on both sides.
    """
    sides = [_by_key(frame) for frame in (before, after)]
    keys = list(dict.fromkeys([*sides[0], *sides[1]]))
    rows = []
    for key in keys:
        old, new = (side.get(key) for side in sides)
        if old is not None and new is not None:
            same = old[:2] == new[:2] and abs(old[2] - new[2]) <= 0.01
            change = None if same else "differs"
        else:
            change = "appears" if old is None else "ends"
        if change is None:
            continue
        told = [side or (None, None, None) for side in (old, new)]
        rows.append(
            dict(zip(_KEY, key, strict=False))
            | {"change": change}
            | {f"verdict_{when}": cells[0] for when, cells in zip(("before", "after"), told,
                                                                strict=True)}
            | {f"severity_{when}": cells[1] for when, cells in zip(("before", "after"), told,
                                                                 strict=True)}
            | {f"area_{when}_m2": cells[2] for when, cells in zip(("earlier", "later"), told,
                                                                strict=True)}
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(CHANGES), dtype=object)


def turning_days(layers: Sequence[Layer], *, after: date) -> list[date]:
    """The days after ``after`` on which a row of any layer comes into force or has just left it.

    A row that ends on a day is out of force on the next: that next day is the turn.
    """
    found: set[date] = set()
    for layer in layers:
        for name, step in (("in_force_from", 0), ("in_force_to", 1)):
            days = layer.frame[name].dropna() + pd.Timedelta(days=step)
            found |= {day.date() for day in days.unique() if day.date() > after}
    return sorted(found)


def _standings(zones: gpd.GeoDataFrame, as_of: date) -> NDArray[np.object_]:
    day = pd.Timestamp(as_of)
    standings = np.full(len(zones), "ended", dtype=object)
    standings[(zones["in_force_from"] > day).to_numpy()] = "not_begun"
    said = zones["status"].notna() & (zones["status"] != "in_force")
    standings[said.to_numpy()] = zones["status"][said].to_numpy(dtype=object)
    return standings


def _by_key(findings: pd.DataFrame) -> dict[tuple[Any, ...], tuple[Any, Any, float]]:
    """Verdict, severity and area of each finding but clear ones, by subject, plan and zone."""
    told = findings[findings["verdict"] != "clear"]
    keys = told[_KEY].astype(object).where(told[_KEY].notna(), None)
    around = told["distance_m"].notna()
    keys["around"] = around.astype(int) + (around & (told["reason"] == _IF_WIDEST))
    severities = told["severity"].astype(object)
    cells = zip(told["verdict"], severities.where(severities.notna(), None),
                told["area_m2"].fillna(0.0), strict=True)  # fmt: skip
    return dict(zip(map(tuple, keys.to_numpy()), cells, strict=True))
