"""What is odd in the outlines of a layer and between neighbours, as issues.

Outlines of any kind with areas are looked at one by one; parcels and lots, which should fill
the ground without sharing it, as a coverage besides.  Nothing of it refuses a layer: real
cadastres overlap, and the person is told.  Widths and areas are in metres, places in the
coordinates of the file.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.domain.telling import told
from gisclusters.geometry.coverage import CoverageFinding, check_coverage
from gisclusters.geometry.outlines import (
    Vertices,
    find_specks,
    find_spikes,
    propose_without_spikes,
    repeated_vertices,
    twins,
    vertices_of,
)
from gisclusters.geometry.plane import Plane
from gisclusters.geometry.validity import Repair
from gisclusters.layers.kinds import Kind
from gisclusters.layers.tiles import Box, Tiles

COVERAGES = frozenset({"parcels", "lots"})
"""Kinds whose rows should fill the ground side by side."""

GAP_MARGIN_M = 250.0
"""How far beyond a tile its neighbours are looked at: a gap within that is seen whole."""

_CODES = {
    ("overlap", "real"): "neighbours_overlap",
    ("overlap", "undecided"): "neighbours_overlap_undecided",
    ("overlap", "within_accuracy"): "neighbours_overlap_accuracy",
    ("gap", "real"): "neighbours_gap",
    ("gap", "undecided"): "neighbours_gap_undecided",
    ("gap", "within_accuracy"): "neighbours_gap_accuracy",
    ("open_ground", "real"): "ground_open",
    ("open_ground", "undecided"): "ground_open",
    ("open_ground", "within_accuracy"): "ground_open",
}
"""What is said of each finding, by what it is and by how sure it is."""

_COUNTED = {"neighbours_overlap_accuracy", "neighbours_gap_accuracy", "ground_open"}
"""Told once with their number and the widest of them; the others one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """The shapes as they go on, what was found, and the spikes taken off with their places."""

    shapes: NDArray[np.object_]
    issues: list[Issue]
    repairs: list[tuple[Repair, str]]


def examine(
    frame: gpd.GeoDataFrame,
    kind: Kind,
    *,
    layer: str,
    plane: Plane,
    proposed: Mapping[int, Any],
    unusable: NDArray[np.bool_],
    accept_repairs: bool,
    between: bool = True,
) -> Examined:
    """Look at every outline and, in a kind of ``COVERAGES``, at every pair of neighbours.

    Without ``between`` no outline is held against another.
    ``frame`` has ``accuracy_m`` filled.  ``proposed`` are repairs of invalid shapes that
    nobody accepted, by position: they stand in for them among their neighbours only.
    ``unusable`` rows have no shape to look at; gaps are not told then, for one of them may
    fill the gap.  Spikes are taken off where ``accept_repairs``.
    """
    shapes = np.array(frame.geometry.array, dtype=object)
    sound = _only(shapes, ~unusable)
    sound[list(proposed)] = None
    look = _Look(frame, kind, layer, plane, plane.measured(sound))
    issues = [*look.repeats(sound)]
    repairs: list[tuple[Repair, str]] = []
    if plane.metric is None or kind.shape == "point":
        return Examined(shapes=shapes, issues=issues, repairs=repairs)
    issues += look.spikes(shapes, repairs, accept_repairs=accept_repairs)
    issues += look.specks()
    if not between:
        return Examined(shapes=shapes, issues=issues, repairs=repairs)
    same = twins(look.measured)
    issues += look.twins(same)
    if kind.name in COVERAGES:
        standing = look.measured
        standing[list(proposed)] = plane.measured(np.array([*proposed.values()], dtype=object))
        standing[[later for _, later in same]] = None
        issues += look.neighbours(standing, gaps=not unusable.any())
    return Examined(shapes=shapes, issues=issues, repairs=repairs)


