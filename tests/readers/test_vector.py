"""Broken Shapefiles, GeoJSON by row, descriptors that reach out, old encodings by value."""

import json
import socket
import sqlite3
import struct
import threading
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, inspect_file, read_layer
from gisclusters.readers.gdal import Opened
from gisclusters.readers.guessing import guess
from gisclusters.readers.text import decode, lost_capitals
from gisclusters.readers.vector import read_vector
from gisclusters.readers.vector_files import has_layer
from gisclusters.words import issue_text

IN_ZONE = ReadOptions(crs="EPSG:9216")


def squares(count=4):
    boxes = [shapely.box(552_000 + 100 * k, 1_587_000, 552_100 + 100 * k, 1_587_100)
             for k in range(count)]  # fmt: skip
    return gpd.GeoDataFrame({"zone_id": [f"Z{k}" for k in range(count)]}, geometry=boxes, crs=9216)


@pytest.fixture
def shp(tmp_path):
    path = tmp_path / "vung.shp"
    squares().to_file(path, encoding="utf-8")
    return path


def refusal(path, options=IN_ZONE):
    with pytest.raises(InputRefusedError) as refused:
        read_layer("plans", path, options)
    for issue in refused.value.issues:
        assert all(issue_text(issue, lang)[0] for lang in ("vi", "en"))
    return [issue for issue in refused.value.issues if issue.level == "error"]


def warned(layer):
    return {issue.code: issue.value for issue in layer.issues if issue.level == "warning"}


def change(path, place, data):
    content = bytearray(path.read_bytes())
    content[place : place + len(data)] = data
    path.write_bytes(content)


def test_a_shapefile_without_its_index_is_read_from_the_shapes(shp):
    whole = read_layer("plans", shp).shapes
    shp.with_suffix(".shx").unlink()
    layer = read_layer("plans", shp)
    assert warned(layer)["shapefile_incomplete"] == ".shx"
    assert layer.shapes.geometry.tolist() == whole.geometry.tolist()
    assert not shp.with_suffix(".shx").exists(), "nothing is written beside a stranger's file"


def test_a_shapefile_of_shapes_alone_gets_ids_and_needs_a_crs(shp):
    for end in (".shx", ".dbf", ".prj", ".cpg"):
        shp.with_suffix(end).unlink()
    assert [issue.code for issue in refusal(shp, ReadOptions())] == ["crs_missing"]
    layer = read_layer("plans", shp, IN_ZONE)
    assert warned(layer)["shapefile_incomplete"] == ".shx .dbf .prj"
    assert layer.frame["zone_id"].tolist() == [f"vung-{k}" for k in range(1, 5)]


def test_an_index_that_names_one_record_twice_is_refused(shp):
    index = shp.with_suffix(".shx")
    change(index, 108, index.read_bytes()[100:108])
    [issue] = refusal(shp)
    assert (issue.code, issue.row, issue.value) == ("index_wrong", 2, "100")


def test_an_index_of_too_few_records_is_refused(shp):
    index = shp.with_suffix(".shx")
    index.write_bytes(index.read_bytes()[:-8])
    assert [issue.code for issue in refusal(shp)] == ["file_truncated"]


def test_a_dbf_whose_records_are_too_short_is_refused(shp):
    table = shp.with_suffix(".dbf")
    length = struct.unpack("<H", table.read_bytes()[10:12])[0]
    change(table, 10, struct.pack("<H", length - 3))
    [issue] = refusal(shp)
    assert (issue.code, issue.field) == ("dbf_damaged", "record length")


def test_a_dbf_cut_short_is_refused(shp):
    table = shp.with_suffix(".dbf")
    table.write_bytes(table.read_bytes()[:-100])
    [issue] = refusal(shp)
    assert (issue.code, issue.field) == ("dbf_damaged", "bytes")


def test_a_row_marked_deleted_is_counted_and_the_others_keep_their_numbers(shp):
    table = shp.with_suffix(".dbf")
    header, length = struct.unpack("<HH", table.read_bytes()[8:12])
    change(table, header + length, b"*")
    layer = read_layer("plans", shp)
    assert layer.frame["zone_id"].tolist() == ["Z0", "Z2", "Z3"]
    assert layer.frame["source_row"].tolist() == [1, 3, 4]
    [told] = [issue for issue in layer.issues if issue.code == "rows_deleted"]
    assert (told.params["count"], told.params["rows"]) == (1, "2")


