"""Files of bare WKT or EWKT: one shape after another, each on as many lines as it likes."""

from __future__ import annotations

from pathlib import Path

from gisclusters.domain.issue import error
from gisclusters.errors import InputRefusedError
from gisclusters.readers.delimited import decoded_text
from gisclusters.readers.grid import MOST_ROWS, Grid
from gisclusters.readers.wkt_text import shapes_in


def read_wkt_text(path: Path, encoding: str | None) -> Grid:
    """One row of one cell for each shape, numbered by the line on which it begins.

    What is no shape is a row as well, so that its reader can name it.  Raises
    InputRefusedError (``not_text``, ``table_too_large``, ``encoding_unknown``).
    """
    text, used = decoded_text(path.read_bytes(), encoding, path.name)
    grid = Grid(sheet=None, encoding=used)
    line, counted = 1, 0
    for start, end in shapes_in(text):
        line += text.count("\n", counted, start)
        counted = start
        grid.rows.append([" ".join(text[start:end].split())])
        grid.numbers.append(line)
        if len(grid.rows) > MOST_ROWS:
            raise InputRefusedError([error("table_too_large", layer=path.name)])
    return grid
