"""The boundary that surveyed markers make: rings, edges, area, corners, and what lies across it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.domain.run import RuleSet
from gisclusters.layers.layer import Layer
from gisclusters.markers.areas import (
    Ground,
    compare_areas,
    grounds_of,
    ring_accuracies_m,
    ring_states,
)
from gisclusters.markers.corners import CornerMatch, match_corners, outline_of, outlines_by_cluster
from gisclusters.markers.edges import Lengths, edges, misclosures
from gisclusters.markers.encroachment import (
    Neighbours,
    lines_left_out,
    markers_inside,
    over_the_line,
)
from gisclusters.markers.nesting import Meeting, meetings
from gisclusters.markers.report import MarkerReport
from gisclusters.markers.rings import Rings, ring_polygons, rings_of
from gisclusters.markers.standing import Standing, standing_markers
from gisclusters.rules.edges import EdgeLimit, EdgeRules, load_edge_rules

_COORDINATE_ROUNDING_M = 0.0015
"""Coordinates are written to the millimetre: a length between two is off by up to √2 of it."""

_TOLD = 20
_ASKED = ("parcel", "road", "water", "building")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What lies about the markers, each None or empty where nobody gave it.

    ``outlines`` is a layer of clusters, ``declared`` are lengths in the table of the design,
    ``taped`` lengths measured in the field, ``spacing_m`` the longest edge allowed without a
    marker: no law that we read gives one.
    """

    outlines: Layer | None = None
    neighbours: Sequence[Neighbours] = ()
    declared: Lengths | None = None
    taped: Lengths | None = None
    spacing_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundaryReport:
    """What the markers make of the boundary; each frame has one row a subject.

    ``not_checked`` names what nobody could look at: ``outline parcel road water building
    spacing edge_limit``.
    """

    rings: pd.DataFrame
    edges: pd.DataFrame
    areas: pd.DataFrame
    corners: CornerMatch
    inside: pd.DataFrame
    over: gpd.GeoDataFrame
    grounds: Sequence[Ground]
    issues: tuple[Issue, ...]
    not_checked: tuple[str, ...]
    rule_set: RuleSet
    limit: EdgeLimit | None = field(default=None)


def check_boundary(
    design: Layer, report: MarkerReport, *, scale: int = 500, known: Known | None = None,
    rules: str | EdgeRules = "vn_edges", as_of: date | None = None,
) -> BoundaryReport:  # fmt: skip
    """Hold the boundary through the surveyed markers against plan, outline and neighbours.

    ``design`` and ``report`` are those of one verification.  A marker that was not measured is
    taken from the design, and named; not so under a common part that nobody can explain, or where
    control points accuse the design: designed and surveyed places do not go together.  A
    reference error that the verification names with certainty is undone first.  Other layers are
    brought to the CRS of the design.
    """
    known = known or Known()
    if isinstance(rules, str):
        rules = load_edge_rules(rules)
    crs = str(design.crs)
    standing = standing_markers(design, report)
    rings = rings_of(design.frame.iloc[standing.rows])
    limit = rules.on(as_of)
    declared, turned = _as_following(standing, rings, known.declared)
    found = edges(standing, rings, limit, scale=scale, spacing_m=known.spacing_m,
                  declared=declared, taped=known.taped)  # fmt: skip
    met = meetings(standing, rings, ring_polygons(rings, standing.place),
                   ring_accuracies_m(standing, rings))  # fmt: skip
    states = _with_misclosures(ring_states(standing, rings, met), found)
    grounds = grounds_of(standing, rings, states)
    outlines = None if known.outlines is None else known.outlines.to_crs(crs).shapes
    owned = outlines_by_cluster([ground.cluster for ground in grounds], outlines)
    areas = compare_areas(standing, rings, states, grounds, _expected(owned), rules)
    issues = [
        *_ring_issues(design, standing, rings, states, met),
        *_meeting_issues(design, rings, met),
        *_edge_issues(found, limit, scale, declared, turned=turned),
        *(warning("lines_no_areas", layer=each.layer.name, count=lines_left_out(each))
          for each in known.neighbours if lines_left_out(each)),
    ]  # fmt: skip
    given = {each.what for each in known.neighbours}
    unseen = ["outline"] if all(rows is None for rows in owned.values()) else []
    unseen += [what for what in _ASKED if what not in given]
    unseen += ["spacing"] if known.spacing_m is None else []
    unseen += ["edge_limit"] if (found["verdict"] == "no_limit").any() else []
    return BoundaryReport(
        rings=states, edges=found, areas=areas,
        corners=match_corners(standing, owned, crs, spacing_m=known.spacing_m,
                              tolerance_m=float(report.tolerance["value_m"])),
        inside=markers_inside(standing, known.neighbours, crs),
        over=over_the_line(grounds, known.neighbours, crs),
        grounds=grounds, issues=tuple(issues),
        not_checked=tuple(unseen),
        rule_set=rules.rule_set, limit=limit,
    )  # fmt: skip


def _expected(
    owned: Mapping[str | None, gpd.GeoDataFrame | None],
) -> dict[str, dict[str | None, float]]:
    """The areas to hold the measured one against: registered, and inside the outline."""
    registered: dict[str | None, float] = {}
    drawn: dict[str | None, float] = {}
    for cluster, rows in owned.items():
        if rows is None:
            continue
        drawn[cluster] = float(shapely.area(outline_of(rows)))
        figures = rows["registered_area_m2"].to_numpy(dtype="float64")
        if not np.isnan(figures).any():
            registered[cluster] = float(figures.sum())
    return {"registered": registered, "boundary": drawn}


