"""Findings and layers turned into something people can look at: pages, reports, files."""
