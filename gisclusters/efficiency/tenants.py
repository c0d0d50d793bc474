"""The parcels of clusters with who holds each, for everything that is said of tenants."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from gisclusters.efficiency.area_ladder import PARCEL_RUNGS
from gisclusters.efficiency.leases import current_leases
from gisclusters.layers.layer import Layer
from gisclusters.layers.values import as_date, fold

TENANT_COLUMNS = (
    "parcel_id", "cluster_id", "area_m2", *PARCEL_RUNGS, "lessee", "occupant", "lease_from",
    "lease_to", "producing_on", "ended", "industry", "recovered_on", "shape",
)  # fmt: skip
"""The columns of :func:`tenants_of`, in order."""

_INDUSTRY = ("industry", "nganh nghe", "nganh nghe san xuat", "nganh nghe kinh doanh")
_RECOVERED = ("recovered_on", "ngay thu hoi", "ngay thu hoi dat")


def tenants_of(
    parcels: Layer | None, leases: Layer | None, measured: pd.DataFrame, *, as_of: date
) -> pd.DataFrame:
    """The measured parcels with the tenant of each: columns ``TENANT_COLUMNS``.

    ``measured`` are the parcels of an EfficiencyReport (area in m², rungs as yes and no).
    ``lessee`` to ``producing_on`` are those of the lease in force on ``as_of``, else of the last
    one; ``ended`` says that its term is over.  ``industry`` and ``recovered_on`` come from
    further columns of the parcels (``industry`` or “ngành nghề”, ``recovered_on`` or “ngày thu
    hồi”), None where there are none; ``shape`` is that of the parcel, in its CRS.
    Empty without parcels.
    """
    if parcels is None or not len(measured):
        return pd.DataFrame(columns=list(TENANT_COLUMNS))
    current = current_leases(parcels, leases, as_of=as_of).frame
    own = parcels.frame
    facts = pd.DataFrame(
        {
            "parcel_id": own["parcel_id"].to_numpy(),
            "lessee": current["lessee"].to_numpy(dtype=object),
            "occupant": current["occupant"].to_numpy(dtype=object),
            "lease_from": current["lease_from"].to_numpy(),
            "lease_to": current["lease_to"].to_numpy(),
            "producing_on": current["producing_on"].to_numpy(),
            "ended": current["ended"].to_numpy(dtype=bool),
            "industry": further(own, _INDUSTRY),
            "recovered_on": _days(further(own, _RECOVERED)),
            "shape": parcels.shapes.geometry.to_numpy(),
        }
    ).drop_duplicates("parcel_id")
    columns = ["parcel_id", "cluster_id", "area_m2", *PARCEL_RUNGS]
    joined = measured[columns].merge(facts, on="parcel_id", how="left")
    for name in ("lessee", "occupant", "industry"):
        cells = joined[name].astype(object)
        joined[name] = cells.where(cells.notna(), None)
    return joined[list(TENANT_COLUMNS)]


def further(frame: pd.DataFrame, names: tuple[str, ...]) -> Any:
    """A further column by any of its folded names, as text; None where there is none."""
    for column in frame.columns:
        if str(column) in names or fold(str(column)) in names:
            cells = frame[column]
            texts = [None if pd.isna(cell) or not str(cell).strip() else str(cell).strip()
                     for cell in cells]  # fmt: skip
            return np.array([*texts, None], dtype=object)[:-1]
    return np.full(len(frame), None, dtype=object)


def _days(texts: Any) -> Any:
    days, _ = as_date(pd.Series(texts, dtype=object))
    return days.to_numpy()
