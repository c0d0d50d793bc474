"""The checks every row passes on its way to a layer; every fault is collected, then told once.

Order per row: the id, the fields by type, the shape (there, finite, valid), the place of
the shape in its CRS.  ``check_rows`` is the one gate: what comes out is a Layer, or an
InputRefusedError with every issue.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, error, has_errors, info, warning
from gisclusters.domain.shared_works import WORKS
from gisclusters.domain.source import Source
from gisclusters.errors import InputRefusedError
from gisclusters.layers.checking import Check, Defaults, Earlier
from gisclusters.layers.closing_row import without_closing_rows
from gisclusters.layers.kinds import (
    CATEGORY_WORDS,
    KINDS,
    LEGACY_LAND_CODES,
    MARKER_STATES,
    Field,
    kind_named,
    land_codes,
)
from gisclusters.layers.layer import (
    CLUSTERS_PLAN,
    Ground,
    Layer,
)
from gisclusters.layers.record_checks import DATE_ORDER, check_records
from gisclusters.layers.record_kinds import INSPECTION_STATES
from gisclusters.layers.shape_checks import checked_shapes, examined, with_accuracy
from gisclusters.layers.values import as_boolean, as_date, as_number, as_text, fold
from gisclusters.rules.corridor_width import metres_of, number_of
from gisclusters.words import text

_LONGEST_ID = 200
_SPOKEN = {
    MARKER_STATES: "markers.state", WORKS: "economy.work", INSPECTION_STATES: "economy.state",
}  # fmt: skip
"""Where the Vietnamese for the words of a field stands."""
WORK_WIDTH = "work_width_m"
"""How wide a work drawn as a line is; a further column of plans, kept as received."""


def check_rows(
    kind_name: str,
    rows: pd.DataFrame,
    *,
    crs: str | None,
    source: Source,
    defaults: Defaults,
    issues: tuple[Issue, ...] = (),
    grounds: Mapping[str, Ground] | None = None,
    accept_repairs: bool = False,
    earlier: Earlier | None = None,
) -> Layer:
    """Turn rows as read into a layer, or refuse them all with every fault named.

    ``rows`` has fields by our names (other columns are kept), ``source_row`` counting as the
    user counts (made from 1 where it lacks), and ``geometry`` in ``crs`` (x east) for kinds
    with shapes.  Invalid shapes are refused by row unless ``accept_repairs``; then the
    repair is made and recorded as an issue with both areas and the Hausdorff distance.
    Rows of a file that comes in parts have ``earlier``, which hears of each part in turn: ids
    are held against those before.  Outlines are not held against each other then: that is done
    by ``topology.examine_tiles`` once all are there.  Raises InputRefusedError.
    """
    kind = kind_named(kind_name)
    check = Check(kind, source, list(issues), earlier=earlier)
    frame = rows.reset_index(drop=True)
    if "source_row" not in frame:
        frame["source_row"] = np.arange(1, len(frame) + 1)
    check.source_rows = frame["source_row"].to_numpy()
    if not len(frame):
        check.issues.append(error("no_rows", layer=check.layer))
        raise InputRefusedError(check.issues)
    frame = without_closing_rows(frame, check, crs)
    frame = _fill(frame, check, defaults)
    frame = _ids(frame, check, defaults)
    for each in kind.fields:
        frame[each.name] = _typed(frame, each, check)
    _dates_in_order(frame, check)
    check_records(frame, check)
    if kind.name == "plans":
        frame = _plan_fields(frame, check, defaults.stem)
    if kind.name == "parcels":
        _land_code_column(frame, check, "land_code", words=())
    if kind.shape != "none":
        frame = checked_shapes(frame, check, crs, accept_repairs=accept_repairs)
        frame = with_accuracy(frame, kind, defaults, check)
        frame = examined(frame, check, accept_repairs=accept_repairs, between=check.whole)
    _repeated_ids(frame, check)
    if has_errors(check.issues):
        raise InputRefusedError(check.told())
    return Layer(
        kind_name=kind.name,
        frame=frame,
        crs=crs if kind.shape != "none" else None,
        source=source,
        issues=tuple(check.told()),
        grounds=MappingProxyType(dict(grounds or {})),
        repairs=tuple(check.repairs),
    )


def _fill(frame: pd.DataFrame, check: Check, defaults: Defaults) -> pd.DataFrame:
    """Option before row before sidecar; where they say different things, that is an issue."""
    for values, wins, code in (
        (defaults.values, False, "sidecar_disagrees"),
        (defaults.option_values, True, "option_disagrees"),
    ):
        for name, value in values.items():
            if name not in check.kind.names or value is None:
                continue
            rows = frame[name] if name in frame else pd.Series(None, frame.index, dtype=object)
            filled = rows.notna() & (rows.astype(str).str.strip() != "")
            other = filled & (rows.astype(str).str.strip().str.casefold() != str(value).casefold())
            if other.any() and name not in {"plan_id", "title"}:
                check.issues.append(
                    warning(
                        code,
                        layer=check.layer,
                        field=name,
                        value=value,
                        count=int(other.sum()),
                        rows=", ".join(rows[other].astype(str).unique()[:3]),
                    )
                )
            frame[name] = rows.astype(object).where(filled & (not wins), value)
    return frame


def _ids(frame: pd.DataFrame, check: Check, defaults: Defaults) -> pd.DataFrame:
    name = check.kind.id_field
    if name in frame:
        frame[name] = as_text(frame[name])
    elif check.kind.shape == "none":
        frame[name] = None
    else:
        stem = unicodedata.normalize("NFC", defaults.stem).strip()
        before = defaults.rows_before
        made = [f"{stem}-{before + i}" for i in range(1, len(frame) + 1)]
        if made == [f"{stem}-1"]:
            made = [stem]
        frame[name] = pd.Series(made, index=frame.index, dtype=object)
        check.issues.append(info("id_made", layer=check.layer, field=name, count=len(frame)))
    check.ids = frame[name].to_numpy(dtype=object)
    for position, value in enumerate(check.ids):
        if value is not None and (len(value) > _LONGEST_ID or not value.isprintable()):
            shown = value if len(value) <= _LONGEST_ID else f"{value[:40]}…"
            check.at(error, "id_unusable", position, field=name, value=ascii(shown)[1:-1],
                     limit=_LONGEST_ID)  # fmt: skip
    return frame


def _typed(frame: pd.DataFrame, each: Field, check: Check) -> pd.Series[Any]:
    """The column of one field, typed; what cannot be read or must not stand is an issue."""
    nothing = pd.Series([None] * len(frame), index=frame.index, dtype=object)
    raw = frame.get(each.name, nothing)
    typed, bad = _read(raw, each, part=not check.whole)
    if each.positive:
        for position in np.flatnonzero((typed <= 0).fillna(False).to_numpy(dtype=bool) & ~bad):
            check.at(error, "not_positive", int(position), field=each.name,
                     value=raw.iloc[position])  # fmt: skip
    for position in np.flatnonzero(bad):
        check.at(
            error,
            f"not_a_{_word(each.type)}",
            int(position),
            field=each.name,
            value=raw.iloc[position],
        )
    if each.required and each.name != "category":  # a plan without one is `unclassified`
        for position in np.flatnonzero(typed.isna().to_numpy() & ~bad):
            check.at(error, "value_missing", int(position), field=each.name)
    return _allowed(typed, each, check) if each.allowed else typed


def _read(
    raw: pd.Series[Any], each: Field, *, part: bool
) -> tuple[pd.Series[Any], NDArray[np.bool_]]:
    if each.type == "text":
        return as_text(raw), np.zeros(len(raw), dtype=bool)
    if each.type == "boolean":
        return as_boolean(raw)
    if each.type in {"date", "datetime"}:
        return as_date(raw, keep_time=each.type == "datetime")
    typed, bad = as_number(raw, part=part)
    present = typed.notna().to_numpy()
    if each.type == "integer":
        bad = bad | (present & (typed.to_numpy() % 1 != 0))
        typed = typed.where(~bad).astype("Int64")
    return typed, bad


def _allowed(typed: pd.Series[Any], each: Field, check: Check) -> pd.Series[Any]:
    """One of the field's words, whatever its case; another word is an error."""
    allowed = {_loose(word): word for word in each.allowed}
    spoken = dict(each.spellings)
    spellings = {
        cell: allowed.get(_loose(cell)) or spoken.get(fold(cell), cell)
        for cell in typed.dropna().unique()
    }
    words = [spellings.get(cell) for cell in typed]
    typed = pd.Series(words, index=typed.index, name=typed.name, dtype=object)
    wrong = typed.notna() & ~typed.isin(each.allowed)
    for position in np.flatnonzero(wrong.to_numpy()):
        check.at(
            error,
            "value_not_allowed",
            int(position),
            field=each.name,
            value=typed.iloc[position],
            allowed=_choices(each),
        )
    return typed


