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

Frame = Literal["as_surveyed", "undone", "unexplained"]
_UNUSABLE = frozenset({str(MarkerVerdict.MISSING), str(MarkerVerdict.DUPLICATE)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The corner markers of a design, one place each: east + i · north, metres.

    ``rows`` are the rows of the design they come from.  ``surveyed`` is NaN where nobody
    measured, or measurements disagree (``duplicate``); ``place`` then is the designed one,
    unless ``frame`` is ``unexplained``: a designed place does not go with surveyed ones that
    share a common part nobody can explain.  ``accuracy_m`` is the standard error of
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
    away = found["de_m"].to_numpy(dtype="float64") + 1j * found["dn_m"].to_numpy(dtype="float64")
    usable = ~found["verdict"].isin(_UNUSABLE).to_numpy() & ~np.isnan(away)
    surveyed = np.where(usable, designed + away, complex(np.nan, np.nan))
    surveyed, frame = _undone(surveyed, report)
    measured = ~np.isnan(surveyed)
    own = design.frame["accuracy_m"].to_numpy(dtype="float64")[rows]
    seen = found["accuracy_m"].to_numpy(dtype="float64")
    stand_in = designed if frame != "unexplained" else np.full(len(rows), complex(np.nan, np.nan))
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


def _undone(
    surveyed: NDArray[np.complex128], report: MarkerReport
) -> tuple[NDArray[np.complex128], Frame]:
    """The survey without a reference error that is certainly its own.

    Never by a similarity that was fitted to the design: it would take the scale of the area
    away.
    """
    found, cause = report.diagnosis, report.diagnosis.cause
    if cause is MarkerCause.NONE or cause in NAMING or found.control == "ground":
        return surveyed, "as_surveyed"
    shift_only = cause is MarkerCause.CONSTANT_SHIFT and found.control == "survey"
    seen = ~np.isnan(surveyed)
    if not seen.any() or not (cause in REFERENCE_ERRORS or shift_only):
        return surveyed, "unexplained"
    undone = surveyed.copy()
    undone[seen] = report.clean(surveyed[seen])
    return undone, "undone"


def _plain(column: pd.Series[Any]) -> NDArray[np.object_]:
    values: NDArray[np.object_] = column.astype(object).where(column.notna(), None).to_numpy()
    return values
