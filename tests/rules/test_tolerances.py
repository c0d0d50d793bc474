"""Tables of marker tolerances: by scale, by kind, by day; a bad file is refused by its row."""

from datetime import date

import pandas as pd
import pytest

from gisclusters.errors import UsageError
from gisclusters.markers.tolerance import tolerance_of
from gisclusters.rules.tolerances import load_tolerance_rules

OWN = """
name: ours
version: 3
tolerances:
  - id: before
    article: "Quyết định cũ"
    confidence: sure
    valid_to: 2025-12-31
    metres_by_scale: {500: 0.10, 1000: 0.20}
  - id: since
    article: "Quyết định 12/QĐ-UBND"
    article_en: "Decision 12/QĐ-UBND"
    confidence: sure
    valid_from: 2026-01-01
    metres_by_scale: {500: 0.07, 1000: 0.15}
    by_kind:
      CGĐ: {500: 0.20}
      TĐ: {500: 0.07, 2000: 0.5}
"""


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "hạn sai.yaml"
    path.write_text(OWN, encoding="utf-8")
    return load_tolerance_rules(path)


def test_the_table_of_the_day_and_the_kind_of_the_marker(own):
    found = tolerance_of(None, 500, date(2026, 3, 1), own)
    kinds = pd.Series(["RG", "CGĐ", None, "TĐ", "MTC"], dtype=object)
    assert found.of(kinds).tolist() == [0.07, 0.20, 0.07, 0.07, 0.07]
    assert found.source["by_kind"] == {"CGĐ": 0.20}  # TĐ has what all have
    assert (found.source["source"], found.source["source_en"]) == (
        "Quyết định 12/QĐ-UBND", "Decision 12/QĐ-UBND")  # fmt: skip
    # A scale that the kind's own table lacks is that of all; the older table knows no kinds.
    assert tolerance_of(None, 1000, date(2026, 3, 1), own).of(kinds).tolist() == [0.15] * 5
    older = tolerance_of(None, 500, date(2025, 12, 31), own)
    assert older.of(kinds).tolist() == [0.10] * 5
    assert "by_kind" not in older.source


def test_what_was_asked_for_wins_over_kinds(own):
    found = tolerance_of(0.03, 500, date(2026, 3, 1), own)
    assert found.of(pd.Series(["CGĐ", "RG"], dtype=object)).tolist() == [0.03, 0.03]
    assert found.source == {"value_m": 0.03, "source": "option"}


def test_a_scale_only_a_kind_knows_is_no_scale_of_the_table(own):
    with pytest.raises(UsageError) as refused:
        tolerance_of(None, 2000, date(2026, 3, 1), own)
    assert refused.value.key == "errors.no_tolerance"


def test_a_day_without_a_table_is_refused(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(OWN.replace("    valid_from: 2026-01-01\n", "    valid_from: 2027-01-01\n"),
                    encoding="utf-8")  # fmt: skip
    with pytest.raises(UsageError) as refused:
        tolerance_of(None, 500, date(2026, 3, 1), load_tolerance_rules(path))
    assert refused.value.key == "errors.no_tolerance_then"


def test_the_shipped_table_has_two_circulars():
    rules = load_tolerance_rules()
    values = {200: 0.05, 500: 0.07, 1000: 0.15, 2000: 0.30, 5000: 1.50, 10000: 3.00}
    for day, article, confidence in (
        (date(2025, 1, 14), "25/2014", "likely"), (date(2025, 1, 15), "26/2024", "unverified"),
        (None, "26/2024", "unverified"),
    ):  # fmt: skip
        table = rules.on(day)
        assert article in table.article
        assert table.confidence == confidence
        assert {scale: table.metres(scale, "RG") for scale in values} == values


@pytest.mark.parametrize(("old", "new", "said"), [
    ("CGĐ: {500: 0.20}", "CGD: {500: 0.20}", "CGD"),
    ("CGĐ: {500: 0.20}", "CGĐ: 0.2", "by_kind CGĐ"),
    ("CGĐ: {500: 0.20}", "CGĐ: {500: -0.2}", "500: -0.2"),
    ("{500: 0.07, 1000: 0.15}", "{500: .inf}", "500: inf"),
    ("{500: 0.07, 1000: 0.15}", "{'1:500': 0.07}", "1:500"),
    ("{500: 0.07, 1000: 0.15}", "{500: true}", "500: True"),
    ("confidence: sure\n    valid_from", "confidence: certain\n    valid_from", "certain"),
    ("id: since", "id: before", "id before × 2"),
    ("valid_from: 2026-01-01", "valid_from: 2025-12-31",
     "before, since: 2025-12-31 – 2025-12-31"),
    ("    valid_to: 2025-12-31\n", "", "before, since: 2026-01-01 – …"),
    ("by_kind:", "by_knd:", "by_knd"),
    ("version: 3", "version: 3\nscales: 1", "scales"),
    ("valid_from: 2026-01-01", "valid_from: 2026", "since"),
])  # fmt: skip
def test_a_bad_file_is_refused_by_its_row(tmp_path, old, new, said):
    assert old in OWN
    path = tmp_path / "sai.yaml"
    path.write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        load_tolerance_rules(path)
    assert refused.value.key == "errors.rules_unreadable"
    assert said in refused.value.params["reason"]
    assert refused.value.params["model"] == "vn_markers"


@pytest.mark.parametrize("name", ["vn", "vn_edges"])
def test_a_shipped_set_of_another_kind_is_called_so(name):
    with pytest.raises(UsageError) as refused:
        load_tolerance_rules(name)
    assert refused.value.key == "errors.rules_other_set"
    assert refused.value.params["model"] == "vn_markers"
