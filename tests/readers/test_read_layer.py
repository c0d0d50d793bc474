"""Files as offices send them: read right, or refused with every reason."""

import json
import zipfile

import geopandas as gpd
import openpyxl
import pytest
import shapely

import gisclusters as gc
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import transform_frame
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
        ("a.shp", b"\0\0\x27\x0a" + b"\0" * 96, "no_rows"),
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


def test_a_drawing_has_outlines_and_no_crs(shared_data):
    path = shared_data / "real" / "vn_formats" / "ranh_xa_vn2000.dxf"
    assert codes("clusters", path) == {"crs_missing"}
    assert len(read_layer("clusters", path, ReadOptions(crs="EPSG:9210"))) == 22


SQUARE = shapely.box(552_000, 1_587_000, 552_100, 1_587_100)


def geojson(tmp_path, *properties, crs=9216, name="a.geojson", shape=SQUARE):
    path = tmp_path / name
    features = [{"type": "Feature", "properties": each,
                 "geometry": json.loads(shapely.to_geojson(shape))} for each in properties]  # fmt: skip
    member = {"type": "name", "properties": {"name": f"EPSG:{crs}"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": member,
                                "features": features}), encoding="utf-8")  # fmt: skip
    return path


def warned(layer):
    return {issue.code for issue in layer.issues if issue.level == "warning"}


def test_two_columns_that_would_be_one_field_stay_two(tmp_path):
    path = geojson(tmp_path, {"Name": "một", "name": "hai", "foo": "ba"})
    frame = read_layer("clusters", path).frame
    assert frame[["name", "Name"]].iloc[0].tolist() == ["hai", "một"]
    frame = read_layer("clusters", path, ReadOptions(mapping={"name": "foo"})).frame
    assert frame[["name", "name (2)"]].iloc[0].tolist() == ["ba", "hai"]
    assert codes("clusters", path, mapping={"name": "foo", "owner": "foo"}) == {"map_column_twice"}


def test_a_header_of_signs_alone_is_no_field(tmp_path):
    path = tmp_path / "do.csv"
    path.write_text("#,marker_id,E,N\n1,RG-1,552800,1587000\n2,RG-2,552900,1587000\n")
    frame = read_layer("surveys", path, ReadOptions(crs="EPSG:9216")).frame
    assert frame["accuracy_m"].isna().all()
    assert frame["#"].tolist() == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("columns: [a, b]", "sidecar_value"), ("columns: {name: 5}", "sidecar_value"),
        ("axes: [en]", "sidecar_value"), ("in_force_from: 2026-02-30", "sidecar_unreadable"),
        ("id: [", "sidecar_not_yaml"), ("accuracy_m: .inf", "sidecar_value"),
        ("accuracy_m: true", "sidecar_value"), ("map_scale: .nan", "sidecar_value"),
        ("crs: EPSG:999999", "sidecar_value"),
    ],
)  # fmt: skip
def test_a_sidecar_that_cannot_be_used_is_refused(tmp_path, text, code):
    path = geojson(tmp_path, {"zone_id": "1", "category": "rice"})
    path.with_name("a.geojson.meta.yaml").write_text(text, encoding="utf-8")
    assert codes("plans", path) == {code}


def test_a_sidecar_nested_without_end_is_refused(tmp_path):
    """libyaml misses the ends of the brackets; the loader in Python runs out of depth before."""
    path = geojson(tmp_path, {"zone_id": "1", "category": "rice"})
    path.with_name("a.geojson.meta.yaml").write_text("[" * 3_000, encoding="utf-8")
    [code] = codes("plans", path)
    assert code in {"sidecar_not_yaml", "sidecar_unreadable"}


