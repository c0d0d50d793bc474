"""What is written in any format comes back equal: text, numbers, days and shapes."""

import datetime as dt
import unicodedata
import warnings
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gisclusters.geometry.crs import transform_frame
from gisclusters.layers.kinds import KINDS
from gisclusters.readers import ReadOptions, read_layer
from gisclusters.readers.files import sniff
from gisclusters.readers.vector import read_vector
from gisclusters.readers.vector_files import choose_layer

# Driver, how coarse it writes a coordinate (in units of the CRS), and whether in degrees only.
FORMATS = {
    "gpkg": ("GPKG", 0.0, False),
    "fgb": ("FlatGeobuf", 0.0, False),
    "parquet": (None, 0.0, False),
    "geojson": ("GeoJSON", 0.0, False),
    "geojsonl": ("GeoJSONSeq", 1e-7, True),
    "shp": ("ESRI Shapefile", 0.0, False),
    "gml": ("GML", 1e-6, False),
    "kml": ("KML", 1e-9, True),
    "mif": ("MapInfo File", 1e-6, False),
    "tab": ("MapInfo File", 0.02, False),
    "gdb": ("OpenFileGDB", 1e-3, False),
}  # fmt: skip
SYLLABLES = ["Đăk", "Hoà", "Bình", "Ngãi", "Tường", "xã", "ấp", "Lộc", "Ưu", "ễ", "K'Bang", "số 5"]

names = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=4).map(" ".join)
rows = st.fixed_dictionaries({
    "ten": names,
    "ma": st.from_regex(r"0[0-9]{4}", fullmatch=True),
    "so": st.integers(-(2**31), 2**31 - 1),
    "dt": st.floats(-1e6, 1e6).map(lambda value: round(value, 3)),
    "ngay": st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31)),
    "place": st.tuples(st.integers(0, 50_000), st.integers(0, 50_000), st.integers(1, 900)),
})  # fmt: skip


def frame_of(drawn):
    shapes = [
        shapely.box(550_000 + east / 8, 1_580_000 + north / 8,
                    550_000 + east / 8 + side, 1_580_000 + north / 8 + side)
        for east, north, side in (row["place"] for row in drawn)
    ]  # fmt: skip
    table = pd.DataFrame([{k: v for k, v in row.items() if k != "place"} for row in drawn])
    table["ngay"] = pd.to_datetime(table["ngay"]).astype("datetime64[ms]")
    return gpd.GeoDataFrame(table, geometry=shapes, crs=9216)


def write(frame, path, ending, **options):
    if ending == "parquet":
        frame.to_parquet(path)
        return
    if ending in {"shp", "mif", "tab"}:
        options["encoding"] = "UTF-8"
    if ending == "fgb":
        options["SPATIAL_INDEX"] = "NO"  # with one, rows come back in the order of a curve
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        frame.to_file(path, driver=FORMATS[ending][0], engine="pyogrio", **options)


@pytest.mark.parametrize("ending", FORMATS)
@settings(max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate],
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(drawn=st.lists(rows, min_size=1, max_size=5))
def test_every_format_gives_back_what_was_written(tmp_path_factory, ending, drawn):
    _, coarse, degrees_only = FORMATS[ending]
    written = frame_of(drawn)
    path = tmp_path_factory.mktemp("there") / f"ve.{ending}"
    out = transform_frame(written, "EPSG:4326") if degrees_only else written
    write(out, path, ending)
    form = sniff(path)
    back = read_vector(path, form, choose_layer(path, form, KINDS["plans"], None), None).frame
    assert len(back) == len(written)
    for name in ("ten", "ma"):
        assert [unicodedata.normalize("NFC", text) for text in back[name]] == written[name].tolist()
    assert back["so"].astype("int64").tolist() == written["so"].tolist()
    assert back["dt"].astype(float).to_numpy() == pytest.approx(written["dt"].to_numpy(), abs=1e-9)
    days = pd.to_datetime(back["ngay"].astype(str).str.slice(0, 10).str.replace("/", "-"))
    assert days.dt.date.tolist() == written["ngay"].dt.date.tolist()
    for one, two in zip(back["geometry"], out.geometry, strict=True):
        assert shapely.hausdorff_distance(one, two) <= coarse


@pytest.mark.parametrize("ending", ["gpkg", "fgb", "parquet", "geojson", "gdb"])
def test_an_id_of_nineteen_digits_beside_an_empty_cell_stays_exact(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    frame = gpd.GeoDataFrame(
        {"zone_id": pd.array([1234567890123456789, None, 7], dtype="Int64"), "k": [1, 2, 3]},
        geometry=[shapely.box(k, 0, k + 1, 1) for k in range(3)], crs=4326,
    )  # fmt: skip
    options = {"TARGET_ARCGIS_VERSION": "ARCGIS_PRO_3_2_OR_LATER"} if ending == "gdb" else {}
    write(frame, path, ending, **({} if ending == "parquet" else {"use_arrow": True}), **options)
    form = sniff(path)
    back = read_vector(path, form, choose_layer(path, form, KINDS["plans"], None), None).frame
    assert back["zone_id"].tolist()[::2] == [1234567890123456789, 7]
    assert back["zone_id"].isna().tolist() == [False, True, False]


def test_columns_with_our_own_names_are_kept_beside(tmp_path):
    path = tmp_path / "a.gpkg"
    frame = gpd.GeoDataFrame(
        {"source_row": ["x", "y"], "zone_id": ["1", "2"]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)], crs=4326,
    ).rename_geometry("geom")  # fmt: skip
    frame["geometry"] = ["một", "hai"]
    frame.to_file(path)
    layer = read_layer("plans", path, ReadOptions())
    assert layer.frame["source_row (2)"].tolist() == ["x", "y"]
    assert layer.frame["geometry (2)"].tolist() == ["một", "hai"]
    assert layer.frame["source_row"].tolist() == [1, 2]
    assert shapely.area(layer.shapes.geometry).tolist() == [1, 1]
    told = {issue.field: issue.value for issue in layer.issues if issue.code == "column_renamed"}
    assert told == {"source_row": "source_row (2)", "geometry": "geometry (2)"}


def test_curves_become_chords_and_it_is_said(shared_data, tmp_path):

    with zipfile.ZipFile(shared_data / "real/awkward_files/pyogrio_fixtures.zip") as archive:
        path = archive.extract("curvepolygon.gpkg", tmp_path)
    layer = read_layer("plans", path, ReadOptions())
    [note] = [issue for issue in layer.issues if issue.code == "curves_as_chords"]
    assert note.params["count"] == 1
    assert (shapely.area(layer.shapes.geometry) > 0).all()
