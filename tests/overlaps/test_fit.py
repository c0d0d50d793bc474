"""Where a cluster should lie and how large it should be: squares whose answers fit in the head."""

from datetime import date

import pandas as pd
import pytest
import shapely

from gisclusters.errors import CrsMismatchError, UsageError
from gisclusters.geometry.crs import transform_geometries
from gisclusters.overlaps.fit import CHECKS, plan_fit
from gisclusters.rules.fit import load_fit_rules
from tests.scenes import CRS, clusters, layer, plan, square

DAY = date(2026, 11, 15)
BEFORE = date(2026, 9, 14)
"""The last day of Decree 32/2024 without the changes of 303/2026."""


def fit(subjects, check, *, as_of=DAY, **given):
    """The answer of one check for the first cluster."""
    found = plan_fit(subjects, as_of=as_of, **given).checks
    [row] = found[(found["check"] == check) & (found["subject_id"] == "C1")].to_dict("records")
    return row


def place(place_id, name, shape, level="commune", since=None, until=None, parent=None):
    return {"place_id": place_id, "name": name, "level": level, "valid_from": since,
            "valid_to": until, "parent_id": parent, "accuracy_m": 0.05, "geometry": shape}  # fmt: skip


def places(*rows, crs=CRS):
    return layer("places", list(rows), crs=crs)


def figures(*rows):
    names = ("of", "name", "period", "value", "unit")
    return layer("indicators", [dict(zip(names, row, strict=True)) for row in rows], crs=None)


def parts(row, *names):
    return [tuple(part[name] for name in names) for part in row["parts"]]


def land_use(*zones, accuracy_m=0.05):
    """One land-use plan of (code, shape)."""
    return layer("plans", [
        {"zone_id": f"Z{k}", "plan_id": "QHSDĐ", "category": code, "accuracy_m": accuracy_m,
         "in_force_from": "2020-01-01", "geometry": shape}
        for k, (code, shape) in enumerate(zones, 1)
    ])  # fmt: skip


def near(*numbers):
    return pytest.approx(numbers, rel=1e-6)


# --- the land-use plan ---------------------------------------------------------------------


def test_all_on_cluster_land_fits():
    row = fit(clusters(square(0, 0)), "land_use", plans=[plan(square(-50, -50, 200, 200),
              category="SKN")])  # fmt: skip
    assert (row["verdict"], row["reason"], row["geometry"]) == ("fits", None, None)
    assert (row["area_m2"], row["share_of_subject"], row["outside_m2"]) == near(10_000, 1, 0)
    assert (row["rule_id"], row["confidence"]) == ("land_use_decree_303_2026", "likely")


def test_our_own_word_for_cluster_land_speaks_too():
    row = fit(
        clusters(square(0, 0)), "land_use", plans=[plan(square(0, 0), category="cluster_land")]
    )
    assert (row["verdict"], row["area_m2"]) == ("fits", 10_000)


def test_the_rest_is_told_by_code():
    plan_of_three = land_use(("SKN", square(0, 0, 60, 100)), ("LUC", square(60, 0, 30, 100)),
                             ("CLN", square(90, 0, 10, 100)))  # fmt: skip
    row = fit(clusters(square(0, 0)), "land_use", plans=[plan_of_three], as_of=BEFORE)
    assert (row["verdict"], row["reason"]) == ("does_not_fit", "other_codes")
    assert sorted(parts(row, "kind", "code", "area_m2", "share")) == [
        ("code", "CLN", 1_000, 0.1), ("code", "LUC", 3_000, 0.3), ("code", "SKN", 6_000, 0.6)]  # fmt: skip
    assert (row["area_m2"], row["outside_m2"]) == (6_000, 4_000)
    assert row["geometry"].equals(square(60, 0, 40, 100))
    assert (row["rule_id"], row["confidence"], row["notes"]) == (
        "land_use_decree_32_2024", "sure", [])  # fmt: skip


