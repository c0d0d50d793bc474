"""Circles of a drawing: signs of markers, or outlines on a layer that a person chose."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.readers.drawing.curves import Points
from gisclusters.readers.drawing.rings import CLOSING_GAP_M, as_points


@dataclass(frozen=True, slots=True)
class Round:
    """A circle in metres: its chords (n × 2, the first not repeated), middle and radius."""

    layer: str
    points: Points
    middle: Points
    radius_m: float


def sort_circles(
    circles: Sequence[Round], corners: Points, *, chosen: Collection[str] | None
) -> tuple[list[Round], list[Issue]]:
    """The circles that are outlines, and what is said of the others.

    A circle around one of ``corners`` (vertices of lines, points, inserted blocks; n × 2) is
    the sign of a marker.  Any other is an outline where a person chose its drawing layer
    (``chosen``); without that choice it may be a tree or a pole as well, so it is left out
    with a warning for its layer (``circle_left_out``) that says where the widest lies.
    """
    if not circles:
        return [], []
    signs = _around(circles, corners)
    issues: list[Issue] = []
    if signs.any():
        issues.append(info("circles_as_signs", count=int(signs.sum())))
    rest = [circle for circle, sign in zip(circles, signs, strict=True) if not sign]
    if chosen is not None:
        return [circle for circle in rest if circle.layer in chosen], issues
    for layer in sorted({circle.layer for circle in rest}):
        own = [circle for circle in rest if circle.layer == layer]
        widest = max(own, key=lambda circle: circle.radius_m)
        x, y = widest.middle
        issues.append(
            warning("circle_left_out", field="geometry", value=layer, count=len(own),
                    radius=widest.radius_m, place=f"{x:.3f} {y:.3f}")
        )  # fmt: skip
    return [], issues


def _around(circles: Sequence[Round], corners: Points) -> NDArray[np.bool_]:
    """Which circles have one of ``corners`` in their middle."""
    middles = as_points(np.array([circle.middle for circle in circles]))
    found = shapely.STRtree(as_points(corners)).query(
        middles, predicate="dwithin", distance=CLOSING_GAP_M
    )
    return np.isin(np.arange(len(circles)), found[0])