def test_rows_of_another_table_are_refused(shp):
    table = shp.with_suffix(".dbf")
    squares(3).to_file(shp.with_name("khac.shp"))
    table.write_bytes(shp.with_name("khac.dbf").read_bytes())
    assert [issue.code for issue in refusal(shp)] == ["records_differ"]


def features(tmp_path, *items):
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection", "features": [%s]}' % ", ".join(items))
    return path


def feature(name, ring):
    return ('{"type": "Feature", "properties": {"zone_id": "%s"}, "geometry": '
            '{"type": "Polygon", "coordinates": [%s]}}' % (name, ring))  # fmt: skip


GOOD = "[[106, 11], [107, 11], [107, 12], [106, 11]]"


def test_what_is_no_feature_is_named_by_row(tmp_path):
    issues = refusal(features(tmp_path, "1", '"a"', "null", feature("A", GOOD)), ReadOptions())
    assert [(issue.code, issue.row, issue.value) for issue in issues] == [
        ("feature_malformed", 1, "1"), ("feature_malformed", 2, '"a"'),
        ("feature_malformed", 3, "null"),
    ]  # fmt: skip


def test_bad_shapes_among_good_ones_are_named_by_row_and_id(tmp_path):
    path = features(
        tmp_path, feature("A", GOOD), feature("B", GOOD.replace("[106, 11]]", "[106, 11.5]]")),
        feature("C", GOOD.replace("107, 12", "1e400, 12")),
        feature("D", GOOD.replace("106", '"106"')),
    )  # fmt: skip
    issues = {issue.row: (issue.code, issue.id) for issue in refusal(path, ReadOptions())}
    assert issues == {
        2: ("geometry_unreadable", "B"), 3: ("geometry_unusable", "C"),
        4: ("feature_malformed", "D"),
    }  # fmt: skip


def test_an_id_beyond_64_bits_stays_what_it_was(tmp_path):
    item = feature("A", GOOD).replace('"A"', "12345678901234567890123")
    layer = read_layer("plans", features(tmp_path, item))
    assert layer.frame["zone_id"].tolist() == ["12345678901234567890123"]


@pytest.mark.parametrize("mark", ["", "\x1e"])
def test_a_sequence_of_features_is_read_to_its_end(tmp_path, mark):
    path = tmp_path / "a"
    path.write_text("\n".join(mark + feature(name, GOOD) for name in "ABC"))
    assert read_layer("plans", path).frame["zone_id"].tolist() == ["A", "B", "C"]


@pytest.fixture
def listener():
    """A server that must never be asked; what reaches it is in the list."""
    server = socket.create_server(("127.0.0.1", 0))
    asked = []

    def wait():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            asked.append(connection.recv(200))
            connection.close()

    threading.Thread(target=wait, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
    server.close()
    assert asked == []


VRT = '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
KML = '<?xml version="1.0"?>{}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}<Placemark><name>a</name><Point><coordinates>1,1</coordinates></Point></Placemark></Document></kml>'


def reaching(canary, url):
    link = {"type": "link", "properties": {"href": url}}
    point = {"type": "Point", "coordinates": [1, 1]}
    return {
        "vrt": (VRT.format(canary), None),
        "vrt in a comment": (KML.format(f"<!-- {VRT.format(canary)} -->", ""), None),
        "wfs": (f"<OGRWFSDataSource><URL>{url}</URL></OGRWFSDataSource>", None),
        "wms": (f"<GDAL_WMS><Service><ServerUrl>{url}</ServerUrl></Service></GDAL_WMS>", None),
        "algorithm": (json.dumps({"type": "gdal_streamed_alg",
                                  "command_line": f"gdal vector pipeline ! read {canary}"}), None),
        "tab view": (f'!table\n!version 300\nDefinition Table\n  File "{canary}"\n', None),
        "entity": (KML.format(f'<!DOCTYPE kml [<!ENTITY x SYSTEM "{url}">]>', "&x;"), None),
        "crs link": (json.dumps({"type": "FeatureCollection", "crs": link, "features": []}), None),
        "crs of a feature": (json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "crs": link, "properties": {"a": 1},
             "geometry": {**point, "crs": link}}]}), None),
        "escaped crs": (json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"a": 1}, "geometry": {**point, "crs": link}},
        ]}).replace('"crs"', '"\\u0063rs"'), None),
        "network link": (KML.format("", f"<NetworkLink><Link><href>{url}/a.kml</href></Link>"
                                        "</NetworkLink>"), 1),
        "schema": ((f'<f xmlns:gml="http://www.opengis.net/gml" xmlns:xsi='
                   f'"http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a {url}">'
                   "<gml:featureMember><p><gml:Point><gml:pos>1 1</gml:pos></gml:Point><n>1</n>"
                   "</p></gml:featureMember></f>"), 1),
    }  # fmt: skip


