"""The overview page: every cluster by its worst finding, on the map and in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gisclusters.domain.verdicts import (
    OverlapVerdict,
    Severity,
)
from gisclusters.layers.kinds import CLUSTER_STATUSES
from gisclusters.publish.base_map import base_sets, plan_legend
from gisclusters.publish.blocks import (
    Block,
    category,
    heading,
    lines,
    remark,
    section,
    table,
    tiles,
    word,
    zones_of,
)
from gisclusters.publish.cluster_facts import STATUS_GROUPS, severity_word, status_style
from gisclusters.publish.features import FeatureSet, texts
from gisclusters.publish.gathered import Gathered
from gisclusters.words import Lang, number, percent, text

SEVERITIES = (str(Severity.BLOCKING), str(Severity.APPROVAL), str(Severity.NOTE), "clear",
              "unchecked")  # fmt: skip

_SEEN_SHARE = 0.12
"""A province that takes less of the whole than this would be a heap of dots."""

_NAMED = 4
"""A list of clusters names this many, then counts."""


def overview_page(
    gathered: Gathered,
    facts: pd.DataFrame,
    pages: Mapping[str, str],
    sources: Sequence[Block],
    lang: Lang,
) -> dict[str, Any]:
    """The island of the overview; ``facts`` are those of :func:`cluster_facts`.

    ``pages``: address of each cluster's page that exists.
    """
    box = _box(gathered.clusters)
    areas = _areas(gathered)
    sets = [
        *base_sets(gathered, box, lang, simplify=True),
        _cluster_set(gathered, facts, pages, lang),
    ]
    return {
        "sets": [each.island() for each in sets],
        "lead": [_figures(gathered, facts, lang)],
        "sections": [
            section("clusters", text("page.clusters", lang), [_table(facts, pages, lang)]),
            section("unchecked", text("page.unchecked", lang), _unchecked(gathered, facts, lang)),
            section("sources", text("report.sources", lang), sources, opened=False),
        ],
        "tabs": False,
        "box": box,
        "start": _start(box, areas),
        "areas": areas,
        "colours": [
            {"id": way, "text": text(f"page.by_{way}", lang)} for way in ("severity", "status")
        ],
        "legend": [
            {
                "colour": "severity",
                "title": "",
                "items": [[f"severity-{name}", severity_word(name, lang)] for name in SEVERITIES],
            },
            {
                "colour": "status",
                "title": "",
                "items": [
                    [f"status-{group}", text(f"page.status_group_{group}", lang)]
                    for group in STATUS_GROUPS
                ],
            },
            *plan_legend(gathered.plans, lang),
        ],
        "zones": zones_of(
            gathered.clusters["crs"].tolist(), gathered.clusters.geometry.bounds["minx"], lang
        ),
        "badges": [],
        "map_note": text("page.map_note", lang),
    }


def _cluster_set(
    gathered: Gathered, facts: pd.DataFrame, pages: Mapping[str, str], lang: Lang
) -> FeatureSet:
    return FeatureSet(
        id="clusters",
        group="clusters",
        words=text("page.cluster", lang),
        shapes=gathered.clusters.geometry.to_numpy(),
        styles={
            "severity": [f"severity-{name}" for name in facts["severity"]],
            "status": [status_style(status) for status in facts["status"]],
        },
        titles=facts["name"].tolist(),
        facts={
            text("report.col_cluster_id", lang): facts["cluster_id"].tolist(),
            text("page.where", lang): facts["place"].tolist(),
            text("report.col_status", lang): facts["status_words"].tolist(),
            text("page.by_severity", lang): [severity_word(s, lang) for s in facts["severity"]],
            text("page.area_ha", lang): _area_texts(facts, lang),
            text("report.col_occupancy_share", lang): [
                "" if np.isnan(share) else percent(share, lang)
                for share in facts["occupancy_share"]
            ],
            text("page.unused_parcels", lang): _counts(facts["unused"], lang),
            text("page.moved_markers", lang): _counts(facts["moved"], lang),
        },
        labels=facts["name"].tolist(),
        label_zoom=9,
        label_rank=1,
        links=[pages.get(cluster_id) for cluster_id in facts["cluster_id"]],
        dot=True,
    )


def _figures(gathered: Gathered, facts: pd.DataFrame, lang: Lang) -> Block:
    """The figures of the whole: counts and sums of the frames given, nothing else."""
    figures = [(number(len(facts), lang), text("page.sum_clusters", lang), "")]
    planned = ~facts["status"].isin(STATUS_GROUPS["ended"])
    known = facts["area_m2"].notna() & planned
    if known.any():
        words = "page.sum_area" if known.all() else "page.sum_area_part"
        figures.append(
            (
                f"{number(facts.loc[known, 'area_m2'].sum() / 10_000, lang, 1)} ha",
                text(words, lang, count=int(known.sum())),
                "",
            )
        )
    # The average of the official forms is over operating clusters only (Circular 14/2024).
    operating = facts["status"].isin((*STATUS_GROUPS["operating"], *STATUS_GROUPS["irregular"]))
    both = facts["committed_m2"].notna() & (facts["industrial_m2"] > 0) & operating
    if both.any():
        share = facts.loc[both, "committed_m2"].sum() / facts.loc[both, "industrial_m2"].sum()
        words = text("page.sum_occupancy", lang, count=int(both.sum()))
        figures.append((percent(share, lang), words, ""))
    if gathered.overlaps is not None:
        counts = facts["severity"].value_counts()
        part = f" {text('page.published_only', lang)}" if gathered.public else ""
        figures += [
            (number(int(counts.get(name, 0)), lang), text(f"page.sum_{name}", lang) + part, name)
            for name in ("blocking", "approval", "unchecked")
            if name != "unchecked" or name in counts
        ]
    if facts["unused"].notna().any():
        figures.append(
            (number(facts["unused"].sum(), lang), text("page.sum_unused", lang), "approval")
        )
    if facts["moved"].notna().any():
        figures.append((number(facts["moved"].sum(), lang), text("page.sum_moved", lang), "note"))
    return tiles(figures)


def _table(facts: pd.DataFrame, pages: Mapping[str, str], lang: Lang) -> Block:
    severity = [severity_word(name, lang) for name in facts["severity"]]
    occupancy = ["" if np.isnan(s) else percent(s, lang) for s in facts["occupancy_share"]]
    unused = _counts(facts["unused"], lang)
    rows = [
        [[name, " · ".join(part for part in where if part), status], worst, area, share, idle]
        for name, where, status, worst, area, share, idle in zip(
            facts["name"], zip(facts["cluster_id"], facts["place"], strict=True),
            facts["status_words"], severity, _area_cells(facts, lang), occupancy, unused,
            strict=True,
        )
    ]  # fmt: skip
    return table(
        text("page.clusters", lang),
        [
            text("page.cluster", lang),
            text("page.by_severity", lang),
            text("page.area_ha", lang),
            text("report.col_occupancy_share", lang),
            text("page.unused_short", lang),
        ],
        rows,
        numeric=[False, False, True, True, True],
        feature_set="clusters",
        features=range(len(facts)),
        badges={1: [f"severity-{name}" for name in facts["severity"]]},
        keys=[
            facts["name"].tolist(),
            [SEVERITIES.index(name) for name in facts["severity"]],
            _sortable(facts["area_m2"]),
            _sortable(facts["occupancy_share"]),
            _sortable(facts["unused"]),
        ],
        links=[pages.get(cluster_id) for cluster_id in facts["cluster_id"]],
        search_words=text("page.search", lang),
        search=[
            " ".join(parts)
            for parts in zip(facts["name"], facts["cluster_id"], facts["place"], strict=True)
        ],
        filters={
            "severity": _filter(
                "page.by_severity", facts["severity"], SEVERITIES,
                {name: severity_word(name, lang) for name in SEVERITIES}, lang),
            "status": _filter(
                "report.col_status", facts["status"], CLUSTER_STATUSES,
                {name: word("page.cluster_status", name, lang) for name in CLUSTER_STATUSES}, lang),
        },
        hides=True,
        sort=1,
    )  # fmt: skip


def _filter(
    label: str, values: pd.Series[str], order: Sequence[str], words: Mapping[str, str], lang: Lang
) -> dict[str, Any]:
    present = set(values)
    return {
        "label": text(label, lang),
        "values": values.tolist(),
        "options": [[name, words[name]] for name in order if name in present],
    }


def _unchecked(gathered: Gathered, facts: pd.DataFrame, lang: Lang) -> list[Block]:
    """What nobody may take for clear: plans that were not held, analyses that were not run."""
    names = dict(zip(facts["cluster_id"], facts["name"], strict=True))
    blocks: list[Block] = []
    if gathered.overlaps is None:
        blocks.append(remark(text("page.no_overlaps", lang), "warn"))
    else:
        silent = gathered.overlaps[gathered.overlaps["verdict"] == str(OverlapVerdict.NOT_CHECKED)]
        rows = [
            [
                [category(str(kind), lang), plan],
                word("overlaps.reason", reason, lang),
                number(len(ids), lang),
                listed([names.get(i, i) for i in ids], lang),
            ]
            for (kind, plan, reason), ids in _grouped(silent)
        ]
        if rows:
            blocks += [
                remark(text("page.unchecked_note", lang), "warn"),
                table(
                    text("page.unchecked", lang),
                    [
                        text("page.plan_kind", lang),
                        text("report.col_reason", lang),
                        text("page.clusters_count", lang),
                        text("page.clusters", lang),
                    ],
                    rows,
                    numeric=[False, False, True, False],
                ),
            ]
    missing = [
        (text(f"page.without_{what}", lang), listed(facts.loc[lacking, "name"].tolist(), lang))
        for what, lacking in (
            ("markers", facts["moved"].isna()),
            ("use", facts["gross_m2"].isna()),
            ("parcels", facts["unused"].isna()),
        )
        if lacking.any()
    ]
    if missing:
        blocks += [heading(text("page.without", lang)), lines(missing)]
    return blocks or [remark(text("page.all_checked", lang), "good")]


def _grouped(silent: pd.DataFrame) -> list[tuple[tuple[str, str, str], list[str]]]:
    keys = [silent[name].fillna("") for name in ("category", "plan_id", "reason")]
    groups = silent["subject_id"].groupby(keys).agg(lambda ids: list(dict.fromkeys(ids)))
    found: list[tuple[Any, list[str]]] = list(groups.items())
    return sorted(found, key=lambda item: (-len(item[1]), item[0]))


def listed(names: Sequence[str], lang: Lang) -> str:
    """The first few names, and how many more there are."""
    shown = "; ".join(str(name) for name in names[:_NAMED])
    more = len(names) - _NAMED
    return shown if more <= 0 else f"{shown}; {text('page.and_more', lang, count=more)}"


def _areas(gathered: Gathered) -> list[dict[str, Any]]:
    """Provinces to zoom to, each with its clusters' box."""
    provinces = pd.Series(texts(gathered.clusters, "province"), index=gathered.clusters.index)
    found = []
    for province, index in gathered.clusters.groupby(provinces).groups.items():
        if province:
            rows = gathered.clusters.loc[index]
            found.append(
                {"text": f"{province} ({len(rows)})", "count": len(rows), "box": _box(rows)}
            )
    return found


