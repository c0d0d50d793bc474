import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from gisclusters.domain.issue import warning
from gisclusters.errors import InputRefusedError, UnavailableError, UsageError
from gisclusters.geometry.crs_names import crs_definition
from gisclusters.layers.kinds import KINDS
from gisclusters.layers.layer import WHOLE_COUNTRY, ZONES_ONLY, Ground
from gisclusters.store import IngestSummary, open_store
from gisclusters.store.connection import SCHEMA_VERSION, connect, writing
from gisclusters.words import text
from tests.store.scenes import CRS, MONDAY, TUESDAY, cluster, layer, point, square, zone

TWO_SQUARES = shapely.MultiPolygon([square(5), square(8)])
LEASE = {
    "parcel_id": "L1",
    "lease_id": "HĐ-1",
    "lessee": "Công ty Đất Đỏ",
    "lease_from": "2020-05-01",
}
ROWS: dict[str, list[dict[str, Any]]] = {
    "clusters": [
        cluster("CCN-01", name="Cụm công nghiệp Đắk Hà", status="operating", craft_village="x",
                registered_area_m2=10_000.5, in_force_from="2019-02-28", decision="12/QĐ-UBND"),
        cluster("CCN-02", geometry=TWO_SQUARES, mountain="không"),
    ],
    "markers": [
        {"marker_id": "M1", "cluster_id": "CCN-01", "marker_kind": "TĐ", "order": 1,
         "geometry": point()},
        {"marker_id": "M1", "cluster_id": "CCN-02", "geometry": point(1 / 3, 2 / 3)},
    ],
    "parcels": [
        {"parcel_id": "L1", "geometry": square(), "land_code": "SKN", "lease_to": "2070-01-01"},
        {"parcel_id": "L2", "geometry": square(1)},
    ],
    "leases": [
        LEASE,
        LEASE | {"lease_id": None, "force_majeure": "2021-07-01/2021-10-01", "accuracy_m": None},
        {"parcel_id": "L2"},
        {"parcel_id": "L2"},
    ],
    "plans": [
        zone("Z1", title="Đất trồng lúa", map_scale=25_000, voltage_kv=None),
        zone("Z2", category="road", geometry=shapely.LineString([(550_000.1, 1_590_000.2),
                                                                 (550_100.3, 1_590_000.4)])),
    ],
    "lots": [{"lot_id": "A", "use": "industrial", "geometry": square(), "floors": 3},
             {"lot_id": "B", "use": "green", "geometry": square(1), "serviced_on": "2024-06-30"}],
    "surveys": [
        {"marker_id": "M1", "geometry": point(), "observed_at": "2026-11-03T08:15:30",
         "fix": "FIXED", "epochs": 10, "role": "control"},
        {"marker_id": "M1", "geometry": point(0.001)},
    ],
    "buildings": [{"building_id": "N1", "geometry": square(), "built_on": "2001-01-01"}],
    "places": [{"place_id": "24001", "name": "Xã Ngọk Bay", "level": "commune",
                "geometry": square(0, 0, 20), "valid_from": "2025-07-01"}],
    "indicators": [
        {"of": "CCN-01", "name": "việc làm", "period": "2025", "value": 1234.5, "unit": "người"},
        {"of": "CCN-01", "name": "việc làm", "period": "2024", "value": 0.1 + 0.2},
    ],
    "works": [
        {"of": "CCN-01", "work": "wastewater", "name": "Trạm 1", "planned_to": "2025-06-30",
         "capacity": 500.0, "unit": "m³/ngày", "meets_standard": "có", "capital_paid": 0.0,
         "capital_approved": 12.5, "capital_unit": "tỷ đồng", "connected_parcels": "L1; L2"},
        {"of": "CCN-01", "work": "wastewater", "name": "Trạm 2"},
    ],
    "inspections": [
        {"of": "L1", "inspected_on": "2026-03-01", "finding": "Xả thải", "violation": "x",
         "state": "open", "due_on": "2026-06-01"},
        {"of": "L1", "inspected_on": "2026-03-01", "finding": "Không có giấy phép"},
    ],
}  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return tmp_path / "kho dữ liệu.gpkg"


@pytest.fixture
def store(path):
    with open_store(path, create=True) as opened:
        yield opened


def sql(path, query, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query, values).fetchall()


