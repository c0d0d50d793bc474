"""Whether a cluster lies where it says, and is as large as it says and as the decree allows.

Planar geometry in the working CRS, in metres.  The list of clusters names each one's commune and
area (Decree 32/2024/NĐ-CP, Art. 4(2)d); its size is that of Art. 2(1) of the day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.geometry.measure import area_sd_m2
from gisclusters.geometry.width import certainty, is_ground, width_m
from gisclusters.layers.known import place_name
from gisclusters.layers.layer import Layer
from gisclusters.rules.sizes import SizeRules, SizeVerdict

COLUMNS = (
    "subject_id", "check", "fit", "reason", "named", "registered_area_m2", "area_m2",
    "area_sd_m2", "outside_m2", "width_m", "tolerance_m", "legal_basis", "confidence",
)  # fmt: skip
LIST_BASIS = "Nghị định 32/2024/NĐ-CP, Điều 4(2)"
SIGMAS = 3.0
"""A registered area agrees within so many standard deviations of the measured one."""

_SIZE_FITS = {
    SizeVerdict.WITHIN: "fits", SizeVerdict.BELOW_MINIMUM: "does_not_fit",
    SizeVerdict.ABOVE_MAXIMUM: "does_not_fit", SizeVerdict.DEPENDS: "undecided",
    SizeVerdict.NO_RULE: "not_checked",
}  # fmt: skip


def naming(
    subjects: Layer, places: Sequence[Layer], *, as_of: date, sizes: SizeRules
) -> pd.DataFrame:
    """Four rows per subject, columns ``COLUMNS``: commune, province, registered area, size.

    ``fit`` is ``fits``, ``undecided``, ``does_not_fit`` or ``not_checked`` with a ``reason``:
    ``not_named`` (the cluster does not say), ``no_data`` (no such place is held),
    ``not_valid`` (the place is held, but not for the day: before or after a merger).
    A place is judged by the widest ground outside it against the tolerance of both maps, an
    area within ``SIGMAS`` standard deviations or the rounding of the registered figure.  All
    layers are in the subjects' CRS.
    """
    rows: list[dict[str, Any]] = []
    for _, subject in subjects.shapes.iterrows():
        rows += [_in_place(subject, level, places, as_of) for level in ("commune", "province")]
        rows += [_as_registered(subject), _in_size(subject, sizes, as_of)]
    return pd.DataFrame(
        [dict.fromkeys(COLUMNS) | row for row in rows], columns=list(COLUMNS), dtype=object
    )


def _in_place(subject: Any, level: str, places: Sequence[Layer], as_of: date) -> dict[str, Any]:
    row: dict[str, Any] = {
        "subject_id": subject["cluster_id"], "check": level, "named": subject[level],
        "area_m2": float(shapely.area(subject.geometry)), "legal_basis": LIST_BASIS,
        "confidence": "sure", "fit": "not_checked",
    }  # fmt: skip
    if subject[level] is None or pd.isna(subject[level]):
        return row | {"named": None, "reason": "not_named"}
    held = list(_named(places, str(subject[level]), level, as_of))
    if not held:
        return row | {"reason": "no_data"}
    now = [(frame, mask) for frame, mask in held if mask.any()]
    if not now:
        return row | {"reason": "not_valid"}
    ground = shapely.union_all(
        np.concatenate([frame.geometry.to_numpy()[mask] for frame, mask in now])
    )
    accuracy = max(float(frame["accuracy_m"][mask].max()) for frame, mask in now)
    tolerance = float(np.hypot(subject["accuracy_m"], accuracy))
    outside = shapely.difference(subject.geometry, ground)
    found, width = "fits", 0.0
    if shapely.area(outside) > 0 and is_ground(np.array([outside]))[0]:
        width = width_m(outside, tolerance)
        found = {"within_accuracy": "fits", "undecided": "undecided", "real": "does_not_fit"}[
            certainty(width, tolerance)
        ]
    return row | {"fit": found, "outside_m2": float(shapely.area(outside)), "width_m": width,
                  "tolerance_m": tolerance}  # fmt: skip


def _named(
    places: Sequence[Layer], name: str, level: str, as_of: date
) -> Iterator[tuple[gpd.GeoDataFrame, np.ndarray]]:
    """The places of a level that bear a name, with which of them hold on the day."""
    for layer in places:
        frame = layer.shapes
        own = frame["name"].fillna("").map(place_name) == place_name(name)
        own &= frame["level"].isna() | (frame["level"] == level)
        if own.any():
            yield frame[own], layer.in_force(as_of)[own.to_numpy()]


def _as_registered(subject: Any) -> dict[str, Any]:
    area = float(shapely.area(subject.geometry))
    row: dict[str, Any] = {
        "subject_id": subject["cluster_id"], "check": "registered_area", "area_m2": area,
        "legal_basis": LIST_BASIS, "confidence": "sure",
    }  # fmt: skip
    registered = subject["registered_area_m2"]
    if registered is None or pd.isna(registered):
        return row | {"fit": "not_checked", "reason": "not_named"}
    sd = area_sd_m2(subject.geometry, float(subject["accuracy_m"]))
    agrees = abs(area - registered) <= max(SIGMAS * sd, _rounding_m2(float(registered)))
    return row | {"fit": "fits" if agrees else "does_not_fit",
                  "registered_area_m2": float(registered), "area_sd_m2": sd}  # fmt: skip


def _rounding_m2(figure_m2: float) -> float:
    """Half a unit of the last digit of a figure in m², up to half of 0,01 ha."""
    unit = 0.01
    while unit < 100 and abs(figure_m2 / (unit * 10) - round(figure_m2 / (unit * 10))) < 1e-6:
        unit *= 10
    return unit / 2


def _in_size(subject: Any, sizes: SizeRules, as_of: date) -> dict[str, Any]:
    area = float(shapely.area(subject.geometry))
    rule = sizes.rule_for(as_of)
    row: dict[str, Any] = {"subject_id": subject["cluster_id"], "check": "size", "area_m2": area}
    if rule is None:
        return row | {"fit": "not_checked", "reason": "no_data"}
    flags = [subject[name] for name in ("mountain", "craft_village")]
    reduced = True if any(flag is True or flag is np.True_ for flag in flags) else (
        None if any(pd.isna(flag) for flag in flags) else False
    )  # fmt: skip
    found = rule.judge(area, reduced=reduced)
    said = None if found is SizeVerdict.WITHIN else str(found)
    return row | {"fit": _SIZE_FITS[found], "reason": said, "legal_basis": rule.legal_basis,
                  "confidence": rule.confidence}  # fmt: skip
