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


@pytest.mark.parametrize(("old", "new", "said"), [
    ("per_m: 0.001", "per_m: -0.01", "by_scale 1000: per_m -0.01"), ("per_m: 0.001", "per_m: .inf", "inf"),
    ("per_m: 0.001", "per_m: .nan", "nan"), ("per_m: 0.001", "per_m: '0,001'", "0,001"),
    ("per_m: 0.001", "per_m: 0.001, note: x", "note"),
    ("first_m: 0.05", "first_m: 0", "limits [0.0]"), ("first_m: 0.05", "first_m: yes", "True"),
    ("1000: {", "'1000': {", "by_scale 1000"), ("1000: {", "-1000: {", "-1000"),
    ("id: own", "id: null", "id"), ("id: own", "id: own\n    artcle: x", "artcle"),
    ("confidence: sure", "confidence: certain", "certain"),
    ("valid_to: null", "valid_to: 2025-01-01", "2026-01-01 – 2025-01-01"),
    ("real_sd: 3", "real_sd: .inf", "house: real_sd inf"), ("real_sd: 3", "real_sd: 3, x: 1", "x"),
    ("figure_rounding_m2: 50", "figure_rounding_m2: -50", "-50"),
    ("figure_rounding_m2: 50", "figure_rounding_m2: .nan", "nan"),
    ("limits:", "tolerances: 1\nlimits:", "tolerances"),
])  # fmt: skip
def test_what_a_file_may_not_say(tmp_path, old, new, said):
    text = FILE.format(steps="{until_m: null, per_m: 0.001}", within=2)
    assert old in text
    path = tmp_path / "tinh.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        load_edge_rules(path)
    assert refused.value.key == "errors.rules_unreadable"
    assert said in refused.value.params["reason"]
    assert refused.value.params["model"] == "vn_edges"


@pytest.mark.parametrize("limits", ["", " []", " {}", " [1]"])
def test_a_file_without_limits_is_refused(tmp_path, limits):
    path = tmp_path / "tinh.yaml"
    path.write_text(f"name: t\nversion: 1\nlimits:{limits}\n"
                    "house: {within_sd: 2, real_sd: 3, figure_rounding_m2: 50}\n",
                    encoding="utf-8")  # fmt: skip
    with pytest.raises(UsageError) as refused:
        load_edge_rules(path)
    assert refused.value.key == "errors.rules_unreadable"


@pytest.mark.parametrize(("starts", "ends", "both"), [
    ("null", "null", "2026-01-01 – …"), ("2020-01-01", "2026-01-01", "2026-01-01 – 2026-01-01"),
    ("2020-01-01", "2025-12-31", None),
])  # fmt: skip
def test_one_day_has_one_version(tmp_path, starts, ends, both):
    text = FILE.format(steps="{until_m: null, per_m: 0.001}", within=2)
    second = (
        f"  - {{id: second, valid_from: {starts}, valid_to: {ends}, article: y, "
        "confidence: sure, by_scale: {500: {first_m: 9, first_until_m: 10, steps: []}}}\n"
    )
    path = tmp_path / "tinh.yaml"
    path.write_text(text.replace("house:", second + "house:"), encoding="utf-8")
    if both is None:
        assert len(load_edge_rules(path).limits) == 2
        return
    with pytest.raises(UsageError) as refused:
        load_edge_rules(path)
    assert refused.value.params["reason"] == f"own, second: {both}"


def test_a_shipped_set_of_another_kind_is_called_so_and_an_unknown_name_hears_the_right_one():
    with pytest.raises(UsageError) as refused:
        load_edge_rules("vn_markers")
    assert refused.value.key == "errors.rules_other_set"
    assert refused.value.params == {"value": "vn_markers", "model": "vn_edges"}
    with pytest.raises(UsageError) as refused:
        load_edge_rules("nofile")
    assert refused.value.params == {"value": "nofile", "known": "vn_edges"}
