"""The system that a table names in words, or in its shapes, is held against what people say."""

import openpyxl
import pyproj
import pytest

from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs_names import identify_crs, vn2000_like
from gisclusters.readers import ReadOptions, read_layer
from gisclusters.readers.degrees import degree
from gisclusters.readers.system_words import said_in
from gisclusters.words import issue_text

LONG_AN = ReadOptions(province="Long An")
CORNERS = [(1_221_000, 570_000), (1_221_000, 570_400), (1_221_300, 570_400), (1_221_300, 570_000)]
ROWS = "".join(f"M{k};{north};{east}\n" for k, (north, east) in enumerate(CORNERS, 1))


def table(folder, title, note=""):
    path = folder / "bang.csv"
    path.write_text(f'"{title}";;\nTên;X;Y\n{ROWS}"{note}";;\n', encoding="utf-8")
    return path


def refusal(path, options=LONG_AN, kind="markers"):
    with pytest.raises(InputRefusedError) as found:
        read_layer(kind, path, options)
    [issue] = [issue for issue in found.value.issues if issue.level == "error"]
    for lang in ("vi", "en"):
        assert all(issue_text(issue, lang))
    return issue


@pytest.mark.parametrize(
    ("words", "option", "found"),
    [
        ("Hệ tọa độ WGS 84 UTM zone 48", "--crs EPSG:32648", "EPSG:32648"),
        ("WGS84/UTM48N", "--crs EPSG:32648", "EPSG:32648"),
        ("VN-2000, múi 48", "--crs EPSG:3405", "EPSG:3405"),
        ("UTM zone 48N", "--crs EPSG:3405 / EPSG:32648", None),
        ("múi 48", "--crs EPSG:3405 / EPSG:32648", None),
        ("múi 6 độ", "--crs EPSG:3405 / EPSG:3406", None),
        ("VN-2000, k0 = 0.9996", "--crs EPSG:3405 / EPSG:3406", None),
        ("Hệ số k0=0,9996", "--crs EPSG:3405 / EPSG:3406", None),
        ("WGS-84", "--crs EPSG:32648 / EPSG:32649", None),
        ("KTT 105°, múi chiếu 6°", "--crs EPSG:3405", "EPSG:3405"),
        ("KTT 107°45'", "--crs EPSG:5899", "EPSG:5899"),
        ("VN-2000 105°30' múi 3°", "--crs EPSG:9209", "EPSG:9209"),
        ("Kinh tuyến trục (KTT) của tỉnh: 107°45'", "--crs EPSG:5899", "EPSG:5899"),
        ("KTT: 107o45'", "--crs EPSG:5899", "EPSG:5899"),
        ("VN-2000 / TM-3 107-45", "--crs EPSG:5899", "EPSG:5899"),
        ("VN-2000 múi 482", "--crs EPSG:5897", "EPSG:5897"),
    ],
)
@pytest.mark.parametrize("below", [False, True])
def test_words_of_another_system_refuse_the_zone_of_the_province(
    tmp_path, words, option, found, below
):
    path = table(tmp_path, *(("Bảng tọa độ", words) if below else (words, "")))
    issue = refusal(path)
    assert (issue.code, issue.params["way"], issue.value) == (
        "crs_contradiction", "--province", "EPSG:9210")  # fmt: skip
    assert issue.params["option"] == option
    assert option in issue_text(issue, "vi")[1]
    for code in option.removeprefix("--crs ").split(" / "):
        assert read_layer("markers", path, ReadOptions(crs=code, province="Long An")).crs == code
    assert refusal(path, ReadOptions(crs="EPSG:9210")).code == "crs_contradiction"
    if found is None:
        assert refusal(path, ReadOptions()).code == "crs_missing"
    else:
        assert read_layer("markers", path).crs == found


