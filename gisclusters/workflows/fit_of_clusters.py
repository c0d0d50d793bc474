"""Fit and completeness of clusters, from all the store holds around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import geopandas as gpd

from gisclusters.domain.source import Source
from gisclusters.layers.layer import Layer
from gisclusters.overlaps.completeness import check_completeness
from gisclusters.overlaps.fit import plan_fit
from gisclusters.publish.document import rows_of
from gisclusters.rules.completeness import load_checklists
from gisclusters.rules.fit import load_fit_rules
from gisclusters.rules.overlaps import Rules
from gisclusters.workflows.working_crs import common_crs

if TYPE_CHECKING:
    from gisclusters.store import Store

_AROUND = ("places", "clusters", "parcels", "lots", "markers", "indicators")
_NO_LAYERS: Mapping[str, list[Layer]] = MappingProxyType({kind: [] for kind in _AROUND})


class FitOfRun:
    """Gathers the rows of the JSON keys ``fit`` and ``completeness`` over the zones of a run.

    Without a store only the boundary and the plans are known; the rest is ``not_checked``.
    Raises UsageError for unusable rule files.
    """

    def __init__(self, store: Store | None, fit_rules: str, checklist: str) -> None:
        self._rules, self._lists = load_fit_rules(fit_rules), load_checklists(checklist)
        self._around = _NO_LAYERS if store is None else {kind: store.load(kind) for kind in _AROUND}
        self._fit: list[dict[str, Any]] = []
        self._frames: list[gpd.GeoDataFrame] = []
        self._completeness: list[dict[str, Any]] = []

    def look_at(
        self, subject: Layer, plans: Sequence[Layer], *, as_of: date, overlap_rules: Rules
    ) -> None:
        """Check the clusters of one layer; ``plans`` are in its CRS already."""
        target = str(subject.crs)
        around = {kind: common_crs(layers, target) for kind, layers in self._around.items()}
        report = plan_fit(
            subject, as_of=as_of, plans=plans, places=around["places"],
            clusters=around["clusters"], parcels=around["parcels"],
            indicators=around["indicators"], rules=self._rules,
        )  # fmt: skip
        items = check_completeness(
            subject, report.checks, as_of=as_of, overlap_rules=overlap_rules, plans=plans,
            indicators=around["indicators"],
            layers={kind: around[kind] for kind in ("lots", "markers", "parcels")},
            rules=self._lists,
        ).items  # fmt: skip
        self._frames.append(report.checks)
        self._fit += rows_of(report.checks)
        self._completeness += rows_of(items)

    @property
    def sources(self) -> list[Source]:
        """Where what was looked at comes from."""
        return [layer.source for layers in self._around.values() for layer in layers]

    @property
    def options(self) -> dict[str, object]:
        """What makes the rule sets part of the question of a run."""
        return {
            "fit_rules": self._rules.rule_set.sha256,
            "size_rules": self._rules.size.rule_set.sha256,
            "completeness_rules": self._lists.rule_set.sha256,
        }

    def summary(self) -> dict[str, Any]:
        """How many checks and items of each answer, and the rule sets."""
        return {
            "by_fit": dict(Counter(row["verdict"] for row in self._fit)),
            "by_completeness": dict(Counter(row["state"] for row in self._completeness)),
            "fit_rules": asdict(self._rules.rule_set),
            "size_rules": asdict(self._rules.size.rule_set),
            "completeness_rules": asdict(self._lists.rule_set),
        }

    @property
    def shapes(self) -> dict[str, list[gpd.GeoDataFrame]]:
        """The ground that does not fit, as a layer of a map: rows and zones as in ``fit``."""
        return {"fit": self._frames}

    def extra(self) -> dict[str, Any]:
        """The keys of the document."""
        return {"fit": self._fit, "completeness": self._completeness}
