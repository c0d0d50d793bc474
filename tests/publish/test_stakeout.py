"""Stake-out files give back the same points, and open in the programs they are for."""

import json
import sqlite3
import subprocess
from xml.etree import ElementTree as ET

import ezdxf
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from gisclusters.cli.main import run
from gisclusters.errors import InputRefusedError
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.sandbox import read_layer

# Two rings, a reference marker and a road centre in one cluster; a name again in another.
ROWS = [
    ("RG-01", "CCN-01", "RG", "1", "1", 1221300.1234, 572400.5678, "5.25"),
    ("RG-03", "CCN-01", "RG", "1", "3", 1221400.1234, 572500.5678, ""),
    ("RG-02", "CCN-01", "RG", "1", "2", 1221300.1234, 572500.5678, ""),
    ("RG-04", "CCN-01", "RG", "2", "1", 1221320.0005, 572420.0005, ""),
    ("RG-05", "CCN-01", "RG", "2", "2", 1221340.0005, 572420.0005, ""),
    ("RG-06", "CCN-01", "RG", "2", "3", 1221340.0005, 572440.0005, ""),
    ("MTC-1", "CCN-01", "MTC", "", "", 1221303.0, 572409.0, ""),
    ("TĐ-1", "CCN-01", "TĐ", "", "", 1221303.0, 572419.0, ""),
]
AGAIN = ("RG-01", "CCN-02", "RG", "1", "1", 1221900.1234, 572400.5678, "")
HEADER = "Tên mốc,Mã cụm,Loại mốc,Vòng,Thứ tự,X,Y,H,Thông số"
NORTH, EAST = (np.array([row[i] for row in ROWS]) for i in (5, 6))


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def design(path, rows):
    lines = [",".join(map(str, row)) + (",dE=3 dN=-4" if row[2] == "MTC" else ",") for row in rows]
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")


def stake(tmp_path, *outs, rows=ROWS, options=()):
    design(tmp_path / "moc.csv", rows)
    wanted = [word for out in outs for word in ("--out", out)]
    return run(["markers", "stakeout", "--design", "moc.csv", "--design-crs", "EPSG:9216",
                *wanted, *options])  # fmt: skip


def read(path, kind="markers", **options):
    return read_layer(kind, path, ReadOptions(**options))


def off_m(layer):
    """Distances from the points written, in their order, in the zone."""
    shapes = layer.to_crs("EPSG:9216").shapes.geometry.to_numpy()
    return np.hypot(shapely.get_x(shapes) - EAST, shapely.get_y(shapes) - NORTH)


@pytest.mark.parametrize(("name", "reach_m"), [
    ("m.csv", 0.0001), ("m.dxf", 0.0001), ("m.gpkg", 0.0001), ("m.gpx", 0.001), ("m.kml", 0.001),
])  # fmt: skip
def test_we_read_the_same_points_again(tmp_path, name, reach_m):
    assert stake(tmp_path, name) == 0
    told = {} if name.endswith((".gpx", ".kml", ".gpkg")) else {"crs": "EPSG:9216"}
    layer = read(tmp_path / name, **told)
    assert layer.frame["marker_id"].tolist() == [row[0] for row in ROWS]
    assert off_m(layer).max() < reach_m
    if name.endswith((".csv", ".kml", ".gpkg")):
        assert layer.frame["marker_kind"].tolist() == [row[2] for row in ROWS]
        assert layer.frame["ring"].astype(object).where(layer.frame["ring"].notna(), "").tolist() == [
            int(row[3]) if row[3] else "" for row in ROWS]  # fmt: skip


