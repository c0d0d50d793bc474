"""How clusters are ranked: indicators with bounds and weights, as typed values.

No legal text scores land use; what ships are house values of confidence ``unverified``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gisclusters.domain.run import RuleSet
from gisclusters.errors import UsageError
from gisclusters.rules.dated import Dated, dated, in_force
from gisclusters.rules.loader import read_rule_file

FIGURES = frozenset({
    "gross_m2", "industrial_m2", "serviced_m2", "committed_m2", "leased_m2", "handed_over_m2",
    "building_m2", "producing_m2", "parcel_count", "leased_parcels", "late_parcels",
    "idle_parcels", "overdue_parcels", "unknown_parcels", "leased_ha", "industrial_ha",
    "gross_ha", "one",
})  # fmt: skip
"""Figures every run has; other names are indicators of ``vn_forms`` (``workers`` …)."""

_KEYS = ("id", "numerator", "denominator", "direction", "low", "high", "weight")


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One ratio with its scale: ``low`` and ``high`` in its own unit, ``weight`` above zero."""

    name: str
    numerator: str
    denominator: str
    up: bool
    low: float
    high: float
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme(Dated):
    """The indicators of one version of the ranking."""

    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRules:
    """Every version of the ranking and how it treats what is missing.

    ``spread`` is how far the sensitivity moves a weight (0.5: from half to one and a half of
    it), ``draws`` and ``seed`` are those of its random part.
    """

    rule_set: RuleSet
    redistribute: bool
    ranked_statuses: frozenset[str]
    spread: float
    draws: int
    seed: int
    schemes: Sequence[Scheme]

    def scheme_on(self, day: date) -> Scheme | None:
        """The scheme in force on ``day``, None where there is none."""
        return in_force(self.schemes, day)


def load_score_rules(name: str | Path = "vn_scores") -> ScoreRules:
    """Read a file of weights (a shipped name or a path).

    Raises UsageError (``rules_unknown``, ``rules_unreadable`` with the entry at fault).
    """
    content, rule_set = read_rule_file(name, "vn_scores")
    try:
        _one_of(content, "normalisation", ("min_max_fixed",))
        missing = _one_of(content, "missing", ("interval", "redistribute"))
        told = content["sensitivity"]
        spread, draws = float(told["spread"]), int(told["draws"])
        if not 0 < spread < 1 or not 1 <= draws <= 100_000:
            raise ValueError(f"sensitivity: {told}")  # noqa: TRY301
        statuses = content["ranked_statuses"]
        if not isinstance(statuses, list) or not statuses:
            raise ValueError("ranked_statuses")  # noqa: TRY301
        return ScoreRules(
            rule_set=rule_set,
            redistribute=missing == "redistribute",
            ranked_statuses=frozenset(str(word) for word in statuses),
            spread=spread,
            draws=draws,
            seed=int(told["seed"]),
            schemes=[
                Scheme(**dated(row), indicators=_indicators(row)) for row in content["schemes"]
            ],
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise UsageError(
            "errors.rules_unreadable",
            value=str(name),
            reason=str(fault) or type(fault).__name__,
            model="vn_scores",
        ) from fault


def _one_of(content: Mapping[str, Any], key: str, allowed: Sequence[str]) -> str:
    value = content[key]
    if value not in allowed:
        raise ValueError(f"{key}: {value!r} ({', '.join(allowed)})")
    return str(value)


def _indicators(row: Mapping[str, Any]) -> tuple[Indicator, ...]:
    found = tuple(_indicator(each) for each in row["indicators"])
    names = [each.name for each in found]
    if not found or len(set(names)) < len(names):
        raise ValueError(f"{row['id']} indicators: {', '.join(names)}")
    return found


def _indicator(row: Mapping[str, Any]) -> Indicator:
    odd = [key for key in _KEYS if key not in row] + [str(key) for key in row if key not in _KEYS]
    if odd:
        raise ValueError(f"{row.get('id', '?')}: {', '.join(odd)}")
    _one_of(row, "direction", ("up", "down"))
    low, high, weight = (float(row[key]) for key in ("low", "high", "weight"))
    if not (low < high and weight > 0 and all(map(math.isfinite, (low, high, weight)))):
        raise ValueError(f"{row['id']}: low < high, weight > 0")
    return Indicator(
        name=str(row["id"]), numerator=str(row["numerator"]), denominator=str(row["denominator"]),
        up=row["direction"] == "up", low=low, high=high, weight=weight,
    )  # fmt: skip
