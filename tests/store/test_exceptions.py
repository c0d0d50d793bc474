"""The register of accepted overlaps: nothing in it is ever lost."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest
import shapely

from gisclusters.domain.accepted import AcceptedOverlap
from gisclusters.errors import UnavailableError, UsageError
from gisclusters.store import open_store
from gisclusters.store.connection import SCHEMA_VERSION
from tests.store.scenes import CRS, MONDAY, TUESDAY, cluster, layer, square

ACCEPTED = AcceptedOverlap(
    subject_id="CCN-01", plan_id="QH1", zone_id="Z1", reason="đã chuyển mục đích",
    document="12/NQ-HĐND", person="Trần Văn A", decided_on=date(2026, 10, 1),
    until=date(2027, 9, 30), as_of=date(2026, 11, 15), rules="vn 2026.1", rule_id="rice",
    effect="C", verdict="conflict", severity="approval", area_m2=1234.5, width_m=12.25,
    tolerance_m=0.5, crs=CRS, piece=shapely.to_wkb(square()),
)  # fmt: skip


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "store.gpkg"
    with open_store(path, create=True) as store:
        store.save(layer("clusters", cluster()), recorded_at=MONDAY)
    return path


def as_version_4(path):
    """The store as the version before the register made it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in ("exceptions", "campaign_markers", "campaigns"):
            connection.execute(f"DROP TABLE {table}")
            connection.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (table,))
        connection.execute("UPDATE gisclusters_store SET schema_version = 4")


def version_of(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT schema_version FROM gisclusters_store").fetchone()[0]


def test_it_comes_back_as_it_was_written_with_an_id(path):
    with open_store(path) as store:
        kept = store.add_exception(ACCEPTED, recorded_at=MONDAY)
    assert kept == replace(ACCEPTED, exception_id="EX-1", recorded_at="2026-11-16T03:00:00.000Z")
    with open_store(path) as store:
        assert store.exceptions() == [kept]
        assert store.check() == []


def test_an_ended_one_stays_with_its_end(path):
    with open_store(path) as store:
        first = store.add_exception(ACCEPTED, recorded_at=MONDAY)
        ended = store.end_exception("EX-1", ended_on=date(2026, 11, 20), reason="hết lý do",
                                    document=None, person="Lê Thị B", recorded_at=TUESDAY)  # fmt: skip
        again = store.add_exception(
            replace(ACCEPTED, decided_on=date(2026, 11, 20)), recorded_at=TUESDAY
        )
        assert [each.exception_id for each in store.exceptions()] == ["EX-1", "EX-2"]
        assert store.exceptions() == [ended, again]
    assert (
        replace(ended, ended_on=None, ended_reason=None, ended_by=None, end_recorded_at=None)
        == first
    )
    assert (ended.ended_reason, ended.ended_by) == ("hết lý do", "Lê Thị B")


@pytest.mark.parametrize(
    ("decided_on", "until", "meets"),
    [
        (date(2027, 9, 30), date(2028, 1, 1), True),  # the last day of the first one
        (date(2027, 10, 1), date(2028, 1, 1), False),
        (date(2026, 1, 1), date(2026, 9, 30), False),
        (date(2026, 1, 1), date(2026, 10, 1), True),
    ],
)
def test_two_never_hold_on_one_day(path, decided_on, until, meets):
    new = replace(ACCEPTED, decided_on=decided_on, until=until)
    with open_store(path) as store:
        store.add_exception(ACCEPTED, recorded_at=MONDAY)
        if meets:
            with pytest.raises(UsageError, match="This overlap stands accepted already under"):
                store.add_exception(new, recorded_at=MONDAY)
        else:
            store.add_exception(new, recorded_at=MONDAY)
        store.add_exception(replace(new, zone_id="Z2"), recorded_at=MONDAY)
        assert len(store.exceptions()) == (2 if meets else 3)


def test_what_cannot_be_ended_is_refused_and_changes_nothing(path):
    how = {"reason": "x", "document": None, "person": "B", "recorded_at": TUESDAY}
    with open_store(path) as store:
        kept = store.add_exception(ACCEPTED, recorded_at=MONDAY)
        with pytest.raises(UsageError, match="no entry EX-9"):
            store.end_exception("EX-9", ended_on=date(2026, 11, 20), **how)
        with pytest.raises(UsageError, match="and cannot end before it"):
            store.end_exception("EX-1", ended_on=date(2026, 9, 30), **how)
        assert store.exceptions() == [kept]
        store.end_exception("EX-1", ended_on=date(2026, 11, 20), **how)
        with pytest.raises(UsageError, match="was ended on"):
            store.end_exception("EX-1", ended_on=date(2026, 11, 21), **how)


def test_an_older_store_is_read_as_it_is_and_upgraded_by_the_first_writing(path):
    as_version_4(path)
    before = path.read_bytes()
    with open_store(path) as store:
        assert store.exceptions() == []
        [clusters] = store.load("clusters")
    assert path.read_bytes() == before
    with open_store(path) as store:
        kept = store.add_exception(ACCEPTED, recorded_at=MONDAY)
    assert version_of(path) == SCHEMA_VERSION == 6
    with open_store(path) as store:
        assert store.exceptions() == [kept]
        assert store.load("clusters")[0].frame.equals(clusters.frame)
        assert store.check() == []


def test_an_import_upgrades_too_and_a_refused_one_does_not(path):
    as_version_4(path)
    with open_store(path) as store:
        with pytest.raises(ValueError, match="id_exists"):
            store.save(layer("clusters", cluster(column=5)), recorded_at=MONDAY)
        assert version_of(path) == 4
        store.save(layer("clusters", cluster("CCN-02", 5)), recorded_at=MONDAY)
    assert version_of(path) == SCHEMA_VERSION


def test_a_still_older_store_is_refused(path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE gisclusters_store SET schema_version = 3")
    with pytest.raises(UnavailableError, match="this software reads version"):
        open_store(path)
