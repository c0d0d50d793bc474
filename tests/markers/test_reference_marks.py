"""A reference marker leads to the point it stands for: by east and north, or length and azimuth."""

import numpy as np
import pytest
import shapely

from gisclusters.markers import verify_markers
from gisclusters.markers.report import notes_in_words
from gisclusters.markers.standing import standing_markers
from tests.markers.formulas import geographic, plane
from tests.markers.test_verify import DISTRICTS, IDS, noisy, ring
from tests.scenes import layer

CRS = "EPSG:9216"
# RG-05 cannot be marked: its post stands 3 m east and 4 m north of it.
WAYS = {"offset_e_m": -3.0, "offset_n_m": -4.0}, {"offset_m": 5.0, "offset_azimuth_deg":
                                                 180 + np.degrees(np.arctan2(3, 4))}  # fmt: skip


def design(post=None, instead=False):
    e, n = ring(CRS)
    rows = [{"marker_id": name, "marker_kind": "RG", "geometry": shape}
            for name, shape in zip(IDS, shapely.points(e, n), strict=True)]  # fmt: skip
    if post and instead:  # the row of the point itself says how its post leads to it
        rows[4] |= {"marker_kind": "MTC", **post}
    elif post:
        rows.append({"marker_id": "MTC-1", "marker_kind": "MTC", "reference_of": "rg 5",
                     "geometry": shapely.Point(e[4] + 3, n[4] + 4), **post})  # fmt: skip
    return layer("markers", rows, crs=CRS)


def survey(names, e, n):
    middle = shapely.Point(DISTRICTS[CRS][:2])
    rows = [{"marker_id": name, "geometry": middle, "accuracy_m": 0.01} for name in names]
    points = layer("surveys", rows, crs=CRS)
    points.frame.geometry = shapely.points(e, n)  # a reader would refuse swapped ones by itself
    return points


def measured(wrong=lambda e, n: (e, n), east_off=0.0):
    """All but RG-05, and its post ``east_off`` metres from where it was set."""
    e, n = noisy(CRS)
    post = (e[4] + 3 + east_off, n[4] + 4)
    keep = np.arange(16) != 4
    return wrong(np.append(e[keep], post[0]), np.append(n[keep], post[1]))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("east_off", "verdict"), [(0.0, "ok"), (0.5, "moved")])
def test_the_point_is_judged_through_its_post(way, east_off, verdict):
    names = [*np.delete(IDS, 4), "mtc1"]
    rows = verify_markers(design(way), survey(names, *measured(east_off=east_off))).findings
    rows = rows.set_index("marker_id")
    assert rows.verdict["RG-05"] == verdict
    assert rows.de_m["RG-05"] == pytest.approx(east_off, abs=0.05)
    assert rows.note["RG-05"] == "through_reference=mtc1"
    assert rows.verdict["MTC-1"] == verdict
    assert (rows.verdict.drop(["RG-05", "MTC-1"]) == "ok").all()


@pytest.mark.parametrize("way", WAYS)
def test_a_post_measured_under_the_points_own_name(way):
    e, n = noisy(CRS)
    e[4] += 3
    n[4] += 4
    rows = verify_markers(design(way, instead=True), survey(IDS, e, n)).findings
    assert rows.verdict.tolist() == ["ok"] * 16
    assert abs(rows.de_m[4]) < 0.05


def test_a_point_measured_itself_is_not_led_to():
    e, n = noisy(CRS)
    rows = verify_markers(
        design(WAYS[0]), survey([*IDS, "MTC-1"], np.append(e, e[4] + 9), np.append(n, n[4] + 4))
    ).findings.set_index("marker_id")
    assert (rows.verdict["RG-05"], rows.note["RG-05"]) == ("ok", None)
    assert rows.verdict["MTC-1"] == "moved"


def test_the_offset_is_of_the_grid_also_where_axes_were_swapped():
    names = [*np.delete(IDS, 4), "MTC-1"]
    wrong = verify_markers(design(WAYS[0]), survey(names, *measured()[::-1]))
    assert wrong.diagnosis.cause == "swapped_axes"
    assert wrong.findings.set_index("marker_id").verdict["RG-05"] == "ok"


