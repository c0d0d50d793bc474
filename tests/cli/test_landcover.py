"""Evidence from images as a person asks for it: change, matrix, ring, band, and what is refused."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pyogrio
import pytest
import rasterio
import shapely
import yaml

from gisclusters.cli.main import run
from gisclusters.samples import samples_dir
from tests.efficiency.scenes import write_classes

SAMPLES = samples_dir()
COVER = str(SAMPLES / "north" / "landcover.tif")
ASK = ["efficiency", "--cluster", "N5", "--as-of", "2026-11-15", "--landcover", COVER]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def stored(capsys):
    for kind in ("clusters", "lots", "parcels"):
        assert run(["ingest", kind, str(SAMPLES / "north" / f"{kind}.gpkg"), "-q"]) == 0
    capsys.readouterr()


@pytest.fixture
def before(tmp_path):
    """The sample raster as it was when nothing was built."""
    path = tmp_path / "before.tif"
    with rasterio.open(COVER) as now:
        classes, profile = now.read(1), now.profile
    classes[classes == 50] = 40
    with rasterio.open(path, "w", **profile) as then:
        then.write(classes, 1)
    return str(path)


def answered(capsys, arguments):
    assert run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys, arguments, code):
    assert run(arguments) == code
    return capsys.readouterr().err


def test_what_was_built_since_the_earlier_image(stored, before, capsys):
    document = answered(capsys, [*ASK, "--landcover-before", before])
    [row] = document["findings"]
    assert row["built_before_share"] == 0
    assert row["built_change_share"] == pytest.approx(row["built_share"])
    assert row["built_change"] == "grown"
    assert {parcel["built_change"] for parcel in row["parcels"]} == {"grown", "not_significant"}
    roles = [
        source["name"] for source in document["run"]["sources"] if source["role"] == "landcover"
    ]
    assert roles == ["landcover.tif", "before.tif"]
    assert run([*ASK, "--landcover-before", before]) == 0
    assert "Thay đổi giữa hai ảnh" in capsys.readouterr().out


def test_papers_and_image_are_held_against_each_other_with_places(stored, capsys):
    document = answered(capsys, ASK)
    rows = {row["feature_id"]: row for row in document["image_checks"]}
    assert (rows["N5-T02"]["check"], rows["N5-T02"]["built_m2"]) == ("leased_not_built", 0)
    assert rows["N5-T27"]["check"] == "built_not_leased"
    assert rows["N5-T27"]["built_m2"] == pytest.approx(13_000, rel=1e-3)
    assert rows["N5-T27"]["geometry"]["type"] == "Polygon"
    [raster] = document["landcover"]
    assert [row["class"] for row in raster["classes"] if row["counts_as_built"]] == [50]
    assert run([*ASK, "--lang", "en"]) == 0
    shown = capsys.readouterr()
    assert "Papers against the image" in shown.out
    assert "classification errors are not in it" in shown.err


def test_checks_stand_in_the_workbook_and_on_the_map(stored, capsys):
    assert run([*ASK, "--out", "anh.xlsx", "--out", "anh.gpkg", "--out", "anh.html", "-q"]) == 0
    book = openpyxl.load_workbook("anh.xlsx")
    assert {"Đối chiếu giấy tờ với ảnh", "Các lớp của ảnh"} <= set(book.sheetnames)
    sheet = book["Đối chiếu giấy tờ với ảnh"]
    ids = [row[3].value for row in sheet.iter_rows(min_row=5)]
    assert {"N5-T02", "N5-T27"} <= set(ids)
    drawn = pyogrio.read_dataframe("anh.gpkg", layer="image_checks")
    assert set(drawn["feature_id"]) == set(ids)
    assert drawn.crs.to_epsg() == 9216
    page = Path("anh.html").read_text(encoding="utf-8")
    assert "mỗi dòng là một nơi cần đi xem" in page


def test_a_matrix_of_ones_own_corrects_and_identifies_the_run(stored, tmp_path, capsys):
    matrix = {"name": "tinh", "version": "1", "rows": "truth_given_map", "entries": "shares",
              "patch_pixels": 1, "classes": [10, 30, 40, 50, 80],
              "matrix": [[1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0],
                         [0, 0, 0.2, 0.8, 0], [0, 0, 0, 0, 1]]}  # fmt: skip
    path = tmp_path / "matrix.yaml"
    path.write_text(yaml.safe_dump(matrix), encoding="utf-8")
    [plain], [row] = (
        answered(capsys, arguments)["findings"]
        for arguments in (ASK, [*ASK, "--confusion", str(path)])
    )
    assert row["built_share"] == plain["built_share"]
    assert row["built_corrected_share"] == pytest.approx(0.8 * row["built_share"])
    assert plain["built_corrected_share"] is None
    path.write_text(yaml.safe_dump(matrix | {"rows": "both"}), encoding="utf-8")
    assert "truth_given_map | map_given_truth" in refused(
        capsys, [*ASK, "--confusion", str(path)], 2
    )
    path.write_text(yaml.safe_dump(matrix), encoding="utf-8")
    assert "51" in refused(
        capsys, [*ASK, "--confusion", str(path), "--built-classes", "51"], 2
    )  # fmt: skip


def test_the_ring_is_part_of_the_question(stored, capsys):
    narrow, wide = (answered(capsys, [*ASK, "--ring-m", m])["run"]["id"] for m in ("20", "200"))
    assert narrow != wide
    assert run([*ASK, "--ring-m", "0"]) == 2


@pytest.mark.parametrize(
    "option",
    [["--landcover-before", COVER], ["--confusion", COVER], ["--band", "1"], ["--ring-m", "5"]],
)
def test_what_needs_an_image_says_so(stored, option, capsys):
    said = refused(capsys, ["efficiency", "--all", *option], 2)
    assert f"{option[0]} cần có ảnh lớp phủ" in said


def test_an_earlier_image_on_another_grid_is_refused_with_words(stored, tmp_path, capsys):
    coarse = write_classes(tmp_path / "coarse.tif", np.full((9, 9), 50, dtype="uint8"), pixel_m=30)
    said = refused(capsys, [*ASK, "--landcover-before", str(coarse)], 3)
    assert "Điểm ảnh của coarse.tif là 30 × 30, của landcover.tif là 10 × 10" in said


def test_classes_of_parcels_are_told_in_words(capsys, shared_data, tmp_path):
    """A lot on the island of a tile of ESA WorldCover."""
    tile = shared_data / "real" / "landcover" / "ESA_WorldCover_10m_2020_v100_N00E006_Map.tif"
    lots = gpd.GeoDataFrame(
        {"parcel_id": ["A"]}, geometry=[shapely.box(7.38, 1.60, 7.40, 1.62)], crs="EPSG:4326"
    )
    lots.to_crs("EPSG:32632").to_file(tmp_path / "lots.gpkg")
    ask = ["efficiency", "zonal", "--parcels", "lots.gpkg", "--landcover", str(tile)]
    document = answered(capsys, ask)
    assert document["findings"][0]["fractions"]["10"] == pytest.approx(0.99184, abs=1e-4)
    assert document["landcover"][0]["image_to"] == "2020-12-31"
    assert run([*ask, "--out", "lop.xlsx"]) == 0
    assert "10 Cây che phủ: 99,18 %; 30 Đồng cỏ: 0,81 %" in " ".join(
        capsys.readouterr().out.split()
    )
    assert run([*ask, "--lang", "en"]) == 0
    assert "10 Tree cover: 99.18 %; 30 Grassland" in " ".join(capsys.readouterr().out.split())
    sheet = openpyxl.load_workbook("lop.xlsx").worksheets[0]
    assert sheet.cell(5, 5).value.startswith("10 Cây che phủ: 99,18 %")


def test_a_band_is_chosen_and_said(tmp_path, capsys):
    with rasterio.open(COVER) as one:
        classes, profile = one.read(1), one.profile
    two = tmp_path / "two.tif"
    with rasterio.open(two, "w", **profile | {"count": 2}) as both:
        both.write(np.full_like(classes, 7), 1)
        both.write(classes, 2)
    ask = ["efficiency", "zonal", "--parcels", str(SAMPLES / "north/parcels.gpkg"), "--landcover"]
    assert "--band" in refused(capsys, [*ask, str(two)], 3)
    document = answered(capsys, [*ask, str(two), "--band", "2"])
    assert "landcover_band_chosen" in {issue["code"] for issue in document["issues"]}
    rows = {row["parcel_id"]: row for row in document["findings"]}
    assert rows["N5-T01"]["fractions"] == {"50": pytest.approx(1)}
    assert document["landcover"][0]["band"] == 2
