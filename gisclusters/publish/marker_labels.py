"""Where the names of points stand on a sheet so that none lies on another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LETTER_MM = 0.56
"""Width of a letter, as a share of the font's height; a bit more than most letters have."""

_NEAR_MM = (2.0, 3.5, 6.0, 9.5, 14.0, 19.0, 25.0)
_LED_FROM_MM = 3.0
_TURNS = (45, 0, 90, 315, 180, 135, 225, 270, 22, 68, 112, 158, 202, 248, 292, 338)
_CELL_MM = 10.0
_APART_MM = 0.25

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Label:
    """A name on the sheet: its left end and base line.

    ``lead`` is the line from its point to its box where it stands away from it, else None.
    """

    words: str
    x: float
    y: float
    lead: tuple[float, float, float, float] | None


class _Taken:
    """Boxes that are no longer free, found by cells of the sheet."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[Box]] = {}

    def add(self, box: Box) -> None:
        for cell in _cells(box):
            self._cells.setdefault(cell, []).append(box)

    def meets(self, box: Box) -> bool:
        west, north, east, south = box
        return any(
            west < other[2] and other[0] < east and north < other[3] and other[1] < south
            for cell in _cells(box)
            for other in self._cells.get(cell, ())
        )


def place_labels(
    names: Sequence[str], points: Sequence[tuple[float, float]], *, width_mm: float,
    height_mm: float, size_mm: float, point_mm: float, taken: Sequence[Box] = (),
    avoided: Sequence[Box] = (),
) -> tuple[list[Label], list[str]]:  # fmt: skip
    """Labels beside their points, and the names for which there is no room.

    Nearest places are tried first, all round the point; no label leaves the sheet, covers
    a point, another label or a box in ``taken``; boxes in ``avoided`` are covered only by
    names that find no other room.
    """
    free, better = _Taken(), _Taken()
    for x, y in points:
        free.add((x - point_mm, y - point_mm, x + point_mm, y + point_mm))
    for box in taken:
        free.add(box)
    for box in avoided:
        better.add(box)
    placed, left_out = [], []
    for name, (x, y) in zip(names, points, strict=True):
        wide = len(name) * LETTER_MM * size_mm + 2 * _APART_MM
        for far, kept in [*((far, (free, better)) for far in _NEAR_MM),
                          *((far, (free,)) for far in _NEAR_MM)]:  # fmt: skip
            room = _room(kept, x, y, far, wide, size_mm + 2 * _APART_MM, width_mm, height_mm)
            if room is not None:
                free.add(room)
                placed.append(
                    Label(name, round(room[0] + _APART_MM, 2), round(room[3] - 0.25 * size_mm, 2),
                          _lead(x, y, room) if far >= _LED_FROM_MM else None)
                )  # fmt: skip
                break
        else:
            left_out.append(name)
    return placed, left_out


def _room(
    kept: Sequence[_Taken], x: float, y: float, far: float, wide: float, high: float,
    width_mm: float, height_mm: float,
) -> Box | None:  # fmt: skip
    for turn in _TURNS:
        cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        middle_x = x + far * cos + cos * wide / 2
        middle_y = y - far * sin - sin * high / 2
        box = (middle_x - wide / 2, middle_y - high / 2, middle_x + wide / 2, middle_y + high / 2)
        inside = box[0] >= 0 and box[1] >= 0 and box[2] <= width_mm and box[3] <= height_mm
        if inside and not any(each.meets(box) for each in kept):
            return box
    return None


def _lead(x: float, y: float, box: Box) -> tuple[float, float, float, float]:
    to_x, to_y = min(max(x, box[0]), box[2]), min(max(y, box[1]), box[3])
    return (round(x, 2), round(y, 2), round(to_x, 2), round(to_y, 2))


def _cells(box: Box) -> list[tuple[int, int]]:
    west, north, east, south = (math.floor(edge / _CELL_MM) for edge in box)
    return [(i, j) for i in range(west, east + 1) for j in range(north, south + 1)]
