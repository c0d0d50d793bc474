"""Corridors beside works: one hectare, strips of whole metres, answers checked in the head."""

import math
from datetime import date
from importlib import resources

import pytest
import shapely
import yaml

from gisclusters.domain.verdicts import Stage
from gisclusters.layers.layer import Ground
from gisclusters.overlaps import corridor_ground_m2, find_overlaps
from gisclusters.rules.overlaps import load_rules
from tests.scenes import CRS, EAST, NORTH, clusters, plan, square

DAY = date(2026, 11, 15)
RIVER_DIKE = {"category": "dike", "grade": "III", "class": "river"}


def check(subjects, *plans, **options):
    """The report, and the rows of the plans given (kinds nobody gave are left out)."""
    report = find_overlaps(subjects, plans, as_of=DAY, **options)
    return report, report.findings[report.findings["plan_id"].notna()].reset_index(drop=True)


def rows_of(*plans, subjects=None, **options):
    return check(clusters(square(0, 0)) if subjects is None else subjects, *plans, **options)[1]


def west(gap_m, breadth_m=20):
    """An areal work whose east edge runs ``gap_m`` west of the hectare, 500 m beyond it."""
    return square(-gap_m - breadth_m, -500, breadth_m, 1_100)


def line(east):
    return shapely.LineString([(EAST + east, NORTH - 500), (EAST + east, NORTH + 600)])


def own_rules(tmp_path, **corridors):
    """The shipped rules with what a user writes under ``corridors``."""
    content = yaml.safe_load(shipped("vn.yaml"))
    content["corridors"] = {"base": "vn_corridors"} | corridors
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return load_rules(path)


def shipped(name):
    return resources.files("gisclusters.rules").joinpath(name).read_bytes()


# ---------------------------------------------------------------- dikes


@pytest.mark.parametrize(
    ("fields", "gap_m", "area_m2", "corridor_m"),
    [
        ({"class": "river", "side": "land"}, 10, 1_500, 25),  # 25 - 10 = 15 m of 100
        ({"class": "river", "side": "river"}, 10, 1_000, 20),
        ({"class": "đê sông"}, 10, 1_500, 25),  # side unknown: the larger
        ({"class": "sea", "side": "sea"}, 150, 5_000, 200),
        ({"class": "sea"}, 150, 5_000, 200),
        ({"class": "river", "settlement": "yes"}, 3, 200, 5),
        ({"work": "kè"}, 10, 4_000, 50),
        ({"class": "river", "grade": "V"}, 3, 200, 5),
        ({"class": "river", "grade": "đặc biệt", "side": "phía đồng"}, 10, 1_500, 25),
    ],
)
def test_a_dike_by_grade_side_and_kind(fields, gap_m, area_m2, corridor_m):
    given = {"grade": "III"} | fields
    [row] = rows_of(plan(west(gap_m), category="dike", **given)).itertuples()
    assert (row.verdict, row.severity, row.relation) == ("conflict", "blocking", "overlaps")
    assert (row.area_m2, row.corridor_m) == pytest.approx((area_m2, corridor_m))
    assert row.distance_m == pytest.approx(gap_m)
    assert row.share_of_subject == pytest.approx(area_m2 / 10_000)
    assert row.confidence == "sure"


def test_an_unknown_side_is_said_with_the_smallest_figure():
    [row] = rows_of(plan(west(10), **RIVER_DIKE)).itertuples()
    assert row.corridor_note == "larger_taken"
    assert (row.corridor_m, row.corridor_least_m) == (25, 5)
    assert row.rule_id == "dike_land_side"


def test_a_corridor_that_does_not_reach_leaves_the_plan_clear():
    for gap_m in (25, 26, 500):
        [row] = rows_of(plan(west(gap_m), **RIVER_DIKE)).itertuples()
        assert (row.verdict, row.zone_id) == ("clear", None), gap_m


def test_a_dike_of_unknown_kind_is_sure_near_and_undecided_as_far_as_a_sea_dike_reaches():
    near = rows_of(plan(west(10), category="dike", grade="II"))
    assert near.verdict.tolist() == ["conflict", "undecided"]
    assert near.area_m2.tolist() == pytest.approx([1_500, 8_500])
    assert near.reason.tolist() == [None, "class_unknown"]
    assert near.corridor_note[0] == "larger_taken class_unknown"
    assert "widest_class" in near.corridor_note[1].split()
    [far] = rows_of(plan(west(150), category="dike", grade="II")).itertuples()
    assert (far.verdict, far.reason, far.severity) == ("undecided", "class_unknown", "note")
    assert far.area_m2 == pytest.approx(5_000)


