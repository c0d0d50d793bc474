"""What of a file is not read, or says two things, is told: archives, links, systems, letters."""

import sqlite3
import struct
import zipfile

import geopandas as gpd
import pytest
import shapely

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, inspect_file, read_layer
from gisclusters.words import issue_text

IN_ZONE = ReadOptions(crs="EPSG:9216")
BOX = shapely.box(552_000, 1_587_000, 552_300, 1_587_200)


def clusters(*names, crs=9216):
    shapes = [shapely.affinity.translate(BOX, 1_000 * place) for place in range(len(names))]
    return gpd.GeoDataFrame({"name": list(names)}, geometry=shapes, crs=crs)


def refusal(path, kind="clusters", options=IN_ZONE):
    with pytest.raises(InputRefusedError) as found:
        read_layer(kind, path, options)
    for issue in found.value.issues:
        assert all(map(all, (issue_text(issue, lang) for lang in ("vi", "en"))))
    return [issue for issue in found.value.issues if issue.level == "error"]


def told(layer, code):
    found = [issue for issue in layer.issues if issue.code == code]
    for issue in found:
        assert all(map(all, (issue_text(issue, lang) for lang in ("vi", "en"))))
    return found


def packed(folder, members, name="gui.zip"):
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


def kml(*placemarks, more=""):
    shape = "106.1,11.1 106.2,11.1 106.2,11.2 106.1,11.1"
    marks = "".join(
        f"<Placemark><name>{name}</name><Polygon><outerBoundaryIs><LinearRing><coordinates>{shape}"
        "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>" for name in placemarks
    )  # fmt: skip
    return (f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}{more}'
            "</Document></kml>")  # fmt: skip


def test_documents_beside_the_main_one_of_a_kmz_are_named(tmp_path):
    path = packed(tmp_path, {"doc.kml": kml("CCN A"), "phan/hai.kml": kml("CCN B"),
                             "files/icon.png": b"\x89PNG\r\n"}, "cum.kmz")  # fmt: skip
    layer = read_layer("clusters", path)
    left, note = told(layer, "archive_members_left")
    assert (left.level, left.params["names"]) == ("warning", "phan/hai.kml")
    assert (note.level, note.params["names"]) == ("info", "files/icon.png")
    [row] = inspect_file(path)
    assert "archive_members_left" in row.problems
    chosen = read_layer("clusters", path, ReadOptions(layer="hai.kml"))
    assert chosen.frame["name"].tolist() == ["CCN B"]
    assert {issue.level for issue in told(chosen, "archive_members_left")} == {"info"}


def test_a_table_beside_a_map_in_a_zip_is_named(tmp_path):
    path = packed(tmp_path, {"ranh.geojson": clusters("A").to_crs(4326).to_json(),
                             "toa_do.csv": "Tên;X;Y\nM1;1587000;552000\n",
                             "ban_ve.dwg": b"AC1032" + bytes(50)})  # fmt: skip
    [left] = told(read_layer("clusters", path), "archive_members_left")
    assert (left.level, left.params["names"]) == ("warning", "ban_ve.dwg, toa_do.csv")


