"""The marker table and the waypoints of six real wards: one set in VN-2000, one in WGS 84."""

import json
import unicodedata
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gisclusters.cli.main import run
from gisclusters.markers.names import with_clusters_of_names
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.sandbox import read_layer

WARDS = {"Phường Tân Ninh": 45, "Phường Bình Minh": 124, "Xã Tân Biên": 228, "Xã Tân Lập": 137,
         "Xã Thạnh Bình": 127, "Xã Trà Vong": 151}  # fmt: skip


@pytest.fixture
def folder(shared_data):
    return shared_data / "real" / "vn_formats"


@pytest.fixture
def table(folder):
    return folder / "moc_vn2000_105-45.csv"


def test_they_verify_against_each_other(folder, table, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["markers", "verify", "--design", str(table), "--design-crs", "EPSG:9210",
                "--survey", str(folder / "moc.gpx"), "--json"]) == 0  # fmt: skip
    document = json.loads(capsys.readouterr().out)
    found = [row for row in document["findings"] if row["verdict"] != "missing"]
    # 200 waypoints of the 812 markers, named by ward and marker; some wards share an id.
    assert len(document["findings"]) == 812
    assert len(found) == 200
    assert {(row["verdict"], row["matched_by"]) for row in found} == {("ok", "id")}
    assert max(row["distance_m"] for row in found) < 0.001
    assert document["diagnosis"]["cause"] == "none"
    assert "datum_accuracy" in {issue["code"] for issue in document["issues"]}


@pytest.mark.parametrize("file", ["wards_epsg9210.geojson", "wards.fgb"])
def test_every_marker_stands_on_a_corner_of_its_ward(folder, table, file):
    markers = read_layer("markers", table, ReadOptions(crs="EPSG:9210"))
    assert dict(markers.frame["cluster_id"].value_counts()) == WARDS
    places = read_layer("places", folder / file, ReadOptions()).to_crs("EPSG:9210")
    named = places.frame["TEN_XA"].map(lambda name: unicodedata.normalize("NFC", name))
    for ward, own in markers.shapes.groupby("cluster_id"):
        [outline] = places.shapes.geometry[(named == ward).to_numpy()]
        corners = shapely.MultiPoint(shapely.get_coordinates(outline))
        # Written to the millimetre: at most √2 × 0.5 mm off, and 0.2 mm more through WGS 84.
        assert shapely.distance(own.geometry.to_numpy(), corners).max() < 0.00095


def test_every_waypoint_stands_on_a_corner_of_a_ward(folder):
    waypoints = read_layer("surveys", folder / "moc.gpx", ReadOptions()).to_crs("EPSG:9210")
    wards = gpd.read_file(folder / "wards_epsg9210.geojson")
    corners = shapely.MultiPoint(shapely.get_coordinates(wards.geometry.to_numpy()))
    off = shapely.distance(waypoints.shapes.geometry.to_numpy(), corners)
    assert len(off) == 200
    assert off.max() < 0.00095


def test_names_with_their_cluster_are_parted_only_where_all_are(folder, table):
    design = read_layer("markers", table, ReadOptions(crs="EPSG:9210"))
    survey = read_layer("surveys", folder / "moc.gpx", ReadOptions())
    parted = with_clusters_of_names(survey, design)
    assert (parted.frame["cluster_id"].iloc[0], parted.frame["marker_id"].iloc[0]) == (
        "Phường Tân Ninh", "M1")  # fmt: skip
    names = survey.frame["marker_id"].where(np.arange(200) > 0, "Phường Tân Ninh M46")  # it has 45
    strange = replace(survey, frame=survey.frame.assign(marker_id=names))
    assert with_clusters_of_names(strange, design) is strange
