"""Whether the hectare from (0, 0) to (100, 100) lies on land planned for clusters."""

from datetime import date

import pytest

from gisclusters.overlaps.fit import plan_fit
from tests.scenes import CRS, clusters, layer, plan, square

DAY = date(2026, 11, 15)


def land_use(*zones, accuracy_m=0.05, **fields):
    return layer("plans", [
        {"zone_id": f"Z{k}", "plan_id": "SDD", "category": code, "accuracy_m": accuracy_m,
         "in_force_from": "2020-01-01", "geometry": shape, **fields}
        for k, (code, shape) in enumerate(zones, 1)
    ])  # fmt: skip


def fit(*zones, accuracy_m=0.05, **fields):
    table = plan_fit(clusters(square(0, 0), accuracy_m=accuracy_m), [land_use(*zones, **fields)],
                     as_of=DAY)  # fmt: skip
    [row] = table.itertuples()
    return row


def test_all_of_it_is_cluster_land():
    row = fit(("SKN", square(-10, -10, 200, 200)))
    assert (row.fit, row.cluster_land_m2, row.cluster_land_share) == ("fits", 10_000, 1)
    assert (row.other_land_m2, row.silent_m2, row.doubled_m2) == (0, 0, 0)


def test_a_fifth_of_it_is_rice():
    row = fit(("SKN", square(0, 0, 80, 100)), ("LUC", square(80, 0, 50, 100)))
    assert (row.fit, row.cluster_land_m2, row.other_land_m2) == ("does_not_fit", 8_000, 2_000)
    assert [(each["land_code"], each["area_m2"], each["share"]) for each in row.land] == [
        ("SKN", 8_000, 0.8), ("LUC", 2_000, 0.2)]  # fmt: skip
    assert row.width_m == pytest.approx(20, rel=1e-2)


def test_none_of_it_is_cluster_land():
    row = fit(("LUC", square(-10, -10, 200, 200)), ("SKN", square(500, 0)))
    assert (row.fit, row.cluster_land_m2, row.other_land_m2) == ("does_not_fit", 0, 10_000)


def test_ground_that_no_zone_speaks_of_is_never_fitting():
    row = fit(("SKN", square(0, 0, 80, 100)))
    assert (row.fit, row.silent_m2, row.other_land_m2) == ("not_checked", 2_000, 0)
    row = fit(("SKN", square(0, 0, 50, 100)), ("LUC", square(50, 0, 25, 100)))
    assert (row.fit, row.silent_m2, row.other_land_m2) == ("does_not_fit", 2_500, 2_500)


# ε = √(0.3² + 0.4²) = 0.5 m
@pytest.mark.parametrize(
    ("strip_m", "found"), [(0.4, "fits"), (0.5, "fits"), (0.75, "undecided"), (1, "does_not_fit")]
)
def test_the_width_of_the_rest_decides(strip_m, found):
    plan_of_two = land_use(
        ("SKN", square(0, 0, 100 - strip_m, 100)), ("ONT", square(100 - strip_m, 0)),
        accuracy_m=0.4,
    )  # fmt: skip
    subjects = clusters(square(0, 0), accuracy_m=0.3)
    [row] = plan_fit(subjects, [plan_of_two], as_of=DAY).itertuples()
    assert (row.fit, row.other_land_m2) == (found, pytest.approx(100 * strip_m))


def test_zones_on_each_other_count_once_and_are_told():
    row = fit(("SKN", square(0, 0, 60, 100)), ("SKN", square(40, 0, 60, 100)),
              ("LUC", square(90, 0, 10, 100)))  # fmt: skip
    assert (row.cluster_land_m2, row.doubled_m2) == (10_000, 1_000)
    assert row.fit == "fits"


def test_an_old_code_stands_under_its_new_one():
    row = fit(("SKN", square(0, 0, 50, 100)), ("DDT", square(50, 0, 50, 100)))
    assert row.land[1] == {"land_code": "DDD", "area_m2": 5_000, "share": 0.5, "old": ["DDT"]}


def test_without_a_land_use_plan_nobody_knows():
    for plans in ([], [plan(square(0, 0), category="rice")], [land_use(("LUC", square(0, 0)))],
                  [land_use(("SKN", square(0, 0)), in_force_to="2026-11-14")]):  # fmt: skip
        [row] = plan_fit(clusters(square(0, 0)), plans, as_of=DAY).itertuples()
        assert (row.fit, row.plan_id, row.cluster_land_m2) == ("not_checked", None, None)


def test_a_plan_of_several_codes_without_cluster_land_is_a_land_use_plan():
    row = fit(("LUC", square(0, 0, 50, 100)), ("RSX", square(50, 0, 50, 100)))
    assert (row.fit, row.other_land_m2) == ("does_not_fit", 10_000)


def test_the_same_in_another_zone():
    there = land_use(("SKN", square(0, 0, 80, 100)), ("LUC", square(80, 0, 50, 100)))
    [row] = plan_fit(
        clusters(square(0, 0)), [there.to_crs("EPSG:9210").to_crs(CRS)], as_of=DAY
    ).itertuples()
    assert (row.fit, row.cluster_land_m2) == ("does_not_fit", pytest.approx(8_000, abs=1e-3))
