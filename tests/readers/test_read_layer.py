"""Files as offices send them: read right, or refused with every reason."""

import csv
import zipfile

import geopandas as gpd
import openpyxl
import pytest
import shapely

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, inspect_file, read_layer
from gisclusters.words import issue_text

TABLE = """Số hiệu mốc;X (m);Y (m)
M1;1.587.000,12;552.800,00
M2;1.587.100,12;552.800,00
M3;1.587.100,12;552.900,00
"""


def codes(kind, path, **options):
    with pytest.raises(InputRefusedError) as refusal:
        read_layer(kind, path, ReadOptions(**options))
    for issue in refusal.value.issues:
        assert all(issue_text(issue, lang)[0] for lang in ("vi", "en"))
    return {issue.code for issue in refusal.value.issues if issue.level == "error"}


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "moc.csv"
    path.write_text(TABLE, encoding="utf-8-sig")
    return path


def test_x_is_north_in_a_vietnamese_table(table):
    layer = read_layer("markers", table, ReadOptions(province="Kon Tum"))
    assert layer.crs == "EPSG:9216"
    assert layer.frame["marker_id"].tolist() == ["M1", "M2", "M3"]
    first = layer.shapes.geometry.iloc[0]
    assert (first.x, first.y) == (552_800.0, 1_587_000.12)
    assert layer.frame["source_row"].tolist() == [2, 3, 4]


def test_a_swapped_table_is_proved_by_its_numbers(table):
    assert codes("markers", table, province="Kon Tum", axes="en") == {"axes_swapped"}


def test_without_a_crs_nothing_is_guessed(table):
    assert codes("markers", table) == {"crs_missing"}


def test_numbers_that_cannot_be_read_are_named_by_row(tmp_path):
    path = tmp_path / "moc.csv"
    path.write_text(TABLE.replace("1.587.100,12", "mười"), encoding="utf-8")
    with pytest.raises(InputRefusedError) as refusal:
        read_layer("markers", path, ReadOptions(province="Kon Tum"))
    assert [issue.row for issue in refusal.value.issues] == [3, 4]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "file_empty"),
        ("a.gpkg", b"\x89rubbish" * 40, "format_unknown"),
        ("a.gpkg", b"SQLite format 3\0" + b"\1" * 200, "file_damaged"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [', "file_damaged"),
        ("a.geojson", b'{"hello": 1}', "not_geojson"),
        ("a.geojson", b"<OGRVRTDataSource></OGRVRTDataSource>", "format_refused"),
        ("a.dwg", b"AC1032" + b"\0" * 100, "format_cad_closed"),
        ("a.xlsx", b"PK\3\4rubbish", "file_damaged"),
        ("a.shp", b"\0\0\x27\x0a" + b"\0" * 96, "shapefile_part_missing"),
    ],
)
def test_a_file_that_is_nothing_is_refused(tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)
    assert codes("clusters", tmp_path / name, crs="EPSG:9216") == {code}


def test_a_missing_file_and_a_folder(tmp_path):
    assert codes("clusters", tmp_path / "no.gpkg") == {"file_missing"}
    assert codes("clusters", tmp_path) == {"file_is_folder"}


def test_an_archive_that_reaches_out_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../out.shp", b"x")
    assert codes("clusters", path) == {"archive_path"}


@pytest.mark.parametrize(
    ("member", "code"),
    [('{"type": "link", "properties": {"href": "http://127.0.0.1:9/crs"}}', "crs_unknown"),
     ('{"type": "name", "properties": {"name": "EPSG:999999"}}', "crs_unknown")],
)  # fmt: skip
def test_a_crs_that_nobody_knows(tmp_path, member, code):
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection", "crs": %s, "features": []}' % member)
    assert codes("clusters", path) == {code}


def test_metres_without_a_crs_are_not_degrees(tmp_path):
    path = tmp_path / "a.geojson"
    square = shapely.to_geojson(shapely.box(552_800, 1_587_000, 552_900, 1_587_100))
    path.write_text('{"type": "Feature", "properties": {}, "geometry": %s}' % square)
    assert codes("clusters", path) == {"crs_missing"}
    assert read_layer("clusters", path, ReadOptions(crs="EPSG:9216")).shapes.area[0] == 10_000


