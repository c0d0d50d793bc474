"""Fill a site from the store: every analysis on one day, then the pages and the files beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from gisclusters._version import __version__
from gisclusters.domain.issue import Issue
from gisclusters.domain.run import make_run
from gisclusters.domain.verdicts import Stage
from gisclusters.layers.layer import Layer
from gisclusters.markers import verify_markers as verify_layers
from gisclusters.publish.content import Attachment, MarkerCheck, SiteContent
from gisclusters.publish.document import document, dumps
from gisclusters.publish.report import render_report
from gisclusters.publish.result import Result
from gisclusters.publish.site import SiteSummary, build_site
from gisclusters.publish.views import parcels_frame
from gisclusters.publish.workbook import write_workbook
from gisclusters.readers.options import ReadOptions
from gisclusters.scratch import scratch_folder
from gisclusters.store import Store
from gisclusters.words import Lang, text
from gisclusters.workflows.campaigns import stored_checks
from gisclusters.workflows.check_overlaps import check_store
from gisclusters.workflows.economy_of_clusters import answers_together
from gisclusters.workflows.measure_efficiency import measure_efficiency
from gisclusters.workflows.worklists import together

REPORT_FILES = ("report.html", "report.xlsx", "findings.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The results a site shows."""

    overlaps: Result
    efficiency: Result
    markers: Mapping[str, Result]


def gather(
    store: Store,
    *,
    as_of: date,
    landcover: Sequence[tuple[tuple[str, ...], Path]] = (),
    markers: Mapping[str, Result] | None = None,
    said: Callable[..., None] = lambda *_, **__: None,
) -> Gathered:
    """Run overlaps and efficiency over every stored cluster; ``markers`` are given.

    ``landcover`` names the raster of some clusters; the others are measured without one.
    """
    said("overlaps")
    overlaps = check_store(store, plan_options=ReadOptions(), as_of=as_of, stage=Stage.DRAFT)
    said("efficiency")
    return Gathered(
        overlaps=overlaps,
        efficiency=_measured(store, as_of, landcover),
        markers=markers or {},
    )


def publish_site(
    store: Store,
    out: Path,
    gathered: Gathered,
    *,
    as_of: date,
    lang: Lang,
    single_file: bool = False,
    public: bool = False,
    only: Sequence[str] = (),
    force: bool = False,
    said: Callable[..., None] = lambda *_, **__: None,
) -> SiteSummary:
    """Write the site into ``out``, with the report, workbook and JSON of the same runs.

    A public site has no ``reports/``: they name tenants and contracts.  A folder that is not
    a site of ours is refused unless ``force`` (UsageError, ``out_not_ours``).  Of a cluster
    whose verifications were kept the last one is shown, with what moved before.
    """
    efficiency = gathered.efficiency
    parcels = parcels_frame(efficiency)
    kept, checks = stored_checks(store, lang, as_of=as_of)
    markers = {**gathered.markers, **kept}
    results = [gathered.overlaps, efficiency, *markers.values()]
    said("pages")
    content = SiteContent(
        clusters=store.load("clusters"),
        as_of=as_of,
        runs=[result.run for result in results],
        lots=store.load("lots"),
        parcels=store.load("parcels"),
        markers=store.load("markers"),
        plans=_on(store.load("plans"), as_of),
        places=_on(store.load("places"), as_of),
        overlaps=gathered.overlaps.findings,
        marker_checks=[
            checks.get(name) or MarkerCheck(cluster_id=name, findings=result.findings[0],
                                            diagnosis=result.extra.get("diagnosis"))
            for name, result in markers.items()
        ],
        efficiency_clusters=[frame.drop(columns="parcels") for frame in efficiency.findings],
        efficiency_parcels=[] if parcels is None else [parcels],
        land=efficiency.shapes,
        issues=[issue for result in results for issue in result.issues],
    )  # fmt: skip
    with scratch_folder() as folder:
        if not public:
            title = text("report.title", lang)
            made = write_reports(results, folder, lang=lang, title=title)
            content = replace(content, attachments=[
                Attachment(path=path, title=text(f"report.file_{path.suffix[1:]}", lang))
                for path in made
            ])  # fmt: skip
        return build_site(
            content, out, lang=lang, single_file=single_file, public=public,
            only=list(only) or None, force=force,
        )  # fmt: skip


def _on(layers: Sequence[Layer], as_of: date) -> list[Layer]:
    """What holds on a day alone: communes of before and after 2025 lie on the same ground."""
    return [layer.where(layer.in_force(as_of)) for layer in layers]


