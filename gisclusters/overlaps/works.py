"""The works of a plan (roads, dikes, canals) that have a corridor, and its width by the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.overlaps.in_force import BREADTH, Plan
from gisclusters.rules.corridor_width import CorridorWidth, corridor_width, metres_of, word_of
from gisclusters.rules.corridors import NUMBER_FIELDS, TEXT_FIELDS
from gisclusters.rules.overlaps import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One work of a plan and the corridor its rules give it."""

    zone: Any
    category: str
    width: CorridorWidth
    from_breadth: bool
    from_line: bool
    line_half_m: float

    @property
    def asked_m(self) -> float:
        """How far from the drawing of the work a subject must lie to be left out."""
        known = self.width.most_m or 0.0
        open_m = self.width.reach_m if (
            self.width.reason or self.width.open_class or self.width.open_end
        ) else 0.0  # fmt: skip
        return max(known, open_m) + (self.line_half_m if self.from_line else 0.0)


def works_near(
    subjects: gpd.GeoDataFrame, plan: Plan, *, as_of: date, rules: Rules
) -> tuple[list[Work], int]:
    """The works of a plan whose corridor any subject can meet, with the width of the day.

    Zones near enough that are drawn corridors are left out; the second value counts them.
    """
    corridors = rules.corridors
    categories = rules.categories_of(plan.zones["category"].unique())
    widths: dict[tuple[Any, ...], CorridorWidth] = {}
    works: list[Work] = []
    drawn = 0
    rows = plan.zones[plan.zones["category"].map(lambda w: categories[w] in corridors.works)]
    farthest = max((rule.width_m[1] for rule in corridors.rules if rule.width_m), default=0.0)
    farthest = max(farthest, *(work.reach_m for work in corridors.works.values()))
    farthest += max(work.line_half_m for work in corridors.works.values())
    near, _ = shapely.STRtree(subjects.geometry.to_numpy()).query(
        rows.geometry.to_numpy(), predicate="dwithin", distance=farthest
    )
    rows = rows.iloc[np.unique(near)]
    for _, zone in rows.iterrows():
        category = categories[zone["category"]]
        names = [name for name in (word_of(cell(zone, key)) for key in ("work", "title")) if name]
        bare = shapely.get_dimensions(zone.geometry) < 2
        if not bare and any(n.startswith(word) for n in names for word in corridors.drawn):
            drawn += 1
            continue
        known = {name: cell(zone, name) for name in (*TEXT_FIELDS, *NUMBER_FIELDS)}
        if category == "bridge":  # a length that cannot be read leaves every class open
            said = known["length_m"]
            known["length_m"] = _long_side_m(zone.geometry) if said is None else metres_of(said)
        if category == "irrigation" and known["work"] is None and known["grade"] is not None:
            known["work"] = "dam"  # only dams have a grade (Irrigation Law, Art. 40)
        key = (category, *(str(value) for value in known.values()))
        if key not in widths:
            widths[key] = corridor_width(corridors, category, known, as_of)
        works.append(Work(
            zone=zone, category=category, width=widths[key],
            from_breadth=cell(zone, BREADTH) is not None, from_line=bool(bare),
            line_half_m=corridors.works[category].line_half_m,
        ))  # fmt: skip
    return works, drawn


def cell(row: Mapping[str, Any], name: str) -> object:
    """A cell of a row, None where it is empty or has no such column."""
    value = row.get(name)
    return None if value is None or pd.isna(value) else value


def _long_side_m(shape: shapely.Geometry) -> float | None:
    """The length of a bridge: of its line, or of the longer side of its least box."""
    if shapely.get_dimensions(shape) == 1:
        return float(shapely.length(shape))
    if shapely.get_dimensions(shape) < 1:
        return None
    ring = shapely.get_coordinates(shapely.oriented_envelope(shape))
    return float(np.hypot(*np.diff(ring[:3], axis=0).T).max())
