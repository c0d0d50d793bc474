"""The accuracy of a point as receivers write it, to ours: √(σE²+σN²).

Makers print one number under many names and seldom say which statistic it is.  Ours is the
distance root mean square, which a circle holds 63 % of; HRMS, H Prec, HSDV, 2D CQ are taken for
it, and what a header calls 95 %, 2DRMS or CEP is turned into it (errors alike on both axes).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.layers.values import as_number, fold

_DRMS_OF_95 = math.sqrt(2) / math.sqrt(-2 * math.log(0.05))
_DRMS_OF_CEP = math.sqrt(2) / math.sqrt(-2 * math.log(0.5))
_UNITS = {
    "m": 1.0,
    "cm": 0.01,
    "mm": 0.001,
    "met": 1.0,
    "meters": 1.0,
    "dm": 0.1,
    "ft": 0.3048,
    "feet": 0.3048,
    "usft": 1200 / 3937,
    "ftus": 1200 / 3937,
}
_STATISTICS = {"95": _DRMS_OF_95, "r95": _DRMS_OF_95, "2drms": 0.5, "cep": _DRMS_OF_CEP,
               "drms": 1.0, "68": 1.0, "63": 1.0}  # fmt: skip
_HORIZONTAL = (
    "hrms", "h rms", "horz rms", "hz rms", "horizontal rms", "lateral rms", "h prec", "hz prec",
    "horz prec", "hor prec", "horizontal precision", "h precision", "hprec", "hsdv", "h sdv",
    "hsd", "h sd", "h std", "hstd", "horizontal std", "horizontal standard deviation", "sigma h",
    "h sigma", "2d cq", "cq 2d", "2dcq", "hacc", "h acc", "h accuracy", "hz accuracy",
    "horizontal accuracy", "horizontal error", "h error", "accuracy", "gps accuracy",
    "gnss accuracy", "do chinh xac mat bang", "sai so mat bang", "sai so vi tri", "sai so",
    "do chinh xac", "sigma", "mp", "mxy",
)  # fmt: skip
_IN_SPACE = ("3d cq", "cq 3d", "3dcq", "3d rms", "3d accuracy")
_SPREAD = frozenset({
    "rms", "sigma", "std", "sd", "s", "stdev", "stddev", "sdv", "dev", "prec", "precision",
    "accuracy", "error",
})  # fmt: skip
_EAST = frozenset({"e", "east", "easting", "x", "lon", "longitude"})
_NORTH = frozenset({"n", "north", "northing", "y", "lat", "latitude"})
_GLUED = re.compile(r"^(?:(s|sd|std|sigma|rms|m)([enxy])|([enxy])(rms|std|sd|sigma))$")
_SPREADS = {"m": "rms"}
"""``mX``, ``mY``: the mean square error as surveyors here write it."""

_IN_WORDS = re.compile(
    r"(?:\bh?rms|\bacc(?:uracy)?(?:[_ ]m)?|±)\s*[:=]?\s*(\d+(?:[.,]\d+)?)\s*(mm|cm|m)?\b",
    re.IGNORECASE,
)
REMARKS = ("cmt", "desc", "comment", "description", "ghi chu", "note")


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    unit: float
    factor: float
    code: str


def with_accuracy_m(frame: pd.DataFrame, taken: dict[str, str]) -> tuple[pd.DataFrame, list[Issue]]:
    """``accuracy_m`` filled cell by cell from what the receiver wrote, and what was assumed.

    ``taken`` is header → field as mapped.  First the column that was taken for the field, then
    σE with σN, then one horizontal number, then one in space (never less than it), then what a
    remark says.  A zero is no accuracy: controllers write it for points that were keyed in.
    """
    issues: list[Issue] = []
    header = next((name for name, field in taken.items() if field == "accuracy_m"), None)
    result = pd.Series(None, index=frame.index, dtype=object)
    if "accuracy_m" in frame:
        result = frame["accuracy_m"].astype(object)
        own = _described(header) if header not in {None, "accuracy_m", "sigma_m"} else None
        if own is not None and result.notna().any():
            result = _scaled(result, own.unit * own.factor)
            issues.append(info(own.code, field="accuracy_m", value=header))
    result, zeros = _without_zeros(result)
    for name, values, code in _sources(frame):
        said, more = _without_zeros(values)
        zeros |= more
        fill = result.isna() & said.notna()
        if fill.any():
            result = result.where(~fill, said)
            issues.append(info(code, field="accuracy_m", value=name))
    zeros &= result.isna().to_numpy()
    if zeros.any():
        issues.append(warning("accuracy_zero", field="accuracy_m", count=int(zeros.sum())))
    if result.notna().any() or "accuracy_m" in frame:
        frame = frame.assign(accuracy_m=result)
    return frame, issues


def _sources(frame: pd.DataFrame) -> list[tuple[str, pd.Series, str]]:
    """Columns that say an accuracy, the surest first, in metres as √(σE²+σN²)."""
    found: list[tuple[str, pd.Series, str]] = []
    names = [str(name) for name in frame.columns if name not in {"geometry", "source_row"}]
    axes = {axis: each for each in reversed(names) if (axis := _axis(each)) is not None}
    if {"e", "n"} <= axes.keys():
        east, north = (_metres(frame[axes[axis]], _described(axes[axis]).unit) for axis in "en")
        both = pd.Series(np.hypot(east, north), index=frame.index).astype(object)
        found.append((f"{axes['e']}, {axes['n']}", both.where(both.notna(), None),
                      "accuracy_of_components"))  # fmt: skip
    columns = [_described(name) for name in names]
    for words in (_HORIZONTAL, _IN_SPACE):
        for each in columns:
            if _plain(each.name) in words:
                values = _scaled(frame[each.name].astype(object), each.unit * each.factor)
                code = each.code if words is _HORIZONTAL else "accuracy_in_space"
                found.append((each.name, values, code))
    for name in names:
        if fold(name) in REMARKS:
            values = frame[name].map(_in_words).astype(object)
            found.append((name, values.where(values.notna(), None), "accuracy_as_drms"))
    return found


def _described(name: str | None) -> _Column:
    words = fold(name or "").split()
    unit = next((_UNITS[word] for word in words[-1:] if word in _UNITS), 1.0)
    statistic = next((word for word in words if word in _STATISTICS), "drms")
    factor = _STATISTICS[statistic]
    code = {"2drms": "accuracy_of_2drms", "cep": "accuracy_of_cep"}.get(
        statistic, "accuracy_of_95" if factor == _DRMS_OF_95 else "accuracy_as_drms"
    )
    return _Column(name or "", unit, factor, code)


def _plain(name: str) -> str:
    """A header without unit and statistic."""
    words = fold(name).split()
    if len(words) > 1 and words[-1] in _UNITS:
        words = words[:-1]
    left = [word for word in words if word not in _STATISTICS]
    if not left and {"cep", "drms", "2drms", "r95"} & set(words):
        return "h rms"
    return " ".join(left)


def _axis(name: str) -> str | None:
    """``e`` or ``n`` where a header names the spread along one axis, as ``Easting RMS``."""
    words = _plain(name).split()
    glued = _GLUED.match(words[0]) if len(words) == 1 else None
    if glued is not None:
        words = [_SPREADS.get(glued[1], glued[1]) or glued[4], glued[2] or glued[3]]
    if len(words) != 2 or not _SPREAD & set(words):
        return None
    rest = set(words) - _SPREAD
    return "e" if rest & _EAST else "n" if rest & _NORTH else None


def _metres(column: pd.Series, unit: float) -> pd.Series:
    values, _ = as_number(column)
    return values * unit


def _scaled(column: pd.Series, factor: float) -> pd.Series:
    """Numbers times ``factor``; a cell that is no number stays, to be refused by its row."""
    if factor == 1:
        return column.astype(object).where(column.notna(), None)
    values, bad = as_number(column)
    scaled = (values * factor).astype(object).where(values.notna(), None)
    return scaled.where(~bad, column)


def _without_zeros(column: pd.Series) -> tuple[pd.Series, NDArray[np.bool_]]:
    values, _ = as_number(column)
    zero = (values == 0).to_numpy(dtype=bool, copy=True)
    return column.where(~zero, None), zero


def _in_words(cell: object) -> float | None:
    found = _IN_WORDS.search(cell) if isinstance(cell, str) else None
    if found is None:
        return None
    return float(found[1].replace(",", ".")) * _UNITS[(found[2] or "m").casefold()]
