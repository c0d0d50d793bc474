"""Rings, edges, misclosure and area through surveyed markers, by numbers made by hand."""

import math

import numpy as np
import pandas as pd
import pytest
import shapely

from gisclusters.domain.verdicts import MarkerCause
from gisclusters.geometry.crs import transform_xy
from gisclusters.markers.boundary import Known, check_boundary
from gisclusters.markers.edges import Lengths
from gisclusters.markers.standing import standing_markers
from gisclusters.words import issue_text
from tests.markers.rings_drawn import ORIGIN, RECTANGLE, at, markers, shape, verified
from tests.scenes import layer

ZONES = list(ORIGIN)


def codes(report):
    return {issue.code: issue for issue in report.issues}


@pytest.mark.parametrize("crs", ZONES)
def test_a_moved_corner_in_edges_bearings_and_area(crs):
    """40 m × 30 m, counter-clockwise; the corner RG-2 is 20 cm to the east."""
    design = markers(RECTANGLE, crs)
    report = check_boundary(design, verified(design, {"RG-2": (0.20, 0.0)}), scale=200)
    rows = report.edges.set_index(report.edges["from_id"] + report.edges["to_id"])
    assert list(rows.index) == ["RG-1RG-2", "RG-2RG-3", "RG-3RG-4", "RG-4RG-1"]
    assert rows.planned_m.tolist() == pytest.approx([40, 30, 40, 30], abs=1e-6)
    assert rows.difference_m.tolist() == pytest.approx(
        [0.20, math.sqrt(900.04) - 30, 0, 0], abs=1e-6)  # fmt: skip
    # 1:200 at 40 m: 1.5 + 6·0.6 + 7·0.25 + 15·0.2 + 10·0.15 cm
    assert rows.limit_m.tolist() == pytest.approx([0.1135, 0.0985, 0.1135, 0.0985], abs=1e-6)
    assert rows.margin_m["RG-1RG-2"] == pytest.approx(-0.0865, abs=1e-6)
    assert rows.verdict.tolist() == ["over", "ok", "ok", "ok"]
    assert rows.length_sd_m.tolist() == pytest.approx([0.02] * 4)  # √((2² + 2²)/2) cm
    assert rows.planned_bearing_deg.tolist() == pytest.approx([90, 0, 270, 180], abs=1e-6)
    turned = math.degrees(math.atan2(-0.20, 30)) * 3600
    assert rows.bearing_difference_arcsec["RG-2RG-3"] == pytest.approx(turned, abs=0.01)
    assert rows.measured_bearing_deg["RG-2RG-3"] == pytest.approx(360 + turned / 3600, abs=1e-6)
    assert rows.bearing_sd_arcsec["RG-1RG-2"] == pytest.approx(0.02 / 40.2 * 206_264.806, rel=1e-6)
    assert set(rows.confidence) == {"unverified"}
    assert codes(report)["edge_limit_unverified"].params["count"] == 4
    area = report.areas.iloc[0]
    assert (area.against, area.verdict) == ("design", "real")
    assert area.area_m2 == pytest.approx(1203, abs=1e-4)
    assert area.difference_m2 == pytest.approx(3, abs=1e-4)
    # ½ · 0.02/√2 · √(2·(40.2² + 30²) + 2·(40² + 30²))
    assert area.area_sd_m2 == pytest.approx(0.70824, abs=1e-4)
    ring = report.rings.iloc[0]
    assert (ring.state, ring.direction, ring.ordered_by) == ("ok", "counterclockwise", "ids")


def test_three_standard_deviations_are_real_and_two_are_accuracy():
    """Triangles of 1, 1.75 and 2.5 m² beside a rectangle whose area has an sd of 0.7077 m²."""
    design = markers(RECTANGLE)
    for east_m, verdict in ((1 / 15, "within_accuracy"), (1.75 / 15, "undecided"),
                            (2.5 / 15, "real")):  # fmt: skip
        report = check_boundary(design, verified(design, {"RG-2": (east_m, 0.0)}))
        assert report.areas.verdict.tolist() == [verdict]


