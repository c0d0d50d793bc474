"""A column that names the system speaks for the file as a title does."""

import geopandas as gpd
import pytest
import shapely

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, read_layer

KON_TUM = ReadOptions(province="Kon Tum")
CORNERS = [(1_587_000, 552_800), (1_587_000, 553_100), (1_586_750, 553_100), (1_586_750, 552_800)]
BOX = shapely.box(552_800, 1_586_750, 553_100, 1_587_000)


def table(folder, header, values):
    rows = "".join(
        f"M{k};{north};{east};{value}\n"
        for k, ((north, east), value) in enumerate(zip(CORNERS, values, strict=True), 1)
    )
    path = folder / "moc.csv"
    path.write_text(f"marker_id;X;Y;{header}\n{rows}", encoding="utf-8")
    return path


def refusal(path, options=KON_TUM, kind="markers"):
    with pytest.raises(InputRefusedError) as found:
        read_layer(kind, path, options)
    [issue] = [issue for issue in found.value.issues if issue.level == "error"]
    return issue


SAID = [
    ("KTT", "108", "EPSG:5898"), ("Kinh tuyến trục", "108°15'", "EPSG:9217"),
    ("Kinh tuyến trục (KTT)", "108,5", "EPSG:9218"), ("Hệ tọa độ", "VN-2000 KTT 108°", "EPSG:5898"),
    ("EPSG", "5898", "EPSG:5898"), ("crs", "EPSG:5898", "EPSG:5898"), ("SRID", "9217", "EPSG:9217"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "value", "crs"), SAID)
def test_a_column_of_a_table_names_the_zone(tmp_path, header, value, crs):
    path = table(tmp_path, header, [value] * 4)
    assert read_layer("markers", path).crs == crs
    issue = refusal(path)
    assert (issue.code, issue.params["option"]) == ("crs_contradiction", f"--crs {crs}")


@pytest.mark.parametrize(("header", "value"), [
    ("KTT", "107°30'"), ("EPSG", "9216"), ("Hệ tọa độ", "VN-2000"), ("Múi chiếu", "3"),
    ("KTT", "107,5"), ("Ghi chú", "108"),
])  # fmt: skip
def test_a_column_that_agrees_leaves_the_zone_of_the_province(tmp_path, header, value):
    assert read_layer("markers", table(tmp_path, header, [value] * 4), KON_TUM).crs == "EPSG:9216"


def test_columns_of_two_zones_of_another_width_and_of_the_old_datum(tmp_path):
    path = table(tmp_path, "EPSG", ["9216", "9216", "5898", "9216"])
    assert refusal(path).code == "zones_several"
    assert refusal(path, ReadOptions()).code == "zones_several"
    assert read_layer("markers", path, ReadOptions(crs="EPSG:9216")).crs == "EPSG:9216"
    issue = refusal(table(tmp_path, "Múi chiếu", ["6"] * 4))
    assert (issue.code, issue.params["option"]) == (
        "crs_contradiction", "--crs EPSG:3405 / EPSG:3406")  # fmt: skip
    assert refusal(table(tmp_path, "Hệ tọa độ", ["HN-72"] * 4)).code == "datum_old"
    assert refusal(table(tmp_path, "KTT", ["108 rưỡi"] * 4)).code == "meridian_unknown"


@pytest.mark.parametrize("form", ["shp", "gpkg", "geojson"])
@pytest.mark.parametrize(("header", "value"), [("KTT", "108°00'"), ("EPSG", 5898), ("KTT", 108.0)])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_an_attribute_of_a_map_without_a_crs_names_the_zone(tmp_path, form, header, value):
    path = tmp_path / f"ranh.{form}"
    gpd.GeoDataFrame({"cluster_id": ["A"], header: [value]}, geometry=[BOX]).to_file(path)
    issue = refusal(path, kind="clusters")
    assert (issue.code, issue.params["option"]) == ("crs_contradiction", "--crs EPSG:5898")
    assert read_layer("clusters", path).crs == "EPSG:5898"


def test_an_attribute_beside_the_code_of_the_map_is_told(tmp_path):
    path = tmp_path / "ranh.gpkg"
    frame = gpd.GeoDataFrame({"cluster_id": ["A"], "KTT": [108.0]}, geometry=[BOX], crs=9216)
    frame.to_file(path)
    layer = read_layer("clusters", path)
    assert layer.crs == "EPSG:9216"
    assert "crs_disagreement" in {issue.code for issue in layer.issues if issue.level == "warning"}
    frame.to_crs(4326).to_file(path)
    told = read_layer("clusters", path).issues
    assert "crs_disagreement" not in {issue.code for issue in told}
