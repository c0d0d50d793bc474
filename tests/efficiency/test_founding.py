"""Conditions of founding on the day before and after Decree 303/2026, counted in hectares."""

import math
from datetime import date

import pytest

from gisclusters.efficiency.admin_units import Membership, Unit
from gisclusters.efficiency.founding import judge_founding
from gisclusters.efficiency.founding_group import judge_existing
from gisclusters.efficiency.founding_rows import Answer, Asked, answered, frame_of
from gisclusters.overlaps.fit_rows import NOTES, REASONS
from gisclusters.words import has_text
from tests.efficiency.founding_scenes import HA, HERE, NEW, OLD, day, facts, other

FILED = date(2026, 9, 14)


def existing(as_of, others, *, unit=HERE, kinds=None, filed_on=None):
    law, today = day(as_of, filed_on)
    return judge_existing(
        Asked(subject_id="C1", question="found", transition=law.transition), unit, others,
        kinds=kinds, rule=today.existing, counted=today.counted,
        left_to_province=today.left_to_province,
    )  # fmt: skip


def test_a_hundred_hectares_unleased_were_enough_and_fifty_are_now():
    # 120 ha of industrial land, 30 committed and leased: 25 %, 90 ha unleased
    others = [other("A", 70, 20), other("B", 50, 10)]
    before, _ = existing(OLD, others)
    after, _ = existing(NEW, others)
    assert (before["verdict"], after["verdict"]) == ("met", "not_met")
    assert before["measured_share"] == pytest.approx(0.25)
    assert before["measured_m2"] == pytest.approx(90 * HA)
    # now 25 points are missing, 30 ha to commit, or 40 ha to lease
    assert after["missing_points"] == pytest.approx(25)
    assert after["missing_committed_m2"] == pytest.approx(30 * HA)
    assert after["missing_m2"] == pytest.approx(40 * HA)
    assert (before["legal_basis"], after["confidence"]) == (
        "Nghị định 32/2024/NĐ-CP, Điều 8", "likely")  # fmt: skip
    assert after["features"] == ["A", "B"]
    for said in ("25,0 %", "90,00 ha", "30,00 ha", "40,00 ha"):
        assert said in f"{after['sentence_vi']} {after['missing_vi']}"


@pytest.mark.parametrize(
    ("others", "verdict"),
    [
        # exactly half is not above half; 100 ha unleased is no more than 100 ha
        ([other("A", 200, 100)], "met"),
        ([other("A", 202, 101)], "not_met"),
        ([other("A", 202, 101.5)], "met"),
        # approved without a lease counts as occupied, but is not leased
        ([other("A", 300, 160, 20)], "met"),
        ([other("A", 300, 150, 20)], "not_met"),
    ],
)
def test_the_limits_of_the_old_version_to_the_hectare(others, verdict):
    assert existing(OLD, others)[0]["verdict"] == verdict


def test_a_dossier_filed_before_is_judged_by_the_old_version_and_no_surer_than_its_clause():
    others = [other("A", 70, 20), other("B", 50, 10)]
    row, _ = existing(NEW, others, filed_on=FILED)
    assert (row["verdict"], row["rule_id"], row["confidence"]) == (
        "met", "existing_decree_32_2024", "likely")  # fmt: skip
    assert existing(NEW, others, filed_on=date(2026, 9, 15))[0]["verdict"] == "not_met"


def test_what_a_district_meant_after_june_2025_is_said_to_be_left_to_the_province():
    others = [other("A", 70, 60)]
    for as_of, notes, confidence in (
        (date(2025, 6, 30), [], "sure"),
        (date(2025, 7, 1), ["left_to_province"], "likely"),
        (OLD, ["left_to_province"], "likely"),
    ):
        row, _ = existing(as_of, others)
        assert (row["notes"], row["confidence"]) == (notes, confidence)
    assert existing(NEW, others)[0]["notes"] == []


def test_high_tech_and_ecological_clusters_are_exempt_only_from_the_new_condition():
    others = [other("A", 200, 0)]
    for kind in ("high_tech", "ecological"):
        assert existing(NEW, others, kinds={kind})[0]["verdict"] == "not_applicable"
        assert existing(OLD, others, kinds={kind})[0]["verdict"] == "not_met"
    assert existing(NEW, others, kinds={"specialised"})[0]["verdict"] == "not_met"
    row, _ = existing(NEW, others)
    assert (row["verdict"], row["notes"]) == ("not_met", ["kind_unknown"])


@pytest.mark.parametrize(
    ("unit", "others", "reason"),
    [
        (Unit(), [other("A", 70, 60)], "commune_unknown"),
        (Unit(ended=True), [other("A", 70, 60)], "unit_ended"),
        (HERE, [other("A", 70, 60), other("B", where=Membership.UNKNOWN)],
         "others_commune_unknown"),
        (HERE, [other("A", 70, 60), other("B", 1, 1, status=None)], "others_status_unknown"),
        (HERE, [other("A", 70, 60), other("B", 1, 1, status=None, where=Membership.UNKNOWN)],
         "others_commune_unknown"),
    ],
)  # fmt: skip
def test_an_unknown_unit_is_never_met_and_says_what_to_add(unit, others, reason):
    row, _ = existing(NEW, others, unit=unit)
    assert (row["verdict"], row["reason"]) == ("not_checked", reason)
    assert row["missing_vi"]


