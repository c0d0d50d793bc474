"""Headers as received to our field names, with a record of what was taken for what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from gisclusters.domain.issue import Issue, error, info
from gisclusters.layers.kinds import Kind
from gisclusters.layers.record_kinds import UNIT_FIELDS
from gisclusters.layers.units import unit_named
from gisclusters.layers.values import as_number, fold


def match_columns(
    kind: Kind, headers: Sequence[str], explicit: Mapping[str, str]
) -> tuple[dict[str, str], list[Issue]]:
    """Header → field, and the issues: what was mapped, what could not be.

    ``explicit`` is field → header and goes first; then a header that is a field's own name;
    then a field's alias.  A header serves one field; two headers for one field by alias:
    the first is taken and the rest stay as further columns.
    """
    by_fold = {fold(header): header for header in reversed(headers) if fold(header)}
    taken, issues = _explicit(kind, headers, by_fold, explicit)
    for each in kind.fields:
        if each.name in taken.values():
            continue
        if each.name in headers and each.name not in taken:
            taken[each.name] = each.name
            continue
        candidates = [fold(each.name), *each.aliases]
        for candidate in candidates:
            match = by_fold.get(candidate) or _with_unit(candidate, by_fold)
            if match is not None and match not in taken:
                taken[match] = each.name
                break
    # A further column may bear the very name of a field that another column was taken for.
    for header in headers:
        if header in taken.values() and header not in taken:
            taken[header] = f"{header} (2)"
    renamed = {header: name for header, name in taken.items() if header != name}
    if renamed:
        issues.append(
            info(
                "columns_mapped",
                pairs=", ".join(f"{header} → {name}" for header, name in renamed.items()),
            )
        )
    return taken, issues


def hectares_to_m2(kind: Kind, frame: pd.DataFrame, layer: str) -> tuple[pd.DataFrame, list[Issue]]:
    """Areas of a column in hectares (``Diện tích (ha)``) as the field in square metres.

    Only fields that no other column was taken for; the column stays besides.  A cell that is
    no number is handed on as it stands, so that it is refused by its row.
    """
    issues: list[Issue] = []
    by_fold = {fold(str(name)): str(name) for name in reversed(frame.columns)}
    for each in kind.fields:
        if not each.name.endswith("area_m2") or each.name in frame:
            continue
        plain = [alias for alias in each.aliases if not alias.endswith(" m2")]
        name = next((by_fold[f"{alias} ha"] for alias in plain if f"{alias} ha" in by_fold), None)
        if name is None:
            continue
        values, bad = as_number(frame[name])
        frame[each.name] = (values * 1e4).astype(object).where(~bad, frame[name])
        issues.append(info("hectares_taken", layer=layer, field=each.name, value=name))
    return frame, issues


def units_of_headers(
    kind: Kind, frame: pd.DataFrame, layer: str
) -> tuple[pd.DataFrame, list[Issue]]:
    """Columns whose header ends with their unit (``Vốn được duyệt (tỷ đồng)``), with that unit.

    Only fields that no other column was taken for.  The unit fills the empty cells of the field
    that holds it; two headers of one row that name different units are refused
    (``header_units_differ``).
    """
    issues: list[Issue] = []
    pairs: dict[str, str] = {}
    units: dict[str, tuple[str, str]] = {}
    for name, holder in UNIT_FIELDS.get(kind.name, {}).items():
        if name in frame:
            continue
        spelled = [fold(name), *kind.field(name).aliases]
        found = next(
            ((str(header), unit) for header in frame.columns for alias in spelled
             if (unit := _unit_behind(alias, str(header))) is not None),
            None,
        )  # fmt: skip
        if found is None:
            continue
        header, unit = found
        earlier = units.setdefault(holder, (header, unit))
        if earlier[1] != unit:
            issues.append(error("header_units_differ", layer=layer, field=name, value=header,
                                other=earlier[0]))  # fmt: skip
        pairs[header] = name
    frame = frame.rename(columns=pairs)
    for holder, (_, unit) in units.items():
        held = frame.get(holder, pd.Series(None, index=frame.index, dtype=object))
        frame[holder] = held.astype(object).where(held.notna(), unit)
    if pairs:
        told = ", ".join(f"{header} → {name}" for header, name in pairs.items())
        issues.append(info("columns_mapped", layer=layer, pairs=told))
    return frame, issues


def _unit_behind(alias: str, header: str) -> str | None:
    """The unit that stands behind ``alias`` in a header, None where there is none."""
    plain = fold(header.replace("³", "3").replace("²", "2"))
    if not plain.startswith(f"{alias} "):
        return None
    unit = unit_named(plain.removeprefix(f"{alias} "))
    return None if unit is None else unit.name


def _explicit(
    kind: Kind, headers: Sequence[str], by_fold: Mapping[str, str], explicit: Mapping[str, str]
) -> tuple[dict[str, str], list[Issue]]:
    """The columns a person named, header → field."""
    taken: dict[str, str] = {}
    issues: list[Issue] = []
    for name, header in explicit.items():
        found = header if header in headers else by_fold.get(fold(header))
        if name not in kind.names:
            issues.append(error("map_field_unknown", field=name, known=" ".join(kind.names)))
        elif found is None:
            issues.append(
                error("map_column_missing", field=name, value=header, columns=", ".join(headers))
            )
        elif found in taken:
            issues.append(error("map_column_twice", field=name, value=header, other=taken[found]))
        else:
            taken[found] = name
    return taken, issues


def _with_unit(candidate: str, headers: Mapping[str, str]) -> str | None:
    """The header that is ``candidate`` with its unit behind it, as in ``HRMS (m)``."""
    return next((headers[key] for u in ("m", "m2") if (key := f"{candidate} {u}") in headers), None)
