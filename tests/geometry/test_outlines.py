"""What is odd in an outline that can be measured."""

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box

from gisclusters.geometry.outlines import (
    find_specks,
    find_spikes,
    propose_without_spikes,
    repeated_vertices,
    twins,
)

SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100)]


def shapes(*items):
    return np.array(items, dtype=object)


def spikes(*items, accuracy_m=0.3):
    return find_spikes(shapes(*items), np.full(len(items), accuracy_m))


def with_spike(length, width):
    """The square with a spike that goes out of the middle of its east side."""
    return Polygon([*SQUARE[:2], (100, 50), (100 + length, 50), (100, 50 + width), *SQUARE[2:]])


def test_vertices_that_repeat_the_one_before_are_counted():
    twice = Polygon([(0, 0), (9, 0), (9, 0), (9, 0), (9, 9)])
    line = LineString([(0, 0), (0, 0), (1, 1)])
    # A ring ends where it begins; that is no repeat, even where the last vertex stands there.
    closed = Polygon([(0, 0), (9, 0), (9, 9), (0, 0), (0, 0)])
    holed = box(0, 0, 9, 9).difference(box(1, 1, 2, 2))
    found = repeated_vertices(shapes(holed, twice, None, Point(1, 1), line, closed))
    assert [(r.position, r.count, r.x, r.y) for r in found] == [
        (1, 2, 9, 0), (4, 1, 0, 0), (5, 1, 0, 0)]  # fmt: skip


def test_a_spike_is_told_with_its_tip_its_length_and_its_width():
    [spike] = spikes(with_spike(10, 0.1))
    assert (spike.x, spike.y) == (110, 50)
    assert spike.length_m == pytest.approx(10)
    assert spike.width_m == pytest.approx(0.1, rel=1e-3)
    inward = with_spike(-10, 0.1)
    assert [(s.x, s.y) for s in spikes(inward)] == [(90, 50)]


@pytest.mark.parametrize(
    "shape",
    [
        box(0, 0, 100, 0.1),  # a strip has no corner that folds back
        with_spike(100, 3),  # narrow, and yet wider than the survey sees
        with_spike(0.2, 0.001),  # no longer than the survey sees
        with_spike(1, 0.1),  # six degrees
        Polygon([(0, 0), (50, 0), (50, 0.2)]),  # a needle: nothing would be left
        None, Polygon(), Point(1, 1), LineString([(0, 0), (10, 0), (0, 0.1)]),
    ],
)  # fmt: skip
def test_a_corner_is_no_spike(shape):
    assert spikes(shape) == []


def test_without_its_spike_the_outline_is_what_it_was():
    holed = with_spike(10, 0.1).difference(box(10, 10, 20, 20))
    twice = MultiPolygon([box(200, 0, 210, 10), holed])
    given = shapes(box(0, 0, 1, 1), holed, twice)
    found = spikes(*given)
    assert [s.position for s in found] == [1, 2]
    repairs = propose_without_spikes(given, found, measured=lambda items: items)
    assert sorted(repairs) == [1, 2]
    assert repairs[1].area_before - repairs[1].area_after == pytest.approx(0.5)
    assert repairs[1].hausdorff == pytest.approx(10, abs=0.01)
    assert shapely.equals(repairs[1].shape, box(0, 0, 100, 100).difference(box(10, 10, 20, 20)))
    assert repairs[2].shape.geom_type == "MultiPolygon"


def test_a_tip_that_is_written_twice_goes_with_its_twin():
    doubled = Polygon([(0, 0), (100, 0), (100, 50), (110, 50), (110, 50), (100, 50.1), (100, 100),
                       (0, 100)])  # fmt: skip
    found = spikes(doubled)
    repair = propose_without_spikes(shapes(doubled), found, measured=lambda items: items)[0]
    assert repair.shape.equals(box(0, 0, 100, 100))


def test_a_tiny_part_of_several_is_a_speck():
    main, crumb, strip = box(0, 0, 100, 100), box(200, 0, 200.1, 0.1), box(0, 200, 50, 200.2)
    second = box(300, 0, 400, 100)
    found = find_specks(
        shapes(crumb, MultiPolygon([main, crumb, strip]), MultiPolygon([main, second])),
        np.full(3, 0.3),
    )
    assert [(s.position, round(s.area_m2, 6)) for s in found] == [(1, 0.01), (1, 10)]
    assert found[1].width_m == pytest.approx(0.2, abs=0.003)
    assert find_specks(shapes(MultiPolygon([main, strip])), np.full(1, 0.1)) == []


def test_a_part_narrow_as_the_rest_is_no_speck():
    road = MultiPolygon([box(0, 0, 100, 4), box(0, 50, 100, 54)])
    assert find_specks(shapes(road), np.full(1, 5.0)) == []


def test_twins_have_one_outline_wherever_their_rings_begin():
    turned = Polygon([*SQUARE[2:], *SQUARE[:2]])
    backwards = Polygon(SQUARE[::-1])
    repeated = Polygon([SQUARE[0], *SQUARE])
    same_box = Polygon([(0, 0), (100, 0), (100, 100)])
    found = twins(
        shapes(Point(0, 0), Polygon(SQUARE), same_box, turned, None, backwards, Point(0, 0),
               repeated)
    )  # fmt: skip
    assert found == [(1, 3), (1, 5), (1, 7)]
