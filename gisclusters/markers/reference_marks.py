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

from gisclusters.domain.issue import Issue, warning
from gisclusters.layers.layer import Layer
from gisclusters.markers.ids import normal_ids
from gisclusters.markers.matching import Observations, Rows, rows_of
from gisclusters.markers.places import Places, joined

_FIELDS = ("reference_of", "offset_e_m", "offset_n_m", "offset_m", "offset_azimuth_deg")


def with_reference_marks(
    design: Layer, planned: Places, seen: Observations, limit_m: float
) -> tuple[Observations, list[Issue]]:
    """Observations led from their post to the point, and what cannot lead anywhere.

    ``planned`` are the approved places.  A point that was measured itself is not led to.  Offsets
    are in the design's grid, so they are added after the common part of the survey is taken off
    (``Observations.offset``).  Not used, and told: a post without an offset or whose target is no
    marker of the table; one whose two offsets differ, or which does not lead to the approved
    place of its target, by over ``limit_m``.  Posts of one point that disagree by over
    ``limit_m`` make it a ``duplicate``.
    """
    frame = design.frame
    if not set(_FIELDS) <= set(frame.columns):
        return seen, []
    offset = offsets_of(frame)
    names = frame["reference_of"].to_numpy(dtype=object)
    leads = np.array([isinstance(name, str) for name in names], dtype=bool)
    if not leads.any() and not np.isfinite(offset).any():
        return seen, []
    target = np.full(len(frame), -1, dtype=np.intp)
    target[leads] = _rows_named(frame, names[leads], np.flatnonzero(leads))
    lost = leads & ((target < 0) | (target == np.arange(len(frame))) | ~np.isfinite(offset))
    wrong = _differ(frame, limit_m)
    led = np.flatnonzero(leads & ~lost)
    wrong[led] |= np.abs(planned[led] + offset[led] - planned[target[led]]) > limit_m
    ids = frame["marker_id"].to_numpy(dtype=object)
    issues = [
        warning(code, layer=design.name, names=", ".join(map(str, ids[rows])))
        for code, rows in (("reference_incomplete", lost), ("reference_contradicts", wrong & ~lost))
        if rows.any()
    ]
    sound = np.isfinite(offset) & (offset != 0) & ~lost & ~wrong
    observed = np.full(len(frame), -1, dtype=np.intp)
    named = np.flatnonzero(seen.marker >= 0)
    observed[seen.marker[named]] = named
    # The row's own place is the point: what was measured there is the post.
    own = np.flatnonzero(sound & ~leads & (observed >= 0))
    seen = replace(seen, offset=seen.offset.copy())
    seen.offset[observed[own]] = offset[own]
    posts = np.flatnonzero(sound & leads & (observed >= 0))
    posts = posts[observed[target[posts]] < 0]
    return _with(seen, observed[posts], target[posts], offset[posts], limit_m), issues


def _differ(design: pd.DataFrame, limit_m: float) -> NDArray[np.bool_]:
    """Which rows give two offsets that are not one."""
    grid, polar = _both_offsets(design)
    return np.asarray(np.abs(grid - polar) > limit_m, dtype=bool)


def offsets_of(design: pd.DataFrame) -> Places:
    """East + i · north from each post to its point; not a number where none is given."""
    grid, polar = _both_offsets(design)
    return np.where(np.isfinite(polar), polar, grid)


def _both_offsets(design: pd.DataFrame) -> tuple[Places, Places]:
    """By east and north, and by length and azimuth; not a number where a way is not given."""
    east, north, length, azimuth = (
        design[name].to_numpy(dtype="float64", na_value=np.nan) for name in _FIELDS[1:]
    )
    turn = np.radians(azimuth)
    return joined(east, north), joined(length * np.sin(turn), length * np.cos(turn))


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


def _with(
    seen: Observations, post: Rows, target: Rows, offset: Places, limit_m: float
) -> Observations:
    """And one observation more for each target, as the first of its posts was measured."""
    if not len(post):
        return seen
    _, first, which = np.unique(target, return_index=True, return_inverse=True)
    # All of them are in one survey: what is common to it falls out of their differences.
    led = seen.place[post] + offset
    apart = np.zeros(len(first))
    np.maximum.at(apart, which, np.abs(led - led[first][which]))
    post, target, offset = post[first], target[first], offset[first]
    return Observations(
        ids=np.append(seen.ids, seen.ids[post]),
        marker=np.append(seen.marker, target),
        place=np.append(seen.place, seen.place[post]),
        accuracy_m=np.append(seen.accuracy_m, seen.accuracy_m[post]),
        state=np.append(seen.state, np.full(len(post), None, dtype=object)),
        duplicate=np.append(seen.duplicate, seen.duplicate[post] | (apart > limit_m)),
        repeats=np.append(seen.repeats, seen.repeats[post]),
        offset=np.append(seen.offset, offset),
    )
