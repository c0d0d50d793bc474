"""What a surveyor noted of markers that could not be measured, in the package we made for it.

A stake-out GeoPackage holds the targets (``markers``) beside the points measured (``surveys``).
A marker that is lost has no point, so its state is noted on the target: here it becomes a row
of the survey without a place.  The places of targets are never read as measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.issue import Issue, info
from gisclusters.layers.values import as_text
from gisclusters.readers.geopackage import says_no_zone
from gisclusters.readers.vector import VectorRows, read_vector
from gisclusters.readers.vector_files import layer_names

TARGETS, MEASURED = "markers", "surveys"
NOTED = ("state", "note", "photo", "observed_at")
_KEY = ("cluster_id", "marker_id")


def is_package(layers: Iterable[str]) -> bool:
    """Whether a file with these layers holds targets beside what is measured."""
    return {TARGETS, MEASURED} <= set(layers)


def with_states_noted(path: Path, rows: VectorRows) -> tuple[VectorRows, list[Issue]]:
    """The rows of ``surveys`` and those of ``markers`` whose state was noted and which it lacks.

    A GeoPackage without a layer of targets, or whose targets have no states, is handed on.
    """
    if TARGETS not in layer_names(path, "gpkg"):
        return rows, []
    targets = with_local_times(path, TARGETS, read_vector(path, "gpkg", TARGETS, None)).frame
    wanted = [name for name in (*_KEY, *NOTED) if name in targets]
    if not {"marker_id", "state"} <= set(wanted) or "marker_id" not in rows.frame:
        return rows, []
    measured = set(_keys(rows.frame))
    noted = as_text(targets["state"]).notna().to_numpy()
    noted = noted & np.array([key not in measured for key in _keys(targets)], dtype=bool)
    if not noted.any():
        return rows, []
    more = targets.loc[noted, [*wanted, "source_row"]].copy()
    more["geometry"] = np.full(len(more), shapely.Point(), dtype=object)
    frame = pd.concat([rows.frame, more], ignore_index=True) if len(rows.frame) else more
    beside = more.columns.difference(rows.frame.columns)
    frame = frame.reindex(columns=[*rows.frame.columns, *beside])
    told = info("states_noted", layer=path.name, count=int(noted.sum()))
    return replace(rows, frame=frame.reset_index(drop=True)), [told]


def with_local_times(path: Path, layer: str | None, rows: VectorRows) -> VectorRows:
    """The rows with times as the field app wrote them.

    QGIS and QField write the wall clock without a zone, which GDAL takes for UTC.
    """
    frame = rows.frame
    local = [name for name in frame.columns
             if isinstance(frame[name].dtype, pd.DatetimeTZDtype)
             and layer is not None and says_no_zone(path, layer, str(name))]  # fmt: skip
    plain = {name: frame[name].dt.tz_localize(None) for name in local}
    return replace(rows, frame=frame.assign(**plain)) if plain else rows


def _keys(frame: pd.DataFrame) -> list[tuple[str | None, ...]]:
    columns = [as_text(frame[name]) if name in frame else pd.Series([None] * len(frame))
               for name in _KEY]  # fmt: skip
    return list(zip(*columns, strict=True))
