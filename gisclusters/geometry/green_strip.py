"""A green strip of a given width inside a boundary: how much of it is there, and where it lacks.

Planar geometry in one metric CRS; who asks for the strip and what is green is for the caller.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gisclusters.geometry.width import width_m as widest_m

_STEP_M = 1.0
"""The boundary is asked in steps no longer than this."""


def measure_green_strip(
    boundary: shapely.Geometry, green: shapely.Geometry, *, width_m: float, accuracy_m: float = 0.0
) -> dict[str, Any]:
    """The strip of ``width_m`` inside a boundary, and what of it is not green.

    ``boundary`` and ``green`` are valid areas (green may be empty) in one metric CRS.
    Returns ``boundary_m`` (length of the outer rings), ``share_of_boundary`` (0..1),
    ``strip_m2``, ``missing_m2`` and the shape ``missing``.  A gap no wider than
    ``accuracy_m`` is none for the share; the areas are exact.  ``whole``: green stands behind
    all of the boundary, and no bare ground of the strip is wider than ``accuracy_m``.
    """
    rings = shapely.get_exterior_ring(shapely.get_parts(boundary))
    # Round caps and corners: ground no farther from the boundary than the width.
    corners = max(8, math.ceil(math.pi / 4 / math.acos(1 - min(1, 0.001 / width_m))))
    strip = shapely.intersection(
        boundary, shapely.buffer(shapely.multilinestrings(rings), width_m, quad_segs=corners)
    )
    missing: Any = shapely.difference(strip, green)
    lengths, rays = _rays(rings, width_m)
    within = shapely.intersection(rays, boundary)
    bare_m = shapely.length(shapely.difference(within, green))
    served = bare_m <= accuracy_m + 1e-6
    share = float(lengths[served].sum() / lengths.sum())
    missing_m2 = float(shapely.area(missing))
    # Rays pass corners and narrow gaps by; ground wider than the accuracy is bare.
    widest = widest_m(missing, accuracy_m) if missing_m2 > 0 else 0.0
    return {
        "boundary_m": float(lengths.sum()), "share_of_boundary": share,
        "strip_m2": float(shapely.area(strip)), "missing_m2": missing_m2, "missing": missing,
        "whole": share >= 1 - 1e-9 and widest <= accuracy_m,
    }  # fmt: skip


def _rays(
    rings: NDArray[np.object_], width_m: float
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Steps along rings: their lengths, and from the middle of each a line inwards."""
    lengths: list[NDArray[np.float64]] = []
    rays: list[NDArray[np.object_]] = []
    for ring in shapely.segmentize(rings, _STEP_M):
        points = shapely.get_coordinates(ring)
        if not shapely.is_ccw(ring):
            points = points[::-1]
        along = np.diff(points, axis=0)
        length = np.hypot(*along.T)
        middles = points[:-1] + along / 2
        inwards = np.column_stack([-along[:, 1], along[:, 0]]) / length[:, None]
        ends = np.stack([middles, middles + inwards * width_m], axis=1)
        rays.append(np.asarray(shapely.linestrings(ends), dtype=object))
        lengths.append(length)
    return np.concatenate(lengths), np.concatenate(rays)