def test_the_article_of_the_limit_is_said_in_the_language_asked_for():
    issue = codes(check_boundary(markers(RECTANGLE), verified(markers(RECTANGLE)), scale=200))[
        "edge_limit_unverified"]  # fmt: skip
    assert "Sai số tương hỗ" in issue_text(issue, "vi")[0]
    english = issue_text(issue, "en")[0]
    assert "Mutual error of boundary points" in english
    assert "Sai" not in english


def test_scales_and_lengths_without_a_table_have_no_limit_and_that_is_said():
    design = markers(RECTANGLE | {"RG-5": (0, 12)})
    for scale, judged in ((500, 1), (1000, 0), (2000, 0)):
        report = check_boundary(design, verified(design), scale=scale)
        assert (report.edges.verdict == "ok").sum() == judged  # the side of 12 m
        assert (report.edges.verdict == "no_limit").sum() == 5 - judged
        assert report.edges.difference_m.notna().all()
        assert codes(report)["edge_no_limit"].params["count"] == 5 - judged
        assert "edge_limit" in report.not_checked
        assert ("edge_limit_unverified" in codes(report)) == (judged > 0)


@pytest.mark.parametrize(("accuracy_m", "east_m", "verdict"), [
    # Limit 0.1135 m; s ≤ T/3 = 0.0378: T alone judges.
    (0.03, 0.113, "ok"), (0.03, 0.1137, "over"),
    # s = 0.05: ok up to 0.0135, over beyond 0.2135.
    (0.05, 0.013, "ok"), (0.05, 0.014, "undecided"), (0.05, 0.213, "undecided"),
    (0.05, 0.214, "over"),
    (np.nan, 0.113, "ok"), (np.nan, 0.114, "over"),
])  # fmt: skip
def test_the_accuracy_of_the_survey_enters_the_verdict_of_an_edge(accuracy_m, east_m, verdict):
    design = markers(RECTANGLE)
    checked = verified(design, {"RG-2": (east_m, 0.0)}, accuracy_m=accuracy_m)
    report = check_boundary(design, checked, scale=200)
    assert report.edges.verdict[0] == verdict
    if np.isnan(accuracy_m):
        row = report.areas.iloc[0]
        assert (row.verdict, row.area_reason) == ("undecided", "accuracy_unknown")


@pytest.mark.parametrize("why", ["missing", "duplicate"])
def test_a_marker_without_a_place_is_taken_from_the_design_and_named(why):
    design = markers(RECTANGLE, accuracy_m=0.30)
    checked = verified(design, {"RG-2": (0.2, 0.0)}, **{why: ("RG-4",)})
    report = check_boundary(design, checked, scale=200)
    assert report.edges.verdict.tolist() == ["over", "ok", "not_measured", "not_measured"]
    area = report.areas.iloc[0]
    assert (area.markers, area.measured_markers, area.from_design) == (4, 3, "RG-4")
    assert area.area_m2 == pytest.approx(1203, abs=1e-4)
    # The chord beside RG-4, √(40² + 30²), counts with the accuracy of the design.
    rest = 0.02**2 * (2 * (40.2**2 + 900) + 2500) + 0.30**2 * 2500
    assert area.area_sd_m2 == pytest.approx(math.sqrt(rest / 8), abs=1e-4)
    assert codes(report)["ring_from_design"].params["markers"] == "RG-4"


def test_nothing_measured_is_not_checked():
    design = markers(RECTANGLE)
    report = check_boundary(design, verified(design, missing=tuple(RECTANGLE)))
    assert report.areas[["verdict", "area_reason"]].values.tolist() == [
        ["not_checked", "none_measured"]]  # fmt: skip
    assert report.areas.area_m2.isna().all()


def test_the_registered_area_and_the_outline_are_held_against_too():
    """1203 m² ± 0.708 m²; a figure counts to half of its last digit, 50 m² at most."""
    design = markers(RECTANGLE, cluster_id=["C1"] * 4)
    checked = verified(design, {"RG-2": (0.20, 0.0)})
    for registered, rounding_m2, verdict in (
        (1200, 50, "within_accuracy"), (1204, 0.5, "within_accuracy"), (1210, 5, "undecided"),
        (1220, 5, "real"), (1000, 50, "real"), (1203.5, 0, "within_accuracy"),
    ):  # fmt: skip
        outlines = layer("clusters", [{
            "cluster_id": "C1", "registered_area_m2": registered, "accuracy_m": 0.05,
            "geometry": shape("EPSG:9216", (0, 0), (40, 0), (40, 30), (0, 30)),
        }])  # fmt: skip
        report = check_boundary(design, checked, known=Known(outlines=outlines))
        found = report.areas.set_index("against")
        assert found.verdict.to_dict() == {
            "design": "real", "registered": verdict, "boundary": "real"
        }  # fmt: skip
        assert found.rounding_m2["registered"] == rounding_m2
        assert found.expected_m2["boundary"] == pytest.approx(1200)
        assert "outline" not in report.not_checked


