"""Fit and completeness of clusters, from all the store holds around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pandas as pd

from gisclusters.domain.source import Source
from gisclusters.layers.layer import Layer
from gisclusters.overlaps.completeness import check_completeness
from gisclusters.overlaps.fit import plan_fit
from gisclusters.publish.document import rows_of
from gisclusters.rules.completeness import Checklists
from gisclusters.rules.fit import FitRules
from gisclusters.rules.overlaps import Rules
from gisclusters.store import Store
from gisclusters.workflows.working_crs import common_crs


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is held beside plans; empty where no store was asked."""

    places: Sequence[Layer] = ()
    clusters: Sequence[Layer] = ()
    parcels: Sequence[Layer] = ()
    lots: Sequence[Layer] = ()
    markers: Sequence[Layer] = ()
    indicators: Sequence[Layer] = ()

    @property
    def sources(self) -> list[Source]:
        """Where they come from."""
        many = (
            self.places, self.clusters, self.parcels, self.lots, self.markers, self.indicators,
        )  # fmt: skip
        return [layer.source for layers in many for layer in layers]


NOTHING_AROUND = Surroundings()


def surroundings_of(store: Store | None) -> Surroundings:
    """All that a store holds around clusters; nothing without a store."""
    if store is None:
        return NOTHING_AROUND
    return Surroundings(
        places=store.load("places"),
        clusters=store.load("clusters"),
        parcels=store.load("parcels"),
        lots=store.load("lots"),
        markers=store.load("markers"),
        indicators=store.load("indicators"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRuleSets:
    """The rules of fit and the checklists of a run."""

    fit: FitRules
    completeness: Checklists

    @property
    def options(self) -> dict[str, str]:
        """What makes them part of the question of a run."""
        return {
            "fit_rules": self.fit.rule_set.sha256,
            "completeness_rules": self.completeness.rule_set.sha256,
        }

    @property
    def heads(self) -> dict[str, dict[str, Any]]:
        """Name, version and checksum of both, for the summary."""
        return {
            "fit_rules": asdict(self.fit.rule_set),
            "completeness_rules": asdict(self.completeness.rule_set),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRows:
    """The rows of the JSON keys ``fit`` and ``completeness``."""

    fit: list[dict[str, Any]]
    completeness: list[dict[str, Any]]


def counts(many: Sequence[FitRows]) -> dict[str, dict[str, int]]:
    """How many checks and items of each answer, for the summary."""
    return {
        "by_fit": dict(Counter(row["verdict"] for each in many for row in each.fit)),
        "by_completeness": dict(
            Counter(row["state"] for each in many for row in each.completeness)
        ),
    }


def fit_rows(
    subject: Layer, plans: Sequence[Layer], around: Surroundings, *, as_of: date,
    overlap_rules: Rules, rules: FitRuleSets,
) -> FitRows:  # fmt: skip
    """Fit and completeness of the clusters of one layer; ``plans`` are in its CRS already."""
    target = str(subject.crs)
    parcels = common_crs(around.parcels, target)
    report = plan_fit(
        subject, as_of=as_of, plans=plans, places=common_crs(around.places, target),
        clusters=common_crs(around.clusters, target), parcels=parcels,
        indicators=around.indicators, rules=rules.fit,
    )  # fmt: skip
    items = check_completeness(
        subject, report.checks, as_of=as_of, overlap_rules=overlap_rules, plans=plans,
        indicators=around.indicators,
        layers={"lots": common_crs(around.lots, target),
                "markers": common_crs(around.markers, target), "parcels": parcels},
        rules=rules.completeness,
    ).items  # fmt: skip
    return FitRows(fit=rows_of(report.checks), completeness=rows_of(pd.DataFrame(items)))
