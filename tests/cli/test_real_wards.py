"""Communes of merged Tây Ninh, as published: places of the store, and a ward as a boundary."""

import json

import geopandas as gpd
import pytest
import shapely

from gisclusters.cli.main import run
from gisclusters.geometry.crs import transform_frame


@pytest.fixture
def wards(shared_data):
    return shared_data / "real" / "vn_admin_2025" / "wards_tay_ninh_96.gpkg"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_wards_are_taken_as_places(wards, capsys):
    assert run(["ingest", "places", str(wards), "--province", "Long An", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["summary"]["inserted"] == 96
    assert (document["run"]["crs"], document["run"]["datum_operation"]) == (
        "EPSG:9210", "EPSG:6960")  # fmt: skip


# Wards of old Long An; the first meets two neighbours, the second touches all of its own.
@pytest.mark.parametrize(("name", "met"), [("Mỹ Hạnh", 2), ("Bến Lức", 0), ("Đức Lập", 2)])
def test_a_ward_equals_itself_and_neighbours_that_touch_give_no_row(wards, capsys, name, met):
    frame = gpd.read_file(wards)
    place = int((frame["name"] == name).to_numpy().argmax())
    frame.iloc[[place]].to_file("ranh.gpkg")
    assert run(["overlaps", "--boundary", "ranh.gpkg", "--boundary-crs", "EPSG:4326",
                "--province", "Long An", "--plan", str(wards), "--ground", "all", "--json",
                "--as-of", "2026-11-15"]) == 0  # fmt: skip
    document = json.loads(capsys.readouterr().out)
    rows = [row for row in document["findings"] if row["plan_id"]]
    [own] = [row for row in rows if row["zone_id"] == f"wards_tay_ninh_96-{place + 1}"]
    assert (own["relation"], own["share_of_subject"], own["share_of_zone"]) == ("equals", 1, 1)
    neighbours = [row for row in rows if row is not own]
    assert len(neighbours) == met
    assert {row["verdict"] for row in neighbours} <= {"within_accuracy"}
    assert all(0.01 < row["width_m"] < 0.07 for row in neighbours)
    plane = transform_frame(frame, "EPSG:9210").geometry
    meet = shapely.intersection(plane.iloc[place], plane.to_numpy()).astype(object)
    assert (shapely.area(meet) > 0).sum() == met + 1
    assert plane.touches(plane.iloc[place]).sum() > 0
