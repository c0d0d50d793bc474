"""Lines of forms 03 and 04 on clusters of a few hectares: values, parts, gaps."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from gisclusters.efficiency.official_forms import fill_form, form_for
from gisclusters.efficiency.report_period import period_key, read_period
from gisclusters.errors import UsageError
from gisclusters.rules.forms import load_form_rules
from gisclusters.words import LANGS, has_text, text
from tests.efficiency.scenes import layer

RULES = load_form_rules()
NONE = {
    "cluster_id": "A", "name": "CCN A", "status": "operating", "owner": None,
    "craft_village": pd.NA, "registered_area_m2": 300_000.0, "gross_m2": 301_000.0,
    "industrial_m2": 200_000.0, "industrial_source": "lots",
    "registered_industrial_area_m2": np.nan, "serviced_m2": 0.0, "committed_m2": 150_000.0,
    "leased_m2": 100_000.0, "in_force_from": pd.Timestamp("2020-05-01"), "decision": "1/QĐ",
}  # fmt: skip


def fill(*clusters, parcels=(), indicators=(), period="2026H1", form="04"):
    of = read_period(period, RULES)
    table = [layer("indicators", [row])
             for row in ({"unit": None, "source": None} | each for each in indicators)]  # fmt: skip
    filled = fill_form(
        pd.DataFrame([NONE | each for each in clusters]),
        pd.DataFrame(
            list(parcels),
            columns=["cluster_id", "parcel_id", "committed", "leased", "producing", "lessee"],
        ),
        table, form=form_for(form, of, RULES), period=of, rules=RULES,
    )  # fmt: skip
    return filled, {line.line.line: line for line in filled.lines}


def told(name, period, value, unit=None, of="A"):
    return {"of": of, "name": name, "period": period, "value": value, "unit": unit}


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("2026H1", date(2025, 12, 15), date(2026, 6, 14)),
        ("6 tháng đầu năm 2026", date(2025, 12, 15), date(2026, 6, 14)),
        ("2026", date(2025, 12, 15), date(2026, 12, 14)),
        ("Năm 2026", date(2025, 12, 15), date(2026, 12, 14)),
    ],
)
def test_periods_are_cut_where_the_circular_cuts_them(words, first, last):
    period = read_period(words, RULES)
    assert (period.first, period.last) == (first, last)


def test_a_period_that_is_none_or_older_than_the_circular_is_refused():
    with pytest.raises(UsageError, match="Q1"):
        read_period("Q1 2026", RULES)
    with pytest.raises(UsageError) as refusal:
        read_period("2024H1", RULES)  # closed on 14 June 2024, before 1 October
    assert refusal.value.key == "errors.period_no_rule"
    assert period_key("2026-03") is None


def test_days_to_report_before():
    days = {
        (form, period): fill({}, form=form, period=period)[0].due_before
        for form in ("02", "03", "04")
        for period in ("2026H1", "2026")
    }
    assert days == {
        ("02", "2026H1"): date(2026, 6, 20), ("02", "2026"): date(2026, 12, 20),
        ("03", "2026H1"): date(2026, 6, 25), ("03", "2026"): date(2026, 12, 25),
        ("04", "2026H1"): date(2026, 6, 30), ("04", "2026"): date(2026, 12, 31),
    }  # fmt: skip


def test_forms_03_and_04_have_thirty_five_lines_and_form_02_fourteen():
    numbers = [str(n) for n in range(1, 28)]
    wanted = sorted([*numbers, *(f"{n}.{m}" for n in (15, 16) for m in (1, 2, 3, 4))])
    for form in ("03", "04"):
        assert sorted(line.line.line for line in fill({}, form=form)[0].lines) == wanted
    assert len(fill({}, form="02")[0].lines) == 14


def test_occupancy_of_a_province_is_sum_over_sum_of_operating_clusters_alone():
    # A 15/20 ha, B 1/5 ha operate; C 0/100 ha is building: 100 · 16/25 = 64 %, not (75+20)/2
    _, lines = fill(
        {},
        {"cluster_id": "B", "status": "operating_not_established", "industrial_m2": 50_000.0,
         "committed_m2": 10_000.0, "leased_m2": 10_000.0},
        {"cluster_id": "C", "status": "building", "industrial_m2": 1_000_000.0,
         "committed_m2": 0.0, "leased_m2": 0.0},
    )  # fmt: skip
    assert lines["19"].value == pytest.approx(64)
    assert [part.cluster_id for part in lines["19"].parts] == ["A", "B"]
    assert lines["17"].value == pytest.approx(25)
    assert lines["18"].value == pytest.approx(11)
    assert (lines["15"].value, lines["15.1"].value, lines["15.2"].value) == (2, 1, 1)


def test_an_area_is_that_of_the_decision_and_the_measured_one_where_none_is():
    _, lines = fill({}, {"cluster_id": "B", "registered_area_m2": np.nan})
    # 30 ha by decision + 30.1 ha measured
    assert lines["4"].value == pytest.approx(60.1)
    assert [part.source for part in lines["4"].parts] == ["registered_area", "measured_area"]
    assert lines["4"].notes == ("from_measured_area",)


def test_a_figure_that_cannot_be_known_stays_empty_with_the_part_that_is():
    _, lines = fill({}, {"cluster_id": "B"}, indicators=[told("jobs", "2026H1", 640, "người")])
    workers = lines["25"]
    assert workers.value is None
    assert workers.known == 640
    assert [(gap.cluster_id, gap.code, gap.needed) for gap in workers.gaps] == [
        ("B", "indicator_missing", "workers")
    ]
    assert lines["23"].known is None  # nothing of it is known: no 0


def test_a_cluster_without_parcels_leaves_leased_land_open():
    _, lines = fill({"leased_m2": np.nan, "committed_m2": np.nan})
    assert (lines["18"].value, lines["19"].value) == (None, None)
    assert lines["18"].gaps[0].code == "land_unknown"


def test_no_cluster_counted_is_a_zero_that_is_known_but_no_occupancy():
    _, lines = fill({"status": "in_plan"})
    assert (lines["15"].value, lines["16"].value, lines["18"].value) == (0, 0, 0)
    assert lines["19"].value is None
    assert lines["19"].gaps[0].code == "no_cluster"


def test_only_the_very_period_counts_but_a_state_that_stays_is_carried():
    rows = [told("jobs", "2025", 640, "người"), told("wastewater_built", "2025", 1, "0/1")]
    _, lines = fill({}, indicators=rows)
    assert lines["25"].value is None
    assert lines["25"].gaps[0].told.startswith("2025: jobs = 640")
    assert lines["26"].value == 1
    _, later = fill({}, indicators=[told("wastewater_built", "2027", 1, "0/1")])
    assert later["26"].value is None


def test_money_is_brought_to_billions_and_an_unknown_unit_is_a_gap():
    _, lines = fill({}, indicators=[told("doanh thu", "2026H1", 2_500, "triệu đồng")])
    assert lines["23"].value == pytest.approx(2.5)
    for unit in ("USD", None):
        _, lines = fill({}, indicators=[told("revenue", "2026H1", 2_500, unit)])
        assert lines["23"].value is None
        assert lines["23"].gaps[0].code == "indicator_unit"


def test_rows_that_disagree_and_a_flag_that_is_no_flag_are_gaps():
    twice = [told("revenue", "2026H1", 2, "tỷ đồng"), told("Doanh thu", "2026 H1", 3, "tỷ đồng")]
    assert fill({}, indicators=twice)[1]["23"].gaps[0].code == "indicator_contradicts"
    same = [twice[0], told("Doanh thu", "2026 H1", 2_000, "triệu đồng")]
    assert fill({}, indicators=same)[1]["23"].value == 2
    half = [told("wastewater_built", "2026H1", 0.5)]
    assert fill({}, indicators=half)[1]["26"].gaps[0].code == "flag_unreadable"


def test_the_status_that_does_not_tell_is_open_until_a_flag_says_so():
    unclear = {"status": "operating_not_established"}
    _, lines = fill(unclear)
    assert lines["1"].value is None
    assert lines["1"].gaps[0].needed == "in_development_plan"
    for flag in (0, 1):
        _, lines = fill(unclear, indicators=[told("in_development_plan", "2025", flag)])
        assert lines["1"].value == flag


@pytest.mark.parametrize(
    ("owner", "value"),
    [
        ("Công ty TNHH Hạ tầng Kon Tum", 1),
        ("UBND xã", 0),
        ("Ban quản lý cụm", 0),
        ("Ông Nguyễn Văn A", None),
        ("Công ty của UBND xã", None),
        (None, None),
    ],
)
def test_whether_the_owner_is_an_enterprise(owner, value):
    assert fill({"owner": owner})[1]["7"].value == value


@pytest.mark.parametrize(
    ("day", "value"),
    [("2025-12-14", 0), ("2025-12-15", 1), ("2026-06-14", 1), ("2026-06-15", 0), (None, None)],
)
def test_established_in_the_period_both_days_included(day, value):
    line = fill({"established_on": day, "in_force_from": pd.NaT})[1]["5"]
    assert line.value == value


def test_the_day_of_the_decision_stands_for_that_of_establishment_and_says_so():
    line = fill({"in_force_from": pd.Timestamp("2026-01-10")})[1]["5"]
    assert line.value == 1
    assert line.notes == ("date_of_decision",)
    early = fill({})[1]["5"]
    assert early.value == 0
    assert [part.told for part in early.left_out] == ["2020-05-01"]


def test_projects_are_the_lessees_unless_the_office_gives_the_number():
    held = [
        {"cluster_id": "A", "parcel_id": f"T{n}", "committed": True, "leased": True,
         "producing": n == 1, "lessee": who}
        for n, who in enumerate(["X", "X", "Y"])
    ]  # fmt: skip
    _, lines = fill({}, parcels=held)
    assert (lines["20"].value, lines["22"].value) == (2, 1)
    assert lines["20"].notes == ("from_lessees",)
    _, lines = fill({}, parcels=held, indicators=[told("số dự án", "2026H1", 5)])
    assert (lines["20"].value, lines["20"].notes) == (5, ())
    nameless = [*held, held[0] | {"parcel_id": "T9", "lessee": None}]
    gap = fill({}, parcels=nameless)[1]["20"].gaps[0]
    assert (gap.code, gap.told) == ("lessee_missing", "T9")


def test_a_form_that_is_not_in_force_is_refused():
    period = replace(read_period("2026", RULES), last=date(2024, 9, 30))
    with pytest.raises(UsageError, match="30"):
        form_for("04", period, RULES)


def test_every_line_unit_source_and_gap_has_its_words():
    names = {f"form_line_{line.name}" for form in RULES.forms for line in form.lines}
    names |= {f"form_unit_{line.unit}" for form in RULES.forms for line in form.lines}
    assert all(has_text(f"efficiency.{name}") for name in names)
    for form in ("02", "03", "04"):
        assert all(text(f"forms.route_{form}", lang) for lang in LANGS)
