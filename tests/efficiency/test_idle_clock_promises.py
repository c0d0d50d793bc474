"""What the clock promises whatever is on record: a deadline comes true, and not a day early."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from gisclusters.efficiency.idle_clock import EVENTS, LeaseFacts, read_clock
from gisclusters.rules.efficiency import load_efficiency_rules

RULES = load_efficiency_rules()
FIRST = date(2024, 8, 1)
DAYS = st.one_of(st.none(), st.dates(FIRST, date(2031, 12, 31)))
PERIODS = st.lists(
    st.tuples(st.dates(FIRST, date(2031, 1, 1)), st.integers(0, 200)), max_size=3
).map(lambda found: ";".join(f"{day}/{day + timedelta(days=length)}" for day, length in found))
RECORDS = st.builds(
    LeaseFacts,
    lessee=st.just("A"), approved_on=DAYS, lease_from=DAYS, lease_to=DAYS, handed_over_on=DAYS,
    planned_start_on=DAYS, planned_finish_on=DAYS, started_on=DAYS, finished_on=DAYS,
    producing_on=DAYS, use_stopped_on=DAYS, extension_decided_on=DAYS, extension_until=DAYS,
    force_majeure=PERIODS,
)  # fmt: skip
WORSE = (
    "not_handed_over",
    "producing",
    "on_schedule",
    "extended",
    "late",
    "idle",
    "lapsed",
    "ended",
)
ASKED = st.dates(FIRST, date(2032, 12, 31))


# Half an extension makes the record unfit from the day a limit falls.
WHOLE = RECORDS.filter(
    lambda record: (record.extension_decided_on is None) == (record.extension_until is None)
)


def read(record, day):
    return read_clock(record, as_of=day, rules=RULES)


def quiet(record, since, until):
    """Whether nothing is on record for the days after ``since`` up to ``until``."""
    happened = [getattr(record, name) for name in EVENTS]
    if any(day is not None and since < day <= until for day in happened):
        return False
    # force majeure is known from the day after it began
    begun = [part[:10] for part in (record.force_majeure or "").split(";") if part]
    return not any(since <= date.fromisoformat(day) <= until for day in begun)


@settings(max_examples=300, deadline=None)
@given(WHOLE, ASKED)
def test_a_coming_deadline_comes_true_on_its_day_and_not_the_day_before(record, asked):
    reading = read(record, asked)
    due = reading.deadline
    if due is None or due <= asked or due.year > 2032 or not quiet(record, asked, due):
        return
    before, on_it = read(record, due - timedelta(days=1)), read(record, due)
    assert (before.status, before.deadline) == (reading.status, due)
    assert WORSE.index(on_it.status) > WORSE.index(reading.status)


@settings(max_examples=300, deadline=None)
@given(WHOLE, ASKED)
def test_a_coming_limit_of_the_law_makes_the_land_idle_or_lapsed_unless_the_lease_ends_first(
    record, asked
):
    reading = read(record, asked)
    limit = reading.limit_on
    if limit is None or limit <= asked or limit.year > 2032 or not quiet(record, asked, limit):
        return
    assert read(record, limit - timedelta(days=1)).status not in {"idle", "lapsed"}
    assert read(record, limit).status in {"idle", "lapsed", "ended"}


@settings(max_examples=300, deadline=None)
@given(WHOLE, ASKED)
def test_what_has_been_reached_was_reached_on_the_day_told(record, asked):
    reading = read(record, asked)
    if reading.status not in {"idle", "lapsed"}:
        return
    assert reading.deadline is not None
    assert reading.deadline <= asked
    assert reading.limit_on == reading.deadline
    # the record of today, looked at on that day: an event since may have changed what runs
    if reading.deadline >= FIRST and quiet(record, reading.deadline, asked):
        assert read(record, reading.deadline).status == reading.status


@settings(max_examples=100, deadline=None)
@given(RECORDS, ASKED)
def test_an_unknown_has_a_reason_and_no_day(record, asked):
    reading = read(record, asked)
    if reading.status == "unknown":
        assert reading.evidence
        assert (reading.deadline, reading.rule_id, reading.limit_on) == (None, None, None)
