"""Which share of its industrial land a cluster gives to what its kind is named for.

Craft villages (Decree 32/2024/NĐ-CP, Art. 2(2)), one industry, supporting industry, high
technology.  Shares are ground: the union of the parcels of a class cut to industrial land, over
industrial land.  Parcels that say nothing of their class, and ground without a parcel, may be
of it: the share lies between two ends, and the verdict is that of both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.efficiency.admin_units import further_column
from gisclusters.efficiency.area_ladder import (
    NOWHERE,
    cluster_positions,
    industrial_land,
    members,
)
from gisclusters.efficiency.founding import ClusterFacts
from gisclusters.efficiency.founding_rows import ROUNDING_M2, ROUNDING_SHARE, Asked, FoundingVerdict
from gisclusters.layers.layer import Layer
from gisclusters.layers.values import as_boolean, fold
from gisclusters.rules.founding import SHARE_KINDS, FoundingOfDay, FoundingRules


def judge_kinds(
    asked: Asked, cluster: ClusterFacts, parcels: gpd.GeoDataFrame | None,
    land: shapely.Geometry | None, *, rules: FoundingRules, today: FoundingOfDay,
) -> list[dict[str, Any]]:  # fmt: skip
    """One row for each kind with a rule that the cluster is said to be, or that is measured.

    ``parcels`` are those of the cluster in force, ``land`` its industrial land (None: known as
    a figure at most), both in one projected CRS, metres.  A kind that nobody said the cluster
    to be is ``not_applicable``, its measured share stands there all the same.
    """
    classes = {} if parcels is None else _classes(parcels, rules)
    rows = []
    for kind in SHARE_KINDS:
        rule = today.kinds[kind]
        named = cluster.kinds is not None and kind in cluster.kinds
        if rule is None or (not named and kind not in classes):
            continue
        condition = f"kind_{kind}"
        figures: dict[str, Any] = {"threshold_share": rule.at_least}
        label: str | None = None
        ids: list[str] = []
        if kind not in classes or land is None or parcels is None or not shapely.area(land) > 0:
            verdict = FoundingVerdict.NOT_CHECKED if named else FoundingVerdict.NOT_APPLICABLE
            reason = "kind_not_measured" if named else "kind_not_named"
        else:
            low, high, label, ids = _share(kind, classes[kind], parcels, land)
            figures["measured_share"] = low
            verdict, reason = _judged(low, high, rule.at_least)
            if verdict is FoundingVerdict.NOT_MET:
                figures["missing_points"] = 100 * (rule.at_least - low)
                figures["missing_m2"] = (rule.at_least - low) * float(shapely.area(land))
            figures["most_share"] = high
            if not named:
                verdict, reason = FoundingVerdict.NOT_APPLICABLE, "kind_not_named_measured"
                figures.pop("missing_points", None)
                figures.pop("missing_m2", None)
        rows.append(
            asked.row(condition, verdict, reason, rule=rule, part="besides", figures=figures,
                      features=ids, said={"label": label, "kind": kind})
        )  # fmt: skip
    return rows


def _judged(low: float, high: float, at_least: float) -> tuple[FoundingVerdict, str]:
    if low >= at_least - ROUNDING_SHARE:
        return FoundingVerdict.MET, "kind_met"
    if high < at_least - ROUNDING_SHARE:
        return FoundingVerdict.NOT_MET, "kind_not_met"
    return FoundingVerdict.UNDECIDED, "kind_undecided"


def _share(
    kind: str, labels: NDArray[np.object_], parcels: gpd.GeoDataFrame, land: shapely.Geometry
) -> tuple[float, float, str | None, list[str]]:
    """The least and the greatest share of a kind, the industry it is of, and its parcels.

    ``labels`` says of each parcel which class it is of, "" for another one, None for unknown.
    """
    pieces = shapely.intersection(np.asarray(parcels.geometry.array, dtype=object), land)
    whole = float(shapely.area(land))
    grounds = defaultdict(list)
    for label, piece in zip(labels, pieces, strict=True):
        grounds[label].append(piece)
    areas = {
        label: float(shapely.area(shapely.union_all(found))) for label, found in grounds.items()
    }
    told = [label for label in areas if label]
    best = max(told, key=lambda label: (areas[label], label), default=None)
    mine = 0.0 if best is None else areas[best]
    named = shapely.union_all([piece for label in grounds if label is not None
                               for piece in grounds[label]])  # fmt: skip
    silent = whole - float(shapely.area(named))
    silent = 0.0 if silent <= ROUNDING_M2 else silent
    ids = [str(name) for name, label in zip(parcels["parcel_id"], labels, strict=True)
           if label and label == best]  # fmt: skip
    return mine / whole, (mine + silent) / whole, best if kind == "specialised" else None, ids


def _classes(
    parcels: gpd.GeoDataFrame, rules: FoundingRules
) -> Mapping[str, NDArray[np.object_]]:  # fmt: skip
    """The class of each parcel, for each kind of which a column speaks."""
    column = further_column(parcels, rules.columns["industry"])
    industry = np.full(len(parcels), None, dtype=object)
    if column is not None:
        industry[:] = [
            None if pd.isna(cell) or not str(cell).strip() else " ".join(str(cell).split())
            for cell in parcels[column]
        ]
    found: dict[str, NDArray[np.object_]] = {}
    if column is not None:
        shown: dict[str, str] = {}  # one spelling for each industry, the first that stands there
        found["specialised"] = np.full(len(parcels), None, dtype=object)
        found["specialised"][:] = [
            None if cell is None else shown.setdefault(cell.casefold(), cell) for cell in industry
        ]
    for kind in ("craft_village", "supporting", "high_tech"):
        flag = further_column(parcels, rules.columns[kind])
        if flag is not None:
            said, _ = as_boolean(parcels[flag])
            found[kind] = np.array(
                [None if pd.isna(cell) else kind if cell else "" for cell in said], dtype=object
            )
        elif column is not None:
            words = [fold(word.replace("_", " ")) for word in rules.kind_words[kind]]
            classes = [
                None if cell is None
                else kind if any(f" {word} " in f" {fold(cell)} " for word in words) else ""
                for cell in industry
            ]  # fmt: skip
            if kind in classes:  # an industry that names no such class says nothing of it
                found[kind] = np.array(classes, dtype=object)
    return found


def ground_of(
    subject: Layer, lots: Layer | None, parcels: Layer | None, *, as_of: date
) -> tuple[gpd.GeoDataFrame | None, shapely.Geometry | None]:
    """The parcels in force of the one cluster of ``subject``, and its industrial land by lots.

    ``lots`` and ``parcels`` are in its CRS.  None where there is none of either.
    """
    plots, holdings = (_of_cluster(layer, subject, as_of) for layer in (lots, parcels))
    if plots is None:
        return holdings, None
    found = members(plots, np.zeros(len(plots), dtype=np.intp))
    return holdings, industrial_land(subject.shapes, found, as_of=as_of).shapes[0]


def _of_cluster(layer: Layer | None, subject: Layer, as_of: date) -> gpd.GeoDataFrame | None:
    if layer is None:
        return None
    frame = layer.shapes[layer.in_force(as_of)].reset_index(drop=True)
    kept = frame[cluster_positions(frame, subject.shapes) != NOWHERE].reset_index(drop=True)
    return kept if len(kept) else None
