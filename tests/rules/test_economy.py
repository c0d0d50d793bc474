"""The shipped rules of economy and works, and a file of one's own."""

from datetime import date
from importlib import resources

import pytest

from gisclusters.errors import UsageError
from gisclusters.rules.economy import load_economy_rules
from gisclusters.words import has_text

SHIPPED = resources.files("gisclusters.rules").joinpath("vn_economy.yaml")


def own(tmp_path, old, new):
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "own.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(("day", "ids"), [
    (date(2021, 12, 31), []),
    (date(2022, 1, 1), ["no_new_discharge"]),
    (date(2026, 9, 14), ["no_new_discharge"]),
    (date(2026, 9, 15), ["no_new_discharge", "shared_works_complete"]),
])  # fmt: skip
def test_the_rules_on_tenants_are_chosen_by_the_day(day, ids):
    rules = load_economy_rules().tenant_rules_on(day)
    assert [rule.rule_id for rule in rules] == ids


def test_a_day_changes_by_editing_the_file_and_the_checksum_with_it(tmp_path):
    path = own(tmp_path, "valid_from: 2026-09-15", "valid_from: 2026-10-01")
    mine, shipped = load_economy_rules(path), load_economy_rules()
    assert len(mine.tenant_rules_on(date(2026, 9, 30))) == 1
    assert len(shipped.tenant_rules_on(date(2026, 9, 30))) == 2
    assert mine.rule_set.sha256 != shipped.rule_set.sha256


def test_every_rule_has_its_sentence_and_those_that_were_read_their_article():
    rules = load_economy_rules()
    told = [*rules.tenant_rules, *rules.withdrawn]
    assert all(has_text(f"economy.rule_{rule.rule_id}") for rule in told)
    assert all(has_text(f"economy.indicator_{each.name}") for each in rules.indicators)
    assert all(rule.article for rule in (*rules.tenant_rules, *rules.shared_works))
    assert all(bool(rule.article) is rule.read for rule in rules.withdrawn)
    assert all(rule.confidence == "unverified" for rule in rules.withdrawn if not rule.read)


@pytest.mark.parametrize(("old", "new", "named"), [
    ("tenant_rules:", "tenants:", "tenants"),
    ("needs: wastewater", "needs: water", "tenant_rules"),
    ("discharging: true", "discharging: có", "tenant_rules"),
    ("confidence: likely", "confidence: chắc", "tenant_rules"),
    ("works: [road,", "works: [roads,", "shared_works"),
    ("rung: committed", "rung: comitted", "indicators"),
    ("measures: people", "measures: heads", "indicators"),
    ("year_ends: [12, 14]", "year_ends: [2, 30]", "periods"),
    ("topic: conversion", "topic: other", "withdrawn"),
    ('spelled: ["QCVN 40:2025"]', "spelled: QCVN", "standards"),
    ("{name: wastewater_built,", "{name: built,", "flags"),
])  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_with_the_entry(tmp_path, old, new, named):
    with pytest.raises(UsageError) as refusal:
        load_economy_rules(own(tmp_path, old, new))
    assert refusal.value.key == "errors.rules_unreadable"
    assert named in str(refusal.value.params["reason"])
