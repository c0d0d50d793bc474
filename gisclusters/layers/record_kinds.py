"""Tables of what is built for a cluster together, and of what inspectors found.

``works`` are the shared works of a cluster as Decree 32/2024/NĐ-CP, Art. 2(4), lists them:
one row a work, its planned and actual days, capacity, capital.  ``inspections`` are one row
a finding, of a cluster or of a parcel.
"""

from __future__ import annotations

from gisclusters.domain.shared_works import WORKS
from gisclusters.layers.fields import Field, Kind

INSPECTION_STATES = ("open", "fixed", "appealed")

_OF = ("doi tuong", "ma cum", "ma ccn", "cum", "cum cong nghiep", "ccn", "cua")
_SOURCE = Field("source", aliases=("nguon", "nguon so lieu"))
_WORK_WORDS = {
    "road": ("duong", "duong noi bo", "duong giao thong", "giao thong", "duong giao thong noi bo"),
    "water": ("cap nuoc", "nuoc sach", "he thong cap nuoc", "nuoc"),
    "power": ("cap dien", "dien", "he thong cap dien"),
    "fire_safety": ("pccc", "phong chay chua chay", "phong chay", "chua chay"),
    "wastewater": (
        "xu ly nuoc thai", "nuoc thai", "tram xu ly nuoc thai", "thu gom xu ly nuoc thai",
        "thu gom va xu ly nuoc thai", "thoat nuoc va xu ly nuoc thai", "tram xlnt", "xlnt",
    ),
    "solid_waste": ("chat thai ran", "rac thai", "xu ly chat thai ran", "thu gom chat thai ran"),
    "lighting": ("chieu sang", "dien chieu sang", "chieu sang cong cong"),
    "telecom": ("vien thong", "thong tin lien lac", "thong tin", "buu chinh vien thong"),
    "greenery": ("cay xanh",),
    "pavement": ("via he", "he duong"),
}  # fmt: skip
_STATE_WORDS = {
    "open": ("chua khac phuc", "dang xu ly", "dang khac phuc", "chua xu ly", "mo"),
    "fixed": ("da khac phuc", "da xu ly", "khac phuc xong"),
    "appealed": ("khieu nai", "dang khieu nai"),
}


def _spelled(words: dict[str, tuple[str, ...]]) -> tuple[tuple[str, str], ...]:
    return tuple((spelling, word) for word, each in words.items() for spelling in each)


RECORD_KINDS = (
    Kind(
        "works", "of", "none",
        (
            Field("of", required=True, aliases=_OF),
            Field("work", required=True, allowed=WORKS, spellings=_spelled(_WORK_WORDS), aliases=(
                "cong trinh", "hang muc", "hang muc cong trinh", "loai cong trinh")),
            Field("name", aliases=("ten cong trinh", "ten hang muc")),
            Field("planned_from", "date", aliases=(
                "khoi cong theo ke hoach", "ke hoach khoi cong", "khoi cong theo tien do",
                "du kien khoi cong")),
            Field("planned_to", "date", aliases=(
                "hoan thanh theo ke hoach", "ke hoach hoan thanh", "hoan thanh theo tien do",
                "du kien hoan thanh")),
            Field("actual_from", "date", aliases=(
                "khoi cong thuc te", "thuc te khoi cong", "ngay khoi cong")),
            Field("actual_to", "date", aliases=(
                "hoan thanh thuc te", "thuc te hoan thanh", "ngay hoan thanh")),
            Field("capacity", "number", aliases=("cong suat", "cong suat thiet ke")),
            Field("demand", "number", aliases=("nhu cau", "luong phat sinh")),
            Field("unit", aliases=("don vi", "don vi tinh", "dvt")),
            Field("connected_parcels", aliases=(
                "thua da dau noi", "so thua da dau noi", "thua dau noi", "so thua dau noi",
                "don vi dau noi")),
            Field("meets_standard", "boolean", aliases=("dat quy chuan", "dat chuan")),
            Field("standard", aliases=("quy chuan", "quy chuan ap dung", "tieu chuan")),
            Field("capital_approved", "number", aliases=(
                "von duoc duyet", "von phe duyet", "von duyet", "tong muc dau tu")),
            Field("capital_paid", "number", aliases=(
                "von da thuc hien", "von thuc hien", "von da giai ngan", "von da thanh toan")),
            Field("capital_unit", aliases=("don vi von", "don vi tien")),
            _SOURCE,
        ),
        key=("of", "work", "name"), repeats=True,
    ),
    Kind(
        "inspections", "of", "none",
        (
            Field("of", required=True, aliases=(*_OF, "ma thua", "thua")),
            Field("inspected_on", "date", required=True, aliases=(
                "ngay kiem tra", "ngay thanh tra", "kiem tra ngay")),
            Field("by", aliases=(
                "don vi kiem tra", "co quan kiem tra", "doan kiem tra", "co quan")),
            Field("finding", aliases=("ket luan", "ket qua", "noi dung", "noi dung kiem tra")),
            Field("violation", "boolean", aliases=("vi pham", "co vi pham")),
            Field("article", aliases=("dieu khoan", "can cu", "can cu phap ly")),
            Field("state", allowed=INSPECTION_STATES, spellings=_spelled(_STATE_WORDS), aliases=(
                "trang thai", "tinh trang", "tinh trang xu ly")),
            Field("due_on", "date", aliases=("han khac phuc", "thoi han khac phuc")),
            Field("fixed_on", "date", aliases=("ngay khac phuc", "khac phuc ngay")),
            _SOURCE,
        ),
        key=("of", "inspected_on", "by", "finding"), repeats=True,
    ),
)  # fmt: skip
"""Further kinds without shapes; ``kinds.KINDS`` holds them with the others."""

UNIT_FIELDS = {
    "works": {"capacity": "unit", "demand": "unit", "capital_approved": "capital_unit",
              "capital_paid": "capital_unit"},
    "indicators": {"value": "unit"},
}  # fmt: skip
"""Of each kind: the numbers that have a unit, and the field that holds it."""
