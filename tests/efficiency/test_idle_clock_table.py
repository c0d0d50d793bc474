"""The idle clock as one table that a lawyer can check: each limit before, on and after its day.

A row says what is on record, the day of the question, and what must come of it.  Every day
was worked out by hand; the sentence above a group says how.

``giao`` hand-over on site, ``khởi`` works began, ``xong`` works finished, ``sx`` producing,
``ngừng`` use stopped, ``kh khởi`` and ``kh xong`` the project's own schedule, ``gh`` an extension
as decision..end, ``bkk`` force majeure, ``thuê`` and ``hết`` the term of the lease, ``chấp`` approval.
Every record has a lease from 2020-01-01 unless it names one.
"""

from datetime import date
from typing import Any

import pytest

from gisclusters.efficiency.idle_clock import LeaseFacts, read_clock
from gisclusters.efficiency.lease_doubts import DOUBTS
from gisclusters.rules.efficiency import load_efficiency_rules

RULES = load_efficiency_rules()
FIELDS = {
    "giao": "handed_over_on", "khởi": "started_on", "xong": "finished_on", "sx": "producing_on",
    "ngừng": "use_stopped_on", "kh khởi": "planned_start_on", "kh xong": "planned_finish_on",
    "thuê": "lease_from", "hết": "lease_to", "chấp": "approved_on",
}  # fmt: skip