def test_what_is_outside_or_not_operating_is_not_averaged():
    others = [
        other("A", 60, 40), other("B", 100, 0, where=Membership.OUT),
        other("C", status="in_plan"), other("D", where=Membership.UNKNOWN, status="in_plan"),
    ]  # fmt: skip
    row, _ = existing(NEW, others)
    assert (row["verdict"], row["features"]) == ("met", ["A"])
    assert row["measured_share"] == pytest.approx(2 / 3)


def test_areas_not_known_decide_only_where_both_ends_agree():
    # of B's 40 ha nothing is known: committed are 55..95 of 100, unleased 5..45 or 45 at most
    assert existing(NEW, [other("A", 60, 55), other("B", 40)])[0]["verdict"] == "met"
    # 20..140 of 200 committed, 60..180 unleased: both sides of a half
    row, _ = existing(NEW, [other("A", 80, 20), other("B", 120)])
    assert (row["verdict"], row["reason"]) == ("undecided", "existing_areas_unknown")
    assert math.isnan(row["measured_share"])
    # 10..60 of 200 committed, 140..190 unleased: no end is enough
    row, _ = existing(NEW, [other("A", 150, 10), other("B", 50)])
    assert row["verdict"] == "not_met"
    assert row["missing_points"] == pytest.approx(20)  # at the least: 60 of 200 are 30 %
    # industrial land not known
    assert existing(NEW, [other("A", 60, 55), other("B")])[0]["verdict"] == "undecided"


def test_another_reading_of_the_average_is_told_where_it_decides_otherwise():
    # together 55 of 110 ha is exactly half and 55 ha are unleased; the mean of 9/10 and 46/100
    # is 68 %
    row, behind = existing(NEW, [other("A", 10, 9), other("B", 100, 46)])
    assert row["verdict"] == "not_met"
    assert "other_reading_differs" in row["notes"]
    assert row["confidence"] == "unverified"
    told = {each["reading"]: each for each in behind if each["reading"] != "cluster"}
    assert told["operating_mean"]["occupancy_share"] == pytest.approx(0.68)
    assert [
        told[name]["verdict"]
        for name in ("operating_together", "operating_mean", "founded_together")
    ] == ["not_met", "met", "not_met"]


def test_clusters_that_do_not_operate_yet_are_left_open_by_the_text():
    row, _ = existing(NEW, [other("A", where=Membership.OUT)])
    assert (row["verdict"], row["reason"]) == ("not_applicable", "existing_none")
    row, _ = existing(NEW, [other("A", 35, 0, status="established")])
    assert (row["verdict"], row["reason"]) == ("met", "existing_founded_met")
    row, _ = existing(NEW, [other("A", 51, 0, status="established")])
    assert (row["verdict"], row["reason"]) == ("undecided", "existing_none_operates")


def test_a_founded_cluster_of_an_unknown_unit_matters_only_where_none_operates():
    lost = other("L", 60, 0, status="established", where=Membership.UNKNOWN)
    assert existing(NEW, [lost])[0]["reason"] == "others_commune_unknown"
    assert existing(NEW, [lost, other("A", 60, 40)])[0]["verdict"] == "met"


def test_the_last_digits_of_coordinates_decide_nothing():
    assert existing(NEW, [other("A", 200, 100 + 1e-9)])[0]["verdict"] == "not_met"
    assert existing(NEW, [other("A", 100, 20, 50 - 1e-9)])[0]["verdict"] == "met"


def fit_row(check, verdict, reason=None, *, area=40.0, expected=None, outside=0.0, notes=()):
    return {
        "subject_id": "C1", "check": check, "verdict": verdict, "reason": reason,
        "area_m2": area * HA, "expected_m2": None if expected is None else expected * HA,
        "difference_m2": None if expected is None else (area - expected) * HA,
        "outside_m2": outside * HA, "notes": list(notes), "rule_id": f"{check}_rule",
        "legal_basis": "Điều", "confidence": "sure",
        "parts": [{"kind": "code", "code": "LUC", "min_m2": 1e5, "max_m2": 7.5e5}],
    }  # fmt: skip


GOOD = {
    "size": fit_row("size", "fits"), "land_use": fit_row("land_use", "fits"),
    "area_list": fit_row("area_list", "fits", expected=40), "commune": fit_row("commune", "fits"),
}  # fmt: skip


def founded(as_of=NEW, *, others=(), fit=None, **more):
    law, today = day(as_of)
    given = {"status": "in_plan", "flags": {"investor": True}, "conflicts": ()} | more
    rows, _ = judge_founding(
        facts(fit=GOOD | (fit or {}), **given), HERE, list(others), today=today, law=law
    )
    return {row["condition"]: row for row in rows}


