"""Squares of one hectare on a plan of VN-2000 107°30′, as layers that passed the one gate."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import shapely

from gisclusters.domain.source import Source
from gisclusters.layers.kinds import KINDS
from gisclusters.layers.layer import Ground, Layer
from gisclusters.layers.schema import Defaults, check_rows

CRS = "EPSG:9216"
EAST, NORTH = 550_000.0, 1_590_000.0
"""South-west corner of every scene."""

MONDAY = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 17, 3, 0, tzinfo=UTC)


def square(column: float = 0, row: float = 0, width: float = 1) -> shapely.Polygon:
    """A square of ``width`` hectometres, counted from the corner of the scene."""
    west, south = EAST + 100 * column, NORTH + 100 * row
    return shapely.box(west, south, west + 100 * width, south + 100 * width)


def point(column: float = 0, row: float = 0) -> shapely.Point:
    """A point, counted in hectometres from the corner of the scene."""
    return shapely.Point(EAST + 100 * column, NORTH + 100 * row)


def layer(
    kind: str,
    *rows: dict[str, Any],
    crs: str = CRS,
    sha256: str = "0" * 64,
    grounds: dict[str, Ground] | None = None,
    accept_repairs: bool = False,
    **source: Any,
) -> Layer:
    """Rows through the one gate that every file passes."""
    place = None if KINDS[kind].shape == "none" else crs
    return check_rows(
        kind,
        pd.DataFrame(list(rows)),
        crs=place,
        source=Source(
            role=kind, name=f"{kind}.gpkg", sha256=sha256, rows=len(rows),
            **({"crs_as_received": place} | source),
        ),
        defaults=Defaults(stem=kind, accuracy_m=0.1),
        grounds=grounds,
        accept_repairs=accept_repairs,
    )  # fmt: skip


def cluster(cluster_id: str = "CCN-01", column: float = 0, **fields: Any) -> dict[str, Any]:
    """One cluster of one hectare."""
    return {"cluster_id": cluster_id, "geometry": square(column)} | fields


def zone(zone_id: str = "Z1", column: float = 0, **fields: Any) -> dict[str, Any]:
    """One zone of the plan QH1, one hectare of rice."""
    row = {"zone_id": zone_id, "plan_id": "QH1", "category": "rice", "geometry": square(column)}
    return row | fields
