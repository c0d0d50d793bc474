"""Layers a person can check in the head: squares of one hectare in EPSG:9216."""

from typing import Any

import pandas as pd
import shapely

from gisclusters.domain.source import Source
from gisclusters.layers.layer import WHOLE_COUNTRY, Ground, Layer
from gisclusters.layers.schema import Defaults, check_rows

EAST, NORTH = 552_000.0, 1_587_000.0
CRS = "EPSG:9216"


def square(east: float, north: float, width: float = 100, height: float = 100) -> shapely.Polygon:
    """A rectangle whose south-west corner is ``east, north`` metres from the scene's origin."""
    return shapely.box(EAST + east, NORTH + north, EAST + east + width, NORTH + north + height)


def layer(kind: str, rows: list[dict[str, Any]], *, crs: str = CRS, **options: Any) -> Layer:
    """A checked layer of rows given as dicts."""
    source = Source(role=kind, name=f"{kind}.gpkg", sha256="0", crs_as_received=crs,
                    rows=len(rows))  # fmt: skip
    return check_rows(kind, pd.DataFrame(rows), crs=crs, source=source,
                      defaults=Defaults(stem=kind), **options)  # fmt: skip


def clusters(*shapes: shapely.Geometry, accuracy_m: float = 0.05, **fields: Any) -> Layer:
    """Clusters C1, C2 … with the shapes given."""
    return layer("clusters", [
        {"cluster_id": f"C{k}", "accuracy_m": accuracy_m, "geometry": shape, **fields}
        for k, shape in enumerate(shapes, 1)
    ])  # fmt: skip


def plan(
    *shapes: shapely.Geometry, category: str = "rice", accuracy_m: float = 0.05,
    ground: Ground = WHOLE_COUNTRY, plan_id: str = "P", **fields: Any,
) -> Layer:  # fmt: skip
    """One plan whose zones Z1, Z2 … are in force since 2020."""
    rows = [
        {"zone_id": f"Z{k}", "plan_id": plan_id, "category": category, "accuracy_m": accuracy_m,
         "in_force_from": "2020-01-01", "geometry": shape, **fields}
        for k, shape in enumerate(shapes, 1)
    ]  # fmt: skip
    return layer("plans", rows, grounds={plan_id: ground})