@pytest.mark.parametrize(
    "words",
    ["Hệ VN-2000", "múi 3 độ", "k0 = 0.9999", "KTT 105°45', múi 3°, k0=0,9999", "Khu 6, múi giờ 7",
     "VN-2000, lưới chiếu UTM quốc tế, múi 3 độ", "Tọa độ chuyển từ WGS 84", "UTM",
     "Chuyển từ HN-72 sang VN-2000", "Lô 482, zone A", "Thửa đất số 48",
     "VN-2000, tờ 105-30", "Đường tỉnh 105 30, VN-2000", "Vị trí 107°30' kinh độ đông, VN-2000"],
)  # fmt: skip
@pytest.mark.parametrize("below", [False, True])
def test_words_that_agree_or_say_nothing_leave_the_zone_of_the_province(tmp_path, words, below):
    path = table(tmp_path, *(("Bảng tọa độ", words) if below else (words, "")))
    layer = read_layer("markers", path, LONG_AN)
    assert layer.crs == "EPSG:9210"
    assert [issue.code for issue in layer.issues if issue.level == "warning"] == [
        "accuracy_assumed"] * any(i.code == "accuracy_assumed" for i in layer.issues)  # fmt: skip


def test_a_meridian_and_a_width_that_no_zone_has_together(tmp_path):
    path = table(tmp_path, "KTT 105°45', múi 6 độ")
    for options in (LONG_AN, ReadOptions()):
        issue = refusal(path, options)
        assert (issue.code, issue.value) == ("system_unknown", "KTT 105°45', múi 6 độ")
        assert issue.params["option"] == "--crs EPSG:9210 / EPSG:3405 / EPSG:3406"
    layer = read_layer("markers", path, ReadOptions(crs="EPSG:9210"))
    assert "system_unknown" in {issue.code for issue in layer.issues if issue.level == "warning"}


@pytest.mark.parametrize("words", ["Hệ tọa độ HN-72", "HN72 KTT 105°", "Hà Nội 72"])
def test_the_old_national_datum_is_never_read_as_vn2000(tmp_path, words):
    for options in (LONG_AN, ReadOptions(), ReadOptions(crs="EPSG:9210")):
        assert refusal(table(tmp_path, words), options).code == "datum_old"
    path = tmp_path / "do.csv"
    path.write_text(f"{words};;\nTên;Vĩ độ;Kinh độ\nM1;11,04;106,39\n", encoding="utf-8")
    assert refusal(path).code == "datum_old"


def test_the_width_of_a_title_is_that_of_the_meridian_in_the_header(tmp_path):
    path = tmp_path / "bang.csv"
    path.write_text(f"Múi chiếu 6 độ;;\nTên;VN-2000, KTT 105°;\n;X;Y\n{ROWS}", encoding="utf-8")
    assert read_layer("markers", path).crs == "EPSG:3405"
    path.write_text(f"KTT 107°30';;\nTên;VN-2000, KTT 105°;\n;X;Y\n{ROWS}", encoding="utf-8")
    assert refusal(path).code == "zones_several"


def workbook(folder, sheet, others=()):
    book = openpyxl.Workbook()
    book.active.title = sheet
    book.active.append(["Tên", "X", "Y"])
    for k, (north, east) in enumerate(CORNERS, 1):
        book.active.append([f"M{k}", north, east])
    for name, rows in others:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    path = folder / "bang.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("sheet", "others", "crs"),
    [
        ("Tọa độ 107-45", [], "EPSG:5899"),
        ("KTT 107°45'", [], "EPSG:5899"),
        ("107 30", [], "EPSG:9216"),
        ("Bảng", [("Ghi chú", [["Kinh tuyến trục: 107°45'"]])], "EPSG:5899"),
        ("Bảng", [("Ghi chú", [["Hệ tọa độ"], ["KTT", "105°"], ["Múi chiếu 6°"]])], "EPSG:3405"),
        ("Bảng", [("107-45", [["Chủ đầu tư", "A"]])], "EPSG:5899"),
    ],
)
def test_the_sheets_of_a_workbook_may_name_the_zone(tmp_path, sheet, others, crs):
    path = workbook(tmp_path, sheet, others)
    layer = read_layer("markers", path)
    assert layer.crs == crs
    assert ("system_elsewhere" in {issue.code for issue in layer.issues}) == bool(others)
    issue = refusal(path)
    assert (issue.code, issue.params["option"]) == ("crs_contradiction", f"--crs {crs}")


@pytest.mark.parametrize(
    ("sheet", "others"),
    [
        ("Tọa độ 2024-15", []), ("Thửa 107", []), ("CCN 1 07-45", []),
        ("A", [("Bảng các tỉnh", [["Long An", "KTT 105°45'"], ["Kon Tum", "KTT 107°30'"]])]),
        ("A", [("Ghi chú", [["WGS 84"]])]),
    ],
)  # fmt: skip
def test_other_numbers_of_sheets_name_no_zone(tmp_path, sheet, others):
    path = workbook(tmp_path, sheet, others)
    assert read_layer("markers", path, LONG_AN).crs == "EPSG:9210"
    assert refusal(path, ReadOptions()).code == "crs_missing"