@pytest.mark.parametrize(("gap_m", "verdict"), [(10, "not_checked"), (26, "clear")])
def test_where_the_province_may_set_more_than_the_least_width_nobody_is_called_clear(
    gap_m, verdict
):
    [row] = rows_of(plan(west(gap_m), category="dike", grade="IV")).itertuples()
    assert row.verdict == verdict
    assert row.reason == ("width_unknown" if verdict == "not_checked" else None)


# ---------------------------------------------------------------- canals, dams


@pytest.mark.parametrize(
    ("fields", "area_m2", "least_m"),
    [
        ({"flow_m3s": 5.0, "lining": "earth"}, 200, 2),  # 3 m, 1 m away
        ({"flow_m3s": 10.0, "lining": "earth"}, 200, 2),
        ({"flow_m3s": 10.1, "lining": "earth"}, 400, 3),
        ({"flow_m3s": 5.0, "lining": "lined"}, 100, 1),
        ({"flow_m3s": 12.0, "lining": "kiên cố"}, 200, 2),
        ({"flow_m3s": 5.0}, 200, 1),  # lining unknown: the larger
    ],
)
def test_a_canal_by_flow_takes_the_larger_of_a_range_and_tells_both(fields, area_m2, least_m):
    [row] = rows_of(plan(west(1), category="irrigation", **fields)).itertuples()
    assert (row.verdict, row.severity) == ("conflict", "approval")
    assert (row.area_m2, row.corridor_least_m) == pytest.approx((area_m2, least_m))
    assert "range" in row.corridor_note.split()


@pytest.mark.parametrize("category", ["irrigation", "water_source", "dike"])
def test_a_work_that_says_nothing_of_itself_is_not_checked(category):
    [row] = rows_of(plan(west(1), category=category)).itertuples()
    assert (row.verdict, row.reason, row.zone_id) == ("not_checked", "class_unknown", None)
    assert rows_of(plan(west(301), category=category)).verdict.tolist() == ["clear"]


def test_a_bank_with_an_ecosystem_has_thirty_metres_at_least():
    bank = {"category": "water_source", "class": "hệ sinh thái"}
    [row] = rows_of(plan(west(10), **bank)).itertuples()
    assert (row.verdict, row.severity, row.confidence) == ("conflict", "approval", "likely")
    assert (row.area_m2, row.corridor_note) == (pytest.approx(2_000), "at_least")
    [row] = rows_of(plan(west(40), **bank)).itertuples()
    assert (row.verdict, row.reason) == ("not_checked", "width_unknown")


def test_a_small_canal_has_the_width_its_province_sets():
    [row] = rows_of(plan(west(1), category="irrigation", flow_m3s=1.0)).itertuples()
    assert (row.verdict, row.reason) == ("not_checked", "width_unknown")
    [row] = rows_of(plan(west(11), category="irrigation", flow_m3s=1.0)).itertuples()
    assert row.verdict == "clear"


@pytest.mark.parametrize(
    ("grade", "gap_m", "area_m2"),
    [("I", 150, 5_000), ("II", 50, 5_000), ("3", 20, 3_000), ("cấp IV", 5, 1_500)],
)
def test_a_dam_by_grade(grade, gap_m, area_m2):
    zone = plan(west(gap_m), category="DTL", work="đập", grade=grade)
    [row] = rows_of(zone).itertuples()
    assert (row.verdict, row.category) == ("conflict", "DTL")
    assert row.area_m2 == pytest.approx(area_m2)


# ---------------------------------------------------------------- bridges, roads


@pytest.mark.parametrize(
    ("length_m", "gap_m", "area_m2"),
    [(301, 100, 5_000), (300, 50, 5_000), (60, 50, 5_000), (59.9, 20, 3_000), (20, 20, 3_000),
     (19.9, 10, 1_000)],
)  # fmt: skip
def test_a_bridge_by_its_length(length_m, gap_m, area_m2):
    [row] = rows_of(plan(west(gap_m), category="bridge", length_m=length_m)).itertuples()
    assert row.area_m2 == pytest.approx(area_m2)
    assert (row.verdict, row.severity) == ("conflict", "approval")
    assert row.corridor_note == "outside_towns"
    told = plan(west(gap_m), category="bridge", length_m=length_m, settlement="không")
    assert rows_of(told).corridor_note.tolist() == [None]


