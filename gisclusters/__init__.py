"""Overlaps, boundary markers and land use of Vietnamese industrial clusters.

The names below are what a notebook needs; everything else is in the rooms they come from.
Importing changes nothing for the caller's own GDAL use except that ``PROJ_DATA``,
``PROJ_LIB`` and ``GDAL_DATA`` of another installation are set aside: they break rasterio
and fiona on every EPSG code.  ``GISCLUSTERS_KEEP_GDAL_ENV=1`` leaves them.
"""

from __future__ import annotations

import os as _os
from importlib import import_module as _import_module
from typing import TYPE_CHECKING, Any

from gisclusters._version import __version__

if TYPE_CHECKING:
    from gisclusters.api import (
        find_overlaps,
        marker_deviations,
        measure_efficiency,
        open_store,
        overlap_pairs,
        plan_fit,
        publish,
        read_layer,
        verify_markers,
        what_if,
        zonal_fractions,
    )


def _set_foreign_data_aside() -> tuple[str, ...]:
    if _os.environ.get("GISCLUSTERS_KEEP_GDAL_ENV") == "1":
        return ()
    names = [n for n in ("PROJ_DATA", "PROJ_LIB", "GDAL_DATA") if n in _os.environ]
    for name in names:
        del _os.environ[name]
    return tuple(names)


CLEARED_ENVIRONMENT = _set_foreign_data_aside()
"""Environment variables that were set aside at import."""

_API = (
    "find_overlaps", "marker_deviations", "measure_efficiency", "open_store", "overlap_pairs",
    "plan_fit", "publish", "read_layer", "verify_markers", "what_if", "zonal_fractions",
)  # fmt: skip


_ALONE = {
    "overlap_pairs": "gisclusters.geometry.pairs",
    "marker_deviations": "gisclusters.markers.deviations",
}
"""Functions that need little: whoever asks for no other is spared the libraries of the rest."""


def __getattr__(name: str) -> Any:
    """The public functions, imported at first use: the command line must start quickly."""
    if name in _API:
        return getattr(_import_module(_ALONE.get(name, "gisclusters.api")), name)
    if name in {"geometry", "layers", "api", "errors"}:
        return _import_module(f"gisclusters.{name}")
    raise AttributeError(f"module 'gisclusters' has no attribute {name!r}")


__all__ = [
    "__version__", "find_overlaps", "marker_deviations", "measure_efficiency", "open_store",
    "overlap_pairs", "plan_fit", "publish", "read_layer", "verify_markers", "what_if",
    "zonal_fractions",
]  # fmt: skip
