"""Every code that the product can raise has its sentence in both languages, and no other fields."""

import ast
import re
from importlib import resources

import pytest

from gisclusters import words
from gisclusters.domain.issue import error
from gisclusters.rules.own_file import repeated_keys

FIELD = re.compile(r"(?<!\{)\{(\w+)[^}]*\}")


def issue_calls(root):
    """(code, parameters) of every error(…), warning(…), info(…) with a literal code."""
    for path in (root / "gisclusters").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name in {"error", "warning", "info"} and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    yield code.value, {k.arg for k in node.keywords}, path.name


def error_calls(root):
    for path in (root / "gisclusters").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {
                "UsageError", "UnavailableError"
            } and node.args and isinstance(node.args[0], ast.Constant):  # fmt: skip
                yield node.args[0].value, {k.arg for k in node.keywords}, path.name


def test_every_issue_has_its_words(root):
    calls = list(issue_calls(root))
    assert len(calls) > 30
    standing = {"layer", "row", "id", "field", "value", "fault"}
    for code, given, place in calls:
        for part in ("", ".remedy"):
            for lang in words.LANGS:
                sentence = words._catalogue()[f"issues.{code}{part}"][lang]
                if None in given:  # ** hands them over: tests/layers fill these sentences
                    continue
                assert set(FIELD.findall(sentence)) <= given | standing, (
                    f"{place}: {code} {sentence}"
                )


def test_every_error_has_its_words(root):
    calls = list(error_calls(root))
    assert len(calls) > 15
    for key, given, place in calls:
        for lang in words.LANGS:
            sentence = words._catalogue()[key][lang]
            assert set(FIELD.findall(sentence)) <= given, f"{place}: {key} {sentence}"


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [(1234.5, 1, "1.234,5", "1,234.5"), (-0.001, 1, "0,0", "0.0"), (None, 2, "–", "–"),
     (float("nan"), 0, "–", "–"), (1e6, 0, "1.000.000", "1,000,000")],
)  # fmt: skip
def test_numbers_for_people(value, decimals, vi, en):
    assert words.number(value, "vi", decimals) == vi
    assert words.number(value, "en", decimals) == en


@pytest.mark.parametrize(("plain", "vi"), [
    ("572400.000 1221300.125", "572.400,000 1.221.300,125"), ("-3.5", "-3,5"),
    ("106.39000000 11.04000000", "106,39000000 11,04000000"), ("570 1221", "570 1.221"),
    ("CCN-01: 27400 m; Xã 9: 0.125 m", "CCN-01: 27.400 m; Xã 9: 0,125 m"),
    ("EPSG:9210, v1.2.3, 2026-11-15, 15/11/2026, –", "EPSG:9210, v1.2.3, 2026-11-15, 15/11/2026, –"),
])  # fmt: skip
def test_figures_within_text_for_people(plain, vi):
    assert words.figures(plain, "vi") == vi
    assert words.figures(plain, "en") == plain


def test_places_and_evidence_have_the_marks_of_the_language():
    issue = error("axes_swapped", value="572400.500 1221300.250", crs="EPSG:9210", axes="en")
    assert "572.400,500 1.221.300,250" in words.issue_text(issue, "vi")[0]
    assert "572400.500 1221300.250" in words.issue_text(issue, "en")[0]
    cell = error("not_a_number", value="570.00")
    assert "“570.00”" in words.issue_text(cell, "vi")[0]


def test_every_place_in_a_sentence_is_written_in_figures():
    for key, entry in words._catalogue().items():
        if key.startswith("issues."):
            for name in ("place", "evidence"):
                assert all(f"{{{name}}}" not in entry[lang] for lang in words.LANGS), key


def test_only_the_rooms_that_speak_are_read(monkeypatch):
    read = []
    parse = words.parse_yaml
    monkeypatch.setattr(words, "parse_yaml", lambda told: read.append(told) or parse(told))
    words._room.cache_clear()
    words.text("faults.missing", "vi")
    assert len(read) == 1  # faults.yaml and no other
    words.text("faults.empty", "en")
    assert len(read) == 1
    assert not words.has_text("nowhere.at_all")
    assert len(set(words.keys())) == sum(len(words._room(room)) for room in words._files())


def test_a_room_of_several_files_is_whole():
    assert words.has_text("report.refused")
    assert words.has_text("report.title_fit")
    with pytest.raises(KeyError, match="report.nothing"):
        words.text("report.nothing", "vi")


def test_no_sentence_stands_twice_in_a_file():
    folder = resources.files("gisclusters.words")
    twice = {item.name: found for item in folder.iterdir() if item.name.endswith(".yaml")
             if (found := repeated_keys(item.read_text(encoding="utf-8")))}  # fmt: skip
    assert twice == {}
