"""What is said of one of two files: the remedy names an option that mends that file."""

import json

import geopandas as gpd
import pytest

from gisclusters.cli.main import run

DESIGN = [("RG-01", 1221000.0, 570420.0), ("RG-02", 1221268.7, 570268.7),
          ("RG-03", 1221500.0, 570000.0), ("RG-04", 1221247.5, 569752.5)]  # fmt: skip
HEADER_STATE = "marker_id,X,Y,state"
EXCHANGED = [(name, e, n) for name, n, e in DESIGN]


def table(path, rows, header="marker_id,X,Y"):
    path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return str(path)


def verified(capsys, design, survey, *more):
    code = run(["markers", "verify", "--design", design, "--survey", survey, "--design-crs",
                "EPSG:9210", "--json", "--quiet", *more])  # fmt: skip
    return code, json.loads(capsys.readouterr().out)


def remedies(document, code):
    return {issue["remedy"] for issue in document["issues"] if issue["code"] == code}


@pytest.mark.parametrize("role", ["design", "survey"])
def test_exchanged_axes_of_one_of_two_files(tmp_path, capsys, role):
    """The option that the remedy names is taken, and mends the file."""
    files = {name: table(tmp_path / f"{name}.csv", EXCHANGED if name == role else DESIGN)
             for name in ("design", "survey")}  # fmt: skip
    code, refused = verified(capsys, **files)
    assert (code, remedies(refused, "axes_swapped")) == (3, {f"Đọc lại với --{role}-axes en."})
    code, found = verified(capsys, files["design"], files["survey"], f"--{role}-axes", "en")
    assert (code, found["summary"]["by_verdict"]) == (0, {"ok": 4})


def test_a_missing_crs_of_a_boundary_and_of_a_plan(tmp_path, capsys):
    rows = [(1, f"POLYGON (({' , '.join(f'{e} {n}' for _, n, e in [*DESIGN, DESIGN[0]])}))")]
    boundary = table(tmp_path / "b.csv", [(n, f'"{w}"') for n, w in rows], "cluster_id,wkt")
    plan = table(tmp_path / "p.csv", [(n, f'"{w}"') for n, w in rows], "zone_id,wkt")
    code = run(["overlaps", "--boundary", boundary, "--plan", plan, "--json", "--quiet",
                "--category", "rice"])  # fmt: skip
    document = json.loads(capsys.readouterr().out)
    said = {issue["layer"]: issue["remedy"] for issue in document["issues"]
            if issue["code"] == "crs_missing"}  # fmt: skip
    assert code == 3
    assert "--boundary-crs EPSG:n" in said["b.csv"]
    assert "--plan-crs EPSG:n" in said["p.csv"]


def test_a_datum_is_told_in_whole_metres(tmp_path, capsys):
    """WGS 84 degrees of RG-01 in 105°45′: the operation is good to a metre, not to 1.000."""
    design = table(tmp_path / "d.csv", DESIGN[:1])
    survey = table(
        tmp_path / "s.csv", [("RG-01", 106.396285619, 11.040390572)], "marker_id,lon,lat"
    )
    _, found = verified(capsys, design, survey)
    [said] = [each["message"] for each in found["issues"] if each["code"] == "datum_accuracy"]
    assert "khoảng 1 m và" in said


def test_states_in_vietnamese_and_rows_without_a_place(tmp_path, capsys):
    """Two rows are places without an accuracy; the lost and the buried have none to be accurate."""
    design = table(tmp_path / "d.csv", DESIGN)
    rows = [(*DESIGN[0], "còn"), (*DESIGN[1], ""), ("RG-03", "", "", "bị chôn"),
            ("RG-04", "", "", "mất")]  # fmt: skip
    code, found = verified(capsys, design, table(tmp_path / "s.csv", rows, HEADER_STATE))
    states = {row["marker_id"]: row["state"] for row in found["findings"]}
    assert (code, states["RG-03"], states["RG-04"]) == (0, "buried", "lost")
    [said] = [each["message"] for each in found["issues"] if each["code"] == "accuracy_missing"]
    assert said.startswith("2 điểm đo")
    for word in ("chôn", "đã chôn"):
        rows[2] = ("RG-03", "", "", word)
        assert verified(capsys, design, table(tmp_path / "s.csv", rows, HEADER_STATE))[0] == 0
    rows[2] = ("RG-03", "", "", "lạ lùng")
    code, refused = verified(capsys, design, table(tmp_path / "s.csv", rows, HEADER_STATE))
    [remedy] = remedies(refused, "value_not_allowed")
    assert code == 3
    assert remedy == ("Dùng một trong: còn (found), vỡ (broken), mất (lost), đã thay (replaced), "
                      "bị vùi (buried), không tiếp cận được (not_accessible).")  # fmt: skip


