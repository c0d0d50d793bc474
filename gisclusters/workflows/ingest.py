"""Take a file into the store: read, check, bring to its zone, save whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from gisclusters._version import __version__
from gisclusters.domain.issue import error, warning
from gisclusters.domain.run import make_run
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import datum_operation
from gisclusters.geometry.detective import concluded
from gisclusters.layers.known import Known, weigh_rows
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
    known = known_of(store)
    if kind == "plans":  # their ground may name places
        options = replace(options, known=Known(places=known.places))
    layer = read_layer(kind, path, options)
    layer = to_working_crs(layer, province=options.province, known=known.ground)
    layer = held_against(layer, known, province=options.province)
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


def known_of(store: Store) -> Known:
    """What the store knows of where new layers should lie."""
    return Known(
        places=store.load("places"), clusters=store.load("clusters"), markers=store.load("markers")
    )


def held_against(layer: Layer, known: Known, *, province: str | None = None) -> Layer:
    """The layer, held against what is known of where it lies.

    A mistake that is proved is refused with the option that mends it
    (``reference_contradiction``); one that is likely is a warning.  Plans and places say
    themselves where they lie.
    """
    if layer.crs is None or layer.kind_name in {"plans", "places"}:
        return layer
    candidates = weigh_rows(layer.kind_name, layer.frame, layer.crs, known, province=province)
    answer = concluded(candidates)
    if answer is None or answer.cause == "none":
        return layer
    option = "--axes ne" if answer.axes == "swapped" else f"--crs {answer.crs}"
    if answer.certainty == "certain":
        raise InputRefusedError(
            [error("reference_contradiction", layer=layer.name, value=layer.crs,
                   cause=answer.cause, should_be=answer.crs, distance=answer.distance_m,
                   evidence=answer.evidence, option=option)]
        )  # fmt: skip
    note = warning("reference_doubt", layer=layer.name, value=layer.crs, cause=answer.cause,
                   should_be=answer.crs, distance=answer.distance_m, evidence=answer.evidence,
                   option=option)  # fmt: skip
    return replace(layer, issues=(*layer.issues, note))
