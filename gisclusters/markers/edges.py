"""Edges between neighbouring markers: measured against approved, and whether lengths close.

A bearing is the grid azimuth: from grid north, clockwise, degrees.  The limit on the mutual
error of two vertices grows with the edge (``rules/vn_edges.yaml``).  The decision is that of
single markers (interfaces §2): with d the difference, T the limit (inclusive) and s the standard
deviation of the length, T alone judges where s ≤ T/3; else ``ok`` needs d + 2s ≤ T, ``over``
d − 2s > T, and between nobody can tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.markers.fit import ARCSEC
from gisclusters.markers.position import SLACK_M, decide
from gisclusters.markers.rings import Rings
from gisclusters.markers.standing import Standing
from gisclusters.rules.edges import EdgeLimit, LengthTable

_Floats = NDArray[np.float64]

EDGE_COLUMNS = (
    "cluster_id", "ring", "from_id", "to_id", "verdict", "planned_m", "measured_m",
    "difference_m", "length_sd_m", "limit_m", "margin_m", "planned_bearing_deg",
    "measured_bearing_deg", "bearing_difference_arcsec", "bearing_sd_arcsec", "declared_m",
    "declared_difference_m", "taped_m", "taped_difference_m", "too_long", "rule_id",
    "confidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths somebody wrote, one a row of the design: from that marker to the next.

    ``rounding_m`` is half of the last digit written.
    """

    metres: _Floats
    rounding_m: float


def edges(
    standing: Standing, rings: Rings, limit: EdgeLimit | None, *, scale: int,
    spacing_m: float | None = None, declared: Lengths | None = None,
    taped: Lengths | None = None,
) -> pd.DataFrame:  # fmt: skip
    """One row for each edge of each ring, columns ``EDGE_COLUMNS``.

    ``verdict``: ``ok over undecided``, ``no_limit`` where no table speaks of the scale or the
    length, ``not_measured`` where an end was not.  ``declared`` lengths stand in the table of
    the design and are held against its coordinates, ``taped`` ones were measured in the field
    and are held against the surveyed markers.  ``too_long`` needs a ``spacing_m``.
    """
    # A pair of markers has one edge, a single one none.
    at = np.flatnonzero(
        (rings.sizes[rings.ring_of] > 2)
        | ((rings.sizes[rings.ring_of] == 2) & (np.arange(len(rings.order)) < rings.following))
    )
    i, j = rings.order[at], rings.order[rings.following[at]]
    planned = standing.designed[j] - standing.designed[i]
    measured = standing.surveyed[j] - standing.surveyed[i]
    planned_m, measured_m = np.abs(planned), np.abs(measured)
    difference = measured_m - planned_m
    a = np.where(standing.measured, standing.accuracy_m, np.nan)
    # The accuracy of a place is √(σE² + σN²); along a line half of its square counts.
    sd = np.sqrt((a[i] ** 2 + a[j] ** 2) / 2)
    table = None if limit is None else limit.by_scale.get(scale)
    limits = limit_m(table, planned_m)
    turn = (bearing_deg(measured) - bearing_deg(planned) + 180) % 360 - 180
    with np.errstate(divide="ignore", invalid="ignore"):
        bearing_sd = np.where(measured_m > 0, sd / measured_m * ARCSEC, np.nan)
    ring = rings.ring_of[at]
    judged = ~np.isnan(limits)
    out = pd.DataFrame(
        {
            "cluster_id": rings.clusters[ring], "ring": rings.numbers[ring],
            "from_id": standing.ids[i], "to_id": standing.ids[j],
            "verdict": _verdicts(np.abs(difference), sd, limits),
            "planned_m": planned_m, "measured_m": measured_m, "difference_m": difference,
            "length_sd_m": sd, "limit_m": limits, "margin_m": limits - np.abs(difference),
            "planned_bearing_deg": bearing_deg(planned),
            "measured_bearing_deg": bearing_deg(measured),
            "bearing_difference_arcsec": turn * 3600, "bearing_sd_arcsec": bearing_sd,
            "too_long": None if spacing_m is None else planned_m > spacing_m + SLACK_M,
            "rule_id": _where(judged, None if limit is None else limit.rule_id),
            "confidence": _where(judged, None if limit is None else limit.confidence),
        }
    )  # fmt: skip
    for name, written, whole in (("declared", declared, planned_m), ("taped", taped, measured_m)):
        metres = np.full(len(at), np.nan)
        if written is not None:
            metres = written.metres[standing.rows[i]]
        out[f"{name}_m"], out[f"{name}_difference_m"] = metres, metres - whole
    return out[list(EDGE_COLUMNS)]