def test_and_where_the_meridian_is_wrong():
    e, n = plane(*geographic(*measured(), DISTRICTS[CRS][2]), 107.75)
    report = verify_markers(design(WAYS[0]), survey([*np.delete(IDS, 4), "MTC-1"], e, n))
    assert report.findings.set_index("marker_id").verdict["RG-05"] == "ok"


def test_the_boundary_goes_through_the_point_whatever_error_was_undone():
    # Read as of another zone width (111°, k0 0.9996) the north there is turned by 1° and more:
    # the 5 m from post to point must not be turned with it, which would be some 10 cm.
    east, north = plane(*geographic(*measured(), DISTRICTS[CRS][2]), 111.0, 0.9996)
    planned = design(WAYS[0])
    report = verify_markers(planned, survey([*np.delete(IDS, 4), "MTC-1"], east, north))
    assert report.diagnosis.cause == "wrong_zone_width"
    standing = standing_markers(planned, report)
    assert standing.frame == "undone"
    e, n = noisy(CRS)
    assert abs(standing.place[4] - (e[4] + 1j * n[4])) < 0.002


@pytest.mark.parametrize(
    ("way", "code"),
    [({"offset_e_m": -3.0}, "reference_incomplete"), ({}, "reference_incomplete"),
     ({"reference_of": "RG-99", **WAYS[0]}, "reference_incomplete"),
     ({"reference_of": "MTC-1", **WAYS[0]}, "reference_incomplete"),
     ({"offset_e_m": 3.0, "offset_n_m": 4.0}, "reference_contradicts"),
     ({**WAYS[0], "offset_m": 5.0, "offset_azimuth_deg": 10.0}, "reference_contradicts")],
)  # fmt: skip
def test_a_post_that_leads_nowhere_is_told_and_not_used(way, code):
    names = [*np.delete(IDS, 4), "MTC-1"]
    planned = design({"marker_kind": "MTC", **way})
    report = verify_markers(planned, survey(names, *measured()))
    assert report.findings.set_index("marker_id").verdict["RG-05"] == "missing"
    assert [issue.code for issue in report.issues if issue.code.startswith("reference_")] == [code]


def test_two_posts_that_disagree_decide_nothing():
    e, n = ring(CRS)
    rows = design(WAYS[0]).frame.to_dict("records")
    rows = [{key: value for key, value in row.items() if value is not None} for row in rows]
    rows.append(rows[-1] | {"marker_id": "MTC-2", "geometry": shapely.Point(e[4], n[4] + 2),
                            "offset_e_m": 0.0, "offset_n_m": -2.0})  # fmt: skip
    east, north = measured(east_off=1.0)
    names = [*np.delete(IDS, 4), "MTC-1", "MTC-2"]
    seen = survey(names, np.append(east, e[4]), np.append(north, n[4] + 2))
    found = verify_markers(layer("markers", rows, crs=CRS), seen).findings.set_index("marker_id")
    assert found.verdict["RG-05"] == "duplicate"
    assert found.verdict[["MTC-1", "MTC-2"]].tolist() == ["moved", "ok"]


def test_a_name_with_the_sign_between_notes_in_it_is_told_whole():
    e, n = ring(CRS)
    names = ["C; D", "A; 50%3B", *IDS[2:]]
    planned = layer("markers", [
        {"marker_id": name, "geometry": shape}
        for name, shape in zip(["A; 50%3B", "C; D", *IDS[2:]], shapely.points(e, n), strict=True)
    ], crs=CRS)  # fmt: skip
    found = verify_markers(planned, survey(names, e, n)).findings.set_index("marker_id")
    assert found.note["C; D"] == "measured_as=A%3B 50%253B"
    told = notes_in_words(found["note"], "en")
    assert told["C; D"] == "Measured under the name A; 50%3B."
    assert told["A; 50%3B"] == "Measured under the name C; D."