def test_the_length_of_a_bridge_without_one_is_that_of_its_drawing():
    # 10 m × 60 m, its long side along the hectare: 100 m corridor, 50 m away.
    [areal] = rows_of(plan(square(-60, 20, 10, 60), category="bridge")).itertuples()
    assert (areal.corridor_m, areal.rule_id) == (100, "bridge_60_300")
    short = plan(square(-30, 20, 10, 59), category="bridge")
    assert rows_of(short).corridor_m.tolist() == [50]


def test_a_width_nobody_read_is_not_used_and_the_answer_is_not_checked():
    for fields in ({"class": "III"}, {}):
        [row] = rows_of(plan(west(3), category="road", **fields)).itertuples()
        assert (row.verdict, row.reason) == ("not_checked", "width_unverified")
        assert row.severity == "note"
        assert row.distance_m == pytest.approx(3)
        assert math.isnan(row.area_m2)
        assert math.isnan(row.corridor_m)
    rows = rows_of(plan(west(3), category="road"), stage=Stage.APPRAISAL)
    assert rows.severity.tolist() == ["blocking"]
    assert rows_of(plan(west(151), category="road")).verdict.tolist() == ["clear"]


def test_an_urban_road_goes_by_its_red_line():
    [row] = rows_of(plan(west(3), category="road", settlement="có")).itertuples()
    assert (row.verdict, row.reason, row.rule_id) == (
        "not_checked", "width_unknown", "road_in_town")  # fmt: skip


def test_silence_is_one_row_naming_the_nearest_work():
    zones = plan(west(30), west(3), west(60), category="road")
    [row] = rows_of(zones).itertuples()
    assert (row.zone_id, row.nearest_zone_id) == (None, "Z2")
    assert row.distance_m == pytest.approx(3)


def test_a_confirmed_width_is_used_and_names_its_text(tmp_path):
    rules = own_rules(tmp_path, confirm={"road_class_3": "Nghị định 165/2024, đã đọc"})
    [row] = rows_of(plan(west(3), category="road", **{"class": "cấp 3"}), rules=rules).itertuples()
    assert (row.verdict, row.severity, row.confidence) == ("conflict", "approval", "likely")
    assert row.area_m2 == pytest.approx(1_000)  # 13 - 3 = 10 m of 100
    assert row.legal_basis.endswith("đã đọc")
    assert "confirmed" in row.corridor_note.split()
    other = plan(west(3), category="road", **{"class": "II"})
    assert rows_of(other, rules=rules).reason.tolist() == ["width_unverified"]


def test_a_table_of_power_lines_is_the_users(tmp_path):
    wires = plan(line(-5), category="utility", voltage_kv=110.0)
    [row] = rows_of(wires).itertuples()
    assert (row.verdict, row.reason) == ("not_checked", "width_unknown")
    table = {
        "id": "power_110", "category": "utility", "effect": "R", "width_m": 15, "vi": "v",
        "en": "e", "legal_basis": "bảng của tỉnh", "confidence": "likely",
        "when": {"voltage_kv": {"from": 110, "to": 110}},
    }  # fmt: skip
    [row] = rows_of(wires, rules=own_rules(tmp_path, rules=[table])).itertuples()
    assert (row.verdict, row.severity, row.rule_id) == ("conflict", "note", "power_110")
    assert row.area_m2 == pytest.approx(1_000)


def test_rules_that_say_nothing_of_corridors_say_so(tmp_path):
    content = yaml.safe_load(shipped("vn.yaml"))
    path = tmp_path / "own.yaml"
    for corridors, verdict in (({"corridors": None}, "clear"), ({}, "conflict")):
        del content["corridors"]
        content |= corridors
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        report, rows = check(
            clusters(square(0, 0)), plan(west(3), **RIVER_DIKE), rules=load_rules(path)
        )
        assert rows.verdict.tolist() == [verdict]
        told = "corridors_no_rules" in {issue.code for issue in report.issues}
        assert told == (verdict == "clear")


def test_a_rule_holds_on_its_days_only(tmp_path):
    table = {
        "id": "pipe", "category": "utility", "effect": "R", "width_m": 15, "vi": "v", "en": "e",
        "legal_basis": "x", "confidence": "sure", "valid_from": date(2026, 11, 16),
    }  # fmt: skip
    rules = own_rules(tmp_path, rules=[table])
    pipe = plan(west(5), category="utility")
    assert rows_of(pipe, rules=rules).verdict.tolist() == ["not_checked"]
    later = find_overlaps(clusters(square(0, 0)), [pipe], as_of=date(2026, 11, 16), rules=rules)
    assert "pipe" in set(later.findings["rule_id"])


