"""Which clusters a line of a form counts: yes, no, or not to be told from what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from gisclusters.efficiency.report_period import ReportPeriod
from gisclusters.efficiency.reported import ReportedFigures
from gisclusters.layers.values import fold
from gisclusters.rules.forms import FormRules, Group

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Whether a cluster is in a group (None: not known); what is missing, what was taken.

    ``missing`` is a gap code, ``needed`` the field or indicator that would settle it, ``told``
    what is on record of it.  ``note``: ``date_of_decision`` where the day the decision took
    effect stands for the day of establishment.  ``by``: ``status``, or ``record`` where
    something else decided.
    """

    belongs: bool | None
    missing: str | None = None
    needed: str = ""
    told: str = ""
    note: str | None = None
    by: str = "status"


def member_of(
    group: Group, row: Row, reported: ReportedFigures, period: ReportPeriod, rules: FormRules
) -> Member:
    """Whether the cluster of ``row`` is in ``group`` on the last day of ``period``.

    An indicator of 0 or 1 (``group.flag``) outweighs the status; a status that does not tell,
    or none, leaves it open.
    """
    parent = None if group.of is None else rules.group_on(group.of, period.last)
    above = Member(belongs=True)
    if parent is not None:
        above = member_of(parent, row, reported, period, rules)
        if above.belongs is False:
            return above
    own = _by_status(group, row, reported, period)
    if own.belongs is False:
        return own
    tested = Member(belongs=True)
    if group.test == "craft_village":
        tested = _craft(row)
    elif group.test == "enterprise_owner":
        tested = _enterprise(row, rules)
    elif group.test == "established_in_period":
        tested = _in_period(row, period, rules)
    if tested.belongs is False:
        return tested
    opened = next((each for each in (above, own, tested) if each.belongs is None), None)
    if opened is not None:
        return opened
    return Member(belongs=True, told=own.told, note=tested.note)


def _by_status(
    group: Group, row: Row, reported: ReportedFigures, period: ReportPeriod
) -> Member:  # fmt: skip
    status: object = row["status"]
    told = status if isinstance(status, str) else ""
    if group.flag is not None:
        flag = reported.value_of(str(row["cluster_id"]), group.flag, period)
        if flag.value is not None:
            return Member(belongs=flag.value == 1, told=flag.told, by="record")
        if flag.fault != "indicator_missing":
            return Member(belongs=None, missing=flag.fault, needed=group.flag, told=flag.told)
    if not told:
        return Member(belongs=None, missing="status_missing", needed="status")
    if told in group.unclear:
        return Member(belongs=None, missing="group_unclear", needed=group.flag or "status",
                      told=told)  # fmt: skip
    return Member(belongs=told in group.statuses, told=told)


def _craft(row: Row) -> Member:
    value = row["craft_village"]
    if pd.isna(value):
        return Member(belongs=None, missing="craft_unknown", needed="craft_village")
    return Member(belongs=bool(value), by="record")


def _enterprise(row: Row, rules: FormRules) -> Member:
    owner: object = row["owner"]
    if not isinstance(owner, str) or not owner.strip():
        return Member(belongs=None, missing="owner_missing", needed="owner")
    plain = f" {fold(owner)} "
    enterprise, office = (
        any(f" {word} " in plain for word in words)
        for words in (rules.enterprise_words, rules.office_words)
    )
    if enterprise == office:
        return Member(belongs=None, missing="owner_unclear", needed="owner", told=owner)
    return Member(belongs=enterprise, told=owner, by="record")


def _in_period(row: Row, period: ReportPeriod, rules: FormRules) -> Member:
    for name in rules.established_columns:
        day = _day(row.get(name))
        if day is not None:
            return Member(
                belongs=period.first <= day <= period.last, told=day.isoformat(), by="record"
            )
    day = None if rules.established_else is None else _day(row.get(rules.established_else))
    if day is None:
        return Member(belongs=None, missing="established_on_missing",
                      needed=rules.established_columns[0])  # fmt: skip
    return Member(belongs=period.first <= day <= period.last, told=day.isoformat(),
                  note="date_of_decision", by="record")  # fmt: skip


def _day(value: object) -> date | None:
    """A cell as a day: a date, ISO or ``15/11/2026``; anything else is none."""
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return None
    text = str(value)
    form = "%d/%m/%Y" if "/" in text else None
    day = pd.to_datetime(text, format=form, errors="coerce")
    return None if pd.isna(day) else day.date()
