"""Meridians behind unusual signs of degrees, and titles that other words open."""

import pytest

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, read_layer
from gisclusters.readers.system_words import said_in
from gisclusters.words import issue_text

LONG_AN = ReadOptions(province="Long An")
CORNERS = [(1_221_000, 570_000), (1_221_000, 570_400), (1_221_300, 570_400), (1_221_300, 570_000)]
ROWS = "".join(f"M{k};{north};{east}\n" for k, (north, east) in enumerate(CORNERS, 1))


def table(folder, title):
    path = folder / "bang.csv"
    quoted = title.replace('"', '""')
    path.write_text(f'"{quoted}";;\nTên;X;Y\n{ROWS}', encoding="utf-8")
    return path


def refusal(path, options=LONG_AN, kind="markers"):
    with pytest.raises(InputRefusedError) as found:
        read_layer(kind, path, options)
    [issue] = [issue for issue in found.value.issues if issue.level == "error"]
    for lang in ("vi", "en"):
        assert all(issue_text(issue, lang))
    return issue


@pytest.mark.parametrize("degrees", [
    "107g30ph", "107&deg;30'", "107&#176;30'", "107&ordm;30'", "107<sup>o</sup>30'", "107^o30'",
    "107^{\\circ}30'", "107^\\circ 30'", "107(độ) 30'", "107 (độ) 30", "107Â°30'", "107®é30'",
    "107ñoä30'", "107°_30'", "107&deg;30&#39;", "107^030'", "107\\degree 30'", "107<sup>0</sup>30'",
])  # fmt: skip
@pytest.mark.parametrize("before", ["KTT ", "Kinh tuyến trục: "])
def test_minutes_are_read_behind_the_signs_of_pages_formulas_and_old_fonts(
    tmp_path, before, degrees
):
    path = table(tmp_path, before + degrees)
    assert read_layer("markers", path).crs == "EPSG:9216"
    assert refusal(path).code == "crs_contradiction"


@pytest.mark.parametrize("degrees", [
    "107h30", "107/45", "107:45", "107*45'", "107^45'", "107Ð30'", '107°3000"', "107(deg)45",
    "107 rưỡi",
])  # fmt: skip
@pytest.mark.parametrize("before", ["KTT ", "VN-2000, KTT "])
def test_minutes_behind_a_doubtful_sign_leave_no_zone_to_the_province(tmp_path, before, degrees):
    path = table(tmp_path, before + degrees)
    issue = refusal(path)
    assert issue.code == "meridian_unknown"
    assert "--crs" in issue_text(issue, "vi")[1]
    assert "--province" not in issue_text(issue, "vi")[1]
    assert refusal(path, ReadOptions()).code == "crs_missing"
    layer = read_layer("markers", path, ReadOptions(crs="EPSG:9216"))
    assert layer.crs == "EPSG:9216"
    assert "meridian_unknown" in {issue.code for issue in layer.issues if issue.level == "warning"}


@pytest.mark.parametrize("line", [
    "KTT 107°, 15 mốc", "KTT 107°, tờ bản đồ 30", "KTT 107° (30/12/2021)", "KTT 107, thửa 45",
])  # fmt: skip
def test_numbers_of_other_things_are_no_minutes(line):
    assert [each.degrees for each in said_in([line]).meridians] == [107.0]


@pytest.mark.parametrize(("title", "crs"), [
    ("Kinh tuyến trục áp dụng cho địa bàn toàn tỉnh theo quy định hiện hành là 108°15'", "EPSG:9217"),
    ("KTT (theo QĐ 1213/QĐ-UBND ngày 23/12/2021): 108°15'", "EPSG:9217"),
    ("VN-2000, kinh tuyến 108 độ", "EPSG:5898"), ("VN-2000, 108°", "EPSG:5898"),
    ("VN-2000 múi 3, 108", "EPSG:5898"), ("Hệ tọa độ VN-2000 (108, múi 3)", "EPSG:5898"),
    ("KT: 108°15'", "EPSG:9217"), ("KT.Trục 108°15'", "EPSG:9217"),
    ("Kinh tuyến gốc 108°15'", "EPSG:9217"), ("Kinh tuyến cơ sở: 108°15'", "EPSG:9217"),
    ("Kinh tuyến chuẩn 108°15'", "EPSG:9217"), ("ＫＴＴ １０８°１５'", "EPSG:9217"),
    ("lon_0=108.25", "EPSG:9217"), ("CM=108", "EPSG:5898"), ("EPSG là 5898", "EPSG:5898"),
    ("SRID=5898", "EPSG:5898"), ("kinh_tuyen_truc: 108", "EPSG:5898"),
    ("VN-2000 / TM-3 zone 108-15", "EPSG:9217"), ("VN_2000_TM_108_15", "EPSG:9217"),
    ("+proj=tmerc +lat_0=0 +lon_0=108.25 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84", "EPSG:9217"),
])  # fmt: skip
def test_a_meridian_is_heard_in_other_words(tmp_path, title, crs):
    path = table(tmp_path, title)
    assert read_layer("markers", path).crs == crs
    issue = refusal(path)
    assert (issue.code, issue.params["option"]) == ("crs_contradiction", f"--crs {crs}")


@pytest.mark.parametrize(("title", "code"), [
    ("EPSG:3857", "crs_contradiction"), ("Web Mercator", "crs_contradiction"),
    ("EPSG:4326", "crs_contradiction"), ("ITRF2014", "crs_contradiction"),
    ("EPSG:3148", "datum_old"), ("HN.72", "datum_old"), ("EPSG:32647", "meridian_unknown"),
])  # fmt: skip
def test_other_systems_in_a_title_refuse_the_zone_of_the_province(tmp_path, title, code):
    assert refusal(table(tmp_path, title)).code == code


@pytest.mark.parametrize("title", [
    "Giữa kinh tuyến 107° và 108°", "Từ kinh tuyến 108° đông, vĩ tuyến 11°", "KT: 108 m2",
    "Kinh tuyến gốc Greenwich 105°", "VN-2000, 108 hộ", "VN-2000 múi 3, 108 thửa", "KT 105",
    "Diện tích (theo QĐ 108/QĐ-UBND): 105 ha", "CM=108 cm",
])  # fmt: skip
def test_other_numbers_of_titles_name_no_meridian(tmp_path, title):
    assert read_layer("markers", table(tmp_path, title), LONG_AN).crs == "EPSG:9210"
