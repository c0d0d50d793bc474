"""The overlaps of one cluster's page: hatched pieces with their labels, table, what is silent."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gisclusters.domain.verdicts import SEVERITY_ORDER, OverlapVerdict, Severity
from gisclusters.publish.blocks import (
    Block,
    category,
    frame_table,
    heading,
    remark,
    table,
    word,
)
from gisclusters.publish.cluster_facts import severity_word
from gisclusters.publish.features import FeatureSet, facts_of, shown, sort_keys, texts
from gisclusters.publish.gathered import Gathered
from gisclusters.publish.tables import Column
from gisclusters.publish.views import with_plan
from gisclusters.words import Lang, number, text

DRAWN_VERDICTS = (
    OverlapVerdict.CONFLICT,
    OverlapVerdict.UNDECIDED,
    OverlapVerdict.COMPATIBLE,
    OverlapVerdict.WITHIN_ACCURACY,
)
"""Verdicts that stand for a piece of ground; the others have no shape to draw."""

_LABELLED = (str(OverlapVerdict.CONFLICT), str(OverlapVerdict.UNDECIDED))


_OVERLAP_FACTS = (
    Column("verdict", "word", "overlaps.verdict"),
    Column("severity", "word", "overlaps.severity"),
    Column("exception_state", "word", "overlaps.exception"),
    Column("exception_until", "day"),
    Column("category", "category"),
    Column("plan", "plan"),
    Column("zone_id"),
    Column("relation", "word", "overlaps.relation"),
    Column("area_m2", "area"),
    Column("area_sd_m2", "area"),
    Column("share_of_subject", "share"),
    Column("width_m", "metres"),
    Column("tolerance_m", "metres"),
    Column("distance_m", "metres"),
    Column("corridor_m", "metres"),
    Column("corridor_note", "words", "overlaps.corridor"),
    Column("yields_to"),
    Column("in_force_from", "day"),
    Column("in_force_to", "day"),
    Column("legal_basis"),
    Column("approval", only="vi"),
    Column("approval_en", only="en"),
    Column("rule_id"),
    Column("confidence", "word", "report.confidence"),
)


def findings_of(gathered: Gathered, cluster_id: str) -> gpd.GeoDataFrame:
    """The findings of a cluster, the worst first."""
    if gathered.overlaps is None:
        return gpd.GeoDataFrame({"verdict": [], "severity": []}, geometry=gpd.GeoSeries([]))
    found = with_plan(gathered.overlaps.iloc[gathered.of_cluster("overlaps", cluster_id)])
    rank = {str(severity): -place for place, severity in enumerate(SEVERITY_ORDER)}
    area = found["area_m2"] if "area_m2" in found else pd.Series(0.0, index=found.index)
    order = pd.DataFrame({"rank": found["severity"].map(rank).fillna(1), "area": -area.fillna(0)})
    return found.loc[order.sort_values(["rank", "area"], kind="stable").index]


def _overlap_style(verdict: str, severity: str) -> str:
    if verdict == str(OverlapVerdict.CONFLICT) and severity:
        return f"severity-{severity}"
    return f"verdict-{verdict}" if verdict != str(OverlapVerdict.CONFLICT) else "severity-note"


def overlap_styles(drawn: pd.DataFrame) -> list[str]:
    """The style of each finding: a conflict by its severity, another by its verdict."""
    return [
        _overlap_style(verdict, severity)
        for verdict, severity in zip(texts(drawn, "verdict"), texts(drawn, "severity"), strict=True)
    ]


def overlap_set(drawn: gpd.GeoDataFrame, lang: Lang) -> FeatureSet:
    """The pieces in the order given, conflicts labelled with category, area and width."""
    titles = [category(name, lang) for name in texts(drawn, "category")]
    areas = drawn["area_m2"] if "area_m2" in drawn else pd.Series(np.nan, index=drawn.index)
    widths = drawn["width_m"] if "width_m" in drawn else pd.Series(np.nan, index=drawn.index)
    return FeatureSet(
        id="overlaps",
        group="overlaps",
        words=text("page.overlap", lang),
        shapes=drawn.geometry.to_numpy(),
        styles={"": overlap_styles(drawn)},
        titles=titles,
        facts=facts_of(drawn, _OVERLAP_FACTS, lang),
        labels=[
            _label(title, area, width, lang) if verdict in _LABELLED else ""
            for title, area, width, verdict in zip(
                titles, areas, widths, texts(drawn, "verdict"), strict=True
            )
        ],
        label_style="finding",
        label_zoom=13,
        label_rank=1,
    )


def _label(title: str, area_m2: Any, width_m: Any, lang: Lang) -> str:
    if pd.isna(area_m2):
        return title
    wide = (
        "" if pd.isna(width_m) else text("page.label_width", lang, width=number(width_m, lang, 1))
    )
    return f"{title}\n{number(area_m2, lang)} m²{wide}"


def overlap_blocks(
    gathered: Gathered, overlaps: pd.DataFrame, drawn: gpd.GeoDataFrame, lang: Lang
) -> list[Block]:
    """The table of pieces, then what was not checked, then what the cluster is clear of."""
    if gathered.overlaps is None:
        return [remark(text("page.no_overlaps", lang), "warn")]
    if not len(overlaps):
        return [remark(text("page.not_in_findings", lang), "warn")]
    blocks: list[Block] = []
    if len(drawn):
        blocks.append(_overlap_table(drawn, lang))
    else:
        blocks.append(remark(text("page.no_conflict", lang), "good"))
    silent = overlaps[overlaps["verdict"] == str(OverlapVerdict.NOT_CHECKED)]
    if len(silent):
        blocks += [
            heading(text("page.unchecked", lang)),
            remark(text("page.unchecked_note", lang), "warn"),
            frame_table(
                text("page.unchecked", lang),
                silent,
                (
                    Column("category", "category"),
                    Column("plan", "plan"),
                    Column("reason", "word", "overlaps.reason"),
                    Column("area_m2", "area"),
                ),
                lang,
            ),
        ]
    clear = overlaps[overlaps["verdict"] == str(OverlapVerdict.CLEAR)]
    if len(clear):
        plans = [
            f"{category(kind, lang)} ({shown(plan, Column('plan', 'plan'), lang)})"
            if kind
            else plan
            for kind, plan in zip(texts(clear, "category"), texts(clear, "plan"), strict=True)
        ]
        blocks += [
            heading(text("page.clear_of", lang)),
            remark("; ".join(dict.fromkeys(plans)), "good"),
        ]
    return blocks


def _overlap_table(drawn: gpd.GeoDataFrame, lang: Lang) -> Block:
    titles = [category(name, lang) for name in texts(drawn, "category")]
    verdicts = [word("overlaps.verdict", verdict, lang) for verdict in texts(drawn, "verdict")]
    severities = texts(drawn, "severity")
    asks = [severity_word(name, lang) if name else "" for name in severities]
    known = facts_of(drawn, _OVERLAP_FACTS, lang)
    empty = [""] * len(drawn)
    column = {each.name: known.get(each.header(lang), empty) for each in _OVERLAP_FACTS}
    rows = [
        [
            [verdict, ask],
            [title, " · ".join(part for part in (plan, zone) if part)],
            [area, f"± {sd}" if sd else ""],
            share,
            width,
        ]
        for verdict, ask, title, plan, zone, area, sd, share, width in zip(
            verdicts, asks, titles, column["plan"], column["zone_id"], column["area_m2"],
            column["area_sd_m2"], column["share_of_subject"], column["width_m"], strict=True,
        )
    ]  # fmt: skip
    worst = [
        len(SEVERITY_ORDER) - SEVERITY_ORDER.index(Severity(name)) if name else 9
        for name in severities
    ]
    return table(
        text("page.tab_overlaps", lang),
        [
            text(f"report.col_{name}", lang)
            for name in ("verdict", "category", "area_m2", "share_of_subject", "width_m")
        ],
        rows,
        numeric=[False, False, True, True, True],
        feature_set="overlaps",
        features=range(len(drawn)),
        badges={0: overlap_styles(drawn)},
        keys=[
            worst,
            titles,
            *(sort_keys(drawn, name) for name in ("area_m2", "share_of_subject", "width_m")),
        ],
    )
