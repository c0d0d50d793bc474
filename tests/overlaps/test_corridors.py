"""The corridors of works, drawn about the hectare from (0, 0) to (100, 100)."""

import math
from datetime import date
from pathlib import Path

import pytest
import shapely

from gisclusters.domain.verdicts import Stage
from gisclusters.errors import UsageError
from gisclusters.overlaps import find_overlaps
from gisclusters.rules.corridors import corridors_for, load_corridors
from tests.overlaps.test_scenes import line, poly
from tests.scenes import CRS, clusters, plan, square

DAY = date(2026, 11, 15)
FAR_LINE = line((-500, -10), (500, -10))
"""Ten metres south of the cluster."""


def corridors(*zones, subject=None, **options):
    fields = {key: options.pop(key) for key in list(options) if key not in {"rules", "stage"}}
    report = find_overlaps(
        clusters(subject or square(0, 0)), [plan(*zones, **fields)], as_of=DAY,
        corridors=options.get("rules", "vn_corridors"), stage=options.get("stage", Stage.DRAFT),
    )  # fmt: skip
    found = report.findings
    return found[found["distance_m"].notna()].reset_index(drop=True), report.issues


def confirmed(folder: Path) -> Path:
    shipped = Path(load_corridors.__code__.co_filename).with_name("vn_corridors.yaml")
    path = folder / "tinh.yaml"
    text = shipped.read_text(encoding="utf-8")
    path.write_text(text.replace("confidence: unverified", "confidence: unverified\n    confirmed: true"),
                    encoding="utf-8")  # fmt: skip
    return path


def test_a_dike_of_grade_3_ten_metres_away():
    """25 m from a line 10 m south: the southern 15 m of the cluster."""
    [row], issues = corridors(FAR_LINE, category="dike", grade="III")[0].itertuples(), None
    assert issues is None
    assert (row.verdict, row.severity, row.rule_id) == ("conflict", "blocking", "dike_special_3")
    assert (row.area_m2, row.distance_m) == pytest.approx((1_500, 10), abs=1e-6)
    assert row.share_of_subject == pytest.approx(0.15)
    assert row.width_m == pytest.approx(15, rel=1e-2)


@pytest.mark.parametrize("said", ["III", "3", "cấp III", "Đê cấp 3", "iii"])
def test_a_grade_is_one_however_it_is_written(said):
    [row] = corridors(FAR_LINE, category="dike", grade=said)[0].itertuples()
    assert row.rule_id == "dike_special_3"


def test_ground_has_an_edge_and_a_line_has_none():
    """A dike 20 m wide whose northern foot lies 5 m south: 20 m of the cluster."""
    found, issues = corridors(square(-500, -25, 1_000, 20), category="dike", grade="I")
    [row] = found.itertuples()
    assert (row.area_m2, row.distance_m) == pytest.approx((2_000, 5), abs=1e-6)
    assert "corridor_from_line" not in {issue.code for issue in issues}
    _, issues = corridors(FAR_LINE, category="dike", grade="I")
    [said] = [issue for issue in issues if issue.code == "corridor_from_line"]
    assert said.params["count"] == 1


def test_the_ground_of_the_work_is_not_its_corridor():
    """A dike through the cluster: 20 m of it are the dike's row, 25 m each side the corridor's."""
    report = find_overlaps(clusters(square(0, 0)), [plan(square(-500, 40, 1_000, 20),
                           category="dike", grade="I")], as_of=DAY).findings  # fmt: skip
    rows = report[report["plan_id"].notna()]
    own, around = rows[rows["distance_m"].isna()], rows[rows["distance_m"].notna()]
    assert own["area_m2"].tolist() == pytest.approx([2_000])
    assert around["area_m2"].tolist() == pytest.approx([5_000])
    assert around["distance_m"].tolist() == [0]


@pytest.mark.parametrize(
    ("flow", "area", "rule"),
    [(1.9, None, None), (2.5, 200, "irrigation_2_10"), (10, 200, "irrigation_2_10"),
     (10.5, 400, "irrigation_over_10")],
)  # fmt: skip
def test_a_canal_by_its_flow(flow, area, rule):
    """A metre south: 3 m leave 2 m of the cluster, 5 m leave 4 m."""
    found, _ = corridors(line((-500, -1), (500, -1)), category="irrigation", flow_m3s=flow)
    [row] = found.itertuples()
    if rule is None:
        assert (row.verdict, row.reason) == ("not_checked", "width_unknown")
    else:
        assert (row.rule_id, row.severity, row.area_m2) == (rule, "approval", pytest.approx(area))


