"""Markers of a drawing: inserts, points and circles, each with the text that names it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, info
from gisclusters.layers.kinds import Kind
from gisclusters.layers.values import fold
from gisclusters.readers.drawing.rings import SAME_PLACE_M, as_points
from gisclusters.readers.drawing.survey import Mark, Survey
from gisclusters.readers.drawing.texts import Texts

TEXT_REACH_M = 5.0
"""A mark without attributes takes the nearest text no farther than this."""


def markers(found: Survey, texts: Texts, kind: Kind) -> tuple[pd.DataFrame, list[Issue]]:
    """``drawing_layer name texts geometry``, one row a place.

    ``name`` is the attribute of an insert whose tag is a header of the kind's id, else its
    first one; without attributes the nearest free text within ``TEXT_REACH_M``, a text
    serving one mark.  Marks at one place (a point in a circle) are one, inserts first.
    """
    issues: list[Issue] = []
    taken_in = [i for i, mark in enumerate(found.marks)
                if found.chosen is None or mark.layer in found.chosen]  # fmt: skip
    kept = _one_a_place(found.marks, taken_in)
    if len(kept) < len(taken_in):
        issues.append(info("marks_as_one", count=len(taken_in) - len(kept)))
    names, every = (np.full(len(kept), None, dtype=object) for _ in range(2))
    original = names.copy()
    wanted = {fold(kind.id_field), *kind.field(kind.id_field).aliases}
    places = {number: place for place, number in enumerate(kept)}
    attributes: dict[int, list[int]] = {}
    for text in map(int, np.flatnonzero(np.isin(texts.holder, kept))):
        attributes.setdefault(int(texts.holder[text]), []).append(text)
    for holder, own in attributes.items():
        chosen = next((i for i in own if fold(texts.tags[i]) in wanted), own[0])
        place = places[holder]
        names[place], original[place] = texts.words[chosen], texts.original[chosen]
        every[place] = "; ".join(texts.words[own])
    points = as_points(np.array([found.marks[i].place for i in kept]).reshape(-1, 2))
    free = np.flatnonzero(texts.holder < 0)
    bare = np.flatnonzero(pd.isna(names))
    taken = _nearest(points[bare], texts.anchors[free])
    for mark, text in taken:
        names[bare[mark]] = every[bare[mark]] = texts.words[free[text]]
        original[bare[mark]] = texts.original[free[text]]
    if taken:
        issues.append(info("marks_named_by_text", count=len(taken), reach=TEXT_REACH_M))
    columns = {
        "drawing_layer": [found.marks[i].layer for i in kept],
        "name": names, "texts": every, "geometry": points,
    } | ({"name_original": original} if any(original) else {})  # fmt: skip
    frame = pd.DataFrame({key: pd.Series(cells, dtype=object) for key, cells in columns.items()})
    return frame, issues


def _one_a_place(marks: list[Mark], numbers: list[int]) -> list[int]:
    """Of the marks with these numbers the most telling of every place, in order."""
    if not numbers:
        return []
    points = as_points(np.array([marks[i].place for i in numbers]))
    rank = np.array([marks[i].rank for i in numbers])
    one, two = shapely.STRtree(points).query(points, predicate="dwithin", distance=SAME_PLACE_M)
    better = (rank[one] < rank[two]) | ((rank[one] == rank[two]) & (one < two))
    return [numbers[i] for i in np.setdiff1d(np.arange(len(numbers)), two[better])]


def _nearest(marks: NDArray[np.object_], anchors: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Pairs of mark and text within reach, the closest first, each used once."""
    places = as_points(anchors)
    text, mark = shapely.STRtree(marks).query(places, predicate="dwithin", distance=TEXT_REACH_M)
    distance = shapely.distance(marks[mark], places[text])
    pairs: list[tuple[int, int]] = []
    marks_used: set[int] = set()
    texts_used: set[int] = set()
    for i in np.argsort(distance, kind="stable"):
        one, other = int(mark[i]), int(text[i])
        if one not in marks_used and other not in texts_used:
            marks_used.add(one)
            texts_used.add(other)
            pairs.append((one, other))
    return pairs
