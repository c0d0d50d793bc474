"""Take a file into the store: read, check, bring to its zone, save whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from gisclusters._version import __version__
from gisclusters.domain.run import make_run
from gisclusters.geometry.crs import datum_operation
from gisclusters.layers.layer import Layer
from gisclusters.publish.result import Result
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.sandbox import read_layer
from gisclusters.store import Store
from gisclusters.workflows.working_crs import to_working_crs

REASONS = ("legal", "resurvey", "redraw", "datum")


def ingest(
    store: Store,
    kind: str,
    path: Path,
    options: ReadOptions,
    *,
    recorded_at: datetime,
    reason: str | None = None,
    dry_run: bool = False,
    said: Callable[..., None] = lambda *_, **__: None,
) -> Result:
    """Validate a whole file, then store it in one transaction with its provenance.

    Raises InputRefusedError with every problem of the file, or ``id_exists`` where an id in
    force would change without a ``reason``; nothing is stored then.
    """
    said("reading", file=path.name)
    known = known_ground(store)
    if kind == "plans":
        options = replace(options, places=store.load("places"))
    layer = read_layer(kind, path, options)
    layer = to_working_crs(layer, province=options.province, known=known)
    said("storing", count=len(layer))
    summary = store.save(layer, recorded_at=recorded_at, reason=reason, dry_run=dry_run)
    run = make_run(
        version=__version__,
        command=f"ingest {kind}",
        options={"reason": reason, "dry_run": dry_run},
        as_of=None,
        rules=None,
        crs=layer.crs,
        datum_operation=datum_operation(layer.crs, layer.source.crs_as_received),
        sources=[layer.source],
    )
    row = asdict(summary)
    return Result(
        subject="ingest",
        run=run,
        summary=row | {"dry_run": dry_run},
        findings=[pd.DataFrame([row])],
        issues=layer.issues,
    )


def known_ground(store: Store) -> list[Layer]:
    """Places and clusters of the store, by which the zone of a layer in degrees is chosen."""
    return [*store.load("places"), *store.load("clusters")]
