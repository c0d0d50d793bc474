"""What is wrong with the whole set: each possible cause is undone and what is left is looked at.

A survey written in a wrong reference system differs from the design by a similarity that
leaves almost nothing; so each mistake that is known (``geometry.detective``) is undone, and
the one after which the markers stand where they should names the cause.  Where none does and
a common part remains, nobody can tell ground from survey.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gisclusters.domain.verdicts import Certainty, MarkerCause
from gisclusters.geometry.detective import SUB_METRE, readings
from gisclusters.markers.fit import LEAST_POINTS, Similarity, fit_similarity, nearly_in_line
from gisclusters.markers.report import Diagnosis

_Complex = NDArray[np.complex128]
_MOST_SCALE_PPM = 5_000.0
_MOST_ROTATION_ARCSEC = 36_000.0
"""A survey scaled by half a per cent, or turned by ten degrees, is no survey of these markers."""


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
        return _unknown(design, seen, fit, tuple(str(u.cause) for u in best))
    if len(best) == 1:
        found = best[0]
        # Half a metre one way may be the ground as well as the rotation signs.
        certain = len(design) >= LEAST_POINTS and found.cause not in SUB_METRE
        head = Diagnosis(
            cause=found.cause, certainty=Certainty.CERTAIN if certain else Certainty.LIKELY,
            read_as=found.read_as, should_be=found.should_be,
            mirrored=found.cause is MarkerCause.SWAPPED_AXES,
        )  # fmt: skip
        return _numbers(head, fit), found.place, seen - found.place
    if best:
        return _unknown(design, seen, fit, tuple(str(u.cause) for u in best))
    return _common_part(design, seen, fit, limit_m=limit_m, noise_m=noise_m)


def _common_part(
    design: _Complex, seen: _Complex, fit: Similarity | None, *, limit_m: float, noise_m: float
) -> tuple[Diagnosis, _Complex, _Complex]:
    """Nothing wrong, or a shift, rotation or scale that no reference system explains.

    A common shift with which every marker that follows it still stands within the tolerance
    is no cause: the tolerance is what was agreed.
    """
    difference = seen - design
    shift = _middle(difference)
    spread = max(1.4826 * float(np.median(np.abs(difference - shift))), noise_m)
    follows = np.abs(difference - shift) <= max(3 * spread, limit_m / 3)
    within = bool((np.abs(difference[follows]) <= limit_m).all())
    # What the middle of so many points may be off by itself.
    doubt_m = max(limit_m / 3, 3 * spread / np.sqrt(len(design)))
    if within or (abs(shift) <= doubt_m and float(np.median(np.abs(difference))) <= limit_m):
        head = Diagnosis(cause=MarkerCause.NONE, certainty=Certainty.CERTAIN)
        return _numbers(head, fit), seen, seen * 0
    if len(design) < LEAST_POINTS:
        return _unknown(design, seen, fit)
    if float(np.median(np.abs(difference - shift))) <= limit_m:
        head = Diagnosis(cause=MarkerCause.CONSTANT_SHIFT, certainty=Certainty.LIKELY)
        return _numbers(head, fit, shift), seen - shift, np.full(len(seen), shift)
    if (
        fit is not None
        and not nearly_in_line(design)
        and float(np.median(fit.residual_m)) <= limit_m
        and abs(fit.scale_ppm) <= _MOST_SCALE_PPM
        and abs(fit.rotation_arcsec) <= _MOST_ROTATION_ARCSEC
    ):
        turned = abs(fit.rotation_arcsec) / 206_265 * _reach(design)
        scaled = abs(fit.scale_ppm) / 1e6 * _reach(design)
        cause = MarkerCause.ROTATION if turned >= scaled else MarkerCause.SCALE
        if min(turned, scaled) > limit_m:
            cause = MarkerCause.UNKNOWN
        back = fit.centre + (seen - fit.image) / fit.factor
        certainty = Certainty.CANNOT_TELL if cause is MarkerCause.UNKNOWN else Certainty.LIKELY
        return _numbers(Diagnosis(cause=cause, certainty=certainty), fit), back, seen - back
    return _unknown(design, seen, fit)


def _unknown(
    design: _Complex, seen: _Complex, fit: Similarity | None, candidates: tuple[str, ...] = ()
) -> tuple[Diagnosis, _Complex, _Complex]:
    """Nobody can tell; the middle displacement is taken off, so that its followers show."""
    shift = _middle(seen - design)
    return _numbers(_silent(candidates), fit), seen - shift, np.full(len(seen), shift)


def _middle(difference: _Complex) -> complex:
    return complex(np.median(difference.real), np.median(difference.imag))


def _hypotheses(seen: _Complex, crs: str) -> Iterator[Undone]:
    """The survey with each known mistake undone, in the zone of the design."""
    for reading in readings(seen.real, seen.imag, crs):
        turned = reading.axes == "swapped" and reading.cause is not MarkerCause.SWAPPED_AXES
        if reading.cause is MarkerCause.NONE or turned:
            continue
        named = reading.crs != crs
        yield Undone(
            reading.cause, reading.x + 1j * reading.y, read_as=crs if named else None,
            should_be=reading.crs if named else None,
        )  # fmt: skip


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
