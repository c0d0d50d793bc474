"""The green strip inside a boundary: a square of 400 m round about, ten metres of green."""

from datetime import date

import pytest
import shapely

from gisclusters.geometry.green_strip import measure_green_strip
from gisclusters.overlaps.green_strip import check_green_strips
from gisclusters.rules.overlaps import load_rules
from tests.scenes import clusters, layer, square

DAY = date(2026, 11, 15)
HECTARE = square(0, 0)


def ring(width_m):
    inner = square(width_m, width_m, 100 - 2 * width_m, 100 - 2 * width_m)
    return HECTARE.difference(inner)


def measured(green, boundary=HECTARE, **options):
    found = measure_green_strip(boundary, green, width_m=10, **options)
    return found["share_of_boundary"], found["strip_m2"], found["missing_m2"]


def test_a_whole_strip():
    assert measured(ring(10)) == pytest.approx((1, 3_600, 0), abs=1e-6)  # 100² - 80²


def test_a_strip_on_three_sides():
    green = ring(10).difference(square(0, 0, 100, 10))
    # The south side, and the ten metres at the foot of the west and the east side.
    assert measured(green) == pytest.approx((280 / 400, 3_600, 1_000), abs=1e-6)


def test_a_strip_too_narrow_all_round():
    # Only the 8 m beside each corner see ten metres of green: along the neighbouring side.
    assert measured(ring(8)) == pytest.approx((64 / 400, 3_600, 84**2 - 80**2), abs=1e-6)


def test_a_gate_of_twenty_metres():
    green = ring(10).difference(square(40, 0, 20, 10))
    assert measured(green) == pytest.approx((380 / 400, 3_600, 200), abs=1e-6)


def test_a_gap_within_the_accuracy_is_none():
    assert measured(ring(9.9), accuracy_m=0.15)[0] == 1
    assert measured(ring(9.8), accuracy_m=0.15)[0] < 0.25


def test_an_oblique_boundary_and_no_green():
    turned = shapely.affinity.rotate(HECTARE, 30)
    assert measured(shapely.Polygon(), turned) == pytest.approx((0, 3_600, 3_600), rel=1e-6)
    assert measured(shapely.affinity.rotate(ring(10), 30), turned)[0] == 1


def test_a_cluster_narrower_than_the_strip():
    narrow = square(0, 0, 100, 8)
    assert measured(narrow, narrow) == pytest.approx((1, 800, 0), abs=1e-6)


def lots(*shapes, use="green", **fields):
    rows = [{"lot_id": f"L{k}", "use": use, "geometry": shape, **fields}
            for k, shape in enumerate(shapes, 1)]  # fmt: skip
    return layer("lots", rows).shapes


def test_lots_decide_and_none_is_not_checked():
    rules = load_rules().corridors
    subjects = clusters(HECTARE, square(500, 0)).shapes
    rows = check_green_strips(subjects, lots(ring(10), cluster_id="C1"), as_of=DAY, rules=rules)
    assert rows.verdict.tolist() == ["clear", "not_checked"]
    assert rows.reason.tolist() == [None, "no_data"]
    assert rows.strip_m.tolist() == [10, 10]
    nameless = check_green_strips(subjects, lots(ring(10)), as_of=DAY, rules=rules)
    assert nameless.verdict.tolist() == ["clear", "not_checked"]
    other = check_green_strips(subjects, lots(ring(10), use="industrial"), as_of=DAY, rules=rules)
    assert other.verdict.tolist() == ["conflict", "not_checked"]
    assert other.missing_m2[0] == pytest.approx(3_600)
    assert check_green_strips(subjects, None, as_of=DAY, rules=rules).reason.tolist() == [
        "no_data", "no_data"]  # fmt: skip