def test_a_plan_of_several_codes_without_cluster_land_speaks():
    row = fit(clusters(square(0, 0)), "land_use",
              plans=[land_use(("LUC", square(0, 0, 50, 100)), ("RSX", square(50, 0, 50, 100)))])  # fmt: skip
    assert (row["verdict"], row["area_m2"], row["outside_m2"]) == ("does_not_fit", 0, 10_000)


def test_cluster_land_elsewhere_does_not_help():
    row = fit(clusters(square(0, 0)), "land_use",
              plans=[land_use(("LUC", square(-10, -10, 200, 200)), ("SKN", square(500, 0)))])  # fmt: skip
    assert (row["verdict"], row["area_m2"]) == ("does_not_fit", 0)


def test_a_quota_may_answer_where_the_map_does_not_since_decree_303():
    zone = [land_use(("LUC", square(0, 0)), ("SKN", square(500, 0)))]
    assert fit(clusters(square(0, 0)), "land_use", plans=zone)["notes"] == ["quota_not_checked"]
    assert fit(clusters(square(0, 0)), "land_use", plans=zone, as_of=BEFORE)["notes"] == []


def test_old_codes_count_as_the_new_with_a_note():
    row = fit(clusters(square(0, 0)), "land_use", plans=[land_use(
        ("BHK", square(0, 0, 50, 100)), ("HNK", square(30, 0, 40, 100)), ("SKN", square(500, 0)))])  # fmt: skip
    assert "legacy_codes" in row["notes"]
    # BHK is HNK today: what both claim is no overlap of codes, 30 m stay open.
    assert parts(row, "kind", "code", "now_code", "area_m2") == [
        ("code", "BHK", "HNK", 5_000), ("code", "HNK", None, 4_000),
        ("uncovered", None, None, 3_000)]  # fmt: skip
    assert (row["verdict"], row["notes"]) == (
        "does_not_fit", ["legacy_codes", "uncovered", "quota_not_checked"])  # fmt: skip


def test_ground_no_zone_covers_never_fits():
    row = fit(
        clusters(square(0, 0)), "land_use", plans=[plan(square(0, 0, 70, 100), category="SKN")]
    )
    assert (row["verdict"], row["reason"]) == ("not_checked", "uncovered")
    assert (row["area_m2"], row["outside_m2"]) == (7_000, 3_000)
    assert parts(row, "kind", "area_m2") == [("code", 7_000), ("uncovered", 3_000)]


def test_zones_on_each_other_count_once():
    zones = plan(square(0, 0, 60, 100), square(40, 0, 60, 100), category="SKN")
    row = fit(clusters(square(0, 0)), "land_use", plans=[zones])
    assert (row["verdict"], row["area_m2"], row["share_of_subject"]) == ("fits", 10_000, 1)


def test_two_codes_on_one_ground_are_told_and_leave_doubt():
    row = fit(clusters(square(0, 0)), "land_use", plans=[land_use(
        ("SKN", square(0, 0)), ("LUC", square(80, 0, 20, 100)))])  # fmt: skip
    assert (row["verdict"], row["reason"]) == ("undecided", "codes_overlap")
    assert ("overlap", "LUC ∩ SKN", 2_000) in parts(row, "kind", "code", "area_m2")
    assert row["area_m2"] == 10_000


def test_a_map_of_rice_alone_is_no_land_use_plan():
    plans = [land_use(("SKN", square(0, 0))), plan(square(80, 0, 20, 100), category="LUC")]
    row = fit(clusters(square(0, 0)), "land_use", plans=plans)
    assert (row["verdict"], parts(row, "code")) == ("fits", [("SKN",)])
    row = fit(clusters(square(0, 0)), "land_use", plans=plans[1:])
    assert (row["verdict"], row["reason"]) == ("not_checked", "no_data")


def test_a_group_of_codes_leaves_doubt():
    row = fit(clusters(square(0, 0)), "land_use", plans=[
              land_use(("CSK", square(0, 0)), ("SKN", square(500, 0)))])  # fmt: skip
    assert (row["verdict"], row["reason"]) == ("undecided", "broader_code")