# record | as of | status | deadline, or the reason of an unknown | days left | rule
TABLE = """
# Twelve months unused from hand-over: 10/3/2025 + 12 months = 10/3/2026, reached on the day itself.
giao 2025-03-10                        | 2025-03-09 | not_handed_over | -          |    - | -
giao 2025-03-10                        | 2025-03-10 | on_schedule     | 2026-03-10 |  365 | idle_from_handover
giao 2025-03-10                        | 2026-03-09 | on_schedule     | 2026-03-10 |    1 | idle_from_handover
giao 2025-03-10                        | 2026-03-10 | idle            | 2026-03-10 |    0 | idle_from_handover
giao 2025-03-10                        | 2026-03-11 | idle            | 2026-03-10 |   -1 | idle_from_handover
# Leap years: 29/2 + 12 months is 28/2; 28/2 stays 28/2 also where the later year has a 29/2.
giao 2024-02-29                        | 2025-02-27 | on_schedule     | 2025-02-28 |    1 | idle_from_handover
giao 2024-02-29                        | 2025-02-28 | idle            | 2025-02-28 |    0 | idle_from_handover
giao 2024-02-29                        | 2025-03-01 | idle            | 2025-02-28 |   -1 | idle_from_handover
giao 2027-02-28                        | 2028-02-27 | on_schedule     | 2028-02-28 |    1 | idle_from_handover
giao 2027-02-28                        | 2028-02-28 | idle            | 2028-02-28 |    0 | idle_from_handover
giao 2027-02-28                        | 2028-02-29 | idle            | 2028-02-28 |   -1 | idle_from_handover
giao 2027-03-01                        | 2028-02-29 | on_schedule     | 2028-03-01 |    1 | idle_from_handover
giao 2027-03-01                        | 2028-03-01 | idle            | 2028-03-01 |    0 | idle_from_handover
giao 2023-01-10; khởi 2023-02-01; kh xong 2024-02-29 | 2026-02-27 | late | 2026-02-28 |  1 | behind_schedule
giao 2023-01-10; khởi 2023-02-01; kh xong 2024-02-29 | 2026-02-28 | idle | 2026-02-28 |  0 | behind_schedule
giao 2023-01-10; khởi 2023-02-01; kh xong 2024-02-29 | 2026-03-01 | idle | 2026-02-28 | -1 | behind_schedule
giao 2025-03-10; gh 2026-04-01..2028-02-29 | 2028-02-28 | extended    | 2028-02-29 |    1 | extension
giao 2025-03-10; gh 2026-04-01..2028-02-29 | 2028-02-29 | lapsed      | 2028-02-29 |    0 | extension
giao 2025-03-10; gh 2026-04-01..2028-02-29 | 2028-03-01 | lapsed      | 2028-02-29 |   -1 | extension
# 24 months behind the schedule: finish planned 30/6/2025, passed on 1/7/2025, limit 30/6/2027.
giao 2025-03-10; khởi 2025-05-01; kh xong 2025-06-30 | 2025-06-29 | on_schedule | 2025-07-01 |   2 | planned_date
giao 2025-03-10; khởi 2025-05-01; kh xong 2025-06-30 | 2025-06-30 | on_schedule | 2025-07-01 |   1 | planned_date
giao 2025-03-10; khởi 2025-05-01; kh xong 2025-06-30 | 2025-07-01 | late        | 2027-06-30 | 729 | behind_schedule
giao 2025-03-10; khởi 2025-05-01; kh xong 2025-06-30 | 2027-06-29 | late        | 2027-06-30 |   1 | behind_schedule
giao 2025-03-10; khởi 2025-05-01; kh xong 2025-06-30 | 2027-06-30 | idle        | 2027-06-30 |   0 | behind_schedule
giao 2025-03-10; khởi 2025-05-01; kh xong 2025-06-30 | 2027-07-01 | idle        | 2027-06-30 |  -1 | behind_schedule
giao 2025-03-10; khởi 2025-05-01; xong 2026-01-01; kh xong 2025-06-30 | 2027-07-01 | on_schedule | - | - | -
giao 2025-03-10; kh khởi 2025-06-01    | 2025-06-01 | on_schedule     | 2025-06-02 |    1 | planned_date
giao 2025-03-10; kh khởi 2025-06-01    | 2025-06-02 | late            | 2026-03-10 |  281 | idle_from_handover
# Two limits run: the schedule's (31/1/2024 + 24 months) comes before the hand-over's.
giao 2025-03-10; kh xong 2024-01-31    | 2026-01-30 | late            | 2026-01-31 |    1 | behind_schedule
giao 2025-03-10; kh xong 2024-01-31    | 2026-01-31 | idle            | 2026-01-31 |    0 | behind_schedule
giao 2025-03-10; kh xong 2024-01-31    | 2026-03-10 | idle            | 2026-01-31 |  -38 | behind_schedule
# Use stopped on 31/8/2025: twelve months in a row are full on 31/8/2026.
giao 2025-03-10; sx 2025-06-01; ngừng 2025-08-31 | 2025-08-30 | producing   | -          |   - | -
giao 2025-03-10; sx 2025-06-01; ngừng 2025-08-31 | 2025-08-31 | on_schedule | 2026-08-31 | 365 | idle_from_stop
giao 2025-03-10; sx 2025-06-01; ngừng 2025-08-31 | 2026-08-30 | on_schedule | 2026-08-31 |   1 | idle_from_stop
giao 2025-03-10; sx 2025-06-01; ngừng 2025-08-31 | 2026-08-31 | idle        | 2026-08-31 |   0 | idle_from_stop
giao 2025-03-10; sx 2025-06-01; ngừng 2025-08-31 | 2026-09-01 | idle        | 2026-08-31 |  -1 | idle_from_stop
# Taken up again: the twelve months are no longer in a row; a later stop counts from itself.
giao 2025-03-10; sx 2026-02-01; ngừng 2025-08-31   | 2026-01-31 | on_schedule | 2026-08-31 | 212 | idle_from_stop
giao 2025-03-10; sx 2026-02-01; ngừng 2025-08-31   | 2026-09-01 | producing   | -          |   - | -
giao 2025-03-10; khởi 2026-03-01; ngừng 2025-08-31 | 2026-09-01 | on_schedule | -          |   - | -
giao 2025-03-10; sx 2026-02-01; ngừng 2026-10-15   | 2027-10-14 | on_schedule | 2027-10-15 |   1 | idle_from_stop
giao 2025-03-10; sx 2026-02-01; ngừng 2026-10-15   | 2027-10-15 | idle        | 2027-10-15 |   0 | idle_from_stop
giao 2025-03-10; khởi 2025-08-31; ngừng 2025-08-31 | 2026-08-31 | idle        | 2026-08-31 |   0 | idle_from_stop
xong 2025-02-01; ngừng 2025-08-31                  | 2026-08-31 | idle        | 2026-08-31 |   0 | idle_from_stop
# An extension decided on 1/4/2026, after the limit of 10/3/2026, until 1/4/2027.
giao 2025-03-10; gh 2026-04-01..2027-04-01 | 2026-03-31 | idle     | 2026-03-10 | -21 | idle_from_handover
giao 2025-03-10; gh 2026-04-01..2027-04-01 | 2026-04-01 | extended | 2027-04-01 | 365 | extension
giao 2025-03-10; gh 2026-04-01..2027-04-01 | 2027-03-31 | extended | 2027-04-01 |   1 | extension
giao 2025-03-10; gh 2026-04-01..2027-04-01 | 2027-04-01 | lapsed   | 2027-04-01 |   0 | extension
giao 2025-03-10; gh 2026-04-01..2027-04-01 | 2027-04-02 | lapsed   | 2027-04-01 |  -1 | extension
# Decided before the limit it holds from its decision; its 24 months count from the limit.
giao 2025-03-10; gh 2026-02-01..2027-04-01 | 2026-01-31 | on_schedule | 2026-03-10 |  38 | idle_from_handover
giao 2025-03-10; gh 2026-02-01..2027-04-01 | 2026-02-01 | extended    | 2027-04-01 | 424 | extension
giao 2025-03-10; gh 2026-02-01..2028-03-10 | 2028-03-09 | extended    | 2028-03-10 |   1 | extension
giao 2025-03-10; gh 2026-02-01..2028-03-10 | 2028-03-10 | lapsed      | 2028-03-10 |   0 | extension
giao 2025-03-10; gh 2026-02-01..2028-03-11 | 2028-03-10 | lapsed      | 2028-03-10 |   0 | extension
# More than 24 months count 24, from a decision after the limit: 1/4/2026 → 1/4/2028, 29/2/2028 → 28/2/2030.
giao 2025-03-10; gh 2026-04-01..2028-05-01 | 2028-03-31 | extended | 2028-04-01 |  1 | extension
giao 2025-03-10; gh 2026-04-01..2028-05-01 | 2028-04-01 | lapsed   | 2028-04-01 |  0 | extension
giao 2025-03-10; gh 2026-04-01..2028-05-01 | 2028-04-02 | lapsed   | 2028-04-01 | -1 | extension
giao 2026-01-15; gh 2028-02-29..2030-06-01 | 2030-02-27 | extended | 2030-02-28 |  1 | extension
giao 2026-01-15; gh 2028-02-29..2030-06-01 | 2030-02-28 | lapsed   | 2030-02-28 |  0 | extension
# One that ends before the limit puts nothing off; use in its time ends the matter; it covers no later stop.
giao 2025-03-10; gh 2026-01-05..2026-03-09 | 2026-03-09 | on_schedule | 2026-03-10 |  1 | idle_from_handover
giao 2025-03-10; gh 2026-01-05..2026-03-09 | 2026-03-10 | idle        | 2026-03-10 |  0 | idle_from_handover
giao 2025-03-10; gh 2026-04-01..2027-04-01; khởi 2026-09-01 | 2027-06-01 | on_schedule | - | - | -
giao 2025-03-10; gh 2026-04-01..2027-04-01; sx 2027-03-31   | 2027-04-01 | producing   | - | - | -
giao 2025-03-10; gh 2026-04-01..2028-03-31; sx 2026-06-01; ngừng 2026-08-01 | 2027-07-31 | on_schedule | 2027-08-01 | 1 | idle_from_stop
giao 2025-03-10; gh 2026-04-01..2028-03-31; sx 2026-06-01; ngừng 2026-08-01 | 2027-08-01 | idle        | 2027-08-01 | 0 | idle_from_stop
# Force majeure inside the term: 1/9 to 1/10/2025 are 31 days, 10/3 becomes 10/4/2026.
giao 2025-03-10; bkk 2025-09-01/2025-10-01 | 2026-04-09 | on_schedule | 2026-04-10 |  1 | idle_from_handover
giao 2025-03-10; bkk 2025-09-01/2025-10-01 | 2026-04-10 | idle        | 2026-04-10 |  0 | idle_from_handover
giao 2025-03-10; bkk 2025-09-01/2025-10-01 | 2026-04-11 | idle        | 2026-04-10 | -1 | idle_from_handover
giao 2025-03-10; bkk từ ngày 01/9/2025 đến hết ngày 01/10/2025 | 2026-04-09 | on_schedule | 2026-04-10 | 1 | idle_from_handover
# Before the hand-over nothing counts; of 1/3 to 19/3/2025 the ten days from 10/3 do.
giao 2025-03-10; bkk 2025-01-01/2025-02-28 | 2026-03-10 | idle        | 2026-03-10 |  0 | idle_from_handover
giao 2025-03-10; bkk 2025-03-01/2025-03-19 | 2026-03-19 | on_schedule | 2026-03-20 |  1 | idle_from_handover
giao 2025-03-10; bkk 2025-03-01/2025-03-19 | 2026-03-20 | idle        | 2026-03-20 |  0 | idle_from_handover
# Over the limit: nine days before it bring in more, until all 31 of March count; from the limit on none.
giao 2025-03-10; bkk 2026-03-01/2026-03-31 | 2026-04-09 | on_schedule | 2026-04-10 |  1 | idle_from_handover
giao 2025-03-10; bkk 2026-03-01/2026-03-31 | 2026-04-10 | idle        | 2026-04-10 |  0 | idle_from_handover
giao 2025-03-10; bkk 2026-03-10/2026-03-31 | 2026-03-10 | idle        | 2026-03-10 |  0 | idle_from_handover
# Two periods of ten days are 20; two that share five days are 15; one that still runs counts until yesterday (68 days).
giao 2025-03-10; bkk 2025-05-01/2025-05-10,2025-07-01/2025-07-10 | 2026-03-29 | on_schedule | 2026-03-30 | 1 | idle_from_handover
giao 2025-03-10; bkk 2025-05-01/2025-05-10,2025-05-06/2025-05-15 | 2026-03-25 | idle        | 2026-03-25 | 0 | idle_from_handover
giao 2025-03-10; bkk 2026-01-01/           | 2026-03-10 | on_schedule | 2026-05-17 | 68 | idle_from_handover
# Of a stop (ten days) and of the schedule (31 days).
giao 2025-03-10; sx 2025-06-01; ngừng 2025-08-31; bkk 2026-01-01/2026-01-10 | 2026-09-09 | on_schedule | 2026-09-10 | 1 | idle_from_stop
giao 2025-03-10; sx 2025-06-01; ngừng 2025-08-31; bkk 2026-01-01/2026-01-10 | 2026-09-10 | idle        | 2026-09-10 | 0 | idle_from_stop
giao 2025-03-10; khởi 2025-05-01; kh xong 2025-06-30; bkk 2026-01-01/2026-01-31 | 2027-07-30 | late | 2027-07-31 | 1 | behind_schedule
giao 2025-03-10; khởi 2025-05-01; kh xong 2025-06-30; bkk 2026-01-01/2026-01-31 | 2027-07-31 | idle | 2027-07-31 | 0 | behind_schedule
# Inside an extension 30 days put its end off; ten of those from a decision; over limit and extension they count once.
giao 2025-03-10; gh 2026-04-01..2027-04-01; bkk 2026-06-01/2026-06-30 | 2027-04-30 | extended | 2027-05-01 |  1 | extension
giao 2025-03-10; gh 2026-04-01..2027-04-01; bkk 2026-06-01/2026-06-30 | 2027-05-01 | lapsed   | 2027-05-01 |  0 | extension
giao 2025-03-10; gh 2026-04-01..2027-04-01; bkk 2026-06-01/2026-06-30 | 2027-05-02 | lapsed   | 2027-05-01 | -1 | extension
giao 2025-03-10; gh 2026-04-01..2027-04-01; bkk 2026-03-20/2026-04-10 | 2027-04-10 | extended | 2027-04-11 |  1 | extension
giao 2025-03-10; gh 2026-04-01..2027-04-01; bkk 2026-03-20/2026-04-10 | 2027-04-11 | lapsed   | 2027-04-11 |  0 | extension
giao 2025-03-10; gh 2026-02-01..2027-05-10; bkk 2026-02-20/2026-03-21 | 2027-05-09 | extended | 2027-05-10 |  1 | extension
giao 2025-03-10; gh 2026-02-01..2027-05-10; bkk 2026-02-20/2026-03-21 | 2027-05-10 | lapsed   | 2027-05-10 |  0 | extension
# A lease holds through its last day; before a limit its end is the next day that matters.
giao 2025-03-10; sx 2025-06-01; hết 2026-06-30 | 2026-06-29 | producing   | 2026-07-01 |  2 | lease_term
giao 2025-03-10; sx 2025-06-01; hết 2026-06-30 | 2026-06-30 | producing   | 2026-07-01 |  1 | lease_term
giao 2025-03-10; sx 2025-06-01; hết 2026-06-30 | 2026-07-01 | ended       | 2026-07-01 |  0 | lease_term
giao 2025-03-10; hết 2025-12-31                | 2025-12-31 | on_schedule | 2026-01-01 |  1 | lease_term
giao 2025-03-10; hết 2025-12-31                | 2026-01-01 | ended       | 2026-01-01 |  0 | lease_term
thuê -; chấp 2025-01-01                        | 2026-01-01 | not_handed_over | -      |  - | -
# Until 31/7/2024 the Land Law of 2013 judges.
giao 2022-03-01                                | 2024-07-31 | idle        | 2023-03-01 | -518 | idle_from_handover_2013
giao 2022-03-01                                | 2024-08-01 | idle        | 2023-03-01 | -519 | idle_from_handover
# What contradicts or lacks is unknown with its reason, whatever the rest would give.
giao 2025-03-10; khởi 2025-03-09                   | 2026-11-15 | unknown | started_before_handover    | - | -
giao 2025-03-10; xong 2025-03-09                   | 2026-11-15 | unknown | finished_before_handover   | - | -
giao 2025-03-10; khởi 2025-05-01; xong 2025-04-30  | 2026-11-15 | unknown | finished_before_start      | - | -
giao 2025-03-10; sx 2025-03-09                     | 2026-11-15 | unknown | producing_before_handover  | - | -
giao 2025-03-10; khởi 2025-06-02; sx 2025-06-01    | 2026-11-15 | unknown | producing_before_start     | - | -
giao 2025-03-10; ngừng 2025-03-09                  | 2026-11-15 | unknown | stopped_before_handover    | - | -
giao 2027-03-10; hết 2026-12-31                    | 2027-03-10 | ended   | 2027-01-01                 | -68 | lease_term
giao 2025-03-10; thuê 2026-01-01; hết 2025-12-31   | 2026-11-15 | unknown | lease_reversed             | - | -
giao 2025-03-10; kh khởi 2026-01-02; kh xong 2026-01-01 | 2026-11-15 | unknown | plan_reversed         | - | -
giao 2025-03-10; gh 2026-04-01..2026-03-31         | 2026-11-15 | unknown | extension_reversed         | - | -
giao 2025-03-10; gh ..2027-04-01                   | 2026-03-10 | unknown | extension_without_decision | - | -
giao 2025-03-10; gh 2026-03-01..                   | 2026-03-10 | unknown | extension_without_end      | - | -
giao 2025-03-10; gh 2026-03-01..                   | 2026-03-09 | on_schedule | 2026-03-10             | 1 | idle_from_handover
giao 2025-03-10; bkk bão số 3                      | 2026-11-15 | unknown | force_majeure_unreadable   | - | -
giao 2025-03-10; bkk 30/02/2026 - 01/03/2026       | 2026-11-15 | unknown | force_majeure_unreadable   | - | -
khởi 2025-05-01                                    | 2026-11-15 | unknown | handover_missing           | - | -
xong 2025-05-01                                    | 2026-11-15 | unknown | handover_missing           | - | -
thuê -                                             | 2026-11-15 | unknown | dates_missing              | - | -
"""
ROWS = [line for line in TABLE.splitlines() if line and not line.startswith("#")]


