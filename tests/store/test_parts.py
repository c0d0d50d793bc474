"""A file in parts: one import, one transaction, all of it or nothing."""

import pandas as pd
import pytest

from gisclusters.domain.issue import error
from gisclusters.errors import InputRefusedError
from gisclusters.layers.layer import Ground
from gisclusters.store import open_store
from tests.store.scenes import MONDAY, TUESDAY, cluster, layer, zone


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "kho.gpkg", create=True) as opened:
        opened.save(layer("clusters", cluster("A")), recorded_at=MONDAY)
        yield opened


def parts(*groups):
    return (
        layer("clusters", *(cluster(name, place) for place, name in enumerate(names)))
        for names in groups
    )


def test_parts_are_one_import(store):
    summary = store.save_parts(parts("BC", "DE", "F"), recorded_at=TUESDAY)
    assert (summary.rows, summary.inserted) == (5, 5)
    [held] = store.load("clusters")
    assert held.frame["cluster_id"].tolist() == list("ABCDEF")
    assert store.check() == []


def test_an_id_in_two_parts_refuses_them_all(store):
    with pytest.raises(InputRefusedError) as refusal:
        store.save_parts(parts("BC", "DB", "CE"), recorded_at=TUESDAY)
    assert [(issue.code, issue.id) for issue in refusal.value.issues] == [
        ("key_repeated", "B"), ("key_repeated", "C")]  # fmt: skip
    assert [entry.count for entry in store.contents()] == [1]


def test_problems_of_every_part_are_told_at_once(store):
    changed = layer("clusters", cluster("A", 9))
    again = layer("clusters", cluster("B"), cluster("C", 3))
    other = layer("clusters", cluster("A", 8))
    with pytest.raises(InputRefusedError) as refusal:
        store.save_parts(iter([changed, again, other, again]), recorded_at=TUESDAY)
    assert {issue.code for issue in refusal.value.issues} == {"id_exists"}


def test_a_part_that_cannot_be_read_takes_the_others_with_it(store):
    def broken():
        yield layer("clusters", cluster("A", 9))
        raise InputRefusedError([error("file_damaged", layer="b", reason="r")])

    with pytest.raises(InputRefusedError) as refusal:
        store.save_parts(broken(), recorded_at=TUESDAY)
    assert [issue.code for issue in refusal.value.issues] == ["id_exists", "file_damaged"]
    assert [entry.count for entry in store.contents()] == [1]


def test_plans_of_later_parts_have_their_grounds_too(store):
    several = [layer("plans", zone(name, at, plan_id=name), grounds={name: Ground("all")})
               for at, name in enumerate("PQ")]  # fmt: skip
    store.save_parts(several, recorded_at=TUESDAY)
    [held] = store.load("plans")
    assert [held.ground_of(name).kind for name in "PQ"] == ["all", "all"]


def test_a_further_column_has_the_type_that_fits_every_part(store):
    several = [
        layer("clusters", cluster("B", 1, house=1)),
        layer("clusters", cluster("C", 3, house=None), cluster("D", 5, house=2**53 + 1)),
    ]
    several[1].frame["house"] = pd.array([None, 2**53 + 1], dtype="Int64")
    store.save_parts(several, recorded_at=TUESDAY)
    [held] = store.load("clusters", ids=["B", "C", "D"])
    assert held.frame["house"].dropna().tolist() == [1, 2**53 + 1]


def test_no_part_at_all_is_a_fault_of_ours(store):
    with pytest.raises(ValueError, match="nothing"):
        store.save_parts([], recorded_at=TUESDAY)


def test_every_problem_is_counted_however_many(store):
    store.save(layer("clusters", *(cluster(f"K{k}", k) for k in range(1_500))), recorded_at=MONDAY)
    moved = [
        layer("clusters", *(cluster(f"K{k}", k + 0.5) for k in range(first, first + 500)))
        for first in (0, 500, 1_000)
    ]
    with pytest.raises(InputRefusedError) as refusal:
        store.save_parts(moved, recorded_at=TUESDAY)
    *told, rest = refusal.value.issues
    assert rest.params == {"code": "id_exists", "count": 1_500 - len(told)}
