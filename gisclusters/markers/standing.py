"""Where each boundary marker stands: as surveyed, and what stands in for one nobody measured.

Kinds of marker are those of Circular 10/2016/TT-BXD: RG stands on the boundary, TĐ in the
middle of a road, CGĐ on the red line, and MTC is a reference from which a point is found that
cannot be set; only RG, and markers whose kind nobody said, are corners of the boundary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.verdicts import NAMING, MarkerCause, MarkerVerdict
from gisclusters.layers.layer import Layer
from gisclusters.layers.marker_rings import is_corner
from gisclusters.markers.position import REFERENCE_ERRORS
from gisclusters.markers.report import MarkerReport

Frame = Literal["as_surveyed", "undone", "unexplained", "design_off"]
_APART = frozenset({"unexplained", "design_off"})
"""Frames in which designed places do not go with surveyed ones."""

_UNUSABLE = frozenset({str(MarkerVerdict.MISSING), str(MarkerVerdict.DUPLICATE)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The corner markers of a design, one place each: east + i · north, metres.

    ``rows`` are the rows of the design they come from.  ``surveyed`` is NaN where nobody
    measured, or measurements disagree (``duplicate``); ``place`` then is the designed one,
    unless ``frame`` is ``unexplained`` or ``design_off``: a designed place does not go with
    surveyed ones that share a common part nobody can explain, nor where control points say that
    it is the design that is written in another system.  ``accuracy_m`` is the standard error of
    ``place``, NaN where the survey does not say.
    ``frame``: ``undone`` means that a named reference error was taken off first.
    """

    rows: NDArray[np.intp]
    ids: NDArray[np.object_]
    clusters: NDArray[np.object_]
    designed: NDArray[np.complex128]
    surveyed: NDArray[np.complex128]
    place: NDArray[np.complex128]
    accuracy_m: NDArray[np.float64]
    frame: Frame
    left_out: tuple[str, ...]

    @property
    def measured(self) -> NDArray[np.bool_]:
        """Which markers have a place of the survey."""
        return ~np.isnan(self.surveyed)


def standing_markers(design: Layer, report: MarkerReport) -> Standing:
    """The corner markers of ``design`` where the verification found them.

    ``report.findings`` begins with one row for each marker of the design, in its order
    (ValueError otherwise).
    """
    found = report.findings.iloc[: len(design)]
    names = design.frame["marker_id"].to_numpy(dtype=object)
    if len(found) != len(design) or not (found["marker_id"].to_numpy(dtype=object) == names).all():
        raise ValueError("the findings are not of this design")
    corner = is_corner(design.frame)
    rows = np.flatnonzero(corner)
    shapes = design.shapes.geometry.to_numpy()[rows]
    designed: NDArray[np.complex128] = shapely.get_x(shapes) + 1j * shapely.get_y(shapes)
    found = found.iloc[rows]
    away = _places(found, "de_m", "dn_m")
    usable = ~found["verdict"].isin(_UNUSABLE).to_numpy() & ~np.isnan(away)
    frame = _frame(report, any_seen=bool(usable.any()))
    # What leads from a reference marker to its point was added after the error was taken off.
    seen_at = _places(found, "corrected_e_m", "corrected_n_m") if frame == "undone" else (
        designed + away
    )  # fmt: skip
    surveyed = np.where(usable, seen_at, complex(np.nan, np.nan))
    measured = ~np.isnan(surveyed)
    own = design.frame["accuracy_m"].to_numpy(dtype="float64")[rows]
    seen = found["accuracy_m"].to_numpy(dtype="float64")
    stand_in = np.full(len(rows), complex(np.nan, np.nan)) if frame in _APART else designed
    return Standing(
        rows=rows,
        ids=names[rows],
        clusters=_plain(design.frame["cluster_id"])[rows],
        designed=designed,
        surveyed=surveyed,
        place=np.where(measured, surveyed, stand_in),
        accuracy_m=np.where(measured, seen, own),
        frame=frame,
        left_out=tuple(str(name) for name in names[~corner]),
    )


def _frame(report: MarkerReport, *, any_seen: bool) -> Frame:
    """How the readings are taken: undone where a reference error is certainly the survey's own.

    Never by a similarity that was fitted to the design: it would take the scale of the area
    away.
    """
    found, cause = report.diagnosis, report.diagnosis.cause
    if cause is MarkerCause.NONE or cause in NAMING or found.control == "ground":
        return "as_surveyed"
    if found.control == "design":
        return "design_off"
    shift_only = cause is MarkerCause.CONSTANT_SHIFT and found.control == "survey"
    return "undone" if any_seen and (cause in REFERENCE_ERRORS or shift_only) else "unexplained"


def _places(found: pd.DataFrame, east: str, north: str) -> NDArray[np.complex128]:
    places: NDArray[np.complex128] = found[east].to_numpy(dtype="float64") + 1j * found[
        north
    ].to_numpy(dtype="float64")
    return places


def _plain(column: pd.Series[Any]) -> NDArray[np.object_]:
    values: NDArray[np.object_] = column.astype(object).where(column.notna(), None).to_numpy()
    return values
