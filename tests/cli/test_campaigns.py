"""The history of marker verifications as a surveyor keeps it."""

import json
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gisclusters.cli.main import run
from gisclusters.clock import today

EAST, NORTH = 552_000.0, 1_587_000.0
IDS = [f"RG-{place:02d}" for place in range(1, 9)]
CORNERS = [(0, 0), (50, 0), (100, 0), (100, 50), (100, 100), (50, 100), (0, 100), (0, 50)]


def survey(name, *, day="2026-10-01", moved=None, without=(), states=None, extra=()):
    """Readings a centimetre east of every marker; ``moved`` in metres east, north."""
    rows = []
    for each, (x, y) in [*zip(IDS, CORNERS, strict=True), *extra]:
        east, north = (moved or {}).get(each, (0, 0))
        if each not in without:
            rows.append({"marker_id": each, "E": EAST + x + 0.01 + east, "N": NORTH + y + north,
                         "accuracy_m": 0.012, "state": (states or {}).get(each, "found")}
                        | ({} if day is None else {"observed_at": f"{day} 09:30"}))  # fmt: skip
    pd.DataFrame(rows).to_csv(name, index=False)


@pytest.fixture(autouse=True)
def stored(tmp_path, monkeypatch, capsys):
    """C1 is one hectare with eight markers; C2 beside it has none."""
    monkeypatch.chdir(tmp_path)
    boxes = [shapely.box(EAST + off, NORTH, EAST + off + 100, NORTH + 100) for off in (0, 200)]
    gpd.GeoDataFrame({"cluster_id": ["C1", "C2"], "accuracy_m": [0.3] * 2}, geometry=boxes,
                     crs=9216).to_file("c.gpkg")  # fmt: skip
    pd.DataFrame({"marker_id": IDS, "cluster_id": "C1", "E": [EAST + x for x, _ in CORNERS],
                  "N": [NORTH + y for _, y in CORNERS]}).to_csv("m.csv", index=False)  # fmt: skip
    assert run(["ingest", "clusters", "c.gpkg", "-q"]) == 0
    assert run(["ingest", "markers", "m.csv", "--crs", "EPSG:9216", "--axes", "en", "-q"]) == 0
    capsys.readouterr()


