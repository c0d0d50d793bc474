"""Shared works against their plan, wastewater, and who may not operate without them."""

from datetime import date, timedelta

import pandas as pd
import pytest

from gisclusters.domain.shared_works import WORKS
from gisclusters.efficiency.held_back import held_back
from gisclusters.efficiency.works import measure_works
from tests.efficiency.records import DAY, RULES, clusters, figures, tenant, tenants, works

NOBODY = tenants()


def measured(*rows, held=NOBODY, as_of=DAY, said=()):
    found, _ = figures(*said)
    return measure_works(works(*rows) if rows else [], clusters("C"), held, found, as_of=as_of,
                         rules=RULES)  # fmt: skip


def one(*rows, **options):
    [row] = measured(*rows, **options).clusters.to_dict("records")
    return row


# planned from, to; actual from, to; state, days the start is late, days the finish is late.
# The day asked for is 2026-11-15.
TIMES = [
    ("2026-01-01", "2026-06-30", "2026-01-01", "2026-06-30", "finished", 0, 0),
    ("2026-01-01", "2026-06-30", "2025-12-31", "2026-06-29", "finished", -1, -1),
    ("2026-01-01", "2026-06-30", "2026-01-02", "2026-07-01", "finished_late", 1, 1),
    ("2026-01-01", "2026-06-30", None, "2026-07-01", "finished_late", None, 1),
    (None, None, "2026-01-01", "2026-06-30", "finished_unplanned", None, None),
    ("2026-01-01", "2026-11-15", "2026-01-01", None, "running", 0, None),  # due today
    ("2026-01-01", "2026-11-14", "2026-01-01", None, "running_late", 0, 1),  # due yesterday
    ("2026-01-01", "2027-11-14", "2026-01-01", None, "running", 0, None),
    (None, None, "2026-01-01", None, "running_unplanned", None, None),
    ("2026-11-15", "2027-11-14", None, None, "no_start", None, None),  # begins today
    ("2026-11-14", "2027-11-14", None, None, "no_start_late", 1, None),
    ("2025-11-15", "2026-05-15", None, None, "no_start_late", 365, 184),
    ("2024-02-28", "2024-03-01", "2024-02-28", "2024-03-02", "finished_late", 0, 1),  # leap year
    ("2024-02-28", "2024-02-28", "2024-02-28", "2024-03-01", "finished_late", 0, 2),
    (None, "2026-11-14", None, None, "no_start_late", None, 1),
    # days that have not come yet are as good as not there
    ("2026-01-01", "2026-06-30", "2026-01-01", "2026-11-16", "running_late", 0, 138),
    ("2026-01-01", "2027-06-30", "2026-11-16", None, "no_start_late", 318, None),
    (None, None, None, None, "unknown", None, None),
]


@pytest.mark.parametrize(("p0", "p1", "a0", "a1", "state", "start", "finish"), TIMES)
def test_a_work_against_its_plan(p0, p1, a0, a1, state, start, finish):
    row = {"work": "road", "planned_from": p0, "planned_to": p1, "actual_from": a0, "actual_to": a1}
    [told] = measured(row).works.to_dict("records")
    assert (told["work_state"], told["start_slip_days"], told["finish_slip_days"]) == (
        state, start, finish)  # fmt: skip


def test_the_same_work_on_other_days():
    row = {"work": "road", "planned_from": "2026-01-01", "planned_to": "2026-06-30",
           "actual_from": "2026-01-01", "actual_to": "2026-07-10"}  # fmt: skip
    states = [measured(row, as_of=day).works["work_state"].item() for day in (
        date(2025, 12, 31), date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 10))]  # fmt: skip
    assert states == ["no_start", "running", "running_late", "finished_late"]


def test_capital_paid_is_a_share_of_what_was_approved():
    report = measured({"work": "road", "capital_approved": 40, "capital_paid": 10,
                       "capital_unit": "tỷ đồng"},
                      {"work": "power", "capital_approved": 1, "capital_paid": 1500,
                       "capital_unit": "triệu đồng"},
                      {"work": "water", "capital_paid": 5, "capital_unit": "đồng"})  # fmt: skip
    rows = report.works.set_index("work")
    assert rows["capital_paid_share"].tolist() == [0.25, 1500.0, None]
    assert rows.loc["road", "capital_approved"] == 40e9
    assert [issue.code for issue in report.issues] == ["capital_above_approved"]


