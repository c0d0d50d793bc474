"""A table in the wrong system: refused with the option that reads it right, and then taken."""

import json

import geopandas as gpd
import numpy as np
import pytest
from shapely import affinity

from gisclusters.cli.main import run
from gisclusters.geometry.crs import transform_frame
from gisclusters.samples import samples_dir
from tests.markers.formulas import geographic, moved_datum, plane

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


ORIGIN = np.array((552_000, 1_587_000))
SQUARE = np.array([(0, 0), (300, 0), (300, 200), (0, 200)]) + ORIGIN


def in_two_tables(name, corners):
    """An outline and its markers as tables, VN-2000 or what somebody took for it."""
    lines = [("DL", f"DL-{k}", f"{e:.3f}", f"{n:.3f}") for k, (e, n) in enumerate(corners, 1)]
    for kind, head in (("ranh", "cluster_id,point,E,N"), ("moc", "cluster_id,marker_id,E,N")):
        with open(f"{kind}_{name}.csv", "w", encoding="utf-8") as file:
            file.write("\n".join([head, *(",".join(line) for line in lines)]) + "\n")


@pytest.fixture
def wrongly_stored(capsys):
    """A cluster whose outline and markers are WGS 84 positions in the plane of 107°30′."""
    in_two_tables("dung", SQUARE)
    wrong = plane(*moved_datum(*geographic(*SQUARE.T, 107.5)), 107.5)
    in_two_tables("sai", np.column_stack(wrong))
    for kind, file in (("clusters", "ranh_sai.csv"), ("markers", "moc_sai.csv")):
        assert run(["ingest", kind, file, "--crs", "EPSG:9216", "-q"]) == 0
    capsys.readouterr()


def test_a_store_in_the_wrong_datum_is_mended_layer_by_layer(wrongly_stored, capsys):
    """225.5 m lie between the two; the layer mended first disagrees with the one still wrong."""
    mend = ("--crs", "EPSG:9216", "--reason")
    assert asked(capsys, "ingest", "clusters", "ranh_dung.csv", *mend, "redraw")[0] == 3
    for kind, file in (("clusters", "ranh_dung.csv"), ("markers", "moc_dung.csv")):
        code, document = asked(capsys, "ingest", kind, file, *mend, "datum")
        assert code == 0
        [told] = [row for row in document["issues"] if row["code"] == "reference_mended"]
        assert (told["level"], "225" in told["message"]) == ("warning", True)
    # Both are right now, and agree.
    _, document = asked(capsys, "ingest", "markers", "moc_dung.csv", *mend, "datum")
    assert not [row for row in document["issues"] if row["code"].startswith("reference")]


def test_a_reason_is_no_leave_to_miss_the_commune_one_names(capsys):
    boundary("EPSG:5898", commune="Xã Sa Bình (mới)")
    code, _ = asked(capsys, "ingest", "clusters", "ranh.csv", "--province", "Kon Tum",
                    "--reason", "datum")  # fmt: skip
    assert code == 3


def test_a_system_without_a_code_has_no_option(capsys):
    """WGS 84 in the plane of 107°30′ is no EPSG system: nothing to give to --crs."""
    in_two_tables("dung", SQUARE)
    assert run(["ingest", "clusters", "ranh_dung.csv", "--crs", "EPSG:9216", "-q"]) == 0
    capsys.readouterr()
    wrong = plane(*moved_datum(*geographic(*SQUARE.T, 107.5)), 107.5)
    in_two_tables("sai", np.column_stack(wrong))
    code, document = asked(capsys, "ingest", "markers", "moc_sai.csv", "--crs", "EPSG:9216")
    assert code == 3
    [fault] = [row for row in document["issues"] if row["level"] == "error"]
    assert fault["code"] == "reference_contradiction_uncoded"
    assert "WGS 84" in fault["message"]
    assert "--crs" not in fault["remedy"]
