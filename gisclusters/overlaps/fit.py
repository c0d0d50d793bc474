"""Whether a cluster lies on the land that a land-use plan gives to clusters (SKN).

Planar geometry in the working CRS, in metres.  Decree 32/2024/NĐ-CP, Art. 8, and Land Law
31/2024/QH15, Art. 202(1): a cluster stands on land planned for clusters.  Land that no zone of
the plan speaks of is never taken as fitting.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.geometry.width import certainty, is_ground, width_m
from gisclusters.layers.kinds import LEGACY_LAND_CODES, land_codes
from gisclusters.layers.layer import Layer

CLUSTER_LAND = "SKN"
_SEVERAL = 2
LEGAL_BASIS = "Nghị định 32/2024/NĐ-CP, Điều 8; Luật Đất đai 31/2024/QH15, Điều 202(1)"
COLUMNS = (
    "subject_id", "plan_id", "title", "fit", "area_m2", "cluster_land_m2", "cluster_land_share",
    "other_land_m2", "silent_m2", "doubled_m2", "width_m", "tolerance_m", "land", "legal_basis",
)  # fmt: skip


def plan_fit(subjects: Layer, plans: Sequence[Layer], *, as_of: date) -> pd.DataFrame:
    """One row per subject and land-use plan in force on a day, columns ``COLUMNS``.

    A land-use plan is one with zones of cluster land or of several land codes: a map of rice
    alone says nothing of what else is planned.  Zones of one code are joined before they are
    measured.  ``land`` lists code, area and share of the subject, the
    largest first, old codes under their new ones with ``old`` naming what stands in the file;
    ``silent_m2`` is what no zone covers, ``doubled_m2`` what zones of several codes claim.

    ``fit`` by the widest place that is not cluster land, against the tolerance of both maps:
    ``fits`` (within accuracy), ``undecided``, ``does_not_fit``; ``not_checked`` where all of that
    ground is silent, or where there is no land-use plan at all (then ``plan_id`` is empty).
    All layers are in the subjects' CRS, shapes valid.
    """
    frame = subjects.shapes.reset_index(drop=True)
    rows: list[dict[str, Any]] = []
    for layer in plans:
        zones = layer.shapes[layer.in_force(as_of)]
        zones = zones[zones["category"].isin([*land_codes(), *LEGACY_LAND_CODES])]
        for plan_id, own in zones.groupby("plan_id", sort=False):
            codes = set(own["category"].map(_new_code))
            if CLUSTER_LAND not in codes and len(codes) < _SEVERAL:
                continue
            rows += [_row(subject, str(plan_id), own) for _, subject in frame.iterrows()]
    if not rows:
        rows = [
            dict.fromkeys(COLUMNS) | {
                "subject_id": subject["cluster_id"], "fit": "not_checked", "land": [],
                "area_m2": float(subject.geometry.area), "legal_basis": LEGAL_BASIS,
            }
            for _, subject in frame.iterrows()
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _row(subject: Any, plan_id: str, zones: gpd.GeoDataFrame) -> dict[str, Any]:
    shape = subject.geometry
    area = float(shapely.area(shape))
    near = zones[shapely.intersects(zones.geometry.to_numpy(), shape)]
    new = near["category"].map(_new_code)
    pieces: dict[str, shapely.Geometry] = {}
    for code, own in near.geometry.groupby(new, sort=False):
        piece = shapely.intersection(shapely.union_all(own.to_numpy()), shape)
        if shapely.area(piece) > 0:
            pieces[str(code)] = piece
    covered = shapely.union_all(list(pieces.values()))
    cluster_land = pieces.get(CLUSTER_LAND, shapely.Polygon())
    rest = shapely.difference(shape, cluster_land)
    spoken = shapely.intersection(rest, covered)
    accuracy = float(near["accuracy_m"].max()) if len(near) else float(zones["accuracy_m"].max())
    tolerance = math.hypot(subject["accuracy_m"], accuracy)
    found, width = "fits", 0.0
    if is_ground(np.array([rest]))[0] and shapely.area(rest) > 0:
        width = width_m(rest, tolerance)
        found = {"within_accuracy": "fits", "undecided": "undecided", "real": "does_not_fit"}[
            certainty(width, tolerance)
        ]
    if found == "does_not_fit" and not _wide(spoken, tolerance):
        found = "not_checked"  # nobody says what the rest is
    titles = near["title"].dropna().unique()
    return {
        "subject_id": subject["cluster_id"], "plan_id": plan_id,
        "title": titles[0] if len(titles) == 1 else None, "fit": found, "area_m2": area,
        "cluster_land_m2": float(shapely.area(cluster_land)),
        "cluster_land_share": float(shapely.area(cluster_land)) / area,
        "other_land_m2": float(shapely.area(spoken)),
        "silent_m2": float(shapely.area(shapely.difference(shape, covered))),
        "doubled_m2": max(sum(map(shapely.area, pieces.values())) - shapely.area(covered), 0.0),
        "width_m": width, "tolerance_m": tolerance, "legal_basis": LEGAL_BASIS,
        "land": sorted(
            (
                {"land_code": code, "area_m2": float(shapely.area(piece)),
                 "share": float(shapely.area(piece)) / area,
                 "old": sorted(set(near["category"][new == code]) - {code})}
                for code, piece in pieces.items()
            ),
            key=lambda each: -each["area_m2"],
        ),
    }  # fmt: skip


def _new_code(code: str) -> str:
    return LEGACY_LAND_CODES.get(code, code)


def _wide(ground: shapely.Geometry, tolerance_m: float) -> bool:
    """Whether ground is certainly there at the accuracy of both maps."""
    if shapely.area(ground) == 0:
        return False
    return certainty(width_m(ground, tolerance_m), tolerance_m) != "within_accuracy"