@pytest.mark.parametrize("ending", ["", ".geojson", ".kml", ".vrt"])
@pytest.mark.parametrize("name", reaching("", ""))
def test_no_file_reaches_beyond_itself(tmp_path, listener, name, ending):
    url, _ = listener
    canary = tmp_path / "canary.geojson"
    canary.write_text(feature("CANARY", GOOD))
    content, rows = reaching(canary, url)[name]
    path = tmp_path / f"file{ending}"
    path.write_text(content)
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(path, path.name)
    for each in (path, packed):
        if rows is None:
            with pytest.raises(InputRefusedError):
                inspect_file(each)
        else:
            assert [row.rows for row in inspect_file(each)] == [rows]


@pytest.mark.parametrize(
    ("statement", "code"),
    [("CREATE TABLE t (a)", "sqlite_other"),
     ("CREATE VIEW gpkg_contents AS SELECT 1", "format_refused")],
)  # fmt: skip
def test_an_sqlite_file_that_is_no_geopackage_is_refused(tmp_path, statement, code):
    path = tmp_path / "a.gpkg"
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()
    assert [issue.code for issue in refusal(path)] == [code]


def test_a_view_of_a_geopackage_is_no_layer(tmp_path):
    path = tmp_path / "a.gpkg"
    squares().to_file(path, layer="vung")
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE VIEW khac AS SELECT * FROM vung")
        connection.execute("INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
                           "VALUES ('khac', 'features', 'khac', 9216)")  # fmt: skip
        connection.execute("INSERT INTO gpkg_geometry_columns VALUES "
                           "('khac', 'geom', 'POLYGON', 9216, 0, 0)")  # fmt: skip
    connection.close()
    assert [row.layer for row in inspect_file(path)] == ["vung"]


def test_a_file_of_several_maps_in_an_archive_is_chosen_by_name(tmp_path):
    packed = tmp_path / "goi.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for name in "AB":
            archive.writestr(f"{name}/{name}.json", feature(name, GOOD))
    assert [issue.code for issue in refusal(packed, ReadOptions())] == ["archive_choice"]
    layer = read_layer("plans", packed, ReadOptions(layer="B"))
    assert layer.frame["zone_id"].tolist() == ["B"]


def raw(text, encoding):
    return text.encode(encoding).decode("latin-1")


WORDS = "Phường Hoà Bình, xã Đăk Cấm"
TWICE = WORDS.encode().decode("latin-1").encode().decode("latin-1")
TCVN3 = "Ph­êng Hoµ B×nh, x· §¨k CÊm"
VNI = "Phöôøng Hoaø Bình, xaõ Ñaêk Caám"
CP1258 = raw("Phươ\u0300ng Hoa\u0300 Bi\u0300nh, xa\u0303 Đăk Câ\u0301m", "cp1258")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(raw(WORDS, "utf-8"), "utf-8"), (TWICE, "utf-8-twice"), (TCVN3, "tcvn3"), (VNI, "vni"),
     (CP1258, "cp1258")],
)  # fmt: skip
def test_an_encoding_is_known_by_its_syllables(text, encoding):
    found = guess(np.array([text], dtype=object))
    assert (found.encoding, found.sure) == (encoding, True)
    assert decode(text, encoding) == WORDS


