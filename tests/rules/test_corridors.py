"""Rules of corridors: what the shipped file says, and what a file of one's own may say."""

import hashlib
import re
from datetime import date

import pytest
import yaml

from gisclusters.errors import UsageError
from gisclusters.rules.corridor_width import corridor_width
from gisclusters.rules.corridors import folded, read_corridors
from gisclusters.rules.overlaps import load_rules

DAY = date(2026, 11, 15)
RULE = {
    "id": "mine", "category": "utility", "effect": "R", "width_m": 7, "vi": "v", "en": "e",
    "legal_basis": "b", "confidence": "sure",
}  # fmt: skip


def test_no_unverified_width_is_usable_as_shipped():
    rules = load_rules().corridors.rules
    unverified = [rule for rule in rules if rule.confidence == "unverified"]
    assert {rule.width_m[1] for rule in unverified if rule.width_m} == {17, 13, 9, 4}
    assert not any(rule.usable for rule in unverified)


def test_a_rules_file_that_names_no_corridors_has_those_we_ship(tmp_path):
    content = {"name": "n", "version": "1", "rules": [RULE | {"category": "rice"}]}
    del content["rules"][0]["width_m"]
    path = tmp_path / "own.yaml"
    held = []
    for own in ({}, {"corridors": "vn_corridors"}, {"corridors": None}):
        path.write_text(yaml.safe_dump(content | own), encoding="utf-8")
        rules = load_rules(path)
        assert rules.rule_set.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        held.append(rules.corridors)
    assert held[0] == held[1] == load_rules().corridors
    assert (held[2].rules, held[2].sha256) == ((), "")


def test_one_name_is_one_rule(tmp_path):
    content = {"name": "n", "version": "1", "rules": [RULE | {"id": "dam_4"}]}
    del content["rules"][0]["width_m"]
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(UsageError) as refusal:
        load_rules(path)
    assert "dam_4" in str(refusal.value.params["reason"])


def test_a_file_of_ones_own_stands_on_a_shipped_set(tmp_path):
    """Two lines are enough to confirm a width; an own rule goes before that of the set."""
    path = tmp_path / "own.yaml"
    own = {"id": "rice_here", "category": "rice", "effect": "F", "legal_basis": "b",
           "confidence": "sure", "vi": "v", "en": "e"}  # fmt: skip
    path.write_text(yaml.safe_dump({
        "name": "own", "version": "1", "base": "vn", "rules": [own],
        "corridors": {"confirm": {"road_class_3": "đã đọc"}},
    }), encoding="utf-8")  # fmt: skip
    rules, shipped = load_rules(path), load_rules()
    assert rules.rule_set.name == "own"
    assert rules.rule_for("LUA", DAY).id == "rice_here"
    assert rules.rule_for("SKN", DAY) == shipped.rule_for("SKN", DAY)
    assert (rules.expected, rules.codes) == (shipped.expected, shipped.codes)
    road = {"class": "iii", "settlement": "no"}
    assert corridor_width(rules.corridors, "road", road, DAY).most_m == 13
    assert corridor_width(shipped.corridors, "road", road, DAY).reason == "width_unverified"
    path.write_text("{name: own, version: 1, base: vn}", encoding="utf-8")
    assert load_rules(path).corridors == shipped.corridors


def test_a_base_is_a_shipped_set(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump({"name": "own", "version": "1", "base": str(path)}),
                    encoding="utf-8")  # fmt: skip
    with pytest.raises(UsageError, match="There is no rule set"):
        load_rules(path)
    with pytest.raises(UsageError, match="There is no rule set"):
        read_corridors({"base": str(path)}, "own.yaml")


def test_own_rules_replace_those_of_the_base_with_their_id():
    own = read_corridors(
        {"base": "vn_corridors", "rules": [RULE | {"id": "utility_corridor"}]}, "f"
    )
    base = load_rules().corridors
    assert len(own.rules) == len(base.rules)
    assert corridor_width(own, "utility", {}, DAY).most_m == 7
    assert corridor_width(base, "utility", {}, DAY).reason == "width_unknown"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({"rules": [RULE | {"colour": 1}]}, "mine: colour"),
        ({"rules": [{k: v for k, v in RULE.items() if k != "legal_basis"}]}, "mine: legal_basis"),
        ({"rules": [RULE | {"width_m": [3, 2]}]}, "mine: width_m"),
        ({"rules": [RULE | {"width_m": -1}]}, "mine: width_m"),
        ({"rules": [RULE | {"width_m": "7 m"}]}, "mine: width_m"),
        ({"rules": [RULE | {"effect": "K"}]}, "mine: effect"),
        ({"rules": [RULE | {"confidence": "quite"}]}, "mine: confidence"),
        ({"rules": [RULE | {"when": {"colour": ["red"]}}]}, "mine: when colour"),
        ({"rules": [RULE | {"when": {"class": "I"}}]}, "mine: when class"),
        ({"rules": [RULE | {"when": {"flow_m3s": {"about": 3}}}]}, "mine: about"),
        ({"rules": [RULE | {"valid_from": date(2027, 1, 1), "valid_to": date(2026, 1, 1)}]},
         "mine: 2027"),
        ({"rules": [RULE | {"category": "airport"}]}, "works: airport"),
        ({"confirm": {"no_such_rule": "x"}}, "confirm: no_such_rule"),
        ({"confirm": {"road_class_3": ""}}, "confirm: road_class_3"),
        ({"works": {"road": {"reach_m": 3}}}, "works, first"),
        ({"colour": 3}, "corridors: colour"),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_names_the_rule_and_the_field(content, named):
    with pytest.raises(UsageError) as refusal:
        read_corridors({"base": "vn_corridors"} | content, "own.yaml")
    assert named in str(refusal.value.params["reason"])


@pytest.mark.parametrize(
    ("word", "as_compared"),
    [("Cấp III", "iii"), ("3", "iii"), ("3.0", "iii"), ("đê Biển", "de bien"), ("Đặc biệt", "dac biet"),
     ("Đê cấp 3", "iii"), ("đập cấp IV", "iv"), ("đê cấp đặc biệt", "dac biet"), ("đường cấp 3", "iii")],
)  # fmt: skip
def test_words_are_compared_without_marks(word, as_compared):
    assert folded(word) == as_compared


def test_every_rule_has_its_sentence_in_both_languages():
    vietnamese = re.compile(r"[ăâđêôơưàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụỳýỷỹỵ]", re.IGNORECASE)
    for rule in (*load_rules().corridors.rules, *load_rules().corridors.distances):
        assert vietnamese.search(rule.sentence_vi), rule.id
        assert not vietnamese.search(rule.sentence_en), rule.id
