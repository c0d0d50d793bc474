"""What a person may say of a file that the file does not say itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from gisclusters.layers.known import NOTHING_KNOWN, Known

Axes = Literal["en", "ne"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """Options of one read; they go before the rows, the sidecar and the file itself.

    ``fallback_crs`` is taken, and said so, where nothing names a CRS (a survey is read in
    its design's).  ``role`` names the file among several (``survey``).  ``known`` is what the
    store holds: its places resolve ids in ``ground``, all of it is evidence of where the rows
    should lie.
    """

    crs: str | None = None
    axes: Axes | None = None
    province: str | None = None
    encoding: str | None = None
    layer: str | None = None
    accuracy_m: float | None = None
    accept_repairs: bool = False
    mapping: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    category: str | None = None
    ground: str | None = None
    decision: str | None = None
    decided_on: date | None = None
    fallback_crs: str | None = None
    role: str | None = None
    known: Known = NOTHING_KNOWN
