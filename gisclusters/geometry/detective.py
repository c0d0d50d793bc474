"""In which system could these coordinates have been written?

Each mistake that offices make (``mistakes``) is undone in turn, and where the points then lie
is held against what is known of them: a commune, a province, the outline of a cluster,
markers of the same name, the other layers of the store.  A reading that meets all of it names
the mistake; where two do, nobody can tell, and that is the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from gisclusters.domain.verdicts import Certainty, MarkerCause
from gisclusters.geometry.crs import transform_geometries, transform_xy
from gisclusters.geometry.crs_names import is_lonlat
from gisclusters.geometry.mistakes import (
    SUB_METRE,
    VN2000_GEOGRAPHIC,
    Axes,
    Floats,
    Reading,
    readings,
)
from gisclusters.geometry.zones import ZONES_3_DEG, Zone, zone_of

_MOST_POINTS = 400
_PROVED_M = 20.0
"""A mistake smaller than this is never certain from an area: maps are no better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Ground that points must lie in (``inside``), or a line they must lie along (``along``).

    ``shape`` is in ``crs``; ``slack_m`` is how far off they may lie.  ``soft`` evidence (other
    layers of the store are near) never makes an answer certain.
    """

    name: str
    shape: shapely.Geometry
    crs: str
    slack_m: float
    relation: Literal["inside", "along"] = "inside"
    soft: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KnownPoints:
    """Where some of the points are known to be: ``index`` of each, coordinates in ``crs``.

    Points that may be others of the same name prove nothing where the best reading leaves the
    ``least`` of them farther than ``most_m`` away.
    """

    name: str
    index: NDArray[np.intp]
    x: Floats
    y: Floats
    crs: str
    accuracy_m: float
    most_m: float = np.inf
    least: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One reading as people see it: ``distance_m`` is the size of the mistake."""

    crs: str
    axes: Axes
    cause: str
    certainty: str
    distance_m: float | None
    evidence: str


def weigh(
    x: Floats,
    y: Floats,
    claimed: str | None,
    evidence: Sequence[Evidence] = (),
    points: KnownPoints | None = None,
    *,
    datum: bool = True,
) -> list[Candidate]:
    """What the evidence says of each reading; those that meet all of it first, best first.

    ``certain`` is what is proved: a reading that alone meets firm evidence, and where it is not
    the claimed one, that one misses it by more than 20 m (with known points: by more than
    they leave).  Soft evidence makes ``likely`` of it.  Two readings more than 20 m apart that
    both meet the evidence are ``cannot_tell``; nearer ones are one reading unless points are
    known.  Without evidence every reading in Vietnam is ``cannot_tell``.  Where nothing
    is claimed (None) there is no mistake: the zones that fit are told, ``likely`` where it is
    one.
    """
    if claimed is None:
        return _unclaimed(x, y, evidence, points)
    chosen = _sample(len(x), None if points is None else points.index)
    held = [(reading, *_misfit(reading, evidence, points, chosen, claimed))
            for reading in readings(x, y, claimed, datum=datum)]  # fmt: skip
    held = [each for each in held if np.isfinite(each[1])]
    if not held:
        return []
    if not evidence and points is None:
        return [_candidate(reading, Certainty.CANNOT_TELL, held[0][0], words)
                for reading, _, words in held if _plausible(reading, claimed)]  # fmt: skip
    least = min(misfit for _, misfit, _ in held)
    limit = 0.0 if points is None else max(2 * least, points.accuracy_m)
    if points is not None and least > points.most_m:
        limit = -np.inf
    fits = [each for each in held if each[1] <= limit]
    rest = sorted((each for each in held if each[1] > limit), key=lambda each: each[1])
    claim = next((each for each in held if each[0].cause is MarkerCause.NONE), None)
    firm = points is not None or any(not each.soft for each in evidence)
    out = []
    for reading, misfit, words in sorted(fits, key=lambda each: _rank(each[0], each[1])):
        certainty = Certainty.CANNOT_TELL
        rivals = [
            other for other, *_ in fits
            if other is not reading and (points is not None or _apart(reading, other))
        ]  # fmt: skip
        if reading.cause is MarkerCause.NONE and not rivals:
            certainty = Certainty.CERTAIN if firm else Certainty.LIKELY
        elif not rivals and _apart(reading, held[0][0], points):
            missed = np.inf if claim is None else claim[1]
            proved = missed > (_PROVED_M if points is None else 3 * max(misfit, points.accuracy_m))
            small = reading.cause in SUB_METRE
            certainty = Certainty.CERTAIN if proved and firm and not small else Certainty.LIKELY
        out.append(_candidate(reading, certainty, held[0][0], words))
    out += [_candidate(reading, Certainty.CANNOT_TELL, held[0][0], words)
            for reading, _, words in rest]  # fmt: skip
    return out


