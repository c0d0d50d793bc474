"""Control points measured in the same session: they alone tell wrong ground from wrong survey.

A row of control carries its known position in ``E_known, N_known`` (metres, in the CRS of the
layer); without it the row only documents the session.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gisclusters.domain.issue import Issue, warning
from gisclusters.domain.verdicts import UNEXPLAINED, Certainty
from gisclusters.geometry.crs import transform_xy
from gisclusters.geometry.crs_names import is_lonlat
from gisclusters.layers.layer import Layer
from gisclusters.layers.values import as_number, fold
from gisclusters.markers.diagnosis import Clean, told
from gisclusters.markers.places import Places, joined, middle, places_in
from gisclusters.markers.position import REFERENCE_ERRORS
from gisclusters.markers.report import Diagnosis

_KNOWN = ["E_known", "N_known"]


@dataclass(frozen=True, slots=True)
class Control:
    """Known and measured places of the control points, in the CRS of the design."""

    known: Places
    seen: Places


def known_and_seen(control: Layer, crs: str) -> Control:
    """Known and measured place of each row in ``crs``; not finite where a row lacks one.

    Known places are in the CRS of the layer; where that is longitude and latitude, in ``crs``.
    """
    seen = places_in(control, crs)
    columns = _known_columns(control)
    if columns is None:
        return Control(np.full(len(seen), complex(np.nan, np.nan)), seen)
    known = joined(*(as_number(control.frame[name])[0].to_numpy(dtype=float) for name in columns))
    if control.crs is not None and control.crs != crs and not is_lonlat(control.crs):
        known = joined(*transform_xy(known.real, known.imag, control.crs, crs))
    return Control(known, seen)


def _known_columns(control: Layer) -> list[str] | None:
    """The columns of the known places, however their headers are spelled: ``E known (m)``."""
    by_fold: dict[str, str] = {}
    for name in map(str, control.frame.columns):
        by_fold.setdefault(fold(name).removesuffix(" m"), name)
    found = [name if name in control.frame else by_fold.get(fold(name)) for name in _KNOWN]
    return None if None in found else [str(name) for name in found]


def control_of(control: Layer, crs: str) -> tuple[Control | None, list[Issue]]:
    """The control points with known and measured places; what cannot be used is told.

    None where none has both.
    """
    name = control.name
    if _known_columns(control) is None:
        return None, [warning("control_unknown", layer=name, fields=", ".join(_KNOWN))]
    points = known_and_seen(control, crs)
    both = np.isfinite(points.known) & np.isfinite(points.seen)
    issues = []
    if not both.all():
        row = int(control.frame["source_row"].to_numpy()[np.flatnonzero(~both)[0]])
        issues.append(warning("control_incomplete", layer=name, row=row, count=int((~both).sum())))
    if not both.any():
        return None, issues
    return Control(points.known[both], points.seen[both]), issues


def by_control(
    diagnosis: Diagnosis, control: Control, clean: Clean, limit_m: float
) -> tuple[Diagnosis, list[Issue]]:  # fmt: skip
    """What the control points say of the common part of the matched markers.

    ``survey``: they carry it too.  ``ground``: they are where they should be, so the markers
    are not.  ``design``: they are where they should be under a named reference error, so it
    is the approved table that is written in another system.  ``neither``: they are off
    otherwise.  Where the markers have no common part and the control points do, a warning
    (``control_off``) says so, for then the markers are off on the ground.
    """
    off = control.seen - control.known
    numbers = {"control_shift_m": abs(middle(off)), "control_count": len(off)}
    stands = float(np.median(np.abs(off))) <= limit_m
    if diagnosis.cause not in UNEXPLAINED | REFERENCE_ERRORS:
        if stands:
            return told(diagnosis, **numbers), []
        doubt = warning("control_off", distance=abs(middle(off)), count=len(off))
        return told(replace(diagnosis, control="off"), **numbers), [doubt]
    left = np.abs(clean(control.seen) - control.known)
    carries = float(np.median(left)) <= limit_m
    if carries and stands:  # the common part is so small that they cannot tell
        said = "neither"
    elif carries:
        said = "survey"
    elif stands:
        said = "design" if diagnosis.cause in REFERENCE_ERRORS else "ground"
    else:
        said = "neither"
    certainty = diagnosis.certainty
    agree = left if said == "survey" else np.abs(off)
    others = int((agree > limit_m).sum()) if said != "neither" else 0
    issues = [warning("control_disagrees", count=others, all=len(off))] if others else []
    if said != "neither" and not others and certainty is Certainty.LIKELY:
        certainty = Certainty.CERTAIN
    return told(replace(diagnosis, control=said, certainty=certainty), **numbers), issues
