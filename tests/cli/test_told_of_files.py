"""What is said of one of two files: the remedy names an option that mends that file."""

import json

import pytest

from gisclusters.cli.main import run

DESIGN = [("RG-01", 1221000.0, 570420.0), ("RG-02", 1221268.7, 570268.7),
          ("RG-03", 1221500.0, 570000.0), ("RG-04", 1221247.5, 569752.5)]  # fmt: skip
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
