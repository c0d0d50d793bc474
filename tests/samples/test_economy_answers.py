"""Figures, works, inspections and withdrawn clusters of the samples are as planted."""

import json
from collections import Counter
from datetime import UTC, date, datetime

import pytest
import yaml

from gisclusters.publish.document import document
from gisclusters.readers import ReadOptions
from gisclusters.samples import samples_dir
from gisclusters.store import open_store
from gisclusters.workflows.ingest import ingest
from gisclusters.workflows.measure_efficiency import measure_efficiency
from gisclusters.workflows.publish_site import merge

SAMPLES = samples_dir()
ANSWERS = json.loads((SAMPLES / "answers.json").read_text(encoding="utf-8"))
PLAN = yaml.safe_load((SAMPLES / "manifest.yaml").read_text(encoding="utf-8"))
KINDS = ("clusters", "lots", "parcels", "leases", "indicators", "works", "inspections")
DAY = date.fromisoformat(ANSWERS["as_of"])


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("samples") / "store.gpkg"
    with open_store(path, create=True) as opened:
        for step in PLAN["ingest"]:
            if step["kind"] in KINDS:
                ingest(opened, step["kind"], SAMPLES / step["file"], ReadOptions(),
                       recorded_at=datetime(2026, 11, 15, tzinfo=UTC))  # fmt: skip
        yield opened


@pytest.fixture(scope="module")
def result(store):
    return measure_efficiency(store, as_of=DAY)


@pytest.fixture(scope="module")
def found(result):
    return document(result, "en")


@pytest.mark.parametrize("name", ANSWERS["economy"])
def test_figures_sums_and_hectares(found, name):
    cluster, indicator = name.split()
    figure, total, difference, hectares = ANSWERS["economy"][name]
    [row] = [row for row in found["economy"]["clusters"]
             if (row["cluster_id"], row["indicator"]) == (cluster, indicator)]  # fmt: skip
    assert (row["period"], row["figure"], row["parcels_sum"], row["difference"]) == (
        "2025", figure, total, difference)  # fmt: skip
    assert row["rung_m2"] == pytest.approx(hectares * 10_000, abs=2)
    assert row["figure_per_ha"] == pytest.approx(figure / hectares, rel=1e-5)


def test_a_cluster_without_figures_has_none_and_no_zero(found):
    rows = [row for row in found["economy"]["clusters"] if row["cluster_id"] == "N7"]
    assert len(rows) == 5
    assert all(row["figure"] is row["figure_per_ha"] is row["parcels_sum"] is None for row in rows)


def test_a_parcel_below_the_rung_has_no_figure_per_hectare(found):
    rows = {row["parcel_id"]: row for row in found["economy"]["parcels"]
            if row["indicator"] == "jobs"}  # fmt: skip
    assert (rows["N5-T19"]["at_rung"], rows["N5-T19"]["figure_per_ha"]) == (False, None)
    assert rows["N5-T01"]["figure_per_ha"] == pytest.approx(40 / 1.3)


@pytest.mark.parametrize("name", ANSWERS["works"])
def test_works_run_as_planted(found, name):
    cluster, work = name.split()
    [row] = [row for row in found["works"]["works"]
             if (row["cluster_id"], row["work"]) == (cluster, work)]  # fmt: skip
    told = [row["work_state"], row["start_slip_days"], row["finish_slip_days"]]
    assert told == ANSWERS["works"][name]


@pytest.mark.parametrize("name", ANSWERS["wastewater"])
def test_wastewater_is_as_planted(found, name):
    [row] = [row for row in found["works"]["clusters"] if row["cluster_id"] == name]
    told = [row[each] for each in ("plant_state", "connected", "connected_of", "used_share",
                                   "capacity_missing")]  # fmt: skip
    assert told == ANSWERS["wastewater"][name]


@pytest.mark.parametrize("name", ANSWERS["held_back"])
def test_tenants_are_held_back_as_planted(found, name):
    cluster, rule = name.split()
    counts = Counter(row["hold"] for row in found["works"]["held_back"]
                     if (row["cluster_id"], row["rule_id"]) == (cluster, rule))  # fmt: skip
    assert counts == ANSWERS["held_back"][name]


def test_inspections_have_their_state_of_the_day(found):
    rows = {row["parcel_id"]: [row["inspection_state"], row["days_overdue"]]
            for row in found["environment"]["inspections"] if row["parcel_id"]}  # fmt: skip
    assert rows == ANSWERS["inspections"]


def test_withdrawn_clusters_and_who_is_still_there(found):
    rows = {row["cluster_id"]: row for row in found["withdrawn"]["clusters"]}
    assert set(rows) == {"S4", "S5"}
    for name, (tenants, producing, leased, over, left, last) in ANSWERS["withdrawn"].items():
        row = rows[name]
        assert (row["remaining_tenants"], row["producing_tenants"]) == (tenants, producing)
        assert row["last_lease_ends_on"] == last
        told = [row[each] for each in ("leased_m2", "overstayed_m2", "not_recovered_m2")]
        assert told == pytest.approx([leased, over, left], abs=1)
        assert row["conversion_state"] == "not_on_record"
    assert rows["S5"]["remaining_tenants"] is None  # no parcel of it is known
    assert {row["rule_id"]: row["read"] for row in found["withdrawn"]["asked"]} == {
        "withdrawn_conversion_plan": True, "withdrawn_land_plan": True,
        "withdrawn_building": False, "withdrawn_recovery": False,
    }  # fmt: skip


def test_the_day_of_the_amended_decree_changes_who_may_operate(store):
    def rules(day):
        rows = measure_efficiency(store, ids=["N7"], as_of=day).extra["works"]["held_back"]
        return {row["rule_id"] for row in rows}

    assert rules(date(2026, 9, 14)) == {"no_new_discharge"}
    assert rules(date(2026, 9, 15)) == {"no_new_discharge", "shared_works_complete"}


def test_runs_by_parts_say_what_one_run_says(store, result):
    ids = [str(name) for layer in store.load("clusters") for name in layer.frame["cluster_id"]]
    parts = [measure_efficiency(store, ids=part, as_of=DAY) for part in (ids[:8], ids[8:])]
    both = merge(parts).extra
    for key in ("works", "withdrawn"):
        for name, rows in result.extra[key].items():
            assert both[key][name] == rows if name == "rules" else (
                sorted(map(str, both[key][name])) == sorted(map(str, rows)))  # fmt: skip
    assert both["economy"]["period"] == "2025"
