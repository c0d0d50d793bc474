"""What a notebook hands to ``find_overlaps``, and what a plan says of the breadth of its works."""

from datetime import date, datetime

import pytest

import gisclusters as gc
from gisclusters.errors import InputRefusedError, UnavailableError, UsageError
from tests.scenes import clusters, plan, square

DAY = date(2026, 11, 15)


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"plans": plan(square(0, 0))}, TypeError, "plans must be a list of layers, not Layer"),
        ({"plans": ["a.gpkg"]}, TypeError, "plans must be layers read by read_layer, not str"),
        ({"plans": "a.gpkg"}, TypeError, "plans must be a list of layers, not str"),
        ({"plans": [clusters(square(0, 0))]}, ValueError,
         "plans must be of the kind plans, not clusters"),
        ({"clusters": plan(square(0, 0))}, ValueError,
         "clusters must be of the kind clusters, not plans"),
        ({"clusters": None}, TypeError, "clusters must be layers read by read_layer, not NoneType"),
        ({"as_of": datetime(2026, 11, 15)}, TypeError, "as_of must be a day .*, not datetime"),  # noqa: DTZ001
        ({"as_of": "2026-11-15"}, TypeError, "as_of must be a day .*, not str"),
    ],
)  # fmt: skip
def test_what_is_of_another_kind_is_refused_in_a_sentence(change, kind, words):
    asked = {"clusters": clusters(square(0, 0)), "plans": [plan(square(0, 0))], "as_of": DAY}
    assert len(gc.find_overlaps(**asked)) > 0
    with pytest.raises(kind, match=words):
        gc.find_overlaps(**(asked | change))


def test_an_error_reads_as_its_sentence():
    wrong = UsageError("errors.kind_unknown", value="roads", known="plans")
    assert str(wrong) == "There is no kind “roads”."
    assert "no store k.gpkg" in str(UnavailableError("errors.store_missing", value="k.gpkg"))
    assert str(UsageError("errors.none_such", value=1)) == "errors.none_such: {'value': 1}"


@pytest.mark.parametrize(
    ("width", "code"),
    [(-20, "not_positive"), (0, "not_positive"), ("-20 m", "not_positive"),
     ("hai mươi", "not_a_number"), (20, None), ("20,5 m", None), ("", None),
     (None, None)],
)  # fmt: skip
def test_the_breadth_of_a_work_is_a_length(width, code):
    if code is None:
        plan(square(0, 0), work_width_m=width)
        return
    with pytest.raises(InputRefusedError) as told:
        plan(square(0, 0), work_width_m=width)
    [issue] = told.value.issues
    assert (issue.code, issue.field) == (code, "work_width_m")
