"""May this cluster be founded on that day, and what is missing (Decree 32/2024/NĐ-CP, Art. 8).

Each condition is a row with its verdict, figures, article and a sentence.  What no map and no
table says is ``not_checked`` with what to add, never ``met``.  Where a cluster lies, how large
it is and what it overlaps are answers of the fit and overlap checks, handed in as rows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from gisclusters.efficiency.admin_units import Unit
from gisclusters.efficiency.founding_group import OtherCluster, judge_existing
from gisclusters.efficiency.founding_rows import Asked, FoundingVerdict
from gisclusters.rules.dated import Dated
from gisclusters.rules.founding import FoundingOfDay, Law

_OF_FIT = {
    "fits": FoundingVerdict.MET, "within_accuracy": FoundingVerdict.MET,
    "does_not_fit": FoundingVerdict.NOT_MET, "undecided": FoundingVerdict.UNDECIDED,
    "not_checked": FoundingVerdict.NOT_CHECKED,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterFacts:
    """What is known of one cluster; areas planar, square metres, NaN and None: not known.

    ``flags`` are yes or no by the names of ``rules.founding.INDICATORS``.  ``kinds`` of which
    kinds it is said to be (None: nobody said).  ``fit`` holds rows of the fit check by name of
    the check, ``conflicts`` names plans that the overlap check found ``blocking`` (None: not
    looked).  ``formed_on`` is when it was formed, ``in_force_from`` when its row began to hold.
    """

    cluster_id: str
    name: str | None = None
    status: str | None = None
    kinds: frozenset[str] | None = None
    flags: Mapping[str, bool | None] = field(default_factory=lambda: MappingProxyType({}))
    land_demand_m2: float | None = None
    area_m2: float = math.nan
    area_sd_m2: float = 0.0
    industrial_m2: float = math.nan
    committed_m2: float = math.nan
    formed_on: date | None = None
    in_force_from: date | None = None
    fit: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    conflicts: tuple[str, ...] | None = None

    def flag(self, name: str) -> bool | None:
        """Yes, no, or None where nobody said."""
        return self.flags.get(name)


def judge_founding(
    cluster: ClusterFacts, unit: Unit, others: Sequence[OtherCluster], *, today: FoundingOfDay,
    law: Law,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:  # fmt: skip
    """The rows of every condition of founding, and what stands behind the one on others.

    ``unit`` is the commune or old district that the rule of the day speaks of.
    """
    asked = Asked(subject_id=cluster.cluster_id, question="found", transition=law.transition)
    land = judge_land_use(asked, cluster)
    existing, behind = judge_existing(
        asked, unit, others, kinds=cluster.kinds, rule=today.existing, counted=today.counted,
        left_to_province=today.left_to_province,
    )  # fmt: skip
    rows = [
        _in_list(asked, cluster, today),
        land,
        _investor(asked, cluster, today),
        from_fit(asked, "size", cluster.fit.get("size")),
        _deviation(asked, cluster, land["verdict"]),
        _place(asked, cluster, today),
        existing,
    ]
    return rows, behind


def from_fit(
    asked: Asked, check: str, row: Mapping[str, Any] | None, **more: Any
) -> dict[str, Any]:
    """The answer of a fit check as a condition; ``within_accuracy`` counts as met, and is told."""
    if row is None:
        return asked.unruled(check, **more)
    verdict = _OF_FIT[row["verdict"]]
    figures = {
        "measured_m2": _number(row["area_m2"]), "threshold_m2": _number(row["expected_m2"]),
    }  # fmt: skip
    if verdict is FoundingVerdict.NOT_MET:
        figures["missing_m2"] = abs(_number(row["difference_m2"]))
    limits: Mapping[str, Any] = next(iter(row["parts"] or ()), {}) if check == "size" else {}
    said = {name: limits.get(name) for name in ("min_m2", "max_m2")} if check == "size" else {}
    notes = ["within_accuracy"] if row["verdict"] == "within_accuracy" else []
    reason = f"{check}_{row['reason'] or 'fits'}"
    return asked.row(
        check, verdict, reason, rule=_rule_of(row), notes=[*notes, *map(_fit_note, row["notes"])],
        figures=figures, said=said, features=[asked.subject_id], **more,
    )  # fmt: skip


def _fit_note(word: str) -> str:
    return f"fit_{word}"


def _rule_of(row: Mapping[str, Any]) -> Dated | None:
    if row["rule_id"] is None:
        return None
    return Dated(rule_id=row["rule_id"], article=row["legal_basis"], valid_from=None,
                 valid_to=None, confidence=row["confidence"])  # fmt: skip


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def _in_list(asked: Asked, cluster: ClusterFacts, today: FoundingOfDay) -> dict[str, Any]:
    rule = today.in_list
    if rule is None:
        return asked.unruled("in_list")
    said, status = cluster.flag("in_list"), cluster.status
    verdict, reason = FoundingVerdict.NOT_CHECKED, "in_list_unknown"
    if status in rule.founded:
        verdict, reason = FoundingVerdict.NOT_APPLICABLE, "founded_already"
    elif said is not None:
        verdict = FoundingVerdict.MET if said else FoundingVerdict.NOT_MET
        reason = "in_list_said" if said else "in_list_not"
    elif status in rule.listed:
        verdict, reason = FoundingVerdict.MET, "in_list_status"
    elif status in rule.dropped:
        verdict, reason = FoundingVerdict.NOT_MET, "in_list_dropped"
    return asked.row("in_list", verdict, reason, rule=rule, features=[cluster.cluster_id],
                     said={"status": status})  # fmt: skip


def _investor(asked: Asked, cluster: ClusterFacts, today: FoundingOfDay) -> dict[str, Any]:
    if today.investor is None:
        return asked.unruled("investor")
    said = cluster.flag("investor")
    verdict, reason = (
        (FoundingVerdict.NOT_CHECKED, "investor_unknown") if said is None
        else (FoundingVerdict.MET, "investor_met") if said
        else (FoundingVerdict.NOT_MET, "investor_not")
    )  # fmt: skip
    return asked.row(
        "investor", verdict, reason, rule=today.investor, features=[cluster.cluster_id]
    )


def judge_land_use(
    asked: Asked, cluster: ClusterFacts, *, part: Literal["condition", "besides"] = "condition"
) -> dict[str, Any]:
    """Land of the land-use plan; from Decree 303/2026 a quota of the commune answers too."""
    row = cluster.fit.get("land_use")
    if row is None:
        return asked.unruled("land_use", part=part)
    verdict, reason = _OF_FIT[row["verdict"]], f"land_use_{row['reason'] or 'fits'}"
    figures: dict[str, Any] = {"measured_m2": _number(row["area_m2"])}
    outside = _number(row["outside_m2"])
    if verdict in {FoundingVerdict.NOT_MET, FoundingVerdict.UNDECIDED}:
        figures["missing_m2"] = outside
    if "quota_not_checked" in row["notes"]:
        quota = cluster.flag("land_quota")
        if quota:
            verdict, reason, figures = FoundingVerdict.MET, "land_use_quota", {}
        elif quota is None:
            verdict, reason = FoundingVerdict.UNDECIDED, "land_use_quota_unknown"
    notes = ["within_accuracy"] if row["verdict"] == "within_accuracy" else []
    notes += [_fit_note(word) for word in row["notes"] if word != "quota_not_checked"]
    codes = [str(part["code"]) for part in row["parts"] if part["kind"] == "code"]
    return asked.row(
        "land_use", verdict, reason, rule=_rule_of(row), notes=notes, figures=figures,
        features=[cluster.cluster_id], said={"outside_m2": outside, "codes": codes}, part=part,
    )  # fmt: skip


def _deviation(asked: Asked, cluster: ClusterFacts, land: str) -> dict[str, Any]:
    """The area against the list; what is larger within 5 ha must fit all plans (Art. 10(4))."""
    row = from_fit(asked, "area_list", cluster.fit.get("area_list"))
    if row["reason"] != "area_list_within_deviation":
        return row
    figures = {name: row[name] for name in ("measured_m2", "threshold_m2")}
    figures["more_m2"] = row["measured_m2"] - row["threshold_m2"]
    conflicts = cluster.conflicts
    verdict, reason = FoundingVerdict.MET, "area_list_within_deviation"
    if land == FoundingVerdict.NOT_MET or conflicts:
        verdict, reason = FoundingVerdict.NOT_MET, "area_list_deviation_conflict"
    elif land != FoundingVerdict.MET or conflicts is None:
        verdict, reason = FoundingVerdict.UNDECIDED, "area_list_deviation_open"
    rule = _rule_of(cluster.fit["area_list"])
    return asked.row(
        "area_list", verdict, reason, rule=rule, notes=row["notes"], figures=figures,
        features=[cluster.cluster_id, *(conflicts or ())],
        said={"plans": list(conflicts or ())},
    )  # fmt: skip


def _place(asked: Asked, cluster: ClusterFacts, today: FoundingOfDay) -> dict[str, Any]:
    """Where the list names it, down to the commune; it may be moved within a unit (Art. 10(4)).

    What lies outside the commune named may still lie in the old district: ``undecided``.
    """
    row, rule = cluster.fit.get("commune"), today.moved_within
    if row is None or rule is None:
        return asked.unruled("place")
    verdict, reason = _OF_FIT[row["verdict"]], f"place_{row['reason'] or 'fits'}"
    outside = _number(row["outside_m2"])
    figures = {"measured_m2": _number(row["area_m2"])}
    if verdict is FoundingVerdict.NOT_MET:
        figures["missing_m2"] = outside
        if rule.unit == "district":
            verdict, reason = FoundingVerdict.UNDECIDED, "place_moved_in_district"
    notes = ["within_accuracy"] if row["verdict"] == "within_accuracy" else []
    return asked.row(
        "place", verdict, reason, rule=rule, notes=[*notes, *map(_fit_note, row["notes"])],
        figures=figures, said={"outside_m2": outside},
        features=[part["place_id"] for part in row["parts"] if part.get("named")],
    )  # fmt: skip