def limit_m(table: LengthTable | None, length_m: _Floats) -> _Floats:
    """The limit of each length, metres; NaN where the table says none, or there is no table."""
    if table is None:
        return np.full(len(length_m), np.nan)
    found: _Floats = np.interp(length_m, table.lengths_m, table.limits_m)
    beyond = length_m > table.lengths_m[-1]
    slope = np.nan if table.slope_beyond is None else table.slope_beyond
    found[beyond] = table.limits_m[-1] + slope * (length_m[beyond] - table.lengths_m[-1])
    return found


def bearing_deg(step: NDArray[np.complex128]) -> _Floats:
    """Grid azimuth of each step (east + i · north), 0 ≤ azimuth < 360; NaN for no step."""
    azimuth = np.degrees(np.arctan2(step.real, step.imag)) % 360
    azimuth[azimuth >= 360] = 0.0  # the remainder of −1e-17 rounds up
    return np.where(step == 0, np.nan, azimuth)


def misclosures(found: pd.DataFrame, lengths: str, bearings: str) -> pd.DataFrame:
    """How far each ring fails to close when written lengths are laid along its bearings.

    ``found`` are edges, ``lengths`` and ``bearings`` columns of them.  One row for each ring
    of which every edge has both and one at least a length: ``cluster_id ring misclosure_m
    perimeter_m ratio`` (perimeter over misclosure, 1 : n; NaN where it closes exactly).
    Lengths that are right but rounded leave about the rounding times √n.
    """
    turn = np.radians(found[bearings].to_numpy(dtype="float64"))
    metres = found[lengths].to_numpy(dtype="float64")
    # An edge of no length needs no bearing.
    step = np.where(metres == 0, 0, metres * (np.sin(turn) + 1j * np.cos(turn)))
    table = found[["cluster_id", "ring"]].assign(east=step.real, north=step.imag, metres=metres)
    groups = table.groupby(["cluster_id", "ring"], sort=False, dropna=False)
    count = groups.size()
    summed = groups[["east", "north", "metres"]].sum(min_count=1)
    known = groups[["east", "north", "metres"]].count().min(axis=1)
    whole = summed[(known == count) & (count > 2)].reset_index()
    misclosure = np.hypot(whole["east"].to_numpy(), whole["north"].to_numpy())
    return pd.DataFrame(
        {
            "cluster_id": _or_none(whole["cluster_id"]), "ring": _or_none(whole["ring"]),
            "misclosure_m": misclosure, "perimeter_m": whole["metres"],
            "ratio": whole["metres"] / np.where(misclosure <= SLACK_M, np.nan, misclosure),
        }
    )  # fmt: skip


def _where(mask: NDArray[np.bool_], word: str | None) -> NDArray[np.object_]:
    words = np.full(len(mask), None, dtype=object)
    words[mask] = word
    return words


def _or_none(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.astype(object).where(column.notna(), None)


def _verdicts(d: _Floats, sd: _Floats, limit: _Floats) -> NDArray[np.object_]:
    found = decide(d, sd, limit, beyond="over")
    found[np.isnan(limit)] = "no_limit"
    found[np.isnan(d)] = "not_measured"
    return found