def test_a_sheet_with_coordinates_of_its_own_names_no_zone_for_another(tmp_path):
    other = [["KTT 107°45'"], ["Tên", "X", "Y"], ["M1", 1_221_000, 570_000]]
    path = workbook(tmp_path, "A", [("B", other)])
    options = ReadOptions(province="Long An", layer="A")
    assert read_layer("markers", path, options).crs == "EPSG:9210"


def test_two_pairs_of_two_zones_that_cannot_both_be_right(tmp_path):
    rows = "".join(f"M{k};{n};{e};{n};{e}\n" for k, (n, e) in enumerate(CORNERS, 1))
    path = tmp_path / "bang.csv"
    path.write_text(
        f"Tên;VN-2000 KTT 105°45';;VN-2000 KTT 105°15';\n;X;Y;X;Y\n{rows}".replace(
            "105°15", "105°30"
        ),
        encoding="utf-8",
    )
    issue = refusal(path)
    assert (issue.code, issue.params["count"], issue.params["other"]) == (
        "pairs_contradict", 4, "EPSG:9209")  # fmt: skip


@pytest.mark.parametrize(("srid", "options"), [
    (9216, LONG_AN), (3405, LONG_AN), (32648, LONG_AN), (9216, ReadOptions(crs="EPSG:9210")),
])  # fmt: skip
def test_the_srid_of_a_shape_refuses_another_zone(tmp_path, srid, options):
    ring = ", ".join(f"{east} {north}" for north, east in [*CORNERS, CORNERS[0]])
    path = tmp_path / "vung.csv"
    path.write_text(f'cluster_id;WKT\nA;"SRID={srid};POLYGON (({ring}))"\n', encoding="utf-8")
    issue = refusal(path, options, "clusters")
    assert (issue.code, issue.params["option"]) == ("crs_contradiction", f"--crs EPSG:{srid}")
    named = ReadOptions(crs=f"EPSG:{srid}", province="Long An")
    assert read_layer("clusters", path, named).crs == f"EPSG:{srid}"


@pytest.mark.parametrize(("origin", "code"), [
    ("+lat_0=0 +x_0=500000 +y_0=0", "EPSG:9210"), ("+lat_0=0 +x_0=18500000 +y_0=0", None),
    ("+lat_0=0 +x_0=0 +y_0=0", None), ("+lat_0=0 +x_0=500000 +y_0=10000000", None),
    ("+lat_0=10 +x_0=500000 +y_0=0", None),
])  # fmt: skip
def test_a_zone_is_known_by_its_false_origin_too(origin, code):
    crs = pyproj.CRS.from_user_input(
        f"+proj=tmerc +lon_0=105.75 +k=0.9999 {origin} +ellps=WGS84 +units=m"
    )
    assert identify_crs(crs) == code
    assert vn2000_like(crs) == code


@pytest.mark.parametrize(
    ("title", "crs", "code"),
    [("WGS 84 UTM zone 48N", "EPSG:32648", "crs_contradiction"),
     ("KTT 107°30'", "EPSG:9216", "crs_contradiction"), ("HN-72", None, "datum_old"),
     ("KTT 105°45', múi 6°", None, "system_unknown"), ("VN-2000 KTT 105°45'", "EPSG:9210", None)],
)  # fmt: skip
def test_titles_over_a_column_of_shapes_are_held_too(tmp_path, title, crs, code):
    ring = ", ".join(f"{east} {north}" for north, east in [*CORNERS, CORNERS[0]])
    path = tmp_path / "vung.csv"
    path.write_text(f'"{title}";\ncluster_id;WKT\nA;"POLYGON (({ring}))"\n', encoding="utf-8")
    if code is None:
        assert read_layer("clusters", path, LONG_AN).crs == "EPSG:9210"
    else:
        assert refusal(path, kind="clusters").code == code
    if crs is not None:
        assert read_layer("clusters", path).crs == crs


