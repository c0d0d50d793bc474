"""The marker verifications in the store: kept whole or not at all, and once."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from threading import Barrier

import pyogrio
import pytest

from gisclusters.domain.campaign import Campaign, SurveyedMarker
from gisclusters.domain.source import Source
from gisclusters.store import open_store
from tests.store.scenes import CRS, MONDAY, TUESDAY, cluster, layer

DESIGN = Source(role="markers", name="store.gpkg", sha256="d" * 64, crs_as_received=CRS, rows=2,
                layer="markers_9216", decision="12/QĐ-UBND", decided_on=date(2025, 1, 31))  # fmt: skip
SURVEY = Source(role="surveys", name="do.csv", sha256="a" * 64, crs_as_received=CRS, rows=1)
CAMPAIGN = Campaign(
    run_id="548fa70d79082e13", cluster_id="CCN-01", first_day=date(2026, 11, 14),
    last_day=date(2026, 11, 15), day_source="observed_at", crs=CRS, datum_operation="EPSG:6960",
    tolerance={"value_m": 0.07, "source": "Thông tư 26/2024"},
    diagnosis={"cause": "none", "certainty": "certain", "shift_e_m": 0.1 + 0.2,
               "sentences": {"vi": {"evidence": "Không có"}}},
    sources=(DESIGN, SURVEY),
    markers=(
        SurveyedMarker(marker_id="RG-01", verdict="ok", easting_m=550_000.1, northing_m=1_590_000.2,
                       de_m=0.1, dn_m=0.2, residual_m=0.1 + 0.2, accuracy_m=0.012, matched_by="id",
                       state="found", note="sơn lại"),
        SurveyedMarker(marker_id="RG-02", verdict="missing"),
    ),
)  # fmt: skip


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "store.gpkg"
    with open_store(path, create=True) as store:
        store.save(layer("clusters", cluster()), recorded_at=MONDAY)
    return path


def as_version_5(path):
    """The store as the version before the campaigns made it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in ("campaign_markers", "campaigns"):
            connection.execute(f"DROP TABLE {table}")
            connection.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (table,))
        connection.execute("UPDATE gisclusters_store SET schema_version = 5")


def test_one_comes_back_as_it_was_kept_bit_for_bit(path):
    with open_store(path) as store:
        kept, new = store.add_campaign(CAMPAIGN, recorded_at=MONDAY)
    assert new
    assert kept == replace(CAMPAIGN, number=1, recorded_at="2026-11-16T03:00:00.000Z")
    with open_store(path) as store:
        assert store.campaigns() == [kept]
        assert store.campaigns(cluster_ids=["CCN-02"]) == []
        assert store.check() == []


@pytest.mark.parametrize("changed", [
    {"run_id": "other"}, {"sources": (DESIGN, replace(SURVEY, name="ban_sao.csv"))},
    {"diagnosis": dict(CAMPAIGN.diagnosis) | {"sentences": {}}},
])  # fmt: skip
def test_the_same_survey_of_the_same_design_is_one_campaign(path, changed):
    with open_store(path) as store:
        kept, _ = store.add_campaign(CAMPAIGN, recorded_at=MONDAY)
        before = path.read_bytes()
        assert store.add_campaign(replace(CAMPAIGN, **changed), recorded_at=TUESDAY) == (
            kept, False)  # fmt: skip
    assert path.read_bytes() == before


@pytest.mark.parametrize("changed", [
    {"sources": (replace(DESIGN, sha256="e" * 64), SURVEY)}, {"tolerance": {"value_m": 0.15}},
    {"sources": (DESIGN, replace(SURVEY, sha256="b" * 64))}, {"cluster_id": "CCN-02"},
    {"last_day": date(2026, 11, 16)}, {"markers": CAMPAIGN.markers[:1]},
])  # fmt: skip
def test_another_design_file_tolerance_or_outcome_is_kept_beside_it(path, changed):
    with open_store(path) as store:
        store.add_campaign(CAMPAIGN, recorded_at=MONDAY)
        kept, new = store.add_campaign(replace(CAMPAIGN, **changed), recorded_at=TUESDAY)
        assert (new, kept.number) == (True, 2)
        assert [each.number for each in store.campaigns()] == [1, 2]


def test_the_day_of_the_run_makes_no_second_campaign(path):
    monday = replace(CAMPAIGN, day_source="run", first_day=date(2026, 11, 16),
                     last_day=date(2026, 11, 16))  # fmt: skip
    tuesday = replace(monday, first_day=date(2026, 11, 17), last_day=date(2026, 11, 17))
    with open_store(path) as store:
        store.add_campaign(monday, recorded_at=MONDAY)
        kept, new = store.add_campaign(tuesday, recorded_at=TUESDAY)
    assert (new, kept.last_day) == (False, date(2026, 11, 16))


@pytest.mark.parametrize("version", [4, 5])
def test_an_older_store_is_read_as_it_is_and_upgraded_by_the_first_campaign(path, version):
    as_version_5(path)
    if version == 4:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DROP TABLE exceptions")
            connection.execute("DELETE FROM gpkg_contents WHERE table_name = 'exceptions'")
            connection.execute("UPDATE gisclusters_store SET schema_version = 4")
    before = path.read_bytes()
    with open_store(path) as store:
        assert store.campaigns() == []
        [clusters] = store.load("clusters")
    assert path.read_bytes() == before
    with open_store(path) as store:
        kept, _ = store.add_campaign(CAMPAIGN, recorded_at=MONDAY)
    with open_store(path) as store:
        assert store.campaigns() == [kept]
        assert store.exceptions() == []
        assert store.load("clusters")[0].frame.equals(clusters.frame)
        assert store.check() == []
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT schema_version FROM gisclusters_store").fetchall() == [
            (6,)]  # fmt: skip


def test_gdal_reads_both_tables(path):
    with open_store(path) as store:
        store.add_campaign(CAMPAIGN, recorded_at=MONDAY)
    [head] = pyogrio.read_dataframe(path, layer="campaigns").to_dict("records")
    assert (head["run_id"], head["cause"], head["survey_name"]) == (
        CAMPAIGN.run_id, "none", "do.csv")  # fmt: skip
    rows = pyogrio.read_dataframe(path, layer="campaign_markers")
    assert list(rows["marker_id"]) == ["RG-01", "RG-02"]
    assert rows["easting_m"][0] == 550_000.1


def test_two_at_once_keep_one_campaign(path):
    start = Barrier(2)

    def keep(moment):
        with open_store(path) as store:
            start.wait()
            return store.add_campaign(CAMPAIGN, recorded_at=moment)[1]

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(keep, (MONDAY, TUESDAY))) == [False, True]
    with open_store(path) as store:
        assert len(store.campaigns()) == 1


KILLED = """
import sys, time
from gisclusters.store import campaigns, open_store
from tests.store.test_campaigns import CAMPAIGN, MONDAY
def stop(connection, name, changed_at):
    print("written", flush=True)
    time.sleep(600)
campaigns.refresh_contents = stop
with open_store(sys.argv[1]) as store:
    store.add_campaign(CAMPAIGN, recorded_at=MONDAY)
"""


def test_one_killed_half_way_leaves_nothing(path, root):
    as_version_5(path)
    with subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE,
                          text=True, cwd=root) as child:  # fmt: skip
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "written\n"
        finally:
            child.kill()
    with open_store(path) as store:
        assert store.campaigns() == []
        assert store.check() == []
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT schema_version FROM gisclusters_store").fetchall() == [
            (5,)]  # fmt: skip