def codes(refusal):
    return [(issue.code, issue.id, issue.row) for issue in refusal.value.issues]


def counts(summary):
    return summary.rows, summary.inserted, summary.changed, summary.unchanged


def test_there_is_a_scene_for_every_kind():
    assert set(ROWS) == set(KINDS)


@pytest.mark.parametrize("kind", ROWS)
def test_rows_come_back_as_they_went_in(store, path, kind):
    came = layer(kind, *ROWS[kind])
    store.save(came, recorded_at=MONDAY)
    with open_store(path) as again:
        [back] = again.load(kind)
    pd.testing.assert_frame_equal(back.frame, came.frame, check_like=True)
    assert type(back.frame) is type(came.frame)
    assert (back.crs, back.kind_name, len(back)) == (came.crs, kind, len(ROWS[kind]))
    if came.crs is not None:
        assert shapely.to_wkb(back.shapes.geometry.array).tolist() == (
            shapely.to_wkb(came.shapes.geometry.array).tolist()
        )


def test_other_columns_come_back_with_their_types_and_order(store):
    extra: dict[str, Any] = {
        "Tờ bản đồ": ["12", "013"], "count": [1, 2], "share": [0.25, np.nan], "whole": [2.0, 3.0],
        "empty": [None, None], "yes": [True, False],
        "seen": pd.Series(["2024-01-05", None]).astype("datetime64[ms]"),
        "far": [np.inf, 1.5],
    }  # fmt: skip
    came = layer("clusters", cluster("A"), cluster("B", 1))
    came = replace(came, frame=came.frame.assign(**extra))
    store.save(came, recorded_at=MONDAY)
    [back] = store.load("clusters")
    pd.testing.assert_frame_equal(back.frame, came.frame, check_like=True)
    assert [name for name in back.frame if name in extra] == list(extra)
    assert counts(store.save(came, recorded_at=TUESDAY)) == (2, 0, 0, 2)


def test_a_column_that_becomes_real_for_want_of_a_cell_is_no_change(store):
    store.save(layer("clusters", cluster("A", số=7)), recorded_at=MONDAY)
    more = layer("clusters", cluster("A", số=7), cluster("B", 1, số=None))
    assert more.frame["số"].dtype == "float64"
    assert counts(store.save(more, recorded_at=TUESDAY)) == (2, 1, 0, 1)
    [back] = store.load("clusters")
    assert back.frame["số"].tolist()[0] == 7
    assert pd.isna(back.frame["số"].tolist()[1])


def test_the_same_file_again_changes_nothing(store, path):
    for kind, rows in ROWS.items():
        first = store.save(layer(kind, *rows), recorded_at=MONDAY)
        assert counts(first) == (len(rows), len(rows), 0, 0)
    before = store.contents()
    for kind, rows in ROWS.items():
        again = store.save(layer(kind, *rows), recorded_at=TUESDAY)
        assert counts(again) == (len(rows), 0, 0, len(rows)), kind
    assert store.contents() == before
    assert sql(path, "SELECT count(*) FROM imports") == [(2 * len(ROWS),)]


def test_other_content_under_a_known_id_is_refused_by_row_and_nothing_is_stored(store, path):
    store.save(layer("clusters", cluster("A"), cluster("B", 1)), recorded_at=MONDAY)
    bytes_before = path.read_bytes()
    moved = layer(
        "clusters", cluster("A", 0.01), cluster("B", 1, name="Cụm B"), cluster("C", 2)
    )  # fmt: skip
    with pytest.raises(InputRefusedError) as refusal:
        store.save(moved, recorded_at=TUESDAY)
    assert codes(refusal) == [("id_exists", "A", 1), ("id_exists", "B", 2)]
    assert [issue.params["changes"] for issue in refusal.value.issues] == ["geometry", "name"]
    assert path.read_bytes() == bytes_before


def test_with_a_reason_the_old_row_is_closed_and_kept(store, path):
    first = store.save(layer("clusters", cluster("A"), cluster("B", 1)), recorded_at=MONDAY)
    second = store.save(
        layer("clusters", cluster("A", 0.5)), recorded_at=TUESDAY, reason="resurvey"
    )
    assert counts(second) == (1, 0, 1, 0)
    [back] = store.load("clusters")
    assert back.frame["cluster_id"].tolist() == ["A", "B"]
    assert back.frame.geometry.tolist() == [square(0.5), square(1)]
    [closed] = sql(
        path,
        "SELECT cluster_id, import_id, recorded_from, recorded_to, closed_by_import, "
        "closed_reason FROM clusters_9216_closed",
    )
    assert closed == (
        "A", first.import_id, "2026-11-16T03:00:00.000Z", "2026-11-17T03:00:00.000Z",
        second.import_id, "resurvey",
    )  # fmt: skip
    [entry] = store.contents()
    assert (entry.count, entry.closed) == (2, 1)
    assert store.check() == []


