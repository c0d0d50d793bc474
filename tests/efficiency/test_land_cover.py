"""Class shares on pixels of ten metres that can be counted by hand, and on real islands."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

from gisclusters.efficiency.land_cover import built_share, built_share_sd, zonal_fractions
from gisclusters.errors import CrsMismatchError, InputRefusedError, InvalidGeometryError
from gisclusters.geometry.crs import transform_frame
from gisclusters.readers.raster import open_land_cover
from tests.efficiency.scenes import EAST, NORTH, frame, square, write_classes


def fractions(path, parcels, **options):
    with open_land_cover(path, **options) as cover:
        return zonal_fractions(parcels, cover)


@pytest.fixture
def quarters(tmp_path):
    """One hectare: class 50 in the north-west, 10 in the south-west, 30 in the east."""
    classes = np.full((10, 10), 30, dtype="uint8")
    classes[:5, :5], classes[5:, :5] = 50, 10
    return write_classes(tmp_path / "quarters.tif", classes)


def test_whole_pixels_give_exact_shares(quarters):
    found = fractions(quarters, frame(square(0, 0)))
    assert list(found.columns) == [
        "valid_m2", "coverage_share", "pixels", "share_10", "share_30", "share_50",
    ]  # fmt: skip
    assert found.iloc[0].tolist() == pytest.approx([10_000, 1, 100, 0.25, 0.5, 0.25])


def test_pixels_count_by_the_part_that_lies_inside(quarters):
    found = fractions(quarters, frame(square(0.47, 0.48, 0.06, 0.04)))
    # 6 m by 4 m about the middle: 3 of 6 m in the west, 2 of 4 m in the north
    assert found.iloc[0].tolist() == pytest.approx([24, 1, 0.24, 0.25, 0.5, 0.25], abs=1e-5)


def test_the_index_of_the_parcels_is_kept_and_absent_classes_are_zero(quarters):
    parcels = frame(square(0.5, 0, 0.5, 1), square(0, 0, 0.5, 0.5)).set_axis(["B", "A"])
    found = fractions(quarters, parcels)
    assert found.index.tolist() == ["B", "A"]
    assert found[["share_10", "share_30"]].to_numpy().tolist() == [
        [0, 1], [1, 0],
    ]  # fmt: skip


def test_no_data_is_left_out_of_the_shares_and_told_as_coverage(tmp_path):
    classes = np.full((10, 10), 50, dtype="uint8")
    classes[:, :5], classes[:, 5] = 0, 10
    found = fractions(write_classes(tmp_path / "half.tif", classes), frame(square(0, 0)))
    assert found.iloc[0].to_dict() == pytest.approx({
        "valid_m2": 5_000, "coverage_share": 0.5, "pixels": 50, "share_10": 0.2, "share_50": 0.8,
    })  # fmt: skip


@pytest.mark.parametrize("pixel", [10.1, 1 / 12_000, 25.52514657450613])
def test_no_data_stays_so_where_the_grid_is_no_round_number(tmp_path, pixel):
    classes = np.full((60, 60), 50, dtype="uint8")
    classes[:, 30:] = 0
    crs, west, north = ("EPSG:4326", 108.0, 14.0) if pixel < 1 else ("EPSG:9216", EAST, NORTH)
    path = write_classes(
        tmp_path / "grid.tif", classes, crs=crs, transform=Affine(pixel, 0, west, 0, -pixel, north)
    )
    whole = shapely.box(
        west + 20 * pixel, north - 40 * pixel, west + 40 * pixel, north - 20 * pixel
    )
    found = fractions(path, frame(whole, crs=crs))
    assert found["coverage_share"].tolist() == pytest.approx([0.5], abs=1e-6)
    assert [str(name) for name in found.columns[3:]] == ["share_50"]


def test_a_mask_inside_the_file_is_no_data_too(tmp_path):
    path = write_classes(tmp_path / "mask.tif", np.full((10, 10), 50, dtype="uint8"), nodata=None)
    mask = np.full((10, 10), 255, dtype="uint8")
    mask[:, 7:] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as dataset:
        dataset.write_mask(mask)
    found = fractions(path, frame(square(0, 0)))
    assert found.iloc[0].tolist() == pytest.approx([7_000, 0.7, 70, 1])


@pytest.mark.parametrize(
    ("kind", "nodata"),
    [("uint8", 255), ("int8", -1), ("uint16", 65535), ("int16", -9999), ("int32", -(2**31)),
     ("uint32", 0), ("float32", -9999), ("float64", np.nan), ("uint8", None)],
)  # fmt: skip
def test_every_kind_of_number_counts_alike(tmp_path, kind, nodata):
    classes = np.full((10, 10), 50, dtype=kind)
    classes[:5] = 30 if nodata is None else nodata
    found = fractions(
        write_classes(tmp_path / "kind.tif", classes, nodata=nodata), frame(square(0, 0))
    ).iloc[0]
    assert found["coverage_share"] == pytest.approx(1 if nodata is None else 0.5)
    assert found["share_50"] == pytest.approx(0.5 if nodata is None else 1)


def test_a_parcel_half_outside_the_raster_is_covered_by_half(quarters):
    found = fractions(quarters, frame(square(-0.5, 0)))
    assert found["coverage_share"].tolist() == pytest.approx([0.5])
    assert found["share_50"].tolist() == pytest.approx([0.5])


def test_where_nothing_is_valid_nothing_is_said(tmp_path, quarters):
    found = fractions(quarters, frame(square(0, 0), square(90, 90)))
    assert found.loc[1, ["valid_m2", "coverage_share", "pixels"]].tolist() == [0, 0, 0]
    assert found.loc[1, ["share_10", "share_30", "share_50"]].isna().all()
    assert np.isnan(built_share(found, [50]).iloc[1])
    empty = write_classes(tmp_path / "empty.tif", np.zeros((10, 10), dtype="uint8"))
    found = fractions(empty, frame(square(0, 0)))
    assert found.to_dict("records") == [{"valid_m2": 0, "coverage_share": 0, "pixels": 0}]
    assert np.isnan(built_share(found, [50]).iloc[0])


def test_no_parcels_give_no_rows(quarters):
    assert fractions(quarters, frame()).empty


def test_several_classes_may_count_as_built_and_one_that_is_nowhere_counts_nothing(quarters):
    found = fractions(quarters, frame(square(0, 0)))
    assert built_share(found, [50, 10]).tolist() == pytest.approx([0.5])
    assert built_share(found, [51]).tolist() == [0]


def test_a_raster_drawn_from_the_south_gives_the_same(tmp_path, quarters):
    classes = np.full((10, 10), 30, dtype="uint8")
    classes[5:, :5], classes[:5, :5] = 50, 10
    upside = write_classes(
        tmp_path / "south.tif", classes, transform=Affine(10, 0, EAST, 0, 10, NORTH)
    )
    parcels = frame(square(0, 0), square(0.1, 0.52, 0.33, 0.31), square(0.4, -0.2, 0.3, 0.77))
    pd.testing.assert_frame_equal(fractions(upside, parcels), fractions(quarters, parcels))


def test_parcels_of_another_zone_are_brought_to_the_raster(quarters):
    parcels = frame(square(0.1, 0.1, 0.8, 0.8))
    there = fractions(quarters, transform_frame(parcels, "EPSG:9217"))
    here = fractions(quarters, parcels)
    pd.testing.assert_frame_equal(there, here, rtol=1e-3)
    assert there["coverage_share"].iloc[0] == pytest.approx(1)


def test_a_raster_in_feet_counts_in_square_metres_of_the_parcel(tmp_path):
    foot = 1200 / 3937  # US survey foot, of EPSG:2232
    transform = Affine(10, 0, 3_000_000, 0, -10, 1_600_100)
    path = write_classes(
        tmp_path / "feet.tif", np.full((10, 10), 5, dtype="uint8"), crs="EPSG:2232",
        transform=transform,
    )  # fmt: skip
    inside = shapely.box(3_000_000, 1_600_000, 3_000_050, 1_600_050)
    parcels = transform_frame(frame(inside, crs="EPSG:2232"), "EPSG:26954")  # the same in metres
    [row] = fractions(path, parcels).to_dict("records")
    assert row["pixels"] == pytest.approx(25)
    assert row["valid_m2"] == pytest.approx((50 * foot) ** 2)
    assert row["share_5"] == 1
    [row] = fractions(path, frame(inside, crs="EPSG:2232")).to_dict("records")
    assert row["valid_m2"] == pytest.approx((50 * foot) ** 2, rel=2e-3)  # on the ellipsoid


def test_parcels_that_cannot_be_measured_are_named(quarters):
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(InvalidGeometryError) as refusal:
        fractions(quarters, frame(square(0, 0), bow_tie, None).set_axis(["A", "B", "C"]))
    assert refusal.value.ids == ("B", "C")
    with pytest.raises(CrsMismatchError):
        fractions(quarters, frame(square(0, 0)).set_crs(None, allow_override=True))


def test_values_that_are_no_classes_are_refused_with_the_value(tmp_path):
    path = write_classes(tmp_path / "slope.tif", np.full((10, 10), 1.5, dtype="float32"))
    with pytest.raises(InputRefusedError) as refusal:
        fractions(path, frame(square(0, 0)))
    [issue] = refusal.value.issues
    assert (issue.code, issue.value) == ("landcover_not_classes", "1.5")


@pytest.mark.parametrize(
    ("hectares", "pixel_m", "found"),
    [(0.2, 10, 0.065), (0.5, 10, 0.031), (1, 10, 0.015), (5, 10, 0.006), (0.2, 30, 0.29),
     (1, 30, 0.088), (5, 30, 0.026), (20, 30, 0.008)],
)  # fmt: skip
def test_the_sd_of_pixel_size_is_near_what_400_random_lots_gave(hectares, pixel_m, found):
    width = np.sqrt(hectares * 10_000 / 1.6)
    zonal = pd.DataFrame(
        {"valid_m2": [hectares * 10_000], "pixels": [hectares * 10_000 / pixel_m**2]}
    )
    sd = built_share_sd(zonal, np.array([2 * (width + 1.6 * width)]))
    assert sd.iloc[0] == pytest.approx(found, rel=0.3)


def test_island_municipalities_agree_with_the_published_fractions(shared_data):
    folder = shared_data / "real" / "zonal_sao_miguel"
    zones = gpd.read_file(folder / "concelhos.gpkg").set_index("name")
    with open_land_cover(folder / "clc2018_v2020_20u1.tif") as cover:
        found = zonal_fractions(zones, cover)
    expected = pd.read_csv(folder / "expected_clc_fractions_exactextract.csv")
    wide = expected.pivot_table(
        index="zone", columns="clc_index", values="fraction", fill_value=0
    ).add_prefix("share_")
    shares = found.loc[wide.index, wide.columns]
    assert np.abs(shares.to_numpy() - wide.to_numpy()).max() < 1e-6
    assert found.drop(columns=[*wide.columns, "valid_m2", "coverage_share", "pixels"]).empty
    cells = expected.groupby("zone")["cells"].sum()
    assert found["pixels"].loc[cells.index].tolist() == pytest.approx(cells.tolist(), rel=1e-6)
    # the municipality of Lagoa has 45.6 km², by the national statistics of Portugal
    assert found.loc["Lagoa", "valid_m2"] == pytest.approx(45.6e6, rel=0.02)


def test_small_real_rasters_with_zones_outside_in_part_or_all_no_data(shared_data):
    folder = shared_data / "real" / "zonal_rasterstats"

    def read(name):
        return gpd.read_file(f"/vsizip/{folder / 'vectors.zip'}/{name}.shp").to_crs("EPSG:9674")

    classes = folder / "slope_classes.tif"
    inside = fractions(classes, read("polygons"))
    shares = inside.loc[:, [name for name in inside if str(name).startswith("share_")]]
    assert shares.sum(axis=1).tolist() == pytest.approx([1] * len(inside))
    assert inside["coverage_share"].tolist() == pytest.approx([1] * len(inside))
    outside = fractions(classes, read("polygons_no_overlap"))
    assert outside["coverage_share"].lt(1e-6).all()  # one of them all but touches the raster
    part = fractions(classes, read("polygons_partial_overlap"))
    assert part["coverage_share"].between(0, 1).all()
    assert part["coverage_share"].gt(0).any()
    assert fractions(folder / "all_nodata.tif", read("polygons"))["pixels"].eq(0).all()
