"""The row that closes a table of markers: the first marker again, as offices draw them up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.issue import info
from gisclusters.geometry.crs_names import is_lonlat
from gisclusters.layers.checking import Check
from gisclusters.layers.values import as_text

_SAME_M, _SAME_DEG = 0.001, 1e-8
_LEAST_ROWS = 4
"""Three corners and the first one again."""


def without_closing_rows(frame: pd.DataFrame, check: Check, crs: str | None) -> pd.DataFrame:
    """The rows but those that close the list of a cluster, which are told.

    Such a row has the id of the cluster's first and its place to a millimetre.  What stands in
    it alone, as the length of the last edge, goes to the first.
    """
    if check.kind.name != "markers" or not check.whole or check.kind.id_field not in frame:
        return frame
    names = as_text(frame[check.kind.id_field])
    parts = [as_text(frame[name]).fillna("") for name in ("cluster_id", "ring") if name in frame]
    groups = pd.Series("", index=frame.index)
    for each in parts:
        groups = groups + "\0" + each
    shapes = frame["geometry"].to_numpy(dtype=object)
    near = _SAME_DEG if crs is not None and is_lonlat(crs) else _SAME_M
    closing = []
    for _, rows in groups.groupby(groups, sort=False):
        first, last = rows.index[0], rows.index[-1]
        if len(rows) < _LEAST_ROWS or names[first] is None or names[first] != names[last]:
            continue
        if shapely.distance(shapes[first], shapes[last]) <= near:
            closing.append(last)
            alone = frame.loc[first].isna() & frame.loc[last].notna()
            for name in frame.columns[alone.to_numpy(dtype=bool)]:
                frame[name] = frame[name].where(frame.index != first, frame.loc[last, name])
    for place in closing:
        check.issues.append(
            info("closing_marker", layer=check.layer, row=int(frame.loc[place, "source_row"]),
                 id=names[place], field=check.kind.id_field)
        )  # fmt: skip
    if not closing:
        return frame
    left = frame.drop(index=closing).reset_index(drop=True)
    check.source_rows = np.asarray(left["source_row"])
    return left
