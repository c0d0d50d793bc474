"""The tables of the minutes: markers, control points, what is said of the boundary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from gisclusters.publish.columns import Column, Form
from gisclusters.publish.minutes_parts import Block, Lines, Table
from gisclusters.publish.result import Result
from gisclusters.publish.tables import written
from gisclusters.words import Lang, has_text, text

_MARKERS = (
    (Column("place", "count"),),
    (Column("marker_id"), Column("marker_kind")),
    (Column("design_n_m", "metres"), Column("design_e_m", "metres")),
    (Column("measured_n_m", "metres"), Column("measured_e_m", "metres")),
    (Column("dn_m", "metres"), Column("de_m", "metres")),
    (Column("distance_m", "metres"), Column("residual_m", "metres")),
    (Column("tolerance_m", "metres"), Column("accuracy_m", "metres")),
    (Column("verdict", "word", "markers.verdict"), Column("state", "words", "markers.state")),
    (Column("note"),),
)
_CONTROL = (
    (Column("place", "count"),),
    (Column("point_id"),),
    (Column("known_n_m", "metres"), Column("known_e_m", "metres")),
    (Column("measured_n_m", "metres"), Column("measured_e_m", "metres")),
    (Column("dn_m", "metres"), Column("de_m", "metres")),
    (Column("distance_m", "metres"),),
    (Column("accuracy_m", "metres"),),
)
_FORMS: tuple[tuple[str, Form], ...] = (
    ("_m2", "area"), ("_m", "metres"), ("_share", "share"), ("share", "share"),
)  # fmt: skip
_CODED = {"verdict": "markers.verdict", "confidence": "report.confidence"}


def markers_table(findings: pd.DataFrame, lang: Lang) -> Table:
    """Every row of a verification; columns that hold nothing at all are left out."""
    return _table("markers", text("minutes.part_markers", lang), findings, _MARKERS,
                  kept={"note", "place"})  # fmt: skip


def control_table(result: Result, lang: Lang) -> Table | None:
    """Control points of the session, None where there were none."""
    rows = result.extra.get("control_points")
    if not rows:
        return None
    return _table("control_points", text("minutes.control", lang), pd.DataFrame(list(rows)),
                  _CONTROL, kept={"known_n_m", "known_e_m"})  # fmt: skip


def boundary_blocks(value: Any, lang: Lang) -> list[Block]:
    """What ``extra["boundary"]`` holds, whatever its shape: lines for values, tables for rows.

    A list of rows, a list of tables (each with ``rows`` and maybe ``title``), or a mapping
    whose lists of rows are tables and whose single values are lines.
    """
    pairs: list[tuple[str, str]] = []
    tables = list(_tables_in("boundary", text("minutes.boundary", lang), value, lang, pairs))
    return [*([Lines(pairs)] if pairs else []), *tables]


def _tables_in(
    name: str, title: str, value: Any, lang: Lang, pairs: list[tuple[str, str]]
) -> Iterator[Table]:
    if isinstance(value, Mapping):
        rows = value.get("rows")
        if rows is not None and _is_rows(rows):
            title = str(value.get("title") or title)
            yield _free_table(str(value.get("name") or name), title, rows)
        for key, inner in value.items():
            if key in {"rows", "title", "name"}:
                continue
            if isinstance(inner, Mapping) or _is_rows(inner):
                yield from _tables_in(str(key), _words_of(str(key), lang), inner, lang, pairs)
            elif inner is not None:
                pairs.append((_words_of(str(key), lang), _said(str(key), inner, lang)))
    elif _is_rows(value):
        if all("rows" in each for each in value):
            for each in value:
                yield from _tables_in(name, title, each, lang, pairs)
        else:
            yield _free_table(name, title, value)


def _is_rows(value: Any) -> bool:
    return (
        isinstance(value, Sequence) and not isinstance(value, str) and bool(value)
        and all(isinstance(each, Mapping) for each in value)
    )  # fmt: skip


def _free_table(name: str, title: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    frame = pd.DataFrame([dict(row) for row in rows])
    stacks = [(_column(str(key)),) for key in frame.columns if key != "geometry"]
    return Table(name, title, frame, stacks)


def _column(name: str) -> Column:
    if name in _CODED:
        return Column(name, "word", _CODED[name])
    form: Form = next((form for ending, form in _FORMS if name.endswith(ending)), "text")
    return Column(name, form)


def _words_of(key: str, lang: Lang) -> str:
    for prefix in ("minutes.boundary_", "report.title_", "report.col_"):
        if has_text(prefix + key):
            return text(prefix + key, lang)
    return key


def _said(key: str, value: Any, lang: Lang) -> str:
    if isinstance(value, bool):
        return text("report.yes" if value else "report.no", lang)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_said("", each, lang) for each in value)
    return written(value, _column(key), lang)


def _table(
    name: str, caption: str, frame: pd.DataFrame, stacks: Sequence[Sequence[Column]],
    *, kept: set[str],
) -> Table:  # fmt: skip
    frame = frame.reset_index(drop=True)
    frame["place"] = range(1, len(frame) + 1)
    if "state" in frame:
        frame["state"] = [
            cell.replace(", ", " ") if isinstance(cell, str) else cell for cell in frame["state"]
        ]
    known = [
        [column for column in stack if column.name in frame
         and (column.name in kept or frame[column.name].notna().any())]
        for stack in stacks
    ]  # fmt: skip
    return Table(name, caption, frame, [stack for stack in known if stack])