def _with_misclosures(states: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The rings with the misclosure of taped lengths, else of declared ones."""
    keys = ["cluster_id", "ring"]
    closed = misclosures(found, "taped_m", "measured_bearing_deg").assign(misclosure_of="taped")
    table = misclosures(found, "declared_m", "planned_bearing_deg").assign(misclosure_of="declared")
    both = [each for each in (closed, table) if len(each)]
    if not both:
        return states.assign(misclosure_m=np.nan, misclosure_ratio=np.nan, misclosure_of=None)
    told = pd.concat(both).drop_duplicates(keys).rename(columns={"ratio": "misclosure_ratio"})
    return states.merge(told.drop(columns="perimeter_m"), on=keys, how="left")


def _as_following(
    standing: Standing, rings: Rings, declared: Lengths | None
) -> tuple[Lengths | None, bool]:
    """Declared lengths as from each marker to the next; some tables write those from the last."""
    if declared is None:
        return None, False
    here, ahead = rings.order, rings.order[rings.following]
    behind = rings.order[rings.preceding]
    written = declared.metres[standing.rows[here]]
    off = [
        np.nanmedian(np.abs(written - np.abs(standing.designed[here] - standing.designed[other])))
        if (~np.isnan(written)).any() else np.inf
        for other in (ahead, behind)
    ]  # fmt: skip
    limit = declared.rounding_m + _COORDINATE_ROUNDING_M
    if not (off[0] > limit >= off[1]):
        return declared, False
    metres = np.full(len(declared.metres), np.nan)
    metres[standing.rows[behind]] = written
    return Lengths(metres, declared.rounding_m), True


def _ring_issues(
    design: Layer, standing: Standing, rings: Rings, states: pd.DataFrame,
    met: Sequence[Meeting],
) -> list[Issue]:  # fmt: skip
    layer, issues = design.name, []
    between = {ring for each in met for ring in (each.one, each.other)}
    by_ids = int((~rings.by_order).sum())
    if by_ids:
        issues.append(info("ring_by_ids", layer=layer, count=by_ids))
    if standing.left_out:
        issues.append(info("ring_left_out", layer=layer, count=len(standing.left_out),
                           markers=_names(standing.left_out)))  # fmt: skip
    issues += _frame_issues(layer, standing)
    for ring, (cluster, state, edges_met) in enumerate(
        zip(states["cluster_id"], states["state"], states["crossing"], strict=True)
    ):
        if state == "crossing" and ring not in between:
            issues.append(warning("ring_crossing", layer=layer, id=cluster, edges=edges_met))
        elif state == "reversed":
            issues.append(warning("ring_reversed", layer=layer, id=cluster))
    return issues


def _frame_issues(layer: str, standing: Standing) -> list[Issue]:
    """What was done with the places of the survey, and which stand in for those nobody measured."""
    lost = standing.ids[~standing.measured]
    if standing.frame == "unexplained":
        return [warning("survey_unexplained", layer=layer)] if standing.measured.any() else []
    if standing.frame == "design_off":
        return [warning("design_in_other_system", layer=layer, count=len(lost))]
    undone = [info("survey_undone", layer=layer)] if standing.frame == "undone" else []
    if not len(lost):
        return undone
    return [*undone, warning("ring_from_design", layer=layer, count=len(lost),
                             markers=_names(tuple(lost)))]  # fmt: skip


def _meeting_issues(design: Layer, rings: Rings, met: Sequence[Meeting]) -> list[Issue]:
    """One issue for each two rings in conflict, named by their numbers."""
    issues = []
    for each in met:
        one, other = ("–" if rings.numbers[k] is None else str(rings.numbers[k])
                      for k in (each.one, each.other))  # fmt: skip
        code = "rings_overlap" if each.conflict == "crossing" else "ring_repeated"
        issues.append(warning(code, layer=design.name, id=rings.clusters[each.one],
                              edges=each.edges, one=one, other=other))  # fmt: skip
    return issues


def _edge_issues(
    found: pd.DataFrame, limit: EdgeLimit | None, scale: int, declared: Lengths | None, *,
    turned: bool,
) -> list[Issue]:  # fmt: skip
    issues: list[Issue] = []
    judged = int(found["limit_m"].notna().sum())
    if judged and limit is not None and limit.confidence != "sure":
        issues.append(warning("edge_limit_unverified", value=limit.article, count=judged,
                              article_en=limit.article_en or limit.article))  # fmt: skip
    silent = int(found["limit_m"].isna().sum())
    if silent:
        issues.append(warning("edge_no_limit", value=f"1:{scale}", count=silent))
    if declared is None:
        return issues
    if turned:
        issues.append(info("edge_column_of_before"))
    beyond = found["declared_difference_m"].abs()
    wrong = beyond > declared.rounding_m + _COORDINATE_ROUNDING_M
    if wrong.any():
        worst = found.iloc[int(np.argmax(beyond.where(wrong, 0)))]
        issues.append(warning("edge_declared_differs", count=int(wrong.sum()),
                              edge=f"{worst['from_id']}–{worst['to_id']}",
                              declared_m=float(worst["declared_m"]),
                              planned_m=float(worst["planned_m"])))  # fmt: skip
    return issues


def _names(ids: Sequence[object]) -> str:
    told = ", ".join(str(name) for name in ids[:_TOLD])
    return told if len(ids) <= _TOLD else f"{told} …"
