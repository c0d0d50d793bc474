"""What every plan says about a cluster, situation by situation."""

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gisclusters.domain.verdicts import Stage
from gisclusters.errors import CrsMismatchError
from gisclusters.geometry.crs import transform_frame
from gisclusters.geometry.measure import area_sd_m2
from gisclusters.geometry.pairs import overlap_pairs
from gisclusters.geometry.width import width_m
from gisclusters.layers.layer import ZONES_ONLY, Ground
from gisclusters.overlaps import clusters_as_plan, find_overlaps
from tests.scenes import CRS, clusters, layer, plan, square

DAY = date(2026, 11, 15)


def check(subjects, *plans, as_of=DAY, **options):
    """The rows of the plans given; those of expected kinds nobody gave are left out."""
    findings = find_overlaps(subjects, plans, as_of=as_of, **options).findings
    return findings[findings["plan_id"].notna()].reset_index(drop=True)


def test_rice_takes_a_quarter_of_a_hectare():
    [row] = check(clusters(square(0, 0)), plan(square(50, 50))).itertuples()
    assert (row.verdict, row.severity, row.relation) == ("conflict", "approval", "overlaps")
    assert (row.area_m2, row.share_of_subject, row.width_m) == pytest.approx(
        (2_500, 0.25, 50), rel=1e-3
    )


def test_neighbours_that_share_a_border_are_clear():
    [row] = check(clusters(square(0, 0)), plan(square(100, 0))).itertuples()
    assert row.verdict == "clear"


def test_a_border_shared_by_way_of_another_zone_is_still_only_touched():
    subjects = clusters(square(0, 0, 3_000, 3_000))
    neighbours = plan(square(3_000, 0, 1_000, 2_999), square(-1_000, 7, 1_000, 900))
    there = neighbours.to_crs("EPSG:5898").to_crs(CRS)
    shared = overlap_pairs(subjects.shapes, there.shapes)
    assert len(shared)  # the plane sees strips of a nanometre
    assert shared.area_m2.max() < 1e-5
    [row] = check(subjects, there).itertuples()
    assert row.verdict == "clear"
    [row] = check(subjects, plan(square(0, 0, 3_000, 3_000), ground=ZONES_ONLY)
                  .to_crs("EPSG:5898").to_crs(CRS)).itertuples()  # fmt: skip
    assert (row.verdict, row.relation) == ("conflict", "equals")


@pytest.mark.parametrize(
    ("zone", "relation"),
    [(square(0, 0), "equals"), (square(-5, -5, 200, 200), "within"),
     (square(20, 20, 10, 10), "contains"), (square(50, 0), "overlaps")],
)  # fmt: skip
def test_relations_read_subject_to_zone(zone, relation):
    [row] = check(clusters(square(0, 0)), plan(zone)).itertuples()
    assert row.relation == relation


# ε = √(0.3² + 0.4²) = 0.5 m
@pytest.mark.parametrize(
    ("width", "verdict"),
    [(0.40, "within_accuracy"), (0.50, "within_accuracy"), (0.55, "undecided"),
     (0.95, "undecided"), (1.00, "conflict"), (1.20, "conflict")],
)  # fmt: skip
def test_width_decides_not_area(width, verdict):
    subjects = clusters(square(0, 0), accuracy_m=0.3)
    [row] = check(subjects, plan(square(100 - width, 0), accuracy_m=0.4)).itertuples()
    assert row.tolerance_m == pytest.approx(0.5)
    assert row.verdict == verdict


def test_land_planned_for_clusters_is_compatible():
    [row] = check(clusters(square(0, 0)), plan(square(0, 0), category="SKN")).itertuples()
    assert (row.verdict, row.severity) == ("compatible", None)


@pytest.mark.parametrize(
    ("category", "severity"),
    [("special_use_forest", "blocking"), ("CQP", "blocking"), ("LUC", "approval"),
     ("mineral", "note"), ("unclassified", "approval")],
)  # fmt: skip
def test_severity_follows_the_rule(category, severity):
    [row] = check(clusters(square(0, 0)), plan(square(0, 0), category=category)).itertuples()
    assert row.severity == severity


def test_the_stage_makes_doubt_blocking():
    subjects, strip = clusters(square(0, 0), accuracy_m=0.3), plan(square(99.3, 0), accuracy_m=0.4)
    assert check(subjects, strip).severity.tolist() == ["note"]
    assert check(subjects, strip, stage=Stage.APPRAISAL).severity.tolist() == ["blocking"]