def asked(capsys, *words, code=0):
    assert run(["markers", *words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def verified(capsys, name, *more):
    return asked(capsys, "verify", "--cluster", "C1", "--survey", name, *more)


def codes(document):
    return {issue["code"] for issue in document["issues"]}


def test_two_campaigns_are_kept_listed_and_compared(capsys):
    survey("truoc.csv", without=["RG-07"])
    survey("sau.csv", day="2026-11-01", moved={"RG-02": (0.3, 0.4)}, without=["RG-04"],
           states={"RG-06": "replaced"}, extra=[("RG-99", (33, 44))])  # fmt: skip
    first = verified(capsys, "truoc.csv")
    assert "campaign_recorded" in codes(first)
    assert first["summary"]["campaign"]["state"] == "recorded"
    second = verified(capsys, "sau.csv")
    rows = asked(capsys, "campaigns", "--cluster", "C1")["findings"]
    assert [(row["day"], row["survey"], row["cause"], row["run_id"]) for row in rows] == [
        ("2026-10-01", "truoc.csv", "none", first["run"]["id"]),
        ("2026-11-01", "sau.csv", "none", second["run"]["id"]),
    ]
    counts = [(row["count_ok"], row["count_moved"], row["count_missing"], row["count_extra"])
              for row in rows]  # fmt: skip
    assert counts == [(7, 0, 1, 0), (6, 1, 1, 1)]
    document = asked(capsys, "compare", "--cluster", "C1")
    assert document["summary"]["by_verdict"] == {
        "steady": 4, "moved": 1, "lost": 1, "new": 2, "returned": 1,
    }  # fmt: skip
    found = {row["marker_id"]: row for row in document["findings"]}
    assert found["RG-02"]["distance_m"] == pytest.approx(0.5, abs=1e-6)
    assert found["RG-02"]["accuracy_m"] == pytest.approx(0.0169706, abs=1e-7)  # 0.012 · √2
    assert (found["RG-06"]["verdict"], found["RG-06"]["change_note"]) == ("new", "replaced")
    assert found["RG-99"]["verdict"] == "new"
    assert document["summary"]["significant"] == 1
    back = asked(capsys, "compare", "--cluster", "C1", "--from", second["run"]["id"],
                 "--to", first["run"]["id"])  # fmt: skip
    assert {row["marker_id"]: row["verdict"] for row in back["findings"]}["RG-04"] == "returned"


def test_the_same_file_twice_is_one_campaign(capsys):
    survey("do.csv")
    verified(capsys, "do.csv")
    again = verified(capsys, "do.csv")
    assert "campaign_unchanged" in codes(again)
    assert again["summary"]["campaign"]["state"] == "unchanged"
    assert asked(capsys, "campaigns")["summary"] == {
        "cluster_id": None, "campaigns": 1, "verifications": 1,
    }  # fmt: skip


def test_read_again_in_another_way_it_stands_for_the_reading_before(capsys):
    survey("do.csv")
    wrong = verified(capsys, "do.csv", "--survey-crs", "EPSG:9217")
    right = verified(capsys, "do.csv", "--survey-crs", "EPSG:9216")
    assert wrong["run"]["id"] != right["run"]["id"]
    document = asked(capsys, "campaigns")
    [row] = document["findings"]
    assert (row["run_id"], row["verifications"]) == (right["run"]["id"], 2)
    assert run(["markers", "compare", "--cluster", "C1", "--json"]) == 2
    assert "campaigns_too_few" in codes(json.loads(capsys.readouterr().out))


def test_a_survey_in_the_wrong_zone_is_compared_after_its_error_is_undone(capsys):
    survey("truoc.csv")
    survey("sau.csv", day="2026-11-01", moved={"RG-02": (0.3, 0.4)})
    verified(capsys, "truoc.csv")
    # The numbers are of 107°30′ and are read as of 107°45′.
    told = verified(capsys, "sau.csv", "--survey-crs", "EPSG:5899")
    assert told["diagnosis"]["cause"] == "wrong_central_meridian"
    document = asked(capsys, "compare", "--cluster", "C1")
    assert "campaign_common_part_removed" in codes(document)
    assert document["summary"]["by_verdict"] == {"steady": 7, "moved": 1}
    [moved] = [row for row in document["findings"] if row["verdict"] == "moved"]
    assert (moved["de_m"], moved["dn_m"]) == pytest.approx((0.3, 0.4), abs=1e-3)


def test_without_a_day_in_the_file_the_run_s_is_taken_and_said(capsys):
    survey("do.csv", day=None)
    assert {"campaign_day_of_run", "campaign_recorded"} <= codes(verified(capsys, "do.csv"))
    [row] = asked(capsys, "campaigns")["findings"]
    assert row["day_source"] == "run"
    assert date.fromisoformat(row["day"]) == today()


def test_nothing_is_kept_unasked(capsys, tmp_path):
    survey("do.csv")
    before = (tmp_path / "gisclusters.gpkg").read_bytes()
    document = verified(capsys, "do.csv", "--no-record")
    assert "campaign" not in document["summary"]
    assert (tmp_path / "gisclusters.gpkg").read_bytes() == before
    asked(capsys, "verify", "--design", "m.csv", "--design-crs", "EPSG:9216", "--design-axes",
          "en", "--survey", "do.csv", "--store", "nowhere.gpkg")  # fmt: skip
    assert not (tmp_path / "nowhere.gpkg").exists()
    assert asked(capsys, "campaigns")["findings"] == []


@pytest.mark.parametrize(("words", "code"), [
    (["--cluster", "C9"], "cluster_unknown"), (["--cluster", "C2"], "campaigns_too_few"),
    (["--cluster", "C1", "--to", "0" * 16], "campaign_unknown"),
])  # fmt: skip
def test_what_cannot_be_compared_is_said(capsys, words, code):
    for name, day in (("a.csv", "2026-10-01"), ("b.csv", "2026-10-02")):
        survey(name, day=day)
        verified(capsys, name)
    assert code in codes(asked(capsys, "compare", *words, code=2))


def test_the_first_has_none_before_it_and_one_is_not_compared_with_itself(capsys):
    ids = []
    for name, day in (("b.csv", "2026-10-02"), ("a.csv", "2026-10-01")):
        survey(name, day=day)
        ids.append(verified(capsys, name)["run"]["id"])
    later, earlier = ids
    summary = asked(capsys, "compare", "--cluster", "C1")["summary"]  # by day, not by record
    assert (summary["from"]["run_id"], summary["to"]["run_id"]) == (earlier, later)
    assert "campaign_first" in codes(
        asked(capsys, "compare", "--cluster", "C1", "--to", earlier, code=2))  # fmt: skip
    assert "campaign_same" in codes(
        asked(capsys, "compare", "--cluster", "C1", "--from", later, code=2))  # fmt: skip


@pytest.mark.parametrize(("lang", "words"), [
    ("vi", ["xê dịch", "Có ý nghĩa", "mức tin cậy 95 %"]),
    ("en", ["moved", "Significant", "95 % level"]),
])  # fmt: skip
def test_people_read_it_in_their_language(capsys, tmp_path, lang, words):
    survey("a.csv")
    survey("b.csv", day="2026-11-01", moved={"RG-02": (0.3, 0.4)})
    for name in ("a.csv", "b.csv"):
        verified(capsys, name)
    outs = [word for kind in ("html", "xlsx", "csv", "docx", "geojson", "gpkg")
            for word in ("--out", f"x.{kind}")]  # fmt: skip
    assert run(["markers", "compare", "--cluster", "C1", "--lang", lang, *outs]) == 0
    said = "".join(capsys.readouterr())
    assert all(word in said for word in words)
    assert all(word in (tmp_path / "x.html").read_text(encoding="utf-8") for word in words)
    assert run(["markers", "campaigns", "--lang", lang, "--out", "y.xlsx"]) == 0
    assert "b.csv" in capsys.readouterr().out


def test_readings_of_another_cluster_give_no_marker_its_place(capsys, tmp_path):
    survey("a.csv", extra=[("RG-50", (33, 44))])
    rows = pd.read_csv("a.csv").assign(cluster_id="C1")
    other = rows[rows["marker_id"].isin(["RG-50"])].assign(cluster_id="C2", E=EAST + 233)
    pd.concat([rows, other]).to_csv("b.csv", index=False)
    verified(capsys, "b.csv")
    kept = gpd.read_file(tmp_path / "gisclusters.gpkg", layer="campaign_markers")
    placed = kept[kept["marker_id"] == "RG-50"]["easting_m"]
    assert set(placed) == {EAST + 33.01}


def test_the_page_shows_the_last_one_kept_and_what_moved(capsys, tmp_path):
    survey("a.csv")
    survey("b.csv", day="2026-11-01", moved={"RG-02": (0.3, 0.4)}, extra=[("RG-99", (33, 44))])
    for name in ("a.csv", "b.csv"):
        verified(capsys, name)
    assert run(["layers", "--json"]) == 0
    listed = {row["kind"]: row["count"] for row in json.loads(capsys.readouterr().out)["findings"]}
    assert listed == {"clusters": 2, "markers": 8, "campaigns": 2}
    assert run(["publish", "--out", "maps", "-q"]) == 0
    page = (tmp_path / "maps/clusters/C1.html").read_text(encoding="utf-8")
    assert "Đợt đo gần nhất: ngày 01/11/2026, tệp b.csv" in page
    assert "Mốc thay đổi từ đợt này sang đợt khác" in page
    assert "RG-99" in page
    assert run(["publish", "--out", "maps", "--as-of", "2026-10-31", "-q", "--force"]) == 0
    page = (tmp_path / "maps/clusters/C1.html").read_text(encoding="utf-8")
    assert "Đợt đo gần nhất: ngày 01/10/2026, tệp a.csv" in page
    assert "Mốc thay đổi từ đợt này sang đợt khác" not in page
    assert "Đợt đo gần nhất" not in (tmp_path / "maps/clusters/C2.html").read_text(encoding="utf-8")


TABLE = """
name: tinh
version: 1
tolerances:
  - {id: t1, article: Quyết định 5/QĐ-UBND, article_en: Decision 5/QĐ-UBND, confidence: sure,
     metres_by_scale: {500: 0.5}, by_kind: {RG: {500: %s}}}
"""


def test_a_table_of_one_s_own_is_used_kept_and_said(capsys, tmp_path):
    (tmp_path / "rg.csv").write_text(
        "marker_id,cluster_id,marker_kind,E,N\n"
        + "".join(f"{name},C1,{'RG' if name == IDS[1] else ''},{EAST + x},{NORTH + y}\n"
                  for name, (x, y) in zip(IDS, CORNERS, strict=True)), encoding="utf-8")  # fmt: skip
    design = ["--design", "rg.csv", "--design-crs", "EPSG:9216", "--design-axes", "en"]
    (tmp_path / "chat.yaml").write_text(TABLE % 0.2, encoding="utf-8")
    survey("do.csv", moved={IDS[1]: (0.3, 0.0), IDS[2]: (0.3, 0.0)})
    told = asked(capsys, "verify", *design, "--survey", "do.csv", "--rules", "chat.yaml")
    rows = {row["marker_id"]: row for row in told["findings"]}
    assert (rows[IDS[1]]["verdict"], rows[IDS[1]]["tolerance_m"]) == ("moved", 0.2)
    assert (rows[IDS[2]]["verdict"], rows[IDS[2]]["tolerance_m"]) == ("ok", 0.5)
    assert told["summary"]["tolerance"]["by_kind"] == {"RG": 0.2}
    assert told["run"]["rules"]["name"] == "tinh"
    assert run(["markers", "verify", *design, "--survey", "do.csv", "--rules", "chat.yaml",
                "--lang", "en", "--out", "report.html", "-q"]) == 0  # fmt: skip
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "0.500 m; RG 0.200 m: Decision 5/QĐ-UBND" in page
    capsys.readouterr()
    (tmp_path / "chat.yaml").write_text(TABLE % -1, encoding="utf-8")
    refused = asked(capsys, "verify", *design, "--survey", "do.csv", "--rules", "chat.yaml", code=2)
    assert "rules_unreadable" in codes(refused)


def test_the_tolerance_of_each_marker_is_kept_with_its_campaign(capsys, tmp_path):
    (tmp_path / "chat.yaml").write_text(TABLE.replace(", by_kind: {RG: {500: %s}}", ""),
                                        encoding="utf-8")  # fmt: skip
    survey("truoc.csv")
    survey("sau.csv", day="2026-11-01", moved={IDS[1]: (0.3, 0.4)})
    verified(capsys, "truoc.csv", "--rules", "chat.yaml")
    verified(capsys, "sau.csv", "--rules", "chat.yaml")
    rows = {
        row["marker_id"]: row for row in asked(capsys, "compare", "--cluster", "C1")["findings"]
    }
    # Half a metre on the tolerance of half a metre: it stands.
    assert (rows[IDS[1]]["verdict"], rows[IDS[1]]["tolerance_m"]) == ("steady", 0.5)


def test_days_that_have_not_come_yet_are_said(capsys):
    survey("do.csv", day="2199-01-02")
    [said] = [issue for issue in verified(capsys, "do.csv")["issues"]
              if issue["code"] == "observed_in_future"]  # fmt: skip
    assert "8 điểm" in said["message"]
    assert "02/01/2199" in said["message"]


def test_a_campaign_of_the_future_is_compared_only_by_name(capsys):
    survey("truoc.csv")
    survey("sau.csv", day="2026-11-01")
    survey("mai.csv", day="2099-11-01")
    runs = [verified(capsys, name)["run"]["id"] for name in ("truoc.csv", "sau.csv", "mai.csv")]
    document = asked(capsys, "compare", "--cluster", "C1")
    assert (document["summary"]["from"]["run_id"], document["summary"]["to"]["run_id"]) == (
        runs[0], runs[1],
    )  # fmt: skip
    [said] = [issue for issue in document["issues"] if issue["code"] == "campaign_in_future"]
    assert said["value"] == runs[2]
    named = asked(capsys, "compare", "--cluster", "C1", "--to", runs[2])
    assert named["summary"]["from"]["run_id"] == runs[1]
    assert "campaign_in_future" not in codes(named)


def test_one_campaign_of_today_and_one_of_the_future_are_too_few(capsys):
    survey("truoc.csv")
    survey("mai.csv", day="2099-11-01")
    verified(capsys, "truoc.csv")
    verified(capsys, "mai.csv")
    assert run(["markers", "compare", "--cluster", "C1", "--json"]) == 2
    assert "campaigns_too_few_yet" in codes(json.loads(capsys.readouterr().out))


def test_a_comparison_is_a_map_too(capsys):
    survey("truoc.csv")
    survey("sau.csv", day="2026-11-01", moved={"RG-02": (0.3, 0.4)}, without=["RG-04"])
    verified(capsys, "truoc.csv")
    verified(capsys, "sau.csv")
    outs = ["--out", "so.gpkg", "--out", "so.geojson"]
    assert run(["markers", "compare", "--cluster", "C1", *outs, "-q"]) == 0
    places = gpd.read_file("so.gpkg", layer="positions").set_index("marker_id")
    assert places.crs == "EPSG:9216"
    # Of RG-02 (50, 0) the later reading, a centimetre east of it besides; of RG-04 the earlier.
    assert places.geometry["RG-02"].equals_exact(shapely.Point(EAST + 50.31, NORTH + 0.4), 1e-6)
    assert places.geometry["RG-04"].equals_exact(shapely.Point(EAST + 100.01, NORTH + 50), 1e-6)
    assert (places.seen_in["RG-02"], places.seen_in["RG-04"]) == ("both", "earlier")
    lines = gpd.read_file("so.gpkg", layer="displacements").set_index("marker_id")
    assert len(lines) == 7
    assert lines.geometry["RG-02"].length == pytest.approx(0.5, abs=1e-6)
    features = json.loads(Path("so.geojson").read_text(encoding="utf-8"))["features"]
    assert len(features) == 8
    assert {each["geometry"]["type"] for each in features} == {"Point"}


def test_a_file_that_fails_says_that_the_campaign_stands(capsys, monkeypatch):
    def broken(*_, **__):
        raise ValueError("x")

    survey("do.csv")
    monkeypatch.setattr("gisclusters.publish.export.write_result", broken)
    assert (
        run(["markers", "verify", "--cluster", "C1", "--survey", "do.csv", "--out", "b.html"]) == 1
    )
    said = capsys.readouterr().err
    [kept] = asked(capsys, "campaigns", "--cluster", "C1")["findings"]
    assert f"b.html, nhưng đợt đo đã nằm trong kho (mã {kept['run_id']})" in said
