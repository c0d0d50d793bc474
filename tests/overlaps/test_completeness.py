"""What a plan and a dossier must hold of a cluster, item by item."""

from datetime import date

import pytest

from gisclusters.errors import UsageError
from gisclusters.overlaps.completeness import check_completeness
from gisclusters.overlaps.fit import plan_fit
from gisclusters.rules.completeness import load_checklists
from gisclusters.rules.overlaps import load_rules
from tests.scenes import clusters, layer, plan, square

DAY = date(2026, 11, 15)
BEFORE = date(2026, 9, 14)
HECTARES_50 = square(0, 0, 1_000, 500)


def items(
    subjects, *, as_of=DAY, plans=(), indicators=(), layers=None, places=(), rules="vn_completeness"
):
    """The rows of the first cluster by document and item."""
    checks = plan_fit(subjects, as_of=as_of, plans=plans, places=places, clusters=[subjects],
                      indicators=indicators).checks  # fmt: skip
    found = check_completeness(
        subjects, checks, as_of=as_of, overlap_rules=load_rules(), plans=plans,
        indicators=indicators, layers=layers or {}, rules=rules,
    ).items  # fmt: skip
    return {(row["document"], row["item"]): row for row in found.to_dict("records")
            if row["subject_id"] == "C1"}  # fmt: skip


def plan_of(one, here, two, there):
    return layer("plans", [
        {"zone_id": code, "plan_id": "P", "category": code, "geometry": shape, "accuracy_m": 0.05}
        for code, shape in ((one, here), (two, there))
    ])  # fmt: skip


def figures(*rows):
    names = ("of", "name", "period", "value", "unit")
    return layer("indicators", [dict(zip(names, row, strict=True)) for row in rows], crs=None)


def told(row, *names):
    return tuple(row[name] for name in ("state", *names))


def test_fields_are_present_or_missing():
    rows = items(clusters(HECTARES_50, status="in_plan", name="CCN Đăk Cấm", industries="  "))
    assert told(rows["option", "name"], "source", "value") == ("present", "field", "CCN Đăk Cấm")
    assert told(rows["option", "industries"], "reason") == ("missing", None)
    assert told(rows["option", "area"]) == ("missing",)
    assert told(rows["option", "boundary"], "source", "value") == ("present", "boundary", 500_000)


def test_a_location_needs_commune_and_province():
    one = items(clusters(HECTARES_50, status="in_plan", commune="Đăk Cấm"))
    assert told(one["option", "location"]) == ("missing",)
    both = items(clusters(HECTARES_50, status="in_plan", commune="Đăk Cấm", province="Kon Tum"))
    assert told(both["option", "location"], "value") == ("present", "Đăk Cấm, Kon Tum")


def test_a_location_that_the_map_denies():
    far = layer("places", [{"place_id": "K1", "name": "Đăk Cấm", "level": "commune",
                            "accuracy_m": 0.05, "geometry": square(5_000, 0)}])  # fmt: skip
    subjects = clusters(HECTARES_50, status="in_plan", commune="Đăk Cấm", province="Kon Tum")
    row = items(subjects, places=[far])["option", "location"]
    assert told(row, "reason") == ("contradicts", "commune")


def test_an_area_that_the_polygon_denies():
    right = items(clusters(HECTARES_50, status="in_plan", registered_area_m2=500_000))
    assert told(right["option", "area"], "value") == ("present", 500_000)
    wrong = items(clusters(HECTARES_50, status="in_plan", registered_area_m2=550_000))
    assert told(wrong["option", "area"], "reason") == ("contradicts", "area_registered")


# The nearest house stands 300 m east of the border.
@pytest.mark.parametrize(
    ("stated", "unit", "state", "reason"),
    [(300, "m", "present", None), (250, "m", "present", None), (300.1, "m", "present", None),
     (301, "m", "contradicts", "nearer"), (0.5, "km", "contradicts", "nearer"),
     (300, None, "present", "unit_unknown")],
)  # fmt: skip
def test_a_stated_distance_is_held_against_the_nearest_zone(stated, unit, state, reason):
    houses = plan(square(1_300, 0), square(9_000, 0), category="ONT", accuracy_m=0.05)
    table = figures(("C1", "Khoảng cách đến khu dân cư", "2026", stated, unit))
    row = items(clusters(HECTARES_50, status="in_plan"), plans=[houses], indicators=[table])[
        "option", "distance_housing"]  # fmt: skip
    assert told(row, "reason") == (state, reason)
    assert row["measured_m"] == (None if unit is None else pytest.approx(300))