def test_of_two_geopackages_in_a_zip_one_and_a_layer_in_it_can_be_chosen(tmp_path):
    members = {}
    for file in ("mot", "hai"):
        whole = tmp_path / f"{file}.gpkg"
        for name in ("ranh", "cu"):
            clusters(f"{file} {name}").to_file(whole, layer=name)
        members[whole.name] = whole.read_bytes()
    path = packed(tmp_path, members)
    [issue] = refusal(path)
    assert issue.code == "archive_choice"
    assert [issue.code for issue in refusal(path, options=ReadOptions(layer="hai.gpkg"))] == [
        "layer_choice"]  # fmt: skip
    layer = read_layer("clusters", path, ReadOptions(layer="hai.gpkg/ranh"))
    assert layer.frame["name"].tolist() == ["hai ranh"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_written_twice_is_refused(tmp_path):
    path = tmp_path / "hai_ban.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("A", "B"):
            archive.writestr("ranh.geojson", clusters(name).to_crs(4326).to_json())
    assert [(issue.code, issue.value) for issue in refusal(path)] == [
        ("archive_twice", "ranh.geojson")]  # fmt: skip


def test_an_archive_with_a_password_is_said_to_have_one(tmp_path):
    path = packed(tmp_path, {"ranh.geojson": clusters("A").to_crs(4326).to_json()})
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    path.write_bytes(data)
    assert [issue.code for issue in refusal(path)] == ["archive_locked"]


def test_links_and_pictures_of_a_kml_are_counted(tmp_path):
    more = ("<NetworkLink><Link><href>http://192.0.2.1/a.kml</href></Link></NetworkLink>"
            "<Folder><GroundOverlay><name>Bản đồ</name><Icon><href>a.png</href></Icon><LatLonBox>"
            "<north>11.5</north><south>11</south><east>107</east><west>106</west></LatLonBox>"
            "</GroundOverlay></Folder><NetworkLink/>")  # fmt: skip
    path = tmp_path / "cum.kml"
    path.write_text(kml("CCN A", more=more * 2), encoding="utf-8")
    layer = read_layer("clusters", path)
    assert layer.frame["name"].tolist() == ["CCN A"], "the frame of a picture is no cluster"
    [links] = told(layer, "kml_links_unread")
    assert (links.level, links.params["count"]) == ("warning", 4)
    [pictures] = told(layer, "kml_pictures_unread")
    assert pictures.params["names"] == "GroundOverlay × 2"
    [row] = inspect_file(path)
    assert "kml_links_unread" in row.problems
    path.write_text(kml(more=more), encoding="utf-8")
    with pytest.raises(InputRefusedError) as refused:
        read_layer("clusters", path)
    assert "kml_links_unread" in {issue.code for issue in refused.value.issues}


@pytest.mark.parametrize(("number", "codes"), [
    (9210, [("gpkg_srs_differs", 2, "9210")]), (4326, [("gpkg_srs_differs", 2, "4326")]), (0, []),
])  # fmt: skip
def test_a_shape_of_another_system_than_its_layer_is_refused_by_row(tmp_path, number, codes):
    path = tmp_path / "cum.gpkg"
    clusters("A", "B", "C").to_file(path, layer="ranh")
    with sqlite3.connect(path) as base:
        base.create_function("ST_IsEmpty", 1, lambda _: 0)
        for name in ("ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY"):
            base.create_function(name, 1, lambda _: 0.0)
        [blob] = base.execute("SELECT geom FROM ranh WHERE name = 'B'").fetchone()
        blob = blob[:4] + struct.pack("<i", number) + blob[8:]
        base.execute("UPDATE ranh SET geom = ? WHERE name = 'B'", (blob,))
    base.close()
    if codes:
        assert [(issue.code, issue.row, issue.value) for issue in refusal(path)] == codes
        return
    [doubt] = told(read_layer("clusters", path), "gpkg_srs_unsaid")
    assert (doubt.level, doubt.params["count"]) == ("warning", 1)


@pytest.mark.parametrize("endings", [("Shp", "Shx", "dBf", "Prj"), ("shp", "Shx", "DBf", "pRJ")])
def test_the_case_of_an_ending_does_not_take_a_shapefile_apart(tmp_path, endings):
    whole = tmp_path / "a"
    whole.mkdir()
    clusters("CCN Sa Bình").to_file(whole / "ranh.shp", encoding="utf-8")
    loose = tmp_path / "b"
    loose.mkdir()
    members = {}
    for ending in endings:
        content = (whole / f"ranh.{ending.casefold()}").read_bytes()
        (loose / f"Ranh.{ending}").write_bytes(content)
        members[f"Ranh.{ending}"] = content
    for path in (loose / f"Ranh.{endings[0]}", packed(tmp_path, members)):
        layer = read_layer("clusters", path)
        assert layer.crs == "EPSG:9216"
        assert not told(layer, "shapefile_incomplete")
        assert not told(layer, "archive_members_left")


def labelled(folder, *names):
    """A Shapefile whose DBF holds these bytes and names no code page."""
    path = folder / "lo.shp"
    clusters(*(f"{place:-<20}" for place in range(len(names)))).to_file(path)
    path.with_suffix(".cpg").unlink()
    table = path.with_suffix(".dbf")
    data = bytearray(table.read_bytes())
    data[29] = 0
    for place, name in enumerate(names):
        old = f"{place:-<20}".encode()
        data = data.replace(old, name.ljust(len(old)))
    table.write_bytes(data)
    return path


@pytest.mark.parametrize(("names", "read"), [
    ([b"L\xd4 A1", b"L\xd4 A2", b"\xd01"], ["LÔ A1", "LÔ A2", "Đ1"]),
    ([b"M\xe9t 1"], ["Mét 1"]),  # in TCVN3: Một
    ([b"H\xb5"], ["Hà"]),
])  # fmt: skip
def test_a_few_short_labels_do_not_prove_an_encoding(tmp_path, names, read):
    path = labelled(tmp_path, *names)
    layer = read_layer("clusters", path)
    assert layer.frame["name"].tolist() == read
    [doubt] = told(layer, "encoding_too_little")
    assert (doubt.level, doubt.params["taken"]) == ("warning", read[0])
    assert doubt.params["other"] != read[0]
    assert (doubt.layer, doubt.field) == (path.name, "name")
    assert doubt.params["rows"] == ", ".join(str(k + 1) for k in range(len(names)))
    message, remedy = issue_text(doubt, "en")
    for shown in (read[0], doubt.params["other"], "column name", doubt.params["rows"]):
        assert shown in message
    assert f"--encoding {doubt.params['rival']}" in remedy
    [row] = inspect_file(path)
    assert row.encoding_score <= 0.5
    assert "encoding_too_little" in row.problems
    chosen = read_layer("clusters", path, ReadOptions(encoding="tcvn3"))
    assert chosen.frame["name"][0] in {"Lễ A1", "Một 1", "Hà"}
    assert not told(chosen, "encoding_too_little")


def test_a_table_says_where_its_few_letters_stand(tmp_path):
    """In TCVN3 the one name is Một."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"cluster_id;name;x;y\n" + b"".join(
        b"C;M\xe9t;%d;%d\n" % at for at in
        ((1587000, 552000), (1587000, 552100), (1587100, 552100), (1587100, 552000))
    ))  # fmt: skip
    layer = read_layer("clusters", path, ReadOptions(crs="EPSG:9216"))
    [doubt] = told(layer, "encoding_too_little")
    assert (doubt.field, doubt.params["rows"]) == ("#2", "2, 3, 4, 5")
    assert {doubt.params["taken"], doubt.params["other"]} == {"Mét", "Một"}


def test_letters_that_no_encoding_reads_are_shown_otherwise_too(tmp_path):
    """No reading of four strange words is Vietnamese: as they are, and as the best of others."""
    path = labelled(tmp_path, b"Zs\xfcrq", b"Wk\xe8xq", b"Jq\xb7zz", b"Qf\xf1pt")
    layer = read_layer("clusters", path)
    [doubt] = told(layer, "encoding_uncertain")
    assert (doubt.layer, doubt.field, doubt.params["rows"]) == (path.name, "name", "1, 2, 3, 4")
    assert doubt.params["taken"] != doubt.params["other"]
    message, remedy = issue_text(doubt, "vi")
    assert str(doubt.params["other"]) in message
    assert "--encoding" in remedy


def test_one_name_of_three_words_proves_tcvn3(tmp_path):
    path = labelled(tmp_path, b"C\xf4m c\xabng nghi\xd6p")
    layer = read_layer("clusters", path)
    assert layer.frame["name"].tolist() == ["Cụm công nghiệp"]
    [note] = told(layer, "encoding_guessed")
    assert 0.5 < note.params["score"] < 0.9


SQUARES = [shapely.affinity.translate(BOX, 1_000 * place) for place in range(3)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["ranh.wkt", "ranh.txt", "ranh"])
def test_a_file_of_bare_wkt_is_a_layer(tmp_path, name, encoding):
    path = tmp_path / name
    lines = [shape.wkt for shape in SQUARES]
    lines[1] = lines[1].replace(", ", ",\n  ") + ";\n"
    path.write_text("\n".join(lines), encoding=encoding)
    layer = read_layer("clusters", path, IN_ZONE)
    assert [shape.equals(own) for shape, own in zip(layer.shapes.geometry, SQUARES, strict=True)]
    assert layer.frame["source_row"].tolist() == [1, 2, 8]
    assert [issue.code for issue in refusal(path, options=ReadOptions())] == ["crs_missing"]
    [row] = inspect_file(path, IN_ZONE)
    assert (row.format, row.rows, row.crs_found) == ("wkt", 3, None)


def test_ewkt_says_its_own_system(tmp_path):
    path = tmp_path / "ranh.wkt"
    text = "# ranh giới\n" + "".join(f"SRID=9216;{shape.wkt}\n" for shape in SQUARES)
    path.write_text(text, encoding="utf-8")
    layer = read_layer("clusters", path)
    assert (layer.crs, len(layer)) == ("EPSG:9216", 3)
    path.write_text(text.replace("9216", "9210", 1), encoding="utf-8")
    assert [issue.code for issue in refusal(path, options=ReadOptions())] == ["srids_several"]


def test_what_is_no_shape_in_a_file_of_wkt_is_named_by_its_line(tmp_path):
    path = tmp_path / "ranh.wkt"
    path.write_text(f"{BOX.wkt}\n{BOX.wkt[:-9]}", encoding="utf-8")
    assert [(issue.code, issue.row) for issue in refusal(path)] == [("wkt_unreadable", 2)]
    path.write_text(f"{BOX.wkt}\nCCN A\nCURVEPOLYGON(CIRCULARSTRING(0 0, 1 1, 2 0, 1 -1, 0 0))")
    assert [(issue.code, issue.row) for issue in refusal(path)] == [("wkt_unreadable", 2)]


def test_a_table_that_begins_with_a_shape_is_a_table_still(tmp_path):
    path = tmp_path / "ranh.csv"
    path.write_text(f"wkt;name\n{BOX.wkt};CCN A\n", encoding="utf-8")
    assert read_layer("clusters", path, IN_ZONE).frame["name"].tolist() == ["CCN A"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["ranh.geojson", "ranh.kml", "ranh.txt"])
def test_json_and_xml_in_utf16_are_said_to_be_that(tmp_path, name, encoding):
    path = tmp_path / name
    text = kml("CCN A") if name.endswith("kml") else clusters("CCN A").to_crs(4326).to_json()
    path.write_text(text, encoding=encoding)
    assert [issue.code for issue in refusal(path)] == ["format_utf16"]


@pytest.mark.parametrize(("old", "new"), [
    ("106.2,11.2", "106.2,abc"), ("106.2,11.2", "106.2,1l.15"), ("106.2,11.2", "106,2,11,2"),
])  # fmt: skip
def test_a_coordinate_of_a_kml_that_is_no_number_is_not_guessed(tmp_path, old, new):
    path = tmp_path / "cum.kml"
    path.write_text(kml("CCN A"), encoding="utf-8")
    assert len(read_layer("clusters", path)) == 1
    path.write_text(kml("CCN A").replace(" 106.2", " \t106.2").replace(old, new), encoding="utf-8")
    issue = refusal(path)[0]
    assert (issue.code, issue.value, issue.params["line"]) == ("xml_number_bad", new, "1")


def test_a_waypoint_with_a_decimal_comma_is_not_cut(tmp_path):
    path = tmp_path / "moc.gpx"
    text = ('<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">\n'
            '<wpt lat="11.15" lon="106.25"><name>M1</name></wpt>\n</gpx>')  # fmt: skip
    path.write_text(text, encoding="utf-8")
    assert len(read_layer("markers", path)) == 1
    path.write_text(text.replace("11.15", "11,15"), encoding="utf-8")
    issue = refusal(path, "markers")[0]
    assert (issue.code, issue.field, issue.value) == ("xml_number_bad", "lat", "11,15")
    assert issue.params["line"] == "2"


@pytest.mark.parametrize(("new", "code"), [
    ("552300,5 1587000", "xml_number_bad"), ("552300", "features_lost"),
])  # fmt: skip
def test_a_feature_that_gdal_leaves_out_of_a_gml_is_missed(tmp_path, new, code):
    path = tmp_path / "cum.gml"
    clusters("A", "B").to_file(path, driver="GML")
    assert len(read_layer("clusters", path)) == 2
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("552300 1587000", new, 1), encoding="utf-8")
    assert refusal(path)[0].code == code


def test_shapes_and_attributes_of_a_mif_belong_together(tmp_path):
    path = tmp_path / "cum.mif"
    clusters("A", "B").to_file(path, driver="MapInfo File")
    table = path.with_suffix(".mid")
    assert not told(read_layer("clusters", path, IN_ZONE), "mif_without_attributes")
    table.write_bytes(table.read_bytes() * 2)
    assert [issue.code for issue in refusal(path)] == ["records_differ"]
    table.unlink()
    [doubt] = told(read_layer("clusters", path, IN_ZONE), "mif_without_attributes")
    assert doubt.level == "warning"


def test_views_and_tiles_of_a_geopackage_are_named(tmp_path):
    path = tmp_path / "cum.gpkg"
    clusters("A").to_file(path, layer="ranh")
    with sqlite3.connect(path) as base:
        base.execute("CREATE VIEW moi AS SELECT * FROM ranh")
        base.execute("CREATE TABLE anh (id INTEGER PRIMARY KEY)")
        base.executemany(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES (?, ?, ?)",
            [("moi", "features", "moi"), ("anh", "tiles", "anh")],
        )
    base.close()
    [doubt] = told(read_layer("clusters", path), "gpkg_contents_unread")
    assert doubt.params["names"] == "anh (tiles), moi (view)"
