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
from gisclusters.geometry.crs import datum_operation
from gisclusters.layers.layer import Layer
from gisclusters.publish.document import rows_of
from gisclusters.publish.result import Result
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.raster import open_land_cover
from gisclusters.readers.sandbox import read_layer
from gisclusters.store import Store
from gisclusters.workflows.check_overlaps import require_clusters
from gisclusters.workflows.landcover import LandCoverQuestion, band_told, described, opened
from gisclusters.workflows.working_crs import to_working_crs

BUILT_CLASSES = (50,)
"""Built-up in the ESA WorldCover legend."""


def measure_efficiency(
    store: Store,
    *,
    ids: Sequence[str] = (),
    as_of: date,
    landcover: Path | None = None,
    built_classes: Sequence[int] = BUILT_CLASSES,
    rules: str = "vn_efficiency",
    image: LandCoverQuestion | None = None,
) -> Result:
    """The area ladder, occupancy, structure and idle clock of stored clusters.

    Each zone is measured in its own plane.  ``image`` asks more of the raster (change, errors of
    its classes, ring) and names it in place of ``landcover``.  Raises UsageError
    (``cluster_unknown``,
    ``store_no_clusters``), InputRefusedError for a raster that cannot be used.
    """
    subjects = store.load("clusters", ids=list(ids) or None)
    require_clusters(subjects, ids)
    leases = next(iter(store.load("leases")), None)
    frames: list[pd.DataFrame] = []
    issues: list[Issue] = []
    sources: list[Source] = [layer.source for layer in subjects]
    rule_set = None
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
            report = measure_layers(
                subject, lots, parcels, as_of=as_of, leases=leases, landcover=cover.now,
                built_classes=tuple(built_classes), rules=rules, before=cover.before,
                confusion=cover.confusion, image_rules=cover.rules,
            )  # fmt: skip
            rule_set = report.rules
            frames.append(_with_parcels(report.clusters, report.parcels))
            checks += [] if report.image_checks is None else [report.image_checks]
            classes |= set(report.image_classes)
            issues += [*subject.issues, *report.issues]
            sources += [layer.source for layer in (lots, parcels) if layer is not None]
        told = [described(each, sorted(classes), built_classes) for each in cover.rasters]
        asked = cover.options()
    if leases is not None:
        sources.append(leases.source)
    parcels_found = [row for frame in frames for rows in frame["parcels"] for row in rows]
    run = make_run(
        version=__version__,
        command="efficiency",
        options={"built_classes": list(built_classes), **asked},
        as_of=as_of,
        rules=rule_set,
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
        },
        findings=frames,
        issues=_once(issues),
        extra={} if cover.now is None else {
            "landcover": told,
            "image_checks": [row for frame in checks for row in rows_of(frame)],
        },
        shapes={} if cover.now is None else {"image_checks": checks},
    )  # fmt: skip


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
