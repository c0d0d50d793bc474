"""Epochs of a marker: what is an outlier, what is the mean, how good it is."""

import time

import numpy as np
import pytest

from gisclusters.markers.epochs import average_epochs, occupations_of, outlier_issues

E0, N0 = 572_400.0, 1_221_300.0


def averaged(codes, east, north, accuracy, occupation=None):
    return average_epochs(
        np.array(codes, dtype=np.intp), E0 + np.array(east), N0 + np.array(north),
        np.array(accuracy, dtype=float),
        None if occupation is None else np.array(occupation, dtype=np.intp),
    )  # fmt: skip


def test_an_outlier_is_named_and_left_out_of_the_mean():
    found = averaged([0, 0, 0, 0], [0.00, 0.01, 0.02, 5.0], [0.0, 0.0, 0.0, 0.0], [0.02] * 4)
    assert found.outlier.tolist() == [False, False, False, True]
    assert found.easting_m[0] == pytest.approx(E0 + 0.01, abs=1e-9)
    assert (found.count[0], found.used[0]) == (4, 3)
    # Median of 0, 0.01, 0.02, 5 is 0.015; distances 0.015 0.005 0.005 4.985, their median 0.010;
    # 3 × 0.010/√ln 2 = 0.036 is less than 3 × 0.02.
    assert found.off_m[3] == pytest.approx(4.985)
    assert found.limit_m[3] == pytest.approx(0.06)
    [issue] = outlier_issues(
        found, layer="do.csv", rows=np.arange(2, 6), ids=np.array(["RG-01"] * 4, dtype=object)
    )
    assert (issue.code, issue.row, issue.id) == ("epoch_outlier", 5, "RG-01")


def test_of_two_epochs_nobody_knows_which_is_wrong():
    found = averaged([0, 0], [0.0, 4.0], [0.0, 3.0], [0.01, 0.01])
    assert not found.outlier.any()
    assert found.spread_m[0] == pytest.approx(2.5)  # both lie half of 5 m from the middle


def test_two_against_two_are_not_outliers_either():
    found = averaged([0] * 4, [0.0, 0.0, 5.0, 5.0], [0.0] * 4, [0.01] * 4)
    assert not found.outlier.any()
    assert found.spread_m[0] == pytest.approx(2.5)


def test_scatter_that_the_accuracy_hides_is_not_called_outliers():
    # Claimed 1 mm, scattered by centimetres: distances 0.02 0.01 0 0.01 0.02, limit 3 × 0.012.
    found = averaged([0] * 5, [-0.02, -0.01, 0.0, 0.01, 0.02], [0.0] * 5, [0.001] * 5)
    assert not found.outlier.any()


def test_better_epochs_weigh_more():
    found = averaged([0, 0], [0.0, 0.05], [0.0, 0.0], [0.01, 0.02])  # weights 4 : 1
    assert found.easting_m[0] == pytest.approx(E0 + 0.01)
    # One epoch: √(2 / (10000 + 2500)); one occupation does not better it.
    assert found.accuracy_m[0] == pytest.approx(np.sqrt(2 / 12_500))


def test_only_visits_apart_make_the_mean_more_accurate():
    same = averaged([0] * 4, [0.0] * 4, [0.0] * 4, [0.02] * 4)
    apart = averaged([0] * 4, [0.0] * 4, [0.0] * 4, [0.02] * 4, [0, 0, 1, 1])
    assert same.accuracy_m[0] == pytest.approx(0.02)
    assert apart.accuracy_m[0] == pytest.approx(0.02 / np.sqrt(2))
    assert (same.occupations[0], apart.occupations[0]) == (1, 2)


def test_one_epoch_without_accuracy_leaves_the_mean_without():
    found = averaged([0, 0, 1], [0.0, 0.02, 1.0], [0.0] * 3, [0.01, np.nan, 0.03])
    assert np.isnan(found.accuracy_m[0])
    assert found.easting_m[0] == pytest.approx(E0 + 0.01)
    assert found.accuracy_m[1] == pytest.approx(0.03)


def test_visits_are_told_by_the_pause_between_them():
    times = np.array(["2026-11-20T09:10:01", "2026-11-20T09:00:00", "2026-11-20T09:00:00",
                      "2026-11-20T09:10:00", "NaT"], dtype="datetime64[s]")  # fmt: skip
    # Marker 0 after 601 s; marker 1 after 600 s, which is one visit; no time, first visit.
    codes = np.array([0, 0, 1, 1, 1], dtype=np.intp)
    assert occupations_of(codes, times).tolist() == [1, 0, 0, 0, 0]


def test_rows_past_fifty_are_counted():
    codes = np.repeat(np.arange(60), 3)
    east = np.tile([0.0, 0.0, 9.0], 60)
    found = averaged(codes, east, np.zeros(180), np.full(180, 0.01))
    issues = outlier_issues(found, layer="do.csv", rows=np.arange(180),
                            ids=codes.astype(str).astype(object))  # fmt: skip
    assert [issue.code for issue in issues] == ["epoch_outlier"] * 50 + ["epoch_outliers_more"]
    assert issues[-1].params["count"] == 10


def test_a_million_rows_cost_seconds_and_agree_with_one_by_one():
    numbers = np.random.default_rng(7)
    codes = numbers.integers(0, 100_000, 1_000_000)
    codes[:100_000] = np.arange(100_000)
    east, north = numbers.normal(0, 0.01, (2, 1_000_000))
    east[::1000] += 3
    start = time.perf_counter()
    found = average_epochs(codes, E0 + east, N0 + north, np.full(1_000_000, 0.014))
    assert time.perf_counter() - start < 10
    for code in range(0, 100_000, 9_973):
        own = np.flatnonzero((codes == code) & ~found.outlier)
        assert found.easting_m[code] == pytest.approx(E0 + east[own].mean(), abs=1e-8)
        assert found.used[code] == len(own)
    assert found.outlier[::1000].mean() > 0.98  # of those with company enough
    assert (found.outlier.sum() - found.outlier[::1000].sum()) / 1e6 < 0.002