def _choices(each: Field) -> str:
    """The words of a field; of some the Vietnamese ones too, which are read as well."""
    spoken = _SPOKEN.get(each.allowed)
    if spoken is None:
        return " ".join(each.allowed)
    return ", ".join(f"{text(f'{spoken}_{word}', 'vi')} ({word})" for word in each.allowed)


def _word(type_name: str) -> str:
    return {"integer": "whole_number", "datetime": "date"}.get(type_name, type_name)


def _loose(word: str) -> str:
    return word.strip().casefold().replace(" ", "_").replace("-", "_")


def _dates_in_order(frame: pd.DataFrame, check: Check) -> None:
    for start, end in (
        ("in_force_from", "in_force_to"),
        ("valid_from", "valid_to"),
        ("lease_from", "lease_to"),
        *DATE_ORDER,
    ):
        if start not in frame or end not in frame:
            continue
        wrong = (frame[start] > frame[end]).to_numpy()
        for position in np.flatnonzero(wrong):
            check.at(
                error,
                "dates_reversed",
                int(position),
                field=end,
                value=frame[end].iloc[position].date().isoformat(),
                start=frame[start].iloc[position].date().isoformat(),
                start_field=start,
            )


def _plan_fields(frame: pd.DataFrame, check: Check, stem: str) -> pd.DataFrame:
    frame["plan_id"] = frame["plan_id"].where(frame["plan_id"].notna(), stem)
    missing = frame["category"].isna()
    taken = frame["plan_id"].str.casefold().eq(CLUSTERS_PLAN) & frame["category"].ne("cluster")
    for position in np.flatnonzero(taken.to_numpy(dtype=bool))[:1]:
        check.at(error, "plan_id_reserved", int(position), field="plan_id",
                 value=frame["plan_id"].iloc[position])  # fmt: skip
    if missing.any():
        check.issues.append(
            warning(
                "category_unclassified",
                layer=check.layer,
                field="category",
                count=int(missing.sum()),
            )
        )
        frame["category"] = frame["category"].where(~missing, "unclassified")
    _land_code_column(frame, check, "category", words=CATEGORY_WORDS)
    _width_column(frame, check)
    return frame


