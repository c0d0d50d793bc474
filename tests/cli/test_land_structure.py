"""Factory lots, strip and what lacks, from files through the store to every form of a result."""

import json
from datetime import UTC, date, datetime

import docx
import geopandas as gpd
import openpyxl
import pyogrio
import pytest

from gisclusters.cli.main import run
from gisclusters.publish.report import render_report
from gisclusters.publish.views import views
from gisclusters.readers import ReadOptions
from gisclusters.store import open_store
from gisclusters.workflows.ingest import ingest
from gisclusters.workflows.measure_efficiency import measure_efficiency
from gisclusters.workflows.publish_site import gather, publish_site
from tests.efficiency.scenes import CRS, square

DAY = date(2026, 11, 15)
HA = 10_000.0


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A cluster of 16 ha: a dense lot with a tower, one half built, roads inside and out."""
    folder = tmp_path_factory.mktemp("land")

    def write(name, rows, crs=CRS):
        path = folder / name
        gpd.GeoDataFrame(rows, crs=CRS).to_crs(crs).to_file(path, driver="GPKG")
        return path

    files = {
        "clusters": write("ranh.gpkg", {"cluster_id": ["C1"], "name": ["CCN Một"],
                                        "geometry": [square(0, 0, 4, 4)]}),
        "lots": write("lo.gpkg", {
            "lot_id": ["CN1", "CN2", "GT", "GT2"], "cluster_id": ["C1"] * 4,
            "use": ["industrial", "industrial", "transport", "transport"],
            "geometry": [square(0, 0, 1, 2), square(1, 0, 1, 2), square(2, 0, 1, 4),
                         square(1, 1.5, 1, 0.5)],
        }),
        # as drawn in the neighbouring zone
        "buildings": write("nha.gpkg", {
            "building_id": ["A", "A2", "B", "C"], "floors": [7, 7, 1, 1], "accuracy_m": [0.3] * 4,
            "geometry": [square(0, 0, 1, 1.3), square(0, 0, 1, 1.3), square(1, 0, 1, 1),
                         square(3.5, 0, 1, 1)],
        }, "EPSG:9217"),
    }  # fmt: skip
    store = folder / "kho.gpkg"
    with open_store(store, create=True) as opened:
        for kind, file in files.items():
            ingest(opened, kind, file, ReadOptions(),
                   recorded_at=datetime(2026, 11, 15, tzinfo=UTC))  # fmt: skip
    return store


@pytest.fixture(scope="module")
def result(path):
    with open_store(path) as store:
        return measure_efficiency(store, as_of=DAY)


def frame(result, subject):
    [view] = [view for view in views(result) if view.subject == subject]
    return view.frame


def test_the_command_says_it_in_json(path, capsys):
    command = ["efficiency", "--all", "--as-of", "2026-11-15", "--store", str(path), "--json"]
    assert run(command) == 0
    told = json.loads(capsys.readouterr().out)
    lots = {row["lot_id"]: row for row in told["factory_lots"]}
    # the same building twice: 1.3 ha of 2, with seven floors
    assert lots["CN1"]["density_share"] == pytest.approx(0.65)
    assert (lots["CN1"]["density_verdict"], lots["CN1"]["density_at_most"]) == ("above", 0.6)
    assert lots["CN1"]["density_excess_m2"] == pytest.approx(0.1 * HA, abs=0.1)
    assert (lots["CN2"]["density_verdict"], lots["CN2"]["green_m2"]) == ("within", None)
    assert lots["CN1"]["geometry"]["type"] == "Polygon"
    [cluster] = told["findings"]
    assert cluster["structure"]["transport"]["area_m2"] == pytest.approx(4 * HA)
    assert cluster["structure"]["transport"]["in_factory_lots_m2"] == pytest.approx(0.5 * HA)
    assert cluster["green_strip"]["missing_m2"] == pytest.approx(400**2 - 380**2)
    assert cluster["built_outside_lots_m2"] == pytest.approx(0.5 * HA, abs=0.1)
    assert [(row["building_id"], row["stands"]) for row in told["buildings_outside"]] == [
        ("C", "outside_boundary"), ("C", "outside_lots")]  # fmt: skip
    assert {row["lacks"] for row in told["shortfalls"]} == {
        "green_strip", "green", "technical", "lot_density"}  # fmt: skip
    assert told["summary"]["size_rules"]["name"] == "vn_sizes"


def test_a_rule_file_of_ones_own_is_read_and_named(path, tmp_path, capsys):
    own = tmp_path / "tinh.yaml"
    own.write_text(
        "name: tinh\nversion: '3'\nbase: vn_efficiency\nstructure:\n"
        "  - {id: tinh_cho_thue, group: lease, at_least: 0.5, unit: share, valid_from: 2024-01-01,"
        " valid_to: null, article: 'Quyết định 12/2023/QĐ-UBND', confidence: likely}\n",
        encoding="utf-8",
    )
    command = ["efficiency", "--all", "--as-of", "2026-11-15", "--store", str(path), "--json",
               "--rules", str(own)]  # fmt: skip
    assert run(command) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["run"]["rules"]["name"], told["run"]["rules"]["version"]) == ("tinh", "3")
    [lacking] = [row for row in told["shortfalls"] if row["lacks"] == "lease"]
    assert lacking["lacking_m2"] == pytest.approx(4 * HA)  # 4 ha of 16
    assert lacking["house"] is True
    assert run([*command[:-1], str(tmp_path / "none.yaml")]) == 2


@pytest.mark.parametrize("classes", ["10", "cây"])
def test_green_classes_are_numbers_and_need_an_image(path, classes, capsys):
    assert run(["efficiency", "--all", "--store", str(path), "--green-classes", classes]) == 2
    assert "--green-classes" in capsys.readouterr().err


def test_people_read_the_worst_lot_first_in_both_languages(result):
    lots = frame(result, "factory_lots")
    assert lots["lot_id"].tolist() == ["CN1", "CN2"]
    structure = frame(result, "land_structure").set_index("land_group")
    assert structure.loc["transport", "in_factory_lots_m2"] == pytest.approx(0.5 * HA)
    vi, en = render_report([result], "vi"), render_report([result], "en")
    for words in ("Mật độ xây dựng và cây xanh trong lô nhà máy", "65,00 %", "VƯỢT",
                  "chưa có bản vẽ cây xanh trong lô", "QCVN 01:2021/BXD, 2.5.3",
                  "khoản 2.5.1 áp dụng cho cụm"):  # fmt: skip
        assert words in vi
    for words in ("Density and greenery of factory lots", "65.00 %", "ABOVE",
                  "inside the boundary, on no lot"):  # fmt: skip
        assert words in en


def test_lots_of_which_nothing_is_known_are_one_line(path):
    with open_store(path) as store:
        before = measure_efficiency(store, as_of=date(2021, 7, 4))  # before the code
    [row] = frame(before, "factory_lots").to_dict("records")
    assert (row["lot_id"], row["density_reason"]) == ("CN1 … CN2 (2)", "no_rule")


def test_the_workbook_the_paper_and_the_map_have_the_same(path, tmp_path):
    outs = {name: tmp_path / f"o.{name}" for name in ("xlsx", "docx", "gpkg", "geojson")}
    command = ["efficiency", "--all", "--as-of", "2026-11-15", "--store", str(path), "-q"]
    assert run(command + [part for out in outs.values() for part in ("--out", str(out))]) == 0
    book = openpyxl.load_workbook(outs["xlsx"])
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "Mật độ xây dựng thuần" in cells
    assert any(isinstance(cell, float) and cell == pytest.approx(0.65) for cell in cells)
    paper = docx.Document(str(outs["docx"]))
    written = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    assert any("65,00 %" in each for each in written)
    layers = {name for name, _ in pyogrio.list_layers(outs["gpkg"])}
    assert {"factory_lots", "buildings_outside", "shortfalls"} <= layers
    gaps = pyogrio.read_dataframe(outs["gpkg"], layer="shortfalls").set_index("lacks")
    assert gaps.crs == CRS
    assert gaps.loc["green_strip", "geometry"].area == pytest.approx(400**2 - 380**2)
    assert gaps.loc["green", "geometry"] is None  # no parcels: nobody knows which land is free
    whole = json.loads(outs["geojson"].read_text(encoding="utf-8"))
    assert len(whole["factory_lots"]["features"]) == 2


def test_the_page_of_the_cluster_shows_strip_lots_and_what_lacks(path, tmp_path):
    with open_store(path) as store:
        site = publish_site(
            store, tmp_path / "maps", gather(store, as_of=DAY), as_of=DAY, lang="vi"
        )
    page = (site.index.parent / "clusters" / "C1.html").read_text(encoding="utf-8")
    for words in ("chỉ có dọc 0,0 % ranh giới, còn thiếu 15.600 m²", "65,0 % · VƯỢT", "7 tầng",
                  "land_lacking", "land_outside", "Chỗ còn thiếu hoặc vượt"):  # fmt: skip
        assert words in page