def test_a_row_replaced_twice_leaves_two_closed_rows(store, path):
    for column in (0, 1, 2):
        store.save(layer("clusters", cluster("A", column)), recorded_at=MONDAY, reason="redraw")
    [entry] = store.contents()
    assert (entry.count, entry.closed) == (1, 2)
    assert sql(path, "SELECT fid FROM clusters_9216") == [(1,)]
    assert store.check() == []


def test_an_id_in_another_zone_is_the_same_id(store):
    store.save(layer("clusters", cluster("A")), recorded_at=MONDAY)
    other = layer("clusters", cluster("A"), crs="EPSG:9215")
    with pytest.raises(InputRefusedError) as refusal:
        store.save(other, recorded_at=TUESDAY)
    assert codes(refusal) == [("id_exists", "A", 1)]
    store.save(other, recorded_at=TUESDAY, reason="datum")
    [back] = store.load("clusters")
    assert back.crs == "EPSG:9215"
    assert [(e.table, e.count, e.closed) for e in store.contents()] == [
        ("clusters_9215", 1, 0),
        ("clusters_9216", 0, 1),
    ]


def test_two_zones_are_two_layers(store):
    store.save(layer("clusters", cluster("A")), recorded_at=MONDAY)
    store.save(layer("clusters", cluster("B"), crs="EPSG:9210"), recorded_at=MONDAY)
    assert [each.crs for each in store.load("clusters")] == ["EPSG:9210", CRS]
    assert [each.crs for each in store.load("clusters", ids=["A"])] == [CRS]


def test_an_unknown_reason_is_a_wrong_question(store):
    with pytest.raises(UsageError, match="The reason because is not one of"):
        store.save(layer("clusters", cluster()), recorded_at=MONDAY, reason="because")


def test_a_moment_without_a_time_zone_is_a_fault_of_the_caller(store):
    with pytest.raises(ValueError, match="time zone"):
        store.save(layer("clusters", cluster()), recorded_at=MONDAY.replace(tzinfo=None))


def test_a_trial_counts_and_keeps_nothing(store, path):
    tried = store.save(layer("clusters", cluster("A")), recorded_at=MONDAY, dry_run=True)
    assert counts(tried) == (1, 1, 0, 0)
    assert not path.exists()
    store.save(layer("clusters", cluster("A")), recorded_at=MONDAY)
    before = path.read_bytes()
    tried = store.save(
        layer("clusters", cluster("A", 1), cluster("B", 2)), recorded_at=TUESDAY,
        reason="legal", dry_run=True,
    )  # fmt: skip
    assert counts(tried) == (2, 1, 1, 0)
    assert path.read_bytes() == before


def test_rows_are_chosen_by_id_and_by_cluster(store):
    store.save(layer("markers", *ROWS["markers"]), recorded_at=MONDAY)
    [one] = store.load("markers", cluster_ids=["CCN-02"])
    assert one.frame["cluster_id"].tolist() == ["CCN-02"]
    assert len(store.load("markers", ids=["M1"])[0]) == 2
    assert store.load("markers", ids=["M9"]) == []
    assert store.load("markers", ids=[]) == []
    with pytest.raises(ValueError, match="cluster"):
        store.load("leases", cluster_ids=["CCN-01"])
    with pytest.raises(UsageError, match="There is no kind “roads”"):
        store.load("roads")


def test_leases_follow_each_other_and_are_known_by_number_or_first_day(store):
    store.save(layer("leases", *ROWS["leases"]), recorded_at=MONDAY)
    later = [{"parcel_id": "L1", "lease_id": None, "lease_from": "2030-01-01"}, *ROWS["leases"]]
    assert counts(store.save(layer("leases", *later), recorded_at=TUESDAY)) == (5, 1, 0, 4)
    ended = layer("leases", LEASE | {"lease_to": "2026-01-01"})
    with pytest.raises(InputRefusedError) as refusal:
        store.save(ended, recorded_at=TUESDAY)
    assert codes(refusal) == [("id_exists", "L1", 1)]
    assert counts(store.save(ended, recorded_at=TUESDAY, reason="legal")) == (1, 0, 1, 0)
    [back] = store.load("leases")
    assert len(back) == 5