def test_shapes_in_degrees_are_of_the_datum_of_the_title(tmp_path):
    path = tmp_path / "vung.csv"
    text = 'cluster_id;WKT\nA;"POLYGON ((106 11, 106.01 11, 106 11.01, 106 11))"\n'
    path.write_text(f"VN-2000;\n{text}", encoding="utf-8")
    assert read_layer("clusters", path).crs == "EPSG:4756"
    path.write_text(text, encoding="utf-8")
    assert read_layer("clusters", path).crs == "EPSG:4326"


@pytest.mark.parametrize(
    "line", ["Quyết định số 8448/QĐ-UBND", "Liên hệ: 0984 48 22 11", "84/49-BC"]
)
def test_numbers_of_papers_and_telephones_name_no_zone(line):
    assert said_in([line]).fits is None


@pytest.mark.parametrize(
    ("line", "degrees"),
    [
        ("KTT 107045'", [107.75]), ("KTT 1080 15'", [108.25]), ("VN2000_KTT10745", [107.75]),
        ("kinh tuyến trục 107d30", [107.5]), ("KTT: 107 30'", [107.5]), ("KTT 10800", [108.0]),
        ("CM 105d45", [105.75]), ("VN2000-105.75", [105.75]), ("KTT 105 45 00 múi 3 độ", [105.75]),
        ("Kinh tuyến trục 3 độ 105°45'", [105.75]), ("Kinh tuyến trung ương 105°", [105.0]),
        ("KTT 105, 3 độ", [105.0]), ("KTT 107°30' và 107°45'", [107.5, 107.75]),
        ("Múi 3 độ: 107°30' và 107°45'", [107.5, 107.75]), ("KTT 10745123", [10_745_123.0]),
        ("Kinh tuyến trục 107⁰30'", [107.5]),
        ("Kinh tuyến trục địa phương, tỉnh Long An (105°45')", [105.75]),
        ("Kế toán trưởng (KTT) 105", []), ("Lo 108", []), ("Thửa lo 107", []), ("KTT 2020", []),
        ("ĐT KTT 0905123456", []), ("VN-2000, tờ 105-30", []),
    ],
)  # fmt: skip
def test_a_meridian_is_heard_as_offices_write_it(line, degrees):
    assert [each.degrees for each in said_in([line]).meridians] == degrees


@pytest.mark.parametrize("name", [
    "Tờ 105 45", "To 105 45", "QĐ 102-00", "Thửa 107-45", "Lô 105-30", "Phụ lục 105-45", "Số 107 30",
])  # fmt: skip
def test_the_number_of_a_paper_in_the_name_of_a_sheet_is_no_meridian(name):
    assert said_in([], names=[name]).fits is None


@pytest.mark.parametrize("words", [
    "Diện tích 0,9996 ha", "CCN Mũi Né 6", "CCN Mũi 6", "Mui Ne 6", "Trụ sở: Hà Nội, 72/3 phố A",
    "Số 5 HN 72/1", "Múi 48 hộ dân", "VN-2000, diện tích 0,9996 ha",
])  # fmt: skip
def test_areas_capes_and_addresses_leave_the_zone_of_the_province(tmp_path, words):
    assert read_layer("markers", table(tmp_path, words), LONG_AN).crs == "EPSG:9210"


@pytest.mark.parametrize("title", ["KTT: 107;30';", "Kinh tuyến trục 107;30;", "Hệ;KTT 107;30'"])
def test_a_meridian_that_the_separator_cut_is_put_together(tmp_path, title):
    path = tmp_path / "bang.csv"
    path.write_text(f"{title}\nTên;X;Y\n{ROWS}", encoding="utf-8")
    assert read_layer("markers", path).crs == "EPSG:9216"
    assert refusal(path).code == "crs_contradiction"


def test_of_two_meridians_in_a_title_a_person_names_the_one_that_holds(tmp_path):
    path = table(tmp_path, "KTT 106°15' (bản đồ cũ), nay là KTT 105°45'")
    for options in (LONG_AN, ReadOptions()):
        issue = refusal(path, options)
        assert issue.code == "zones_several"
        assert "--crs EPSG:9212 / EPSG:9210" in issue_text(issue, "vi")[1]
    layer = read_layer("markers", path, ReadOptions(crs="EPSG:9210"))
    assert layer.crs == "EPSG:9210"
    assert "zones_several" in {issue.code for issue in layer.issues if issue.level == "warning"}
    assert refusal(path, ReadOptions(crs="EPSG:9216")).code == "crs_contradiction"


