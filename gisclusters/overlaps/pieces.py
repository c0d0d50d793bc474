"""The ground of a conflict, cut free of its slivers, and the corners of a shape as a table.

A finding keeps the whole exact intersection; a piece is what of it a surveyor can stake.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gisclusters.domain.verdicts import OverlapVerdict
from gisclusters.geometry.width import ROUNDING_M, width_m

_ASKING = (str(OverlapVerdict.CONFLICT), str(OverlapVerdict.UNDECIDED))
_MITRE_LIMIT = 10.0
"""A tip sharper than about 11° is blunted where it is narrower than the tolerance."""

PIECE_COLUMNS = (
    "subject_id", "plan_id", "zone_id", "category", "rule_id", "verdict", "severity", "piece",
    "area_m2", "width_m", "overlap_m2", "slivers_m2", "corners", "crs",
)  # fmt: skip


def free_of_slivers(shape: shapely.Geometry, narrow_m: float) -> shapely.Geometry:
    """What of a polygon is wider than ``narrow_m`` (metres, projected CRS), with its own corners.

    Strips and tails no wider are cut off, necks no wider are cut through, holes stay.  The
    corners of what is left are those of ``shape``, new ones stand only where something was
    cut (a micrometre or two outside).  A shape without such parts comes back as it is, one
    that is all sliver comes back empty; lines, points and empty shapes are empty too.
    """
    if shapely.is_empty(shape) or shapely.get_dimensions(shape) < 2:
        return shapely.Polygon()
    core = shapely.buffer(
        shape, -narrow_m / 2, join_style="mitre", mitre_limit=_MITRE_LIMIT
    )  # fmt: skip
    if shapely.is_empty(core):
        return shapely.Polygon()
    # A micrometre wider than the shape's own edges, so that it cuts only where it must.
    opened = shapely.buffer(
        core, narrow_m / 2 + ROUNDING_M, join_style="mitre", mitre_limit=_MITRE_LIMIT
    )  # fmt: skip
    if shapely.covers(opened, shape):
        return shape
    parts = shapely.get_parts(shapely.intersection(shape, opened))
    return shapely.union_all(parts[shapely.intersects(parts, core)])


def corner_rows(shape: shapely.Geometry) -> list[dict[str, Any]]:
    """The corners of a polygon or multipolygon as rows of a coordinate table, in its own CRS.

    ``part``, ``ring`` (1 the outline, then its holes), ``corner`` (runs on through the whole
    shape), ``northing_m`` (X), ``easting_m`` (Y), ``side_m`` to the next corner of the ring.
    Outlines run clockwise from their northernmost corner (the western one of two), holes
    the other way; the closing corner is not repeated.  No row for what is no polygon.
    """
    rows: list[dict[str, Any]] = []
    if shapely.is_empty(shape):
        return rows
    for part, polygon in enumerate(shapely.get_parts(shape), 1):
        if shapely.get_dimensions(polygon) < 2:
            continue
        for ring, line in enumerate(shapely.get_rings(shapely.normalize(polygon)), 1):
            points = _from_the_north(shapely.get_coordinates(line)[:-1], clockwise=ring == 1)
            sides_m = np.hypot(*(np.roll(points, -1, axis=0) - points).T)
            rows += [
                {"part": part, "ring": ring, "corner": len(rows) + place,
                 "northing_m": float(north), "easting_m": float(east), "side_m": float(side)}
                for place, ((east, north), side) in enumerate(zip(points, sides_m, strict=True), 1)
            ]  # fmt: skip
    return rows


def conflict_pieces(findings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Each part of each conflict (or undecided overlap), cut free of its slivers.

    ``findings`` are those of one check, in one projected CRS (metres), which is the CRS of
    the pieces.  Columns ``PIECE_COLUMNS``; ``piece`` counts from the largest of its finding
    (a work has several, told apart by ``rule_id``), ``overlap_m2`` is the area of the whole
    finding, ``slivers_m2`` what of it no piece holds, ``corners`` the rows of
    :func:`corner_rows`, ``crs`` what their numbers are in.  Overlaps without area (lines,
    points) have no piece.
    """
    rows: list[dict[str, Any]] = []
    shapes: list[shapely.Geometry] = []
    for row in findings[findings["verdict"].isin(_ASKING)].itertuples():
        clean = free_of_slivers(row.geometry, row.tolerance_m)
        if clean is not row.geometry:  # where a tail was cut off no corner is left
            clean = shapely.simplify(clean, 10 * ROUNDING_M, preserve_topology=True)
        if shapely.is_empty(clean):
            continue
        parts = shapely.get_parts(clean)
        parts = parts[np.argsort(-shapely.area(parts), kind="stable")]
        whole = float(shapely.area(row.geometry))
        for piece, part in enumerate(parts, 1):
            rows.append(
                {"subject_id": row.subject_id, "plan_id": row.plan_id, "zone_id": row.zone_id,
                 "category": row.category, "rule_id": row.rule_id, "verdict": row.verdict,
                 "severity": row.severity, "piece": piece, "area_m2": float(shapely.area(part)),
                 "width_m": width_m(part, row.tolerance_m), "overlap_m2": whole,
                 "slivers_m2": max(whole - float(shapely.area(clean)), 0.0),
                 "corners": corner_rows(part)}
            )  # fmt: skip
            shapes.append(part)
    columns: dict[str, Any] = {
        name: [row[name] for row in rows] for name in PIECE_COLUMNS if name != "crs"
    }
    columns["crs"] = [findings.crs.to_string()] * len(rows)
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=findings.crs)


def _from_the_north(points: NDArray[np.float64], *, clockwise: bool) -> NDArray[np.float64]:
    """A ring turned to its northernmost, of two the western, corner, in the sense asked for."""
    following = np.roll(points, -1, axis=0)
    origin = points[0]  # keeps the products small: eastings times northings are 1e12
    east, north = (points - origin).T
    next_east, next_north = (following - origin).T
    turns_left = float((east * next_north - next_east * north).sum()) > 0
    if turns_left == clockwise:
        points = points[::-1]
    start = int(np.lexsort((points[:, 0], -points[:, 1]))[0])
    return np.roll(points, -start, axis=0)
