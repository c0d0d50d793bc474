"""Every ratio with the two rungs it divides: the law's occupancy first, then its rivals."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pandas as pd

from gisclusters.efficiency.area_ladder import ratio
from gisclusters.rules.efficiency import EfficiencyRules, Ratio


def named_ratios(
    rows: pd.DataFrame, *, as_of: date, rules: EfficiencyRules
) -> list[list[dict[str, Any]]]:
    """Per cluster ``{"name", "by_law", "numerator", "denominator", …}``, the law's first.

    ``numerator`` and ``denominator`` are columns of ``rows`` (m², or counts of parcels), with
    ``numerator_value`` and ``denominator_value``; ``share`` is None where either is unknown
    or the denominator is 0.  ``rule_id article confidence`` are of the law's definition in
    force on ``as_of`` and None for a rival; no definition in force leaves the rivals.
    """
    law = rules.occupancy_on(as_of)
    found = []
    for row in rows.to_dict("records"):
        lines = []
        if law is not None:
            basis = {"rule_id": law.rule_id, "article": law.article, "confidence": law.confidence}
            lines.append(_line(law.ratio, row, by_law=True) | basis)
        lines += [_line(rival, row, by_law=False) for rival in rules.occupancy_rivals]
        found.append(lines)
    return found


def _line(asked: Ratio, row: dict[Any, Any], *, by_law: bool) -> dict[str, Any]:
    above, below = float(row[asked.numerator]), float(row[asked.denominator])
    return {
        "name": asked.name,
        "by_law": by_law,
        "numerator": asked.numerator,
        "denominator": asked.denominator,
        "numerator_value": _known(above),
        "denominator_value": _known(below),
        "share": _known(ratio(above, below)),
        "rule_id": None,
        "article": None,
        "confidence": None,
    }


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
