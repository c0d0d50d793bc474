"""A boundary without its conflicts, as a proposal that nobody has to take and nothing applies.

The cluster minus the conflicts that forbid it (or those that need approval too), without the
strips that are left over, with corners that can be marked; what is lost, and how what is
left lies to the size limits of the decree (32/2024/NĐ-CP, Article 2(1)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.domain.verdicts import OverlapVerdict, Severity
from gisclusters.errors import CrsMismatchError
from gisclusters.geometry.width import ROUNDING_M, width_m
from gisclusters.layers.layer import Layer
from gisclusters.overlaps.corners import corner_counts, markable
from gisclusters.overlaps.pieces import corner_rows, free_of_slivers
from gisclusters.rules.sizes import SizeRule, SizeRules, SizeVerdict

PROPOSAL_COLUMNS = (
    "subject_id", "conflicts", "area_before_m2", "area_after_m2", "area_lost_m2", "conflict_m2",
    "strips_m2", "parts", "largest_part_m2", "new_corners", "close_corners", "tolerance_m",
    "corner_spacing_m", "overlap_left_m2", "overlap_left_width_m", "size_verdict",
    "size_verdict_before", "size_min_m2", "size_max_m2", "size_rule_id", "size_rules",
    "legal_basis", "confidence", "corners", "crs",
)  # fmt: skip

_FEWER_CORNERS = ((1.0, True), (1.0, False), (0.5, False), (0.25, False), (0.0, False))
"""What the corners may take, tried until the outline is sound: a part of the tolerance, and
whether ground may be given up so that they do not stand too close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalReport:
    """One row for each cluster with conflicts to cut off (``PROPOSAL_COLUMNS``), and issues.

    The geometry is in the CRS of the findings; empty where nothing of the cluster is left.
    """

    proposals: gpd.GeoDataFrame
    issues: tuple[Issue, ...]


def propose(
    subjects: Layer,
    findings: gpd.GeoDataFrame,
    *,
    sizes: SizeRules,
    as_of: date,
    approvals: bool = False,
    corner_spacing_m: float | None = None,
) -> ProposalReport:
    """A boundary without its conflicts for each subject that has some.

    ``findings`` are those of the subjects, in their CRS (projected, metres; CrsMismatchError
    otherwise).  Cut off is each ``conflict`` of severity ``blocking``, with ``approvals``
    ``approval`` too; accepted overlaps and undecided ones stay.  Old corners stay where they
    are.  New ones keep within the finest tolerance of the conflicts: the new outline enters
    a conflict by no strip wider than that; so that they do not stand closer than the spacing,
    ground no deeper than the spacing may be given up besides.  Strips of the rest under twice
    the tolerance are dropped.  No marker spacing is known from the law: ``corner_spacing_m``
    is the person's, else twice the tolerance, and that is said.  Conflicts without area
    cannot be cut off and are said.  A subject that only touches a zone has no conflict and no row.
    """
    if subjects.crs != findings.crs.to_string():
        raise CrsMismatchError(f"{subjects.name} is in {subjects.crs}, findings in {findings.crs}")
    severities = [str(Severity.BLOCKING)] + ([str(Severity.APPROVAL)] if approvals else [])
    wanted = findings[
        (findings["verdict"] == str(OverlapVerdict.CONFLICT))
        & findings["severity"].isin(severities)
    ]
    areal = shapely.get_dimensions(wanted.geometry.to_numpy()) == 2
    issues: list[Issue] = [
        warning("proposal_not_cut", layer=row.plan_id, id=row.subject_id, zone=row.zone_id)
        for row in wanted[~areal].itertuples()
    ]
    rows: list[dict[str, Any]] = []
    shapes: list[shapely.Geometry] = []
    for subject in subjects.shapes.itertuples():
        conflicts = wanted[areal & (wanted["subject_id"] == subject.cluster_id).to_numpy()]
        if not len(conflicts):
            continue
        row, shape = _proposal(subject, conflicts, corner_spacing_m)
        row["crs"] = subjects.crs
        row |= _size(row, sizes, sizes.rule_for(as_of), reduced=_reduced(subject))
        issues += _told(row, subjects.name)
        rows.append(row)
        shapes.append(shape)
    if rows and corner_spacing_m is None:
        issues.append(info("proposal_spacing_unset", layer=subjects.name))
    columns = {name: [row[name] for row in rows] for name in PROPOSAL_COLUMNS}
    proposals = gpd.GeoDataFrame(columns, geometry=shapes, crs=findings.crs)
    return ProposalReport(proposals=proposals, issues=tuple(issues))