def test_order_goes_before_ids_and_ids_go_as_people_count():
    """Ten markers round a decagon: M10 comes after M9, unless the column says otherwise."""
    turn = np.arange(10) * 0.2 * np.pi
    corners = {f"M{k + 1}": (50 * math.cos(t), 50 * math.sin(t)) for k, t in enumerate(turn)}
    shuffled = {name: corners[name] for name in sorted(corners)}  # M1 M10 M2 …
    design = markers(shuffled)
    report = check_boundary(design, verified(design))
    assert report.edges.to_id.tolist() == [f"M{k}" for k in (*range(2, 11), 1)]
    assert codes(report)["ring_by_ids"].params["count"] == 1
    order = [11 - int(name[1:]) for name in shuffled]
    design = markers(shuffled, order=order)
    report = check_boundary(design, verified(design))
    assert report.edges.from_id.tolist() == [f"M{k}" for k in range(10, 0, -1)]
    assert report.rings.direction.tolist() == ["clockwise"]
    assert "ring_by_ids" not in codes(report)
    order[3] = order[4]  # twice the same: the column cannot be meant
    design = markers(shuffled, order=order)
    assert check_boundary(design, verified(design)).rings.ordered_by.tolist() == ["ids"]


def test_two_clusters_and_a_hole():
    """C1: 100 × 100 with a hole of 20 × 10; C2: a triangle of 50 m², RG-1 in both."""
    places = [(0, 0), (100, 0), (100, 100), (0, 100), (40, 40), (60, 40), (60, 50), (40, 50),
              (200, 0), (210, 0), (200, 10)]  # fmt: skip
    ids = [f"RG-{k}" for k in (*range(1, 9), 1, 2, 3)]
    rows = [
        {"marker_id": name, "cluster_id": "C1" if k < 8 else "C2", "ring": 1 if k < 4 else 2,
         "order": k, "accuracy_m": 0.01, "geometry": shapely.Point(at("EPSG:9216", *place))}
        for k, (name, place) in enumerate(zip(ids, places, strict=True))
    ]  # fmt: skip
    design = layer("markers", rows)
    report = check_boundary(design, verified(design))
    assert report.areas[["cluster_id", "area_m2"]].values.tolist() == [
        ["C1", pytest.approx(9800, abs=1e-4)], ["C2", pytest.approx(50, abs=1e-4)]
    ]  # fmt: skip
    assert report.areas.verdict.tolist() == ["within_accuracy"] * 2
    assert report.rings.area_m2.tolist() == pytest.approx([10_000, 200, 50], abs=1e-4)
    # The sds of outer ring and hole: ½ · 0.02/√2 · √(4 · (100² + 100²)) and √(4 · (20² + 10²)).
    outer, hole = (0.01 / math.sqrt(2) * math.sqrt(4 * d) for d in (20_000, 500))
    assert report.areas.area_sd_m2[0] == pytest.approx(math.hypot(outer, hole), abs=1e-6)


def two_rings(one, other):
    """One cluster, C1, with two rings, verified where designed; sd of a coordinate 14 mm."""
    places = {f"A{k}": place for k, place in enumerate(one, 1)}
    places |= {f"B{k}": place for k, place in enumerate(other, 1)}
    rings = [1] * len(one) + [2] * len(other)
    design = markers(places, cluster_id=["C1"] * len(rings), ring=rings,
                     order=list(range(len(rings))))  # fmt: skip
    return check_boundary(design, verified(design))


SQUARE = [(0, 0), (200, 0), (200, 200), (0, 200)]