# ε = √(0.3² + 0.4²) = 0.5 m: up to it accuracy, from twice it real.
@pytest.mark.parametrize(
    ("strip", "verdict", "reason"),
    [(0.4, "within_accuracy", None), (0.7, "undecided", "accuracy"),
     (1.0, "does_not_fit", "other_codes")],
)  # fmt: skip
def test_a_strip_of_another_code_is_judged_by_its_width(strip, verdict, reason):
    plans = [land_use(("SKN", square(0, 0, 100 - strip, 100)),
                      ("ONT", square(100 - strip, 0, 50, 100)), accuracy_m=0.4)]  # fmt: skip
    row = fit(clusters(square(0, 0), accuracy_m=0.3), "land_use", plans=plans)
    assert (row["verdict"], row["reason"]) == (verdict, reason)
    assert row["tolerance_m"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("plans", "reason"),
    [([], "no_data"),
     ([plan(square(0, 0), category="rice")], "no_data"),  # our own word
     ([plan(square(0, 0), category="LUC")], "no_data"),  # a single code
     ([plan(square(0, 0), category="SKN", status="draft")], "not_in_force"),
     ([plan(square(0, 0), category="SKN", in_force_to="2026-11-14")], "not_in_force"),
     ([plan(square(900, 0), category="SKN")], "outside_ground"),
     ([plan(square(100, 0), category="SKN")], "outside_ground")],  # touches
)  # fmt: skip
def test_without_a_land_use_plan_nothing_was_checked(plans, reason):
    row = fit(clusters(square(0, 0)), "land_use", plans=plans)
    assert (row["verdict"], row["reason"]) == ("not_checked", reason)


def test_before_the_decree_no_rule_judges_but_the_codes_are_told():
    row = fit(clusters(square(0, 0)), "land_use", as_of=date(2024, 4, 30),
              plans=[plan(square(0, 0), category="SKN")])  # fmt: skip
    assert (row["verdict"], row["reason"], row["rule_id"]) == ("not_checked", "no_rule", None)
    assert parts(row, "code", "area_m2") == [("SKN", 10_000)]


# --- commune and province ------------------------------------------------------------------

OLD = place("K1", "Xã Đăk Cấm", square(-500, -500, 600, 1_000), until="2025-06-30", parent="KT")
OLD_NEXT = place(
    "K2", "Xã Ngọk Bay", square(100, -500, 600, 1_000), until="2025-06-30", parent="KT"
)
NEW = place(
    "N1", "Phường Đăk Cấm", square(-500, -500, 1_200, 1_000), since="2025-07-01", parent="QN"
)
KON_TUM = place(
    "KT", "Tỉnh Kon Tum", square(-900, -900, 2_000, 2_000), "province", until="2025-06-30"
)
QUANG_NGAI = place("QN", "Tỉnh Quảng Ngãi", square(-5_000, -5_000, 9_000, 9_000), "province",
                   since="2025-07-01")  # fmt: skip
MERGED = (OLD, OLD_NEXT, NEW, KON_TUM, QUANG_NGAI)


def test_within_the_commune_and_the_province_it_names():
    subjects = clusters(square(0, 0), commune="đăk cấm", province="Quảng Ngãi")
    row = fit(subjects, "commune", places=[places(*MERGED)])
    assert (row["verdict"], row["area_m2"], row["outside_m2"], row["notes"]) == (
        "fits", 10_000, 0, [])  # fmt: skip
    # of the day first, then what held before the merger
    assert parts(row, "place_id", "on_day", "named", "area_m2") == [
        ("N1", True, True, 10_000), ("K1", False, False, 10_000)]  # fmt: skip
    assert fit(subjects, "province", places=[places(*MERGED)])["verdict"] == "fits"