def test_capital_of_a_cluster_is_summed_where_both_figures_are_known():
    row = one({"work": "road", "capital_approved": 40, "capital_paid": 10, "capital_unit": "đồng"},
              {"work": "power", "capital_approved": 10, "capital_paid": 10, "capital_unit": "đồng"},
              {"work": "water", "capital_paid": 5, "capital_unit": "đồng"})  # fmt: skip
    told = [row[name] for name in ("works_on_record", "works_with_capital", "capital_approved",
                                   "capital_paid", "capital_paid_share")]  # fmt: skip
    assert told == [3, 2, 50, 20, 0.4]
    assert one()["capital_approved"] is None


PLANT = {"work": "wastewater", "planned_to": "2020-06-30", "actual_to": "2020-06-30"}


@pytest.mark.parametrize(("rows", "said", "state", "source"), [
    ([PLANT], [], "there", "works"),
    ([{"work": "wastewater", "actual_from": "2026-01-01"}], [], "building", "works"),
    ([{"work": "wastewater", "planned_from": "2027-01-01"}], [], "planned", "works"),
    ([{"work": "wastewater"}], [], "unknown", None),
    ([], [], "unknown", None),
    ([], [("C", "wastewater_built", "2025", 1, "0/1")], "reported", "indicators"),
    ([], [("C", "wastewater_meets_standard", "2025", 1, "0/1"),
          ("C", "wastewater_built", "2025", 1, "0/1")], "there", "indicators"),
    ([], [("C", "wastewater_built", "2025", 0, "0/1")], "planned", "indicators"),
    ([], [("C", "wastewater_built", "2025", 1, None), ("C", "wastewater_built", "2026", 0, None)],
     "planned", "indicators"),
    ([], [("C", "wastewater_built", "2027", 1, None)], "unknown", None),
    # the works go first, and what was reported stands beside them
    ([{"work": "wastewater", "actual_from": "2026-01-01"}],
     [("C", "wastewater_built", "2025", 1, "0/1")], "building", "works"),
])  # fmt: skip
def test_whether_there_is_a_plant(rows, said, state, source):
    row = one(*rows, said=said)
    assert (row["plant_state"], row["plant_source"]) == (state, source)
    assert row["plant_reported"] == (bool(said[-1][3]) if said and "2027" not in said[0] else None)


def test_capacity_against_demand_in_one_unit():
    row = one(PLANT | {"name": "1", "capacity": 10, "demand": 12, "unit": "m3/h"},
              PLANT | {"name": "2", "capacity": 160, "demand": 232, "unit": "m³/ngày đêm"})  # fmt: skip
    # 10 m³/h are 240 m³ a day: 400 against 288 + 232 = 520
    assert (row["capacity"], row["demand"], row["unit"]) == (400, 520, "m³/ngày")
    assert (row["used_share"], row["capacity_missing"]) == (pytest.approx(1.3), 120)
    unknown = one(PLANT | {"name": "1", "capacity": 10, "demand": 12, "unit": "xe"})
    assert (unknown["capacity"], unknown["used_share"], unknown["capacity_missing"]) == (
        None, None, None)  # fmt: skip
    half = one(PLANT | {"name": "1", "capacity": 10, "unit": "m3/h"})
    assert (half["capacity"], half["demand"], half["capacity_missing"]) == (240, None, None)


THREE = tenants(tenant("T1"), tenant("T2", stage="producing"), tenant("T3", stage=None))


def test_connected_parcels_by_name_or_by_number():
    by_name = one(PLANT | {"connected_parcels": "T2; T3"}, held=THREE)
    assert (by_name["connected"], by_name["connected_of"]) == (1, 2)
    assert (by_name["connected_share"], by_name["not_connected"]) == (0.5, ["T1"])
    by_number = one(PLANT | {"connected_parcels": "2"}, held=THREE)
    assert (by_number["connected"], by_number["not_connected"]) == (2, None)
    silent = one(PLANT, held=THREE)
    assert (silent["connected"], silent["connected_share"]) == (None, None)


@pytest.mark.parametrize(("written", "code"), [
    ("3", "connected_above_leased"), ("T1;T3", "connected_not_leased")])  # fmt: skip
def test_connections_that_cannot_be_are_told(written, code):
    report = measured(PLANT | {"connected_parcels": written}, held=THREE)
    assert [issue.code for issue in report.issues] == [code]


@pytest.mark.parametrize(("standard", "state"), [
    ("QCVN 40:2025/BTNMT", "current"), ("QCVN 40:2011/BTNMT, cột A", "replaced"),
    ("qcvn 40-2011", "replaced"), ("TCVN 5945", "other"), (None, None)])  # fmt: skip
