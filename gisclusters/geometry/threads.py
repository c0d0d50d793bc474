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
    """What ``work`` gives for each slice, in their order.

    The calling thread takes shares too, beside one more: starting threads is what costs.
    """
    done: dict[int, _T] = {}
    # Taking the next share is one step of the interpreter, so no two threads take the same.
    left = iter(range(len(slices)))

    def take() -> None:
        for place in left:
            done[place] = work(slices[place])

    if len(slices) < 2:
        take()
    else:
        with ThreadPoolExecutor(1) as other:
            helping = other.submit(take)
            take()
            helping.result()
    return [done[place] for place in range(len(slices))]
