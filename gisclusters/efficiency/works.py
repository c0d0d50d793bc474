"""Shared works of a cluster: planned against actual days, capital, capacity, wastewater.

The works are those of Decree 32/2024/NĐ-CP, Art. 2(4).  A day after the day asked for has not
come yet.  A work without an actual day has none on record; that is not the same as not begun,
and the states say so (``no_start``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from gisclusters.domain.issue import Issue, warning
from gisclusters.efficiency.figures import Figures, flag_of
from gisclusters.layers.layer import Layer
from gisclusters.layers.units import COMMON, FLOW
from gisclusters.layers.values import fold
from gisclusters.rules.economy import EconomyRules, Standard

WORK_COLUMNS = (
    "cluster_id", "work", "name", "work_state", "planned_from", "actual_from", "start_slip_days",
    "planned_to", "actual_to", "finish_slip_days", "capital_approved", "capital_paid",
    "capital_paid_share", "capacity", "demand", "unit", "used_share", "meets_standard",
    "standard", "source",
)  # fmt: skip
CLUSTER_COLUMNS = (
    "cluster_id", "plant_state", "plant_source", "plant_reported", "connected", "connected_of",
    "connected_share", "not_connected", "meets_standard", "standard", "standard_state",
    "standard_rule", "capacity", "demand", "unit", "used_share", "capacity_missing",
    "works_unfinished", "works_unknown", "works_complete", "works_rule",
    "works_on_record", "works_with_capital", "capital_approved", "capital_paid",
    "capital_paid_share",
)  # fmt: skip

FINISHED = ("finished", "finished_late", "finished_unplanned")
"""The states in which a work is there."""


@dataclass(frozen=True, slots=True)
class Works:
    """One row a work, one a cluster on its wastewater and its shared works, and the doubts."""

    works: pd.DataFrame
    clusters: pd.DataFrame
    issues: tuple[Issue, ...]


def measure_works(
    works: Sequence[Layer],
    clusters: pd.DataFrame,
    tenants: pd.DataFrame,
    figures: Figures,
    *,
    as_of: date,
    rules: EconomyRules,
) -> Works:
    """The works of each cluster on ``as_of``, and what is known of its wastewater.

    ``works`` are tables of that kind (capital in đồng), ``clusters`` has ``cluster_id``,
    ``tenants`` the columns of ``tenants_of``, ``figures`` those of ``gather_figures``.

    ``works`` of the answer (``WORK_COLUMNS``): ``work_state`` is ``finished finished_late
    finished_unplanned running running_late running_unplanned no_start no_start_late unknown``;
    slips are days, against ``as_of`` where the actual day has not come, negative where early,
    None where there is no plan or nothing is late yet; ``used_share`` demand / capacity.

    ``clusters`` (``CLUSTER_COLUMNS``): ``plant_state`` is ``there building planned unknown`` from
    the works, else from the indicators (``plant_source`` ``works indicators``, None).  There
    ``wastewater_built`` 1 is ``reported``: form 02 counts a plant that is being built too
    (Circular 14/2024/TT-BCT); only one that meets the standard is there.  ``plant_reported`` is
    the indicator beside the works.  Capital is summed over the ``works_with_capital`` works of
    which both figures are known, đồng.  ``connected`` of ``connected_of`` leased
    parcels; ``not_connected`` lists them where the table names those connected.
    ``standard_state`` is ``current replaced other``.  Capacity and demand are of finished plants
    in m³/ngày.  ``works_unfinished`` and ``works_unknown`` name the shared works that are not
    there and those without a row; ``works_complete`` is None where the latter keep it open.
    """
    names = [str(name) for name in clusters["cluster_id"]]
    rows, issues = _rows_of(works, set(names), as_of)
    by_cluster: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for row in rows:
        by_cluster[row["cluster_id"]].append(row)
    leased = _leased(tenants)
    lines = []
    for name in names:
        line, doubts = _of_cluster(
            name, by_cluster[name], leased.get(name, []), figures, as_of, rules
        )
        lines.append(line)
        issues += doubts
    return Works(
        pd.DataFrame(rows, columns=[*WORK_COLUMNS, "connected_parcels", "layer"], dtype=object)[
            list(WORK_COLUMNS)
        ],
        pd.DataFrame(lines, columns=list(CLUSTER_COLUMNS), dtype=object),
        tuple(issues),
    )


def _rows_of(
    works: Sequence[Layer], names: set[str], as_of: date
) -> tuple[list[dict[str, Any]], list[Issue]]:
    rows, issues = [], []
    for layer in works:
        frame = layer.frame[layer.frame["of"].isin(names)]
        for cells in frame.astype(object).where(frame.notna(), None).to_dict("records"):
            row = _timed(cells, layer.name, as_of)
            rows.append(row)
            if row["capital_paid_share"] is not None and row["capital_paid_share"] > 1:
                issues.append(
                    warning("capital_above_approved", layer=layer.name,
                            row=int(cells["source_row"]), id=str(cells["of"]),
                            field="capital_paid", value=row["work"])
                )  # fmt: skip
    return rows, issues


def _timed(cells: Mapping[Any, Any], layer: str, as_of: date) -> dict[str, Any]:
    """One work as of a day: its state, its slips, its shares."""
    days = {name: _day(cells[name]) for name in ("planned_from", "planned_to", "actual_from",
                                                 "actual_to")}  # fmt: skip
    begun, done = (day if day is not None and day <= as_of else None
                   for day in (days["actual_from"], days["actual_to"]))  # fmt: skip
    planned_from, planned_to = days["planned_from"], days["planned_to"]
    if done is not None:
        state = ("finished_unplanned" if planned_to is None
                 else "finished_late" if done > planned_to else "finished")  # fmt: skip
    elif begun is not None:
        state = ("running_unplanned" if planned_to is None
                 else "running_late" if as_of > planned_to else "running")  # fmt: skip
    elif planned_from is not None or planned_to is not None:
        first = planned_from or planned_to
        state = "no_start_late" if first is not None and as_of > first else "no_start"
    else:
        state = "unknown"
    start_slip = None if done is not None and begun is None else _slip(planned_from, begun, as_of)
    return {
        "cluster_id": str(cells["of"]), "work": cells["work"], "name": cells["name"],
        "work_state": state, "planned_from": planned_from, "actual_from": begun,
        "start_slip_days": start_slip, "planned_to": planned_to, "actual_to": done,
        "finish_slip_days": _slip(planned_to, done, as_of),
        "capital_approved": cells["capital_approved"], "capital_paid": cells["capital_paid"],
        "capital_paid_share": _share(cells["capital_paid"], cells["capital_approved"]),
        "capacity": cells["capacity"], "demand": cells["demand"], "unit": cells["unit"],
        "used_share": _share(cells["demand"], cells["capacity"]),
        "meets_standard": None if cells["meets_standard"] is None
        else bool(cells["meets_standard"]),
        "standard": cells["standard"], "source": cells["source"],
        "connected_parcels": cells["connected_parcels"],
        "layer": layer,
    }  # fmt: skip


def _slip(planned: date | None, actual: date | None, as_of: date) -> int | None:
    """Days behind the plan: of what happened, else of what should have happened by now."""
    if planned is None:
        return None
    if actual is not None:
        return (actual - planned).days
    return (as_of - planned).days if as_of > planned else None


def _of_cluster(
    name: str, rows: list[dict[str, Any]], leased: list[str], figures: Figures, as_of: date,
    rules: EconomyRules,
) -> tuple[dict[str, Any], list[Issue]]:  # fmt: skip
    plants = [row for row in rows if row["work"] == "wastewater"]
    there = [row for row in plants if row["work_state"] in FINISHED]
    reported, met = (flag_of(figures, name, each, year=as_of.year)
                     for each in ("wastewater_built", "wastewater_meets_standard"))  # fmt: skip
    state, source = _plant_state(plants, there, reported=reported, met=met)
    connected, not_connected, issues = _connected(name, there, leased)
    meets = _agreed([row["meets_standard"] for row in there])
    if meets is None and not there:
        meets = met
    written = _one([row["standard"] for row in there])
    standard = _standard_of(written, as_of, rules)
    capacity, demand = (_total(there, each) for each in ("capacity", "demand"))
    unfinished, unknown, complete, rule_id = _shared(rows, as_of, rules)
    return {
        "cluster_id": name, "plant_state": state, "plant_source": source,
        "plant_reported": reported, "connected": connected, "connected_of": len(leased),
        "connected_share": None if connected is None else _share(connected, len(leased)),
        "not_connected": not_connected, "meets_standard": meets, "standard": written,
        "standard_state": None if written is None else "other" if standard is None
        else "replaced" if standard.replaced else "current",
        "standard_rule": None if standard is None else standard.rule_id,
        "capacity": capacity, "demand": demand,
        "unit": COMMON[FLOW] if capacity is not None or demand is not None else None,
        "used_share": _share(demand, capacity),
        "capacity_missing": None if capacity is None or demand is None
        else max(demand - capacity, 0.0),
        "works_unfinished": unfinished, "works_unknown": unknown, "works_complete": complete,
        "works_rule": rule_id, **_capital(rows),
    }, issues  # fmt: skip


def _plant_state(
    plants: list[dict[str, Any]],
    there: list[dict[str, Any]],
    *,
    reported: bool | None,
    met: bool | None,
) -> tuple[str, str | None]:
    if there:
        return "there", "works"
    if any(row["work_state"].startswith("running") for row in plants):
        return "building", "works"
    if any(row["work_state"].startswith("no_start") for row in plants):
        return "planned", "works"
    if met is True:
        return "there", "indicators"
    if reported is None:
        return "unknown", None
    return ("reported" if reported else "planned"), "indicators"


def _capital(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Capital approved and paid of the works of which both are known."""
    both = [(row["capital_approved"], row["capital_paid"]) for row in rows
            if row["capital_approved"] is not None and row["capital_paid"] is not None]  # fmt: skip
    approved, paid = (sum(each[k] for each in both) if both else None for k in (0, 1))
    return {
        "works_on_record": len(rows), "works_with_capital": len(both),
        "capital_approved": approved, "capital_paid": paid,
        "capital_paid_share": _share(paid, approved),
    }  # fmt: skip


