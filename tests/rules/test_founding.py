"""The shipped rules of founding and expansion, the transition clause, and a file of one's own."""

from datetime import date
from importlib import resources

import pytest

from gisclusters.errors import UsageError
from gisclusters.rules.founding import fit_rules_of
from gisclusters.rules.founding_file import load_founding_rules

SHIPPED = resources.files("gisclusters.rules").joinpath("vn_founding.yaml")
BEFORE, FIRST = date(2026, 9, 14), date(2026, 9, 15)


def own(tmp_path, old, new):
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "own.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_two_versions_differ_where_the_decrees_do():
    rules = load_founding_rules()
    old, new = (rules.on(rules.law_on(day)) for day in (BEFORE, FIRST))
    told = [
        (
            day.existing.unit, day.existing.occupancy_above, day.existing.unleased_up_to_m2,
            sorted(day.existing.exempt), day.expansion_occupancy.at_least,
            day.infrastructure.works, day.infrastructure.waived_for_older,
            {kind: rule and rule.at_least for kind, rule in day.kinds.items()},
            [(term.count, term.unit) for term in day.steps.terms], day.existing.confidence,
        )
        for day in (old, new)
    ]  # fmt: skip
    three = ("roads", "water", "wastewater")
    assert told[0] == (
        "district", 0.5, 1_000_000, [], 0.6, three, False,
        {"craft_village": 0.75, "specialised": 0.6, "supporting": None, "high_tech": None},
        [(5, "working_days"), (15, "days"), (5, "working_days"), (25, "days"),
         (7, "working_days")], "sure",
    )  # fmt: skip
    assert told[1] == (
        "commune", 0.5, 500_000, ["ecological", "high_tech"], 0.5,
        (*three, "solid_waste", "fire_safety"), True,
        {"craft_village": 0.6, "specialised": 0.6, "supporting": 0.6, "high_tech": 0.3},
        [(n, "working_days") for n in (2, 5, 5, 20, 5)], "likely",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("as_of", "filed_on", "law_day", "by_clause"),
    [
        (date(2026, 9, 14), None, date(2026, 9, 14), False),
        (date(2026, 9, 15), None, date(2026, 9, 15), False),
        # filed the day before, on the day, and the day after the new version
        (date(2026, 9, 20), date(2026, 9, 14), date(2026, 9, 14), True),
        (date(2026, 9, 20), date(2026, 9, 15), date(2026, 9, 20), False),
        (date(2026, 9, 20), date(2026, 9, 16), date(2026, 9, 20), False),
        (date(2026, 9, 14), date(2026, 9, 1), date(2026, 9, 14), False),  # nothing changed yet
    ],
)
def test_a_dossier_filed_before_the_new_version_goes_on_under_the_old_one(
    as_of, filed_on, law_day, by_clause
):
    law = load_founding_rules().law_on(as_of, filed_on)
    assert law.day == law_day
    assert (law.transition is not None) is by_clause
    if law.transition is not None:
        assert law.transition.confidence == "likely"


def test_the_limits_of_the_area_are_those_of_the_size_rules_on_the_day_of_the_law():
    rules = load_founding_rules()
    least = []
    for filed_on in (None, date(2026, 9, 1)):
        fit = fit_rules_of(rules, rules.law_on(date(2026, 10, 1), filed_on))
        size = fit.on(date(2026, 10, 1)).size
        assert size is not None
        least.append((size.id, size.min_area_m2))
    assert least == [("size_303_2026", 50_000), ("size_32_2024", 100_000)]


def test_before_the_decree_nothing_judges():
    rules = load_founding_rules()
    today = rules.on(rules.law_on(date(2024, 4, 30)))
    assert today.existing is None
    assert today.steps is None
    assert not any(today.kinds.values())


def test_a_threshold_changes_by_editing_the_file_and_the_checksum_with_it(tmp_path):
    mine = load_founding_rules(own(tmp_path, "at_least: 0.60\n    valid_from: 2024-05-01",
                                   "at_least: 0.65\n    valid_from: 2024-05-01"))  # fmt: skip
    today = mine.on(mine.law_on(BEFORE))
    assert today.expansion_occupancy is not None
    assert today.expansion_occupancy.at_least == 0.65
    assert mine.rule_set.sha256 != load_founding_rules().rule_set.sha256


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("existing:\n", "exist:\n", "exist"),
        ("unit: district", "unit: quận", "unit"),
        ("occupancy_above: 0.50", "occupancy_above: 50", "occupancy_above"),
        ("occupancy_above: 0.50", "occupancy_above: nửa", "occupancy_above"),
        ("exempt: [high_tech, ecological]", "exempt: [hightech]", "hightech"),
        ("works: [roads, water, wastewater]", "works: [road]", "road"),
        ("before: 2026-12-31", "before: cuối năm", "before"),
        ("waived_for_older: true", "waived_for_older: có", "waived_for_older"),
        ("count: 15", "count: 0", "count"),
        ("step: filing", "step: nộp", "step"),
        ("confidence: likely", "confidence: chắc", "confidence"),
        ("  older: [", "  oldest: [", "oldest"),
        # two versions for one day
        ("exempt: []\n    valid_from: 2024-05-01\n    valid_to: 2026-09-14",
         "exempt: []\n    valid_from: 2024-05-01\n    valid_to: 2026-09-15",
         "existing_decree_303_2026"),
        ("fit_from: vn_fit", "fit_from: vn_nothing", "vn_nothing"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_with_the_entry(tmp_path, old, new, named):
    with pytest.raises(UsageError) as refusal:
        load_founding_rules(own(tmp_path, old, new))
    assert named in str(refusal.value.params)
