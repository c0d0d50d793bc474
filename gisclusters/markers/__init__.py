"""Whether the boundary markers stand where the documents say, one by one and as a whole."""

from gisclusters.markers.report import Diagnosis, MarkerReport
from gisclusters.markers.verify import verify_markers

__all__ = ["Diagnosis", "MarkerReport", "verify_markers"]