@pytest.mark.parametrize("west_m", [0.0, -0.01, 0.01])
def test_a_hole_on_the_edge_is_taken_away(west_m):
    """200 × 200 m less 50 × 50 m on its west side, measured a centimetre out or in as well."""
    report = two_rings(SQUARE, [(west_m, 50), (50, 50), (50, 100), (west_m, 100)])
    assert report.areas.area_m2.tolist() == pytest.approx([37_500 + max(west_m, 0) * 50], abs=1e-4)
    assert report.rings.state.tolist() == ["ok", "ok"]


def test_an_island_in_a_hole_counts_and_rings_side_by_side_do():
    """40,000 − 10,000 + 2,500; 40,000 + 40,000 with a common side, and one 1 cm over it."""
    places = {f"{name}{k}": xy for name, ring in {
        "A": SQUARE, "B": [(50, 50), (150, 50), (150, 150), (50, 150)],
        "C": [(75, 75), (125, 75), (125, 125), (75, 125)],
    }.items() for k, xy in enumerate(ring)}  # fmt: skip
    design = markers(places, ring=[1] * 4 + [2] * 4 + [3] * 4)
    report = check_boundary(design, verified(design))
    assert report.areas.area_m2.tolist() == pytest.approx([32_500], abs=1e-4)
    for west_m, area_m2 in ((200, 80_000), (199.99, 80_000), (210, 78_000)):
        beside = [(west_m, 0), (400, 0), (400, 200), (west_m, 200)]
        report = two_rings(SQUARE, beside)
        assert report.areas.area_m2.tolist() == pytest.approx([area_m2], abs=1e-4)


def test_two_rings_that_overlap_make_no_area_and_are_named():
    """Two squares of 200 m share a corner of 100 × 100 m: 70,000 or 60,000 m², nobody knows."""
    report = two_rings(SQUARE, [(100, 100), (300, 100), (300, 300), (100, 300)])
    edges = "A2–A3 × B1–B2; A3–A4 × B4–B1"
    assert report.rings[["state", "crossing"]].values.tolist() == [["crossing", edges]] * 2
    assert report.areas[["verdict", "area_reason"]].values.tolist() == [["not_checked", "crossing"]]
    assert report.areas.area_m2.isna().all()
    told = codes(report)["rings_overlap"].params
    assert (told["one"], told["other"], told["edges"]) == ("1", "2", edges)
    assert "ring_crossing" not in codes(report)


def test_one_ring_given_twice_makes_no_area():
    report = two_rings(SQUARE, SQUARE)
    assert report.rings.state.tolist() == ["repeated", "repeated"]
    assert report.areas[["verdict", "area_reason"]].values.tolist() == [["not_checked", "repeated"]]
    assert codes(report)["ring_repeated"].params["other"] == "2"


def test_markers_that_are_no_corners_are_left_out():
    design = markers(RECTANGLE | {"MTC-1": (20, 50), "T-1": (20, -9)},
                     marker_kind=["RG", None, "RG", "RG", "MTC", "TĐ"])  # fmt: skip
    report = check_boundary(design, verified(design))
    assert report.areas.area_m2.tolist() == pytest.approx([1200], abs=1e-4)
    assert codes(report)["ring_left_out"].params["markers"] == "MTC-1, T-1"


def test_a_ring_that_crosses_itself_has_no_area_and_its_edges_are_named():
    design = markers({"A1": (0, 0), "A2": (40, 30), "A3": (40, 0), "A4": (0, 30)})
    report = check_boundary(design, verified(design))
    assert report.rings[["state", "crossing"]].values.tolist() == [
        ["crossing", "A1–A2 × A3–A4"]]  # fmt: skip
    assert report.areas[["verdict", "area_reason"]].values.tolist() == [["not_checked", "crossing"]]
    assert report.areas.difference_m2.isna().all()


def test_two_exchanged_markers_make_the_surveyed_ring_cross():
    design = markers(RECTANGLE)
    swap = {"RG-2": (0.0, 30.0), "RG-3": (0.0, -30.0)}
    report = check_boundary(design, verified(design, swap))
    assert report.rings.crossing.tolist() == ["RG-1–RG-2 × RG-3–RG-4"]
    assert codes(report)["ring_crossing"].params["edges"] == "RG-1–RG-2 × RG-3–RG-4"


