"""A store that was not there is not there after an import of which nothing was kept."""

import threading

import pytest

from gisclusters.domain.issue import error
from gisclusters.errors import InputRefusedError
from gisclusters.store import open_store
from gisclusters.store.making import begin_new, give_up
from tests.store.scenes import MONDAY, TUESDAY, cluster, layer


def broken(fault):
    yield layer("clusters", cluster("A"))
    raise fault


@pytest.mark.parametrize(
    "fault",
    [InputRefusedError([error("file_damaged", layer="b", reason="r")]), KeyboardInterrupt()],
)
def test_a_first_import_that_fails_leaves_no_file(fault, tmp_path):
    with (
        pytest.raises(type(fault)),
        open_store(tmp_path / "kho.gpkg", create=True) as store,
    ):
        store.save_parts(broken(fault), recorded_at=MONDAY)
    assert list(tmp_path.iterdir()) == []


def test_the_same_store_can_be_made_afterwards(tmp_path):
    with open_store(tmp_path / "kho.gpkg", create=True) as store:
        with pytest.raises(KeyboardInterrupt):
            store.save_parts(broken(KeyboardInterrupt()), recorded_at=MONDAY)
        store.save(layer("clusters", cluster("A")), recorded_at=TUESDAY)
    with open_store(tmp_path / "kho.gpkg") as store:
        assert [entry.count for entry in store.contents()] == [1]


@pytest.mark.parametrize("content", [None, b""])
def test_a_file_that_was_there_stays(content, tmp_path):
    path = tmp_path / "kho.gpkg"
    if content is None:
        with open_store(path, create=True) as store:
            store.save(layer("clusters", cluster("B", 5)), recorded_at=MONDAY)
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(KeyboardInterrupt), open_store(path, create=True) as store:
        store.save_parts(broken(KeyboardInterrupt()), recorded_at=TUESDAY)
    assert path.read_bytes() == before


def test_who_waits_for_a_store_that_is_taken_away_makes_it_anew(tmp_path):
    """The second writer waits on the file of the first, which is removed under it."""
    path = tmp_path / "kho.gpkg"
    first, made = begin_new(path, patience_s=5)
    second = open_store(path, create=True, patience_s=5)
    waiting = threading.Event()

    def save():
        waiting.set()
        with second:
            second.save(layer("clusters", cluster("A")), recorded_at=MONDAY)

    thread = threading.Thread(target=save)
    thread.start()
    waiting.wait()
    threading.Event().wait(0.3)
    give_up(first, path, made=made)
    thread.join()
    with open_store(path) as store:
        assert [entry.count for entry in store.contents()] == [1]


def test_a_store_that_another_has_begun_stays(tmp_path):
    path = tmp_path / "kho.gpkg"
    first, made = begin_new(path, patience_s=5)
    first.execute("ROLLBACK")
    with open_store(path, create=True) as store:
        store.save(layer("clusters", cluster("A")), recorded_at=MONDAY)
    give_up(first, path, made=made)
    with open_store(path) as store:
        assert [entry.count for entry in store.contents()] == [1]
