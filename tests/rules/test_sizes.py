"""The size limits of the decree by day, and files of people that say it wrongly."""

from datetime import date

import pytest

from gisclusters import words
from gisclusters.errors import UsageError
from gisclusters.rules.sizes import SizeVerdict, load_sizes

HA = 10_000


@pytest.mark.parametrize(
    ("day", "rule_id", "minimum_ha", "confidence"),
    [
        (date(2024, 5, 1), "size_32_2024", 10, "sure"),
        (date(2026, 9, 14), "size_32_2024", 10, "sure"),
        (date(2026, 9, 15), "size_303_2026", 5, "likely"),
    ],
)
def test_each_day_has_its_limits(day, rule_id, minimum_ha, confidence):
    rule = load_sizes().rule_for(day)
    assert (rule.id, rule.confidence) == (rule_id, confidence)
    assert (rule.min_area_m2, rule.reduced_min_area_m2, rule.max_area_m2) == (
        minimum_ha * HA, 5 * HA, 75 * HA)  # fmt: skip
    assert load_sizes().rule_for(date(2024, 4, 30)) is None


@pytest.mark.parametrize(
    ("hectares", "reduced", "verdict"),
    [(10, False, "within"), (9.9999, False, "below_minimum"), (9.9999, None, "depends"),
     (5, True, "within"), (4.9999, True, "below_minimum"), (4.9999, None, "below_minimum"),
     (75, None, "within"), (75.0001, None, "above_maximum")],
)  # fmt: skip
def test_both_limits_are_allowed(hectares, reduced, verdict):
    rule = load_sizes().rule_for(date(2026, 1, 1))
    assert rule.judge(hectares * HA, reduced=reduced) == verdict


def test_every_verdict_has_its_words():
    for verdict in SizeVerdict:
        assert words.has_text(f"overlaps.size_{verdict}")
        if verdict not in {SizeVerdict.WITHIN, SizeVerdict.NO_RULE}:
            assert words.has_text(f"issues.proposal_{verdict}")


GOOD = {"id": "a", "min_area_ha": 10, "reduced_min_area_ha": 5, "max_area_ha": 75,
        "legal_basis": "x", "confidence": "sure"}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "named"),
    [({"max_area_ha": None}, "max_area_ha"), ({"min_area_ha": "10"}, "min_area_ha"),
     ({"min_area_ha": 80}, "≤"), ({"confidence": "maybe"}, "maybe"), ({"mim": 1}, "mim"),
     ({"valid_to": "soon"}, "soon")],
)  # fmt: skip
def test_a_file_that_says_it_wrongly_is_refused_by_field(tmp_path, changed, named):
    import yaml

    file = tmp_path / "sizes.yaml"
    rows = [GOOD | changed]
    file.write_text(yaml.safe_dump({"name": "x", "version": "1", "sizes": rows}), "utf-8")
    with pytest.raises(UsageError, match="The rule set .* is wrong") as refusal:
        load_sizes(file)
    assert named in refusal.value.params["reason"]
    file.write_text(yaml.safe_dump({"name": "x", "version": "1", "sizes": [GOOD]}), "utf-8")
    assert load_sizes(file).rules[0].valid_to == date.max
