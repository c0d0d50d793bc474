"""A table in the wrong system: refused with the option that reads it right, and then taken."""

import json

import geopandas as gpd
import pytest
from shapely import affinity

from gisclusters.cli.main import run
from gisclusters.geometry.crs import transform_frame
from gisclusters.samples import samples_dir

NORTH = samples_dir() / "north"


@pytest.fixture(autouse=True)
def stored(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for kind in ("places", "clusters", "markers"):
        assert run(["ingest", kind, str(NORTH / f"{kind}.gpkg"), "-q"]) == 0
    capsys.readouterr()


def asked(capsys, *words):
    code = run([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_survey_in_the_neighbour_zone_is_refused_and_named(capsys):
    survey = str(NORTH / "field/gnss_N8_sai_kinh_tuyen.csv")
    code, document = asked(capsys, "ingest", "surveys", survey, "--crs", "EPSG:9216")
    assert code == 3
    [fault] = [row for row in document["issues"] if row["level"] == "error"]
    assert fault["code"] == "reference_contradiction"
    assert "26.962" in fault["message"]
    assert "--crs EPSG:5899" in fault["remedy"]
    code, document = asked(capsys, "ingest", "surveys", survey, "--crs", "EPSG:5899")
    assert (code, document["summary"]["inserted"]) == (0, 16)


def boundary(crs, **fields):
    """A new cluster in Sa Bình, its corners written in ``crs`` into a table that says none."""
    own = gpd.read_file(NORTH / "clusters.gpkg").set_index("cluster_id").geometry
    frame = gpd.GeoDataFrame(
        {"cluster_id": ["MỚI"], **fields},
        geometry=[affinity.translate(own["N5"], 900, 300)], crs=9216,
    )  # fmt: skip
    corners = transform_frame(frame, crs).geometry.iloc[0].exterior.coords[:-1]
    names = ["cluster_id", *fields]
    lines = [";".join([*names, "X", "Y"])]
    lines += [
        ";".join([*(str(frame[name].iloc[0]) for name in names), f"{y:.3f}", f"{x:.3f}"])
        for x, y in corners
    ]
    with open("ranh.csv", "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def test_a_boundary_that_names_its_commune_is_held_against_it(capsys):
    boundary("EPSG:5898", commune="Xã Sa Bình (mới)")
    code, document = asked(capsys, "ingest", "clusters", "ranh.csv", "--province", "Kon Tum")
    assert code == 3
    assert "--crs EPSG:5898" in document["issues"][-1]["remedy"]
    code, document = asked(capsys, "ingest", "clusters", "ranh.csv", "--crs", "EPSG:5898")
    assert (code, document["run"]["crs"]) == (0, "EPSG:5898")


def test_a_boundary_that_names_nothing_is_only_doubted(capsys):
    boundary("EPSG:5898")
    code, document = asked(capsys, "ingest", "clusters", "ranh.csv", "--province", "Kon Tum")
    assert code == 0
    [doubt] = [row for row in document["issues"] if row["code"] == "reference_doubt"]
    assert doubt["level"] == "warning"
    assert "EPSG:5898" in doubt["message"]


def test_inspect_says_which_reading_fits(capsys):
    boundary("EPSG:9216", commune="Sa Bình (mới)")
    code, document = asked(capsys, "inspect", "ranh.csv", "--crs", "EPSG:5898")
    first = document["findings"][0]["candidates"][0]
    assert code == 0
    assert (first["crs"], first["cause"], first["certainty"]) == (
        "EPSG:9216", "wrong_central_meridian", "certain")  # fmt: skip
    assert first["distance_m"] == pytest.approx(53_900, abs=100)
