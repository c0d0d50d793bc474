"""Figures that only people can give, from the table of indicators, for one report period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from gisclusters.efficiency.report_period import ReportPeriod, period_key
from gisclusters.layers.layer import Layer
from gisclusters.layers.values import fold
from gisclusters.rules.forms import FormRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One figure in the unit of the forms; ``fault`` says why there is none.

    ``fault``: ``indicator_missing``, ``indicator_unit`` (a unit nobody knows),
    ``indicator_contradicts`` (rows that disagree), ``flag_unreadable`` (neither 0 nor 1).
    ``told`` is the row as it stands, ``period`` its period; of a missing one ``told`` is the
    latest of another period.
    """

    value: float | None
    fault: str | None = None
    told: str = ""
    period: str = ""
    layer: str = ""
    row: int | None = None


class ReportedFigures:
    """The indicators of clusters, found by name and period."""

    def __init__(self, layers: Sequence[Layer], rules: FormRules) -> None:
        self._rules = rules
        self._rows: dict[tuple[str, str], list[dict[str, object]]] = {}
        names = {
            fold(word.replace("_", " ")): figure.name
            for figure in rules.figures.values()
            for word in (figure.name, *figure.aliases)
        }
        for layer in layers:
            for row in layer.frame.to_dict("records"):
                name = names.get(fold(str(row["name"]).replace("_", " ")))
                key = period_key(str(row["period"]))
                if name is not None and key is not None:
                    told = {"key": key, "layer": layer.name} | row
                    self._rows.setdefault((str(row["of"]), name), []).append(told)

    def value_of(self, cluster_id: str, name: str, period: ReportPeriod) -> Reported:
        """The figure of one cluster for ``period``.

        Of a state that stays (``carried``) the latest period that closed no later; of all else
        the very period, never another one.
        """
        figure = self._rules.figures[name]
        rows = self._rows.get((cluster_id, name), [])
        wanted = period.key
        if figure.carried:
            wanted = max((str(row["key"]) for row in rows if _closed(row, period)),
                         key=_order, default=period.key)  # fmt: skip
        others = max(rows, key=lambda row: _order(str(row["key"])), default=None)
        rows = [row for row in rows if row["key"] == wanted]
        if not rows:
            last = None if others is None else self._read(others, figure.unit)
            told = "" if last is None else f"{last.period}: {last.told}"
            return Reported(value=None, fault="indicator_missing", told=told, period=period.key)
        readings = [self._read(row, figure.unit) for row in rows]
        return next(
            (each for each in readings if each.fault is not None),
            readings[0]
            if len({each.value for each in readings}) == 1
            else Reported(
                value=None, fault="indicator_contradicts", period=wanted,
                told="; ".join(each.told for each in readings),
            ),
        )  # fmt: skip

    def _read(self, row: dict[str, object], unit: str) -> Reported:
        said = "" if pd.isna(row["unit"]) else str(row["unit"])  # type: ignore[call-overload]
        number = float(str(row["value"]))
        told = f"{row['name']} = {number:g} {said}".strip()
        source = row.get("source")
        if isinstance(source, str) and source:
            told += f" ({source})"
        factor = self._rules.units[unit].get(fold(said))
        fault = None
        if factor is None:
            fault = "indicator_unit"
        elif unit == "flag" and number not in (0, 1):
            fault = "flag_unreadable"
        value = None if factor is None or fault else number * factor
        return Reported(
            value=value, fault=fault, told=told, period=str(row["period"]),
            layer=str(row["layer"]), row=int(str(row["source_row"])),
        )  # fmt: skip


def _order(key: str) -> tuple[int, bool]:
    return int(key[:4]), not key.endswith("H1")


def _closed(row: dict[str, object], period: ReportPeriod) -> bool:
    return _order(str(row["key"])) <= _order(period.key)
