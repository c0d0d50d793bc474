"""Columns of coordinates: their names, their units, degrees, and two systems side by side."""

import pytest

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, read_layer
from gisclusters.readers.axes import axis_of
from gisclusters.readers.degrees import degree

KON_TUM = ReadOptions(crs="EPSG:9216")


def write(tmp_path, text, name="moc.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path, options=KON_TUM):
    with pytest.raises(InputRefusedError) as refusal:
        read_layer("markers", path, options)
    return [issue for issue in refusal.value.issues if issue.level == "error"]


@pytest.mark.parametrize(
    ("header", "axis"),
    [
        ("X", "x"), ("X(m)", "x"), ("Toạ độ X (m)", "x"), ("X_VN2000", "x"), ("X (Bắc)", "north"),
        ("Y - Đông", "east"), ("Hoành độ", "east"), ("Tung độ (m)", "north"), ("Kinh độ", "lon"),
        ("Kinh độ (E)", "lon"), ("Vĩ độ (B)", "lat"), ("Đông", "east"), ("Bắc (m)", "north"),
        ("Easting (m)", "east"), ("N", "north"), ("Longitude", "lon"), ("Tên", None),
        ("Khu vực Bắc", None), ("Ghi chú X", None), ("Diện tích (m)", None), ("Long An", None),
        ("", None), ("x y", None), ("X" * 100, None),
    ],
)  # fmt: skip
def test_a_header_names_its_axis(header, axis):
    assert axis_of(header) == axis


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("107°30'12,5\"", 107 + 30 / 60 + 12.5 / 3600), ("107 30 12.5", 107.5034722),
        ("107d30m", 107.5), ("107°30′12.5″E", 107.5034722), ("107-30-12.5", 107.5034722),
        ("14°21'05\"B", 14.3513889), ("107,5034722", 107.5034722), ("E 107.5", 107.5),
        ("107:30:00 Đ", 107.5), ("14.351°N", 14.351), ("107độ30phút12,5giây", 107.5034722),
        ("１０７．５", 107.5), ("107°30.5'", 107 + 30.5 / 60), ("12°30'W", -12.5),
        ("107°30'12,5''", 107.5034722), ("−14.5", -14.5),
    ],
)  # fmt: skip
def test_an_angle_in_many_spellings(cell, value):
    assert degree(cell)[0] == pytest.approx(value, abs=1e-7)


@pytest.mark.parametrize(
    "cell", ["107°61'", "107°30'75\"", "abc", "°", "1.2.3", "107 30 12 5", "9999"]
)
def test_what_is_no_angle(cell):
    assert degree(cell)[0] != degree(cell)[0]


@pytest.mark.parametrize(
    ("north", "east"),
    [
        ("1587000,5", "552800,25"), ("1.587.000,5", "552.800,25"), ("1 587 000,5", "552 800,25"),
        ("1\u00a0587\u00a0000,5", "552\u202f800,25"), ("1'587'000.5", "552’800.25"),
        ("１５８７０００．５", "552800.25"), ("+1587000.5", "552800.25"), ("1,587,000.5", "552,800.25"),
        ("'1587000.5", "552800.25"),
    ],
)  # fmt: skip
def test_a_number_in_many_spellings(tmp_path, north, east):
    layer = read_layer("markers", write(tmp_path, f"Tên mốc;X;Y\nM1;{north};{east}\n"), KON_TUM)
    point = layer.shapes.geometry.iloc[0]
    assert (point.x, point.y) == (552_800.25, 1_587_000.5)


def test_a_column_of_thousands_is_settled_by_its_neighbour_and_else_refused(tmp_path):
    path = write(tmp_path, "Tên mốc;X;Y\nM1;1.587.000;552.800\nM2;1.587.100;552.900\n")
    assert read_layer("markers", path, KON_TUM).shapes.geometry.x.tolist() == [552_800, 552_900]
    path = write(tmp_path, "Tên mốc;X;Y\nM1;587.000;552.800\nM2;587.100;552.900\n")
    assert {issue.code for issue in refused(path)} == {"not_a_number"}


@pytest.mark.parametrize(
    ("factor", "unit", "told"), [(1e-3, "km", "1000"), (1e3, "mm", "0.001"), (1e2, "cm", "0.01")]
)
def test_other_units_than_metres_are_refused_with_the_factor(tmp_path, factor, unit, told):
    rows = "".join(
        f"M{k};{(1_587_000.5 + k) * factor:.4f};{(552_800.5 + k) * factor:.4f}\n" for k in range(3)
    )
    [issue] = refused(write(tmp_path, "Tên mốc;X;Y\n" + rows))
    assert (issue.code, issue.params["unit"], issue.params["factor"]) == (
        "unit_not_metres",
        unit,
        told,
    )


