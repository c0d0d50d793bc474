"""Inspections with their state on a day, industries against the list, withdrawn clusters."""

from datetime import date

import pytest

from gisclusters.efficiency.environment import measure_environment
from gisclusters.efficiency.withdrawn import measure_withdrawn
from tests.efficiency.records import DAY, RULES, clusters, inspections, tenant, tenants

SEEN = {"inspected_on": "2026-03-01", "violation": "có"}

# what the row says; state on 2026-11-15, days overdue
STATES = [
    ({"state": "open", "due_on": "2026-11-14"}, "overdue", 1),
    ({"state": "open", "due_on": "2026-11-15"}, "open", None),  # due today
    ({"state": "open", "due_on": "2026-11-16"}, "open", None),
    ({"state": "open"}, "open", None),
    ({"state": "fixed", "fixed_on": "2026-06-10", "due_on": "2026-06-10"}, "fixed", None),
    ({"state": "fixed", "fixed_on": "2026-06-11", "due_on": "2026-06-10"}, "fixed_late", None),
    ({"fixed_on": "2026-06-09", "due_on": "2026-06-10"}, "fixed", None),
    ({"state": "fixed"}, "fixed", None),
    ({"state": "fixed", "fixed_on": "2026-11-16", "due_on": "2026-11-14"}, "overdue", 1),
    ({"state": "fixed", "fixed_on": "2026-11-15"}, "fixed", None),
    ({"state": "appealed", "due_on": "2026-06-10"}, "appealed", None),
    ({"state": "open", "fixed_on": "2026-06-10"}, "unknown", None),
    ({}, "unknown", None),
    ({"violation": "không"}, "none", None),
]


@pytest.mark.parametrize(("row", "state", "overdue"), STATES)
def test_the_state_of_a_finding_on_the_day(row, state, overdue):
    report = measure_environment(inspections(SEEN | row), clusters("C"), tenants(), as_of=DAY)
    [told] = report.inspections.to_dict("records")
    assert (told["inspection_state"], told["days_overdue"]) == (state, overdue)


def test_what_was_seen_later_or_elsewhere_is_left_out():
    rows = inspections(SEEN | {"inspected_on": "2026-11-16"}, SEEN | {"of": "X"},
                       SEEN | {"of": "T1"}, SEEN)  # fmt: skip
    report = measure_environment(rows, clusters("C"), tenants(tenant("T1")), as_of=DAY)
    assert report.inspections["parcel_id"].tolist() == ["T1", None]
    [cluster] = report.clusters.to_dict("records")
    assert (cluster["inspections"], cluster["violations"], cluster["state_unknown"]) == (2, 2, 2)
    assert cluster["last_inspected_on"] == date(2026, 3, 1)
    [of_tenant] = report.tenants.to_dict("records")
    assert (of_tenant["parcel_id"], of_tenant["violations"]) == ("T1", 1)


def test_without_a_table_the_counts_are_not_known_and_with_one_they_are_zero():
    [silent] = measure_environment([], clusters("C"), tenants(), as_of=DAY).clusters.to_dict(
        "records")  # fmt: skip
    assert (silent["inspections"], silent["violations"], silent["overdue"]) == (None, None, None)
    elsewhere = inspections(SEEN | {"of": "D"})
    [none] = measure_environment(elsewhere, clusters("C"), tenants(), as_of=DAY).clusters.to_dict(
        "records")  # fmt: skip
    assert (none["inspections"], none["violations"], none["overdue"]) == (0, 0, 0)


