"""Economy, works and environment as people read them: billions, worst first, one line a rule."""

from datetime import date
from typing import get_args

import pandas as pd
import pytest

from gisclusters import words
from gisclusters.domain.run import make_run
from gisclusters.domain.shared_works import WORKS
from gisclusters.publish.columns import Form
from gisclusters.publish.economy_tables import ECONOMY_STACKS, ECONOMY_TABLES, economy_views
from gisclusters.publish.result import Result
from gisclusters.publish.tables import Column, written

DAY = date(2026, 11, 15)

CODES = {
    "economy.indicator": ["capital_registered", "capital_paid", "jobs", "revenue",
                          "budget_contribution"],
    "economy.unit": ["billion", "people"],
    "economy.work": list(WORKS),
    "economy.work_state": ["finished", "finished_late", "finished_unplanned", "running",
                           "running_late", "running_unplanned", "no_start", "no_start_late",
                           "unknown"],
    "economy.plant": ["there", "building", "planned", "reported", "unknown"],
    "economy.plant_source": ["works", "indicators"],
    "economy.standard": ["current", "replaced", "other"],
    "economy.hold": ["held", "no_increase", "undecided"],
    "economy.hold_reason": ["plant_missing", "works_unfinished", "discharge_unknown",
                            "plant_unknown", "plant_reported", "works_unknown",
                            "transition_unread"],
    "economy.state": ["open", "overdue", "fixed", "fixed_late", "appealed", "none", "unknown"],
    "economy.industry": ["listed", "not_listed", "excluded", "unknown"],
    "economy.conversion": ["on_record", "not_on_record"],
    "economy.remaining": ["leased", "overstays", "approved"],
    "economy.topic": ["conversion", "building", "recovery"],
    "economy.rule": ["no_new_discharge", "shared_works_complete"],
    "efficiency.rung": ["committed", "leased", "producing"],
    "page.cluster_status": ["withdrawn", "abolished"],
    "report.confidence": ["sure", "likely", "unverified"],
}  # fmt: skip


def result(**extra):
    run = make_run(version="0", command="efficiency", options={}, as_of=DAY, rules=None,
                   crs="EPSG:9216", datum_operation=None, sources=[])  # fmt: skip
    return Result(subject="efficiency", run=run, summary={}, extra=extra)


def views(*, every_row=False, **extra):
    return {view.subject: view.frame
            for view in economy_views(result(**extra), every_row=every_row)}  # fmt: skip


def test_every_table_column_and_word_has_its_text_in_both_languages():
    for subject, columns in ECONOMY_TABLES.items():
        assert words.has_text(f"report.title_{subject}")
        for column in columns:
            assert words.has_text(f"report.col_{column.name}"), column.name
            assert column.form in get_args(Form)
            if column.form in {"word", "words"}:
                for code in CODES[column.words]:
                    assert words.has_text(f"{column.words}_{code}"), (column.words, code)


def test_what_stands_under_one_another_is_a_column_of_the_table():
    for subject, stacks in ECONOMY_STACKS.items():
        names = {column.name for column in ECONOMY_TABLES[subject]}
        assert {name for stack in stacks for name in stack} <= names


FIGURE = {"cluster_id": "C", "indicator": "revenue", "period": "2025", "unit": "đồng",
          "figure": 1.25e9, "parcels_sum": 5e8, "difference": 7.5e8, "figure_per_ha": 2.5e8,
          "parcels_sum_per_ha": None}  # fmt: skip


def test_money_is_shown_in_billions_and_people_are_counted():
    jobs = FIGURE | {"indicator": "jobs", "unit": "người", "figure": 640.0, "parcels_sum": None,
                     "difference": None, "figure_per_ha": 12.5}  # fmt: skip
    frame = views(economy={"clusters": [FIGURE, jobs]})["economy"]
    assert frame["figure"].tolist() == [1.25, 640]
    assert frame["unit_shown"].tolist() == ["billion", "people"]
    assert frame["difference"].tolist()[0] == 0.75
    assert pd.isna(frame["parcels_sum"].tolist()[1])


def test_a_page_leaves_out_rows_that_say_nothing_and_a_workbook_keeps_them():
    silent = FIGURE | dict.fromkeys(("figure", "parcels_sum", "difference", "figure_per_ha"))
    zero = silent | {"figure": 0.0}
    rows = {"economy": {"clusters": [silent, FIGURE]}}
    assert len(views(**rows)["economy"]) == 1
    assert len(views(every_row=True, **rows)["economy"]) == 2
    assert len(views(economy={"clusters": [zero]})["economy"]) == 1
    assert views(economy={"clusters": [silent]}) == {}


def held(parcel_id, hold="held", **more):
    return {"cluster_id": "C", "parcel_id": parcel_id, "lessee": "A", "hold": hold,
            "hold_reason": "plant_missing", "works_missing": ["wastewater"], "tenants": 1,
            "rule_id": "no_new_discharge", "legal_basis": "x", "confidence": "sure"} | more  # fmt: skip


def test_tenants_held_back_are_one_line_a_rule_and_conclusion_worst_first():
    rows = [held("T3", "undecided"), held("T1"), held("T2"), held(None, "undecided", tenants=7)]
    frame = views(works={"held_back": rows})["held_back"]
    assert frame[["hold", "tenants"]].to_numpy().tolist() == [
        ["held", 2], ["undecided", 1], ["undecided", 7]]  # fmt: skip
    assert frame["held_parcels"].tolist() == [["T1", "T2"], ["T3"], []]
    assert len(views(every_row=True, works={"held_back": rows})["held_back"]) == 4


def test_works_stand_by_how_late_they_are():
    states = ["finished", "running", "no_start_late", "finished_late", "running_late"]
    rows = [{"cluster_id": "C", "work": "road", "work_state": state, "capital_approved": 2e9,
             "capital_paid": None} for state in states]  # fmt: skip
    frame = views(works={"works": rows})["works"]
    assert frame["work_state"].tolist() == [
        "no_start_late", "running_late", "finished_late", "running", "finished"]  # fmt: skip
    assert frame["capital_approved"].tolist() == [2.0] * 5


def test_a_trend_needs_two_periods():
    rows = [{"cluster_id": "C", "indicator": name, "period": period, "unit": "người", "figure": 1.0}
            for name, period in (("jobs", "2024"), ("jobs", "2025"), ("revenue", "2025"))]  # fmt: skip
    told = views(economy={"trend": rows})["economy_trend"]
    assert told["period"].tolist() == ["2024", "2025"]
    assert len(views(every_row=True, economy={"trend": rows})["economy_trend"]) == 3


@pytest.mark.parametrize(("value", "vi", "en"), [
    (1250.5, "1.250,5", "1,250.5"), (640.0, "640", "640"), (640, "640", "640"),
    (0.0, "0", "0"), (None, "", ""), (27.3504, "27,35", "27.35"), (-80.0, "-80", "-80"),
])  # fmt: skip
def test_amounts_have_no_decimals_that_say_nothing(value, vi, en):
    assert written(value, Column("figure", "amount"), "vi") == vi
    assert written(value, Column("figure", "amount"), "en") == en
