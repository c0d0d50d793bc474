"""The overview page: every cluster by its worst finding, on the map and in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.verdicts import (
    MarkerVerdict,
    OverlapVerdict,
    ParcelStatus,
    Severity,
)
from gisclusters.layers.kinds import CLUSTER_STATUSES
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
from gisclusters.publish.content import SiteContent
from gisclusters.publish.features import PLAN_LOOKS, FeatureSet, plan_look, texts
from gisclusters.publish.gathered import Gathered, worst_severities
from gisclusters.words import Lang, number, percent, text

SEVERITIES = (str(Severity.BLOCKING), str(Severity.APPROVAL), str(Severity.NOTE), "clear",
              "unchecked")  # fmt: skip
STATUS_GROUPS: Mapping[str, Sequence[str]] = {
    "planned": ("in_plan", "calling", "appraisal"),
    "established": ("established", "detailed_plan", "land_cleared"),
    "building": ("building",),
    "operating": ("operating",),
    "irregular": ("operating_not_established",),
    "ended": ("abolished", "withdrawn"),
}
_GROUP_OF = {status: group for group, all_of in STATUS_GROUPS.items() for status in all_of}
_UNUSED = (str(ParcelStatus.IDLE), str(ParcelStatus.LAPSED))
_SIMPLIFY_DEG = 1e-4
"""Places and plans of the overview are drawn to about 11 m; figures are never."""

_SEEN_SHARE = 0.12
"""A province that takes less of the whole than this would be a heap of dots."""

_NAMED = 4
"""A list of clusters names this many, then counts."""


def overview_page(
    gathered: Gathered,
    content: SiteContent,
    pages: Mapping[str, str],
    sources: Sequence[Block],
    lang: Lang,
) -> dict[str, Any]:
    """The island of the overview.  ``pages``: address of each cluster's page that exists."""
    facts = cluster_facts(gathered, lang)
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


def cluster_facts(gathered: Gathered, lang: Lang) -> pd.DataFrame:
    """One row per cluster: what the analyses say of it, taken from the frames given.

    Columns ``cluster_id name place status severity area_m2 registered occupancy unused
    moved checked_markers``; NaN where nothing is known.
    """
    clusters = gathered.clusters
    ids = clusters["cluster_id"].tolist()
    facts = pd.DataFrame({"cluster_id": ids})
    names = texts(clusters, "name")
    facts["name"] = [name or cluster_id for name, cluster_id in zip(names, ids, strict=True)]
    facts["place"] = [
        ", ".join(part for part in parts if part)
        for parts in zip(texts(clusters, "commune"), texts(clusters, "province"), strict=True)
    ]
    facts["status"] = texts(clusters, "status")
    facts["severity"] = worst_severities(gathered.overlaps, ids)
    registered = clusters["registered_area_m2"].to_numpy(dtype="float64")
    by_id = None if gathered.used is None else gathered.used.set_index("cluster_id")
    for name in ("gross_m2", "industrial_m2", "committed_m2", "occupancy_share"):
        facts[name] = (
            np.nan if by_id is None or name not in by_id
            else facts["cluster_id"].map(by_id[name]).to_numpy(dtype="float64")
        )  # fmt: skip
    facts["registered"] = facts["gross_m2"].isna()
    facts["area_m2"] = np.where(facts["registered"], registered, facts["gross_m2"])
    use = gathered.parcel_use
    facts["unused"] = (
        np.nan if use is None
        else facts["cluster_id"].map(
            use["status"].isin(_UNUSED).groupby(use["cluster_id"].to_numpy()).sum()
        ).to_numpy(dtype="float64")
    )  # fmt: skip
    moved = {
        cluster_id: sum(
            int((c.findings["verdict"] == str(MarkerVerdict.MOVED)).sum()) for c in given
        )
        for cluster_id, given in gathered.checks.items()
    }
    facts["moved"] = facts["cluster_id"].map(moved).to_numpy(dtype="float64")
    facts["status_words"] = [
        word("page.cluster_status", status, lang) if status else "" for status in facts["status"]
    ]
    return facts


def severity_word(name: str, lang: Lang) -> str:
    """``blocking approval note`` in the words of overlaps; ``clear`` and ``unchecked`` in ours."""
    prefix = "page.severity" if name in {"clear", "unchecked"} else "overlaps.severity"
    return word(prefix, name, lang)


def status_style(status: str) -> str:
    """The style of a cluster by its status."""
    return f"status-{_GROUP_OF.get(status, 'unknown')}"


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
    known = facts["area_m2"].notna()
    if known.any():
        words = "page.sum_area" if known.all() else "page.sum_area_part"
        figures.append(
            (
                f"{number(facts.loc[known, 'area_m2'].sum() / 10_000, lang, 1)} ha",
                text(words, lang, count=int(known.sum())),
                "",
            )
        )
    both = facts["committed_m2"].notna() & (facts["industrial_m2"] > 0)
    if both.any():
        share = facts.loc[both, "committed_m2"].sum() / facts.loc[both, "industrial_m2"].sum()
        words = text("page.sum_occupancy", lang, count=int(both.sum()))
        figures.append((percent(share, lang), words, ""))
    if gathered.overlaps is not None:
        counts = facts["severity"].value_counts()
        figures += [
            (number(int(counts.get(name, 0)), lang), text(f"page.sum_{name}", lang), name)
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
        [[name, f"{cluster_id} · {place}" if place else cluster_id, status], worst, area, share, idle]
        for name, cluster_id, place, status, worst, area, share, idle in zip(
            facts["name"], facts["cluster_id"], facts["place"], facts["status_words"], severity,
            _area_cells(facts, lang), occupancy, unused, strict=True,
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
    found = [(key, ids) for key, ids in groups.items()]
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
    return [float(value) for value in frame.total_bounds]


def _days(frame: pd.DataFrame, name: str, lang: Lang) -> list[str]:
    if name not in frame:
        return [""] * len(frame)
    form = "%d/%m/%Y" if lang == "vi" else "%Y-%m-%d"
    return frame[name].dt.strftime(form).astype(object).where(frame[name].notna(), "").tolist()


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
