"""Hold a survey against the approved markers, from a file or from the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from gisclusters._version import __version__
from gisclusters.domain.issue import Issue, warning
from gisclusters.domain.run import make_run
from gisclusters.errors import UsageError
from gisclusters.geometry.crs import datum_operation
from gisclusters.layers.layer import Layer
from gisclusters.markers import MarkerReport
from gisclusters.markers import verify_markers as verify_layers
from gisclusters.markers.names import with_clusters_of_names
from gisclusters.markers.report import SIGNIFICANCE_LEVEL, notes_in_words
from gisclusters.publish.result import Result
from gisclusters.readers.minutes_form import read_minutes_form
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.sandbox import read_layer
from gisclusters.rules.tolerances import load_tolerance_rules
from gisclusters.store import Store
from gisclusters.words import Lang
from gisclusters.workflows.boundary_of_markers import NOTHING_GIVEN, Around, boundary_of_run
from gisclusters.workflows.campaigns import keep_campaign
from gisclusters.workflows.check_overlaps import require_clusters
from gisclusters.workflows.marker_places import control_rows, outlines_of, shapes_of, with_remarks
from gisclusters.workflows.working_crs import to_working_crs


def verify_markers(
    survey: Path,
    *,
    design: Path | None,
    store: Store | None,
    cluster_id: str | None,
    design_options: ReadOptions,
    survey_options: ReadOptions,
    control: Path | None = None,
    tolerance_m: float | None = None,
    scale: int = 500,
    rules: str | Path = "vn_markers",
    minutes: Path | None = None,
    lang: Lang = "vi",
    recorded_at: datetime | None = None,
    today: date | None = None,
    around: Around = NOTHING_GIVEN,
) -> Result:
    """Which marker stands, moved or is missing, and what is wrong with the whole set.

    A verification of stored markers is kept in the store where ``recorded_at`` and ``today``
    are given; ``today`` is the day of a survey that names none.  The tolerance is that of
    ``rules`` (a shipped set or a file) in force on the day of the survey.

    The design is a file, or the stored markers of ``cluster_id``.  A survey that says no
    CRS is read in the design's and that is said (``survey_crs_assumed``).  ``minutes`` is a
    form that people filled in, read before anything else.  ``around`` is what lies about the
    boundary through the markers.  Raises InputRefusedError, UsageError.
    """
    form = None if minutes is None else read_minutes_form(minutes)
    if design is not None:
        approved = read_layer("markers", design, design_options)
        approved = to_working_crs(approved, province=design_options.province)
    elif store is not None and cluster_id is not None:
        approved = stored_markers(store, cluster_id)
    else:
        raise UsageError("errors.design_or_cluster")
    tolerances = load_tolerance_rules(rules)
    options = replace(survey_options, fallback_crs=approved.crs)
    measured = with_clusters_of_names(read_layer("surveys", survey, options), approved)
    controls = None if control is None else read_layer("surveys", control, options)
    surveyed = measured.frame["observed_at"].max()
    judged_on = today if pd.isna(surveyed) else surveyed.date()
    report = verify_layers(
        approved, measured, tolerance_m=tolerance_m, scale=scale, control=controls,
        as_of=judged_on, rules=tolerances,
    )  # fmt: skip
    boundary = boundary_of_run(
        approved,
        measured,
        report,
        store=store,
        cluster_id=cluster_id,
        scale=scale,
        around=around,
        as_of=judged_on,
    )
    findings = report.findings.copy()
    findings.insert(0, "cluster_id", findings.pop("cluster_id"))
    notes = notes_in_words(findings["note"], lang)
    findings["note"] = with_remarks(notes, findings, measured.frame, lang)
    of_control = (measured.frame["role"] == "control").to_numpy(dtype=bool)
    shown = controls if controls is not None or not of_control.any() else measured.where(of_control)
    sources = [approved.source, measured.source, *boundary.sources]
    if controls is not None:
        sources.append(controls.source)
    run = make_run(
        version=__version__,
        command="markers verify",
        options={
            "cluster": cluster_id,
            "tolerance_m": tolerance_m,
            "scale": scale,
            **_as_read(survey_options),
            **boundary.options,
        },
        as_of=None,
        rules=report.rules,
        crs=approved.crs,
        datum_operation=datum_operation(
            approved.crs, measured.crs, *(source.crs_as_received for source in sources)
        ),
        sources=sources,
    )
    result = Result(
        subject="markers",
        run=run,
        summary=_summary(report, findings, cluster_id) | dict(boundary.summary),
        findings=[findings],
        issues=(
            *approved.issues,
            *measured.issues,
            *_in_future(measured, today),
            *report.issues,
            *boundary.issues,
        ),
        extra={"diagnosis": report.diagnosis.as_dict(lang), "boundary": boundary.rows}
        | ({} if shown is None else {"control_points": control_rows(shown, run.crs or "")}),
        shapes=shapes_of(findings, str(approved.crs)) | dict(boundary.shapes),
        drawn=outlines_of(approved, store if design is None else None, cluster_id),
        minutes=form,
    )
    if store is None or cluster_id is None or recorded_at is None or today is None:
        return result
    return keep_campaign(store, result, report.diagnosis, approved, measured,
                         cluster_id=cluster_id, today=today, recorded_at=recorded_at)  # fmt: skip


def _in_future(measured: Layer, today: date | None) -> list[Issue]:
    """A warning where the survey says days that have not come yet."""
    days = measured.frame["observed_at"].dropna().dt.date
    later = days[days > today] if today is not None else days[:0]
    if not len(later):
        return []
    return [warning("observed_in_future", layer=measured.name, field="observed_at",
                    count=len(later), as_of=today, day=later.max())]  # fmt: skip


def _as_read(options: ReadOptions) -> dict[str, object]:
    """How a person said the survey must be read: another reading is another question."""
    said = {"survey_crs": options.crs, "survey_axes": options.axes, "province": options.province}
    return {name: value for name, value in said.items() if value is not None}


def stored_markers(store: Store, cluster_id: str) -> Layer:
    """The markers of one cluster.  Raises UsageError (``cluster_unknown``, ``no_markers``)."""
    require_clusters(store.load("clusters"), [cluster_id])
    layers: Sequence[Layer] = store.load("markers", cluster_ids=[cluster_id])
    layers = [layer for layer in layers if len(layer)]
    if not layers:
        raise UsageError("errors.no_markers", value=cluster_id)
    if len(layers) > 1:
        target = layers[0].crs
        raise UsageError(
            "errors.markers_two_zones", value=cluster_id, zones=f"{target}, {layers[1].crs}"
        )
    return layers[0]


def _summary(
    report: MarkerReport, findings: pd.DataFrame, cluster_id: str | None
) -> dict[str, Any]:
    return {
        "cluster_id": cluster_id,
        "markers": len(findings),
        "by_verdict": dict(Counter(findings["verdict"])),
        "cause": str(report.diagnosis.cause),
        "tolerance": dict(report.tolerance),
        "significance_level": SIGNIFICANCE_LEVEL,
    }
