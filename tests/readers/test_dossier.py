"""The electronic plan dossier of Circular 16/2025/TT-BXD, made small."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, read_layer

EAST, NORTH = 552_000.0, 1_587_000.0


def text_fields(count, prefix):
    """The six fields that every layer of the dossier has."""
    return {
        "maThongTinQH": ["512640100001"] * count, "maHoSoQH": ["51QCT100010001"] * count,
        "maDoiTuong": [f"{prefix}-{k}" for k in range(1, count + 1)],
        "tenDoiTuong": [f"Mốc {k}" for k in range(1, count + 1)],
        "phanLoai": [""] * count, "ghiChu": [""] * count,
    }  # fmt: skip


def dossier(tmp_path, *, moved_m=0.0, exchanged=False):
    """``CSDL_…/HoSoGIS`` with four markers and a plan of two zones."""
    folder = tmp_path / "CSDL_CCN_SaBinh" / "HoSoGIS"
    folder.mkdir(parents=True)
    corners = [(0, 0), (100, 0), (100, 100), (0, 100)]
    x = [EAST + dx for dx, _ in corners]
    y = [NORTH + dy for _, dy in corners]
    fields = pd.DataFrame(text_fields(4, "RG") | {
        "loaiMocTimDuong": ["", "Mốc tim đường", "", ""],
        "loaiMocRanhGioi": ["Mốc ranh giới", "", "Mốc ranh giới", "khác"],
        "toaDoX": x if exchanged else [value + moved_m * (k == 2) for k, value in enumerate(y)],
        "toaDoY": y if exchanged else x,
    })  # fmt: skip
    markers = gpd.GeoDataFrame(fields, geometry=gpd.points_from_xy(x, y), crs=9216)
    path = folder / "MocGioi.gpkg"
    markers.to_file(path, layer="MocGioiQuyHoach_P")
    line = gpd.GeoDataFrame(text_fields(1, "L"), geometry=[shapely.LineString(corners)], crs=9216)
    line.assign(geometry=[shapely.LineString([(EAST, NORTH), (EAST + 9, NORTH)])]).to_file(
        path, layer="MocGioiQuyHoach_L")  # fmt: skip
    zones = [shapely.box(EAST, NORTH, EAST + 100, NORTH + 100),
             shapely.box(EAST + 100, NORTH, EAST + 150, NORTH + 100)]  # fmt: skip
    use = gpd.GeoDataFrame(text_fields(2, "LU"), geometry=zones, crs=9216)
    use.to_file(folder / "QuyHoach.gpkg", layer="ChucNangSuDungDat_A")
    whole = gpd.GeoDataFrame(text_fields(1, "CCN"), geometry=[shapely.union_all(zones)], crs=9216)
    whole.to_file(folder / "QuyHoach.gpkg", layer="RanhGioiQuyHoach_A")
    return folder


def warned(layer):
    return {issue.code: issue for issue in layer.issues if issue.level == "warning"}


def test_markers_are_read_with_their_names_and_kinds(tmp_path):
    path = dossier(tmp_path) / "MocGioi.gpkg"
    layer = read_layer("markers", path)
    assert layer.frame["marker_id"].tolist() == ["RG-1", "RG-2", "RG-3", "RG-4"]
    assert layer.frame["marker_kind"].tolist() == ["RG", "TĐ", "RG", None]
    assert layer.source.layer == "MocGioiQuyHoach_P"
    assert not warned(layer).keys() & {"attribute_position_differs", "attribute_axes_exchanged"}


def test_fields_that_say_another_place_are_told_in_metres(tmp_path):
    layer = read_layer("markers", dossier(tmp_path, moved_m=3.5) / "MocGioi.gpkg")
    said = warned(layer)["attribute_position_differs"]
    assert (said.row, said.id, said.params["count"], said.params["metres"]) == (3, "RG-3", 1, 3.5)


def test_exchanged_fields_are_called_that(tmp_path):
    layer = read_layer("markers", dossier(tmp_path, exchanged=True) / "MocGioi.gpkg")
    assert warned(layer)["attribute_axes_exchanged"].params["count"] == 4


@pytest.mark.parametrize("up", [0, 1])
def test_the_folder_may_be_named_instead_of_the_file(tmp_path, up):
    folder = dossier(tmp_path)
    path = folder if up == 0 else folder.parent
    assert len(read_layer("markers", path)) == 4
    plans = read_layer("plans", path, ReadOptions(category="cluster_land"))
    assert plans.frame[["zone_id", "plan_id"]].to_numpy().tolist() == [
        ["LU-1", "512640100001"], ["LU-2", "512640100001"]]  # fmt: skip
    clusters = read_layer("clusters", path)
    assert (clusters.frame["cluster_id"].tolist(), clusters.shapes.area.tolist()) == (
        ["CCN-1"],
        [15_000],
    )


def test_another_folder_is_still_a_folder(tmp_path):
    with pytest.raises(InputRefusedError, match="file_is_folder"):
        read_layer("markers", tmp_path)


def test_a_layer_that_was_named_goes_before_the_dossier(tmp_path):
    path = dossier(tmp_path) / "QuyHoach.gpkg"
    layer = read_layer(
        "plans", path, ReadOptions(layer="RanhGioiQuyHoach_A", category="urban_plan")
    )
    assert len(layer) == 1
