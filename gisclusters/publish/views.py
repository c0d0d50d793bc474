"""Which tables a person reads of a result, the worst first; the rows themselves stay as they are.

An overlap check answers every plan for every cluster, and most answers are silence or
consent.  People read first what asks for an act, then what was not checked and what is
clear, one line a plan with the clusters it concerns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import pandas as pd

from gisclusters.domain.verdicts import OVERLAP_VERDICT_ORDER, SEVERITY_ORDER, OverlapVerdict
from gisclusters.publish.boundary_tables import boundary_views
from gisclusters.publish.economy_tables import economy_views
from gisclusters.publish.efficiency_tables import efficiency_views, views_for_people
from gisclusters.publish.fit_tables import View, fit_views
from gisclusters.publish.founding_tables import founding_views
from gisclusters.publish.further import further_for_people, further_tables
from gisclusters.publish.landcover_tables import landcover_views, with_class_words
from gisclusters.publish.result import Result
from gisclusters.publish.standing_tables import standing_views
from gisclusters.publish.use_tables import use_views
from gisclusters.publish.worklist_tables import with_holders, worklist_views

Frame = TypeVar("Frame", bound=pd.DataFrame)

_MEASURED = {"distances": ("subject_id", "distance_m"), "green_strip": ("cluster_id", "strip_m2")}
"""Of the tables beside: the column of the cluster, and one that is empty where none measured."""

_SILENT, _CLEAR = str(OverlapVerdict.NOT_CHECKED), str(OverlapVerdict.CLEAR)


def views(result: Result) -> list[View]:
    """The tables of a result in the order people read them; empty ones are left out."""
    whole = _one_frame(result.findings)
    if result.subject == "overlaps":
        rows = worst_first(with_plan(whole)).drop(columns="plan_id")
        quiet = rows["verdict"].isin((_SILENT, _CLEAR))
        found = [
            View("overlaps", rows[~quiet]),
            View("unchecked", _by_plan(rows[rows["verdict"] == _SILENT])),
            View("clear", _by_plan(rows[rows["verdict"] == _CLEAR])),
            *map(_silent_together, beside_overlaps(result)),
            *fit_views(result),
            *_besides(result),
        ]
    elif result.subject == "efficiency":
        found = views_for_people(result, View(result.subject, whole))
    elif result.subject == "founding":
        found = founding_views(result, whole)
    else:
        found = [View(result.subject, with_class_words(whole, result))]
    found += worklist_views(result)
    parcels = parcels_frame(result)
    if parcels is not None:
        found.append(_parcels_for_people(with_holders(parcels, result)))
    found += economy_views(result)
    found += landcover_views(result, whole)
    found += boundary_views(result)
    found += standing_views(result)
    found += use_views(result)
    found += [View(name, frame) for name, frame in further_for_people(result)]
    return [
        View(view.subject, view.frame.dropna(axis=1, how="all"))
        for view in found
        if len(view.frame)
    ]


def sheets(result: Result) -> list[View]:
    """The tables of a workbook: every row, the worst first, for filters to choose from."""
    whole = _one_frame(result.findings)
    if result.subject == "overlaps":
        whole = worst_first(with_plan(whole))
    if result.subject == "founding":
        return founding_views(result, whole)
    whole = with_class_words(whole, result)
    found = [View(result.subject, whole), *fit_views(result, every_parcel=True)]
    found += [view for view in (*beside_overlaps(result), *_besides(result)) if len(view.frame)]
    if result.subject == "efficiency":
        found += [view for view in efficiency_views(result) if len(view.frame)]
    found += worklist_views(result)
    parcels = parcels_frame(result)
    if parcels is not None:
        found.append(View("parcels", with_holders(parcels, result)))
    found += economy_views(result, every_row=True)
    found += landcover_views(result, whole)
    found += boundary_views(result, every_row=True)
    found += standing_views(result)
    found += use_views(result, every_row=True)
    return found + [View(name, frame) for name, frame in further_tables(result)]


def _besides(result: Result) -> list[View]:
    """Plans out of force that are met, what another day changes."""
    changed = result.extra.get("changes", {"rows": []})["rows"]
    tables = {"resting": result.extra.get("resting", []), "changes": changed}
    return [
        View(name, with_plan(pd.DataFrame(rows)).drop(columns="geometry", errors="ignore")
             if name == "resting" and rows else pd.DataFrame(rows))
        for name, rows in tables.items()
    ]  # fmt: skip


def beside_overlaps(result: Result) -> list[View]:
    """The distances and green strips of an overlap check, as it gave them."""
    distances = pd.DataFrame(result.extra.get("distances", ()))
    strips = pd.DataFrame(result.extra.get("green_strip", ()))
    return [
        View("distances", with_plan(distances) if len(distances) else distances),
        View("green_strip", strips.drop(columns="geometry", errors="ignore")),
    ]


def _silent_together(view: View) -> View:
    """What nobody could measure as one line a rule and reason, with the clusters it concerns."""
    frame = view.frame
    if not len(frame):
        return view
    name, measured = _MEASURED[view.subject]
    silent = (frame["verdict"] == _SILENT) & frame[measured].isna()
    others = [column for column in frame if column != name]
    lines = [
        dict(zip(others, cells, strict=True)) | {name: ", ".join(rows[name])}
        for cells, rows in frame[silent].groupby(others, sort=False, dropna=False)
    ]
    told = pd.DataFrame(lines, columns=list(frame.columns), dtype=object)
    return View(view.subject, pd.concat([frame[~silent], told]) if lines else frame)


def worst_first(overlaps: pd.DataFrame) -> pd.DataFrame:
    """Overlap findings by severity, then verdict, then area; equals stay in their order."""
    severity = {str(word): place for place, word in enumerate(SEVERITY_ORDER, 1)}
    verdict = {str(word): place for place, word in enumerate(OVERLAP_VERDICT_ORDER)}
    silent = overlaps["verdict"] == _SILENT
    # A note that nobody looked is no finding: what was seen stands before it.
    rank = overlaps["severity"].map(severity).fillna(0)
    order = pd.DataFrame(
        {
            "rank": rank.where(~(silent & (rank == 1)), -1),
            "verdict": overlaps["verdict"].map(verdict),
            "area": overlaps["area_m2"].fillna(0),
        }
    )
    return overlaps.loc[
        order.sort_values(["rank", "verdict", "area"], ascending=False, kind="stable").index
    ]


def parcels_frame(result: Result) -> pd.DataFrame | None:
    """The parcels of an efficiency run as a frame, None where there are none."""
    rows = [
        _tenant(row) | row | {"cluster_id": finding["cluster_id"]}
        for frame in result.findings
        if "parcels" in frame
        for finding in frame[["cluster_id", "parcels"]].to_dict("records")
        for row in finding["parcels"]
    ]
    return pd.DataFrame(rows) if rows else None


def _parcels_for_people(parcels: pd.DataFrame) -> View:
    """Every parcel of one cluster; of several those that somebody holds or uses."""
    if parcels["cluster_id"].nunique() < 2 or "lease" not in parcels:
        return View("parcels", parcels)
    return View(
        "parcels_let", parcels[parcels["lease"].notna() | _told(parcels, "built_not_leased")]
    )


def _told(parcels: pd.DataFrame, name: str) -> pd.Series[bool]:
    return parcels[name].eq(True) if name in parcels else pd.Series(False, index=parcels.index)


def _tenant(parcel: dict[str, Any]) -> dict[str, Any]:
    """Who leases and who is there, as the record of the lease says."""
    lease = parcel.get("lease") or {}
    return {name: lease[name] for name in ("lessee", "occupant") if name in lease}


def _one_frame(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The rows of several working CRSs as one table, without shapes."""
    plain = [pd.DataFrame(frame.drop(columns="geometry", errors="ignore")) for frame in frames]
    filled = [frame for frame in plain if len(frame)] or plain[:1]
    if not filled:
        return pd.DataFrame()
    return filled[0].reset_index(drop=True) if len(filled) == 1 else pd.concat(
        filled, ignore_index=True
    )  # fmt: skip


def with_plan(overlaps: Frame) -> Frame:
    """The findings with ``plan``: the title of the plan, its id where it has none."""
    return overlaps.assign(
        plan=overlaps["title"].where(overlaps["title"].notna(), overlaps["plan_id"])
    )


def _by_plan(rows: pd.DataFrame) -> pd.DataFrame:
    """One line a plan, category and reason: ``subjects`` names the clusters, ``count`` them."""
    names = ["category", "plan", "reason"]
    keys = rows.sort_index()[[*names, "subject_id"]]
    lines = [
        dict(zip(names, cells, strict=True))
        | {"subjects": ", ".join(dict.fromkeys(group["subject_id"])),
           "count": group["subject_id"].nunique()}
        for cells, group in keys.groupby(names, sort=False, dropna=False)
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=[*names, "subjects", "count"])
