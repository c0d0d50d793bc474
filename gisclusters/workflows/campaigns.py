"""The history of marker verifications: keep one, list them, compare two, show them on a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters._version import __version__
from gisclusters.domain.campaign import (
    Campaign,
    DaySource,
    MarkerChange,
    SurveyedMarker,
    frozen,
)
from gisclusters.domain.issue import info, warning
from gisclusters.domain.run import Run, make_run
from gisclusters.domain.source import Source
from gisclusters.domain.verdicts import MarkerVerdict
from gisclusters.errors import UsageError
from gisclusters.layers.layer import Layer
from gisclusters.markers.campaigns import LEVEL, compare_campaigns
from gisclusters.markers.report import Diagnosis
from gisclusters.publish.content import MarkerCheck
from gisclusters.publish.document import plain
from gisclusters.publish.result import Result
from gisclusters.store import Store
from gisclusters.words import LANGS, Lang
from gisclusters.workflows.check_overlaps import require_clusters
from gisclusters.workflows.marker_places import displacements_of

MARKER_COLUMNS = ("marker_id", "matched_by", "verdict", "de_m", "dn_m", "distance_m", "residual_m",
                  "tolerance_m", "accuracy_m", "state", "note")  # fmt: skip
_SENTENCES = ("evidence", "remedy")
_MEASURES = ("corrected_e_m", "corrected_n_m", "de_m", "dn_m", "residual_m", "tolerance_m",
             "accuracy_m", "matched_by", "state", "note")  # fmt: skip
_LEAST_COMPARED = 2
_DISPLACED = [str(MarkerChange.STEADY), str(MarkerChange.MOVED), str(MarkerChange.UNDECIDED)]
"""Where both campaigns speak of one post; a new one stands elsewhere without having moved."""


def keep_campaign(
    store: Store, result: Result, diagnosis: Diagnosis, approved: Layer, measured: Layer, *,
    cluster_id: str, today: date, recorded_at: datetime,
) -> Result:  # fmt: skip
    """``result`` of a verification of stored markers, kept in the store and said so.

    The same survey file held against the same design with the same outcome is one campaign:
    nothing is written then (``campaign_unchanged``).
    """
    [findings] = result.findings
    first, last, whose = _days(measured, today)
    campaign = Campaign(
        run_id=result.run.id, cluster_id=cluster_id, first_day=first, last_day=last,
        day_source=whose, crs=str(approved.crs), datum_operation=result.run.datum_operation,
        tolerance=frozen(plain(result.summary["tolerance"])),
        diagnosis=frozen(_told(diagnosis)),
        sources=result.run.sources, markers=_markers(findings),
    )  # fmt: skip
    kept, new = store.add_campaign(campaign, recorded_at=recorded_at)
    name, day = measured.name, kept.last_day
    issues = [
        info("campaign_recorded", layer=name, id=cluster_id, value=kept.run_id, day=day) if new
        else info("campaign_unchanged", layer=name, id=cluster_id, value=kept.run_id, day=day)
    ]  # fmt: skip
    if new and whose == "run":
        issues.append(info("campaign_day_of_run", layer=name, id=cluster_id, day=first))
    state = "recorded" if new else "unchanged"
    return replace(
        result, issues=(*result.issues, *issues),
        summary=dict(result.summary) | {"campaign": {"state": state} | _head(kept)},
    )  # fmt: skip


def list_campaigns(store: Store, cluster_id: str | None = None) -> Result:
    """The campaigns of one cluster or of all, oldest survey first.

    A survey file verified several times is one campaign, as its last verification found it.
    Raises UsageError (``cluster_unknown``).
    """
    if cluster_id is not None:
        require_clusters(store.load("clusters"), [cluster_id])
    kept = store.campaigns(cluster_ids=None if cluster_id is None else [cluster_id])
    campaigns = standing(kept)
    run = _run("markers campaigns", {"cluster": cluster_id}, campaigns)
    return Result(
        subject="campaigns", run=run, findings=[campaigns_frame(kept)],
        summary={"cluster_id": cluster_id, "campaigns": len(campaigns),
                 "verifications": len(kept)},
    )  # fmt: skip


def compare_stored(
    store: Store, cluster_id: str, *, earlier: str | None = None, later: str | None = None,
    as_of: date | None = None,
) -> Result:  # fmt: skip
    """What became of the markers of a cluster between two campaigns, the last two unless named.

    ``earlier`` and ``later`` are run ids.  With ``later`` alone the one surveyed before it is
    meant, with ``earlier`` alone the last.  One that says a day after ``as_of`` is taken only by
    name, and that is said.  Raises UsageError: ``cluster_unknown``, ``campaigns_too_few``,
    ``campaigns_too_few_yet``, ``campaign_first``, ``campaign_unknown``, ``campaign_same``.
    """
    require_clusters(store.load("clusters"), [cluster_id])
    kept = store.campaigns(cluster_ids=[cluster_id])
    one, two = _pair(kept, cluster_id, earlier, later, as_of)
    found = compare_campaigns(one, two)
    run = _run("markers compare", {"cluster": cluster_id}, [one, two])
    findings = found.findings.copy()
    findings.insert(0, "cluster_id", cluster_id)
    said = info("campaigns_compared", layer=two.survey.name, id=cluster_id,
                before=one.last_day, before_run=one.run_id, after=two.last_day,
                after_run=two.run_id, level=round(100 * LEVEL))  # fmt: skip
    ahead = [] if earlier is not None and later is not None else _in_future(kept, as_of)
    future = [
        warning("campaign_in_future", layer=each.survey.name, id=cluster_id, value=each.run_id,
                day=each.last_day, as_of=as_of)
        for each in ahead if each.run_id not in {earlier, later}
    ]  # fmt: skip
    beyond = findings["significant"].eq(True) & findings["verdict"].isin(_DISPLACED)
    return Result(
        subject="comparison", run=run, findings=[findings],
        issues=(said, *future, *found.issues), shapes=displacements_of(findings, found, two.crs),
        summary={
            "cluster_id": cluster_id, "markers": len(findings),
            "by_verdict": dict(Counter(findings["verdict"])),
            "from": _head(one), "to": _head(two), "level": LEVEL,
            "significant": int(beyond.sum()),
            "tolerance": dict(two.tolerance),
        },
    )  # fmt: skip


def standing(kept: Sequence[Campaign]) -> list[Campaign]:
    """The last verification of each survey file, oldest survey first."""
    last = {each.survey_key: each for each in sorted(kept, key=lambda each: each.number or 0)}
    return sorted(last.values(), key=_when)


def campaigns_frame(kept: Sequence[Campaign]) -> pd.DataFrame:
    """One row a campaign: day, survey file, cause, counts by verdict, run id."""
    times = Counter(each.survey_key for each in kept)
    return pd.DataFrame([_row(each, times[each.survey_key]) for each in standing(kept)])


def stored_result(campaign: Campaign, lang: Lang) -> Result:
    """A kept verification as the result it was, its sentences in ``lang``."""
    frame = pd.DataFrame([asdict(marker) for marker in campaign.markers])
    numbers = ("de_m", "dn_m", "residual_m", "tolerance_m", "accuracy_m")
    frame = frame.astype(dict.fromkeys(numbers, "float64"))
    frame = frame.assign(
        cluster_id=campaign.cluster_id,
        distance_m=np.hypot(frame["de_m"], frame["dn_m"]),
    )[["cluster_id", *MARKER_COLUMNS]]  # fmt: skip
    diagnosis = dict(campaign.diagnosis)
    sentences = diagnosis.pop("sentences", {})
    run = replace(_run("markers verify", {}, [campaign]), id=campaign.run_id,
                  sources=campaign.sources, datum_operation=campaign.datum_operation)  # fmt: skip
    return Result(
        subject="markers", run=run, findings=[frame],
        summary={"cluster_id": campaign.cluster_id, "markers": len(frame),
                 "by_verdict": dict(Counter(frame["verdict"])), "cause": campaign.cause,
                 "tolerance": dict(campaign.tolerance), "campaign": _head(campaign)},
        extra={"diagnosis": diagnosis | sentences.get(lang, {})},
    )  # fmt: skip


def _told(diagnosis: Diagnosis) -> dict[str, Any]:
    """A diagnosis as plain values, with its sentences in every language."""
    told = {lang: plain(diagnosis.as_dict(lang)) for lang in LANGS}
    values = {name: value for name, value in told[LANGS[0]].items() if name not in _SENTENCES}
    sentences = {lang: {name: each[name] for name in _SENTENCES} for lang, each in told.items()}
    return values | {"sentences": sentences}


def stored_checks(
    store: Store, lang: Lang, *, as_of: date
) -> tuple[dict[str, Result], dict[str, MarkerCheck]]:
    """For each cluster with campaigns the last one: as a result, and as its page shows it.

    What was surveyed after ``as_of`` is left out.
    """
    by_cluster: dict[str, list[Campaign]] = {}
    for each in store.campaigns():
        if each.last_day <= as_of:
            by_cluster.setdefault(each.cluster_id, []).append(each)
    results, checks = {}, {}
    for name, kept in by_cluster.items():
        last = standing(kept)[-1]
        results[name] = stored_result(last, lang)
        checks[name] = MarkerCheck(
            cluster_id=name, findings=results[name].findings[0],
            diagnosis=results[name].extra["diagnosis"], surveyed=_surveyed(last),
            campaigns=campaigns_frame(kept), changes=_changes(kept),
        )  # fmt: skip
    return results, checks


def _changes(kept: Sequence[Campaign]) -> pd.DataFrame | None:
    """What the campaigns of a cluster changed, newest first, markers that stood still left out."""
    told = [
        compare_campaigns(one, two).findings.assign(
            since=pd.Timestamp(one.last_day), day=pd.Timestamp(two.last_day)
        )
        for one, two in pairwise(standing(kept))
    ]
    if not told:
        return None
    whole = pd.concat(told[::-1], ignore_index=True)
    return whole[whole["verdict"] != str(MarkerChange.STEADY)].reset_index(drop=True)


def _surveyed(campaign: Campaign) -> gpd.GeoDataFrame:
    """Where each marker was measured."""
    seen = [
        (each.marker_id, each.easting_m, each.northing_m) for each in campaign.markers
        if each.easting_m is not None and each.northing_m is not None
    ]  # fmt: skip
    return gpd.GeoDataFrame(
        {"marker_id": [name for name, _, _ in seen]}, crs=campaign.crs,
        geometry=[shapely.Point(east, north) for _, east, north in seen],
    )  # fmt: skip


def _markers(findings: pd.DataFrame) -> tuple[SurveyedMarker, ...]:
    """The rows of a verification with the place where each marker was measured."""
    columns = ("marker_id", "verdict", "measured_e_m", "measured_n_m", *_MEASURES)
    return tuple(
        SurveyedMarker(
            marker_id=str(name), verdict=str(verdict), easting_m=plain(east),
            northing_m=plain(north), **dict(zip(_MEASURES, map(plain, rest), strict=True)),
        )
        for name, verdict, east, north, *rest in findings[list(columns)].to_numpy(dtype=object)
    )  # fmt: skip


def _days(measured: Layer, today: date) -> tuple[date, date, DaySource]:
    """The first and the last day of a survey, and whose word that is."""
    seen = measured.frame["observed_at"].dropna()
    if not len(seen):
        return today, today, "run"
    return seen.min().date(), seen.max().date(), "observed_at"


def _pair(
    kept: Sequence[Campaign], cluster_id: str, earlier: str | None, later: str | None,
    as_of: date | None,
) -> tuple[Campaign, Campaign]:  # fmt: skip
    """The two campaigns asked for.  Raises UsageError."""
    every = standing(kept)
    if len(every) < _LEAST_COMPARED:
        raise UsageError("errors.campaigns_too_few", value=cluster_id, count=len(every))
    ahead = {each.run_id for each in _in_future(kept, as_of)}
    campaigns = [each for each in every if each.run_id not in ahead]
    if not campaigns or (len(campaigns) < _LEAST_COMPARED and earlier is None and later is None):
        raise UsageError("errors.campaigns_too_few_yet", value=cluster_id, count=len(campaigns),
                         day=as_of, ahead=len(ahead))  # fmt: skip
    two = campaigns[-1] if later is None else _named(kept, later, cluster_id)
    if earlier is not None:
        one = _named(kept, earlier, cluster_id)
    else:
        before = [each for each in campaigns if _when(each) < _when(two)
                  and each.survey_key != two.survey_key]  # fmt: skip
        if not before:
            raise UsageError("errors.campaign_first", value=two.run_id)
        one = before[-1]
    if one.survey_key == two.survey_key:
        raise UsageError("errors.campaign_same", value=one.run_id, file=one.survey.name)
    return one, two


def _in_future(kept: Sequence[Campaign], as_of: date | None) -> list[Campaign]:
    """The campaigns that say a day which has not come: nobody is led to them unasked."""
    return [each for each in standing(kept) if as_of is not None and each.last_day > as_of]


def _named(kept: Sequence[Campaign], run_id: str, cluster_id: str) -> Campaign:
    found = [each for each in kept if each.run_id == run_id]
    if not found:
        raise UsageError("errors.campaign_unknown", value=run_id, cluster=cluster_id)
    return found[-1]


def _when(campaign: Campaign) -> tuple[date, date, int]:
    return campaign.last_day, campaign.first_day, campaign.number or 0


def _head(campaign: Campaign) -> dict[str, Any]:
    """What names a campaign in a summary."""
    return {
        "run_id": campaign.run_id, "day": campaign.last_day.isoformat(),
        "day_source": campaign.day_source, "survey": campaign.survey.name,
        "cause": campaign.cause,
    }  # fmt: skip


def _row(campaign: Campaign, times: int) -> dict[str, Any]:
    counts = Counter(marker.verdict for marker in campaign.markers)
    return {
        "cluster_id": campaign.cluster_id,
        "first_day": pd.Timestamp(campaign.first_day),
        "day": pd.Timestamp(campaign.last_day),
        "day_source": campaign.day_source,
        "survey": campaign.survey.name,
        "cause": campaign.cause,
        "markers": len(campaign.markers),
        **{f"count_{verdict}": counts[str(verdict)] for verdict in MarkerVerdict},
        "tolerance_m": campaign.tolerance_m,
        "crs": campaign.crs,
        "run_id": campaign.run_id,
        "verifications": times,
        "recorded_at": campaign.recorded_at,
        "survey_sha256": campaign.survey.sha256,
    }


def _run(command: str, options: Mapping[str, object], campaigns: Sequence[Campaign]) -> Run:
    """The head of a run over kept campaigns, each of which is a source."""
    return make_run(
        version=__version__, command=command, options=options, as_of=None, rules=None,
        crs=", ".join(sorted({each.crs for each in campaigns})) or None, datum_operation=None,
        sources=[
            Source(role="campaigns", name=f"{each.survey.name} ({each.run_id})",
                   sha256=each.survey.sha256, crs_as_received=each.survey.crs_as_received,
                   rows=len(each.markers))
            for each in campaigns
        ],
    )  # fmt: skip
