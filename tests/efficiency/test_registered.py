"""The area ladder beside the register: squares of one hectare, differences counted by hand.

A cluster of 400 m x 400 m has 160 000 m².  With corners known to 0.1 m the area has a standard
deviation of 0.1 / (2·√2) · √(4 · (400·√2)²) = 0.1 / 2.8284 · 1131.37 = 40 m²: a difference of
up to 80 m² is accuracy, of more than 120 m² is none.
"""

import pytest

from gisclusters.efficiency import measure_efficiency
from tests.efficiency.scenes import DAY, EAST, NORTH, layer, square

HA = 10_000.0


def clusters(**fields):
    row = {"cluster_id": "C1", "geometry": square(0, 0, 4, 4), "accuracy_m": 0.1}
    return layer("clusters", [row | fields])


def lots(*shapes, use="industrial"):
    return layer("lots", [
        {"lot_id": f"L{place}", "use": use, "geometry": shape, "cluster_id": "C1",
         "accuracy_m": 0.1, "serviced_on": "2025-01-01"}
        for place, shape in enumerate(shapes)
    ])  # fmt: skip


def parcels(*rows):
    return layer("parcels", [
        {"parcel_id": f"P{place}", "cluster_id": "C1", "lease_from": "2024-01-01",
         "handed_over_on": "2024-02-01", "accuracy_m": 0.05} | row
        for place, row in enumerate(rows, 1)
    ])  # fmt: skip


def measured(subject, plan=None, held=None):
    report = measure_efficiency(subject, plan, held, as_of=DAY)
    [row] = report.clusters.to_dict("records")
    return row


def rungs(subject, plan=None, held=None):
    return {each["rung"]: each for each in measured(subject, plan, held)["ladder"]}


@pytest.mark.parametrize(("registered", "difference", "verdict"), [
    (160_000.0, 0.0, "agrees"),
    # a figure in whole hundreds may stand for anything up to 50 m² away
    (160_050.0, -50.0, "within_accuracy"),  # a figure in tens: 5 m² of rounding, 50 < 2 · 40
    (160_040.0, -40.0, "within_accuracy"),
    (159_920.0, 80.0, "within_accuracy"),  # two standard deviations, included
    (159_910.0, 90.0, "undecided"),
    (159_880.0, 120.0, "undecided"),  # three, included
    (159_870.0, 130.0, "beyond_accuracy"),
    (150_000.0, 10_000.0, "beyond_accuracy"),
])  # fmt: skip
def test_gross_against_the_register(registered, difference, verdict):
    row = rungs(clusters(registered_area_m2=registered))["gross"]
    assert row["area_sd_m2"] == pytest.approx(40.0)
    assert row["difference_m2"] == pytest.approx(difference)
    assert row["difference_share"] == pytest.approx(difference / registered)
    assert (row["area_verdict"], row["registered_from"]) == (verdict, "register")


def test_a_figure_in_whole_hundreds_is_rounded_by_fifty():
    """At 1 cm the sd is 4 m².  160 045 may be off by half a metre, 160 000 by fifty."""
    exact = {"accuracy_m": 0.01}
    assert rungs(clusters(registered_area_m2=160_045, **exact))["gross"]["area_verdict"] == (
        "beyond_accuracy"
    )
    shape = square(0, 0, 4, 4.00125)  # 160 050 m²
    row = rungs(clusters(geometry=shape, registered_area_m2=160_000, **exact))["gross"]
    assert (row["difference_m2"], row["area_verdict"]) == (pytest.approx(50.0), "agrees")


def test_nothing_on_register_is_not_checked_and_no_zero():
    row = rungs(clusters())["gross"]
    assert (row["registered_m2"], row["difference_m2"], row["area_verdict"]) == (
        None, None, "not_checked")  # fmt: skip


def test_industrial_land_is_held_against_its_own_figure():
    """Six hectares of lots; the register says 5.5 ha: 5 000 m² more, 9.09 %."""
    row = rungs(clusters(registered_industrial_area_m2=55_000), lots(square(0, 0, 3, 2)))[
        "industrial"
    ]
    assert (row["area_m2"], row["difference_m2"]) == (60_000, 5_000)
    assert row["difference_share"] == pytest.approx(5 / 55)
    assert row["area_verdict"] == "beyond_accuracy"


def test_a_registered_figure_is_not_held_against_itself():
    """Without lots the industrial land is the registered figure: nothing was measured."""
    row = rungs(clusters(registered_industrial_area_m2=55_000))["industrial"]
    assert (row["area_m2"], row["registered_m2"]) == (55_000, 55_000)
    assert (row["difference_m2"], row["area_verdict"]) == (None, "not_checked")


def test_a_rung_is_whole_parcels_less_what_is_off_the_land_less_what_was_counted_twice():
    """P1 and P2 of a hectare share 10 m x 100 m; P3 has half a hectare on the road.

    3 ha − 0.5 ha − 0.1 ha = 2.4 ha; registered 10 000 + 9 900 + 10 000 = 29 900 m².
    """
    plan = lots(square(0, 0, 3, 1))
    held = parcels(
        {"geometry": square(0, 0), "registered_area_m2": 10_000},
        {"geometry": square(0.9, 0), "registered_area_m2": 9_900},
        {"geometry": square(2.5, 0), "registered_area_m2": 10_000},
    )
    row = rungs(clusters(), plan, held)["leased"]
    assert (row["parcels"], row["registered_from"], row["registered_missing"]) == (3, "parcels", 0)
    found = [row[name] for name in ("parcels_m2", "off_land_m2", "counted_twice_m2", "area_m2")]
    assert found == pytest.approx([30_000, 5_000, 1_000, 24_000])
    assert row["registered_m2"] == 29_900
    assert row["difference_m2"] == pytest.approx(-5_900)
    assert row["difference_share"] == pytest.approx(-5_900 / 29_900)
    assert row["area_verdict"] == "beyond_accuracy"


