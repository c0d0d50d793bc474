"""One district's wards as offices send them: every encoding and format against the truth."""

import csv
import shutil
import zipfile
from datetime import UTC, datetime

import numpy as np
import pytest

from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import transform_frame
from gisclusters.readers import ReadOptions, inspect_file, read_layer, sandbox
from gisclusters.store import open_store
from gisclusters.words import issue_text

ENCODED = [
    ("tayninh_tcvn3.zip", None, "tcvn3"), ("tayninh_vni.zip", None, "vni"),
    ("tayninh_cp1258.zip", None, "cp1258"), ("tayninh_cp1258_cpg.zip", None, "cp1258"),
    ("tayninh_utf8_nocpg_noprj.zip", "EPSG:9210", "utf-8"),
    ("quangngai_tcvn3_noprj.zip", "EPSG:5898", "tcvn3"),
]  # fmt: skip
WARDS = [
    ("wards.kml", None), ("wards.fgb", None), ("wards_epsg9210.geojson", None),
    ("wards_tab/wards.tab", "EPSG:3405"), ("wards_mif/wards.mif", "EPSG:3405"),
]  # fmt: skip


@pytest.fixture
def folder(shared_data):
    return shared_data / "real" / "vn_formats"


@pytest.fixture
def truth(folder):
    with (folder / "truth_utf8.csv").open(encoding="utf-8") as lines:
        return {row["MA_XA"]: row for row in csv.DictReader(lines)}


@pytest.fixture
def areas_m2(folder):
    """Areas of the UTF-8 original by ward, planar in its VN-2000 zone."""
    path = folder / "tayninh_utf8_nocpg_noprj.zip"
    layer = read_layer("places", path, ReadOptions(crs="EPSG:9210"))
    return dict(zip(layer.frame.place_id, layer.shapes.area, strict=True))


def refusal(path, **options):
    with pytest.raises(InputRefusedError) as refused:
        read_layer("places", path, ReadOptions(**options))
    for issue in refused.value.issues:
        assert all(issue_text(issue, lang)[0] for lang in ("vi", "en"))
    return [issue for issue in refused.value.issues if issue.level == "error"]


def said(layer, *codes):
    return [(issue.code, issue.value) for issue in layer.issues if issue.code in codes]


@pytest.mark.parametrize(("name", "crs", "encoding"), ENCODED)
def test_names_and_areas_of_every_encoding_are_those_of_the_truth(
    folder, truth, areas_m2, name, crs, encoding
):
    layer = read_layer("places", folder / name, ReadOptions(crs=crs))
    assert len(layer) == 96
    [row] = inspect_file(folder / name)
    assert row.encoding == encoding
    for code, found, whole in zip(
        layer.frame.place_id, layer.frame["name"], layer.frame["TEN_XA"], strict=True
    ):
        right = (truth[code]["TEN"], truth[code]["TEN_XA"])
        if encoding == "tcvn3":
            assert (found.casefold(), whole.casefold()) == tuple(map(str.casefold, right))
        else:
            assert (found, whole) == right
    if name.startswith("tayninh"):
        expected = [areas_m2[code] for code in layer.frame.place_id]
        assert layer.shapes.area.to_numpy() == pytest.approx(expected, rel=1e-12)


def test_the_choice_and_the_cells_are_told(folder):
    layer = read_layer("places", folder / "tayninh_tcvn3.zip")
    [guess] = [issue for issue in layer.issues if issue.code == "encoding_guessed"]
    assert guess.value == "tcvn3"
    assert guess.params["count"] > 150
    assert guess.params["score"] > 0.95
    assert said(read_layer("places", folder / "tayninh_cp1258_cpg.zip"), "encoding_declared") == [
        ("encoding_declared", "cp1258")
    ]


@pytest.mark.parametrize("name", ["tayninh_utf8_nocpg_noprj.zip", "quangngai_tcvn3_noprj.zip"])
def test_without_prj_the_crs_is_asked_for(folder, name):
    assert [issue.code for issue in refusal(folder / name)] == ["crs_missing"]
    province = "Long An" if name.startswith("tayninh") else "Kon Tum"
    layer = read_layer("places", folder / name, ReadOptions(province=province))
    assert len(layer) == 96
    assert ("shapefile_incomplete", ".prj") in said(layer, "shapefile_incomplete")


@pytest.mark.parametrize(("name", "crs"), WARDS)
def test_twenty_wards_are_the_same_in_every_format(folder, truth, areas_m2, name, crs):
    layer = read_layer("places", folder / name, ReadOptions(crs=crs))
    assert len(layer) == 20
    frame = transform_frame(layer.shapes, "EPSG:9210")
    for code, found, area_m2 in zip(frame["place_id"], frame["name"], frame.area, strict=True):
        assert found == truth[code]["TEN"]
        assert area_m2 == pytest.approx(areas_m2[code], rel=1e-6)


