"""Class fractions on rasters of strangers, beside exactextract's own and counts of whole pixels."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from exactextract import exact_extract
from rasterio.windows import Window

from gisclusters.efficiency import zonal_fractions
from gisclusters.efficiency.land_cover import classes_of
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import transform_frame
from gisclusters.readers.raster import open_land_cover


@pytest.fixture
def landcover(shared_data):
    return shared_data / "real" / "landcover"


def fractions(path, zones, **options):
    with open_land_cover(path, **options) as cover:
        return zonal_fractions(zones, cover)


def wide(found, classes):
    """What exactextract gives, one column a class."""
    rows = [
        dict(zip(u, f, strict=True)) for u, f in zip(found["unique"], found["frac"], strict=True)
    ]
    return np.array([[row.get(code, 0.0) for code in classes] for row in rows])


def lots(path, count, pixels, *, seed=4, **options):
    """Turned rectangles anywhere on a raster, about so many pixels wide; in its CRS."""
    with open_land_cover(path, **options) as cover:
        west, south, east, north = cover.extent
        side, crs = pixels * cover.pixel_size[0], cover.crs
    rng = np.random.default_rng(seed)
    x, y = (
        rng.uniform(west + side, east - side, count),
        rng.uniform(south + side, north - side, count),
    )
    turn = rng.uniform(0, np.pi, count)
    corners = np.array([[-0.5, -0.3], [0.5, -0.3], [0.5, 0.3], [-0.5, 0.3]]) * side
    turned = np.stack([
        x[:, None] + np.cos(turn)[:, None] * corners[:, 0] - np.sin(turn)[:, None] * corners[:, 1],
        y[:, None] + np.sin(turn)[:, None] * corners[:, 0] + np.cos(turn)[:, None] * corners[:, 1],
    ], axis=-1)  # fmt: skip
    return gpd.GeoDataFrame(geometry=shapely.polygons(turned), crs=crs)


@pytest.mark.parametrize("name", [
    "DRCOG_2018_LULC_E3220000_N1710000.tif",  # feet, palette
    "Baywide_13Class_20132014_E1300000_N1770000.tif",
    "BayWide_1m_LU_E1300000_N1770000.tif",  # the same ground on a grid shifted by 0.84 m
    "usda_cdl_2021_30m.tif",  # no value for no data
    "labels_utm17n.tif",  # pixels that are no squares, no data 255
])  # fmt: skip
def test_fractions_are_those_of_exactextract(landcover, name):
    zones = lots(landcover / name, 60, 12)
    ours = fractions(landcover / name, zones)
    theirs = exact_extract(
        str(landcover / name), zones, ["count", "unique", "frac"], output="pandas"
    )
    assert len(classes_of(ours)) >= 2
    shares = ours[[f"share_{code}" for code in classes_of(ours)]].fillna(0).to_numpy()
    assert np.abs(shares - wide(theirs, classes_of(ours))).max() < 1e-6
    assert ours["pixels"].tolist() == pytest.approx(theirs["count"].tolist(), abs=1e-6)


def whole_pixels(path, column, row, columns, rows):
    """A zone along the edges of pixels, and how many pixels of each class lie in it."""
    with rasterio.open(path) as raster:
        values = raster.read(1, window=Window(column, row, columns, rows))
        west, north = raster.transform @ (column, row)
        east, south = raster.transform @ (column + columns, row + rows)
        nodata = raster.nodata
    with open_land_cover(path) as cover:
        crs = cover.crs
    zone = gpd.GeoDataFrame(geometry=[shapely.box(west, south, east, north)], crs=crs)
    counts = pd.Series(values.ravel()).value_counts()
    return zone, counts[counts.index != nodata].sort_index()


def test_a_raster_in_feet_gives_square_metres_to_a_parcel_in_metres(landcover):
    path = landcover / "DRCOG_2018_LULC_E3220000_N1710000.tif"
    zone, counts = whole_pixels(path, 4000, 5000, 300, 200)
    [row] = fractions(path, transform_frame(zone, "EPSG:26954")).to_dict("records")
    assert row["pixels"] == pytest.approx(60_000, rel=1e-6)
    assert row["valid_m2"] == pytest.approx(60_000, rel=1e-6)  # a pixel is one metre by one
    for code, count in counts.items():
        assert row[f"share_{code}"] == pytest.approx(count / 60_000, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "window"),
    [
        ("Baywide_13Class_20132014_E1300000_N1770000.tif", (2000, 3000, 400, 300)),
        ("BayWide_1m_LU_E1300000_N1770000.tif", (2000, 3000, 400, 300)),
        ("labels_utm17n.tif", (20, 30, 100, 100)),
        ("usda_cdl_2021_30m.tif", (500, 500, 300, 300)),
    ],
)
def test_whole_pixels_are_counted_one_by_one(landcover, name, window):
    zone, counts = whole_pixels(landcover / name, *window)
    [row] = fractions(landcover / name, zone).to_dict("records")
    assert row["pixels"] == pytest.approx(counts.sum(), rel=1e-6)
    found = {code: row.get(f"share_{code}", 0) for code in counts.index}
    assert found == pytest.approx((counts / counts.sum()).to_dict(), abs=1e-6)


def test_the_same_ground_on_shifted_grids_is_read_where_each_grid_lies(landcover):
    """A zone on the pixels of one grid cuts those of the other: none is resampled."""
    first = landcover / "Baywide_13Class_20132014_E1300000_N1770000.tif"
    second = landcover / "BayWide_1m_LU_E1300000_N1770000.tif"
    zone, _ = whole_pixels(first, 2000, 3000, 40, 30)
    column = 2000 + 0.8375176794  # where the zone begins on the second grid
    row = 3000 + 0.8902923968
    with rasterio.open(second) as raster:
        values = raster.read(1, window=Window(2000, 3000, 41, 31))
    across = np.array([1 - column % 1, *[1] * 39, column % 1])
    down = np.array([1 - row % 1, *[1] * 29, row % 1])
    weight = np.outer(down, across) * (values != 0)
    [found] = fractions(second, zone).to_dict("records")
    assert found["pixels"] == pytest.approx(weight.sum(), rel=1e-5)
    for code in np.unique(values[values != 0]):
        expected = weight[values == code].sum() / weight.sum()
        assert found[f"share_{code}"] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("year", [1985, 2000, 2020])
def test_an_image_of_four_bands_is_refused_until_one_is_named(landcover, year):
    path = landcover / f"landsat_ucayali_{year}.tif"
    with pytest.raises(InputRefusedError) as refusal:
        open_land_cover(path)
    assert [issue.code for issue in refusal.value.issues] == ["landcover_bands"]
    zones = lots(path, 5, 6, band=2)
    ours = fractions(path, zones, band=2)
    with rasterio.open(path) as raster:
        band = raster.read(2)
    assert set(classes_of(ours)) <= set(np.unique(band).tolist())
    assert ours.filter(like="share_").sum(axis=1).tolist() == pytest.approx([1] * 5)


def test_slopes_are_no_classes(shared_data):
    with open_land_cover(shared_data / "real" / "zonal_rasterstats" / "slope.tif") as cover:
        zone = gpd.GeoDataFrame(geometry=[shapely.box(*cover.extent)], crs=cover.crs)
        with pytest.raises(InputRefusedError) as refusal:
            zonal_fractions(zone, cover)
    assert [issue.code for issue in refusal.value.issues] == ["landcover_not_classes"]


def test_a_palette_on_a_plane_that_no_code_names_is_refused(landcover):
    with pytest.raises(InputRefusedError) as refusal:
        open_land_cover(landcover / "test_color_table.tif")
    [issue] = refusal.value.issues
    assert (issue.code, str(issue.value)[:33]) == (
        "landcover_no_crs", 'PROJCS["Lambert Conformal Conic",',
    )  # fmt: skip


def rasterstats_zones(shared_data, name):
    path = shared_data / "real" / "zonal_rasterstats" / "vectors.zip"
    return gpd.read_file(f"/vsizip/{path}/{name}.shp").to_crs("EPSG:9674")


@pytest.mark.parametrize("name", ["polygons", "polygons_partial_overlap"])
def test_small_zones_of_rasterstats_have_the_fractions_of_exactextract(shared_data, name):
    """A float raster of whole numbers, its value for no data a float of its own."""
    path = shared_data / "real" / "zonal_rasterstats" / "slope_classes.tif"
    zones = rasterstats_zones(shared_data, name)
    ours = fractions(path, zones)
    theirs = exact_extract(str(path), zones, ["unique", "frac"], output="pandas")
    shares = ours[[f"share_{code}" for code in classes_of(ours)]].fillna(0).to_numpy()
    assert np.abs(shares - wide(theirs, classes_of(ours))).max() < 1e-6


def test_islands_have_no_more_cells_of_a_class_than_rasterstats_touches(shared_data):
    folder = shared_data / "real" / "zonal_sao_miguel"
    zones = gpd.read_file(folder / "concelhos.gpkg").set_index("name")
    found = fractions(folder / "clc2018_v2020_20u1.tif", zones)
    counts = pd.read_csv(folder / "expected_clc_counts_rasterstats.csv")
    assert len(counts) > 100
    for row in counts.itertuples():
        cells = found.loc[row.zone, f"share_{row.clc_index}"] * found.loc[row.zone, "pixels"]
        if row.all_touched:
            assert cells <= row.cells + 1e-3
        else:  # centres: nearly the same for large classes, not for small ones
            assert cells == pytest.approx(row.cells, rel=0.05, abs=25)
