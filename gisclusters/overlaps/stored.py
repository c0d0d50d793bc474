"""What tables of the store say about one cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from gisclusters.layers.layer import Layer
from gisclusters.layers.values import fold

_M2 = {"ha": 1e4, "hecta": 1e4, "m2": 1.0, "km2": 1e6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """The latest value of one indicator of one cluster, as it was given."""

    name: str
    period: str
    value: float
    unit: str | None

    @property
    def area_m2(self) -> float | None:
        """The value as an area; None where its unit is none."""
        factor = _M2.get(_unit(self.unit))
        return None if factor is None else self.value * factor

    @property
    def distance_m(self) -> float | None:
        """The value as a distance; None where its unit is none."""
        factor = {"m": 1.0, "km": 1_000.0}.get(_unit(self.unit))
        return None if factor is None else self.value * factor


def latest_indicator(
    indicators: Sequence[Layer], cluster_id: str, names: Sequence[str]
) -> Indicator | None:
    """The indicator of a cluster under any of the names (letter case and accents apart).

    Of several periods the last in text order.
    """
    wanted = {_key(name) for name in names}
    rows = [
        row
        for layer in indicators
        for row in layer.frame[layer.frame["of"] == cluster_id].to_dict("records")
        if _key(str(row["name"])) in wanted
    ]
    if not rows:
        return None
    last = max(rows, key=lambda row: str(row["period"]))
    unit = None if pd.isna(last["unit"]) else str(last["unit"])
    return Indicator(
        name=str(last["name"]), period=str(last["period"]), value=float(last["value"]), unit=unit
    )


def _key(name: str) -> str:
    return fold(name.replace("_", " "))


def _unit(unit: str | None) -> str:
    return "" if unit is None else unit.strip().casefold().replace("²", "2")
