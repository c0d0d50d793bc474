"""What a file says a second time, of its system, its columns or its outlines, is not passed over."""

import unicodedata

import geopandas as gpd
import pytest
import shapely

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, read_layer
from gisclusters.words import issue_text

LONG_AN = ReadOptions(province="Long An")
CORNERS = [(1_221_000, 570_000), (1_221_000, 570_400), (1_221_300, 570_400), (1_221_300, 570_000)]


def write(folder, text, name="bang.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path, kind="clusters", options=LONG_AN):
    with pytest.raises(InputRefusedError) as found:
        read_layer(kind, path, options)
    return [issue.code for issue in found.value.issues if issue.level == "error"]


def test_two_blocks_of_columns_are_not_half_read(tmp_path):
    (n1, e1), (n2, e2), (n3, e3), (n4, e4) = CORNERS
    text = f"STT;X;Y;STT;X;Y\n1;{n1};{e1};4;{n4};{e4}\n2;{n2};{e2};;;\n3;{n3};{e3};;;\n"
    assert refusal(write(tmp_path, text)) == ["pairs_unclear"]
    old_and_new = f"Tên;X cũ;Y cũ;X mới;Y mới\nM1;{n1};{e1};{n1 + 5};{e1 + 5}\n"
    assert refusal(write(tmp_path, old_and_new), "markers") == ["pairs_unclear"]
    unfilled = "Tên;X;Y;X;Y\n" + "".join(f"M{i};{n};{e};;\n" for i, (n, e) in enumerate(CORNERS))
    assert len(read_layer("markers", write(tmp_path, unfilled), LONG_AN)) == 4


def test_an_outline_titled_inside_another_is_told(tmp_path):
    rows = "".join(f"{i};{n};{e}\n" for i, (n, e) in enumerate(CORNERS, 1))
    inner = "".join(f"{i};{(n + 1_221_150) / 2};{(e + 570_200) / 2}\n"
                    for i, (n, e) in enumerate(CORNERS, 1))  # fmt: skip
    path = write(tmp_path, f"STT;X;Y\n{rows}Vòng trong;;\n{inner}")
    layer = read_layer("clusters", path, LONG_AN)
    [told] = [issue for issue in layer.issues if issue.code == "outline_in_outline"]
    assert (told.level, told.value, told.params["other"]) == ("warning", "Vòng trong", "bang")
    for text in (f"CCN A\nSTT;X;Y\n{rows}", f"STT;X;Y\nCCN A;;\n{rows}"):
        hole = write(tmp_path, f"{text}Vòng trong;;\n{inner}")
        assert read_layer("clusters", hole, LONG_AN).shapes.area.tolist() == [90_000]


def test_a_cluster_named_above_the_header_keeps_its_name(tmp_path):
    rows = "".join(f"{i};{n};{e}\n" for i, (n, e) in enumerate(CORNERS, 1))
    east = "".join(f"{i};{n};{e + 1_000}\n" for i, (n, e) in enumerate(CORNERS, 1))
    path = write(tmp_path, f"CCN A\nSTT;X;Y\n{rows}CCN B;;\n{east}")
    layer = read_layer("clusters", path, LONG_AN)
    assert layer.frame["name"].tolist() == ["CCN A", "CCN B"]


def test_a_meridian_that_a_comma_split_into_two_cells_is_its_own(tmp_path):
    rows = "".join(f"M{i},{n},{e}\n" for i, (n, e) in enumerate(CORNERS))
    path = write(tmp_path, f"Kinh tuyến trục 105,75\nTên,X,Y\n{rows}")
    assert read_layer("markers", path).crs == "EPSG:9210"


@pytest.mark.parametrize("quotes", [("", '"'), ('"', '"'), ('"', "")])
def test_a_stray_quote_swallows_no_rows(tmp_path, quotes):
    notes = ["", '"gần đường', "", f"cũ{quotes[1]}"]
    rows = "".join(f"M{i},{n},{e},{note}\n"
                   for i, ((n, e), note) in enumerate(zip(CORNERS, notes, strict=True)))  # fmt: skip
    assert refusal(write(tmp_path, f"Tên,X,Y,Ghi chú\n{rows}"), "markers") == ["quote_open"]


def test_a_note_of_two_lines_is_a_note(tmp_path):
    rows = "".join(f'M{i},{n},{e},"gần đường,\nxã An Vĩnh"\n' for i, (n, e) in enumerate(CORNERS))
    layer = read_layer("markers", write(tmp_path, f"Tên,X,Y,Ghi chú\n{rows}"), LONG_AN)
    assert len(layer) == 4


def test_degrees_are_of_the_system_that_the_title_or_a_person_names(tmp_path):
    table = "Tên;Vĩ độ;Kinh độ\nM1;11,04;106,39\n"
    title = write(tmp_path, f"Hệ tọa độ VN-2000\n{table}")
    assert read_layer("markers", title).crs == "EPSG:4756"
    plain = write(tmp_path, table)
    assert read_layer("markers", plain).crs == "EPSG:4326"
    assert read_layer("markers", plain, ReadOptions(crs="EPSG:4756")).crs == "EPSG:4756"
    assert refusal(plain, "markers", ReadOptions(crs="EPSG:9210")) == ["crs_contradiction"]
    said = write(tmp_path, f"WGS 84\n{table}")
    assert refusal(said, "markers", ReadOptions(crs="EPSG:4756")) == ["crs_contradiction"]


@pytest.mark.parametrize(("meridian", "scale", "fits"), [
    (105.75, 0.9999, True), (105.75, 0.9996, False), (106.3, 0.9999, False),
    (106.25, 0.9999, False),
])  # fmt: skip
def test_a_projection_of_no_code_must_be_that_of_the_province(tmp_path, meridian, scale, fits):
    crs = (f"+proj=tmerc +lat_0=0 +lon_0={meridian} +k={scale} +x_0=500000 +y_0=0 "
           "+datum=WGS84 +units=m +no_defs")  # fmt: skip
    shape = shapely.Polygon([(e, n) for n, e in CORNERS])
    path = tmp_path / "ranh.shp"
    gpd.GeoDataFrame({"name": ["A"]}, geometry=[shape], crs=crs).to_file(path)
    if fits:
        layer = read_layer("clusters", path, LONG_AN)
        assert layer.crs == "EPSG:9210"
        assert "crs_unnamed" in {issue.code for issue in layer.issues if issue.level == "warning"}
    else:
        assert refusal(path) == ["crs_contradiction"]
    assert refusal(path, options=ReadOptions()) == ["crs_missing"]


@pytest.mark.parametrize("spellings", [
    ("CCN Hòa", "CCN Hoà"), ("CCN Hòa", unicodedata.normalize("NFD", "CCN Hòa")),
    ("Thủy Khuê", "Thuỷ Khuê"), ("Quý  A", "Quý A"),
])  # fmt: skip
@pytest.mark.parametrize("header", ["Mã cụm", "Tên cụm"])
def test_two_spellings_of_one_name_are_one_outline(tmp_path, spellings, header):
    rows = "".join(f"{spellings[k % 2]};{n};{e}\n" for k, (n, e) in enumerate(CORNERS))
    layer = read_layer("clusters", write(tmp_path, f"{header};X;Y\n{rows}"), LONG_AN)
    assert layer.shapes.area.tolist() == [120_000]
    assert layer.frame["cluster_id" if header == "Mã cụm" else "name"].tolist() == [spellings[0]]
    if not spellings[0].isascii() and "  " not in spellings[0]:
        [told] = [issue for issue in layer.issues if issue.code == "name_spelt_twice"]
        assert (told.level, told.row, told.params["other"]) == ("warning", 3, spellings[0])


def test_names_that_differ_in_a_tone_are_two_outlines(tmp_path):
    rows = "".join(f"{name};{n};{e}\n" for name in ("Hòa", "Hóa", "hòa") for n, e in CORNERS)
    layer = read_layer("clusters", write(tmp_path, f"Mã cụm;X;Y\n{rows}"), LONG_AN)
    assert layer.frame["cluster_id"].tolist() == ["Hòa", "Hóa", "hòa"]


@pytest.mark.parametrize(("header", "cells", "area_m2"), [
    ("Diện tích (ha)", ("12,00", "11,50"), [120_000, 115_000]),
    ("Diện tích (m2)", ("120000", "115000"), [120_000, 115_000]),
    ("Diện tích (m²)", ("120.000,0", "115.000,0"), [120_000, 115_000]),
    ("Diện tích thửa, m2", ("120000", "115000"), [120_000, 115_000]),
    ("registered_area_m2", ("120000", "115000"), [120_000, 115_000]),
])  # fmt: skip
@pytest.mark.parametrize("name", ["Mã thửa", "Số thửa"])
@pytest.mark.parametrize("everywhere", [False, True])
def test_the_area_of_each_parcel_is_held_against_its_own_vertices(
    tmp_path, header, cells, area_m2, name, everywhere
):
    rows = "".join(
        f"T{parcel};{k};{n};{e + 1_000 * parcel};{cells[parcel] if everywhere or not k else ''}\n"
        for parcel in (0, 1) for k, (n, e) in enumerate(CORNERS)
    )  # fmt: skip
    layer = read_layer("parcels", write(tmp_path, f"{name};STT;X;Y;{header}\n{rows}"), LONG_AN)
    assert layer.frame["registered_area_m2"].tolist() == area_m2
    assert layer.shapes.area.tolist() == [120_000, 120_000]
    told = [issue for issue in layer.issues if issue.code == "declared_area_differs"]
    assert [(issue.row, issue.params["declared"]) for issue in told] == [(6, 115_000)]


def told(path, kind="clusters", options=LONG_AN):
    with pytest.raises(InputRefusedError) as found:
        read_layer(kind, path, options)
    errors = [issue for issue in found.value.issues if issue.level == "error"]
    assert all(issue_text(issue, lang)[0] for issue in errors for lang in ("vi", "en"))
    return [(issue.code, issue.row, issue.value) for issue in errors]


@pytest.mark.parametrize(("north", "east", "code"), [
    (572_400, 1_221_300, "vertex_exchanged"), (12_213_000, 572_400, "vertex_outside"),
])  # fmt: skip
@pytest.mark.parametrize("kind", ["clusters", "markers"])
def test_one_wrong_row_among_several_outlines_is_named(tmp_path, north, east, code, kind):
    rows = [(f"{k}-{i}", n, e + k * 1_000) for k in range(3) for i, (n, e) in enumerate(CORNERS)]
    rows[6] = (rows[6][0], north, east)
    text = "".join(f"{name};{n};{e}\n" for name, n, e in rows)
    path = write(tmp_path, f"Tên điểm;X;Y\n{text}")
    assert told(path, kind) == [(code, 8, f"{east:.3f} {north:.3f}")]


@pytest.mark.parametrize("north", ["1.221.000", "1221000", "1221000,0"])
def test_a_cell_that_turns_thousands_into_decimals_is_named(tmp_path, north):
    cells = ["570.000", "570.00", "570.400", "570.400"]
    rows = "".join(f"M{k};{north};{cell}\n" for k, cell in enumerate(cells))
    path = write(tmp_path, f"Tên;X;Y\n{rows}")
    assert told(path) == [("thousands_mixed", 3, "570.00")]
    kilometres = "".join(f"M{k};1221.{k:03};570.{k:02}3\n" for k in range(4))
    assert told(write(tmp_path, f"Tên;X;Y\n{kilometres}M9;1221.5;570.5\n"))[0][0] == (
        "unit_not_metres")  # fmt: skip


def test_several_srids_are_named_with_their_rows(tmp_path):
    path = write(tmp_path, 'zone_id,WKT\n1,"SRID=4326;POINT (106 10)"\n'
                           '2,"SRID=4326;POINT (106 10)"\n3,"SRID=9210;POINT (570000 1221000)"\n')  # fmt: skip
    assert told(path, "plans") == [("srids_several", 4, "4326 (2), 9210 (4)")]


def test_a_quote_left_open_in_a_number_is_named(tmp_path):
    text = (
        'Tên,X,Y\nM1,"1221000,5","570000,5\nM2,"1221000,5","570400,5"\nM3,"1221300,5","570400,5"\n'
    )
    assert told(write(tmp_path, text))[0][:2] == ("quote_open", 2)
