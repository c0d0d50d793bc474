"""A similarity from design to measured that a few moved markers do not bend.

Four parameters (two shifts, rotation, scale), proper or mirrored, by least squares on
complex numbers; markers that leave more than three robust standard deviations are set aside
and the fit is repeated until the set settles.  The start is the median displacement of the
pair whose fit leaves the smallest median residual, so that up to almost half may be off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Complex = NDArray[np.complex128]
_ROUNDS = 20
_STARTS = 400
ARCSEC = 180 * 3600 / np.pi
"""Seconds of arc in a radian."""
LEAST_POINTS = 4
"""Under four points, or points nearly in one line, rotation and scale cannot be told."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """measured = centre' + factor · (design − centre), conjugated first where mirrored."""

    centre: complex
    image: complex
    factor: complex
    mirrored: bool
    residual_m: NDArray[np.float64]

    @property
    def shift(self) -> complex:
        """Displacement of the centre: east + i · north, metres."""
        return self.image - self.centre

    @property
    def rotation_arcsec(self) -> float:
        """Counter-clockwise rotation in the E,N plane."""
        return float(np.angle(self.factor) * ARCSEC)

    @property
    def scale_ppm(self) -> float:
        """Scale minus one, parts per million."""
        return float((abs(self.factor) - 1) * 1e6)


def fit_similarity(
    design: _Complex, measured: _Complex, *, mirrored: bool, noise_m: float
) -> Similarity:
    """The robust fit of matched points (east + i · north).

    ``noise_m`` is the accuracy a residual is never judged below.  Needs two points.
    """
    keep = _start(design, measured, mirrored=mirrored)
    fit = _least_squares(design, measured, keep, mirrored=mirrored)
    for _ in range(_ROUNDS):
        spread = max(1.4826 * float(np.median(fit.residual_m)), noise_m)
        inside = fit.residual_m <= 3 * spread
        if inside.sum() < 2 or (inside == keep).all():
            break
        keep = inside
        fit = _least_squares(design, measured, keep, mirrored=mirrored)
    return fit


def nearly_in_line(design: _Complex) -> bool:
    """Whether the points span less than a fiftieth of their length across it."""
    centred = design - design.mean()
    spread = np.linalg.svd(np.column_stack((centred.real, centred.imag)), compute_uv=False)
    return bool(spread[-1] < 0.02 * spread[0])


def _start(design: _Complex, measured: _Complex, *, mirrored: bool) -> NDArray[np.bool_]:
    """The half of the points that agree best with the similarity of some pair."""
    count = len(design)
    if count < LEAST_POINTS:
        return np.ones(count, dtype=bool)
    source = np.conj(design) if mirrored else design
    step = np.random.default_rng(20_261_123)
    first = step.integers(0, count, _STARTS)
    second = (first + 1 + step.integers(0, count - 1, _STARTS)) % count
    span = source[second] - source[first]
    good = np.abs(span) > 0
    factor = (measured[second[good]] - measured[first[good]]) / span[good]
    best, smallest = np.ones(count, dtype=bool), np.inf
    for a, turn in zip(first[good], factor, strict=True):
        left = np.abs(measured - measured[a] - turn * (source - source[a]))
        middle = float(np.median(left))
        if middle < smallest:
            smallest, best = middle, left <= middle
    return best


def _least_squares(
    design: _Complex, measured: _Complex, keep: NDArray[np.bool_], *, mirrored: bool
) -> Similarity:
    source = np.conj(design) if mirrored else design
    centre, image = source[keep].mean(), measured[keep].mean()
    a, b = source[keep] - centre, measured[keep] - image
    length = float((np.abs(a) ** 2).sum())
    factor = complex((np.conj(a) * b).sum() / length) if length > 0 else 1 + 0j
    residual = np.abs(measured - image - factor * (source - centre))
    # The displacement is told at the centroid of all matched design points.
    whole = source.mean()
    return Similarity(complex(whole), complex(image + factor * (whole - centre)), factor,
                      mirrored, residual)  # fmt: skip