def test_minutes_in_words_are_told_as_no_zone(tmp_path):
    path = table(tmp_path, "Kinh tuyến trục bằng 107 độ bốn mươi lăm phút")
    assert refusal(path, ReadOptions()).code == "crs_missing"
    told = read_layer("markers", path, ReadOptions(crs="EPSG:5899")).issues
    assert "meridian_unknown" in {issue.code for issue in told}


@pytest.mark.parametrize(
    "words",
    [
        "Lưới chiếu UTM quốc tế, Elipxoid WGS-84, múi chiếu 3°, KTT 105°45'",
        "Ê-líp-xô-ít quy chiếu WGS-84; KTT 105°45'",
    ],
)
def test_the_ellipsoid_of_wgs84_is_that_of_vn2000(tmp_path, words):
    assert read_layer("markers", table(tmp_path, words)).crs == "EPSG:9210"
    assert read_layer("markers", table(tmp_path, words), LONG_AN).crs == "EPSG:9210"


@pytest.mark.parametrize("words", [
    "VN-2000, UTM zone 48N, kinh tuyến trục 105°", "VN-2000, múi 48, KTT 105", "KTT 105, múi 06 độ",
    "VN-2000, KTT 105°, múi chiếu hình trụ ngang 6 độ", "VN-2000 TM-6, KTT 105", "VN-2000, EPSG:3405",
    "KTT 105°; hệ số biến dạng chiều dài k0 = 0.9996", "VN2000 6 độ, KTT 105", "KTT 105, múi chiếu 60",
])  # fmt: skip
def test_the_width_of_a_zone_is_heard_beside_its_meridian(tmp_path, words):
    assert read_layer("markers", table(tmp_path, words)).crs == "EPSG:3405"


@pytest.mark.parametrize("words", [
    "KTT 106–15", "KTT 106−15", "KTT 106 độ – 15 phút", "KTT 106 độ, 15 phút", "KTT 106 độ (15 phút)",
    "KTT 106 độ và 15 phút", "KTT 106đ15'", "KTT 106 d 15", "KTT 106do15", "KTT 106.250000",
    "KTT 106%%d15'", "KTT 106\\U+00B015'", "KTT 106° . 15'", "K.T.T 106°15'", "Kinh tuyến  trục 106°15'",
    "Kinh-tuyến-trục 106°15'", "Trục kinh tuyến 106°15'", "VN2000_10615", "VN2000 (106-15)",
    "VN2000; 106-15", "VN_2000_TM3_106-15", "EPSG:9212", 'PARAMETER[""Central_Meridian"",106.25]',
    "lon_0=106.25", "kinh tuyến trung tâm 106°15'",
])  # fmt: skip
def test_minutes_are_read_through_any_sign(tmp_path, words):
    assert read_layer("markers", table(tmp_path, words)).crs == "EPSG:9212"


@pytest.mark.parametrize("words", [
    "KTT 106 rưỡi", "KTT 106½", "KTT 106:15 và", "KTT 106/15", "KTT 106 độ bốn lăm",
])  # fmt: skip
def test_minutes_that_cannot_be_read_make_no_whole_degrees(tmp_path, words):
    assert refusal(table(tmp_path, words), ReadOptions()).code == "crs_missing"


@pytest.mark.parametrize("words", [
    "KTT theo QĐ 108/2010", "Đất TM-3 105 m2", "VN2000 108.00 ha", "Kinh tuyến gốc Greenwich, 108 điểm",
    "Góc phương vị trục chính 107°30', hệ VN-2000", "Hướng 107°30' (VN-2000)", "Đường HN 72",
])  # fmt: skip
def test_angles_papers_and_areas_leave_the_zone_of_the_province(tmp_path, words):
    assert read_layer("markers", table(tmp_path, words), LONG_AN).crs == "EPSG:9210"
    assert refusal(table(tmp_path, words), ReadOptions()).code == "crs_missing"


@pytest.mark.parametrize("name", [
    "Mốc 105 00", "Ranh 107-30", "CCN 108-15", "Khoảnh 105-30", "Km105-30", "105-30-2024", "Hộ 108-15",
])  # fmt: skip
def test_only_words_of_systems_stand_beside_a_meridian_in_the_name_of_a_sheet(name):
    assert said_in([], names=[name]).fits is None


