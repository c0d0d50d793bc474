"""How well the land of industrial clusters is used, on one day, with what each answer rests on.

Occupancy (tỷ lệ lấp đầy) is industrial land leased or granted in-principle approval, of all
industrial land of the approved plan (Decree 32/2024/NĐ-CP, Art. 2(7)); what other reports
call by that name stands beside it under names of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from gisclusters.domain.issue import Issue
from gisclusters.domain.run import RuleSet
from gisclusters.efficiency.area_ladder import Land, Members, industrial_land, ratio
from gisclusters.efficiency.doubts import (
    clusters_not_in_force,
    cover_doubts,
    ladder_doubts,
    lots_outside_boundary,
)
from gisclusters.efficiency.holdings import (
    HOLDER,
    PARCEL_COLUMNS,
    Holdings,
    belonging,
    measure_holdings,
    no_holdings,
)
from gisclusters.efficiency.image import asked_of, built_columns, classes_seen
from gisclusters.efficiency.image_checks import image_checks
from gisclusters.efficiency.image_doubts import image_doubts
from gisclusters.efficiency.layout import measure_layout
from gisclusters.efficiency.ratios import named_ratios
from gisclusters.efficiency.registered import ladder_beside_register
from gisclusters.efficiency.seams import find_seams
from gisclusters.efficiency.structure import judge_size
from gisclusters.efficiency.zonal_engine import LandCover
from gisclusters.errors import CrsMismatchError
from gisclusters.geometry.crs_names import is_metric
from gisclusters.layers.layer import Layer
from gisclusters.rules.efficiency import EfficiencyRules, load_efficiency_rules
from gisclusters.rules.fit import load_fit_rules
from gisclusters.rules.land_cover import Confusion, LandCoverRules

__all__ = ["HOLDER", "PARCEL_COLUMNS", "EfficiencyReport", "measure_efficiency"]


@dataclass(frozen=True, slots=True)
class EfficiencyReport:
    """What was measured: one row per cluster, one per parcel of them, and what is doubtful.

    ``lots`` (one row per factory lot), ``outside`` (buildings outside every lot or the
    boundary) and ``shortfalls`` (where each missing m² is) have shapes in the CRS of the
    clusters: columns in ``lots``, ``outside`` and ``shortfalls`` of this room.  ``image_checks``
    are the places where papers and image disagree, None without a raster.
    """

    clusters: pd.DataFrame
    parcels: pd.DataFrame
    issues: tuple[Issue, ...]
    rules: RuleSet
    holders: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(HOLDER)))
    """Who holds each parcel and under which numbers, row by row as ``parcels``."""
    lots: gpd.GeoDataFrame = field(default_factory=gpd.GeoDataFrame)
    outside: gpd.GeoDataFrame = field(default_factory=gpd.GeoDataFrame)
    shortfalls: gpd.GeoDataFrame = field(default_factory=gpd.GeoDataFrame)
    image_checks: gpd.GeoDataFrame | None = None
    image_classes: tuple[int, ...] = ()


def measure_efficiency(
    clusters: Layer,
    lots: Layer | None,
    parcels: Layer | None,
    *,
    as_of: date,
    leases: Layer | None = None,
    buildings: Layer | None = None,
    landcover: LandCover | None = None,
    built_classes: Sequence[int] = (50,),
    green_classes: Sequence[int] = (),
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
    (dicts, see ``structure``), ``image.BUILT_COLUMNS`` but ``built_pixels``; ``ladder`` (each
    rung beside the register, see ``registered``), ``seams`` (overlaps and gaps between parcels)
    and ``ratios`` (each with its two rungs), lists of dicts; and by
    ``buildings`` (None: not known) and lots the columns of ``layout.measure_layout``.

    ``parcels`` of the report: ``PARCEL_COLUMNS``.  ``evidence`` is a list of ``{"code",
    "params"}`` whose sentence is ``efficiency.evidence_<code>``; ``built_pixels`` counts the
    valid pixels behind ``built_share``; ``limit_on`` and ``limit_rule_id`` are the day and
    rule of the law's own limit where another day comes first; ``leased_not_built`` and
    ``built_not_leased`` are None where the raster cannot tell; ``lease`` is the record of the
    lease that counts, days as ISO text (None: no lease).

    ``before`` is an earlier raster on the same grid, ``confusion`` how often the classes err;
    ``image_rules`` say how wide the ring outside a boundary is and what is significant.

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
    plots, held = belonging(lots, clusters, as_of), belonging(parcels, clusters, as_of)
    for each in (plots, held):
        issues += [] if each is None else each.issues
    plot_members = None if plots is None else plots.members
    parcel_members = None if held is None else held.members
    land = industrial_land(places, plot_members, as_of=as_of)
    found = no_holdings(len(places)) if held is None else measure_holdings(
        held, leases, places["cluster_id"].to_numpy(), land, image, as_of=as_of, rules=rules
    )  # fmt: skip
    issues += found.issues
    rows = _cluster_rows(places, plot_members, parcel_members, land, found, as_of, rules)
    layout = measure_layout(
        clusters, plot_members, parcel_members, buildings,
        committed=found.committed, land=land, landcover=landcover, green_classes=green_classes,
        as_of=as_of, rules=rules,
    )  # fmt: skip
    on_clusters = built_columns(places, image, as_of, rules)
    seen = [each for each in (found.seen, on_clusters) if each is not None]
    built = on_clusters.columns.drop(columns="built_pixels")
    rows = pd.concat([rows, layout.clusters, built], axis=1)
    issues += ladder_doubts(clusters, rows, land)
    if plots is not None:
        issues += lots_outside_boundary(plots.layer, plots.members, clusters)
    issues += layout.issues
    checks = None
    if image is not None:
        issues += [*cover_doubts(clusters, rows), *image_doubts(image, seen)]
        checks = image_checks(
            clusters, plot_members, parcel_members, found.rows,
            coverage=rows["coverage_share"].to_numpy(dtype="float64"), image=image, as_of=as_of,
            rules=rules,
        )  # fmt: skip
    return EfficiencyReport(
        rows, found.rows, tuple(issues), rules.rule_set, holders=found.holders, lots=layout.lots,
        outside=layout.outside, shortfalls=layout.shortfalls, image_checks=checks,
        image_classes=() if image is None else classes_seen(seen),
    )  # fmt: skip


def _cluster_rows(
    places: gpd.GeoDataFrame, lots: Members | None, parcels: Members | None, land: Land,
    found: Holdings, as_of: date, rules: EfficiencyRules,
) -> pd.DataFrame:  # fmt: skip
    """The ladder of each cluster, its ratios, what stands beside it in the register, its size."""
    gross_m2 = places.geometry.area.to_numpy()
    rows = pd.DataFrame(
        {
            **{name: places[name].to_numpy() for name in ("cluster_id", "name", "status")},
            "gross_m2": gross_m2,
            "industrial_m2": land.area_m2,
            "serviced_m2": land.serviced_m2,
        }
    )
    rows = pd.concat([rows, found.by_cluster], axis=1)
    rows["industrial_source"] = land.source
    for name in ("registered_area_m2", "registered_industrial_area_m2"):
        rows[name] = places[name].to_numpy(dtype="float64")
    rows = _with_occupancy(rows, as_of, rules)
    ladder = ladder_beside_register(
        places, lots, parcels, found.stages, land, serviced_on=pd.Timestamp(as_of),
        limits=load_fit_rules(),
    )  # fmt: skip
    sizes = [
        judge_size(float(area), mountain_or_craft=special, as_of=as_of, rules=rules)
        for area, special in zip(gross_m2, _mountain_or_craft(places), strict=True)
    ]
    return rows.assign(
        ratios=pd.Series(named_ratios(rows, as_of=as_of, rules=rules), dtype=object),
        ladder=pd.Series(ladder, dtype=object),
        seams=pd.Series(find_seams(parcels, len(rows)), dtype=object),
        size=pd.Series(sizes, dtype=object),
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


def _mountain_or_craft(clusters: gpd.GeoDataFrame) -> list[bool | None]:
    """Whether the lenient size limit holds; None where nobody said so."""
    either = clusters["mountain"].astype("boolean") | clusters["craft_village"].astype("boolean")
    return [None if pd.isna(value) else bool(value) for value in either]
