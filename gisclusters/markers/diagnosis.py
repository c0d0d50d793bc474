"""What is wrong with the whole set: each possible cause is undone and what is left is looked at.

A survey written in a wrong reference system differs from the design by a similarity that
leaves almost nothing; so each mistake that is known (``geometry.mistakes``, numbers misread) is
undone, and the one after which the markers stand where they should names the cause.  Where
none does and a common part remains, nobody can tell ground from survey.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from gisclusters.domain.verdicts import Certainty, MarkerCause
from gisclusters.geometry.mistakes import SUB_METRE, Mistake, mistakes
from gisclusters.markers.fit import ARCSEC, LEAST_POINTS, Similarity, fit_similarity, nearly_in_line
from gisclusters.markers.misread import is_certain, misreadings
from gisclusters.markers.places import Places, joined, middle, shifted_back
from gisclusters.markers.report import Diagnosis

Clean = Callable[[Places], Places]
"""Takes the common part off places of the survey."""

_MOST_SCALE_PPM = 5_000.0
_MOST_ROTATION_ARCSEC = 36_000.0
"""A survey scaled by half a per cent, or turned by ten degrees, is no survey of these markers."""

_SAMPLE = 2_000
"""So many markers tell what is common to a million."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A cause, how it is undone, and what the diagnosis then says."""

    head: Diagnosis
    clean: Clean
    left_m: float
    """The middle distance from the design once it is undone."""


def diagnose(
    design: Places, seen: Places, crs: str, *, limit_m: float, noise_m: float,
    crossed: bool = False,
) -> tuple[Diagnosis, Clean]:  # fmt: skip
    """The cause, and how the common part is taken off any place of the survey.

    ``design`` and ``seen`` are matched points in ``crs``; ``limit_m`` is the tolerance,
    ``noise_m`` the accuracy of a point; ``crossed``: the survey came in another datum.  Under
    ``none`` nothing is taken off.
    """
    if not len(design):
        return Diagnosis(cause=MarkerCause.UNKNOWN, certainty=Certainty.CANNOT_TELL), nothing_off
    design, seen = _sampled(design, seen)
    fit = fit_similarity(design, seen, mirrored=False, noise_m=noise_m) if len(design) > 1 else None
    if float(np.median(np.abs(seen - design))) <= limit_m:
        return _common_part(design, seen, fit, limit_m=limit_m, noise_m=noise_m)
    best = _best(_fitting(design, seen, crs, fit, limit_m, noise_m, crossed=crossed))
    if best and (len(best) > 1 or (len(design) < LEAST_POINTS and best[0].head.cause in SUB_METRE)):
        causes = tuple(dict.fromkeys(str(each.head.cause) for each in best))
        return _unknown(design, seen, fit, causes)
    if best:
        head = best[0].head
        # Half a metre one way may be the ground as well as the rotation signs.
        if len(design) < LEAST_POINTS or head.cause in SUB_METRE:
            head = replace(head, certainty=Certainty.LIKELY)
        return _numbers(head, fit), best[0].clean
    return _common_part(design, seen, fit, limit_m=limit_m, noise_m=noise_m)


def nothing_off(places: Places) -> Places:
    """The places as they are."""
    return places


def hypotheses(
    design: Places, seen: Places, crs: str, *, paired: bool = True, crossed: bool = False
) -> list[tuple[Diagnosis, Clean]]:
    """Every known mistake as a diagnosis and its remedy; ``paired`` rows are of one marker."""
    found: list[tuple[Diagnosis, Clean]] = [
        (_head_of(mistake, crs), partial(_undone, mistake))
        for mistake in mistakes(seen.real, seen.imag, crs, crossed=crossed)
        if mistake.cause is not MarkerCause.NONE
        and (mistake.axes == "as_is" or mistake.cause is MarkerCause.SWAPPED_AXES)
    ]
    for numbers, clean in misreadings(design, seen, paired=paired):
        sure = Certainty.CERTAIN if is_certain(numbers) else Certainty.LIKELY
        head = Diagnosis(cause=MarkerCause.NUMBERS_MISREAD, certainty=sure, numbers=numbers)
        found.append((head, clean))
    return found


def _fitting(
    design: Places, seen: Places, crs: str, fit: Similarity | None, limit_m: float,
    noise_m: float, *, crossed: bool,
) -> list[Hypothesis]:  # fmt: skip
    """The mistakes after which no more is left than markers and survey scatter by themselves.

    A tolerance of metres explains nothing away: what a free similarity would leave is the
    measure.  Where the noise is worse than the tolerance, it is: but for half a metre.
    """
    scatter = float(np.median(fit.residual_m)) if fit is not None else 0.0
    most = min(limit_m, max(limit_m / 3, 2 * scatter))
    found = []
    for head, clean in hypotheses(design, seen, crs, crossed=crossed):
        left = float(np.median(np.abs(clean(seen) - design)))
        if left <= (most if head.cause in SUB_METRE else max(most, 2 * noise_m)):
            found.append(Hypothesis(head, clean, left))
    return found


