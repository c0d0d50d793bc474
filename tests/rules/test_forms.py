"""The shipped forms, and a file of one's own that cannot be used."""

from importlib import resources

import pytest

from gisclusters.errors import UsageError
from gisclusters.rules.forms import load_form_rules
from gisclusters.rules.scores import load_score_rules

RULES = resources.files("gisclusters.rules")


def own(tmp_path, name, old, new):
    words = RULES.joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    assert old in words
    path = tmp_path / "own.yaml"
    path.write_text(words.replace(old, new, 1), encoding="utf-8")
    return path


def test_every_group_and_form_names_its_article_and_how_sure_it_is():
    rules = load_form_rules()
    assert all(rule.article and rule.confidence for rule in (*rules.groups, *rules.forms))


def test_which_statuses_count_is_changed_in_the_file(tmp_path):
    mine = load_form_rules(
        own(tmp_path, "vn_forms", "unclear: [operating_not_established]", "unclear: []")
    )
    assert next(group for group in mine.groups if group.rule_id == "in_plan").unclear == frozenset()
    assert mine.rule_set.sha256 != load_form_rules().rule_set.sha256


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("flag: specialised", "flag: chuyen_nganh", "chuyen_nganh"),
        ("test: craft_village", "test: lang_nghe", "lang_nghe"),
        ("of: established\n", "of: thanh_lap\n", "thanh_lap"),
        ("measure: occupancy", "measure: lap_day", "lap_day"),
        ("of: industrial_m2", "of: dat_m2", "dat_m2"),
        ("unit: flag, carried: true", "unit: flag, carried: 1", "in_development_plan"),
        ('first: "12-15"', 'first: "13-15"', "month"),
        ("scope: province", "scope: vung", "vung"),
        ("confidence: likely", "confidence: chac", "chac"),
    ],
)
def test_a_file_of_forms_that_cannot_be_used_is_refused_with_the_entry(tmp_path, old, new, named):
    with pytest.raises(UsageError) as refusal:
        load_form_rules(own(tmp_path, "vn_forms", old, new))
    assert refusal.value.key == "errors.rules_unreadable"
    assert named in str(refusal.value.params["reason"])


def test_shipped_weights_are_house_values_and_say_so():
    (scheme,) = load_score_rules().schemes
    assert scheme.confidence == "unverified"
    assert sum(each.weight for each in scheme.indicators) == 100


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("normalisation: min_max_fixed", "normalisation: z_score", "z_score"),
        ("missing: interval", "missing: zero", "zero"),
        ("weight: 30", "weight: 0", "occupancy"),
        ("low: 0, high: 0.25", "low: 0.25, high: 0.25", "overdue_parcels"),
        ("direction: down", "direction: giam", "giam"),
        ("spread: 0.5", "spread: 1", "sensitivity"),
        ("id: serviced", "id: occupancy", "occupancy"),
        ("weight: 25}", "weight: 25, note: x}", "note"),
    ],
)
def test_weights_that_cannot_be_used_are_refused_with_the_entry(tmp_path, old, new, named):
    with pytest.raises(UsageError) as refusal:
        load_score_rules(own(tmp_path, "vn_scores", old, new))
    assert named in str(refusal.value.params["reason"])