def write_reports(
    results: Sequence[Result], folder: Path, *, lang: Lang, title: str
) -> tuple[Path, Path, Path]:
    """``report.html``, ``report.xlsx`` and ``findings.json`` of several runs, in that order."""
    page, book, data = (folder / name for name in REPORT_FILES)
    page.write_text(render_report(results, lang, title=title), encoding="utf-8")
    write_workbook(results, book, lang)
    whole = {"results": [document(result, lang) for result in results]}
    data.write_text(dumps(whole), encoding="utf-8")
    return page, book, data


def verify_stored(store: Store, *, lang: Lang) -> dict[str, Result]:
    """The stored surveys against the stored markers, by cluster."""
    found: dict[str, Result] = {}
    for survey in store.load("surveys"):
        for name in survey.frame["cluster_id"].dropna().unique():
            designs = store.load("markers", cluster_ids=[str(name)])
            if not designs or survey.crs is None:
                continue
            mine = survey.where((survey.frame["cluster_id"] == name).to_numpy())
            report = verify_layers(designs[0], mine)
            findings = report.findings.copy()
            findings.insert(0, "cluster_id", str(name))
            run = make_run(
                version=__version__, command="markers verify", options={"cluster": name},
                as_of=None, rules=report.rules, crs=designs[0].crs, datum_operation=None,
                sources=[designs[0].source, mine.source],
            )  # fmt: skip
            found[str(name)] = Result(
                subject="markers", run=run,
                summary={"cluster_id": name, "markers": len(findings),
                         "cause": str(report.diagnosis.cause)},
                findings=[findings], issues=report.issues,
                extra={"diagnosis": report.diagnosis.as_dict(lang)},
            )  # fmt: skip
    return found


def _measured(
    store: Store, as_of: date, landcover: Sequence[tuple[tuple[str, ...], Path]]
) -> Result:
    """One efficiency result over all clusters, each with the raster that covers it."""
    if not landcover:
        return measure_efficiency(store, as_of=as_of)
    covered = {name for names, _ in landcover for name in names}
    stored = [name for layer in store.load("clusters") for name in layer.frame["cluster_id"]]
    parts = [measure_efficiency(store, ids=names, as_of=as_of, landcover=path)
             for names, path in landcover]  # fmt: skip
    rest = [name for name in stored if name not in covered]
    if rest:
        parts.append(measure_efficiency(store, ids=rest, as_of=as_of))
    return merge(parts)


def merge(parts: Sequence[Result]) -> Result:
    """Results of one command over several subjects as one, with one run head."""
    first = parts[0]
    sources = {(s.role, s.name, s.layer, s.sha256): s for part in parts for s in part.run.sources}
    codes = sorted({code for part in parts for code in (part.run.crs or "").split(", ") if code})
    operations = {part.run.datum_operation for part in parts} - {None}
    run = make_run(
        version=__version__, command=first.run.command, options={}, as_of=first.run.as_of,
        rules=first.run.rules, crs=", ".join(codes) or None,
        datum_operation=operations.pop() if operations else None,
        sources=list(sources.values()),
    )  # fmt: skip
    extras = [part.extra for part in parts]
    counts: dict[str, object] = {}
    for part in parts:
        for name, value in part.summary.items():
            if isinstance(value, dict) and not name.startswith("by_"):
                counts.setdefault(name, value)
            elif isinstance(value, dict):
                held = counts.setdefault(name, {})
                for word, count in value.items():
                    held[word] = held.get(word, 0) + count  # type: ignore[attr-defined,index]
            elif isinstance(value, int):
                counts[name] = counts.get(name, 0) + value  # type: ignore[operator]
    return Result(
        subject=first.subject, run=run, summary=counts,
        findings=[frame for part in parts for frame in part.findings],
        issues=_issues(parts),
        extra={**_rows_together(extras), **together(extras), **answers_together(extras)},
        shapes={name: [frame for part in parts for frame in part.shapes.get(name, ())]
                for name in dict.fromkeys(name for part in parts for name in part.shapes)},
    )  # fmt: skip


def _rows_together(extras: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The tables beside the findings, rows one after the other."""
    names = dict.fromkeys(
        name for extra in extras for name, rows in extra.items() if isinstance(rows, list)
    )
    return {name: [row for extra in extras for row in extra.get(name, ())] for name in names}


def _issues(parts: Sequence[Result]) -> tuple[Issue, ...]:
    seen: dict[tuple[str, str], Issue] = {}
    for part in parts:
        for issue in part.issues:
            seen.setdefault((issue.level, str(issue)), issue)
    return tuple(seen.values())
