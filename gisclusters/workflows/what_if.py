"""May a cluster be founded or expanded on a day, by what the store holds, and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import shapely

from gisclusters._version import __version__
from gisclusters.domain.issue import Issue, error, info, warning
from gisclusters.domain.run import make_run
from gisclusters.domain.source import Source
from gisclusters.efficiency.expansion import judge_expansion
from gisclusters.efficiency.founding import ClusterFacts, judge_founding
from gisclusters.efficiency.founding_rows import Answer, Asked, answered, frame_of, lowest
from gisclusters.efficiency.kind_shares import ground_of, judge_kinds
from gisclusters.efficiency.working_days import timetable
from gisclusters.errors import InputRefusedError, UsageError
from gisclusters.geometry.crs import datum_operation
from gisclusters.layers.layer import Layer
from gisclusters.overlaps import clusters_as_plan, find_overlaps
from gisclusters.overlaps.fit import plan_fit
from gisclusters.publish.document import rows_of
from gisclusters.publish.result import Result
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.sandbox import read_layer
from gisclusters.rules.founding import FoundingOfDay, FoundingRules, Law, fit_rules_of
from gisclusters.rules.founding_file import load_founding_rules
from gisclusters.words import has_text, text
from gisclusters.workflows.check_overlaps import require_clusters
from gisclusters.workflows.founding_facts import areas_of, facts_of, known_by, others_of
from gisclusters.workflows.holidays import NO_HOLIDAYS, Holidays, read_holidays
from gisclusters.workflows.ingest import known_of
from gisclusters.workflows.working_crs import common_crs, to_working_crs

if TYPE_CHECKING:
    from gisclusters.store import Store

M2_PER_HA = 10_000.0


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


def what_if(
    store: Store, asked: WhatIf, *, as_of: date, filed_on: date | None = None,
    rules: str | Path = "vn_founding", holidays: Path | None = None,
    options: ReadOptions | None = None,
) -> Result:  # fmt: skip
    """The conditions of founding or expanding, each with its verdict and what is missing.

    What the store holds is looked at on ``as_of``; the rules are those of that day, or those of
    before a new version where the dossier was filed before it (transition clause).  Areas are
    planar in the zone of the cluster.  Nothing is stored.  Keys of the document: ``answers``
    (one a cluster), ``existing`` (the clusters that count, and each reading of the average),
    ``steps`` (the last day of each).

    Raises UsageError (``what_if_*``, ``cluster_unknown``, ``rules_*``, ``holidays_unreadable``,
    ``filed_after``), InputRefusedError for a file that cannot be used.
    """
    asked.check()
    if filed_on is not None and filed_on > as_of:
        raise UsageError("errors.filed_after", value=filed_on, as_of=as_of)
    rule_set = load_founding_rules(rules)
    law = rule_set.law_on(as_of, filed_on)
    off = NO_HOLIDAYS if holidays is None else read_holidays(holidays)
    case = _Case(
        store=store, asked=asked, as_of=as_of, rules=rule_set, law=law, today=rule_set.on(law),
        options=options or ReadOptions(), issues=[], sources=[],
    )  # fmt: skip
    subject = case.subject()
    rows, behind = case.founding(subject) if asked.question == "found" else case.expansion(subject)
    steps = timetable(case.today.steps, start=filed_on or as_of, filed=filed_on is not None,
                      holidays=off.days, law=law)  # fmt: skip
    issues = [*subject.issues, *case.issues, *_about_holidays(off, steps)]
    answers = [
        _answer(name, [row for row in rows if row["subject_id"] == name], case, filed_on)
        for name in subject.frame["cluster_id"]
    ]
    sources = [*case.sources, *(layer.source for kind in ("clusters", "places", "plans", "parcels",
                                                           "lots", "leases", "indicators")
                                for layer in store.load(kind))]  # fmt: skip
    sources = list(dict.fromkeys([*sources, *([off.source] if off.source else [])]))
    run = make_run(
        version=__version__,
        command="efficiency what-if",
        options={
            "question": asked.question, "ids": ", ".join(subject.frame["cluster_id"]),
            "by_ha": asked.by_ha, "filed_on": filed_on,
            "fit_rules": rule_set.fit.rule_set.sha256,
            "size_rules": rule_set.fit.size.rule_set.sha256,
        },
        as_of=as_of,
        rules=rule_set.rule_set,
        crs=subject.crs,
        datum_operation=datum_operation(*(source.crs_as_received for source in sources)),
        sources=sources,
    )  # fmt: skip
    table = frame_of(rows)
    return Result(
        subject="founding",
        run=run,
        summary={
            "clusters": len(subject),
            "by_verdict": dict(Counter(table["verdict"])),
            "by_answer": dict(Counter(row["answer"] for row in answers)),
            "fit_rules": asdict(rule_set.fit.rule_set),
            "size_rules": asdict(rule_set.fit.size.rule_set),
        },
        findings=[table],
        issues=_once(issues),
        extra={"answers": answers, "existing": behind, "steps": rows_of(steps)},
    )


def _once(issues: Sequence[Issue]) -> tuple[Issue, ...]:
    kept: dict[str, Issue] = {}
    for issue in issues:
        kept.setdefault(str(issue) + issue.level, issue)
    return tuple(kept.values())


@dataclass(slots=True, kw_only=True)
class _Case:
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
        crs = str(subject.crs)
        around = {
            kind: common_crs(self.store.load(kind), crs)
            for kind in ("plans", "places", "clusters", "parcels")
        }
        indicators = known_by(self.store.load("indicators"), self.as_of)
        checks = plan_fit(
            subject, as_of=self.as_of, plans=around["plans"], places=around["places"],
            clusters=around["clusters"], parcels=around["parcels"], indicators=indicators,
            rules=fit_rules_of(self.rules, self.law),
        ).checks  # fmt: skip
        conflicts = self._conflicts(subject, around)
        stored = {
            str(row["cluster_id"]): row["status"]
            for layer in around["clusters"]
            for row in layer.frame[["cluster_id", "status"]].to_dict("records")
        }
        rows, behind = [], []
        for place, name in enumerate(subject.frame["cluster_id"]):
            mine = checks[checks["subject_id"] == name].drop(columns="geometry")
            status = stored.get(name)
            cluster, doubts = facts_of(
                subject, place, indicators, self.rules,
                status=None if pd.isna(status) else str(status),
                fit={row["check"]: row for row in rows_of(mine)}, conflicts=conflicts[name],
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
        """The rows of an expansion; nothing stands behind."""
        areas, doubts = areas_of(self.store, [str(self.asked.expand)], self.as_of)
        indicators = known_by(self.store.load("indicators"), self.as_of)
        cluster, more = facts_of(
            subject, 0, indicators, self.rules, areas=areas.get(str(self.asked.expand))
        )
        self.issues += [*doubts, *more]
        rows = judge_expansion(
            cluster, self._after_m2(subject, cluster), today=self.today,
            fit=fit_rules_of(self.rules, self.law), law=self.law, as_of=self.as_of,
        )  # fmt: skip
        return [*rows, *self._kinds(subject, cluster)], []

    def _after_m2(self, subject: Layer, cluster: ClusterFacts) -> float:
        """The whole area afterwards; ground given twice counts once."""
        if self.asked.boundary is None:
            return cluster.area_m2 + float(self.asked.by_ha or 0) * M2_PER_HA
        added = self._read(self.asked.boundary).to_crs(str(subject.crs))
        ground = shapely.union_all(added.shapes.geometry.to_numpy())
        before = subject.shapes.geometry.iloc[0]
        if float(shapely.distance(before, ground)) > float(subject.shapes["accuracy_m"].iloc[0]):
            self.issues.append(
                warning("expansion_apart", layer=added.name, id=cluster.cluster_id,
                        value=f"{shapely.distance(before, ground):.1f}")
            )  # fmt: skip
        return float(shapely.area(shapely.union(before, ground)))

    def _kinds(self, subject: Layer, cluster: ClusterFacts) -> list[dict[str, Any]]:
        asked = Asked(subject_id=cluster.cluster_id, question=self.asked.question,
                      transition=self.law.transition)  # fmt: skip
        lots, parcels = (self._one_layer(kind, str(subject.crs)) for kind in ("lots", "parcels"))
        holdings, land = ground_of(subject, lots, parcels, as_of=self.as_of)
        return judge_kinds(asked, cluster, holdings, land, rules=self.rules, today=self.today)

    def _one_layer(self, kind: str, crs: str) -> Layer | None:
        layers = [layer for layer in common_crs(self.store.load(kind), crs) if len(layer)]
        if len(layers) < 2:
            return next(iter(layers), None)
        frame = pd.concat([layer.frame for layer in layers], ignore_index=True)
        return replace(layers[0], frame=frame, issues=())

    def _conflicts(
        self, subject: Layer, around: Mapping[str, list[Layer]]
    ) -> dict[str, tuple[str, ...] | None]:
        """Plans and clusters that forbid part of each subject; None where none was stored."""
        names = [str(name) for name in subject.frame["cluster_id"]]
        if not around["plans"]:
            return dict.fromkeys(names)
        plans = [*around["plans"], *map(clusters_as_plan, around["clusters"])]
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


def _answer(
    name: str, rows: Sequence[dict[str, Any]], case: _Case, filed_on: date | None
) -> dict[str, Any]:
    """One line for a person: the answer, by which version, what fails and what is open."""
    answer = answered(rows)
    conditions = [row for row in rows if row["part"] == "condition"]
    key = f"founding.answer_{case.asked.question}_{answer}"
    clause = case.law.transition
    version = next((row["rule_id"] for row in conditions if row["rule_id"]), None)
    told = {
        lang: text(key, lang, day=case.as_of)
        + ("" if clause is None else " " + text("founding.by_transition", lang, day=filed_on))
        for lang in ("vi", "en")
    }  # fmt: skip
    either = {row["either"] for row in conditions if row["either"] and row["verdict"] == "met"}
    needed = [row for row in conditions if row["either"] not in either or row["either"] is None]
    if answer is Answer.MOOT:
        needed = []
    key = f"founding.version_{version}"
    return {
        "subject_id": name, "question": case.asked.question, "answer": str(answer),
        "sentence_vi": told["vi"], "sentence_en": told["en"], "asked_on": case.as_of,
        "filed_on": filed_on, "law_day": case.law.day,
        "version_vi": text(key, "vi") if has_text(key) else version,
        "version_en": text(key, "en") if has_text(key) else version,
        "not_met": [row["condition"] for row in needed if row["verdict"] == "not_met"],
        "open": [row["condition"] for row in needed
                 if row["verdict"] in {"undecided", "not_checked"}],
        "rule_id": None if clause is None else clause.rule_id,
        "legal_basis": None if clause is None else clause.article,
        "confidence": lowest([row["confidence"] for row in conditions]),
    }  # fmt: skip


def _about_holidays(off: Holidays, steps: pd.DataFrame) -> list[Issue]:
    """Says that no holiday was counted, or none of a year that the timetable reaches into."""
    if not len(steps):
        return []
    days = pd.concat([steps[name].dropna() for name in ("begins_after", "last_day_all_working")])
    years = sorted(int(year) for year in days.dt.year.unique())
    if off.source is None:
        return [info("holidays_absent", years=", ".join(map(str, years)))]
    empty = [year for year in years if year not in {day.year for day in off.days}]
    return [warning("holidays_year_missing", layer=off.source.name, value=str(year))
            for year in empty]  # fmt: skip