def _width_column(frame: pd.DataFrame, check: Check) -> None:
    """A breadth that is none would let a work drawn as a line take no ground, unsaid."""
    for position, cell in enumerate(frame.get(WORK_WIDTH, ())):
        if pd.isna(cell) or not str(cell).strip() or metres_of(cell) is not None:
            continue
        bare = re.sub(r"\s*m$", "", str(cell).strip())
        code = "not_positive" if number_of(bare.replace(",", ".")) is not None else "not_a_number"
        check.at(error, code, position, field=WORK_WIDTH, value=cell)


def _land_code_column(
    frame: pd.DataFrame, check: Check, name: str, *, words: tuple[str, ...]
) -> None:
    """Check a column of land codes (upper case) or of our own words; old codes are noted."""
    codes = land_codes()

    def settled(cell: str | None) -> str | None:
        if cell is None or _loose(cell) in words:
            return cell if cell is None else _loose(cell)
        return cell.upper() if cell.upper() in codes else cell

    spellings = {cell: settled(cell) for cell in frame[name].unique()}
    settled_codes = [spellings[cell] for cell in frame[name]]
    frame[name] = pd.Series(settled_codes, index=frame.index, dtype=object)
    for cell in frame[name].dropna().unique():
        if check.earlier is not None and not check.earlier.is_new(name, cell):
            continue
        position = int(np.flatnonzero((frame[name] == cell).to_numpy())[0])
        if cell in LEGACY_LAND_CODES:
            check.at(
                warning,
                "land_code_old",
                position,
                field=name,
                value=cell,
                new=LEGACY_LAND_CODES[cell],
            )
        elif cell not in codes and cell not in words:
            wrong = error if words else warning
            check.at(
                wrong, "land_code_unknown", position, field=name, value=cell, known=" ".join(words)
            )


def _repeated_ids(frame: pd.DataFrame, check: Check) -> None:
    if check.kind.repeats:
        return
    names = [name for name in check.kind.key if name in frame]
    keys = frame[names].astype(object).where(frame[names].notna(), "")
    named = frame[check.kind.id_field].notna().to_numpy()
    repeated = keys.duplicated(keep=False).to_numpy()
    before = np.zeros(len(keys), dtype=np.int64)
    if check.earlier is not None:
        before = check.earlier.first_rows(keys)
        check.earlier.keep(keys[named], check.source_rows[named])
    first: dict[tuple[object, ...], int] = {}
    for position in np.flatnonzero((repeated | (before > 0)) & named):
        key = tuple(keys.iloc[position])
        if before[position]:
            first[key] = int(before[position])
        if key in first:
            check.at(
                error,
                "id_repeated",
                int(position),
                field=check.kind.id_field,
                value=key[-1],
                first_row=first[key],
            )
        else:
            first[key] = int(check.source_rows[position])


__all__ = ["KINDS", "Defaults", "check_rows"]