def test_ground_the_plan_does_not_cover_is_not_called_clear():
    ground = Ground("area", square(30, -500, 900, 900))
    [row] = check(clusters(square(0, 0)), plan(square(500, 0), ground=ground)).itertuples()
    assert (row.verdict, row.reason) == ("not_checked", "outside_ground")
    assert row.area_m2 == pytest.approx(3_000)


def test_a_plan_that_knows_only_its_zones_leaves_the_rest_open():
    rows = check(clusters(square(0, 0)), plan(square(50, 0), ground=ZONES_ONLY))
    assert sorted(rows.verdict) == ["conflict", "not_checked"]
    assert rows.set_index("verdict").area_m2["not_checked"] == pytest.approx(5_000)


@pytest.mark.parametrize(
    ("as_of", "found"),
    [(date(2023, 12, 31), False), (date(2024, 1, 1), True), (date(2025, 6, 30), True),
     (date(2025, 7, 1), False)],
)  # fmt: skip
def test_both_ends_of_the_period_are_in_force(as_of, found):
    zone = plan(square(0, 0), in_force_from="2024-01-01", in_force_to="2025-06-30")
    rows = check(clusters(square(0, 0)), zone, as_of=as_of)
    assert (rows.verdict == "conflict").any() == found


def test_a_plan_out_of_force_answers_nothing_and_is_named_so():
    ended = plan(square(0, 0), status="archived")
    rows = find_overlaps(clusters(square(0, 0)), [ended], as_of=DAY).findings
    rice = rows[rows.category == "rice"]
    assert rice.verdict.tolist() == ["not_checked"]
    assert rice.reason.tolist() == ["not_in_force"]


def test_every_kind_the_rules_expect_is_answered():
    rows = find_overlaps(clusters(square(0, 0)), [], as_of=DAY).findings
    assert set(rows.verdict) == {"not_checked"}
    assert {"rice", "defence", "special_use_forest", "mineral"} <= set(rows.category)
    assert set(rows.reason) == {"no_data"}


def test_a_zone_drawn_in_parts_is_one_zone():
    parts = layer("plans", [
        {"zone_id": "Z", "plan_id": "P", "category": "rice", "geometry": shapely.union_all(
            [square(0, 0, 60, 100), square(40, 0, 60, 100)])}])  # fmt: skip
    [row] = check(clusters(square(0, 0)), parts).itertuples()
    assert row.area_m2 == pytest.approx(10_000)


def test_clusters_against_each_other_never_against_themselves():
    subjects = clusters(square(0, 0), square(90, 0), square(500, 0))
    rows = check(subjects, clusters_as_plan(subjects))
    found = rows[rows.verdict == "conflict"]
    assert list(zip(found.subject_id, found.zone_id, strict=True)) == [("C1", "C2"), ("C2", "C1")]
    assert found.area_m2.tolist() == pytest.approx([1_000, 1_000])
    assert rows[rows.subject_id == "C3"].verdict.tolist() == ["clear"]


def test_a_withdrawn_cluster_is_no_longer_in_the_way():
    subjects = clusters(square(0, 0))
    other = clusters_as_plan(clusters(square(50, 0), status="withdrawn"))
    assert check(subjects, other).empty


def test_it_never_reprojects():
    with pytest.raises(CrsMismatchError):
        find_overlaps(clusters(square(0, 0)), [plan(square(0, 0)).to_crs("EPSG:5898")], as_of=DAY)


def test_the_area_deviation_of_a_75_hectare_square():
    side = float(np.sqrt(750_000))
    # By hand: four diagonals of 1224.7 m, so 0.15/(2√2) · 2449.5 = 129.9 m².
    assert area_sd_m2(square(0, 0, side, side), 0.15) == pytest.approx(129.9, abs=0.1)


def test_the_width_of_a_strip_is_its_breadth():
    assert width_m(square(0, 0, 1_000, 3), 0.5) == pytest.approx(3, abs=0.02)