def test_an_indicator_said_twice_in_one_file_is_refused(store, path):
    row = ROWS["indicators"][0]
    with pytest.raises(InputRefusedError) as refusal:
        store.save(layer("indicators", row, row | {"value": 9}), recorded_at=MONDAY)
    assert codes(refusal) == [("key_repeated", "CCN-01", 2)]
    assert not path.exists()


def test_observations_add_up_and_a_file_counts_once(store):
    rows = ROWS["surveys"]
    first = layer("surveys", *rows, sha256="a" * 64)
    store.save(first, recorded_at=MONDAY)
    assert counts(store.save(first, recorded_at=TUESDAY)) == (2, 0, 0, 2)
    other = layer("surveys", *rows, sha256="b" * 64)
    assert counts(store.save(other, recorded_at=TUESDAY)) == (2, 2, 0, 0)
    [back] = store.load("surveys")
    assert back.frame["marker_id"].tolist() == ["M1"] * 4


def test_a_survey_read_again_with_other_axes_is_not_taken_for_known(store):
    store.save(layer("surveys", *ROWS["surveys"]), recorded_at=MONDAY)
    moved = [row | {"geometry": shapely.Point(row["geometry"].x + 1, row["geometry"].y)}
             for row in ROWS["surveys"]]  # fmt: skip
    with pytest.raises(InputRefusedError) as refusal:
        store.save(layer("surveys", *moved), recorded_at=TUESDAY)
    assert codes(refusal) == [("id_exists", "M1", 1), ("id_exists", "M1", 2)]


def test_grounds_come_back_with_their_plans(store):
    grounds = {"QH1": Ground("area", square(0, 0, 9)), "QH2": WHOLE_COUNTRY, "QH3": ZONES_ONLY}
    rows = [zone(plan_id=plan) for plan in grounds]
    store.save(layer("plans", *rows, grounds=grounds), recorded_at=MONDAY)
    [back] = store.load("plans")
    assert dict(back.grounds) == grounds
    assert back.ground_of("QH4") == ZONES_ONLY


def test_a_ground_changes_only_for_a_reason_and_the_old_one_is_kept(store, path):
    store.save(layer("plans", zone(), grounds={"QH1": ZONES_ONLY}), recorded_at=MONDAY)
    wider = layer("plans", zone(), grounds={"QH1": Ground("area", square(0, 0, 9))})
    with pytest.raises(InputRefusedError) as refusal:
        store.save(wider, recorded_at=TUESDAY)
    assert codes(refusal) == [("ground_exists", "QH1", 1)]
    store.save(wider, recorded_at=TUESDAY, reason="legal")
    [back] = store.load("plans")
    assert back.ground_of("QH1").area == square(0, 0, 9)
    assert sql(path, "SELECT plan_id, ground FROM plan_grounds_9216_closed") == [("QH1", "zones")]
    store.save(layer("plans", zone("Z2", 1)), recorded_at=TUESDAY)
    assert store.load("plans")[0].ground_of("QH1").kind == "area"


def test_a_loaded_layer_says_where_it_comes_from(store, path):
    came = layer(
        "clusters", cluster("A"), cluster("B", 1), crs_as_received="EPSG:4326",
        datum_operation="EPSG:6960", decision="12/QĐ-UBND", decided_on=MONDAY.date(),
    )  # fmt: skip
    store.save(came, recorded_at=MONDAY)
    source = store.load("clusters")[0].source
    assert (source.role, source.name, source.layer) == ("clusters", path.name, "clusters_9216")
    assert (source.crs_as_received, source.datum_operation) == ("EPSG:4326", "EPSG:6960")
    assert (source.decision, source.decided_on, source.rows) == (
        "12/QĐ-UBND", MONDAY.date(), 2,
    )  # fmt: skip


