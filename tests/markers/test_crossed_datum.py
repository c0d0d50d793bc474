"""Surveys in longitude and latitude that a program made with another datum operation than ours.

The numbers are made by formulas of the tests' own, in Long An (meridian 105°45′, EPSG:9210).
"""

import numpy as np
import pytest

from gisclusters.markers import verify_markers
from tests.markers.formulas import MEKONG, geographic, moved_datum, plane
from tests.markers.test_verify import points

CRS, MERIDIAN = "EPSG:9210", 105.75
OFF = np.array(
    [(0, 0), (300, 0), (600, 20), (620, 400), (300, 420), (-10, 390), (-30, 250), (-20, 120)]
)
E, N = (np.array([572_234.756, 1_164_990.520]) + OFF).T
IDS = [f"RG-{k:02d}" for k in range(1, 9)]

MADE_BY = {
    "none": {}, "mekong_datum_operation": {"parameters": MEKONG}, "datum_rotation_sign": {"flipped": True},
}  # fmt: skip


@pytest.mark.parametrize("cause", MADE_BY)
def test_degrees_made_by_another_operation_are_told(cause):
    lon, lat = np.degrees(moved_datum(*geographic(E, N, MERIDIAN), **MADE_BY[cause]))
    survey = points("surveys", IDS, lon, lat, crs="EPSG:4326", accuracy_m=0.02)
    report = verify_markers(points("markers", IDS, E, N, crs=CRS), survey)
    assert str(report.diagnosis.cause) == cause
    assert set(report.findings["verdict"]) == {"ok"}
    if cause != "none":  # as measured they are half a metre off
        assert report.findings["distance_m"].min() > 0.3
        assert report.findings["residual_m"].max() < 0.02


@pytest.mark.parametrize("cause", ["mekong_datum_operation", "datum_rotation_sign"])
def test_plane_values_of_another_operation_are_told_as_before(cause):
    lam, phi = moved_datum(*geographic(E, N, MERIDIAN))
    e, n = plane(*moved_datum(lam, phi, back=True, **MADE_BY[cause]), MERIDIAN)
    survey = points("surveys", IDS, e, n, crs=CRS, accuracy_m=0.02)
    report = verify_markers(points("markers", IDS, E, N, crs=CRS), survey)
    assert str(report.diagnosis.cause) == cause
