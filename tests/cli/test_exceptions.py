"""The register of accepted overlaps as a person keeps it."""

import json

import geopandas as gpd
import pytest
import shapely

from gisclusters.cli.main import run

DAY = "2026-11-15"
WEST, SOUTH = 552_000, 1_587_000


def write(name, shape, **fields):
    gpd.GeoDataFrame({key: [value] for key, value in fields.items()},
                     geometry=[shape], crs=9216).to_file(name)  # fmt: skip


def box(east, width):
    return shapely.box(WEST + east, SOUTH, WEST + east + width, SOUTH + 100)


@pytest.fixture(autouse=True)
def stored(tmp_path, monkeypatch, capsys):
    """C1 is one hectare, the rice zone Z1 of the plan LÚA takes its eastern half."""
    monkeypatch.chdir(tmp_path)
    write("c.gpkg", box(0, 100), cluster_id="C1", accuracy_m=0.3)
    write("p.gpkg", box(50, 100), zone_id="Z1", plan_id="LÚA", category="rice",
          accuracy_m=0.4, in_force_from="2020-01-01")  # fmt: skip
    write("f.gpkg", box(90, 100), zone_id="R1", plan_id="RĐD", category="special_use_forest",
          accuracy_m=0.4, in_force_from="2020-01-01")  # fmt: skip
    for kind, name in (("clusters", "c.gpkg"), ("plans", "p.gpkg"), ("plans", "f.gpkg")):
        assert run(["ingest", kind, name, "--ground", "all", "-q"]) == 0
    capsys.readouterr()


def add(**changed):
    given = {
        "cluster": "C1", "plan": "LÚA", "zone": "Z1", "reason": "đã chuyển mục đích",
        "document": "12/NQ-HĐND", "by": "Trần Văn A", "decided-on": "2026-10-01",
        "until": "2027-09-30", "as-of": DAY,
    } | {key.replace("_", "-"): value for key, value in changed.items()}  # fmt: skip
    words = [word for key, value in given.items() for word in (f"--{key}", value)]
    return run(["exceptions", "add", *words, "--json"])


def answer(capsys):
    return json.loads(capsys.readouterr().out)


def overlaps(capsys, *more, as_of=DAY):
    code = run(["overlaps", "--cluster", "C1", "--as-of", as_of, "--json", *more])
    document = answer(capsys)
    rows = {row["zone_id"]: row for row in document["findings"] if row["zone_id"]}
    return code, document, rows


def test_an_overlap_is_accepted_shown_and_comes_back_when_it_runs_out(capsys):
    assert run(["overlaps", "--cluster", "C1", "--as-of", DAY, "--json"]) == 0
    before = answer(capsys)["run"]["id"]
    assert add() == 0
    [kept] = answer(capsys)["findings"]
    assert (kept["exception_id"], kept["area_m2"], kept["rule_id"]) == ("EX-1", 5_000, "rice")
    assert kept["geometry"]["type"] == "Polygon"
    code, document, rows = overlaps(capsys, "--fail-on", "blocking")
    assert code == 5  # the forest still blocks
    assert (rows["Z1"]["verdict"], rows["Z1"]["severity"]) == ("conflict", "note")
    assert (rows["Z1"]["exception_id"], rows["Z1"]["exception_until"]) == ("EX-1", "2027-09-30")
    assert rows["R1"]["exception_id"] is None
    assert document["summary"]["by_exception"] == {"accepted": 1}
    assert document["run"]["id"] != before
    assert [s["role"] for s in document["run"]["sources"]].count("exceptions") == 1
    _, document, rows = overlaps(capsys, as_of="2027-10-01")
    assert (rows["Z1"]["severity"], rows["Z1"]["exception_state"]) == ("approval", "expired")
    assert "exception_expired" in {issue["code"] for issue in document["issues"]}


def test_it_comes_back_when_the_stored_boundary_moves(capsys):
    assert add() == 0
    write("c2.gpkg", box(-10, 120), cluster_id="C1", accuracy_m=0.3)
    assert run(["ingest", "clusters", "c2.gpkg", "--reason", "legal", "-q"]) == 0
    capsys.readouterr()
    _, document, rows = overlaps(capsys)
    assert (rows["Z1"]["severity"], rows["Z1"]["exception_state"]) == ("approval", "moved")
    [told] = [issue for issue in document["issues"] if issue["code"] == "exception_moved"]
    assert "trước 5.000,0 m², nay 6.000,0 m²" in told["message"]


