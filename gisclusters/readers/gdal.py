"""A stranger's file opened by the one driver of its form, under a name of ours.

GDAL chooses a driver by name and content.  Here the content was sniffed first; the file is
opened by a prefix that only its driver knows, or through a link with the proper ending in
an empty folder, so that no sibling, index or description beside it is read or written.  What
driver answered is asked before any row is read.
"""

from __future__ import annotations

import re
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyogrio

from gisclusters.domain.issue import error
from gisclusters.errors import GisClustersError, InputRefusedError
from gisclusters.readers.files import damaged
from gisclusters.scratch import scratch_folder

_UNUSUAL = re.compile(r"[^\w.-]")
"""What a name must not hold for GDAL to take it as a name alone; layers are called by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """How GDAL opens one form: driver names, ending, prefix, options, encoding of raw text."""

    names: frozenset[str]
    ending: str
    prefix: str = ""
    options: MappingProxyType[str, str] = field(default_factory=lambda: MappingProxyType({}))
    layered: bool = True
    arrow: bool = True


def _driver(*names: str, ending: str, prefix: str = "", layered: bool = True,
            arrow: bool = True, **options: str) -> Driver:  # fmt: skip
    return Driver(names=frozenset(names), ending=ending, prefix=prefix, layered=layered,
                  arrow=arrow, options=MappingProxyType(options))  # fmt: skip


DRIVERS = {
    "gpkg": _driver("GPKG", ending=".gpkg", prefix="GPKG:"),
    "shapefile": _driver("ESRI Shapefile", ending=".shp", layered=False, ENCODING="ISO-8859-1"),
    "dbf": _driver("ESRI Shapefile", ending=".dbf", layered=False, ENCODING="ISO-8859-1"),
    "geojson": _driver("GeoJSON", ending=".geojson", prefix="GeoJSON:", layered=False),
    "topojson": _driver("TopoJSON", ending=".topojson", prefix="TopoJSON:"),
    "kml": _driver("LIBKML", "KML", ending=".kml"),
    "gpx": _driver("GPX", ending=".gpx"),
    "gml": _driver("GML", ending=".gml", DOWNLOAD_SCHEMA="NO"),
    "flatgeobuf": _driver("FlatGeobuf", ending=".fgb", layered=False),
    "filegdb": _driver("OpenFileGDB", ending=".gdb"),
    "osm": _driver("OSM", ending=".osm.pbf", USE_CUSTOM_INDEXING="NO"),
    "mapinfo": _driver("MapInfo File", ending=".tab", layered=False, arrow=False),
    "mif": _driver("MapInfo File", ending=".mif", layered=False, arrow=False),
}


@dataclass(frozen=True, slots=True)
class Opened:
    """What pyogrio is given: the name it opens and the driver that must answer."""

    target: str
    driver: Driver

    def layers(self) -> list[tuple[str, str | None]]:
        """Every layer with its geometry type, None for a table."""
        found = pyogrio.list_layers(self.target)
        return [(str(name), None if kind is None else str(kind)) for name, kind in found]

    def describe(self, layer: str | None, *, whole: bool = False) -> dict[str, Any]:
        """What GDAL says of a layer; another driver than the one meant is refused.

        ``whole``: with ``features`` and ``total_bounds`` even where every row must be read.
        """
        about: dict[str, Any] = pyogrio.read_info(
            self.target,
            layer=layer,
            force_feature_count=whole,
            force_total_bounds=whole,
            **self.driver.options,
        )
        if about["driver"] not in self.driver.names:
            raise InputRefusedError([error("format_refused")])
        return about

    def bounds(self, layer: str | None) -> tuple[float, float, float, float] | None:
        """West, south, east, north of the shapes themselves: what a file says may be stale."""
        _, found = pyogrio.read_bounds(self.target, layer=layer)
        found = found[:, np.isfinite(found).all(axis=0)]
        if not found.shape[1]:
            return None
        west, south = found[:2].min(axis=1).tolist()
        east, north = found[2:].max(axis=1).tolist()
        return west, south, east, north


@contextmanager
def opened(
    path: Path, form: str, parts: dict[str, Path] | None = None, *, name: str | None = None
) -> Iterator[Opened]:
    """``path`` ready for its driver; ``parts`` are the other files it has, by ending.

    Whatever GDAL trips over is a damaged file: raises InputRefusedError (``file_damaged``,
    ``format_refused``), naming ``path`` (as ``name``) and never the folder it was linked into.
    """
    driver = DRIVERS[form]
    name = name or path.name
    with scratch_folder() as folder:
        ending = ".osm" if form == "osm" and _is_xml(path) else driver.ending
        stem = _UNUSUAL.sub("_", Path(name).stem).strip(".")[:60] or "data"
        link = folder / f"{stem}{ending}"
        try:
            place(path, link)
            for end, part in (parts or {}).items():
                place(part, folder / f"{stem}{end}")
            with warnings.catch_warnings():
                # What GDAL and pyogrio mutter; checks of ours follow.
                warnings.simplefilter("ignore", RuntimeWarning)
                warnings.simplefilter("ignore", UserWarning)
                yield Opened(f"{driver.prefix}{link}", driver)
        except InputRefusedError as refusal:
            raise InputRefusedError([issue.in_layer(name) for issue in refusal.issues]) from refusal
        except GisClustersError:
            raise
        except Exception as fault:
            raise InputRefusedError([damaged(name, fault, hidden=str(link))]) from fault


def place(source: Path, target: Path) -> None:
    """``source`` under another name: a link, or a copy where links are not allowed."""
    try:
        target.symlink_to(source.resolve(), target_is_directory=source.is_dir())
    except OSError:
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)


def _is_xml(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
