"""Approved markers, from a file or from the store, to files to set them out by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from gisclusters._version import __version__
from gisclusters.domain.issue import Issue, info, warning
from gisclusters.domain.run import make_run
from gisclusters.errors import UsageError
from gisclusters.geometry.crs import datum_operation
from gisclusters.layers.heights import height_column, heights_m
from gisclusters.layers.layer import Layer
from gisclusters.markers.names import joined_name
from gisclusters.publish.result import Result
from gisclusters.publish.stakeout import targets, write_stakeout
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.sandbox import read_layer
from gisclusters.store import Store
from gisclusters.words import Lang
from gisclusters.workflows.verify_markers import stored_markers
from gisclusters.workflows.working_crs import to_working_crs

_LONGEST_NAME = 16
"""What the point names of older controllers hold."""
_IN_DEGREES = {".gpx", ".kml"}


def stake_out(
    outs: Sequence[Path],
    *,
    design: Path | None,
    store: Store | None,
    cluster_ids: Sequence[str],
    design_options: ReadOptions,
    maker: str = "plain",
    lang: Lang = "vi",
    force: bool = False,
) -> Result:
    """Write the markers of a design file, or the stored ones of clusters, to all of ``outs``.

    A name that stands in several clusters is written with its cluster before it.  Raises
    InputRefusedError, UsageError (``markers_two_zones``, ``no_markers`` …).
    """
    if design is not None:
        found = read_layer("markers", design, design_options)
        layers = [to_working_crs(found, province=design_options.province)]
    elif store is not None and cluster_ids:
        layers = [stored_markers(store, each) for each in dict.fromkeys(cluster_ids)]
    else:
        raise UsageError("errors.design_or_cluster")
    markers = _together(layers, cluster_ids)
    issues: list[Issue] = [issue for layer in layers for issue in layer.issues]
    names, more = _names(markers, maker)
    points = targets(markers, names)
    issues += [*more, *_said(points, markers)]
    for path in outs:
        write_stakeout(points, str(markers.crs), path, lang, maker=maker, force=force)
    in_degrees = any(path.suffix.casefold() in _IN_DEGREES for path in outs)
    sources = [layer.source for layer in layers]
    codes = [markers.crs, *(source.crs_as_received for source in sources)]
    run = make_run(
        version=__version__, command="markers stakeout",
        options={"clusters": list(cluster_ids), "maker": maker}, as_of=None, rules=None,
        crs=markers.crs,
        datum_operation=datum_operation(*codes, *(["EPSG:4326"] if in_degrees else [])),
        sources=sources,
    )  # fmt: skip
    summary = {
        "markers": len(points), "maker": maker, "files": [path.name for path in outs],
        "clusters": [str(each) for each in points["cluster_id"].dropna().unique()],
    }  # fmt: skip
    return Result(subject="markers", run=run, summary=summary, issues=tuple(issues))


def _together(layers: Sequence[Layer], cluster_ids: Sequence[str]) -> Layer:
    """The markers of all clusters in one zone."""
    other = next((layer for layer in layers if layer.crs != layers[0].crs), None)
    if other is not None:
        raise UsageError(
            "errors.markers_two_zones", value=", ".join(cluster_ids),
            zones=f"{layers[0].crs}, {other.crs}",
        )  # fmt: skip
    if len(layers) == 1:
        return layers[0]
    frame = pd.concat([layer.frame for layer in layers], ignore_index=True)
    return replace(layers[0], frame=frame, issues=())


def _names(markers: Layer, maker: str) -> tuple[list[str], list[Issue]]:
    """The name of each marker, with its cluster before it where some name stands in two."""
    ids = markers.frame["marker_id"].astype(str)
    clusters = markers.frame["cluster_id"]
    names, issues = ids.tolist(), []
    if ids.duplicated().any() and clusters.notna().all():
        names = [joined_name(c, name) for c, name in zip(clusters, ids, strict=True)]
        issues.append(info("stakeout_names_joined", layer=markers.name, value=names[0]))
    awkward = [name for name in names if len(name) > _LONGEST_NAME or not name.isascii()
               or set(name) & {",", '"', ";"}]  # fmt: skip
    if awkward and maker != "plain":
        issues.append(warning("stakeout_names_awkward", layer=markers.name, value=awkward[0],
                              count=len(awkward), limit=_LONGEST_NAME))  # fmt: skip
    return names, issues


def _said(points: pd.DataFrame, markers: Layer) -> list[Issue]:
    issues, layer = [], markers.name
    without = int(points["height_m"].isna().sum())
    height = height_column(markers.frame)
    if height is not None:
        unread = heights_m(markers.frame[height])[1]
        if unread.any():
            without -= int(unread.sum())
            issues.append(warning("stakeout_heights_unread", layer=layer, field=height,
                                  value=markers.frame[height][unread].iloc[0],
                                  count=int(unread.sum())))  # fmt: skip
    if without:
        issues.append(info("stakeout_no_heights", layer=layer, count=without))
    reference = int((points["marker_kind"] == "MTC").sum())
    if reference:
        issues.append(warning("stakeout_reference_markers", layer=layer, count=reference))
    return issues
