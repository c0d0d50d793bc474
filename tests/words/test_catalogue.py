"""Every code that the product can raise has its sentence in both languages, and no other fields."""

import ast
import re

import pytest

from gisclusters import words

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
