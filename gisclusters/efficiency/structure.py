"""Whether the land of a cluster is divided, and its size chosen, as the norms ask.

QCVN 01:2021/BXD, table 2.6, asks for least shares of transport, green and technical land of
the whole area; Decree 32/2024/NĐ-CP caps services (Art. 3(1)c) and sets the least and the
greatest size (Art. 2(1)).  Shares are of the gross area.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gisclusters.efficiency.area_ladder import Members
from gisclusters.layers.kinds import LOT_USES
from gisclusters.rules.efficiency import EfficiencyRules, StructureNorm

WITHIN, BELOW, ABOVE, UNDECIDED = "within", "below", "above", "undecided"


def measure_structure(
    lots: Members | None,
    gross_m2: NDArray[np.float64],
    *,
    as_of: date,
    rules: EfficiencyRules,
) -> list[dict[str, dict[str, Any]] | None]:
    """Per cluster, each land group's area and share of gross against its norm.

    A group holds ``area_m2``, ``share``, ``at_least``, ``at_most`` (None: no norm),
    ``missing_m2`` and ``excess_m2`` (0 where the norm is kept; None without one),
    ``rule_id`` and ``article``.  A group without lots has 0.  None for a cluster of which
    no lots are known.
    """
    count = len(gross_m2)
    if lots is None:
        return [None] * count
    norms = rules.structure_on(as_of)
    use = lots.frame["use"].to_numpy(dtype=object)
    areas = {group: lots.areas_m2(count, use == group) for group in LOT_USES}
    known = set(lots.clusters.tolist())
    return [
        {
            group: _against(float(areas[group][i]), float(gross_m2[i]), norms.get(group))
            for group in LOT_USES
        }
        if i in known
        else None
        for i in range(count)
    ]


def judge_size(
    gross_m2: float, *, mountain_or_craft: bool | None, as_of: date, rules: EfficiencyRules
) -> dict[str, Any] | None:
    """The size of a cluster against the limits in force on ``as_of``; None: no rule then.

    ``verdict``: ``within`` (both limits included), ``below``, ``above``, or ``undecided``
    where it hangs on whether the cluster is in the mountains or of a craft village and
    nobody said so (``mountain_or_craft`` None).
    """
    limits = rules.size_on(as_of)
    if limits is None:
        return None
    lenient, strict = limits.min_mountain_or_craft_m2, limits.min_m2
    if mountain_or_craft is None and lenient <= gross_m2 < strict:
        verdict, least = UNDECIDED, strict
    else:
        least = lenient if mountain_or_craft else strict
        verdict = BELOW if gross_m2 < least else ABOVE if gross_m2 > limits.max_m2 else WITHIN
    return {
        "area_m2": gross_m2,
        "min_m2": least,
        "max_m2": limits.max_m2,
        "verdict": verdict,
        "rule_id": limits.rule_id,
        "article": limits.article,
        "confidence": limits.confidence,
    }


def _against(area_m2: float, gross_m2: float, norm: StructureNorm | None) -> dict[str, Any]:
    measured: dict[str, Any] = {"area_m2": area_m2, "share": area_m2 / gross_m2}
    if norm is None:
        nothing = ("at_least", "at_most", "missing_m2", "excess_m2", "rule_id", "article")
        return measured | dict.fromkeys(nothing)
    return measured | {
        "at_least": norm.at_least,
        "at_most": norm.at_most,
        "missing_m2": max((norm.at_least or 0.0) * gross_m2 - area_m2, 0.0),
        "excess_m2": 0.0 if norm.at_most is None else max(area_m2 - norm.at_most * gross_m2, 0.0),
        "rule_id": norm.rule_id,
        "article": norm.article,
    }
