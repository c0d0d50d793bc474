"""Work on arrays of shapes dealt out to two threads: GEOS runs without the interpreter's lock.

A prepared shape must be asked by one thread only; whoever deals out work sees to that.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_SHARES = 16
"""So many shares of about the same work are dealt out to the threads."""

_THREADS = 2
_T = TypeVar("_T")


def shares(weights: NDArray[np.integer[Any]]) -> list[slice]:
    """Neighbouring places in slices of about the same weight; none for no places."""
    if not len(weights):
        return []
    reached = np.cumsum(weights)
    steps = np.arange(1, _SHARES) * (reached[-1] / _SHARES)
    ends = np.unique(np.concatenate(([0], np.searchsorted(reached, steps), [len(weights)])))
    return [slice(int(start), int(end)) for start, end in pairwise(ends)]


def deal(work: Callable[[slice], _T], slices: list[slice]) -> list[_T]:
    """What ``work`` gives for each slice, in their order."""
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(work, slices))
