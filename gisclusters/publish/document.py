"""The JSON document of a run: no NaN, dates as ISO text, geometry in WGS 84 lon/lat."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.issue import Issue
from gisclusters.domain.run import Run
from gisclusters.geometry.crs import to_wgs84
from gisclusters.publish.result import Result
from gisclusters.words import Lang, has_text, issue_text


def document(result: Result, lang: Lang) -> dict[str, Any]:
    """The whole document: ``run``, ``summary``, ``findings``, ``issues`` and the extras."""
    return {
        "run": run_head(result.run),
        "summary": plain(result.summary),
        "findings": [row for frame in result.findings for row in rows_of(frame)],
        "issues": issue_rows(result.issues, lang),
    } | {name: plain(value) for name, value in result.extra.items()}


def refusal(command: str, version: str, issues: list[dict[str, Any]]) -> dict[str, Any]:
    """The document of a run that was refused: the same keys, ``findings`` empty."""
    return {
        "run": {
            "id": None, "version": version, "command": command, "as_of": None, "rules": None,
            "crs": None, "datum_operation": None, "sources": [],
        },
        "summary": {"refused": True},
        "findings": [],
        "issues": issues,
    }  # fmt: skip


def dumps(value: Mapping[str, Any]) -> str:
    """JSON text with Vietnamese letters as they are.  A NaN left inside is an error of ours."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1)


def run_head(run: Run) -> dict[str, Any]:
    """The ``run`` key of the document."""
    return {
        "id": run.id,
        "version": run.version,
        "command": run.command,
        "as_of": plain(run.as_of),
        "rules": plain(run.rules),
        "crs": run.crs,
        "datum_operation": run.datum_operation,
        "sources": [
            {
                "role": source.role,
                "name": source.name,
                "layer": source.layer,
                "sha256": source.sha256,
                "crs_as_received": source.crs_as_received,
                "rows": source.rows,
            }
            for source in run.sources
        ],
    }


def issue_rows(issues: Iterable[Issue], lang: Lang) -> list[dict[str, Any]]:
    """Issues with their sentences in ``lang``."""
    rows = []
    for issue in issues:
        message, remedy = issue_text(issue, lang) if has_text(f"issues.{issue.code}") else ("", "")
        rows.append(
            {
                "level": issue.level,
                "code": issue.code,
                "layer": issue.layer,
                "row": issue.row,
                "id": issue.id,
                "field": issue.field,
                "value": issue.value,
                "message": message,
                "remedy": remedy,
            }
        )
    return rows


def rows_of(frame: gpd.GeoDataFrame | pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a finding frame as plain values; geometry as GeoJSON in WGS 84 lon/lat."""
    table = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    columns = {name: [plain(cell) for cell in table[name].to_numpy(dtype=object)] for name in table}
    if isinstance(frame, gpd.GeoDataFrame):
        shapes = to_wgs84(frame.geometry).to_numpy() if len(frame) else []
        columns["geometry"] = [None if shape is None else geojson(shape) for shape in shapes]
    names = [str(name) for name in columns]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def geojson(shape: shapely.Geometry) -> dict[str, Any] | None:
    """A shape in lon/lat as a GeoJSON geometry; an empty one is None."""
    if shapely.is_empty(shape):
        return None
    found: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return found


def plain(value: Any) -> Any:  # noqa: PLR0911, C901 - one line for each type of value
    """A value as JSON knows it; NaN and NaT become None, nothing is rounded."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (pd.Timestamp, datetime)):
        midnight = value.hour == value.minute == value.second == 0
        return value.date().isoformat() if midnight else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (Sequence, set, frozenset, np.ndarray)):
        return [plain(item) for item in value]
    return str(value)
