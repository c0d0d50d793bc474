"""Fit through the command line: a boundary in one zone, places and parcels stored in another."""

import json
from datetime import UTC, date, datetime

import geopandas as gpd
import pytest

import gisclusters as gc
from gisclusters.cli.main import run as command
from gisclusters.geometry.crs import transform_geometries
from gisclusters.store import open_store
from tests.scenes import CRS, clusters, layer, plan, square

OTHER = "EPSG:5898"


def moved(shape):
    return transform_geometries([shape], CRS, OTHER)[0]


@pytest.fixture
def store(tmp_path):
    """A planned cluster of 50 ha; what lies around it was drawn in the next zone."""
    url = str(tmp_path / "store.gpkg")
    held = open_store(url, create=True)
    for given in (
        clusters(square(0, 0, 1_000, 500), status="in_plan", commune="Sa Bình",
                 province="Kon Tum", registered_area_m2=500_000.0),
        layer("places", [
            {"place_id": "K1", "name": "xã Sa Bình", "level": "commune", "valid_to": "2025-06-30",
             "accuracy_m": 0.05, "geometry": moved(square(-500, -500, 1_400, 2_000))},
            {"place_id": "N1", "name": "xã Sa Bình", "level": "commune", "valid_from": "2025-07-01",
             "accuracy_m": 0.05, "geometry": moved(square(-500, -500, 3_000, 3_000))},
        ], crs=OTHER),
        layer("parcels", [
            {"parcel_id": "T1", "sheet_no": "3", "parcel_no": "12", "accuracy_m": 0.05,
             "geometry": moved(square(-100, 0, 1_100, 500))},
        ], crs=OTHER),
        plan(square(0, 0, 1_000, 500), category="SKN").to_crs(OTHER),
    ):  # fmt: skip
        held.save(given, recorded_at=datetime(2026, 11, 1, tzinfo=UTC))
    return url


def run(capsys, *argv):
    code = command([*argv, "--json", "--quiet"])
    return code, json.loads(capsys.readouterr().out)


def checks(found):
    return {row["check"]: row for row in found["fit"]}


def test_what_lies_in_another_zone_is_brought_to_the_cluster(store, capsys):
    code, found = run(
        capsys, "overlaps", "--cluster", "C1", "--store", store, "--as-of", "2026-11-15"
    )
    rows = checks(found)
    assert code == 0
    assert {name: row["verdict"] for name, row in rows.items()} == {
        "land_use": "fits", "commune": "fits", "province": "not_checked",
        "area_registered": "fits", "area_decision": "not_checked", "area_list": "not_checked",
        "size": "fits", "adjacency": "not_checked", "clearance": "fits"}  # fmt: skip
    [parcel] = rows["clearance"]["parts"]
    assert (parcel["sheet_no"], parcel["parcel_no"]) == ("3", "12")
    assert (parcel["inside_m2"], parcel["area_m2"]) == (
        pytest.approx(500_000, abs=60), pytest.approx(550_000, abs=60))  # fmt: skip
    assert {"places", "parcels"} <= {source["role"] for source in found["run"]["sources"]}
    assert found["summary"]["by_fit"] == {"fits": 5, "not_checked": 4}


def test_before_the_merger_a_tenth_lay_in_the_next_commune(store, capsys):
    _, found = run(capsys, "overlaps", "--cluster", "C1", "--store", store, "--as-of", "2025-06-30")
    row = checks(found)["commune"]
    assert (row["verdict"], row["reason"]) == ("does_not_fit", "outside_place")
    assert row["outside_m2"] == pytest.approx(50_000, abs=20)
    location = next(item for item in found["completeness"] if item["item"] == "location")
    assert (location["state"], location["reason"]) == ("contradicts", "commune")


def test_the_ground_that_does_not_fit_is_a_layer_of_a_map(store, tmp_path, capsys):
    out, lonlat = tmp_path / "kq.gpkg", tmp_path / "kq.geojson"
    run(capsys, "overlaps", "--cluster", "C1", "--store", store, "--as-of", "2025-06-30",
        "--out", str(out), "--out", str(lonlat))  # fmt: skip
    held = gpd.read_file(out, layer="fit").set_index("check")
    assert held.crs.to_epsg() == 9216
    assert held.geometry["commune"].area == pytest.approx(50_000, abs=20)
    assert held.geometry["size"] is None
    features = json.loads(lonlat.read_text("utf-8"))["fit"]["features"]
    assert [each["properties"]["check"] for each in features if each["geometry"]] == ["commune"]


def test_without_a_store_only_the_boundary_is_known(tmp_path, capsys):
    for name, given in (("ranh", clusters(square(0, 0, 1_000, 500))),
                        ("sdd", plan(square(0, 0, 1_000, 500), category="SKN"))):  # fmt: skip
        given.shapes.drop(columns=["source_row", "accuracy_source"]).to_file(
            tmp_path / f"{name}.gpkg"
        )
    _, found = run(capsys, "overlaps", "--boundary", str(tmp_path / "ranh.gpkg"),
                   "--plan", str(tmp_path / "sdd.gpkg"), "--as-of", "2026-11-15")  # fmt: skip
    verdicts = {name: row["verdict"] for name, row in checks(found).items()}
    assert {name for name, verdict in verdicts.items() if verdict != "not_checked"} == {
        "land_use", "size"}  # fmt: skip


@pytest.mark.parametrize("option", ["--fit-rules", "--checklist"])
def test_a_rule_file_that_lacks_its_rules_is_refused(store, tmp_path, capsys, option):
    own = tmp_path / "own.yaml"
    own.write_text("name: own\nversion: '1'\n", "utf-8")
    code, found = run(capsys, "overlaps", "--cluster", "C1", "--store", store, option, str(own))
    assert (code, found["findings"]) == (2, [])


def test_in_python_layers_of_other_zones_are_brought_along():
    subjects = clusters(square(0, 0))
    found = gc.plan_fit(subjects, as_of=date(2026, 11, 15),
                        plans=[plan(square(0, 0), category="SKN").to_crs(OTHER)])  # fmt: skip
    land = found[found["check"] == "land_use"].iloc[0]
    assert land["verdict"] == "fits"
    assert land["area_m2"] == pytest.approx(10_000, abs=1e-3)
