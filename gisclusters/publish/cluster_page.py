"""The page of one cluster: boundary, lots, parcels, markers and overlaps, on map and in tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.verdicts import (
    SEVERITY_ORDER,
    OverlapVerdict,
    ParcelStatus,
    Severity,
)
from gisclusters.layers.kinds import LOT_USES
from gisclusters.publish.blocks import (
    Block,
    category,
    frame_table,
    heading,
    lines,
    remark,
    section,
    table,
    tiles,
    word,
    zones_of,
)
from gisclusters.publish.cluster_markers import MarkerView, marker_view
from gisclusters.publish.document import plain
from gisclusters.publish.features import FeatureSet, facts_of, texts
from gisclusters.publish.gathered import Gathered
from gisclusters.publish.overview import base_sets, plan_legend, severity_word, status_style
from gisclusters.publish.tables import Column
from gisclusters.words import Lang, number, percent, text

RUNGS = ("gross", "industrial", "serviced", "committed", "leased", "handed_over", "building",
         "producing")  # fmt: skip

_REAL = (OverlapVerdict.CONFLICT, OverlapVerdict.UNDECIDED, OverlapVerdict.COMPATIBLE,
         OverlapVerdict.WITHIN_ACCURACY)  # fmt: skip
_OVERLAP_FACTS = (
    Column("verdict", "word", "overlaps.verdict"),
    Column("severity", "word", "overlaps.severity"),
    Column("category", "category"),
    Column("plan_id"),
    Column("zone_id"),
    Column("relation", "word", "overlaps.relation"),
    Column("area_m2", "area"),
    Column("area_sd_m2", "area"),
    Column("share_of_subject", "share"),
    Column("width_m", "metres"),
    Column("tolerance_m", "metres"),
    Column("distance_m", "metres"),
    Column("in_force_from", "day"),
    Column("in_force_to", "day"),
    Column("legal_basis"),
    Column("approval"),
    Column("rule_id"),
)
_PARCEL_FACTS = (
    Column("status", "word", "efficiency.status"),
    Column("lessee"),
    Column("occupant"),
    Column("deadline", "day"),
    Column("days_left", "count"),
    Column("rule_id", "word", "efficiency.rule"),
    Column("area_m2", "area"),
    Column("registered_area_m2", "area"),
    Column("land_code", "category"),
    Column("sheet_no"),
    Column("parcel_no"),
    Column("built_share", "share"),
    Column("transfer_unapproved", "yes"),
)


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
    overlaps = _overlaps(gathered, cluster_id)
    parcels = gathered.parcels.iloc[gathered.of_cluster("parcels", cluster_id)]
    lots = gathered.lots.iloc[gathered.of_cluster("lots", cluster_id)]
    markers = marker_view(gathered, cluster_id, cluster, lang)
    drawn = overlaps[overlaps["verdict"].isin([str(v) for v in _REAL])]
    sets = [
        *base_sets(gathered, box, lang, simplify=False),
        _neighbours(gathered, position, box, lang),
        _lot_set(lots, parcels, lang),
        _parcel_set(parcels, lang),
        _boundary(cluster, facts, lang),
        _overlap_set(drawn, lang),
        *markers.sets,
    ]
    present = {each.id for each in sets if len(each.titles)}
    return {
        "sets": [each.island() for each in sets],
        "lead": [_figures(facts, cluster, overlaps, markers, gathered, lang)],
        "sections": [
            section("overlaps", text("page.tab_overlaps", lang),
                    _overlap_blocks(gathered, overlaps, drawn, lang), count=_some(len(drawn))),
            section("markers", text("page.tab_markers", lang), markers.blocks,
                    count=_some(markers.count)),
            section("use", text("page.tab_use", lang),
                    _use_blocks(gathered, cluster_id, parcels, lang), count=_some(len(parcels))),
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


def _overlaps(gathered: Gathered, cluster_id: str) -> gpd.GeoDataFrame:
    """The findings of a cluster, the worst first."""
    if gathered.overlaps is None:
        return gpd.GeoDataFrame({"verdict": [], "severity": []}, geometry=gpd.GeoSeries([]))
    found = gathered.overlaps.iloc[gathered.of_cluster("overlaps", cluster_id)]
    rank = {str(severity): -place for place, severity in enumerate(SEVERITY_ORDER)}
    area = found["area_m2"] if "area_m2" in found else pd.Series(0.0, index=found.index)
    order = pd.DataFrame({"rank": found["severity"].map(rank).fillna(1), "area": -area.fillna(0)})
    return found.loc[order.sort_values(["rank", "area"], kind="stable").index]


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


def _lot_set(lots: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame, lang: Lang) -> FeatureSet:
    uses = texts(lots, "use")
    # A lot divided into parcels leaves the label to them.
    tree = shapely.STRtree(parcels.geometry.to_numpy())
    middles = shapely.point_on_surface(lots.geometry.to_numpy())
    divided = np.zeros(len(lots), dtype=bool)
    divided[tree.query(middles, predicate="intersects")[0]] = True
    return FeatureSet(
        id="lots",
        group="lots",
        words=text("page.group_lots", lang),
        shapes=lots.geometry.to_numpy(),
        styles={"": [f"lot-{use}" for use in uses]},
        titles=texts(lots, "lot_id"),
        facts={text("page.use", lang): [word("page.lot_use", use, lang) for use in uses]}
        | facts_of(lots, (Column("serviced_on", "day"), Column("floors", "count")), lang),
        labels=np.where(divided, "", texts(lots, "lot_id")).tolist(),
        label_style="small",
        label_zoom=15,
        label_rank=6,
        label_fit=True,
    )


def _parcel_set(parcels: gpd.GeoDataFrame, lang: Lang) -> FeatureSet:
    status = texts(parcels, "status")
    return FeatureSet(
        id="parcels",
        group="parcels",
        words=text("page.parcel", lang),
        shapes=parcels.geometry.to_numpy(),
        styles={"": [f"parcel-{name or 'unknown'}" for name in status]},
        titles=texts(parcels, "parcel_id"),
        facts=facts_of(parcels, _PARCEL_FACTS, lang),
        labels=texts(parcels, "parcel_id"),
        label_style="small",
        label_zoom=14.5,
        label_rank=4,
        label_fit=True,
    )


def _overlap_style(verdict: str, severity: str) -> str:
    if verdict == str(OverlapVerdict.CONFLICT) and severity:
        return f"severity-{severity}"
    return f"verdict-{verdict}" if verdict != str(OverlapVerdict.CONFLICT) else "severity-note"


def _overlap_set(drawn: gpd.GeoDataFrame, lang: Lang) -> FeatureSet:
    titles = [category(name, lang) for name in texts(drawn, "category")]
    areas = drawn["area_m2"] if "area_m2" in drawn else pd.Series(np.nan, index=drawn.index)
    widths = drawn["width_m"] if "width_m" in drawn else pd.Series(np.nan, index=drawn.index)
    return FeatureSet(
        id="overlaps",
        group="overlaps",
        words=text("page.overlap", lang),
        shapes=drawn.geometry.to_numpy(),
        styles={"": _overlap_styles(drawn)},
        titles=titles,
        facts=facts_of(drawn, _OVERLAP_FACTS, lang),
        labels=[
            title if pd.isna(area) else f"{title}\n{number(area, lang)} m²"
            + ("" if pd.isna(width) else text("page.label_width", lang, width=number(width, lang, 1)))
            for title, area, width in zip(titles, areas, widths, strict=True)
        ],
        label_style="finding",
        label_zoom=13,
        label_rank=1,
    )  # fmt: skip


def _overlap_styles(drawn: pd.DataFrame) -> list[str]:
    return [
        _overlap_style(verdict, severity)
        for verdict, severity in zip(texts(drawn, "verdict"), texts(drawn, "severity"), strict=True)
    ]


def _figures(
    facts: Mapping[str, Any],
    cluster: gpd.GeoDataFrame,
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


def _overlap_blocks(
    gathered: Gathered, overlaps: pd.DataFrame, drawn: gpd.GeoDataFrame, lang: Lang
) -> list[Block]:
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
                    Column("plan_id"),
                    Column("reason", "word", "overlaps.reason"),
                    Column("area_m2", "area"),
                ),
                lang,
            ),
        ]
    clear = overlaps[overlaps["verdict"] == str(OverlapVerdict.CLEAR)]
    if len(clear):
        plans = [
            f"{category(kind, lang)} ({plan})" if kind else plan
            for kind, plan in zip(texts(clear, "category"), texts(clear, "plan_id"), strict=True)
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
            verdicts, asks, titles, column["plan_id"], column["zone_id"], column["area_m2"],
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
        badges={0: _overlap_styles(drawn)},
        keys=[worst, titles]
        + [
            [plain(cell) for cell in drawn.get(name, pd.Series(index=drawn.index, dtype=object))]
            for name in ("area_m2", "share_of_subject", "width_m")
        ],
    )


def _use_blocks(
    gathered: Gathered, cluster_id: str, parcels: gpd.GeoDataFrame, lang: Lang
) -> list[Block]:
    rows = gathered.of_cluster("used", cluster_id)
    blocks: list[Block] = []
    if gathered.used is None or not len(rows):
        blocks.append(remark(text("page.no_use", lang), "warn"))
    else:
        blocks += _ladder(gathered.used.iloc[rows[0]], lang)
    if not len(parcels):
        return [*blocks, remark(text("page.no_parcels", lang), "warn")]
    status = texts(parcels, "status")
    known = facts_of(parcels, _PARCEL_FACTS, lang)
    empty = [""] * len(parcels)
    column = {each.name: known.get(each.header(lang), empty) for each in _PARCEL_FACTS}
    tenants = column["lessee"]
    blocks += [
        heading(text("report.title_parcels", lang)),
        table(
            text("report.title_parcels", lang),
            [
                text(f"report.col_{name}", lang)
                for name in ("parcel_id", "status", "deadline", "area_m2")
            ],
            [
                [[parcel, tenant], state or "–", when, area]
                for parcel, tenant, state, when, area in zip(
                    texts(parcels, "parcel_id"), tenants, column["status"], column["deadline"],
                    column["area_m2"], strict=True,
                )
            ],
            numeric=[False, False, False, True],
            feature_set="parcels",
            features=range(len(parcels)),
            badges={1: [f"parcel-{name or 'unknown'}" for name in status]},
            keys=[
                texts(parcels, "parcel_id"),
                status,
                [plain(cell) for cell in parcels.get("deadline", pd.Series(index=parcels.index))],
                [plain(cell) for cell in parcels.get("area_m2", pd.Series(index=parcels.index))],
            ],
            search_words=text("page.search_rows", lang),
            search=[
                " ".join(parts)
                for parts in zip(texts(parcels, "parcel_id"), tenants, strict=True)
            ],
            filters={
                "status": {
                    "label": text("report.col_status", lang),
                    "values": status,
                    "options": [
                        [str(name), word("efficiency.status", name, lang)]
                        for name in ParcelStatus
                        if str(name) in set(status)
                    ],
                }
            },
            hides=True,
        ),
    ]  # fmt: skip
    return blocks


def _ladder(use: pd.Series[Any], lang: Lang) -> list[Block]:
    """The area ladder and the structure as bars of the gross area."""
    gross = use["gross_m2"]
    bars = []
    for rung in RUNGS:
        area = plain(use.get(f"{rung}_m2"))
        bars.append(
            {
                "label": word("efficiency.rung", rung, lang),
                "share": 0 if area is None else area / gross,
                "value": "–" if area is None else f"{number(area / 10_000, lang, 2)} ha",
                "mark": "",
            }
        )
    blocks: list[Block] = [heading(text("page.ladder", lang)), {"type": "bars", "bars": bars}]
    share = plain(use.get("occupancy_share"))
    if share is not None:
        rule = word("efficiency.rule", use.get("occupancy_rule"), lang, default="")
        blocks.append(
            remark(f"{text('report.col_occupancy_share', lang)}: {percent(share, lang, 2)}. {rule}")
        )
    structure = plain(use.get("structure"))
    if isinstance(structure, dict):
        blocks += [
            heading(text("page.structure", lang)),
            {"type": "bars", "bars": [_group(name, structure[name], lang) for name in LOT_USES
                                      if name in structure]},
            remark(text("page.structure_note", lang)),
        ]  # fmt: skip
    return blocks


def _group(name: str, measured: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    least, most = measured.get("at_least"), measured.get("at_most")
    broken = bool(measured.get("missing_m2")) or bool(measured.get("excess_m2"))
    return {
        "label": text(f"page.lot_use_{name}", lang),
        "share": measured["share"],
        "norm": least if least is not None else most,
        "value": percent(measured["share"], lang),
        "mark": "bad" if broken else "",
    }


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
        seen = set(_overlap_styles(drawn))
        items = [
            [f"severity-{name}", severity_word(str(name), lang)]
            for name in reversed(SEVERITY_ORDER)
            if f"severity-{name}" in seen
        ] + [
            [f"verdict-{name}", word("overlaps.verdict", name, lang)]
            for name in _REAL
            if f"verdict-{name}" in seen
        ]
        parts.append({"title": text("page.group_overlaps", lang), "items": items})
    parts += markers.legend
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
