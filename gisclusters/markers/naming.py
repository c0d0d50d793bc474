"""Markers that stand where they should under another's name.

Where the names of a survey do not lead to the places, the places are asked: with the common
part taken off, which observation lies on which marker?  Two exchanged names, a numbering that
begins at another corner and one that runs the other way round are told apart by the order of
the ring.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.verdicts import MarkerCause
from gisclusters.markers.diagnosis import Clean, hypotheses, nothing_off
from gisclusters.markers.fit import LEAST_POINTS
from gisclusters.markers.matching import Observations, Rows, match_by_place
from gisclusters.markers.places import Places, middle, shifted_back
from gisclusters.markers.report import Diagnosis

_SAME_STEP = 0.8
"""So large a share of the markers must be off by the same step of the ring."""

_MOST_PAIRS = 400
"""Places of so many markers and observations are held against each other for a common shift."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Observations found on markers by place: design rows, observations, what was undone."""

    i: Rows
    j: Rows
    head: Diagnosis | None
    clean: Clean


def search_by_place(
    design: Places, seen: Places, crs: str, limit_m: float, *, through_wgs84: bool = False
) -> Placed:
    """The known mistake, or the shift, after which most observations lie on a marker.

    ``head`` is the reference error undone, None where none was needed.
    """
    if not len(design) or not len(seen):
        nothing = np.empty(0, dtype=np.intp)
        return Placed(nothing, nothing, None, nothing_off)
    tree = shapely.STRtree(np.asarray(shapely.points(design.real, design.imag), dtype=object))
    some = _few(seen)

    def hits(clean: Clean) -> int:
        places = clean(some)
        places = places[np.isfinite(places)]
        dots = shapely.points(places.real, places.imag)
        return len(tree.query_nearest(dots, max_distance=limit_m, all_matches=False)[0])

    ways: list[tuple[Diagnosis | None, Clean]] = [(None, nothing_off)]
    ways += hypotheses(design, seen, crs, paired=False, through_wgs84=through_wgs84)
    shift = _common_shift(design, seen, limit_m)
    if shift is not None:
        ways.append((None, partial(shifted_back, shift)))
    counts = [hits(clean) for _, clean in ways]
    head, clean = ways[int(np.argmax(counts))]
    return Placed(*match_by_place(design, clean(seen), limit_m), head, clean)


def _common_shift(design: Places, seen: Places, limit_m: float) -> complex | None:
    """The displacement that most pairs of places share, at least as many as can tell."""
    one, two = _few(design), _few(seen)
    off = (two[:, None] - one[None, :]).ravel()
    cells = np.round(off.real / limit_m) + 1j * np.round(off.imag / limit_m)
    values, counts = np.unique(cells, return_counts=True)
    if not len(counts) or counts.max() < LEAST_POINTS - 1:
        return None
    cell = complex(values[counts.argmax()]) * limit_m
    near = off[np.abs(off - cell) <= 1.5 * limit_m]
    return middle(near)


def _few(places: Places) -> Places:
    if len(places) <= _MOST_PAIRS:
        return places
    chosen = np.linspace(0, len(places) - 1, _MOST_PAIRS).astype(np.intp)
    return places[chosen]


def renamed(
    planned: Places, clean_places: Places, seen: Observations, off: NDArray[np.bool_],
    limit_m: float,
) -> tuple[Rows, Rows]:  # fmt: skip
    """Observations that lie on another marker than their name says: design rows, observations.

    ``off`` marks the observations that are not where their name says.  A marker is taken for
    another only where that other was not observed itself, or is taken for one too.
    """
    those = np.flatnonzero(off)
    own = np.full(len(planned), -1, dtype=np.intp)
    named = seen.marker >= 0
    own[seen.marker[named]] = np.flatnonzero(named)
    i, place = match_by_place(planned, clean_places[those], limit_m)
    j = those[place]
    keep = np.ones(len(i), dtype=bool)
    while keep.any():
        taken = np.isin(own[i], j[keep]) | (own[i] < 0)
        if (taken | ~keep).all():
            break
        keep &= taken
    return i[keep], j[keep]


@dataclass(frozen=True, slots=True)
class Naming:
    """How names lead to markers: the cause, what to tell, and the design row each name means."""

    cause: MarkerCause
    told: dict[str, str]
    means: Rows


def naming_of(design: pd.DataFrame, named: Rows, placed: Rows) -> Naming:
    """How the names of a survey differ from the markers they were found on.

    ``named`` and ``placed`` are design rows: what the name says, and where it was found.
    Cause ``none`` where they agree.  The ring is by ``ring`` and ``order``, where these are
    missing by the rows of the design.
    """
    wrong = named != placed
    means = np.arange(len(design))
    means[named] = placed
    if not wrong.any():
        return Naming(MarkerCause.NONE, {}, means)
    ids = design["marker_id"].to_numpy(dtype=object)
    pairs = dict.fromkeys(
        " ↔ ".join(sorted((str(ids[a]), str(ids[b]))))
        for a, b in zip(named[wrong], placed[wrong], strict=True)
    )
    told = {"names": ", ".join(list(pairs)[:12]) + (" …" if len(pairs) > 12 else "")}
    ring, place, size = ring_places(design)
    inside = ring[named] == ring[placed]
    most = _SAME_STEP * len(named)

    def same(combine: Callable[[Rows, Rows], Rows]) -> tuple[int, int]:
        step = combine(place[placed], place[named]) % size[named]
        return Counter(step[inside].tolist()).most_common(1)[0] if inside.any() else (0, 0)

    first = np.lexsort((place, ring))  # rows by ring and place in it
    begins = np.flatnonzero(place[first] == 0)[ring]
    step, often = same(np.subtract)
    if step and often >= most:
        longest = int(size.max())
        back = step if 2 * step <= longest else step - longest
        means = first[begins + (place + step) % size]
        return Naming(MarkerCause.IDS_SHIFTED, told | {"steps": f"{back:+d}"}, means)
    total, often = same(np.add)
    if often >= most and len(named) >= LEAST_POINTS and wrong.sum() > 2:
        return Naming(MarkerCause.RING_REVERSED, told, first[begins + (total - place) % size])
    return Naming(MarkerCause.IDS_SWAPPED, told, means)


def ring_places(design: pd.DataFrame) -> tuple[Rows, Rows, Rows]:
    """The ring of each marker, its place in it from 0, and how many markers the ring has."""
    parts = design[["cluster_id", "ring"]].astype(object).where(
        design[["cluster_id", "ring"]].notna(), "")  # fmt: skip
    ring = pd.factorize(pd.MultiIndex.from_frame(parts))[0].astype(np.intp)
    order = design["order"].to_numpy(dtype="float64", na_value=np.nan)
    if np.isnan(order).any():
        order = np.arange(len(design), dtype=float)
    sorted_rows = np.lexsort((order, ring))
    size = np.bincount(ring)
    starts = np.append(0, np.cumsum(size)[:-1])
    place = np.empty(len(design), dtype=np.intp)
    place[sorted_rows] = np.arange(len(design)) - starts[ring[sorted_rows]]
    return ring, place, size[ring].astype(np.intp)