def _start(box: list[float], areas: Sequence[Mapping[str, Any]]) -> list[float]:
    """What to show first: everything, or the fullest province where all would be dots."""

    def size(of: Sequence[float]) -> float:
        return max(of[2] - of[0], of[3] - of[1])

    if not areas or all(size(area["box"]) > _SEEN_SHARE * size(box) for area in areas):
        return box
    fullest: list[float] = max(areas, key=lambda area: area["count"])["box"]
    return fullest


def _box(frame: Any) -> list[float]:
    west, south, east, north = frame.total_bounds.tolist()
    return [west, south, east, north]


def _area_texts(facts: pd.DataFrame, lang: Lang) -> list[str]:
    return [
        "" if np.isnan(area)
        else number(area / 10_000, lang, 2)
        + (f" ({text('page.registered', lang)})" if registered else "")
        for area, registered in zip(facts["area_m2"], facts["registered"], strict=True)
    ]  # fmt: skip


def _area_cells(facts: pd.DataFrame, lang: Lang) -> list[list[str]]:
    return [
        ["" if np.isnan(area) else number(area / 10_000, lang, 2),
         text("page.registered", lang) if registered and not np.isnan(area) else ""]
        for area, registered in zip(facts["area_m2"], facts["registered"], strict=True)
    ]  # fmt: skip


def _counts(column: pd.Series[float], lang: Lang) -> list[str]:
    return ["" if np.isnan(value) else number(value, lang) for value in column]


def _sortable(column: pd.Series[float]) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in column]
