"""The checks of shapes on their way to a layer: there, finite, valid, where the CRS allows."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import error, info, warning
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import WGS84, is_far_from_use, transform_xy
from gisclusters.geometry.crs_names import bounds_of_use, is_lonlat, is_metric
from gisclusters.geometry.plane import plane_of
from gisclusters.geometry.validity import find_faults, propose_repairs
from gisclusters.geometry.vietnam import VIETNAM_DEG, degrees_of_vietnam, swapped_degrees
from gisclusters.geometry.zones import zone_of
from gisclusters.layers.checking import Check, Defaults
from gisclusters.layers.kinds import Kind
from gisclusters.layers.layer import DEFAULT_ACCURACY_M, MAP_ACCURACY_MM
from gisclusters.layers.misread_metres import misread_metres
from gisclusters.layers.topology import examine

_EAST_RANGE_M = (166_000.0, 834_000.0)
_NORTH_RANGE_M = (800_000.0, 2_700_000.0)
_LIKE_A_ZONE = frozenset({"EPSG:32648", "EPSG:32649"})
"""UTM on WGS 84, whose numbers in Viet Nam are those of the 6° zones but for some 100 m."""
_NEAR_USE_DEG = 1.0
"""Data may go a little beyond the bounds within which their CRS is used."""
_WORLDWIDE_DEG = 180.0
"""A CRS that serves more than half of the world, as web Mercator does."""
_MULTIPOINT = 4
"""How shapely numbers the shape that some programs write for every point."""
_SOUTHERNMOST_DEG = -60.0
"""Beyond lies only ice, where a southern zone of UTM takes the numbers of Vietnam."""


def checked_shapes(
    frame: pd.DataFrame, check: Check, crs: str | None, *, accept_repairs: bool
) -> gpd.GeoDataFrame:
    """The rows with shapes that can be measured in ``crs``; every fault is an issue of ``check``.

    Raises InputRefusedError at once where there is no CRS or no shape at all.
    """
    if crs is None:
        check.issues.append(error("crs_missing", layer=check.layer))
        raise InputRefusedError(check.told())
    if "geometry" not in frame:
        check.issues.append(error("no_geometry", layer=check.layer))
        raise InputRefusedError(check.told())
    check.received = np.array(frame["geometry"].array, dtype=object)
    shapes = check.received.copy()
    flat = shapely.has_z(shapes) | shapely.has_m(shapes)
    if flat.any():
        shapes = shapely.force_2d(shapes)
        check.issues.append(info("z_dropped", layer=check.layer, count=int(flat.sum())))
    if check.kind.shape == "point":
        one = (shapely.get_type_id(shapes) == _MULTIPOINT) & (
            shapely.get_num_geometries(shapes) == 1
        )
        shapes[one] = shapely.get_geometry(shapes[one], 0)
    noted = np.zeros(len(shapes), dtype=bool)
    if check.kind.name == "surveys":
        # A marker that was looked for and could not be measured is a finding of the surveyor;
        # GeoJSON says so by no geometry at all.
        noted = frame["state"].notna().to_numpy()
        shapes[noted & shapely.is_missing(shapes)] = shapely.Point()
    faults = find_faults(shapes, wanted=check.kind.shape)
    if noted.any():
        faults = [f for f in faults if not (f.reason == "empty" and noted[f.position])]
    check.plane = plane_of(crs, shapes)
    proposals = propose_repairs(shapes, faults, measured=check.plane.measured)
    repairs = {r.position: r for r in proposals}
    for fault in faults:
        repair = repairs.get(fault.position)
        if repair is None:
            check.at(
                error,
                "geometry_unusable",
                fault.position,
                field="geometry",
                value=fault.reason,
                geometry_type=_type_name(shapes[fault.position]),
                wanted=check.kind.shape,
            )
            continue
        place = check.plane.written(fault.x, fault.y)
        details: dict[str, object] = {
            "field": "geometry", "value": fault.reason, "place": place, "unit": check.plane.unit,
            "area_before": repair.area_before, "area_after": repair.area_after,
            "hausdorff": repair.hausdorff,
        }  # fmt: skip
        if accept_repairs:
            shapes[fault.position] = repair.shape
            check.at(warning, "geometry_repaired", fault.position, **details)
            check.mended(repair, fault.reason, place)
        else:
            check.proposed[fault.position] = repair.shape
            check.at(error, "geometry_invalid", fault.position, **details)
    check.unusable = np.zeros(len(shapes), dtype=bool)
    check.unusable[[f.position for f in faults if f.position not in repairs]] = True
    _places(shapes, ~check.unusable, check, crs)
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=shapes, crs=crs)


def _places(shapes: NDArray[Any], usable: NDArray[np.bool_], check: Check, crs: str) -> None:
    """Coordinates that cannot be what the CRS says: degrees, or a VN-2000 zone's ranges."""
    positions = np.flatnonzero(usable & ~shapely.is_empty(shapes))
    bounds = shapely.bounds(shapes[positions])
    if not len(bounds):
        return
    west, south, east, north = bounds.T
    swapped = np.zeros(len(bounds), dtype=bool)
    if is_lonlat(crs):
        wrong = (west < -180) | (east > 180) | (south < -90) | (north > 90)
        swapped = swapped_degrees(bounds)
        code = "not_degrees"
    elif zone_of(crs) is not None or crs in _LIKE_A_ZONE:
        wrong = ~_in_zone(bounds)
        swapped = _in_zone(bounds[:, [1, 0, 3, 2]])
        code = "outside_zone"
    elif is_metric(crs):
        wrong, code = _disproved(bounds, crs), "metres_of_another"
    else:
        return
    degrees = degrees_of_vietnam(bounds) & (code != "not_degrees")
    if code == "outside_zone" and (wrong & ~swapped & ~degrees).all():
        check.issues += misread_metres(bounds, in_zone=_in_zone, layer=check.layer, crs=crs)
    for position in np.flatnonzero(wrong):
        check.at(
            error,
            "axes_swapped" if swapped[position] else "not_metres" if degrees[position] else code,
            int(positions[position]),
            field="geometry",
            value=f"{west[position]:.3f} {south[position]:.3f}",
            crs=crs,
            axes="ne",
        )


