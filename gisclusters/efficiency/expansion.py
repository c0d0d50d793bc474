"""May this cluster be expanded on that day, and what is missing (Decree 32/2024/NĐ-CP, Art. 8).

It must be founded; then the whole area afterwards, its occupancy or its demand, and shared works
in use; beside them the day by which clusters of before Decision 105/2009 must be regularised.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from gisclusters.efficiency.founding import ClusterFacts
from gisclusters.efficiency.founding_rows import (
    ROUNDING_M2,
    ROUNDING_SHARE,
    Asked,
    FoundingVerdict,
    known,
)
from gisclusters.rules.fit import FitRules
from gisclusters.rules.founding import FoundingOfDay, Law, Regularisation
from gisclusters.words import LANGS, text

EITHER = "expansion_use"
_PLANNED = frozenset({"in_plan", "calling", "appraisal"})


def judge_expansion(
    cluster: ClusterFacts, after_m2: float, *, today: FoundingOfDay, fit: FitRules, law: Law,
    as_of: date,
) -> list[dict[str, Any]]:  # fmt: skip
    """The rows of every condition of an expansion to ``after_m2`` in all, m².

    ``fit`` are the rules of the day of the law; their limits say how large a cluster may be
    and what an area is worth by its accuracy.
    """
    asked = Asked(subject_id=cluster.cluster_id, question="expand", transition=law.transition)
    older, note = is_older(cluster, today.regularisation)
    return [
        _founded(asked, cluster, today),
        _size(asked, cluster, after_m2, today, fit, law),
        *_use(asked, cluster, today),
        *_works(asked, cluster, today, older=older),
        _regularised(asked, cluster, today.regularisation, older=older, note=note, as_of=as_of),
    ]


def is_older(cluster: ClusterFacts, rule: Regularisation | None) -> tuple[bool | None, str | None]:
    """Whether a cluster was formed before Decision 105/2009, and what the answer rests on.

    Said by the office; else by the day it was formed; else by the day its row began to hold,
    which may be later, so that a day after 2009 is only taken to mean a younger cluster
    (note ``formed_by_in_force``).  None: not known.
    """
    said = cluster.flag("older")
    if said is not None or rule is None:
        return said, None
    if cluster.status in _PLANNED:
        return False, None
    formed = cluster.formed_on or cluster.in_force_from
    if formed is None:
        return None, None
    if formed < (rule.took_effect or rule.surely_before):
        return True, None
    if rule.took_effect is None and formed.year == rule.surely_before.year:
        return None, None
    return False, None if cluster.formed_on is not None else "formed_by_in_force"


def _founded(asked: Asked, cluster: ClusterFacts, today: FoundingOfDay) -> dict[str, Any]:
    """Only a cluster that was founded can be expanded: read out of the word, so ``likely``."""
    rule = today.in_list
    if rule is None:
        return asked.unruled("founded")
    verdict, reason = FoundingVerdict.NOT_CHECKED, "founded_unknown"
    if cluster.status in rule.founded:
        verdict, reason = FoundingVerdict.MET, "founded_yes"
    elif cluster.status in rule.listed | rule.dropped:
        verdict, reason = FoundingVerdict.NOT_MET, "founded_no"
    return asked.row("founded", verdict, reason, rule=rule, features=[cluster.cluster_id],
                     confidence="likely")  # fmt: skip


def _size(
    asked: Asked, cluster: ClusterFacts, after_m2: float, today: FoundingOfDay, fit: FitRules,
    law: Law,
) -> dict[str, Any]:  # fmt: skip
    limits, rule = fit.size.rule_for(law.day), today.expansion_size
    if limits is None or rule is None:
        return asked.unruled("expansion_size")
    most, sd = limits.max_area_m2, cluster.area_sd_m2
    beyond = after_m2 - most
    figures = {"measured_m2": after_m2, "threshold_m2": most}
    said = {"before_m2": cluster.area_m2, "more_m2": after_m2 - cluster.area_m2,
            "room_m2": max(most - cluster.area_m2, 0.0)}  # fmt: skip
    verdict, notes = FoundingVerdict.MET, []
    if beyond > ROUNDING_M2:
        figures["missing_m2"] = beyond
        if beyond <= fit.within_sd * sd:
            notes = ["within_accuracy"]
        elif beyond <= fit.real_sd * sd:
            verdict = FoundingVerdict.UNDECIDED
        else:
            verdict = FoundingVerdict.NOT_MET
    if not known(after_m2):
        verdict = FoundingVerdict.NOT_CHECKED
    return asked.row("expansion_size", verdict, f"expansion_size_{verdict}", rule=rule,
                     notes=notes, figures=figures, said=said,
                     features=[cluster.cluster_id])  # fmt: skip


def _use(asked: Asked, cluster: ClusterFacts, today: FoundingOfDay) -> list[dict[str, Any]]:
    """Two conditions of which one is enough: occupancy, and demand above industrial land."""
    rule = today.expansion_occupancy
    if rule is None:
        return [asked.unruled("expansion_occupancy", either=EITHER)]
    land, committed = cluster.industrial_m2, cluster.committed_m2
    share = committed / land if known(land) and land > 0 else float("nan")
    figures: dict[str, Any] = {"measured_share": share, "threshold_share": rule.at_least}
    if not known(share):
        verdict = FoundingVerdict.NOT_CHECKED
    elif share >= rule.at_least - ROUNDING_SHARE:
        verdict = FoundingVerdict.MET
    else:
        verdict = FoundingVerdict.NOT_MET
        figures |= {"missing_points": 100 * (rule.at_least - share),
                    "missing_committed_m2": rule.at_least * land - committed}  # fmt: skip
    occupancy = asked.row(
        "expansion_occupancy", verdict, f"expansion_occupancy_{verdict}", rule=rule,
        either=EITHER, figures=figures, features=[cluster.cluster_id],
    )  # fmt: skip
    demand = cluster.land_demand_m2
    figures = {"threshold_m2": land, "measured_m2": float("nan") if demand is None else demand}
    if demand is None or not known(demand) or not known(land):
        verdict = FoundingVerdict.NOT_CHECKED
    elif demand > land + ROUNDING_M2:
        verdict = FoundingVerdict.MET
    else:
        verdict, figures["missing_m2"] = FoundingVerdict.NOT_MET, land - demand
    asks = asked.row(
        "expansion_demand", verdict, f"expansion_demand_{verdict}", rule=rule, either=EITHER,
        figures=figures, features=[cluster.cluster_id],
    )  # fmt: skip
    return [occupancy, asks]


def _works(
    asked: Asked, cluster: ClusterFacts, today: FoundingOfDay, *, older: bool | None
) -> list[dict[str, Any]]:
    rule = today.infrastructure
    if rule is None:
        return [asked.unruled("infrastructure")]
    rows = []
    for work in rule.works:
        said = cluster.flag(work)
        if rule.waived_for_older and older:
            verdict, reason = FoundingVerdict.NOT_APPLICABLE, "works_waived"
        elif said:
            verdict, reason = FoundingVerdict.MET, "works_in_use"
        elif said is None:
            verdict, reason = FoundingVerdict.NOT_CHECKED, "works_unknown"
        elif rule.waived_for_older and older is None:
            verdict, reason = FoundingVerdict.UNDECIDED, "works_perhaps_waived"
        else:
            verdict, reason = FoundingVerdict.NOT_MET, "works_not"
        name = {lang: text(f"founding.work_{work}", lang) for lang in LANGS}
        rows.append(
            asked.row(f"works_{work}", verdict, reason, rule=rule, said={"work": name, "id": work},
                      features=[cluster.cluster_id])
        )  # fmt: skip
    return rows


def _regularised(
    asked: Asked, cluster: ClusterFacts, rule: Regularisation | None, *, older: bool | None,
    note: str | None, as_of: date,
) -> dict[str, Any]:  # fmt: skip
    """Clusters of before Decision 105/2009 must be regularised before a day (Art. 35(4)).

    On that day itself no day is left.
    """
    if rule is None:
        return asked.unruled("regularisation", part="besides")
    left, done = (rule.before - as_of).days, cluster.flag("regularised")
    figures: dict[str, Any] = {"deadline": rule.before, "days_left": left}
    said: dict[str, Any] = {"passed_days": -left}
    if older is False:
        verdict, reason, figures = FoundingVerdict.NOT_APPLICABLE, "regularisation_younger", {}
    elif older is None:
        verdict, reason = FoundingVerdict.NOT_CHECKED, "regularisation_age_unknown"
    elif done:
        verdict, reason = FoundingVerdict.MET, "regularisation_done"
    elif done is None:
        verdict = FoundingVerdict.NOT_CHECKED
        reason = "regularisation_unknown" if left > 0 else "regularisation_unknown_passed"
    elif left > 0:
        verdict, reason = FoundingVerdict.UNDECIDED, "regularisation_due"
    else:
        verdict, reason = FoundingVerdict.NOT_MET, "regularisation_passed"
    return asked.row(
        "regularisation", verdict, reason, rule=rule, part="besides", figures=figures,
        said=said | {"before": rule.before}, notes=[] if note is None else [note],
        features=[cluster.cluster_id],
    )  # fmt: skip