def test_a_label_and_its_value_right_above_the_header(tmp_path):
    path = tmp_path / "bang.csv"
    rows = "Hệ tọa độ;VN-2000;\nKinh tuyến trục;105°00';\nMúi chiếu;6 độ;\nTên;X;Y\n"
    path.write_text(rows + ROWS, encoding="utf-8")
    assert read_layer("markers", path).crs == "EPSG:3405"
    path.write_text(f"Múi chiếu;3°;\nKinh tuyến trục;107°30';\nTên;X;Y\n{ROWS}", encoding="utf-8")
    assert read_layer("markers", path).crs == "EPSG:9216"
    assert refusal(path).code == "crs_contradiction"


@pytest.mark.parametrize("cell", ["10⁰52’12,0”", "10˚52'12\"", "10%%d52'12\""])
def test_degrees_with_the_signs_of_papers(cell):
    assert degree(cell)[0] == pytest.approx(10.87)


@pytest.mark.parametrize("words", [
    "Hệ Gauss", "Hệ tọa độ Gauss-Kruger", "Indian 1960", "Hệ Hà Nội 72 Lý trình", "Hà Nội 72, KTT 105°",
])  # fmt: skip
def test_other_names_of_the_old_systems(tmp_path, words):
    for options in (LONG_AN, ReadOptions()):
        assert refusal(table(tmp_path, words), options).code == "datum_old"


@pytest.mark.parametrize(("words", "crs"), [
    ("KTT 105°, múi chiếu sáu độ", "EPSG:3405"), ("KTT 105°, 6°", "EPSG:3405"),
    ("KTT 105°00', 6 độ", "EPSG:3405"), ("KTT 105° (6°)", "EPSG:3405"), ("KTT 105°, 3°", "EPSG:5897"),
    ("VN2000 105", "EPSG:5897"), ("Hệ tọa độ VN-2000 (105)", "EPSG:5897"),
    ("VN-2000 múi ba độ, KTT 107°30'", "EPSG:9216"),
])  # fmt: skip
def test_widths_in_words_and_degrees_without_a_sign(tmp_path, words, crs):
    path = table(tmp_path, words)
    assert read_layer("markers", path).crs == crs
    assert refusal(path).code == "crs_contradiction"


@pytest.mark.parametrize("words", [
    "Hà Nội 72 Lý Thường Kiệt", "Liên hệ: Hà Nội 72 Lý Thường Kiệt", "Múi 6 gia đình",
    "hệ số sử dụng đất 0,9996", "tỷ lệ 0.9996", "Tỷ lệ lấp đầy 0,9996", "UTM 48 điểm", "múi 48 thửa",
    "WGS84 (Google Earth) tham khảo", "VN2000 105 thửa", "VN-2000: 105 mốc", "VN2000 105 m",
])  # fmt: skip
def test_addresses_shares_and_counts_leave_the_zone_of_the_province(tmp_path, words):
    assert read_layer("markers", table(tmp_path, words), LONG_AN).crs == "EPSG:9210"
    assert refusal(table(tmp_path, words), ReadOptions()).code == "crs_missing"


@pytest.mark.parametrize("rows", [
    "Kinh tuyến trục;;\n107°45';;\n", ";Kinh tuyến trục:;\n;107°45';\n",
    "Hệ tọa độ;Kinh tuyến trục;Múi chiếu\nVN-2000;107°45';3°\n", "KTT;;\n107 45;;\n",
])  # fmt: skip
def test_a_label_over_its_value(tmp_path, rows):
    path = tmp_path / "bang.csv"
    path.write_text(f"BẢNG TỌA ĐỘ;;\n{rows}Tên;X;Y\n{ROWS}", encoding="utf-8")
    assert read_layer("markers", path).crs == "EPSG:5899"
    assert refusal(path).code == "crs_contradiction"


