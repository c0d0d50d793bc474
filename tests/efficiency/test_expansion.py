"""Conditions of expansion on the day before and after Decree 303/2026, counted in hectares."""

from datetime import date

import pytest

from gisclusters.efficiency.expansion import judge_expansion
from gisclusters.efficiency.founding_rows import Answer, answered
from gisclusters.rules.founding import WORKS, fit_rules_of
from tests.efficiency.founding_scenes import HA, NEW, OLD, RULES, day, facts

IN_USE = dict.fromkeys(WORKS, True)


def expanded(cluster, after_ha=60.0, *, as_of=NEW, filed_on=None):
    law, today = day(as_of, filed_on)
    rows = judge_expansion(
        cluster, after_ha * HA, today=today, fit=fit_rules_of(RULES, law), law=law, as_of=as_of
    )
    return {row["condition"]: row for row in rows}


def answer(rows):
    return answered(list(rows.values()))


def test_fifty_five_percent_is_too_little_before_and_enough_after():
    cluster = facts(40, 22, flags=IN_USE)  # 22 of 40 ha
    before, after = expanded(cluster, as_of=OLD), expanded(cluster)
    row = before["expansion_occupancy"]
    assert (row["verdict"], after["expansion_occupancy"]["verdict"]) == ("not_met", "met")
    assert row["measured_share"] == pytest.approx(0.55)
    assert row["missing_points"] == pytest.approx(5)
    assert row["missing_committed_m2"] == pytest.approx(2 * HA)
    assert answer(before) is Answer.OPEN  # the demand may exceed the land, nobody said
    assert answer(after) is Answer.YES
    late = expanded(cluster, filed_on=date(2026, 9, 14))
    assert late["expansion_occupancy"]["verdict"] == "not_met"
    assert late["expansion_occupancy"]["confidence"] == "likely"


@pytest.mark.parametrize(
    ("committed", "as_of", "verdict"),
    [(24, OLD, "met"), (23.99, OLD, "not_met"), (20, NEW, "met"), (19.99, NEW, "not_met")],
)
def test_the_least_occupancy_is_enough(committed, as_of, verdict):
    row = expanded(facts(40, committed), as_of=as_of)["expansion_occupancy"]
    assert row["verdict"] == verdict


@pytest.mark.parametrize(
    ("demand_ha", "verdict", "said"),
    [(None, "not_checked", Answer.OPEN), (40, "not_met", Answer.NO), (40.5, "met", Answer.YES)],
)
def test_demand_above_industrial_land_is_enough_by_itself(demand_ha, verdict, said):
    demand = None if demand_ha is None else demand_ha * HA
    rows = expanded(facts(40, 4, flags=IN_USE, land_demand_m2=demand))
    assert rows["expansion_demand"]["verdict"] == verdict
    assert answer(rows) is said


def test_an_occupancy_that_is_not_known_is_not_checked():
    assert expanded(facts())["expansion_occupancy"]["verdict"] == "not_checked"


@pytest.mark.parametrize(
    ("after", "sd", "verdict", "notes"),
    [
        (75, 0, "met", []),
        (75.01, 0, "not_met", []),
        (75.01, 60, "met", ["within_accuracy"]),  # 100 m² beyond, 2 sd are 120
        (75.01, 40, "undecided", []),  # 2 sd are 80, 3 sd 120
        (75.01, 30, "not_met", []),  # 3 sd are 90
    ],
)
def test_the_whole_area_afterwards_is_at_most_75_hectares(after, sd, verdict, notes):
    row = expanded(facts(area_sd_m2=float(sd)), after)["expansion_size"]
    assert (row["verdict"], row["notes"]) == (verdict, notes)
    if verdict == "not_met":
        assert row["missing_m2"] == pytest.approx(100)
        assert "35,00 ha" in row["missing_vi"]  # the cluster has 40 ha


def test_the_new_version_asks_for_two_more_works_and_waives_them_for_older_clusters():
    flags = {"roads": True, "water": True, "wastewater": False}
    old, new = expanded(facts(flags=flags), as_of=OLD), expanded(facts(flags=flags))
    names = [name for name in new if name.startswith("works_")]
    assert names == [f"works_{work}" for work in WORKS]
    assert [name for name in old if name.startswith("works_")] == names[:3]
    young = expanded(facts(flags=flags, formed_on=date(2015, 5, 1)))
    assert [young[name]["verdict"] for name in names] == [
        "met", "met", "not_met", "not_checked", "not_checked"]  # fmt: skip
    unknown = expanded(facts(flags=flags))
    assert unknown["works_wastewater"]["verdict"] == "undecided"
    older = facts(flags=flags, formed_on=date(2008, 12, 31))
    assert {expanded(older)[name]["verdict"] for name in names} == {"not_applicable"}
    assert expanded(older, as_of=OLD)["works_wastewater"]["verdict"] == "not_met"


@pytest.mark.parametrize(
    ("as_of", "done", "verdict", "days"),
    [
        (date(2026, 12, 30), False, "undecided", 1),
        (date(2026, 12, 31), False, "not_met", 0),
        (date(2027, 1, 1), False, "not_met", -1),
        (date(2027, 1, 1), True, "met", -1),
        (date(2026, 12, 1), None, "not_checked", 30),
    ],
)
def test_days_left_to_regularise(as_of, done, verdict, days):
    flags = {"older": True} | ({} if done is None else {"regularised": done})
    row = expanded(facts(flags=flags), as_of=as_of)["regularisation"]
    assert (row["verdict"], row["days_left"], row["deadline"]) == (
        verdict, days, date(2026, 12, 31))  # fmt: skip
    assert row["part"] == "besides"


@pytest.mark.parametrize(
    ("more", "verdict", "notes"),
    [
        ({"formed_on": date(2008, 12, 31)}, "not_checked", []),
        # the day of the decision within 2009 was not read
        ({"formed_on": date(2009, 6, 1)}, "not_checked", []),
        ({"formed_on": date(2010, 1, 1)}, "not_applicable", []),
        ({"in_force_from": date(2022, 1, 1)}, "not_applicable", ["formed_by_in_force"]),
        ({}, "not_checked", []),
        ({"flags": {"older": False}}, "not_applicable", []),
    ],
)
def test_how_old_a_cluster_is_said_or_not_known(more, verdict, notes):
    row = expanded(facts(**more))["regularisation"]
    assert (row["verdict"], row["notes"]) == (verdict, notes)
    unsure = row["reason"] == "regularisation_age_unknown"
    assert unsure is (more == {} or more.get("formed_on") == date(2009, 6, 1))


def test_before_the_decree_nothing_is_checked():
    rows = expanded(facts(40, 22), as_of=date(2024, 4, 30))
    assert {row["reason"] for row in rows.values()} == {"no_rule"}


@pytest.mark.parametrize(
    ("status", "verdict", "said"),
    [
        ("established", "met", Answer.YES),
        ("in_plan", "not_met", Answer.NO),
        ("withdrawn", "not_met", Answer.NO),
        ("operating_not_established", "not_checked", Answer.OPEN),
        (None, "not_checked", Answer.OPEN),
    ],
)
def test_only_a_founded_cluster_can_be_expanded(status, verdict, said):
    rows = expanded(facts(40, 30, flags=IN_USE, status=status))
    assert (rows["founded"]["verdict"], rows["founded"]["confidence"]) == (verdict, "likely")
    assert answer(rows) is said
