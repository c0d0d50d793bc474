"""The bare engine: who is matched to whom, and how far off, on markers of a hundred metres apart."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gisclusters import marker_deviations
from gisclusters.errors import CrsMismatchError
from gisclusters.geometry.crs import to_wgs84

CRS = "EPSG:9216"
EAST, NORTH = 552_000.0, 1_587_000.0


def frame(points, names, crs=CRS, index=None):
    places = [None if p is None else shapely.Point(EAST + p[0], NORTH + p[1]) for p in points]
    return gpd.GeoDataFrame({"marker_id": names}, geometry=places, crs=crs, index=index)


DESIGN = frame([(0, 0), (100, 0), (200, 0), (300, 0)], ["RG-01", "RG-02", "RG-03", "RG-04"],
               index=["a", "b", "c", "d"])  # fmt: skip


def found(points, names, **options):
    table = marker_deviations(DESIGN, frame(points, names), **options)
    return [
        (row.design_index, row.survey_index, row.matched_by, row.de_m, row.dn_m, row.distance_m)
        for row in table.itertuples()
    ]


def test_by_name_however_it_is_written():
    assert found([(203, 4), (0, -1)], ["rg3", "RG 1"]) == [
        ("c", 0, "id", 3.0, 4.0, 5.0), ("a", 1, "id", 0.0, -1.0, 1.0)]  # fmt: skip


def test_a_point_without_a_name_is_of_the_free_marker_near_it():
    assert found([(1, 0), (100, 2), (101, 0)], ["RG-01", "?", "x"]) == [
        ("a", 0, "id", 1.0, 0.0, 1.0), ("b", 2, "distance", 1.0, 0.0, 1.0)]  # fmt: skip


def test_exchanged_names_are_matched_by_place():
    assert found([(100, 0), (1, 0), (200, 0)], ["RG-01", "RG-02", "RG-03"]) == [
        ("b", 0, "distance", 0.0, 0.0, 0.0), ("a", 1, "distance", 1.0, 0.0, 1.0),
        ("c", 2, "id", 0.0, 0.0, 0.0)]  # fmt: skip


def test_a_named_point_far_from_everything_stays_with_its_name():
    assert found([(150, 0)], ["RG-02"]) == [("b", 0, "id", 50.0, 0.0, 50.0)]


@pytest.mark.parametrize(("reach_m", "rows"), [(2.0, 1), (1.9, 0)])
def test_the_reach_is_inclusive(reach_m, rows):
    assert len(found([(100, 2)], ["?"], reach_m=reach_m)) == rows


def test_a_missing_or_empty_point_has_no_row():
    survey = frame([(0, 0), None, (200, 1)], ["RG-01", "RG-02", "RG-03"])
    survey.loc[0, "geometry"] = shapely.Point()
    assert marker_deviations(DESIGN, survey)["survey_index"].tolist() == [2]


def test_degrees_come_through_the_pinned_operation():
    lon, lat = to_wgs84(EAST + 100.0, NORTH + 0.5, 9216)
    survey = gpd.GeoDataFrame({"marker_id": ["RG-02"]}, geometry=[shapely.Point(lon, lat)],
                              crs="EPSG:4326")  # fmt: skip
    row = marker_deviations(DESIGN, survey).iloc[0]
    assert (row.de_m, row.dn_m) == pytest.approx((0, 0.5), abs=1e-3)


def test_a_design_in_degrees_is_refused():
    with pytest.raises(CrsMismatchError):
        marker_deviations(DESIGN.to_crs("EPSG:4326"), DESIGN)


def test_many_agree_with_one_by_one():
    rng = np.random.default_rng(5)
    spots = [(x * 60.0, y * 60.0) for x in range(40) for y in range(40)]
    names = [f"M{k}" for k in range(1600)]
    order = rng.permutation(1600)
    noise = rng.normal(0, 0.5, (1600, 2))
    off = [(spots[k][0] + noise[k][0], spots[k][1] + noise[k][1]) for k in order]
    told = [names[k] if k % 7 else "?" for k in order]
    table = marker_deviations(frame(spots, names), frame(off, told)).set_index("survey_index")
    assert table["design_index"].tolist() == order.tolist()
    assert table["de_m"].to_numpy() == pytest.approx(noise[order, 0], abs=1e-6)
    assert (table["matched_by"] == "distance").sum() == sum(k % 7 == 0 for k in range(1600))


@pytest.mark.parametrize(
    ("change", "said"),
    [(lambda f: f.rename(columns={"marker_id": "name"}), "marker_id"),
     (lambda f: f.set_geometry(f.geometry.buffer(1)), "no points"),
     (lambda f: f.to_crs("EPSG:2229"), "EPSG:2229")],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_in_words(change, said):
    with pytest.raises(ValueError, match=said):
        marker_deviations(change(DESIGN), DESIGN)


def test_a_reach_that_is_no_length_is_refused():
    with pytest.raises(ValueError, match="reach"):
        marker_deviations(DESIGN, DESIGN, reach_m=float("nan"))
