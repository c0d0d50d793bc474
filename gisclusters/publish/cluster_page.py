"""The page of one cluster: boundary, lots, parcels, markers and overlaps, on map and in tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from gisclusters.domain.verdicts import (
    SEVERITY_ORDER,
    OverlapVerdict,
    ParcelStatus,
    Severity,
)
from gisclusters.layers.kinds import LOT_USES
from gisclusters.publish.base_map import base_sets, plan_legend
from gisclusters.publish.blocks import (
    Block,
    lines,
    section,
    tiles,
    word,
    zones_of,
)
from gisclusters.publish.cluster_facts import severity_word, status_style
from gisclusters.publish.cluster_land import land_legend, land_sets
from gisclusters.publish.cluster_markers import MarkerView, marker_view
from gisclusters.publish.cluster_overlaps import (
    DRAWN_VERDICTS,
    findings_of,
    overlap_blocks,
    overlap_set,
    overlap_styles,
)
from gisclusters.publish.cluster_use import lot_set, parcel_set, use_blocks
from gisclusters.publish.features import FeatureSet, facts_of, texts
from gisclusters.publish.gathered import Gathered
from gisclusters.publish.tables import Column
from gisclusters.words import Lang, number, percent, text


def cluster_page(
    gathered: Gathered,
    position: int,
    facts: Mapping[str, Any],
    sources: Sequence[Block],
    lang: Lang,
) -> dict[str, Any]:
    """The island of the page of the cluster at ``position``; ``facts`` is its overview row."""
    cluster = gathered.clusters.iloc[[position]]
    cluster_id = str(facts["cluster_id"])
    box = [float(value) for value in cluster.total_bounds]
    overlaps = findings_of(gathered, cluster_id)
    parcels = gathered.parcels.iloc[gathered.of_cluster("parcels", cluster_id)]
    lots = gathered.lots.iloc[gathered.of_cluster("lots", cluster_id)]
    markers = marker_view(gathered, cluster_id, cluster, lang)
    drawn = overlaps[overlaps["verdict"].isin([str(v) for v in DRAWN_VERDICTS])]
    sets = [
        *base_sets(gathered, box, lang, simplify=False),
        _neighbours(gathered, position, box, lang),
        lot_set(lots, parcels, lang),
        parcel_set(parcels, lang),
        *land_sets(gathered, cluster_id, lang),
        _boundary(cluster, facts, lang),
        overlap_set(drawn, lang),
        *markers.sets,
    ]
    present = {each.id for each in sets if len(each.titles)}
    return {
        "sets": [each.island() for each in sets],
        "lead": [_figures(facts, overlaps, markers, gathered, lang)],
        "sections": [
            section("overlaps", text("page.tab_overlaps", lang),
                    overlap_blocks(gathered, overlaps, drawn, lang), count=_some(len(drawn))),
            section("markers", text("page.tab_markers", lang), markers.blocks,
                    count=_some(markers.count)),
            section("use", text("page.tab_use", lang),
                    use_blocks(gathered, cluster_id, parcels, lang), count=_some(len(parcels))),
            section("sources", text("page.tab_sources", lang),
                    [lines(_about(cluster, facts, lang)), *sources]),
        ],
        "tabs": True,
        "box": box,
        "start": box,
        "areas": [],
        "colours": [],
        "legend": _legend(present, lots, parcels, drawn, markers, gathered, box, lang),
        "zones": zones_of(cluster["crs"].tolist(), [box[0]], lang),
        "badges": _badges(facts, lang),
        "map_note": text("page.map_note", lang),
    }  # fmt: skip


def _neighbours(gathered: Gathered, position: int, box: Sequence[float], lang: Lang) -> FeatureSet:
    west, south, east, north = box
    margin = max(east - west, north - south)
    near = gathered.near("clusters", (west - margin, south - margin, east + margin, north + margin))
    others = gathered.clusters.iloc[near[near != position]]
    names = [
        name or cluster_id
        for name, cluster_id in zip(texts(others, "name"), texts(others, "cluster_id"), strict=True)
    ]
    return FeatureSet(
        id="neighbours",
        group="boundary",
        words=text("page.neighbour", lang),
        shapes=others.geometry.to_numpy(),
        styles={"": ["neighbour"] * len(others)},
        titles=names,
        labels=names,
        label_zoom=12,
        label_rank=5,
        silent=True,
    )


def _boundary(cluster: gpd.GeoDataFrame, facts: Mapping[str, Any], lang: Lang) -> FeatureSet:
    rings = shapely.boundary(cluster.geometry.to_numpy())  # lines: clicks inside reach the lots
    return FeatureSet(
        id="boundary",
        group="boundary",
        words=text("page.boundary", lang),
        shapes=rings,
        styles={"": ["boundary"]},
        titles=[facts["name"]],
        silent=True,
    )


def _figures(
    facts: Mapping[str, Any],
    overlaps: pd.DataFrame,
    markers: MarkerView,
    gathered: Gathered,
    lang: Lang,
) -> Block:
    figures = []
    if not math.isnan(facts["area_m2"]):
        words = "page.area_registered" if facts["registered"] else "page.area_measured"
        figures.append((f"{number(facts['area_m2'] / 10_000, lang, 2)} ha", text(words, lang), ""))
    if not math.isnan(facts["occupancy_share"]):
        figures.append(
            (percent(facts["occupancy_share"], lang), text("report.col_occupancy_share", lang), "")
        )
    if gathered.overlaps is not None:
        real = overlaps[overlaps["verdict"] != str(OverlapVerdict.NOT_CHECKED)]
        blocking = int((real["severity"] == str(Severity.BLOCKING)).sum())
        approval = int((real["severity"] == str(Severity.APPROVAL)).sum())
        figures += [
            (number(blocking, lang), text("page.blocking_findings", lang),
             "blocking" if blocking else "clear"),
            (number(approval, lang), text("page.approval_findings", lang),
             "approval" if approval else "clear"),
        ]  # fmt: skip
    if not math.isnan(facts["moved"]):
        moved = int(facts["moved"])
        figures.append(
            (f"{number(moved, lang)}/{number(markers.count, lang)}",
             text("page.moved_markers", lang), "blocking" if moved else "clear")
        )  # fmt: skip
    if not math.isnan(facts["unused"]):
        unused = int(facts["unused"])
        figures.append(
            (number(unused, lang), text("page.unused_parcels", lang),
             "approval" if unused else "clear")
        )  # fmt: skip
    return tiles(figures)


def _about(
    cluster: gpd.GeoDataFrame, facts: Mapping[str, Any], lang: Lang
) -> list[tuple[str, str]]:
    """What the cluster's own row says."""
    columns = (
        Column("cluster_id"), Column("decision"), Column("in_force_from", "day"),
        Column("registered_area_m2", "area"), Column("registered_industrial_area_m2", "area"),
        Column("industries"), Column("owner"), Column("accuracy_m", "metres"),
    )  # fmt: skip
    found = facts_of(cluster, columns, lang)
    renamed = {
        Column(name).header(lang): text(f"page.{name}", lang)
        for name in ("decision", "industries", "owner", "registered_industrial_area_m2")
    }
    pairs = [
        (text("page.where", lang), str(facts["place"])),
        (text("report.col_status", lang), str(facts["status_words"])),
        *((renamed.get(label, label), values[0]) for label, values in found.items()),
        (text("report.crs", lang), str(cluster["crs"].iloc[0])),
    ]
    return [pair for pair in pairs if pair[1]]


