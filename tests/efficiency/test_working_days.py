"""Last days of the steps, counted on a calendar of autumn 2026 (14 September is a Monday)."""

from datetime import date

import pandas as pd

from gisclusters.efficiency.working_days import last_day, timetable
from tests.efficiency.founding_scenes import NEW, OLD, day


def last_days(as_of, *, filed_on=None, holidays=(), column="last_day"):
    law, today = day(as_of, filed_on)
    table = timetable(today.steps, start=filed_on or as_of, filed=filed_on is not None,
                      holidays=set(holidays), law=law)  # fmt: skip
    days = [None if pd.isna(cell) else cell.date().isoformat() for cell in table[column]]
    return dict(zip(table["step"], days, strict=True)), table


def test_before_the_new_version_some_terms_are_plain_days():
    # 5 working days from Mon 14/9: Mon 21/9; 15 days: 6/10; 5 working: 13/10; 25 days: Sat 7/11;
    # 7 working days after: Mon 9 .. Fri 13, Mon 16, Tue 17
    found, table = last_days(OLD)
    assert found == {"notice": "2026-09-21", "filing": "2026-10-06", "dossier": "2026-10-13",
                     "appraisal": "2026-11-07", "decision": "2026-11-17"}  # fmt: skip
    assert set(table["confidence"]) == {"sure"}
    # the same if every term is in working days: 15 are three weeks, 25 five weeks
    found, _ = last_days(OLD, column="last_day_all_working")
    assert found == {"notice": "2026-09-21", "filing": "2026-10-12", "dossier": "2026-10-19",
                     "appraisal": "2026-11-23", "decision": "2026-12-02"}  # fmt: skip


def test_in_the_new_version_every_term_is_in_working_days():
    # Wed 16/9 + 2: Fri 18/9; + 5: 25/9; + 5: 2/10; + 20: 30/10; + 5: 6/11
    found, table = last_days(NEW)
    assert found == {"notice": "2026-09-18", "filing": "2026-09-25", "dossier": "2026-10-02",
                     "appraisal": "2026-10-30", "decision": "2026-11-06"}  # fmt: skip
    assert table["last_day"].equals(table["last_day_all_working"].rename("last_day"))
    assert set(table["confidence"]) == {"likely"}


def test_a_holiday_is_no_working_day_and_one_on_a_sunday_changes_nothing():
    found, _ = last_days(NEW, holidays=[date(2026, 9, 17), date(2026, 9, 20)])
    assert found["notice"] == "2026-09-21"  # Fri 18, Mon 21
    assert found["decision"] == "2026-11-09"


def test_of_a_filed_dossier_notice_and_filing_are_over_and_the_old_terms_go_on():
    # Thu 10/9 + 5 working: Thu 17/9; + 25 days: Mon 12/10; + 7 working: Wed 21/10
    found, table = last_days(date(2026, 10, 1), filed_on=date(2026, 9, 10))
    assert found == {"notice": None, "filing": None, "dossier": "2026-09-17",
                     "appraisal": "2026-10-12", "decision": "2026-10-21"}  # fmt: skip
    assert set(table["confidence"]) == {"likely"}


def test_a_term_that_starts_on_a_weekend_begins_on_monday():
    assert last_day(date(2026, 9, 12), 1, holidays=set()) == date(2026, 9, 14)
    assert last_day(date(2026, 9, 12), 1, holidays=None) == date(2026, 9, 13)


def test_no_steps_on_a_day_without_rules():
    assert len(last_days(date(2024, 4, 30))[1]) == 0
