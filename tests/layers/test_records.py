"""Tables of works and inspections through the one gate: spellings, units, what is refused."""

import openpyxl
import pandas as pd
import pytest

from gisclusters import words
from gisclusters.domain.shared_works import WORKS
from gisclusters.errors import InputRefusedError
from gisclusters.layers.record_kinds import RECORD_KINDS
from gisclusters.layers.units import unit_named
from gisclusters.readers import read_layer

HEADS = ["Cụm", "Hạng mục", "Khởi công theo kế hoạch", "Hoàn thành theo kế hoạch", "Công suất",
         "Nhu cầu", "Đơn vị", "Vốn được duyệt (tỷ đồng)", "Vốn đã thực hiện (tỷ đồng)",
         "Đạt quy chuẩn"]  # fmt: skip
ROWS = [
    ["CCN-01", "Xử lý nước thải", "01/02/2024", "30/06/2026", "1.200,5", "900,0",
     "m³/ngày đêm", "45,5", "12,25", "có"],
    ["CCN-01", "PCCC", None, None, None, None, None, None, None, None],
]  # fmt: skip


def csv(tmp_path, heads, *rows, name="a.csv"):
    path = tmp_path / name
    pd.DataFrame(rows, columns=heads).to_csv(path, index=False, encoding="utf-8")
    return path


def xlsx(tmp_path, heads, *rows):
    book = openpyxl.Workbook()
    book.active.append(["BẢNG THEO DÕI HẠ TẦNG"])
    book.active.append([])
    for row in (heads, *rows):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


@pytest.mark.parametrize("write", [csv, xlsx])
def test_works_as_an_office_writes_them(tmp_path, write):
    frame = read_layer("works", write(tmp_path, HEADS, *ROWS)).frame
    assert frame["work"].tolist() == ["wastewater", "fire_safety"]
    first = frame.iloc[0]
    assert (first["capital_approved"], first["capital_paid"]) == (45.5e9, 12.25e9)
    assert (first["capital_unit"], first["unit"]) == ("đồng", "m³/ngày")
    assert (first["capacity"], first["demand"], first["meets_standard"]) == (1200.5, 900, True)
    assert first["planned_from"] == pd.Timestamp("2024-02-01")
    assert frame.iloc[1][["capital_approved", "capacity", "planned_to"]].isna().all()


def test_a_unit_of_its_own_column_counts_row_by_row(tmp_path):
    heads = ["of", "work", "capital_paid", "capital_unit", "capacity", "unit"]
    path = csv(tmp_path, heads, ["C", "road", 3, "tỷ đồng", None, None],
               ["C", "water", 500, "triệu đồng", 10, "m3/h"],
               ["C", "power", 7, "đồng", 2, "MVA"], ["C", "telecom", None, None, 4, "tuyến"])  # fmt: skip
    frame = read_layer("works", path).frame
    assert frame["capital_paid"].tolist()[:3] == [3e9, 5e8, 7]
    assert frame["capacity"].tolist()[1:] == [240, 2000, 4]
    assert frame["unit"].tolist()[1:] == ["m³/ngày", "kVA", "tuyến"]


def refused(kind, path):
    with pytest.raises(InputRefusedError) as refusal:
        read_layer(kind, path)
    return refusal.value.issues


@pytest.mark.parametrize(("heads", "row", "code"), [
    (["planned_from", "planned_to"], ["2026-02-01", "2026-01-31"], "dates_reversed"),
    (["actual_from", "actual_to"], ["2026-02-01", "2026-01-31"], "dates_reversed"),
    (["capacity"], [-1], "negative"),
    (["capital_paid", "capital_unit"], [-1, "đồng"], "negative"),
    (["capital_paid"], [5], "capital_unit_unknown"),
    (["capital_paid", "capital_unit"], [5, "USD"], "capital_unit_unknown"),
    (["capital_paid", "capital_unit"], [5, "người"], "capital_unit_unknown"),
    (["meets_standard"], ["gần đạt"], "not_a_boolean"),
    (["Vốn được duyệt (tỷ đồng)", "Vốn đã thực hiện (triệu đồng)"], [5, 6],
     "header_units_differ"),
])  # fmt: skip
def test_what_cannot_be_is_refused(tmp_path, heads, row, code):
    path = csv(tmp_path, ["of", "work", *heads], ["C", "road", *row])
    issues = refused("works", path)
    assert [issue.code for issue in issues if issue.level == "error"] == [code]
    assert all(words.issue_text(issue, lang)[0] for issue in issues for lang in words.LANGS)


def test_days_and_numbers_that_just_fit_are_taken(tmp_path):
    heads = ["of", "work", "planned_from", "planned_to", "capacity", "capital_paid", "capital_unit"]
    path = csv(tmp_path, heads, ["C", "road", "2026-02-01", "2026-02-01", 0, 0, "đồng"])
    assert read_layer("works", path).frame["capacity"].tolist() == [0]


def test_an_unknown_work_is_refused_with_the_list(tmp_path):
    path = csv(tmp_path, ["Cụm", "Hạng mục"], ["C", "Sân bay"])
    [issue] = [each for each in refused("works", path) if each.level == "error"]
    _, told = words.issue_text(issue, "vi")
    assert issue.code == "value_not_allowed"
    assert all(f"({word})" in told for word in WORKS)
    assert "Phòng cháy chữa cháy (fire_safety)" in told


