"""How well the land of industrial clusters is used, on one day, with what each answer rests on.

Occupancy (tỷ lệ lấp đầy) is industrial land leased or granted in-principle approval, of all
industrial land of the approved plan (Decree 32/2024/NĐ-CP, Art. 2(7)); what other reports
call by that name stands beside it under names of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.domain.run import RuleSet
from gisclusters.efficiency.area_ladder import (
    NOWHERE,
    PARCEL_RUNGS,
    Members,
    Positions,
    cluster_positions,
    industrial_land,
    measure_rungs,
    members,
    ratio,
)
from gisclusters.efficiency.doubts import (
    clusters_not_in_force,
    cover_doubts,
    ladder_doubts,
    lots_outside_boundary,
    overlap_doubts,
)
from gisclusters.efficiency.idle_clock import ClockReading, Evidence
from gisclusters.efficiency.image import (
    BUILT_COLUMNS,
    Seen,
    asked_of,
    built_columns,
    classes_seen,
    estimate,
)
from gisclusters.efficiency.image_checks import image_checks
from gisclusters.efficiency.image_doubts import image_doubts
from gisclusters.efficiency.leases import (
    current_leases,
    read_clocks,
    stages_of,
    transfers_unapproved,
)
from gisclusters.efficiency.structure import judge_size, measure_structure
from gisclusters.efficiency.zonal_engine import LandCover
from gisclusters.errors import CrsMismatchError
from gisclusters.geometry.crs_names import is_metric
from gisclusters.layers.layer import Layer
from gisclusters.rules.efficiency import EfficiencyRules, load_efficiency_rules
from gisclusters.rules.land_cover import Confusion, LandCoverRules

PARCEL_COLUMNS = (
    "parcel_id", "cluster_id", "area_m2", "registered_area_m2", "status", "deadline",
    "days_left", "rule_id", "evidence", "transfer_unapproved", *PARCEL_RUNGS,
    *BUILT_COLUMNS, "leased_not_built", "built_not_leased",
)  # fmt: skip
"""The columns of ``EfficiencyReport.parcels``, in order."""


@dataclass(frozen=True, slots=True)
class EfficiencyReport:
    """What was measured: one row per cluster, one per parcel of them, and what is doubtful."""

    clusters: pd.DataFrame
    parcels: pd.DataFrame
    issues: tuple[Issue, ...]
    rules: RuleSet
    image_checks: gpd.GeoDataFrame | None = None
    image_classes: tuple[int, ...] = ()


def measure_efficiency(
    clusters: Layer,
    lots: Layer | None,
    parcels: Layer | None,
    *,
    as_of: date,
    leases: Layer | None = None,
    landcover: LandCover | None = None,
    built_classes: Sequence[int] = (50,),
    rules: EfficiencyRules | str | Path = "vn_efficiency",
    before: LandCover | None = None,
    confusion: Confusion | None = None,
    image_rules: LandCoverRules | str | Path = "vn_land_cover",
) -> EfficiencyReport:
    """Measure the use of land in every cluster on ``as_of``.

    ``clusters`` is in a projected CRS in metres; ``lots`` and ``parcels`` are brought to it.
    Lots and parcels count while they are in force; one without ``cluster_id`` belongs to the
    cluster its representative point lies in, and what belongs to none of the clusters is
    left out, with an issue.  Areas are planar, m²; shares 0..1; NaN is "not known", never 0.

    ``clusters`` of the report: ``cluster_id name status``, the ladder ``gross_m2
    industrial_m2 serviced_m2 committed_m2 leased_m2 handed_over_m2 building_m2
    producing_m2``, ``industrial_source`` (``lots registered`` or None),
    ``registered_area_m2 registered_industrial_area_m2``, ``parcel_count leased_parcels``,
    ``occupancy_share occupancy_rule occupancy_rivals`` (by name), ``structure`` and ``size``
    (dicts, see ``structure``), ``built_share built_share_sd built_judgement
    coverage_share`` and the rest of ``image.BUILT_COLUMNS``.  ``image_checks`` holds the places
    where papers and image disagree (see there), None without a raster.  ``before`` is an earlier
    raster on the same grid, ``confusion`` how often the classes err; ``image_rules`` say how wide
    the ring outside a boundary is and what is significant.

    ``parcels`` of the report: ``PARCEL_COLUMNS``.  ``evidence`` is a list of ``{"code",
    "params"}`` whose sentence is ``efficiency.evidence_<code>``; ``built_pixels`` counts the
    valid pixels behind ``built_share``; ``leased_not_built`` and ``built_not_leased`` are
    None where the raster cannot tell.

    Raises CrsMismatchError where ``clusters`` is not in metres, InputRefusedError where the
    raster cannot be read, UsageError for unusable rules.
    """
    if clusters.crs is None or not is_metric(clusters.crs):
        raise CrsMismatchError(
            f"{clusters.name} is in {clusters.crs}; bring it to a projected CRS in metres"
        )
    if not isinstance(rules, EfficiencyRules):
        rules = load_efficiency_rules(rules)
    image = None
    if landcover is not None:
        image = asked_of(landcover, built_classes, image_rules, before=before, confusion=confusion)
    places = clusters.shapes
    issues = clusters_not_in_force(clusters, as_of)
    plots = _belonging(lots, clusters, as_of)
    holdings = _belonging(parcels, clusters, as_of)
    for each in (plots, holdings):
        issues += [] if each is None else each.issues
    seen: list[Seen] = []
    plot_members = None if plots is None else plots.members
    land = industrial_land(places, plot_members, as_of=as_of)
    gross_m2 = places.geometry.area.to_numpy()
    rows = pd.DataFrame(
        {
            "cluster_id": places["cluster_id"].to_numpy(),
            "name": places["name"].to_numpy(),
            "status": places["status"].to_numpy(),
            "gross_m2": gross_m2,
            "industrial_m2": land.area_m2,
            "serviced_m2": land.serviced_m2,
        }
    )
    parcel_rows = pd.DataFrame(columns=list(PARCEL_COLUMNS))
    rungs = pd.DataFrame(np.nan, index=rows.index, columns=[f"{r}_m2" for r in PARCEL_RUNGS])
    counts = pd.DataFrame(np.nan, index=rows.index, columns=["parcel_count", "leased_parcels"])
    if holdings is not None:
        current = current_leases(holdings.layer, leases, as_of=as_of)
        issues += current.issues
        stages = stages_of(current, as_of=as_of)
        rungs = measure_rungs(holdings.members, stages, land)
        owners = holdings.members.clusters
        counts = _counts(owners, stages["leased"].to_numpy(dtype=bool), len(rows))
        readings = read_clocks(current, as_of=as_of, rules=rules)
        parcel_rows = _parcel_rows(
            holdings.layer, rows["cluster_id"].to_numpy()[owners], readings, as_of
        )
        parcel_rows["transfer_unapproved"] = transfers_unapproved(current, as_of=as_of).to_numpy(
            dtype=bool
        )
        parcel_rows[list(PARCEL_RUNGS)] = stages[list(PARCEL_RUNGS)].to_numpy(dtype=bool)
        seen.append(built_columns(holdings.layer.shapes, image, as_of, rules))
        parcel_rows = pd.concat([parcel_rows, seen[-1].columns], axis=1)
        parcel_rows = _cross_checked(parcel_rows, as_of, rules)[list(PARCEL_COLUMNS)]
    rows = pd.concat([rows, rungs, counts], axis=1)
    rows["industrial_source"] = land.source
    for name in ("registered_area_m2", "registered_industrial_area_m2"):
        rows[name] = places[name].to_numpy(dtype="float64")
    rows = _with_occupancy(rows, as_of, rules)
    rows["structure"] = pd.Series(
        measure_structure(plot_members, gross_m2, as_of=as_of, rules=rules),
        dtype=object,
    )
    rows["size"] = pd.Series(
        [
            judge_size(float(area), mountain_or_craft=special, as_of=as_of, rules=rules)
            for area, special in zip(gross_m2, _mountain_or_craft(places), strict=True)
        ],
        dtype=object,
    )
    seen.append(built_columns(places, image, as_of, rules))
    rows = pd.concat([rows, seen[-1].columns.drop(columns="built_pixels")], axis=1)
    issues += ladder_doubts(clusters, rows, land)
    if plots is not None:
        issues += lots_outside_boundary(plots.layer, plots.members, clusters)
    if image is None:
        return EfficiencyReport(rows, parcel_rows, tuple(issues), rules.rule_set)
    issues += [*cover_doubts(clusters, rows), *image_doubts(image, seen)]
    checks = image_checks(
        clusters, plot_members, None if holdings is None else holdings.members, parcel_rows,
        coverage=rows["coverage_share"].to_numpy(dtype="float64"), image=image, as_of=as_of,
        rules=rules,
    )  # fmt: skip
    return EfficiencyReport(
        rows, parcel_rows, tuple(issues), rules.rule_set, checks, classes_seen(seen)
    )


@dataclass(frozen=True, slots=True)
class _Belonging:
    """The rows of a layer that count: in force, in one of the clusters, in their CRS."""

    layer: Layer
    members: Members
    issues: list[Issue]


def _belonging(layer: Layer | None, clusters: Layer, as_of: date) -> _Belonging | None:
    if layer is None or clusters.crs is None:
        return None
    layer = layer.to_crs(clusters.crs)
    layer = layer.where(layer.in_force(as_of))
    positions = cluster_positions(layer.shapes, clusters.shapes)
    nowhere = positions == NOWHERE
    named = layer.frame["cluster_id"].notna().to_numpy()
    issues = []
    unknown = layer.frame.loc[nowhere & named, "cluster_id"]
    for name, count in unknown.value_counts().sort_index().items():
        issues.append(
            warning(
                "cluster_id_unknown",
                layer=layer.name,
                field="cluster_id",
                value=name,
                count=int(count),
            )
        )
    if (nowhere & ~named).any():
        count = int((nowhere & ~named).sum())
        issues.append(info("outside_clusters", layer=layer.name, count=count))
    kept = layer.where(~nowhere)
    kept = replace(kept, frame=kept.frame.reset_index(drop=True))
    found = members(kept.shapes, positions[~nowhere])
    return _Belonging(kept, found, [*issues, *overlap_doubts(kept, found, clusters)])


def _parcel_rows(
    parcels: Layer, cluster_ids: Any, readings: Sequence[ClockReading], as_of: date
) -> pd.DataFrame:
    deadlines = pd.Series([reading.deadline for reading in readings], dtype="datetime64[s]")
    return pd.DataFrame(
        {
            "parcel_id": parcels.frame["parcel_id"].to_numpy(),
            "cluster_id": cluster_ids,
            "area_m2": parcels.shapes.geometry.area.to_numpy(),
            "registered_area_m2": parcels.frame["registered_area_m2"].to_numpy(dtype="float64"),
            "status": pd.Series([str(reading.status) for reading in readings], dtype=object),
            "deadline": deadlines,
            "days_left": (deadlines - pd.Timestamp(as_of)).dt.days.astype("Int64"),
            "rule_id": pd.Series([reading.rule_id for reading in readings], dtype=object),
            "evidence": pd.Series(
                [[_plain(item) for item in reading.evidence] for reading in readings],
                dtype=object,
            ),
        }
    )


def _plain(item: Evidence) -> dict[str, Any]:
    return {"code": item.code, "params": dict(item.params)}


def _counts(clusters: Positions, leased: NDArray[np.bool_], count: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "parcel_count": np.bincount(clusters, minlength=count),
            "leased_parcels": np.bincount(clusters[leased], minlength=count),
        }
    )


def _with_occupancy(rows: pd.DataFrame, as_of: date, rules: EfficiencyRules) -> pd.DataFrame:
    rule = rules.occupancy_on(as_of)
    shares = [
        float("nan")
        if rule is None
        else ratio(float(row[rule.ratio.numerator]), float(row[rule.ratio.denominator]))
        for row in rows.to_dict("records")
    ]
    rivals = [
        {
            rival.name: _known(ratio(float(row[rival.numerator]), float(row[rival.denominator])))
            for rival in rules.occupancy_rivals
        }
        for row in rows.to_dict("records")
    ]
    return rows.assign(
        occupancy_share=shares,
        occupancy_rule=None if rule is None else rule.rule_id,
        occupancy_rivals=pd.Series(rivals, dtype=object),
    )


def _known(share: float) -> float | None:
    return None if np.isnan(share) else share


def _cross_checked(rows: pd.DataFrame, as_of: date, rules: EfficiencyRules) -> pd.DataFrame:
    """Land leased on paper with nothing built on the image, and the other way round."""
    nothing = rules.threshold_on("not_built_up_to", as_of)
    built = rules.threshold_on("built_from", as_of)
    told = rows["built_judgement"].isin(["firm", "grey"])
    share = estimate(rows)["share"]
    told &= share.notna()
    checks = {}
    if nothing is not None and built is not None:
        checks = {
            "leased_not_built": rows["leased"] & (share <= nothing.value),
            "built_not_leased": ~rows["leased"] & (share >= built.value),
        }
    for name in ("leased_not_built", "built_not_leased"):
        verdict = checks.get(name)
        rows[name] = None if verdict is None else verdict.astype(object).where(told, None)
    return rows


def _mountain_or_craft(clusters: gpd.GeoDataFrame) -> list[bool | None]:
    """Whether the lenient size limit holds; None where nobody said so."""
    either = clusters["mountain"].astype("boolean") | clusters["craft_village"].astype("boolean")
    return [None if pd.isna(value) else bool(value) for value in either]
