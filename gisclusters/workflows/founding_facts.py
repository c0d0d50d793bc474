"""What the store knows of a cluster that is to be founded or expanded, and of the ones around."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from gisclusters.domain.issue import Issue, warning
from gisclusters.efficiency.admin_units import (
    Membership,
    Unit,
    communes_of,
    districts_of,
    further_column,
    membership,
)
from gisclusters.efficiency.founding import ClusterFacts
from gisclusters.efficiency.founding_group import OtherCluster
from gisclusters.geometry.measure import area_sd_m2
from gisclusters.layers.layer import Layer
from gisclusters.layers.values import as_boolean, as_date, fold
from gisclusters.overlaps.stored import Indicator, latest_indicator
from gisclusters.rules.founding import INDICATORS, FoundingOfDay, FoundingRules
from gisclusters.workflows.measure_efficiency import measure_efficiency
from gisclusters.workflows.working_crs import common_crs

if TYPE_CHECKING:
    from gisclusters.store import Store

_YEAR = re.compile(r"(?<!\d)(?:19|20|21|22)\d{2}(?!\d)")
AREAS = ("industrial_m2", "committed_m2", "leased_m2")


def known_by(indicators: Sequence[Layer], as_of: date) -> list[Layer]:
    """The indicators whose period does not begin in a year after ``as_of``."""
    return [
        layer.where([_year(period) <= as_of.year for period in layer.frame["period"]])
        for layer in indicators
    ]


def facts_of(
    subject: Layer, place: int, indicators: Sequence[Layer], rules: FoundingRules, *,
    status: str | None = None, areas: Mapping[str, float] | None = None,
    fit: Mapping[str, Mapping[str, Any]] | None = None, conflicts: tuple[str, ...] | None = None,
) -> tuple[ClusterFacts, list[Issue]]:  # fmt: skip
    """The facts of the cluster at ``place`` of a layer, and what of them could not be read.

    ``status`` is taken where the row has none; ``areas`` are those of the efficiency room.
    """
    row = subject.shapes.iloc[place]
    name = str(row["cluster_id"])
    issues: list[Issue] = []
    held = {each: latest_indicator(indicators, name, rules.indicators[each]) for each in INDICATORS}
    demand = held.pop("land_demand")
    if demand is not None and demand.area_m2 is None:
        issues.append(_bad("demand_without_unit", subject, name, demand))
    kinds = _kinds(subject, row, rules, issues)
    accuracy = float(row["accuracy_m"])
    measured = areas or {}
    facts = ClusterFacts(
        cluster_id=name,
        name=_said(row["name"]),
        status=_said(row["status"]) or status,
        kinds=kinds,
        flags={
            each: _flag(subject, row, found, rules.indicators[each], issues)
            for each, found in held.items()
        },
        land_demand_m2=None if demand is None else demand.area_m2,
        area_m2=float(row.geometry.area),
        area_sd_m2=area_sd_m2(row.geometry, accuracy),
        industrial_m2=float(measured.get("industrial_m2", math.nan)),
        committed_m2=float(measured.get("committed_m2", math.nan)),
        formed_on=_day(row, further_column(subject.frame, rules.columns["formed_on"])),
        in_force_from=_as_day(row["in_force_from"]),
        fit=fit or {},
        conflicts=conflicts,
    )
    return facts, issues


def areas_of(store: Store, ids: Sequence[str], as_of: date) -> tuple[dict[str, Any], list[Issue]]:
    """Industrial, committed and leased land of stored clusters, m², and what is doubtful.

    A cluster of which the store holds no parcel has no known committed and leased land.
    """
    if not ids:
        return {}, []
    measured = measure_efficiency(store, ids=list(ids), as_of=as_of)
    found: dict[str, Any] = {}
    for frame in measured.findings:
        for row in frame.to_dict("records"):
            areas = {name: float(row[name]) for name in AREAS}
            if not row["parcel_count"] > 0:
                areas |= {"committed_m2": math.nan, "leased_m2": math.nan}
            found[str(row["cluster_id"])] = areas
    return found, list(measured.issues)


def others_of(
    store: Store, subject: Layer, place: int, *, as_of: date, rules: FoundingRules,
    today: FoundingOfDay,
) -> tuple[Unit, list[OtherCluster], list[Issue]]:  # fmt: skip
    """The unit of a cluster, and every other stored cluster in force with its membership.

    Areas are measured of those that lie in the unit and may count.
    """
    places = common_crs(store.load("places"), str(subject.crs))
    if today.existing is None or today.counted is None:
        return Unit(), [], []
    mine = _units(subject.where([i == place for i in range(len(subject))]), places, as_of, rules,
                  today)[0]  # fmt: skip
    own_id = str(subject.frame["cluster_id"].iloc[place])
    near: list[tuple[dict[str, Any], Membership]] = []
    for layer in common_crs(store.load("clusters"), str(subject.crs)):
        held = layer.where(layer.in_force(as_of))
        for row, unit in zip(
            held.frame.drop(columns="geometry").to_dict("records"),
            _units(held, places, as_of, rules, today), strict=True,
        ):  # fmt: skip
            if str(row["cluster_id"]) != own_id:
                near.append((row, membership(mine, unit)))
    may_count = today.counted.statuses | today.counted.wider
    counting = [
        str(row["cluster_id"]) for row, where in near
        if where is Membership.IN and _said(row["status"]) in may_count
    ]  # fmt: skip
    areas, issues = areas_of(store, counting, as_of)
    return (
        mine,
        [
            OtherCluster(
                cluster_id=str(row["cluster_id"]), name=_said(row["name"]),
                status=_said(row["status"]), membership=where,
                **areas.get(str(row["cluster_id"]), {}),
            )
            for row, where in near
        ],
        issues,
    )  # fmt: skip


def _units(
    layer: Layer, places: Sequence[Layer], as_of: date, rules: FoundingRules, today: FoundingOfDay
) -> list[Unit]:
    if today.existing is not None and today.existing.unit == "commune":
        return communes_of(layer.shapes, places, as_of)
    return districts_of(layer.shapes, places, rules.columns["district"])


def _year(period: object) -> int:
    found = _YEAR.search(str(period))
    return int(found[0]) if found else 0


def _said(value: Any) -> str | None:
    return None if pd.isna(value) or not str(value).strip() else str(value).strip()


def _bad(code: str, subject: Layer, name: str, found: Indicator) -> Issue:
    return Issue(
        level="warning", code=code, layer=subject.name, id=name, field=found.name,
        value=f"{found.value:g} {found.unit or ''}".strip(),
    )  # fmt: skip


def _flag(
    subject: Layer, row: Any, found: Indicator | None, names: Sequence[str], issues: list[Issue]
) -> bool | None:
    """Yes or no: of the latest indicator, else of a column of the cluster by the same name."""
    if found is not None:
        if found.value in {0.0, 1.0}:
            return bool(found.value)
        issues.append(_bad("flag_not_yes_no", subject, str(row["cluster_id"]), found))
        return None
    column = further_column(subject.frame, names)
    if column is None:
        return None
    said = as_boolean(pd.Series([row[column]], dtype=object))[0].iloc[0]
    return None if pd.isna(said) else bool(said)


def _kinds(
    subject: Layer, row: Any, rules: FoundingRules, issues: list[Issue]
) -> frozenset[str] | None:
    column = further_column(subject.frame, rules.columns["cluster_kind"])
    told = None if column is None else _said(row[column])
    found: set[str] = set()
    if told is not None:
        plain = f" {fold(told.replace('_', ' '))} "
        found = {
            kind for kind, words in rules.kind_words.items()
            if any(f" {fold(word.replace('_', ' '))} " in plain for word in words)
        }  # fmt: skip
        if not found:
            issues.append(
                warning("cluster_kind_not_known", layer=subject.name, id=str(row["cluster_id"]),
                        field=column, value=told)
            )  # fmt: skip
    if not pd.isna(row["craft_village"]) and bool(row["craft_village"]):
        found.add("craft_village")
    return frozenset(found) or None


def _day(row: Any, column: str | None) -> date | None:
    if column is None:
        return None
    return _as_day(as_date(pd.Series([row[column]], dtype=object))[0].iloc[0])


def _as_day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()
