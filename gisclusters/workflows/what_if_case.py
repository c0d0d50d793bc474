"""What is asked of founding or expanding a cluster, and the rows that answer it from the store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import shapely

from gisclusters.domain.issue import Issue, error, warning
from gisclusters.domain.source import Source
from gisclusters.efficiency.expansion import judge_expansion
from gisclusters.efficiency.founding import ClusterFacts, judge_founding, judge_land_use
from gisclusters.efficiency.founding_rows import Asked
from gisclusters.efficiency.kind_shares import ground_of, judge_kinds
from gisclusters.errors import InputRefusedError, UsageError
from gisclusters.geometry.measure import area_sd_m2
from gisclusters.layers.layer import Layer
from gisclusters.overlaps import clusters_as_plan, find_overlaps
from gisclusters.overlaps.fit import plan_fit
from gisclusters.publish.document import rows_of
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.sandbox import read_layer
from gisclusters.rules.founding import FoundingOfDay, FoundingRules, Law, fit_rules_of
from gisclusters.rules.sizes import M2_PER_HA
from gisclusters.workflows.check_overlaps import require_clusters
from gisclusters.workflows.founding_facts import areas_of, facts_of, known_by, others_of
from gisclusters.workflows.ingest import known_of
from gisclusters.workflows.working_crs import common_crs, to_working_crs

if TYPE_CHECKING:
    from gisclusters.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What is asked: a cluster to be founded (file or stored), or one to be expanded.

    Exactly one of ``found``, ``cluster_id`` and ``expand``; with ``expand`` exactly one of
    ``by_ha`` (hectares more) and ``boundary`` (a file of the ground added, or of the whole).
    """

    found: Path | None = None
    cluster_id: str | None = None
    expand: str | None = None
    by_ha: float | None = None
    boundary: Path | None = None

    def check(self) -> None:
        """Raises UsageError (``what_if_subject``, ``what_if_expansion``, ``what_if_area``)."""
        if sum(each is not None for each in (self.found, self.cluster_id, self.expand)) != 1:
            raise UsageError("errors.what_if_subject")
        more = sum(each is not None for each in (self.by_ha, self.boundary))
        if more != (1 if self.expand is not None else 0):
            raise UsageError("errors.what_if_expansion")
        if self.by_ha is not None and not 0 < self.by_ha < float("inf"):
            raise UsageError("errors.what_if_area", value=f"{self.by_ha:g}")

    @property
    def question(self) -> Literal["found", "expand"]:
        """Which of the two questions."""
        return "found" if self.expand is None else "expand"


