"""Marker verdicts and the diagnosis of the set; wrong systems are made by formulas of the tests' own."""

import numpy as np
import pytest
import shapely

from gisclusters.domain.verdicts import Certainty, MarkerCause
from gisclusters.geometry.crs import transform_xy
from gisclusters.markers import verify_markers
from gisclusters.markers.boundary import check_boundary
from gisclusters.rules.tolerances import load_tolerance_rules
from tests.markers.formulas import geographic, plane
from tests.scenes import layer

DISTRICTS = {
    "EPSG:9216": (552_800.0, 1_587_000.0, 107.5),
    "EPSG:9210": (570_000.0, 1_221_000.0, 105.75),
}
NEIGHBOUR = {"EPSG:9216": ("EPSG:5899", 107.75), "EPSG:9210": ("EPSG:9209", 105.5)}
IDS = [f"RG-{k:02d}" for k in range(1, 17)]


def ring(crs):
    """Sixteen markers round 800 m × 700 m."""
    east, north, _ = DISTRICTS[crs]
    t = np.linspace(0, 1, 5)[:-1]
    e = east + np.concatenate([800 * t, [800] * 4, 800 - 800 * t, [0] * 4])
    n = north + np.concatenate([[0] * 4, 700 * t, [700] * 4, 700 - 700 * t])
    return e, n


def points(kind, ids, e, n, crs="EPSG:9216", **fields):
    return layer(kind, [
        {"marker_id": name, "geometry": shape, **{key: value for key, value in fields.items()}}
        for name, shape in zip(ids, shapely.points(e, n), strict=True)
    ], crs=crs)  # fmt: skip


def verify(crs, e, n, ids=IDS, accuracy_m=0.01, **options):
    design = points("markers", IDS, *ring(crs), crs=crs)
    return verify_markers(design, points("surveys", ids, e, n, crs=crs, accuracy_m=accuracy_m),
                          **options)  # fmt: skip


def noisy(crs, seed=7):
    rng = np.random.default_rng(seed)
    e, n = ring(crs)
    return e + rng.normal(0, 0.007, 16), n + rng.normal(0, 0.007, 16)


@pytest.mark.parametrize("crs", DISTRICTS)
def test_one_moved_one_missing_one_extra(crs):
    e, n = noisy(crs)
    e[2] += 3.0
    ids = [*IDS[:15], "RG-99"]
    n[15] += 400
    report = verify(crs, e, n, ids)
    rows = report.findings.set_index("marker_id")
    assert report.diagnosis.cause is MarkerCause.NONE
    assert rows.verdict["RG-03"] == "moved"
    assert rows.de_m["RG-03"] == pytest.approx(3.0, abs=0.05)
    assert rows.verdict["RG-16"] == "missing"
    assert rows.verdict["RG-99"] == "extra"
    assert (rows.verdict == "ok").sum() == 14


@pytest.mark.parametrize("crs", DISTRICTS)
@pytest.mark.parametrize("displaced", [0, 1, 3])
def test_the_wrong_meridian_is_named_and_the_moved_markers_are_still_found(crs, displaced):
    e, n = noisy(crs)
    moved = [1, 6, 11][:displaced]
    for k in moved:
        e[k] += 0.4
    code, meridian = NEIGHBOUR[crs]
    e, n = plane(*geographic(e, n, DISTRICTS[crs][2]), meridian)
    report = verify(crs, e, n)
    found = report.diagnosis
    assert (found.cause, found.certainty) == (
        MarkerCause.WRONG_CENTRAL_MERIDIAN, Certainty.CERTAIN)  # fmt: skip
    assert (found.read_as, found.should_be) == (crs, code)
    assert abs(found.shift_e_m) == pytest.approx(27_150, abs=300)
    assert report.findings.index[report.findings.verdict == "moved"].tolist() == moved
    assert (report.findings.verdict == "ok").sum() == 16 - displaced


