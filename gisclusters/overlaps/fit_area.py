"""Whether a cluster is as large as register, list, decision and decree say.

Areas are planar in the working CRS.  A difference is held against the standard deviation of
the measured area: up to ``within_sd`` of it is accuracy, beyond ``real_sd`` it is real.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from gisclusters.domain.verdicts import FitVerdict
from gisclusters.geometry.measure import figure_rounding_m2
from gisclusters.layers.layer import Layer
from gisclusters.layers.values import as_boolean
from gisclusters.overlaps.fit_rows import Subject, answer
from gisclusters.overlaps.stored import latest_indicator
from gisclusters.rules.dated import Dated
from gisclusters.rules.fit import FitRules, OlderClusters, RulesOfDay

_EXACT_M2 = 1e-3


def check_areas(
    members: Sequence[Subject], indicators: Sequence[Layer], rules: FitRules, today: RulesOfDay
) -> list[dict[str, Any]]:
    """Four answers per subject: ``area_registered area_decision area_list size``.

    ``difference_m2`` is measured less expected; of ``size`` what the area is beyond the limit.
    """
    rows = []
    for each in members:
        decided = latest_indicator(indicators, each.id, rules.indicators["decision_area"])
        listed = latest_indicator(indicators, each.id, rules.indicators["list_area"])
        rows += [
            _equal(each, "area_registered", each.field("registered_area_m2"), rules, today),
            _equal(each, "area_decision", decided.area_m2 if decided else None, rules, today),
            _list(each, listed.area_m2 if listed else None, rules, today),
            _size(each, rules, today),
        ]
    return rows


def mountain_or_craft(subject: Subject) -> bool | None:
    """Whether the lower limit of mountain districts and craft villages holds; None: not said."""
    said = [_truth(subject.field(name)) for name in ("mountain", "craft_village")]
    if True in said:
        return True
    return None if None in said else False


def _truth(value: Any) -> bool | None:
    if value is None:
        return None
    found = as_boolean(pd.Series([value], dtype=object))[0].iloc[0]
    return None if pd.isna(found) else bool(found)


def _worth(
    beyond_m2: float, sd_m2: float, rules: FitRules, free_m2: float = _EXACT_M2
) -> FitVerdict:
    """What exceeding a figure by so much is worth, given the accuracy of the measured area."""
    if beyond_m2 <= free_m2:
        return FitVerdict.FITS
    if beyond_m2 <= rules.within_sd * sd_m2:
        return FitVerdict.WITHIN_ACCURACY
    return FitVerdict.UNDECIDED if beyond_m2 <= rules.real_sd * sd_m2 else FitVerdict.DOES_NOT_FIT


def _told(subject: Subject) -> dict[str, float | None]:
    return {"area_m2": subject.area_m2, "area_sd_m2": subject.area_sd_m2,
            "tolerance_m": subject.accuracy_m}  # fmt: skip


def _notes(subject: Subject) -> list[str]:
    return ["accuracy_assumed"] if subject.field("accuracy_source") == "assumed" else []


def _equal(
    subject: Subject, check: str, figure: float | None, rules: FitRules, today: RulesOfDay
) -> dict[str, Any]:
    """Measured against a figure that it should equal."""
    told, area, sd = _told(subject), subject.area_m2, subject.area_sd_m2
    if figure is None:
        return answer(
            subject, check, FitVerdict.NOT_CHECKED, "no_figure", rule=today.area, measured=told
        )
    difference = area - float(figure)
    verdict = _worth(
        abs(difference), sd, rules, figure_rounding_m2(float(figure), rules.figure_rounding_m2)
    )
    reason = {FitVerdict.DOES_NOT_FIT: "area_differs", FitVerdict.UNDECIDED: "accuracy"}
    return answer(
        subject, check, verdict, reason.get(verdict), rule=today.area, notes=_notes(subject),
        measured=told | {"expected_m2": float(figure), "difference_m2": difference},
    )  # fmt: skip


def _list(
    subject: Subject, figure: float | None, rules: FitRules, today: RulesOfDay
) -> dict[str, Any]:
    """Measured against the list of the plan, which allows for a little more (Art. 10(4))."""
    told, area, sd = _told(subject), subject.area_m2, subject.area_sd_m2
    rule = today.deviation
    if figure is None or rule is None:
        why = "no_figure" if figure is None else "no_rule"
        return answer(subject, "area_list", FitVerdict.NOT_CHECKED, why, rule=rule, measured=told)
    difference = area - float(figure)
    notes = _notes(subject)
    verdict = _worth(
        abs(difference), sd, rules, figure_rounding_m2(float(figure), rules.figure_rounding_m2)
    )
    reason: str | None = None
    if verdict in {FitVerdict.UNDECIDED, FitVerdict.DOES_NOT_FIT}:
        if difference > 0:
            verdict = _worth(difference - rule.larger_by_m2, sd, rules)
            beyond = {FitVerdict.DOES_NOT_FIT: "over_deviation", FitVerdict.UNDECIDED: "accuracy"}
            reason = beyond.get(verdict, "within_deviation")
            if verdict is not FitVerdict.DOES_NOT_FIT:
                notes.append("deviation_condition")
        else:  # no text was read that says how much smaller it may be
            verdict, reason = FitVerdict.UNDECIDED, "smaller_than_list"
    return answer(
        subject, "area_list", verdict, reason, rule=rule, notes=notes,
        measured=told | {"expected_m2": float(figure), "difference_m2": difference},
    )  # fmt: skip


def _size(subject: Subject, rules: FitRules, today: RulesOfDay) -> dict[str, Any]:
    """Measured against the least and the greatest area of the day, both included."""
    told, area, sd = _told(subject), subject.area_m2, subject.area_sd_m2
    limits = today.size
    if limits is None:
        return answer(subject, "size", FitVerdict.NOT_CHECKED, "no_rule", measured=told)
    special = mountain_or_craft(subject)
    notes = _notes(subject)
    if today.transition is not None and subject.field("status") in today.transition.statuses:
        notes.append("transition")
    usual, reduced, most = limits.min_area_m2, limits.reduced_min_area_m2, limits.max_area_m2
    least = usual if special is False else reduced
    verdict = FitVerdict.FITS
    reason: str | None = None
    expected: float | None = None
    for limit, beyond, why in (
        (least, least - area, "below_minimum"), (most, area - most, "above_maximum"),
    ):  # fmt: skip
        if verdict is FitVerdict.FITS:
            verdict = _worth(beyond, sd, rules)
            if verdict is not FitVerdict.FITS:
                reason, expected = why, limit
    if verdict is FitVerdict.FITS and special is None:
        short = _worth(usual - area, sd, rules)
        if short is FitVerdict.WITHIN_ACCURACY:
            verdict, reason, expected = short, "below_minimum", usual
        elif short is not FitVerdict.FITS:
            verdict, reason, expected = FitVerdict.UNDECIDED, "mountain_or_craft_unknown", usual
    if verdict is FitVerdict.DOES_NOT_FIT and today.older_clusters is not None:
        verdict, reason, more = _older(subject, reason or "", today.older_clusters)
        notes += more
    return answer(
        subject, "size", verdict, reason, notes=notes,
        rule=Dated(rule_id=limits.id, article=limits.legal_basis, confidence=limits.confidence,
                   valid_from=limits.valid_from, valid_to=limits.valid_to),
        parts=[{"min_m2": usual if special is None else least,
                "min_mountain_or_craft_m2": reduced, "max_m2": most,
                "mountain_or_craft": special}],
        measured=told | {
            "expected_m2": expected,
            "difference_m2": None if expected is None else area - expected,
        },
    )  # fmt: skip


def _older(subject: Subject, reason: str, rule: OlderClusters) -> tuple[FitVerdict, str, list[str]]:
    """A cluster out of limits may be an older one, which stays legal (Art. 35(1)).

    Where the file knows the day, the first day of the cluster decides; else nobody can tell
    of any cluster past the planned statuses.
    """
    if subject.field("status") in rule.planned_statuses:
        return FitVerdict.DOES_NOT_FIT, reason, []
    before = rule.smaller_before if reason == "below_minimum" else rule.larger_before
    formed = subject.field("in_force_from")
    if before is None or formed is None:
        return FitVerdict.UNDECIDED, reason, ["older_cluster_unknown"]
    if pd.Timestamp(formed) < pd.Timestamp(before):
        return FitVerdict.FITS, reason, ["older_cluster"]
    return FitVerdict.DOES_NOT_FIT, reason, []