def test_a_stated_distance_to_what_no_plan_shows():
    table = figures(("C1", "distance_water", "2026", 500, "m"))
    houses = plan(square(1_300, 0), category="ONT")
    row = items(clusters(HECTARES_50, status="in_plan"), plans=[houses], indicators=[table])[
        "option", "distance_water"]  # fmt: skip
    assert told(row, "reason", "measured_m") == ("present", "distance_not_measured", None)


def test_without_the_table_nobody_looked_with_it_the_figure_is_missing():
    subjects = clusters(HECTARES_50, status="in_plan")
    assert told(items(subjects)["option", "cost"], "reason") == ("not_checked", "no_data")
    other = figures(("C2", "expected_cost", "2026", 630, "tỷ đồng"))
    assert told(items(subjects, indicators=[other])["option", "cost"]) == ("missing",)
    own = figures(("C1", "kinh phí dự kiến", "2025", 600, "tỷ đồng"),
                  ("C1", "expected_cost", "2026", 630, "tỷ đồng"))  # fmt: skip
    assert told(items(subjects, indicators=[own])["option", "cost"], "value", "unit", "period") == (
        "present", 630, "tỷ đồng", "2026")  # fmt: skip


def test_what_the_store_cannot_hold_is_for_a_person():
    rows = items(clusters(HECTARES_50, status="appraisal"))
    for key in (("option", "maps"), ("dossier", "investor_capacity")):
        assert told(rows[key], "reason") == ("not_checked", "not_stored")


def test_links_are_asked_only_beside_another_cluster():
    alone = items(clusters(HECTARES_50, square(5_000, 0), status="in_plan"))
    assert told(alone["option", "adjacent_links"], "reason") == ("not_needed", "adjacency")
    beside = clusters(HECTARES_50, square(1_000, 0), status="in_plan")
    row = items(beside)["option", "adjacent_links"]
    assert told(row, "reason") == ("not_checked", "not_stored")
    kept = clusters(HECTARES_50, square(1_000, 0), status="in_plan", lien_ket="BC 12/2026")
    row = items(kept)["option", "adjacent_links"]
    assert told(row, "source", "value") == ("present", "column", "BC 12/2026")


def test_the_present_state_is_asked_of_clusters_that_exist():
    planned = items(clusters(HECTARES_50, status="in_plan"))
    assert ("option", "current_infrastructure") not in planned
    lots = layer("lots", [
        {"lot_id": "L1", "use": "industrial", "serviced_on": "2024-01-01", "geometry": square(0, 0)},
        {"lot_id": "L2", "use": "green", "geometry": square(200, 0)},
        {"lot_id": "L3", "cluster_id": "C9", "use": "green", "serviced_on": "2024-01-01",
         "geometry": square(100, 0)}])  # fmt: skip
    running = items(clusters(HECTARES_50, status="operating"), layers={"lots": [lots]})
    assert told(running["option", "current_infrastructure"], "source", "value", "unit") == (
        "present", "layer", 1, "lots.serviced_on")  # fmt: skip
    bare = items(
        clusters(HECTARES_50, status="operating"),
        layers={"lots": [lots.where([False, True, False])]},
    )
    assert told(bare["option", "current_infrastructure"]) == ("missing",)
    unknown = items(clusters(HECTARES_50), layers={"lots": [lots]})
    assert told(unknown["option", "current_infrastructure"], "reason") == (
        "not_checked", "status_unknown")  # fmt: skip


def test_the_dossier_and_the_land_use_plan():
    subjects = clusters(HECTARES_50, status="appraisal", owner="UBND xã")
    for zone, expected in (
        (plan(HECTARES_50, category="SKN"), ("present", None)),
        (plan(square(0, 0), square(0, 200), category="SKN"), ("not_checked", "no_data")),
        (plan_of("SKN", HECTARES_50, "LUC", square(0, 0)), ("not_checked", "undecided")),
        (plan_of("SKN", square(5_000, 0), "LUC", HECTARES_50), ("contradicts", "land_use")),
        (plan(HECTARES_50, category="rice"), ("not_checked", "no_data")),
    ):
        rows = items(subjects, plans=[zone])
        assert told(rows["dossier", "land_use_fit"], "reason") == expected
    assert told(rows["dossier", "investor"], "value") == ("present", "UBND xã")
    assert told(rows["dossier", "dossier_area"], "source") == ("present", "fit")