def test_the_sum_of_a_loaded_layer_follows_its_content_not_its_imports(tmp_path):
    rows = [cluster("A"), cluster("B", 1)]
    sums = []
    for name, parts in (("one", [rows]), ("two", [[row] for row in rows])):
        with open_store(tmp_path / f"{name}.gpkg", create=True) as store:
            for part in parts:
                store.save(layer("clusters", *part), recorded_at=MONDAY)
            sums.append(store.load("clusters")[0].source.sha256)
        with (
            closing(connect(tmp_path / f"{name}.gpkg", patience_s=1)) as connection,
            writing(connection, keep=True),
        ):
            connection.execute("UPDATE clusters_9216 SET name = 'khác' WHERE cluster_id = 'A'")
        with open_store(tmp_path / f"{name}.gpkg") as store:
            sums.append(store.load("clusters")[0].source.sha256)
    assert sums[0] == sums[2]
    assert sums[1] == sums[3]
    assert sums[0] != sums[1]


def test_warnings_of_the_import_stand_as_long_as_the_rows_do(store):
    came = layer("clusters", cluster("A"), cluster("B", 1))
    repaired = warning("geometry_repaired", layer="f.shp", row=1, id="A", area_before=9.5)
    came = replace(came, issues=(repaired,))
    store.save(came, recorded_at=MONDAY)
    assert store.load("clusters")[0].issues == (repaired,)
    assert store.load("clusters", ids=["B"])[0].issues == ()
    store.save(layer("clusters", cluster("A", 0.5)), recorded_at=TUESDAY, reason="resurvey")
    assert store.load("clusters", ids=["A"])[0].issues == ()


def test_contents_say_count_crs_reach_and_last_change(store):
    store.save(layer("leases", *ROWS["leases"]), recorded_at=MONDAY)
    store.save(layer("clusters", cluster("A"), cluster("B", 3)), recorded_at=TUESDAY)
    clusters, leases = store.contents()
    assert (clusters.kind, clusters.table, clusters.count, clusters.closed, clusters.crs) == (
        "clusters", "clusters_9216", 2, 0, CRS,
    )  # fmt: skip
    assert clusters.bbox == (550_000, 1_590_000, 550_400, 1_590_100)
    assert clusters.last_change == "2026-11-17T03:00:00.000Z"
    assert (leases.table, leases.crs, leases.bbox) == ("leases", None, None)


def test_reach_shrinks_with_the_shapes(store):
    store.save(layer("clusters", cluster("A", 0), cluster("B", 9)), recorded_at=MONDAY)
    store.save(layer("clusters", cluster("B", 1)), recorded_at=TUESDAY, reason="redraw")
    assert store.contents()[0].bbox == (550_000, 1_590_000, 550_200, 1_590_100)


def test_a_store_is_made_by_its_first_rows(path):
    with open_store(path, create=True) as store:
        assert store.load("clusters") == []
        assert store.contents() == []
        assert store.check() == []
        assert not path.exists()
        assert isinstance(
            store.save(layer("clusters", cluster()), recorded_at=MONDAY), IngestSummary
        )
    with open_store(path) as store:
        assert len(store.load("clusters")[0]) == 1


def test_an_opened_store_cannot_be_written_outside_an_import(store):
    store.save(layer("clusters", cluster()), recorded_at=MONDAY)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store._connection.execute("DELETE FROM imports")


@pytest.mark.parametrize("create", [True, False])
def test_a_file_of_others_is_never_taken_for_a_store(tmp_path, create):
    text = tmp_path / "thư.gpkg"
    text.write_text("không phải cơ sở dữ liệu\n" * 99, encoding="utf-8")
    database = tmp_path / "other.gpkg"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE gisclusters_store (schema_version)")
    for path in (text, database):
        before = path.read_bytes()
        with pytest.raises(UnavailableError, match="is not a gisclusters store"):
            open_store(path, create=create)
        assert path.read_bytes() == before


def test_a_store_of_another_version_is_refused(store, path):
    store.save(layer("clusters", cluster()), recorded_at=MONDAY)
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE gisclusters_store SET schema_version = 99")
    with pytest.raises(UnavailableError, match="this software reads version") as refusal:
        open_store(path)
    assert refusal.value.params["found"] == "99"


