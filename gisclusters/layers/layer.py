"""A layer: a frame that has passed its checks, with its CRS and its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue
from gisclusters.domain.source import Source
from gisclusters.geometry.crs import transform_frame, transform_geometries
from gisclusters.layers.kinds import Kind, kind_named

DEFAULT_ACCURACY_M = 0.30
"""Position standard error of a vertex where nothing else is known (interfaces, §0)."""

MAP_ACCURACY_MM = 0.2
"""Drawing accuracy of a plan map, millimetres on paper: accuracy_m = 0.2 mm × scale."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan speaks about; silence outside is ``not_checked``, never ``clear``.

    ``all``: complete for the country.  ``area``: the polygon ``area``, in the CRS of the
    layer.  ``zones``: its own zones only.
    """

    kind: Literal["all", "area", "zones"]
    area: shapely.Geometry | None = None


ZONES_ONLY = Ground("zones")
WHOLE_COUNTRY = Ground("all")

CLUSTERS_PLAN = "clusters"
"""The plan id of the list of clusters of the store; no other plan may bear it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedRepair:
    """A shape that was mended because a person accepted it, and what it was before.

    ``row`` counts as the user counts, ``reason`` is a fault of ``geometry/validity.py`` or
    ``spike``, ``place`` (east north) and ``original`` (WKB) are in ``crs``, as received.
    """

    id: str | None
    row: int
    reason: str
    place: str
    crs: str
    original: bytes
    area_before_m2: float
    area_after_m2: float
    hausdorff_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Rows of one kind that passed every check; complete when it is made.

    ``frame`` has every field of its kind, typed (text, float64, Int64, datetime64[s],
    boolean), the columns that came besides, ``source_row`` (as the user counts) and, where
    the kind has shapes, ``geometry``, ``accuracy_m`` (filled) and ``accuracy_source``
    (``row sidecar option map_scale assumed``; in surveys both stay empty where nothing is
    known).  ``crs`` is ``EPSG:n``, None for a table.  ``grounds`` (plans) is by ``plan_id``.
    ``repairs`` are those accepted when the rows were read.
    ``received_text`` holds the bytes of every cell that was decoded from an older code page
    (``source_row``, ``field``, ``raw``), None where none was.
    """

    kind_name: str
    frame: gpd.GeoDataFrame | pd.DataFrame
    crs: str | None
    source: Source
    issues: tuple[Issue, ...] = ()
    grounds: Mapping[str, Ground] = field(default_factory=lambda: MappingProxyType({}))
    repairs: tuple[AcceptedRepair, ...] = ()
    received_text: pd.DataFrame | None = None

    @property
    def kind(self) -> Kind:
        """The kind the rows are of."""
        return kind_named(self.kind_name)

    @property
    def name(self) -> str:
        """The layer as the user knows it: file and, where it has several, its layer."""
        if self.source.layer is None:
            return self.source.name
        return f"{self.source.name}:{self.source.layer}"

    @property
    def shapes(self) -> gpd.GeoDataFrame:
        """The frame of a kind that has shapes.  Raises TypeError for a table."""
        if not isinstance(self.frame, gpd.GeoDataFrame):
            raise TypeError(f"{self.kind_name} is a table without shapes")
        return self.frame

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.frame)

    def ground_of(self, plan_id: str) -> Ground:
        """The ground of one plan of this layer (its own zones where none was given)."""
        return self.grounds.get(plan_id, ZONES_ONLY)

    def to_crs(self, target: str) -> Layer:
        """The layer brought to ``target`` (``EPSG:n``), grounds with it; a table stays.

        VN-2000 ↔ WGS 84 goes through the one pinned datum operation; between VN-2000 zones
        the change is exact.
        """
        if self.crs is None or self.crs == target:
            return self
        moved = transform_frame(self.shapes, target)
        grounds = {
            plan: replace(ground, area=self._moved(ground.area, target))
            for plan, ground in self.grounds.items()
        }
        return replace(self, frame=moved, crs=target, grounds=MappingProxyType(grounds))

    def in_force(self, as_of: date) -> NDArray[np.bool_]:
        """Which rows hold on a day: both ends are in, an empty end is open.

        A place holds by ``valid_from`` and ``valid_to``, other kinds by ``in_force_from`` and
        ``in_force_to``; of a plan the status must be ``in_force`` too, or not said.
        """
        start, end = (
            ("valid_from", "valid_to") if self.kind_name == "places"
            else ("in_force_from", "in_force_to")
        )  # fmt: skip
        day = pd.Timestamp(as_of)
        out = (self.frame[start] > day) | (self.frame[end] < day)
        if self.kind_name == "plans":
            out |= self.frame["status"].notna() & (self.frame["status"] != "in_force")
        holds: NDArray[np.bool_] = ~out.to_numpy(dtype=bool)
        return holds

    def where(self, mask: object) -> Layer:
        """The layer with the rows of a boolean mask only."""
        return replace(self, frame=self.frame[mask])

    def _moved(self, area: shapely.Geometry | None, target: str) -> shapely.Geometry | None:
        if area is None or self.crs is None:
            return None
        moved: shapely.Geometry = transform_geometries([area], self.crs, target)[0]
        return moved