def test_a_real_ward_against_its_neighbours(shared_data):
    wards = gpd.read_file(shared_data / "real" / "vn_admin_2025" / "wards_tay_ninh_96.gpkg")
    wards = transform_frame(wards, "EPSG:9210")
    ward = wards[wards["name"] == "Tân Thành"]
    subject = layer("clusters", [{"cluster_id": "W", "geometry": ward.geometry.iloc[0]}],
                    crs="EPSG:9210")  # fmt: skip
    zones = [{"zone_id": code, "plan_id": "W", "category": "unclassified", "geometry": shape}
             for code, shape in zip(wards["code"], wards.geometry, strict=True)]  # fmt: skip
    against = layer("plans", zones, crs="EPSG:9210", grounds={"W": Ground("all")})
    rows = check(subject, against).set_index("zone_id")
    own = rows.loc[ward["code"].iloc[0]]
    assert (own.relation, own.share_of_subject) == ("equals", 1.0)
    neighbours = rows.drop(ward["code"].iloc[0])
    assert set(neighbours.verdict) == {"within_accuracy"}
    assert neighbours.width_m.max() == pytest.approx(0.068, abs=0.002)
    touching = wards.geometry.touches(ward.geometry.iloc[0]).sum()
    assert touching > 0
    assert subject.crs != CRS


@pytest.mark.parametrize(
    ("zone", "verdict"),
    [
        (shapely.LineString([(552_000, 1_586_000), (552_000, 1_588_000)]), "clear"),  # west side
        (shapely.LineString([(551_000, 1_587_000), (552_000, 1_587_000)]), "clear"),  # to a corner
        (shapely.Point(552_000, 1_587_050), "clear"),
        (shapely.LineString([(551_000, 1_587_050), (553_000, 1_587_050)]), "conflict"),
        (shapely.Point(552_050, 1_587_050), "conflict"),
    ],
)
def test_a_line_or_point_on_the_border_only_touches(zone, verdict):
    [row] = check(clusters(square(0, 0)), plan(zone, category="relic_zone_1")).itertuples()
    assert row.verdict == verdict


def test_a_plan_kind_nobody_expects_is_not_dropped_when_it_is_not_in_force():
    subjects = clusters(square(0, 0))
    findings = find_overlaps(
        subjects, [plan(square(0, 0), category="dike", status="draft")], as_of=DAY
    ).findings
    [row] = findings[findings["category"] == "dike"].itertuples()
    assert (row.verdict, row.reason) == ("not_checked", "not_in_force")


def test_a_strip_of_exactly_two_tolerances_is_real_whichever_way_it_lies():
    turned = shapely.affinity.rotate(square(0, 0, 1_000, 1.0), 17.3)
    subjects = clusters(shapely.buffer(turned, 50, join_style="mitre"), accuracy_m=0.3)
    [row] = check(subjects, plan(turned, accuracy_m=0.4)).itertuples()
    assert row.tolerance_m == pytest.approx(0.5)
    assert row.verdict == "conflict"


@pytest.mark.parametrize("east", [90_000, 191])
def test_a_coarse_map_never_covers_ground_it_did_not_draw(east):
    """1:1 000 000 is good to 200 m, wider than the cluster: still it says nothing of it."""
    cluster = clusters(square(0, 0, 190, 600))
    zone = plan(square(east, 0), category="mineral", accuracy_m=200, ground=ZONES_ONLY)
    rows = find_overlaps(cluster, [zone], as_of=DAY).findings
    rows = rows[rows.plan_id == "P"]
    assert rows[["verdict", "reason"]].to_numpy().tolist() == [["not_checked", "outside_ground"]]
    assert rows.area_m2.tolist() == [114_000]


def test_what_a_coarse_zone_leaves_open_is_told_however_coarse_it_is():
    cluster = clusters(square(0, 0, 190, 600))
    zone = plan(square(0, 0, 8, 600), category="mineral", accuracy_m=5_000, ground=ZONES_ONLY)
    rows = find_overlaps(cluster, [zone], as_of=DAY).findings
    rows = rows[rows.plan_id == "P"].set_index("verdict")
    assert rows.area_m2["not_checked"] == 182 * 600


def test_one_coarse_zone_far_away_does_not_excuse_the_gaps_of_exact_ones():
    cluster = clusters(square(0, 0, 100, 100))
    zones = plan(square(0, 0, 60, 100), square(90_000, 0), ground=ZONES_ONLY,
                 category="mineral", accuracy_m=0.1)  # fmt: skip
    zones.frame.loc[1, "accuracy_m"] = 200.0
    rows = find_overlaps(cluster, [zones], as_of=DAY).findings
    assert "not_checked" in set(rows[rows.plan_id == "P"].verdict)
