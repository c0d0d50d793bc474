"""Rules of a day, and clusters whose areas are round numbers of hectares."""

import math
from datetime import date

from gisclusters.efficiency.admin_units import Membership, Unit
from gisclusters.efficiency.founding import ClusterFacts
from gisclusters.efficiency.founding_group import OtherCluster
from gisclusters.rules.founding import FoundingOfDay, Law
from gisclusters.rules.founding_file import load_founding_rules

HA = 10_000.0
OLD, NEW = date(2026, 9, 14), date(2026, 9, 16)
RULES = load_founding_rules()
HERE = Unit(name="xã Sa Bình", place_id="X1")


def day(as_of: date, filed_on: date | None = None) -> tuple[Law, FoundingOfDay]:
    """The law of a day and its versions."""
    law = RULES.law_on(as_of, filed_on)
    return law, RULES.on(law)


def other(name: str, industrial_ha: float = math.nan, committed_ha: float = math.nan,
          leased_ha: float | None = None, *, status: str | None = "operating",
          where: Membership = Membership.IN) -> OtherCluster:  # fmt: skip
    """A cluster around; leased is committed unless given."""
    leased = committed_ha if leased_ha is None else leased_ha
    return OtherCluster(
        cluster_id=name, name=None, status=status, membership=where,
        industrial_m2=industrial_ha * HA, committed_m2=committed_ha * HA, leased_m2=leased * HA,
    )  # fmt: skip


def facts(industrial_ha: float = math.nan, committed_ha: float = math.nan, **more) -> ClusterFacts:
    """A cluster of 40 ha known to the millimetre, unless said otherwise."""
    given = {"cluster_id": "C1", "area_m2": 40 * HA, "status": "operating"} | more
    return ClusterFacts(industrial_m2=industrial_ha * HA, committed_m2=committed_ha * HA, **given)
