"""What becomes of the rows of a corridor: accepted, cut off, compared between days, counted."""

import math
from dataclasses import replace
from datetime import date

import pytest
import shapely

from gisclusters.domain.accepted import AcceptedOverlap
from gisclusters.layers.layer import WHOLE_COUNTRY
from gisclusters.overlaps import find_overlaps
from gisclusters.overlaps.exceptions import Held, with_exceptions
from gisclusters.overlaps.pieces import conflict_pieces
from gisclusters.overlaps.proposals import propose
from gisclusters.overlaps.timeline import changes
from gisclusters.rules.overlaps import load_rules
from gisclusters.rules.sizes import load_sizes
from tests.scenes import CRS, EAST, NORTH, clusters, layer, plan, square

DAY = date(2026, 11, 15)
RULES = load_rules()
DIKE = square(-30, -500, 20, 1_100)
"""Its foot runs 10 m west of the hectare: 15 m of the 25 lie inside, 1 500 m²."""


def found(*plans, as_of=DAY):
    return find_overlaps(clusters(square(0, 0)), plans, as_of=as_of, rules=RULES).findings


def of_corridors(*plans, as_of=DAY):
    rows = found(*plans, as_of=as_of)
    return rows[rows["corridor_m"].notna()].reset_index(drop=True)


@pytest.mark.parametrize("said", ["III", "3", "cấp III", "Đê cấp 3", "iii"])
def test_a_grade_is_one_however_it_is_written(said):
    [row] = of_corridors(
        plan(DIKE, category="dike", grade=said, side="land", settlement="no")
    ).itertuples()
    assert (row.rule_id, row.area_m2, row.corridor_note) == (
        "dike_land_side", pytest.approx(1_500), None)  # fmt: skip


def test_a_bridge_is_as_long_as_it_is_drawn():
    """19 m along the south side: 19 × 20 m and two quarters of a circle of 20 m; 20 m: 50 m."""
    for length_m, corridor_m in ((19, 20), (20, 50)):
        start, end = EAST + 50 - length_m / 2, EAST + 50 + length_m / 2
        bridge = shapely.LineString([(start, NORTH), (end, NORTH)])
        [row] = of_corridors(plan(bridge, category="bridge")).itertuples()
        assert row.corridor_m == corridor_m
        if length_m == 19:
            assert row.area_m2 == pytest.approx(380 + math.pi * 20**2 / 2, rel=1e-3)


def accepted(row, **changed):
    record = AcceptedOverlap(
        exception_id="EX-1", subject_id="C1", plan_id="P", zone_id="Z1", reason="đã xử lý",
        document="12/NQ-HĐND", person="Trần Văn A", decided_on=date(2026, 10, 1),
        until=date(2027, 9, 30), as_of=date(2026, 10, 1), rules="vn 2026.1", rule_id=row.rule_id,
        effect="F", verdict=row.verdict, severity=row.severity, area_m2=row.area_m2,
        width_m=row.width_m, tolerance_m=row.tolerance_m, crs=CRS,
        piece=shapely.to_wkb(row.geometry), recorded_at="2026-10-01T03:00:00.000Z",
    )  # fmt: skip
    return Held(replace(record, **changed), row.geometry)


def test_the_sure_corridor_is_accepted_without_what_only_the_widest_reaches():
    findings = found(plan(DIKE, category="dike", grade="III"))
    sure, possible = findings[findings["corridor_m"].notna()].itertuples()
    assert (sure.verdict, possible.verdict) == ("conflict", "undecided")
    for one, other in ((sure, possible), (possible, sure)):
        report = with_exceptions(findings, [accepted(one)], as_of=DAY, rules=RULES)
        state = report.findings["exception_state"]
        assert (state[one.Index], state[other.Index]) == ("accepted", None)
        assert [issue.code for issue in report.issues] == ["exception_accepted"]


