"""A table of figures with a column for each, as offices keep it, to a row for each figure."""

from __future__ import annotations

import re

import pandas as pd

from gisclusters.domain.issue import Issue, info
from gisclusters.layers.kinds import Kind
from gisclusters.layers.units import unit_named
from gisclusters.layers.values import fold
from gisclusters.rules.economy import load_economy_rules

_WITH_UNIT = re.compile(r"^(?P<name>.+?)\s*[(\[](?P<unit>[^()\[\]]+)[)\]]\s*$", re.DOTALL)


def figures_of_columns(
    kind: Kind, frame: pd.DataFrame, layer: str
) -> tuple[pd.DataFrame, list[Issue]]:
    """Rows of ``indicators`` from columns such as ``Doanh thu (tỷ đồng)`` or ``Lao động``.

    Only where the table has neither a column of names nor one of values.  A column is a figure
    where its header ends with a unit that is known, or names a figure of the shipped rules; the
    others stay beside each row.  An empty cell is no figure.  Rows keep their number.
    """
    if kind.name != "indicators" or {"name", "value"} & set(frame.columns):
        return frame, []
    rules = load_economy_rules()
    spelled = [(each.name, *each.spelled) for each in rules.indicators]
    spelled += [(name, *words) for name, words in rules.flags.items()]
    named = {fold(word) for words in spelled for word in words}
    figures: dict[str, tuple[str, str | None]] = {}
    for header in map(str, frame.columns):
        if header in {*kind.names, "source_row"}:
            continue
        found = _WITH_UNIT.match(header)
        unit = None if found is None else unit_named(found["unit"])
        if found is not None and unit is not None:
            figures[header] = " ".join(found["name"].split()), unit.name
        elif fold(header) in named:
            figures[header] = header, None
    if not figures:
        return frame, []
    rest = frame.drop(columns=list(figures))
    parts = []
    for header, (name, unit_name) in figures.items():
        part = rest.assign(name=name, value=frame[header])
        if unit_name is not None:
            part["unit"] = unit_name
        parts.append(part[frame[header].notna()])
    whole = pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)
    told = ", ".join(f"{header} → {name}" for header, (name, _) in figures.items())
    return whole, [info("columns_mapped", layer=layer, pairs=told)]