def test_all_that_is_asked_is_met_or_not_asked():
    rows = founded(others=[other("A", 60, 40)])
    assert {row["verdict"] for row in rows.values()} == {"met"}
    assert answered(list(rows.values())) is Answer.YES


@pytest.mark.parametrize(
    ("more", "condition", "verdict", "answer"),
    [
        ({"flags": {}}, "investor", "not_checked", Answer.OPEN),
        ({"flags": {"investor": False}}, "investor", "not_met", Answer.NO),
        ({"status": None}, "in_list", "not_checked", Answer.OPEN),
        ({"status": "withdrawn"}, "in_list", "not_met", Answer.NO),
        ({"status": None, "flags": {"investor": True, "in_list": True}}, "in_list", "met",
         Answer.YES),
        ({"status": "operating"}, "in_list", "not_applicable", Answer.MOOT),
        ({"status": "operating_not_established"}, "in_list", "not_checked", Answer.OPEN),
    ],
)  # fmt: skip
def test_what_no_map_shows_is_taken_from_the_office_or_not_checked(
    more, condition, verdict, answer
):
    rows = founded(**more)
    assert rows[condition]["verdict"] == verdict
    assert answered(list(rows.values())) is answer


def test_a_quota_of_the_commune_answers_from_the_new_version_on():
    bad = fit_row("land_use", "does_not_fit", "other_codes", outside=3)
    quota = fit_row("land_use", "does_not_fit", "other_codes", outside=3,
                    notes=["quota_not_checked"])  # fmt: skip
    assert founded(OLD, fit={"land_use": bad})["land_use"]["verdict"] == "not_met"
    row = founded(fit={"land_use": quota})["land_use"]
    assert (row["verdict"], row["missing_m2"]) == ("undecided", 3 * HA)
    assert "LUC" in founded(OLD, fit={"land_use": bad})["land_use"]["sentence_vi"]
    for said, verdict in ((True, "met"), (False, "not_met")):
        rows = founded(fit={"land_use": quota}, flags={"investor": True, "land_quota": said})
        assert rows["land_use"]["verdict"] == verdict


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({}, "met"),
        ({"conflicts": ("QH/Z1",)}, "not_met"),
        ({"conflicts": None}, "undecided"),  # nobody looked at other plans
    ],
)
def test_more_than_the_list_is_allowed_only_where_the_plans_agree(more, verdict):
    larger = fit_row("area_list", "fits", "within_deviation", area=44, expected=40)
    row = founded(fit={"area_list": larger}, **more)["area_list"]
    assert row["verdict"] == verdict
    unfit = fit_row("land_use", "not_checked", "no_data")
    rows = founded(fit={"area_list": larger, "land_use": unfit})
    assert rows["area_list"]["verdict"] == "undecided"


def test_a_cluster_moved_out_of_its_commune_may_lie_in_its_old_district():
    moved = fit_row("commune", "does_not_fit", "outside_place", outside=4)
    before, after = (founded(day, fit={"commune": moved})["place"] for day in (OLD, NEW))
    assert (before["verdict"], after["verdict"]) == ("undecided", "not_met")
    assert (before["rule_id"], after["missing_m2"]) == ("moved_within_decree_32_2024", 4 * HA)
    bare = fit_row("commune", "not_checked", "not_named")
    assert founded(fit={"commune": bare})["place"]["verdict"] == "not_checked"


def test_every_answer_of_the_fit_check_has_its_sentence():
    told = {
        "size": ("fits", "no_rule", "below_minimum", "above_maximum",
                 "mountain_or_craft_unknown"),
        "area_list": ("fits", "no_figure", "no_rule", "accuracy", "over_deviation",
                      "within_deviation", "smaller_than_list"),
        "place": ("fits", "no_data", "no_rule", "not_named", "place_unknown", "outside_place",
                  "accuracy"),
        "land_use": ("fits", "no_data", "not_in_force", "outside_ground", "no_rule",
                     "other_codes", "accuracy", "broader_code", "uncovered", "codes_overlap"),
    }  # fmt: skip
    for check, reasons in told.items():
        for reason in reasons:
            assert reason == "fits" or reason in REASONS
            assert has_text(f"founding.said_{check}_{reason}")
    assert all(has_text(f"founding.note_fit_{note}") for note in NOTES)


def test_before_the_decree_nothing_is_checked():
    rows = founded(date(2024, 4, 30))
    assert rows["existing"]["reason"] == rows["investor"]["reason"] == "no_rule"
    assert answered(list(rows.values())) is Answer.OPEN


def test_the_frame_has_numbers_and_texts():
    table = frame_of(list(founded(others=[other("A", 60, 40)]).values()))
    assert table["measured_share"].dtype == "float64"
    assert table.set_index("condition").loc["existing", "measured_m2"] == 20 * HA