def test_the_dossier_asks_for_corners():
    subjects = clusters(HECTARES_50, status="calling")
    corner = {"marker_id": "M1", "cluster_id": "C2", "geometry": square(0, 0).centroid}
    held = layer("markers", [corner])
    assert told(items(subjects)["dossier", "corner_table"], "reason") == ("not_checked", "no_data")
    assert told(items(subjects, layers={"markers": [held]})["dossier", "corner_table"]) == (
        "missing",
    )
    own = layer("markers", [corner | {"cluster_id": "C1"}])
    assert told(items(subjects, layers={"markers": [own]})["dossier", "corner_table"], "value") == (
        "present", 1)  # fmt: skip


def test_a_withdrawn_cluster_needs_assessment_and_conversion_plan():
    rows = items(clusters(HECTARES_50, status="withdrawn", decision="QĐ 12", danh_gia="BC 1",
                          phuong_an_chuyen_doi=None))  # fmt: skip
    assert {document for document, _ in rows} == {"withdrawal"}
    assert told(rows["withdrawal", "basis"], "value") == ("present", "QĐ 12")
    assert told(rows["withdrawal", "assessment"], "value") == ("present", "BC 1")
    assert told(rows["withdrawal", "conversion_plan"]) == ("missing",)
    bare = items(clusters(HECTARES_50, status="withdrawn"))
    assert told(bare["withdrawal", "conversion_plan"], "reason") == ("not_checked", "not_stored")


def test_the_version_of_the_day():
    subjects = clusters(HECTARES_50, status="in_plan")
    old, new = items(subjects, as_of=BEFORE), items(subjects)
    assert told(old["option", "name"], "rule_id", "confidence") == ("missing", "option", "sure")
    assert told(new["option", "name"], "rule_id", "confidence") == (
        "missing",
        "option_303",
        "likely",
    )
    assert new["option", "name"]["document_vi"].startswith("Phương hướng")
    [row] = items(subjects, as_of=date(2024, 4, 30)).values()
    assert told(row, "reason", "item") == ("not_checked", "no_rule", None)


def test_a_checklist_of_ones_own(tmp_path):
    own = tmp_path / "own.yaml"
    text = """name: own
version: "1"
documents:
- {id: d, document: option, vi: Của tỉnh, en: Own, statuses: [in_plan], valid_from: null,
   valid_to: null, article: "-", confidence: unverified,
   items: [{id: owner, vi: Chủ đầu tư, en: Owner, look: {fields: [owner]}}]}
"""
    own.write_text(text, "utf-8")
    rows = items(clusters(HECTARES_50, status="in_plan"), rules=load_checklists(own))
    assert list(rows) == [("option", "owner")]
    for wrong in ("look: {fieldz: [owner]}", "look: {fields: owner}"):
        own.write_text(text.replace("look: {fields: [owner]}", wrong), "utf-8")
        with pytest.raises(UsageError):
            load_checklists(own)


def test_every_check_the_shipped_lists_name_is_one_of_ours():
    from gisclusters.layers.kinds import CATEGORY_WORDS, CLUSTER_STATUSES, KINDS
    from gisclusters.overlaps.fit import CHECKS

    lists = load_checklists()
    for document in lists.documents:
        assert document.statuses <= {None, *CLUSTER_STATUSES}
        for item in document.items:
            asked = {*item.against, *item.fits} | ({item.needed_unless} - {None})
            assert asked <= set(CHECKS)
            assert set(item.fields) <= set(KINDS["clusters"].names)
            assert set(item.nearest) <= set(CATEGORY_WORDS)
            for each in item.layers:
                kind, _, field = each.partition(".")
                assert kind in {"lots", "markers", "parcels"}
                assert not field or field in KINDS[kind].names
            assert (item.statuses or set()) <= {None, *CLUSTER_STATUSES}