def _connected(
    name: str, there: list[dict[str, Any]], leased: list[str]
) -> tuple[int | None, list[str] | None, list[Issue]]:
    """How many leased parcels are connected, which are not (None: only a number was said)."""
    told = [str(row["connected_parcels"]) for row in there if row["connected_parcels"] is not None]
    if not told:
        return None, None, []
    layer = str(there[0]["layer"])
    if all(re.fullmatch(r"\d+", each) for each in told):
        count = sum(int(each) for each in told)
        if count > len(leased):
            problem = warning("connected_above_leased", layer=layer, id=name,
                              field="connected_parcels", value=count,
                              count=len(leased))  # fmt: skip
            return None, None, [problem]
        return count, None, []
    named = {part.strip() for each in told for part in re.split(r"[;,\n]", each) if part.strip()}
    strange = sorted(named - set(leased))
    issues = []
    if strange:
        issues.append(warning("connected_not_leased", layer=layer, id=name,
                              field="connected_parcels", value=", ".join(strange)))  # fmt: skip
    return len(named & set(leased)), [each for each in leased if each not in named], issues


def _shared(
    rows: list[dict[str, Any]], as_of: date, rules: EconomyRules
) -> tuple[list[str], list[str], bool | None, str | None]:
    """Shared works that are not there, those without a row, and whether all are there."""
    listed = rules.shared_works_on(as_of)
    if listed is None:
        return [], [], None, None
    states: dict[str, list[str]] = {}
    for row in rows:
        states.setdefault(row["work"], []).append(row["work_state"])
    unfinished = [work for work in listed.works if work in states
                  and any(s not in {*FINISHED, "unknown"} for s in states[work])]  # fmt: skip
    unknown = [work for work in listed.works if work not in unfinished
               and (work not in states or "unknown" in states[work])]  # fmt: skip
    complete = False if unfinished else None if unknown else True
    return unfinished, unknown, complete, listed.rule_id