def test_an_acceptance_under_another_class_of_the_work_covers_nothing_and_says_so():
    """Accepted as a land side, 25 m; the side turns out to be the river's, 20 m."""
    fields = {"category": "dike", "grade": "III", "class": "river", "settlement": "no"}
    [before] = found(plan(DIKE, side="land", **fields)).query("corridor_m > 0").itertuples()
    findings = found(plan(DIKE, side="river", **fields))
    report = with_exceptions(findings, [accepted(before)], as_of=DAY, rules=RULES)
    [row] = report.findings[report.findings["corridor_m"].notna()].itertuples()
    assert (row.severity, row.exception_id) == ("blocking", None)
    [told] = report.issues
    assert (told.code, told.params["before"], told.params["now"]) == (
        "exception_elsewhere", "dike_land_side", "dike_river_side")  # fmt: skip
    away = found(plan(square(-900, 0), side="river", **fields))
    idle = with_exceptions(away, [accepted(before)], as_of=DAY, rules=RULES)
    assert [issue.code for issue in idle.issues] == ["exception_idle"]


def test_the_effect_of_a_corridor_is_that_of_its_rule_and_not_of_its_severity():
    """Undecided in a draft reads note; the rule forbids, and did when it was accepted as C."""
    findings = found(plan(DIKE, category="dike", grade="III"))
    possible = next(findings[findings["verdict"] == "undecided"].itertuples())
    assert possible.severity == "note"
    report = with_exceptions(findings, [accepted(possible, effect="C")], as_of=DAY, rules=RULES)
    assert report.findings["exception_state"][possible.Index] == "stricter"


def test_days_are_compared_ring_by_ring():
    """From 2027 on the dike is known to be a river dike: what only a sea dike reaches ends."""
    dike = {"category": "dike", "grade": "III"}
    plans = [
        plan(DIKE, in_force_to="2026-12-31", **dike),
        plan(DIKE, in_force_from="2027-01-01", **dike, **{"class": "river"}),
    ]
    before, after = found(*plans), found(*plans, as_of=date(2027, 1, 1))
    [row] = changes(before, after).itertuples()
    assert (row.change, row.verdict_before, row.area_earlier_m2) == (
        "ends", "undecided", pytest.approx(8_500))  # fmt: skip
    [back] = changes(after, before).itertuples()
    assert (back.change, back.verdict_after) == ("appears", "undecided")


def test_a_proposal_gives_up_the_forbidden_corridor():
    dike = plan(DIKE, category="dike", grade="III", **{"class": "river"})
    findings = found(dike)
    findings["severity_without_exception"] = None
    report = propose(clusters(square(0, 0)), findings, sizes=load_sizes(), as_of=DAY)
    [row] = report.proposals.itertuples()
    assert (row.area_after_m2, row.conflict_m2) == pytest.approx((8_500, 1_500))


def test_a_piece_says_of_which_rule_it_is():
    """A dike 20 m wide through the middle: 2 000 m², and 25 m of corridor on each side."""
    through = plan(square(40, -500, 20, 1_100), category="dike", grade="III",
                   **{"class": "river"})  # fmt: skip
    pieces = conflict_pieces(found(through))
    assert list(zip(pieces["rule_id"], pieces["piece"], pieces["area_m2"].round(3), strict=True)) == [
        ("dike", 1, 2_000), ("dike_land_side", 1, 2_500), ("dike_land_side", 2, 2_500)]  # fmt: skip


def test_works_that_are_lines_are_counted_over_the_plans_of_a_layer():
    road = shapely.LineString([(EAST - 5, NORTH - 500), (EAST - 5, NORTH + 600)])
    fields = {"category": "utility", "accuracy_m": 0.05, "in_force_from": "2020-01-01"}
    plans = layer("plans", [
        {"zone_id": "A", "plan_id": "P", "geometry": road, **fields},
        {"zone_id": "B", "plan_id": "Q", "geometry": road, **fields},
        {"zone_id": "C", "plan_id": "Q", "geometry": square(-30, 0, 10, 10),
         **fields, "title": "Hành lang lưới điện"},
    ], grounds={"P": WHOLE_COUNTRY, "Q": WHOLE_COUNTRY})  # fmt: skip
    issues = find_overlaps(clusters(square(0, 0)), [plans], as_of=DAY, rules=RULES).issues
    counts = {issue.code: issue.params["count"] for issue in issues if "corridor" in issue.code}
    assert counts == {"corridor_from_line": 2, "corridor_drawn": 1}
