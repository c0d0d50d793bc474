"""What a verification says of the boundary: what lies about it, from files or from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gisclusters.domain.issue import Issue
from gisclusters.domain.source import Source
from gisclusters.layers.layer import Layer
from gisclusters.markers import MarkerReport
from gisclusters.markers.boundary import BoundaryReport, Known, check_boundary
from gisclusters.markers.encroachment import Neighbours, What
from gisclusters.publish.document import plain, rows_of
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.sandbox import read_layer
from gisclusters.store import Store
from gisclusters.workflows.edge_lengths import declared_lengths, taped_lengths
from gisclusters.workflows.working_crs import common_crs

ROADS = frozenset({"road", "bridge", "DGT"})
WATER = frozenset({"irrigation", "water_source", "DTL", "SON", "MNC", "TVC"})
"""Categories of plan zones that are roads, and water with its banks."""

_REACH_M = 100.0
"""Stored parcels and works farther from every marker than this are not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a person gives about the boundary; a file goes before what the store holds."""

    boundary: Path | None = None
    parcels: Path | None = None
    buildings: Path | None = None
    roads: Path | None = None
    water: Path | None = None
    spacing_m: float | None = None
    edge_rules: str = "vn_edges"
    options: ReadOptions = field(default_factory=ReadOptions)

    @property
    def files(self) -> list[Path]:
        """Every file given."""
        given = (self.boundary, self.parcels, self.buildings, self.roads, self.water)
        return [path for path in given if path is not None]


NOTHING_GIVEN = Around()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundaryOfRun:
    """The boundary's part of a result: plain rows, counts, and what it rests on."""

    rows: Mapping[str, Any]
    summary: Mapping[str, Any]
    options: Mapping[str, object]
    issues: tuple[Issue, ...]
    sources: tuple[Source, ...]
    shapes: Mapping[str, Sequence[gpd.GeoDataFrame]]


def boundary_of_run(
    design: Layer, survey: Layer, report: MarkerReport, *, store: Store | None,
    cluster_id: str | None, scale: int, around: Around, as_of: date | None,
) -> BoundaryOfRun:  # fmt: skip
    """Read what lies about the markers and hold the boundary against it.

    The limits on edges are those in force on ``as_of`` (None: the newest).
    Raises InputRefusedError, UsageError.
    """
    crs = str(design.crs)
    options = replace(around.options, fallback_crs=crs)
    outlines, neighbours = None, []
    if around.boundary is not None:
        outlines = read_layer("clusters", around.boundary, options)
    elif store is not None and cluster_id is not None:
        outlines = next(iter(store.load("clusters", ids=[cluster_id])), None)
    read: list[Layer] = [] if outlines is None else [outlines]
    for what, path, kind, category in (
        ("parcel", around.parcels, "parcels", None), ("road", around.roads, "plans", "road"),
        ("water", around.water, "plans", "water_source"),
        ("building", around.buildings, "buildings", None),
    ):  # fmt: skip
        layers = [] if path is None else [
            read_layer(kind, path, replace(options, category=category))
        ]  # fmt: skip
        if path is None and store is not None:
            layers = _stored(store, kind, what, design)
        read += layers
        neighbours += [Neighbours(_WHAT[what], layer) for layer in common_crs(layers, crs)]
    declared, unread = declared_lengths(design)
    taped, more = taped_lengths(design, survey)
    known = Known(
        outlines=None if outlines is None else common_crs([outlines], crs)[0],
        neighbours=neighbours, spacing_m=around.spacing_m,
        declared=declared, taped=taped,
    )  # fmt: skip
    found = check_boundary(design, report, scale=scale, known=known, rules=around.edge_rules,
                           as_of=as_of)  # fmt: skip
    return BoundaryOfRun(
        rows=_rows(found),
        summary=_summary(found),
        options={"spacing_m": around.spacing_m, "edge_rules": found.rule_set.sha256},
        issues=(
            *(issue for layer in read for issue in layer.issues),
            *unread,
            *more,
            *found.issues,
        ),
        sources=tuple(layer.source for layer in read),
        shapes=_shapes(found, crs),
    )


_WHAT: Mapping[str, What] = {
    "parcel": "parcel", "road": "road", "water": "water", "building": "building",
}  # fmt: skip


def _stored(store: Store, kind: str, what: str, design: Layer) -> list[Layer]:
    """The stored rows of a kind near the markers; of plans roads or water that are in force."""
    found = []
    for layer in store.load(kind):
        frame = layer.shapes
        keep = np.ones(len(frame), dtype=bool)
        if kind == "plans":
            keep &= frame["category"].isin(ROADS if what == "road" else WATER).to_numpy()
            keep &= (frame["status"].isna() | (frame["status"] == "in_force")).to_numpy()
        box = frame.geometry.bounds.to_numpy()
        west, south, east, north = design.to_crs(str(layer.crs)).shapes.total_bounds
        keep &= (box[:, 0] <= east + _REACH_M) & (box[:, 2] >= west - _REACH_M)
        keep &= (box[:, 1] <= north + _REACH_M) & (box[:, 3] >= south - _REACH_M)
        if keep.any():
            # What was told of the whole layer when it was taken in is not told again.
            found.append(replace(layer.where(keep), issues=()))
    return found


def _rows(found: BoundaryReport) -> dict[str, Any]:
    """The tables as plain rows: of corners only those without a marker, of markers those off."""
    corners, posts = found.corners.vertices, found.corners.markers
    tables: dict[str, pd.DataFrame | gpd.GeoDataFrame] = {
        "rings": found.rings, "areas": found.areas, "edges": found.edges,
        "unmarked_corners": corners[corners["place"] == "unmarked"],
        "off_corners": posts[(posts["place"] != "vertex") | posts["repeat_of"].notna()],
        "long_stretches": found.corners.stretches,
        "inside": found.inside, "encroachments": found.over,
    }  # fmt: skip
    return {name: rows_of(table) for name, table in tables.items()} | {
        "not_checked": list(found.not_checked)
    }


def _shapes(found: BoundaryReport, crs: str) -> dict[str, list[gpd.GeoDataFrame]]:
    """The ground inside the measured markers, and what reaches over its line, as map layers."""
    grounds = [ground for ground in found.grounds if ground.shape is not None]
    frame = gpd.GeoDataFrame(
        {"cluster_id": pd.Series([ground.cluster for ground in grounds], dtype=object),
         "accuracy_m": [ground.accuracy_m for ground in grounds]},
        geometry=[ground.shape for ground in grounds], crs=crs,
    )  # fmt: skip
    frame["area_m2"] = frame.geometry.area
    return {"measured_boundary": [frame], "encroachments": [found.over]}


def _summary(found: BoundaryReport) -> dict[str, Any]:
    def counts(frame: pd.DataFrame, column: str) -> dict[str, int]:
        return {str(word): int(count) for word, count in frame[column].value_counts().items()}

    told: Sequence[Any] = found.rule_set.name, found.rule_set.version, found.rule_set.sha256
    return {
        "edge_rules": dict(zip(("name", "version", "sha256"), told, strict=True)),
        "boundary": plain({
            "edges": counts(found.edges, "verdict"), "areas": counts(found.areas, "verdict"),
            "corners": counts(found.corners.vertices, "place"),
            "markers": counts(found.corners.markers, "place"),
            "inside": counts(found.inside, "verdict"),
            "encroachments": counts(found.over, "verdict"),
        }),
    }  # fmt: skip
