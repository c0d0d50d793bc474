"""The dossier of one cluster: what its land is used for, as parts that every form writes alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from gisclusters.publish.canvas import Drawing
from gisclusters.publish.cluster_map import cluster_plan
from gisclusters.publish.efficiency_charts import ladder_chart, structure_chart
from gisclusters.publish.efficiency_rows import (
    action_frame,
    clusters_of,
    ladder_frame,
    parcels_of,
    ratio_frame,
    seam_frame,
    seam_sums,
    structure_frame,
)
from gisclusters.publish.efficiency_said import sentences
from gisclusters.publish.efficiency_tables import EFFICIENCY_STACKS
from gisclusters.publish.lease_timeline import timelines
from gisclusters.publish.minutes_parts import Table, Words
from gisclusters.publish.result import Result
from gisclusters.publish.tables import TABLES
from gisclusters.words import Lang, has_text, number, text

_PARCEL_STACKS = (
    ("parcel_id",), ("lessee", "occupant"), ("area_m2", "registered_area_m2"), ("status",),
    ("deadline", "days_left"), ("rule_id",), ("built_share", "built_share_sd"),
    ("transfer_unapproved",),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """What the map shows: the cluster's one row and its parcels, in one CRS in metres."""

    outline: gpd.GeoDataFrame
    parcels: gpd.GeoDataFrame


@dataclass(frozen=True, slots=True)
class Map:
    """The values of ``figure.svg``."""

    plan: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Points:
    """Sentences, each a point of its own."""

    sentences: Sequence[str]


Piece = Points | Words | Table | Drawing | Map


@dataclass(frozen=True, slots=True)
class DossierPart:
    """A numbered part with its title."""

    title: str
    blocks: Sequence[Piece]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything that stands in a dossier, in order."""

    title: str
    subject: str
    day: str
    run_id: str
    facts: Sequence[tuple[str, str]]
    """What the register says of the cluster, a pair a line."""
    parts: Sequence[DossierPart]

    def blocks(self, kind: type) -> list[Any]:
        """The blocks of one kind, in order."""
        return [block for part in self.parts for block in part.blocks if isinstance(block, kind)]


def make_dossier(result: Result, ground: Ground, lang: Lang) -> Dossier:
    """The dossier of the one cluster that ``result`` measured."""
    [cluster] = clusters_of(result)
    about = _About(cluster, result, ground, lang)
    name = f" – {cluster['name']}" if cluster.get("name") else ""
    made = [
        DossierPart(f"{place}. {text(f'efficiency.part_{key}', lang)}", blocks)
        for place, (key, blocks) in enumerate(
            [(key, make(about)) for key, make in _PARTS.items()], 1
        )
    ]
    return Dossier(
        title=text("efficiency.dossier_title", lang),
        subject=f"{cluster['cluster_id']}{name}",
        day=text("efficiency.dossier_day", lang, as_of=result.run.as_of),
        run_id=result.run.id,
        facts=_facts(cluster, ground, lang),
        parts=made,
    )


@dataclass(frozen=True, slots=True)
class _About:
    """What every part is made from."""

    cluster: dict[str, Any]
    result: Result
    ground: Ground
    lang: Lang


def _facts(cluster: dict[str, Any], ground: Ground, lang: Lang) -> list[tuple[str, str]]:
    """Where the cluster lies and how far it is, as far as the register says."""
    held = ground.outline.iloc[0]
    places = [held.get(name) for name in ("commune", "province")]
    place = ", ".join(each for each in places if isinstance(each, str) and each)
    key = f"page.cluster_status_{cluster.get('status')}"
    found = [("place", place), ("status", text(key, lang) if has_text(key) else "")]
    return [(text(f"efficiency.dossier_{name}", lang), said) for name, said in found if said]


def _said(about: _About) -> list[Piece]:
    actions = action_frame(about.cluster)
    blocks: list[Piece] = [Points(sentences(about.result, about.lang))]
    return [*blocks, _table("actions", actions, about.lang)] if len(actions) else [
        *blocks, Words([text("efficiency.no_actions", about.lang)])
    ]  # fmt: skip


def _ladder(about: _About) -> list[Piece]:
    drawing = ladder_chart(about.cluster, about.result, about.lang)
    blocks: list[Piece] = [] if drawing is None else [drawing]
    blocks += [_table("ladder", ladder_frame(about.cluster), about.lang),
               Words([text("efficiency.ladder_note", about.lang)])]  # fmt: skip
    if about.cluster.get("seams") is None:
        return [*blocks, Words([text("efficiency.seams_unknown", about.lang)], "warn")]
    told = [
        text(f"efficiency.said_{what}", about.lang, cluster=about.cluster["cluster_id"],
             count=count, area=number(area, about.lang, 1))
        for what, (count, area) in seam_sums(about.cluster).items() if count
    ]  # fmt: skip
    if not told:
        return [*blocks, Words([text("efficiency.no_seams", about.lang)])]
    return [*blocks, Words(told, "warn"), _table("seams", seam_frame(about.cluster), about.lang)]


def _ratios(about: _About) -> list[Piece]:
    return [
        Words([text("report.note_ratios", about.lang)]),
        _table("ratios", ratio_frame(about.cluster), about.lang),
    ]


def _structure(about: _About) -> list[Piece]:
    drawing = structure_chart(about.cluster, about.result, about.lang)
    frame = structure_frame(about.cluster)
    if drawing is None or not len(frame):
        return [Words([text("efficiency.no_structure", about.lang)], "warn")]
    return [Words([text("efficiency.structure_note", about.lang)]), drawing,
            _table("structure", frame, about.lang)]  # fmt: skip


def _leases(about: _About) -> list[Piece]:
    return list(timelines(about.cluster, about.result, about.lang)) or [
        Words([text("efficiency.no_leases", about.lang)], "warn")
    ]


def _map(about: _About) -> list[Piece]:
    status = {str(row["parcel_id"]): str(row["status"]) for row in parcels_of(about.cluster)}
    return [Map(cluster_plan(about.ground.outline, about.ground.parcels, status, about.lang))]


def _parcels(about: _About) -> list[Piece]:
    frame = pd.DataFrame(parcels_of(about.cluster), dtype=object)
    if not len(frame):
        return [Words([text("efficiency.no_parcels", about.lang)], "warn")]
    return [_table("parcels", frame, about.lang, stacks=_PARCEL_STACKS)]


_PARTS: dict[str, Callable[[_About], list[Piece]]] = {
    "said": _said, "ladder": _ladder, "ratios": _ratios, "structure": _structure,
    "leases": _leases, "map": _map, "parcels": _parcels,
}  # fmt: skip
"""The parts in order; each gives its blocks and says so where it knows nothing."""


def _table(
    name: str, frame: pd.DataFrame, lang: Lang,
    stacks: Sequence[Sequence[str]] | None = None,
) -> Table:  # fmt: skip
    """A table without the column of the cluster, which is the same in every row."""
    known = {column.name: column for column in (*TABLES[name], *_BESIDE)
             if column.name in frame and not frame[column.name].isna().all()}  # fmt: skip
    chosen = stacks or EFFICIENCY_STACKS[name]
    kept = [[known[each] for each in stack if each in known and each != "cluster_id"]
            for stack in chosen]  # fmt: skip
    return Table(name, text(f"report.title_{name}", lang), frame, [s for s in kept if s])


_BESIDE = tuple(column for column in TABLES["efficiency"] if column.name == "built_share_sd")
