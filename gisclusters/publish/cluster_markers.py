"""The markers of one cluster's page: their signs, the arrows of their deviations, their table.

A deviation of decimetres cannot be seen on a map, so arrows are drawn longer than they are by
one factor for the page, which the legend states.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.verdicts import MarkerCause, MarkerVerdict
from gisclusters.geometry.crs import WGS84, from_wgs84, to_wgs84
from gisclusters.geometry.zones import nearest_zone
from gisclusters.publish.blocks import Block, lines, remark, table, word
from gisclusters.publish.campaign_blocks import campaign_blocks
from gisclusters.publish.content import MarkerCheck
from gisclusters.publish.document import plain
from gisclusters.publish.features import FeatureSet, facts_of, sort_keys, texts
from gisclusters.publish.gathered import Gathered
from gisclusters.publish.tables import Column
from gisclusters.words import Lang, number, text

_LONGEST_SHARE = 0.10
"""The longest arrow, as a share of the diagonal of the cluster's box."""

_MARKER_FACTS = (
    Column("verdict", "word", "markers.verdict"),
    Column("distance_m", "metres"),
    Column("de_m", "metres"),
    Column("dn_m", "metres"),
    Column("residual_m", "metres"),
    Column("tolerance_m", "metres"),
    Column("accuracy_m", "metres"),
    Column("state", "word", "markers.state"),
    Column("matched_by", "word", "markers.matched_by"),
    Column("note"),
)
_MEASURES = (
    ("shift_e_m", 3), ("shift_n_m", 3), ("rotation_arcsec", 2), ("scale_ppm", 2),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MarkerView:
    """What a page shows of markers."""

    sets: list[FeatureSet]
    blocks: list[Block]
    legend: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0


def marker_view(
    gathered: Gathered, cluster_id: str, cluster: gpd.GeoDataFrame, lang: Lang
) -> MarkerView:
    """The markers of a cluster: as verified, or as designed where nobody verified them."""
    designed = gathered.markers.iloc[gathered.of_cluster("markers", cluster_id)]
    checks = gathered.checks.get(cluster_id, [])
    if not checks:
        blocks = [remark(text("page.no_markers", lang), "warn")]
        if not len(designed):
            return MarkerView([], blocks)
        legend = {
            "title": text("page.group_markers", lang),
            "items": [["marker-none", text("page.marker_designed", lang)]],
        }
        return MarkerView([_designed_set(designed, lang)], blocks, [legend], len(designed))
    findings = pd.concat([check.findings for check in checks], ignore_index=True)
    places = _places(findings, designed, checks)
    factor = _factor(findings, cluster)
    verdicts = texts(findings, "verdict")
    arrows, tips = _arrows(findings, designed, factor)
    sets = [
        FeatureSet(
            id="arrows", group="markers", words=text("page.arrow", lang), shapes=arrows,
            styles={"": ["arrow"] * len(arrows)}, titles=tips, silent=True,
        ),
        FeatureSet(
            id="markers", group="markers", words=text("page.marker", lang), shapes=places,
            styles={"": [f"marker-{verdict}" for verdict in verdicts]},
            titles=texts(findings, "marker_id"), facts=facts_of(findings, _MARKER_FACTS, lang),
            labels=texts(findings, "marker_id"), label_style="marker", label_zoom=15, label_rank=3,
        ),
    ]  # fmt: skip
    seen = set(verdicts)
    items = [
        [f"marker-{name}", word("markers.verdict", name, lang)]
        for name in MarkerVerdict
        if str(name) in seen
    ]
    if len(arrows):
        items.append(["arrow", text("page.arrow_scale", lang, factor=_times(factor, lang))])
    blocks = [block for check in checks for block in _diagnosis(check.diagnosis, lang)]
    blocks.append(_table(findings, verdicts, lang))
    blocks += [block for check in checks for block in campaign_blocks(check, lang)]
    legend = {"title": text("page.group_markers", lang), "items": items}
    return MarkerView(sets, blocks, [legend], len(findings))


def _designed_set(designed: gpd.GeoDataFrame, lang: Lang) -> FeatureSet:
    return FeatureSet(
        id="markers",
        group="markers",
        words=text("page.marker", lang),
        shapes=designed.geometry.to_numpy(),
        styles={"": ["marker-none"] * len(designed)},
        titles=texts(designed, "marker_id"),
        facts=facts_of(designed, (Column("marker_kind"), Column("accuracy_m", "metres")), lang),
        labels=texts(designed, "marker_id"),
        label_style="marker",
        label_zoom=15,
        label_rank=3,
    )


def _places(
    findings: pd.DataFrame, designed: gpd.GeoDataFrame, checks: Sequence[MarkerCheck]
) -> NDArray[np.object_]:
    """Where each finding is drawn: as designed; what was never designed, as surveyed."""
    known: dict[str, Any] = {}
    for check in checks:
        if check.surveyed is not None:
            measured = to_wgs84(check.surveyed.geometry).to_numpy()
            known |= dict(zip(check.surveyed["marker_id"], measured, strict=True))
        if check.survey is not None:
            surveyed = check.survey.shapes
            known |= dict(
                zip(surveyed["marker_id"], to_wgs84(surveyed.geometry).to_numpy(), strict=True)
            )
    known |= dict(zip(designed["marker_id"], designed.geometry.to_numpy(), strict=True))
    places = np.empty(len(findings), dtype=object)
    places[:] = [known.get(name) for name in findings["marker_id"]]
    return places


def _deviating(findings: pd.DataFrame) -> pd.DataFrame:
    """Markers that do not stand where they should and whose deviation is known."""
    off = findings["verdict"] != str(MarkerVerdict.OK)
    return findings[off & findings["de_m"].notna() & findings["dn_m"].notna()]


def _factor(findings: pd.DataFrame, cluster: gpd.GeoDataFrame) -> float:
    """How much longer arrows are drawn: 1, 2 or 5 times a power of ten."""
    deviating = _deviating(findings)
    longest = float(np.hypot(deviating["de_m"], deviating["dn_m"]).max()) if len(deviating) else 0.0
    if longest == 0:
        return 1.0
    west, south, east, north = cluster.total_bounds
    # A degree of latitude is about 111 km; the factor is for the eye alone.
    diagonal_m = 111_000 * math.hypot((east - west) * math.cos(math.radians(south)), north - south)
    wanted = _LONGEST_SHARE * diagonal_m / longest
    power = 10.0 ** math.floor(math.log10(wanted))
    return max(step * power for step in (1, 2, 5) if step * power <= wanted)


def _arrows(
    findings: pd.DataFrame, designed: gpd.GeoDataFrame, factor: float
) -> tuple[NDArray[np.object_], list[str]]:
    """Lines in WGS 84 from each designed place along its drawn-out deviation."""
    deviating = _deviating(findings)
    at = designed.drop_duplicates("marker_id").set_index("marker_id")
    deviating = deviating[deviating["marker_id"].isin(at.index)]
    if not len(deviating):
        return np.empty(0, dtype=object), []
    start = at.loc[deviating["marker_id"]]
    crs = str(start["crs"].iloc[0])
    lon, lat = shapely.get_x(start.geometry), shapely.get_y(start.geometry)
    if crs == WGS84:
        crs = nearest_zone(float(np.mean(lon))).code
    east, north = from_wgs84(lon, lat, crs)
    lon, lat = to_wgs84(
        np.concatenate([east, east + factor * deviating["de_m"].to_numpy(dtype="float64")]),
        np.concatenate([north, north + factor * deviating["dn_m"].to_numpy(dtype="float64")]),
        crs,
    )
    count = len(deviating)
    ends = np.column_stack([lon, lat]).reshape(2, count, 2).swapaxes(0, 1)
    return np.asarray(shapely.linestrings(ends), dtype=object), texts(deviating, "marker_id")


def _times(factor: float, lang: Lang) -> str:
    return number(factor, lang, 0 if factor >= 1 else 3)


def _diagnosis(diagnosis: Any, lang: Lang) -> list[Block]:
    record = plain(diagnosis)
    if not isinstance(record, dict) or not record.get("cause"):
        return []
    cause = str(record["cause"])
    words = word("markers.cause", cause, lang)
    certainty = record.get("certainty")
    if certainty and cause != str(MarkerCause.NONE):
        words = f"{words} ({word('markers.certainty', certainty, lang)})"
    mark = "good" if cause == str(MarkerCause.NONE) else "bad"
    blocks = [remark(f"{text('report.cause', lang)}: {words}", mark)]
    pairs = [
        (text(f"page.{name}", lang), number(record[name], lang, decimals))
        for name, decimals in _MEASURES
        if isinstance(record.get(name), float) and cause != str(MarkerCause.NONE)
    ]
    pairs += [
        (text(f"page.{name}", lang), str(record[name]))
        for name in ("read_as", "should_be", "evidence", "remedy")
        if isinstance(record.get(name), (str, int)) and record[name]
    ]
    return [*blocks, lines(pairs)] if pairs else blocks


def _table(findings: pd.DataFrame, verdicts: list[str], lang: Lang) -> Block:
    known = facts_of(findings, _MARKER_FACTS, lang)
    empty = [""] * len(findings)
    column = {each.name: known.get(each.header(lang), empty) for each in _MARKER_FACTS}
    order = {str(name): place for place, name in enumerate(
        ("moved", "missing", "duplicate", "extra", "undecided", "ok"))}  # fmt: skip
    names = texts(findings, "marker_id")
    rows = [
        [name, [verdict, note], far, east, north, limit]
        for name, verdict, note, far, east, north, limit in zip(
            names, column["verdict"], column["state"], column["distance_m"], column["de_m"],
            column["dn_m"], column["tolerance_m"], strict=True,
        )
    ]  # fmt: skip
    return table(
        text("report.title_markers", lang),
        [
            text(f"report.col_{name}", lang)
            for name in ("marker_id", "verdict", "distance_m", "de_m", "dn_m", "tolerance_m")
        ],
        rows,
        numeric=[False, False, True, True, True, True],
        feature_set="markers",
        features=range(len(findings)),
        badges={1: [f"marker-{verdict}" for verdict in verdicts]},
        keys=[
            names,
            [order.get(verdict, 9) for verdict in verdicts],
            *(sort_keys(findings, name) for name in ("distance_m", "de_m", "dn_m", "tolerance_m")),
        ],
        search_words=text("page.search_rows", lang),
        search=names,
    )