def test_a_cluster_over_the_old_border_lies_in_the_merged_commune():
    old = clusters(square(50, 0), commune="Đăk Cấm", province="Kon Tum")
    row = fit(old, "commune", places=[places(*MERGED)], as_of=date(2025, 6, 30))
    assert (row["verdict"], row["reason"], row["outside_m2"]) == (
        "does_not_fit", "outside_place", 5_000)  # fmt: skip
    assert row["geometry"].equals(square(100, 0, 50, 100))
    new = clusters(square(50, 0), commune="Đăk Cấm", province="Quảng Ngãi")
    row = fit(new, "commune", places=[places(*MERGED)], as_of=date(2025, 7, 1))
    assert (row["verdict"], row["outside_m2"]) == ("fits", 0)


def test_a_name_of_before_the_merger_is_held_against_the_old_unit_and_said_so():
    subjects = clusters(square(0, 0), commune="Đăk Cấm", province="Kon Tum")
    for check, unit in (("commune", "K1"), ("province", "KT")):
        row = fit(subjects, check, places=[places(*MERGED)])
        assert (row["verdict"], row["notes"]) == ("fits", ["unit_ended"])
        assert (unit, False, True) in parts(row, "place_id", "on_day", "named")


def test_a_name_of_after_the_merger_in_an_older_question():
    subjects = clusters(square(0, 0), province="Quảng Ngãi")
    row = fit(subjects, "province", places=[places(*MERGED)], as_of=date(2025, 6, 30))
    assert (row["verdict"], row["notes"]) == ("fits", ["unit_not_yet"])


def test_several_communes_in_one_field():
    subjects = clusters(square(50, 0), commune="xã Đăk Cấm và xã Ngọk Bay", province="Kon Tum")
    row = fit(subjects, "commune", places=[places(*MERGED)], as_of=date(2025, 6, 30))
    assert (row["verdict"], row["area_m2"]) == ("fits", 10_000)
    subjects = clusters(square(50, 0), commune="xã Đăk Cấm và xã Vô Danh", province="Kon Tum")
    row = fit(subjects, "commune", places=[places(*MERGED)], as_of=date(2025, 6, 30))
    assert (row["verdict"], row["reason"]) == ("undecided", "place_unknown")


def test_of_two_communes_with_one_name_the_one_in_the_province_named():
    here = place("A", "Tân Thành", square(-500, -500, 900, 900), parent="P1")
    there = place("B", "Tân Thành", square(5_000, 0, 900, 900), parent="P2")
    one = place("P1", "Long An", square(-900, -900, 3_000, 3_000), "province")
    two = place("P2", "Cà Mau", square(4_000, -900, 3_000, 3_000), "province")
    known = [places(there, here, one, two)]
    right = clusters(square(0, 0), commune="Tân Thành", province="Long An")
    assert fit(right, "commune", places=known)["verdict"] == "fits"
    wrong = clusters(square(0, 0), commune="Tân Thành", province="Cà Mau")
    row = fit(wrong, "commune", places=known)
    assert (row["verdict"], row["outside_m2"], row["share_of_subject"]) == (
        "does_not_fit", 10_000, 0)  # fmt: skip
    assert parts(row, "place_id", "named") == [("A", False), ("B", True)]


# ε = √(0.3² + 0.4²) = 0.5 m
@pytest.mark.parametrize(
    ("over", "verdict"),
    [(0.0, "fits"), (0.5, "within_accuracy"), (0.8, "undecided"), (1.0, "does_not_fit")],
)
def test_what_lies_outside_the_commune_is_judged_by_its_width(over, verdict):
    unit = place("A", "Đăk Cấm", square(-500, 0, 600 - over, 900)) | {"accuracy_m": 0.4}
    subjects = clusters(square(0, 0), accuracy_m=0.3, commune="Đăk Cấm")
    row = fit(subjects, "commune", places=[places(unit)])
    assert row["verdict"] == verdict
    assert row["outside_m2"] == pytest.approx(100 * over, abs=1e-6)


