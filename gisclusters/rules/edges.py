"""The dated limits on the length of an edge between two markers, as typed values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from gisclusters.domain.run import RuleSet
from gisclusters.rules.dated import Dated, dated, in_force
from gisclusters.rules.loader import RuleRow, read_rule_file
from gisclusters.rules.own_file import check_versions, refusal

_MODEL = "vn_edges"
_KEYS = ("name", "version", "limits", "house")
_REQUIRED = ("id", "article", "confidence", "by_scale")
_OPTIONAL = ("article_en", "valid_from", "valid_to")
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

    article_en: str | None
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


def load_edge_rules(name: str | Path = _MODEL) -> EdgeRules:
    """Read a rule file (a shipped name or a path) into typed rules.

    Raises UsageError (``rules_unknown``, ``rules_other_set``, ``rules_unreadable`` with the
    entry at fault).
    """
    content, rule_set = read_rule_file(name, _MODEL)
    file, rows = str(name), content.get("limits")
    unknown = [str(key) for key in content if key not in _KEYS]
    if unknown or not isinstance(rows, list) or not rows:
        raise refusal(file, ", ".join(unknown) or "limits", _MODEL)
    entries = (RuleRow(row, file, required=_REQUIRED, optional=_OPTIONAL, model=_MODEL)
               for row in rows)  # fmt: skip
    limits = [_limit(entry) for entry in entries]
    check_versions(limits, file, _MODEL)
    try:
        house = _house(content.get("house"))
    except (TypeError, ValueError) as fault:
        raise refusal(file, f"house: {fault}", _MODEL) from fault
    return EdgeRules(rule_set=rule_set, limits=limits, **house)


def _limit(entry: RuleRow) -> EdgeLimit:
    entry.require_text("id", "article", "article_en")
    entry.term()
    row = entry.row
    try:
        said = dated({"valid_from": None, "valid_to": None} | row)
        tables = _tables(row["by_scale"])
    except (TypeError, ValueError) as fault:
        raise entry.refusal(str(fault)) from fault
    return EdgeLimit(**said, article_en=row.get("article_en"), by_scale=tables)


def _tables(given: Any) -> dict[int, LengthTable]:
    if not isinstance(given, dict):
        raise TypeError(f"by_scale {given}")
    tables = {}
    for scale, table in given.items():
        if type(scale) is not int or scale <= 0:
            raise ValueError(f"by_scale {scale}")
        try:
            tables[scale] = _table(table)
        except (TypeError, ValueError) as fault:
            raise ValueError(f"by_scale {scale}: {fault}") from fault
    return tables


def _house(given: Any) -> dict[str, float]:
    row = _only(given, _HOUSE)
    house = {key: _number(row, key) for key in row}
    if not 0 < house["within_sd"] <= house["real_sd"]:
        raise ValueError(f"within_sd {house['within_sd']}, real_sd {house['real_sd']}")
    return house


def _table(given: Any) -> LengthTable:
    row = _only(given, ("first_m", "first_until_m", "steps"))
    lengths = [_number(row, "first_until_m")]
    limits = [_number(row, "first_m")]
    slope: float | None = None
    if not isinstance(row["steps"], list):
        raise TypeError(f"steps {row['steps']}")
    for given_step in row["steps"]:
        step = _only(given_step, ("until_m", "per_m"))
        if slope is not None:
            raise ValueError("until_m: null")
        per_m = _number(step, "per_m")
        if step["until_m"] is None:
            slope = per_m
            continue
        until = _number(step, "until_m")
        limits.append(limits[-1] + per_m * (until - lengths[-1]))
        lengths.append(until)
    rising = all(a < b for a, b in pairwise(lengths))
    if not (rising and limits[0] > 0):
        raise ValueError(f"until_m {lengths}, limits {limits}")
    return LengthTable(lengths_m=tuple(lengths), limits_m=tuple(limits), slope_beyond=slope)


def _only(row: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    """A mapping of exactly these keys.  Raises TypeError, or ValueError naming the keys."""
    if not isinstance(row, dict):
        raise TypeError(f"{row} ({' '.join(keys)})")
    wrong = [key for key in keys if key not in row] + [str(key) for key in row if key not in keys]
    if wrong:
        raise ValueError(", ".join(wrong))
    return row


def _number(row: Mapping[str, Any], key: str) -> float:
    """A finite number of at least 0.  Raises ValueError."""
    value = row[key]
    if type(value) not in (int, float) or not 0 <= value < math.inf:
        raise ValueError(f"{key} {value}")
    return float(value)