def test_a_dry_run_says_that_it_stored_nothing(tmp_path, capsys):
    design = table(tmp_path / "d.csv", DESIGN)
    asked = ["ingest", "markers", design, "--crs", "EPSG:9210", "--map", "cluster_id=marker_id",
             "--store", str(tmp_path / "k.gpkg")]  # fmt: skip
    assert run([*asked, "--dry-run"]) == 0
    assert "Chạy thử: không lưu gì." in capsys.readouterr().out
    assert run([*asked, "--dry-run", "--lang", "en"]) == 0
    assert "Dry run: nothing was stored." in capsys.readouterr().out
    assert run(asked) == 0
    assert "Chạy thử" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda n, e: (n - 1_000_000, e - 500_000), "1.000.000 m vào trị bắc"),
        (lambda n, e: (n, e - 500_000), "cộng 500.000 m vào trị đông và 0 m"),
        (lambda n, e: (n - 1_000_000, e), "cộng 0 m vào trị đông và 1.000.000 m"),
    ],
)
def test_digits_or_a_decimal_mark_are_missing(tmp_path, capsys, change, said):
    """Once for the file; each row still says where it lies."""
    survey = [(name, *change(n, e)) for name, n, e in DESIGN]
    code, refused = verified(capsys, table(tmp_path / "d.csv", DESIGN),
                             table(tmp_path / "s.csv", survey, "marker_id,N,E"))  # fmt: skip
    hints = [each["message"] for each in refused["issues"]
             if each["code"] in {"digits_cut", "decimal_mark_lost"}]  # fmt: skip
    assert code == 3
    assert len(hints) == 1
    assert said in hints[0]
    assert len([each for each in refused["issues"] if each["code"] == "outside_zone"]) == 4


@pytest.mark.parametrize(
    ("times", "east_m", "codes"),
    [
        (1000, 0, {"outside_zone", "decimal_mark_lost"}),
        (1, 0, set()),
        # One row of four is cut, the others stand: no mistake of the whole file.
        (1, -500_000, {"outside_zone"}),
    ],
)
def test_points_of_a_geopackage(tmp_path, capsys, times, east_m, codes):
    east, north = ([row[place] * times for row in DESIGN] for place in (2, 1))
    east[3] += east_m
    points = gpd.GeoDataFrame({"marker_id": [row[0] for row in DESIGN]}, crs="EPSG:9210",
                              geometry=gpd.points_from_xy(east, north))  # fmt: skip
    points.to_file(tmp_path / "s.gpkg", layer="surveys", driver="GPKG")
    _, found = verified(capsys, table(tmp_path / "d.csv", DESIGN), str(tmp_path / "s.gpkg"))
    told = {each["code"] for each in found["issues"]}
    assert told & {"outside_zone", "decimal_mark_lost", "digits_cut"} == codes


def test_the_empty_layer_of_a_stake_out_does_not_name_the_targets(tmp_path, capsys):
    design, package = table(tmp_path / "d.csv", DESIGN), str(tmp_path / "cam.gpkg")
    assert run(["markers", "stakeout", "--design", design, "--design-crs", "EPSG:9210",
                "--out", package, "--quiet"]) == 0  # fmt: skip
    capsys.readouterr()
    code, refused = verified(capsys, design, package)
    [remedy] = remedies(refused, "nothing_measured")
    assert code == 3
    assert "--survey-layer" not in remedy


def test_an_empty_layer_names_the_other_one(tmp_path, capsys):
    points = gpd.GeoDataFrame({"marker_id": [row[0] for row in DESIGN]}, crs="EPSG:9210",
                              geometry=gpd.points_from_xy(*zip(*[(row[2], row[1])
                                                                 for row in DESIGN],
                                                               strict=True)))  # fmt: skip
    points.iloc[:0].to_file(tmp_path / "s.gpkg", layer="surveys", driver="GPKG")
    points.to_file(tmp_path / "s.gpkg", layer="diem", driver="GPKG", mode="a")
    code, refused = verified(capsys, table(tmp_path / "d.csv", DESIGN), str(tmp_path / "s.gpkg"))
    [remedy] = remedies(refused, "layer_empty")
    assert code == 3
    assert remedy.endswith("đọc lại với --survey-layer diem.")
