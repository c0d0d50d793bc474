"""Shapes written as text in a column, our own and those that others publish."""

import zipfile

import pytest
import shapely

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, inspect_file, read_layer
from gisclusters.words import issue_text

BOX = "POLYGON ((552000 1587000, 552100 1587000, 552100 1587100, 552000 1587100, 552000 1587000))"


def write(tmp_path, text, name="vung.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("header", ["WKT", "geometry", "geom", "the_geom"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_a_column_of_shapes_is_a_layer(tmp_path, header, mark):
    path = write(tmp_path, f'Mã cụm{mark}{header}\nA{mark}"{BOX}"\n')
    layer = read_layer("clusters", path, ReadOptions(crs="EPSG:9216"))
    assert layer.frame["cluster_id"].tolist() == ["A"]
    assert layer.shapes.area.tolist() == [10_000]
    with pytest.raises(InputRefusedError, match="crs_missing"):
        read_layer("clusters", path)
    [row] = inspect_file(path, ReadOptions(crs="EPSG:9216"))
    assert row.geometry_type == "Polygon"


def test_the_text_may_say_its_system(tmp_path):
    path = write(tmp_path, f'cluster_id,WKT\nA,"SRID=9216;{BOX}"\n')
    assert read_layer("clusters", path).crs == "EPSG:9216"
    path = write(tmp_path, f'cluster_id,WKT\nA,"SRID=999999;{BOX}"\n')
    with pytest.raises(InputRefusedError, match="crs_unknown"):
        read_layer("clusters", path)


def test_degrees_are_wgs84_and_it_is_said(tmp_path):
    path = write(
        tmp_path, 'zone_id,category,WKT\n1,rice,"POLYGON ((107 14, 107.1 14, 107 14.1, 107 14))"\n'
    )
    layer = read_layer("plans", path)
    assert layer.crs == "EPSG:4326"
    assert "degrees_taken_as_wgs84" in {issue.code for issue in layer.issues}


def test_every_shape_that_cannot_be_read_is_named_by_row(tmp_path):
    path = write(
        tmp_path,
        f'cluster_id,WKT\nA,"{BOX}"\nB,"POLYGON ((1 1"\nC,"CIRCULARSTRING (0 0, 1 1, 2 0)"\n',
    )
    with pytest.raises(InputRefusedError) as refusal:
        read_layer("clusters", path, ReadOptions(crs="EPSG:9216"))
    assert [(issue.code, issue.row) for issue in refusal.value.issues] == [
        ("wkt_unreadable", 3), ("wkt_unreadable", 4)]  # fmt: skip
    for issue in refusal.value.issues:
        assert all(issue_text(issue, lang)[0] for lang in ("vi", "en"))


def unpacked(shared_data, tmp_path, archive):
    with zipfile.ZipFile(shared_data / "real" / archive) as packed:
        packed.extractall(tmp_path)
    return tmp_path


OPENED = {
    "geojson.csv": (1, "EPSG:4326"), "gml.csv": (10, "EPSG:4326"),
    "shapefile_zip.csv": (None, "EPSG:27700"), "gml_very_long_rows.csv": (None, "EPSG:27700"),
}  # fmt: skip
NO_SHAPES = (
    "csv.csv",
    "xlsx.csv",
    "xlsm.csv",
    "e2e.csv",
    "xlsx_res.xlsx",
    "xlsx.resource",
    "xlsm.resource",
)


def test_the_tables_of_english_authorities(shared_data, tmp_path):
    folder = unpacked(shared_data, tmp_path, "uk_planning_formats/resource_examples.zip")
    for name, (count, crs) in OPENED.items():
        [path] = folder.rglob(name)
        options = ReadOptions(crs=None if crs == "EPSG:4326" else crs)
        layer = read_layer("plans", path, options)
        assert layer.crs == crs, name
        assert count is None or len(layer) == count, name
        assert shapely.is_valid(layer.shapes.geometry.to_numpy()).all()
    for name in NO_SHAPES:  # lists of sites with degrees under GeoX and GeoY
        [path] = folder.rglob(name)
        with pytest.raises(InputRefusedError, match="no_coordinates"):
            read_layer("plans", path)
        assert [row.geometry_type for row in inspect_file(path)] == [None], name


def test_curves_and_surfaces_of_others_are_refused_by_row(shared_data, tmp_path):
    folder = unpacked(shared_data, tmp_path, "awkward_files/fiona_data.zip")
    for archive in ("pyogrio_fixtures", "sf_data"):
        unpacked(shared_data, tmp_path, f"awkward_files/{archive}.zip")
    for name, rows in (("curves_line.csv", {3, 4}), ("test_tin.csv", {2, 3, 4})):
        path = next(folder.rglob(name))
        with pytest.raises(InputRefusedError) as refusal:
            read_layer("plans", path)
        found = {issue.row for issue in refusal.value.issues if issue.code == "wkt_unreadable"}
        assert rows <= found