# ---------------------------------------------------------------- lines and shapes


def test_a_line_on_the_border_touches_and_its_corridor_lies_inside():
    report, rows = check(clusters(square(0, 0)), plan(line(0), **RIVER_DIKE))
    [row] = rows.itertuples()
    assert (row.verdict, row.distance_m) == ("conflict", 0)
    assert row.area_m2 == pytest.approx(2_500)
    assert row.confidence == "unverified"
    assert "from_line" in row.corridor_note.split()
    assert "corridor_from_line" in {issue.code for issue in report.issues}


def test_a_line_through_the_middle_crosses_and_has_a_corridor_on_both_sides():
    rows = rows_of(plan(line(50), **RIVER_DIKE)).set_index("relation")
    assert rows.area_m2["crosses"] == 0
    assert rows.area_m2["overlaps"] == pytest.approx(5_000)


def test_a_line_with_its_breadth_is_measured_from_its_edge():
    report, rows = check(clusters(square(0, 0)), plan(line(-20), work_width_m=20, **RIVER_DIKE))
    [row] = rows.itertuples()
    assert (row.area_m2, row.distance_m) == pytest.approx((1_500, 10))
    assert (row.confidence, row.corridor_note) == ("sure", "larger_taken from_breadth")
    assert "corridor_from_line" not in {issue.code for issue in report.issues}


@pytest.mark.parametrize(("east", "verdict"), [(-30, "not_checked"), (-76, "clear")])
def test_what_the_corridor_of_a_bare_line_does_not_reach_is_not_clear_at_once(east, verdict):
    [row] = rows_of(plan(line(east), **RIVER_DIKE)).itertuples()
    assert row.verdict == verdict
    assert row.reason == ("edge_unknown" if verdict == "not_checked" else None)


def test_an_oblique_edge_through_a_corner_leaves_a_triangle():
    # The dike's edge is x + y = 0; 25 m from it lie the legs of 25·√2 m: 625 m².
    shape = shapely.Polygon([(EAST + x, NORTH + y) for x, y in
                             [(-900, 900), (900, -900), (880, -920), (-920, 880)]])  # fmt: skip
    [row] = rows_of(plan(shape, **RIVER_DIKE)).itertuples()
    assert row.area_m2 == pytest.approx(625, rel=1e-6)


def test_a_work_at_the_corner_reaches_as_far_as_a_circle():
    [row] = rows_of(plan(square(-100, -100), **RIVER_DIKE)).itertuples()
    assert row.area_m2 == pytest.approx(490.87, rel=1e-3)  # π·25²/4


def test_the_ground_of_the_work_itself_is_no_corridor():
    rows = rows_of(plan(square(40, -500, 20, 1_100), **RIVER_DIKE))
    assert rows.area_m2.tolist() == pytest.approx([2_000, 5_000])
    assert rows.corridor_m.isna().tolist() == [True, False]
    assert rows.distance_m[1] == 0


def test_the_next_piece_of_the_same_work_is_no_corridor_either():
    pieces = plan(square(0, 0, 20, 50), square(0, 50, 20, 50), **RIVER_DIKE)
    rows = rows_of(pieces)
    beside = rows[rows.corridor_m.notna()]
    assert shapely.union_all(beside.geometry.to_numpy()).area == pytest.approx(2_500)
    assert corridor_ground_m2(rows) == pytest.approx({"C1": 2_500})


def test_a_work_drawn_in_holes_and_parts_reaches_inwards_from_both():
    ring = square(-30, -30, 160, 160).difference(square(-10, -10, 120, 120))
    [row] = rows_of(plan(ring, **RIVER_DIKE)).itertuples()
    assert row.area_m2 == pytest.approx(10_000 - 70 * 70)  # 15 m from every side


def test_the_width_of_the_piece_decides():
    subjects = clusters(square(0, 0), accuracy_m=0.3)
    for reach, verdict in ((0.4, "within_accuracy"), (0.8, "undecided"), (1.1, "conflict")):
        zone = plan(west(25 - reach), accuracy_m=0.4, **RIVER_DIKE)
        [row] = rows_of(zone, subjects=subjects).itertuples()
        assert (row.verdict, row.tolerance_m) == (verdict, pytest.approx(0.5)), reach