def test_option_goes_before_row_before_sidecar_and_it_is_said(tmp_path):
    path = geojson(tmp_path, {"zone_id": "1", "category": "rice"})
    path.with_name("a.geojson.meta.yaml").write_text("category: defence", encoding="utf-8")
    layer = read_layer("plans", path)
    assert layer.frame["category"].tolist() == ["rice"]
    assert "sidecar_disagrees" in warned(layer)
    layer = read_layer("plans", path, ReadOptions(category="housing"))
    assert layer.frame["category"].tolist() == ["housing"]
    assert "option_disagrees" in warned(layer)


def test_people_who_name_different_systems_are_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("cluster_id,E,N\nA,552000,1587000\nA,552100,1587000\nA,552100,1587100\n")
    sidecar = path.with_name("a.csv.meta.yaml")
    assert "crs_disagreement" in warned(
        read_layer("clusters", path, ReadOptions(crs="EPSG:9216", province="Long An"))
    )
    sidecar.write_text("crs: EPSG:9210", encoding="utf-8")
    layer = read_layer("clusters", path, ReadOptions(crs="EPSG:9216"))
    assert layer.crs == "EPSG:9216"
    assert "crs_disagreement" in warned(layer)


@pytest.mark.parametrize(
    ("day", "good"), [("25/12/2026", True), ("12/25/2026", False), ("9999-12-31", False),
                      ("31/12/9999", False), ("2026-12-25", True), ("2026-13-01", False)],
)  # fmt: skip
def test_a_day_is_read_one_way_or_refused(tmp_path, day, good):
    path = geojson(tmp_path, {"zone_id": "1", "category": "rice", "in_force_to": day})
    if good:
        assert read_layer("plans", path).frame["in_force_to"].dt.date.astype(str)[0] == "2026-12-25"
    else:
        assert codes("plans", path) == {"not_a_date"}


@pytest.mark.parametrize("value", [0, -1])
def test_an_accuracy_is_above_zero(tmp_path, value):
    path = geojson(tmp_path, {"zone_id": "1", "category": "rice", "accuracy_m": value})
    assert codes("plans", path) == {"not_positive"}


def test_swapped_axes_of_a_vector_file_are_refused_and_may_be_exchanged(tmp_path):
    swapped = shapely.transform(SQUARE, lambda xy: xy[:, ::-1])
    path = geojson(tmp_path, {"cluster_id": "A"}, shape=swapped)
    assert codes("clusters", path) == {"axes_swapped"}
    layer = read_layer("clusters", path, ReadOptions(axes="ne"))
    assert layer.shapes.geometry[0].equals(SQUARE)


def test_an_archive_with_the_same_name_in_two_folders_is_a_choice(tmp_path):
    path = tmp_path / "hai.zip"
    content = geojson(tmp_path, {"cluster_id": "A"}).read_text(encoding="utf-8")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("A/r.geojson", content)
        archive.writestr("B/r.geojson", content)
    assert codes("clusters", path) == {"archive_choice"}


def test_a_list_inside_a_cell_does_not_divide_the_row(tmp_path):
    path = tmp_path / "thue.csv"
    path.write_text("parcel_id,lease_id,lessee,force_majeure\n"
                    "P1,H1,x,2020-01-01/2020-02-01;2021-01-01/2021-03-01\n")  # fmt: skip
    frame = read_layer("leases", path).frame
    assert frame["force_majeure"].tolist() == ["2020-01-01/2020-02-01;2021-01-01/2021-03-01"]


def workbook(tmp_path, sheets, name="a.xlsx"):
    path = tmp_path / name
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path.with_suffix(".xlsx"))
    path.with_suffix(".xlsx").rename(path)
    return path


POINTS = [["Tên mốc", "X", "Y"], ["M1", 1_587_000.5, 552_800], ["M2", 1_587_100.5, 552_900]]


def test_a_workbook_with_two_tables_is_a_choice(tmp_path):
    path = workbook(tmp_path, {"một": POINTS, "hai": POINTS, "trống": []})
    assert codes("markers", path, crs="EPSG:9216") == {"layer_choice"}
    assert len(read_layer("markers", path, ReadOptions(crs="EPSG:9216", layer="hai"))) == 2
    path = workbook(tmp_path, {"bìa": [["Sở Công Thương"], ["Kon Tum"]], "bảng": POINTS})
    assert len(read_layer("markers", path, ReadOptions(crs="EPSG:9216"))) == 2


