"""Commands as a person types them: exit codes, what is said, what is stored."""

import json
import sqlite3
import struct
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import docx
import geopandas as gpd
import openpyxl
import pyogrio
import pytest
import shapely

from gisclusters.cli.main import run
from gisclusters.samples import samples_dir
from gisclusters.store import open_store

SAMPLES = samples_dir()


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def stored(capsys):
    for kind, name in (("places", "north/places.gpkg"), ("clusters", "north/clusters.gpkg"),
                       ("markers", "north/markers.gpkg"), ("lots", "north/lots.gpkg"),
                       ("parcels", "north/parcels.gpkg"),
                       ("plans", "north/plans/rice_north.gpkg")):  # fmt: skip
        assert run(["ingest", kind, str(SAMPLES / name), "-q"]) == 0
    capsys.readouterr()


def test_ingest_twice_is_unchanged_and_layers_lists_it(stored, capsys):
    assert run(["ingest", "clusters", str(SAMPLES / "north/clusters.gpkg"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["summary"]["unchanged"] == 8
    assert run(["layers", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["findings"]
    assert {row["table"]: row["count"] for row in rows}["clusters_9216"] == 8


def test_overlaps_of_the_store_in_both_languages(stored, capsys):
    assert (
        run(["overlaps", "--cluster", "N1", "--as-of", "2026-11-15", "--fail-on", "approval"]) == 5
    )
    assert "chồng lấn" in capsys.readouterr().out
    assert run(["overlaps", "--cluster", "N1", "--as-of", "15/11/2026", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "20,000.0" in out
    assert "NOT CHECKED" in out


def test_the_word_report_says_what_the_page_says(stored, capsys):
    arguments = ["overlaps", "--cluster", "N1", "--as-of", "2026-11-15", "-q", "--changes-on",
                 "2027-06-01", "--out", "n1.docx", "--out", "n1.json"]  # fmt: skip
    assert run(arguments) == 0
    paper = docx.Document("n1.docx")
    words = "\n".join(each.text for each in paper.paragraphs)
    with open("n1.json", encoding="utf-8") as file:
        assert json.load(file)["run"]["id"] in words
    assert "Chồng lấn quy hoạch" in [each.text for each in paper.paragraphs]
    assert "thay đổi vào ngày được hỏi: 0" in words
    assert "Chưa kiểm tra không có nghĩa là không chồng lấn." in words
    first, *_ = paper.tables
    cells = [cell.text for cell in first.rows[1].cells]
    assert any("20.000,0" in cell for cell in cells)
    assert any("Nghị quyết HĐND cấp tỉnh" in cell for cell in cells)
    assert first.rows[0]._tr.trPr.xpath("w:tblHeader")  # the head is repeated on every page
    page = paper.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (297, 210)
    assert paper.styles["Normal"].font.name == "Times New Roman"


def test_the_same_numbers_in_every_form(stored, capsys):
    outs = [f"n1{suffix}" for suffix in (".json", ".geojson", ".gpkg", ".csv", ".xlsx", ".html")]
    arguments = ["overlaps", "--cluster", "N1", "--as-of", "2026-11-15", "-q"]
    assert run([*arguments, *(word for out in outs for word in ("--out", out))]) == 0
    with open("n1.json", encoding="utf-8") as file:
        document = json.load(file)
    run_id = document["run"]["id"]
    [rice] = [row for row in document["findings"] if row["verdict"] == "conflict"]
    assert rice["area_m2"] == pytest.approx(20_000, abs=1e-6)
    frame = gpd.read_file("n1.gpkg", layer="findings")
    assert frame[frame.verdict == "conflict"].area_m2.tolist() == [rice["area_m2"]]
    assert frame.crs.to_epsg() == 9216
    book = openpyxl.load_workbook("n1.xlsx")
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert rice["area_m2"] in cells
    for name in ("n1.geojson", "n1.csv", "n1.html"):
        with open(name, encoding="utf-8") as file:
            assert run_id in file.read()
    capsys.readouterr()
    assert run([*arguments, "--out", "n1.json"]) == 2
    assert "--force" in capsys.readouterr().err


def test_a_boundary_file_against_a_plan_file_needs_no_store(capsys, tmp_path):
    gpd.GeoDataFrame(geometry=[shapely.box(546_650, 1_586_000, 546_750, 1_586_100)],
                     crs=9216).to_file("ranh.gpkg")  # fmt: skip
    plan = str(SAMPLES / "north/plans/rice_north.gpkg")
    assert run(["overlaps", "--boundary", "ranh.gpkg", "--plan", plan, "--json",
                "--as-of", "2026-11-15"]) == 0  # fmt: skip
    [row] = [r for r in json.loads(capsys.readouterr().out)["findings"] if r["plan_id"]]
    assert row["area_m2"] == pytest.approx(5_000)
    assert row["share_of_subject"] == pytest.approx(0.5)
    assert not (tmp_path / "gisclusters.gpkg").exists()


def test_markers_and_efficiency_of_the_store(stored, capsys):
    survey = str(SAMPLES / "north/field/gnss_N8_sai_kinh_tuyen.csv")
    assert run(["markers", "verify", "--cluster", "N8", "--survey", survey, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["diagnosis"]
    assert (found["cause"], found["should_be"]) == ("wrong_central_meridian", "EPSG:5899")
    assert run(["efficiency", "--cluster", "N5", "--as-of", "2026-11-15", "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)["findings"]
    assert row["industrial_m2"] == pytest.approx(351_000)
    assert len(row["parcels"]) == 27


def test_zonal_fractions_need_no_store(capsys):
    assert run(["efficiency", "zonal", "--parcels", str(SAMPLES / "north/parcels.gpkg"),
                "--landcover", str(SAMPLES / "north/landcover.tif"), "--json"]) == 0  # fmt: skip
    rows = {row["parcel_id"]: row for row in json.loads(capsys.readouterr().out)["findings"]}
    assert rows["N5-T01"]["fractions"] == {"50": pytest.approx(1.0)}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["overlaps"], 2),
        (["overlaps", "--all"], 4),
        (["layers", "--store", "postgresql://localhost/x"], 4),
        (["ingest", "houses", "a.gpkg"], 2),
        (["ingest", "clusters", "no.gpkg"], 3),
        (["ingest", "clusters", str(SAMPLES / "north/clusters.gpkg"), "--crs", "EPSG:9210"], 3),
        (["ingest", "clusters", str(SAMPLES / "north/clusters.gpkg"), "--crs", "EPSG:1"], 2),
        (["inspect", str(SAMPLES / "north/field/ranh_N7.dxf"), "--province", "Tây Ninh"], 2),
        (["demo", "--nonsense"], 2),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_stored(arguments, code, capsys, tmp_path):
    assert run(arguments) == code
    said = capsys.readouterr()
    assert said.err
    assert "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_is_a_document_too(capsys):
    with open("rong.csv", "w", encoding="utf-8"):
        pass
    assert run(["ingest", "markers", "rong.csv", "--province", "Kon Tum", "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert document["findings"] == []
    assert [issue["code"] for issue in document["issues"]] == ["file_empty"]
    assert document["issues"][0]["message"] == "Tệp rỗng."


def test_doctor_looks_at_everything(capsys):
    assert run(["doctor", "--json"]) == 0
    states = {row["name"]: row["state"] for row in json.loads(capsys.readouterr().out)["checks"]}
    assert states["datum EPSG:6960"] == "ok"
    assert states["page assets"] == "ok"


def test_the_demo_ends_with_the_report_and_the_map(capsys, tmp_path):
    assert run(["demo", "--out", "thu"]) == 0
    out = capsys.readouterr().out
    assert "chồng lấn" in out
    made = {path.name for path in (tmp_path / "thu").iterdir()}
    assert made == {"store.gpkg", "findings.json", "report.xlsx", "report.html", "maps"}
    assert str(tmp_path / "thu" / "maps" / "index.html") in out
    layers = {name for name, _ in pyogrio.list_layers(tmp_path / "thu" / "store.gpkg")}
    assert {"clusters_9210", "clusters_9216", "plans_9210", "plans_9216"} <= layers
    assert run(["demo", "--out", "thu"]) == 0  # its own folder may be made again


def test_the_module_starts_without_the_heavy_libraries():
    code = ("import sys; from gisclusters.cli.main import run; run(['--help']); "
            "print([m for m in ('rasterio', 'folium', 'geopandas', 'yaml') if m in sys.modules])")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True,
                          encoding="utf-8", env={**__import__("os").environ, "PYTHONUTF8": "1"})  # fmt: skip
    assert done.stdout.strip().endswith("[]")


def test_a_plan_may_speak_about_places_of_the_store(stored, capsys):
    rice = str(SAMPLES / "north/plans/rice_north.gpkg")
    asked = ["overlaps", "--cluster", "N1", "--cluster", "N8", "--plan", rice, "--json",
             "--as-of", "2026-11-15"]  # fmt: skip
    assert run([*asked, "--ground", "K1, K4"]) == 0  # the old communes of N1 and N8
    rows = {(row["subject_id"], row["verdict"])
            for row in json.loads(capsys.readouterr().out)["findings"] if row["plan_id"]}  # fmt: skip
    assert rows == {("N1", "conflict"), ("N8", "clear")}
    assert run([*asked, "--ground", "K1"]) == 0
    rows = {row["subject_id"]: row
            for row in json.loads(capsys.readouterr().out)["findings"] if row["plan_id"]}  # fmt: skip
    assert (rows["N8"]["verdict"], rows["N8"]["reason"]) == ("not_checked", "outside_ground")
    assert rows["N8"]["area_m2"] == pytest.approx(590_400, abs=1)
    assert run([*asked, "--ground", "K1,KHÔNG-CÓ"]) == 3
    [issue] = json.loads(capsys.readouterr().out)["issues"]
    assert (issue["code"], issue["value"]) == ("ground_unknown", "KHÔNG-CÓ")


@pytest.mark.parametrize(
    ("arguments", "code", "issue"),
    [
        (["overlaps", "--all"], 4, "store_missing"),
        (["overlaps"], 2, "which_subject"),
        (["ingest", "clusters", str(SAMPLES / "north/clusters.gpkg"), "--crs", "EPSG:1"], 2,
         "crs_unknown"),
        (["layers", "--bogus"], 2, "usage"),
        (["efficiency", "--all", "--as-of", "9999-12-31"], 2, "usage"),
        (["markers", "verify", "--cluster", "N5", "--survey", "a.csv", "--tolerance-m", "nan"], 2,
         "usage"),
    ],
)  # fmt: skip
def test_json_is_one_document_whatever_went_wrong(arguments, code, issue, capsys):
    assert run([*arguments, "--json"]) == code
    document = json.loads(capsys.readouterr().out)
    assert [row["code"] for row in document["issues"]] == [issue]
    assert document["issues"][0]["message"]
    assert document["findings"] == []


def test_an_output_never_takes_the_place_of_the_store_or_an_input(stored, capsys):
    held = Path("gisclusters.gpkg").read_bytes()
    assert run(["overlaps", "--all", "--out", "gisclusters.gpkg", "--force"]) == 2
    assert Path("gisclusters.gpkg").read_bytes() == held
    with open("do.csv", "w", encoding="utf-8") as file:
        file.write("marker_id,E,N\nN5-RG-01,1,1\n")
    assert run(["markers", "verify", "--cluster", "N5", "--survey", "do.csv", "--out", "do.csv",
                "--force"]) == 2  # fmt: skip
    assert run(["overlaps", "--all", "--out", ".", "--force"]) == 2


def test_an_id_is_found_however_it_is_typed(stored, capsys):
    assert run(["overlaps", "--cluster", " N1 ", "--as-of", "2026-11-15", "-q"]) == 0


def test_a_store_may_be_called_anything(capsys, tmp_path):
    clusters = str(SAMPLES / "north/clusters.gpkg")
    assert run(["ingest", "clusters", clusters, "--store", ":memory:", "-q"]) == 0
    assert (tmp_path / ":memory:").is_file()
    assert run(["layers", "--store", ":memory:"]) == 0


def test_an_accepted_repair_can_be_read_back_from_the_store(capsys):
    corners = [(546_650, 1_586_000), (546_750, 1_586_100), (546_750, 1_586_000),
               (546_650, 1_586_100)]  # fmt: skip
    bow = shapely.Polygon(corners)
    gpd.GeoDataFrame({"parcel_id": ["T1", "T2"]}, crs=9216, geometry=[
        bow, shapely.box(546_745, 1_586_000, 546_800, 1_586_100)]).to_file("thua.gpkg")  # fmt: skip
    assert run(["ingest", "parcels", "thua.gpkg", "--lang", "en"]) == 3
    said = capsys.readouterr().err
    assert "the outline crosses itself at 546700.000 1586050.000" in said
    assert "--accept-repairs" in said
    assert run(["ingest", "parcels", "thua.gpkg", "--accept-repairs", "--json"]) == 0
    codes = {row["code"]: row for row in json.loads(capsys.readouterr().out)["issues"]}
    assert codes["geometry_repaired"]["message"].startswith("Đã sửa hình học theo yêu cầu")
    assert codes["neighbours_overlap"]["id"] == "T1"
    with open_store("gisclusters.gpkg") as store:
        [kept] = store.repairs("parcels")
        [layer] = store.load("parcels", ids=["T1"])
    assert shapely.from_wkb(kept.repair.original).equals_exact(bow, 0)
    assert kept.repair.area_after_m2 == layer.shapes.area[0] == 5_000
    assert (kept.repair.area_before_m2, kept.repair.hausdorff_m) == (0, 0)


def test_the_word_report_holds_the_figure_at_its_scale(stored):
    assert (
        run(["overlaps", "--cluster", "N1", "--as-of", "2026-11-15", "-q", "--out", "n1.docx"]) == 0
    )
    paper = docx.Document("n1.docx")
    [drawn] = paper.inline_shapes
    assert round(drawn.width.mm) == 270
    picture = paper.part.related_parts[drawn._inline.graphic.graphicData.pic.blipFill.blip.embed]
    assert struct.unpack(">II", picture.blob[16:24]) == (2126, 1276)  # 270 mm x 162 mm, 200 dpi


def test_letters_ask_each_office_for_its_plan_and_nothing_else(stored, capsys):
    arguments = ["overlaps", "--cluster", "N1", "--as-of", "2026-11-15", "--out", "n1.json"]
    assert run([*arguments, "--letters", "thu"]) == 0
    assert "dự thảo công văn" in capsys.readouterr().err
    with open("n1.json", encoding="utf-8") as file:
        rows = json.load(file)["findings"]
    asked = {row["plan_id"] for row in rows
             if row["verdict"] in {"conflict", "undecided"} and row["severity"]}  # fmt: skip
    papers = [docx.Document(str(path)) for path in sorted(Path("thu").iterdir())]
    assert len(papers) == len(asked) > 0
    words = "\n".join(each.text for paper in papers for each in paper.paragraphs)
    cells = {cell.text for paper in papers for table in paper.tables for row in table.rows
             for cell in row.cells}  # fmt: skip
    assert "20.000,0" in cells
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập – Tự do – Hạnh phúc" in cells
    assert "Kính gửi: ………" in words
    assert "15/11/2026" in words
    clear = [row["plan_id"] for row in rows if row["verdict"] == "clear"]
    assert not any(f"quản lý {plan})" in words for plan in clear)
    assert run([*arguments, "--force", "--letters", "thu", "-q"]) == 0
    Path("thu/la.txt").write_text("của người khác", encoding="utf-8")
    assert run([*arguments, "--letters", "thu"]) == 2
    assert Path("thu/la.txt").read_text(encoding="utf-8") == "của người khác"


def test_a_letter_calls_a_nameless_boundary_by_its_id(stored):
    frame = gpd.read_file(SAMPLES / "north/clusters.gpkg").query("cluster_id == 'N1'")
    frame[["cluster_id", "geometry"]].to_file("ranh.gpkg")
    plan = str(SAMPLES / "north/plans/rice_north.gpkg")
    arguments = ["overlaps", "--boundary", "ranh.gpkg", "--plan", plan, "--as-of", "2026-11-15"]
    assert run([*arguments, "-q", "--letters", "thu"]) == 0
    [path] = Path("thu").iterdir()
    words = "\n".join(each.text for each in docx.Document(str(path)).paragraphs)
    assert "ranh giới N1 với" in words


def test_a_boundary_that_asks_nothing_of_anybody_needs_no_letter(stored):
    arguments = [
        "overlaps",
        "--cluster",
        "N2",
        "--as-of",
        "2026-11-15",
        "--letters",
        "thu",
        "--json",
    ]
    assert run(arguments) == 0
    assert list(Path("thu").iterdir()) == []


def test_a_geopackage_says_how_each_layer_is_drawn(stored):
    """QGIS 3.22 takes these styles by itself (its own query, with its order by update_time)."""
    arguments = ["overlaps", "--cluster", "N2", "--cluster", "N1", "--as-of", "2026-11-15", "-q"]
    plan = ["--plan", str(SAMPLES / "north/plans/forest_special.gpkg")]
    assert run([*arguments, *plan, "--out", "n.gpkg"]) == 0
    with sqlite3.connect("n.gpkg") as base:
        kinds = dict(base.execute("SELECT table_name, data_type FROM gpkg_contents"))
        drawn = [name for name, kind in kinds.items() if kind == "features"]
        styles = dict(base.execute(
            "SELECT f_table_name, styleQML FROM layer_styles WHERE f_table_schema = '' "
            "AND f_geometry_column = 'geom' ORDER BY CASE WHEN useAsDefault THEN 1 ELSE 2 END, "
            "update_time DESC"
        ))  # fmt: skip
        assert kinds["layer_styles"] == "attributes"
        assert styles.keys() == set(drawn) >= {"findings", "fit"}
        for name, style in styles.items():
            whole = ET.fromstring(style.split("\n", 1)[1])
            rules = whole.findall("renderer-v2/rules/rule")
            symbols = {each.get("name") for each in whole.findall("renderer-v2/symbols/symbol")}
            assert [rule.get("symbol") for rule in rules] == sorted(symbols, key=int)
            filters = [rule.get("filter") for rule in rules]
            # Each feature that has a shape falls under one rule.
            hits = " + ".join(f"coalesce({words}, FALSE)" for words in filters)
            [least, most] = base.execute(
                f'SELECT min({hits}), max({hits}) FROM "{name}" WHERE geom IS NOT NULL'
            ).fetchone()
            assert (least, most) in {(1, 1), (None, None)}, name  # None: a layer without shapes
            assert least == 1 or name != "findings"
    labels = {rule.get("label") for rule in ET.fromstring(
        styles["findings"].split("\n", 1)[1]).iter("rule")}  # fmt: skip
    assert {"không được", "cần chấp thuận", "CHƯA KIỂM TRA"} <= labels


def test_a_geopackage_is_checked_without_the_readers_of_other_forms():
    plan, outline = SAMPLES / "north/plans/rice_north.gpkg", SAMPLES / "north/clusters.gpkg"
    spared = ("store.geopackage", "publish.export", "readers.shapefile", "readers.geojson",
              "readers.decoding", "readers.mapinfo", "readers.kml")  # fmt: skip
    code = ("import sys; from gisclusters.cli.main import run; "
            f"run(['overlaps', '--boundary', {str(outline)!r}, '--plan', {str(plan)!r}, "
            "'--as-of', '2026-11-15']); assert 'gisclusters.readers.vector' in sys.modules; "
            f"print([m for m in {spared!r} if 'gisclusters.' + m in sys.modules])")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True,
                          encoding="utf-8", env={**__import__("os").environ, "PYTHONUTF8": "1"})  # fmt: skip
    assert "rice_north" in done.stdout
    assert done.stdout.strip().endswith("[]")
