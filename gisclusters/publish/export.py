"""A result as a file: the extension chooses the form; no file is overwritten unasked.

Every form carries the run id and the same numbers.  A file is written beside its name and
moved into place when it is whole.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyogrio

from gisclusters.errors import UnavailableError
from gisclusters.publish.document import document, dumps, plain, rows_of
from gisclusters.publish.drafts import check_place, draft_of
from gisclusters.publish.geopackage_styles import TABLE as STYLES
from gisclusters.publish.geopackage_styles import style_table
from gisclusters.publish.minutes_page import render_minutes
from gisclusters.publish.report import render_report
from gisclusters.publish.result import Result
from gisclusters.words import Lang

_RISKY = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
FORMATS = (".json", ".geojson", ".gpkg", ".csv", ".xlsx", ".html", ".pdf", ".docx")
_FURTHER_FORMATS = {"efficiency": (".ics",)}
"""The forms that only results of one subject have."""


def check_out(path: Path, *, force: bool, subject: str | None = None) -> None:
    """Refuse an output before any work, as ``check_place`` does.

    ``subject`` is what the result will be of: deadlines also go into a calendar (``.ics``).
    """
    check_place(path, (*FORMATS, *_FURTHER_FORMATS.get(subject or "", ())), force=force)


def write_result(
    result: Result, path: Path, lang: Lang, *, force: bool, print_pdf: Callable[[str, Path], None]
) -> None:
    """Write ``result`` to ``path``; ``print_pdf`` turns HTML text into a PDF file.

    Raises UsageError as :func:`check_out` does, UnavailableError (``out_failed``) where its
    folder went away meanwhile or the system refuses.
    """
    if path.parent.is_dir():
        check_out(path, force=force, subject=result.subject)
    suffix = path.suffix.casefold()
    with draft_of(path) as draft:
        if suffix == ".json":
            draft.write_text(dumps(document(result, lang)), encoding="utf-8")
        elif suffix == ".geojson":
            draft.write_text(dumps(_features(result, lang)), encoding="utf-8")
        elif suffix == ".csv":
            draft.write_text(_csv(result), encoding="utf-8-sig", newline="")
        elif suffix in _OF_LIBRARIES:
            _OF_LIBRARIES[suffix](result, draft, lang)
        elif suffix == ".gpkg":
            try:
                _geopackage(result, draft, lang)
            except pyogrio.errors.DataSourceError as fault:  # GDAL gives no number of the system
                reason = str(fault)
                raise UnavailableError(
                    "errors.out_failed", path=str(path), reason=reason
                ) from fault
        elif suffix == ".html":
            draft.write_text(_page(result, lang), encoding="utf-8")
        else:
            print_pdf(_page(result, lang), draft)


def _page(result: Result, lang: Lang) -> str:
    """What people read of a result: minutes of an inspection of markers, a report of all else."""
    if result.subject == "markers":
        return render_minutes(result, lang)
    return render_report([result], lang)


def _paper(result: Result, path: Path, lang: Lang) -> None:
    if result.subject == "markers":
        from gisclusters.publish.minutes_word import write_minutes_docx  # noqa: PLC0415 - slow

        write_minutes_docx(result, path, lang)
    else:
        from gisclusters.publish.word_document import write_docx  # noqa: PLC0415 - as above

        write_docx([result], path, lang)


def _workbook(result: Result, path: Path, lang: Lang) -> None:
    if result.subject == "markers":
        from gisclusters.publish.minutes_workbook import write_minutes_xlsx  # noqa: PLC0415 - slow

        write_minutes_xlsx(result, path, lang)
    elif result.subject == "form":
        from gisclusters.publish.form_workbook import write_form_xlsx  # noqa: PLC0415 - slow

        write_form_xlsx(result, path, lang)
    else:
        from gisclusters.publish.workbook import write_workbook  # noqa: PLC0415 - as above

        write_workbook([result], path, lang)


def _calendar(result: Result, path: Path, lang: Lang) -> None:
    from gisclusters.publish.deadline_calendar import write_calendar  # noqa: PLC0415 - slow

    write_calendar(result, path, lang)


_OF_LIBRARIES: dict[str, Callable[[Result, Path, Lang], None]] = {
    ".xlsx": _workbook,
    ".docx": _paper,
    ".ics": _calendar,
}


def inert(value: object) -> object:
    """Text that a spreadsheet would take for a formula, made plain text; numbers stay."""
    if isinstance(value, str) and value.startswith(_RISKY):
        return "'" + value
    return value


def _features(result: Result, lang: Lang) -> dict[str, Any]:
    """The findings as features; further layers of the map are collections beside them."""
    whole = document(result, lang)
    beside = {
        name: _collection([row for frame in frames for row in rows_of(frame)])
        for name, frames in result.shapes.items()
    }
    # Findings of markers are a table: what stands where is among their shapes.
    main = beside.pop("positions", None) or _collection(whole["findings"])
    return main | {"run": whole["run"]} | beside


def _collection(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": row.get("geometry"),
                "properties": {name: cell for name, cell in row.items() if name != "geometry"},
            }
            for row in rows
        ],
    }


def _csv(result: Result) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    names: list[str] | None = None
    for frame in result.findings:
        table = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
        if names is None:
            names = [str(name) for name in table.columns]
            writer.writerow([*names, "run_id"])
        for cells in table.reindex(columns=names).to_numpy(dtype=object):
            writer.writerow([*(inert(_flat(cell)) for cell in cells), result.run.id])
    return out.getvalue()


def _flat(cell: object) -> object:
    value = plain(cell)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


def _geopackage(result: Result, path: Path, lang: Lang) -> None:
    path.unlink()  # GDAL wants to make the file itself
    layers = []
    for name, frames in {"findings": result.findings, **result.shapes}.items():
        for position, frame in enumerate(frames):
            if len(frame) or name == "findings":
                layers.append(name if position == 0 else f"{name}_{position + 1}")
                _layer(frame, result, path, layers[-1])
    if result.subject == "overlaps":
        styles = style_table(layers, lang, made_on=result.run.as_of)
        pyogrio.write_dataframe(styles, path, layer=STYLES, driver="GPKG", VERSION="1.3", FID="id")
    head = pd.DataFrame(
        {"run_id": [result.run.id], "document": [dumps(document(result, lang)["run"])]}
    )
    pyogrio.write_dataframe(head, path, layer="run", driver="GPKG", VERSION="1.3")


def _layer(frame: Any, result: Result, path: Path, layer: str) -> None:
    flat = frame.copy()
    for name in [str(column) for column in flat.columns if column != "geometry"]:
        if flat[name].dtype == object:
            cells = [_flat(cell) for cell in flat[name].to_numpy(dtype=object)]
            flat[name] = pd.Series(cells, index=flat.index, dtype=object)
    flat["run_id"] = result.run.id
    pyogrio.write_dataframe(flat, path, layer=layer, driver="GPKG", VERSION="1.3")
