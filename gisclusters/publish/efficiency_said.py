"""What an efficiency run comes to, in plain sentences: how it stands, what to do, by when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from gisclusters.domain.verdicts import ParcelStatus
from gisclusters.publish.efficiency_rows import (
    HORIZON_DAYS,
    SOON_DAYS,
    all_actions,
    clusters_of,
    ladder_frame,
    seam_sums,
    structure_frame,
)
from gisclusters.publish.result import Result
from gisclusters.words import Lang, hectares, number, percent, text

_NAMED = 12
"""So many parcels or clusters are named in a sentence; the table below has them all."""

_OVERDUE = (ParcelStatus.LAPSED, ParcelStatus.IDLE, ParcelStatus.ENDED)
_UNDATED = ("hand_over", "transfer", "unknown")


def sentences(result: Result, lang: Lang) -> list[str]:
    """The summary of a run over one or many clusters, the most pressing first."""
    clusters = clusters_of(result)
    actions: list[dict[str, Any]] = all_actions(result).to_dict("records")  # type: ignore[assignment]
    said = [_how_it_stands(result, clusters, lang)]
    said += [_occupancy(each, lang) for each in clusters] if len(clusters) == 1 else []
    said += _overdue(actions, lang)
    said += _coming(actions, result.run.as_of, lang)
    said += _undated(actions, lang)
    if not actions:
        said.append(text("efficiency.said_nothing_due", lang, days=HORIZON_DAYS))
    said += _norms(clusters, lang)
    said += _areas(clusters, lang)
    without = [each["cluster_id"] for each in clusters if each.get("occupancy_share") is None]
    if without:
        said.append(text("efficiency.said_no_occupancy", lang, count=len(without),
                         names=_names(without, lang)))  # fmt: skip
    return said


def _how_it_stands(result: Result, clusters: Sequence[dict[str, Any]], lang: Lang) -> str:
    counts = Counter(row["status"] for each in clusters for row in each.get("parcels") or ())
    states = "; ".join(
        f"{text(f'efficiency.status_{status}', lang).lower()} {number(counts[status], lang)}"
        for status in map(str, ParcelStatus)
        if counts[status]
    )
    key = "efficiency.said_stand" if states else "efficiency.said_stand_empty"
    return text(
        key, lang, as_of=result.run.as_of, clusters=len(clusters), parcels=counts.total(),
        states=states,
    )  # fmt: skip


def _occupancy(cluster: dict[str, Any], lang: Lang) -> str:
    share = cluster.get("occupancy_share")
    if share is None:
        return text("efficiency.said_occupancy_unknown", lang)
    rivals = {row["name"]: row for row in cluster.get("ratios") or () if not row["by_law"]}
    of_gross = rivals.get("leased_of_gross", {}).get("share")
    return text(
        "efficiency.said_occupancy", lang, share=percent(share, lang, 2),
        committed=hectares(cluster["committed_m2"], lang),
        industrial=hectares(cluster["industrial_m2"], lang),
        gross=percent(of_gross, lang, 2),
    )  # fmt: skip


def _overdue(actions: Sequence[dict[str, Any]], lang: Lang) -> list[str]:
    said = []
    for status in _OVERDUE:
        rows = [row for row in actions if row["action"] == status]
        if rows:
            said.append(text(f"efficiency.said_{status}", lang, count=len(rows),
                             names=_dated_names(rows, lang)))  # fmt: skip
    return said


def _coming(actions: Sequence[dict[str, Any]], as_of: date | None, lang: Lang) -> list[str]:
    """What falls due within 90 days, then within 180, each with its last day."""
    said = []
    after = 0
    for days in (SOON_DAYS, HORIZON_DAYS):
        rows = [
            row for row in actions
            if not row["overdue"] and row["days_left"] is not None
            and after < row["days_left"] + 1 <= days + 1
        ]  # fmt: skip
        if rows and as_of is not None:
            said.append(text(
                "efficiency.said_due", lang, days=days, until=as_of + timedelta(days=days),
                count=len(rows), names=_dated_names(rows, lang),
            ))  # fmt: skip
        after = days + 1
    return said


def _undated(actions: Sequence[dict[str, Any]], lang: Lang) -> list[str]:
    said = []
    for action in _UNDATED:
        names = [row["parcel_id"] for row in actions if row["action"] == action]
        if names:
            said.append(text(f"efficiency.said_{action}", lang, count=len(names),
                             names=_names(names, lang)))  # fmt: skip
    return said


def _norms(clusters: Sequence[dict[str, Any]], lang: Lang) -> list[str]:
    """What clusters lack or have too much of, one sentence a norm."""
    broken: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for cluster in clusters:
        for row in structure_frame(cluster).to_dict("records"):
            if row["norm_verdict"] in {"below", "above"}:
                broken.setdefault((row["group"], row["norm_verdict"]), []).append(
                    {str(name): value for name, value in row.items()}
                )
    said = []
    for (group, verdict), rows in broken.items():
        rows.sort(key=lambda row: -_beyond_m2(row))
        told = {
            "group": text(f"efficiency.group_{group}", lang).lower(),
            "norm": percent(rows[0].get("at_least") or rows[0].get("at_most"), lang),
            "area": number(sum(map(_beyond_m2, rows)), lang),
            "article": rows[0]["article"],
        }
        if len(rows) == 1:
            key = f"efficiency.said_norm_{verdict}"
            told |= {"cluster": rows[0]["cluster_id"], "share": percent(rows[0]["share"], lang)}
        else:
            key = f"efficiency.said_norms_{verdict}"
            each = [f"{row['cluster_id']} ({number(_beyond_m2(row), lang)} m²)" for row in rows]
            told |= {"count": len(rows), "names": _names(each, lang)}
        said.append(text(key, lang, **told))
    return said


def _beyond_m2(row: dict[str, Any]) -> float:
    return float(row.get("missing_m2") or row.get("excess_m2") or 0.0)


def _areas(clusters: Sequence[dict[str, Any]], lang: Lang) -> list[str]:
    """Rungs that differ from the register by more than accuracy; overlaps and gaps of parcels."""
    said = []
    for cluster in clusters:
        said += [
            text(
                "efficiency.said_area_differs", lang, cluster=cluster["cluster_id"],
                rung=text(f"efficiency.rung_{row['rung']}", lang).lower(),
                measured=number(row["area_m2"], lang, 1),
                registered=number(row["registered_m2"], lang, 1),
                difference=signed(row["difference_m2"], lang, 1),
                percent=signed_percent(row["difference_share"], lang),
            )
            for row in ladder_frame(cluster).to_dict("records")
            if row["area_verdict"] == "beyond_accuracy"
        ]  # fmt: skip
        sums = seam_sums(cluster)
        for what, (count, area_m2) in sums.items():
            if count:
                said.append(text(f"efficiency.said_{what}", lang, cluster=cluster["cluster_id"],
                                 count=count, area=number(area_m2, lang, 1)))  # fmt: skip
    return said


def signed(value: float | None, lang: Lang, decimals: int = 0) -> str:
    """A difference with its sign: ``+1.234,5``, ``−12``."""
    if value is None:
        return "–"
    shown = number(abs(value), lang, decimals)
    return shown if not shown.strip("0.,") else f"{'+' if value > 0 else '−'}{shown}"


def signed_percent(share: float | None, lang: Lang, decimals: int = 2) -> str:
    """A difference as a percentage with its sign."""
    return "–" if share is None else f"{signed(share * 100, lang, decimals)} %"


def _dated_names(rows: Sequence[dict[str, Any]], lang: Lang) -> str:
    """Each parcel with the day that stands behind it."""
    return _names(
        [
            row["parcel_id"]
            if not row["deadline"]
            else text("efficiency.said_parcel_day", lang, name=row["parcel_id"],
                      on=date.fromisoformat(str(row["deadline"])[:10]))
            for row in rows
        ],
        lang,
    )  # fmt: skip


def _names(names: Sequence[str], lang: Lang) -> str:
    more = len(names) - _NAMED
    shown = ", ".join(names[:_NAMED])
    return shown if more <= 0 else f"{shown} {text('efficiency.said_more', lang, count=more)}"
