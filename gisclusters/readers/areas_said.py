"""The areas that a table declares, of the whole and of each ring that its rows draw."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from gisclusters.layers.values import fold
from gisclusters.readers.body import AREA_WORDS, SUM_WORDS
from gisclusters.readers.coordinates import Points
from gisclusters.readers.declared import Declared, declared_in, declared_in_cell
from gisclusters.readers.rings import Ring
from gisclusters.readers.table import Table


def declared_areas(
    rings: Sequence[Ring], points: Points, table: Table
) -> tuple[Declared | None, dict[int, Declared]]:
    """What is declared of the whole table, and of each ring by its identity."""
    lines = [line for line in table.titles
             if AREA_WORDS.search(fold(line)) and re.search(r"\d", line)]  # fmt: skip
    total = next(filter(None, map(declared_in, lines)), None)
    by_ring: dict[int, Declared] = {}
    firsts = np.array([points.places[ring.places[0]] for ring in rings])
    for place, words in points.body.areas.items():
        declared = declared_in(words, table.numbers[place])
        if declared is None:
            continue
        if SUM_WORDS.search(fold(words)) and len(rings) > 1:
            total = declared
            continue
        later = place in points.body.titles or not (firsts < place).any()
        which = int(np.searchsorted(firsts, place)) if later else int((firsts < place).sum()) - 1
        if which < len(rings):
            by_ring.setdefault(id(rings[which]), declared)
    for column, header in enumerate(table.headers):
        if not AREA_WORDS.search(fold(header)):
            continue
        for ring in rings:
            cells = {table.rows[points.places[place]][column] for place in ring.places} - {""}
            if len(cells) == 1:
                row = table.numbers[points.places[ring.places[0]]]
                declared = declared_in_cell(cells.pop(), table.groups[column] or header, row)
                if declared is not None:
                    by_ring.setdefault(id(ring), declared)
    return total, by_ring