@pytest.mark.parametrize("name", ["wards_tab/wards.tab", "wards_mif/wards.mif"])
def test_the_datum_of_mapinfo_is_a_named_trap(folder, name):
    [issue] = refusal(folder / name)
    assert issue.code == "mapinfo_datum"
    words, remedy = issue_text(issue, "en")
    assert "226 m" in words
    assert "EPSG:32648" in words
    assert "EPSG:3405" in remedy
    [row] = inspect_file(folder / name)
    assert (row.crs_found, row.candidates[0]["crs"]) == (None, "EPSG:3405")
    assert "mapinfo_datum EPSG:3405" in row.problems
    [issue] = refusal(folder / name, crs="EPSG:9210")
    assert (issue.code, issue.value) == ("crs_contradiction", "EPSG:9210")
    [issue] = refusal(folder / name, province="Long An")
    assert (issue.code, issue.params["way"]) == ("crs_contradiction", "--province")


def test_a_sidecar_confirms_what_mapinfo_means(folder, tmp_path):
    shutil.copytree(folder / "wards_mif", tmp_path / "mif")
    path = tmp_path / "mif" / "wards.mif"
    path.with_name("wards.mif.meta.yaml").write_text("crs: EPSG:3405", encoding="utf-8")
    assert read_layer("places", path).crs == "EPSG:3405"


@pytest.mark.parametrize("charset", ["WindowsLatin1", "WindowsVietnamese", "Neutral"])
def test_mapinfo_text_in_old_fonts_is_read_whatever_its_charset_says(folder, tmp_path, charset):
    text = (folder / "wards_mif" / "wards.mif").read_text(encoding="ascii")
    (tmp_path / "w.mif").write_text(text.replace("Neutral", charset), encoding="ascii")
    data = (folder / "wards_mif" / "wards.mid").read_bytes().splitlines()
    data[0] = '"25459","T©n Ninh","Ph­êng T©n Ninh",21.35'.encode("latin-1")
    (tmp_path / "w.mid").write_bytes(b"\r\n".join(data) + b"\r\n")
    layer = read_layer("places", tmp_path / "w.mif", ReadOptions(crs="EPSG:3405"))
    assert layer.frame["name"][:2].tolist() == ["Tân Ninh", "Bình Minh"]
    assert ("encodings_mixed", "utf-8") in said(layer, "encodings_mixed")


def test_waypoints_of_a_gpx_are_markers_by_name(folder):
    layer = read_layer("surveys", folder / "moc.gpx", ReadOptions(layer=None))
    assert len(layer) == 200
    assert layer.crs == "EPSG:4326"
    assert layer.frame["marker_id"].notna().all()
    [row] = inspect_file(folder / "moc.gpx")
    assert (row.layer, row.rows, row.geometry_type) == ("waypoints", 200, "Point")


def test_a_shapefile_is_read_loose_zipped_and_deep_in_folders(folder, tmp_path):
    with zipfile.ZipFile(folder / "tayninh_vni.zip") as archive:
        archive.extractall(tmp_path / "loose")
    whole = read_layer("places", folder / "tayninh_vni.zip").shapes
    deep = tmp_path / "goi.resource"
    with zipfile.ZipFile(deep, "w") as archive:
        archive.writestr("a/ghi chú.txt", "xin chào")
        archive.write(folder / "tayninh_vni.zip", "a/b/trong.zip")
    for path in (tmp_path / "loose" / "tayninh_vni.shp", deep):
        other = read_layer("places", path).shapes
        assert np.array_equal(other.geometry.to_wkb(), whole.geometry.to_wkb())
        assert other["name"].tolist() == whole["name"].tolist()


def test_the_bytes_received_are_kept_beside_the_text(folder):
    layer = read_layer("places", folder / "tayninh_vni.zip")
    kept = layer.received_text.set_index(["source_row", "field"])["raw"]
    row = layer.frame.set_index("name").loc["Bình Minh", "source_row"]
    assert kept[row, "name"] == "Bình Minh".encode("latin-1")
    assert "Phöôøng".encode("latin-1") in kept[row, "TEN_XA"]
    plain = read_layer("places", folder / "wards_epsg9210.geojson")
    assert plain.received_text is None


def test_the_bytes_pass_through_the_worker_into_the_store(folder, tmp_path):
    layer = sandbox.read_layer("places", folder / "tayninh_vni.zip", mode="always")
    with open_store(tmp_path / "store.gpkg", create=True) as store:
        store.save(layer, recorded_at=datetime(2026, 11, 16, tzinfo=UTC))
        stored = store.received_text("places")
    assert stored["raw"].tolist() == layer.received_text["raw"].tolist()
    assert stored["id"].notna().all()
    assert "Bình Minh".encode("latin-1") in set(stored["raw"][stored["field"] == "name"])
