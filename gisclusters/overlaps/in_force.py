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
from gisclusters.rules.corridor_width import metres_of
from gisclusters.rules.overlaps import Rules

BREADTH = "breadth_m"


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
            zones=_with_breadth(_whole_zones(rows)), ground=layer.ground_of(str(plan_id)),
        )
        for plan_id, rows in frame[current].groupby("plan_id", sort=False)
    ]  # fmt: skip
    return found, idle


def _with_breadth(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Works drawn as lines that say how wide they are (``work_width_m``) as the ground they take.

    ``BREADTH`` is that width for them, empty for all others.
    """
    if "work_width_m" not in zones:
        return zones
    widths = zones["work_width_m"].map(metres_of).astype("float64")
    shapes = zones.geometry.to_numpy()
    broad = (shapely.get_dimensions(shapes) == 1) & widths.notna().to_numpy()
    if not broad.any():
        return zones
    ground = shapes.copy()
    ground[broad] = shapely.buffer(shapes[broad], widths[broad].to_numpy() / 2, cap_style="flat")
    drawn = zones.set_geometry(gpd.GeoSeries(ground, index=zones.index, crs=zones.crs))
    return drawn.assign(**{BREADTH: widths.where(broad)})


def joined(plans: Sequence[Plan]) -> list[Plan]:
    """Plans of one id that came in several layers (one a zone) as one plan.

    Those that speak of different kinds of ground stay apart, and so do zones of one id that
    are of different categories: neither may speak for the other.
    """
    by_id: dict[tuple[str, str], Plan] = {}
    for plan in plans:
        key = (plan.plan_id, plan.ground.kind)
        held = by_id.get(key)
        if held is None:
            by_id[key] = plan
            continue
        areas = [g.area for g in (held.ground, plan.ground) if g.area is not None]
        ground = held.ground if held.ground.kind == "all" or not areas else Ground(
            "area", shapely.union_all(areas)
        )  # fmt: skip
        zones = pd.concat([held.zones, plan.zones], ignore_index=True)
        by_id[key] = replace(
            held, layer=f"{held.layer}, {plan.layer}", zones=_whole_zones(zones), ground=ground,
            categories=tuple(dict.fromkeys((*held.categories, *plan.categories))),
        )  # fmt: skip
    return list(by_id.values())


def _whole_zones(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One row a zone id and category: a zone drawn in parts is their union."""
    rows = rows.reset_index(drop=True)
    if rows["zone_id"].is_unique:
        return rows
    names = ["zone_id", "category"]
    first = rows.drop_duplicates(names).copy()
    group = rows.groupby(names, sort=False, dropna=False).ngroup().to_numpy()
    drawn = rows.geometry.to_numpy()
    shapes = [shapely.union_all(drawn[group == place]) for place in range(len(first))]
    return first.set_geometry(gpd.GeoSeries(shapes, index=first.index, crs=rows.crs)).reset_index(
        drop=True
    )