def test_a_survey_that_runs_the_other_way_round():
    design = markers(RECTANGLE)
    swap = {"RG-2": (-40.0, 30.0), "RG-4": (40.0, -30.0)}  # RG-1 RG-4 RG-3 RG-2 in the field
    report = check_boundary(design, verified(design, swap))
    assert report.rings.state.tolist() == ["reversed"]
    assert report.areas.area_m2.tolist() == pytest.approx([1200], abs=1e-4)
    assert "ring_reversed" in codes(report)


@pytest.mark.parametrize(("corners", "state", "edges"), [
    ({"A1": (0, 0)}, "too_few", 0),
    ({"A1": (0, 0), "A2": (30, 40)}, "too_few", 1),
    ({"A1": (0, 0), "A2": (30, 40), "A3": (60, 80)}, "flat", 3),
    ({"A1": (0, 0), "A2": (500, 0.02), "A3": (1000, 0)}, "flat", 3),  # 10 m² ± 7 m²
    ({"A1": (0, 0), "A2": (500, 0.2), "A3": (1000, 0)}, "ok", 3),     # 100 m² ± 7 m²
    ({"A1": (0, 0), "A2": (0, 0), "A3": (0, 0)}, "flat", 3),
])  # fmt: skip
def test_rings_that_are_hardly_any(corners, state, edges):
    design = markers(corners)
    report = check_boundary(design, verified(design, accuracy_m=0.0162))
    assert report.rings.state.tolist() == [state]
    assert len(report.edges) == edges
    if edges == 1:
        assert report.edges.planned_m.tolist() == pytest.approx([50])
        assert report.edges.planned_bearing_deg.tolist() == pytest.approx([36.869898])
    if state == "too_few":
        assert report.areas.verdict.tolist() == ["not_checked"]


def test_written_lengths_and_how_far_they_fail_to_close():
    """RG-2–RG-3 is written 30.05: the ring fails to close by 5 cm on 140.05 m, 1 : 2801."""
    design = markers(RECTANGLE)
    declared = Lengths(np.array([40.0, 30.05, 40.0, 30.0]), 0.005)
    report = check_boundary(design, verified(design), known=Known(declared=declared))
    assert report.edges.declared_difference_m.tolist() == pytest.approx([0, 0.05, 0, 0], abs=1e-6)
    ring = report.rings.iloc[0]
    assert ring.misclosure_m == pytest.approx(0.05, abs=1e-6)
    assert ring.misclosure_ratio == pytest.approx(2801, rel=1e-4)
    assert ring.misclosure_of == "declared"
    issue = codes(report)["edge_declared_differs"]
    assert (issue.params["count"], issue.params["edge"]) == (1, "RG-2–RG-3")


def test_lengths_written_at_the_later_marker_are_understood():
    design = markers({"A1": (0, 0), "A2": (50, 0), "A3": (50, 30), "A4": (0, 20)})
    last = math.hypot(50, 10)
    at_the_later = Lengths(np.array([20, 50, 30, round(last, 2)]), 0.005)
    report = check_boundary(design, verified(design), known=Known(declared=at_the_later))
    assert "edge_column_of_before" in codes(report)
    assert "edge_declared_differs" not in codes(report)
    assert report.edges.declared_m.tolist() == [50, 30, round(last, 2), 20]


def test_taped_edges_go_before_declared_ones_and_a_lacking_one_closes_nothing():
    design = markers(RECTANGLE)
    taped = Lengths(np.array([40.03, 30.0, 40.0, 30.04]), 0.005)
    declared = Lengths(np.array([40.0, 30.0, 40.0, 30.0]), 0.005)
    report = check_boundary(design, verified(design),
                            known=Known(declared=declared, taped=taped))  # fmt: skip
    ring = report.rings.iloc[0]
    assert (ring.misclosure_of, round(ring.misclosure_m, 6)) == ("taped", 0.05)  # 3 and 4 cm
    taped = Lengths(np.array([40.03, 30.0, np.nan, 30.04]), 0.005)
    report = check_boundary(design, verified(design), known=Known(taped=taped))
    assert pd.isna(report.rings.misclosure_m[0])
    exact = check_boundary(design, verified(design), known=Known(declared=declared)).rings.iloc[0]
    assert exact.misclosure_m == pytest.approx(0, abs=1e-6)
    assert np.isnan(exact.misclosure_ratio)