def test_rungs_that_no_parcel_reached_are_zero_and_agree():
    held = parcels({"geometry": square(0, 0), "registered_area_m2": 10_000})
    row = rungs(clusters(), lots(square(0, 0, 3, 1)), held)["producing"]
    assert (row["area_m2"], row["registered_m2"], row["parcels"]) == (0, 0, 0)
    assert (row["area_verdict"], row["difference_share"]) == ("agrees", None)


def test_one_missing_figure_leaves_the_sum_unknown():
    held = parcels({"geometry": square(0, 0), "registered_area_m2": 10_000},
                   {"geometry": square(1, 0)})  # fmt: skip
    row = rungs(clusters(), lots(square(0, 0, 3, 1)), held)["leased"]
    assert (row["registered_m2"], row["registered_missing"]) == (None, 1)
    assert (row["area_m2"], row["area_verdict"]) == (2 * HA, "not_checked")


def test_without_parcels_the_lower_rungs_are_unknown():
    row = measured(clusters(), lots(square(0, 0, 3, 1)))
    ladder = {each["rung"]: each for each in row["ladder"]}
    assert ladder["leased"]["area_m2"] is None
    assert ladder["leased"]["area_verdict"] == "not_checked"
    assert row["seams"] is None


def test_an_overlap_is_told_with_its_place():
    """P2 begins 10 m before P1 ends: a strip of 10 m x 100 m in the middle of x = 90..100 m."""
    held = parcels({"geometry": square(0, 0)}, {"geometry": square(0.9, 0)})
    [seam] = measured(clusters(), lots(square(0, 0, 3, 1)), held)["seams"]
    assert (seam["what"], seam["first"], seam["second"]) == ("overlap", "P1", "P2")
    assert (seam["area_m2"], seam["certainty"]) == (pytest.approx(1_000), "real")
    assert seam["width_m"] == pytest.approx(10, abs=0.01)
    assert seam["tolerance_m"] == pytest.approx(0.05 * 2**0.5)
    assert seam["easting_m"] == pytest.approx(EAST + 95, abs=0.1)
    assert NORTH + 5 <= seam["northing_m"] <= NORTH + 95


def test_a_gap_is_told_and_stands_in_no_sum():
    """Four parcels around a strip of 1 m x 80 m that is nobody's; 2.01 x 1 ha less 80 m²."""
    held = parcels(
        {"geometry": square(0, 0, 2.01, 0.1)}, {"geometry": square(0, 0.9, 2.01, 0.1)},
        {"geometry": square(0, 0.1, 1, 0.8)}, {"geometry": square(1.01, 0.1, 1, 0.8)},
    )  # fmt: skip
    row = measured(clusters(), lots(square(0, 0, 3, 1)), held)
    [seam] = row["seams"]
    assert (seam["what"], {seam["first"], seam["second"]}) == ("gap", {"P3", "P4"})
    assert seam["area_m2"] == pytest.approx(80)
    assert seam["width_m"] == pytest.approx(1, abs=0.01)
    assert seam["easting_m"] == pytest.approx(EAST + 100.5, abs=0.1)
    assert row["leased_m2"] == pytest.approx(20_100 - 80)


def test_neighbours_that_touch_have_no_seams():
    held = parcels({"geometry": square(0, 0)}, {"geometry": square(1, 0)})
    assert measured(clusters(), lots(square(0, 0, 3, 1)), held)["seams"] == []


def test_every_ratio_names_its_two_rungs():
    """Of 3 ha one is leased, one approved; two of three parcels of 1 ha are leased or approved."""
    held = parcels(
        {"geometry": square(0, 0)},
        {"geometry": square(1, 0), "lease_from": None, "handed_over_on": None,
         "approved_on": "2026-01-01"},
        {"geometry": square(2, 0), "lease_from": None, "handed_over_on": None},
    )  # fmt: skip
    lines = measured(clusters(), lots(square(0, 0, 3, 1)), held)["ratios"]
    law, *rivals = lines
    assert (law["by_law"], law["numerator"], law["denominator"]) == (
        True, "committed_m2", "industrial_m2")  # fmt: skip
    assert (law["numerator_value"], law["denominator_value"]) == (2 * HA, 3 * HA)
    assert law["article"] == "Nghị định 32/2024/NĐ-CP, Điều 2 khoản 7"
    assert [(each["name"], pytest.approx(each["share"])) for each in rivals] == [
        ("leased_of_industrial", 1 / 3), ("leased_of_gross", 1 / 16), ("leased_of_serviced", 1 / 3),
        ("producing_of_leased", 0), ("leased_of_parcels", 1 / 3),
    ]  # fmt: skip
    assert not any(each["by_law"] for each in rivals)


def test_the_record_of_the_lease_stands_beside_its_status():
    held = parcels({"geometry": square(0, 0), "lessee": "Công ty A"},
                   {"geometry": square(1, 0), "lease_from": None, "handed_over_on": None})  # fmt: skip
    report = measure_efficiency(clusters(), None, held, as_of=DAY)
    assert report.parcels["lease"].tolist() == [
        {"lessee": "Công ty A", "lease_from": "2024-01-01", "handed_over_on": "2024-02-01"}, None,
    ]  # fmt: skip
