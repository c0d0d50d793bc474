"""A stored cluster of sixteen hectares whose dossier can be read in the head.

Industrial land is 6 ha, all of it parcels of 1 ha: producing, idle, late, without dates,
vacant, and one whose tenant is another.  2026-11-15 is the day.
"""

from datetime import UTC, date, datetime

from gisclusters.store import open_store
from gisclusters.workflows.dossier import measure_for_dossier
from tests.efficiency.scenes import layer, square

DAY = date(2026, 11, 15)
HOSTILE = 'Công ty <b>"A" & B</b>'


def clusters(*names):
    return layer("clusters", [
        {"cluster_id": name, "name": f"CCN {name} <i>", "status": "operating", "accuracy_m": 0.1,
         "geometry": square(6 * place, 0, 4, 4), "registered_area_m2": 150_000}
        for place, name in enumerate(names)
    ])  # fmt: skip


def lots():
    rows = [("CN", "industrial", square(0, 0, 3, 2)), ("CX", "green", square(0, 2)),
            ("GT", "transport", square(1, 2, 2, 1)), ("KT", "technical", square(3, 3))]  # fmt: skip
    return layer("lots", [
        {"lot_id": name, "use": use, "geometry": shape, "cluster_id": "C1",
         "serviced_on": "2024-01-01", "accuracy_m": 0.1}
        for name, use, shape in rows
    ])  # fmt: skip


def parcels():
    let = {"lease_from": "2024-01-01", "lease_to": "2074-01-01"}
    rows = [
        {"geometry": square(0, 0), "lessee": HOSTILE, "occupant": HOSTILE, **let,
         "handed_over_on": "2024-02-01", "started_on": "2024-05-01", "producing_on": "2025-01-01"},
        # 12 months after 2025-11-01: the limit was 2026-11-01, 14 days ago
        {"geometry": square(1, 0), "lessee": "HTX Hai", **let, "handed_over_on": "2025-11-01"},
        # 12 months after 2026-02-13 end on 2027-02-13: 90 days left; behind its planned start
        {"geometry": square(2, 0), "lessee": "Công ty Ba", **let, "handed_over_on": "2026-02-13",
         "planned_start_on": "2026-05-01"},
        {"geometry": square(0, 1), "lessee": "Công ty Bốn"},
        {"geometry": square(1, 1)},
        {"geometry": square(2, 1), "lessee": "Công ty Sáu", "occupant": "Cơ sở Bảy", **let,
         "handed_over_on": "2024-02-01", "producing_on": "2025-01-01"},
    ]  # fmt: skip
    return layer("parcels", [
        {"parcel_id": f"P{place}", "cluster_id": "C1", "registered_area_m2": 10_000,
         "accuracy_m": 0.05} | row
        for place, row in enumerate(rows, 1)
    ])  # fmt: skip


def stored(folder, *layers):
    """The path of a store with these layers."""
    path = folder / "store.gpkg"
    with open_store(path, create=True) as store:
        for each in layers:
            store.save(each, recorded_at=datetime(2026, 11, 15, tzinfo=UTC))
    return path


def measured(folder, *layers, cluster_id="C1"):
    """The run and the ground of one cluster."""
    with open_store(stored(folder, *layers)) as store:
        return measure_for_dossier(store, cluster_id, as_of=DAY)


def whole(folder):
    """The run and the ground of the whole scene."""
    return measured(folder, clusters("C1"), lots(), parcels())
