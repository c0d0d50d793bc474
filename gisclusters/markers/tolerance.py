"""How far a marker may stand from its approved place: dated, by the scale of the map."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from gisclusters.domain.run import RuleSet
from gisclusters.errors import UsageError
from gisclusters.rules.loader import read_rule_file


def tolerance_of(
    tolerance_m: float | None, scale: int, as_of: date | None
) -> tuple[float, Mapping[str, Any], RuleSet]:
    """The tolerance in metres, where it comes from with its confidence, and the rules.

    ``tolerance_m`` wins; else the row of the rules in force on ``as_of`` (None: the newest).
    Raises UsageError (``no_tolerance``), ValueError for a tolerance that is none.
    """
    content, rules = read_rule_file("vn_markers")
    if tolerance_m is not None and not 0 < tolerance_m < math.inf:
        raise ValueError(f"a tolerance is a length above 0 in metres, not {tolerance_m}")
    if tolerance_m is not None:
        return tolerance_m, MappingProxyType({"value_m": tolerance_m, "source": "option"}), rules
    entry = content["tolerances"][-1]
    if as_of is not None:
        entry = next((row for row in content["tolerances"] if _holds(row, as_of)), entry)
    metres = entry["metres_by_scale"].get(scale)
    if metres is None:
        known = " ".join(str(key) for key in entry["metres_by_scale"])
        raise UsageError("errors.no_tolerance", value=str(scale), known=known)
    return float(metres), MappingProxyType({
        "value_m": float(metres), "source": entry["legal_basis"],
        "confidence": entry["confidence"], "scale": scale, "rule_id": entry["id"],
    }), rules  # fmt: skip


def _holds(row: Mapping[str, Any], day: date) -> bool:
    return (row.get("valid_from") or day) <= day <= (row.get("valid_to") or day)