def test_a_zone_that_is_the_corridor_is_not_widened():
    report, rows = check(
        clusters(square(0, 0)), plan(west(3), title="Hành lang an toàn quốc lộ", category="road")
    )
    assert rows.verdict.tolist() == ["clear"]
    assert [i.params["count"] for i in report.issues if i.code == "corridor_drawn"] == [1]


def test_a_plan_that_ends_at_the_boundary_does_not_show_what_stands_beside_it():
    for margin, codes in ((10, {"corridor_ground_short"}), (400, set())):
        ground = Ground("area", square(-margin, -margin, 100 + 2 * margin, 100 + 2 * margin))
        report, _ = check(clusters(square(0, 0)), plan(west(300), ground=ground, **RIVER_DIKE))
        assert {i.code for i in report.issues} & {"corridor_ground_short"} == codes


def test_the_answer_does_not_hang_on_the_zone():
    subjects, dike = clusters(square(0, 0)), plan(west(10), **RIVER_DIKE)
    there = dike.to_crs("EPSG:5898").to_crs(CRS)
    assert rows_of(there).area_m2.tolist() == pytest.approx([1_500], rel=1e-5)
    moved = rows_of(dike.to_crs("EPSG:5898"), subjects=subjects.to_crs("EPSG:5898"))
    assert moved.area_m2.tolist() == pytest.approx([1_500], rel=2e-3)
    assert moved.verdict.tolist() == ["conflict"]


# ---------------------------------------------------------------- two works


def two_works(rules, width_note="III"):
    south = square(-500, -23, 1_100, 20)  # edge 3 m south of the hectare
    road = plan(south, category="road", plan_id="R", **{"class": width_note})
    return rows_of(plan(west(10), **RIVER_DIKE), road, rules=rules).set_index("plan_id")


def test_the_dike_goes_before_the_road(tmp_path):
    rows = two_works(own_rules(tmp_path, confirm={"road_class_3": "đã đọc"}))
    assert rows.area_m2.to_dict() == pytest.approx({"P": 1_500, "R": 1_000})
    assert (rows.yields_to["R"], rows.yields_m2["R"]) == ("Z1", pytest.approx(150))  # 15 × 10
    assert rows.yields_to["P"] is None
    report = rows.reset_index()
    assert corridor_ground_m2(report) == pytest.approx({"C1": 2_350})


def test_a_corridor_that_is_only_possible_goes_before_none(tmp_path):
    """The dike may be a sea dike: 15 m are sure, the other 85 m only if it is one."""
    rules = own_rules(tmp_path, confirm={"road_class_3": "đã đọc"})
    road = plan(square(-500, -23, 1_100, 20), category="road", plan_id="R", **{"class": "III"})
    rows = rows_of(plan(west(10), category="dike", grade="III"), road, rules=rules)
    [row] = rows[rows.plan_id == "R"].itertuples()
    assert (row.yields_to, row.yields_m2) == ("Z1", pytest.approx(150))


def test_a_road_whose_corridor_is_wider_does_not_yield_to_the_dike(tmp_path):
    wide = {
        "id": "wide", "category": "road", "effect": "C", "width_m": 30, "vi": "v", "en": "e",
        "legal_basis": "x", "confidence": "sure", "when": {"class": ["wide"]},
    }  # fmt: skip
    rows = two_works(own_rules(tmp_path, rules=[wide]), "wide")
    assert rows.area_m2["R"] == pytest.approx(2_700)
    assert rows.yields_to.tolist() == [None, None]


def test_the_railway_goes_before_the_road_however_wide(tmp_path):
    rails = {
        "id": "rails", "category": "utility", "effect": "R", "width_m": 5, "vi": "v", "en": "e",
        "legal_basis": "x", "confidence": "sure", "when": {"class": ["railway"]},
    }  # fmt: skip
    rules = own_rules(tmp_path, rules=[rails], confirm={"road_class_3": "đã đọc"})
    road = plan(west(3), category="road", plan_id="R", **{"class": "III"})
    track = plan(square(-500, -23, 1_100, 20), category="utility", **{"class": "railway"})
    rows = rows_of(road, track, rules=rules).set_index("plan_id")
    assert (rows.yields_to["R"], rows.yields_m2["R"]) == ("Z1", pytest.approx(20))  # 10 × 2
    assert rows.yields_to["P"] is None