def test_which_standard_a_plant_is_held_to(standard, state):
    assert one(PLANT | {"standard": standard})["standard_state"] == state


def test_one_plant_that_fails_is_enough_and_one_that_is_silent_leaves_it_open():
    def met(*answers):
        rows = [PLANT | {"name": str(k), "meets_standard": each} for k, each in enumerate(answers)]
        return one(*rows)["meets_standard"]

    assert [met("có", "không"), met("có", None), met("có", "có"), met(None)] == [
        False, None, True, None]  # fmt: skip


ALL = [{"work": word, "planned_to": "2020-01-01", "actual_to": "2020-01-01"} for word in WORKS]


def test_works_are_complete_only_where_all_ten_are_on_record_and_there():
    assert one(*ALL)["works_complete"] is True
    row = one(*ALL[:-1])
    assert (row["works_complete"], row["works_unknown"]) == (None, ["pavement"])
    row = one(*ALL[:-1], ALL[-1] | {"actual_to": None})
    assert (row["works_complete"], row["works_unfinished"]) == (False, ["pavement"])
    assert one()["works_unknown"] == list(RULES.shared_works_on(DAY).works)


def held(*rows, said=(), as_of=DAY, among=THREE):
    found, _ = figures(*said)
    report = measured(*rows, held=among, as_of=as_of, said=said)
    frame = held_back(report.clusters, among, found, as_of=as_of, rules=RULES)
    return {(row["rule_id"], row["parcel_id"]): (row["hold"], row["hold_reason"])
            for row in frame.to_dict("records")}  # fmt: skip


NO_PLANT = {"work": "wastewater", "actual_from": "2026-01-01", "planned_to": "2027-01-01"}
BEFORE = date(2026, 9, 14)  # Decree 303/2026 is in force from the day after


def test_nobody_new_discharges_and_nobody_grows_without_a_plant():
    said = [("T1", "discharges_wastewater", "2026", 1, "0/1"),
            ("T2", "discharges_wastewater", "2026", 1, "0/1")]  # fmt: skip
    assert held(NO_PLANT, said=said, as_of=BEFORE) == {
        ("no_new_discharge", "T1"): ("held", "plant_missing"),
        ("no_new_discharge", "T2"): ("no_increase", "plant_missing"),
    }
    said = [("T1", "discharges_wastewater", "2026", 0, "0/1")]
    assert held(NO_PLANT, said=said, as_of=BEFORE) == {
        ("no_new_discharge", "T2"): ("undecided", "discharge_unknown")}  # fmt: skip
    assert held(PLANT, said=said, as_of=BEFORE) == {}
    assert held(as_of=BEFORE) == {("no_new_discharge", None): ("undecided", "plant_unknown")}


def test_a_plant_that_a_form_counts_may_still_be_under_construction():
    said = [("C", "wastewater_built", "2025", 1, "0/1")]
    assert held(said=said, as_of=BEFORE) == {
        ("no_new_discharge", None): ("undecided", "plant_reported")}  # fmt: skip
    said.append(("C", "wastewater_meets_standard", "2025", 1, "0/1"))
    assert held(said=said, as_of=BEFORE) == {}


def test_the_law_of_2020_holds_from_2022_on():
    assert held(as_of=date(2021, 12, 31)) == {}
    assert len(held(as_of=date(2022, 1, 1))) == 1


def test_secondary_projects_wait_for_all_works_from_15_september_2026():
    rows = [*ALL[:-1], ALL[-1] | {"actual_to": None}]
    assert held(*rows, as_of=BEFORE) == {}
    assert held(*rows, as_of=BEFORE + timedelta(1)) == {
        ("shared_works_complete", "T1"): ("held", "works_unfinished"),
        ("shared_works_complete", None): ("undecided", "transition_unread"),  # T2 produces
    }
    assert held(*ALL) == {}
    assert held(*ALL[:-1]) == {
        ("shared_works_complete", None): ("undecided", "works_unknown")}  # fmt: skip


def test_a_cluster_without_tenants_holds_nobody_back():
    assert held(NO_PLANT, among=tenants(tenant("T3", stage=None))) == {}


def test_without_any_row_there_is_one_line_a_cluster():
    report = measure_works([], clusters("C", "D"), NOBODY, {}, as_of=DAY, rules=RULES)
    assert len(report.works) == 0
    assert report.clusters["cluster_id"].tolist() == ["C", "D"]
    assert pd.isna(report.clusters["works_complete"]).all()
