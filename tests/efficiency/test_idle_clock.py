"""The idle clock: every status, and each limit on the day before, the day itself, the day after."""

from datetime import date
from typing import Any

import pytest

from gisclusters.domain.verdicts import ParcelStatus
from gisclusters.efficiency.idle_clock import LeaseFacts, read_clock
from gisclusters.rules.efficiency import load_efficiency_rules
from gisclusters.words import has_text, text

RULES = load_efficiency_rules()


def day(text: str) -> date:
    return date.fromisoformat(text)


HANDED_OVER: dict[str, Any] = {"lease_from": day("2025-01-01"), "handed_over_on": day("2025-03-10")}
BEGUN = {**HANDED_OVER, "started_on": day("2025-05-01"), "planned_finish_on": day("2025-06-30")}
STOPPED = {**HANDED_OVER, "started_on": day("2025-04-01"), "producing_on": day("2025-06-01"),
           "use_stopped_on": day("2025-08-31")}  # fmt: skip
EXTENDED: dict[str, Any] = {**HANDED_OVER, "extension_decided_on": day("2026-04-01"),
            "extension_until": day("2027-04-01")}  # fmt: skip
LEAP = {"lease_from": day("2024-01-01"), "handed_over_on": day("2024-02-29")}

CASES: list[tuple[dict[str, Any], Any, Any, Any, Any, Any]] = [
    # what is on record, as of, status, deadline, days left, rule
    (HANDED_OVER, "2026-03-09", "on_schedule", "2026-03-10", 1, "idle_from_handover"),
    (HANDED_OVER, "2026-03-10", "idle", "2026-03-10", 0, "idle_from_handover"),
    (HANDED_OVER, "2026-03-11", "idle", "2026-03-10", -1, "idle_from_handover"),
    (LEAP, "2025-02-27", "on_schedule", "2025-02-28", 1, "idle_from_handover"),
    (LEAP, "2025-02-28", "idle", "2025-02-28", 0, "idle_from_handover"),
    (BEGUN, "2025-06-30", "on_schedule", "2025-07-01", 1, "planned_date"),
    (BEGUN, "2025-07-01", "late", "2027-06-30", 729, "behind_schedule"),
    (BEGUN, "2027-06-29", "late", "2027-06-30", 1, "behind_schedule"),
    (BEGUN, "2027-06-30", "idle", "2027-06-30", 0, "behind_schedule"),
    (STOPPED, "2025-08-30", "producing", None, None, None),
    (STOPPED, "2025-08-31", "on_schedule", "2026-08-31", 365, "idle_from_stop"),
    (STOPPED, "2026-08-30", "on_schedule", "2026-08-31", 1, "idle_from_stop"),
    (STOPPED, "2026-08-31", "idle", "2026-08-31", 0, "idle_from_stop"),
    (EXTENDED, "2026-03-31", "idle", "2026-03-10", -21, "idle_from_handover"),
    (EXTENDED, "2026-04-01", "extended", "2027-04-01", 365, "extension"),
    (EXTENDED, "2027-03-31", "extended", "2027-04-01", 1, "extension"),
    (EXTENDED, "2027-04-01", "lapsed", "2027-04-01", 0, "extension"),
    (EXTENDED, "2027-04-02", "lapsed", "2027-04-01", -1, "extension"),
    # 31 days of force majeure inside the twelve months put 10 March off to 10 April
    ({**HANDED_OVER, "force_majeure": "2025-09-01/2025-10-01"},
     "2026-04-09", "on_schedule", "2026-04-10", 1, "idle_from_handover"),
    ({**HANDED_OVER, "force_majeure": "2025-09-01/2025-10-01"},
     "2026-04-10", "idle", "2026-04-10", 0, "idle_from_handover"),
    # … and inside an extension, that end
    ({**EXTENDED, "force_majeure": "01/06/2026/30/06/2026"},
     "2027-04-30", "extended", "2027-05-01", 1, "extension"),
    ({**EXTENDED, "force_majeure": "01/06/2026/30/06/2026"},
     "2027-05-01", "lapsed", "2027-05-01", 0, "extension"),
    # an extension decided before the limit holds from its decision
    ({**EXTENDED, "extension_decided_on": day("2026-02-01")},
     "2026-02-15", "extended", "2027-04-01", 410, "extension"),
    # one of 25 months counts 24, from the decision
    ({**EXTENDED, "extension_until": day("2028-05-01")},
     "2028-03-31", "extended", "2028-04-01", 1, "extension"),
    ({**EXTENDED, "extension_until": day("2028-05-01")},
     "2028-04-01", "lapsed", "2028-04-01", 0, "extension"),
    # works that begin in the extension end the twelve months
    ({**EXTENDED, "started_on": day("2026-09-01")},
     "2027-06-01", "on_schedule", None, None, None),
    # an extension that ended before the land was used does not touch a later stop
    ({**EXTENDED, "producing_on": day("2027-01-01"), "use_stopped_on": day("2027-06-01")},
     "2028-06-01", "idle", "2028-06-01", 0, "idle_from_stop"),
    # a planned start passes on the day after it
    ({**HANDED_OVER, "planned_start_on": day("2025-06-01")},
     "2025-06-01", "on_schedule", "2025-06-02", 1, "planned_date"),
    ({**HANDED_OVER, "planned_start_on": day("2025-06-01")},
     "2025-06-02", "late", "2026-03-10", 281, "idle_from_handover"),
    # what has not happened yet on the day asked for is not known
    (HANDED_OVER, "2025-03-09", "not_handed_over", None, None, None),
    ({**HANDED_OVER, "producing_on": day("2026-04-01")},
     "2026-03-31", "idle", "2026-03-10", -21, "idle_from_handover"),
    ({**HANDED_OVER, "producing_on": day("2026-04-01")},
     "2026-04-01", "producing", None, None, None),
    # a lease holds through its last day
    ({**STOPPED, "use_stopped_on": None, "lease_to": day("2026-06-30")},
     "2026-06-30", "producing", "2026-07-01", 1, "lease_term"),
    ({**STOPPED, "use_stopped_on": None, "lease_to": day("2026-06-30")},
     "2026-07-01", "ended", "2026-07-01", 0, "lease_term"),
    ({"approved_on": day("2025-01-01")}, "2026-01-01", "not_handed_over", None, None, None),
    # producing again after a stop
    ({**STOPPED, "producing_on": day("2026-02-01")}, "2026-09-01", "producing", None, None, None),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_clock(case):
    record, as_of, status, deadline, days_left, rule = case
    reading = read_clock(LeaseFacts(**record), as_of=day(as_of), rules=RULES)
    assert reading.status == status
    assert reading.deadline == (None if deadline is None else day(deadline))
    if reading.deadline is not None:
        assert (reading.deadline - day(as_of)).days == days_left
    assert reading.rule_id == rule


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"handed_over_on": day("2025-03-10"), "started_on": day("2025-03-09")},
         "started_before_handover"),
        ({**HANDED_OVER, "started_on": day("2025-05-01"), "finished_on": day("2025-04-30")},
         "finished_before_start"),
        ({**HANDED_OVER, "producing_on": day("2025-03-09")}, "producing_before_handover"),
        ({**HANDED_OVER, "use_stopped_on": day("2025-01-09")}, "stopped_before_handover"),
        ({**HANDED_OVER, "planned_start_on": day("2026-01-02"),
          "planned_finish_on": day("2026-01-01")}, "plan_reversed"),
        ({**EXTENDED, "extension_until": day("2026-03-31")}, "extension_reversed"),
        ({**HANDED_OVER, "extension_until": day("2027-03-31")}, "extension_without_decision"),
        ({**HANDED_OVER, "extension_decided_on": day("2026-03-31")}, "extension_without_end"),
        ({**HANDED_OVER, "force_majeure": "bão số 3"}, "force_majeure_unreadable"),
        ({"lease_from": day("2025-01-01"), "started_on": day("2025-05-01")}, "handover_missing"),
        ({"lessee": "Công ty A"}, "dates_missing"),
    ],
)  # fmt: skip
def test_dates_that_contradict_or_lack_are_unknown_with_the_reason(record, reason):
    reading = read_clock(LeaseFacts(**record), as_of=day("2026-11-15"), rules=RULES)
    assert reading.status is ParcelStatus.UNKNOWN
    assert reason in [item.code for item in reading.evidence]
    assert reading.deadline is None


