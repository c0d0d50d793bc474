"""Where layers live."""

from __future__ import annotations

from pathlib import Path

from gisclusters.errors import UnavailableError
from gisclusters.store.geopackage import GeoPackageStore
from gisclusters.store.protocol import IngestSummary, Store, StoredLayer


def open_store(url: str | Path, *, create: bool = False) -> Store:
    """The store behind ``url``: the path of a GeoPackage.

    Raises UnavailableError: ``store_missing`` (unless ``create``), ``store_foreign``,
    ``store_version``, ``store_locked``, ``store_kind_unavailable`` for other URLs.
    """
    text = str(url)
    if "://" in text:
        raise UnavailableError("errors.store_kind_unavailable", value=text.partition("://")[0])
    return GeoPackageStore(Path(text), create=create)


__all__ = ["IngestSummary", "Store", "StoredLayer", "open_store"]
