"""Where plans, clusters and parcels claim the same ground."""

from gisclusters.overlaps.plan_conflicts import OverlapReport, clusters_as_plan, find_overlaps

__all__ = ["OverlapReport", "clusters_as_plan", "find_overlaps"]