@pytest.mark.parametrize("crs", DISTRICTS)
def test_the_six_degree_zone_is_named(crs):
    e, n = plane(*geographic(*noisy(crs), DISTRICTS[crs][2]), 105.0, k=0.9996)
    found = verify(crs, e, n).diagnosis
    assert (found.cause, found.should_be) == (MarkerCause.WRONG_ZONE_WIDTH, "EPSG:3405")
    assert "--survey-crs EPSG:3405" in found.as_dict("vi")["remedy"]


def test_a_system_without_a_code_is_no_option():
    """The zone of 107°30′ with the factor of six degrees: what no EPSG code names."""
    e, n = plane(*geographic(*noisy("EPSG:9216"), 107.5), 107.5, k=0.9996)
    found = verify("EPSG:9216", e, n).diagnosis
    assert found.cause == MarkerCause.WRONG_ZONE_WIDTH
    assert not found.should_be.startswith("EPSG:")
    for lang in ("vi", "en"):
        remedy = found.as_dict(lang)["remedy"]
        assert "--survey-crs" not in remedy
        assert "EPSG:9216" in remedy


@pytest.mark.parametrize("crs", DISTRICTS)
def test_no_datum_shift_is_named_by_its_signature(crs):
    e, n = noisy(crs)
    shift = {"EPSG:9216": (195.2, -112.9), "EPSG:9210": (195.7, -112.0)}[crs]
    report = verify(crs, e + shift[0], n + shift[1], tolerance_m=0.3)
    assert report.diagnosis.cause is MarkerCause.NO_DATUM_SHIFT


def test_a_shift_nobody_can_explain_is_never_ok():
    e, n = noisy("EPSG:9216")
    report = verify("EPSG:9216", e + 0.5, n)
    assert report.diagnosis.cause is MarkerCause.CONSTANT_SHIFT
    assert set(report.findings.verdict) == {"undecided"}


def test_three_markers_cannot_name_a_cause():
    e, n = noisy("EPSG:9216")
    report = verify("EPSG:9216", e[:3] + 0.5, n[:3], IDS[:3])
    assert (report.diagnosis.cause, report.diagnosis.certainty) == (
        MarkerCause.UNKNOWN, Certainty.CANNOT_TELL)  # fmt: skip


# T = 0.07 m at 1:500; a = 0.03 is worse than T/3, so two accuracies stand between ok and moved.
@pytest.mark.parametrize(
    ("accuracy_m", "off_m", "verdict"),
    [(0.02, 0.069, "ok"), (0.02, 0.070, "ok"), (0.02, 0.071, "moved"),
     (0.03, 0.009, "ok"), (0.03, 0.011, "undecided"), (0.03, 0.129, "undecided"),
     (0.03, 0.131, "moved"), (None, 0.069, "ok"), (None, 0.071, "moved")],
)  # fmt: skip
def test_the_tolerance_and_its_guard_band(accuracy_m, off_m, verdict):
    e, n = ring("EPSG:9216")
    e = e.copy()
    e[4] += off_m
    report = verify("EPSG:9216", e, n, accuracy_m=accuracy_m)
    assert report.findings.verdict[4] == verdict
    assert report.tolerance["confidence"] == "unverified"


def test_repeats_that_agree_are_averaged_and_others_are_duplicates():
    e, n = ring("EPSG:9216")
    ids = [*IDS, "RG-01", "RG-02"]
    report = verify("EPSG:9216", np.append(e, [e[0] + 0.02, e[1] + 2.0]),
                    np.append(n, [n[0], n[1]]), ids)  # fmt: skip
    rows = report.findings.set_index("marker_id")
    assert rows.verdict["RG-01"] == "ok"
    assert rows.de_m["RG-01"] == pytest.approx(0.01, abs=1e-6)
    assert rows.verdict["RG-02"] == "duplicate"


