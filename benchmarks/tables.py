"""What the peers took, as Markdown, and what is promised of it."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_MARK = "<!-- what follows was printed by the benchmark -->"
_HEAD = "| peer | seconds | × ours | peak MB | areas apart, m² |\n|---|---:|---:|---:|---:|\n"


@dataclass
class Row:
    """One peer at one plan and size; ``reason`` says why there are no numbers (or no more)."""

    name: str
    reason: str = ""
    seconds: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    keys: NDArray[np.int64] | None = None
    area_m2: NDArray[np.float64] | None = None
    difference: str = ""

    @property
    def pairs(self) -> int:
        """How many pairs it found."""
        return 0 if self.keys is None else len(self.keys)

    @property
    def ratio(self) -> float | None:
        """The median of how many times longer than ours it took in the same round."""
        return statistics.median(self.ratios) if self.ratios else None


@dataclass(frozen=True)
class Run:
    """All peers at one plan and size, ours first."""

    plan: str
    size: int
    pairs: int
    rows: list[Row]

    def row(self, name: str) -> Row | None:
        """The row of a peer that has numbers."""
        return next((row for row in self.rows if row.name == name and row.ratios), None)


def markdown(runs: list[Run]) -> str:
    """A table for each run."""
    return "\n".join(_table(run) for run in runs)


def _table(run: Run) -> str:
    lines = [f"### {run.size:,} parcels on {run.plan}: {run.pairs:,} pairs\n\n{_HEAD}"]
    for row in run.rows:
        if row.ratio is None:
            lines.append(f"| {row.name} | {row.reason} | | | |\n")
            continue
        once = " (one round)" if len(row.seconds) == 1 else ""
        lines.append(
            f"| {row.name} | {statistics.median(row.seconds):.3f}{once} | {row.ratio:.2f} |"
            f" {statistics.median(row.peak_mb):.0f} | {row.difference} |\n"
        )
    return "".join(lines)


@dataclass(frozen=True)
class Bound:
    """At this plan and size the peer takes at least so many times as long as we."""

    plan: str
    size: int
    peer: str
    times: float
    goal: float


_OVERLAY, _RECIPE = "geopandas.overlay", "STRtree + intersection"
_TIMES = (
    Bound("zones", 10_000, _OVERLAY, 2, 2.5),
    Bound("forests", 10_000, _OVERLAY, 25, 40),
    Bound("zones", 1_000, _RECIPE, 1, 1),
    Bound("forests", 1_000, _RECIPE, 1, 1),
)
_MEMORY = 1.5
"""Our peak is at most so many times that of geopandas.overlay."""


def bounds(runs: list[Run]) -> str:
    """What is promised, what this run measured, and whether it holds."""
    lines = ["| promised | measured | |\n|---|---:|---|\n"]
    by_place = {(run.plan, run.size): run for run in runs}
    for each in _TIMES:
        run = by_place.get((each.plan, each.size))
        row = run.row(each.peer) if run else None
        if row is None or row.ratio is None:
            continue
        aim = "" if each.goal == each.times else f" (goal {each.goal:g})"
        lines.append(
            f"| {each.size:,} on {each.plan}: {each.peer} takes at least {each.times:g} ×{aim} |"
            f" {row.ratio:.2f} | {_word(row.ratio >= each.times)} |\n"
        )
    for run in runs:
        if row := run.row(_OVERLAY):
            share = statistics.median(run.rows[0].peak_mb) / statistics.median(row.peak_mb)
            lines.append(
                f"| {run.size:,} on {run.plan}: our memory at most {_MEMORY} × overlay's |"
                f" {share:.2f} | {_word(share <= _MEMORY)} |\n"
            )
    return "".join(lines)


def write_into(path: Path, text: str) -> None:
    """The text as a file, or in place of what follows the mark in the file that is there."""
    kept = ""
    if path.exists():
        before, mark, _ = path.read_text(encoding="utf-8").partition(_MARK)
        kept = before + mark + "\n\n" if mark else ""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(kept + text, encoding="utf-8")


def _word(holds: bool) -> str:  # noqa: FBT001 - one thing to say
    return "holds" if holds else "**missed**"