def test_places_from_another_zone_give_the_same_answer():
    moved = [row | {"geometry": transform_geometries([row["geometry"]], CRS, "EPSG:5898")[0]}
             for row in MERGED]  # fmt: skip
    there = places(*moved, crs="EPSG:5898")
    subjects = clusters(square(50, 0), commune="Đăk Cấm", province="Kon Tum")
    with pytest.raises(CrsMismatchError):
        plan_fit(subjects, as_of=DAY, places=[there])
    row = fit(subjects, "commune", places=[there.to_crs(CRS)], as_of=date(2025, 6, 30))
    assert row["verdict"] == "does_not_fit"
    assert row["outside_m2"] == pytest.approx(5_000, abs=0.01)
    # A border both share to the last digit stays a border after the other zone.
    flush = clusters(square(0, 0), commune="Đăk Cấm", province="Kon Tum")
    row = fit(flush, "commune", places=[there.to_crs(CRS)], as_of=date(2025, 6, 30))
    assert (row["verdict"], row["outside_m2"]) == ("fits", 0)
    assert [name for (name,) in parts(row, "place_id")] == ["K1", "N1"]


@pytest.mark.parametrize(
    ("named", "known", "reason"),
    [({}, [places(*MERGED)], "not_named"), ({"commune": "Đăk Cấm"}, [], "no_data"),
     ({"commune": "Vô Danh"}, [places(*MERGED)], "place_unknown")],
)  # fmt: skip
def test_what_cannot_be_located_was_not_checked(named, known, reason):
    row = fit(clusters(square(0, 0), **named), "commune", places=known)
    assert (row["verdict"], row["reason"]) == ("not_checked", reason)
    # the unit it lies in is told all the same
    assert bool(row["parts"]) == bool(known)


# --- areas ---------------------------------------------------------------------------------

HECTARES_50 = square(0, 0, 1_000, 500)
# By hand, ε 0.05 m: four diagonals of 1118.0 m, 0.05/(2√2) · 2236.1 = 39.53 m²; two of it 79, three 119.


@pytest.mark.parametrize(
    ("registered", "verdict", "reason"),
    [(500_000, "fits", None), (500_050, "within_accuracy", None), (499_925, "within_accuracy", None),
     (500_100, "undecided", "accuracy"), (499_850, "does_not_fit", "area_differs"),
     (550_000, "does_not_fit", "area_differs")],
)  # fmt: skip
def test_the_registered_area_is_held_against_the_measured(registered, verdict, reason):
    row = fit(clusters(HECTARES_50, registered_area_m2=registered), "area_registered")
    assert (row["verdict"], row["reason"]) == (verdict, reason)
    assert (row["area_m2"], row["expected_m2"], row["difference_m2"]) == near(
        500_000, registered, 500_000 - registered)  # fmt: skip
    assert row["area_sd_m2"] == pytest.approx(39.53, abs=0.01)


@pytest.mark.parametrize(
    ("side", "registered", "verdict"),
    [(100.4, 10_000, "fits"), (100.6, 10_000, "does_not_fit"), (100.4, 10_001, "does_not_fit"),
     (100.0, 10_000.004, "fits")],
)  # fmt: skip
def test_a_figure_counts_to_half_of_its_last_digit(side, registered, verdict):
    """1,00 ha may be 9 950 to 10 050 m²; the measured area is known to 5 m²."""
    row = fit(clusters(square(0, 0, 100, side), registered_area_m2=registered), "area_registered")
    assert row["verdict"] == verdict


def test_without_a_figure_nothing_was_checked():
    for check in ("area_registered", "area_decision", "area_list"):
        row = fit(clusters(HECTARES_50), check)
        assert (row["verdict"], row["reason"]) == ("not_checked", "no_figure")


