"""Where plans, clusters and parcels claim the same ground, and where a cluster fits."""

from gisclusters.overlaps.completeness import CompletenessReport, check_completeness
from gisclusters.overlaps.fit import FitReport, plan_fit
from gisclusters.overlaps.green_strip import check_green_strips
from gisclusters.overlaps.plan_conflicts import OverlapReport, clusters_as_plan, find_overlaps
from gisclusters.overlaps.precedence import corridor_ground_m2

__all__ = [
    "CompletenessReport", "FitReport", "OverlapReport", "check_completeness",
    "check_green_strips", "clusters_as_plan", "corridor_ground_m2", "find_overlaps", "plan_fit",
]  # fmt: skip
