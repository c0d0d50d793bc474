"""Reference markers (mốc tham chiếu, MTC): posts that lead to a point where none can stand.

Circular 10/2016/TT-BXD puts one where the true point falls inside a structure; the post carries
the parameters that lead there.  In the design such a row has an offset from the post to the
point: east and north (``offset_e_m, offset_n_m``), or length and grid azimuth from north,
clockwise (``offset_m, offset_azimuth_deg``).  With ``reference_of`` the row is the post itself,
and the point is another row; without it the row's own place is the point.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.markers.ids import normal_ids
from gisclusters.markers.matching import Observations, Rows, rows_of
from gisclusters.markers.places import Places, joined

_FIELDS = ("reference_of", "offset_e_m", "offset_n_m", "offset_m", "offset_azimuth_deg")


def with_reference_marks(design: pd.DataFrame, seen: Observations) -> Observations:
    """Observations led from their post to the point.

    A point that was measured itself is not led to; one whose posts were measured gets an
    observation through the first of them.  Offsets are in the design's grid, so they are
    added after the common part of the survey is taken off (``Observations.offset``).
    """
    if not set(_FIELDS) <= set(design.columns):
        return seen
    offset = offsets_of(design)
    posts = np.flatnonzero(np.isfinite(offset) & (offset != 0))
    if not len(posts):
        return seen
    of = design["reference_of"].to_numpy(dtype=object)[posts]
    leads = np.array([isinstance(name, str) for name in of], dtype=bool)
    observed = np.full(len(design), -1, dtype=np.intp)
    named = np.flatnonzero(seen.marker >= 0)
    observed[seen.marker[named]] = named
    # The row's own place is the point: what was measured there is the post.
    own = observed[posts[~leads]]
    seen = replace(seen, offset=seen.offset.copy())
    seen.offset[own[own >= 0]] = offset[posts[~leads]][own >= 0]
    target = _rows_named(design, of[leads], posts[leads])
    post = observed[posts[leads]]
    use = (target >= 0) & (post >= 0)
    use &= observed[np.where(target >= 0, target, 0)] < 0
    first = np.flatnonzero(use)[np.unique(target[use], return_index=True)[1]]
    return _with(seen, post[first], target[first], offset[posts[leads]][first])


def offsets_of(design: pd.DataFrame) -> Places:
    """East + i · north from each post to its point; not a number where none is given."""
    east, north, length, azimuth = (
        design[name].to_numpy(dtype="float64", na_value=np.nan) for name in _FIELDS[1:]
    )
    turn = np.radians(azimuth)
    polar = np.isfinite(length) & np.isfinite(azimuth)
    return joined(np.where(polar, length * np.sin(turn), east),
                  np.where(polar, length * np.cos(turn), north))  # fmt: skip


def _rows_named(design: pd.DataFrame, names: NDArray[np.object_], posts: Rows) -> Rows:
    """The design row of each name, within the cluster of the post where clusters are known."""
    keys = normal_ids(design["marker_id"])
    wanted = normal_ids(names)
    found = rows_of(wanted, keys)
    clusters = design["cluster_id"].to_numpy(dtype=object)
    for place in np.flatnonzero(found >= 0):
        if clusters[found[place]] != clusters[posts[place]]:
            same = clusters == clusters[posts[place]]
            alike = np.asarray(keys.to_numpy(zero_copy_only=False) == wanted[place].as_py())
            there = np.flatnonzero(same & alike)
            found[place] = there[0] if len(there) else -1
    return found


def _with(seen: Observations, post: Rows, target: Rows, offset: Places) -> Observations:
    """And one observation more for each target, as its post was measured."""
    if not len(post):
        return seen
    return Observations(
        ids=np.append(seen.ids, seen.ids[post]),
        marker=np.append(seen.marker, target),
        place=np.append(seen.place, seen.place[post]),
        accuracy_m=np.append(seen.accuracy_m, seen.accuracy_m[post]),
        state=np.append(seen.state, np.full(len(post), None, dtype=object)),
        duplicate=np.append(seen.duplicate, seen.duplicate[post]),
        repeats=np.append(seen.repeats, seen.repeats[post]),
        offset=np.append(seen.offset, offset),
    )
