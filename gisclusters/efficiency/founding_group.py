"""Whether the clusters that exist in the unit are full enough for a new one (Art. 8).

Decree 32/2024/NĐ-CP asks that in the district the average occupancy is above 50 % or unleased
industrial land is at most 100 ha; from Decree 303/2026/NĐ-CP it is the commune and 50 ha.  The
decree leaves open which clusters count and how an average is made.  The verdict is that of
operating clusters, committed over industrial land of all of them together; the mean of their
shares and the wider circle of founded clusters stand beside it, and where either would decide
otherwise that is told and the confidence falls.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from gisclusters.efficiency.admin_units import Membership, Unit
from gisclusters.efficiency.founding_rows import ROUNDING_M2, ROUNDING_SHARE, Asked, FoundingVerdict
from gisclusters.rules.dated import Dated
from gisclusters.rules.founding import Counted, Existing
from gisclusters.words import LANGS, text

CONDITION = "existing"
READINGS = ("operating_together", "operating_mean", "founded_together")


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCluster:
    """A cluster that may count; areas in square metres, NaN where not known."""

    cluster_id: str
    name: str | None
    status: str | None
    membership: Membership
    industrial_m2: float = math.nan
    committed_m2: float = math.nan
    leased_m2: float = math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read the condition: what it gives at least and at most, and its verdict.

    The two ends differ where the committed or leased land of a cluster is not known.
    """

    name: str
    cluster_ids: tuple[str, ...]
    industrial_m2: float
    share: tuple[float, float]
    unleased_m2: tuple[float, float]
    verdict: FoundingVerdict


