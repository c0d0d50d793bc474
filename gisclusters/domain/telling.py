"""Issues as they are told: each kind row by row up to a limit, then counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from gisclusters.domain.issue import Issue

EXAMPLES = 200
"""Issues of one code are named row by row up to this many, then counted."""

_REST = "more_of_the_same"


def told(issues: Iterable[Issue], *, layer: str) -> list[Issue]:
    """The issues, those of one level and code up to ``EXAMPLES``, then one that counts the rest."""
    counts: Counter[tuple[Any, str]] = Counter()
    kept = []
    for issue in issues:
        if issue.code == _REST:
            counts[issue.level, str(issue.params["code"])] += int(str(issue.params["count"]))
            continue
        counts[issue.level, issue.code] += 1
        if counts[issue.level, issue.code] <= EXAMPLES:
            kept.append(issue)
    shown = Counter((issue.level, issue.code) for issue in kept)
    rest = counts - shown
    return [*kept, *(
        Issue(level=level, code=_REST, layer=layer,
              params=MappingProxyType({"code": code, "count": count}))
        for (level, code), count in rest.items()
    )]  # fmt: skip


def together(issues: Iterable[Issue], *, layer: str) -> list[Issue]:
    """What was told of the parts of one file, told once of all: counts are summed."""
    return told(_summed(issues), layer=layer)


def _summed(issues: Iterable[Issue]) -> Iterator[Issue]:
    """Issues of no row that differ in nothing but their ``count`` as one with the sum."""
    counts: dict[Any, int] = {}
    first: dict[Any, Issue] = {}
    for issue in issues:
        others = {name: value for name, value in issue.params.items() if name != "count"}
        key = (issue.level, issue.code, issue.layer, issue.row, issue.id, issue.field,
               issue.value, repr(sorted(others.items())))  # fmt: skip
        first.setdefault(key, issue)
        if "count" in issue.params and issue.row is None:
            counts[key] = counts.get(key, 0) + int(str(issue.params["count"]))
    for key, issue in first.items():
        if key not in counts:
            yield issue
        else:
            params = MappingProxyType({**issue.params, "count": counts[key]})
            yield replace(issue, params=params)
