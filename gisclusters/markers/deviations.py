"""The bare marker engine: measured points, by name and by place, to deviations.

No verdict, no tolerance, no diagnosis: which marker a point is of, and how far off it lies.
``verify_markers`` judges what this finds.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.errors import CrsMismatchError
from gisclusters.geometry.crs import crs_code, is_lonlat
from gisclusters.markers.ids import normal_ids
from gisclusters.markers.matching import Rows, match_by_place, rows_of
from gisclusters.markers.places import Places, points_in


def marker_deviations(
    design: gpd.GeoDataFrame, survey: gpd.GeoDataFrame, *, reach_m: float = 5.0
) -> pd.DataFrame:
    """Measured − approved for every measured point that is of a marker.

    Both frames hold points and ``marker_id``; ``design`` is in a projected CRS in metres, the
    survey in any (VN-2000 ↔ WGS 84 by the pinned operation).  A point is of the marker of its
    name (``RG-01``, ``rg1`` are one); a point whose name no marker has, or which lies over
    ``reach_m`` from the marker of its name, is of the marker nearest to it within ``reach_m``
    that is nobody's, each other's nearest; a named one too far from anything stays with its name.

    Columns: ``design_index``, ``survey_index`` (labels), ``matched_by`` (``id``, ``distance``),
    ``de_m``, ``dn_m``, ``distance_m``, in the order of the survey; what is matched to nothing
    has no row.  Repeated names give several rows of one marker.  Raises CrsMismatchError for
    a design in longitude and latitude or a frame without a CRS.
    """
    target = crs_code(design)
    if is_lonlat(target):
        raise CrsMismatchError(f"the design is in {target}, not in metres")
    own = crs_code(survey)
    names = survey["marker_id"], design["marker_id"]
    # Names in one thread, coordinates in another: neither holds the interpreter for long.
    with ThreadPoolExecutor(1) as other:
        matching = other.submit(lambda: rows_of(*map(normal_ids, names)))
        planned = points_in(design, target, target)
        seen = points_in(survey, own, target)
        marker = matching.result()
    by_name = marker >= 0
    off = _off(seen, planned, marker)
    sought = np.flatnonzero(~(off <= reach_m) & np.isfinite(seen))
    free = np.ones(len(planned), dtype=bool)
    settled = by_name.copy()
    settled[sought] = False
    free[marker[settled]] = False
    left = np.flatnonzero(free)
    if len(sought) and len(left):
        near, at = match_by_place(planned[left], seen[sought], reach_m)
        marker[sought[at]] = left[near]
        by_name[sought[at]] = False
    rows = np.flatnonzero((marker >= 0) & np.isfinite(seen))
    difference = seen[rows] - planned[marker[rows]]
    return pd.DataFrame(
        {
            "design_index": design.index.to_numpy()[marker[rows]],
            "survey_index": survey.index.to_numpy()[rows],
            "matched_by": pd.Categorical.from_codes(
                by_name[rows].astype(np.intp), categories=pd.Index(["distance", "id"])
            ),
            "de_m": difference.real,
            "dn_m": difference.imag,
            "distance_m": np.abs(difference),
        }
    )


def _off(seen: Places, planned: Places, marker: Rows) -> NDArray[np.float64]:
    """How far each point lies from its marker; not a number where it has none."""
    off = np.full(len(seen), np.nan)
    there = np.flatnonzero(marker >= 0)
    off[there] = np.abs(seen[there] - planned[marker[there]])
    return off
