"""Official forms filled for a period, each value with what went into it and what is missing.

Forms 02, 03 and 04 of Circular 14/2024/TT-BCT.  A value that any counted cluster leaves open is
None, with the part that is known beside it; it is never 0 for want of data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict

import numpy as np
import pandas as pd

from gisclusters.efficiency.form_groups import Row, member_of
from gisclusters.efficiency.report_period import ReportPeriod
from gisclusters.efficiency.reported import Reported, ReportedFigures
from gisclusters.errors import UsageError
from gisclusters.layers.layer import Layer
from gisclusters.rules.forms import Form, FormRules, Group, Line

M2_PER_HA = 10_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one cluster puts into a line, in the unit of the line.

    ``source``: ``status registered_area measured_area lots registered_industrial parcels
    committed_of_industrial indicator lessees``.  ``other`` is the figure that stands beside
    it: the measured area beside the registered one; of occupancy the industrial land, ha,
    ``value`` being the land committed, ha.  ``parcels`` are the ids that went in; ``told``
    is the record it was read from.
    """

    cluster_id: str
    name: str
    value: float
    source: str
    other: float | None = None
    parcels: tuple[str, ...] = ()
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What is missing of one cluster: ``code``, the field or indicator that would settle it."""

    cluster_id: str
    name: str
    code: str
    needed: str
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledLine:
    """One line; ``value`` is None where it cannot be known, ``known`` what is known of it.

    ``left_out`` are clusters that a record other than their status keeps out (an owner that is
    no enterprise, a day out of the period, an indicator of 0), with that record.
    """

    line: Line
    value: float | None
    known: float | None
    group: Group
    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...]
    left_out: tuple[Part, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledForm:
    """A form of one period; it is due before ``due_before``."""

    form: Form
    period: ReportPeriod
    due_before: date
    lines: tuple[FilledLine, ...]


def form_for(name: str, period: ReportPeriod, rules: FormRules) -> Form:
    """The form in force when the period closes.  Raises UsageError (``form_unknown``)."""
    form = rules.form_on(name, period.last)
    if form is None:
        known = ", ".join(dict.fromkeys(each.rule_id for each in rules.forms))
        raise UsageError("errors.form_unknown", value=name, day=period.last, known=known)
    return form


def fill_form(
    clusters: pd.DataFrame,
    parcels: pd.DataFrame,
    indicators: Sequence[Layer],
    *,
    form: Form,
    period: ReportPeriod,
    rules: FormRules,
) -> FilledForm:
    """Fill every line of ``form`` for the clusters given.

    ``clusters``: the fields of the kind with the columns of ``EfficiencyReport.clusters`` as of
    the last day of the period; ``parcels``: ``cluster_id parcel_id committed leased producing
    lessee`` of that day.  Areas in m² there, in ha here.  No cluster of a group: 0, which is
    known; occupancy then is not.
    """
    filler = _Filler(clusters, parcels, ReportedFigures(indicators, rules), period, rules)
    return FilledForm(
        form=form,
        period=period,
        due_before=period.day_of(form.before_half if period.half else form.before_year),
        lines=tuple(filler.line(line) for line in form.lines),
    )


class Who(TypedDict):
    """Of which cluster something is."""

    cluster_id: str
    name: str


class _Filler:
    def __init__(
        self, clusters: pd.DataFrame, parcels: pd.DataFrame, reported: ReportedFigures,
        period: ReportPeriod, rules: FormRules,
    ) -> None:  # fmt: skip
        self.rows: list[dict[Any, Any]] = clusters.to_dict("records")
        self.parcels = {str(key): rows for key, rows in parcels.groupby("cluster_id", sort=False)}
        self.reported, self.period, self.rules = reported, period, rules

    def line(self, line: Line) -> FilledLine:
        group = self.rules.group_on(line.group, self.period.last)
        if group is None:
            known_groups = ", ".join(each.rule_id for each in self.rules.groups)
            raise UsageError(
                "errors.form_unknown", value=line.group, day=self.period.last, known=known_groups
            )
        parts: list[Part] = []
        gaps: list[Gap] = []
        left_out: list[Part] = []
        notes: set[str] = set()
        for row in self.rows:
            found = member_of(group, row, self.reported, self.period, self.rules)
            who = Who(cluster_id=str(row["cluster_id"]), name=_text(row["name"]))
            if found.note is not None:
                notes.add(found.note)
            if found.missing is not None:
                gaps.append(Gap(**who, code=found.missing, needed=found.needed, told=found.told))
            elif found.belongs is False and found.by != "status":
                left_out.append(Part(**who, value=0, source="left_out", told=found.told))
            elif found.belongs:
                part = self._part(line, row, who, found.told)
                if isinstance(part, Part):
                    parts.append(part)
                else:
                    gaps.append(part)
        notes |= {f"from_{part.source}" for part in parts if part.source in _NOTED}
        known = None if gaps and not parts else _total(line, parts)
        if known is None and not gaps:
            gaps.append(Gap(cluster_id="", name="", code="no_cluster", needed="status"))
        return FilledLine(
            line=line, value=None if gaps else known, known=known, group=group,
            parts=tuple(parts), gaps=tuple(gaps), left_out=tuple(left_out),
            notes=tuple(sorted(notes)),
        )  # fmt: skip

    def _part(self, line: Line, row: Row, who: Who, status: str) -> Part | Gap:
        match line.measure:
            case "count":
                return Part(**who, value=1, source="status", told=status)
            case "area":
                return _area(row, who)
            case "rung":
                return self._rung(str(line.of), row, who)
            case "occupancy":
                return self._occupancy(row, who)
            case _:
                return self._indicator(line, who)

    def _rung(self, rung: str, row: Row, who: Who) -> Part | Gap:
        value = float(row[rung])
        if np.isnan(value):
            code = "industrial_unknown" if rung == "industrial_m2" else "land_unknown"
            return Gap(**who, code=code, needed="lots parcels")
        if rung == "industrial_m2":
            source = "lots" if row["industrial_source"] == "lots" else "registered_industrial"
            other = float(row["registered_industrial_area_m2"]) / M2_PER_HA
            return Part(**who, value=value / M2_PER_HA, source=source,
                        other=None if np.isnan(other) else other)  # fmt: skip
        if rung == "serviced_m2":
            return Part(**who, value=value / M2_PER_HA, source="lots")
        ids = self._ids(who["cluster_id"], rung.removesuffix("_m2"))
        return Part(**who, value=value / M2_PER_HA, source="parcels", parcels=ids)

    def _occupancy(self, row: Row, who: Who) -> Part | Gap:
        committed, industrial = float(row["committed_m2"]), float(row["industrial_m2"])
        if np.isnan(industrial):
            return Gap(**who, code="industrial_unknown", needed="lots")
        if np.isnan(committed):
            return Gap(**who, code="land_unknown", needed="parcels")
        return Part(
            **who, value=committed / M2_PER_HA, other=industrial / M2_PER_HA,
            source="committed_of_industrial", parcels=self._ids(who["cluster_id"], "committed"),
        )  # fmt: skip

    def _indicator(self, line: Line, who: Who) -> Part | Gap:
        name = str(line.of)
        told = self.reported.value_of(who["cluster_id"], name, self.period)
        if told.value is not None:
            return Part(**who, value=told.value, source="indicator", told=_record(told))
        if told.fault == "indicator_missing" and line.instead is not None:
            return self._lessees(line, who)
        return Gap(**who, code=str(told.fault), needed=name, told=told.told)

    def _lessees(self, line: Line, who: Who) -> Part | Gap:
        """Projects counted as the lessees of a cluster, each once whatever parcels it holds."""
        rows = self.parcels.get(who["cluster_id"])
        if rows is None:
            return Gap(**who, code="indicator_missing", needed=str(line.of), told=self.period.key)
        stage = "producing" if line.instead == "lessees_producing" else "committed"
        chosen = rows[rows[stage].astype(bool)]
        nameless = chosen["lessee"].isna()
        if nameless.any():
            ids = ", ".join(chosen.loc[nameless, "parcel_id"].astype(str))
            return Gap(**who, code="lessee_missing", needed="lessee", told=ids)
        return Part(
            **who, value=int(chosen["lessee"].nunique()), source="lessees",
            parcels=tuple(chosen["parcel_id"].astype(str)),
        )  # fmt: skip

    def _ids(self, cluster_id: str, stage: str) -> tuple[str, ...]:
        rows = self.parcels.get(cluster_id)
        if rows is None:
            return ()
        return tuple(rows.loc[rows[stage].astype(bool), "parcel_id"].astype(str))


_NOTED = frozenset({"measured_area", "registered_industrial", "lessees"})


def _area(row: Row, who: Who) -> Part:
    """The area of the decision; the measured one where none is on record."""
    registered, measured = float(row["registered_area_m2"]), float(row["gross_m2"])
    if np.isnan(registered):
        return Part(**who, value=measured / M2_PER_HA, source="measured_area")
    return Part(**who, value=registered / M2_PER_HA, other=measured / M2_PER_HA,
                source="registered_area", told=_text(row.get("decision")))  # fmt: skip


def _total(line: Line, parts: Sequence[Part]) -> float | None:
    if line.measure != "occupancy":
        return sum(part.value for part in parts)
    industrial = sum(part.other or 0 for part in parts)
    return 100 * sum(part.value for part in parts) / industrial if industrial > 0 else None


def _record(told: Reported) -> str:
    return f"{told.told}, {told.period}; {told.layer}:{told.row}"


def _text(value: object) -> str:
    return str(value) if isinstance(value, str) else ""