def judge_existing(
    asked: Asked, unit: Unit, others: Sequence[OtherCluster], *, kinds: Collection[str] | None,
    rule: Existing | None, counted: Counted | None, left_to_province: Dated | None,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:  # fmt: skip
    """The row of the condition, and what stands behind it.

    ``others`` are the other clusters in force, ``kinds`` of which kinds the new one is said to
    be (None: nobody said).  Behind it stand one row a reading and one a cluster of the unit.
    Never ``met`` while the unit of the new cluster, or of one that may count, is not known.
    """
    if rule is None or counted is None:
        return asked.unruled(CONDITION), []
    if kinds and rule.exempt & set(kinds):
        row = asked.row(CONDITION, FoundingVerdict.NOT_APPLICABLE, "existing_exempt", rule=rule)
        return row, []
    notes = ["left_to_province"] if left_to_province is not None else []
    if unit.name is None:
        why = "unit_ended" if unit.ended else f"{rule.unit}_unknown"
        row = asked.row(CONDITION, FoundingVerdict.NOT_CHECKED, why, rule=rule, notes=notes)
        return row, []
    if unit.several:
        notes.append("unit_several")
    if rule.unit == "commune" and unit.place_id is None:
        notes.append("unit_by_name")
    here = [each for each in others if each.membership is Membership.IN]
    operating = [each for each in here if each.status in counted.statuses]
    founded = [each for each in here if each.status in counted.wider]
    may_count = counted.statuses | counted.wider
    # Those merely founded decide only where none operates.
    matters = counted.statuses if operating else may_count
    open_ones = [
        each.cluster_id for each in others
        if each.membership is Membership.UNKNOWN
        and (each.status is None or each.status in matters)
    ]  # fmt: skip
    unsaid = [each.cluster_id for each in here if each.status is None]
    behind = [_told(asked, each, counted) for each in here if each.status in may_count]
    unit_kind = {lang: text(f"founding.unit_kind_{rule.unit}", lang) for lang in LANGS}
    said = {"unit": unit.name, "unit_kind": unit_kind}
    confidence = None if left_to_province is None else "likely"
    if open_ones or unsaid:
        reason = f"others_{rule.unit}_unknown" if open_ones else "others_status_unknown"
        names = open_ones or unsaid
        row = asked.row(
            CONDITION, FoundingVerdict.NOT_CHECKED, reason, rule=rule, notes=notes,
            features=names, said=said | {"clusters": names}, confidence=confidence,
        )  # fmt: skip
        return row, behind
    if not operating:
        told, more = _none_operates(asked, founded, rule, notes, said, confidence)
        return told, behind + more
    readings = [
        read_together("operating_together", operating, rule),
        read_mean("operating_mean", operating, rule),
        read_together("founded_together", founded, rule),
    ]
    behind += [_of_reading(asked, each) for each in readings]
    if rule.exempt and kinds is None and readings[0].verdict is not FoundingVerdict.MET:
        notes.append("kind_unknown")
    return _row(asked, rule, readings, notes, said, confidence), behind


def _none_operates(
    asked: Asked, founded: Sequence[OtherCluster], rule: Existing, notes: list[str],
    said: dict[str, Any], confidence: str | None,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:  # fmt: skip
    """No cluster of the unit operates: nothing to ask of, unless those merely founded count."""
    wider = read_together("founded_together", founded, rule) if founded else None
    if wider is None:
        row = asked.row(
            CONDITION, FoundingVerdict.NOT_APPLICABLE, "existing_none", rule=rule, notes=notes,
            said=said, confidence=confidence,
        )  # fmt: skip
        return row, []
    verdict, reason = FoundingVerdict.UNDECIDED, "existing_none_operates"
    if wider.verdict is FoundingVerdict.MET:  # whichever clusters count, nothing stands against it
        verdict, reason = FoundingVerdict.MET, "existing_founded_met"
    figures = {"measured_share": _one(wider.share), "threshold_share": rule.occupancy_above,
               "measured_m2": _one(wider.unleased_m2),
               "threshold_m2": rule.unleased_up_to_m2}  # fmt: skip
    row = asked.row(
        CONDITION, verdict, reason, rule=rule, notes=notes, features=wider.cluster_ids,
        figures=figures, said=said | {"clusters": list(wider.cluster_ids)}, confidence=confidence,
    )  # fmt: skip
    return row, [_of_reading(asked, wider)]


def read_together(name: str, clusters: Sequence[OtherCluster], rule: Existing) -> Reading:
    """Committed over industrial land of all clusters together."""
    industrial = sum(each.industrial_m2 for each in clusters)
    committed = [_ends(each.committed_m2, each.industrial_m2) for each in clusters]
    share = _shares(sum(low for low, _ in committed), sum(high for _, high in committed),
                    industrial)  # fmt: skip
    return _judged(name, clusters, industrial, share, rule)


def read_mean(name: str, clusters: Sequence[OtherCluster], rule: Existing) -> Reading:
    """The plain mean of the shares of each cluster."""
    each_share = [
        _shares(*_ends(each.committed_m2, each.industrial_m2), each.industrial_m2)
        for each in clusters
    ]
    share = (sum(low for low, _ in each_share) / len(clusters),
             sum(high for _, high in each_share) / len(clusters))  # fmt: skip
    industrial = sum(each.industrial_m2 for each in clusters)
    return _judged(name, clusters, industrial, share, rule)


def _judged(
    name: str, clusters: Sequence[OtherCluster], industrial_m2: float,
    share: tuple[float, float], rule: Existing,
) -> Reading:  # fmt: skip
    leased = [_ends(each.leased_m2, each.industrial_m2) for each in clusters]
    unleased = (industrial_m2 - sum(high for _, high in leased),
                industrial_m2 - sum(low for low, _ in leased))  # fmt: skip
    limit = rule.unleased_up_to_m2 + ROUNDING_M2
    above = rule.occupancy_above + ROUNDING_SHARE
    if share[0] > above or unleased[1] <= limit:
        verdict = FoundingVerdict.MET
    elif share[1] <= above and unleased[0] > limit:
        verdict = FoundingVerdict.NOT_MET
    else:  # comparisons with what is not known are false
        verdict = FoundingVerdict.UNDECIDED
    ids = tuple(each.cluster_id for each in clusters)
    return Reading(name=name, cluster_ids=ids, industrial_m2=industrial_m2, share=share,
                   unleased_m2=unleased, verdict=verdict)  # fmt: skip


def _row(
    asked: Asked, rule: Existing, readings: Sequence[Reading], notes: list[str],
    said: dict[str, Any], confidence: str | None,
) -> dict[str, Any]:  # fmt: skip
    first, *rest = readings
    if any(each.verdict is not first.verdict for each in rest):
        notes = [*notes, "other_reading_differs"]
        confidence = "unverified"
    share, unleased = _one(first.share), _one(first.unleased_m2)
    figures = {
        "measured_share": share, "threshold_share": rule.occupancy_above,
        "measured_m2": unleased, "threshold_m2": rule.unleased_up_to_m2,
    }  # fmt: skip
    reason = f"existing_{first.verdict}"
    if first.verdict is FoundingVerdict.NOT_MET:
        # At most so much is committed and at least so much unleased: what is missing at the least.
        figures |= {
            "missing_points": 100 * (rule.occupancy_above - first.share[1]),
            "missing_committed_m2": (rule.occupancy_above - first.share[1]) * first.industrial_m2,
            "missing_m2": first.unleased_m2[0] - rule.unleased_up_to_m2,
        }
    if first.verdict is FoundingVerdict.UNDECIDED:
        reason = "existing_areas_unknown"
    return asked.row(
        CONDITION, first.verdict, reason, rule=rule, notes=notes, features=first.cluster_ids,
        figures=figures, said=said | {"clusters": list(first.cluster_ids)}, confidence=confidence,
    )  # fmt: skip


def _told(asked: Asked, each: OtherCluster, counted: Counted) -> dict[str, Any]:
    return {
        "subject_id": asked.subject_id, "reading": "cluster", "cluster_id": each.cluster_id,
        "name": each.name, "status": each.status, "in_average": each.status in counted.statuses,
        "industrial_m2": each.industrial_m2, "committed_m2": each.committed_m2,
        "leased_m2": each.leased_m2, "unleased_m2": each.industrial_m2 - each.leased_m2,
        "occupancy_share": _one(_shares(each.committed_m2, each.committed_m2,
                                        each.industrial_m2)),
        "verdict": None,
    }  # fmt: skip


def _of_reading(asked: Asked, each: Reading) -> dict[str, Any]:
    return {
        "subject_id": asked.subject_id, "reading": each.name,
        "cluster_id": ", ".join(each.cluster_ids), "name": None, "status": None, "in_average": None,
        "industrial_m2": each.industrial_m2, "committed_m2": math.nan, "leased_m2": math.nan,
        "unleased_m2": _one(each.unleased_m2), "occupancy_share": _one(each.share),
        "verdict": str(each.verdict),
    }  # fmt: skip


def _ends(area_m2: float, industrial_m2: float) -> tuple[float, float]:
    """What an area is at least and at most: all or nothing of industrial land if not known."""
    return (0.0, industrial_m2) if math.isnan(area_m2) else (area_m2, area_m2)


def _shares(low_m2: float, high_m2: float, industrial_m2: float) -> tuple[float, float]:
    if not industrial_m2 > 0:
        return math.nan, math.nan
    return low_m2 / industrial_m2, high_m2 / industrial_m2


def _one(ends: tuple[float, float]) -> float:
    """A figure whose two ends agree; NaN where they do not."""
    return ends[0] if ends[0] == ends[1] else math.nan
