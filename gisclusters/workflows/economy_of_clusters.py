"""What stands beside the areas of an efficiency run: economy, works, environment, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from gisclusters.domain.issue import Issue, warning
from gisclusters.domain.source import Source
from gisclusters.efficiency import EfficiencyReport
from gisclusters.efficiency.economy import asked_period, measure_economy
from gisclusters.efficiency.environment import measure_environment
from gisclusters.efficiency.figures import figure_names, gather_figures
from gisclusters.efficiency.held_back import held_back
from gisclusters.efficiency.tenants import tenants_of
from gisclusters.efficiency.withdrawn import measure_withdrawn
from gisclusters.efficiency.works import measure_works
from gisclusters.errors import UsageError
from gisclusters.layers.layer import Layer
from gisclusters.layers.values import fold
from gisclusters.publish.document import rows_of
from gisclusters.rules.economy import EconomyRules, load_economy_rules
from gisclusters.store import Store

RECORDS = ("indicators", "works", "inspections")
KEYS = ("economy", "works", "environment", "withdrawn")
"""The keys that these answers have beside the findings of a run."""


@dataclass(slots=True)
class Beside:
    """The clusters and tenants of the zones of a run, gathered, then measured together.

    Raises UsageError for a period that is none (``period_unknown``) and for unusable rules.
    """

    as_of: date
    period: str | None = None
    rules: str | Path = "vn_economy"
    _clusters: list[pd.DataFrame] = field(default_factory=list)
    _tenants: list[pd.DataFrame] = field(default_factory=list)

    def __post_init__(self) -> None:
        try:
            asked_period(self.period)
        except ValueError as fault:
            raise UsageError("errors.period_unknown", value=self.period) from fault

    def add(
        self, subject: Layer, parcels: Layer | None, leases: Layer | None, report: EfficiencyReport
    ) -> None:
        """Take in the clusters of one zone with what was measured of them."""
        own = pd.DataFrame(subject.frame.drop(columns="geometry"))
        measured = report.clusters.drop(columns=["structure", "size"], errors="ignore")
        further = [name for name in own.columns if name not in measured or name == "cluster_id"]
        self._clusters.append(measured.merge(own[further], on="cluster_id", how="left"))
        self._tenants.append(tenants_of(parcels, leases, report.parcels, as_of=self.as_of))

    def measure(
        self, store: Store, *, everything: bool
    ) -> tuple[dict[str, Any], list[Issue], list[Source]]:
        """The answers by key (plain rows), the doubts, and the tables they rest on.

        ``everything``: all clusters are asked for, so a row of a subject that is none of them nor
        of their parcels is told (``subject_unknown``).
        """
        rules = load_economy_rules(self.rules)
        clusters, tenants = _together(self._clusters), _together(self._tenants)
        tables = {kind: [layer for layer in store.load(kind) if len(layer)] for kind in RECORDS}
        subjects = {*map(str, clusters["cluster_id"]), *map(str, tenants["parcel_id"])}
        figures, issues = gather_figures(tables["indicators"], subjects, rules)
        economy = measure_economy(
            figures, clusters, tenants, period=asked_period(self.period), as_of=self.as_of,
            rules=rules,
        )  # fmt: skip
        works = measure_works(
            tables["works"], clusters, tenants, figures, as_of=self.as_of, rules=rules
        )
        held = held_back(works.clusters, tenants, figures, as_of=self.as_of, rules=rules)
        environment = measure_environment(
            tables["inspections"], clusters, tenants, as_of=self.as_of
        )
        gone = measure_withdrawn(clusters, tenants, as_of=self.as_of, rules=rules)
        version = {"name": rules.rule_set.name, "version": rules.rule_set.version,
                   "sha256": rules.rule_set.sha256}  # fmt: skip
        answers = {
            "economy": {
                "rules": version, "period": economy.period, "clusters": rows_of(economy.clusters),
                "parcels": rows_of(economy.parcels), "trend": rows_of(economy.trend),
            },
            "works": {
                "rules": version, "works": rows_of(works.works),
                "clusters": rows_of(works.clusters), "held_back": rows_of(held),
            },
            "environment": {
                "inspections": rows_of(environment.inspections),
                "clusters": rows_of(environment.clusters),
                "tenants": rows_of(environment.tenants),
            },
            "withdrawn": {
                "rules": version, "clusters": rows_of(gone.clusters),
                "remaining": rows_of(gone.remaining), "asked": rows_of(gone.rules),
            },
        }  # fmt: skip
        found = [*issues, *economy.issues, *works.issues]
        if everything:
            found += _strangers(tables, subjects, rules)
        sources = [layer.source for layers in tables.values() for layer in layers]
        return answers, found, sources


def answers_together(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The answers of several runs as those of one: rows one after the other.

    A period that is not the same in all of them is None; each row names its own.
    """
    whole: dict[str, Any] = {}
    for key in KEYS:
        told = [part[key] for part in parts if key in part]
        if not told:
            continue
        whole[key] = {
            name: [row for each in told for row in each[name]]
            if isinstance(value, list)
            else (value if all(each[name] == value for each in told) else None)
            for name, value in told[0].items()
        }
    return whole


def _strangers(
    tables: dict[str, list[Layer]], subjects: set[str], rules: EconomyRules
) -> list[Issue]:
    """Rows whose subject is no cluster and no parcel; of indicators those that are figures here."""
    issues, names = [], figure_names(rules)
    for kind in RECORDS:
        for layer in tables[kind]:
            strange = layer.frame[~layer.frame["of"].isin(subjects)]
            if kind == "indicators":
                figures = [fold(str(name)) in names for name in strange["name"]]
                strange = strange.loc[strange.index[figures]] if len(strange) else strange
            issues += [
                warning("subject_unknown", layer=layer.name, row=int(rows["source_row"].iloc[0]),
                        field="of", value=name, count=len(rows))
                for name, rows in strange.groupby("of")
            ]  # fmt: skip
    return issues


def _together(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)] or list(frames[:1])
    return filled[0] if len(filled) == 1 else pd.concat(filled, ignore_index=True)
