"""What a land-cover raster shows of zones: the built share with its ±, and its change.

Every number keeps apart what it is: ``built_share`` is what the map says, with the sd of the
pixels cut by an outline; ``built_corrected_share`` what is left when the errors of the
classification, told by a matrix, are taken into account.  Judgements use the corrected
share where there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from gisclusters.efficiency.confusion import corrected_share, strange_classes, weights
from gisclusters.efficiency.land_cover import (
    built_share,
    built_share_sd,
    classes_of,
    judgement,
    zonal_fractions,
)
from gisclusters.efficiency.zonal_engine import LandCover
from gisclusters.rules.efficiency import EfficiencyRules
from gisclusters.rules.land_cover import Confusion, LandCoverRules, load_land_cover_rules

BUILT_COLUMNS = (
    "built_share", "built_share_sd", "built_pixels", "built_judgement", "coverage_share",
    "built_corrected_share", "built_corrected_sd", "built_before_share", "built_before_sd",
    "built_change_share", "built_change_sd", "built_change",
)  # fmt: skip
"""The columns of ``built_columns``, in order."""

_SAME_GROUND = 0.01
"""Coverages that differ by more are of different ground."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """What is asked of the land cover.

    The raster of today, an earlier one on the same grid (``readers.raster_pairs`` sees to
    that), which classes are built, how often they err.
    """

    now: LandCover
    built_classes: Sequence[int]
    rules: LandCoverRules
    before: LandCover | None = None
    confusion: Confusion | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """The columns of some zones, the classes shown there, those the matrix does not know."""

    columns: pd.DataFrame
    classes: tuple[int, ...] = ()
    strange: tuple[int, ...] = ()


def asked_of(
    now: LandCover,
    built_classes: Sequence[int],
    rules: LandCoverRules | str | Path,
    *,
    before: LandCover | None = None,
    confusion: Confusion | None = None,
) -> Image:
    """The question put together; the matrix is tried at once.  Raises UsageError."""
    if not isinstance(rules, LandCoverRules):
        rules = load_land_cover_rules(rules)
    if confusion is not None:
        weights(confusion, built_classes)
    return Image(
        now=now, built_classes=built_classes, rules=rules, before=before, confusion=confusion
    )


def classes_seen(seen: Sequence[Seen]) -> tuple[int, ...]:
    """The classes shown in any of the zones, ascending."""
    return tuple(sorted({code for each in seen for code in each.classes}))


def built_columns(
    zones: gpd.GeoDataFrame, image: Image | None, as_of: date, rules: EfficiencyRules
) -> Seen:
    """``BUILT_COLUMNS`` of each zone; NaN and None without a raster.

    ``zones`` are valid polygons in metres.  ``built_change_share`` is now less before, of the
    corrected shares where there is a matrix, with the sds of both added as independent (the
    pixels of an outline that show the same both times err alike, so this is an upper bound).
    ``built_change``: ``grown reduced not_significant``, ``different_ground`` where one raster
    covers more of the zone than the other by over 1 %, None where one of the two is not to be
    judged.  Raises InputRefusedError where a raster cannot be read.
    """
    index = pd.RangeIndex(len(zones))
    if image is None:
        words = {"built_judgement", "built_change"}
        empty = {name: None if name in words else np.nan for name in BUILT_COLUMNS}
        return Seen(pd.DataFrame(empty, index=index, columns=list(BUILT_COLUMNS)))
    placed = zones.set_axis(index)
    now, classes, strange = _one(placed, image.now, image, as_of, rules)
    found = now.rename(columns={"corrected_share": "built_corrected_share",
                                "corrected_sd": "built_corrected_sd"})  # fmt: skip
    if image.before is not None:
        before, others, unknown = _one(placed, image.before, image, as_of, rules)
        classes, strange = classes | others, strange | unknown
        found["built_before_share"] = before["built_share"]
        found["built_before_sd"] = before["built_share_sd"]
        found = pd.concat([found, _change(before, now, image, as_of)], axis=1)
    else:
        found = found.assign(built_before_share=np.nan, built_before_sd=np.nan,
                             built_change_share=np.nan, built_change_sd=np.nan,
                             built_change=None)  # fmt: skip
    return Seen(found[list(BUILT_COLUMNS)], tuple(sorted(classes)), tuple(sorted(strange)))


def estimate(columns: pd.DataFrame) -> pd.DataFrame:
    """``share`` and ``sd`` that judgements use: corrected where a matrix corrects, else as read."""
    given = columns["built_corrected_sd"].notna().any()
    names = ("built_corrected_share", "built_corrected_sd")
    chosen = names if given else ("built_share", "built_share_sd")
    return columns[list(chosen)].set_axis(["share", "sd"], axis=1)


def _one(
    zones: gpd.GeoDataFrame, cover: LandCover, image: Image, as_of: date, rules: EfficiencyRules
) -> tuple[pd.DataFrame, set[int], set[int]]:
    zonal = zonal_fractions(zones, cover)
    grey = rules.threshold_on("raster_grey_below", as_of)
    refuse = rules.threshold_on("raster_refuse_below", as_of)
    pixel_sd = built_share_sd(zonal, zones.geometry.length.to_numpy())
    found = pd.DataFrame(
        {
            "built_share": built_share(zonal, image.built_classes),
            "built_share_sd": pixel_sd,
            "built_pixels": zonal["pixels"],
            "coverage_share": zonal["coverage_share"],
            "built_judgement": judgement(
                zonal,
                grey_below=0.0 if grey is None else grey.value,
                refuse_below=0.0 if refuse is None else refuse.value,
            ),
            "corrected_share": np.nan,
            "corrected_sd": np.nan,
        }
    )
    strange: set[int] = set()
    if image.confusion is not None:
        sd = pixel_sd.to_numpy(dtype="float64")
        corrected = corrected_share(zonal, sd, image.built_classes, image.confusion)
        found[["corrected_share", "corrected_sd"]] = corrected
        strange = set(strange_classes(zonal, image.confusion))
    return found, set(classes_of(zonal)), strange


def _change(before: pd.DataFrame, now: pd.DataFrame, image: Image, as_of: date) -> pd.DataFrame:
    names = (
        ("built_share", "built_share_sd")
        if image.confusion is None
        else ("corrected_share", "corrected_sd")
    )
    change = now[names[0]] - before[names[0]]
    sd = (now[names[1]] ** 2 + before[names[1]] ** 2) ** 0.5
    judged = now["built_judgement"].isin(["firm", "grey"]) & before["built_judgement"].isin(
        ["firm", "grey"]
    )
    same = (now["coverage_share"] - before["coverage_share"]).abs() <= _SAME_GROUND
    times = image.rules.significance_on(as_of)
    words = pd.Series(None, index=now.index, dtype=object)
    words[judged & ~same] = "different_ground"
    told = judged & same & change.notna()
    if times is not None:
        words[told] = np.select(
            [change[told] > times * sd[told], change[told] < -times * sd[told]],
            ["grown", "reduced"],
            default="not_significant",
        )
    shown = told | (now["built_judgement"].eq("refused") & same)
    return pd.DataFrame(
        {
            "built_change_share": change.where(shown),
            "built_change_sd": sd.where(shown),
            "built_change": words,
        }
    )
