"""Figures of the table of indicators, by subject, name and period, in one unit for each.

Names are compared without case and diacritics; a figure in no known unit, for no period that can
be read, or said twice differently is not known, with an issue.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gisclusters.domain.issue import Issue, warning
from gisclusters.efficiency.periods import Period, period_named
from gisclusters.layers.layer import Layer
from gisclusters.layers.units import FLAG, unit_named
from gisclusters.layers.values import fold
from gisclusters.rules.economy import EconomyRules


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure in the common unit of its measure, and where it was said."""

    value: float
    source: str | None
    layer: str


_COLUMNS = ("of", "name", "period", "value", "unit", "source", "source_row")

Figures = Mapping[tuple[str, str], Mapping[Period, Figure]]
"""By subject (cluster or parcel id) and name, then by period."""


@dataclass(slots=True)
class _Gathered:
    kept: dict[tuple[str, str], dict[Period, Figure]] = field(default_factory=dict)
    contradicted: set[tuple[str, str, Period]] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)


def gather_figures(
    indicators: Sequence[Layer], subjects: Collection[str], rules: EconomyRules
) -> tuple[Figures, tuple[Issue, ...]]:
    """The figures and flags that ``rules`` name, of the ``subjects`` (ids) only.

    Money is in đồng, people are a count, flags are 1 or 0.  Issues: ``figure_unit``,
    ``figure_period``, ``figure_flag``, ``figure_negative``, ``figure_contradicts``.
    """
    measures = figure_names(rules)
    wanted, out = set(subjects), _Gathered()
    for layer in indicators:
        columns = (layer.frame[name].to_numpy(dtype=object) for name in _COLUMNS)
        for of, name, period, value, unit, source, row in zip(*columns, strict=True):
            known = measures.get(fold(str(name)))
            if known is not None and of in wanted:
                _take(out, layer.name, int(row), str(of), known, str(period), float(value),
                      unit, source)  # fmt: skip
    return out.kept, tuple(out.issues)


def figure_names(rules: EconomyRules) -> dict[str, tuple[str, str]]:
    """Every folded way to write a figure or flag: its name and what it measures."""
    known = [((each.name, each.measures), each.spelled) for each in rules.indicators]
    known += [((name, FLAG), spelled) for name, spelled in rules.flags.items()]
    return {fold(word): figure for figure, spelled in known for word in (figure[0], *spelled)}


def flag_of(figures: Figures, subject: str, name: str, *, year: int) -> bool | None:
    """What the latest period up to ``year`` says of a flag; None where none says it."""
    said = figures.get((subject, name), {})
    latest = max((period for period in said if period.year <= year), default=None)
    return None if latest is None else bool(said[latest].value)


def figure_of(figures: Figures, subject: object, name: str, period: Period | None) -> Figure | None:
    """The figure of a subject for a period; None where nobody said it."""
    return None if period is None else figures.get((str(subject), name), {}).get(period)


def _take(
    out: _Gathered, layer: str, row: int, of: str, known: tuple[str, str], written: str,
    value: float, unit: str | None, source: str | None,
) -> None:  # fmt: skip
    name, measures = known
    unit, source = (cell if isinstance(cell, str) else None for cell in (unit, source))
    place: dict[str, Any] = {"layer": layer, "row": row, "id": of}
    period = period_named(written)
    if period is None:
        out.issues.append(warning("figure_period", field="period", value=written, **place))
        return
    found = unit_named(unit)
    counted = unit is None and measures != "money"
    if not counted and (found is None or found.measures != measures):
        out.issues.append(
            warning("figure_unit", field="unit", value=unit or "", name=name, **place)
        )
        return
    if measures == FLAG and value not in {0.0, 1.0}:
        out.issues.append(warning("figure_flag", field="value", value=value, name=name, **place))
        return
    if value < 0:
        out.issues.append(
            warning("figure_negative", field="value", value=value, name=name, **place)
        )
        return
    key = of, name, period
    figure = Figure(value * (1.0 if found is None else found.factor), source, layer)
    periods = out.kept.setdefault((of, name), {})
    held = periods.get(period)
    if key in out.contradicted or (held is not None and held.value != figure.value):
        out.contradicted.add(key)
        periods.pop(period, None)
        out.issues.append(warning("figure_contradicts", field=name, value=period.label, **place))
        return
    periods[period] = figure
