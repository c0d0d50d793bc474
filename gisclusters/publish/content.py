"""What a site shows: layers, findings and run heads, handed over by the workflow.

Nothing here is computed for the page: areas, verdicts and statuses come from the analyses,
layers stay in the CRS they were measured in, and the page alone brings them to WGS 84.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd

from gisclusters.domain.issue import Issue
from gisclusters.domain.run import Run
from gisclusters.layers.layer import Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerCheck:
    """The verified markers of one cluster.

    ``findings`` has the columns of a marker finding (``marker_id verdict de_m dn_m …``, in
    metres of the design's CRS); ``diagnosis`` is the ``diagnosis`` of the JSON document, its
    sentences in the page's language.
    ``survey`` gives a place to markers that were found but never designed; so does
    ``surveyed`` (``marker_id``, points in its CRS).  ``campaigns`` lists the verifications kept,
    the last of which this is, ``changes`` what moved from each to the next.
    """

    cluster_id: str
    findings: pd.DataFrame
    diagnosis: Mapping[str, Any] | None = None
    survey: Layer | None = None
    surveyed: gpd.GeoDataFrame | None = None
    campaigns: pd.DataFrame | None = None
    changes: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file the site carries in ``reports/`` and links: ``title`` is what people read."""

    path: Path
    title: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteContent:
    """Everything a site is made of; all of it optional but ``clusters``.

    Each kind comes as several layers where it lies in several zones, each in its own CRS.
    ``overlaps`` are finding frames with geometry in their own CRS; None says that the check
    was not run, an empty sequence that it found nothing to say.  ``efficiency_clusters`` and
    ``efficiency_parcels`` are the frames of an EfficiencyReport; None: not measured.
    ``land`` holds its further frames by name (``factory_lots buildings_outside shortfalls``).
    ``title`` is the site's heading (default: the catalogue's).
    """

    clusters: Sequence[Layer]
    title: str | None = None
    as_of: date | None = None
    runs: Sequence[Run] = ()
    lots: Sequence[Layer] = ()
    parcels: Sequence[Layer] = ()
    markers: Sequence[Layer] = ()
    plans: Sequence[Layer] = ()
    places: Sequence[Layer] = ()
    overlaps: Sequence[gpd.GeoDataFrame] | None = None
    marker_checks: Sequence[MarkerCheck] = ()
    efficiency_clusters: Sequence[pd.DataFrame] | None = None
    efficiency_parcels: Sequence[pd.DataFrame] | None = None
    land: Mapping[str, Sequence[gpd.GeoDataFrame]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    issues: Sequence[Issue] = ()
    attachments: Sequence[Attachment] = ()
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Further lines of the sources panel, label to text, already in the page's language."""