def test_the_area_of_the_decision_comes_from_the_indicators():
    table = figures(("C1", "Diện tích quyết định", "2022", 45, "ha"),
                    ("C1", "decision_area", "2024", 50, "ha"),
                    ("C2", "decision_area", "2025", 10, "ha"))  # fmt: skip
    row = fit(clusters(HECTARES_50), "area_decision", indicators=[table])
    assert (row["verdict"], row["expected_m2"]) == ("fits", 500_000)


@pytest.mark.parametrize(
    ("listed_ha", "verdict", "reason"),
    [(50, "fits", None), (45.001, "fits", "within_deviation"), (45, "fits", "within_deviation"),
     (44.995, "within_accuracy", "within_deviation"), (44.9, "does_not_fit", "over_deviation"),
     (44.99, "undecided", "accuracy"), (60, "undecided", "smaller_than_list")],
)  # fmt: skip
def test_five_hectares_more_than_the_list_are_allowed(listed_ha, verdict, reason):
    table = figures(("C1", "list_area", "2024", listed_ha, "ha"))
    row = fit(clusters(HECTARES_50), "area_list", indicators=[table])
    assert (row["verdict"], row["reason"]) == (verdict, reason)
    assert ("deviation_condition" in row["notes"]) == (listed_ha in {45.001, 45, 44.995, 44.99})


def hectares(area):
    return square(0, 0, 1_000, area * 10)


PLANNED = {"status": "in_plan"}
PLAIN = PLANNED | {"mountain": False, "craft_village": False}


@pytest.mark.parametrize(
    ("area", "fields", "as_of", "verdict", "reason"),
    [(10, PLAIN, BEFORE, "fits", None),
     (9, PLAIN, BEFORE, "does_not_fit", "below_minimum"),
     (9, PLAIN, DAY, "fits", None),
     (9, PLANNED | {"mountain": True}, BEFORE, "fits", None),
     (5, PLANNED | {"craft_village": True}, BEFORE, "fits", None),
     (9, PLANNED, BEFORE, "undecided", "mountain_or_craft_unknown"),
     (9, PLANNED | {"mountain": False}, BEFORE, "undecided", "mountain_or_craft_unknown"),
     (9, PLANNED, DAY, "fits", None),
     (4, PLANNED, BEFORE, "does_not_fit", "below_minimum"),
     (4, PLANNED, DAY, "does_not_fit", "below_minimum"),
     (75, PLAIN, BEFORE, "fits", None), (75, PLAIN, DAY, "fits", None),
     (75.005, PLAIN, DAY, "within_accuracy", "above_maximum"),
     (75.01, PLAIN, DAY, "undecided", "above_maximum"),
     (76, PLAIN, DAY, "does_not_fit", "above_maximum"),
     (76, {"status": "operating"}, DAY, "undecided", "above_maximum"),
     (50, PLAIN, date(2024, 4, 30), "not_checked", "no_rule")],
)  # fmt: skip
def test_the_limits_of_the_day(area, fields, as_of, verdict, reason):
    row = fit(clusters(hectares(area), **fields), "size", as_of=as_of)
    assert (row["verdict"], row["reason"]) == (verdict, reason)


def test_one_cluster_says_where_it_lies_and_its_neighbour_does_not():
    rows = layer("clusters", [
        {"cluster_id": name, "status": "in_plan", "mountain": said, "craft_village": None,
         "accuracy_m": 0.05, "geometry": hectares(9)}
        for name, said in (("C1", True), ("C2", None))
    ])  # fmt: skip
    found = plan_fit(rows, as_of=BEFORE).checks
    assert found[found["check"] == "size"]["verdict"].tolist() == ["fits", "undecided"]


def test_which_version_of_the_limits_speaks():
    row = fit(clusters(hectares(9), **PLAIN), "size", as_of=BEFORE)
    assert (row["rule_id"], row["confidence"], row["expected_m2"], row["difference_m2"]) == (
        "size_32_2024", "sure", 100_000, -10_000)  # fmt: skip
    assert fit(clusters(hectares(9), **PLAIN), "size")["confidence"] == "likely"
    waiting = clusters(hectares(9), **PLAIN | {"status": "appraisal"})
    assert fit(waiting, "size")["notes"] == ["transition"]
    assert fit(waiting, "size", as_of=BEFORE)["notes"] == []