def test_other_spellings_of_an_id_are_the_same_marker():
    e, n = ring("EPSG:9216")
    report = verify(
        "EPSG:9216", e, n, [name.replace("-0", "").replace("-", " ").lower() for name in IDS]
    )
    assert set(report.findings.matched_by) == {"id"}


def test_a_survey_in_degrees_warns_of_the_datum():
    east, north = ring("EPSG:9216")
    design = points("markers", IDS, east, north)
    survey = points("surveys", IDS, east, north).to_crs("EPSG:4326")
    report = verify_markers(design, survey)
    assert "datum_accuracy" in {issue.code for issue in report.issues}
    assert report.findings.distance_m.max() < 1e-3


@pytest.mark.parametrize(("crs", "warned"), [
    ("EPSG:32649", True), ("EPSG:3857", True),  # WGS 84, through the operation
    ("EPSG:4756", False), ("EPSG:5899", False),  # VN-2000, in degrees and in another zone
])  # fmt: skip
def test_another_datum_is_warned_of_and_vn2000_in_degrees_is_not(crs, warned):
    design = points("markers", IDS, *ring("EPSG:9216"))
    survey = points("surveys", IDS, *ring("EPSG:9216")).to_crs(crs)
    issues = {issue.code: issue for issue in verify_markers(design, survey).issues}
    assert ("datum_accuracy" in issues) == warned
    if warned:
        assert issues["datum_accuracy"].value == crs


def test_a_mark_between_numbers_keeps_ids_apart():
    ids = ["1-1", "11", "1.2", "12", "2-1", "21", "3", "4", "5", "6"]
    east, north = (axis[:10] for axis in ring("EPSG:9216"))
    report = verify_markers(
        points("markers", ids, east, north), points("surveys", ids, east, north, accuracy_m=0.01)
    )
    assert report.findings["verdict"].tolist() == ["ok"] * 10


@pytest.mark.parametrize(("third", "verdict"), [(0.06, "ok"), (0.08, "duplicate")])
def test_three_repeats_agree_where_any_two_do(third, verdict):
    east, north = ring("EPSG:9216")
    e = np.concatenate([east, [east[0], east[0] + third]])
    n = np.concatenate([north, [north[0], north[0]]])
    found = verify("EPSG:9216", e, n, ids=[*IDS, IDS[0], IDS[0]], tolerance_m=0.07).findings
    assert found["verdict"].iloc[0] == verdict


def test_states_that_differ_are_all_kept():
    east, north = ring("EPSG:9216")
    design = points("markers", IDS, east, north)
    rows = [{"marker_id": IDS[0], "geometry": shapely.Point(east[0], north[0]), "state": state}
            for state in ("lost", "found")]  # fmt: skip
    found = verify_markers(design, layer("surveys", rows, crs="EPSG:9216")).findings
    assert found["state"].iloc[0] == "lost, found"


def test_a_marker_looked_for_and_not_measured_keeps_its_state():
    east, north = ring("EPSG:9216")
    design = points("markers", IDS, east, north)
    rows = [{"marker_id": name, "geometry": shape, "accuracy_m": 0.01}
            for name, shape in zip(IDS[:-1], shapely.points(east, north)[:-1], strict=True)]  # fmt: skip
    rows.append({"marker_id": "rg 16", "geometry": shapely.Point(), "state": "buried"})
    found = verify_markers(design, layer("surveys", rows, crs="EPSG:9216")).findings
    assert found[["verdict", "state"]].iloc[-1].tolist() == ["missing", "buried"]


@pytest.mark.parametrize("crs", DISTRICTS)
def test_the_scale_factor_of_the_other_zone_width_is_named(crs):
    east, north = noisy(crs)
    ratio = 0.9996 / 0.9999
    report = verify(crs, 500_000 + (east - 500_000) * ratio, north * ratio)
    assert report.diagnosis.cause == "wrong_zone_width"
    assert set(report.findings["verdict"]) == {"ok"}


