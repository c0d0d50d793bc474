"""Numbers that cannot be of the system a file claims are refused, and so are the old datums."""

import json

import geopandas as gpd
import pyproj
import pytest
import shapely

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, read_layer
from gisclusters.words import issue_text

METRES = shapely.box(570_000, 1_221_000, 570_300, 1_221_300)
DEGREES = shapely.box(106.3, 11.03, 106.303, 11.033)
WEB = shapely.box(11_833_000, 1_236_000, 11_833_300, 1_236_300)


def turned(shape):
    return shapely.transform(shape, lambda xy: xy[:, ::-1])


def geojson(folder, shape, crs):
    path = folder / "a.geojson"
    feature = {"type": "Feature", "properties": {"cluster_id": "A"},
               "geometry": json.loads(shapely.to_geojson(shape))}  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature],
                                "crs": {"type": "name", "properties": {"name": crs}}}))  # fmt: skip
    return path


def saved(ending):
    def save(folder, shape, crs):
        path = folder / f"a.{ending}"
        gpd.GeoDataFrame({"cluster_id": ["A"]}, geometry=[shape], crs=crs).to_file(path)
        return path

    return save


def refusal(path, options=ReadOptions()):  # noqa: B008
    with pytest.raises(InputRefusedError) as found:
        read_layer("clusters", path, options)
    [issue] = [issue for issue in found.value.issues if issue.level == "error"]
    for lang in ("vi", "en"):
        assert all(issue_text(issue, lang))
    return issue


@pytest.mark.parametrize("write", [geojson, saved("gpkg"), saved("shp")])
@pytest.mark.parametrize(
    ("shape", "crs", "code"),
    [
        (METRES, "EPSG:3857", "metres_of_another"),
        (turned(METRES), "EPSG:3857", "metres_of_another"),
        (METRES, "EPSG:32748", "metres_of_another"),
        (turned(METRES), "EPSG:32650", "metres_of_another"),
        (DEGREES, "EPSG:3857", "not_metres"),
        (turned(DEGREES), "EPSG:3857", "not_metres"),
        (DEGREES, "EPSG:32648", "not_metres"),
        (DEGREES, "EPSG:9210", "not_metres"),
        (turned(DEGREES), "EPSG:3405", "not_metres"),
        (WEB, "EPSG:9210", "outside_zone"),
        (METRES, "EPSG:4326", "not_degrees"),
    ],
)
def test_numbers_of_another_system_are_refused(tmp_path, write, shape, crs, code):
    issue = refusal(write(tmp_path, shape, crs))
    assert (issue.code, issue.row) == (code, 1)


@pytest.mark.parametrize(
    ("shape", "crs"),
    [
        (METRES, "EPSG:9210"), (METRES, "EPSG:32648"), (WEB, "EPSG:3857"), (DEGREES, "EPSG:4326"),
        (METRES, "EPSG:32647"),  # of a neighbour country
        (shapely.box(500_000, 4_000_000, 500_300, 4_000_300), "EPSG:32615"),
        (shapely.box(0, 0, 100, 100), "EPSG:3857"),
    ],
)  # fmt: skip
def test_numbers_that_may_be_of_the_system_are_taken(tmp_path, shape, crs):
    assert read_layer("clusters", geojson(tmp_path, shape, crs)).crs == crs


GAUSS = shapely.box(18_640_000, 1_220_000, 18_640_300, 1_220_300)


@pytest.mark.parametrize("write", [geojson, saved("gpkg"), saved("shp")])
@pytest.mark.parametrize("crs", ["EPSG:2044", "EPSG:2045", "EPSG:4147", "EPSG:3148"])
def test_a_file_that_claims_an_old_datum_is_refused_as_its_words_would_be(tmp_path, write, crs):
    path = write(tmp_path, DEGREES if crs == "EPSG:4147" else GAUSS, crs)
    for options in (ReadOptions(), ReadOptions(province="Long An"), ReadOptions(crs="EPSG:9210")):
        issue = refusal(path, options)
        assert issue.code == "datum_old"
        assert str(issue.value).startswith(crs)
    bare = tmp_path / "b.csv"
    bare.write_text("Hệ HN-72;;\nTên;X;Y\nM1;1221000;570000\nM2;1221000;570100\n")
    with pytest.raises(InputRefusedError) as found:
        read_layer("markers", bare)
    assert issue_text(found.value.issues[-1], "vi")[1] == issue_text(issue, "vi")[1]


def test_a_projection_of_ones_own_on_the_old_datum_is_refused(tmp_path):
    path = saved("shp")(tmp_path, METRES, "EPSG:9210")
    own = pyproj.CRS("EPSG:2044").to_wkt("WKT1_ESRI").replace("18500000", "500000")
    path.with_suffix(".prj").write_text(own.replace("105.0", "105.75"))
    assert refusal(path, ReadOptions(crs="EPSG:9210")).code == "datum_old"


def test_nobody_may_name_the_old_datum_either(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Tên;X;Y\nM1;1221000;570000\nM2;1221000;570100\n")
    with pytest.raises(InputRefusedError) as found:
        read_layer("markers", path, ReadOptions(crs="EPSG:2044"))
    assert [i.code for i in found.value.issues if i.level == "error"] == ["datum_old"]


@pytest.mark.parametrize(
    "name", ["epsg:9210.0", "urn:ogc:def:crs:EPSG::9210.0", "urn:ogc:def:crs:OGC::CRS83"]
)
def test_names_that_are_no_code_are_said_to_be_unknown(tmp_path, name):
    assert refusal(geojson(tmp_path, METRES, name)).code == "crs_unknown"