def test_a_declared_crs_that_the_file_contradicts_is_refused(tmp_path):
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame(geometry=[shapely.box(552_800, 1_587_000, 552_900, 1_587_100)],
                     crs=9216).to_file(path)  # fmt: skip
    assert codes("clusters", path, crs="EPSG:9210") == {"crs_contradiction"}
    assert read_layer("clusters", path, ReadOptions(crs="EPSG:9216")).frame.cluster_id[0] == "a"


def test_an_invalid_boundary_is_refused_by_row_and_mended_only_when_accepted(tmp_path):
    path = tmp_path / "a.gpkg"
    bow = shapely.Polygon([(552_800, 1_587_000), (552_900, 1_587_100), (552_900, 1_587_000),
                           (552_800, 1_587_100)])  # fmt: skip
    gpd.GeoDataFrame({"cluster_id": ["B"]}, geometry=[bow], crs=9216).to_file(path)
    assert codes("clusters", path) == {"geometry_invalid"}
    layer = read_layer("clusters", path, ReadOptions(accept_repairs=True))
    assert layer.shapes.area.tolist() == [5_000]
    assert "geometry_repaired" in {issue.code for issue in layer.issues}


def test_an_office_sheet_with_merged_headers_and_a_declared_area(tmp_path):
    path = tmp_path / "ranh.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "BẢNG TỌA ĐỘ"
    sheet["A3"], sheet["B3"] = "Số hiệu điểm", "Tọa độ VN-2000, KTT 107°30′, múi chiếu 3°"
    sheet.merge_cells("B3:C3")
    sheet["B4"], sheet["C4"] = "X (m)", "Y (m)"
    for k, (x, y) in enumerate([(0, 0), (0, 100), (100, 100), (100, 0), (0, 0)]):
        sheet.append(
            [str(k % 4 + 1), f"1.587.{x:03d},000", f"552.{800 + y if y < 100 else 900},000"]
        )
    sheet.append(["Diện tích (ha)", "1,50"])
    book.save(path)
    layer = read_layer("clusters", path)
    assert layer.crs == "EPSG:9216"
    assert layer.shapes.area.tolist() == [10_000]
    assert "declared_area_differs" in {issue.code for issue in layer.issues}
    [row] = inspect_file(path)
    assert (row.crs_found, row.declared_area_m2, row.computed_area_m2) == (
        "EPSG:9216", 15_000, 10_000)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("tayninh_tcvn3", "tcvn3"), ("tayninh_vni", "vni"), ("tayninh_cp1258", "cp1258"),
     ("tayninh_cp1258_cpg", "cp1258"), ("quangngai_tcvn3_noprj", "tcvn3")],
)  # fmt: skip
def test_names_in_old_encodings(shared_data, name, encoding):
    folder = shared_data / "real" / "vn_formats"
    with (folder / "truth_utf8.csv").open(encoding="utf-8") as lines:
        truth = {row["MA_XA"]: row["TEN"] for row in csv.DictReader(lines)}
    crs = "EPSG:5898" if "noprj" in name else None
    layer = read_layer("places", folder / f"{name}.zip", ReadOptions(crs=crs))
    assert len(layer) == 96
    guessed = [issue for issue in layer.issues if issue.code == "encoding_guessed"]
    assert [issue.value for issue in guessed] == [encoding]
    for code, found in zip(layer.frame.place_id, layer.frame["name"], strict=True):
        assert found.casefold() == truth[code].casefold()


def test_a_shapefile_without_prj_is_refused_until_told(shared_data):
    path = shared_data / "real" / "vn_formats" / "quangngai_tcvn3_noprj.zip"
    assert codes("places", path) == {"crs_missing"}


def test_the_same_wards_in_every_format(shared_data):
    folder = shared_data / "real" / "vn_formats"
    names = ("wards.kml", "wards.fgb", "wards_epsg9210.geojson")
    read = [read_layer("places", folder / name) for name in names]
    assert [len(layer) for layer in read] == [20, 20, 20]
    one, two, three = ({*layer.frame.place_id} for layer in read)
    assert one == two == three


def test_a_drawing_has_outlines_and_no_crs(shared_data):
    path = shared_data / "real" / "vn_formats" / "ranh_xa_vn2000.dxf"
    assert codes("clusters", path) == {"crs_missing"}
    assert len(read_layer("clusters", path, ReadOptions(crs="EPSG:9210"))) == 22
