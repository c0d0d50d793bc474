"""Content brought together: zones in one frame, rows by cluster, the worst severity."""

import geopandas as gpd
import numpy as np
import pytest

from gisclusters.geometry.crs import to_wgs84
from gisclusters.publish.content import SiteContent
from gisclusters.publish.gathered import gather, worst_severities
from tests.publish import scenes


def test_two_zones_lie_in_one_frame_and_remember_their_own():
    gathered = gather(scenes.district(), public=False)
    assert gathered.clusters["crs"].tolist() == ["EPSG:9216"] * 4 + ["EPSG:9210"] * 3
    south = to_wgs84(scenes.clusters()[1].shapes).geometry
    assert gathered.clusters.geometry.iloc[4].equals(south.iloc[0])


def test_a_parcel_that_names_no_cluster_goes_to_the_one_it_lies_in():
    rows = scenes.parcels()[0].shapes.drop(columns="cluster_id").to_dict("records")
    parcels = scenes.layer("parcels", rows, "EPSG:9216")
    gathered = gather(scenes.district(parcels=[parcels], efficiency_parcels=None), public=False)
    assert gathered.of_cluster("parcels", "KT-01").tolist() == list(range(12))
    assert gathered.of_cluster("parcels", "KT-02").tolist() == []


def test_parcels_carry_their_status():
    gathered = gather(scenes.district(), public=False)
    assert gathered.parcels["status"].tolist() == list(scenes.STATUSES)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([("conflict", "note"), ("conflict", "blocking"), ("conflict", "approval")], "blocking"),
        ([("clear", None), ("within_accuracy", None)], "clear"),
        ([("clear", None), ("not_checked", "note")], "unchecked"),
        ([("undecided", "note"), ("not_checked", "note")], "note"),
        ([("clear", None), ("not_checked", "blocking")], "blocking"),
        ([], "unchecked"),
    ],
)
def test_the_worst_severity_of_a_cluster(verdicts, expected):
    rows = [scenes.overlap("A", "rice", verdict, severity, None) for verdict, severity in verdicts]
    rows.append(scenes.overlap("B", "rice", "conflict", "approval", scenes.square((0, 0), 0, 0)))
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:9216")
    assert worst_severities(frame, ["A", "B"]) == [expected, "approval"]
    assert worst_severities(None, ["A"]) == ["unchecked"]


def test_nothing_but_clusters():
    gathered = gather(SiteContent(clusters=scenes.clusters()), public=True)
    assert gathered.overlaps is None
    assert len(gathered.plans) == 0
    assert np.array_equal(gathered.near("clusters", (-180, -90, 180, 90)), np.arange(7))
