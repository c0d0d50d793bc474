"""Coordinate tables as offices write them: what is a point, what is words, which zone is meant."""

import pytest

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, read_layer

SQUARE = """cluster_id,E,N
A,570000,1221000
A,570500,1221000
A,570500,1221500
A,570000,1221500
"""
MARKERS = """Tên mốc;X (m);Y (m);Hiện trạng
RG-1;1.587.000,12;552.800,00;
RG-2;1.587.050,12;552.900,00;
RG-3;1.587.100,12;552.900,00;
"""
LONG_AN = ReadOptions(crs="EPSG:9210")


def write(tmp_path, text, name="ranh.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("A,#REF!,#REF!", "not_a_number"), ("A,NaN,NaN", "not_a_number"),
        ("A,Inf,Inf", "not_a_number"), ("A,1e300,1e300", "not_a_number"),
        ("A,5.705E+05,1.221E+06", "number_rounded"), ("A,570500m,1221000m", "not_a_number"),
        ("A,57O500,l221000", "not_a_number"), ("A,,", "coordinates_missing"),
        ("A,570500,", "coordinates_missing"), ("A,chưa đo,chưa đo", "not_a_number"),
    ],
)  # fmt: skip
def test_a_vertex_that_cannot_be_read_is_refused_never_dropped(tmp_path, row, code):
    path = write(tmp_path, SQUARE.replace("A,570500,1221000", row))
    with pytest.raises(InputRefusedError) as refusal:
        read_layer("clusters", path, LONG_AN)
    [issue] = [issue for issue in refusal.value.issues if issue.level == "error"]
    assert (issue.code, issue.row) == (code, 3)


def test_titles_totals_and_signatures_are_left_out_and_said(tmp_path):
    text = "Bảng tọa độ góc ranh,,\n" + SQUARE + "Diện tích: 25 ha,,\n,,\nNgười lập,,Giám đốc\n"
    layer = read_layer("clusters", write(tmp_path, text), LONG_AN)
    assert layer.shapes.area.tolist() == [250_000]
    [said] = [issue for issue in layer.issues if issue.code == "rows_left_out"]
    assert said.params["rows"] == "7, 9"


def test_a_marker_without_coordinates_is_an_error(tmp_path):
    path = write(tmp_path, MARKERS + "RG-4;;;\n")
    with pytest.raises(InputRefusedError) as refusal:
        read_layer("markers", path, ReadOptions(province="Kon Tum"))
    [issue] = [issue for issue in refusal.value.issues if issue.level == "error"]
    assert (issue.code, issue.row, issue.id) == ("geometry_unusable", 5, "RG-4")


def test_a_surveyor_may_say_that_a_marker_is_lost(tmp_path):
    path = write(tmp_path, MARKERS + "RG-4;;;lost\n")
    survey = read_layer("surveys", path, ReadOptions(province="Kon Tum"))
    assert survey.shapes.geometry.is_empty.tolist() == [False, False, False, True]
    assert survey.frame["state"].tolist() == [None, None, None, "lost"]


@pytest.mark.parametrize(
    ("title", "crs"),
    [
        ("Hệ VN-2000 KTT 105°45′", "EPSG:9210"), ("KTT 105.75", "EPSG:9210"),
        ("KTT 105,75 múi 3", "EPSG:9210"), ("KTT 105 độ 45 phút", "EPSG:9210"),
        ("kinh tuyến trục 105 độ 45'", "EPSG:9210"), ("L0 = 105°45'", "EPSG:9210"),
        ("KTT: 105-45", "EPSG:9210"), ("KTT 105.45", "EPSG:9210"), ("KTT 105.5", "EPSG:9209"),
        ("KTT 105 độ 30", "EPSG:9209"), ("KTT 105°", "EPSG:5897"), ("KTT 105", "EPSG:5897"),
        ("Tọa độ VN-2000, KTT 105°, múi chiếu 6°", "EPSG:3405"),
    ],
)  # fmt: skip
def test_the_meridian_of_a_title_is_read_whichever_way_it_is_written(tmp_path, title, crs):
    path = write(tmp_path, f'"{title}",,\n{SQUARE}')
    assert read_layer("clusters", path).source.crs_as_received == crs


def test_a_meridian_that_no_zone_has_is_said(tmp_path):
    path = write(tmp_path, f"KTT 110°,,\n{SQUARE}")
    layer = read_layer("clusters", path, LONG_AN)
    assert "meridian_unknown" in {issue.code for issue in layer.issues}
    with pytest.raises(InputRefusedError):
        read_layer("clusters", path)


def test_named_columns_may_be_exchanged_by_an_option(tmp_path):
    text = SQUARE.replace("E,N", "N,E")  # easting under N
    path = write(tmp_path, text)
    with pytest.raises(InputRefusedError, match="axes_swapped"):
        read_layer("clusters", path, LONG_AN)
    layer = read_layer("clusters", path, ReadOptions(crs="EPSG:9210", axes="ne"))
    assert layer.shapes.total_bounds.tolist() == [570_000, 1_221_000, 570_500, 1_221_500]
