"""What plans out of force would meet, and what another day changes."""

from datetime import date

import pytest

from gisclusters.overlaps import clusters_as_plan, find_overlaps
from gisclusters.overlaps.timeline import changes, resting_overlaps, turning_days
from tests.scenes import clusters, plan, square

DAY = date(2026, 11, 15)


@pytest.mark.parametrize(
    ("fields", "state"),
    [({"in_force_to": "2026-11-14"}, "ended"), ({"in_force_from": "2026-11-16"}, "not_begun"),
     ({"status": "draft"}, "draft"), ({"status": "withdrawn"}, "withdrawn"),
     ({"status": "archived", "in_force_to": "2020-06-30"}, "archived")],
)  # fmt: skip
def test_a_plan_out_of_force_stands_apart_with_its_state(fields, state):
    subjects, plans = clusters(square(0, 0)), [plan(square(50, 0), **fields)]
    [row] = resting_overlaps(subjects, plans, as_of=DAY).itertuples()
    assert (row.standing, row.area_m2, row.share_of_subject) == (state, 5_000, 0.5)
    assert row.width_m == pytest.approx(50, rel=1e-3)
    found = find_overlaps(subjects, plans, as_of=DAY).findings
    assert set(found["verdict"]) == {"not_checked"}


@pytest.mark.parametrize("zone", [square(100, 0), square(99.95, 0), square(300, 0)])
def test_touching_and_slivers_do_not_rest(zone):
    plans = [plan(zone, status="draft")]
    assert not len(resting_overlaps(clusters(square(0, 0)), plans, as_of=DAY))


def test_a_plan_in_force_does_not_rest_nor_does_a_withdrawn_cluster_its_own():
    assert not len(resting_overlaps(clusters(square(0, 0)), [plan(square(0, 0))], as_of=DAY))
    ended = clusters(square(0, 0), square(50, 0), status="withdrawn")
    found = resting_overlaps(ended, [clusters_as_plan(ended)], as_of=DAY)
    assert sorted(zip(found["subject_id"], found["zone_id"], strict=True)) == [
        ("C1", "C2"), ("C2", "C1")]  # fmt: skip


def test_what_another_day_changes():
    subjects = clusters(square(0, 0))
    plans = [
        plan(square(0, 0, 50, 100), plan_id="ENDS", in_force_to="2026-12-31"),
        plan(square(50, 0, 50, 100), plan_id="COMES", in_force_from="2027-01-01"),
        plan(square(0, 0), plan_id="STAYS", category="SKN"),
    ]
    before, after = (
        find_overlaps(subjects, plans, as_of=day).findings for day in (DAY, date(2027, 1, 1))
    )
    rows = changes(before, after).set_index("plan_id")
    assert rows["change"].to_dict() == {"ENDS": "ends", "COMES": "appears"}
    assert rows.loc["ENDS", ["verdict_before", "area_earlier_m2"]].tolist() == ["conflict", 5_000]
    assert rows.loc["COMES", ["severity_after", "area_later_m2"]].tolist() == ["approval", 5_000]
    assert rows.loc["COMES", "verdict_before"] is None
    assert not len(changes(before, before))


def test_a_verdict_that_differs_is_told():
    subjects = clusters(square(0, 0), accuracy_m=0.3)
    one, other = (
        find_overlaps(subjects, [plan(square(100 - w, 0), accuracy_m=0.4)], as_of=DAY).findings
        for w in (0.75, 2)
    )
    [row] = changes(one, other).itertuples()
    assert (row.change, row.verdict_before, row.verdict_after) == (
        "differs", "undecided", "conflict")  # fmt: skip


def test_the_days_on_which_something_turns():
    layers = [plan(square(0, 0), in_force_from="2027-01-01", in_force_to="2028-02-28"),
              plan(square(0, 0), in_force_to="2026-11-15")]  # fmt: skip
    assert turning_days(layers, after=DAY) == [
        date(2026, 11, 16), date(2027, 1, 1), date(2028, 2, 29)]  # fmt: skip
