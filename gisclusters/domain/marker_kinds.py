"""Kinds of boundary markers (mốc giới), as Circular 10/2016/TT-BXD names them."""

MARKER_KINDS = ("TĐ", "CGĐ", "RG", "MTC")
"""Middle of a road, red line, boundary, and reference: it leads to a point none can stand on."""

CORNER_KINDS = frozenset({"RG"})
"""What stands on the boundary; a marker whose kind nobody said is taken to stand there too."""
