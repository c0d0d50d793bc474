"""What a store holds, and what a file holds, without changing either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd

from gisclusters._version import __version__
from gisclusters.domain.issue import Issue
from gisclusters.domain.run import make_run
from gisclusters.errors import InputRefusedError
from gisclusters.publish.result import Result
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.sandbox import inspect_file
from gisclusters.store import Store
from gisclusters.workflows.ingest import known_of


def list_layers(store: Store) -> Result:
    """Kinds, counts, CRS and last change of everything stored, campaigns among it."""
    rows = [asdict(entry) for entry in store.contents()]
    kept = store.campaigns()
    if kept:
        rows.append({"kind": "campaigns", "table": "campaigns", "count": len(kept), "closed": 0,
                     "crs": None, "last_change": kept[-1].recorded_at, "bbox": None})  # fmt: skip
    run = make_run(
        version=__version__, command="layers", options={"rows": rows}, as_of=None, rules=None,
        crs=None, datum_operation=None, sources=[],
    )  # fmt: skip
    return Result(
        subject="layers",
        run=run,
        summary={"layers": len(rows)},
        findings=[pd.DataFrame(rows)],
    )


def inspect_files(
    paths: Sequence[Path], options: ReadOptions, store: Store | None = None
) -> Result:
    """What is in each file, held against what the store knows where there is one.

    Raises InputRefusedError only where no file could be opened.
    """
    if store is not None:
        options = replace(options, known=known_of(store))
    rows = []
    found: list[Issue] = []
    refused: list[Issue] = []
    for path in paths:
        try:
            for row in inspect_file(path, options):
                found += row.issues
                rows.append(asdict(replace(row, issues=())))
        except InputRefusedError as refusal:
            refused += refusal.issues
    if refused and not rows:
        raise InputRefusedError(refused)
    run = make_run(
        version=__version__, command="inspect", options={"files": [p.name for p in paths]},
        as_of=None, rules=None, crs=None, datum_operation=None, sources=[],
    )  # fmt: skip
    return Result(
        subject="inspect",
        run=run,
        summary={"files": len(paths), "layers": len(rows)},
        findings=[pd.DataFrame(rows).drop(columns="issues")],
        issues=(*refused, *found),
    )
