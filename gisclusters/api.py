"""The functions a notebook calls; each is one call into the room that owns the work."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from gisclusters.clock import today
from gisclusters.domain.issue import Issue
from gisclusters.domain.verdicts import Stage
from gisclusters.efficiency import EfficiencyReport
from gisclusters.efficiency import measure_efficiency as _measure_efficiency
from gisclusters.efficiency import zonal_fractions as _zonal_fractions
from gisclusters.geometry.pairs import overlap_pairs
from gisclusters.layers.layer import Layer
from gisclusters.markers import MarkerReport
from gisclusters.markers import verify_markers as _verify_markers
from gisclusters.markers.deviations import marker_deviations
from gisclusters.overlaps import find_overlaps as _find_overlaps
from gisclusters.overlaps import plan_fit as _plan_fit
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.raster import open_land_cover
from gisclusters.readers.sandbox import read_layer as _read_layer
from gisclusters.rules.tolerances import load_tolerance_rules
from gisclusters.store import Store, open_store
from gisclusters.words import LANGS
from gisclusters.workflows.asked import check_day, check_layers
from gisclusters.workflows.landcover import LandCoverQuestion, opened
from gisclusters.workflows.publish_site import gather, publish_site, verify_stored
from gisclusters.workflows.what_if import what_if as _what_if
from gisclusters.workflows.what_if_case import WhatIf
from gisclusters.workflows.working_crs import common_crs, to_working_crs


def read_layer(kind: str, path: str | Path, **options: Any) -> Layer:
    """A file as a checked layer in its working CRS (metres).

    ``options`` are those of the command line: ``crs axes province encoding layer accuracy_m
    accept_repairs mapping category ground``.  Raises InputRefusedError with every problem.
    """
    chosen = ReadOptions(**options)
    return to_working_crs(_read_layer(kind, Path(path), chosen), province=chosen.province)


def find_overlaps(
    clusters: Layer,
    plans: Sequence[Layer],
    *,
    as_of: date,
    rules: str = "vn",
    stage: Stage | str = Stage.DRAFT,
) -> gpd.GeoDataFrame:
    """The overlap findings of clusters against plans, geometry in the clusters' CRS.

    Plans are brought to the clusters' CRS by the one door first.  Columns and verdicts: see
    ``docs``; touching gives no row, silence outside a plan's ground is ``not_checked``.
    Raises TypeError for what is no layer or no day, ValueError for layers of another kind.
    """
    check_layers("clusters", [clusters], kind="clusters")
    check_layers("plans", plans, kind="plans")
    check_day(as_of)
    target = str(clusters.crs)
    report = _find_overlaps(
        clusters, common_crs(plans, target), as_of=as_of, rules=rules, stage=Stage(stage)
    )
    return report.findings


def plan_fit(
    clusters: Layer,
    *,
    as_of: date,
    plans: Sequence[Layer] = (),
    places: Sequence[Layer] = (),
    neighbours: Sequence[Layer] = (),
    parcels: Sequence[Layer] = (),
    indicators: Sequence[Layer] = (),
    rules: str = "vn_fit",
) -> gpd.GeoDataFrame:
    """Whether each cluster fits land-use plan, places, area limits, neighbours and parcels.

    One row a cluster and check: ``fits does_not_fit within_accuracy undecided not_checked``
    with ``reason``, article and ``parts``; ``geometry`` is the ground that does not fit, in
    the clusters' CRS, to which the other layers are brought by the one door.  What was not
    given is ``not_checked``.
    """
    target = str(clusters.crs)
    report = _plan_fit(
        clusters, as_of=as_of, plans=common_crs(plans, target),
        places=common_crs(places, target), clusters=common_crs(neighbours, target),
        parcels=common_crs(parcels, target), indicators=indicators, rules=rules,
    )  # fmt: skip
    return report.checks


def verify_markers(
    design: Layer, survey: Layer, *, tolerance: float | None = None, scale: int = 500,
    control: Layer | None = None, as_of: date | None = None, rules: str | Path = "vn_markers",
) -> MarkerReport:  # fmt: skip
    """Each marker's verdict and the diagnosis of the whole.

    ``tolerance`` in metres; None: by map scale and kind of marker, from the table of ``rules``
    (a shipped set or a file) in force on ``as_of``.
    ``control``: points of the same session with ``E_known, N_known``.
    """
    return _verify_markers(
        design,
        survey,
        tolerance_m=tolerance,
        scale=scale,
        control=control,
        as_of=as_of,
        rules=load_tolerance_rules(rules),
    )


def measure_efficiency(
    clusters: Layer,
    lots: Layer | None,
    parcels: Layer | None,
    *,
    as_of: date,
    landcover: str | Path | None = None,
    leases: Layer | None = None,
    buildings: Layer | None = None,
    built_classes: Sequence[int] = (50,),
    landcover_before: str | Path | None = None,
    confusion: str | Path | None = None,
) -> EfficiencyReport:
    """Area ladder, occupancy, structure, factory lots and idle clock of clusters on a day.

    ``landcover_before`` is an earlier raster on the same grid, ``confusion`` the YAML file of a
    confusion matrix; both need ``landcover``.  Raises UsageError, InputRefusedError.
    """
    question = LandCoverQuestion(
        landcover=None if landcover is None else Path(landcover),
        before=None if landcover_before is None else Path(landcover_before),
        confusion=None if confusion is None else Path(confusion),
    )
    with ExitStack() as stack:
        cover = opened(question, stack)
        report = _measure_efficiency(
            clusters, lots, parcels, as_of=as_of, leases=leases, buildings=buildings,
            landcover=cover.now,
            built_classes=tuple(built_classes), before=cover.before, confusion=cover.confusion,
            image_rules=cover.rules,
        )  # fmt: skip
    return replace(report, issues=(*cover.issues, *report.issues))


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfReport:
    """The answers (one row a cluster), the conditions, what the average is over, the steps."""

    answers: pd.DataFrame
    conditions: pd.DataFrame
    existing: pd.DataFrame
    steps: pd.DataFrame
    issues: tuple[Issue, ...]


def what_if(
    store: Store,
    *,
    found: str | Path | None = None,
    cluster: str | None = None,
    expand: str | None = None,
    by_ha: float | None = None,
    boundary: str | Path | None = None,
    as_of: date,
    filed_on: date | None = None,
    holidays: str | Path | None = None,
    rules: str | Path = "vn_founding",
    **options: Any,
) -> WhatIfReport:
    """May a cluster be founded or expanded on a day, and what is missing.

    Exactly one of ``found`` (a boundary file), ``cluster`` (a stored one to be founded) and
    ``expand`` (a stored one, with ``by_ha`` hectares or a ``boundary`` file).  Verdicts are
    ``met not_met undecided not_checked not_applicable``; areas m², shares 0..1, NaN not known.
    A dossier filed before a version with a transition clause is judged by the one before it
    (Decree 32/2024/NĐ-CP, Art. 8, and 303/2026/NĐ-CP).  ``options`` are those of a read.
    Raises TypeError for an ``as_of`` that is no day, UsageError for a question put wrongly.
    """
    check_day(as_of)
    asked = WhatIf(
        found=None if found is None else Path(found), cluster_id=cluster, expand=expand,
        by_ha=by_ha, boundary=None if boundary is None else Path(boundary),
    )  # fmt: skip
    result = _what_if(
        store, asked, as_of=as_of, filed_on=filed_on, rules=rules,
        holidays=None if holidays is None else Path(holidays), options=ReadOptions(**options),
    )  # fmt: skip
    return WhatIfReport(
        answers=pd.DataFrame(result.extra["answers"]),
        conditions=pd.DataFrame(result.findings[0]),
        existing=pd.DataFrame(result.extra["existing"]),
        steps=pd.DataFrame(result.extra["steps"]),
        issues=result.issues,
    )


def zonal_fractions(
    parcels: gpd.GeoDataFrame | Layer, landcover: str | Path, *, band: int | None = None
) -> pd.DataFrame:
    """Class fractions per parcel: ``valid_m2, coverage_share, share_<class>``, indexed alike."""
    frame = parcels.shapes if isinstance(parcels, Layer) else parcels
    with open_land_cover(Path(landcover), band=band) as cover:
        return _zonal_fractions(frame, cover)


def publish(store: Store, out: str | Path, *, as_of: date | None = None, lang: str = "vi") -> Path:
    """The site of a store in the folder ``out``; the path of its first page."""
    chosen = LANGS[0] if lang == "vi" else LANGS[1]
    day = as_of or today()
    gathered = gather(store, as_of=day, markers=verify_stored(store, lang=chosen))
    return Path(publish_site(store, Path(out), gathered, as_of=day, lang=chosen).index)


__all__ = [
    "find_overlaps", "marker_deviations", "measure_efficiency", "open_store", "overlap_pairs",
    "plan_fit", "publish", "read_layer", "verify_markers", "what_if", "zonal_fractions",
]  # fmt: skip