def _standard_of(written: str | None, as_of: date, rules: EconomyRules) -> Standard | None:
    if written is None:
        return None
    plain = fold(written)
    return next(
        (each for each in rules.standards if each.holds_on(as_of)
         and any(plain.startswith(fold(word)) for word in each.spelled)), None
    )  # fmt: skip


def _leased(tenants: pd.DataFrame) -> dict[str, list[str]]:
    rows = tenants[tenants["leased"].eq(True)]
    return {str(name): [str(each) for each in group]
            for name, group in rows.groupby("cluster_id", sort=False)["parcel_id"]}  # fmt: skip


def _total(rows: list[dict[str, Any]], name: str) -> float | None:
    """The sum over plants where every one says it in m³/ngày, else None."""
    cells = [row[name] for row in rows if row["unit"] == COMMON[FLOW]]
    if not rows or len(cells) < len(rows) or any(cell is None for cell in cells):
        return None
    return float(sum(cells))


def _agreed(cells: list[bool | None]) -> bool | None:
    """Yes where all say yes, no where one says no, else not known."""
    if any(cell is False for cell in cells):
        return False
    return True if cells and all(cells) else None


def _one(cells: list[str | None]) -> str | None:
    said = {cell for cell in cells if cell is not None}
    return said.pop() if len(said) == 1 else None


def _share(part: float | None, whole: float | None) -> float | None:
    if part is None or not whole:
        return None
    return float(part) / float(whole)


def _day(value: Any) -> date | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()
