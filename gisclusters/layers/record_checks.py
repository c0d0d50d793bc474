"""What must hold of rows of works and inspections, and the one unit their numbers are kept in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gisclusters.domain.issue import error, warning
from gisclusters.layers.checking import Check
from gisclusters.layers.units import KNOWN_MONEY, MONEY, unit_named

DATE_ORDER = (
    ("planned_from", "planned_to"),
    ("actual_from", "actual_to"),
    ("inspected_on", "due_on"),
    ("inspected_on", "fixed_on"),
)
"""Days of which the first is never after the second."""

_AMOUNTS = ("capacity", "demand", "capital_approved", "capital_paid")
_CAPITAL = ("capital_approved", "capital_paid")


def check_records(frame: pd.DataFrame, check: Check) -> None:
    """Refuse negative amounts and capital without a known unit; bring amounts to one unit.

    Capital of ``works`` becomes đồng (``capital_unit`` says so), capacity and demand the common
    unit of what they measure (``m³/ngày``, ``tấn/ngày``, ``kVA``) where the unit is a known one;
    another unit stays as written.  Of ``inspections`` a row that is open and has a day on which
    it was mended is a warning (``state_contradicts``).  Other kinds are left alone.
    """
    if check.kind.name == "works":
        _negative(frame, check)
        _capital(frame, check)
        _capacity(frame)
    elif check.kind.name == "inspections":
        open_yet_fixed = frame["state"].eq("open") & frame["fixed_on"].notna()
        for position in np.flatnonzero(open_yet_fixed.to_numpy(dtype=bool)):
            check.at(warning, "state_contradicts", int(position), field="state", value="open",
                     fixed_on=frame["fixed_on"].iloc[position].date())  # fmt: skip


def _negative(frame: pd.DataFrame, check: Check) -> None:
    for name in _AMOUNTS:
        for position in np.flatnonzero((frame[name] < 0).to_numpy(dtype=bool)):
            check.at(error, "negative", int(position), field=name,
                     value=frame[name].iloc[position])  # fmt: skip


def _capital(frame: pd.DataFrame, check: Check) -> None:
    units = [unit_named(cell) for cell in frame["capital_unit"]]
    known = np.array([each is not None and each.measures == MONEY for each in units], dtype=bool)
    given = frame[list(_CAPITAL)].notna().any(axis=1).to_numpy()
    for position in np.flatnonzero(given & ~known):
        check.at(
            error, "capital_unit_unknown", int(position), field="capital_unit",
            value=frame["capital_unit"].iloc[position] or "", known=", ".join(KNOWN_MONEY),
        )  # fmt: skip
    factor = np.array([each.factor if each is not None else np.nan for each in units])
    for name in _CAPITAL:
        frame[name] = frame[name].where(~known, frame[name] * factor)
    spelled = [
        each.common if each and money else cell
        for each, money, cell in zip(units, known, frame["capital_unit"], strict=True)
    ]
    frame["capital_unit"] = pd.Series(spelled, index=frame.index, dtype=object)


def _capacity(frame: pd.DataFrame) -> None:
    units = [unit_named(cell) for cell in frame["unit"]]
    factor = np.array([1.0 if each is None else each.factor for each in units])
    for name in ("capacity", "demand"):
        frame[name] = frame[name] * factor
    spelled = [cell if each is None else each.common
               for each, cell in zip(units, frame["unit"], strict=True)]  # fmt: skip
    frame["unit"] = pd.Series(spelled, index=frame.index, dtype=object)