def _badges(facts: Mapping[str, Any], lang: Lang) -> list[dict[str, str]]:
    badges = [
        {
            "style": f"severity-{facts['severity']}",
            "text": f"{text('page.by_severity', lang)}: "
            + severity_word(str(facts["severity"]), lang).lower(),
        }
    ]
    if facts["status"]:
        badges.insert(
            0, {"style": status_style(str(facts["status"])), "text": str(facts["status_words"])}
        )
    return badges


def _legend(
    present: set[str],
    lots: pd.DataFrame,
    parcels: pd.DataFrame,
    drawn: pd.DataFrame,
    markers: MarkerView,
    gathered: Gathered,
    box: Sequence[float],
    lang: Lang,
) -> list[dict[str, Any]]:
    """Only what the page draws."""
    parts: list[dict[str, Any]] = [
        {"title": "", "items": [["boundary", text("page.boundary", lang)]]}
    ]
    if "neighbours" in present:
        parts[0]["items"].append(["neighbour", text("page.neighbour", lang)])
    if "overlaps" in present:
        seen = set(overlap_styles(drawn))
        items = [
            [f"severity-{name}", severity_word(str(name), lang)]
            for name in reversed(SEVERITY_ORDER)
            if f"severity-{name}" in seen
        ] + [
            [f"verdict-{name}", word("overlaps.verdict", name, lang)]
            for name in DRAWN_VERDICTS
            if f"verdict-{name}" in seen
        ]
        parts.append({"title": text("page.group_overlaps", lang), "items": items})
    parts += markers.legend
    parts += land_legend(present, lang)
    if "parcels" in present:
        states = set(texts(parcels, "status"))
        items = [
            [f"parcel-{name}", word("efficiency.status", name, lang)]
            for name in ParcelStatus
            if str(name) in states
        ] or [["parcel-unknown", text("page.parcel", lang)]]
        parts.append({"title": text("page.group_parcels", lang), "items": items})
    if "lots" in present:
        uses = set(texts(lots, "use"))
        items = [
            [f"lot-{use}", text(f"page.lot_use_{use}", lang)] for use in LOT_USES if use in uses
        ]
        parts.append({"title": text("page.group_lots", lang), "items": items})
    if "plans" in present:
        west, south, east, north = box
        margin = max(east - west, north - south, 0.02)
        near = gathered.near(
            "plans", (west - margin, south - margin, east + margin, north + margin)
        )
        parts += plan_legend(gathered.plans.iloc[near], lang)
    return parts


def _some(count: int) -> str:
    return str(count) if count else ""