def test_a_repair_is_kept_with_its_numbers_and_the_shape_as_it_came(store, path):
    bow = shapely.Polygon(shapely.get_coordinates(square())[[0, 2, 1, 3, 0]])
    came = layer("clusters", cluster("A", geometry=bow), cluster("B", 2), accept_repairs=True)
    summary = store.save(came, recorded_at=MONDAY)
    store.save(layer("clusters", cluster("C", 4)), recorded_at=TUESDAY)
    with open_store(path) as again:
        [kept] = again.repairs("clusters")
        assert again.repairs("clusters", ids=["A", "C"]) == [kept]
        assert again.repairs("clusters", ids=["B"]) == again.repairs("parcels") == []
        [back] = again.load("clusters", ids=["A"])
    assert (kept.import_id, kept.recorded_at[:10]) == (summary.import_id, "2026-11-16")
    assert (kept.repair,) == came.repairs
    assert (kept.repair.id, kept.repair.row, kept.repair.reason) == ("A", 1, "self_intersection")
    assert shapely.from_wkb(kept.repair.original) == bow
    assert (kept.repair.area_before_m2, kept.repair.area_after_m2) == (0, 5_000)
    assert back.shapes.geometry[0].area == kept.repair.area_after_m2


def test_a_trial_keeps_no_repair_and_an_empty_store_has_none(store):
    bow = shapely.Polygon(shapely.get_coordinates(square())[[0, 2, 1, 3, 0]])
    came = layer("clusters", cluster("A", geometry=bow), accept_repairs=True)
    store.save(came, recorded_at=MONDAY, dry_run=True)
    assert store.repairs("clusters") == []


def test_the_bytes_of_decoded_text_are_kept(store, path):
    raw = pd.DataFrame({"source_row": [2], "field": ["name"], "raw": [b"C\xb7m hai"]})
    came = replace(layer("clusters", cluster("A"), cluster("B", 2)), received_text=raw)
    summary = store.save(came, recorded_at=MONDAY)
    store.save(layer("clusters", cluster("C", 4)), recorded_at=TUESDAY)
    with open_store(path) as again:
        [kept] = again.received_text("clusters").to_dict("records")
        assert len(again.received_text("clusters", ids=["B"])) == 1
        assert again.received_text("clusters", ids=["A"]).empty
        assert again.received_text("parcels").empty
    assert kept["recorded_at"][:10] == "2026-11-16"
    del kept["recorded_at"]
    assert kept == {"import_id": summary.import_id, "id": "B", "source_row": 2, "field": "name",
                    "raw": b"C\xb7m hai"}  # fmt: skip


def test_an_older_store_is_refused_with_what_to_do(store, path):
    store.save(layer("clusters", cluster()), recorded_at=MONDAY)
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE received_text")
        connection.execute("UPDATE gisclusters_store SET schema_version = 3")
    with pytest.raises(UnavailableError, match="this software reads version") as refusal:
        open_store(path)
    params = refusal.value.params
    assert (params["found"], params["ours"]) == ("3", str(SCHEMA_VERSION))
    assert "--store" in text("errors.store_version.remedy", "vi", **params)


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(UnavailableError, match="There is no store"):
        open_store(tmp_path / "none.gpkg")
    (tmp_path / "blank.gpkg").touch()
    with pytest.raises(UnavailableError, match="There is no store"):
        open_store(tmp_path / "blank.gpkg")
    with pytest.raises(UnavailableError, match="There is no folder"):
        open_store(tmp_path / "none" / "store.gpkg", create=True)
    with pytest.raises(UnavailableError, match="cannot be opened or written"):
        open_store(tmp_path)
    with pytest.raises(UnavailableError, match="This version does not support a"):
        open_store("postgresql://host/db")


def test_hostile_ids_are_only_text(store):
    nasty = ['a"; DROP TABLE imports; --', "{{7*7}}", "'", "%s", "Ωđ🏭"]
    rows = [cluster(name, place, **{'x"y': "1"}) for place, name in enumerate(nasty)]
    store.save(layer("clusters", *rows), recorded_at=MONDAY)
    assert store.load("clusters", ids=nasty)[0].frame["cluster_id"].tolist() == nasty


def test_a_crs_is_written_down_as_epsg_defines_it(store, path):
    store.save(layer("clusters", cluster()), recorded_at=MONDAY)
    [row] = sql(
        path,
        "SELECT organization, organization_coordsys_id, srs_name, definition "
        "FROM gpkg_spatial_ref_sys WHERE srs_id = 9216",
    )
    assert row == crs_definition(CRS)
    assert row[2] == "VN-2000 / TM-3 107-30"
    assert "TOWGS84" not in row[3]