@dataclass(slots=True, kw_only=True)
class Case:
    """One question with all it is judged by; gathers issues and sources on its way."""

    store: Store
    asked: WhatIf
    as_of: date
    rules: FoundingRules
    law: Law
    today: FoundingOfDay
    options: ReadOptions
    issues: list[Issue]
    sources: list[Source]

    def subject(self) -> Layer:
        """The cluster or clusters asked about, in their working CRS."""
        if self.asked.found is not None:
            return self._read(self.asked.found)
        name = self.asked.cluster_id or self.asked.expand or ""
        layers = self.store.load("clusters", ids=[name])
        require_clusters(layers, [name])
        if layers[0].crs is None:
            raise InputRefusedError([error("crs_missing", layer=layers[0].name)])
        return layers[0]

    def founding(self, subject: Layer) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The rows of founding, and what stands behind the condition on existing clusters."""
        indicators = known_by(self.store.load("indicators"), self.as_of)
        fit, conflicts = self._fit(subject), self._conflicts(subject)
        stored = {
            str(row["cluster_id"]): row["status"]
            for layer in self.store.load("clusters")
            for row in layer.frame[["cluster_id", "status"]].to_dict("records")
        }
        rows, behind = [], []
        for place, name in enumerate(subject.frame["cluster_id"]):
            status = stored.get(name)
            cluster, doubts = facts_of(
                subject, place, indicators, self.rules,
                status=None if pd.isna(status) else str(status),
                fit=fit[name], conflicts=conflicts[name],
            )  # fmt: skip
            unit, others, more = others_of(
                self.store, subject, place, as_of=self.as_of, rules=self.rules, today=self.today
            )
            self.issues += [*doubts, *more]
            found, told = judge_founding(cluster, unit, others, today=self.today, law=self.law)
            rows += [*found, *(self._kinds(subject, cluster) if self.asked.cluster_id else [])]
            behind += told
        return rows, behind

    def expansion(self, subject: Layer) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The rows of an expansion, land of a boundary besides; nothing stands behind."""
        areas, doubts = areas_of(self.store, [str(self.asked.expand)], self.as_of)
        indicators = known_by(self.store.load("indicators"), self.as_of)
        cluster, more = facts_of(
            subject, 0, indicators, self.rules, areas=areas.get(str(self.asked.expand))
        )
        self.issues += [*doubts, *more]
        land: list[dict[str, Any]] = []
        if self.asked.boundary is None:
            after_m2 = cluster.area_m2 + float(self.asked.by_ha or 0) * M2_PER_HA
        else:
            after = self._after(subject, self.asked.boundary)
            ground = after.shapes.geometry.iloc[0]
            after_m2 = float(shapely.area(ground))
            sd = area_sd_m2(ground, float(after.frame["accuracy_m"].iloc[0]))
            cluster = replace(cluster, area_sd_m2=sd, fit=self._fit(after)[cluster.cluster_id])
            land = [judge_land_use(self._question(cluster), cluster, part="besides")]
        rows = judge_expansion(
            cluster, after_m2, today=self.today, fit=fit_rules_of(self.rules, self.law),
            law=self.law, as_of=self.as_of,
        )  # fmt: skip
        return [*rows, *land, *self._kinds(subject, cluster)], []

    def _after(self, subject: Layer, path: Path) -> Layer:
        """The cluster with the ground added; ground given twice counts once."""
        added = self._read(path).to_crs(str(subject.crs))
        ground = shapely.union_all(added.shapes.geometry.to_numpy())
        before = subject.shapes.geometry.iloc[0]
        accuracy = max(float(layer.frame["accuracy_m"].max()) for layer in (subject, added))
        if (apart := float(shapely.distance(before, ground))) > accuracy:
            self.issues.append(
                warning("expansion_apart", layer=added.name, value=f"{apart:.1f}",
                        id=str(self.asked.expand))
            )  # fmt: skip
        frame = subject.shapes.assign(accuracy_m=accuracy)
        return replace(subject, frame=frame.set_geometry([shapely.union(before, ground)],
                                                         crs=frame.crs))  # fmt: skip

    def _fit(self, subject: Layer) -> dict[str, dict[str, dict[str, Any]]]:
        """The rows of the fit check on the day, under the rules of the law, by cluster."""
        crs = str(subject.crs)
        around = {
            kind: common_crs(self.store.load(kind), crs)
            for kind in ("plans", "places", "clusters", "parcels")
        }
        checks = plan_fit(
            subject, as_of=self.as_of, plans=around["plans"], places=around["places"],
            clusters=around["clusters"], parcels=around["parcels"],
            indicators=known_by(self.store.load("indicators"), self.as_of),
            rules=fit_rules_of(self.rules, self.law),
        ).checks  # fmt: skip
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for row in rows_of(checks.drop(columns="geometry")):
            found.setdefault(row["subject_id"], {})[row["check"]] = row
        return found

    def _question(self, cluster: ClusterFacts) -> Asked:
        return Asked(subject_id=cluster.cluster_id, question=self.asked.question,
                     transition=self.law.transition)  # fmt: skip

    def _kinds(self, subject: Layer, cluster: ClusterFacts) -> list[dict[str, Any]]:
        lots, parcels = (self._one_layer(kind, str(subject.crs)) for kind in ("lots", "parcels"))
        holdings, land = ground_of(subject, lots, parcels, as_of=self.as_of)
        return judge_kinds(
            self._question(cluster), cluster, holdings, land, rules=self.rules, today=self.today
        )

    def _one_layer(self, kind: str, crs: str) -> Layer | None:
        layers = [layer for layer in common_crs(self.store.load(kind), crs) if len(layer)]
        if len(layers) < 2:
            return next(iter(layers), None)
        frame = pd.concat([layer.frame for layer in layers], ignore_index=True)
        return replace(layers[0], frame=frame, issues=())

    def _conflicts(self, subject: Layer) -> dict[str, tuple[str, ...] | None]:
        """Plans and clusters that forbid part of each subject; None where none was stored."""
        names = [str(name) for name in subject.frame["cluster_id"]]
        stored, clusters = (common_crs(self.store.load(kind), str(subject.crs))
                            for kind in ("plans", "clusters"))  # fmt: skip
        if not stored:
            return dict.fromkeys(names)
        plans = [*stored, *map(clusters_as_plan, clusters)]
        found = find_overlaps(subject, plans, as_of=self.as_of, rules="vn").findings
        hard = found[(found["verdict"] == "conflict") & (found["severity"] == "blocking")]
        return {
            name: tuple(
                dict.fromkeys(
                    f"{row['plan_id']}/{row['zone_id']}"
                    for row in hard[hard["subject_id"] == name].to_dict("records")
                )
            )
            for name in names
        }

    def _read(self, path: Path) -> Layer:
        known = known_of(self.store)
        options = replace(self.options, known=known)
        layer = to_working_crs(
            read_layer("clusters", path, options), province=options.province, known=known.ground
        )
        self.sources.append(layer.source)
        self.issues += [] if path == self.asked.found else layer.issues
        return layer
