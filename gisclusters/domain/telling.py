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
_SUMS = frozenset({"count", "shapes"})
_TEXT = frozenset({"field", "rows", "taken", "other", "rival"})
_EXAMPLES_OF = {
    "vertices_repeated": frozenset({"row", "place"}),
    "option_disagrees": frozenset({"rows"}),
    "sidecar_disagrees": frozenset({"rows"}),
    "encoding_too_little": _TEXT,
    "encoding_uncertain": _TEXT,
}
"""Of issues that count: what only names an example, which the first of them gives."""


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
    """Issues that differ in nothing but their counts and examples as one with the sums."""
    sums: dict[Any, dict[str, int]] = {}
    first: dict[Any, Issue] = {}
    for issue in issues:
        examples = _EXAMPLES_OF.get(issue.code, frozenset[str]())
        place = None if "row" in examples else (issue.row, issue.id)
        field = None if "field" in examples else issue.field
        others = {name: value for name, value in issue.params.items()
                  if name not in _SUMS and name not in examples}  # fmt: skip
        key = (issue.level, issue.code, issue.layer, place, field, issue.value,
               repr(sorted(others.items())))  # fmt: skip
        first.setdefault(key, issue)
        if "count" in issue.params and (issue.row is None or place is None):
            held = sums.setdefault(key, {})
            for name in _SUMS & issue.params.keys():
                held[name] = held.get(name, 0) + int(str(issue.params[name]))
    for key, issue in first.items():
        params = {**issue.params, **sums.get(key, {})}
        yield replace(issue, params=MappingProxyType(params)) if key in sums else issue
