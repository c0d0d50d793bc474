"""Built ground of a zone: union before sum, each zone its part, never above the whole."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gisclusters.efficiency.density import built_shares, floor_areas_m2, footprints
from gisclusters.errors import CrsMismatchError
from tests.efficiency.scenes import frame, square

HA = 10_000.0


def shares(zones, buildings):
    return built_shares(frame(*zones), frame(*buildings))["built_share"].tolist()


def test_a_building_drawn_twice_counts_once():
    half = square(0, 0, 0.5, 1)
    assert shares([square(0, 0)], [half, half]) == pytest.approx([0.5])


def test_overlapping_buildings_never_make_more_than_the_lot():
    west, east = square(0, 0, 0.7, 1), square(0.3, 0, 0.7, 1)  # together all of it, in sum 1.4
    assert shares([square(0, 0)], [west, east]) == [1.0]


def test_a_building_on_two_lots_gives_each_its_part():
    found = built_shares(frame(square(0, 0), square(1, 0)), frame(square(0.6, 0, 0.7, 1)))
    assert found["built_m2"].tolist() == pytest.approx([0.4 * HA, 0.3 * HA])
    assert found["building_count"].tolist() == [1, 1]


def test_an_empty_lot_has_nothing_and_touching_is_nothing():
    found = built_shares(frame(square(0, 0)), frame(square(1, 0), square(5, 5)))
    assert found.iloc[0].tolist() == [0, 0, 0]


def test_a_lot_of_two_parts_is_one_lot():
    lot = shapely.union(square(0, 0), square(3, 0))
    assert shares([lot], [square(3, 0, 0.5, 1)]) == pytest.approx([0.25])


def test_an_empty_zone_has_no_share_and_rows_keep_their_index():
    zones = frame(shapely.Polygon(), square(0, 0)).set_axis(["x", "y"])
    found = built_shares(zones, frame(square(0, 0)))
    assert found.index.tolist() == ["x", "y"]
    assert np.isnan(found.loc["x", "built_share"])
    assert found.loc["y", "built_share"] == 1


def test_frames_of_two_systems_are_refused():
    with pytest.raises(CrsMismatchError):
        built_shares(frame(square(0, 0)), frame(square(0, 0), crs="EPSG:9217"))


def test_floors_over_one_piece_of_ground_count_once():
    # 0.5 ha of two floors, and 0.4 ha of five floors of which 0.2 ha stand on the first
    buildings = frame(square(0, 0, 0.5, 1), square(0.3, 0, 0.4, 1))
    found = footprints(frame(square(0, 0), square(5, 5)), buildings)
    floors = np.array([2.0, 5.0])[found.building]
    # 0.3 ha × 2 + 0.4 ha × 5
    assert floor_areas_m2(found, floors).tolist() == pytest.approx([2.6 * HA, 0])
    floors[0] = np.nan
    assert np.isnan(floor_areas_m2(found, floors)[0])


@pytest.fixture(scope="module")
def cambridge(shared_data):
    """The parcels and the paved, built and other surfaces of a city; areas only, mended."""
    folder = shared_data / "real" / "cambridge_ma"
    frames = []
    for name in ("parcels_fy2014", "surfaces_2010s"):
        plane = gpd.read_parquet(folder / f"{name}.parquet").to_crs("EPSG:26986")
        sound = shapely.make_valid(plane.geometry.to_numpy())
        areas = shapely.get_dimensions(sound) == 2
        frames.append(gpd.GeoDataFrame(geometry=sound[areas], crs="EPSG:26986"))
    return frames


def test_surfaces_of_real_parcels_are_united_before_they_are_summed(cambridge):
    parcels, surfaces = cambridge
    found = built_shares(parcels, surfaces)
    assert len(found) == len(parcels) == 13_116
    share = found["built_share"]
    area_m2 = parcels.geometry.area.to_numpy()
    assert share.isna().tolist() == (area_m2 == 0).tolist()
    assert share.isna().sum() == 1  # a parcel of no ground
    assert share.dropna().between(0, 1).all()
    # Without the union three parcels would be built on more than the whole of them.
    dense = np.flatnonzero(share > 0.9)
    pairs = footprints(parcels.iloc[dense], surfaces)
    summed = np.bincount(pairs.zone, weights=shapely.area(pairs.ground), minlength=len(dense))
    assert (summed / area_m2[dense] > 1 + 1e-6).sum() == 3
    # Another way for a few: the parcel less all surfaces near it.
    tree = shapely.STRtree(surfaces.geometry.to_numpy())
    for place in range(0, len(parcels), 500):
        parcel = parcels.geometry.iloc[place]
        near = surfaces.geometry.to_numpy()[tree.query(parcel)]
        open_m2 = shapely.area(shapely.difference(parcel, shapely.union_all(near)))
        assert share.iloc[place] == pytest.approx(1 - open_m2 / area_m2[place], abs=1e-7)
