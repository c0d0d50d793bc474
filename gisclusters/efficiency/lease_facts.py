"""What is on record of one parcel's lease, and the facts that a status rests on.

An event dated after the day asked for has not happened yet on that day.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

EVENTS = (
    "approved_on", "handed_over_on", "started_on", "finished_on", "producing_on",
    "use_stopped_on", "extension_decided_on", "transfer_approved_on",
)  # fmt: skip
"""What happens on a day, unlike what is planned or agreed for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseFacts:
    """What is on record of one parcel's lease."""

    lessee: str | None = None
    occupant: str | None = None
    approved_on: date | None = None
    lease_from: date | None = None
    lease_to: date | None = None
    handed_over_on: date | None = None
    planned_start_on: date | None = None
    planned_finish_on: date | None = None
    started_on: date | None = None
    finished_on: date | None = None
    producing_on: date | None = None
    use_stopped_on: date | None = None
    extension_decided_on: date | None = None
    extension_until: date | None = None
    force_majeure: str | None = None
    transfer_approved_on: date | None = None

    def as_known_on(self, day: date) -> LeaseFacts:
        """The same record without the events that had not happened by ``day``."""
        future: dict[str, Any] = {}
        for name in EVENTS:
            happened = getattr(self, name)
            if happened is not None and happened > day:
                future[name] = None
        if "extension_decided_on" in future:
            future["extension_until"] = None
        return dataclasses.replace(self, **future) if future else self

    @property
    def begun(self) -> bool:
        """Whether works have begun, by what is on record."""
        return any((self.started_on, self.finished_on, self.producing_on))

    @property
    def finished(self) -> bool:
        """Whether works are finished, by what is on record."""
        return any((self.finished_on, self.producing_on))

    @property
    def stopped(self) -> bool:
        """Whether use has stopped and not been taken up again."""
        return self.use_stopped_on is not None and not any(
            again is not None and again > self.use_stopped_on
            for again in (self.started_on, self.producing_on)
        )

    @property
    def producing(self) -> bool:
        """Whether it produces: production began and did not stop since."""
        return self.producing_on is not None and (
            self.use_stopped_on is None or self.producing_on > self.use_stopped_on
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact a status rests on: ``efficiency.evidence_<code>`` filled with ``params``."""

    code: str
    params: Mapping[str, object] = dataclasses.field(default_factory=lambda: MappingProxyType({}))