def test_degrees_the_wrong_way_round_are_proved(tmp_path):
    path = write(tmp_path, "Tên mốc;Kinh độ;Vĩ độ\nM1;14°21'00\"B;107°30'00\"Đ\n")
    assert [issue.code for issue in refused(path, ReadOptions())] == ["axes_swapped"]
    layer = read_layer("markers", path, ReadOptions(axes="ne"))
    assert layer.shapes.geometry.iloc[0].coords[0] == pytest.approx((107.5, 14.35))


def test_coordinates_without_any_name_are_known_by_their_values(tmp_path):
    for text in (
        "M1 1587000.5 552800.5\nM2 1587100.5 552800.5\n",
        "Mốc,Bảng A,Bảng B\nM1,1587000.5,552800.5\n",
    ):
        layer = read_layer("markers", write(tmp_path, text, "moc.txt"), KON_TUM)
        assert layer.shapes.geometry.iloc[0].coords[0] == (552_800.5, 1_587_000.5)
        assert "axes_by_values" in {issue.code for issue in layer.issues}
    path = write(tmp_path, "1587000.5 552800.5\n1587100.5 552800.5\n1587100.5 552900.5\n", "r.txt")
    assert read_layer("clusters", path, KON_TUM).shapes.area.tolist() == [5_000]


PAIRS = """STT;Tên mốc;Tọa độ VN-2000, KTT 107°30';;WGS 84;
;;X (m);Y (m);Vĩ độ;Kinh độ
1;M1;{};552800,000;{}
"""


def test_two_systems_side_by_side_are_compared(tmp_path):
    from gisclusters.geometry.crs import to_wgs84

    lon, lat = to_wgs84(552_800, 1_587_000, 9216)
    path = write(tmp_path, PAIRS.format("1587000,000", f"{lat:.7f};{lon:.7f}"))
    layer = read_layer("markers", path)
    assert layer.crs == "EPSG:9216"
    told = {issue.code: issue for issue in layer.issues}
    assert "pair_chosen" in told
    assert "pairs_disagree" not in told
    layer = read_layer(
        "markers", write(tmp_path, PAIRS.format("1587003,000", f"{lat:.7f};{lon:.7f}"))
    )
    [said] = [issue for issue in layer.issues if issue.code == "pairs_disagree"]
    assert (said.row, round(said.params["metres"], 2)) == (3, 3.0)


def test_a_zone_stands_beside_its_own_pair(tmp_path):
    text = """Tên mốc;VN-2000 KTT 105° múi 6°;;VN-2000 KTT 107°30' múi 3°;
;X;Y;X;Y
M1;1588630;822000;1587000;552800
"""
    layer = read_layer("markers", write(tmp_path, text))
    assert (layer.crs, layer.shapes.geometry.iloc[0].x) == ("EPSG:9216", 552_800)
    assert "pairs_disagree" in {issue.code for issue in layer.issues}


def test_the_two_real_marker_tables_hold_the_same_points(shared_data):
    folder = shared_data / "real" / "vn_formats"
    options = ReadOptions(crs="EPSG:9210")
    named = read_layer("surveys", folder / "moc_vn2000_105-45.csv", options)
    plain = read_layer("surveys", folder / "moc_vn2000_plain.txt", options)
    wards = read_layer("places", folder / "wards_epsg9210.geojson")
    assert len(named) == len(plain) == 812
    assert named.frame["marker_id"].tolist() == plain.frame["marker_id"].tolist()
    assert named.shapes.geometry.geom_equals(plain.shapes.geometry).all()
    assert named.shapes.geometry.iloc[0].coords[0] == (540_700.032, 1_252_005.763)
    near = wards.shapes.geometry.union_all().buffer(1)
    assert named.shapes.geometry.within(near).mean() > 0.9


@pytest.mark.parametrize(("turned", "code", "count"), [
    (10, "axes_swapped", 1), (9, "axes_swapped", 1), (8, "vertex_exchanged", 8), (6, "vertex_exchanged", 6),
    (5, "vertex_exchanged", 5), (1, "vertex_exchanged", 1),
])  # fmt: skip
def test_an_option_is_the_remedy_only_where_nearly_all_rows_are_exchanged(
    tmp_path, turned, code, count
):
    pairs = [(1_221_000 + k, 570_000 + k) for k in range(10)]
    pairs = [(e, n) if k < turned else (n, e) for k, (n, e) in enumerate(pairs)]
    path = tmp_path / "bang.csv"
    rows = "".join(f"M{k};{x};{y}\n" for k, (x, y) in enumerate(pairs))
    path.write_text(f"Tên;X (Bắc);Y (Đông)\n{rows}", encoding="utf-8")
    with pytest.raises(InputRefusedError) as refusal:
        read_layer("markers", path, ReadOptions(crs="EPSG:9210"))
    issues = [issue for issue in refusal.value.issues if issue.level == "error"]
    assert [issue.code for issue in issues] == [code] * count
