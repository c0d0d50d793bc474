"""What is wrong with the whole set: each possible cause is undone and what is left is looked at.

A survey written in a wrong reference system differs from the design by a similarity that
leaves almost nothing; so each hypothesis (axes swapped, another meridian, another zone
width, no datum shift …) is undone by the coordinate door itself, and the one after which
the markers stand where they should names the cause.  Where none does and a common part
remains, nobody can tell ground from survey.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gisclusters.domain.verdicts import Certainty, MarkerCause
from gisclusters.geometry.crs import ZONES_3_DEG, ZONES_6_DEG, transform_xy, zone_of
from gisclusters.markers.fit import LEAST_POINTS, Similarity, fit_similarity, nearly_in_line
from gisclusters.markers.report import Diagnosis

_Complex = NDArray[np.complex128]
_WGS84_GEOGRAPHIC, _VN2000_GEOGRAPHIC = "EPSG:4326", "EPSG:4756"


@dataclass(frozen=True, slots=True)
class Undone:
    """The survey as it would read had the mistake not been made."""

    cause: MarkerCause
    place: _Complex
    read_as: str | None = None
    should_be: str | None = None


def diagnose(
    design: _Complex, seen: _Complex, crs: str, *, limit_m: float, noise_m: float
) -> tuple[Diagnosis, _Complex, _Complex]:
    """The cause, the common part to remove (per point), and the points after removal.

    ``design`` and ``seen`` are matched points (east + i · north) in ``crs``; ``limit_m`` is
    the tolerance.  The returned places are ``seen`` with the cause undone (as they are
    under ``none``), and what was removed from each point.
    """
    if not len(design):
        return _silent(), seen, np.zeros(0, dtype=complex)
    fit = fit_similarity(design, seen, mirrored=False, noise_m=noise_m) if len(design) > 1 else None
    as_is = float(np.median(np.abs(seen - design)))
    if as_is <= limit_m:
        return _common_part(design, seen, fit, limit_m=limit_m, noise_m=noise_m)
    fitting = [
        undone for undone in _hypotheses(seen, crs)
        if float(np.median(np.abs(undone.place - design))) <= limit_m
    ]  # fmt: skip
    best = _best(fitting, design)
    if len(design) < LEAST_POINTS and len(best) != 1:
        return _numbers(_silent(tuple(str(u.cause) for u in best)), fit), seen, seen * 0
    if len(best) == 1:
        found = best[0]
        certain = len(design) >= LEAST_POINTS
        head = Diagnosis(
            cause=found.cause, certainty=Certainty.CERTAIN if certain else Certainty.LIKELY,
            read_as=found.read_as, should_be=found.should_be,
            mirrored=found.cause is MarkerCause.SWAPPED_AXES,
        )  # fmt: skip
        return _numbers(head, fit), found.place, seen - found.place
    if best:
        return _numbers(_silent(tuple(str(u.cause) for u in best)), fit), seen, seen * 0
    return _common_part(design, seen, fit, limit_m=limit_m, noise_m=noise_m)


def _common_part(
    design: _Complex, seen: _Complex, fit: Similarity | None, *, limit_m: float, noise_m: float
) -> tuple[Diagnosis, _Complex, _Complex]:
    """Nothing wrong, or a shift, rotation or scale that no reference system explains."""
    difference = seen - design
    shift = complex(np.median(difference.real), np.median(difference.imag))
    spread = 1.4826 * float(np.median(np.abs(difference - shift)))
    doubt_m = max(limit_m / 3, 3 * max(spread, noise_m) / np.sqrt(len(design)))
    if abs(shift) <= doubt_m and float(np.median(np.abs(difference))) <= limit_m:
        head = Diagnosis(cause=MarkerCause.NONE, certainty=Certainty.CERTAIN)
        return _numbers(head, fit), seen, seen * 0
    if len(design) < LEAST_POINTS:
        return _numbers(_silent(), fit), seen, seen * 0
    if float(np.median(np.abs(difference - shift))) <= limit_m:
        head = Diagnosis(cause=MarkerCause.CONSTANT_SHIFT, certainty=Certainty.LIKELY)
        return _numbers(head, fit, shift), seen - shift, np.full(len(seen), shift)
    if fit is not None and not nearly_in_line(design) and float(
        np.median(fit.residual_m)
    ) <= limit_m:  # fmt: skip
        turned = abs(fit.rotation_arcsec) / 206_265 * _reach(design)
        scaled = abs(fit.scale_ppm) / 1e6 * _reach(design)
        cause = MarkerCause.ROTATION if turned >= scaled else MarkerCause.SCALE
        if min(turned, scaled) > limit_m:
            cause = MarkerCause.UNKNOWN
        back = fit.centre + (seen - fit.image) / fit.factor
        head = Diagnosis(cause=cause, certainty=Certainty.LIKELY if cause is not MarkerCause.UNKNOWN
                         else Certainty.CANNOT_TELL)  # fmt: skip
        return _numbers(head, fit), back, seen - back
    return _numbers(_silent(), fit), seen, seen * 0


def _hypotheses(seen: _Complex, crs: str) -> Iterator[Undone]:
    """The survey with each known mistake undone, in the zone of the design."""
    own = zone_of(crs)
    east, north = seen.real, seen.imag
    yield Undone(MarkerCause.SWAPPED_AXES, north + 1j * east)
    if own is None:
        return
    for zone in (*ZONES_3_DEG, *ZONES_6_DEG):
        if zone.epsg == own.epsg:
            continue
        x, y = transform_xy(east, north, zone.code, crs)
        cause = (
            MarkerCause.WRONG_CENTRAL_MERIDIAN
            if zone.width_deg == own.width_deg
            else MarkerCause.WRONG_ZONE_WIDTH
        )
        yield Undone(cause, x + 1j * y, read_as=crs, should_be=zone.code)
    once = _shifted(seen, crs)
    yield Undone(MarkerCause.NO_DATUM_SHIFT, once)
    yield Undone(MarkerCause.DATUM_SHIFT_REVERSED, _shifted(once, crs))


def _shifted(seen: _Complex, crs: str) -> _Complex:
    """WGS 84 positions that were projected without the datum shift, with the shift made."""
    lon, lat = transform_xy(seen.real, seen.imag, crs, _VN2000_GEOGRAPHIC)
    east, north = transform_xy(lon, lat, _WGS84_GEOGRAPHIC, crs)
    moved: _Complex = east + 1j * north
    return moved


def _best(fitting: list[Undone], design: _Complex) -> list[Undone]:
    """The hypotheses that leave the least: one, or several that fit equally well."""
    if not fitting:
        return []
    left = [float(np.median(np.abs(undone.place - design))) for undone in fitting]
    least = min(left)
    return [u for u, rest in zip(fitting, left, strict=True) if rest <= 2 * least + 1e-3]


def _silent(candidates: tuple[str, ...] = ()) -> Diagnosis:
    return Diagnosis(cause=MarkerCause.UNKNOWN, certainty=Certainty.CANNOT_TELL,
                     candidates=tuple(dict.fromkeys(candidates)))  # fmt: skip


def _numbers(head: Diagnosis, fit: Similarity | None, shift: complex | None = None) -> Diagnosis:
    if fit is None:
        return head
    moved = shift if shift is not None else fit.shift
    return replace(
        head, shift_e_m=moved.real, shift_n_m=moved.imag, rotation_arcsec=fit.rotation_arcsec,
        scale_ppm=fit.scale_ppm,
    )  # fmt: skip


def _reach(design: _Complex) -> float:
    return float(np.abs(design - design.mean()).max())
