"""What is true of shapes whatever they stand for: CRS, measures, validity, pairs."""

from gisclusters.geometry import crs

__all__ = ["crs"]