def examine_tiles(tiles: Tiles, kind: Kind, *, layer: str) -> list[Issue]:
    """What ``examine`` finds between outlines, of a layer that does not fit into memory.

    The shapes of ``tiles`` are valid polygons in metres.  Nothing is told twice: what two
    outlines share belongs to the tile where its south-west corner lies.  A gap that is longer than
    ``GAP_MARGIN_M`` may not be seen, which is said (``gaps_by_tiles``).
    """
    issues: list[Issue] = []
    margin_m = GAP_MARGIN_M if kind.name in COVERAGES else 0.0
    for box, frame in tiles.tiles(margin_m=margin_m):
        shapes = np.array(frame.geometry.array, dtype=object)
        plane = Plane(str(frame.crs.to_string()), str(frame.crs.to_string()))
        look = _Look(frame, kind, layer, plane, shapes)
        same = twins(shapes)
        issues += look.twins([pair for pair in same if _holds(box, *_corner(shapes[pair[1]]))])
        if kind.name in COVERAGES:
            shapes[[later for _, later in same]] = None
            issues += look.neighbours(shapes, tile=box, margin_m=margin_m)
        issues = _trimmed(issues, layer)
    if kind.name in COVERAGES:
        issues.append(info("gaps_by_tiles", layer=layer, length_m=GAP_MARGIN_M))
    return issues


def _trimmed(issues: list[Issue], layer: str) -> list[Issue]:
    """The issues of the tiles so far: those told once with their sums, the others widest first."""
    sums: dict[str, Issue] = {}
    others = []
    for issue in issues:
        if issue.code not in _COUNTED:
            others.append(issue)
            continue
        before = sums.setdefault(issue.code, issue)
        if before is not issue:
            widest = min(before, issue, key=lambda each: _order(each.params))
            total = {name: before.params[name] + issue.params[name]  # type: ignore[operator]
                     for name in ("count", "total_m2")}  # fmt: skip
            sums[issue.code] = replace(widest, params=MappingProxyType({**widest.params, **total}))
    others.sort(key=lambda each: -float(str(each.params.get("width_m", 0.0))))
    return told([*others, *sums.values()], layer=layer)


def _order(said: Mapping[str, Any]) -> tuple[float, float, str]:
    """The widest first, then the largest: the same in whatever order findings come."""
    return -round(said["width_m"], 6), -round(said["area_m2"], 6), str(said["place"])


def _holds(box: Box, x: float, y: float) -> bool:
    west, south, east, north = box
    return west <= x < east and south <= y < north


def _widened(box: Box, margin_m: float) -> Box:
    west, south, east, north = box
    return west - margin_m, south - margin_m, east + margin_m, north + margin_m


def _corner(shape: Any) -> tuple[float, float]:
    west, south, _, _ = shapely.bounds(shape).tolist()
    return west, south


