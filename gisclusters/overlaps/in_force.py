"""The plans of given layers that are in force on a day, one row a zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import pandas as pd
import shapely

from gisclusters.domain.issue import Issue, warning
from gisclusters.layers.layer import Ground, Layer
from gisclusters.rules.overlaps import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The zones of one plan of one layer that are in force, one row a zone id."""

    plan_id: str
    layer: str
    categories: tuple[str, ...]
    zones: gpd.GeoDataFrame
    ground: Ground

    @property
    def title(self) -> str | None:
        """The title all zones bear, None where they differ."""
        titles = self.zones["title"].unique()
        return titles[0] if len(titles) == 1 else None

    @property
    def accuracy_m(self) -> float:
        """The accuracy of the least accurate zone; 0 where the plan has none."""
        return float(self.zones["accuracy_m"].max()) if len(self.zones) else 0.0


def plans_in_force(
    layer: Layer, as_of: date, rules: Rules, issues: list[Issue]
) -> tuple[list[Plan], set[str]]:
    """The plans of a layer in force on a day, and the categories it holds only out of force."""
    frame = layer.shapes
    current = layer.in_force(as_of)
    undated = int((current & frame["in_force_from"].isna()).sum())
    if undated and not (frame["category"] == "cluster").all():
        issues.append(
            warning("date_unknown", layer=layer.name, field="in_force_from", count=undated)
        )
    idle = {rules.category_of(word) for word in frame["category"][~current].unique()}
    found = [
        Plan(
            plan_id=str(plan_id), layer=layer.name,
            categories=tuple(rules.category_of(word) for word in rows["category"].unique()),
            zones=_whole_zones(rows), ground=layer.ground_of(str(plan_id)),
        )
        for plan_id, rows in frame[current].groupby("plan_id", sort=False)
    ]  # fmt: skip
    return found, idle


def joined(plans: Sequence[Plan]) -> list[Plan]:
    """Plans of one id that came in several layers (one a zone) as one plan."""
    by_id: dict[str, Plan] = {}
    for plan in plans:
        held = by_id.get(plan.plan_id)
        if held is None:
            by_id[plan.plan_id] = plan
            continue
        areas = [g.area for g in (held.ground, plan.ground) if g.area is not None]
        ground = held.ground if held.ground.kind == "all" or not areas else Ground(
            "area", shapely.union_all(areas)
        )  # fmt: skip
        zones = pd.concat([held.zones, plan.zones], ignore_index=True)
        by_id[plan.plan_id] = replace(
            held, layer=f"{held.layer}, {plan.layer}", zones=_whole_zones(zones), ground=ground,
            categories=tuple(dict.fromkeys((*held.categories, *plan.categories))),
        )  # fmt: skip
    return list(by_id.values())


def _whole_zones(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One row a zone id: a zone drawn in parts is their union."""
    rows = rows.reset_index(drop=True)
    if rows["zone_id"].is_unique:
        return rows
    first = rows.drop_duplicates("zone_id").copy()
    shapes = [
        shapely.union_all(rows.geometry[rows["zone_id"] == name].to_numpy())
        for name in first["zone_id"]
    ]
    return first.set_geometry(gpd.GeoSeries(shapes, index=first.index, crs=rows.crs)).reset_index(
        drop=True
    )
