"""Where a layer comes from: enough to find the same bytes again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One input of a run.

    ``role`` is the kind of layer it served as; ``sha256`` is of the file's bytes (of the
    content for data that never was a file); ``crs_as_received`` names the CRS the numbers
    were in before anything moved them, ``datum_operation`` the one that moved them.
    """

    role: str
    name: str
    sha256: str
    crs_as_received: str | None
    rows: int
    layer: str | None = None
    datum_operation: str | None = None
    decision: str | None = None
    decided_on: date | None = None
