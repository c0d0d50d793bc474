"""Confusion matrices and thresholds of images as files: what is taken, what is refused and why."""

import math
from datetime import date

import pytest
import yaml

from gisclusters.errors import UsageError
from gisclusters.rules.land_cover import load_confusion, load_land_cover_rules

GOOD = {
    "name": "trial", "version": "1", "rows": "truth_given_map", "entries": "counts",
    "patch_pixels": 4, "classes": [30, 50], "matrix": [[90, 10], [5, 45]],
}  # fmt: skip


def written(folder, content):
    path = folder / "matrix.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def test_counts_are_shares_with_the_places_behind_them(tmp_path):
    found = load_confusion(written(tmp_path, GOOD))
    assert found.shares == ((0.9, 0.1), (0.1, 0.9))
    assert found.checked == (100, 50)
    assert (found.rows, found.classes, found.patch_pixels) == ("truth_given_map", (30, 50), 4)


def test_of_shares_nobody_says_how_many_places_were_checked(tmp_path):
    told = GOOD | {"entries": "shares", "matrix": [[0.9, 0.1], [0.2, 0.8]]}
    assert load_confusion(written(tmp_path, told)).checked == (math.inf, math.inf)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"rows": "producer"}, "rows: truth_given_map | map_given_truth"),
        ({"entries": "percent"}, "entries"),
        ({"patch_pixels": 0}, "patch_pixels: 0"),
        ({"patch_pixels": None}, "patch_pixels"),
        ({"classes": [50, 50]}, "classes"),
        ({"classes": [30, "50"]}, "classes"),
        ({"matrix": [[90, 10]]}, "matrix: 1 × 2"),
        ({"matrix": [[90, 10], [5, 45, 1]]}, "matrix"),
        ({"matrix": [[90, 10], [0, 0]]}, "matrix"),
        ({"matrix": [[90, -10], [5, 45]]}, "matrix"),
        ({"matrix": [[90, float("nan")], [5, 45]]}, "matrix"),
        ({"entries": "shares"}, "matrix: 1"),
        ({"patch": 4}, "patch"),
    ],
)
def test_what_is_wrong_with_a_matrix_is_named(tmp_path, change, named):
    with pytest.raises(UsageError) as refusal:
        load_confusion(written(tmp_path, GOOD | change))
    assert named in str(refusal.value)


@pytest.mark.parametrize("key", ["rows", "entries", "patch_pixels", "classes", "matrix"])
def test_nothing_of_a_matrix_is_filled_in_silently(tmp_path, key):
    with pytest.raises(UsageError) as refusal:
        load_confusion(written(tmp_path, {k: v for k, v in GOOD.items() if k != key}))
    assert key in str(refusal.value)


def test_the_ring_is_that_of_the_rules_unless_a_person_names_one():
    rules = load_land_cover_rules()
    assert rules.ring_on(date(2026, 11, 15)) == 50
    assert rules.with_ring(20).ring_on(date(2026, 11, 15)) == 20
    assert rules.significance_on(date(2026, 11, 15)) == 1.96
    assert {row.confidence for rows in rules.thresholds.values() for row in rows} == {"unverified"}


def test_a_threshold_changes_with_its_dates(tmp_path):
    row = {"id": "r", "unit": "m", "article": "", "confidence": "unverified"}
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump({
        "name": "own", "version": "1",
        "outside_ring": [
            row | {"value": 30, "valid_from": None, "valid_to": date(2026, 6, 30)},
            row | {"value": 80, "valid_from": date(2026, 7, 1), "valid_to": None},
        ],
        "significance": [],
    }), encoding="utf-8")  # fmt: skip
    rules = load_land_cover_rules(path)
    days = (date(2026, 6, 30), date(2026, 7, 1))
    assert [rules.ring_on(day) for day in days] == [30, 80]
    assert rules.significance_on(days[0]) is None
    path.write_text("name: own\nversion: '1'\noutside_ring: [{value: -1}]\n", encoding="utf-8")
    with pytest.raises(UsageError, match="outside_ring"):
        load_land_cover_rules(path)
