"""The verdict of one marker: its length against the tolerance, given the accuracy of the survey.

With d the judged length, T the tolerance (inclusive) and a the accuracy: where a ≤ T/3 the
marker is ``ok`` if d ≤ T, else ``moved``; where the survey is worse, ``ok`` needs
d + 2a ≤ T, ``moved`` needs d − 2a > T, and between nobody can tell.  Without an accuracy T
judges alone.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gisclusters.domain.verdicts import NAMING, MarkerCause, MarkerVerdict

_Floats = NDArray[np.float64]
SLACK_M = 1e-7
"""Coordinates carry about 1e-9 m of rounding: a length on the limit is on the limit."""

Settled = Literal["survey", "ground"]
"""What control points say of a common part: whose fault it is."""

REFERENCE_ERRORS = frozenset(
    {
        MarkerCause.SWAPPED_AXES, MarkerCause.WRONG_CENTRAL_MERIDIAN,
        MarkerCause.WRONG_ZONE_WIDTH, MarkerCause.NO_DATUM_SHIFT,
        MarkerCause.DATUM_SHIFT_REVERSED, MarkerCause.DATUM_ROTATION_SIGN,
        MarkerCause.MEKONG_DATUM_OPERATION, MarkerCause.DATUM_SHIFT_UNWANTED,
        MarkerCause.DEGREES, MarkerCause.NUMBERS_MISREAD,
    }
)  # fmt: skip
"""Causes that are certainly of the survey: what is left after them is the marker's own."""


def judge(
    distance_m: _Floats, residual_m: _Floats, accuracy_m: _Floats, tolerance_m: _Floats | float,
    cause: MarkerCause, settled: Settled | None = None,
) -> NDArray[np.object_]:  # fmt: skip
    """``ok``, ``moved`` or ``undecided`` for each marker (interfaces §2).

    Under ``none`` the raw distance is judged, under a named reference error the residual.
    Under an unexplained common part nobody knows whether ground or survey is wrong: markers
    that follow it are ``undecided``, never ``ok``; others moved.  Control points settle it:
    where the ``ground`` is wrong the raw distance is judged, where the ``survey`` is, the
    residual.
    """
    if cause is MarkerCause.NONE or cause in NAMING or settled == "ground":
        return decide(distance_m, accuracy_m, tolerance_m)
    found = decide(residual_m, accuracy_m, tolerance_m)
    if cause in REFERENCE_ERRORS or settled == "survey":
        return found
    return np.where(found == str(MarkerVerdict.OK), str(MarkerVerdict.UNDECIDED), found)


def p_values(length_m: _Floats, accuracy_m: _Floats) -> _Floats:
    """How often noise alone would put a point so far off: exp(−d²/a²).

    With a = √(σE²+σN²) and equal σ along both axes, d² / (a²/2) is χ² with two degrees of
    freedom.  Not a number where the accuracy is unknown.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.exp(-((length_m / accuracy_m) ** 2)), dtype=np.float64)


def decide(
    d: _Floats, accuracy_m: _Floats, limit_m: _Floats | float, beyond: str = MarkerVerdict.MOVED
) -> NDArray[np.object_]:
    """``ok``, ``beyond`` or ``undecided`` of each length by its limit and accuracy (interfaces §2).

    Not a number in length or limit: ``undecided``.
    """
    a = np.nan_to_num(accuracy_m, nan=0.0)
    guard = np.where(a <= limit_m / 3, 0.0, 2 * a)
    found = np.full(len(d), str(MarkerVerdict.UNDECIDED), dtype=object)
    found[d + guard <= limit_m + SLACK_M] = str(MarkerVerdict.OK)
    found[d - guard > limit_m + SLACK_M] = str(beyond)
    return found
