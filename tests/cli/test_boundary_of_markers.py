"""The boundary of a verification through the command line: from files, and from the store."""

import json
import re
from datetime import UTC, datetime

import geopandas as gpd
import pyogrio
import pytest
import shapely

from gisclusters.cli.main import run as command
from gisclusters.store import open_store
from tests.scenes import CRS, EAST, NORTH, clusters, layer, plan, square

CORNERS = {"RG-1": (0, 0), "RG-2": (0, 80), "RG-3": (100, 80), "RG-4": (100, 0)}
SIDES = {"RG-1": "80,00", "RG-2": "100,00", "RG-3": "80,00", "RG-4": "100,00"}


def table(path, places, lengths=None):
    """A coordinate table of the office: X is north, decimals with a comma, `Cạnh` to the next."""
    lines = ["Tên mốc;X (m);Y (m);HRMS" + (";Cạnh (m)" if lengths else "")]
    for name, (e, n) in places.items():
        cells = [name, f"{NORTH + n:.3f}".replace(".", ","), f"{EAST + e:.3f}".replace(".", ","),
                 "0,010"]  # fmt: skip
        lines.append(";".join(cells + ([lengths[name]] if lengths else [])))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def run(capsys, *argv):
    code = command(["markers", "verify", *argv, "--crs", CRS, "--json", "--quiet"])
    return code, json.loads(capsys.readouterr().out)


def test_from_files(tmp_path, capsys):
    """RG-3 is 0.5 m to the east; the table writes RG-2–RG-3 a metre too long."""
    design = table(tmp_path / "moc.csv", CORNERS, SIDES | {"RG-2": "101,00"})
    survey = table(tmp_path / "do.csv", CORNERS | {"RG-3": (100.5, 80)})
    for kind, rows in {
        "clusters": [{"cluster_id": "C1", "registered_area_m2": 8000.0,
                      "geometry": square(0, 0, 100, 80)}],
        "parcels": [{"parcel_id": "T1", "accuracy_m": 0.05, "geometry": square(20, 70, 30, 13)}],
    }.items():  # fmt: skip
        layer(kind, rows).shapes.to_file(tmp_path / f"{kind}.gpkg", driver="GPKG")
    asked = ("--design", design, "--survey", survey, "--scale", "200", "--spacing-m", "90",
             "--boundary", str(tmp_path / "clusters.gpkg"),
             "--parcels", str(tmp_path / "parcels.gpkg"))  # fmt: skip
    code, found = run(capsys, *asked)
    assert code == 0
    told = found["boundary"]
    edges = {f"{row['from_id']} {row['to_id']}": row for row in told["edges"]}
    assert {name: row["verdict"] for name, row in edges.items()} == {
        "RG-1 RG-2": "ok", "RG-2 RG-3": "over", "RG-3 RG-4": "ok", "RG-4 RG-1": "ok"
    }  # fmt: skip
    assert edges["RG-2 RG-3"]["difference_m"] == pytest.approx(0.5, abs=1e-6)
    assert edges["RG-2 RG-3"]["declared_difference_m"] == pytest.approx(1, abs=1e-6)
    assert edges["RG-1 RG-2"]["planned_bearing_deg"] == pytest.approx(0, abs=1e-6)
    assert [row["too_long"] for row in told["edges"]] == [False, True, False, True]
    # A triangle of 0.5 m by 80 m more.
    assert {row["against"]: row["difference_m2"] for row in told["areas"]} == {
        what: pytest.approx(20, abs=1e-3) for what in ("design", "registered", "boundary")
    }  # fmt: skip
    (over,) = told["encroachments"]
    assert (over["feature_id"], over["side"], over["verdict"]) == ("T1", "outside", "real")
    assert over["area_m2"] == pytest.approx(90, abs=0.1)
    assert over["geometry"]["type"] == "Polygon"
    assert told["rings"][0]["misclosure_m"] == pytest.approx(1, abs=1e-6)
    assert told["not_checked"] == ["road", "water", "building"]
    assert found["summary"]["boundary"]["edges"] == {"ok": 3, "over": 1}
    assert {source["name"] for source in found["run"]["sources"]} == {
        "moc.csv", "do.csv", "clusters.gpkg", "parcels.gpkg"}  # fmt: skip
    assert {"edge_limit_unverified", "edge_declared_differs"} <= {
        issue["code"] for issue in found["issues"]}  # fmt: skip
    other = run(capsys, *asked[:4], "--scale", "200")[1]
    assert other["run"]["id"] != found["run"]["id"]
    assert other["boundary"]["not_checked"][0] == "outline"


