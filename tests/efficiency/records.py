"""Clusters, tenants and tables without shapes, as the engines take them."""

from datetime import date

import pandas as pd
import shapely

from gisclusters.efficiency.figures import gather_figures
from gisclusters.efficiency.tenants import TENANT_COLUMNS
from gisclusters.rules.economy import load_economy_rules
from tests.efficiency.scenes import layer

DAY = date(2026, 11, 15)
RULES = load_economy_rules()
HECTARE = 10_000.0


def clusters(*names, **columns):
    """Clusters of 10 ha gross, of which 4 are committed, 3 leased and 2 producing."""
    areas = {"gross_m2": 10, "industrial_m2": 8, "serviced_m2": 6, "committed_m2": 4,
             "leased_m2": 3, "handed_over_m2": 3, "building_m2": 2, "producing_m2": 2}  # fmt: skip
    rows = [{"cluster_id": name, "name": f"CCN {name}", "status": "operating", "industries": None}
            | {rung: hectares * HECTARE for rung, hectares in areas.items()} | columns
            for name in names]  # fmt: skip
    return pd.DataFrame(rows).astype({"industries": object})


def tenant(parcel_id, cluster_id="C", stage="leased", **facts):
    """One parcel of a hectare; ``stage`` is the rung it has reached, None for a vacant one."""
    rungs = ("committed", "leased", "handed_over", "building", "producing")
    reached = rungs.index(stage) if stage else -1
    place = int(parcel_id.lstrip("TP"))
    return {
        "parcel_id": parcel_id, "cluster_id": cluster_id, "area_m2": HECTARE,
        **{rung: position <= reached for position, rung in enumerate(rungs)},
        "lessee": None, "occupant": None, "lease_from": pd.NaT, "lease_to": pd.NaT,
        "producing_on": pd.NaT, "ended": False, "industry": None, "recovered_on": pd.NaT,
        "shape": shapely.box(100 * place, 0, 100 * place + 100, 100),
    } | {name: pd.Timestamp(fact) if isinstance(fact, date) else fact
         for name, fact in facts.items()}  # fmt: skip


def tenants(*rows):
    frame = pd.DataFrame(list(rows), columns=list(TENANT_COLUMNS))
    days = ["lease_from", "lease_to", "producing_on", "recovered_on"]
    return frame.astype(dict.fromkeys(days, "datetime64[s]") | {"industry": object})


def figures(*rows, subjects=("C", "T1", "T2", "T3")):
    """Figures of rows (of, name, period, value, unit), and the codes of what was doubtful."""
    if not rows:
        return {}, []
    names = ("of", "name", "period", "value", "unit")
    table = layer("indicators", [dict(zip(names, row, strict=True)) for row in rows], crs=None)
    found, issues = gather_figures([table], subjects, RULES)
    return found, [issue.code for issue in issues]


def works(*rows):
    return [layer("works", [{"of": "C"} | row for row in rows], crs=None)]


def inspections(*rows):
    return [layer("inspections", [{"of": "C"} | row for row in rows], crs=None)]
