"""The land use of one cluster's page: lots, parcels by status, area ladder, structure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.verdicts import ParcelStatus
from gisclusters.layers.kinds import LOT_USES
from gisclusters.publish.blocks import Block, heading, remark, table, word
from gisclusters.publish.cluster_land import house_lines, land_blocks
from gisclusters.publish.document import plain
from gisclusters.publish.features import FeatureSet, facts_of, sort_keys, texts
from gisclusters.publish.gathered import Gathered
from gisclusters.publish.tables import Column
from gisclusters.words import Lang, number, percent, text

RUNGS = ("gross", "industrial", "serviced", "committed", "leased", "handed_over", "building",
         "producing")  # fmt: skip


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


def lot_set(lots: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame, lang: Lang) -> FeatureSet:
    """The lots by use."""
    uses = texts(lots, "use")
    # Lots that keep their label are those no parcel lies on.
    tree = shapely.STRtree(parcels.geometry.to_numpy())
    middles = shapely.point_on_surface(lots.geometry.to_numpy())
    unlabelled = np.zeros(len(lots), dtype=bool)
    unlabelled |= np.array(uses, dtype=object) == "transport"  # roads thread through everything
    unlabelled[tree.query(middles, predicate="intersects")[0]] = True
    return FeatureSet(
        id="lots",
        group="lots",
        words=text("page.group_lots", lang),
        shapes=lots.geometry.to_numpy(),
        styles={"": [f"lot-{use}" for use in uses]},
        titles=texts(lots, "lot_id"),
        facts={text("page.use", lang): [word("page.lot_use", use, lang) for use in uses]}
        | facts_of(lots, (Column("serviced_on", "day"), Column("floors", "count")), lang),
        labels=np.where(unlabelled, "", texts(lots, "lot_id")).tolist(),
        label_style="small",
        label_zoom=15,
        label_rank=6,
        label_fit=True,
    )


def parcel_set(parcels: gpd.GeoDataFrame, lang: Lang) -> FeatureSet:
    """The parcels by status; the deadline is among the facts of each."""
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


def use_blocks(
    gathered: Gathered, cluster_id: str, parcels: gpd.GeoDataFrame, lang: Lang
) -> list[Block]:
    """The area ladder, the structure, and the table of parcels."""
    rows = gathered.of_cluster("used", cluster_id)
    blocks: list[Block] = []
    if gathered.used is None or not len(rows):
        blocks.append(remark(text("page.no_use", lang), "warn"))
    else:
        use = gathered.used.iloc[rows[0]]
        blocks += _ladder(use, lang)
        blocks += land_blocks(gathered, cluster_id, use, lang)
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
                sort_keys(parcels, "deadline"),
                sort_keys(parcels, "area_m2"),
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
            *house_lines(structure, lang),
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