def test_a_workbook_is_one_under_any_name(tmp_path):
    path = workbook(tmp_path, {"một": POINTS}, name="a.csv")
    assert len(read_layer("markers", path, ReadOptions(crs="EPSG:9216"))) == 2


def test_a_formula_without_a_value_is_no_coordinate(tmp_path):
    path = workbook(tmp_path, {"một": [*POINTS, ["M3", "=B2+500", "=C2"]]})
    assert codes("markers", path, crs="EPSG:9216") == {"geometry_unusable"}


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_workbook_whose_inside_is_broken_is_refused(tmp_path, part):
    sound = workbook(tmp_path, {"một": POINTS})
    broken = tmp_path / "b.xlsx"
    with zipfile.ZipFile(sound) as one, zipfile.ZipFile(broken, "w") as two:
        for item in one.namelist():
            two.writestr(item, b"<a/>" if item == part else one.read(item))
    assert codes("markers", broken, crs="EPSG:9216") <= {
        "file_damaged", "table_empty", "no_coordinates"}  # fmt: skip


def test_a_ring_inside_another_is_a_hole(tmp_path):
    path = tmp_path / "ranh.csv"
    rings = [(552_000, 500), (552_200, 100)]
    rows = [f"A,{k},{x + dx * size},{1_587_000 + (x - 552_000) + dy * size}"
            for k, (x, size) in enumerate(rings)
            for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1))]  # fmt: skip
    path.write_text("\n".join(["cluster_id,ring,E,N", *rows]), encoding="utf-8")
    [area] = read_layer("clusters", path, ReadOptions(crs="EPSG:9216")).shapes.area
    assert area == 240_000


def test_what_varies_from_vertex_to_vertex_is_not_said_of_the_outline(tmp_path):
    path = tmp_path / "ranh.csv"
    path.write_text("cluster_id,name,ghi chu,E,N\nA,Một,x,552000,1587000\n"
                    "A,Hai,x,552100,1587000\nA,Ba,x,552100,1587100\n")  # fmt: skip
    layer = read_layer("clusters", path, ReadOptions(crs="EPSG:9216"))
    assert layer.frame[["name", "ghi chu"]].iloc[0].tolist() == [None, "x"]
    assert "field_varies" in warned(layer)


@pytest.mark.parametrize(("crs", "size"), [(3857, 500), (32648, 500), (3405, 500)])
def test_areas_are_measured_in_a_3_degree_zone(tmp_path, crs, size):
    zone = gpd.GeoSeries([shapely.box(570_000, 1_221_000, 570_500, 1_221_500)], crs=9210)
    shape = transform_frame(zone, f"EPSG:{crs}").iloc[0]
    path = geojson(tmp_path, {"cluster_id": "A"}, crs=crs, shape=shape)
    layer = gc.read_layer("clusters", path, province="Long An")
    assert layer.crs == "EPSG:9210"
    assert layer.shapes.area[0] == pytest.approx(size**2, abs=1e-3)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (2.3, 48.8), (15.75, 10)])
def test_ground_abroad_is_refused_in_degrees(tmp_path, x, y):
    path = geojson(tmp_path, {"cluster_id": "A"}, crs=4326, shape=shapely.box(x, y, x + 1, y + 1))
    with pytest.raises(InputRefusedError, match="outside_vietnam"):
        gc.read_layer("clusters", path)


def test_a_province_far_away_is_refused(tmp_path):
    path = geojson(tmp_path, {"cluster_id": "A"}, crs=4326,
                   shape=shapely.box(103.2, 21.0, 103.3, 21.1))  # fmt: skip
    with pytest.raises(InputRefusedError, match="outside_zone_reach"):
        gc.read_layer("clusters", path, province="Kon Tum")
