"""The bare engine against scenes in the head, plain GEOS, and a real city."""

import csv
import subprocess
import sys

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import box

from gisclusters.errors import CrsMismatchError, InvalidGeometryError
from gisclusters.geometry.crs import transform_frame
from gisclusters.geometry.pairs import overlap_pairs
from tests.sizes import sized


def frame(*shapes, crs=9216, index=None):
    return gpd.GeoDataFrame(geometry=list(shapes), crs=crs, index=index)


def test_a_quarter_of_a_hectare():
    [row] = overlap_pairs(
        frame(box(0, 0, 100, 100), index=["A"]), frame(box(50, 50, 200, 200), index=["Z"])
    ).itertuples()
    assert (row.left_index, row.right_index, row.area_m2) == ("A", "Z", 2_500)


@pytest.mark.parametrize("other", [box(100, 0, 200, 100), box(100, 100, 200, 200)])
def test_touching_is_no_pair(other):
    assert overlap_pairs(frame(box(0, 0, 100, 100)), frame(other)).empty


def test_containment_is_found_both_ways():
    big, small = box(0, 0, 100, 100), box(10, 10, 20, 20)
    assert overlap_pairs(frame(big), frame(small)).area_m2.tolist() == [100]
    assert overlap_pairs(frame(small), frame(big)).area_m2.tolist() == [100]


def test_only_the_polygonal_part_counts():
    u = shapely.Polygon([(0, 0), (30, 0), (30, 10), (20, 10), (20, 5), (10, 5), (10, 10), (0, 10)])
    [shape] = overlap_pairs(frame(u), frame(box(0, 5, 20, 8))).geometry
    assert shape.geom_type == "Polygon"
    assert shape.area == 30


def test_lines_give_a_length_and_points_the_pair():
    line = shapely.LineString([(-10, 50), (50, 50)])
    pairs = overlap_pairs(frame(box(0, 0, 100, 100)), frame(line, shapely.Point(5, 5)))
    assert pairs.length_m.tolist() == [50, 0]
    assert pairs.area_m2.tolist() == [0, 0]


def test_invalid_shapes_are_named():
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    with pytest.raises(InvalidGeometryError) as refusal:
        overlap_pairs(frame(box(0, 0, 1, 1), bow, index=["fine", "bow"]), frame(box(0, 0, 1, 1)))
    assert refusal.value.ids == ("bow",)


def test_an_invalid_shape_is_refused_wherever_it_lies():
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    far = shapely.affinity.translate(bow, 500, 500)
    left = frame(box(0, 0, 1, 1), far, bow, index=["fine", "far", "bow"])
    with pytest.raises(InvalidGeometryError) as refusal:
        overlap_pairs(left, frame(box(0, 0, 1, 1)))
    assert refusal.value.ids == ("far", "bow")


@pytest.mark.parametrize(
    "shape",
    [None, shapely.Point(np.inf, 5), shapely.LineString([(500, 500), (-np.inf, 501)]),
     shapely.Polygon([(500, 500), (510, 500), (510, np.inf)])],
)  # fmt: skip
def test_a_missing_shape_or_place_is_refused_wherever_it_lies(shape):
    with pytest.raises(InvalidGeometryError) as refusal:
        overlap_pairs(frame(box(0, 0, 1, 1)), frame(box(0, 0, 1, 1), shape, index=["fine", "odd"]))
    assert refusal.value.ids == ("odd",)


def test_few_and_many_questions_to_a_shape_have_one_answer():
    zone = box(0, 0, 100, 100).difference(box(40, 40, 60, 60))
    # Twelve squares of 10 m: inside, on the border, across it, in the hole, and beyond it.
    shapes = [box(x, y, x + 10, y + 10)
              for y in (20, 45) for x in (-20, -10, -5, 0, 45, 90)]  # fmt: skip
    wanted = [0, 0, 50, 100, 100, 100, 0, 0, 50, 100, 0, 100]
    many = overlap_pairs(frame(*shapes), frame(zone))
    assert dict(zip(many.left_index, many.area_m2, strict=True)) == {
        place: area for place, area in enumerate(wanted) if area
    }
    for place, area in enumerate(wanted):
        assert overlap_pairs(frame(shapes[place]), frame(zone)).area_m2.sum() == area
        assert overlap_pairs(frame(zone), frame(shapes[place])).area_m2.sum() == area


def test_another_crs_and_a_repeated_label_are_refused():
    one = frame(box(0, 0, 1, 1))
    with pytest.raises(CrsMismatchError):
        overlap_pairs(one, frame(box(0, 0, 1, 1), crs=9210))
    with pytest.raises(ValueError, match="repeats"):
        overlap_pairs(frame(box(0, 0, 1, 1), box(0, 0, 1, 1), index=[1, 1]), one)


def star(rng, count, radius, x, y):
    angle = np.sort(rng.uniform(0, 2 * np.pi, count))
    reach = radius * rng.uniform(0.3, 1, count)
    return shapely.Polygon(np.column_stack((x + reach * np.cos(angle), y + reach * np.sin(angle))))


