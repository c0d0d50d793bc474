"""The overlap rules: which category judges the land code of a zone."""

import pandas as pd

from gisclusters.rules.overlaps import load_rules


def test_a_column_of_codes_is_judged_as_each_code_alone():
    rules = load_rules("vn")
    words = pd.Series(["LUK", "road", "LUK", "XYZ"], index=[3, 1, 2, 0])
    told = rules.categories_of(words)
    assert list(told.index) == [3, 1, 2, 0]
    assert list(told) == [rules.codes["LUK"], "road", rules.codes["LUK"], "unclassified"]
    assert len(rules.categories_of(words[:0])) == 0