@pytest.mark.parametrize("crs", DISTRICTS)
def test_a_datum_shift_made_where_none_belongs_is_named(crs):
    east, north = noisy(crs)
    lon, lat = transform_xy(east, north, crs, "EPSG:4756")
    report = verify(crs, *transform_xy(lon, lat, "EPSG:4326", crs))
    assert report.diagnosis.cause == "datum_shift_unwanted"
    assert set(report.findings["verdict"]) == {"ok"}


def test_a_common_shift_within_the_tolerance_is_no_cause():
    east, north = noisy("EPSG:9216")
    report = verify("EPSG:9216", east + 0.04, north, tolerance_m=0.07)
    assert report.diagnosis.cause == "none"
    assert set(report.findings["verdict"]) == {"ok"}


@pytest.mark.parametrize("count", [2, 3])
def test_a_few_markers_that_moved_alike_are_undecided(count):
    east, north = (axis[:count] for axis in ring("EPSG:9216"))
    report = verify("EPSG:9216", east + 0.5, north, ids=IDS[:count])
    assert (report.diagnosis.cause, report.diagnosis.certainty) == ("unknown", "cannot_tell")
    assert report.findings["verdict"].tolist()[:count] == ["undecided"] * count


def test_a_survey_on_one_spot_is_no_scale():
    east, north = ring("EPSG:9216")
    report = verify("EPSG:9216", np.full(16, east[0]), np.full(16, north[0]))
    assert report.diagnosis.cause == "unknown"


@pytest.mark.parametrize(
    ("off", "control", "verdict"),
    [((5, -3), "survey", "ok"), ((0, 0), "ground", "moved"), ((1, 1), "neither", "undecided")],
)
def test_control_points_settle_a_common_shift(off, control, verdict):
    east, north = noisy("EPSG:9216")
    known = np.array([[552_500.0, 1_586_500.0], [554_000.0, 1_588_500.0]])
    rows = [
        {"marker_id": f"GPS-{k}", "geometry": shapely.Point(x + off[0], y + off[1]),
         "E_known": x, "N_known": y, "role": "control"}
        for k, (x, y) in enumerate(known, 1)
    ]  # fmt: skip
    report = verify("EPSG:9216", east + 5, north - 3,
                    control=layer("surveys", rows, crs="EPSG:9216"))  # fmt: skip
    assert report.diagnosis.cause == "constant_shift"
    assert report.diagnosis.control == control
    assert set(report.findings["verdict"]) == {verdict}
    assert "khống chế" in report.diagnosis.as_dict("vi")["evidence"]


def test_a_marker_noted_as_lost_is_missing_wherever_it_was_sought():
    east, north = noisy("EPSG:9216")
    rows = [{"marker_id": name, "geometry": shape, "accuracy_m": 0.01,
             "state": "lost" if name == "RG-04" else None}
            for name, shape in zip(IDS, shapely.points(east, north), strict=True)]  # fmt: skip
    rows[3]["geometry"] = shapely.Point(east[3] + 2, north[3])
    found = verify_markers(points("markers", IDS, *ring("EPSG:9216")),
                           layer("surveys", rows, crs="EPSG:9216")).findings  # fmt: skip
    assert found["verdict"].tolist() == ["ok"] * 3 + ["missing"] + ["ok"] * 12
    assert found[["state", "de_m", "distance_m"]].iloc[3].isna().tolist() == [False, True, True]


def epochs(offsets, **fields):
    """RG-01 observed at these distances east of its place, the others once."""
    east, north = ring("EPSG:9216")
    rows = [{"marker_id": IDS[0], "geometry": shapely.Point(east[0] + off, north[0]),
             "accuracy_m": 0.01, **{key: values[k] for key, values in fields.items()}}
            for k, off in enumerate(offsets)]  # fmt: skip
    rows += [{"marker_id": name, "geometry": shape, "accuracy_m": 0.01}
             for name, shape in zip(IDS[1:], shapely.points(east, north)[1:], strict=True)]  # fmt: skip
    report = verify_markers(points("markers", IDS, east, north), layer("surveys", rows))
    return report.findings.iloc[0], report.issues


