"""What is known of one layer of a file before it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gisclusters.domain.issue import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectRow:
    """One layer of one file (interfaces §2, Inspect row); ``issues`` in words beside it."""

    file: str
    layer: str | None
    format: str
    rows: int
    geometry_type: str | None
    encoding: str
    encoding_score: float | None
    crs_found: str | None
    axes: str | None
    candidates: list[dict[str, Any]]
    declared_area_m2: float | None
    computed_area_m2: float | None
    problems: list[str]
    issues: tuple[Issue, ...] = ()
    rings_closed: bool | None = None
