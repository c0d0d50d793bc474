"""Where plans, clusters and parcels claim the same ground, and where a cluster fits."""

from gisclusters.overlaps.completeness import CompletenessReport, check_completeness
from gisclusters.overlaps.fit import FitReport, plan_fit
from gisclusters.overlaps.plan_conflicts import OverlapReport, clusters_as_plan, find_overlaps

__all__ = [
    "CompletenessReport", "FitReport", "OverlapReport", "check_completeness", "clusters_as_plan",
    "find_overlaps", "plan_fit",
]  # fmt: skip
