"""Where layers live between commands."""

from __future__ import annotations

from pathlib import Path

from gisclusters.errors import UnavailableError
from gisclusters.store.protocol import REASONS, IngestSummary, Store, StoredLayer, StoredRepair


def open_store(url: str | Path, *, create: bool = False, patience_s: float = 30.0) -> Store:
    """The store behind ``url``: the path of a GeoPackage.

    With ``create`` an absent store is made by the first ``save`` that keeps anything; until
    then it is empty.  ``patience_s`` is how long to wait for another writer.  Raises
    UnavailableError: ``store_missing`` (unless ``create``), ``store_folder``,
    ``store_foreign``, ``store_version``, ``store_locked``, and ``store_kind_unavailable``
    for the URL of a server.
    """
    text = str(url)
    if "://" in text:
        raise UnavailableError("errors.store_kind_unavailable", value=text.partition("://")[0])
    from gisclusters.store.geopackage import GeoPackageStore  # noqa: PLC0415 - slow to import

    # Absolute, so that a name such as :memory: is a file like any other.
    return GeoPackageStore(Path(text).absolute(), create=create, patience_s=patience_s)


__all__ = ["REASONS", "IngestSummary", "Store", "StoredLayer", "StoredRepair", "open_store"]
