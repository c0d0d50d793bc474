"""The bare marker engine: measured points, by name and by place, to deviations.

No verdict, no tolerance, no diagnosis: which marker a point is of, and how far off it lies.
``verify_markers`` judges what this finds.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.errors import CrsMismatchError
from gisclusters.geometry.crs import crs_code
from gisclusters.geometry.crs_names import is_metric
from gisclusters.markers.ids import normal_ids
from gisclusters.markers.matching import Rows, match_by_place, rows_of
from gisclusters.markers.places import points_in

_POINT_OR_NONE = (-1, 0)


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
    a design not in metres or a frame without a CRS, ValueError for shapes that are no points.
    """
    target = crs_code(design)
    if not is_metric(target):
        raise CrsMismatchError(f"the design is in {target}, not in metres")
    if not reach_m >= 0:
        raise ValueError(f"a reach is a length in metres, not {reach_m}")
    for side, frame in (("design", design), ("survey", survey)):
        if "marker_id" not in frame:
            raise ValueError(f"the {side} has no column marker_id")
        kinds = shapely.get_type_id(np.asarray(frame.geometry.array, dtype=object))
        if not np.isin(kinds, _POINT_OR_NONE).all():
            raise ValueError(f"the {side} holds shapes that are no points")
    own = crs_code(survey)
    # Names in one thread, coordinates in another: neither holds the interpreter for long.
    with ThreadPoolExecutor(1) as other:
        asked = other.submit(normal_ids, survey["marker_id"])
        known = normal_ids(design["marker_id"])
        matching = other.submit(lambda: rows_of(asked.result(), known))
        planned = points_in(design, target, target)
        seen = points_in(survey, own, target)
        marker = matching.result()
    nowhere = np.append(planned, complex(np.nan, np.nan))  # what row -1 is found at
    difference = seen - nowhere[marker]
    off = np.abs(difference)
    by_name = np.ones(len(seen), dtype=np.int8)
    near = off <= reach_m
    sought = np.flatnonzero(~near)
    sought = sought[np.isfinite(seen[sought])]
    left = _free(marker, sought, near, len(planned))
    if len(sought) and len(left):
        found, at = match_by_place(planned[left], seen[sought], reach_m)
        rows = sought[at]
        marker[rows], by_name[rows] = left[found], 0
        difference[rows] = seen[rows] - planned[marker[rows]]
        off[rows] = np.abs(difference[rows])
    rows = np.flatnonzero(np.isfinite(off))
    if len(rows) < len(off):
        marker, by_name = marker[rows], by_name[rows]
        difference, off = difference[rows], off[rows]
    return pd.DataFrame(
        {
            "design_index": design.index.to_numpy()[marker],
            "survey_index": survey.index.to_numpy()[rows],
            "matched_by": pd.Categorical.from_codes(
                by_name, categories=pd.Index(["distance", "id"])
            ),
            "de_m": difference.real,
            "dn_m": difference.imag,
            "distance_m": off,
        },
        copy=False,
    )


def _free(marker: Rows, sought: Rows, near: NDArray[np.bool_], count: int) -> Rows:
    """The markers near which no point of their name lies; ``count`` is how many there are."""
    free = np.ones(count + 1, dtype=bool)
    free[marker] = False
    named = np.zeros(count + 1, dtype=bool)
    named[marker[sought]] = True
    free |= named
    free[marker[named[marker] & near]] = False
    return np.flatnonzero(free[:count])