@pytest.mark.parametrize(("maker", "first"), [
    ("leica", "RG-01,572400.5678,1221300.1234,5.2500,RG"),
    ("trimble", "RG-01,1221300.1234,572400.5678,5.2500,RG"),
    ("topcon", "RG-01,1221300.1234,572400.5678,5.2500,RG"),
    ("south", "RG-01,RG,572400.5678,1221300.1234,5.2500"),
    ("chc", "RG-01,1221300.1234,572400.5678,5.2500,RG"),
    ("emlid", "RG-01,572400.5678,1221300.1234,5.2500,RG"),
])  # fmt: skip
def test_lists_have_the_order_of_the_maker_and_are_read_again(tmp_path, maker, first):
    assert stake(tmp_path, "m.csv", options=["--maker", maker]) == 0
    raw = (tmp_path / "m.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    lines = raw.decode("utf-8").splitlines()
    assert lines[1 if maker in {"topcon", "chc", "emlid"} else 0] == first
    assert sum(line.startswith("TĐ-1,") for line in lines) == 1
    assert any(",TD" in line for line in lines)  # the code in plain letters
    # A list without headers whose first number is east is read as its user says.
    axes = "en" if maker in {"leica", "south"} else None
    layer = read(tmp_path / "m.csv", "surveys", crs="EPSG:9216", axes=axes)
    assert layer.frame["marker_id"].tolist() == [row[0] for row in ROWS]
    assert off_m(layer).max() < 0.0001


def test_the_drawing_is_sound_and_in_metres(tmp_path):
    assert stake(tmp_path, "m.dxf", rows=[*ROWS, AGAIN]) == 0
    drawing = ezdxf.readfile(tmp_path / "m.dxf")
    audit = drawing.audit()
    assert (len(audit.errors), len(audit.fixes)) == (0, 0)
    assert (drawing.dxfversion, drawing.header["$INSUNITS"]) == ("AC1032", 6)
    inserts = drawing.modelspace().query("INSERT")
    assert {i.dxf.layer for i in inserts} == {"MOC_RG", "MOC_MTC", "MOC_TD"}
    names = {i.get_attrib_text("TEN_MOC"): i.get_attrib_text("LOAI_MOC") for i in inserts}
    assert (names["CCN-01 TĐ-1"], names["CCN-02 RG-01"], len(names)) == ("TD", "RG", 9)
    # Two rings, by their order and not by their rows; the one marker of CCN-02 bounds nothing.
    outlines = [[tuple(p) for p in line.get_points("xy")]
                for line in drawing.modelspace().query("LWPOLYLINE") if line.closed]  # fmt: skip
    assert outlines == [
        [(572400.5678, 1221300.1234), (572500.5678, 1221300.1234), (572500.5678, 1221400.1234)],
        [(572420.0005, 1221320.0005), (572420.0005, 1221340.0005), (572440.0005, 1221340.0005)],
    ]
    assert set(pyogrio.read_dataframe(tmp_path / "m.dxf")["Layer"]) == {
        "MOC_RG", "MOC_MTC", "MOC_TD", "RANH"}  # fmt: skip


def test_a_ring_without_order_is_not_drawn(tmp_path):
    rows = [(*row[:4], "", *row[5:]) if row[0] == "RG-02" else row for row in ROWS]
    assert stake(tmp_path, "m.dxf", rows=rows) == 0
    lines = ezdxf.readfile(tmp_path / "m.dxf").modelspace().query("LWPOLYLINE")
    assert len(lines) == 1


def test_the_package_is_ready_for_the_field(tmp_path, ogrinfo):
    assert stake(tmp_path, "m.gpkg") == 0
    path = tmp_path / "m.gpkg"
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["markers", "surveys", "layer_styles"]
    for name, count in (("markers", 8), ("surveys", 0)):
        told = subprocess.run([ogrinfo, "-al", "-so", str(path), name], check=True,
                              capture_output=True, text=True).stdout  # fmt: skip
        assert "Geometry: Point" in told
        assert f"Feature Count: {count}" in told
        assert 'PROJCRS["VN-2000 / TM-3 107-30"' in told
        assert 'ID["EPSG",9216]]' in told
    fields = set(pyogrio.read_info(path, layer="surveys")["fields"])
    assert fields == {"marker_id", "cluster_id", "state", "note", "photo", "accuracy_m", "fix",
                      "epochs", "hdop", "observed_at"}  # fmt: skip
    markers = pyogrio.read_dataframe(path, layer="markers")
    assert markers["Thông số"].tolist()[6] == "dE=3 dN=-4"
    styles = pyogrio.read_dataframe(path, layer="layer_styles").set_index("f_table_name")
    assert styles["useAsDefault"].all()
    form = ET.fromstring(styles.loc["surveys", "styleQML"].split("\n", 1)[1])
    widgets = {each.get("name"): each.find("editWidget") for each in form.iter("field")
               if each.find("editWidget") is not None}  # fmt: skip
    assert set(widgets) == fields
    assert (widgets["state"].get("type"), widgets["photo"].get("type")) == (
        "ValueMap", "ExternalResource")  # fmt: skip
    states = {each.get("name"): each.get("value") for each in widgets["state"].iter("Option")
              if each.get("type") == "QString"}  # fmt: skip
    assert states == {"còn": "found", "vỡ": "broken", "mất": "lost", "đã thay": "replaced",
                      "bị vùi": "buried", "không tiếp cận được": "not_accessible"}  # fmt: skip
    targets = ET.fromstring(styles.loc["markers", "styleQML"].split("\n", 1)[1])
    assert {each.get("field") or each.get("name") for each in targets.find("editable")
            if each.get("editable") == "1"} == {"state", "note", "photo", "observed_at"}  # fmt: skip


def test_what_is_measured_into_the_package_is_verified_and_targets_are_not(tmp_path, capsys):
    assert stake(tmp_path, "m.gpkg") == 0
    taken = pyogrio.read_dataframe(tmp_path / "m.gpkg", layer="markers").iloc[:1]
    measured = taken[["marker_id", "cluster_id", "geometry"]].assign(
        geometry=taken.translate(0.03, 0.0), state="broken", accuracy_m=0.012, fix="Fixed RTK",
        observed_at=pd.Timestamp("2026-11-20 09:01:02"),
    )  # fmt: skip
    pyogrio.write_dataframe(measured, tmp_path / "m.gpkg", layer="surveys", append=True)
    capsys.readouterr()
    assert run(["markers", "verify", "--design", "moc.csv", "--design-crs", "EPSG:9216",
                "--survey", "m.gpkg", "--json"]) == 0  # fmt: skip
    found = {row["marker_id"]: row for row in json.loads(capsys.readouterr().out)["findings"]}
    assert found["RG-01"]["de_m"] == pytest.approx(0.03, abs=1e-6)
    assert (found["RG-01"]["verdict"], found["RG-01"]["state"]) == ("ok", "broken")
    assert {row["verdict"] for name, row in found.items() if name != "RG-01"} == {"missing"}


@pytest.mark.parametrize("layer", [(), ("--survey-layer", "markers")])
def test_targets_never_pass_for_measurements(tmp_path, capsys, layer):
    assert stake(tmp_path, "m.gpkg") == 0
    capsys.readouterr()
    asked = ["markers", "verify", "--design", "moc.csv", "--design-crs", "EPSG:9216",
             "--survey", "m.gpkg", *layer, "--json"]  # fmt: skip
    assert run(asked) == 3
    [told] = [row for row in json.loads(capsys.readouterr().out)["issues"]
              if row["level"] == "error"]  # fmt: skip
    assert told["code"] == "nothing_measured"
    assert "--layer" not in told["remedy"]
    # One of eight is measured, 3 cm off: the seven others are not, whatever layer is named.
    taken = pyogrio.read_dataframe(tmp_path / "m.gpkg", layer="markers").iloc[:1]
    measured = taken[["marker_id", "cluster_id", "geometry"]].assign(
        geometry=taken.translate(0.03, 0.0), accuracy_m=0.012)  # fmt: skip
    pyogrio.write_dataframe(measured, tmp_path / "m.gpkg", layer="surveys", append=True)
    assert run(asked) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["summary"]["by_verdict"] == {"ok": 1, "missing": 7}
    codes = {row["code"] for row in document["issues"]}
    assert ("targets_not_measured" in codes) == bool(layer)


def test_what_is_noted_on_a_target_is_a_state_and_no_place(tmp_path, capsys):
    assert stake(tmp_path, "m.gpkg") == 0
    with sqlite3.connect(tmp_path / "m.gpkg") as package:
        for function in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            package.create_function(function, 1, lambda _: 0)
        package.execute("UPDATE markers SET state = 'lost', note = 'đường mới', "
                        "observed_at = '2026-11-20T09:01:02.000' "
                        "WHERE marker_id IN ('RG-02', 'RG-03')")  # fmt: skip
    package.close()
    layer = read(tmp_path / "m.gpkg", "surveys")
    assert layer.frame[["marker_id", "state", "note"]].to_numpy().tolist() == [
        ["RG-03", "lost", "đường mới"], ["RG-02", "lost", "đường mới"]]  # fmt: skip
    assert layer.shapes.geometry.is_empty.all()
    assert set(layer.frame["observed_at"]) == {pd.Timestamp("2026-11-20 09:01:02")}
    assert "states_noted" in {issue.code for issue in layer.issues}
    capsys.readouterr()
    assert run(["markers", "verify", "--design", "moc.csv", "--design-crs", "EPSG:9216",
                "--survey", "m.gpkg", "--json"]) == 0  # fmt: skip
    found = {row["marker_id"]: row for row in json.loads(capsys.readouterr().out)["findings"]}
    assert (found["RG-02"]["verdict"], found["RG-02"]["state"]) == ("missing", "lost")
    assert (found["RG-01"]["verdict"], found["RG-01"]["state"]) == ("missing", None)


def test_targets_pass_for_no_measurements_whatever_layer_is_named(tmp_path):
    assert stake(tmp_path, "m.gpkg") == 0
    for layer in (None, "surveys", "markers"):
        with pytest.raises(InputRefusedError) as fault:
            read(tmp_path / "m.gpkg", "surveys", layer=layer)
        assert fault.value.issues[-1].code == "nothing_measured"
    with sqlite3.connect(tmp_path / "m.gpkg") as package:
        for function in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            package.create_function(function, 1, lambda _: 0)
        package.execute("UPDATE markers SET state = 'lost' WHERE marker_id = 'RG-02'")
    package.close()
    found = read(tmp_path / "m.gpkg", "surveys", layer="markers")
    assert found.frame[["marker_id", "state"]].to_numpy().tolist() == [["RG-02", "lost"]]
    assert found.shapes.geometry.is_empty.all()
    assert "targets_not_measured" in {issue.code for issue in found.issues}


def test_names_that_clusters_share_come_back_to_their_clusters(tmp_path, capsys):
    assert stake(tmp_path, "m.csv", rows=[*ROWS, AGAIN], options=["--maker", "trimble"]) == 0
    assert (tmp_path / "m.csv").read_text().startswith("CCN-01 RG-01,")
    capsys.readouterr()
    assert run(["markers", "verify", "--design", "moc.csv", "--design-crs", "EPSG:9216",
                "--survey", "m.csv", "--json"]) == 0  # fmt: skip
    rows = json.loads(capsys.readouterr().out)["findings"]
    assert [(row["verdict"], row["matched_by"]) for row in rows] == [("ok", "id")] * 9
    assert max(row["distance_m"] for row in rows) < 0.0001


def test_signs_of_xml_and_of_spreadsheets_do_no_harm(tmp_path):
    rows = [("<b>&1", *ROWS[0][1:]), ("=1+1", *ROWS[1][1:])]
    assert stake(tmp_path, "m.kml", "m.gpx", "m.csv", rows=rows) == 0
    for name in ("m.kml", "m.gpx"):
        assert read(tmp_path / name).frame["marker_id"].tolist() == ["<b>&1", "=1+1"]
    assert "\n'=1+1," in (tmp_path / "m.csv").read_text(encoding="utf-8-sig")


AWKWARD = ["=SUM(1)", "-7", "+8", "@9"]


@pytest.mark.parametrize("maker", ["plain", "leica", "trimble", "topcon", "south", "chc", "emlid"])
def test_names_that_look_like_formulas_come_back_as_they_were(tmp_path, maker):
    rows = [(name, *ROWS[0][1:4], str(k), 1221300.0 + k, 572400.0, "")
            for k, name in enumerate(AWKWARD, 1)]  # fmt: skip
    assert stake(tmp_path, "m.csv", rows=rows, options=["--maker", maker]) == 0
    written = (tmp_path / "m.csv").read_text(encoding="utf-8-sig")
    assert ("'" in written) == (maker == "plain")  # only the plain list is for spreadsheets
    axes = "en" if maker in {"leica", "south"} else None  # which have no header and east first
    found = read(tmp_path / "m.csv", "surveys", crs="EPSG:9216", axes=axes)
    assert found.frame["marker_id"].tolist() == AWKWARD


def test_what_a_person_must_know_is_said(tmp_path, capsys):
    assert stake(tmp_path, "m.csv", rows=[*ROWS, AGAIN],
                 options=["--json", "--maker", "south"]) == 0  # fmt: skip
    document = json.loads(capsys.readouterr().out)
    said = {issue["code"]: issue for issue in document["issues"]}
    assert {"stakeout_no_heights", "stakeout_names_joined", "stakeout_names_awkward",
            "stakeout_reference_markers"} <= set(said)  # fmt: skip
    assert "CCN-01 RG-01" in said["stakeout_names_joined"]["message"]
    assert document["summary"] == {"markers": 9, "maker": "south", "files": ["m.csv"],
                                   "clusters": ["CCN-01", "CCN-02"]}  # fmt: skip
    assert (document["run"]["crs"], document["run"]["datum_operation"]) == ("EPSG:9216", None)


def test_nothing_is_overwritten_unasked(tmp_path, capsys):
    (tmp_path / "m.csv").write_text("của tôi")
    assert stake(tmp_path, "m.kml", "m.csv") == 2
    assert (tmp_path / "m.csv").read_text() == "của tôi"
    assert not (tmp_path / "m.kml").exists()
    assert stake(tmp_path, "m.csv", options=["--force"]) == 0
    assert stake(tmp_path, "moc.csv", options=["--force"]) == 2  # the design itself
    assert stake(tmp_path, "m.xlsx") == 2
    assert run(["markers", "stakeout", "--out", "x.csv"]) == 2
    capsys.readouterr()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.csv", "moc.csv"]


def test_stored_markers_of_several_clusters(tmp_path, capsys):
    design(tmp_path / "moc.csv", [*ROWS, AGAIN])
    (tmp_path / "ranh.csv").write_text(
        "cluster_id,X,Y\n" + "".join(f"CCN-01,{row[5]},{row[6]}\n" for row in ROWS[:3])
        + "".join(f"CCN-02,{row[5] + 600},{row[6]}\n" for row in ROWS[:3])
    )  # fmt: skip
    for kind, name in (("clusters", "ranh.csv"), ("markers", "moc.csv")):
        assert run(["ingest", kind, name, "--crs", "EPSG:9216"]) == 0
    assert run(["markers", "stakeout", "--cluster", "CCN-02", "--out", "hai.csv"]) == 0
    assert read(tmp_path / "hai.csv", crs="EPSG:9216").frame["marker_id"].tolist() == ["RG-01"]
    assert run(["markers", "stakeout", "--cluster", "CCN-01", "--cluster", "CCN-02", "--out",
                "ca.gpkg", "--out", "ca.gpx"]) == 0  # fmt: skip
    layer = read(tmp_path / "ca.gpkg")
    assert layer.frame["cluster_id"].value_counts().to_dict() == {"CCN-01": 8, "CCN-02": 1}
    assert len(read(tmp_path / "ca.gpx")) == 9
    assert run(["markers", "stakeout", "--cluster", "CCN-09", "--out", "x.csv"]) == 2
    capsys.readouterr()


@pytest.mark.parametrize(("heights", "written", "code"), [
    (("12.345", "9.876"), [12.345, 9.876], "stakeout_no_heights"),
    (("12.345", "13"), [None, 13.0], "stakeout_heights_unread"),
])  # fmt: skip
def test_heights_with_three_decimals(tmp_path, capsys, heights, written, code):
    """Two of eight markers have one; six have none, and that is not said of what was unclear."""
    rows = [(*row[:7], height) for row, height in zip(ROWS, (*heights, *[""] * 6), strict=True)]
    assert stake(tmp_path, "a.csv", rows=rows, options=["--json"]) == 0
    issues = {row["code"]: row for row in json.loads(capsys.readouterr().out)["issues"]}
    assert code in issues
    assert issues["stakeout_no_heights"]["message"].startswith("6 ")
    table = pd.read_csv("a.csv", encoding="utf-8-sig")
    column = next(name for name in table if name.startswith(("H", "Cao")) or "height" in name)
    read = table[column].iloc[:2]
    assert read.astype(object).where(read.notna(), None).tolist() == written
