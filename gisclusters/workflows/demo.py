"""The sample district, from its files to the report and the map.

``manifest.yaml`` beside the samples says what is ingested in which order, which surveys are
held against which markers, and on which day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from gisclusters.errors import UsageError
from gisclusters.publish.document import document, dumps
from gisclusters.publish.report import render_report
from gisclusters.publish.result import Result
from gisclusters.publish.workbook import write_workbook
from gisclusters.readers.options import ReadOptions
from gisclusters.store import open_store
from gisclusters.words import Lang, text
from gisclusters.workflows.ingest import ingest
from gisclusters.workflows.publish_site import gather, publish_site
from gisclusters.workflows.verify_markers import verify_markers

_FILES = ("store.gpkg", "findings.json", "report.xlsx", "report.html")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOutcome:
    """What the demo made and found."""

    results: tuple[Result, ...]
    report: Path
    map_page: Path


def run_demo(
    samples: Path,
    out: Path,
    *,
    lang: Lang,
    force: bool = False,
    said: Callable[[str], None] = lambda _: None,
) -> DemoOutcome:
    """Build ``out`` from the samples: store, findings, report, map.

    A folder with other content is refused unless it is a demo of ours or ``force``
    (UsageError, ``demo_folder``).
    """
    plan = yaml.safe_load((samples / "manifest.yaml").read_text(encoding="utf-8"))
    as_of: date = plan["as_of"]
    if (
        out.exists()
        and any(out.iterdir())
        and not (out / "maps" / "site.json").is_file()
        and not force
    ):
        raise UsageError("errors.demo_folder", path=str(out))
    out.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        (out / name).unlink(missing_ok=True)
    recorded_at = datetime.combine(as_of, time(8), tzinfo=UTC)
    with open_store(out / "store.gpkg", create=True) as store:
        for step in plan["ingest"]:
            said(f"{step['kind']}: {step['file']}")
            ingest(store, step["kind"], samples / step["file"], _options(step),
                   recorded_at=recorded_at)  # fmt: skip
        markers: dict[str, Result] = {}
        for step in plan.get("markers", ()):
            said(f"markers verify: {step['survey']}")
            markers[step["cluster_id"]] = verify_markers(
                samples / step["survey"], design=None, store=store,
                cluster_id=step["cluster_id"], design_options=ReadOptions(),
                survey_options=_options(step), lang=lang,
            )  # fmt: skip
        covers = [(tuple(step["cluster_ids"]), samples / step["file"])
                  for step in plan.get("landcover", ())]  # fmt: skip
        gathered = gather(store, as_of=as_of, landcover=covers, markers=markers, said=said)
        said("publish")
        site = publish_site(store, out / "maps", gathered, as_of=as_of, lang=lang, force=True)
    results = (gathered.overlaps, *markers.values(), gathered.efficiency)
    whole = {"results": [document(result, lang) for result in results]}
    (out / "findings.json").write_text(dumps(whole), encoding="utf-8")
    write_workbook(results, out / "report.xlsx", lang)
    report = out / "report.html"
    report.write_text(
        render_report(results, lang, title=text("report.demo_title", lang)), encoding="utf-8"
    )
    return DemoOutcome(results=results, report=report, map_page=Path(site.index))


def _options(step: dict[str, Any]) -> ReadOptions:
    return ReadOptions(**(step.get("options") or {}))
