"""Which marker of one campaign is which of another: by name, and what has none by its place.

A name is taken as it is written first, then however it is spelled where only one marker of each
campaign reads so.  What is left unclear is a row of its own on either side, never left out.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gisclusters.domain.marker_names import normal_id
from gisclusters.markers.matching import match_by_place
from gisclusters.markers.places import Places

Rows = NDArray[np.intp]
NAMES_ALIKE = "names_alike"
COMMON_PART = "common_part"
_Key = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Side:
    """The markers of one campaign; ``told`` is whose ``place`` may be held against another's.

    The places of both sides are in one CRS, not finite where there is none.
    """

    names: tuple[str, ...]
    designed: NDArray[np.bool_]
    place: Places
    told: NDArray[np.bool_]

    @property
    def nameless(self) -> NDArray[np.bool_]:
        """Points nobody planned under a name that only a sign makes, such as ``?``."""
        signs = [not any(each.isalnum() for each in name) for name in self.names]
        return np.asarray(~self.designed & np.array(signs, dtype=bool), dtype=bool)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows of both campaigns, -1 where one has none; the later one's first, in its order.

    ``unclear`` says why nobody can tell which marker of the other campaign a row is.
    """

    earlier: Rows
    later: Rows
    unclear: tuple[str | None, ...]


def pair_markers(earlier: Side, later: Side, reach_m: float) -> Pairs:
    """One row for each marker of two campaigns; every row of either stands in it once.

    Approved markers are paired before points nobody planned.  Of the latter those without a name
    are the same where they stand within ``reach_m`` of each other.
    """
    found: dict[int, int] = {}
    for one, two in (
        (earlier.designed, later.designed), (~earlier.nameless, ~later.nameless),
    ):  # fmt: skip
        for key in (_as_written, normal_id):
            left = [row for row in np.flatnonzero(one).tolist() if row not in found]
            taken = set(found.values())
            right = [row for row in np.flatnonzero(two).tolist() if row not in taken]
            found |= _alone(_rows_by(key, earlier.names, left), _rows_by(key, later.names, right))
    _pair_by_place(earlier, later, reach_m, found)
    back = {there: here for here, there in found.items()}
    i = [back.get(row, -1) for row in range(len(later.names))]
    alone = [row for row in range(len(earlier.names)) if row not in found]
    unclear = _unclear(earlier, later, set(found), set(back))
    reasons = [None if row in back else unclear[1].get(row) for row in range(len(later.names))]
    return Pairs(
        earlier=np.array([*i, *alone], dtype=np.intp),
        later=np.array([*range(len(i)), *([-1] * len(alone))], dtype=np.intp),
        unclear=(*reasons, *(unclear[0].get(row) for row in alone)),
    )


def _as_written(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()


def _alone(one: dict[str, list[int]], two: dict[str, list[int]]) -> dict[int, int]:
    """The pairs of rows whose name only one row of each side bears."""
    return {
        here[0]: two[said][0] for said, here in one.items()
        if len(here) == 1 and len(two.get(said, ())) == 1
    }  # fmt: skip


def _rows_by(key: _Key, names: tuple[str, ...], rows: Iterable[int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        found[key(names[row])].append(int(row))
    return found


def _pair_by_place(earlier: Side, later: Side, reach_m: float, found: dict[int, int]) -> None:
    one, two = (
        np.flatnonzero(side.nameless & side.told & np.isfinite(side.place))
        for side in (earlier, later)
    )
    near, at = match_by_place(earlier.place[one], later.place[two], reach_m)
    found.update(zip(one[near].tolist(), two[at].tolist(), strict=True))


def _unclear(
    earlier: Side, later: Side, known: set[int], taken: set[int]
) -> tuple[dict[int, str], dict[int, str]]:
    """Why a row that found no other may still be one of the other campaign."""
    left = [row for row in np.flatnonzero(~earlier.nameless).tolist() if row not in known]
    right = [row for row in np.flatnonzero(~later.nameless).tolist() if row not in taken]
    one, two = _rows_by(normal_id, earlier.names, left), _rows_by(normal_id, later.names, right)
    both = one.keys() & two.keys()
    found = tuple({row: NAMES_ALIKE for key in both for row in rows[key]} for rows in (one, two))
    for reasons, side, other in ((found[0], earlier, later), (found[1], later, earlier)):
        blind = side.nameless & (~side.told | bool(len(other.told) and not other.told.any()))
        reasons.update(dict.fromkeys(np.flatnonzero(blind).tolist(), COMMON_PART))
    return found[0], found[1]