def day(words: str) -> date | None:
    return date.fromisoformat(words) if words and words != "-" else None


def record(words: str) -> LeaseFacts:
    facts: dict[str, Any] = {"lessee": "Công ty A", "lease_from": date(2020, 1, 1)}
    for part in filter(None, (each.strip() for each in words.split(";"))):
        if part.startswith("gh "):
            decided, _, until = part.removeprefix("gh ").partition("..")
            facts |= {"extension_decided_on": day(decided), "extension_until": day(until)}
        elif part.startswith("bkk "):
            facts["force_majeure"] = part.removeprefix("bkk ").replace(",", ";")
        else:
            name, _, value = part.rpartition(" ")
            facts[FIELDS[name]] = day(value)
    return LeaseFacts(**facts)


@pytest.mark.parametrize("row", ROWS)
def test_the_clock_says_what_a_person_worked_out(row):
    what, as_of, status, expected, left, rule = (cell.strip() for cell in row.split("|"))
    asked = date.fromisoformat(as_of)
    reading = read_clock(record(what), as_of=asked, rules=RULES)
    assert reading.status == status
    codes = [item.code for item in reading.evidence]
    if status == "unknown":
        assert codes[-1] == expected
        assert expected in DOUBTS
        assert (reading.deadline, reading.rule_id) == (None, None)
        return
    assert reading.deadline == day(expected)
    assert reading.rule_id == (None if rule == "-" else rule)
    if reading.deadline is not None:
        assert (reading.deadline - asked).days == int(left)
    assert not DOUBTS & {*codes} - {"extension_without_end"}


