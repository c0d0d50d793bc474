"""Rows whose axes are the other way round: the whole file by an option, or each row by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

from gisclusters.domain.issue import Issue

NEARLY_ALL = 0.9
"""The share of rows from which on the whole file is taken for exchanged."""
_CODE, _ROW_CODE = "axes_swapped", "row_exchanged"


def by_rows(issues: Iterable[Issue], *, rows: int, turned: bool) -> list[Issue]:
    """The issues of a file of ``rows`` rows, ``axes_swapped`` kept only where nearly all are.

    An option would put right the rows that are exchanged and exchange the others; so where
    those are more than a few, each row is named (``row_exchanged``).  ``turned``: an option
    has exchanged the axes already, which the remedy then takes back.
    """
    told = list(issues)
    count = sum(_count(issue) for issue in told)
    if count >= NEARLY_ALL * rows:
        return [_taking_back(issue) if turned else issue for issue in told]
    return [_of_row(issue) for issue in told]


def _count(issue: Issue) -> int:
    if issue.params.get("code") == _CODE:
        return int(str(issue.params["count"]))
    return int(issue.code == _CODE)


def _of_row(issue: Issue) -> Issue:
    if issue.code == _CODE and issue.row is not None:
        return replace(issue, code=_ROW_CODE)
    if issue.params.get("code") == _CODE:
        return replace(issue, params=MappingProxyType({**issue.params, "code": _ROW_CODE}))
    return issue


def _taking_back(issue: Issue) -> Issue:
    if issue.code != _CODE:
        return issue
    return replace(issue, params=MappingProxyType({**issue.params, "axes": "en"}))
