"""gisclusters."""
