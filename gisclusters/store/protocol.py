"""What a store promises, whichever database stands behind it.

A store holds layers of every kind with their provenance.  It takes a layer whole or not at
all, refuses to change a feature in silence, and keeps every row that was ever replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Literal, Protocol, Self, get_args

import pandas as pd

from gisclusters.domain.accepted import AcceptedOverlap
from gisclusters.domain.campaign import Campaign
from gisclusters.domain.issue import Issue
from gisclusters.layers.layer import AcceptedRepair, Layer

Reason = Literal["legal", "resurvey", "redraw", "datum"]
REASONS: tuple[str, ...] = get_args(Reason)
"""Why a stored feature changes: a decision, a new survey, a better drawing, a datum."""


RECEIVED_TEXT = ("import_id", "recorded_at", "id", "source_row", "field", "raw")


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSummary:
    """What one import did: ``rows`` came, of which so many were new, changed, or known."""

    import_id: str
    kind: str
    rows: int
    inserted: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLayer:
    """One table of the store: ``count`` rows in force, ``closed`` ones that were replaced.

    ``last_change`` is UTC, ISO; ``bbox`` is west, south, east, north in ``crs``.
    """

    kind: str
    table: str
    count: int
    closed: int
    crs: str | None
    last_change: str
    bbox: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRepair:
    """A repair that one import made; ``recorded_at`` is UTC, ISO."""

    import_id: str
    recorded_at: str
    repair: AcceptedRepair


class Store(Protocol):
    """Where layers live between commands."""

    def save(
        self,
        layer: Layer,
        *,
        recorded_at: datetime,
        reason: str | None = None,
        dry_run: bool = False,
    ) -> IngestSummary:
        """Store every row of ``layer`` with its provenance, in one transaction.

        A row whose key (``Kind.key``) is not in force yet is inserted; one with equal
        content (every field, every other column, the shape bit for bit) is ``unchanged``;
        one with other content is refused, unless ``reason`` (one of ``REASONS``) says why
        it changes: then the old row is closed and kept.  An id in force in another zone is
        the same id.  Observations (``surveys``) are the same when file, layer and row are.

        ``recorded_at`` carries its time zone.  ``dry_run`` does everything and keeps
        nothing.  Raises InputRefusedError with one issue for each row (``id_exists``,
        ``key_repeated``) or plan (``ground_exists``), UsageError (``reason_unknown``),
        UnavailableError.
        """
        ...

    def save_parts(
        self,
        parts: Iterable[Layer],
        *,
        recorded_at: datetime,
        reason: str | None = None,
        dry_run: bool = False,
    ) -> IngestSummary:
        """Store the parts of one file as ``save`` does, in one transaction and one import.

        Each part is asked for when the one before is in, so that a file larger than memory
        may come.  What is wrong with any part refuses them all, with the problems of all;
        so does an error that ``parts`` raises.  ValueError where there is no part.
        """
        ...

    def load(
        self,
        kind: str,
        *,
        ids: Sequence[str] | None = None,
        cluster_ids: Sequence[str] | None = None,
    ) -> list[Layer]:
        """The rows in force: one layer for each zone (table) that holds any, plans with grounds.

        ``ids`` keeps rows by the id of the kind, ``cluster_ids`` by their cluster (kinds
        with that field only; ValueError otherwise).  Coordinates are those received.  The
        warnings given when the rows were taken in come along as issues.
        """
        ...

    def repairs(self, kind: str, *, ids: Sequence[str] | None = None) -> list[StoredRepair]:
        """The repairs that were accepted when rows of ``kind`` were taken in, oldest first.

        Each with its import, both areas, the Hausdorff distance, and the shape as received.
        """
        ...

    def received_text(self, kind: str, *, ids: Sequence[str] | None = None) -> pd.DataFrame:
        """The cells of ``kind`` whose text was decoded from an older code page, oldest first.

        Columns ``RECEIVED_TEXT``: the import, its time (UTC, ISO), the row in the file, our
        name of the field, and ``raw``, the bytes that stood there.
        """
        ...

    def exceptions(self) -> list[AcceptedOverlap]:
        """Every accepted overlap ever recorded, oldest first; ended ones are among them."""
        ...

    def add_exception(self, accepted: AcceptedOverlap, *, recorded_at: datetime) -> AcceptedOverlap:
        """Write an accepted overlap down and give it its id (``EX-1``, ``EX-2`` …).

        Raises UsageError (``exception_exists``) where one for the same cluster, zone and rule holds
        on a day of its term; UnavailableError.
        """
        ...

    def end_exception(
        self,
        exception_id: str,
        *,
        ended_on: date,
        reason: str,
        document: str | None,
        person: str,
        recorded_at: datetime,
    ) -> AcceptedOverlap:
        """Let an exception hold no more from ``ended_on`` on; its row stays for good.

        Raises UsageError (``exception_unknown``, ``exception_ended_before``,
        ``exception_end_early``), UnavailableError.
        """
        ...

    def campaigns(self, *, cluster_ids: Sequence[str] | None = None) -> list[Campaign]:
        """Every marker verification kept (of some clusters, or of all), oldest record first."""
        ...

    def add_campaign(self, campaign: Campaign, *, recorded_at: datetime) -> tuple[Campaign, bool]:
        """Keep a marker verification, in one transaction; the record, and whether it is new.

        Where the last one of the same survey file and layer says the same of the same design
        (``Campaign.same_as``), nothing is written and that one is given back.  Raises
        UnavailableError.
        """
        ...

    def contents(self) -> list[StoredLayer]:
        """Every table of features or records, in the order of the kinds."""
        ...

    def check(self) -> list[Issue]:
        """What is wrong with the store itself; empty where nothing is."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
