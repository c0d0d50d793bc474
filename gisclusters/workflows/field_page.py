"""Write the field page of approved markers, from a file or from the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gisclusters.errors import UsageError
from gisclusters.publish.drafts import draft_of
from gisclusters.publish.field_page import REACH_M, FieldSheet
from gisclusters.publish.field_page import field_page as page_of
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.sandbox import read_layer
from gisclusters.store import Store
from gisclusters.words import Lang
from gisclusters.workflows.verify_markers import stored_markers
from gisclusters.workflows.working_crs import to_working_crs


def field_page(
    out: Path,
    *,
    design: Path | None,
    store: Store | None,
    cluster_ids: Sequence[str],
    design_options: ReadOptions,
    reach_m: float = REACH_M,
    lang: Lang = "vi",
) -> None:
    """The page of the markers of a file, or of the stored markers of clusters, as ``out``.

    Raises InputRefusedError, UsageError, UnavailableError.
    """
    if design is not None:
        approved = read_layer("markers", design, design_options)
        sheets = [FieldSheet(markers=to_working_crs(approved, province=design_options.province))]
    elif store is not None and cluster_ids:
        sheets = [_stored(store, cluster_id) for cluster_id in dict.fromkeys(cluster_ids)]
    else:
        raise UsageError("errors.design_or_cluster")
    page = page_of(sheets, lang=lang, reach_m=reach_m)
    with draft_of(out) as draft:
        draft.write_text(page, encoding="utf-8", newline="\n")


def _stored(store: Store, cluster_id: str) -> FieldSheet:
    markers = stored_markers(store, cluster_id)
    layers = [layer for layer in store.load("clusters", cluster_ids=[cluster_id]) if len(layer)]
    return FieldSheet(markers=markers, boundary=layers[0] if layers else None)