def _proposal(
    subject: Any, conflicts: gpd.GeoDataFrame, corner_spacing_m: float | None
) -> tuple[dict[str, Any], shapely.Geometry]:
    tolerance_m = float(conflicts["tolerance_m"].min())
    spacing_m = 2 * tolerance_m if corner_spacing_m is None else corner_spacing_m
    border = subject.geometry
    cut = shapely.union_all(conflicts.geometry.to_numpy())
    rest = _areal(shapely.difference(border, cut))
    clean = free_of_slivers(rest, 2 * tolerance_m)
    shape = _sound(clean, border, cut, tolerance_m=tolerance_m, spacing_m=spacing_m)
    parts = shapely.get_parts(shape)
    new, close = corner_counts(shape, border, spacing_m) if len(parts) else (0, 0)
    before, after = float(shapely.area(border)), float(shapely.area(shape))
    left = shapely.intersection(shape, cut)
    left_width_m = width_m(left, tolerance_m)
    return {
        "subject_id": subject.cluster_id, "conflicts": len(conflicts),
        "area_before_m2": before, "area_after_m2": after, "area_lost_m2": before - after,
        "conflict_m2": float(shapely.area(cut)),
        "strips_m2": float(shapely.area(rest) - shapely.area(clean)),
        "parts": int((shapely.area(parts) > 0).sum()),
        "largest_part_m2": float(shapely.area(parts).max(initial=0.0)),
        "new_corners": new, "close_corners": close, "tolerance_m": tolerance_m,
        "corner_spacing_m": spacing_m, "overlap_left_m2": float(shapely.area(left)),
        "overlap_left_width_m": 0.0 if np.isnan(left_width_m) else left_width_m,
        "corners": corner_rows(shape),
    }, shape  # fmt: skip


def _sound(
    clean: shapely.Geometry, border: shapely.Geometry, cut: shapely.Geometry, *,
    tolerance_m: float, spacing_m: float,
) -> shapely.Geometry:  # fmt: skip
    """The valid outline with the fewest corners that leaves its ground by a tolerance at most."""

    def thinned(shape: shapely.Geometry, gained_m: float, lost_m: float) -> shapely.Geometry:
        thin = markable(shape, border, gained_m=gained_m, lost_m=lost_m, spacing_m=spacing_m)
        parts = shapely.get_parts(thin)
        wide = ~shapely.is_empty(shapely.buffer(parts, -tolerance_m, join_style="mitre"))
        return thin if wide.all() else shapely.MultiPolygon(list(parts[wide]))

    for part, giving in _FEWER_CORNERS:
        gained_m = part * tolerance_m
        shape = thinned(clean, gained_m, spacing_m if giving else gained_m)
        if not shapely.is_valid(shape):
            continue
        again = free_of_slivers(shape, 2 * tolerance_m)
        if again is not shape:  # the ground given up left a strip beside it
            shape = thinned(again, gained_m, gained_m)
        if shapely.is_valid(shape) and all(
            not width_m(_areal(outside), tolerance_m) > tolerance_m + ROUNDING_M
            for outside in (shapely.intersection(shape, cut), shapely.difference(shape, border))
        ):
            return shape
    return clean


def _areal(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygons of a shape; an intersection may hold lines and points besides."""
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def _reduced(subject: Any) -> bool | None:
    """Whether the lower minimum applies: mountain district or craft village; None unknown."""
    known = [subject.mountain, subject.craft_village]
    if any(each is not pd.NA and bool(each) for each in known):
        return True
    return None if any(each is pd.NA for each in known) else False


def _size(
    row: dict[str, Any], sizes: SizeRules, rule: SizeRule | None, *, reduced: bool | None
) -> dict[str, Any]:
    """The columns of the size test; NO_RULE where no rule holds on the day."""
    named = f"{sizes.rule_set.name} {sizes.rule_set.version}"
    if rule is None:
        return dict.fromkeys(
            ("size_min_m2", "size_max_m2", "size_rule_id", "legal_basis", "confidence")
        ) | {
            "size_verdict": str(SizeVerdict.NO_RULE),
            "size_verdict_before": str(SizeVerdict.NO_RULE), "size_rules": named,
        }  # fmt: skip
    return {
        "size_verdict": str(rule.judge(row["area_after_m2"], reduced=reduced)),
        "size_verdict_before": str(rule.judge(row["area_before_m2"], reduced=reduced)),
        "size_min_m2": rule.reduced_min_area_m2 if reduced else rule.min_area_m2,
        "size_max_m2": rule.max_area_m2, "size_rule_id": rule.id, "size_rules": named,
        "legal_basis": rule.legal_basis, "confidence": rule.confidence,
    }  # fmt: skip


def _told(row: dict[str, Any], layer: str) -> Sequence[Issue]:
    """What a person must know before using a proposal."""
    standing: dict[str, Any] = {"layer": layer, "id": row["subject_id"]}
    if not row["parts"]:
        return [warning("proposal_nothing_left", **standing)]
    told = []
    if row["parts"] > 1:
        told.append(warning("proposal_in_parts", **standing, parts=row["parts"],
                            largest_m2=row["largest_part_m2"]))  # fmt: skip
    if row["size_verdict"] == str(SizeVerdict.NO_RULE):
        told.append(warning("proposal_no_size_rule", **standing))
    elif row["size_verdict"] != str(SizeVerdict.WITHIN):
        told.append(warning(f"proposal_{row['size_verdict']}", **standing,
                            area_m2=row["area_after_m2"], min_m2=row["size_min_m2"],
                            max_m2=row["size_max_m2"], basis=row["legal_basis"]))  # fmt: skip
    if row["close_corners"]:
        told.append(warning("proposal_close_corners", **standing, count=row["close_corners"],
                            spacing_m=row["corner_spacing_m"]))  # fmt: skip
    return told