def test_a_parcel_nobody_leases_is_not_handed_over_and_says_so():
    reading = read_clock(None, as_of=day("2026-11-15"), rules=RULES)
    assert (reading.status, reading.evidence[0].code) == ("not_handed_over", "no_lease")


def test_without_a_schedule_the_evidence_says_that_there_is_none():
    reading = read_clock(LeaseFacts(**HANDED_OVER), as_of=day("2025-06-01"), rules=RULES)
    assert [item.code for item in reading.evidence] == ["handed_over", "schedule_missing"]


def test_a_cut_extension_says_by_how_much():
    record = {**EXTENDED, "extension_until": day("2028-05-01")}
    reading = read_clock(LeaseFacts(**record), as_of=day("2027-01-01"), rules=RULES)
    [capped] = [item for item in reading.evidence if item.code == "extension_capped"]
    assert capped.params == {"until": day("2028-05-01"), "longest": day("2028-04-01")}


def test_before_august_2024_the_older_land_law_judges():
    record: dict[str, Any] = {"lease_from": day("2022-01-01"), "handed_over_on": day("2022-03-01")}
    before = read_clock(LeaseFacts(**record), as_of=day("2024-07-31"), rules=RULES)
    after = read_clock(LeaseFacts(**record), as_of=day("2024-08-01"), rules=RULES)
    assert (before.rule_id, after.rule_id) == ("idle_from_handover_2013", "idle_from_handover")


def test_every_status_and_every_piece_of_evidence_reads_in_both_languages():
    records = [LeaseFacts(**record) for record, *_ in CASES]
    readings = [
        read_clock(record, as_of=day(as_of), rules=RULES)
        for record, (_, as_of, *_) in zip(records, CASES, strict=True)
    ]
    for lang in ("vi", "en"):
        for reading in readings:
            for item in reading.evidence:
                assert text(f"efficiency.evidence_{item.code}", lang, **item.params)
        for status in ParcelStatus:
            assert has_text(f"efficiency.status_{status}")
