"""What became of markers between two campaigns; every expected number is worked out by hand."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from gisclusters.domain.campaign import Campaign, SurveyedMarker
from gisclusters.domain.source import Source
from gisclusters.geometry.crs import transform_xy
from gisclusters.markers.campaigns import compare_campaigns

CRS = "EPSG:9216"
EAST, NORTH = 552_000.0, 1_587_000.0
DESIGN = {
    "RG-01": (0.0, 0.0), "RG-02": (300.0, 0.0), "RG-03": (600.0, 0.0), "RG-04": (600.0, 400.0),
    "RG-05": (300.0, 400.0), "RG-06": (0.0, 400.0),
}  # fmt: skip
NONE = {"cause": "none", "certainty": "certain"}


def campaign(places, *, off=(0.0, 0.0), accuracy_m=0.01, diagnosis=NONE, day=1, tolerance_m=0.07,
             residuals=None, crs=CRS, datum=None, verdicts=None, states=None):  # fmt: skip
    """Markers at their design plus ``places`` (metres east, north), all of them plus ``off``.

    None in ``places``: nobody measured it.  A name without a design is an extra, at 0, 0.
    """
    markers = []
    for name, moved in places.items():
        more = {"state": (states or {}).get(name)}
        if moved is None:
            markers.append(SurveyedMarker(marker_id=name, verdict="missing", **more))
            continue
        de, dn = moved[0] + off[0], moved[1] + off[1]
        x, y = DESIGN.get(name, (0.0, 0.0))
        designed = {"de_m": de, "dn_m": dn, "matched_by": "id",
                    "residual_m": (residuals or {}).get(name, float(np.hypot(*moved)))}  # fmt: skip
        markers.append(SurveyedMarker(
            marker_id=name, verdict=(verdicts or {}).get(name, "ok"), easting_m=EAST + x + de,
            northing_m=NORTH + y + dn, accuracy_m=accuracy_m, corrected_e_m=EAST + x + moved[0],
            corrected_n_m=NORTH + y + moved[1], **more,
            **(designed if name in DESIGN else {}),
        ))  # fmt: skip
    return Campaign(
        run_id=f"run-{day}", cluster_id="C1", first_day=date(2026, 10, day),
        last_day=date(2026, 10, day), day_source="observed_at", crs=crs, datum_operation=datum,
        tolerance={"value_m": tolerance_m}, diagnosis=diagnosis, markers=tuple(markers),
        sources=(Source(role="surveys", name=f"do_{day}.csv", sha256=str(day) * 64,
                        crs_as_received=crs, rows=6),),
    )  # fmt: skip


def still(**changed):
    """Every marker where it was designed, but those named (RG_02 for RG-02)."""
    given = {name.replace("_", "-"): place for name, place in changed.items()}
    return dict.fromkeys(DESIGN, (0.0, 0.0)) | given


def compared(one, two):
    found = compare_campaigns(one, two)
    rows = {row["marker_id"]: row for row in found.findings.to_dict("records")}
    return rows, {issue.code: issue for issue in found.issues}


def test_a_displacement_with_its_significance_and_the_tolerance():
    one = campaign(still(RG_03=(0.02, 0.01)), accuracy_m=0.03)
    two = campaign(still(RG_02=(0.3, -0.4), RG_03=(0.05, 0.05)), accuracy_m=0.04, day=2,
                   tolerance_m=0.15)  # fmt: skip
    rows, issues = compared(one, two)
    moved = rows["RG-02"]
    # 3-4-5: half a metre; accuracies 3 and 4 cm give 5 cm, at 95 % √(ln 20) = 1.7308 of them.
    assert moved["verdict"] == "moved"
    assert (moved["de_m"], moved["dn_m"]) == pytest.approx((0.3, -0.4), abs=1e-9)
    assert moved["distance_m"] == pytest.approx(0.5, abs=1e-9)
    assert moved["accuracy_m"] == pytest.approx(0.05, abs=1e-12)
    assert moved["significant_from_m"] == pytest.approx(0.08654, abs=5e-6)
    assert moved["significant"] is True
    # Three centimetres east and four north again: exp(−(0.05 / 0.05)²) = 1/e, and within 15 cm.
    stood = rows["RG-03"]
    assert stood["distance_m"] == pytest.approx(0.05, abs=1e-9)
    assert stood["p_value"] == pytest.approx(0.367879, abs=1e-6)
    assert (stood["verdict"], stood["significant"]) == ("steady", False)
    assert rows["RG-01"]["distance_m"] == 0
    assert set(issues) == {"campaign_tolerances_differ"}


def test_a_chance_of_one_in_twenty_is_on_the_limit():
    # With a = 0.1 the limit is 0.17308: on either side of it the answer changes.
    for moved, significant in ((0.1730, False), (0.1732, True)):
        rows, _ = compared(campaign(still(), accuracy_m=0.06),
                           campaign(still(RG_01=(moved, 0.0)), accuracy_m=0.08, day=2))  # fmt: skip
        assert rows["RG-01"]["significant"] is significant
        assert (rows["RG-01"]["p_value"] < 0.05) is significant


@pytest.mark.parametrize(("moved", "verdict"), [
    (0.069, "steady"), (0.071, "moved"),
])  # fmt: skip
def test_sure_surveys_are_judged_by_the_tolerance_alone(moved, verdict):
    # √(0.01² + 0.01²) = 0.0141 is under a third of 0.07.
    rows, _ = compared(campaign(still()), campaign(still(RG_04=(0.0, moved)), day=2))
    assert rows["RG-04"]["verdict"] == verdict
    assert rows["RG-04"]["significant"] is True


@pytest.mark.parametrize(("moved", "verdict"), [
    (0.009, "steady"), (0.011, "undecided"), (0.129, "undecided"), (0.131, "moved"),
])  # fmt: skip
def test_poor_surveys_need_two_accuracies_more(moved, verdict):
    # Accuracies 0.018 and 0.024: 0.03, over a third of 0.07; 0.07 ∓ 2 · 0.03 = 0.01 and 0.13.
    rows, _ = compared(campaign(still(), accuracy_m=0.018),
                       campaign(still(RG_04=(moved, 0.0)), accuracy_m=0.024, day=2))  # fmt: skip
    assert rows["RG-04"]["verdict"] == verdict


def test_without_accuracies_the_tolerance_judges_and_that_is_said():
    rows, issues = compared(campaign(still()), campaign(still(RG_01=(0.1, 0.0)), accuracy_m=None,
                                                        day=2))  # fmt: skip
    assert (rows["RG-01"]["verdict"], rows["RG-01"]["significant"]) == ("moved", None)
    assert rows["RG-02"]["verdict"] == "steady"
    assert dict(issues["campaign_accuracy_missing"].params) == {"count": 6}


def test_lost_returned_replaced_and_new():
    one = campaign({**still(RG_02=None, RG_05=None), "RG-08": (7.0, 7.0), "RG-07": (9.0, 9.0)},
                   states={"RG-06": "found"}, verdicts={"RG-07": "extra", "RG-08": "extra"})  # fmt: skip
    two = campaign({**still(RG_01=None, RG_03=None, RG_04=None, RG_05=None, RG_06=(0.5, 0.0)),
                    "RG8": (7.01, 7.0), "RG-09": (5.0, 5.0)}, day=2,
                   states={"RG-01": "lost", "RG-03": "buried", "RG-06": "replaced"},
                   verdicts={"RG8": "extra", "RG-09": "extra"})  # fmt: skip
    rows, issues = compared(one, two)
    said = {name: (row["verdict"], row["change_note"]) for name, row in rows.items()}
    assert said == {
        "RG-01": ("lost", "noted_lost"), "RG-02": ("returned", None),
        "RG-03": ("undecided", "no_place"), "RG-04": ("lost", "not_measured"),
        "RG-05": ("lost", "lost_before"), "RG-06": ("new", "replaced"),
        "RG-07": ("lost", "not_measured"), "RG8": ("steady", None), "RG-09": ("new", None),
    }  # fmt: skip
    assert rows["RG8"]["distance_m"] == pytest.approx(0.01, abs=1e-9)  # RG8 is RG-08
    assert issues == {}


def test_a_replacement_noted_in_both_is_one_post():
    rows, _ = compared(campaign(still(), states={"RG-06": "replaced"}),
                       campaign(still(RG_06=(0.5, 0.0)), states={"RG-06": "replaced"}, day=2))  # fmt: skip
    assert rows["RG-06"]["verdict"] == "moved"


def test_repeats_that_disagree_and_a_design_that_lost_a_marker():
    before = still()
    after = {name: place for name, place in before.items() if name != "RG-05"}
    rows, _ = compared(campaign(before), campaign(after, verdicts={"RG-01": "duplicate"}, day=2))
    assert (rows["RG-01"]["verdict"], rows["RG-01"]["change_note"]) == ("undecided", "duplicate")
    assert rows["RG-05"]["change_note"] == "design_without"


def test_a_named_reference_error_is_undone_before_the_comparison():
    # The axes of the second survey were swapped: measured east is north and the reverse.
    places = still(RG_02=(0.3, 0.0))
    right = campaign(places, day=2)
    markers = []
    for each in right.markers:
        x, y = DESIGN[each.marker_id]
        markers.append(SurveyedMarker(
            marker_id=each.marker_id, verdict=each.verdict, easting_m=each.northing_m,
            northing_m=each.easting_m, de_m=each.northing_m - (EAST + x), accuracy_m=0.01,
            corrected_e_m=each.easting_m, corrected_n_m=each.northing_m,
            dn_m=each.easting_m - (NORTH + y), residual_m=each.residual_m, matched_by="id",
        ))  # fmt: skip
    wrong = campaign(places, day=2, diagnosis={"cause": "swapped_axes", "certainty": "certain"})
    wrong = type(wrong)(**{name: getattr(wrong, name) for name in wrong.__dataclass_fields__}
                        | {"markers": tuple(markers)})  # fmt: skip
    rows, issues = compared(campaign(still()), wrong)
    assert rows["RG-02"]["verdict"] == "moved"
    assert rows["RG-02"]["de_m"] == pytest.approx(0.3, abs=1e-9)
    assert [rows[name]["verdict"] for name in DESIGN if name != "RG-02"] == ["steady"] * 5
    assert set(issues) == {"campaign_common_part_removed"}


SHIFT = {"cause": "constant_shift", "certainty": "likely", "shift_e_m": 3.0, "shift_n_m": -4.0}


def test_under_an_unexplained_shift_only_what_left_the_others_is_told():
    shifted = campaign(still(RG_05=(0.2, 0.0)), off=(3.0, -4.0), diagnosis=SHIFT, day=2)
    rows, issues = compared(campaign(still()), shifted)
    assert rows["RG-05"]["verdict"] == "moved"
    assert rows["RG-05"]["distance_m"] == pytest.approx(0.2, abs=1e-9)
    said = {
        (rows[name]["verdict"], rows[name]["change_note"]) for name in DESIGN if name != "RG-05"
    }
    assert said == {("undecided", "moved_with_all")}
    assert issues["campaign_unexplained"].id == "run-2"


def test_control_points_settle_whose_the_shift_is():
    shifted = {"off": (3.0, -4.0), "day": 2}
    survey = campaign(still(), diagnosis=SHIFT | {"control": "survey"}, **shifted)
    rows, _ = compared(campaign(still()), survey)
    assert {row["verdict"] for row in rows.values()} == {"steady"}
    ground = campaign(still(), diagnosis=SHIFT | {"control": "ground"}, **shifted)
    rows, _ = compared(campaign(still()), ground)
    assert {row["verdict"] for row in rows.values()} == {"moved"}
    assert rows["RG-01"]["distance_m"] == pytest.approx(5.0, abs=1e-9)


def test_under_an_unknown_common_part_all_stay_undecided():
    told = {"cause": "unknown", "certainty": "cannot_tell", "shift_e_m": 3.0, "shift_n_m": -4.0}
    shifted = campaign(still(), off=(3.0, -4.0), diagnosis=told, day=2)
    rows, issues = compared(campaign(still()), shifted)
    assert {(row["verdict"], row["change_note"]) for row in rows.values()} == {
        ("undecided", "common_part")
    }
    assert all(np.isnan(row["distance_m"]) for row in rows.values())
    assert set(issues) == {"campaign_cannot_be_compared"}


def test_where_names_were_exchanged_only_markers_in_place_are_compared():
    # RG-01 and RG-02 stand 300 m apart and bear each other's names in the second file.
    swapped = campaign(
        still(RG_01=(300.0, 0.0), RG_02=(-300.0, 0.0)), day=2,
        verdicts={"RG-01": "moved", "RG-02": "moved"},
        diagnosis={"cause": "ids_swapped", "certainty": "certain"},
    )  # fmt: skip
    rows, issues = compared(campaign(still()), swapped)
    assert [rows[name]["verdict"] for name in DESIGN] == ["undecided"] * 2 + ["steady"] * 4
    assert set(issues) == {"campaign_names_mixed"}


def test_marks_that_stand_still_are_called_significant_one_time_in_twenty():
    # Noise of 7 and 7.141 mm on each axis is an accuracy of 9.9 and 10.1 mm: √(σE² + σN²).
    rng = np.random.default_rng(20_261_125)
    names = [f"M{place}" for place in range(4_000)]
    one, two = (
        campaign(dict(zip(names, rng.normal(0, sigma, (4_000, 2)).tolist(), strict=True)),
                 accuracy_m=sigma * np.sqrt(2), day=day)
        for day, sigma in ((1, 0.007), (2, 0.007141))
    )  # fmt: skip
    found = compare_campaigns(one, two).findings
    # 200 are expected; three standard deviations of the count are 3 · √(4000 · 0.05 · 0.95) = 41.
    assert abs(int(found["significant"].sum()) - 200) <= 41


def test_campaigns_in_two_zones_are_compared_in_the_later_one():
    one = campaign(still())
    markers = []
    for each in one.markers:
        east, north = transform_xy(each.easting_m, each.northing_m, CRS, "EPSG:9217")
        markers.append(SurveyedMarker(marker_id=each.marker_id, verdict="ok", accuracy_m=0.01,
                                      easting_m=east + 0.1, northing_m=north))  # fmt: skip
    two = campaign(still(), day=2, crs="EPSG:9217", datum="EPSG:6960")
    two = type(two)(**{name: getattr(two, name) for name in two.__dataclass_fields__}
                    | {"markers": tuple(markers)})  # fmt: skip
    rows, issues = compared(one, two)
    assert rows["RG-04"]["de_m"] == pytest.approx(0.1, abs=1e-6)
    assert rows["RG-04"]["dn_m"] == pytest.approx(0.0, abs=1e-6)
    assert set(issues) == {"campaign_datum_differs"}


def test_after_a_wrong_design_was_corrected_nothing_has_moved():
    # Control points said that the design was 0.6 m off, so the readings were right as they were;
    # against the corrected design they meet.  RG-02 really moved by 0.3 m north in between.
    told = {"cause": "datum_rotation_sign", "certainty": "certain", "control": "design"}
    one = campaign(still(), off=(0.6, 0.0), diagnosis=told)
    two = campaign(dict.fromkeys(DESIGN, (0.6, 0.0)) | {"RG-02": (0.6, 0.3)}, day=2)
    rows, issues = compared(one, two)
    assert [rows[name]["verdict"] for name in DESIGN] == ["steady", "moved"] + ["steady"] * 4
    assert rows["RG-02"]["distance_m"] == pytest.approx(0.3, abs=1e-9)
    assert rows["RG-01"]["distance_m"] == pytest.approx(0.0, abs=1e-9)
    assert issues == {}


def test_with_control_points_off_no_marker_is_called_steady():
    told = {"cause": "none", "certainty": "certain", "control": "off"}
    rows, issues = compared(campaign(still()), campaign(still(RG_05=(0.2, 0.0)), diagnosis=told,
                                                        day=2))  # fmt: skip
    assert rows["RG-05"]["verdict"] == "moved"
    said = {
        (rows[name]["verdict"], rows[name]["change_note"]) for name in DESIGN if name != "RG-05"
    }
    assert said == {("undecided", "control_off")}
    assert issues["campaign_control_off"].id == "run-2"


def test_names_that_read_alike_are_taken_as_written():
    # 1.1 and 1-1 read alike; 1-1 stands 30 cm east and 40 cm north of where it stood: half a metre.
    before = dict.fromkeys(("1.1", "1-1", "RG-01", "RG1"), (0.0, 0.0))
    rows, _ = compared(campaign(before), campaign(before | {"1-1": (0.3, 0.4)}, day=2))
    assert {name: row["verdict"] for name, row in rows.items()} == {
        "1.1": "steady", "1-1": "moved", "RG-01": "steady", "RG1": "steady",
    }  # fmt: skip
    assert rows["1-1"]["distance_m"] == pytest.approx(0.5, abs=1e-9)


def test_names_nobody_can_tell_apart_stay_on_both_sides():
    # RG 1 of the later campaign may be either RG-01 or RG1 of the earlier one.
    one = campaign(dict.fromkeys(("RG-01", "RG1", "RG-02"), (0.0, 0.0)))
    two = campaign({"RG 1": (0.0, 0.0), "RG2": DESIGN["RG-02"]}, day=2)
    rows, _ = compared(one, two)
    assert {name: (row["verdict"], row["change_note"]) for name, row in rows.items()} == {
        "RG 1": ("undecided", "names_alike"), "RG2": ("steady", None),
        "RG-01": ("undecided", "names_alike"), "RG1": ("undecided", "names_alike"),
    }  # fmt: skip


def with_nameless(base, places):
    """The campaign and points called ``?`` that nobody planned, metres from the first marker."""
    more = tuple(
        SurveyedMarker(marker_id="?", verdict="extra", easting_m=EAST + x, northing_m=NORTH + y,
                       corrected_e_m=EAST + x, corrected_n_m=NORTH + y, accuracy_m=0.01)
        for x, y in places
    )  # fmt: skip
    return type(base)(**{name: getattr(base, name) for name in base.__dataclass_fields__}
                      | {"markers": base.markers + more})  # fmt: skip


def test_points_without_a_name_are_one_only_at_one_place():
    # Of two each time one stands 5 cm from one of before, within 7 cm; the others are 300 m apart.
    one = with_nameless(campaign(still()), [(100.0, 100.0), (150.0, 300.0)])
    two = with_nameless(campaign(still(), day=2), [(150.03, 300.04), (480.0, 200.0)])
    found = compare_campaigns(one, two).findings
    said = found[found["marker_id"] == "?"]
    assert list(zip(said["verdict"], said["change_note"], strict=True)) == [
        ("steady", None), ("new", None), ("lost", "not_measured"),
    ]  # fmt: skip
    assert said["distance_m"].iloc[0] == pytest.approx(0.05, abs=1e-6)
    assert len(found) == 6 + 3


def test_tolerances_of_single_markers_that_changed_are_said():
    one, two = campaign(still()), campaign(still(), day=2)
    one, two = (
        type(each)(**{name: getattr(each, name) for name in each.__dataclass_fields__} | {
            "markers": tuple(replace(marker, tolerance_m=own if place < 2 else 0.07)
                             for place, marker in enumerate(each.markers)),
        }) for each, own in ((one, 0.05), (two, 0.9))
    )  # fmt: skip
    _, issues = compared(one, two)
    said = issues["campaign_own_tolerances_differ"].params
    assert (said["count"], said["before"], said["after"]) == (2, 0.05, 0.9)
    assert set(issues) == {"campaign_own_tolerances_differ"}