def test_the_days_of_older_clusters_come_from_a_file_of_ones_own(tmp_path):
    shipped = load_fit_rules()
    assert all(rule.larger_before is None for rule in shipped.older_clusters)
    from importlib import resources

    text = resources.files("gisclusters.rules").joinpath("vn_fit.yaml").read_text("utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(text.replace("larger_before: null", "larger_before: 2010-01-01"), "utf-8")
    old = clusters(hectares(90), status="operating", in_force_from="2009-12-31")
    new = clusters(hectares(90), status="operating", in_force_from="2010-01-01")
    assert fit(old, "size")["notes"] == ["older_cluster_unknown"]
    row = fit(old, "size", rules=str(own))
    assert (row["verdict"], row["notes"]) == ("fits", ["older_cluster"])
    assert fit(new, "size", rules=str(own))["verdict"] == "does_not_fit"
    own.write_text(text.replace("larger_by_m2: 50000", "larger_by_m2: năm"), "utf-8")
    with pytest.raises(UsageError):
        load_fit_rules(own)


def test_an_assumed_accuracy_is_said():
    rows = layer("clusters", [{"cluster_id": "C1", "geometry": HECTARES_50,
                               "registered_area_m2": 500_000.0}])  # fmt: skip
    assert fit(rows, "area_registered")["notes"] == ["accuracy_assumed"]


# --- neighbours ----------------------------------------------------------------------------


def test_clusters_beside_each_other_need_a_link():
    held = clusters(square(0, 0), square(100, 0), square(400, 0), square(5_000, 0))
    row = fit(held, "adjacency", clusters=[held])
    assert (row["verdict"], row["reason"], row["distance_m"]) == ("undecided", "links_needed", 0)
    assert parts(row, "cluster_id", "distance_m", "relation") == [
        ("C2", 0, "adjacent"), ("C3", 300, "apart")]  # fmt: skip
    assert row["border_m"] == pytest.approx(100, abs=0.3)  # a corner more at each end


@pytest.mark.parametrize(
    ("gap", "verdict", "reason"),
    [(0.0, "undecided", "links_needed"), (0.4, "undecided", "links_needed"),
     (0.7, "undecided", "accuracy"), (1.0, "fits", None), (-0.4, "undecided", "links_needed"),
     (-1.0, "does_not_fit", "overlaps_cluster"), (2_000, "fits", None)],
)  # fmt: skip
def test_how_near_is_beside(gap, verdict, reason):
    subjects = clusters(square(0, 0), accuracy_m=0.3)
    others = clusters(square(-5_000, 0), square(100 + gap, 0), accuracy_m=0.4)
    row = fit(subjects, "adjacency", clusters=[others])  # C1 there is itself, however it lies
    assert (row["verdict"], row["reason"]) == (verdict, reason)


def test_a_corner_is_beside_without_a_border():
    held = clusters(square(0, 0), square(100, 100))
    row = fit(held, "adjacency", clusters=[held])
    assert (row["reason"], row["distance_m"]) == ("links_needed", 0)
    assert row["border_m"] == pytest.approx(0, abs=0.3)


def test_withdrawn_clusters_and_lack_of_others():
    subjects = clusters(square(0, 0))
    gone = layer("clusters", [{"cluster_id": "X", "status": "withdrawn", "accuracy_m": 0.05,
                               "geometry": square(100, 0)}])  # fmt: skip
    for held in ([], [gone], [subjects]):
        row = fit(subjects, "adjacency", clusters=held)
        assert (row["verdict"], row["reason"]) == ("not_checked", "no_data")


# --- parcels -------------------------------------------------------------------------------


def parcel(number, shape, sheet="10", **fields):
    return {"parcel_id": f"T{sheet}-{number}", "sheet_no": sheet, "parcel_no": str(number),
            "accuracy_m": 0.05, "land_code": "LUC", "geometry": shape, **fields}  # fmt: skip


def test_the_list_of_parcels_to_clear():
    held = layer("parcels", [
        parcel(10, square(60, 0, 80, 100), registered_area_m2=8_000.0),
        parcel(9, square(0, 0, 60, 100)),
        parcel(1, square(100, 0, 50, 50), sheet="9"),  # touches only
        parcel(2, square(60, 0, 10, 100), in_force_to="2020-12-31"),
    ])  # fmt: skip
    row = fit(clusters(square(0, 0)), "clearance", parcels=[held])
    assert parts(row, "sheet_no", "parcel_no", "registered_area_m2", "area_m2", "inside_m2", "share",
                 "worth") == [
        ("10", "9", None, 6_000, 6_000, 1.0, "real"),
        ("10", "10", 8_000, 8_000, 4_000, 0.5, "real")]  # fmt: skip
    assert (row["verdict"], row["area_m2"], row["outside_m2"]) == ("fits", 10_000, 0)


def test_ground_without_a_parcel_is_told_and_parcels_on_each_other_count_once():
    held = layer("parcels", [parcel(1, square(0, 0, 60, 100)), parcel(2, square(50, 0, 30, 100))])
    row = fit(clusters(square(0, 0)), "clearance", parcels=[held])
    assert (row["verdict"], row["reason"]) == ("undecided", "no_parcel")
    assert (row["area_m2"], row["outside_m2"]) == (8_000, 2_000)


def test_a_parcel_that_only_accuracy_brings_in_is_marked():
    held = layer("parcels", [parcel(1, square(-50, -50, 300, 300)), parcel(2, square(99.95, 0))])
    row = fit(clusters(square(0, 0)), "clearance", parcels=[held])
    assert parts(row, "parcel_no", "worth") == [("1", "real"), ("2", "within_accuracy")]


@pytest.mark.parametrize(
    ("held", "reason"),
    [([], "no_data"), ([layer("parcels", [parcel(1, square(900, 0))])], "outside_ground")],
)
def test_without_parcels_there_is_no_list(held, reason):
    row = fit(clusters(square(0, 0)), "clearance", parcels=held)
    assert (row["verdict"], row["reason"]) == ("not_checked", reason)


# --- all of them ---------------------------------------------------------------------------


def test_every_cluster_gets_every_check_and_nothing_given_fits_nothing():
    found = plan_fit(clusters(square(0, 0), square(500, 0)), as_of=DAY).checks
    assert found["check"].tolist() == [*CHECKS] * 2
    assert found["subject_id"].tolist() == ["C1"] * 9 + ["C2"] * 9
    silent = found[found["check"] != "size"]
    assert set(silent["verdict"]) == {"not_checked"}
    assert silent["reason"].notna().all()
    assert found.crs == CRS


def test_no_cluster_no_rows():
    subjects = clusters(square(0, 0))
    found = plan_fit(subjects.where([False]), as_of=DAY).checks
    assert len(found) == 0
    assert found["area_m2"].dtype == "float64"


def test_a_hole_is_not_covered():
    ring = shapely.difference(square(-50, -50, 200, 200), square(40, 40, 20, 20))
    row = fit(clusters(square(0, 0)), "land_use", plans=[plan(ring, category="SKN")])
    assert parts(row, "kind", "area_m2") == [("code", 9_600), ("uncovered", 400)]
    assert row["verdict"] == "not_checked"


def test_a_line_of_a_plan_is_no_land():
    line = shapely.LineString([(551_000, 1_587_050), (553_000, 1_587_050)])
    row = fit(clusters(square(0, 0)), "land_use", plans=[plan(line, category="SKN")])
    assert (row["verdict"], row["reason"]) == ("not_checked", "no_data")
    assert pd.isna(row["area_m2"])
