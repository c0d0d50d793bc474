"""Longitude and latitude that another datum operation had made of VN-2000 already."""

import numpy as np
import pytest
import shapely

from gisclusters.domain.verdicts import Certainty, MarkerCause
from gisclusters.markers import verify_markers
from tests.markers.formulas import MEKONG, geographic, moved_datum
from tests.markers.test_verify import DISTRICTS, IDS, points, ring
from tests.scenes import layer


def in_degrees(crs, **step):
    """The approved places as another program writes them in WGS 84."""
    lam, phi = moved_datum(*geographic(*ring(crs), DISTRICTS[crs][2]), **step)
    rows = [
        {"marker_id": name, "accuracy_m": 0.01, "geometry": shapely.Point(*place)}
        for name, place in zip(IDS, np.degrees([lam, phi]).T, strict=True)
    ]
    return layer("surveys", rows, crs="EPSG:4326")


@pytest.mark.parametrize("crs", DISTRICTS)
@pytest.mark.parametrize(("step", "cause"), [
    ({"parameters": MEKONG}, MarkerCause.MEKONG_DATUM_OPERATION),
    ({"flipped": True}, MarkerCause.DATUM_ROTATION_SIGN),
])  # fmt: skip
def test_half_a_metre_of_another_operation_is_named(crs, step, cause):
    design = points("markers", IDS, *ring(crs), crs=crs)
    report = verify_markers(design, in_degrees(crs, **step))
    assert report.findings.distance_m.min() > 0.4
    assert (report.diagnosis.cause, report.diagnosis.certainty) == (cause, Certainty.LIKELY)
    assert set(report.findings.verdict) == {"ok"}
    assert report.findings.residual_m.max() < 0.002


@pytest.mark.parametrize("crs", DISTRICTS)
def test_by_our_own_operation_there_is_no_cause(crs):
    report = verify_markers(points("markers", IDS, *ring(crs), crs=crs), in_degrees(crs))
    assert report.diagnosis.cause is MarkerCause.NONE
    assert report.findings.distance_m.max() < 0.002