@pytest.mark.parametrize(("listed", "excluded", "industry", "state"), [
    ("chế biến gỗ; may mặc", None, "May mặc", "listed"),
    ("chế biến gỗ, may mặc", None, "may mac", "listed"),
    ("chế biến nông, lâm sản", None, "Chế biến nông, lâm sản", "listed"),
    ("chế biến gỗ; may mặc", None, "may mặc; chế biến gỗ", "listed"),
    ("chế biến gỗ; may mặc", None, "may mặc; nhuộm", "not_listed"),
    ("chế biến gỗ", None, "dệt nhuộm", "not_listed"),
    ("chế biến gỗ", "dệt nhuộm; xi mạ", "Dệt nhuộm", "excluded"),
    (None, "dệt nhuộm", "dệt nhuộm", "excluded"),
    (None, None, "dệt nhuộm", "unknown"),
    ("chế biến gỗ", "dệt nhuộm", None, "unknown"),
])  # fmt: skip
def test_an_industry_against_the_list_of_its_cluster(listed, excluded, industry, state):
    frame = clusters("C", industries=listed, **{"Ngành nghề không tiếp nhận": excluded})
    held = tenants(tenant("T1", industry=industry))
    report = measure_environment([], frame, held, as_of=DAY)
    [row] = report.clusters.to_dict("records")
    counts = {name: row[f"tenants_{name}"] for name in ("listed", "not_listed", "excluded")}
    counts["unknown"] = row["tenants_industry_unknown"]
    assert counts == dict.fromkeys(counts, 0) | {state: 1}
    assert len(report.tenants) == (state in {"not_listed", "excluded"})


def gone(*rows, as_of=DAY, **columns):
    frame = clusters("C", status="withdrawn", **columns)
    return measure_withdrawn(frame, tenants(*rows), as_of=as_of, rules=RULES)


def test_who_is_still_in_a_withdrawn_cluster():
    report = gone(
        tenant("T1", stage="producing", lease_to=date(2068, 3, 1), lessee="A"),
        tenant("T2", lease_to=date(2026, 11, 16)),
        tenant("T3", stage=None, ended=True, lease_to=date(2026, 11, 14)),
        tenant("T4", stage="committed"),
        tenant("T5", stage=None),
        tenant("T6", stage=None, ended=True, recovered_on=date(2026, 11, 15)),
        tenant("T7", stage=None, ended=True, recovered_on=date(2026, 11, 16)),
    )
    rows = {row["parcel_id"]: (row["remaining_state"], row["days_left"])
            for row in report.remaining.to_dict("records")}  # fmt: skip
    assert rows == {"T1": ("leased", 15_082), "T2": ("leased", 1), "T3": ("overstays", -1),
                    "T4": ("approved", None), "T7": ("overstays", None)}  # fmt: skip
    [cluster] = report.clusters.to_dict("records")
    assert (cluster["remaining_tenants"], cluster["producing_tenants"]) == (5, 1)
    assert (cluster["first_lease_ends_on"], cluster["last_lease_ends_on"]) == (
        date(2026, 11, 16), date(2068, 3, 1))  # fmt: skip
    areas = [cluster[f"{name}_m2"] for name in ("leased", "overstayed", "recovered",
                                                "not_recovered")]  # fmt: skip
    assert areas == [20_000, 20_000, 10_000, 50_000]


def test_ground_of_two_parcels_counts_once():
    shape = tenant("T1")["shape"]
    report = gone(tenant("T1"), tenant("T2", shape=shape))
    assert report.clusters["not_recovered_m2"].tolist() == [10_000]


def test_a_conversion_plan_is_on_record_or_not_and_never_denied():
    told = [gone(**columns).clusters["conversion_state"].item() for columns in (
        {}, {"conversion_plan": ""}, {"Phương án chuyển đổi": "12/PA-UBND"})]  # fmt: skip
    assert told == ["not_on_record", "not_on_record", "on_record"]


def test_without_parcels_nothing_is_known_of_tenants():
    [row] = gone().clusters.to_dict("records")
    assert (row["remaining_tenants"], row["not_recovered_m2"], row["leases_without_end"]) == (
        None, None, None)  # fmt: skip


def test_clusters_that_stand_are_asked_nothing():
    report = measure_withdrawn(clusters("C"), tenants(tenant("T1")), as_of=DAY, rules=RULES)
    assert len(report.clusters) == len(report.remaining) == len(report.rules) == 0


def test_what_was_not_read_says_so_and_rules_have_their_days():
    asked = gone().rules.set_index("rule_id")
    assert asked["read"].to_dict() == {
        "withdrawn_conversion_plan": True, "withdrawn_land_plan": True,
        "withdrawn_building": False, "withdrawn_recovery": False,
    }  # fmt: skip
    assert set(asked.loc[~asked["read"].astype(bool), "confidence"]) == {"unverified"}
    before = gone(as_of=date(2024, 4, 30)).rules["rule_id"].tolist()
    assert "withdrawn_conversion_plan" not in before
