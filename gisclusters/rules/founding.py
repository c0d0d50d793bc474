"""The dated rules on founding and expanding a cluster, as typed values, and which version judges.

Decree 32/2024/NĐ-CP, Articles 2, 8, 10 and 35, and as Decree 303/2026/NĐ-CP amends them.  The
limits of the area, the deviation and the land-use plan are those of the fit rules it names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any, Literal

from gisclusters.domain.run import RuleSet
from gisclusters.rules.dated import Dated, in_force
from gisclusters.rules.fit import FitRules

WORKS = ("roads", "water", "wastewater", "solid_waste", "fire_safety")
STEPS = ("notice", "filing", "dossier", "appraisal", "decision")
SHARE_KINDS = ("craft_village", "specialised", "supporting", "high_tech")
KINDS = (*SHARE_KINDS, "ecological")
UNITS = ("district", "commune")
COUNTED_IN = ("working_days", "days")
INDICATORS = ("in_list", "land_quota", "investor", "land_demand", "older", "regularised", *WORKS)
COLUMNS = ("district", "cluster_kind", "formed_on", "industry", "craft_village", "supporting",
           "high_tech")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class InList(Dated):
    """What a status says of the provincial list."""

    listed: frozenset[str]
    founded: frozenset[str]
    dropped: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedWithin(Dated):
    """Within which unit a cluster may be moved from where the list names it."""

    unit: Literal["district", "commune"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Existing(Dated):
    """What the clusters that exist in the unit must have reached; area in square metres."""

    unit: Literal["district", "commune"]
    occupancy_above: float
    unleased_up_to_m2: float
    exempt: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Dated):
    """The statuses of clusters that an average is over, and those of the wider reading."""

    statuses: frozenset[str]
    wider: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeastShare(Dated):
    """A least share 0..1; ``kind`` says of which kind of cluster, where of one."""

    at_least: float
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Infrastructure(Dated):
    """The shared works that must be in use."""

    works: tuple[str, ...]
    waived_for_older: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Regularisation(Dated):
    """Until when older clusters must be regularised, and which clusters are such."""

    before: date
    took_effect: date | None
    surely_before: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How long a step may take."""

    step: str
    count: int
    unit: Literal["working_days", "days"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps(Dated):
    """The steps from the notice to the decision, in order."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """Which day's version of the rules judges: that of ``day``.

    ``transition`` is the clause by which it is an earlier day than the one asked of.
    """

    day: date
    transition: Dated | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundingRules:
    """Every version of every rule of one file, and where facts that no map shows are stored."""

    rule_set: RuleSet
    fit: FitRules
    transition: Sequence[Dated]
    in_list: Sequence[InList]
    investor: Sequence[Dated]
    existing: Sequence[Existing]
    moved_within: Sequence[MovedWithin]
    left_to_province: Sequence[Dated]
    counted: Sequence[Counted]
    expansion_occupancy: Sequence[LeastShare]
    expansion_size: Sequence[Dated]
    infrastructure: Sequence[Infrastructure]
    regularisation: Sequence[Regularisation]
    kinds: Sequence[LeastShare]
    steps: Sequence[Steps]
    indicators: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, tuple[str, ...]]
    kind_words: Mapping[str, tuple[str, ...]]

    def law_on(self, as_of: date, filed_on: date | None = None) -> Law:
        """The version that judges on ``as_of`` a dossier filed on ``filed_on``.

        A dossier filed before a version whose transition clause holds goes on under the
        version of the day before it; one filed on its first day does not.
        """
        clause = in_force(self.transition, as_of)
        if clause is None or clause.valid_from is None or filed_on is None:
            return Law(day=as_of)
        if filed_on >= clause.valid_from:
            return Law(day=as_of)
        return Law(day=clause.valid_from - timedelta(days=1), transition=clause)

    def on(self, law: Law) -> FoundingOfDay:
        """The versions in force on the day of the law; None where there is none."""
        day = law.day
        return FoundingOfDay(
            in_list=in_force(self.in_list, day),
            investor=in_force(self.investor, day),
            existing=in_force(self.existing, day),
            moved_within=in_force(self.moved_within, day),
            left_to_province=in_force(self.left_to_province, day),
            counted=in_force(self.counted, day),
            expansion_occupancy=in_force(self.expansion_occupancy, day),
            expansion_size=in_force(self.expansion_size, day),
            infrastructure=in_force(self.infrastructure, day),
            regularisation=in_force(self.regularisation, day),
            kinds={
                kind: in_force([rule for rule in self.kinds if rule.kind == kind], day)
                for kind in SHARE_KINDS
            },
            steps=in_force(self.steps, day),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundingOfDay:
    """One version of each rule, None where none is in force."""

    in_list: InList | None
    investor: Dated | None
    existing: Existing | None
    moved_within: MovedWithin | None
    left_to_province: Dated | None
    counted: Counted | None
    expansion_occupancy: LeastShare | None
    expansion_size: Dated | None
    infrastructure: Infrastructure | None
    regularisation: Regularisation | None
    kinds: Mapping[str, LeastShare | None]
    steps: Steps | None


def fit_rules_of(rules: FoundingRules, law: Law) -> FitRules:
    """The fit rules with only the versions of the day of the law, open at both ends.

    What the store holds is looked at on the day asked of, under the rules of another.
    """
    fit = rules.fit
    held: dict[str, Any] = {}
    for field in fields(FitRules):
        value = getattr(fit, field.name)
        if isinstance(value, list):
            rule = in_force(value, law.day)
            kept = [] if rule is None else [replace(rule, valid_from=None, valid_to=None)]
            held[field.name] = kept
    size = fit.size.rule_for(law.day)
    sizes = () if size is None else (replace(size, valid_from=date.min, valid_to=date.max),)
    return replace(fit, size=replace(fit.size, rules=sizes), **held)
