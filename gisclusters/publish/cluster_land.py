"""The layout on one cluster's page: green strip, factory lots, buildings outside, what lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.publish.blocks import (
    Block,
    frame_table,
    heading,
    lines,
    remark,
    table,
    word,
)
from gisclusters.publish.document import plain
from gisclusters.publish.features import FeatureSet, facts_of, texts
from gisclusters.publish.gathered import Gathered
from gisclusters.publish.tables import Column
from gisclusters.publish.use_tables import USE_TABLES, worst_lots_first
from gisclusters.words import Lang, number, percent, text

DRAWN_PLACES = ("strip_gap", "built", "free_in_lot")
"""Places of what lacks that are drawn; free industrial land is all lots without a tenant."""


def land_blocks(
    gathered: Gathered, cluster_id: str, use: pd.Series[Any], lang: Lang
) -> list[Block]:
    """The strip, what lacks and where, the factory lots, buildings outside."""
    blocks: list[Block] = []
    strip = plain(use.get("green_strip"))
    if isinstance(strip, dict):
        blocks += [heading(text("report.title_green_strip", lang)), _strip(strip, lang)]
    lacking = gathered.of_land("shortfalls", cluster_id)
    if lacking is not None and len(lacking):
        blocks += [heading(text("report.title_shortfalls", lang)), _lacking_table(lacking, lang)]
    lots = gathered.of_land("factory_lots", cluster_id)
    if lots is not None and len(lots):
        blocks += [heading(text("report.title_factory_lots", lang)), *_lots(lots, use, lang)]
    outside = gathered.of_land("buildings_outside", cluster_id)
    if outside is not None and len(outside):
        title = text("report.title_buildings_outside", lang)
        columns = [each for each in USE_TABLES["buildings_outside"] if each.name != "cluster_id"]
        blocks += [
            heading(title),
            frame_table(title, outside, columns, lang, feature_set="land_outside",
                        features=list(range(len(outside)))),
        ]  # fmt: skip
    return blocks


def _lacking_table(rows: gpd.GeoDataFrame, lang: Lang) -> Block:
    """What lacks, the place under it, the norm with its article."""
    cells = []
    for row in rows.to_dict("records"):
        place = word("efficiency.place", row["place"], lang)
        known = plain(row["place_m2"])
        cells.append([
            [word("efficiency.lacks", row["lacks"], lang), str(plain(row["lot_id"]) or "")],
            number(row["lacking_m2"], lang, 1),
            text("page.place_unknown", lang) if known is None
            else [place, f"{number(known, lang, 1)} m²"],
            [str(row["article"]),
             text("efficiency.basis_house", lang) if row["house"] else ""],
        ])  # fmt: skip
    drawn = _drawn(rows)
    places = {label: place for place, label in enumerate(rows.index[drawn])}
    return table(
        text("report.title_shortfalls", lang),
        [
            Column(name).header(lang)
            for name in ("lacks", "lacking_m2", "found_where", "legal_basis")
        ],
        cells,
        numeric=[False, True, False, False],
        keys=[[str(name) for name in rows["lacks"]], [float(each) for each in rows["lacking_m2"]],
              [str(name) for name in rows["place"]], [str(name) for name in rows["article"]]],
        feature_set="land_lacking" if drawn.any() else None,
        features=[places.get(label, -1) for label in rows.index] if drawn.any() else None,
    )  # fmt: skip


def _lots(lots: gpd.GeoDataFrame, use: pd.Series[Any], lang: Lang) -> list[Block]:
    """The figures of all factory lots, then each lot with its reasons under the verdicts."""
    figures = lines(_lot_figures(use, lang))
    if (lots[["density_verdict", "green_verdict"]] == "not_checked").all(axis=None):
        return [remark(text("page.lots_not_checked", lang), "warn")]
    frame = worst_lots_first(pd.DataFrame(lots.drop(columns="geometry")))
    cells = [
        [
            [str(row["lot_id"]), f"{number(row['area_m2'], lang, 1)} m²"],
            _verdict(row, "density", lang),
            _floors(row, lang),
            _verdict(row, "green", lang),
        ]
        for row in frame.to_dict("records")
    ]  # fmt: skip
    headers = ("lot_id", "density_share", "floor_area_m2", "green_m2")
    return [
        figures,
        table(
            text("report.title_factory_lots", lang),
            [Column(name).header(lang) for name in headers],
            cells,
            numeric=[False] * 4,
            keys=[
                [plain(each) for each in frame[name]]
                for name in ("lot_id", "density_share", "floor_area_m2", "green_share")
            ],
        ),
    ]


def _floors(row: Mapping[Any, Any], lang: Lang) -> list[str]:
    floors, area_m2 = plain(row["floors"]), plain(row["floor_area_m2"])
    return [
        text("page.floors_unknown", lang) if floors is None
        else text("page.floors", lang, count=number(floors, lang)),
        "" if area_m2 is None else f"{number(area_m2, lang, 1)} m²",
    ]  # fmt: skip


def _verdict(row: Mapping[Any, Any], name: str, lang: Lang) -> list[str]:
    """A share with its verdict, and the reason where nobody can judge."""
    share, reason = plain(row[f"{name}_share"]), plain(row[f"{name}_reason"])
    told = word("efficiency.lot", row[f"{name}_verdict"], lang)
    return [
        told if share is None else f"{percent(share, lang)} · {told}",
        word("efficiency.lot_reason", reason, lang) if reason else "",
    ]


def _drawn(rows: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Which places of what lacks the map shows."""
    drawn = rows["place"].isin(DRAWN_PLACES) & rows.geometry.notna()
    told: NDArray[np.bool_] = drawn.to_numpy(dtype=bool)
    return told


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
        drawn = lacking[_drawn(lacking)]
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
    known = {name: plain(use.get(name)) for name in forms}
    return [
        (Column(name).header(lang), forms[name](value, lang))
        for name, value in known.items()
        if value is not None
    ]