def test_an_outlier_among_epochs_is_named_and_left_out():
    row, issues = epochs([0.00, 0.01, 0.02, 0.01, 1.50])
    assert (row.verdict, row.note) == ("ok", "averaged=4")
    assert row.de_m == pytest.approx(0.01, abs=1e-6)
    [told] = [issue for issue in issues if issue.code == "epoch_outlier"]
    assert (told.row, told.id) == (5, "RG-01")


def test_of_two_that_agree_and_one_that_does_not_nobody_knows():
    row, _ = epochs([0.0, 0.0, 0.5])
    assert row.verdict == "duplicate"


def test_a_float_solution_gives_way_to_fixed_ones():
    row, _ = epochs([0.01, 0.01, 0.9], fix=["fixed", "fixed", "float"])
    assert row.verdict == "ok"
    assert row.de_m == pytest.approx(0.01, abs=1e-6)


@pytest.mark.parametrize(
    ("minutes", "accuracy_m"), [((0, 1, 2, 3), 0.01), ((0, 30, 60, 90), 0.005)]
)
def test_only_visits_apart_better_the_mean(minutes, accuracy_m):
    times = [f"2026-11-20T08:{m:02d}:00" if m < 60 else f"2026-11-20T09:{m - 60:02d}:00"
             for m in minutes]  # fmt: skip
    row, _ = epochs([0.0, 0.01, 0.0, 0.01], observed_at=times)
    assert row.accuracy_m == pytest.approx(accuracy_m, abs=1e-9)


@pytest.mark.parametrize("tolerance_m", [0, -1, float("nan"), float("inf")])
def test_a_tolerance_that_is_no_length_is_refused(tolerance_m):
    with pytest.raises(ValueError, match="tolerance"):
        verify("EPSG:9216", *noisy("EPSG:9216"), tolerance_m=tolerance_m)


def two_clusters(known, seen):
    """Markers 1 to 8 of A and of B 3.1 km north of it; which of them ``seen`` measures."""
    e, n = (axis[:8] for axis in ring("EPSG:9216"))
    names, east, north = IDS[:8] * 2, np.tile(e, 2), np.append(n, n + 3_100.0)
    cluster = ["A"] * 8 + ["B"] * 8
    rows = [
        {"marker_id": name, "cluster_id": of, "geometry": shape, "accuracy_m": 0.01}
        for name, of, shape in zip(names, cluster, shapely.points(east, north), strict=True)
    ]
    survey = [{key: row[key] for key in row if known or key != "cluster_id"}
              for row in rows if row["cluster_id"] in seen]  # fmt: skip
    found = verify_markers(layer("markers", rows), layer("surveys", survey)).findings
    assert found.cluster_id.tolist() == cluster
    assert found.design_n_m.tolist() == north.tolist()
    return found.verdict


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("seen", "verdicts"), [("AB", ["ok"] * 16), ("B", ["missing"] * 8 + ["ok"] * 8)]
)
def test_markers_of_one_name_in_two_clusters_are_told_apart_by_place(known, seen, verdicts):
    assert two_clusters(known, seen).tolist() == verdicts


def test_a_round_number_of_kilometres_is_no_metre_more():
    e, n = noisy("EPSG:9216")
    n[3] += 2.0
    report = verify("EPSG:9216", e, n + 7_000, tolerance_m=0.07)
    assert (report.diagnosis.cause, report.diagnosis.certainty) == ("numbers_misread", "likely")
    assert report.diagnosis.numbers["misread"] == "N +7000 m"
    assert report.findings.verdict.tolist() == ["ok"] * 3 + ["moved"] + ["ok"] * 12


