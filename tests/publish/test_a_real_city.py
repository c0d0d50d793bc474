"""The whole job on a real city: ingest, overlaps, efficiency, publish, and a look at the pages.

Special permit areas stand for clusters, zoning and flood zones for plans.  The files come in
degrees and are brought to the state plane (metres) by the one door first.
"""

import json
import subprocess
import sys

import geopandas as gpd
import pytest
import shapely

from gisclusters.geometry.crs import transform_frame
from gisclusters.store import open_store

METRES = "EPSG:26986"
PLANS = {
    "zoning_districts": "urban_plan",
    "flood_100yr": "water_source",
    "flood_500yr": "water_source",
}
DAY = ("--as-of", "2026-11-15")


@pytest.fixture(scope="module")
def folder(shared_data, tmp_path_factory):
    """The files of the city in metres."""
    made = tmp_path_factory.mktemp("cambridge")
    source = shared_data / "real" / "cambridge_ma"
    for layer in ("special_permit_areas", *PLANS):
        frame = gpd.read_file(source / "plans.gpkg", layer=layer)
        transform_frame(frame, METRES).to_file(made / f"{layer}.gpkg")
    parcels = transform_frame(gpd.read_parquet(source / "parcels_fy2014.parquet"), METRES)
    parcels.to_file(made / "all_parcels.gpkg")
    # One row of the source has no shape at all; nobody can mend that.
    parcels[~parcels.geometry.is_empty].to_file(made / "parcels.gpkg")
    return made


@pytest.fixture(scope="module")
def ask(folder):
    """A command run in the folder as a person would; its exit code and JSON document."""

    def asked(*words):
        done = subprocess.run(
            [sys.executable, "-m", "gisclusters", *words, "--json"],
            cwd=folder, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        return done.returncode, json.loads(done.stdout)

    return asked


@pytest.fixture(scope="module")
def stored(folder, ask):
    """The store of the city, its parcels with the repairs accepted."""
    read = ("--crs", METRES)
    code, document = ask("ingest", "clusters", "special_permit_areas.gpkg", *read,
                         "--map", "name=ProjectName")  # fmt: skip
    assert (code, document["summary"]["inserted"]) == (0, 355)
    assert (document["run"]["crs"], document["run"]["datum_operation"]) == (METRES, None)
    code, document = ask("ingest", "parcels", "parcels.gpkg", *read, "--accept-repairs")
    assert (code, document["summary"]["inserted"]) == (0, 13_115)
    repaired = [row["row"] for row in document["issues"] if row["code"] == "geometry_repaired"]
    shapes = gpd.read_file(folder / "parcels.gpkg").geometry
    assert repaired == [place for place, good in enumerate(shapes.is_valid, 1) if not good]
    with open_store(folder / "gisclusters.gpkg") as store:
        kept = [each.repair for each in store.repairs("parcels")]
    assert {each.row for each in kept if each.reason != "spike"} == set(repaired)
    assert all(shapely.from_wkb(each.original) == shapes[each.row - 1] for each in kept)
    for name, category in PLANS.items():
        code, _ = ask("ingest", "plans", f"{name}.gpkg", *read, "--category", category,
                      "--ground", "all")  # fmt: skip
        assert code == 0
    return folder / "gisclusters.gpkg"


@pytest.mark.parametrize("name", ["all_parcels", "parcels"])
def test_invalid_rows_are_refused_by_id(folder, ask, name, tmp_path):
    store = tmp_path / "none.gpkg"
    asked = ("ingest", "parcels", f"{name}.gpkg", "--crs", METRES, "--store", str(store))
    code, document = ask(*asked)
    faults = [row for row in document["issues"] if row["level"] == "error"]
    shapes = gpd.read_file(folder / f"{name}.gpkg").geometry
    assert code == 3
    assert len(faults) > 30
    assert [(row["row"], row["id"]) for row in faults] == [
        (place, f"{name}-{place}")
        for place, shape in enumerate(shapes, 1)
        if shape.is_empty or not shape.is_valid
    ]
    assert all(row["message"] and row["remedy"] for row in faults)
    assert not store.exists()


def test_a_row_without_a_shape_is_not_mended_by_accepting_repairs(ask, tmp_path):
    code, document = ask("ingest", "parcels", "all_parcels.gpkg", "--crs", METRES,
                         "--accept-repairs", "--store", str(tmp_path / "none.gpkg"))  # fmt: skip
    [fault] = [row for row in document["issues"] if row["level"] == "error"]
    assert (code, fault["row"], fault["value"]) == (3, 1896, "empty")


def test_overlaps_are_those_of_plain_geopandas(stored, folder, ask):
    code, document = ask("overlaps", "--all", *DAY)
    rows = [row for row in document["findings"] if row["zone_id"]]
    assert (code, document["summary"]["subjects"]) == (0, 355)
    assert {row["plan_id"] for row in rows} == {*PLANS, "clusters"}
    assert all(row["area_m2"] > 0 and row["share_of_subject"] <= 1 for row in rows)
    boundaries = gpd.read_file(folder / "special_permit_areas.gpkg")[["geometry"]]
    for name in PLANS:
        zones = gpd.read_file(folder / f"{name}.gpkg")[["geometry"]]
        plain = gpd.overlay(boundaries, zones, keep_geom_type=True).area
        areas = [row["area_m2"] for row in rows if row["plan_id"] == name]
        assert sum(areas) == pytest.approx(plain.sum(), rel=1e-9)
        assert sum(area > 1e-3 for area in areas) == (plain > 1e-3).sum()


def test_parcels_go_to_the_area_they_lie_in(stored, ask):
    code, document = ask("efficiency", "--all", *DAY)
    assert (code, len(document["findings"])) == (0, 355)
    parcels = [parcel for row in document["findings"] for parcel in row["parcels"]]
    assert len(parcels) > 300
    assert {parcel["status"] for parcel in parcels} == {"not_handed_over"}


def test_the_pages_open_without_a_network(stored, folder, ask, open_page):
    code, _ = ask("publish", "--out", "maps", *DAY, "--only", "overview",
                  "--only", "special_permit_areas-6")  # fmt: skip
    assert code == 0
    overview = open_page(folder / "maps" / "index.html")
    assert overview.page.locator("#section-clusters tbody tr").count() == 355
    overview.assert_quiet()
    cluster = open_page(folder / "maps" / "clusters" / "special_permit_areas-6.html")
    assert cluster.page.evaluate("gisclusters.drawing.drawn") > 0
    cluster.assert_quiet()