def test_a_shift_of_no_known_cause_mixes_nothing():
    """All 3 m off, RG-4 missing: no area from two places at once; measured edges stand."""
    design = markers(RECTANGLE)
    moved = dict.fromkeys(RECTANGLE, (3.0, 0.0))
    checked = verified(design, moved, missing=("RG-4",), cause=MarkerCause.CONSTANT_SHIFT)
    report = check_boundary(design, checked, scale=200)
    assert report.rings.state.tolist() == ["unplaced"]
    assert report.areas[["verdict", "area_reason"]].values.tolist() == [["not_checked", "unplaced"]]
    assert report.edges.verdict.tolist() == ["ok", "ok", "not_measured", "not_measured"]
    assert "survey_unexplained" in codes(report)
    # Control points say that the survey is off: the shift goes, the design fills in.
    checked = verified(design, moved, missing=("RG-4",), cause=MarkerCause.CONSTANT_SHIFT,
                       control="survey", clean=lambda places: places - 3)  # fmt: skip
    report = check_boundary(design, checked)
    assert report.areas.area_m2.tolist() == pytest.approx([1200], abs=1e-4)
    assert "survey_undone" in codes(report)


def test_under_a_design_in_another_system_the_readings_stand_as_they_are():
    """The design lies 200 m east of the readings; RG-2 stands 20 cm further east of its place."""
    design = markers(RECTANGLE)
    away = dict.fromkeys(RECTANGLE, (-200.0, 0.0)) | {"RG-2": (-199.8, 0.0)}
    told = {"cause": MarkerCause.NO_DATUM_SHIFT, "control": "design",
            "clean": lambda places: places + 200}  # fmt: skip
    standing = standing_markers(design, verified(design, away, **told))
    # RG-1 is the corner at 0, 0.
    assert standing.place[0] == pytest.approx(complex(*at("EPSG:9216", -200, 0)), abs=1e-6)
    report = check_boundary(design, verified(design, away, **told), scale=200)
    assert report.areas.area_m2.tolist() == pytest.approx([1203], abs=1e-4)  # 30 · (40 + 40.2) / 2
    assert "survey_undone" not in codes(report)
    assert codes(report)["design_in_other_system"].params["count"] == 0
    # A corner nobody measured is not taken from a design 200 m away.
    report = check_boundary(design, verified(design, away, missing=("RG-4",), **told))
    assert report.rings.state.tolist() == ["unplaced"]
    assert codes(report)["design_in_other_system"].params["count"] == 1
    assert "ring_from_design" not in codes(report)


@pytest.mark.parametrize(("crs", "wrong"), [("EPSG:9216", "EPSG:5898"), ("EPSG:9210", "EPSG:9209")])
def test_a_named_wrong_zone_is_undone_exactly(crs, wrong):
    """Written in the neighbour's zone, read as ours; RG-2 moved by 0.2 m, RG-4 missing."""
    design = markers(RECTANGLE, crs)
    away = {}
    for name, (e, n) in RECTANGLE.items():
        east, north = at(crs, e + (0.2 if name == "RG-2" else 0), n)
        written = transform_xy(east, north, crs, wrong)
        away[name] = (written[0] - at(crs, e, n)[0], written[1] - at(crs, e, n)[1])

    def clean(places):
        east, north = transform_xy(places.real, places.imag, wrong, crs)
        return east + 1j * north

    checked = verified(design, away, missing=("RG-4",), read_as=crs, should_be=wrong,
                       cause=MarkerCause.WRONG_CENTRAL_MERIDIAN, clean=clean)  # fmt: skip
    report = check_boundary(design, checked, scale=200)
    assert report.areas.area_m2.tolist() == pytest.approx([1203], abs=0.01)
    assert report.edges.difference_m[0] == pytest.approx(0.2, abs=1e-4)


def test_findings_of_another_design_are_refused():
    design, other = markers(RECTANGLE), markers({"A1": (0, 0), "A2": (1, 0)})
    with pytest.raises(ValueError, match="not of this design"):
        check_boundary(design, verified(other))