def _head_of(mistake: Mistake, crs: str) -> Diagnosis:
    named = mistake.crs != crs
    return Diagnosis(
        cause=mistake.cause, certainty=Certainty.CERTAIN,
        read_as=crs if named else None, should_be=mistake.crs if named else None,
        mirrored=mistake.cause is MarkerCause.SWAPPED_AXES,
    )  # fmt: skip


def _undone(mistake: Mistake, places: Places) -> Places:
    return joined(*mistake.undo(places.real, places.imag))


def _best(fitting: list[Hypothesis]) -> list[Hypothesis]:
    """The hypotheses that leave the least: one, or several that fit equally well."""
    if not fitting:
        return []
    least = min(each.left_m for each in fitting)
    return [each for each in fitting if each.left_m <= 2 * least + 1e-3]


def _common_part(
    design: Places, seen: Places, fit: Similarity | None, *, limit_m: float, noise_m: float
) -> tuple[Diagnosis, Clean]:
    """Nothing wrong, or a shift, rotation or scale that no reference system explains.

    A common part with which every marker that follows it still stands within the tolerance
    is no cause: the tolerance is what was agreed.  Nor is one that so few points may show by
    their own scatter.
    """
    difference = seen - design
    shift = middle(difference)
    flat = fit is None or len(design) < LEAST_POINTS or nearly_in_line(design)
    model = _plausible(fit) if not flat else None
    left = np.abs(difference - shift) if model is None else model.residual_m
    spread = max(1.4826 * float(np.median(left)), noise_m)
    follows = left <= max(3 * spread, limit_m / 3)
    common = np.full(len(design), shift) if model is None else _image(model, design) - design
    doubt_m = max(limit_m / 3, 3 * spread / np.sqrt(max(follows.sum(), 1)))
    stands = float(np.median(np.abs(difference))) <= limit_m
    if bool((np.abs(difference[follows]) <= limit_m).all()) or (
        stands and float(np.abs(common[follows]).max()) <= 2 * doubt_m
    ):
        head = Diagnosis(cause=MarkerCause.NONE, certainty=Certainty.CERTAIN)
        return _numbers(head, fit), nothing_off
    if len(design) < LEAST_POINTS:
        return _unknown(design, seen, fit)
    bent_m = float(np.abs(common - shift)[follows].max())
    if model is None or bent_m <= 2 * doubt_m:
        if float(np.median(np.abs(difference - shift))) > limit_m:
            return _unknown(design, seen, fit)
        head = Diagnosis(cause=MarkerCause.CONSTANT_SHIFT, certainty=Certainty.LIKELY)
        return _numbers(head, fit, shift), partial(shifted_back, shift)
    if float(np.median(model.residual_m)) > limit_m:
        return _unknown(design, seen, fit)
    turned = abs(model.rotation_arcsec) / ARCSEC * _reach(design)
    scaled = abs(model.scale_ppm) / 1e6 * _reach(design)
    cause = MarkerCause.ROTATION if turned >= scaled else MarkerCause.SCALE
    certainty = Certainty.LIKELY
    if min(turned, scaled) > max(limit_m, 2 * doubt_m):
        cause, certainty = MarkerCause.UNKNOWN, Certainty.CANNOT_TELL
    return _numbers(Diagnosis(cause=cause, certainty=certainty), fit), partial(_turned_back, model)


def _plausible(fit: Similarity | None) -> Similarity | None:
    """The fit, where a survey of these markers may be so turned and scaled."""
    if fit is None or abs(fit.scale_ppm) > _MOST_SCALE_PPM:
        return None
    return fit if abs(fit.rotation_arcsec) <= _MOST_ROTATION_ARCSEC else None


def _image(fit: Similarity, design: Places) -> Places:
    return fit.image + fit.factor * (design - fit.centre)


def _turned_back(fit: Similarity, places: Places) -> Places:
    return fit.centre + (places - fit.image) / fit.factor


def _unknown(
    design: Places, seen: Places, fit: Similarity | None, candidates: tuple[str, ...] = ()
) -> tuple[Diagnosis, Clean]:
    """Nobody can tell; the middle displacement is taken off, so that its followers show."""
    head = Diagnosis(
        cause=MarkerCause.UNKNOWN, certainty=Certainty.CANNOT_TELL, candidates=candidates
    )
    return _numbers(head, fit), partial(shifted_back, middle(seen - design))


def _sampled(design: Places, seen: Places) -> tuple[Places, Places]:
    if len(design) <= _SAMPLE:
        return design, seen
    chosen = np.random.default_rng(len(design)).choice(len(design), _SAMPLE, replace=False)
    return design[chosen], seen[chosen]


def _numbers(head: Diagnosis, fit: Similarity | None, shift: complex | None = None) -> Diagnosis:
    if fit is None:
        return head
    moved = shift if shift is not None else fit.shift
    return replace(
        head, shift_e_m=moved.real, shift_n_m=moved.imag, rotation_arcsec=fit.rotation_arcsec,
        scale_ppm=fit.scale_ppm,
    )  # fmt: skip


def told(head: Diagnosis, **numbers: Any) -> Diagnosis:
    """The diagnosis with more numbers for its sentences."""
    return replace(head, numbers=MappingProxyType({**head.numbers, **numbers}))


def _reach(design: Places) -> float:
    return float(np.abs(design - design.mean()).max())
