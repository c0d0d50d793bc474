"""A cluster whose eight parcels stand in every list; days counted by hand from 15/11/2026."""

from datetime import UTC, date, datetime
from typing import Any

from gisclusters.store import open_store
from tests.scenes import clusters, layer, square

AS_OF = date(2026, 11, 15)
DAY = "2026-11-15"

PARCELS: list[dict[str, Any]] = [
    # 10/5/2022 + 12 months, extended from 30/6/2024 for 24 months: ran out 138 days ago
    {"parcel_id": "P1", "lessee": "Công ty May Bình Yên", "lease_from": "2022-01-01",
     "handed_over_on": "2022-05-10", "extension_decided_on": "2024-06-30",
     "extension_until": "2026-06-30", "sheet_no": "12", "parcel_no": "23"},
    # 10/5/2025 + 12 months: 21 + 30 + 31 + 31 + 30 + 31 + 15 = 189 days ago
    {"parcel_id": "P2", "lessee": "HTX Dược liệu; Xanh, Sạch", "lease_from": "2025-01-01",
     "handed_over_on": "2025-05-10"},
    # 10/1/2026 + 12 months: in 15 + 31 + 10 = 56 days
    {"parcel_id": "P3", "lessee": "Công ty C", "lease_from": "2026-01-01",
     "handed_over_on": "2026-01-10"},
    # planned start passed; 1/9/2026 + 12 months: in 15 + 31 + 31 + 28 + … = 290 days
    {"parcel_id": "P4", "lessee": "Công ty D", "lease_from": "2026-08-01",
     "handed_over_on": "2026-09-01", "planned_start_on": "2026-10-01"},
    {"parcel_id": "P5", "lessee": "Công ty E", "occupant": "Cơ sở Minh Phát",
     "lease_from": "2018-03-01", "handed_over_on": "2018-06-01", "producing_on": "2020-04-01"},
    # the schedule contradicts itself, and somebody else is on the land
    {"parcel_id": "P6", "lessee": "Công ty F", "occupant": "Cơ sở G", "lease_from": "2025-01-01",
     "handed_over_on": "2025-05-10", "planned_start_on": "2026-09-01",
     "planned_finish_on": "2025-03-01"},
    # the planned start passes on 2/12/2026; 10/4/2026 + 12 months: in 146 days
    {"parcel_id": "P7", "lessee": "Công ty H", "lease_from": "2026-01-01",
     "handed_over_on": "2026-04-10", "planned_start_on": "2026-12-01"},
    {"parcel_id": "P8", "lessee": "Công ty K", "lease_from": "2018-03-01",
     "lease_to": "2030-12-31", "handed_over_on": "2018-06-01", "producing_on": "2020-04-01"},
]  # fmt: skip


def listed_store(url: str, parcels: list[dict[str, Any]] | None = None) -> str:
    """A store with the cluster and its parcels, one hectare each."""
    rows = [
        {"cluster_id": "C1", "accuracy_m": 0.05, "geometry": square(100 * place, 0), **row}
        for place, row in enumerate(PARCELS if parcels is None else parcels)
    ]
    held = open_store(url, create=True)
    for given in (
        clusters(square(0, 0, 1_000, 500), name="CCN Sa Bình", commune="xã Sa Bình",
                 province="tỉnh Quảng Ngãi", status="operating"),
        layer("parcels", rows),
    ):  # fmt: skip
        held.save(given, recorded_at=datetime(2026, 11, 1, tzinfo=UTC))
    return url