def _in_zone(bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which bounds lie in the ranges that east and north of a zone have in Vietnam."""
    west, south, east, north = bounds.T
    found: NDArray[np.bool_] = (
        (west >= _EAST_RANGE_M[0]) & (east <= _EAST_RANGE_M[1])
        & (south >= _NORTH_RANGE_M[0]) & (north <= _NORTH_RANGE_M[1])
    )  # fmt: skip
    return found


def _disproved(bounds: NDArray[np.float64], crs: str) -> NDArray[np.bool_]:
    """Which bounds cannot be metres of a plane CRS that is no zone of ours.

    They are degrees of Vietnam; or they are numbers of a VN-2000 or UTM zone in either order,
    and lie far from where the CRS is used: of one that serves the world, outside Vietnam.
    """
    wrong = degrees_of_vietnam(bounds)
    zoned = ~wrong & (_in_zone(bounds) | _in_zone(bounds[:, [1, 0, 3, 2]]))
    if not zoned.any():
        return wrong
    x, y = bounds[zoned, :2].T
    far = is_far_from_use(x, y, crs, margin_deg=_NEAR_USE_DEG)
    west, south, east, north = VIETNAM_DEG
    lon, lat = transform_xy(x, y, crs, WGS84)
    used_west, _, used_east, _ = bounds_of_use(crs)
    if used_east - used_west > _WORLDWIDE_DEG:
        far |= ~((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north))
    wrong[zoned] = far | (lat < _SOUTHERNMOST_DEG)
    return wrong


def with_accuracy(
    frame: gpd.GeoDataFrame, kind: Kind, defaults: Defaults, check: Check
) -> gpd.GeoDataFrame:
    """Fill ``accuracy_m`` from the first that is known: row, sidecar, option, map scale."""
    accuracy = frame["accuracy_m"].astype("float64")
    origin = pd.Series([None] * len(frame), index=frame.index, dtype=object)
    origin[accuracy.notna()] = "row"
    scale = frame["map_scale"] if "map_scale" in frame else pd.Series(np.nan, index=frame.index)
    if defaults.map_scale is not None:
        scale = scale.fillna(defaults.map_scale)
    steps: list[tuple[str, pd.Series[Any] | float | None]] = [
        ("sidecar", defaults.accuracy_m),
        ("option", defaults.option_accuracy_m),
        ("map_scale", scale * MAP_ACCURACY_MM / 1000),
    ]
    if kind.name != "surveys":
        steps.append(("assumed", DEFAULT_ACCURACY_M))
    for name, value in steps:
        if value is None:
            continue
        filled = accuracy.fillna(value)
        origin = origin.where(accuracy.notna() | filled.isna(), name)
        accuracy = filled
    frame["accuracy_m"] = accuracy
    frame["accuracy_source"] = origin
    without = int((accuracy.isna() & ~frame.geometry.is_empty).sum())
    if kind.name == "surveys" and without:
        check.issues.append(
            warning("accuracy_missing", layer=check.layer, field="accuracy_m", count=without)
        )
    return frame


def examined(
    frame: gpd.GeoDataFrame, check: Check, *, accept_repairs: bool, between: bool
) -> gpd.GeoDataFrame:
    """What is odd in outlines and between neighbours is told; spikes are taken off if accepted."""
    found = examine(
        frame, check.kind, layer=check.layer, plane=check.plane, proposed=check.proposed,
        unusable=check.unusable, accept_repairs=accept_repairs, between=between,
    )  # fmt: skip
    check.issues += found.issues
    for repair, place in found.repairs:
        check.mended(repair, "spike", place)
    return frame.set_geometry(gpd.GeoSeries(found.shapes, index=frame.index, crs=frame.crs))


def _type_name(shape: Any) -> str:
    return "–" if shape is None else str(shape.geom_type)
