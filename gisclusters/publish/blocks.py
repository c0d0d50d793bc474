"""The pieces a page's panel is made of, as plain values that the page's script builds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gisclusters.domain.issue import Issue
from gisclusters.domain.run import Run
from gisclusters.geometry.zones import nearest_zone, zone_of
from gisclusters.publish.assets import Licence
from gisclusters.publish.document import issue_rows, plain
from gisclusters.publish.features import shown
from gisclusters.publish.report import run_lines
from gisclusters.publish.result import Result
from gisclusters.publish.tables import Column, category_word
from gisclusters.words import Lang, has_text, text

Block = dict[str, Any]
_NUMERIC = {"area", "metres", "share", "count"}

# The national parameters (EPSG:6960) as proj4js reads them: position-vector rotations, so the
# three rotations carry the opposite signs of EPSG's coordinate-frame ones.
_TOWGS84 = "-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278"


def remark(words: str, mark: str = "") -> Block:
    """A sentence; ``mark`` (``good warn bad``) sets it off."""
    return {"type": "text", "text": words, "mark": mark}


def heading(words: str) -> Block:
    """A heading inside a section."""
    return {"type": "heading", "text": words}


def tiles(figures: Sequence[tuple[str, str, str]]) -> Block:
    """Figures as (value, what it is, mark)."""
    return {
        "type": "tiles",
        "tiles": [{"value": value, "label": label, "mark": mark} for value, label, mark in figures],
    }


def lines(pairs: Sequence[tuple[str, str]]) -> Block:
    """Words and values, one pair a line."""
    return {"type": "lines", "lines": [list(pair) for pair in pairs]}


def section(name: str, title: str, blocks: Sequence[Block], *, opened: bool = True,
            count: str = "") -> Block:  # fmt: skip
    """A part of the panel."""
    return {"id": name, "title": title, "blocks": list(blocks), "open": opened, "count": count}


def table(
    caption: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    numeric: Sequence[bool] | None = None,
    feature_set: str | None = None,
    features: Sequence[int] | None = None,
    badges: Mapping[int, Sequence[str]] | None = None,
    keys: Sequence[Sequence[Any]] | None = None,
    **more: Any,
) -> Block:
    """A table: a cell is text, or a list of its lines.

    ``features``: which feature of ``feature_set`` a row stands for (-1: none).  ``badges``:
    column → a style name per row, drawn before the cell.  ``keys``: what each column sorts
    by (default: its text).
    """
    if keys is None:
        keys = [[row[place] if isinstance(row[place], str) else row[place][0] for row in rows]
                for place in range(len(headers))]  # fmt: skip
    return {
        "type": "table",
        "caption": caption,
        "headers": list(headers),
        "numeric": list(numeric or [False] * len(headers)),
        "rows": [list(row) for row in rows],
        "set": feature_set,
        "features": None if features is None else list(features),
        "badges": {str(place): list(names) for place, names in (badges or {}).items()},
        "keys": [list(column) for column in keys],
    } | more


def frame_table(
    caption: str,
    frame: pd.DataFrame,
    columns: Sequence[Column],
    lang: Lang,
    **more: Any,
) -> Block:
    """The columns of a frame as a table; numbers sort as numbers."""
    present = [
        column for column in columns if column.name in frame and frame[column.name].notna().any()
    ]
    cells = [frame[column.name].to_numpy(dtype=object) for column in present]
    texts = [
        [shown(cell, column, lang) for cell in column_cells]
        for column, column_cells in zip(present, cells, strict=True)
    ]
    keys = [
        [plain(cell) for cell in column_cells] if column.form in _NUMERIC or column.form == "day"
        else column_texts
        for column, column_cells, column_texts in zip(present, cells, texts, strict=True)
    ]  # fmt: skip
    return table(
        caption,
        [column.header(lang) for column in present],
        list(zip(*texts, strict=True)) if len(frame) else [],
        numeric=[column.form in _NUMERIC for column in present],
        keys=keys,
        **more,
    )


def sources(
    runs: Sequence[Run], issues: Sequence[Issue], licences: Sequence[Licence],
    facts: Mapping[str, str], lang: Lang,
) -> list[Block]:  # fmt: skip
    """What the page rests on: runs with their sources, what is doubtful, whose scripts it has."""
    blocks: list[Block] = []
    if facts:
        blocks.append(lines(list(facts.items())))
    for run in runs:
        blocks.append(heading(word("report.title", _room(run.command), lang, default=run.command)))
        blocks.append(lines(run_lines(Result(subject="overlaps", run=run, summary={}), lang)))
    doubts = [row for row in issue_rows(issues, lang) if row["level"] != "info"]
    if doubts:
        blocks.append(heading(text("report.issues", lang)))
        blocks.append(
            table(
                text("report.issues", lang),
                [text(f"report.{name}", lang) for name in ("level", "message", "remedy")],
                [
                    [word("report.level", row["level"], lang),
                     [row["message"] or row["code"], _place(row, lang)], row["remedy"]]
                    for row in doubts
                ],
            )
        )  # fmt: skip
    blocks += [
        heading(text("page.display", lang)),
        remark(text("page.display_note", lang)),
    ]
    if licences:
        blocks.append(heading(text("page.licences", lang)))
        blocks.append(
            {
                "type": "licences",
                "licences": [
                    {"name": f"{each.package} {each.version} ({each.licence})", "text": each.text}
                    for each in licences
                ],
            }
        )
    return blocks


def word(prefix: str, value: object, lang: Lang, *, default: str | None = None) -> str:
    """The catalogue's words for a coded value, with a capital; the value where there are none."""
    key = f"{prefix}_{value}"
    if has_text(key):
        return capital(text(key, lang))
    return str(value) if default is None else default


def category(value: str, lang: Lang) -> str:
    """A plan category in words, with a capital."""
    return capital(category_word(value, lang))


def capital(words: str) -> str:
    """``words`` beginning with a capital, the rest as it is."""
    return words[:1].upper() + words[1:]


def zones_of(codes: Sequence[str], longitudes: Sequence[float], lang: Lang) -> list[dict[str, Any]]:
    """The VN-2000 zones of the data for the readout under the cursor.

    Data in lon/lat get the zone nearest to them; a CRS outside Vietnam has none.
    """
    found = {}
    for code, longitude in zip(codes, longitudes, strict=True):
        zone = nearest_zone(longitude) if code == "EPSG:4326" else zone_of(code)
        if zone is not None and math.isfinite(longitude):
            found[zone.epsg] = {
                "epsg": zone.epsg,
                "meridian": zone.central_meridian_deg,
                "words": text("page.zone", lang, meridian=zone.meridian_text, code=zone.code),
                "proj4": f"+proj=tmerc +lat_0=0 +lon_0={zone.central_meridian_deg} "
                f"+k={zone.scale} +x_0=500000 +y_0=0 +ellps=WGS84 +towgs84={_TOWGS84} "
                "+units=m +no_defs",
            }
    return [found[epsg] for epsg in sorted(found)]


def _room(command: str) -> str:
    return command.split(maxsplit=1)[0] if command else ""


def _place(row: Mapping[str, Any], lang: Lang) -> str:
    parts = [row["layer"] or "", row["id"] or ""]
    if row["row"] is not None:
        parts.append(f"{text('report.row_label', lang)} {row['row']}")
    return ", ".join(part for part in parts if part)