@pytest.mark.parametrize("factor", [np.exp(1j * np.radians(500 / 3600)), 1.002])
def test_a_turned_or_scaled_ground_is_not_the_fault_of_a_survey_whose_control_stands(factor):
    e, n = ring("EPSG:9216")
    z = e + 1j * n
    z = z.mean() + (z - z.mean()) * factor
    known = [(552_500.0, 1_586_500.0), (554_000.0, 1_588_500.0), (553_200.0, 1_588_000.0)]
    control = layer("surveys", [{"marker_id": f"G{k}", "geometry": shapely.Point(p),
                                 "E_known": p[0], "N_known": p[1]} for k, p in enumerate(known)])  # fmt: skip
    report = verify("EPSG:9216", z.real, z.imag, control=control)
    assert report.diagnosis.control == "ground"
    assert "moved" in set(report.findings.verdict)
    assert "ok" not in set(report.findings.verdict)


def test_a_common_part_too_small_for_control_to_tell_stays_undecided():
    e, n = ring("EPSG:9216")
    known = (552_500.0, 1_586_500.0)
    control = layer("surveys", [{"marker_id": "G", "geometry": shapely.Point(known[0] + 0.036, known[1]),
                                 "E_known": known[0], "N_known": known[1]}])  # fmt: skip
    report = verify("EPSG:9216", e + 0.105, n, control=control)
    assert report.diagnosis.control == "neither"
    assert set(report.findings.verdict) == {"undecided"}


def test_a_numbering_that_begins_elsewhere_on_an_even_line_is_no_shift():
    names = [f"M{k}" for k in range(1, 21)]
    east = 552_000 + 50.0 * np.arange(20)
    north = np.full(20, 1_587_000.0)
    told = np.roll(names, 9)
    report = verify_markers(points("markers", names, east, north),
                            points("surveys", told, east, north, accuracy_m=0.01))  # fmt: skip
    assert report.diagnosis.cause == "ids_shifted"
    assert set(report.findings.verdict) == {"ok"}


def test_rows_of_another_cluster_are_left_to_it():
    e, n = ring("EPSG:9216")
    rows = [{"marker_id": name, "cluster_id": "A", "geometry": shape, "accuracy_m": 0.01}
            for name, shape in zip(IDS, shapely.points(e, n), strict=True)]  # fmt: skip
    other = [row | {"cluster_id": "B", "geometry": shapely.Point(e[0], n[0] + 900)} for row in rows]
    report = verify_markers(layer("markers", rows), layer("surveys", rows + other))
    assert report.findings.verdict.tolist() == ["ok"] * 16
    told = {issue.code: issue for issue in report.issues}["other_clusters"]
    assert (told.level, told.params["count"], told.params["clusters"]) == ("warning", 16, "B")


@pytest.mark.parametrize(("written", "judged"), [
    ("CCN 01", True), ("ccn-01", True), ("CCN-1", True), ("CCN-02", False),
])  # fmt: skip
def test_a_cluster_spelled_otherwise_is_the_same_where_only_one_reads_so(written, judged):
    e, n = ring("EPSG:9216")
    shapes = shapely.points(e, n)
    design, survey = (
        layer(kind, [{"marker_id": name, "cluster_id": cluster, "geometry": shape,
                      "accuracy_m": 0.01} for name, shape in zip(IDS, shapes, strict=True)])
        for kind, cluster in (("markers", "CCN-01"), ("surveys", written))
    )  # fmt: skip
    report = verify_markers(design, survey)
    assert report.findings.verdict.tolist() == ["ok" if judged else "missing"] * 16
    assert ("other_clusters" in {issue.code for issue in report.issues}) != judged
    told = {issue.code for issue in check_boundary(design, report).issues}
    assert "survey_unexplained" not in told