class _Look:
    """The rows of one layer, with their shapes in metres (None where there is nothing sound)."""

    def __init__(
        self,
        frame: gpd.GeoDataFrame,
        kind: Kind,
        layer: str,
        plane: Plane,
        measured: NDArray[np.object_],
    ) -> None:
        self.frame = frame
        self.layer = layer
        self.plane = plane
        self.rows = frame["source_row"].to_numpy()
        self.ids = frame[kind.id_field].to_numpy(dtype=object)
        self.accuracy_m = frame["accuracy_m"].to_numpy(dtype=float)
        # Degrees beyond the reach of a projection come out infinite.
        self.measured = _only(measured, np.isfinite(shapely.bounds(measured)).all(axis=1))
        self.vertices: Vertices | None = None
        period = "valid" if kind.name == "places" else "in_force"
        self.from_day = _days(frame, f"{period}_from", missing=np.iinfo(np.int64).min)
        self.to_day = _days(frame, f"{period}_to", missing=np.iinfo(np.int64).max)

    def at(self, position: int) -> dict[str, Any]:
        """Where an issue stands."""
        return {
            "layer": self.layer, "row": int(self.rows[position]), "id": self.ids[position],
            "field": "geometry",
        }  # fmt: skip

    def repeats(self, sound: NDArray[np.object_]) -> Iterator[Issue]:
        vertices = vertices_of(sound)
        if all(map(operator.is_, sound, self.measured)):
            self.vertices = vertices
        found = repeated_vertices(sound, vertices)
        if found:
            first = found[0]
            yield info(
                "vertices_repeated",
                **self.at(first.position),
                count=sum(each.count for each in found),
                shapes=len(found),
                place=self.plane.written(first.x, first.y),
            )

    def spikes(
        self,
        shapes: NDArray[np.object_],
        repairs: list[tuple[Repair, str]],
        *,
        accept_repairs: bool,
    ) -> Iterator[Issue]:
        found = find_spikes(self.measured, self.accuracy_m, self.vertices)
        proposals = propose_without_spikes(shapes, found, measured=self.plane.measured)
        taken: dict[int, str] = {}
        for spike in found:
            repair = proposals.get(spike.position)
            place = self.plane.place(spike.x, spike.y)
            said: dict[str, Any] = self.at(spike.position) | {
                "place": place, "length_m": spike.length_m, "width_m": spike.width_m,
            }  # fmt: skip
            if repair is None:
                yield warning("spike_alone", **said)
                continue
            said |= {"area_before": repair.area_before, "area_after": repair.area_after,
                     "hausdorff": repair.hausdorff}  # fmt: skip
            if accept_repairs:
                taken.setdefault(spike.position, place)
                yield warning("spike_removed", **said)
            else:
                yield warning("spike", **said)
        for position, place in taken.items():
            repairs.append((proposals[position], place))
            shapes[position] = proposals[position].shape
            self.measured[position] = self.plane.measured(shapes[[position]])[0]

    def specks(self) -> Iterator[Issue]:
        for speck in find_specks(self.measured, self.accuracy_m):
            yield warning(
                "part_tiny",
                **self.at(speck.position),
                area_m2=speck.area_m2,
                width_m=speck.width_m,
                place=self.plane.place(speck.x, speck.y),
            )

    def twins(self, same: list[tuple[int, int]]) -> Iterator[Issue]:
        for first, later in same:
            if self._at_one_time(first, later):
                yield warning(
                    "outline_repeated",
                    **self.at(later),
                    other=self._name(first),
                    other_row=int(self.rows[first]),
                )

    def neighbours(
        self,
        standing: NDArray[np.object_],
        *,
        gaps: bool = True,
        tile: Box | None = None,
        margin_m: float = 0.0,
    ) -> Iterator[Issue]:
        """What neighbours share and leave open; of a ``tile`` what has its corner there."""
        there = np.flatnonzero(~shapely.is_missing(standing))
        counted: dict[str, list[CoverageFinding]] = {}
        known = None if tile is None else _widened(tile, margin_m)
        for found in check_coverage(
            standing[there], self.accuracy_m[there], gaps=gaps, known=known
        ):
            if tile is not None and not _holds(tile, *found.corner):
                continue
            second = None if found.second is None else int(there[found.second])
            each = replace(found, first=int(there[found.first]), second=second)
            if each.what == "overlap" and not self._at_one_time(each.first, second or 0):
                continue
            code = _CODES[each.what, each.certainty]
            if code in _COUNTED:
                counted.setdefault(code, []).append(each)
            else:
                yield warning(code, **self.at(each.first), **self._between(each))
        for code, many in counted.items():
            widest = min(many, key=lambda each: _order(self._between(each)))
            yield info(
                code,
                layer=self.layer,
                field="geometry",
                **self._between(widest),
                first=self._name(widest.first),
                count=len(many),
                total_m2=sum(each.area_m2 for each in many),
            )

    def _between(self, found: CoverageFinding) -> dict[str, Any]:
        return {
            "other": self._name(found.second),
            "other_row": "–" if found.second is None else int(self.rows[found.second]),
            "area_m2": found.area_m2, "width_m": found.width_m, "tolerance_m": found.tolerance_m,
            "place": self.plane.place(found.x, found.y),
        }  # fmt: skip

    def _name(self, position: int | None) -> str:
        name = None if position is None else self.ids[position]
        return "–" if name is None else str(name)

    def _at_one_time(self, one: int, two: int) -> bool:
        """Whether both rows hold on some day; an empty end is open, both ends are in."""
        return bool(
            self.from_day[one] <= self.to_day[two] and self.from_day[two] <= self.to_day[one]
        )


def _only(shapes: NDArray[np.object_], mask: Any) -> NDArray[np.object_]:
    """The shapes of a mask; None elsewhere."""
    out = shapes.copy()
    out[~mask] = None
    return out


def _days(frame: gpd.GeoDataFrame, name: str, *, missing: int) -> NDArray[np.int64]:
    if name not in frame:
        return np.full(len(frame), missing)
    days = frame[name]
    seconds = days.to_numpy().astype("datetime64[s]").astype(np.int64)
    return np.where(days.isna().to_numpy(), missing, seconds)
