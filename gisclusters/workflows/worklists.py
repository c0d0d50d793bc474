"""The lists an office works through: parcels with who holds them, the rule, and who acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from gisclusters.efficiency.indicators import EfficiencyReport
from gisclusters.efficiency.worklists import HORIZONS, WorkList, worklists
from gisclusters.layers.layer import Layer
from gisclusters.publish.document import rows_of
from gisclusters.rules.efficiency import CLOCK_THRESHOLDS, EfficiencyRules
from gisclusters.rules.offices import Offices

_OF_PARCEL = ("area_m2", "registered_area_m2", "transfer_unapproved", "evidence")
_OF_CLUSTER = ("name", "commune", "province")


def clock_rules(rules: EfficiencyRules, as_of: date) -> list[dict[str, Any]]:
    """The version of each term that judges on ``as_of``; a term without one is left out."""
    found = []
    for name in CLOCK_THRESHOLDS:
        rule = rules.threshold_on(name, as_of)
        if rule is not None:
            found.append(
                {
                    "threshold": name, "rule_id": rule.rule_id, "months": rule.months,
                    "valid_from": rule.valid_from, "valid_to": rule.valid_to,
                    "article": rule.article, "confidence": rule.confidence,
                }
            )  # fmt: skip
    return found


def work_rows(
    report: EfficiencyReport,
    clusters: Layer,
    *,
    as_of: date,
    rules: EfficiencyRules,
    offices: Offices,
    horizons: Sequence[int] = HORIZONS,
) -> list[dict[str, Any]]:
    """The rows of every list as plain values; areas in m², days as ISO text.

    Besides what ``efficiency.worklists`` says: numbers and holders of the parcel, its cluster,
    its evidence, ``article confidence threshold months`` of the rule, and of the office
    ``office office_vi office_en act_vi act_en office_article office_confidence``.
    """
    listed = worklists(report.parcels, as_of=as_of, horizons=horizons)
    if listed.empty:
        return []
    places = listed["row"].to_numpy(dtype="int64")
    parcels, holders = report.parcels.iloc[places], report.holders.iloc[places]
    rows = listed.drop(columns="row").reset_index(drop=True)
    for name in _OF_PARCEL:
        rows[name] = parcels[name].to_numpy(dtype=object)
    for name in ("sheet_no", "parcel_no", "lessee", "occupant"):
        rows[name] = holders[name].to_numpy(dtype=object)
    by_id = clusters.frame.drop_duplicates("cluster_id").set_index("cluster_id")
    for name in _OF_CLUSTER:
        told = "cluster_name" if name == "name" else name
        rows[told] = rows["cluster_id"].map(by_id[name]).to_numpy(dtype=object)
    rows["crs"] = clusters.crs
    by_rule = {rule["rule_id"]: rule for rule in clock_rules(rules, as_of)}
    transfer = _transfer(rules, as_of)
    return [
        row
        | _rule(by_rule.get(row["rule_id"]))
        | (transfer if row["list"] == str(WorkList.TRANSFER_UNAPPROVED) else {})
        | _office(row, offices, as_of)
        for row in rows_of(rows)
    ]


def gravest_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of several zones in one order."""
    rank = {str(name): place for place, name in enumerate(WorkList)}
    return sorted(rows, key=lambda row: (rank[row["list"]], row["due_on"] or "9999"))


def together(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The lists and holders of several runs of one day under one set of rules."""
    first = parts[0]
    if "worklists" not in first:
        return {}
    return {
        "worklists": gravest_first([row for part in parts for row in part["worklists"]]),
        "holders": [row for part in parts for row in part["holders"]],
        "clock_rules": first["clock_rules"],
        "offices": first["offices"],
    }


def _rule(rule: dict[str, Any] | None) -> dict[str, Any]:
    return {name: None if rule is None else rule[name]
            for name in ("article", "confidence", "threshold", "months")}  # fmt: skip


def _transfer(rules: EfficiencyRules, as_of: date) -> dict[str, Any]:
    rule = rules.transfer_on(as_of)
    if rule is None:
        return {}
    return {"rule_id": rule.rule_id, "article": rule.article, "confidence": rule.confidence}


def _office(row: dict[str, Any], offices: Offices, as_of: date) -> dict[str, Any]:
    duty = offices.duty_on(row["list"], as_of)
    if duty is None:
        return dict.fromkeys(
            ("office", "office_named", "office_vi", "office_en", "act_vi", "act_en",
             "office_article", "office_confidence")
        )  # fmt: skip
    named = offices.name_of(duty.office, province=row["province"], commune=row["commune"])
    return {
        "office": duty.office, "office_named": named is not None,
        "office_vi": named or duty.name_vi, "office_en": named or duty.name_en,
        "act_vi": duty.act_vi, "act_en": duty.act_en, "office_article": duty.article,
        "office_confidence": duty.confidence,
    }  # fmt: skip
