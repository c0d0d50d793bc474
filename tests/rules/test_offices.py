"""Who acts on which list: the shipped duties, and names of one's own."""

from datetime import date

import pytest

from gisclusters.errors import UsageError
from gisclusters.rules.offices import LISTS, load_offices

DAY = date(2026, 11, 15)
OWN = """
name: van_phong
version: "1"
base: vn_offices
names:
  - {office: commune, name: "Phòng Kinh tế"}
  - {office: commune, province: "Quảng Ngãi", name: "Các xã của Quảng Ngãi"}
  - {office: commune, province: "Quảng Ngãi", commune: "Sa Bình", name: "UBND xã Sa Bình"}
"""


def own(tmp_path, text):
    path = tmp_path / "van_phong.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_list_has_an_office_since_districts_ended_and_none_is_held_to_be_sure():
    offices = load_offices()
    for name in LISTS:
        duty = offices.duty_on(name, date(2025, 7, 1))
        assert duty is not None
        assert duty.confidence == "unverified"
        assert offices.duty_on(name, date(2025, 6, 30)) is None


@pytest.mark.parametrize(
    ("province", "commune", "expected"),
    [
        ("Quảng Ngãi", "Sa Bình", "UBND xã Sa Bình"),
        ("tỉnh Quảng Ngãi", "Xã  SA BÌNH", "UBND xã Sa Bình"),
        ("Quảng Ngãi", "Đăk Cấm", "Các xã của Quảng Ngãi"),
        ("Tây Ninh", "Sa Bình", "Phòng Kinh tế"),
        (None, None, "Phòng Kinh tế"),
    ],
)
def test_the_name_of_the_nearest_place_counts(tmp_path, province, commune, expected):
    offices = load_offices(own(tmp_path, OWN))
    assert offices.name_of("commune", province=province, commune=commune) == expected
    assert offices.name_of("environment", province=province, commune=commune) is None


def test_a_duty_of_ones_own_replaces_that_list_alone(tmp_path):
    mine = OWN.replace("names:", """duties:
  - id: mine
    list: idle
    office: council
    vi: "Tổ công tác"
    en: "Task force"
    act_vi: "kiểm tra"
    act_en: "inspect"
    valid_from: 2026-01-01
    valid_to: null
    article: "Quyết định 1/QĐ-UBND"
    confidence: sure
names:""")  # fmt: skip
    offices = load_offices(own(tmp_path, mine))
    idle, late = offices.duty_on("idle", DAY), offices.duty_on("late", DAY)
    assert idle is not None
    assert late is not None
    assert (idle.office, idle.confidence, late.office) == ("council", "sure", "commune")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("names:", "nams:", "nams"),
        ("office: commune, name", "office: comune, name", "comune"),
        ('name: "Phòng Kinh tế"', "name: 3", "name: 3"),
        ('name: "Phòng Kinh tế"', 'nam: "Phòng Kinh tế"', "nam"),
        ('commune: "Sa Bình"', 'commune: ""', "commune"),
        ('province: "Quảng Ngãi", name', "name", "commune × 2"),
        ("base: vn_offices", "base: vn_markers", "vn_markers"),
        ("base: vn_offices", "base: khac", "khac"),
        ("base: vn_offices", "", "duties"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_what_is_wrong(tmp_path, old, new, named):
    assert old in OWN
    with pytest.raises(UsageError) as refusal:
        load_offices(own(tmp_path, OWN.replace(old, new, 1)))
    assert named in str(refusal.value)
