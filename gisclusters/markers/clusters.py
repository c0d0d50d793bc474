"""Which cluster of a design another table means, however it is written: ``CCN-01``, ``ccn 01``."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from gisclusters.domain.marker_names import normal_id


def clusters_meant(written: pd.Series[Any], known: pd.Series[Any]) -> pd.Series[Any]:
    """Ids of clusters as ``known`` writes them, where exactly one of those reads alike.

    A name that stands there as it is means itself; what reads like none, or like two, stays.
    """
    given = {str(name) for name in known.dropna().unique()}
    keys = {name: normal_id(name) for name in given}
    alike = Counter(keys.values())
    by_key = {key: name for name, key in keys.items() if alike[key] == 1}
    means = {
        name: by_key[normal_id(name)] for name in written.dropna().unique()
        if str(name) not in given and normal_id(name) in by_key
    }  # fmt: skip
    return written.replace(means) if means else written
