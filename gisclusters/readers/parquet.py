"""GeoParquet: columns by Arrow, shapes by the file's own ``geo`` description."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq

from gisclusters.readers.frames import Content, parsed_shapes, to_frame, wkb_types

_DEFAULT_CRS = "EPSG:4326"


def read_parquet(path: Path) -> Content:
    """Every row; a Parquet without ``geo`` is a table.  Raises what pyarrow raises.

    No CRS in the description means degrees of WGS 84 (the standard says CRS84, x first); a
    null CRS means that nobody knows.
    """
    with path.open("rb") as file:
        arrow = pq.read_table(file)
    described = (arrow.schema.metadata or {}).get(b"geo")
    if described is None:
        return Content(table=to_frame(arrow.replace_schema_metadata()), shapes=None, crs=None)
    about: dict[str, Any] = json.loads(described)
    name = str(about["primary_column"])
    column = about["columns"][name]
    others = [each for each in arrow.column_names if each not in about["columns"]]
    table = to_frame(arrow.select(others))
    crs = _crs_of(column)
    if column.get("encoding") != "WKB":
        with path.open("rb") as file:
            shapes = np.asarray(gpd.read_parquet(file, columns=[name])[name], dtype=object)
        return Content(table=table, shapes=shapes, crs=crs)
    wkb = np.array(arrow.column(name).to_pylist(), dtype=object)
    shapes, issues = parsed_shapes(wkb, wkb_types(wkb))
    return Content(table=table, shapes=shapes, crs=crs, issues=issues)


def _crs_of(column: dict[str, Any]) -> str | None:
    if "crs" not in column:
        return _DEFAULT_CRS
    said = column["crs"]
    if said is None:
        return None
    identity = said.get("id", {})
    if (identity.get("authority"), identity.get("code")) == ("OGC", "CRS84"):
        return _DEFAULT_CRS
    return json.dumps(said)
