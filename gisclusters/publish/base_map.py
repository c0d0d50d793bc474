"""The base map of a page without the internet: communes and other plans from the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import shapely

from gisclusters.publish.blocks import category
from gisclusters.publish.features import PLAN_LOOKS, FeatureSet, plan_look, texts
from gisclusters.publish.gathered import Gathered
from gisclusters.words import Lang, day, text

_SIMPLIFY_DEG = 1e-4
"""Places and plans of the overview are drawn to about 11 m; figures are never."""


def base_sets(
    gathered: Gathered, box: Sequence[float], lang: Lang, *, simplify: bool
) -> list[FeatureSet]:
    """The base map: communes and other plans about ``box``, cut to it."""
    west, south, east, north = box
    margin = max(east - west, north - south, 0.02)
    around = (west - margin, south - margin, east + margin, north + margin)
    places = gathered.places.iloc[gathered.near("places", around)]
    plans = gathered.plans.iloc[gathered.near("plans", around)]
    ground, zones = places.geometry.to_numpy(), plans.geometry.to_numpy()
    if simplify:
        ground = shapely.coverage_simplify(ground, _SIMPLIFY_DEG)
        zones = shapely.simplify(zones, _SIMPLIFY_DEG)
    titles = [
        title or zone
        for title, zone in zip(texts(plans, "title"), texts(plans, "zone_id"), strict=True)
    ]
    categories = [category(name, lang) for name in texts(plans, "category")]
    return [
        FeatureSet(
            id="places",
            group="places",
            words=text("page.group_places", lang),
            shapes=shapely.clip_by_rect(ground, *around),
            styles={"": ["place"] * len(places)},
            titles=texts(places, "name"),
            labels=texts(places, "name"),
            label_style="place",
            label_zoom=9.5,
            label_rank=8,
            label_fit=True,
            silent=True,
        ),
        FeatureSet(
            id="plans",
            group="plans",
            words=text("page.group_plans", lang),
            shapes=shapely.clip_by_rect(zones, *around),
            styles={"": [plan_look(name) for name in texts(plans, "category")]},
            titles=titles,
            facts={
                text("report.col_category", lang): categories,
                text("report.col_plan_id", lang): texts(plans, "plan_id"),
                text("report.col_zone_id", lang): texts(plans, "zone_id"),
                text("page.decision", lang): texts(plans, "decision"),
                text("report.col_in_force_from", lang): _days(plans, "in_force_from", lang),
                text("report.col_in_force_to", lang): _days(plans, "in_force_to", lang),
            },
            labels=titles,
            label_style="plan",
            label_zoom=12,
            label_rank=7,
            label_fit=True,
            min_zoom=9,
        ),
    ]


def plan_legend(plans: pd.DataFrame, lang: Lang) -> list[dict[str, Any]]:
    """The plan colours that occur."""
    seen = {plan_look(name) for name in plans["category"].unique()}
    items = [
        [f"plan-{look}", text(f"page.look_{look}", lang)]
        for look in PLAN_LOOKS
        if f"plan-{look}" in seen
    ]
    return [{"title": text("page.group_plans", lang), "items": items}] if items else []


def _days(frame: pd.DataFrame, name: str, lang: Lang) -> list[str]:
    if name not in frame:
        return [""] * len(frame)
    return [
        "" if moment is pd.NaT else day(moment.date(), lang)
        for moment in frame[name].astype(object)
    ]
