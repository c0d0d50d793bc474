"""Whether two rasters of classes may be held against each other pixel by pixel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from gisclusters.domain.issue import Issue, error, info, warning
from gisclusters.errors import InputRefusedError
from gisclusters.readers.raster import LandCover

_SHIFT_PIXELS = 1e-3
"""Grids that lie this near to each other, in pixels, are one grid."""

Value = TypeVar("Value")


def require_comparable(before: LandCover, now: LandCover) -> list[Issue]:
    """Refuse two rasters between which a change would be one of grid or of words.

    They must share CRS, pixel size and grid (neither is resampled) and give no class two
    names or two colours.  Extents may differ.  Returns what is doubtful: a legend that one
    of them does not tell, two versions of the classification.  Raises InputRefusedError
    with every fault (``landcover_crs_differs landcover_pixels_differ landcover_shifted
    landcover_legends_differ``).
    """
    faults = _grid_faults(before, now)
    differing = sorted(
        _differing(before.legend.names, now.legend.names)
        | _differing(before.legend.colours, now.legend.colours)
    )
    if differing:
        faults.append(
            error(
                "landcover_legends_differ",
                layer=before.name,
                other=now.name,
                classes=", ".join(str(code) for code in differing[:10]),
            )
        )
    if faults:
        raise InputRefusedError(faults)
    doubts = []
    told = [bool(each.legend.names or each.legend.colours) for each in (before, now)]
    if not all(told):
        unsaid = before if not told[0] else now
        doubts.append(info("landcover_legend_unsaid", layer=unsaid.name))
    versions = (before.legend.version, now.legend.version)
    if all(versions) and versions[0] != versions[1]:
        doubts.append(
            warning(
                "landcover_versions_differ", layer=before.name, other=now.name,
                first=str(versions[0]), second=str(versions[1]),
            )
        )  # fmt: skip
    return doubts


def _grid_faults(before: LandCover, now: LandCover) -> list[Issue]:
    if before.crs != now.crs:
        return [
            error(
                "landcover_crs_differs", layer=before.name, other=now.name,
                first=before.crs, second=now.crs,
            )
        ]  # fmt: skip
    width, height = now.pixel_size
    across, down = (
        abs(first / second - 1)
        for first, second in zip(before.pixel_size, now.pixel_size, strict=True)
    )
    rows, columns = now.shape
    if across * columns > _SHIFT_PIXELS or down * rows > _SHIFT_PIXELS:
        return [
            error(
                "landcover_pixels_differ", layer=before.name, other=now.name,
                first=f"{before.pixel_size[0]:.10g} × {before.pixel_size[1]:.10g}",
                second=f"{width:.10g} × {height:.10g}",
            )
        ]  # fmt: skip
    east = (before.extent[0] - now.extent[0]) / width
    north = (before.extent[3] - now.extent[3]) / height
    east, north = east - round(east), north - round(north)
    if max(abs(east), abs(north)) <= _SHIFT_PIXELS:
        return []
    return [
        error(
            "landcover_shifted", layer=before.name, other=now.name,
            east=float(east), north=float(north),
        )
    ]  # fmt: skip


def _differing(first: Mapping[int, Value], second: Mapping[int, Value]) -> set[int]:
    return {code for code in first.keys() & second.keys() if first[code] != second[code]}
