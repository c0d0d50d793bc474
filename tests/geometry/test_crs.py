"""The one door: reference points, no step at 11.04°N, exact between zones, no guessing."""

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from gisclusters.errors import CrsMismatchError, UsageError
from gisclusters.geometry import crs
from gisclusters.geometry.crs_names import crs_in_short, identify_crs


@pytest.mark.parametrize(
    ("epsg", "northing_m", "easting_m", "latitude", "longitude"),
    [
        (9216, 1_587_000.000, 552_800.000, 14.349272694, 107.991336627),
        (9216, 1_612_000.000, 535_000.000, 14.575527224, 107.826638916),
        (9210, 1_164_990.520, 572_234.756, 10.533983015, 106.411785584),
        (9210, 1_202_000.000, 575_000.000, 10.868525339, 106.437803843),
        (9210, 1_172_000.000, 600_500.000, 10.596706407, 106.670209770),
    ],
)
def test_reference_points(epsg, northing_m, easting_m, latitude, longitude):
    lon, lat = crs.to_wgs84(easting_m, northing_m, epsg)
    assert (lon, lat) == pytest.approx((longitude, latitude), abs=1e-9)
    assert crs.from_wgs84(lon, lat, epsg) == pytest.approx((easting_m, northing_m), abs=2e-4)


def test_no_step_at_the_edge_of_the_mekong_box():
    northing = np.arange(1_220_500.0, 1_221_501.0, 10.0)
    lon, lat = crs.to_wgs84(np.full_like(northing, 570_000.0), northing, 9210)
    assert lat[0] < 11.04 < lat[-1]
    # Second differences of a smooth curve at 10 m steps: EPSG:5194 would make one of 7e-6.
    assert np.abs(np.diff(lon, 2)).max() < 1e-10
    assert np.abs(np.diff(lat, 2)).max() < 1e-10


def test_a_square_across_the_edge_stays_a_square():
    square = gpd.GeoSeries([shapely.box(570_000, 1_220_900, 570_100, 1_221_000)], crs=9210)
    there = crs.to_wgs84(square)
    back = crs.transform_frame(there, "EPSG:9210")
    assert back.area[0] == pytest.approx(10_000, abs=1e-3)
    assert shapely.hausdorff_distance(square[0], back[0]) < 2e-4


def test_between_zones_the_change_is_exact():
    east, north = crs.transform_xy(552_800.0, 1_587_000.0, "EPSG:9216", "EPSG:5898")
    assert (east, north) == pytest.approx((498_870.656, 1_586_944.120), abs=5e-4)
    back = crs.transform_xy(east, north, "EPSG:5898", "EPSG:9216")
    assert back == pytest.approx((552_800.0, 1_587_000.0), abs=1e-6)
    assert crs.datum_operation("EPSG:9216", "EPSG:5898") is None


def test_the_operation_is_recorded_only_where_a_datum_is_crossed():
    assert crs.datum_operation("EPSG:9216", "EPSG:4326") == crs.DATUM_OPERATION == "EPSG:6960"
    assert crs.datum_operation("EPSG:26986") is None
    assert crs.wgs84_operation("EPSG:9210") == "EPSG:6960"


@pytest.mark.parametrize(
    ("name", "epsg"),
    [("Kon Tum", 9216), ("long an", 9210), ("tỉnh Quảng Nam", 5899), ("Ha Noi", 5897)],
)
def test_an_old_province_has_one_zone(name, epsg):
    assert crs.vn2000_zone(name) == epsg


@pytest.mark.parametrize("name", ["Tây Ninh", "Quảng Ngãi"])
def test_a_merged_province_is_refused_with_its_candidates(name):
    with pytest.raises(UsageError, match="now covers old provinces of several zones") as refusal:
        crs.vn2000_zone(name)
    assert "EPSG:" in str(refusal.value.params["candidates"])


def test_a_bare_transverse_mercator_is_matched_to_its_zone_and_wgs84_is_not():
    bare = "+proj=tmerc +lat_0=0 +lon_0=107.5 +k=0.9999 +x_0=500000 +y_0=0"
    assert identify_crs(f"{bare} +ellps=WGS84") == "EPSG:9216"
    assert identify_crs(f"{bare} +datum=WGS84") is None
    assert identify_crs(6957) == "EPSG:5897"


def test_a_frame_without_a_crs_is_a_question_for_its_owner():
    with pytest.raises(CrsMismatchError):
        crs.to_wgs84(gpd.GeoSeries([shapely.Point(1, 2)]))


def test_comparing_two_crs_is_refused():
    one = gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs=9216)
    with pytest.raises(CrsMismatchError, match="9210"):
        crs.require_same_crs(one, one.set_crs(9210, allow_override=True))
    with pytest.raises(CrsMismatchError, match="metres"):
        degrees = one.set_crs(4326, allow_override=True)
        crs.require_same_crs(degrees, degrees)


def test_a_crs_is_named_in_a_few_words():
    said = pyproj.CRS(
        "+proj=tmerc +lat_0=0 +lon_0=107.5 +k=0.9999 +x_0=500000 +datum=WGS84"
    ).to_wkt()
    assert crs_in_short(said) == "World Geodetic System 1984 / Transverse Mercator"
    assert crs_in_short("no system of anybody") == "no system of anybody"