@pytest.mark.parametrize(("name", "option"), [
    ("moc_vn2000_105-30", "--crs EPSG:9209"), ("ranh KTT 107-30", "--crs EPSG:9216"),
    ("ranh_ktt10730", "--crs EPSG:9216"), ("CCN_UTM48", "--crs EPSG:3405 / EPSG:32648"),
])  # fmt: skip
def test_the_name_of_a_file_is_a_witness_against_the_zone_of_the_province(tmp_path, name, option):
    path = tmp_path / f"{name}.csv"
    path.write_text(f"Tên;X;Y\n{ROWS}", encoding="utf-8")
    issue = refusal(path)
    assert (issue.code, issue.params["option"]) == ("crs_contradiction", option)
    assert path.name in issue.params["found"]
    assert refusal(path, ReadOptions()).code == "crs_missing"
    assert read_layer("markers", path, ReadOptions(crs="EPSG:9210")).crs == "EPSG:9210"
    path.write_text(f"KTT 105°45';;\nTên;X;Y\n{ROWS}", encoding="utf-8")
    assert read_layer("markers", path, LONG_AN).crs == "EPSG:9210"


@pytest.mark.parametrize("name", [
    "moc_vn2000_105-45", "moc_105-30", "thua_107_30", "2024-105-30", "HN72", "CCN 48", "vn2000",
])  # fmt: skip
def test_other_names_of_files_leave_the_zone_of_the_province(tmp_path, name):
    path = tmp_path / f"{name}.csv"
    path.write_text(f"Tên;X;Y\n{ROWS}", encoding="utf-8")
    assert read_layer("markers", path, LONG_AN).crs == "EPSG:9210"


@pytest.mark.parametrize("words", [
    "Vị trí: 106°30'00\"\"E - 10°45'00\"\"N, hệ VN-2000", "Trung tâm CCN: 106°30'15\"\" (VN-2000)",
    "Khu TM3-105", "Cạnh L0 = 105,30", "L0=105.5", "Ký hiệu mốc: UTM-48-01", "Ảnh nền: WGS84",
    "Mảnh bản đồ 6229-II, lưới UTM", "Mảnh C-48-46-A, VN-2000", "Km105+30 đến Km107+45, hệ VN2000",
    "Bảng kê VN-2000 105 điểm", "Hệ số điều chỉnh 0,9996", "Hà Nội, 72 Trần Duy Hưng",
    "Tọa độ trung tâm: 106°30' kinh độ Đông, 10°35' vĩ độ Bắc", "Phương vị 107°30', VN-2000",
    "Bản đồ năm 1997 hệ HN-72 chuyển đổi sang VN-2000", "Số 48 múi 3, KTT 105-45, thửa 107-30",
])  # fmt: skip
def test_titles_of_offices_that_leave_the_zone_of_the_province(tmp_path, words):
    assert read_layer("markers", table(tmp_path, words), LONG_AN).crs == "EPSG:9210"


@pytest.mark.parametrize(("words", "option"), [
    ("Kinh độ trục: 107°45'", "EPSG:5899"), ("Kinh tuyến giữa 107°45'", "EPSG:5899"),
    ("kinhtuyentruc 107 30", "EPSG:9216"), ("K.T.Trục 108°30'", "EPSG:9218"),
    ("TM3 zone 491", "EPSG:5898"), ("Múi 3° số 491", "EPSG:5898"), ("Lo = 106°15'", "EPSG:9212"),
    ("VN-2000/3°/107°45'", "EPSG:5899"), ("Central Meridian: 107d30'0E", "EPSG:9216"),
    ("VN2000_TM3_107-30", "EPSG:9216"), ("Mũi chiếu 6 độ, KTT 105", "EPSG:3405"),
    ("Kinh tuyến gốc: Greenwich; kinh tuyến trục: 107 độ 45 phút", "EPSG:5899"),
    ("WGS_1984_UTM_Zone_48N", "EPSG:32648"), ("Hệ VN-2000 (EPSG: 5899)", "EPSG:5899"),
])  # fmt: skip
def test_titles_of_offices_that_refuse_the_zone_of_the_province(tmp_path, words, option):
    path = table(tmp_path, words)
    issue = refusal(path)
    assert (issue.code, issue.params["option"]) == ("crs_contradiction", f"--crs {option}")
    assert read_layer("markers", path).crs == option


def test_a_meridian_all_in_words_is_told_as_no_zone(tmp_path):
    path = table(tmp_path, "Kinh tuyến trục một trăm linh bảy độ ba mươi phút")
    assert refusal(path).code == "meridian_unknown"
    told = read_layer("markers", path, ReadOptions(crs="EPSG:9210")).issues
    assert "meridian_unknown" in {issue.code for issue in told if issue.level == "warning"}
