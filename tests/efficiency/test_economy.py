"""Figures per hectare of a named rung, beside the sum of the parcels, over the periods."""

from datetime import date

import pandas as pd
import pytest

from gisclusters.efficiency.economy import asked_period, measure_economy, period_of
from gisclusters.efficiency.periods import Period, period_named
from tests.efficiency.records import DAY, RULES, clusters, figures, tenant, tenants

TENANTS = tenants(tenant("T1", stage="producing"), tenant("T2", stage="producing"), tenant("T3"))


def economy(*rows, period=None, as_of=DAY, held=TENANTS):
    found, _ = figures(*rows)
    return measure_economy(found, clusters("C"), held, period=period, as_of=as_of, rules=RULES)


def line(report, indicator):
    [row] = report.clusters[report.clusters["indicator"] == indicator].to_dict("records")
    return row


@pytest.mark.parametrize(("written", "label"), [
    ("2025", "2025"), ("Năm 2025", "2025"), ("2025H1", "2025H1"), ("2025-H1", "2025H1"),
    ("H1/2025", "2025H1"), ("6T/2025", "2025H1"), ("6 tháng đầu năm 2025", "2025H1"),
    ("6 tháng 2025", "2025H1"), ("Quý 1/2025", None), ("2025-03", None), ("", None), ("25", None),
])  # fmt: skip
def test_periods_as_offices_write_them(written, label):
    found = period_named(written)
    assert (found and found.label) == label


def test_a_year_closes_on_14_december_and_a_half_year_on_14_june():
    rule = RULES.periods_on(DAY)
    assert Period(2025, whole=True).closes_on(rule) == date(2025, 12, 14)
    assert Period(2025, whole=True).begins_on(rule) == date(2024, 12, 15)
    assert Period(2025, whole=False).closes_on(rule) == date(2025, 6, 14)


@pytest.mark.parametrize(("as_of", "label"), [
    (date(2025, 12, 13), "2024"), (date(2025, 12, 14), "2025"), (date(2024, 12, 13), "2024H1"),
    (date(2024, 6, 13), None),
])  # fmt: skip
def test_the_year_that_closed_last_is_taken_and_a_half_year_only_without_one(as_of, label):
    found, _ = figures(("C", "jobs", "2024", 5, None), ("C", "jobs", "2025", 6, None),
                       ("C", "jobs", "2024H1", 4, None))  # fmt: skip
    period = period_of(found, as_of=as_of, rules=RULES)
    assert (period and period.label) == label


def test_money_is_one_unit_whatever_it_was_written_in():
    report = economy(("C", "Doanh thu", "2025", 3, "tỷ đồng"),
                     ("T1", "revenue", "2025", 500, "triệu đồng"),
                     ("T2", "revenue", "2025", 1e9, "đồng"))  # fmt: skip
    row = line(report, "revenue")
    assert (row["figure"], row["parcels_sum"], row["difference"]) == (3e9, 1.5e9, 1.5e9)
    # 3 tỷ over the 2 ha that produce; 1.5 tỷ over the two hectares of T1 and T2
    assert (row["rung"], row["rung_m2"], row["figure_per_ha"]) == ("producing", 20_000, 1.5e9)
    assert (row["parcels_told"], row["parcels_asked"], row["parcels_sum_per_ha"]) == (2, 2, 0.75e9)


def test_neither_figure_nor_sum_takes_the_place_of_the_other():
    only_parcels = line(economy(("T1", "jobs", "2025", 30, "người")), "jobs")
    assert (only_parcels["figure"], only_parcels["figure_per_ha"]) == (None, None)
    assert (only_parcels["parcels_sum"], only_parcels["difference"]) == (30, None)
    only_cluster = line(economy(("C", "jobs", "2025", 30, "người")), "jobs")
    assert (only_cluster["parcels_sum"], only_cluster["difference"]) == (None, None)
    assert only_cluster["figure_per_ha"] == 15


