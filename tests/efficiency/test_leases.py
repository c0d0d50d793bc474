"""Which of several leases counts, and how far a parcel has come under it."""

from datetime import date

from gisclusters.efficiency.leases import current_leases, stages_of, transfers_unapproved
from tests.efficiency.scenes import DAY, layer, square, table

RUNGS = ["committed", "leased", "handed_over", "building", "producing"]


def parcel(**fields):
    return layer("parcels", [{"parcel_id": "P1", "geometry": square(0, 0), **fields}])


def reached(parcels, leases=None, as_of=DAY):
    current = current_leases(parcels, leases, as_of=as_of)
    stages = stages_of(current, as_of=as_of).iloc[0]
    return [rung for rung in RUNGS if stages[rung]]


def test_of_two_leases_the_one_in_force_counts():
    leases = table(
        [
            {
                "parcel_id": "P1",
                "lessee": "Cũ",
                "lease_from": "2010-01-01",
                "lease_to": "2020-01-01",
            },
            {"parcel_id": "P1", "lessee": "Mới", "lease_from": "2021-01-01"},
        ]
    )
    for day, lessee in ((DAY, "Mới"), (date(2015, 6, 1), "Cũ"), (date(2020, 1, 1), "Cũ")):
        current = current_leases(parcel(), leases, as_of=day)
        assert current.frame["lessee"].tolist() == [lessee]
        assert current.frame["in_force"].tolist() == [True]
        assert current.issues == ()


def test_between_two_leases_the_one_before_counts_and_is_over():
    leases = table(
        [
            {
                "parcel_id": "P1",
                "lessee": "Cũ",
                "lease_from": "2010-01-01",
                "lease_to": "2020-01-01",
            },
            {"parcel_id": "P1", "lessee": "Mới", "lease_from": "2021-01-01"},
        ]
    )
    current = current_leases(parcel(), leases, as_of=date(2020, 6, 1))
    assert current.frame[["lessee", "ended"]].to_numpy().tolist() == [["Cũ", True]]
    assert reached(parcel(), leases, as_of=date(2020, 6, 1)) == []


def test_an_approval_after_an_ended_lease_commits_the_land_again():
    leases = table(
        [
            {"parcel_id": "P1", "lease_from": "2010-01-01", "lease_to": "2020-01-01"},
            {"parcel_id": "P1", "approved_on": "2026-01-01"},
        ]
    )
    assert reached(parcel(), leases) == ["committed"]


def test_the_table_of_leases_counts_before_the_fields_of_the_parcel():
    leases = table([{"parcel_id": "P1", "lessee": "B", "lease_from": "2024-01-01"}])
    parcels = parcel(lessee="A", lease_from="2023-01-01")
    current = current_leases(parcels, leases, as_of=DAY)
    assert current.frame["lessee"].tolist() == ["B"]


def test_two_leases_in_force_at_once_are_named_and_the_later_counts():
    leases = table(
        [
            {"parcel_id": "P1", "lessee": "B", "lease_from": "2024-01-01"},
            {"parcel_id": "P1", "lessee": "A", "lease_from": "2023-01-01"},
        ]
    )
    current = current_leases(parcel(), leases, as_of=DAY)
    assert current.frame["lessee"].tolist() == ["B"]
    [issue] = current.issues
    assert (issue.code, issue.id, issue.params["count"]) == ("leases_overlap", "P1", 2)


def test_a_parcel_climbs_the_ladder_event_by_event():
    fields = {
        "approved_on": "2020-01-01", "lease_from": "2021-01-01", "handed_over_on": "2022-01-01",
        "started_on": "2023-01-01", "producing_on": "2024-01-01", "use_stopped_on": "2025-01-01",
        "lease_to": "2025-12-31",
    }  # fmt: skip
    parcels = parcel(**fields)
    steps = [
        (date(2019, 12, 31), 0), (date(2020, 1, 1), 1), (date(2021, 1, 1), 2),
        (date(2022, 1, 1), 3), (date(2023, 1, 1), 4), (date(2024, 1, 1), 5),
        (date(2025, 1, 1), 4), (date(2025, 12, 31), 4), (date(2026, 1, 1), 0),
    ]  # fmt: skip
    for day, count in steps:
        assert reached(parcels, as_of=day) == RUNGS[:count]


def test_an_occupant_who_is_not_the_lessee_is_flagged_until_a_transfer_is_approved():
    def flagged(as_of=DAY, **fields):
        current = current_leases(parcel(lease_from="2020-01-01", **fields), None, as_of=as_of)
        return transfers_unapproved(current, as_of=as_of).tolist()

    assert flagged(lessee="Công ty A", occupant="Công ty B") == [True]
    assert flagged(lessee="Công ty A", occupant="công  ty a") == [False]
    assert flagged(lessee="Công ty A") == [False]
    approved = {"lessee": "A", "occupant": "B", "transfer_approved_on": "2026-01-01"}
    assert flagged(**approved) == [False]
    assert flagged(as_of=date(2025, 12, 31), **approved) == [True]