def test_taped_edges_of_a_survey(tmp_path, capsys):
    design = table(tmp_path / "moc.csv", CORNERS)
    survey = table(tmp_path / "do.csv", CORNERS, SIDES | {"RG-4": "100,04"})
    told = run(capsys, "--design", design, "--survey", survey)[1]["boundary"]
    assert told["rings"][0]["misclosure_of"] == "taped"
    assert told["rings"][0]["misclosure_m"] == pytest.approx(0.04, abs=1e-6)
    assert told["rings"][0]["misclosure_ratio"] == pytest.approx(360.04 / 0.04, rel=1e-3)


def test_a_length_of_nought_is_none(tmp_path, capsys):
    design = table(tmp_path / "moc.csv", CORNERS, SIDES | {"RG-4": "0"})
    survey = table(tmp_path / "do.csv", CORNERS)
    told = run(capsys, "--design", design, "--survey", survey)[1]["boundary"]
    assert [row["declared_m"] for row in told["edges"]] == [80, 100, 80, None]
    assert told["rings"][0]["misclosure_m"] is None


def test_a_table_of_ones_own_judges_the_edges(tmp_path, capsys):
    design, survey = (table(tmp_path / name, CORNERS) for name in ("moc.csv", "do.csv"))
    rules = tmp_path / "tinh.yaml"
    rules.write_text(
        "name: tinh\nversion: '1'\nlimits:\n  - {id: own, article: QĐ 1, confidence: sure,"
        " valid_from: null, valid_to: null, by_scale: {500: {first_m: 0.05, first_until_m: 10,"
        " steps: [{until_m: null, per_m: 0.001}]}}}\n"
        "house: {within_sd: 2, real_sd: 3, figure_rounding_m2: 50}\n", encoding="utf-8",
    )  # fmt: skip
    asked = ("--design", design, "--survey", survey)
    assert {row["verdict"] for row in run(capsys, *asked)[1]["boundary"]["edges"]} == {"no_limit"}
    found = run(capsys, *asked, "--edge-rules", str(rules))[1]
    assert {row["verdict"] for row in found["boundary"]["edges"]} == {"ok"}
    assert "edge_limit_unverified" not in {issue["code"] for issue in found["issues"]}
    assert found["summary"]["edge_rules"]["name"] == "tinh"


def test_from_the_store_and_in_words(tmp_path, capsys):
    """A stored road over RG-4 and a house over the line; a road that is no longer in force."""
    url = str(tmp_path / "store.gpkg")
    survey = table(tmp_path / "do.csv", CORNERS)
    with open_store(url, create=True) as held:
        for given in (
            clusters(square(0, 0, 100, 80), registered_area_m2=8000.0),
            layer("markers", [
                {"marker_id": name, "cluster_id": "C1", "accuracy_m": 0.05,
                 "geometry": shapely.Point(EAST + e, NORTH + n)}
                for name, (e, n) in CORNERS.items()
            ]),
            plan(square(95, -50, 50, 55), category="road", plan_id="G"),
            plan(square(-5, -50, 20, 55), category="road", plan_id="CU", status="archived"),
            plan(square(-50, 75, 55, 20), category="rice", plan_id="L"),
            layer("buildings", [{"building_id": "N1", "accuracy_m": 0.05,
                                 "geometry": square(40, 76, 20, 10)}]),
        ):  # fmt: skip
            held.save(given, recorded_at=datetime(2026, 11, 1, tzinfo=UTC))
    asked = ("--cluster", "C1", "--survey", survey, "--store", url)
    code, found = run(capsys, *asked)
    assert code == 0
    told = found["boundary"]
    assert [(row["marker_id"], row["feature_id"], row["verdict"]) for row in told["inside"]] == [
        ("RG-4", "Z1", "real")]  # fmt: skip
    # The house reaches in by 4 m and out by 6 m: the smaller side is what reaches over.
    assert [(row["feature_id"], row["side"], round(row["width_m"], 1))
            for row in told["encroachments"]] == [("N1", "inside", 4.0)]  # fmt: skip
    assert told["off_corners"] == told["unmarked_corners"] == []
    assert told["not_checked"] == ["parcel", "water", "spacing", "edge_limit"]
    out = tmp_path / "bien_ban.html"
    command(["markers", "verify", *asked, "--crs", CRS, "--lang", "vi", "--out", str(out)])
    page, shown = out.read_text(encoding="utf-8"), capsys.readouterr().out
    for words in ("Diện tích trong các mốc đo được", "Cạnh ranh: đo được so với duyệt",
                  "Thửa đất, công trình lấn qua ranh mốc", "lấn vào trong",
                  "Ranh qua mốc: chưa kiểm tra"):  # fmt: skip
        assert words in page
        assert words in " ".join(shown.split())
    read = re.sub(r"<[^>]*>", " ", page)
    for code_word in ("boundary_", "col_", "_m ", "not_checked", "no_limit"):
        assert code_word not in read


