"""What clusters and their parcels bring in a period: capital, jobs, revenue, budget, per hectare.

A figure of a cluster and the sum of its parcels stand side by side with their difference;
neither takes the place of the other.  Each is divided by the rung of the area ladder that it
belongs to, which is named.  What nobody said is not known (None), never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from gisclusters.domain.issue import Issue, warning
from gisclusters.efficiency.figures import Figure, Figures, figure_of
from gisclusters.efficiency.periods import Period, period_named
from gisclusters.layers.units import COMMON
from gisclusters.rules.economy import EconomyRules, Indicator

M2_PER_HA = 10_000.0

CLUSTER_ECONOMY_COLUMNS = (
    "cluster_id", "indicator", "period", "unit", "figure", "figure_source", "rung", "rung_m2",
    "figure_per_ha", "parcels_sum", "parcels_told", "parcels_asked", "parcels_m2",
    "parcels_sum_per_ha", "difference",
)  # fmt: skip
PARCEL_ECONOMY_COLUMNS = (
    "cluster_id", "parcel_id", "lessee", "indicator", "period", "unit", "figure", "figure_source",
    "rung", "at_rung", "area_m2", "figure_per_ha",
)  # fmt: skip
TREND_COLUMNS = ("cluster_id", "indicator", "period", "closes_on", "unit", "figure", "parcels_sum",
                 "change_share")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Economy:
    """The figures of one period, those of every period, and what is doubtful.

    ``period`` is the label of the period (``2025``, ``2025H1``); None where no figure is known.
    """

    period: str | None
    clusters: pd.DataFrame
    parcels: pd.DataFrame
    trend: pd.DataFrame
    issues: tuple[Issue, ...]


def measure_economy(
    figures: Figures,
    clusters: pd.DataFrame,
    tenants: pd.DataFrame,
    *,
    period: Period | None,
    as_of: date,
    rules: EconomyRules,
) -> Economy:
    """Figures of ``period`` for each cluster and parcel, per hectare, and over the periods.

    ``clusters`` has ``cluster_id`` and the areas of the ladder (m²), ``tenants`` the columns of
    ``tenants_of``.  Without a ``period`` the year that closed last by ``as_of`` and has a figure
    counts, else the half year.  Money is in đồng.

    ``clusters`` of the answer (``CLUSTER_ECONOMY_COLUMNS``), a row a cluster and indicator:
    ``figure`` is the cluster's own, ``figure_per_ha`` it by ``rung_m2``; ``parcels_sum`` adds up
    the ``parcels_told`` parcels that have one (``parcels_asked``: how many are at the rung),
    over their ``parcels_m2``; ``difference`` is figure − sum.  ``parcels``: a row a figure;
    ``figure_per_ha`` only where the parcel is at the rung (``at_rung``).  ``trend``: a row a
    cluster, indicator and period; ``change_share`` against the same period of the year before.
    None is not known.  Issue ``cluster_below_parcels`` where parcels add up to more.
    """
    if period is None:
        period = period_of(figures, as_of=as_of, rules=rules)
    held = dict(iter(tenants.groupby("cluster_id", sort=False)))
    told, issues, parcel_rows, trend = [], [], [], []
    for row in clusters.to_dict("records"):
        own = held.get(row["cluster_id"], tenants.iloc[:0])
        for each in rules.indicators:
            if period is not None:
                parcel_rows += _of_parcels(figures, own, each, period)
            line = _of_cluster(figures, row, own, each, period)
            told.append(line)
            if line["difference"] is not None and line["difference"] < 0:
                source = figure_of(figures, row["cluster_id"], each.name, period)
                issues.append(_below(line, source))
            trend += _over_periods(figures, row, own, each, as_of, rules)
    return Economy(
        None if period is None else period.label,
        pd.DataFrame(told, columns=list(CLUSTER_ECONOMY_COLUMNS), dtype=object),
        pd.DataFrame(parcel_rows, columns=list(PARCEL_ECONOMY_COLUMNS), dtype=object),
        pd.DataFrame(trend, columns=list(TREND_COLUMNS), dtype=object),
        tuple(issues),
    )


def period_of(figures: Figures, *, as_of: date, rules: EconomyRules) -> Period | None:
    """The year that closed last by ``as_of`` and has a figure; the half year where none has."""
    closing = rules.periods_on(as_of)
    names = {each.name for each in rules.indicators}
    if closing is None:
        return None
    closed = {period for (_, name), periods in figures.items() if name in names
              for period in periods if period.closes_on(closing) <= as_of}  # fmt: skip
    for whole in (True, False):
        found = [period for period in closed if period.whole is whole]
        if found:
            return max(found)
    return None


def asked_period(written: str | None) -> Period | None:
    """The period a person asked for; None where none was.  Raises ValueError for another text."""
    if written is None:
        return None
    found = period_named(written)
    if found is None:
        raise ValueError(written)
    return found


def _of_parcels(
    figures: Figures, own: pd.DataFrame, each: Indicator, period: Period
) -> list[dict[str, Any]]:
    rows = []
    for tenant in own.to_dict("records"):
        figure = figure_of(figures, tenant["parcel_id"], each.name, period)
        if figure is None:
            continue
        at_rung = bool(tenant.get(each.rung, True))
        rows.append(
            {
                "cluster_id": tenant["cluster_id"], "parcel_id": tenant["parcel_id"],
                "lessee": tenant["lessee"], "indicator": each.name, "period": period.label,
                "unit": COMMON[each.measures], "figure": figure.value,
                "figure_source": figure.source, "rung": each.rung, "at_rung": at_rung,
                "area_m2": tenant["area_m2"],
                "figure_per_ha": _per_ha(figure.value, tenant["area_m2"]) if at_rung else None,
            }
        )  # fmt: skip
    return rows


def _of_cluster(
    figures: Figures, row: Mapping[Any, Any], own: pd.DataFrame, each: Indicator,
    period: Period | None,
) -> dict[str, Any]:  # fmt: skip
    rung_m2 = row[f"{each.rung}_m2"]
    figure = figure_of(figures, row["cluster_id"], each.name, period)
    value = None if figure is None else figure.value
    told = [] if period is None else _told(figures, own, each, period)
    total = sum(value for value, _ in told) if told else None
    ground = sum(area for _, area in told) if told else None
    at_rung = own[each.rung] if each.rung in own else pd.Series(True, index=own.index)
    return {
        "cluster_id": row["cluster_id"], "indicator": each.name,
        "period": None if period is None else period.label, "unit": COMMON[each.measures],
        "figure": value, "figure_source": None if figure is None else figure.source,
        "rung": each.rung, "rung_m2": None if pd.isna(rung_m2) else float(rung_m2),
        "figure_per_ha": _per_ha(value, rung_m2), "parcels_sum": total,
        "parcels_told": len(told), "parcels_asked": int(np.count_nonzero(at_rung)),
        "parcels_m2": ground, "parcels_sum_per_ha": _per_ha(total, ground),
        "difference": None if value is None or total is None else value - total,
    }  # fmt: skip


def _told(
    figures: Figures, own: pd.DataFrame, each: Indicator, period: Period
) -> list[tuple[float, float]]:
    """The figures of parcels that have one, each with the area of its parcel."""
    found = []
    for name, area_m2 in zip(own["parcel_id"], own["area_m2"], strict=True):
        figure = figure_of(figures, name, each.name, period)
        if figure is not None:
            found.append((figure.value, float(area_m2)))
    return found


def _over_periods(
    figures: Figures, row: Mapping[Any, Any], own: pd.DataFrame, each: Indicator, as_of: date,
    rules: EconomyRules,
) -> list[dict[str, Any]]:  # fmt: skip
    closing = rules.periods_on(as_of)
    if closing is None:
        return []
    periods = sorted({period for subject in (row["cluster_id"], *own["parcel_id"])
                      for period in figures.get((str(subject), each.name), ())
                      if period.closes_on(closing) <= as_of})  # fmt: skip
    lines = []
    for period in periods:
        figure = figure_of(figures, row["cluster_id"], each.name, period)
        before = figure_of(figures, row["cluster_id"], each.name, period.before)
        told = _told(figures, own, each, period)
        change = None
        if figure is not None and before is not None and before.value:
            change = figure.value / before.value - 1
        lines.append(
            {
                "cluster_id": row["cluster_id"], "indicator": each.name, "period": period.label,
                "closes_on": period.closes_on(closing), "unit": COMMON[each.measures],
                "figure": None if figure is None else figure.value,
                "parcels_sum": sum(value for value, _ in told) if told else None,
                "change_share": change,
            }
        )  # fmt: skip
    return lines


def _below(line: Mapping[str, Any], figure: Figure | None) -> Issue:
    return warning(
        "cluster_below_parcels", layer=None if figure is None else figure.layer,
        id=str(line["cluster_id"]), field=line["indicator"], value=line["period"],
        figure=line["figure"], parcels_sum=line["parcels_sum"],
    )  # fmt: skip


def _per_ha(value: float | None, area_m2: Any) -> float | None:
    if value is None or area_m2 is None or pd.isna(area_m2) or area_m2 <= 0:
        return None
    return value / (float(area_m2) / M2_PER_HA)
