"""The dated limits on the length of an edge between two markers, as typed values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from gisclusters.domain.run import RuleSet
from gisclusters.errors import UsageError
from gisclusters.rules.dated import Dated, dated, in_force
from gisclusters.rules.loader import read_rule_file

_HOUSE = ("within_sd", "real_sd", "figure_rounding_m2")


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthTable:
    """A limit that grows with the length of the edge, straight between knots.

    ``lengths_m`` and ``limits_m`` are the knots, the first at the length up to which the
    first limit holds; ``slope_beyond`` is metres a metre after the last knot, None where no
    limit is known there.
    """

    lengths_m: tuple[float, ...]
    limits_m: tuple[float, ...]
    slope_beyond: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeLimit(Dated):
    """One version of the limits, a table for each scale that has one."""

    by_scale: Mapping[int, LengthTable]


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeRules:
    """Every version of the limits of one file, and the values of the house."""

    rule_set: RuleSet
    limits: Sequence[EdgeLimit]
    within_sd: float
    real_sd: float
    figure_rounding_m2: float

    def on(self, day: date | None) -> EdgeLimit | None:
        """The version in force on ``day``; without a day the one without an end."""
        return in_force(self.limits, date.max if day is None else day)


def load_edge_rules(name: str | Path = "vn_edges") -> EdgeRules:
    """Read a rule file (a shipped name or a path) into typed rules.

    Raises UsageError (``rules_unknown``, ``rules_unreadable`` with the entry at fault).
    """
    content, rule_set = read_rule_file(name)
    entry = "limits"
    try:
        limits = []
        for row in content["limits"]:
            entry = str(row["id"])
            tables = {int(scale): _table(table) for scale, table in row["by_scale"].items()}
            limits.append(EdgeLimit(**dated(row), by_scale=tables))
        entry = "house"
        house = {key: float(content["house"][key]) for key in _HOUSE}
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise UsageError(
            "errors.rules_unreadable", value=str(name), reason=f"{entry}: {fault}"
        ) from fault
    if not 0 < house["within_sd"] <= house["real_sd"]:
        raise UsageError("errors.rules_unreadable", value=str(name), reason="within_sd, real_sd")
    return EdgeRules(rule_set=rule_set, limits=limits, **house)


def _table(row: Mapping[str, Any]) -> LengthTable:
    lengths, limits = [float(row["first_until_m"])], [float(row["first_m"])]
    slope: float | None = None
    for step in row["steps"]:
        if slope is not None:
            raise ValueError("until_m: null")
        per_m = float(step["per_m"])
        if step["until_m"] is None:
            slope = per_m
            continue
        until = float(step["until_m"])
        limits.append(limits[-1] + per_m * (until - lengths[-1]))
        lengths.append(until)
    rising = all(a < b for a, b in pairwise(lengths))
    if not (rising and lengths[0] >= 0 and min(limits) > 0):
        raise ValueError(f"until_m {lengths}, limits {limits}")
    return LengthTable(lengths_m=tuple(lengths), limits_m=tuple(limits), slope_beyond=slope)
