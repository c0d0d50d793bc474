"""May a cluster be founded or expanded on a day, by what the store holds, and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from gisclusters._version import __version__
from gisclusters.domain.issue import Issue, info, warning
from gisclusters.domain.run import make_run
from gisclusters.efficiency.founding_rows import Answer, answered, frame_of, lowest
from gisclusters.efficiency.working_days import timetable
from gisclusters.errors import UsageError
from gisclusters.geometry.crs import datum_operation
from gisclusters.publish.document import rows_of
from gisclusters.publish.result import Result
from gisclusters.readers.options import ReadOptions
from gisclusters.rules.founding_file import load_founding_rules
from gisclusters.words import has_text, text
from gisclusters.workflows.holidays import NO_HOLIDAYS, Holidays, read_holidays
from gisclusters.workflows.what_if_case import Case, WhatIf

if TYPE_CHECKING:
    from gisclusters.store import Store


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
    case = Case(
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


def _answer(
    name: str, rows: Sequence[dict[str, Any]], case: Case, filed_on: date | None
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