def test_one_table_may_mix_encodings_by_row(tmp_path):
    path = tmp_path / "tron.shp"
    frame = squares()
    frame["ten"] = ["x" * 60] * 4
    frame.to_file(path, encoding="utf-8")
    path.with_suffix(".cpg").unlink()
    table = path.with_suffix(".dbf").read_bytes()
    for text in (TCVN3, VNI, raw(WORDS, "utf-8"), TCVN3):
        table = table.replace(b"x" * 60, text.encode("latin-1").ljust(60), 1)
    path.with_suffix(".dbf").write_bytes(table)
    rows = read_vector(path, "shapefile", None, None)
    assert rows.frame["ten"].tolist() == [WORDS] * 4
    [mixed] = [issue for issue in rows.issues if issue.code == "encodings_mixed"]
    assert (mixed.value, mixed.params["others"]) == ("tcvn3", "utf-8 1, vni 1")
    received = rows.received
    assert received["source_row"].tolist() == [1, 2, 3, 4]
    assert received["raw"].tolist()[1] == VNI.encode("latin-1")


def test_text_cut_by_a_narrow_column_loses_the_letter_and_says_so(tmp_path):
    path = tmp_path / "cut.shp"
    frame = squares(1)
    frame["ten"] = ["x" * 10]
    frame.to_file(path, encoding="utf-8")
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace(b"x" * 10, "xã HoàHội".encode()[:10]))
    rows = read_vector(path, "shapefile", None, None)
    assert rows.frame["ten"].tolist() == ["xã HoàH"]
    assert "text_cut" in {issue.code for issue in rows.issues}


def test_capitals_that_tcvn3_lost_are_seen_in_the_word():
    assert lost_capitals("PHƯờNG HOà")
    assert not lost_capitals("Phường Đà Nẵng")


def test_a_declared_page_holds_unless_syllables_speak_against_it():
    russian = np.array([raw("РУССКИЙ", "cp1251")], dtype=object)
    assert guess(russian, "cp1251").encoding == "cp1251"
    assert guess(np.array([TCVN3], dtype=object), "cp1252").encoding == "tcvn3"
    assert not guess(np.array([raw("Peçeña", "latin-1")], dtype=object)).sure


def test_rows_of_a_lone_dbf_are_a_table(tmp_path, shp):
    table = shp.with_suffix(".dbf")
    lone = tmp_path / "mot minh.resource"
    lone.write_bytes(table.read_bytes())
    [row] = inspect_file(lone)
    assert (row.format, row.rows, row.geometry_type) == ("dbf", 4, None)
    assert pd.api.types.is_integer_dtype(read_vector(lone, "dbf", None, None).frame["source_row"])
    assert [issue.code for issue in refusal(lone)] == ["no_geometry"]


def test_a_ground_is_a_table_of_exactly_that_name(tmp_path):
    path = tmp_path / "qh.gpkg"
    squares().to_file(path, layer="plan")
    assert not has_layer(path, "gpkg", "ground")
    squares(1).to_file(path, layer="Ground", mode="a")
    assert not has_layer(path, "gpkg", "ground")
    assert has_layer(path, "gpkg", "Ground")


def test_a_view_called_ground_is_no_layer(tmp_path):
    path = tmp_path / "qh.gpkg"
    squares().to_file(path, layer="plan")
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE VIEW ground AS SELECT * FROM plan")
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
            "SELECT 'ground', data_type, 'ground', srs_id FROM gpkg_contents"
        )
    connection.close()
    assert not has_layer(path, "gpkg", "ground")


def test_a_geopackage_is_opened_once_to_choose_its_layer(tmp_path, monkeypatch):
    path = tmp_path / "qh.gpkg"
    squares().to_file(path, layer="plan")
    listed = []
    asked = Opened.layers
    monkeypatch.setattr(Opened, "layers", lambda self: listed.append(1) or asked(self))
    layer = read_layer("plans", path, IN_ZONE)
    assert (len(layer.frame), len(listed)) == (4, 1)
