"""Greenery inside factory lots: what the plan draws there, else what an image shows.

QCVN 01:2021/BXD, table 2.11: at least 20 % of the lot.  ``green`` lots of the detailed plan that
lie in a factory lot say it surest; classes of a land-cover raster say it where a person names
them.  Where neither speaks, greenery is not known, and never 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.efficiency.area_ladder import Members, Positions
from gisclusters.efficiency.density import footprints, wide
from gisclusters.efficiency.land_cover import (
    built_share,
    built_share_sd,
    judgement,
    zonal_fractions,
)
from gisclusters.efficiency.structure import BELOW, ROUNDING, UNDECIDED, WITHIN
from gisclusters.efficiency.zonal_engine import LandCover
from gisclusters.rules.dated import Dated
from gisclusters.rules.efficiency import EfficiencyRules

NOT_CHECKED = "not_checked"
_WHOLE = 0.99
"""A lot is told by the image where at least this share of it is covered."""


@dataclass(frozen=True, slots=True)
class FactoryLots:
    """The lots to be judged: ``industrial`` lots, or the parcels of a cluster that has none.

    ``frame`` has ``lot_of`` (``lot`` or ``parcel``), ``lot_id``, ``floors`` (of the plan),
    ``accuracy_m``, ``shared_m2`` (also claimed by another of them) and ``geometry``;
    ``clusters`` the position of the cluster of each.
    """

    frame: gpd.GeoDataFrame
    clusters: Positions


@dataclass(frozen=True, slots=True)
class FactoryGreen:
    """The green of each factory lot.

    ``shapes`` is what the plan draws (empty: nothing); ``area_m2`` NaN where nothing says;
    ``source`` ``lots``, ``landcover`` or None; ``sd_share`` the standard deviation of the
    share, 0 for what is drawn; ``reason`` why an image is not believed.
    """

    shapes: NDArray[np.object_]
    area_m2: NDArray[np.float64]
    source: NDArray[np.object_]
    sd_share: NDArray[np.float64]
    reason: NDArray[np.object_]


def green_in_lots(lots: FactoryLots, plan: Members | None) -> FactoryGreen:
    """The ``green`` lots of the plan as far as they lie in factory lots (``plan`` None: none).

    What is not wider than the accuracy of both drawings is how a common border was drawn.
    """
    count = len(lots.frame)
    nothing = FactoryGreen(
        np.full(count, shapely.Polygon(), dtype=object), np.full(count, np.nan),
        np.full(count, None, dtype=object), np.zeros(count), np.full(count, None, dtype=object),
    )  # fmt: skip
    if plan is None:
        return nothing
    chosen = np.flatnonzero((plan.frame["use"] == "green").to_numpy(dtype=bool))
    found = footprints(lots.frame, plan.frame.iloc[chosen])
    tolerance_m = np.hypot(
        lots.frame["accuracy_m"].to_numpy(dtype="float64")[found.zone],
        plan.frame["accuracy_m"].to_numpy(dtype="float64")[chosen[found.building]],
    )
    own = lots.clusters[found.zone] == plan.clusters[chosen[found.building]]
    found = found.where(own & wide(found.ground, tolerance_m))
    shapes, drawn = found.united(), np.unique(found.zone)
    area_m2, source = nothing.area_m2.copy(), nothing.source.copy()
    area_m2[drawn], source[drawn] = shapely.area(shapes[drawn]), "lots"
    return replace(nothing, shapes=shapes, area_m2=area_m2, source=source)


def green_on_image(
    drawn: FactoryGreen, lots: FactoryLots, landcover: LandCover | None,
    classes: Sequence[int], *, as_of: date, rules: EfficiencyRules,
) -> FactoryGreen:  # fmt: skip
    """The same, with lots of which the plan draws nothing told by classes of a raster.

    ``classes`` are those a person takes for greenery; none: the image says nothing.  A lot
    under ``raster_refuse_below`` pixels, or covered in part, stays unknown (``few_pixels``,
    ``image_partial``); one under ``raster_grey_below`` is measured and never judged.  Raises
    InputRefusedError where the raster cannot be read.
    """
    silent = np.flatnonzero(np.isnan(drawn.area_m2))
    if landcover is None or not classes or not len(silent):
        return drawn
    frame = lots.frame.iloc[silent].reset_index(drop=True)
    zonal = zonal_fractions(frame, landcover)
    grey, refuse = (
        rules.threshold_on(name, as_of) for name in ("raster_grey_below", "raster_refuse_below")
    )
    told = judgement(
        zonal,
        grey_below=0.0 if grey is None else grey.value,
        refuse_below=0.0 if refuse is None else refuse.value,
    ).to_numpy()
    share = built_share(zonal, classes).to_numpy(dtype="float64")
    sd = built_share_sd(zonal, frame.geometry.length.to_numpy()).to_numpy(dtype="float64")
    whole = zonal["coverage_share"].to_numpy(dtype="float64") >= _WHOLE
    area_m2, source = drawn.area_m2.copy(), drawn.source.copy()
    sd_share, reason = drawn.sd_share.copy(), drawn.reason.copy()
    reason[silent[~whole & (told != "no_data")]] = "image_partial"
    reason[silent[told == "refused"]] = "few_pixels"
    sd = np.where(told == "grey", np.inf, sd)
    good = whole & np.isin(told, ("firm", "grey"))
    area_m2[silent[good]] = share[good] * frame.geometry.area.to_numpy()[good]
    source[silent[good]], sd_share[silent[good]] = "landcover", sd[good]
    return replace(drawn, area_m2=area_m2, source=source, sd_share=sd_share, reason=reason)


def judge_green(
    green: FactoryGreen, area_m2: NDArray[np.float64], *, as_of: date, rules: EfficiencyRules
) -> pd.DataFrame:
    """The greenery of each lot (``area_m2``) against the norm of the day, columns ``green_*``.

    ``green_verdict``: ``within below``; ``undecided`` (``image_accuracy``) where the image
    leaves the share within two standard deviations of the norm; ``not_checked``
    (``no_green_known few_pixels image_partial no_rule``).
    """
    norm = rules.threshold_on("lot_green", as_of)
    with np.errstate(invalid="ignore"):
        share = green.area_m2 / area_m2
    table = pd.DataFrame(
        {"green_m2": green.area_m2, "green_share": share, "green_source": green.source}
    )
    if norm is None:
        return table.assign(
            green_at_least=np.nan, green_verdict=NOT_CHECKED, green_reason="no_rule",
            green_missing_m2=np.nan, **basis("green", None),
        )  # fmt: skip
    silent, kept = np.isnan(share), share >= norm.value - ROUNDING
    unsure = ~silent & (green.sd_share > 0) & (np.abs(share - norm.value) <= 2 * green.sd_share)
    reason = green.reason.copy()
    reason[silent & (reason == None)] = "no_green_known"  # noqa: E711 - by element
    reason[unsure] = "image_accuracy"
    missing_m2 = np.where(kept, 0.0, norm.value * area_m2 - green.area_m2)
    return table.assign(
        green_at_least=norm.value,
        green_verdict=np.select(
            [silent, unsure, kept], [NOT_CHECKED, UNDECIDED, WITHIN], default=BELOW
        ),
        green_reason=pd.Series(reason, dtype=object),
        green_missing_m2=np.where(unsure, np.nan, missing_m2),
        **basis("green", norm),
    )


def basis(name: str, norm: Dated | None) -> dict[str, Any]:
    """The rule behind a verdict as columns ``<name>_rule_id``, ``_article``, ``_confidence``."""
    return {
        f"{name}_rule_id": None if norm is None else norm.rule_id,
        f"{name}_article": None if norm is None else norm.article,
        f"{name}_confidence": None if norm is None else norm.confidence,
    }
