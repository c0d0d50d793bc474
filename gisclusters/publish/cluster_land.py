"""The layout on one cluster's page: green strip, factory lots, buildings outside, what lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gisclusters.publish.blocks import Block, frame_table, heading, lines, remark, word
from gisclusters.publish.document import plain
from gisclusters.publish.features import FeatureSet, facts_of, texts
from gisclusters.publish.gathered import Gathered
from gisclusters.publish.tables import Column
from gisclusters.publish.use_tables import USE_TABLES, worst_lots_first
from gisclusters.words import Lang, number, percent, text

DRAWN_PLACES = ("strip_gap", "built", "free_in_lot")
"""Places of what lacks that are drawn; free industrial land is all lots without a tenant."""

_LOT_COLUMNS = ("lot_id", "area_m2", "density_share", "density_verdict", "density_reason", "floors",
                "floor_area_m2", "green_share", "green_verdict", "green_reason")  # fmt: skip


def land_blocks(
    gathered: Gathered, cluster_id: str, use: pd.Series[Any], lang: Lang
) -> list[Block]:
    """The strip, what lacks and where, the factory lots, buildings outside."""
    blocks: list[Block] = []
    strip = plain(use.get("green_strip"))
    if isinstance(strip, dict):
        blocks += [heading(text("report.title_green_strip", lang)), _strip(strip, lang)]
    for name in ("shortfalls", "factory_lots", "buildings_outside"):
        rows = gathered.of_land(name, cluster_id)
        if rows is None or not len(rows):
            continue
        title = text(f"report.title_{name}", lang)
        columns = [column for column in USE_TABLES[name] if column.name != "cluster_id"]
        frame = pd.DataFrame(rows.drop(columns="geometry"))
        if name == "factory_lots":
            columns = [column for column in columns if column.name in _LOT_COLUMNS]
            frame = worst_lots_first(frame)
            blocks += [heading(title), lines(_lot_figures(use, lang))]
            if (frame[["density_verdict", "green_verdict"]] == "not_checked").all(axis=None):
                blocks.append(remark(text("page.lots_not_checked", lang), "warn"))
                continue
        else:
            blocks.append(heading(title))
        if name == "shortfalls":
            frame = frame.assign(
                norm_basis=["house" if each else "code" for each in frame["house"]]
            ).rename(columns={"place": "found_where", "article": "legal_basis"})
        blocks.append(frame_table(title, frame, columns, lang))
    return blocks


def house_lines(structure: Mapping[str, Any], lang: Lang) -> list[Block]:
    """The norms a province adds to the code, each with its own article."""
    told = []
    for group, measured in structure.items():
        for norm in measured.get("house") or []:
            least = norm["at_least"] is not None
            limit = norm["at_least"] if least else norm["at_most"]
            told.append(
                (text("page.house_norm", lang, group=text(f"efficiency.group_{group}", lang),
                      article=norm["article"]),
                 text("page.house_least" if least else "page.house_most", lang,
                      share=percent(measured["share"], lang), limit=percent(limit, lang),
                      area=number(norm["missing_m2"] if least else norm["excess_m2"], lang)))
            )  # fmt: skip
    return [lines(told)] if told else []


def land_sets(gathered: Gathered, cluster_id: str, lang: Lang) -> list[FeatureSet]:
    """What lacks and the buildings outside as features of the map; sets without any left out."""
    sets = []
    lacking = gathered.of_land("shortfalls", cluster_id)
    if lacking is not None:
        drawn = lacking[lacking["place"].isin(DRAWN_PLACES) & lacking.geometry.notna()]
        drawn = drawn.rename(columns={"place": "found_where", "article": "legal_basis"})
        if len(drawn):
            names = [word("efficiency.lacks", name, lang) for name in texts(drawn, "lacks")]
            sets.append(_set("lacking", drawn, names, lang))
    outside = gathered.of_land("buildings_outside", cluster_id)
    if outside is not None and len(outside):
        sets.append(_set("outside", outside, texts(outside, "building_id"), lang))
    return sets


def land_legend(present: set[str], lang: Lang) -> list[dict[str, Any]]:
    """The part of the legend for what ``land_sets`` drew."""
    items = [
        [f"land-{name}", text(f"page.land_{name}", lang)]
        for name in ("lacking", "outside")
        if f"land_{name}" in present
    ]
    return [{"title": text("page.group_land", lang), "items": items}] if items else []


def _set(name: str, rows: Any, titles: list[str], lang: Lang) -> FeatureSet:
    columns = USE_TABLES["shortfalls" if name == "lacking" else "buildings_outside"]
    shown = [column for column in columns if column.name not in {"cluster_id", "norm_basis"}]
    return FeatureSet(
        id=f"land_{name}",
        group="land",
        words=text(f"page.land_{name}", lang),
        shapes=rows.geometry.to_numpy(),
        styles={"": [f"land-{name}"] * len(rows)},
        titles=titles,
        facts=facts_of(rows, shown, lang),
    )


def _strip(strip: Mapping[str, Any], lang: Lang) -> Block:
    verdict = str(strip["verdict"])
    if verdict == "not_checked":
        return remark(f"{word('report.strip', verdict, lang)}: {strip['article']}", "warn")
    key = "page.strip_whole" if verdict == "clear" else "page.strip_lacking"
    return remark(
        text(key, lang, width=number(strip["strip_m"], lang), article=strip["article"],
             share=percent(strip["share_of_boundary"], lang),
             area=number(strip["missing_m2"], lang)),
        "good" if verdict == "clear" else "bad",
    )  # fmt: skip


def _lot_figures(use: pd.Series[Any], lang: Lang) -> list[tuple[str, str]]:
    forms = {"factory_density_share": percent, "floor_area_m2": number,
             "built_outside_lots_m2": number, "built_outside_boundary_m2": number}  # fmt: skip
    return [
        (Column(name).header(lang), form(plain(use.get(name)), lang))
        for name, form in forms.items()
    ]
