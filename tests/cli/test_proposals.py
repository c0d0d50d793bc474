"""Conflict pieces and proposed boundaries as a person asks for them and reads them."""

import json

import geopandas as gpd
import openpyxl
import pytest
import shapely

from gisclusters.cli.main import run

WEST, SOUTH = 552_000, 1_587_000


def write(name, shapes, **fields):
    gpd.GeoDataFrame(fields, geometry=shapes, crs=9216).to_file(name)


def box(east, north, width, height):
    west, south = WEST + east, SOUTH + north
    return shapely.box(west, south, west + width, south + height)


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    """A cluster of 400 × 500 m; the forest takes its eastern 100 m, the rice 50 m in the west."""
    monkeypatch.chdir(tmp_path)
    write("c.gpkg", [box(0, 0, 400, 500)], cluster_id=["C1"], accuracy_m=[0.3])
    write("p.gpkg", [box(300, -50, 500, 900), box(-100, 0, 150, 500)], zone_id=["R1", "L1"],
          plan_id=["RĐD", "LÚA"], category=["special_use_forest", "rice"],
          accuracy_m=[0.4, 0.4], in_force_from=["2020-01-01"] * 2)  # fmt: skip


def overlaps(*more):
    return run(["overlaps", "--boundary", "c.gpkg", "--plan", "p.gpkg", "--ground", "all",
                "--as-of", "2026-11-15", *more])  # fmt: skip


def answer(capsys, *more):
    assert overlaps("--json", *more) == 0
    return json.loads(capsys.readouterr().out)


def test_pieces_come_with_their_coordinates_and_proposals_only_when_asked(capsys):
    document = answer(capsys)
    pieces = {row["zone_id"]: row for row in document["pieces"]}
    assert pieces["R1"]["area_m2"] == pytest.approx(50_000)
    assert [(c["easting_m"] - WEST, c["northing_m"] - SOUTH) for c in pieces["R1"]["corners"]] == [
        (300, 500), (400, 500), (400, 0), (300, 0)]  # fmt: skip
    assert "proposals" not in document
    assert "pieces" not in answer(capsys, "--no-coordinates")


def test_a_proposal_is_one_more_question_and_changes_no_finding(capsys):
    plain, asked = answer(capsys), answer(capsys, "--propose")
    assert asked["findings"] == plain["findings"]
    assert asked["run"]["id"] != plain["run"]["id"]
    [row] = asked["proposals"]
    assert (row["subject_id"], row["area_after_m2"], row["area_lost_m2"]) == (
        "C1", pytest.approx(150_000), pytest.approx(50_000))  # fmt: skip
    assert row["size_rules"] == "vn_sizes 2026.1"
    assert row["geometry"]["type"] == "Polygon"
    [both] = answer(capsys, "--propose", "approval")["proposals"]
    assert both["area_after_m2"] == pytest.approx(250 * 500)


def test_the_spacing_of_the_person_is_used(capsys):
    document = answer(capsys, "--propose", "--corner-spacing-m", "25")
    assert document["proposals"][0]["corner_spacing_m"] == 25
    assert "proposal_spacing_unset" not in {issue["code"] for issue in document["issues"]}


def test_every_form_holds_the_proposal(capsys):
    outs = ["r.html", "r.xlsx", "r.gpkg", "r.geojson"]
    assert overlaps("--propose", "-q", *(word for out in outs for word in ("--out", out))) == 0
    with open("r.html", encoding="utf-8") as file:
        page = file.read()
    assert "Đề xuất ranh giới" in page
    assert "552.300,000" in page  # Y of the new corners
    assert "1.587.500,000" in page
    frame = gpd.read_file("r.gpkg", layer="proposals")
    assert frame.crs.to_epsg() == 9216
    assert frame.area.tolist() == pytest.approx([150_000])
    assert len(gpd.read_file("r.gpkg", layer="pieces")) == 2
    with open("r.geojson", encoding="utf-8") as file:
        document = json.load(file)
    assert len(document["proposals"]["features"]) == 1
    assert "proposals" not in {f["properties"].get("layer") for f in document["features"]}
    cells = {cell.value for sheet in openpyxl.load_workbook("r.xlsx") for row in sheet.iter_rows()
             for cell in row}  # fmt: skip
    assert {552_300, 1_587_500, 150_000} <= cells


def test_what_is_proposed_passes_the_next_check(capsys):
    [row] = answer(capsys, "--propose", "approval")["proposals"]
    corners = [(c["easting_m"], c["northing_m"]) for c in row["corners"]]
    write("c.gpkg", [shapely.Polygon(corners)], cluster_id=["C1"], accuracy_m=[0.3])
    verdicts = {r["verdict"] for r in answer(capsys, "--propose")["findings"]}
    assert verdicts == {"clear", "not_checked"}


def test_a_long_table_of_coordinates_is_left_to_the_data(capsys):
    ring = shapely.Point(WEST + 200, SOUTH + 250).buffer(90, quad_segs=120)
    write("p.gpkg", [ring], zone_id=["R1"], plan_id=["RĐD"], category=["special_use_forest"],
          accuracy_m=[0.4], in_force_from=["2020-01-01"])  # fmt: skip
    assert overlaps("-q", "--lang", "en", "--out", "r.html", "--out", "r.xlsx") == 0
    with open("r.html", encoding="utf-8") as file:
        page = file.read()
    assert "Pieces of the conflicts" in page
    assert "Coordinates of the conflict pieces" not in page
    book = openpyxl.load_workbook("r.xlsx")
    assert max(sheet.max_row for sheet in book) > 480


def test_a_person_reads_the_proposal_on_the_terminal(capsys):
    assert overlaps("--propose", "--lang", "en") == 0
    said = capsys.readouterr()
    assert "Proposed boundaries" in said.out
    assert "150,000.0" in said.out
    assert "applied nowhere" in said.out
