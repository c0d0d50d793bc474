"""Distances a development option must state: told always, judged only by a number of the user."""

import math
from dataclasses import replace
from datetime import date

import pytest

from gisclusters.layers.layer import Ground
from gisclusters.overlaps import find_overlaps
from gisclusters.rules.overlaps import load_rules
from tests.scenes import clusters, plan, square

DAY = date(2026, 11, 15)


def housing(*plans, at_least_m=None, as_of=DAY):
    rules = load_rules()
    corridors = rules.corridors
    asked = tuple(replace(r, at_least_m=at_least_m) for r in corridors.distances)
    rules = replace(rules, corridors=replace(corridors, distances=asked))
    rows = find_overlaps(clusters(square(0, 0)), plans, as_of=as_of, rules=rules).distances
    [row] = rows[rows.rule_id == "distance_housing"].to_dict("records")
    return row


def test_the_nearest_house_is_told_without_a_verdict():
    row = housing(plan(square(300, 0), square(240, 0), category="ONT"))
    assert (row["distance_m"], row["zone_id"]) == (pytest.approx(140), "Z2")
    assert (row["verdict"], row["reason"], row["severity"]) == (None, None, "note")


def test_a_house_that_touches_or_stands_inside_is_at_no_distance():
    assert housing(plan(square(100, 0), category="housing"))["distance_m"] == 0
    assert housing(plan(square(20, 20, 10, 10), category="housing"))["distance_m"] == 0


def test_no_data_is_not_checked():
    row = housing()
    assert (row["verdict"], row["reason"]) == ("not_checked", "no_data")
    assert math.isnan(row["distance_m"])
    ended = plan(square(300, 0), category="housing", status="archived")
    assert housing(ended)["reason"] == "not_in_force"


def test_a_nearer_house_can_stand_where_the_plan_is_silent():
    ground = Ground("area", square(-20, -200, 900, 500))
    row = housing(plan(square(240, 0), category="housing", ground=ground))
    assert (row["distance_m"], row["reason"]) == (pytest.approx(140), "outside_ground")
    wide = Ground("area", square(-140, -140, 900, 380))
    assert housing(plan(square(240, 0), category="housing", ground=wide))["reason"] is None


# Both layers at 0.05 m: ε = 0.0707 m.
@pytest.mark.parametrize(
    ("gap_m", "verdict"),
    [(99.9, "conflict"), (99.95, "undecided"), (100.05, "undecided"), (100.1, "clear")],
)
def test_a_number_of_the_user_is_held_against_the_distance(gap_m, verdict):
    row = housing(plan(square(100 + gap_m, 0), category="housing"), at_least_m=100)
    assert row["verdict"] == verdict
    assert row["at_least_m"] == 100


def test_a_short_ground_never_calls_a_distance_kept():
    ground = Ground("area", square(-20, -200, 900, 500))
    row = housing(plan(square(240, 0), category="housing", ground=ground), at_least_m=100)
    assert row["verdict"] == "not_checked"
    near = plan(square(150, 0), category="housing", ground=ground)
    assert housing(near, at_least_m=100)["verdict"] == "conflict"
