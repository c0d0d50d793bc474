"""Positive fit: whether a cluster lies where, and is as large as, plan and decision say.

Each check of each cluster answers ``fits``, ``does_not_fit``, ``within_accuracy``,
``undecided`` or ``not_checked`` with its reason: land of the land-use plan, commune and
province, areas and limits, neighbours, parcels to clear.  What nobody gave never fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from gisclusters.domain.run import RuleSet
from gisclusters.errors import CrsMismatchError
from gisclusters.layers.layer import Layer
from gisclusters.overlaps.fit_area import check_areas
from gisclusters.overlaps.fit_land import check_land_use
from gisclusters.overlaps.fit_neighbours import check_neighbours
from gisclusters.overlaps.fit_parcels import check_parcels
from gisclusters.overlaps.fit_place import check_places
from gisclusters.overlaps.fit_rows import COLUMNS, NUMBERS, TEXTS, Subject
from gisclusters.rules.fit import FitRules, load_fit_rules

CHECKS = (
    "land_use", "commune", "province", "area_registered", "area_decision", "area_list", "size",
    "adjacency", "clearance",
)  # fmt: skip
"""The checks in the order they are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FitReport:
    """One row per subject and check (``fit_rows.COLUMNS`` and geometry), and the rules used."""

    checks: gpd.GeoDataFrame
    rules: RuleSet


def plan_fit(
    subjects: Layer, *, as_of: date, plans: Sequence[Layer] = (), places: Sequence[Layer] = (),
    clusters: Sequence[Layer] = (), parcels: Sequence[Layer] = (),
    indicators: Sequence[Layer] = (), rules: FitRules | str = "vn_fit",
) -> FitReport:  # fmt: skip
    """Check the fit of every cluster of ``subjects`` on ``as_of`` (Decree 32/2024/NĐ-CP).

    All layers with shapes are in the subjects' CRS (projected, metres); CrsMismatchError
    otherwise.  ``clusters`` are those a subject may have beside it (itself among them does no
    harm), ``indicators`` the table that may hold the areas of list and decision.  Zones,
    places, clusters and parcels count while they are in force, places by ``valid_from`` and
    ``valid_to``; both ends are in.

    A shared border is no ground.  What is no wider than the tolerance of both maps reads
    ``within_accuracy``.  ``geometry`` is the ground that does not fit, None where there is
    none.  An empty ``subjects`` gives no rows; layers are valid when they are made.  Raises
    UsageError for unusable rules.
    """
    rule_set = load_fit_rules(rules) if isinstance(rules, str) else rules
    for layer in (*plans, *places, *clusters, *parcels):
        if layer.crs != subjects.crs:
            raise CrsMismatchError(
                f"{layer.name} is in {layer.crs}, {subjects.name} in {subjects.crs}"
            )
    today = rule_set.on(as_of)
    frame = subjects.shapes.reset_index(drop=True)
    members = [
        Subject(row=row, shape=shape, accuracy_m=float(row["accuracy_m"]))
        for row, shape in zip(
            frame.drop(columns="geometry").to_dict("records"), frame.geometry, strict=True
        )
    ]
    rows = [
        *check_land_use(frame, members, plans, as_of=as_of, rule=today.land_use),
        *check_places(members, places, as_of=as_of, rule=today.location),
        *check_areas(members, indicators, rule_set, today),
        *check_neighbours(
            members, clusters, as_of=as_of, rule=today.adjacency, near_m=rule_set.near_m
        ),
        *check_parcels(frame, members, parcels, as_of=as_of, rule=today.clearance),
    ]
    order = {each.id: place for place, each in enumerate(members)}
    rows.sort(key=lambda row: (order[row["subject_id"]], CHECKS.index(row["check"])))
    table = pd.DataFrame(rows, columns=[*COLUMNS, "geometry"])
    for name in NUMBERS:
        table[name] = table[name].astype("float64")
    for name in TEXTS:
        cells = [None if pd.isna(cell) else cell for cell in table[name]]
        table[name] = pd.Series(cells, index=table.index, dtype=object)
    shapes = np.array([None if row is None else row for row in table["geometry"]], dtype=object)
    checks = gpd.GeoDataFrame(table.drop(columns="geometry"), geometry=shapes, crs=frame.crs)
    return FitReport(checks=checks, rules=rule_set.rule_set)
