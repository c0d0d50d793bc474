"""Whose corridor goes first where the corridors of two works lie on each other (Road Law 15(2))."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import geopandas as gpd
import shapely

from gisclusters.domain.verdicts import OverlapVerdict
from gisclusters.rules.corridors import Precedence


def mark_yielding(rows: list[dict[str, Any]], first: Sequence[Precedence]) -> None:
    """Say on each row which other works' corridors go before it and on how much ground.

    Sets ``yields_to`` (zone ids) and ``yields_m2`` (the shared ground, united).  The areas
    themselves stay whole: the lesser corridor still holds there.  ``unless_wider``: the
    first goes before only where the lesser corridor is no wider.  Only a corridor that is
    sure to be there (``conflict``) goes before another.  ``rows`` carry ``work``
    (its names), ``corridor_m`` and ``geometry``; pieces that only touch share no ground.
    """
    drawn = sorted((row for row in rows if row.get("geometry") is not None), key=_subject)
    for _, group in groupby(drawn, key=_subject):
        own = list(group)
        for row in own:
            before = {
                id(other): other
                for rule in first
                if rule.before in row["work"]
                for other in own
                if rule.work in other["work"]
                and other["verdict"] == OverlapVerdict.CONFLICT
                and not (rule.unless_wider and row["corridor_m"] > other["corridor_m"])
                and shapely.relate_pattern(row["geometry"], other["geometry"], "2********")
            }
            if before:
                ground = shapely.union_all([other["geometry"] for other in before.values()])
                row["yields_to"] = " ".join(
                    dict.fromkeys(str(other["zone_id"]) for other in before.values())
                )
                row["yields_m2"] = float(
                    shapely.area(shapely.intersection(row["geometry"], ground))
                )


def corridor_ground_m2(findings: gpd.GeoDataFrame) -> dict[str, float]:
    """Per subject the ground in any corridor (conflicts), united: no metre is counted twice."""
    held = findings[
        findings["corridor_m"].notna() & (findings["verdict"] == OverlapVerdict.CONFLICT)
    ]
    return {
        str(subject): float(shapely.area(shapely.union_all(rows.geometry.to_numpy())))
        for subject, rows in held.groupby("subject_id", sort=False)
    }


def _subject(row: dict[str, Any]) -> str:
    return str(row["subject_id"])