def test_every_spelling_is_folded_and_means_one_word():
    for kind in RECORD_KINDS:
        for field in kind.fields:
            spellings = [spelling for spelling, _ in field.spellings]
            assert len(set(spellings)) == len(spellings)
            assert {word for _, word in field.spellings} <= set(field.allowed)
        aliases = [alias for field in kind.fields for alias in field.aliases]
        assert len(set(aliases)) == len(aliases), kind.name


def test_inspections_as_an_office_writes_them(tmp_path):
    heads = ["Đối tượng", "Ngày kiểm tra", "Cơ quan kiểm tra", "Kết luận", "Vi phạm", "Tình trạng",
             "Hạn khắc phục", "Ngày khắc phục"]  # fmt: skip
    path = csv(
        tmp_path, heads,
        ["T1", "10/03/2026", "Sở NN&MT", "Xả thải", "có", "Đã khắc phục", "10/06/2026",
         "20/05/2026"],
        ["T2", "11/03/2026", "UBND xã", "Không có giấy phép", "x", "đang xử lý", None, None],
    )  # fmt: skip
    frame = read_layer("inspections", path).frame
    assert frame["state"].tolist() == ["fixed", "open"]
    assert frame["violation"].tolist() == [True, True]
    assert frame["fixed_on"].iloc[0] == pd.Timestamp("2026-05-20")


@pytest.mark.parametrize(("heads", "row", "code"), [
    (["due_on"], ["2026-02-28"], "dates_reversed"),
    (["fixed_on"], ["2026-02-28"], "dates_reversed"),
    (["state"], ["đóng"], "value_not_allowed"),
])  # fmt: skip
def test_inspections_that_cannot_be_are_refused(tmp_path, heads, row, code):
    path = csv(tmp_path, ["of", "inspected_on", *heads], ["T1", "2026-03-01", *row])
    assert [each.code for each in refused("inspections", path) if each.level == "error"] == [code]


def test_an_inspection_needs_its_day_and_an_open_one_has_no_day_of_mending(tmp_path):
    path = csv(tmp_path, ["of", "finding"], ["T1", "Xả thải"])
    assert [each.code for each in refused("inspections", path)] == ["value_missing"]
    path = csv(tmp_path, ["of", "inspected_on", "state", "fixed_on"],
               ["T1", "2026-03-01", "open", "2026-04-01"])  # fmt: skip
    assert "state_contradicts" in [each.code for each in read_layer("inspections", path).issues]


def test_a_column_for_each_figure_is_a_row_for_each_figure(tmp_path):
    heads = ["TT", "Mã cụm", "Tên cụm", "Năm", "Doanh thu (tỷ đồng)", "Lao động", "Ghi chú"]
    path = xlsx(tmp_path, heads, [1, "N5", "CCN Một", 2025, 850.5, 640, "x"],
                [2, "N8", "CCN Hai", 2025, None, 0, None])  # fmt: skip
    frame = read_layer("indicators", path).frame
    names = ["of", "name", "period", "value", "unit", "source_row"]
    told = frame[names].astype(object).where(frame[names].notna(), None).to_numpy().tolist()
    assert told == [
        ["N5", "Doanh thu", "2025", 850.5, "tỷ đồng", 4],
        ["N5", "Lao động", "2025", 640, None, 4],
        ["N8", "Lao động", "2025", 0, None, 5],
    ]
    assert frame["Ghi chú"].tolist()[0] == "x"


def test_a_column_of_names_is_never_taken_for_figures(tmp_path):
    heads = ["Đối tượng", "Chỉ tiêu", "Kỳ", "Giá trị (tỷ đồng)", "Lao động"]
    frame = read_layer(
        "indicators", csv(tmp_path, heads, ["C", "Doanh thu", "2025", "5", "7"])
    ).frame
    assert frame[["name", "value", "unit"]].to_numpy().tolist() == [["Doanh thu", 5, "tỷ đồng"]]


@pytest.mark.parametrize(("written", "name", "factor"), [
    ("Tỷ đồng", "tỷ đồng", 1e9), ("tỉ đồng", "tỷ đồng", 1e9), ("triệu đồng", "triệu đồng", 1e6),
    ("VND", "đồng", 1), ("nghìn đồng", "nghìn đồng", 1e3), ("người", "người", 1),
    ("m³/ngày đêm", "m³/ngày", 1), ("m3/ngđ", "m³/ngày", 1), ("m³/h", "m³/giờ", 24),
    ("l/s", "l/s", 86.4), ("tấn/ngày", "tấn/ngày", 1), ("0/1", "0/1", 1),
])  # fmt: skip
def test_units_as_offices_write_them(written, name, factor):
    unit = unit_named(written)
    assert (unit.name, unit.factor) == (name, factor)


def test_a_unit_nobody_knows_is_none():
    assert [unit_named(each) for each in ("USD", "", None, "tỷ", "đ/m2")][:3] == [None] * 3
    assert unit_named("đ/m2") is None
