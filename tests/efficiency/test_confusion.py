"""The corrected built share and its ±, on matrices of two classes that a person can work out."""

import numpy as np
import pandas as pd
import pytest

from gisclusters.domain.run import RuleSet
from gisclusters.efficiency.confusion import corrected_share, strange_classes, weights
from gisclusters.errors import UsageError
from gisclusters.rules.land_cover import Confusion

RULES = RuleSet(name="trial", version="1", sha256="0")


def confusion(rows, shares, *, checked=(np.inf, np.inf), patch_pixels=1.0, classes=(30, 50)):
    return Confusion(
        rule_set=RULES, rows=rows, classes=classes, shares=shares, checked=checked,
        patch_pixels=patch_pixels,
    )  # fmt: skip


def zonal(built, *, pixels=100.0, **others):
    shares = {"share_30": [1 - built - sum(others.values())], "share_50": [built]}
    return pd.DataFrame({"pixels": [pixels]} | shares | {k: [v] for k, v in others.items()})


def of(matrix, seen, pixel_sd=0.0):
    [row] = corrected_share(seen, np.array([pixel_sd]), [50], matrix).to_dict("records")
    return row["corrected_share"], row["corrected_sd"]


# of places the map calls 30 a tenth is built, of those it calls 50 four fifths
BY_MAP = ((0.9, 0.1), (0.2, 0.8))


def test_what_the_ground_is_where_the_map_says_so():
    share, sd = of(confusion("truth_given_map", BY_MAP), zonal(0.5))
    assert share == pytest.approx(0.5 * 0.1 + 0.5 * 0.8)
    # 0.5 · 0.1 · 0.9 + 0.5 · 0.8 · 0.2 = 0.125, by 100 pixels
    assert sd == pytest.approx(np.sqrt(0.125 / 100))


def test_errors_that_come_in_patches_even_out_less():
    _, sd = of(confusion("truth_given_map", BY_MAP, patch_pixels=25), zonal(0.5))
    assert sd == pytest.approx(np.sqrt(0.125 / 4))
    _, sd = of(confusion("truth_given_map", BY_MAP, patch_pixels=1000), zonal(0.5))
    assert sd == pytest.approx(np.sqrt(0.125))  # never fewer than one patch


def test_few_checked_places_make_the_matrix_itself_unsure():
    _, sd = of(confusion("truth_given_map", BY_MAP, checked=(100, 50)), zonal(0.5, pixels=1e12))
    # 0.25 · 0.09 / 100 + 0.25 · 0.16 / 50
    assert sd == pytest.approx(np.sqrt(0.000225 + 0.0008))


def test_the_pixels_of_the_outline_are_added():
    matrix = confusion("truth_given_map", BY_MAP)
    _, sd = of(matrix, zonal(0.5, pixels=1e12), pixel_sd=0.03)
    assert sd == pytest.approx((0.8 - 0.1) * 0.03)


def test_what_the_map_shows_where_the_ground_is_so():
    """The map of a fifth built ground: 0.8 · 0.1 + 0.2 · 0.7 = 0.22 seen as built."""
    matrix = confusion("map_given_truth", ((0.9, 0.1), (0.3, 0.7)))
    found = weights(matrix, [50])
    # 0.9 a + 0.1 b = 0 and 0.3 a + 0.7 b = 1
    assert found.weight.tolist() == pytest.approx([-1 / 6, 1.5])
    # 0.9 / 36 + 0.1 · 2.25 = 0.25 of other ground; 0.3 / 36 + 0.7 · 2.25 - 1 = 7/12 of built
    assert found.variance.tolist() == pytest.approx([0.25, 7 / 12])
    share, sd = of(matrix, zonal(0.22))
    assert share == pytest.approx(0.2)
    assert sd == pytest.approx(np.sqrt((0.8 * 0.25 + 0.2 * 7 / 12) / 100))


def test_the_sd_is_what_maps_drawn_at_random_show():
    matrix = confusion("map_given_truth", ((0.9, 0.1), (0.3, 0.7)))
    rng = np.random.default_rng(3)
    truly = np.arange(400) < 120  # 30 % of 400 pixels
    seen = rng.random((3000, 400)) < np.where(truly, 0.7, 0.1)
    built = seen.mean(axis=1)
    table = pd.DataFrame({"pixels": 400.0, "share_30": 1 - built, "share_50": built})
    found = corrected_share(table, np.zeros(3000), [50], matrix)
    assert found["corrected_share"].mean() == pytest.approx(0.3, abs=0.003)
    assert found["corrected_share"].std() == pytest.approx(found["corrected_sd"].mean(), rel=0.05)


def test_a_share_stays_between_nothing_and_all():
    matrix = confusion("map_given_truth", ((0.9, 0.1), (0.3, 0.7)))
    assert of(matrix, zonal(0.0))[0] == 0
    assert of(matrix, zonal(1.0))[0] == 1


def test_where_the_map_shows_a_class_without_a_row_nothing_is_corrected():
    matrix = confusion("truth_given_map", BY_MAP)
    seen = zonal(0.5, share_80=0.1)
    assert strange_classes(seen, matrix) == [80]
    assert np.isnan(of(matrix, seen)).all()
    assert np.isnan(of(matrix, zonal(np.nan, pixels=0.0))).all()


def test_a_matrix_that_says_nothing_of_built_ground_is_refused():
    with pytest.raises(UsageError, match="classes: 51"):
        weights(confusion("truth_given_map", BY_MAP), [51])
    alike = confusion("map_given_truth", ((0.5, 0.5), (0.5, 0.5)))
    with pytest.raises(UsageError, match="map_given_truth"):
        weights(alike, [50])
