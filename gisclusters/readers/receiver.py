"""Surveys as controllers, phones and field apps write them, to the fields of a survey."""

from __future__ import annotations

import re

import pandas as pd

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.layers.kinds import Kind
from gisclusters.layers.values import as_date, as_text, fold
from gisclusters.readers.receiver_accuracy import with_accuracy_m
from gisclusters.readers.receiver_fix import with_fix

_TIMES = (
    "averaging start", "start time", "local time", "date time", "datetime", "timestamp",
    "time stamp", "survey time", "measure time", "gps time", "utc time", "utc", "thoi gian do",
    "ngay gio", "ngay gio do",
)  # fmt: skip
_DAYS = ("date", "ngay", "ngay do", "local date", "survey date", "gps date")
_EPOCHS = ("obs", "observations", "samples", "no of epochs", "number of epochs", "epoch count",
           "epoch", "measurements", "so lan do", "averaged count", "averaged epochs")  # fmt: skip
_COUNT = re.compile(r"(\d+)(?:\s*/|\.0*$|$)")
_ISO = r"^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$"
_CLOCK = r"^\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[AaPp][Mm])?$"
_MONTH_FIRST = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})\b")


def survey_fields(
    kind: Kind, frame: pd.DataFrame, taken: dict[str, str]
) -> tuple[pd.DataFrame, list[Issue]]:
    """The rows of a survey with accuracy, fix, epochs, time and state by our names.

    ``taken`` is header → field as mapped; rows of other kinds are handed on.  Columns that were
    read stay beside.
    """
    if kind.name != "surveys":
        return frame, []
    frame, issues = with_accuracy_m(frame, taken)
    frame, more = with_fix(frame)
    issues += more
    frame, more = _with_time(frame, taken)
    return _with_epochs(frame), [*issues, *more]


def _with_epochs(frame: pd.DataFrame) -> pd.DataFrame:
    if "epochs" in frame:
        return frame
    name = _column(frame, _EPOCHS)
    if name is None:
        return frame
    cells = as_text(frame[name])
    found = {cell: _COUNT.match(cell) for cell in cells.dropna().unique()}
    numbers = {cell: match[1] for cell, match in found.items() if match is not None}
    counts = pd.Series([numbers.get(cell) for cell in cells], index=frame.index, dtype=object)
    return frame.assign(epochs=counts)


def _with_time(frame: pd.DataFrame, taken: dict[str, str]) -> tuple[pd.DataFrame, list[Issue]]:
    """``observed_at`` from one column, or from a day and an hour beside each other.

    A time that cannot be read refuses nothing unless its column is called ``observed_at``: it
    is left empty and said.
    """
    header = next((name for name, field in taken.items() if field == "observed_at"), None)
    name: str | None = "observed_at" if "observed_at" in frame else _column(frame, _TIMES)
    if name is None or header == "observed_at":
        return frame, []
    if pd.api.types.is_datetime64_any_dtype(frame[name].dtype):
        return frame.assign(observed_at=frame[name]), []
    cells = as_text(frame[name])
    clock = cells.notna() & cells.astype("string").str.match(_CLOCK).fillna(value=False)
    beside = _column(frame.drop(columns=name), _DAYS)
    if beside is not None and (clock | cells.isna()).all():
        days = as_text(frame[beside])
        cells = (days + " " + cells).where(days.notna() & cells.notna(), days)
    elif clock.any():
        frame = frame.assign(**{header or name: frame[name], "observed_at": None})
        return frame, [info("time_without_date", field="observed_at", value=header or name)]
    plain = _plain_times(cells)
    _, bad = as_date(plain, keep_time=True)
    issues: list[Issue] = []
    if bad.any():
        issues.append(warning("time_unread", field="observed_at", count=int(bad.sum()),
                              value=cells[bad].iloc[0]))  # fmt: skip
        frame = frame.assign(observed_at_received=cells)
    return frame.assign(observed_at=plain.where(~bad, None)), issues


def _plain_times(cells: pd.Series) -> pd.Series:
    """Times as the gate reads them; months come first where a day above 12 proves it."""
    odd = ~cells.astype("string").str.match(_ISO).fillna(value=True).to_numpy(dtype=bool)
    if not odd.any():
        return cells
    plain = cells.copy()
    plain[odd] = _rewritten(cells[odd])
    return plain


def _rewritten(cells: pd.Series) -> pd.Series:
    text = cells.astype("string")
    text = text.str.replace(r"\s*(?:UTC|GMT)\s*([+-]\d{1,2}:?\d{2})$", r"\1", regex=True)
    text = text.str.replace(r"\s*(?:UTC|GMT)$", "Z", regex=True)
    text = text.str.replace(r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})", r"\1-\2-\3", regex=True)
    pairs = text.str.extract(_MONTH_FIRST).dropna().astype(int)
    if len(pairs) and (pairs[1] > 12).any() and not (pairs[0] > 12).any():
        text = text.str.replace(_MONTH_FIRST, r"\2/\1/\3", regex=True)
    half = text.str.extract(r"^(.*?)\s+(\d{1,2}):(\d{2}.*?)\s*([AaPp])[Mm]$")
    is_half = half[0].notna()
    if is_half.any():
        hour = half.loc[is_half, 1].astype(int) % 12 + 12 * half.loc[is_half, 3].str.lower().eq(
            "p"
        ).astype(int)
        text[is_half] = (half.loc[is_half, 0] + " " + hour.astype("string").str.zfill(2) + ":"
                         + half.loc[is_half, 2])  # fmt: skip
    plain = text.astype(object)
    return plain.where(plain.notna(), None)


def _column(frame: pd.DataFrame, headers: tuple[str, ...]) -> str | None:
    by_fold = {fold(str(name)): str(name) for name in reversed(frame.columns)}
    return next((by_fold[each] for each in headers if each in by_fold), None)
