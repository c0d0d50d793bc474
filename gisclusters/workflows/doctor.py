"""Is everything the product rests on in place?"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from importlib import metadata, resources
from typing import Literal

from gisclusters._version import __version__
from gisclusters.errors import GisClustersError, UnavailableError
from gisclusters.geometry.crs import DATUM_OPERATION, to_wgs84
from gisclusters.publish.pdf import find_browser
from gisclusters.readers import sandbox
from gisclusters.samples import samples_dir
from gisclusters.store import open_store

_LIBRARIES = ("numpy", "pandas", "geopandas", "shapely", "pyproj", "pyogrio", "fiona",
              "rasterio", "exactextract", "folium", "openpyxl", "xlsxwriter", "ezdxf")  # fmt: skip
_FOREIGN = ("PROJ_DATA", "PROJ_LIB", "GDAL_DATA")
# The middle of old Kon Tum in EPSG:9216 by the national seven parameters.
_KNOWN = (552_800.0, 1_587_000.0, 9216, 107.991336627, 14.349272694)
_SLACK_DEG = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at; ``state`` ok, note (works, but know this) or fault."""

    name: str
    state: Literal["ok", "note", "fault"]
    detail: str


def examine(store_url: str, *, cleared: tuple[str, ...] = ()) -> list[Finding]:
    """Every check in turn; none raises.

    ``cleared`` names the environment variables the package set aside at import.
    """
    found = [
        Finding(name="gisclusters", state="ok", detail=__version__),
        Finding(name="python", state="ok",
                detail=f"{platform.python_version()} {platform.system()}"),
    ]  # fmt: skip
    for library in _LIBRARIES:
        try:
            found.append(Finding(name=library, state="ok", detail=metadata.version(library)))
        except metadata.PackageNotFoundError:
            optional = library == "fiona" and sys.version_info >= (3, 14)
            found.append(Finding(name=library, state="note" if optional else "fault", detail="–"))
    found += [*_engines(), _datum(), _environment(cleared), _assets(), _samples(), _browser(),
              _sandbox(), *_store(store_url)]  # fmt: skip
    return found


def _engines() -> list[Finding]:
    import pyogrio
    import pyproj
    import rasterio
    import shapely

    rows = [
        ("GEOS", shapely.geos_version_string),
        ("PROJ", pyproj.proj_version_str),
        ("PROJ data", pyproj.datadir.get_data_dir()),
        ("GDAL (pyogrio)", pyogrio.__gdal_version_string__),
        ("GDAL (rasterio)", rasterio.__gdal_version__),
    ]
    return [Finding(name=name, state="ok", detail=str(detail)) for name, detail in rows]


def _datum() -> Finding:
    easting, northing, epsg, longitude, latitude = _KNOWN
    lon, lat = to_wgs84(easting, northing, epsg)
    off = max(abs(lon - longitude), abs(lat - latitude))
    return Finding(name=f"datum {DATUM_OPERATION}", state="ok" if off < _SLACK_DEG else "fault",
                   detail=f"{lon:.9f} {lat:.9f}")  # fmt: skip


def _environment(cleared: tuple[str, ...]) -> Finding:
    left = [name for name in _FOREIGN if os.environ.get(name)]
    if left:
        return Finding(name="environment", state="note", detail=f"{' '.join(left)} kept")
    return Finding(name="environment", state="note" if cleared else "ok",
                   detail=f"{' '.join(cleared)} cleared" if cleared else "–")  # fmt: skip


def _assets() -> Finding:
    there = resources.files("gisclusters").joinpath("_assets", "manifest.json").is_file()
    return Finding(name="page assets", state="ok" if there else "fault", detail="_assets")


def _samples() -> Finding:
    try:
        return Finding(name="samples", state="ok", detail=str(samples_dir()))
    except UnavailableError as fault:
        return Finding(name="samples", state="note", detail=fault.key)


def _browser() -> Finding:
    try:
        return Finding(name="browser (PDF)", state="ok", detail=find_browser())
    except UnavailableError:
        return Finding(name="browser (PDF)", state="note", detail="–")


def _sandbox() -> Finding:
    """Which files are read apart, and what the worker that reads them cannot do."""
    try:
        mode = sandbox.mode_in_force()
        held = sandbox.measures()
    except (GisClustersError, OSError, TimeoutError) as fault:
        return Finding(name="sandbox", state="fault", detail=str(fault))
    limits = sandbox.LIMITS
    words = {
        "memory": f"memory {limits.memory_bytes >> 20} MiB",
        "cpu": f"cpu {limits.cpu_s} s",
        "written": f"files {limits.written_bytes >> 20} MiB",
        "network": "network",
        "parent": "parent",
    }
    on = [words[name] for name, there in held.items() if there and name != "network"]
    cut = "network off" if held.get("network") else "network NOT off"
    lacking = [words[name] for name in words if not held.get(name) and name != "network"]
    detail = ", ".join([mode, f"time {limits.wall_s} s", *on, cut])
    if lacking:
        detail += f"; lacking: {', '.join(lacking)}"
    good = mode != "never" and bool(held) and all(held.values())
    return Finding(name="sandbox", state="ok" if good else "note", detail=detail)


def _store(url: str) -> list[Finding]:
    try:
        with open_store(url) as store:
            issues = store.check()
            count = sum(entry.count for entry in store.contents())
    except UnavailableError as fault:
        state: Literal["note", "fault"] = "note" if fault.key == "errors.store_missing" else "fault"
        return [Finding(name="store", state=state, detail=f"{url}: {fault.key.rpartition('.')[2]}")]
    if not issues:
        return [Finding(name="store", state="ok", detail=f"{url}: {count}")]
    return [
        Finding(name="store", state="fault" if issue.level == "error" else "note",
                detail=str(issue))
        for issue in issues
    ]  # fmt: skip
