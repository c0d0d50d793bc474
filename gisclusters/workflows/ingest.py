"""Take a file into the store: read, check, bring to its zone, save whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gisclusters._version import __version__
from gisclusters.domain.issue import Issue, error, info, warning
from gisclusters.domain.run import make_run
from gisclusters.domain.telling import together
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import datum_operation
from gisclusters.geometry.detective import Candidate, concluded
from gisclusters.layers.kinds import kind_named
from gisclusters.layers.known import Known, Weighing
from gisclusters.layers.layer import Layer
from gisclusters.layers.tiles import Tiles
from gisclusters.layers.topology import examine_tiles
from gisclusters.publish.result import Result
from gisclusters.readers import Parts
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.sandbox import read_parts
from gisclusters.scratch import scratch_folder
from gisclusters.workflows.working_crs import to_working_crs

if TYPE_CHECKING:
    from gisclusters.store import Store

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
    with read_parts(kind, path, options) as parts:
        taken = _Taken(kind, parts, known, options.province, said, mending=reason == "datum")
        with scratch_folder() as folder:
            summary = store.save_parts(
                taken.layers(folder), recorded_at=recorded_at, reason=reason, dry_run=dry_run
            )
    source = replace(taken.last.source, rows=summary.rows)
    run = make_run(
        version=__version__,
        command=f"ingest {kind}",
        options={"reason": reason, "dry_run": dry_run},
        as_of=None,
        rules=None,
        crs=taken.last.crs,
        datum_operation=datum_operation(taken.last.crs, source.crs_as_received),
        sources=[source],
    )
    row = asdict(summary)
    return Result(
        subject="ingest",
        run=run,
        summary=row | {"dry_run": dry_run},
        findings=[pd.DataFrame([row])],
        issues=tuple(taken.issues),
    )


class _Taken:
    """The parts of a file on their way to the store, and what was said of them."""

    last: Layer

    def __init__(
        self, kind: str, parts: Parts, known: Known, province: str | None,
        said: Callable[..., None], *, mending: bool = False,
    ) -> None:  # fmt: skip
        """``mending``: the rows take the place of stored ones that are in a wrong datum."""
        self.kind = kind_named(kind)
        self.issues: list[Issue] = []
        self._parts, self._known, self._province, self._said = parts, known, province, said
        self._mending = mending
        self._weighing = None
        if kind not in {"plans", "places"}:  # those say themselves where they lie
            self._weighing = Weighing(kind, known, province=province)

    def layers(self, folder: Path) -> Iterator[Layer]:
        """Each part in its zone, and all of them held against what is known.

        Parts of several are weighed, and held against each other, at the end: what that finds
        comes with a last part without rows.  Every part is looked at, whatever is wrong with
        one.
        """
        several = self._parts.count is not None
        tiles = Tiles(folder) if several and self.kind.shape == "polygon" else None
        refused: list[Issue] = []
        try:
            count = 0
            for part in self._parts.layers:
                try:
                    layer = self._placed(part)
                except InputRefusedError as refusal:
                    refused = together([*refused, *refusal.issues], layer=part.name)
                    continue
                count += len(layer)
                self._said("storing", count=count, total=self._parts.count)
                if tiles is not None:
                    tiles.add(layer)
                if not several:
                    layer = replace(layer, issues=(*layer.issues, *self._weighed(layer)))
                yield self._kept(layer)
            if several or refused:
                yield self._kept(self._closing(tiles, refused))
        except InputRefusedError as refusal:
            if tiles is None:
                raise
            note = info("neighbours_untold", layer=refusal.issues[0].layer)
            raise InputRefusedError([*refusal.issues, note]) from refusal
        finally:
            if tiles is not None:
                tiles.close()

    def _placed(self, part: Layer) -> Layer:
        layer = to_working_crs(part, province=self._province, known=self._known.ground,
                               bounds=self._parts.bounds)  # fmt: skip
        if self._weighing is not None and layer.crs is not None:
            self._weighing.add(layer.frame)
        return layer

    def _weighed(self, layer: Layer) -> list[Issue]:
        """What is known against where all rows lie, ``layer`` being the last of them."""
        if self._weighing is None or layer.crs is None:
            return []
        issues = doubts_of(self._weighing.candidates(layer.crs), layer, mending=self._mending)
        if self._mending and issues:  # what is stored may be wrong, the places named are not
            doubts_of(self._weighing.candidates(layer.crs, places_only=True), layer)
        return issues

    def _closing(self, tiles: Tiles | None, refused: list[Issue]) -> Layer:
        """A part without rows, with what is said of all parts together.

        Raises InputRefusedError where parts were ``refused``.
        """
        if refused:
            raise InputRefusedError(refused)
        issues = self._weighed(self.last)
        if tiles is not None:
            self._said("neighbours")
            issues += examine_tiles(tiles, self.kind, layer=self.last.name)
        nothing = self.last.where(np.zeros(len(self.last), dtype=bool))
        return replace(nothing, issues=tuple(issues), repairs=(), grounds={}, received_text=None)

    def _kept(self, layer: Layer) -> Layer:
        self.last = layer
        self.issues = together([*self.issues, *layer.issues], layer=layer.name)
        return layer


def known_of(store: Store) -> Known:
    """What the store knows of where new layers should lie."""
    return Known(
        places=store.load("places"), clusters=store.load("clusters"), markers=store.load("markers")
    )


def doubts_of(
    candidates: Sequence[Candidate], layer: Layer, *, mending: bool = False
) -> list[Issue]:
    """What the readings of the rows of a layer say against the one that it claims.

    A mistake that is proved is refused with the option that mends it
    (``reference_contradiction``); one that is likely is a warning.  So is one that is proved
    where rows in a wrong datum are mended (``reference_mended``): what is stored of the same
    cluster may be wrong as they were.  A system without a code has no option, its remedy is
    another (``…_uncoded``).
    """
    answer = concluded(candidates)
    if answer is None or answer.cause == "none":
        return []
    option = "--axes ne" if answer.axes == "swapped" else f"--crs {answer.crs}"
    said: dict[str, Any] = {
        "layer": layer.name, "value": layer.crs, "cause": answer.cause, "should_be": answer.crs,
        "distance": answer.distance_m, "evidence": answer.evidence, "option": option,
    }  # fmt: skip
    if mending:
        return [warning("reference_mended", **said)]
    coded = answer.axes == "swapped" or answer.crs.startswith("EPSG:")
    kind = "" if coded else "_uncoded"
    if answer.certainty == "certain":
        raise InputRefusedError([error(f"reference_contradiction{kind}", **said)])
    return [warning(f"reference_doubt{kind}", **said)]
