"""Markers named as in every table prove nothing of a survey whose cluster nobody says."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gisclusters.geometry.crs import transform_xy
from gisclusters.geometry.detective import concluded
from gisclusters.layers.known import Known, weigh_rows
from gisclusters.readers import ReadOptions, read_layer

XY = np.array([(552_800.0, 1_587_000.0), (553_100.0, 1_587_000.0), (553_100.0, 1_586_750.0),
               (552_800.0, 1_586_750.0), (552_950.0, 1_587_050.0)])  # fmt: skip


def held(folder, names):
    rows = "".join(f"{name};{y};{x}\n" for name, (x, y) in zip(names, XY, strict=False))
    path = folder / "moc.csv"
    path.write_text(f"marker_id;X;Y\n{rows}", encoding="utf-8")
    return Known(markers=[read_layer("markers", path, ReadOptions(crs="EPSG:9216"))])


def answer(known, names, xy):
    frame = gpd.GeoDataFrame({"marker_id": names}, geometry=list(shapely.points(xy)))
    return concluded(weigh_rows("surveys", frame, "EPSG:9216", known))


def in_the_zone_of_108():
    return np.column_stack(transform_xy(XY[:, 0], XY[:, 1], "EPSG:9216", "EPSG:5898"))


@pytest.mark.parametrize(("count", "name"), [(2, "M{}"), (3, "{}"), (5, "M{}")])
def test_common_names_hundred_metres_away_prove_nothing(tmp_path, count, name):
    names = [name.format(k) for k in range(1, count + 1)]
    assert answer(held(tmp_path, names), names, XY[:count] + np.array([110.0, 0.0])) is None


def test_four_common_names_that_agree_prove_another_zone_and_three_do_not(tmp_path):
    names = ["M1", "M2", "M3", "M4"]
    known = held(tmp_path, names)
    found = answer(known, names, in_the_zone_of_108()[:4])
    assert (found.crs, found.certainty) == ("EPSG:5898", "certain")
    assert answer(known, names[:3], in_the_zone_of_108()[:3]) is None


def test_two_names_of_one_cluster_alone_still_prove_another_zone(tmp_path):
    names = ["CCN-07 RG-01", "CCN-07 RG-02"]
    found = answer(held(tmp_path, names), names, in_the_zone_of_108()[:2])
    assert (found.crs, found.certainty) == ("EPSG:5898", "certain")
