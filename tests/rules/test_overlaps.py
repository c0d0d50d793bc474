"""The overlap rules: which category judges the land code of a zone."""

from gisclusters.rules.overlaps import load_rules


def test_every_word_is_judged_as_if_alone():
    rules = load_rules("vn")
    told = rules.categories_of(["LUK", "road", "XYZ"])
    assert told == {"LUK": rules.codes["LUK"], "road": "road", "XYZ": "unclassified"}