def test_the_table_has_every_status():
    assert {row.split("|")[2].strip() for row in ROWS} == {
        "not_handed_over", "on_schedule", "late", "idle", "extended", "lapsed", "producing",
        "ended", "unknown",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "as_of", "limit", "rule"),
    [
        # the planned start on 1/6/2025 comes first; the law's own limit stays 10/3/2026
        ("giao 2025-03-10; kh khởi 2025-06-01", "2025-05-20", "2026-03-10", "idle_from_handover"),
        # the lease ends first
        ("giao 2025-03-10; hết 2025-12-31", "2025-12-01", "2026-03-10", "idle_from_handover"),
        ("giao 2025-03-10; gh 2026-04-01..2027-04-01; hết 2026-12-31", "2026-11-15",
         "2027-04-01", "extension"),
        ("giao 2025-03-10; sx 2025-06-01; hết 2026-06-30", "2026-06-01", "-", None),
    ],
)  # fmt: skip
def test_the_limit_of_the_law_is_told_where_another_day_comes_first(words, as_of, limit, rule):
    reading = read_clock(record(words), as_of=date.fromisoformat(as_of), rules=RULES)
    assert (reading.limit_on, reading.limit_rule_id) == (day(limit), rule)


def test_only_days_of_force_majeure_that_put_a_limit_off_are_told():
    def told(words):
        reading = read_clock(record(words), as_of=date(2026, 3, 1), rules=RULES)
        return [item.params["days"] for item in reading.evidence if item.code == "force_majeure"]

    assert told("giao 2025-03-10; bkk 2025-01-01/2025-02-28") == []
    assert told("giao 2025-03-10; bkk 2025-03-01/2025-03-19") == [10]


def test_a_hand_over_that_nobody_recorded_is_said():
    reading = read_clock(record(""), as_of=date(2026, 3, 1), rules=RULES)
    assert reading.status == "not_handed_over"
    assert [item.code for item in reading.evidence] == ["handover_not_on_record"]
