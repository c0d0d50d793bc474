"""In which commune and old district clusters lie, and when two lie in the same."""

from datetime import date

import pytest

from gisclusters.efficiency.admin_units import Unit, communes_of, districts_of, membership
from tests.efficiency.founding_scenes import RULES
from tests.efficiency.scenes import layer, square

AFTER = date(2026, 9, 16)
DISTRICT = RULES.columns["district"]


def clusters(*rows):
    return layer("clusters", [{"cluster_id": f"C{k}"} | row for k, row in enumerate(rows)]).shapes


def places(**more):
    """One commune of before the mergers, and two of after."""
    return layer("places", [
        {"place_id": "K1", "name": "xã Cũ", "level": "commune", "valid_to": "2025-06-30",
         "geometry": square(0, 0, 20, 20)} | more,
        {"place_id": "M1", "name": "xã Tây", "level": "commune", "valid_from": "2025-07-01",
         "geometry": square(0, 0, 10, 20)},
        {"place_id": "M2", "name": "xã Đông", "level": "commune", "valid_from": "2025-07-01",
         "geometry": square(10, 0, 10, 20)},
        {"place_id": "T", "name": "tỉnh Kon Tum", "level": "province",
         "geometry": square(0, 0, 90, 90)},
    ])  # fmt: skip


def test_the_commune_of_the_day_that_holds_most_of_the_cluster():
    frame = clusters(
        {"geometry": square(1, 1, 4, 4), "commune": "Đông"},  # what lies there counts, no name
        {"geometry": square(7, 1, 4, 1)},  # three of four hectares in the west
        {"geometry": square(60, 60, 4, 4), "commune": "Xã  tây"},
        {"geometry": square(70, 60, 4, 4), "commune": "xã Cũ"},
        {"geometry": square(80, 60, 4, 4)},
    )
    found = communes_of(frame, [places()], AFTER)
    assert [(unit.name, unit.place_id, unit.several, unit.ended) for unit in found] == [
        ("xã Tây", "M1", False, False), ("xã Tây", "M1", True, False),
        ("Xã  tây", None, False, False), (None, None, False, True), (None, None, False, False),
    ]  # fmt: skip
    before = communes_of(frame, [places()], date(2025, 6, 30))
    assert [unit.place_id for unit in before][:2] == ["K1", "K1"]
    assert [membership(found[0], unit) for unit in found] == [
        "in", "in", "in", "unknown", "unknown"]  # fmt: skip


def test_the_old_district_is_named_by_the_cluster_or_by_its_old_commune():
    frame = clusters(
        {"geometry": square(1, 1), "Huyện cũ": "huyện Đăk Hà"}, {"geometry": square(3, 1)},
        {"geometry": square(60, 60)},
    )  # fmt: skip
    assert [unit.name for unit in districts_of(frame, [], DISTRICT)] == [
        "huyện Đăk Hà", None, None]  # fmt: skip
    named = [places(district_old="Đăk Hà")]
    found = districts_of(frame, named, DISTRICT)
    assert [unit.name for unit in found] == ["huyện Đăk Hà", "Đăk Hà", None]
    assert membership(found[0], found[1]) == "in"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Unit(name="huyện Châu Thành"), Unit(name="H. Châu  Thành"), "in"),
        (Unit(name="huyện Cao Lãnh"), Unit(name="TP. Cao Lãnh"), "out"),
        (Unit(name="xã Tân Hòa"), Unit(name="xã Tân Hoa"), "out"),
        (Unit(name="Châu Thành", province="Long An"), Unit(name="Châu Thành", province="Tây Ninh"),
         "unknown"),
        (Unit(name="Châu Thành", province="Long An"), Unit(name="Châu Thành"), "in"),
        (Unit(name="A", place_id="1"), Unit(name="A", place_id="2"), "out"),
        (Unit(name="A", place_id="1"), Unit(name="B"), "unknown"),
        (Unit(name="A", place_id="1"), Unit(), "unknown"),
        (Unit(), Unit(), "unknown"),
    ],
)  # fmt: skip
def test_names_are_the_same_unit_or_not_or_nobody_can_tell(one, other, expected):
    assert membership(one, other) == membership(other, one) == expected
