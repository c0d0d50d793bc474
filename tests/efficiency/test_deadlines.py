"""Terms in months and days that do not count."""

from datetime import date

import pytest

from gisclusters.efficiency.deadlines import (
    Period,
    add_months,
    days_within,
    put_off,
    reached_on,
    read_periods,
)

TODAY = date(2026, 11, 15)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2025, 3, 10), 12, date(2026, 3, 10)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),  # no 29 February in 2025
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2025, 8, 31), 12, date(2026, 8, 31)),
        (date(2025, 12, 31), 24, date(2027, 12, 31)),
        (date(2025, 12, 1), 1, date(2026, 1, 1)),
    ],
)
def test_a_term_of_months_ends_on_the_same_day_or_the_last_of_the_month(start, months, end):
    assert add_months(start, months) == end


def test_periods_are_read_in_both_ways_of_writing_a_day_sorted_and_merged():
    text = "01/03/2026/10/03/2026; 2026-01-01/2026-01-31;2026-03-11/2026-03-12;"
    assert read_periods(text, as_of=TODAY) == (
        Period(date(2026, 1, 1), date(2026, 1, 31)),
        Period(date(2026, 3, 1), date(2026, 3, 12)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "2025-09-01/2025-10-01", "01/09/2025/01/10/2025", "1/9/2025 - 1/10/2025",
        "01/09/2025–01/10/2025", "01.09.2025 - 01.10.2025", "01-09-2025/01-10-2025",
        "Từ 01/9/2025 đến 01/10/2025", "từ ngày 01/09/2025 đến hết ngày 01/10/2025.",
        "ngày 1 tháng 9 năm 2025 đến ngày 1 tháng 10 năm 2025", "from 2025-09-01 to 2025-10-01",
        "Tu\u031b\u0300 01/09/2025 \u0111e\u0302\u0301n 01/10/2025",
    ],
)  # fmt: skip
def test_one_period_in_the_ways_offices_write_it(text):
    assert read_periods(text, as_of=TODAY) == (Period(date(2025, 9, 1), date(2025, 10, 1)),)


def test_until_now_is_a_period_without_an_end_and_lines_part_periods():
    assert read_periods("từ 01/11/2026 đến nay\n2026-01-01/2026-01-02", as_of=TODAY) == (
        Period(date(2026, 1, 1), date(2026, 1, 2)),
        Period(date(2026, 11, 1), date(2026, 11, 14)),
    )


def test_a_period_without_an_end_runs_until_the_day_before_the_question():
    assert read_periods("2026-11-01/", as_of=TODAY) == (
        Period(date(2026, 11, 1), date(2026, 11, 14)),
    )


def test_a_period_that_has_not_begun_is_not_known_yet():
    assert read_periods("2026-11-15/2026-12-31", as_of=TODAY) == ()


def test_nothing_written_is_no_period():
    assert read_periods(None, as_of=TODAY) == read_periods(" ", as_of=TODAY) == ()


@pytest.mark.parametrize("text", ["bão lũ", "2026-01-01", "2026-02-30/2026-03-01",
                                  "2026-03-01/2026-02-01"])  # fmt: skip
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - its text is the part that cannot be read
        read_periods(text, as_of=TODAY)


def test_only_days_between_start_and_end_count_the_end_itself_does_not():
    march = [Period(date(2026, 3, 1), date(2026, 3, 31))]
    assert days_within(march, date(2026, 3, 30), date(2026, 3, 31)) == 1
    assert days_within(march, date(2026, 3, 31), date(2026, 4, 30)) == 1
    assert days_within(march, date(2026, 4, 1), date(2026, 4, 30)) == 0


def test_days_that_do_not_count_put_the_limit_off_by_as_many():
    march = [Period(date(2026, 3, 1), date(2026, 3, 31))]
    assert reached_on(date(2025, 6, 1), 12, march) == date(2026, 7, 2)  # 1 June + 31 days


def test_putting_off_may_bring_further_such_days_in():
    periods = [
        Period(date(2026, 3, 1), date(2026, 3, 31)),  # puts 1 June off to 2 July
        Period(date(2026, 6, 21), date(2026, 6, 30)),  # ten days of which count by then
    ]
    assert put_off(date(2025, 6, 1), date(2026, 6, 1), periods) == date(2026, 7, 12)


def test_force_majeure_that_begins_on_the_limit_comes_too_late():
    limit = date(2026, 6, 1)
    assert put_off(date(2025, 6, 1), limit, [Period(limit, date(2026, 6, 30))]) == limit
