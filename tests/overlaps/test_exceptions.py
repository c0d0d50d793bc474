"""Which overlaps stand accepted, and what brings an accepted one back."""

from dataclasses import replace
from datetime import date

import pytest
import shapely

from gisclusters.domain.accepted import AcceptedOverlap, ExceptionState
from gisclusters.overlaps import find_overlaps
from gisclusters.overlaps.exceptions import COLUMNS, Held, effect_of, moved_m, with_exceptions
from gisclusters.rules.overlaps import load_rules
from tests.scenes import CRS, EAST, NORTH, clusters, plan, square

DAY = date(2026, 11, 15)
RULES = load_rules("vn")

# C1 is one hectare; the rice zone takes its eastern half: 50 × 100 m, 5 000 m².
# Both maps at 0.3 and 0.4 m: the tolerance is 0.5 m.


def find(*zones, subject=None, as_of=DAY, **fields):
    layer = plan(*(zones or [square(50, 0)]), **({"accuracy_m": 0.4} | fields))
    subjects = clusters(subject or square(0, 0), accuracy_m=0.3)
    return find_overlaps(subjects, [layer], as_of=as_of).findings


def accepted(**changed):
    record = AcceptedOverlap(
        exception_id="EX-1", subject_id="C1", plan_id="P", zone_id="Z1", reason="đã chuyển",
        document="12/NQ-HĐND", person="Trần Văn A", decided_on=date(2026, 10, 1),
        until=date(2027, 9, 30), as_of=date(2026, 10, 1), rules="vn 2026.1", rule_id="rice",
        effect="C", verdict="conflict", severity="approval", area_m2=5_000, width_m=50,
        tolerance_m=0.5, crs=CRS, piece=shapely.to_wkb(square(50, 0, 50, 100)),
        recorded_at="2026-10-01T03:00:00.000Z",
    )  # fmt: skip
    record = replace(record, **changed)
    return Held(record, shapely.from_wkb(record.piece))


def judge(findings, *register, as_of=DAY):
    report = with_exceptions(findings, register, as_of=as_of, rules=RULES)
    found = report.findings[report.findings["plan_id"] == "P"]
    [row] = found[found["nearest_zone_id"].isna()].itertuples()  # a bare dike has no known width
    return row, [issue.code for issue in report.issues]


def test_an_accepted_overlap_stays_a_conflict_and_asks_for_nothing_more():
    row, told = judge(find(), accepted())
    assert (row.verdict, row.severity, row.severity_without_exception) == (
        "conflict", "note", "approval")  # fmt: skip
    assert (row.exception_id, row.exception_state) == ("EX-1", "accepted")
    assert row.exception_until.date() == date(2027, 9, 30)
    assert row.area_m2 == pytest.approx(5_000)
    assert told == ["exception_accepted"]


def test_without_a_register_the_columns_are_there_and_empty():
    findings = find()
    report = with_exceptions(findings, [], as_of=DAY, rules=RULES)
    assert report.issues == ()
    assert report.findings[list(COLUMNS)].isna().all(axis=None)
    assert report.findings.drop(columns=list(COLUMNS)).equals(findings)
    assert report.findings.crs == findings.crs


@pytest.mark.parametrize(
    ("as_of", "state", "severity"),
    [
        (date(2026, 9, 30), None, "approval"),
        (date(2026, 10, 1), "accepted", "note"),
        (date(2027, 9, 30), "accepted", "note"),
        (date(2027, 10, 1), "expired", "approval"),
    ],
)
def test_both_ends_of_the_term_are_days_of_it(as_of, state, severity):
    row, _ = judge(find(as_of=as_of), accepted(), as_of=as_of)
    assert (row.exception_state, row.severity) == (state, severity)


@pytest.mark.parametrize(
    ("ended_on", "state"), [(date(2026, 11, 15), "ended"), (date(2026, 11, 16), "accepted")]
)
def test_an_ended_one_holds_no_more_from_that_day_on(ended_on, state):
    row, _ = judge(find(), accepted(ended_on=ended_on))
    assert row.exception_state == state


# The border of the zone comes 0.4, 0.5, 0.51 or 20 m nearer; the tolerance is 0.5 m.
@pytest.mark.parametrize(
    ("nearer", "state"),
    [(0.4, "accepted"), (0.5, "accepted"), (0.51, "moved"), (20, "moved"), (-20, "moved")],
)
def test_it_returns_when_the_piece_moved_more_than_the_tolerance(nearer, state):
    row, told = judge(find(square(50 - nearer, 0)), accepted())
    assert row.exception_state == state
    assert row.severity == ("note" if state == "accepted" else "approval")
    assert ("exception_moved" in told) == (state == "moved")


def test_a_move_is_told_with_its_numbers():
    report = with_exceptions(find(square(30, 0)), [accepted()], as_of=DAY, rules=RULES)
    [issue] = report.issues
    assert issue.params["moved_m"] == pytest.approx(20, abs=0.05)
    assert (issue.params["before_m2"], issue.params["now_m2"]) == pytest.approx((5_000, 7_000))
    assert issue.params["tolerance_m"] == pytest.approx(0.5)


