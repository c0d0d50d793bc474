"""The kinds of layer and the fields of each, as other programs rely on them.

A field is text unless it says otherwise.  ``aliases`` are the headers that offices write,
folded (lower case, no diacritics, words joined by one space).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from gisclusters.domain.marker_kinds import MARKER_KINDS
from gisclusters.errors import UsageError
from gisclusters.layers.fields import Field, FieldType, Kind, Shape
from gisclusters.layers.record_kinds import RECORD_KINDS

__all__ = [
    "KINDS", "Field", "FieldType", "Kind", "LandCode", "Shape", "kind_named", "land_codes",
]  # fmt: skip

CLUSTER_STATUSES = (
    "in_plan", "calling", "appraisal", "established", "detailed_plan", "land_cleared",
    "building", "operating", "abolished", "withdrawn", "operating_not_established",
)  # fmt: skip
PLAN_STATUSES = ("draft", "in_force", "archived", "withdrawn")
LOT_USES = ("industrial", "service", "transport", "green", "technical", "other")
MARKER_STATES = ("found", "broken", "lost", "replaced", "buried", "not_accessible")
CATEGORY_WORDS = (
    "rice", "special_use_forest", "protection_forest", "production_forest", "agriculture",
    "housing", "defence", "security", "military", "relic_zone_1", "relic_zone_2", "road",
    "bridge", "dike", "irrigation", "water_source", "mineral", "cluster", "industrial_park",
    "cluster_land", "urban_plan", "utility", "unclassified",
)  # fmt: skip

_COMMON = (
    Field("accuracy_m", "number", positive=True, aliases=("sai so", "do chinh xac", "sigma m")),
    Field("decision", aliases=("quyet dinh", "so quyet dinh", "van ban")),
    Field("in_force_from", "date", aliases=("hieu luc tu", "ngay hieu luc")),
    Field("in_force_to", "date", aliases=("hieu luc den", "het hieu luc")),
)
_LEASE_FIELDS = (
    Field("lease_id", aliases=("so hop dong", "hop dong thue", "ma hop dong")),
    Field("lessee", aliases=("ben thue", "doanh nghiep", "don vi thue", "nguoi thue dat")),
    Field("occupant", aliases=("don vi su dung", "nguoi su dung", "don vi dang su dung")),
    Field("approved_on", "date", aliases=("ngay chap thuan", "ngay chap thuan dau tu")),
    Field("lease_from", "date", aliases=("thue tu", "thue tu ngay", "ngay thue")),
    Field("lease_to", "date", aliases=("thue den", "thue den ngay", "het han thue")),
    Field("handed_over_on", "date", aliases=("ngay ban giao", "ngay ban giao dat")),
    Field("planned_start_on", "date", aliases=("khoi cong theo tien do", "du kien khoi cong")),
    Field("planned_finish_on", "date", aliases=("hoan thanh theo tien do", "du kien hoan thanh")),
    Field("started_on", "date", aliases=("ngay khoi cong", "khoi cong")),
    Field("finished_on", "date", aliases=("ngay hoan thanh", "hoan thanh")),
    Field("producing_on", "date", aliases=("ngay san xuat", "ngay hoat dong", "di vao hoat dong")),
    Field("use_stopped_on", "date", aliases=("ngay ngung su dung", "ngung su dung")),
    Field("extension_decided_on", "date", aliases=("ngay gia han", "ngay quyet dinh gia han")),
    Field("extension_until", "date", aliases=("gia han den", "gia han den ngay")),
    Field("force_majeure", aliases=("bat kha khang",)),
    Field("transfer_approved_on", "date", aliases=("ngay chap thuan chuyen nhuong",)),
)
_REGISTERED_AREA = Field(
    "registered_area_m2", "number", positive=True,
    aliases=("dien tich", "dien tich m2", "dien tich dang ky", "dien tich dang ky m2"),
)  # fmt: skip
_CLUSTER_ID = Field("cluster_id", aliases=("ma cum", "ma ccn", "cum cong nghiep", "ccn"))

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "clusters", "cluster_id", "polygon",
            (
                Field("cluster_id", required=True, aliases=_CLUSTER_ID.aliases),
                Field("name", aliases=("ten", "ten cum", "ten ccn", "ten cum cong nghiep")),
                Field("status", allowed=CLUSTER_STATUSES, aliases=("trang thai", "tinh trang")),
                Field("commune", aliases=("xa", "phuong", "xa phuong")),
                Field("province", aliases=("tinh", "tinh thanh")),
                _REGISTERED_AREA,
                Field("registered_industrial_area_m2", "number", positive=True,
                      aliases=("dien tich dat cong nghiep", "dat cong nghiep")),
                Field("industries", aliases=("nganh nghe",)),
                Field("owner", aliases=("chu dau tu", "chu dau tu ha tang")),
                Field("craft_village", "boolean", aliases=("lang nghe",)),
                Field("mountain", "boolean", aliases=("mien nui",)),
                *_COMMON,
            ),
            key=("cluster_id",),
        ),
        Kind(
            "markers", "marker_id", "point",
            (
                Field("marker_id", required=True, aliases=(
                    "so hieu moc", "ten moc", "ten diem", "so hieu diem", "moc", "diem", "point",
                    "so hieu", "ten", "name")),
                Field("cluster_id", aliases=(*_CLUSTER_ID.aliases, "don vi")),
                Field("marker_kind", allowed=MARKER_KINDS, aliases=("loai moc",)),
                Field("order", "integer", aliases=("thu tu", "tt", "stt")),
                Field("ring", "integer", aliases=("vong",)),
                # A reference marker (MTC) leads to the point itself: its name, and the way there.
                Field("reference_of", aliases=("moc dan toi", "dan toi moc")),
                Field("offset_e_m", "number"),
                Field("offset_n_m", "number"),
                Field("offset_m", "number", aliases=("khoang cach dan",)),
                Field("offset_azimuth_deg", "number", aliases=("phuong vi dan",)),
                *_COMMON,
            ),
            key=("cluster_id", "marker_id"),
        ),
        Kind(
            "parcels", "parcel_id", "polygon",
            (
                Field("parcel_id", required=True, aliases=("ma thua", "lo", "ky hieu lo", "ma lo")),
                _CLUSTER_ID,
                Field("sheet_no", aliases=("so to", "to ban do", "to")),
                Field("parcel_no", aliases=("so thua", "thua", "thua dat")),
                _REGISTERED_AREA,
                Field("land_code", aliases=("ma dat", "loai dat", "muc dich su dung")),
                *_LEASE_FIELDS,
                *_COMMON,
            ),
            key=("parcel_id",),
        ),
        Kind(
            "leases", "parcel_id", "none",
            (
                Field("parcel_id", required=True, aliases=("ma thua", "lo", "ky hieu lo", "ma lo")),
                *_LEASE_FIELDS,
                *_COMMON,
            ),
            key=("parcel_id", "lease_id"), repeats=True,
        ),
        Kind(
            "plans", "zone_id", "any",
            (
                Field("zone_id", required=True, aliases=("ma vung", "ma doi tuong", "madoituong")),
                Field("plan_id", aliases=("ma quy hoach", "mathongtinqh")),
                Field("category", required=True, aliases=(
                    "loai", "loai dat", "ma dat", "loai quy hoach")),
                Field("title", aliases=("ten", "ten quy hoach", "ten doi tuong", "tendoituong")),
                Field("status", allowed=PLAN_STATUSES, aliases=("trang thai", "tinh trang")),
                Field("map_scale", "number", positive=True, aliases=("ty le", "ty le ban do")),
                Field("class", aliases=("cap", "cap duong")),
                Field("grade", aliases=("cap de",)),
                Field("flow_m3s", "number", positive=True, aliases=("luu luong",)),
                Field("voltage_kv", "number", positive=True, aliases=("dien ap",)),
                *_COMMON,
            ),
            key=("plan_id", "zone_id"),
        ),
        Kind(
            "lots", "lot_id", "polygon",
            (
                Field("lot_id", required=True, aliases=("lo", "ky hieu lo", "ma lo")),
                _CLUSTER_ID,
                Field("use", required=True, allowed=LOT_USES, aliases=(
                    "chuc nang", "chuc nang su dung", "muc dich su dung")),
                Field("serviced_on", "date", aliases=("ngay hoan thanh ha tang",)),
                Field("floors", "integer", aliases=("tang cao", "so tang")),
                *_COMMON,
            ),
            key=("cluster_id", "lot_id"),
        ),
        Kind(
            "surveys", "marker_id", "point",
            (
                Field("marker_id", required=True, aliases=(
                    "point", "point id", "pointid", "name", "ten diem", "so hieu moc", "ten moc",
                    "so hieu diem", "moc", "diem", "ten", "ptid", "pt id", "pt", "point name",
                    "point no", "point number")),
                Field("accuracy_m", "number", positive=True, aliases=(
                    "hrms", "sigma m", "h rms", "horizontal accuracy", "sai so", "accuracy")),
                Field("fix", aliases=("solution", "status", "fix type")),
                Field("epochs", "integer", aliases=("so epoch",)),
                Field("observed_at", "datetime", aliases=("time", "date", "thoi gian", "ngay do")),
                Field("state", allowed=MARKER_STATES, aliases=("tinh trang", "hien trang")),
                Field("role", allowed=("marker", "control"), aliases=("vai tro",)),
                Field("cluster_id", aliases=_CLUSTER_ID.aliases),
            ),
            key=(), repeats=True,
        ),
        Kind(
            "buildings", "building_id", "polygon",
            (
                Field("building_id", required=True, aliases=("ma nha", "ma cong trinh")),
                Field("parcel_id", aliases=("ma thua", "lo", "ma lo")),
                Field("floors", "integer", aliases=("so tang", "tang cao")),
                Field("built_on", "date", aliases=("ngay xay dung",)),
                *_COMMON,
            ),
            key=("building_id",),
        ),
        Kind(
            "places", "place_id", "polygon",
            (
                Field("place_id", required=True, aliases=(
                    "ma xa", "ma tinh", "ma don vi", "ma", "code", "ward code", "maxa", "matinh")),
                Field("name", aliases=("ten", "ten xa", "ten tinh", "tenxa", "tentinh", "fullname",
                    "full name")),
                Field("level", allowed=("commune", "province"), aliases=("cap",)),
                Field("valid_from", "date"),
                Field("valid_to", "date"),
                Field("parent_id", aliases=("parent", "ma tinh cha", "province code")),
                *_COMMON,
            ),
            key=("place_id",),
        ),
        Kind(
            "indicators", "of", "none",
            (
                Field("of", required=True, aliases=("doi tuong", "ma cum", "cua")),
                Field("name", required=True, aliases=("chi tieu", "ten chi tieu")),
                Field("period", required=True, aliases=("ky", "nam", "ky bao cao")),
                Field("value", "number", required=True, aliases=("gia tri", "so lieu")),
                Field("unit", aliases=("don vi", "don vi tinh", "dvt")),
                Field("source", aliases=("nguon", "nguon so lieu")),
            ),
            key=("of", "name", "period"), repeats=True,
        ),
        *RECORD_KINDS,
    )
}  # fmt: skip


def kind_named(name: str) -> Kind:
    """The kind called ``name``.  Raises UsageError (``kind_unknown``)."""
    if name not in KINDS:
        raise UsageError("errors.kind_unknown", value=name, known=", ".join(KINDS))
    return KINDS[name]


@dataclass(frozen=True, slots=True)
class LandCode:
    """A land code of the 2024 classification, or an older one still found in files."""

    code: str
    name_vi: str
    name_en: str
    group: str


@cache
def land_codes() -> dict[str, LandCode]:
    """Every land code by its letters; group ``legacy-2013`` marks the older ones."""
    table = resources.files("gisclusters.domain").joinpath("land_codes.csv")
    with table.open(encoding="utf-8") as lines:
        return {
            row["code"]: LandCode(row["code"], row["name_vi"], row["name_en"], row["group"])
            for row in csv.DictReader(lines)
        }


LEGACY_LAND_CODES = {
    "BHK": "HNK", "NHK": "HNK", "DDT": "DDD", "DDL": "DDD", "DSH": "DKV", "LUN": "LUK",
}  # fmt: skip
"""Old code → code of the 2024 classification (Circular 08/2024/TT-BTNMT)."""
