"""Sets of features as a page draws them: shapes, a style for each, a title, facts, a label."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.publish.document import plain
from gisclusters.publish.island import pack
from gisclusters.publish.tables import Column, written
from gisclusters.words import Lang, number

FOREST = ("special_use_forest", "protection_forest", "production_forest", "RDD", "RPH", "RSX")
DEFENCE = ("defence", "security", "military", "CQP", "CAN")
"""Categories that a public site withholds."""

_PLAN_LOOKS: Mapping[str, Sequence[str]] = {
    "rice": ("rice", "LUA", "LUC", "LUK", "LUN"),
    "forest": FOREST,
    "farm": ("agriculture", "HNK", "CLN", "NTS", "CNT", "LMU", "NKH", "BHK", "NHK"),
    "water": ("dike", "irrigation", "water_source", "DTL", "SON", "MNC", "TVC", "DDE"),
    "road": ("road", "bridge", "utility", "DGT", "DNL"),
    "urban": ("housing", "urban_plan", "relic_zone_1", "relic_zone_2", "ONT", "ODT", "DDD"),
    "defence": DEFENCE,
    "mineral": ("mineral", "SKS"),
    "industry": ("cluster", "industrial_park", "cluster_land", "SKN", "SKK", "SKC", "SCT", "TMD"),
}
_LOOK_OF = {category: look for look, words in _PLAN_LOOKS.items() for category in words}
PLAN_LOOKS = (*_PLAN_LOOKS, "other")


def plan_look(category: object) -> str:
    """The style of a plan zone by its category; what is not known looks ``plan-other``."""
    return f"plan-{_LOOK_OF.get(str(category), 'other')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSet:
    """Features of one kind on one page.

    ``shapes`` are WGS 84 lon/lat.  ``styles`` gives one style name per feature under each
    way to colour them (the first is shown at first); ``facts`` one text per feature under
    each label, empty texts are not shown.  ``links`` are addresses of pages of this site.
    ``dot``: a feature too small to see is drawn as a dot.  ``silent``: clicks pass through.
    ``label_fit``: a label is written only where it fits its feature; ``label_rank``: labels
    of a lower rank are placed first.  Zooms are Leaflet's.
    """

    id: str
    group: str
    words: str
    shapes: NDArray[np.object_]
    styles: Mapping[str, Sequence[str]]
    titles: Sequence[str]
    facts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    labels: Sequence[str] | None = None
    label_style: str = "name"
    label_zoom: float = 0
    label_rank: int = 9
    label_fit: bool = False
    min_zoom: float = 0
    links: Sequence[str | None] | None = None
    silent: bool = False
    dot: bool = False

    def island(self) -> dict[str, Any]:
        """The set as the island carries it; styles as numbers into ``style_names``."""
        names = sorted({name for styles in self.styles.values() for name in styles})
        number = {name: place for place, name in enumerate(names)}
        return {
            "id": self.id,
            "group": self.group,
            "words": self.words,
            "shapes": pack(self.shapes),
            "style_names": names,
            "styles": {
                way: [number[name] for name in styles] for way, styles in self.styles.items()
            },
            "titles": list(self.titles),
            "facts": [
                {"label": label, "values": list(values)}
                for label, values in self.facts.items()
                if any(values)
            ],
            "labels": None if self.labels is None else list(self.labels),
            "label_style": self.label_style,
            "label_zoom": self.label_zoom,
            "label_rank": self.label_rank,
            "label_fit": self.label_fit,
            "min_zoom": self.min_zoom,
            "links": None if self.links is None else list(self.links),
            "silent": self.silent,
            "dot": self.dot,
        }


def texts(frame: pd.DataFrame, name: str) -> list[str]:
    """A column as text, '' where it is empty or absent."""
    if name not in frame:
        return [""] * len(frame)
    cells = frame[name].to_numpy(dtype=object)
    empty = pd.isna(cells)
    return ["" if none else str(cell) for cell, none in zip(cells, empty, strict=True)]


def sort_keys(frame: pd.DataFrame, name: str) -> list[Any]:
    """A column as values a table sorts by; None where it is empty or absent."""
    if name not in frame:
        return [None] * len(frame)
    return [plain(cell) for cell in frame[name].to_numpy(dtype=object)]


def facts_of(frame: pd.DataFrame, columns: Sequence[Column], lang: Lang) -> dict[str, list[str]]:
    """The columns a frame has, as header → texts for people."""
    return {
        column.header(lang): [
            shown(cell, column, lang) for cell in frame[column.name].to_numpy(dtype=object)
        ]
        for column in columns
        if column.name in frame and column.only in {None, lang}
    }


def shown(cell: Any, column: Column, lang: Lang) -> str:
    """A cell for people: widths to a decimetre, coded words and categories with a capital."""
    if column.name == "width_m" and isinstance(cell, float) and math.isfinite(cell):
        return number(cell, lang, 1)
    words = written(cell, column, lang)
    return words[:1].upper() + words[1:] if column.form in {"word", "category"} else words
