"""Where one ring of a table ends and the next begins, and what says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.readers.coordinates import Points
from gisclusters.readers.vertex_order import split_name

Places = NDArray[np.intp]

_CLOSE_M = 1e-4
_CLOSE_DEG = 1e-9
_LEAST = 3


@dataclass(slots=True)
class Ring:
    """The rows of a ring in the order of the table, ``closed`` where the last repeats the first.

    ``order`` and ``shape`` are the vertices as settled, without the repeat.
    """

    places: Places
    closed: bool
    order: Places = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    shape: shapely.Polygon = field(default_factory=shapely.Polygon)


def split_rings(
    points: Points, places: Places, names: NDArray[np.object_], layer: str
) -> tuple[list[Ring], list[Issue]]:
    """The rings among rows that belong together, and a note where there are several.

    By repeats of the first point, by numbers that begin anew, and by empty rows where no
    numbers run on across them; the last is a warning, for an empty row may mean nothing.
    """
    rings: list[Ring] = []
    by_gap = False
    for piece, closed in _closures(points, places):
        if closed:
            rings.append(Ring(piece, closed=True))
            continue
        labels = names[np.searchsorted(places, piece)].tolist()
        blocks = _restarts(piece, labels)
        if len(blocks) == 1:
            blocks = _gaps(points, piece, labels)
            by_gap = by_gap or len(blocks) > 1
        rings += [Ring(block, closed=False) for block in blocks]
    if len(rings) == 1:
        return rings, []
    rows = points.frame["source_row"].to_numpy()
    spans = ", ".join(f"{rows[ring.places[0]]}–{rows[ring.places[-1]]}" for ring in rings)
    told = warning if by_gap else info
    return rings, [told("rings_found", layer=layer, row=int(rows[places[0]]), count=len(rings),
                        rows=spans)]  # fmt: skip


def _closures(points: Points, places: Places) -> list[tuple[Places, bool]]:
    """Pieces that end where their first point comes again, and what is left open."""
    near = _CLOSE_DEG if points.lonlat else _CLOSE_M
    x, y = points.x[places], points.y[places]
    pieces = []
    start = 0
    while start < len(places):
        same = (np.abs(x[start:] - x[start]) <= near) & (np.abs(y[start:] - y[start]) <= near)
        again = np.flatnonzero(same)
        again = again[again >= _LEAST]
        if not len(again):
            pieces.append((places[start:], False))
            break
        end = start + int(again[0])
        pieces.append((places[start : end + 1], True))
        start = end + 1
    return pieces


def _restarts(piece: Places, labels: Sequence[str]) -> list[Places]:
    """Blocks in each of which the numbers begin anew; one block where they do not."""
    parts = [split_name(label) for label in labels]
    if not parts or any(part is None for part in parts):
        return [piece]
    numbers = [part[1] for part in parts if part is not None]
    starts = [k for k in range(1, len(numbers)) if numbers[k - 1] > numbers[k] == numbers[0]]
    blocks = np.split(piece, starts)
    return blocks if all(len(block) >= _LEAST for block in blocks) else [piece]


def _gaps(points: Points, piece: Places, labels: Sequence[str]) -> list[Places]:
    """Blocks between empty rows, where each could be a ring and no numbers run on."""
    rows, places = points.frame["source_row"].to_numpy()[piece], points.places[piece]
    empty = (np.diff(places) == 1) & (np.diff(rows) > 1)
    breaks = (np.flatnonzero(empty) + 1).tolist()
    runs_on = any(_follows(labels[k - 1], labels[k]) for k in breaks)
    blocks = np.split(piece, breaks)
    if not breaks or runs_on or any(len(block) < _LEAST for block in blocks):
        return [piece]
    return blocks


def _follows(one: str, other: str) -> bool:
    first, second = split_name(one), split_name(other)
    return first is not None and second is not None and second[1] == first[1] + 1
