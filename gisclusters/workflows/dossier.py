"""The dossier of one stored cluster: measured, drawn and written in one form or several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd

from gisclusters.publish.dossier import Ground
from gisclusters.publish.dossier_page import render_dossier
from gisclusters.publish.drafts import check_place, draft_of
from gisclusters.publish.result import Result
from gisclusters.store import Store
from gisclusters.words import Lang
from gisclusters.workflows.measure_efficiency import BUILT_CLASSES, measure_efficiency

FORMS = (".html", ".pdf", ".docx", ".xlsx")


def measure_for_dossier(
    store: Store,
    cluster_id: str,
    *,
    as_of: date,
    landcover: Path | None = None,
    built_classes: Sequence[int] = BUILT_CLASSES,
    rules: str = "vn_efficiency",
) -> tuple[Result, Ground]:
    """The efficiency run of one cluster, and the ground its map shows, in its own CRS.

    The run is that of ``efficiency --cluster``: the same question has the same run id.
    Raises as ``measure_efficiency`` does.
    """
    result = measure_efficiency(
        store, ids=[cluster_id], as_of=as_of, landcover=landcover, built_classes=built_classes,
        rules=rules,
    )  # fmt: skip
    [subject] = store.load("clusters", ids=[cluster_id])
    outline = subject.shapes[subject.frame["cluster_id"] == cluster_id]
    [row] = [row for frame in result.findings for row in frame.to_dict("records")]
    measured = {str(parcel["parcel_id"]) for parcel in row["parcels"]}
    held = [
        layer.where(layer.in_force(as_of)).to_crs(str(subject.crs)).shapes[
            ["parcel_id", "geometry"]
        ]
        for layer in store.load("parcels")
        if len(layer)
    ]  # fmt: skip
    parcels = gpd.GeoDataFrame(
        pd.concat(held, ignore_index=True) if held else {"parcel_id": [], "geometry": []},
        geometry="geometry", crs=subject.crs,
    )  # fmt: skip
    return result, Ground(outline, parcels[parcels["parcel_id"].isin(measured)])


def check_dossier_out(path: Path, *, force: bool) -> None:
    """Refuse a place or a form before any work.  Raises UsageError."""
    check_place(path, FORMS, force=force)


def write_dossier(
    result: Result,
    ground: Ground,
    path: Path,
    lang: Lang,
    *,
    force: bool,
    print_pdf: Callable[[str, Path], None],
) -> None:
    """Write the dossier to ``path``; its ending chooses the form, ``print_pdf`` makes the PDF.

    Raises UsageError as ``check_dossier_out`` does, UnavailableError where the system refuses.
    """
    if path.parent.is_dir():
        check_dossier_out(path, force=force)
    suffix = path.suffix.casefold()
    with draft_of(path) as draft:
        if suffix == ".docx":
            from gisclusters.publish.dossier_word import (  # noqa: PLC0415 - slow to import
                write_dossier_docx,
            )

            write_dossier_docx(result, ground, draft, lang)
        elif suffix == ".xlsx":
            from gisclusters.publish.dossier_workbook import (  # noqa: PLC0415 - as above
                write_dossier_xlsx,
            )

            write_dossier_xlsx(result, ground, draft, lang)
        elif suffix == ".html":
            draft.write_text(render_dossier(result, ground, lang), encoding="utf-8")
        else:
            print_pdf(render_dossier(result, ground, lang), draft)
