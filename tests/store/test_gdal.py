"""Other programs open the store: GDAL by itself, pyogrio and fiona, to read and to edit."""

import json
import re
import sqlite3
import subprocess
from contextlib import closing

import fiona
import geopandas as gpd
import pyogrio
import pytest
import shapely

from gisclusters.layers.layer import WHOLE_COUNTRY, Ground
from gisclusters.store import open_store
from gisclusters.store.connection import APPLICATION_ID
from tests.store.scenes import CRS, MONDAY, TUESDAY, cluster, layer, point, square, zone

SHAPES = {
    "clusters_9216": 2, "clusters_9216_closed": 1, "clusters_9210": 1, "markers_9216": 1,
    "plans_9216": 1, "plan_grounds_9216": 2,
}  # fmt: skip
TABLES = {
    "exceptions": 0,
    "campaigns": 0,
    "campaign_markers": 0,
    "leases": 1,
    "imports": 6,
    "repairs": 0,
    "received_text": 0,
    "gisclusters_store": 1,
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("store") / "store.gpkg"
    parts = shapely.MultiPolygon([square(5), square(7)])
    grounds = {"QH1": Ground("area", square(0, 0, 9)), "QH2": WHOLE_COUNTRY}
    with open_store(path, create=True) as store:
        store.save(
            layer("clusters", cluster("A", name="Đắk Hà"), cluster("B", geometry=parts)),
            recorded_at=MONDAY,
        )
        store.save(layer("clusters", cluster("A", 1)), recorded_at=TUESDAY, reason="redraw")
        store.save(layer("clusters", cluster("L"), crs="EPSG:9210"), recorded_at=MONDAY)
        store.save(layer("markers", {"marker_id": "M", "geometry": point()}), recorded_at=MONDAY)
        store.save(layer("leases", {"parcel_id": "P"}), recorded_at=MONDAY)
        store.save(layer("plans", zone(), grounds=grounds), recorded_at=MONDAY)
    return path


@pytest.fixture
def copy(path, tmp_path):
    copied = tmp_path / "copy.gpkg"
    copied.write_bytes(path.read_bytes())
    return copied


def found(pattern, text):
    [first, *_] = re.findall(pattern, text)
    return first


def test_the_header_says_geopackage_1_3(path):
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (10300,)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert path.read_bytes()[68:72] == b"GPKG"


def test_gdal_lists_every_layer_with_its_crs_without_a_warning(path, ogrinfo):
    said = subprocess.run(
        [ogrinfo, "-ro", "-so", "-al", str(path)], capture_output=True, text=True, check=True,
        encoding="utf-8",
    )  # fmt: skip
    assert said.stderr == ""
    blocks = re.split(r"^Layer name: ", said.stdout, flags=re.MULTILINE)[1:]
    counts = {block.splitlines()[0]: int(found(r"Feature Count: (\d+)", block)) for block in blocks}
    assert counts == SHAPES | TABLES
    for block in blocks:
        name = block.splitlines()[0]
        if name in SHAPES:
            number = found(r"_(\d+)", name)
            assert f'ID["EPSG",{number}]' in block


@pytest.mark.parametrize("table", SHAPES)
def test_gdal_finds_the_r_tree_of_every_feature_table(path, ogrinfo, table):
    said = subprocess.run(
        [ogrinfo, "-ro", "-q", str(path), "-sql", f"SELECT HasSpatialIndex('{table}', 'geom')"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert re.search(r"= 1$", said.stdout.strip(), re.MULTILINE), said.stdout


def test_pyogrio_and_fiona_read_what_was_stored(path):
    assert {name for name, _ in pyogrio.list_layers(path)} == set(SHAPES | TABLES)
    assert set(fiona.listlayers(path)) == set(SHAPES | TABLES)
    frame = gpd.read_file(path, layer="clusters_9216", engine="pyogrio")
    assert frame.crs.to_epsg() == 9216
    assert frame["cluster_id"].tolist() == ["A", "B"]
    assert frame.geometry.geom_type.tolist() == ["Polygon", "MultiPolygon"]
    assert frame.geometry.iloc[0].equals_exact(square(1))
    with fiona.open(path, layer="clusters_9216_closed") as source:
        assert source.crs.to_epsg() == 9216
        [row] = source
    assert row["properties"]["name"] == "Đắk Hà"
    assert row["properties"]["closed_reason"] == "redraw"


def test_a_window_finds_through_the_r_tree_what_lies_in_it(path):
    inside = gpd.read_file(path, layer="clusters_9216", bbox=square(7.5).bounds)
    assert inside["cluster_id"].tolist() == ["B"]


def test_an_edit_in_a_gis_is_read_and_breaks_nothing(copy):
    frame = pyogrio.read_dataframe(copy, layer="clusters_9216", fid_as_index=True)
    new = frame.iloc[[0]].assign(cluster_id="C", geometry=[square(20)])
    pyogrio.write_dataframe(new, copy, layer="clusters_9216", append=True)
    with open_store(copy) as store:
        [clusters] = [each for each in store.load("clusters") if each.crs == CRS]
        assert clusters.frame["cluster_id"].tolist() == ["A", "B", "C"]
        assert clusters.frame.geometry.iloc[2].equals(square(20))
        assert store.check() == []
        changed = layer("clusters", cluster("C", 21))
        assert store.save(changed, recorded_at=TUESDAY, reason="redraw").changed == 1
        assert store.check() == []


def test_gdal_sql_edits_an_attribute(copy, ogrinfo):
    subprocess.run(
        [ogrinfo, "-q", str(copy), "-sql",
         "UPDATE clusters_9216 SET name = 'Tên mới', craft_village = 1 WHERE cluster_id = 'B'"],
        check=True, capture_output=True,
    )  # fmt: skip
    with open_store(copy) as store:
        row = store.load("clusters", ids=["B"])[0].frame.iloc[0]
        assert (row["name"], row["craft_village"]) == ("Tên mới", True)
        assert store.check() == []


def test_provenance_is_readable_as_a_table(path):
    table = pyogrio.read_dataframe(path, layer="imports", read_geometry=False)
    assert table["kind"].tolist() == ["clusters"] * 3 + ["markers", "leases", "plans"]
    assert table["crs_stored"].tolist()[:3] == [CRS, CRS, "EPSG:9210"]
    assert json.loads(table["summary"][1])["changed"] == 1
    assert table["recorded_at"][0].isoformat().startswith("2026-11-16T03:00:00")
