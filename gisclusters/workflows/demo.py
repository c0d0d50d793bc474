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

from gisclusters.domain.yaml_text import parse_yaml
from gisclusters.errors import UsageError
from gisclusters.publish.result import Result
from gisclusters.readers.options import ReadOptions
from gisclusters.store import open_store
from gisclusters.words import Lang, text
from gisclusters.workflows.ingest import ingest
from gisclusters.workflows.publish_site import (
    REPORT_FILES,
    gather,
    publish_site,
    write_reports,
)
from gisclusters.workflows.verify_markers import verify_markers

_FILES = ("store.gpkg", *REPORT_FILES)


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
    said: Callable[..., None] = lambda *_, **__: None,
) -> DemoOutcome:
    """Build ``out`` from the samples: store, findings, report, map.

    A folder with other content is refused unless it is a demo of ours or ``force``
    (UsageError, ``demo_folder``).
    """
    plan = parse_yaml((samples / "manifest.yaml").read_text(encoding="utf-8"))
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
            ingest(store, step["kind"], samples / step["file"], _options(step),
                   recorded_at=recorded_at, said=said)  # fmt: skip
        markers: dict[str, Result] = {}
        for step in plan.get("markers", ()):
            said("markers")
            markers[step["cluster_id"]] = verify_markers(
                samples / step["survey"], design=None, store=store,
                cluster_id=step["cluster_id"], design_options=ReadOptions(),
                survey_options=_options(step), lang=lang,
            )  # fmt: skip
        covers = [(tuple(step["cluster_ids"]), samples / step["file"])
                  for step in plan.get("landcover", ())]  # fmt: skip
        gathered = gather(store, as_of=as_of, landcover=covers, markers=markers, said=said)
        site = publish_site(
            store, out / "maps", gathered, as_of=as_of, lang=lang, force=True, said=said
        )
    results = (gathered.overlaps, *markers.values(), gathered.efficiency)
    title = text("report.demo_title", lang)
    report, *_ = write_reports(results, out, lang=lang, title=title)
    return DemoOutcome(results=results, report=report, map_page=Path(site.index))


def _options(step: dict[str, Any]) -> ReadOptions:
    return ReadOptions(**(step.get("options") or {}))