@pytest.mark.parametrize(
    ("length", "depth", "rule"),
    [(19, 20, "bridge_under_20"), (20, 20, "bridge_under_20"), (60, 50, "bridge_20_60"),
     (300, 100, "bridge_60_300"), (301, 150, "bridge_over_300")],
)  # fmt: skip
def test_a_bridge_by_its_length(length, depth, rule):
    """Drawn as long as it is, along the southern side; the corridor has round ends."""
    bridge = line((50 - length / 2, 0), (50 + length / 2, 0))
    [row] = corridors(bridge, category="bridge")[0].itertuples()
    straight = shapely.intersection(square(0, 0), shapely.buffer(bridge, depth, quad_segs=400))
    assert row.rule_id == rule
    assert row.area_m2 == pytest.approx(shapely.area(straight), abs=2)


def test_a_corridor_that_does_not_reach_is_no_row():
    found, _ = corridors(line((-500, -25), (500, -25)), category="dike", grade="III")
    assert not len(found)
    found, _ = corridors(line((-500, -24.8), (500, -24.8)), category="dike", grade="III")
    assert found["verdict"].tolist() == ["conflict"]  # 20 cm against 7 cm


def test_a_width_nobody_verified_is_never_used_unless_confirmed(tmp_path):
    found, _ = corridors(FAR_LINE, category="road", **{"class": "III"})
    [row] = found.itertuples()
    assert (row.verdict, row.reason, row.severity) == ("not_checked", "width_unknown", "note")
    assert row.distance_m == pytest.approx(10)
    rules = load_corridors(confirmed(tmp_path))
    [row] = corridors(FAR_LINE, category="road", rules=rules, **{"class": "III"})[0].itertuples()
    assert (row.rule_id, row.confidence) == ("road_3", "unverified")
    assert row.area_m2 == pytest.approx(300)
    found, _ = corridors(FAR_LINE, category="road", stage=Stage.APPRAISAL, **{"class": "III"})
    assert found["severity"].tolist() == ["blocking"]


def test_ground_without_any_attribute_is_the_corridor_itself():
    found, _ = corridors(square(-500, -30, 1_000, 20), category="water_source")
    assert not len(found)
    found, _ = corridors(square(-500, -30, 1_000, 20), category="water_source", **{"class": "sông"})
    assert found["area_m2"].tolist() == pytest.approx([2_000])


def test_oblique_works_and_works_at_a_corner():
    """A bank along x + y = -10 passes the corner at 7.07 m: a triangle of 32.43 m is left."""
    [row] = corridors(line((-510, 500), (500, -510)), category="water_source")[0].itertuples()
    leg = 30 * math.sqrt(2) - 10
    assert row.area_m2 == pytest.approx(leg**2 / 2, abs=1e-6)
    assert row.distance_m == pytest.approx(10 / math.sqrt(2))


def test_the_same_in_another_zone():
    subjects = clusters(square(0, 0))
    there = plan(FAR_LINE, category="dike", grade="II").to_crs("EPSG:9210").to_crs(CRS)
    found = find_overlaps(subjects, [there], as_of=DAY).findings
    [row] = found[found["distance_m"].notna()].itertuples()
    assert row.area_m2 == pytest.approx(1_500, abs=1e-3)


def test_two_works_have_two_corridors():
    canal = line((-1, -500), (-1, 500))
    found, _ = corridors(canal, poly((200, 0), (210, 0), (210, 100), (200, 100)),
                         category="irrigation", flow_m3s=5)  # fmt: skip
    assert found["zone_id"].tolist() == ["Z1"]


@pytest.mark.parametrize(
    ("change", "word"),
    [("width_m: 150", "width_m: -1"), ("effect: R", "effect: X"),
     ("by: {length_m: [300, null]}", "by: {colour: red}")],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused_by_name(change, word, tmp_path):
    path = confirmed(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace(change, word, 1), encoding="utf-8")
    with pytest.raises(UsageError) as fault:
        load_corridors(path)
    assert "bridge_over_300" in str(fault.value.params["reason"])


def test_a_rules_file_may_bring_corridors_of_its_own(tmp_path):
    assert corridors_for("vn").rule_set.name == "vn_corridors"
    path = confirmed(tmp_path)
    assert corridors_for(str(path)).of("road", DAY)[0].usable
