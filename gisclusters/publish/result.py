"""The outcome of one run, ready to be shown in any form: JSON, table, report, map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import pandas as pd

from gisclusters.domain.issue import Issue
from gisclusters.domain.run import Run
from gisclusters.domain.verdicts import SEVERITY_ORDER, Severity

if TYPE_CHECKING:
    from gisclusters.domain.minutes_form import MinutesForm

Subject = Literal[
    "overlaps",
    "markers",
    "efficiency",
    "zonal",
    "ingest",
    "inspect",
    "layers",
    "exceptions",
    "campaigns",
    "comparison",
    "founding",
    "scores",
    "overview",
    "trend",
    "form",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a command found.

    ``findings`` are frames of one shape each (several where subjects lie in several zones);
    geometry, where there is any, is in the frame's own CRS.  ``extra`` holds the further
    keys of the JSON document (``diagnosis``, ``parcels`` …), already plain values;
    ``shapes`` are layers of a map beside the findings, as frames in their own CRS.  ``drawn``
    are the subjects of a check with their outlines, one frame a CRS, for its figures.
    ``minutes`` is what people said of a marker inspection.
    """

    subject: Subject
    run: Run
    summary: Mapping[str, Any]
    findings: Sequence[gpd.GeoDataFrame | pd.DataFrame] = ()
    issues: tuple[Issue, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    shapes: Mapping[str, Sequence[gpd.GeoDataFrame]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    drawn: Sequence[gpd.GeoDataFrame] = ()
    minutes: MinutesForm | None = None

    @property
    def worst_severity(self) -> Severity | None:
        """The worst severity any finding carries, None where none does."""
        found = {
            value
            for frame in self.findings
            if "severity" in frame
            for value in frame["severity"].dropna().unique()
        }
        for severity in reversed(SEVERITY_ORDER):
            if severity in found:
                return severity
        return None
