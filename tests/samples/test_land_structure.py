"""Shares, strip and factory lots of the sample district, as ANSWERS.md counts them by hand."""

from datetime import date

import numpy as np
import pytest

import gisclusters as gc
from gisclusters.samples import samples_dir


@pytest.fixture(scope="module")
def report():
    north = samples_dir() / "north"
    clusters, lots, parcels, buildings = (
        gc.read_layer(kind, north / f"{kind}.gpkg")
        for kind in ("clusters", "lots", "parcels", "buildings")
    )
    return gc.measure_efficiency(
        clusters, lots, parcels, as_of=date(2026, 11, 15), buildings=buildings
    )


@pytest.fixture
def clusters(report):
    return report.clusters.set_index("cluster_id")


def test_density_is_that_of_the_drawn_buildings(report, clusters):
    lots = report.lots[report.lots["cluster_id"] == "N5"]
    built = lots[lots["built_m2"] > 0]
    assert len(lots) == 27
    assert len(built) == 18
    assert built["density_share"].to_numpy() == pytest.approx(3_600 / 13_000, abs=1e-6)
    assert built["floor_area_m2"].to_numpy() == pytest.approx(3_600, abs=0.1)
    assert set(lots["density_verdict"]) == {"within"}
    assert set(lots["green_reason"]) == {"no_green_known"}
    assert clusters.loc["N5", "factory_density_share"] == pytest.approx(64_800 / 351_000, abs=1e-6)
    for name in ("N4", "N6", "N7"):
        assert np.isnan(clusters.loc[name, "factory_density_share"])
    assert report.outside.empty


def test_strip_and_green_lack_what_was_left_out(report, clusters):
    whole, bare = clusters.loc["N5", "green_strip"], clusters.loc["N6", "green_strip"]
    assert (whole["verdict"], bare["verdict"]) == ("clear", "conflict")
    assert whole["strip_m2"] == pytest.approx(28_000)
    assert bare["missing_m2"] == pytest.approx(28_000, abs=1)
    assert clusters.loc["N5", "structure"]["green"]["missing_m2"] == pytest.approx(8_200, abs=1)
    lacking = report.shortfalls[report.shortfalls["cluster_id"] == "N6"].set_index("lacks")
    assert lacking["lacking_m2"].to_dict() == pytest.approx(
        {"green_strip": 28_000, "green": 36_200}, abs=1
    )
    # nobody has leased there: all 27 lots are free
    assert lacking.loc["green", "place_m2"] == pytest.approx(351_000, abs=1)
