"""The shipped rules of land use, and a file of one's own."""

from datetime import date
from importlib import resources

import pytest

from gisclusters.errors import UsageError
from gisclusters.rules.efficiency import load_efficiency_rules

SHIPPED = resources.files("gisclusters.rules").joinpath("vn_efficiency.yaml")


def own(tmp_path, old, new):
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "own.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_version_in_force_is_chosen_by_the_day_both_ends_included():
    rules = load_efficiency_rules()
    for day, rule in ((date(2026, 9, 14), "size_decree_32_2024"),
                      (date(2026, 9, 15), "size_decree_303_2026")):  # fmt: skip
        size = rules.size_on(day)
        assert size is not None
        assert size.land_use_id == rule
    assert rules.size_on(date(2024, 4, 30)) is None


def test_every_legal_rule_names_its_article_and_how_sure_it_is():
    rules = load_efficiency_rules()
    legal = [*rules.occupancy, *rules.structure, *rules.lot_density]
    legal += [each for name, each_of in rules.thresholds.items() for each in each_of
              if each_of[0].unit == "months"]  # fmt: skip
    assert all(rule.article and rule.confidence for rule in legal)


def test_a_threshold_changes_by_editing_the_file_and_the_checksum_with_it(tmp_path):
    path = own(tmp_path, "value: 12\n", "value: 18\n")
    mine, shipped = load_efficiency_rules(path), load_efficiency_rules()
    threshold = mine.threshold_on("idle_from_handover", date(2026, 1, 1))
    assert threshold is not None
    assert threshold.months == 18
    assert mine.rule_set.sha256 != shipped.rule_set.sha256


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("valid_from: 2024-05-01", "valid_from: mai", "occupancy"),
        ("confidence: sure", "confidence: chắc", "occupancy"),
        ("size_from:", "sizes_from:", "size_from"),
        ("lot_density:", "lots_density:", "lot_density"),
        ("at_least: 0.10", "at_least: mười", "structure"),
        ("at_least: 0.10", "note: 0.10", "structure"),
        ("value: 12\n", "value: 12.5\n", "idle_from_handover"),
        ("value: 12\n", "value: 0\n", "idle_from_handover"),
        ("value: 12\n", "value: .inf\n", "idle_from_handover"),
        ("value: 12\n", "value: true\n", "idle_from_handover"),
        ("unit: months", "unit: days", "idle_from_handover"),
        ("valid_from: 2024-08-01", "valid_from: 2024-08-01 08:00:00", "idle_from_handover"),
        (
            "valid_from: 2024-05-01\n    valid_to: null",
            "valid_from: 2024-05-01\n    valid_to: 2024-04-30",
            "occupancy",
        ),
        ("value: 0.05", "value: 5", "not_built_up_to"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_entry(tmp_path, old, new, named):
    with pytest.raises(UsageError) as refusal:
        load_efficiency_rules(own(tmp_path, old, new))
    assert refusal.value.key == "errors.rules_unreadable"
    assert str(refusal.value.params["reason"]).startswith(named)
