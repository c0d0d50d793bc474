"""A rule file of one's own: what would judge nothing is refused by name."""

import pytest

from gisclusters.cli.main import run
from gisclusters.errors import UsageError
from gisclusters.layers.kinds import CATEGORY_WORDS, land_codes
from gisclusters.rules.overlaps import load_rules
from gisclusters.rules.own_file import check_rules, known_categories, known_codes
from tests.scenes import clusters, plan, square

HEAD = "name: t\nversion: '1'\nbase: vn\n"
GOOD = {"id": "q", "category": "rice", "effect": "F", "legal_basis": "x", "confidence": "sure",
        "vi": "a", "en": "b"}  # fmt: skip


def rule(**given):
    fields = GOOD | given
    return " - {" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}\n"


def rules(*rows):
    return HEAD + "rules:\n" + "".join(rows)


def refusal(tmp_path, text):
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as told:
        load_rules(path)
    assert told.value.key == "errors.rules_unreadable"
    return str(told.value.params["reason"])


def test_the_words_of_rules_are_those_of_plans():
    assert known_categories() == set(CATEGORY_WORDS)
    assert known_codes() == set(land_codes())


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (HEAD + "rule:\n - {id: rice}\n", "rule"),
        (HEAD + "1: 2\n", "1"),
        (HEAD + "expected: [ricee]\n", "expected: ricee"),
        (HEAD + "expected: rice\n", "expected: rice"),
        (HEAD + "expected:\n", "expected: None"),
        (HEAD + "expected: 5\n", "expected: 5"),
        (HEAD + "expected: [{a: 1}]\n", "expected: {'a': 1}"),
        (HEAD + "codes: [a, b]\n", "codes: ['a', 'b']"),
        (HEAD + "codes:\n", "codes: None"),
        (HEAD + "codes: {LUA: ricee}\n", "codes: LUA: ricee"),
        (HEAD + "codes: {LUA: [rice]}\n", "codes: LUA: ['rice']"),
        (HEAD + "codes: {LUAA: rice}\n", "codes: LUAA: rice"),
        (HEAD + "expected: [rice]\nexpected: [road]\n", "expected × 2 (line 5)"),
        (rules(rule(category="ricee")), "q: category ricee"),
        (rules(rule(category="LUA")), "q: category LUA"),
        (rules(rule(category="[rice]")), "q: category ['rice']"),
        (rules(rule(effect="[F]")), "q: effect ['F']"),
        (rules(rule(confidence="{a: 1}")), "confidence {'a': 1}"),
        (rules(rule(valid_from="2026-01-01 00:00:00")), "q: 2026-01-01 00:00:00"),
        (rules(rule(valid_from="2026-02-30")), "day is out of range"),
        (rules(rule(approval_vi="[x, y]")), "q: approval_vi ['x', 'y']"),
        (rules(rule(approval_en=12)), "q: approval_en 12"),
        (rules(rule(id="[1]")), "id [1]"),
        (rules(rule(), rule(category="road")), "id q × 2"),
        (rules(rule(valid_to="2026-06-30"), rule(id="p", valid_from="2026-06-30")),
         "q, p: category rice, 2026-06-30 – 2026-06-30"),
        ("name: [a]\nversion: {b: 1}\nbase: vn\n", "name, version"),
        ("name:\nversion:\nbase: vn\n", "name, version"),
        ("name: 5\nversion: 1\nbase: vn\n", "name"),
    ],
)  # fmt: skip
def test_what_nobody_has_is_refused_by_name(text, named, tmp_path):
    assert named in refusal(tmp_path, text)


def test_terms_that_follow_each_other_are_two_rules_of_one_category(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        rules(rule(valid_to="2026-06-29"), rule(id="p", effect="K", valid_from="2026-06-30"))
        + "expected: [rice]\ncodes: {NTD: housing}\n", encoding="utf-8",
    )  # fmt: skip
    held = load_rules(path)
    assert [each.id for each in held.rules[:2]] == ["q", "p"]
    assert (held.expected, held.category_of("NTD")) == (("rice",), "housing")


@pytest.mark.parametrize("name", ["vn_fit", "vn_markers", "vn_corridors", "vn_sizes"])
def test_a_shipped_set_of_another_kind_is_called_so(name, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(f"name: t\nversion: 1\nbase: {name}\n", encoding="utf-8")
    for asked in (name, own):
        with pytest.raises(UsageError) as told:
            load_rules(asked)
        assert (told.value.key, told.value.params["value"]) == ("errors.rules_other_kind", name)


def test_a_path_that_no_system_takes_is_unreadable():
    with pytest.raises(UsageError):
        load_rules("x" * 5000)


def test_a_file_without_a_base_is_told_of_it(tmp_path, capsys):
    """The whole command: exit 2, and the remedy names the line to add."""
    for name, given in (("ranh", clusters(square(0, 0))), ("rung", plan(square(0, 0)))):
        given.shapes.drop(columns=["source_row", "accuracy_source"]).to_file(
            tmp_path / f"{name}.gpkg"
        )
    own = tmp_path / "own.yaml"
    own.write_text(rules(rule(category="road")).replace("base: vn\n", ""), encoding="utf-8")
    code = run(["overlaps", "--boundary", str(tmp_path / "ranh.gpkg"), "--plan",
                str(tmp_path / "rung.gpkg"), "--rules", str(own), "--as-of", "2026-11-15",
                "--lang", "en"])  # fmt: skip
    assert (code, "`base: vn`" in capsys.readouterr().err) == (2, True)


def test_the_shipped_set_keeps_what_is_asked_of_others():
    check_rules(load_rules().rules, "vn")
