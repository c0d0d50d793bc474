"""Columns that name the system of coordinates: ``KTT``, ``Hệ tọa độ``, ``Múi chiếu``, ``EPSG``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from gisclusters.layers.values import fold

_HEADERS = (
    (re.compile(r"ktt(?: do)?|kinh ?tuyen ?(?:truc|trung uong|truc ktt)|kinh ?tuyent?"),
     "kinh tuyến trục {}"),
    (re.compile(r"he ?toa ?do|he qc|he quy chieu|he toa do quy chieu"), "hệ tọa độ {}"),
    (re.compile(r"mui ?chieu(?: do)?"), "múi chiếu {}"),
    (re.compile(r"(?:ma )?(?:epsg|crs|srid)(?: code)?"), "EPSG:{}"),
)  # fmt: skip
_MOST = 50
"""Values of a column that are listened to: two already are too many."""


def system_lines(headers: Sequence[str], cells_of: Callable[[int], Iterable[object]]) -> list[str]:
    """What the columns that name a system say, as titles say it: ``kinh tuyến trục 107,5``.

    ``cells_of`` gives the cells of the column at a place.  A value that says by itself what it
    is (``EPSG:9216``) comes as it is.
    """
    lines: list[str] = []
    for place, header in enumerate(headers):
        words = fold(header)
        template = next((said for known, said in _HEADERS if known.fullmatch(words)), None)
        if template is None:
            continue
        values = dict.fromkeys(filter(None, map(_text, cells_of(place))))
        for value in list(values)[:_MOST]:
            bare = template != "EPSG:{}" or value.isdecimal()
            lines.append(template.format(value) if bare else value)
    return lines


def _text(value: object) -> str:
    """A cell as a person would write it; nothing for none."""
    if isinstance(value, float):
        return "" if value != value else f"{value:.10g}"  # noqa: PLR0124 - NaN alone
    return "" if value is None else str(value).strip()
