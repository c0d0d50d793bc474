"""Control points tell whether the survey, the ground or the approved table is wrong."""

import numpy as np
import pytest
import shapely

from gisclusters.domain.verdicts import MarkerCause
from gisclusters.markers import verify_markers
from tests.markers.formulas import geographic, plane
from tests.markers.test_verify import IDS, noisy, points, ring
from tests.scenes import layer

CRS = "EPSG:9216"
KNOWN = np.array([[552_500.0, 1_586_500.0], [554_000.0, 1_588_500.0], [553_200.0, 1_588_000.0]])


def control(measured, known=KNOWN, **fields):
    return layer("surveys", [
        {"marker_id": f"GPS-{k}", "geometry": shapely.Point(e, n), "E_known": x, "N_known": y,
         "role": "control", **fields}
        for k, ((e, n), (x, y)) in enumerate(zip(measured, known, strict=True), 1)
    ], crs=CRS)  # fmt: skip


def verify(e, n, control_points, **options):
    design = points("markers", IDS, *ring(CRS), crs=CRS)
    survey = points("surveys", IDS, e, n, crs=CRS, accuracy_m=0.01)
    return verify_markers(design, survey, control=control_points, **options)


def test_control_that_stands_under_a_wrong_meridian_accuses_the_table():
    e, n = plane(*geographic(*noisy(CRS), 107.5), 107.75)
    report = verify(e, n, control(KNOWN))
    assert report.diagnosis.cause is MarkerCause.WRONG_CENTRAL_MERIDIAN
    assert report.diagnosis.control == "design"
    assert "bảng mốc được duyệt" in report.diagnosis.as_dict("vi")["evidence"]


def test_control_that_carries_the_wrong_meridian_accuses_the_survey():
    e, n = plane(*geographic(*noisy(CRS), 107.5), 107.75)
    off = np.column_stack(plane(*geographic(*KNOWN.T, 107.5), 107.75))
    report = verify(e, n, control(off))
    assert (report.diagnosis.cause, report.diagnosis.control) == (
        MarkerCause.WRONG_CENTRAL_MERIDIAN, "survey")  # fmt: skip
    assert set(report.findings.verdict) == {"ok"}


def test_control_makes_half_a_metre_certain():
    e, n = ring(CRS)
    shift = np.array([0.59, 0.17])
    alone = verify(e + shift[0], n + shift[1], None).diagnosis
    settled = verify(e + shift[0], n + shift[1], control(KNOWN + shift)).diagnosis
    assert (alone.cause, alone.certainty) == ("datum_rotation_sign", "likely")
    assert (settled.cause, settled.certainty, settled.control) == (
        "datum_rotation_sign", "certain", "survey")  # fmt: skip


def test_control_that_is_off_alone_leaves_no_marker_right():
    report = verify(*noisy(CRS), control(KNOWN + np.array([0.4, 0])))
    assert report.diagnosis.cause is MarkerCause.NONE
    assert report.diagnosis.control == "off"
    assert set(report.findings.verdict) == {"undecided"}
    assert "control_off" in {issue.code for issue in report.issues}


def test_control_rows_in_the_survey_itself_are_used_and_are_no_markers():
    e, n = noisy(CRS)
    rows = [{"marker_id": name, "geometry": shape, "accuracy_m": 0.01, "role": "marker"}
            for name, shape in zip(IDS, shapely.points(e + 5, n - 3), strict=True)]  # fmt: skip
    rows += [{"marker_id": f"GPS-{k}", "geometry": shapely.Point(x + 5, y - 3), "role": "control",
              "E_known": x, "N_known": y} for k, (x, y) in enumerate(KNOWN)]  # fmt: skip
    report = verify_markers(points("markers", IDS, *ring(CRS)), layer("surveys", rows, crs=CRS))
    assert report.diagnosis.control == "survey"
    assert report.findings.verdict.tolist() == ["ok"] * 16


def test_control_without_known_places_only_documents_the_session():
    e, n = noisy(CRS)
    session = layer(
        "surveys", [{"marker_id": "GPS-1", "geometry": shapely.Point(*KNOWN[0])}], crs=CRS
    )
    report = verify(e, n, session)
    assert report.diagnosis.control is None
    assert "control_unknown" in {issue.code for issue in report.issues}


def test_a_control_point_with_one_side_only_is_left_out_and_told():
    known = KNOWN.copy()
    known[1] = np.nan
    report = verify(*noisy(CRS), control(KNOWN, known))
    assert report.diagnosis.numbers["control_count"] == 2
    [issue] = [issue for issue in report.issues if issue.code == "control_incomplete"]
    assert issue.row == 2


@pytest.mark.parametrize("crs", [CRS, "EPSG:9217"])
def test_control_of_another_zone_is_brought_to_the_design(crs):
    shift = np.array([0.8, -0.6])
    points_there = control(KNOWN + shift).to_crs(crs)
    if crs != CRS:
        known = np.column_stack(plane(*geographic(*KNOWN.T, 107.5), 108.25))
        points_there.frame[["E_known", "N_known"]] = known
    e, n = noisy(CRS)
    report = verify(e + shift[0], n + shift[1], points_there)
    assert report.diagnosis.control == "survey"


def test_the_remedy_asks_for_no_control_points_that_were_given():
    e, n = noisy(CRS)
    told = verify(e + 5, n - 3, control(KNOWN)).diagnosis
    assert (told.control, told.as_dict("vi")["remedy"][:16]) == ("ground", "Cắm lại các mốc ")
    told = verify(e + 5, n - 3, control(KNOWN + np.array([5, -3]))).diagnosis
    assert (told.control, told.as_dict("vi")["remedy"][:10]) == ("survey", "Sửa số đo ")


def test_one_control_point_that_says_otherwise_is_told_and_nothing_is_certain():
    e, n = noisy(CRS)
    off = KNOWN + np.array([5, -3])
    off[2] = KNOWN[2]
    report = verify(e + 5, n - 3, control(off))
    assert (report.diagnosis.control, report.diagnosis.certainty) == ("survey", "likely")
    assert "control_disagrees" in {issue.code for issue in report.issues}


@pytest.mark.parametrize(
    "headers", [("E_known", "N_known"), ("e_known", "n_known"), ("E known", "N known"),
                ("E_KNOWN", "N_KNOWN"), ("E known (m)", "N known (m)")],
)  # fmt: skip
@pytest.mark.parametrize("mark", [".", ","])
def test_known_places_are_read_however_written(headers, mark):
    # Marks that people write: 552500,125 is 0.125 m more than 552500.
    shift = np.array([5.0, -3.0])
    cells = [[f"{value + 0.125:.3f}".replace(".", mark) for value in place] for place in KNOWN]
    points_given = layer("surveys", [
        {"marker_id": f"GPS-{k}", "geometry": shapely.Point(place + 0.125 + shift),
         **dict(zip(headers, words, strict=True))}
        for k, (place, words) in enumerate(zip(KNOWN, cells, strict=True), 1)
    ], crs=CRS)  # fmt: skip
    e, n = noisy(CRS)
    report = verify(e + shift[0], n + shift[1], points_given)
    assert report.diagnosis.control == "survey"
    assert report.diagnosis.numbers["control_shift_m"] == pytest.approx(np.hypot(5, 3), abs=1e-6)