def test_the_list_keeps_what_was_ended(capsys):
    assert add() == 0
    assert run(["exceptions", "end", "EX-1", "--reason", "hết lý do", "--by", "Lê Thị B",
                "--on", "2026-12-01", "--json"]) == 0  # fmt: skip
    capsys.readouterr()
    assert run(["exceptions", "list", "--as-of", "2026-12-01", "--json"]) == 0
    [row] = answer(capsys)["findings"]
    assert (row["exception_state"], row["ended_by"]) == ("ended", "Lê Thị B")
    assert (row["document"], row["ended_on"]) == ("12/NQ-HĐND", "2026-12-01")
    assert run(["exceptions", "list", "--as-of", "2026-11-30"]) == 0
    assert "đã chấp nhận" in capsys.readouterr().out
    _, _, rows = overlaps(capsys, as_of="2026-12-01")
    assert (rows["Z1"]["severity"], rows["Z1"]["exception_state"]) == ("approval", "ended")
    assert run(["exceptions", "end", "EX-1", "--reason", "x", "--by", "B"]) == 2
    assert add(decided_on="2026-12-01", as_of="2026-12-01") == 0


def test_a_forbidden_overlap_is_recorded_and_said_to_be_forbidden(capsys):
    assert add(plan="RĐD", zone="R1") == 0
    assert [issue["code"] for issue in answer(capsys)["issues"]] == ["exception_forbidden"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"cluster": "C9"}, "cluster_unknown"),
        ({"plan": "P9"}, "exception_plan_unknown"),
        ({"zone": "Z9"}, "exception_zone_unknown"),
        ({"until": "2026-09-30"}, "exception_dates"),
        ({"decided_on": "2026-11-16"}, "exception_future"),
        ({"until": "2026-11-14"}, "exception_over"),
        ({"reason": "  "}, "exception_words"),
        ({"as_of": "2019-12-31", "decided_on": "2019-01-01"}, "exception_no_overlap"),
        ({"plan": "clusters", "zone": "C1"}, "exception_no_overlap"),
    ],
)
def test_what_cannot_be_accepted_is_refused_and_nothing_is_kept(capsys, changed, code):
    assert add(**changed) == 2
    assert [issue["code"] for issue in answer(capsys)["issues"]] == [code]
    assert run(["exceptions", "list", "--json"]) == 0
    assert answer(capsys)["findings"] == []


def test_the_same_overlap_is_not_accepted_twice(capsys):
    assert add() == 0
    assert add() == 2
    assert "exception_exists" in capsys.readouterr().out


def test_a_work_and_its_corridor_are_accepted_one_by_one(capsys):
    """A dike 10 m wide through the cluster: 1 000 m² of ground, 25 m beside it each way."""
    write("d.gpkg", box(40, 10), zone_id="D1", plan_id="ĐÊ", category="dike", grade="I",
          side="land", settlement="no", accuracy_m=0.4, in_force_from="2020-01-01")  # fmt: skip
    assert run(["ingest", "plans", "d.gpkg", "--ground", "all", "-q"]) == 0
    capsys.readouterr()
    assert add(plan="ĐÊ", zone="D1") == 2
    [issue] = answer(capsys)["issues"]
    assert issue["code"] == "exception_several"
    assert "dike, dike_land_side" in issue["message"]
    assert add(plan="ĐÊ", zone="D1", rule="dike_sea_side") == 2
    assert [issue["code"] for issue in answer(capsys)["issues"]] == ["exception_other_rule"]
    for rule, area_m2 in (("dike_land_side", 5_000), ("dike", 1_000)):
        assert add(plan="ĐÊ", zone="D1", rule=rule) == 0
        [kept] = answer(capsys)["findings"]
        assert (kept["rule_id"], kept["area_m2"]) == (rule, pytest.approx(area_m2))
    assert add(plan="ĐÊ", zone="D1", rule="dike") == 2
    assert "exception_exists" in capsys.readouterr().out
    assert run(["overlaps", "--cluster", "C1", "--as-of", DAY, "--json"]) == 0
    rows = [row for row in answer(capsys)["findings"] if row["zone_id"] == "D1"]
    assert {(row["rule_id"], row["exception_id"], row["severity"]) for row in rows} == {
        ("dike", "EX-2", "note"), ("dike_land_side", "EX-1", "note")}  # fmt: skip


def test_the_register_and_the_report_speak_to_people(capsys):
    assert add() == 0
    arguments = ["overlaps", "--cluster", "C1", "--as-of", DAY, "--out", "r.html", "--out",
                 "r.xlsx", "--out", "r.gpkg", "--out", "r.csv", "-q"]  # fmt: skip
    assert run(arguments) == 0
    with open("r.html", encoding="utf-8") as file:
        page = file.read()
    assert "đã chấp nhận" in page
    assert "EX-1" in page
    assert run(["exceptions", "list", "--as-of", DAY, "--out", "x.html", "--out", "x.gpkg"]) == 0
    with open("x.html", encoding="utf-8") as file:
        assert "Trần Văn A" in file.read()
    assert gpd.read_file("x.gpkg", layer="findings").area.tolist() == pytest.approx([5_000])
