from contextlib import closing

import pytest

from gisclusters.errors import UnavailableError
from gisclusters.store import open_store
from gisclusters.store.connection import connect, writing
from gisclusters.words import LANGS, issue_text, text
from tests.store.scenes import MONDAY, cluster, layer, zone


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "store.gpkg"
    with open_store(path, create=True) as store:
        store.save(layer("clusters", cluster("A"), cluster("B", 1)), recorded_at=MONDAY)
        store.save(layer("plans", zone()), recorded_at=MONDAY)
    return path


def found_after(path, *statements):
    with closing(connect(path, patience_s=1)) as connection, writing(connection, keep=True):
        for statement in statements:
            connection.execute(statement)
    with open_store(path) as store:
        issues = store.check()
    for issue in issues:
        assert all(all(issue_text(issue, lang)) for lang in LANGS)
    return [(issue.level, issue.code, issue.layer) for issue in issues]


def test_a_sound_store_has_nothing_to_say(path):
    assert found_after(path) == []


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM rtree_clusters_9216_geom WHERE id = 1",
        "INSERT INTO rtree_clusters_9216_geom VALUES (99, 0, 1, 0, 1)",
        "UPDATE rtree_clusters_9216_geom SET minx = minx + 50, maxx = maxx + 50 WHERE id = 2",
        "DROP TABLE rtree_clusters_9216_geom",
    ],
)
def test_an_index_that_lies_is_found(path, harm):
    assert found_after(path, harm) == [("error", "store_index", "clusters_9216")]


def test_a_table_that_is_gone_is_found(path):
    assert found_after(path, "DROP TABLE plans_9216") == [
        ("error", "store_table_missing", "store.gpkg")
    ]


def test_rows_of_strangers_are_told_and_still_load(path):
    assert found_after(
        path, "INSERT INTO clusters_9216 (name) VALUES ('vẽ thêm')",
        "INSERT INTO plans_9216 (geom) SELECT geom FROM plans_9216",
    ) == [("warning", "store_rows_foreign", "clusters_9216"),
          ("warning", "store_rows_foreign", "plans_9216")]  # fmt: skip
    with open_store(path) as store:
        [clusters] = store.load("clusters")
        [plans] = store.load("plans")
    assert clusters.frame["name"].tolist() == [None, None, "vẽ thêm"]
    assert plans.frame["plan_id"].tolist() == ["QH1", None]


@pytest.mark.parametrize(
    ("column", "value"),
    [("registered_area_m2", "'rộng'"), ("in_force_from", "'hôm qua'"), ("geom", "x'4750'"),
     ("extra", "'[1]'")],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_names_its_table(path, column, value):
    with closing(connect(path, patience_s=1)) as connection:
        connection.execute("PRAGMA query_only = OFF")
        connection.execute("DROP TRIGGER rtree_clusters_9216_geom_update1")
        connection.execute(f"UPDATE clusters_9216 SET {column} = {value} WHERE fid = 2")
    with (
        open_store(path) as store,
        pytest.raises(UnavailableError, match="is damaged") as refusal,
    ):
        store.load("clusters")
    assert "clusters_9216" in text(refusal.value.key, "vi", **refusal.value.params)


def test_a_torn_file_is_said_to_be_damaged(path):
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(UnavailableError, match="is damaged"), open_store(path) as store:
        store.load("clusters")