def test_two_clusters_that_read_alike_are_kept_apart():
    e, n = ring("EPSG:9216")
    rows = [{"marker_id": name, "cluster_id": cluster, "geometry": shape, "accuracy_m": 0.01}
            for cluster in ("C1", "C-1") for name, shape in zip(IDS, shapely.points(e, n),
                                                                strict=True)]  # fmt: skip
    survey = [row | {"cluster_id": "c1"} for row in rows[:16]]
    report = verify_markers(layer("markers", rows), layer("surveys", survey))
    assert report.findings.verdict.tolist() == ["missing"] * 32


def test_a_point_nobody_planned_keeps_its_own_place():
    e, n = ring("EPSG:9216")
    report = verify("EPSG:9216", np.append(e, e[0] + 300), np.append(n, n[0] + 200), [*IDS, "X"])
    extra = report.findings.iloc[-1]
    assert (extra.verdict, extra.measured_e_m, extra.measured_n_m) == (
        "extra",
        e[0] + 300,
        n[0] + 200,
    )


def test_a_kind_of_marker_has_the_tolerance_of_its_own_table(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "name: own\nversion: 1\ntolerances:\n  - {id: a, article: A, confidence: sure,\n"
        "     metres_by_scale: {500: 0.07}, by_kind: {MTC: {500: 0.02}, CGĐ: {500: 0.3}}}\n",
        encoding="utf-8",
    )
    kinds = ["RG", "CGĐ", "MTC", None] * 4
    e, n = ring("EPSG:9216")
    design = layer("markers", [
        {"marker_id": name, "marker_kind": kind, "geometry": shapely.Point(x, y)}
        for name, kind, x, y in zip(IDS, kinds, e, n, strict=True)
    ], crs="EPSG:9216")  # fmt: skip
    # Ten centimetres at one of each kind, and three at another reference marker.
    moved = e.copy()
    moved[[0, 1, 2, 3]] += 0.10
    moved[6] += 0.03
    survey = points("surveys", IDS, moved, n, accuracy_m=0.001)
    rules = load_tolerance_rules(path)
    found = verify_markers(design, survey, rules=rules).findings
    assert found.verdict.tolist()[:8] == [
        "moved",
        "ok",
        "moved",
        "moved",
        "ok",
        "ok",
        "moved",
        "ok",
    ]
    assert found.tolerance_m.tolist()[:4] == [0.07, 0.3, 0.02, 0.07]
    assert set(verify_markers(design, survey, rules=rules, tolerance_m=0.05).findings.tolerance_m) == {
        0.05}  # fmt: skip


def test_the_corrected_place_is_the_measured_one_without_the_common_part():
    e, n = noisy("EPSG:9216")
    still = verify("EPSG:9216", e, n, ids=[*IDS[:15], "RG-99"]).findings
    assert (still.corrected_e_m.to_numpy() == pytest.approx(still.measured_e_m.to_numpy(), abs=0,
                                                            nan_ok=True))  # fmt: skip
    # Written with the meridian 107°45′ and read as 107°30′; a point nobody planned comes along.
    east, north = plane(
        *geographic(np.append(e, e[0] + 20), np.append(n, n[0] + 50), 107.5), 107.75
    )
    wrong = verify("EPSG:9216", east, north, ids=[*IDS, "cọc lạ"])
    assert wrong.diagnosis.cause is MarkerCause.WRONG_CENTRAL_MERIDIAN
    rows = wrong.findings.set_index("marker_id")
    assert rows.corrected_e_m[IDS].to_numpy() == pytest.approx(e, abs=1e-4)
    assert rows.corrected_n_m[IDS].to_numpy() == pytest.approx(n, abs=1e-4)
    assert (rows.corrected_e_m["cọc lạ"], rows.corrected_n_m["cọc lạ"]) == pytest.approx(
        (e[0] + 20, n[0] + 50), abs=1e-4)  # fmt: skip
    assert (rows.measured_e_m["cọc lạ"], rows.measured_n_m["cọc lạ"]) == pytest.approx(
        (east[16], north[16]), abs=1e-6)  # fmt: skip
