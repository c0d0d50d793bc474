"""What a check gives besides its findings where it is asked for: pieces and proposals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import geopandas as gpd

from gisclusters.domain.issue import Issue
from gisclusters.layers.layer import Layer
from gisclusters.overlaps.pieces import conflict_pieces
from gisclusters.overlaps.proposals import propose
from gisclusters.publish.document import rows_of
from gisclusters.rules.sizes import SizeRules, load_sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants besides the findings.

    ``proposals``: a boundary without its ``blocking`` conflicts, or without those that need
    ``approval`` too.  ``corner_spacing_m``: how close its new corners may stand.
    ``coordinates``: the pieces of each conflict with their corners.
    """

    proposals: Literal["blocking", "approval"] | None = None
    corner_spacing_m: float | None = None
    coordinates: bool = False

    @property
    def options(self) -> dict[str, object]:
        """What of it belongs to the question, and so to the id of the run."""
        if self.proposals is None:
            return {}
        return {"propose": self.proposals, "corner_spacing_m": self.corner_spacing_m}


NOTHING_MORE = Wish()


@dataclass(slots=True)
class Further:
    """The pieces and proposals of the subjects looked at so far, one frame a zone."""

    wish: Wish
    shapes: dict[str, list[gpd.GeoDataFrame]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    _sizes: SizeRules | None = None

    def look_at(self, subjects: Layer, findings: gpd.GeoDataFrame, as_of: date) -> None:
        """Take in the findings of one layer of subjects."""
        if self.wish.coordinates:
            self._keep("pieces", conflict_pieces(findings))
        if self.wish.proposals is not None:
            self._sizes = self._sizes or load_sizes()
            report = propose(
                subjects, findings, sizes=self._sizes, as_of=as_of,
                approvals=self.wish.proposals == "approval",
                corner_spacing_m=self.wish.corner_spacing_m,
            )  # fmt: skip
            self._keep("proposals", report.proposals)
            self.issues += report.issues

    def extra(self) -> dict[str, Any]:
        """The same as further keys of the document: plain rows, geometry in WGS 84 lon/lat."""
        return {
            name: [row for frame in frames for row in rows_of(frame)]
            for name, frames in self.shapes.items()
        }

    def _keep(self, name: str, frame: gpd.GeoDataFrame) -> None:
        self.shapes.setdefault(name, []).append(frame)
