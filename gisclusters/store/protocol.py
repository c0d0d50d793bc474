"""What a store promises; every store passes the same tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from gisclusters.domain.issue import Issue
from gisclusters.layers.layer import Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSummary:
    """What one import did."""

    import_id: str
    kind: str
    rows: int
    inserted: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLayer:
    """One table of a store: rows in force and rows closed."""

    kind: str
    table: str
    count: int
    closed: int
    crs: str | None
    last_change: str


class Store(Protocol):
    """Layers, kept with their provenance; nothing stored is ever lost."""

    def save(
        self,
        layer: Layer,
        *,
        recorded_at: datetime,
        reason: str | None = None,
        dry_run: bool = False,
    ) -> IngestSummary:
        """Store a layer in one transaction, whole or not at all.

        Equal rows are unchanged.  A row in force under the same key with other content is
        refused (InputRefusedError, ``id_exists``) unless ``reason`` is given; then the old
        row is closed and kept.  Raises UnavailableError where the store is locked.
        """
        ...

    def load(
        self,
        kind: str,
        *,
        ids: Sequence[str] | None = None,
        cluster_ids: Sequence[str] | None = None,
    ) -> list[Layer]:
        """The rows in force, one layer per zone (one for a table), grounds with plans."""
        ...

    def contents(self) -> list[StoredLayer]:
        """What is stored."""
        ...

    def check(self) -> list[Issue]:
        """Faults of the store itself; none is an empty list."""
        ...

    def close(self) -> None:
        """Let the store go."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
