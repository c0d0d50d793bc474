"""The limit on the length of an edge, by scale and length: sums of the table made by hand."""

import numpy as np
import pytest

from gisclusters.errors import UsageError
from gisclusters.markers.edges import limit_m
from gisclusters.rules.edges import load_edge_rules


@pytest.mark.parametrize(("scale", "length_m", "expected_m"), [
    (200, 0.5, 0.015), (200, 2, 0.015),
    (200, 5, 0.015 + 3 * 0.006),
    (200, 8, 0.051),                     # 1.5 + 6 × 0.6 cm
    (200, 15, 0.0685),                   # + 7 × 0.25
    (200, 30, 0.0985),                   # + 15 × 0.2
    (200, 50, 0.1285),                   # + 20 × 0.15
    (200, 150, 0.2285),                  # + 100 × 0.1
    (500, 3, 0.018), (500, 8, 0.0505), (500, 15, 0.0715), (500, 15.001, None), (500, 100, None),
])  # fmt: skip
def test_the_shipped_tables(scale, length_m, expected_m):
    rule = load_edge_rules().on(None)
    assert rule.confidence == "unverified"
    found = limit_m(rule.by_scale[scale], np.array([float(length_m)]))[0]
    assert np.isnan(found) if expected_m is None else found == pytest.approx(expected_m, abs=1e-12)


def test_other_scales_have_no_table():
    assert set(load_edge_rules().on(None).by_scale) == {200, 500}


FILE = """
name: tinh
version: "1"
limits:
  - id: own
    valid_from: 2026-01-01
    valid_to: null
    article: "Quyết định của tỉnh"
    confidence: sure
    by_scale:
      1000: {{first_m: 0.05, first_until_m: 10, steps: [{steps}]}}
house: {{within_sd: {within}, real_sd: 3, figure_rounding_m2: 50}}
"""


def test_a_file_of_ones_own(tmp_path):
    path = tmp_path / "tinh.yaml"
    path.write_text(FILE.format(steps="{until_m: null, per_m: 0.001}", within=2), encoding="utf-8")
    rule = load_edge_rules(path).on(None)
    assert (rule.rule_id, rule.confidence) == ("own", "sure")
    assert limit_m(rule.by_scale[1000], np.array([110.0]))[0] == pytest.approx(0.15)


@pytest.mark.parametrize(("steps", "within"), [
    ("{until_m: 5, per_m: 0.001}", 2),                                  # runs back
    ("{until_m: null, per_m: 0.001}, {until_m: 50, per_m: 0.001}", 2),  # goes on after the end
    ("{until_m: 20}", 2), ("{until_m: 20, per_m: -1}", 2),
    ("{until_m: 20, per_m: 0.001}", 4),
])  # fmt: skip
def test_a_file_that_cannot_be_meant_is_refused(tmp_path, steps, within):
    path = tmp_path / "tinh.yaml"
    path.write_text(FILE.format(steps=steps, within=within), encoding="utf-8")
    with pytest.raises(UsageError):
        load_edge_rules(path)