def test_zero_is_a_figure_and_nothing_is_not():
    row = line(economy(("C", "jobs", "2025", 0, "người")), "jobs")
    assert (row["figure"], row["figure_per_ha"]) == (0, 0)
    assert line(economy(("C", "jobs", "2025", 0, "người")), "revenue")["figure"] is None


def test_a_parcel_is_divided_only_where_it_has_reached_the_rung():
    report = economy(("T1", "jobs", "2025", 30, "người"), ("T3", "jobs", "2025", 4, "người"))
    rows = report.parcels.set_index("parcel_id")
    assert rows.loc["T1", ["at_rung", "figure_per_ha"]].tolist() == [True, 30]
    assert rows.loc["T3", ["at_rung", "figure_per_ha"]].tolist() == [False, None]


def test_parcels_that_add_up_to_more_than_the_cluster_are_told():
    report = economy(("C", "jobs", "2025", 30, "người"), ("T1", "jobs", "2025", 31, "người"))
    assert line(report, "jobs")["difference"] == -1
    assert [issue.code for issue in report.issues] == ["cluster_below_parcels"]


def test_a_rung_of_no_ground_or_unknown_ground_gives_no_figure_per_hectare():
    found, _ = figures(("C", "jobs", "2025", 30, "người"))
    for ground in (0.0, float("nan")):
        report = measure_economy(found, clusters("C").assign(producing_m2=ground), TENANTS,
                                 period=None, as_of=DAY, rules=RULES)  # fmt: skip
        assert line(report, "jobs")["figure_per_ha"] is None


def test_the_trend_compares_with_the_year_before_and_not_over_a_gap():
    report = economy(*[("C", "jobs", year, count, None) for year, count in (
        ("2022", 50), ("2023", 60), ("2025", 90), ("2025H1", 80))])  # fmt: skip
    told = report.trend[["period", "change_share"]].to_numpy().tolist()
    assert told == [["2022", None], ["2023", pytest.approx(0.2)], ["2025H1", None], ["2025", None]]


def test_a_period_that_has_not_closed_is_not_in_the_trend():
    report = economy(("C", "jobs", "2026", 90, None), ("C", "jobs", "2025", 80, None))
    assert report.trend["period"].tolist() == ["2025"]
    assert report.period == "2025"


def test_an_asked_period_counts_even_where_it_has_not_closed():
    report = economy(("C", "jobs", "2026", 90, None), period=asked_period("2026"))
    assert line(report, "jobs")["figure"] == 90
    with pytest.raises(ValueError, match="Quý"):
        asked_period("Quý 1")


@pytest.mark.parametrize(("rows", "codes", "kept"), [
    ([("C", "jobs", "2025", 5, "người"), ("C", "lao động", "2025", 6, None)],
     ["figure_contradicts"], None),
    ([("C", "jobs", "2025", 5, "người"), ("C", "lao động", "Năm 2025", 5, None)], [], 5),
    ([("C", "jobs", "Quý 1", 5, None)], ["figure_period"], None),
    ([("C", "jobs", "2025", 5, "tỷ đồng")], ["figure_unit"], None),
    ([("C", "jobs", "2025", -5, None)], ["figure_negative"], None),
    ([("D", "jobs", "2025", 5, None)], [], None),
])  # fmt: skip
def test_figures_in_doubt_are_not_known_and_told(rows, codes, kept):
    found, told = figures(*rows)
    assert told == codes
    figure = found.get(("C", "jobs"), {}).get(Period(2025, whole=True))
    assert (figure and figure.value) == kept


def test_money_without_a_unit_is_not_known():
    found, told = figures(("C", "revenue", "2025", 5, None))
    assert (told, found) == (["figure_unit"], {})


def test_nothing_known_is_no_period_and_no_row_of_parcels():
    report = economy(held=tenants())
    assert report.period is None
    assert len(report.parcels) == len(report.trend) == 0
    assert report.clusters["figure"].isna().all()
    assert pd.isna(report.clusters["period"]).all()