def test_a_long_thin_tail_of_noise_is_no_move():
    zone = shapely.union_all([square(50, 0), square(-500, 99.8, 700, 30)])  # 0.2 m of its edge
    row, _ = judge(find(zone), accepted())
    assert row.area_m2 == pytest.approx(5_010)  # 50 m × 0.2 m more
    assert row.exception_state == "accepted"


def test_the_finer_of_both_tolerances_holds():
    # Accepted at 0.5 m; today's maps are good to 5 m, the piece is off by 2 m.
    row, _ = judge(find(square(48, 0), accuracy_m=5), accepted())
    assert row.tolerance_m > 5
    assert row.exception_state == "moved"


def test_it_returns_under_a_stricter_rule_not_under_another_one_as_strict():
    row, told = judge(find(category="special_use_forest"), accepted())  # F, was C
    assert (row.exception_state, row.severity) == ("stricter", "blocking")
    assert told == ["exception_stricter"]
    row, told = judge(find(category="protection_forest"), accepted())  # C
    assert (row.exception_state, row.severity) == ("accepted", "note")
    assert told == ["exception_accepted", "exception_rule_changed"]


def test_a_doubt_that_was_accepted_returns_when_it_is_known_to_be_real():
    # The eastern 0.8 m: undecided at 0.5 m, a conflict once the maps are good to 0.36 m.
    strip = accepted(verdict="undecided", area_m2=80, width_m=0.8,
                     piece=shapely.to_wkb(square(99.2, 0, 0.8, 100)))  # fmt: skip
    row, _ = judge(find(square(99.2, 0)), strip)
    assert (row.verdict, row.exception_state) == ("undecided", "accepted")
    row, told = judge(find(square(99.2, 0), accuracy_m=0.2), strip)
    assert (row.verdict, row.exception_state) == ("conflict", "worse")
    assert told == ["exception_worse"]


def test_every_cause_is_told_the_first_one_names_the_state():
    row, told = judge(find(square(30, 0), category="dike"), accepted(until=date(2026, 11, 1)))
    assert row.exception_state == "expired"
    assert told == ["exception_expired", "exception_moved", "exception_stricter"]


def test_a_living_one_goes_before_an_older_one():
    old = accepted(until=date(2026, 10, 31))
    new = accepted(exception_id="EX-2", decided_on=date(2026, 11, 1))
    for register in ((old, new), (new, old)):
        row, _ = judge(find(), *register)
        assert (row.exception_id, row.exception_state) == ("EX-2", "accepted")


def test_one_that_nothing_needs_any_more_is_told_and_hides_nothing():
    row, told = judge(find(square(100, 0)), accepted())
    assert (row.verdict, row.exception_id) == ("clear", None)
    assert told == ["exception_idle"]


def test_another_zone_or_cluster_is_not_covered():
    for other in ({"zone_id": "Z9"}, {"subject_id": "C9"}, {"plan_id": "P9"}):
        row, _ = judge(find(), accepted(**other))
        assert (row.severity, row.exception_state) == ("approval", None)


def test_what_is_within_accuracy_is_not_raised_to_a_note():
    row, _ = judge(find(square(99.6, 0)), accepted())
    assert (row.verdict, row.severity, row.exception_state) == ("within_accuracy", None, None)


def test_a_line_moves_by_its_hausdorff_distance():
    def line(north):
        return shapely.LineString([(EAST, NORTH + north), (EAST + 100, NORTH + north)])

    assert moved_m(line(50), line(50.4), 0.5) == pytest.approx(0.4)
    held = accepted(piece=shapely.to_wkb(line(50)), effect="F", rule_id="relic_zone_1",
                    width_m=None, area_m2=0)  # fmt: skip
    for north, state in ((50.4, "accepted"), (51, "moved")):
        long = shapely.LineString([(EAST - 9, NORTH + north), (EAST + 109, NORTH + north)])
        row, _ = judge(find(long, category="relic_zone_1"), held)
        assert row.exception_state == state


def test_the_effect_is_of_the_rule_and_else_of_the_severity():
    assert effect_of("special_use_forest", "note", RULES) == "F"
    assert effect_of("a rule of somebody", "approval", RULES) == "C"


def test_the_dates_of_a_record_tell_its_state():
    record = accepted().record
    assert record.state_on(date(2026, 9, 30)) is ExceptionState.NOT_YET
    assert record.state_on(date(2026, 10, 1)) is ExceptionState.ACCEPTED
    assert record.state_on(date(2027, 10, 1)) is ExceptionState.EXPIRED


def test_what_was_accepted_of_a_dike_says_nothing_of_its_corridor():
    findings = find(square(-500, 40, 1_000, 20), category="dike", grade="I")
    own, around = (
        findings[findings["distance_m"].isna() == flag].iloc[0] for flag in (True, False)
    )
    for one, other in ((own, around), (around, own)):
        held = accepted(rule_id=one.rule_id, effect="F", severity="blocking",
                        piece=shapely.to_wkb(one.geometry))  # fmt: skip
        report = with_exceptions(findings, [held], as_of=DAY, rules=RULES)
        by_rule = report.findings.set_index("rule_id")
        assert by_rule.loc[one.rule_id, "exception_state"] == "accepted"
        assert by_rule.loc[other.rule_id, "severity"] == other.severity
        assert [issue.code for issue in report.issues] == ["exception_accepted"]
