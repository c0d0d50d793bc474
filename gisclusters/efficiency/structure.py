"""Whether the land of a cluster is divided, and its size chosen, as the norms ask.

QCVN 01:2021/BXD, table 2.6, asks for least shares of transport, green and technical land of
the whole area; its title names parks, clause 2.5.1 brings clusters in.  Decree 32/2024/NĐ-CP
caps services (Art. 3(1)c) and sets the least and the greatest size (Art. 2(1)).  Shares are of
the gross area; roads and green inside factory lots do not count (note of table 2.6).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gisclusters.efficiency.area_ladder import Members
from gisclusters.efficiency.factory_land import FACTORY_OWN, FactoryLand
from gisclusters.layers.kinds import LOT_USES
from gisclusters.rules.efficiency import EfficiencyRules
from gisclusters.rules.land_norms import LEASE_LAND, StructureNorm
from gisclusters.rules.sizes import SizeVerdict

WITHIN, BELOW, ABOVE, UNDECIDED = "within", "below", "above", "undecided"
_SIZE = {
    SizeVerdict.WITHIN: WITHIN, SizeVerdict.BELOW_MINIMUM: BELOW,
    SizeVerdict.ABOVE_MAXIMUM: ABOVE, SizeVerdict.DEPENDS: UNDECIDED,
}  # fmt: skip
ROUNDING = 1e-9
"""Shares that differ by no more are equal: the arithmetic of areas."""


def measure_structure(
    lots: Members | None,
    gross_m2: NDArray[np.float64],
    *,
    factories: FactoryLand | None,
    lease_m2: NDArray[np.float64],
    as_of: date,
    rules: EfficiencyRules,
) -> list[dict[str, dict[str, Any]] | None]:
    """Per cluster, each land group's area and share of gross against its norm.

    ``factories`` (of the same lots) says what of roads and green lies in factory lots;
    ``lease_m2`` is the land for lease, asked for by house norms only.

    A group holds ``area_m2``, ``share``, ``in_factory_lots_m2`` (left out of both; None for
    groups that are not cut), ``at_least``, ``at_most`` (None: no norm), ``missing_m2`` and
    ``excess_m2`` (0 where the norm is kept; None without one), ``rule_id``, ``article``,
    ``confidence``, and under ``house`` the same for each norm that an office or a province
    adds to the code.  A group without lots has 0.  ``lease`` is a group only where a house
    norm speaks of it.  None for a cluster of which no lots are known.
    """
    count = len(gross_m2)
    if lots is None:
        return [None] * count
    norms, house = rules.structure_on(as_of), rules.house_norms_on(as_of)
    use = lots.frame["use"].to_numpy(dtype=object)
    counted, inside = (None, None) if factories is None else (factories.counted, factories.inside)
    areas = {group: lots.areas_m2(count, use == group, counted) for group in LOT_USES}
    cut = {
        group: np.zeros(count) if inside is None else lots.areas_m2(count, use == group, inside)
        for group in FACTORY_OWN
    }
    if any(norm.group == LEASE_LAND for norm in house):
        areas[LEASE_LAND] = lease_m2
    known = set(lots.clusters.tolist())
    return [
        {
            group: _against(float(area[i]), float(gross_m2[i]), norms.get(group))
            | {"in_factory_lots_m2": float(cut[group][i]) if group in cut else None,
               "house": _house(float(area[i]), float(gross_m2[i]), group, house)}
            for group, area in areas.items()
        }
        if i in known
        else None
        for i in range(count)
    ]  # fmt: skip


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
    least = limits.reduced_min_area_m2 if mountain_or_craft else limits.min_area_m2
    return {
        "area_m2": gross_m2,
        "min_m2": least,
        "max_m2": limits.max_area_m2,
        "verdict": _SIZE[limits.judge(gross_m2, reduced=mountain_or_craft)],
        "rule_id": limits.land_use_id,
        "article": limits.legal_basis,
        "confidence": limits.confidence,
    }


def _against(area_m2: float, gross_m2: float, norm: StructureNorm | None) -> dict[str, Any]:
    measured: dict[str, Any] = {"area_m2": area_m2, "share": area_m2 / gross_m2}
    if norm is None:
        return measured | dict.fromkeys(_OF_NORM)
    missing_m2 = (norm.at_least or 0.0) * gross_m2 - area_m2
    excess_m2 = 0.0 if norm.at_most is None else area_m2 - norm.at_most * gross_m2
    return measured | {
        "at_least": norm.at_least,
        "at_most": norm.at_most,
        "missing_m2": missing_m2 if missing_m2 > ROUNDING * gross_m2 else 0.0,
        "excess_m2": excess_m2 if excess_m2 > ROUNDING * gross_m2 else 0.0,
        "rule_id": norm.rule_id,
        "article": norm.article,
        "confidence": norm.confidence,
    }


def _house(
    area_m2: float, gross_m2: float, group: str, norms: Sequence[StructureNorm]
) -> list[dict[str, Any]]:
    """The group against each house norm, without its own figures again."""
    return [
        {name: told for name, told in _against(area_m2, gross_m2, norm).items() if name in _OF_NORM}
        for norm in norms
        if norm.group == group
    ]


_OF_NORM = (
    "at_least", "at_most", "missing_m2", "excess_m2", "rule_id", "article", "confidence",
)  # fmt: skip
