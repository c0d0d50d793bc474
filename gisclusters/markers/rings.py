"""The rings that markers make: who follows whom, which way round, and what crosses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

_DIGITS = re.compile(r"(\d+)")
LEAST_CORNERS = 3
_CROSSINGS_TOLD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rings:
    """Markers ordered ring by ring.

    ``order`` are places of markers; ring k is ``order[starts[k]:starts[k + 1]]``.
    ``by_order`` says which rings follow the column ``order``; others go by their ids.
    """

    order: NDArray[np.intp]
    starts: NDArray[np.intp]
    clusters: NDArray[np.object_]
    numbers: NDArray[np.object_]
    by_order: NDArray[np.bool_]

    def __len__(self) -> int:
        """Number of rings."""
        return len(self.starts) - 1

    @property
    def sizes(self) -> NDArray[np.intp]:
        """Markers of each ring."""
        return np.diff(self.starts)

    def corners(self, ring: int) -> NDArray[np.intp]:
        """The markers of a ring, in their order."""
        return self.order[self.starts[ring] : self.starts[ring + 1]]

    @property
    def ring_of(self) -> NDArray[np.intp]:
        """The ring of each place in ``order``."""
        return np.repeat(np.arange(len(self)), self.sizes)

    @property
    def following(self) -> NDArray[np.intp]:
        """For each place in ``order``, the place of the next marker of its ring."""
        place = np.arange(1, len(self.order) + 1)
        full = self.sizes > 0
        place[self.starts[1:][full] - 1] = self.starts[:-1][full]
        return place

    @property
    def preceding(self) -> NDArray[np.intp]:
        """For each place in ``order``, the place of the marker before it in its ring."""
        before = np.empty(len(self.order), dtype=np.intp)
        before[self.following] = np.arange(len(self.order))
        return before


def natural_key(name: object) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts ids as people count: ``M2`` before ``M10``, ``1`` before ``1'``."""
    parts = _DIGITS.split(unicodedata.normalize("NFC", str(name)).casefold())
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts if part)


def rings_of(frame: pd.DataFrame) -> Rings:
    """The rings of markers: one a cluster and number in ``ring`` (none said: one a cluster).

    A ring goes by ``order`` where every marker of it has one and none twice, else by the
    natural order of the ids.
    """
    keys = pd.DataFrame(
        {
            "cluster": frame["cluster_id"].astype(object).where(frame["cluster_id"].notna(), None),
            "ring": frame["ring"].astype(object).where(frame["ring"].notna(), None),
        }
    )
    group, seen = pd.factorize(pd.MultiIndex.from_frame(keys.fillna("\0")))
    count = len(seen)
    given = frame["order"].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    by_order = np.bincount(group, np.isnan(given), minlength=count) == 0
    repeated = pd.DataFrame({"ring": group, "order": given}).duplicated(keep=False).to_numpy()
    by_order &= np.bincount(group, repeated, minlength=count) == 0
    rank = given.copy()
    loose = np.flatnonzero(~by_order[group])
    names = frame["marker_id"].to_numpy(dtype=object)
    for place, position in enumerate(sorted(loose, key=lambda k: (natural_key(names[k]), k))):
        rank[position] = place
    order = np.lexsort((rank, group))
    sizes = np.bincount(group, minlength=count)
    first = pd.DataFrame({"ring": group}).drop_duplicates().index.to_numpy()
    return Rings(
        order=order,
        starts=np.concatenate(([0], np.cumsum(sizes))).astype(np.intp),
        clusters=keys["cluster"].to_numpy(dtype=object)[first],
        numbers=keys["ring"].to_numpy(dtype=object)[first],
        by_order=by_order,
    )


def signed_areas_m2(rings: Rings, place: NDArray[np.complex128]) -> NDArray[np.float64]:
    """The area of each ring by its corners, positive where they run counter-clockwise."""
    if not len(rings):
        return np.empty(0)
    corner = place[rings.order]
    # Measured from the first corner of each ring, so that no digits are lost to large numbers.
    corner = corner - corner[rings.starts[:-1]][rings.ring_of]
    step = (np.conj(corner) * corner[rings.following]).imag
    total: NDArray[np.float64] = np.add.reduceat(step, rings.starts[:-1]) / 2
    return total


def ring_polygons(rings: Rings, place: NDArray[np.complex128]) -> NDArray[np.object_]:
    """Each ring as a polygon, None where it has under three corners or one without a place."""
    shapes = np.full(len(rings), None, dtype=object)
    corner = place[rings.order]
    lost = np.bincount(rings.ring_of, np.isnan(corner), minlength=len(rings)) > 0
    whole = np.flatnonzero((rings.sizes >= LEAST_CORNERS) & ~lost)
    if len(whole):
        at = np.isin(rings.ring_of, whole)
        which = np.searchsorted(whole, rings.ring_of[at])
        lines = shapely.linearrings(
            np.column_stack((corner[at].real, corner[at].imag)), indices=which
        )
        shapes[whole] = shapely.polygons(lines)
    return shapes


def crossings(
    corners: NDArray[np.complex128], ids: NDArray[np.object_]
) -> list[tuple[str, str, str, str]]:
    """Pairs of edges of one ring that meet elsewhere than at their common corner.

    Each as the ids of both edges; five at most.
    """
    count = len(corners)
    lines, names = _edges(corners, ids)
    a, b = shapely.STRtree(lines).query(lines, predicate="intersects")
    apart = (b - a) % count
    found = np.flatnonzero((a < b) & (apart > 1) & (apart < count - 1))
    found = found[np.lexsort((b[found], a[found]))][:_CROSSINGS_TOLD]
    return [(*names[i], *names[j]) for i, j in zip(a[found], b[found], strict=True)]


def crossings_of_two(
    one: tuple[NDArray[np.complex128], NDArray[np.object_]],
    other: tuple[NDArray[np.complex128], NDArray[np.object_]],
) -> list[tuple[str, str, str, str]]:
    """Pairs of edges of two rings (corners, ids) that cross, else that touch; five at most.

    Each as the ids of both edges.
    """
    (lines, names), (others, other_names) = _edges(*one), _edges(*other)
    tree = shapely.STRtree(others)
    a, b = tree.query(lines, predicate="crosses")
    if not len(a):
        a, b = tree.query(lines, predicate="intersects")
    found = np.lexsort((b, a))[:_CROSSINGS_TOLD]
    return [(*names[i], *other_names[j]) for i, j in zip(a[found], b[found], strict=True)]


def _edges(
    corners: NDArray[np.complex128], ids: NDArray[np.object_]
) -> tuple[NDArray[np.object_], list[tuple[str, str]]]:
    """Each edge of a ring as a line, and the ids of its ends."""
    ends = np.stack((corners, np.roll(corners, -1)), axis=1)
    lines = np.asarray(shapely.linestrings(np.stack((ends.real, ends.imag), axis=2)))
    return lines, [(str(a), str(b)) for a, b in zip(ids, np.roll(ids, -1), strict=True)]