def test_a_package_holds_what_a_map_draws(tmp_path, capsys):
    """RG-3 is 0.5 m to the east, RG-4 was not measured: the ground is 8 000 + ½ · 0.5 · 80 m²."""
    places = {name: at for name, at in CORNERS.items() if name != "RG-4"} | {"RG-3": (100.5, 80)}
    asked = ["--design", table(tmp_path / "moc.csv", CORNERS),
             "--survey", table(tmp_path / "do.csv", places)]  # fmt: skip
    for name in ("moc.gpkg", "moc.geojson"):
        out = str(tmp_path / name)
        assert command(["markers", "verify", *asked, "--crs", CRS, "--out", out, "-q"]) == 0
    capsys.readouterr()
    layers = dict(pyogrio.list_layers(tmp_path / "moc.gpkg"))
    assert layers["positions"] == "Point"
    read = {name: gpd.read_file(tmp_path / "moc.gpkg", layer=name) for name in layers
            if layers[name] is not None}  # fmt: skip
    positions = read["positions"].set_index("marker_id")
    assert {str(frame.crs) for frame in read.values()} == {CRS}
    assert positions["measured"].to_dict() == {
        "RG-1": True, "RG-2": True, "RG-3": True, "RG-4": False
    }  # fmt: skip
    assert positions.geometry["RG-3"].coords[0] == pytest.approx((EAST + 100.5, NORTH + 80))
    assert positions.geometry["RG-4"].coords[0] == pytest.approx((EAST + 100, NORTH))
    lengths = dict(zip(read["deviations"].marker_id, read["deviations"].length, strict=True))
    assert lengths == {name: pytest.approx(off, abs=1e-6)
                       for name, off in (("RG-1", 0), ("RG-2", 0), ("RG-3", 0.5))}  # fmt: skip
    assert read["measured_boundary"].geometry.area.tolist() == [pytest.approx(8_020, abs=1e-3)]
    page = json.loads((tmp_path / "moc.geojson").read_text(encoding="utf-8"))
    assert [each["properties"]["verdict"] for each in page["features"]] == [
        "ok", "ok", "moved", "missing"
    ]  # fmt: skip
    assert all(each["geometry"]["type"] == "Point" for each in page["features"])
    assert page["measured_boundary"]["features"][0]["geometry"]["type"] == "Polygon"


@pytest.mark.parametrize("mark", [".", ","])
def test_lengths_with_three_decimals_are_read_as_the_edges_of_the_design_say(
    tmp_path, capsys, mark
):
    """`80.000` is 80 m, not 80 km: so the edges are; RG-2–RG-3 is written a metre too long."""
    sides = {"RG-1": "80,000", "RG-2": "101,000", "RG-3": "80,000", "RG-4": "100,000"}
    sides = {name: text.replace(",", mark) for name, text in sides.items()}
    design = table(tmp_path / "moc.csv", CORNERS, sides)
    survey = table(tmp_path / "do.csv", CORNERS, sides | {"RG-2": f"100{mark}040"})
    found = run(capsys, "--design", design, "--survey", survey)[1]
    edges = {row["from_id"]: row for row in found["boundary"]["edges"]}
    assert [row["declared_m"] for row in edges.values()] == [80, 101, 80, 100]
    assert edges["RG-2"]["declared_difference_m"] == pytest.approx(1, abs=1e-6)
    assert edges["RG-2"]["taped_m"] == pytest.approx(100.04, abs=1e-9)
    [told] = [issue for issue in found["issues"] if issue["code"] == "edge_declared_differs"]
    assert "RG-2" in told["message"]
    assert "edge_lengths_unread" not in {issue["code"] for issue in found["issues"]}


def test_whole_metres_with_a_mark_between_thousands(tmp_path, capsys):
    """A side of 1,200 m written `1.200`, beside one of 1,100 m."""
    corners = {"RG-1": (0, 0), "RG-2": (0, 1100), "RG-3": (1200, 1100), "RG-4": (1200, 0)}
    sides = {"RG-1": "1.100", "RG-2": "1.200", "RG-3": "1.100", "RG-4": "1.200"}
    design = table(tmp_path / "moc.csv", corners, sides)
    survey = table(tmp_path / "do.csv", corners)
    told = run(capsys, "--design", design, "--survey", survey)[1]["boundary"]
    assert [row["declared_m"] for row in told["edges"]] == [1100, 1200, 1100, 1200]


def test_lengths_that_nothing_tells_are_named(tmp_path, capsys):
    """9.999 m or 9,999 m: neither is near 80 and 100 m."""
    design = table(tmp_path / "moc.csv", CORNERS, dict.fromkeys(CORNERS, "9,999"))
    survey = table(tmp_path / "do.csv", CORNERS)
    found = run(capsys, "--design", design, "--survey", survey)[1]
    assert [row["declared_m"] for row in found["boundary"]["edges"]] == [None] * 4
    [told] = [issue for issue in found["issues"] if issue["code"] == "edge_lengths_unread"]
    assert (told["level"], "Cạnh (m)" in told["message"]) == ("warning", True)
