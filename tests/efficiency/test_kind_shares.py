"""Shares of ten hectares of industrial land, by parcels of one hectare."""

from datetime import date

import pytest
import shapely

from gisclusters.efficiency.founding_rows import Asked
from gisclusters.efficiency.kind_shares import ground_of, judge_kinds
from tests.efficiency.founding_scenes import HA, NEW, OLD, RULES, day, facts
from tests.efficiency.scenes import layer, square

LAND = square(0, 0, 10, 1)


def parcels(*labels, **columns):
    """One parcel of a hectare a label, side by side from the west."""
    rows = [
        {"parcel_id": f"P{k}", "geometry": square(k, 0), "industry": label}
        | {name: values[k] for name, values in columns.items()}
        for k, label in enumerate(labels)
    ]
    return layer("parcels", rows).shapes


def judged(frame, *kinds, as_of=NEW, land=LAND):
    _, today = day(as_of)
    rows = judge_kinds(
        Asked(subject_id="C1", question="found"), facts(kinds=frozenset(kinds) or None), frame,
        land, rules=RULES, today=today,
    )  # fmt: skip
    return {row["condition"].removeprefix("kind_"): row for row in rows}


def test_seven_of_ten_hectares_for_craft_villages_are_enough_only_since_september_2026():
    frame = parcels(*["mộc"] * 10, craft_relocation=["có"] * 7 + ["không"] * 3)
    old, new = (judged(frame, "craft_village", as_of=each)["craft_village"] for each in (OLD, NEW))
    assert (old["verdict"], new["verdict"]) == ("not_met", "met")
    assert old["measured_share"] == pytest.approx(0.7)
    assert old["missing_points"] == pytest.approx(5)
    assert old["missing_m2"] == pytest.approx(0.5 * HA)
    assert old["features"] == [f"P{k}" for k in range(7)]


@pytest.mark.parametrize(
    ("labels", "verdict", "share"),
    [
        (["May"] * 3 + ["may"] * 3 + ["gỗ"] * 4, "met", 0.6),
        (["May"] * 5 + ["gỗ"] * 5, "not_met", 0.5),
        (["May"] * 5 + ["gỗ"] * 3 + [None] * 2, "undecided", 0.5),
        (["May"] * 4 + ["gỗ"] * 5 + [None], "undecided", 0.5),
        (["May"] * 4 + ["gỗ"] * 2, "undecided", 0.4),  # no parcel on four hectares
    ],
)
def test_the_largest_industry_counts_and_land_without_one_may_be_of_it(labels, verdict, share):
    row = judged(parcels(*labels), "specialised")["specialised"]
    assert (row["verdict"], row["measured_share"]) == (verdict, pytest.approx(share))


def test_ground_of_two_parcels_counts_once_and_what_lies_off_industrial_land_not():
    frame = layer("parcels", [
        {"parcel_id": "A", "geometry": square(0, 0, 4, 1), "industry": "may"},
        {"parcel_id": "B", "geometry": square(2, 0, 4, 1), "industry": "may"},
        {"parcel_id": "C", "geometry": square(6, 0, 4, 1), "industry": "gỗ"},
        {"parcel_id": "D", "geometry": square(0, 1, 10, 1), "industry": "may"},
    ]).shapes  # fmt: skip
    row = judged(frame, "specialised")["specialised"]
    assert row["measured_share"] == pytest.approx(0.6)
    assert row["verdict"] == "met"


def test_supporting_and_high_tech_have_a_rule_only_since_september_2026():
    frame = parcels(*["công nghiệp hỗ trợ ô tô"] * 6, *["Công nghệ cao"] * 3, "gỗ")
    new = judged(frame, "supporting", "high_tech")
    assert (new["supporting"]["verdict"], new["high_tech"]["verdict"]) == ("met", "met")
    assert (new["supporting"]["measured_share"], new["high_tech"]["measured_share"]) == (
        pytest.approx(0.6), pytest.approx(0.3))  # fmt: skip
    assert not {"supporting", "high_tech"} & set(judged(frame, "supporting", as_of=OLD))


def test_a_kind_that_nobody_named_is_measured_and_not_judged():
    row = judged(parcels(*["may"] * 9, "gỗ"))["specialised"]
    assert (row["verdict"], row["measured_share"]) == ("not_applicable", pytest.approx(0.9))
    assert row["part"] == "besides"
    assert judged(None, "craft_village")["craft_village"]["verdict"] == "not_checked"
    bare = parcels("may", "may")
    assert judged(bare, "specialised", land=None)["specialised"]["verdict"] == "not_checked"
    assert judged(bare, "specialised", land=shapely.Polygon())["specialised"]["verdict"] == (
        "not_checked"
    )


def test_the_land_is_that_of_the_industrial_lots_and_the_parcels_those_in_force():
    subject = layer("clusters", [{"cluster_id": "C1", "geometry": square(0, 0, 10, 2)}])
    lots = layer("lots", [
        {"lot_id": "L1", "use": "industrial", "geometry": square(0, 0, 5, 1), "cluster_id": "C1"},
        {"lot_id": "L2", "use": "green", "geometry": square(5, 0, 5, 1), "cluster_id": "C1"},
        {"lot_id": "L3", "use": "industrial", "geometry": square(50, 0, 5, 1)},
    ])  # fmt: skip
    held = layer("parcels", [
        {"parcel_id": "A", "geometry": square(0, 0)},
        {"parcel_id": "B", "geometry": square(1, 0), "in_force_to": "2026-01-01"},
        {"parcel_id": "C", "geometry": square(51, 0)},
    ])  # fmt: skip
    found, land = ground_of(subject, lots, held, as_of=date(2026, 9, 16))
    assert found is not None
    assert list(found["parcel_id"]) == ["A"]
    assert shapely.area(land) == pytest.approx(5 * HA)
    assert ground_of(subject, None, None, as_of=NEW) == (None, None)
