"""Measure how the land of stored clusters is used, and class fractions of a parcel file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from gisclusters._version import __version__
from gisclusters.domain.issue import Issue
from gisclusters.domain.run import make_run
from gisclusters.domain.source import Source
from gisclusters.efficiency import measure_efficiency as measure_layers
from gisclusters.efficiency import zonal_fractions
from gisclusters.efficiency.land_cover import classes_of
from gisclusters.efficiency.worklists import HORIZONS
from gisclusters.geometry.crs import datum_operation
from gisclusters.layers.layer import Layer
from gisclusters.publish.document import plain, rows_of
from gisclusters.publish.result import Result
from gisclusters.publish.use_tables import LAND_TABLES
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.raster import open_land_cover
from gisclusters.readers.sandbox import read_layer
from gisclusters.rules.efficiency import load_efficiency_rules
from gisclusters.rules.offices import load_offices
from gisclusters.store import Store
from gisclusters.workflows.check_overlaps import require_clusters
from gisclusters.workflows.economy_of_clusters import Beside
from gisclusters.workflows.landcover import LandCoverQuestion, band_told, described, opened
from gisclusters.workflows.stored_buildings import stored_buildings
from gisclusters.workflows.working_crs import to_working_crs
from gisclusters.workflows.worklists import clock_rules, gravest_first, work_rows

BUILT_CLASSES = (50,)
"""Built-up in the ESA WorldCover legend."""


def measure_efficiency(
    store: Store,
    *,
    ids: Sequence[str] = (),
    as_of: date,
    landcover: Path | None = None,
    built_classes: Sequence[int] = BUILT_CLASSES,
    green_classes: Sequence[int] = (),
    rules: str = "vn_efficiency",
    offices: str = "vn_offices",
    horizons: Sequence[int] = HORIZONS,
    period: str | None = None,
    economy_rules: str = "vn_economy",
    image: LandCoverQuestion | None = None,
) -> Result:
    """The area ladder, occupancy, structure and idle clock of stored clusters.

    ``extra`` holds ``worklists``, the parcels that ask for an act with who acts, ``holders``,
    who holds each parcel, and ``clock_rules``, the versions of the terms that judged.  Economy,
    works, environment and withdrawn clusters stand there under those keys (docs/economy.md);
    ``period`` is that of the economy, by default the year that closed last.

    ``image`` asks more of the raster (change, errors of its classes, ring) and names it in place
    of ``landcover``.  Each zone is measured in its own plane.  Raises UsageError
    (``cluster_unknown``, ``store_no_clusters``, ``rules_unreadable``, ``period_unknown`` …),
    InputRefusedError for a raster that cannot be used.
    """
    acting = load_offices(offices)
    beside = Beside(as_of, period, economy_rules)
    subjects = store.load("clusters", ids=list(ids) or None)
    require_clusters(subjects, ids)
    leases = next(iter(store.load("leases")), None)
    frames: list[pd.DataFrame] = []
    issues: list[Issue] = []
    work: list[dict[str, Any]] = []
    holders: list[dict[str, Any]] = []
    sources: list[Source] = [layer.source for layer in subjects]
    rule_set = load_efficiency_rules(rules)
    tables: dict[str, list[gpd.GeoDataFrame]] = {name: [] for name in LAND_TABLES}
    checks: list[gpd.GeoDataFrame] = []
    classes: set[int] = set()
    with ExitStack() as stack:
        cover = opened(image or LandCoverQuestion(landcover=landcover), stack)
        sources += cover.sources
        issues += cover.issues
        for subject in subjects:
            names = [str(name) for name in subject.frame["cluster_id"]]
            lots = _of_clusters(store, "lots", names, subject.crs)
            parcels = _of_clusters(store, "parcels", names, subject.crs)
            buildings = stored_buildings(store, subject, parcels)
            report = measure_layers(
                subject, lots, parcels, as_of=as_of, leases=leases, buildings=buildings,
                landcover=cover.now, built_classes=tuple(built_classes),
                green_classes=tuple(green_classes), rules=rule_set, before=cover.before,
                confusion=cover.confusion, image_rules=cover.rules,
            )  # fmt: skip
            for name, found in zip(
                LAND_TABLES, (report.lots, report.outside, report.shortfalls), strict=True
            ):
                tables[name].append(found)
            work += work_rows(report, subject, as_of=as_of, rules=rule_set, offices=acting,
                              horizons=horizons)  # fmt: skip
            holders += rows_of(report.holders.assign(cluster_id=report.parcels["cluster_id"]))
            beside.add(subject, parcels, leases, report)
            frames.append(_with_parcels(report.clusters, report.parcels))
            checks += [] if report.image_checks is None else [report.image_checks]
            classes |= set(report.image_classes)
            issues += [*subject.issues, *report.issues]
            sources += [layer.source for layer in (lots, parcels, buildings) if layer is not None]
        told = [described(each, sorted(classes), built_classes) for each in cover.rasters]
        asked = cover.options()
    if leases is not None:
        sources.append(leases.source)
    answers, doubts, read = beside.measure(store, everything=not ids)
    issues += doubts
    sources += read
    parcels_found = [row for frame in frames for rows in frame["parcels"] for row in rows]
    run = make_run(
        version=__version__,
        command="efficiency",
        options={
            "built_classes": list(built_classes),
            **asked,
            "offices": acting.rule_set.sha256,
            "horizons": list(horizons),
            "green_classes": list(green_classes),
            "size_rules": rule_set.size.rule_set.sha256,
            "strip_rules": rule_set.strip.sha256,
            "economy_rules": answers["economy"]["rules"]["sha256"],
        }
        | ({"period": period} if period else {}),
        as_of=as_of,
        rules=rule_set.rule_set,
        crs=", ".join(sorted({layer.crs for layer in subjects if layer.crs})),
        datum_operation=datum_operation(*(source.crs_as_received for source in sources)),
        sources=sources,
    )
    return Result(
        subject="efficiency",
        run=run,
        summary={
            "clusters": sum(len(frame) for frame in frames),
            "parcels": len(parcels_found),
            "by_status": dict(Counter(row["status"] for row in parcels_found)),
            "size_rules": plain(rule_set.size.rule_set),
        },
        findings=frames,
        issues=_once(issues),
        extra={
            "worklists": gravest_first(work),
            "holders": holders,
            "clock_rules": plain(clock_rules(rule_set, as_of)),
            "offices": plain(acting.rule_set),
        }
        | {
            name: [row for frame in found for row in rows_of(frame)]
            for name, found in tables.items()
        }
        | dict(answers)
        | (
            {}
            if cover.now is None
            else {
                "landcover": told,
                "image_checks": [row for frame in checks for row in rows_of(frame)],
            }
        ),
        shapes=tables | ({} if cover.now is None else {"image_checks": checks}),
    )


def measure_zonal(
    parcels: Path, landcover: Path, options: ReadOptions, *, band: int | None = None
) -> Result:
    """Class fractions of every parcel of a file.  Raises InputRefusedError."""
    layer = to_working_crs(read_layer("parcels", parcels, options), province=options.province)
    with open_land_cover(landcover, band=band) as cover:
        shares = zonal_fractions(layer.shapes, cover)
        source = cover.source
        cover_crs = cover.crs
        told = described(cover, classes_of(shares), None)
        issues = (*layer.issues, *band_told(cover))
    frame = shares.reset_index(drop=True)
    classes = [name for name in frame.columns if str(name).startswith("share_")]
    frame.insert(0, "parcel_id", layer.frame["parcel_id"].to_numpy())
    fractions = [
        None
        if pd.isna(row).all()
        else {name.removeprefix("share_"): share for name, share in zip(classes, row, strict=True)
              if share > 0}
        for row in frame[classes].to_numpy()
    ]  # fmt: skip
    frame = frame.drop(columns=classes).assign(fractions=pd.Series(fractions, dtype=object))
    run = make_run(
        version=__version__,
        command="efficiency zonal",
        options={} if band is None else {"band": band},
        as_of=None,
        rules=None,
        crs=layer.crs,
        datum_operation=datum_operation(layer.crs, cover_crs),
        sources=[layer.source, source],
    )
    return Result(
        subject="zonal",
        run=run,
        summary={"parcels": len(frame)},
        findings=[frame],
        issues=issues,
        extra={"landcover": [told]},
    )


def _once(issues: list[Issue]) -> tuple[Issue, ...]:
    """What was said of the raster in every zone is said once."""
    return tuple({(issue.code, str(issue)): issue for issue in issues}.values())


def _of_clusters(store: Store, kind: str, names: list[str], crs: str | None) -> Layer | None:
    """Rows of ``kind`` that belong to the clusters, in their zone; those without an id too."""
    if crs is None:
        return None
    layers = [layer for layer in store.load(kind) if len(layer)]
    if not layers:
        return None
    wanted = set(names) | {None}
    moved = []
    for layer in layers:
        kept = layer.where(
            layer.frame["cluster_id"].isin(wanted) | layer.frame["cluster_id"].isna()
        )
        if len(kept):
            moved.append(kept.to_crs(crs))
    if not moved:
        return None
    if len(moved) == 1:
        return moved[0]
    frame = pd.concat([layer.frame for layer in moved], ignore_index=True)
    return Layer(
        kind_name=kind, frame=frame, crs=crs, source=moved[0].source, issues=moved[0].issues
    )


def _with_parcels(clusters: pd.DataFrame, parcels: pd.DataFrame) -> pd.DataFrame:
    """The clusters with their parcels as plain rows in the column ``parcels``."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in rows_of(parcels):
        rows.setdefault(str(row["cluster_id"]), []).append(row)
    out = clusters.copy()
    out["parcels"] = pd.Series(
        [rows.get(str(name), []) for name in clusters["cluster_id"]],
        index=clusters.index, dtype=object,
    )  # fmt: skip
    return out