@pytest.mark.parametrize("seed", range(sized(8, 300)))
def test_every_shortcut_gives_what_plain_geos_gives(seed):
    rng = np.random.default_rng(seed)
    big = [star(rng, 1_500, 900, *rng.uniform(0, 2_000, 2)) for _ in range(4)]
    holed = [p.difference(star(rng, 40, 200, p.centroid.x, p.centroid.y)) for p in big]
    small = [star(rng, int(rng.integers(4, 60)), 60, *rng.uniform(-500, 2_500, 2))
             for _ in range(250)]  # fmt: skip
    small = [p for p in small if p.is_valid]  # a gap of more than half a turn may cross itself
    small += [shapely.intersection(p, holed[0]) for p in small[:20] if p.intersects(holed[0])]
    polygonal = [s for s in small if s.geom_type in {"Polygon", "MultiPolygon"} and s.is_valid]
    zones = [z for z in holed if z.is_valid and z.geom_type in {"Polygon", "MultiPolygon"}]
    pairs = overlap_pairs(frame(*polygonal), frame(*zones))
    got = {(i, j): a for i, j, a in pairs[["left_index", "right_index", "area_m2"]].to_numpy()}
    wanted = {
        (i, j): shapely.intersection(p, z).area
        for i, p in enumerate(polygonal)
        for j, z in enumerate(zones)
        if shapely.intersection(p, z).area > 1e-6
    }
    assert {key for key, area in got.items() if area > 1e-6} == set(wanted)
    assert all(got[key] == pytest.approx(area, abs=1e-6) for key, area in wanted.items())
    assert shapely.is_valid(np.asarray(pairs.geometry.array)).all()


def test_one_shape_in_many_rows_is_asked_by_one_thread():
    """Two threads that ask the same prepared shape end the whole process."""
    rng = np.random.default_rng(5)
    turn = np.linspace(0, 2 * np.pi, 40_000, endpoint=False)
    reach = 1_000 + 5 * np.sin(900 * turn)
    zone = shapely.Polygon(np.column_stack((reach * np.cos(turn), reach * np.sin(turn))))
    west, south = rng.uniform(-700, 690, (2, 400))
    parcels = frame(*shapely.box(west, south, west + 10, south + 10))
    for _ in range(sized(3, 30)):
        fresh = shapely.from_wkb(shapely.to_wkb(zone))
        for left, right in ((parcels, frame(*[fresh] * 40)), (frame(*[fresh] * 40), parcels)):
            pairs = overlap_pairs(left, right, geometry=False)
            assert len(pairs) == 400 * 40
            assert pairs.area_m2.to_numpy() == pytest.approx(100)


def test_who_asks_for_the_engine_alone_is_spared_the_other_libraries():
    asked = "from gisclusters import overlap_pairs; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"shapely", "gisclusters.geometry.pairs"} <= loaded
    assert loaded.isdisjoint({"rasterio", "folium", "openpyxl", "ezdxf", "gisclusters.api"})


def test_the_parcels_of_a_city_against_its_plans(shared_data):
    folder = shared_data / "real" / "cambridge_ma"
    parcels = made_valid(gpd.read_parquet(folder / "parcels_fy2014.parquet"))
    with (folder / "expected_overlay_summary.csv").open(encoding="utf-8") as lines:
        expected = list(csv.DictReader(lines))
    assert len(expected) == 4
    for row in expected:
        zones = made_valid(gpd.read_file(folder / "plans.gpkg", layer=row["layer"]))
        pairs = overlap_pairs(parcels, zones, geometry=False)
        assert len(pairs) == int(row["parcel_polygon_pairs_area_gt_0"])
        assert pairs.area_m2.sum() == pytest.approx(float(row["sum_pair_area_m2"]), rel=1e-12)
        assert pairs.left_index.nunique() == int(row["parcels_touched_area_gt_0"])


def made_valid(source):
    moved = transform_frame(source[["geometry"]].reset_index(drop=True), "EPSG:26986")
    return moved.set_geometry(shapely.make_valid(np.asarray(moved.geometry.array)))


def test_what_is_wrong_within_a_collection_is_named():
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    twice = shapely.MultiPolygon([box(0, 0, 5, 5), box(3, 3, 8, 8)])
    held = frame(*map(shapely.GeometryCollection, ([bow], [twice])), index=["bow", "twice"])
    with pytest.raises(InvalidGeometryError) as refusal:
        overlap_pairs(held, frame(box(0, 0, 20, 20)))
    assert refusal.value.ids == ("bow", "twice")


def test_an_empty_part_of_a_collection_hides_no_line():
    mixed = shapely.GeometryCollection([shapely.Polygon(), shapely.LineString([(0, 0), (3, 4)])])
    pairs = overlap_pairs(frame(mixed), frame(box(-1, -1, 20, 20)))
    assert pairs.length_m.tolist() == [5]


def test_a_collection_gives_its_polygons_however_deep_they_lie():
    inner = shapely.GeometryCollection([shapely.Point(9, 9), shapely.box(0, 0, 2, 2)])
    deep = shapely.GeometryCollection([shapely.GeometryCollection([inner]), shapely.Point(1, 1)])
    one = gpd.GeoDataFrame(geometry=[deep], crs="EPSG:9216")
    two = gpd.GeoDataFrame(geometry=[shapely.box(1, 1, 10, 10)], crs="EPSG:9216")
    [shared] = overlap_pairs(one, two).geometry
    assert shared.equals(shapely.box(1, 1, 2, 2))
    assert shared.geom_type == "Polygon"
