"""Where and with what a benchmark ran, in one sentence."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import platform
from pathlib import Path

import shapely

_PACKAGES = ("shapely", "geopandas", "numpy", "pandas", "duckdb", "sedonadb")


def described(*further: str) -> str:
    """Date, processor, memory, load and versions, those of ``further`` packages too."""
    versions = [f"Python {platform.python_version()}", f"GEOS {shapely.geos_version_string}"]
    for name in (*_PACKAGES[:4], *further) if further else _PACKAGES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"no {name}")
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    today = dt.datetime.now(tz=dt.UTC).date()
    return (
        f"{today.isoformat()}, {_processor()}, {len(os.sched_getaffinity(0))} cores,"
        f" {memory_gb:.0f} GiB, load {os.getloadavg()[0]:.1f} before the run; {', '.join(versions)}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
