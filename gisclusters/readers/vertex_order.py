"""An order of the vertices that makes a simple outline, where the order of the rows does not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

Evidence = Literal["number", "hull", "angle"]
_NAME = re.compile(r"^(\D*)(\d+)(\D*)$")


@dataclass(frozen=True, slots=True)
class Order:
    """``places`` index the vertices in the proposed order; ``evidence`` says where it is from."""

    places: NDArray[np.intp]
    evidence: Evidence


def propose_order(xy: NDArray[np.float64], names: Sequence[str]) -> Order | None:
    """A simple ring of the same vertices, None where row order is simple or none was found.

    First by the numbers in the points' names; then round the middle, which for vertices that
    all lie on their hull is the only simple ring there is.  ``xy`` is one row a vertex
    without the closing repeat.  The ring begins at the first row.
    """
    if len(xy) < 4 or _simple(xy):
        return None
    by_number = _by_number(names)
    if by_number is not None and _simple(xy[by_number]):
        return Order(_from_first(by_number), "number")
    middle = shapely.get_coordinates(shapely.MultiPoint(xy).convex_hull.centroid)[0]
    around = np.argsort(np.arctan2(*(xy - middle).T[::-1]), kind="stable")
    if not _simple(xy[around]):
        return None
    hull = shapely.get_num_coordinates(shapely.MultiPoint(xy).convex_hull) - 1
    return Order(_from_first(around), "hull" if hull == len(xy) else "angle")


def split_name(name: str) -> tuple[str, int] | None:
    """A point's name as letters and number: ``A12`` is ``("A", 12)``; None where it has none."""
    found = _NAME.match(name.strip())
    return None if found is None or len(found[2]) > 9 else (found[1] + found[3], int(found[2]))


def _by_number(names: Sequence[str]) -> NDArray[np.intp] | None:
    parts = [split_name(name) for name in names]
    numbers = [part[1] for part in parts if part is not None]
    if len(numbers) < len(names) or len(set(numbers)) < len(numbers):
        return None
    return np.argsort(numbers, kind="stable")


def _simple(xy: NDArray[np.float64]) -> bool:
    return bool(shapely.is_valid(shapely.Polygon(xy)))


def _from_first(places: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.roll(places, -int(np.flatnonzero(places == 0)[0]))