def _unclaimed(
    x: Floats, y: Floats, evidence: Sequence[Evidence], points: KnownPoints | None
) -> list[Candidate]:
    """The zones in which points may have been written where nobody says one."""
    frame = points.crs if points is not None else evidence[0].crs if evidence else (
        ZONES_3_DEG[0].code
    )  # fmt: skip
    told = weigh(x, y, frame, evidence, points, datum=False)
    fits = [each for each in told if each.certainty != str(Certainty.CANNOT_TELL)]
    likely = str(Certainty.LIKELY if len(fits) == 1 else Certainty.CANNOT_TELL)
    return [
        replace(each, certainty=likely if each in fits else str(Certainty.CANNOT_TELL),
                cause=str(MarkerCause.SWAPPED_AXES if each.axes == "swapped" else MarkerCause.NONE),
                distance_m=None)
        for each in told
    ]  # fmt: skip


def concluded(candidates: Sequence[Candidate]) -> Candidate | None:
    """The one answer, certain or likely; None where nobody can tell."""
    first = candidates[0] if candidates else None
    return first if first is not None and first.certainty != str(Certainty.CANNOT_TELL) else None


def sole_order(candidates: Sequence[Candidate]) -> str | None:
    """``as_is`` or ``swapped`` where every reading in sight agrees, else None."""
    answer = concluded(candidates)
    if answer is not None:
        return answer.axes
    orders = {candidate.axes for candidate in candidates}
    return orders.pop() if len(orders) == 1 else None


def _rank(reading: Reading, misfit: float) -> tuple[bool, float, bool]:
    return reading.cause is not MarkerCause.NONE, misfit, reading.axes == "swapped"


def _apart(one: Reading, other: Reading, points: KnownPoints | None = None) -> bool:
    """Whether two readings lie further apart than a map can tell; with points, anything is."""
    if points is not None:
        return True
    off = np.hypot(one.x - other.x, one.y - other.y)
    finite = off[np.isfinite(off)]
    return not len(finite) or float(np.median(finite)) > _PROVED_M


def _misfit(
    reading: Reading,
    evidence: Sequence[Evidence],
    points: KnownPoints | None,
    chosen: NDArray[np.intp],
    claimed: str,
) -> tuple[float, str]:
    """How far the points miss the evidence, metres, and what that says for people."""
    x, y = reading.x[chosen], reading.y[chosen]
    there = np.isfinite(x) & np.isfinite(y)
    if not there.any():
        return float("inf"), ""
    worst, words = 0.0, []
    if points is not None:
        known_x, known_y = transform_xy(points.x, points.y, points.crs, claimed)
        off = np.hypot(reading.x[points.index] - known_x, reading.y[points.index] - known_y)
        worst = max(float(np.median(off)), float(np.sort(off)[points.least - 1]))
        words.append(f"{points.name}: {worst:.3f} m")
    dots = np.asarray(shapely.points(x[there], y[there]), dtype=object)
    for each in evidence:
        [shape] = transform_geometries([each.shape], each.crs, claimed)
        if each.relation == "along":
            # Not the median: shifted along one side, half of the corners still lie on the outline.
            away = float(np.quantile(shapely.distance(dots, shapely.boundary(shape)), 0.75))
        else:
            away = float(np.quantile(shapely.distance(dots, shape), 0.99))
        missed = max(away - each.slack_m, 0.0)
        worst = max(worst, missed)
        words.append(f"{each.name}: {missed:.0f} m")
    if not there.all():
        worst = float("inf")
    return worst, "; ".join(words)


def _candidate(reading: Reading, certainty: Certainty, claim: Reading, words: str) -> Candidate:
    off = np.hypot(reading.x - claim.x, reading.y - claim.y)
    finite = off[np.isfinite(off)]
    return Candidate(
        crs=reading.crs, axes=reading.axes, cause=str(reading.cause), certainty=str(certainty),
        distance_m=float(np.median(finite)) if len(finite) else None, evidence=words,
    )  # fmt: skip


def _plausible(reading: Reading, claimed: str) -> bool:
    """Whether the middle of the points lies in Vietnam, near the meridian of its zone."""
    middle = float(np.median(reading.x)), float(np.median(reading.y))
    longitude, latitude = (
        middle if is_lonlat(claimed) else transform_xy(*middle, claimed, VN2000_GEOGRAPHIC)
    )
    zone = zone_of(reading.crs) if reading.crs.startswith("EPSG:") else None
    near = zone is None or abs(longitude - zone.central_meridian_deg) <= _reach_deg(zone)
    return near and 102.0 <= longitude <= 118.0 and 6.0 <= latitude <= 23.6


def _reach_deg(zone: Zone) -> float:
    """A province lies within 2° of its own meridian, land of a 6° zone within 4°."""
    return 2.0 * zone.width_deg / 3


def _sample(count: int, needed: NDArray[np.intp] | None) -> NDArray[np.intp]:
    """Enough of the points to say where they lie."""
    if count <= _MOST_POINTS:
        return np.arange(count)
    spread = np.linspace(0, count - 1, _MOST_POINTS).astype(np.intp)
    return spread if needed is None else np.unique(np.concatenate([spread, needed[:_MOST_POINTS]]))
