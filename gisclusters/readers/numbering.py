"""The rows of a file as it counts them, given out part by part, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, error
from gisclusters.errors import InputRefusedError


class Numbering:
    """The numbers of the rows of the file ``name`` in turn, and the issues found in it.

    ``rows`` are the numbers of all rows that can be read, None where they are 1, 2, 3 …
    """

    def __init__(
        self, name: str, rows: NDArray[np.int64] | None, issues: Sequence[Issue] = ()
    ) -> None:
        self._name, self._rows, self._done = name, rows, 0
        self._untold = list(issues)

    def next(self, count: int) -> NDArray[np.int64]:
        """The numbers of the next ``count`` rows."""
        first, self._done = self._done, self._done + count
        if self._rows is None:
            return np.arange(first + 1, self._done + 1)
        return self._rows[first : self._done]

    def told(self) -> list[Issue]:
        """The issues of the file and of its rows given out by now, each once."""
        rows = self._rows
        if rows is None or self._done >= len(rows):
            told, self._untold = self._untold, []
            return told
        last = int(rows[self._done - 1]) if self._done else 0
        told = [each for each in self._untold if each.row is None or each.row <= last]
        self._untold = [each for each in self._untold if not (each.row is None or each.row <= last)]
        return told

    def ended(self) -> None:
        """Refuse a file of which GDAL gave other rows than there are (``records_differ``)."""
        if self._rows is not None and len(self._rows) != self._done:
            raise InputRefusedError(
                [error("records_differ", layer=self._name, shapes=self._done,
                       rows=len(self._rows))]
            )  # fmt: skip
